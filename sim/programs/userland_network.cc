#include <algorithm>
#include <array>
#include <cctype>

#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/programs/userland_tools.h"

// Programs that talk over the network: wget, curl, nslookup, httpd. What answers is what the world
// says (Surroundings::fetch).

namespace sim::userland {
namespace {

constexpr int kHttp = 80;
constexpr int kHttps = 443;

struct Url {
  std::string scheme = "http";
  std::string host;
  int port = kHttp;
  bool port_given = false;
  std::string path = "/";
  std::string bad_port;  // when it is none

  std::string shown() const {
    return port_given ? fmt::format("{}://{}:{}{}", scheme, host, port, path)
                      : fmt::format("{}://{}{}", scheme, host, path);
  }
};

Url url_of(std::string_view text) {
  Url url;
  const std::size_t colon = text.find("://");
  if (colon != std::string_view::npos) {
    url.scheme = std::string(text.substr(0, colon));
    for (char& c : url.scheme) {
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    text.remove_prefix(colon + 3);
  }
  if (url.scheme == "https") url.port = kHttps;
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view host = text.substr(0, end);
  if (end < text.size()) {
    url.path = std::string(text.substr(end, text.find('#', end) - end));
    if (url.path.empty() || url.path[0] != '/') url.path.insert(0, "/");
  }
  const std::size_t user = host.rfind('@');
  if (user != std::string_view::npos) host.remove_prefix(user + 1);
  const std::size_t bracket = host.find(']');  // [::1]:8080
  const std::size_t at = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = std::string(host.substr(0, at));
  if (url.host.size() > 1 && url.host.front() == '[' && url.host.back() == ']') {
    url.host = url.host.substr(1, url.host.size() - 2);
  }
  if (at != std::string_view::npos && at + 1 < host.size()) {
    const std::string_view port = host.substr(at + 1);
    const auto number = to_number(port);
    url.port_given = true;
    if (!number || *number < 0 || *number > 65535 || port[0] == '+') {
      url.bad_port = std::string(port);
    } else {
      url.port = static_cast<int>(*number);
    }
  }
  return url;
}

bool is_address(std::string_view host) {
  if (host.find(':') != std::string_view::npos) {
    return host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  int dots = 0;
  std::string_view rest = host;
  for (;;) {
    const std::size_t end = rest.find('.');
    const std::string_view part = rest.substr(0, end);
    const auto number = to_number(part);
    if (!number || *number < 0 || *number > 255 || part.size() > 3) return false;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    ++dots;
  }
  return dots == 3;
}

std::string_view status_text(int status) {
  constexpr std::pair<int, std::string_view> kTexts[] = {
      {200, "OK"},           {301, "Moved Permanently"},
      {302, "Found"},        {400, "Bad Request"},
      {401, "Unauthorized"}, {403, "Forbidden"},
      {404, "Not Found"},    {500, "Internal Server Error"},
      {502, "Bad Gateway"},  {503, "Service Unavailable"}};
  for (const auto& [known, text] : kTexts) {
    if (known == status) return text;
  }
  return status < 400 ? "OK" : "Error";
}

std::string_view content_type(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html"}, {".htm", "text/html"},      {".txt", "text/plain"},
      {".css", "text/css"},   {".js", "text/javascript"}, {".json", "application/json"},
      {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"},    {".png", "image/png"},
      {".gif", "image/gif"},  {".svg", "image/svg+xml"}};
  if (path.empty() || path.back() == '/') return "text/html";
  for (const auto& [ending, type] : kTypes) {
    if (path.size() >= ending.size() && path.substr(path.size() - ending.size()) == ending) {
      return type;
    }
  }
  return "application/octet-stream";
}

struct Answer {
  enum class Kind { Reached, Refused, NoHost };
  Kind kind = Kind::NoHost;
  std::string address;
  int status = 0;
  std::string body;
};

Answer ask(Call& call, const Url& url) {
  Answer answer;
  const auto address = address_of(call, url.host);
  // The world knows names too that nobody needs to look up, as a pod's own.
  std::optional<std::string> body;
  if (call.around.fetch) {
    body = call.around.fetch(address.value_or(url.host), url.port, url.path, &answer.status);
  }
  answer.address = address.value_or(url.host);
  if (body) {
    answer.kind = Answer::Kind::Reached;
    answer.body = std::move(*body);
  } else if (address) {
    answer.kind = Answer::Kind::Refused;
  }
  return answer;
}

std::vector<std::string> headers_of(Call& call, const Url& url, const Answer& answer) {
  return {
      fmt::format("HTTP/1.1 {} {}", answer.status, status_text(answer.status)),
      format_time("Date: %a, %d %b %Y %H:%M:%S GMT", call.now()),
      fmt::format("Content-Type: {}", answer.status == 200 ? content_type(url.path) : "text/plain"),
      fmt::format("Content-Length: {}", answer.body.size()), "Connection: close"};
}

// ---- wget ----

/// busybox: libbb/human_readable.c, smart_ulltoa5: five places.
std::string five_places(std::uint64_t size) {
  if (size < 100000) return fmt::format("{:>5}", size);
  constexpr std::string_view kUnits = "kMGTPE";
  std::size_t unit = 0;
  std::uint64_t tenths = size * 10 / 1024;
  while (tenths >= 100000) {
    tenths /= 1024;
    ++unit;
  }
  return tenths < 1000 ? fmt::format("{:>2}.{}{}", tenths / 10, tenths % 10, kUnits[unit])
                       : fmt::format("{:>4}{}", tenths / 10, kUnits[unit]);
}

// Long options without a letter of their own.
constexpr char kSpider = '\1';
constexpr char kIgnored = '\2';       // nothing follows
constexpr char kIgnoredValue = '\3';  // a value follows

void wget(Call& call) {
  static const std::string spec =
      std::string("qcSO:o:P:U:T:t:Y:nv") + kSpider + kIgnored + kIgnoredValue + ":";
  const auto options = parse_options(call, spec,
                                     {{"spider", kSpider},
                                      {"quiet", 'q'},
                                      {"continue", 'c'},
                                      {"server-response", 'S'},
                                      {"output-document", 'O'},
                                      {"output-file", 'o'},
                                      {"directory-prefix", 'P'},
                                      {"user-agent", 'U'},
                                      {"timeout", 'T'},
                                      {"tries", 't'},
                                      {"no-check-certificate", kIgnored},
                                      {"no-verbose", 'n'},
                                      {"header", kIgnoredValue},
                                      {"post-data", kIgnoredValue},
                                      {"post-file", kIgnoredValue}});
  if (!options) return;
  if (options->operands.empty()) {
    call.show_usage(call.gnu() ? "missing URL" : "");
    return;
  }
  if (options->has('T') && !whole_number(call, options->value('T'))) return;
  const bool spider = options->has(kSpider);
  std::string log;
  const auto note = [&](std::string_view text) {
    if (!options->has('q')) log.append(text);
  };
  const auto finish = [&] {
    if (options->has('o') && options->value('o') != "-") {
      write_operand(call, options->value('o'), log, kCannotOpen);
    } else {
      call.err(log);
    }
    log.clear();
  };
  std::string documents;  // of -O, which takes all of them
  for (const std::string& text : options->operands) {
    const Url url = url_of(text);
    if (url.scheme != "http" && url.scheme != "https") {
      call.complain(fmt::format("not an http or ftp url: {}", text));
      return;
    }
    if (!url.bad_port.empty()) {
      call.complain(fmt::format("bad port '{}'", url.bad_port));
      return;
    }
    const Answer answer = ask(call, url);
    if (answer.kind == Answer::Kind::NoHost) {
      call.complain(fmt::format("bad address '{}'", url.host));
      return;
    }
    note(
        fmt::format("Connecting to {}:{} ({}:{})\n", url.host, url.port, answer.address, url.port));
    if (answer.kind == Answer::Kind::Refused) {
      finish();
      call.complain(
          fmt::format("can't connect to remote host ({}): Connection refused", answer.address));
      return;
    }
    const std::vector<std::string> headers = headers_of(call, url, answer);
    if (options->has('S')) {
      for (std::size_t i = 0; i < (answer.status == 200 ? headers.size() : 1); ++i) {
        log += fmt::format("  {}\n", headers[i]);
      }
      if (answer.status == 200) log += "  \n";
    }
    if (answer.status != 200) {
      finish();
      call.complain(fmt::format("server returned error: {}", headers[0]));
      return;
    }
    if (spider) {
      note("remote file exists\n");
      finish();
      continue;
    }
    const std::string output = options->value('O');
    const std::size_t query = url.path.find('?');
    const std::string bare = url.path.substr(0, query);
    std::string name = bare.substr(bare.rfind('/') + 1);
    if (name.empty()) name = "index.html";
    if (options->has('P')) name = join(options->value('P'), name);
    const bool to_output = output == "-";
    if (!output.empty()) name = output;
    note(to_output ? "writing to stdout\n" : fmt::format("saving to '{}'\n", name));
    const auto file_exists = [&] { return bool(call.files().stat(call.path(name))); };
    if (output.empty() && !options->has('c') && file_exists()) {
      log.clear();
      note(fmt::format("Connecting to {}:{} ({}:{})\n", url.host, url.port, answer.address,
                       url.port));
      finish();
      call.complain(fmt::format("can't open '{}': File exists", name));
      return;
    }
    if (!to_output) {
      if (!output.empty()) documents += answer.body;
      const std::string& bytes = output.empty() ? answer.body : documents;
      const Errno error = call.files().write(call.path(name), bytes, false, call.now()).error;
      if (error != Errno::Ok) {
        log.clear();
        note(fmt::format("Connecting to {}:{} ({}:{})\n", url.host, url.port, answer.address,
                         url.port));
        finish();
        call.complain(error == Errno::NoSpace
                          ? fmt::format("write error: {}", to_string(error))
                          : fmt::format("can't open '{}': {}", name, to_string(error)));
        return;
      }
    }
    if (!answer.body.empty()) {
      const std::string_view shown = to_output ? std::string_view("-") : last_component(name);
      note(fmt::format("{:<20.20} 100% |********************************| {}  0:00:00 ETA\n", shown,
                       five_places(answer.body.size())));
    }
    note(to_output ? "written to stdout\n" : fmt::format("'{}' saved\n", name));
    finish();
    if (to_output) call.out(answer.body);
  }
}

// ---- curl ----

constexpr int kNoProtocol = 1;
constexpr int kUsage = 2;
constexpr int kBadUrl = 3;
constexpr int kNoHost = 6;
constexpr int kRefused = 7;
constexpr int kHttpError = 22;
constexpr int kWriteError = 23;

/// Five places, as curl's meter shows amounts.
std::string meter_amount(std::uint64_t bytes) {
  if (bytes < 100000) return fmt::format("{:>5}", bytes);
  if (bytes < 10000 * 1024) return fmt::format("{:>4}k", bytes / 1024);
  if (bytes < 100 * 1024 * 1024) {
    return fmt::format("{:>2}.{}M", bytes / (1024 * 1024),
                       bytes % (1024 * 1024) * 10 / (1024 * 1024));
  }
  return fmt::format("{:>4}M", bytes / (1024 * 1024));
}

class Curl {
 public:
  Curl(Call& call, const Options& options) : call_(call), options_(options) {
    silent_ = options.has('s');
    shows_errors_ = !silent_ || options.has('S');
  }

  void run() {
    for (const std::string& text : options_.operands) fetch(text);
  }

 private:
  /// The first failure is not covered by a later success, but the last one counts.
  void fail(int code, std::string_view text) {
    if (shows_errors_) call_.err(fmt::format("curl: ({}) {}\n", code, text));
    call_.step.exit = code;
  }

  void fetch(const std::string& text) {
    const Url url = url_of(text);
    call_.step.exit = 0;
    if (url.host.empty() || !url.bad_port.empty()) {
      fail(kBadUrl, "URL using bad/illegal format or missing URL");
      return;
    }
    if (url.scheme != "http" && url.scheme != "https") {
      fail(kNoProtocol,
           fmt::format("Protocol \"{}\" not supported or disabled in libcurl", url.scheme));
      return;
    }
    const Answer answer = ask(call_, url);
    const bool verbose = options_.has('v');
    if (answer.kind == Answer::Kind::NoHost) {
      if (verbose) {
        call_.err(fmt::format("* Could not resolve host: {}\n* Closing connection 0\n", url.host));
      }
      fail(kNoHost, fmt::format("Could not resolve host: {}", url.host));
      write_out(url, answer, 0);
      return;
    }
    if (verbose) call_.err(fmt::format("*   Trying {}:{}...\n", answer.address, url.port));
    if (answer.kind == Answer::Kind::Refused) {
      const std::string failed =
          fmt::format("Failed to connect to {} port {} after 0 ms: Couldn't connect to server",
                      url.host, url.port);
      if (verbose) {
        call_.err(
            fmt::format("* connect to {} port {} failed: Connection refused\n* {}\n"
                        "* Closing connection 0\n",
                        answer.address, url.port, failed));
      }
      meter(0, 0, false);
      fail(kRefused, failed);
      write_out(url, answer, 0);
      return;
    }
    const std::vector<std::string> headers = headers_of(call_, url, answer);
    const bool head = options_.has('I');
    if (verbose) {
      const std::string method = options_.value('X', head ? "HEAD" : "GET");
      const std::string host = url.port_given ? fmt::format("{}:{}", url.host, url.port) : url.host;
      call_.err(
          fmt::format("* Connected to {} ({}) port {} (#0)\n> {} {} HTTP/1.1\n> Host: {}\n"
                      "> User-Agent: curl/7.88.1\n> Accept: */*\n> \n",
                      url.host, answer.address, url.port, method, url.path, host));
      for (const std::string& header : headers) call_.err(fmt::format("< {}\n", header));
      call_.err("< \n");
    }
    std::string shown;
    if (head || options_.has('i')) {
      for (const std::string& header : headers) shown += header + "\r\n";
      shown += "\r\n";
    }
    const bool failed = options_.has('f') && answer.status >= 400;
    if (failed) {
      if (head) deliver(url, shown);
      meter(answer.body.size(), 0, true);
      fail(kHttpError, fmt::format("The requested URL returned error: {}", answer.status));
      write_out(url, answer, 0);
      return;
    }
    if (!head) shown += answer.body;
    const bool delivered = deliver(url, shown);
    if (verbose) call_.err("* Closing connection 0\n");
    if (!delivered) return;
    write_out(url, answer, head ? 0 : answer.body.size());
  }

  bool deliver(const Url& url, const std::string& bytes) {
    std::string name = options_.value('o');
    if (options_.has('O')) {
      const std::string bare = url.path.substr(0, url.path.find('?'));
      name = bare.substr(bare.rfind('/') + 1);
      if (name.empty()) {
        fail(kWriteError, "Remote file name has no length!");
        return false;
      }
    }
    if (name.empty() || name == "-") {
      meter(bytes.size(), bytes.size(), true);
      call_.out(bytes);
      return true;
    }
    const Errno error = call_.files().write(call_.path(name), bytes, false, call_.now()).error;
    if (error != Errno::Ok) {
      if (shows_errors_) {
        call_.err(fmt::format("Warning: Failed to open the file {}: {}\n", name, to_string(error)));
      }
      fail(kWriteError, "Failure writing output to destination");
      return false;
    }
    meter(bytes.size(), bytes.size(), true);
    return true;
  }

  /// The table of progress, which curl shows wherever its output is no terminal. Nothing takes time
  /// here, so a kilobyte has come in each millisecond.
  void meter(std::size_t total, std::size_t received, bool reached) {
    if (silent_) return;
    std::string line =
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
        "                                 Dload  Upload   Total   Spent    Left  Speed\n\r"
        "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0";
    const std::uint64_t speed = std::max<std::uint64_t>(received, 1) * 1000;
    if (reached && received > 0) {
      line += fmt::format("\r100 {} 100 {}    0     0  {}      0 --:--:-- --:--:-- --:--:-- {}\n",
                          meter_amount(total) + " ", meter_amount(received), meter_amount(speed),
                          meter_amount(speed));
    } else {
      line += fmt::format(
          "\r  0 {}    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--"
          "     0\n",
          meter_amount(total));
    }
    call_.err(line);
  }

  void write_out(const Url& url, const Answer& answer, std::size_t received) {
    const std::string format = options_.value('w');
    std::string text;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '\\' && i + 1 < format.size()) {
        const char c = format[++i];
        text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        continue;
      }
      if (format.compare(i, 2, "%%") == 0) {
        text += format[i++];
        continue;
      }
      const std::size_t end = format.find('}', i);
      if (format.compare(i, 2, "%{") != 0 || end == std::string::npos) {
        text += format[i];
        continue;
      }
      const std::string name = format.substr(i + 2, end - i - 2);
      i = end;
      if (name == "http_code" || name == "response_code") {
        text += fmt::format("{:03}", answer.status);
      } else if (name == "size_download") {
        text += std::to_string(received);
      } else if (name == "url" || name == "url_effective") {
        text += url.shown();
      } else if (name == "exitcode") {
        text += std::to_string(call_.step.exit);
      } else if (name == "method") {
        text += options_.value('X', options_.has('I') ? "HEAD" : "GET");
      } else if (name == "scheme") {
        text += url.scheme == "https" ? "HTTPS" : "HTTP";
      } else if (name == "content_type") {
        if (answer.status != 0) {
          text += answer.status == 200 ? content_type(url.path) : "text/plain";
        }
      } else if (name == "remote_ip") {
        text += answer.status != 0 ? answer.address : "";
      } else if (name == "remote_port") {
        text += std::to_string(answer.status != 0 ? url.port : 0);
      } else if (name == "num_redirects" || name == "num_connects") {
        text += name == "num_connects" && answer.status != 0 ? "1" : "0";
      } else if (name.rfind("time_", 0) == 0) {
        text += "0.000000";
      } else {
        call_.err(fmt::format("curl: unknown --write-out variable: '{}'\n", name));
      }
    }
    call_.out(text);
  }

  Call& call_;
  const Options& options_;
  bool silent_ = false;
  bool shows_errors_ = true;
};

void curl(Call& call) {
  static const std::string spec =
      std::string("sSfIiLkvO#gNo:w:m:X:H:d:A:u:e:b:x:r:T:F:") + kIgnored + kIgnoredValue + ":";
  static const std::vector<std::pair<std::string, char>> longs = {
      {"silent", 's'},
      {"show-error", 'S'},
      {"fail", 'f'},
      {"head", 'I'},
      {"include", 'i'},
      {"location", 'L'},
      {"insecure", 'k'},
      {"verbose", 'v'},
      {"remote-name", 'O'},
      {"output", 'o'},
      {"write-out", 'w'},
      {"max-time", 'm'},
      {"connect-timeout", kIgnoredValue},
      {"request", 'X'},
      {"header", 'H'},
      {"data", 'd'},
      {"user-agent", 'A'},
      {"user", 'u'},
      {"retry", kIgnoredValue},
      {"retry-delay", kIgnoredValue},
      {"retry-connrefused", kIgnored},
      {"url", kIgnoredValue},
      {"http1.1", kIgnored},
      {"no-progress-meter", kIgnored},
      {"progress-bar", '#'}};
  const auto wrong = [&](std::string_view text) {
    if (!text.empty()) call.err(fmt::format("curl: {}\n", text));
    call.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
    call.step.exit = kUsage;
  };
  // curl has its own words for a mistake, which the shared reader of options does not know.
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    if (word.size() < 2 || word[0] != '-' || word == "--help" || word == "--") continue;
    bool takes = false;
    if (word[1] == '-') {
      const auto known = std::find_if(longs.begin(), longs.end(), [&](const auto& item) {
        return item.first == word.substr(2, word.find('=') - 2);
      });
      if (known == longs.end()) {
        wrong(fmt::format("option {}: is unknown", word));
        return;
      }
      const std::size_t at = spec.find(known->second);
      takes = at + 1 < spec.size() && spec[at + 1] == ':' && word.find('=') == std::string::npos;
    } else {
      for (std::size_t j = 1; j < word.size() && !takes; ++j) {
        const std::size_t at = word[j] == ':' ? std::string::npos : spec.find(word[j]);
        if (at == std::string::npos) {
          wrong(fmt::format("option {}: is unknown", word));
          return;
        }
        if (at + 1 >= spec.size() || spec[at + 1] != ':') continue;
        takes = j + 1 == word.size();
        break;
      }
    }
    if (takes && ++i >= call.argv.size()) {
      wrong(fmt::format("option {}: requires parameter", word));
      return;
    }
  }
  const auto options = parse_options(call, spec, longs, kUsage);
  if (!options) return;
  if (options->operands.empty()) {
    wrong("");
    return;
  }
  Curl(call, *options).run();
}

// ---- nslookup ----

void nslookup(Call& call) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    if (call.argv[i].rfind('-', 0) != 0) names.push_back(call.argv[i]);
  }
  if (names.empty()) {
    call.show_usage();
    return;
  }
  std::string server = names.size() > 1 ? names[1] : "";
  const Io<std::string> text = call.files().read(parse_path("/etc/resolv.conf"));
  for (const std::string_view line : lines_of(text.value)) {
    constexpr std::string_view kWord = "nameserver ";
    if (server.empty() && line.substr(0, kWord.size()) == kWord) {
      server = std::string(line.substr(kWord.size()));
    }
  }
  if (server.empty() || !call.around.resolve) {
    call.out(";; connection timed out; no servers could be reached\n\n");
    call.step.exit = 1;
    return;
  }
  call.out(fmt::format("Server:\t\t{0}\nAddress:\t{0}:53\n\n", server));
  const auto address = call.around.resolve(names[0]);
  if (address) {
    call.out(fmt::format("Name:\t{}\nAddress: {}\n\n", names[0], *address));
    return;
  }
  // One answer to the question for IPv4, one to that for IPv6.
  for (int i = 0; i < 2; ++i) {
    call.out(fmt::format("** server can't find {}: NXDOMAIN\n\n", names[0]));
  }
  call.step.exit = 1;
}

// ---- httpd ----

void httpd(Call& call) {
  const auto options = parse_options(call, "fvip:u:r:c:h:m:d:e:");
  if (!options) return;
  std::string port = options->value('p', "80");
  port = port.substr(port.rfind(':') + 1);  // an address may stand in front
  const auto number = to_number(port);
  if (!number || *number < 1 || *number > 65535) {
    call.complain(fmt::format("bad port '{}'", port));
    return;
  }
  const std::string root = options->value('h', to_string(call.process.cwd));
  const Io<Stat> stat = call.files().stat(call.path(root));
  if (!stat || stat.value.type != FileType::Directory) {
    call.complain(fmt::format("can't change directory to '{}': {}", root,
                              to_string(stat ? Errno::NotDirectory : stat.error)));
    return;
  }
  serve_http(call, static_cast<int>(*number), to_string(call.path(root)));
  // Without -f it goes on behind our back.
  if (!options->has('f')) call.step.done = true;
}

}  // namespace

std::optional<std::string> address_of(Call& call, std::string_view host) {
  if (is_address(host)) return std::string(host);
  const Io<std::string> text = call.files().read(parse_path("/etc/hosts"));
  for (std::string_view line : lines_of(text.value)) {
    line = line.substr(0, line.find('#'));
    std::string address;
    while (!line.empty()) {
      const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
      const std::size_t end = std::min(line.find_first_of(" \t", start), line.size());
      const std::string_view word = line.substr(start, end - start);
      if (address.empty()) {
        address = std::string(word);
      } else if (word == host && address.find(':') == std::string::npos) {
        return address;
      }
      line.remove_prefix(end);
    }
  }
  if (host == "localhost") return "127.0.0.1";
  return call.around.resolve ? call.around.resolve(host) : std::nullopt;
}

void serve_http(Call& call, int port, const std::string& root) {
  if (call.state.stage == 0 && (!call.around.serve || !call.around.serve(port, root))) {
    call.complain("bind: Address already in use");
    return;
  }
  CommandState kept;
  kept.stage = 1;
  call.wait(kNever, false, std::move(kept));
}

const std::vector<Listed>& network_programs() {
  static const std::vector<Listed> programs = {
      {"wget", wget,
       "[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file "
       "FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL..."},
      {"curl", curl, "[options...] <url>"},
      {"nslookup", nslookup, "[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]"},
      {"httpd", httpd,
       "[-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER[:GRP]] [-r REALM] [-h HOME]"},
  };
  return programs;
}

}  // namespace sim::userland
