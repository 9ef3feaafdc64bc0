#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/userland_tools.h"

// Programs about who and where one is: env, id, hostname, ps, kill, sleep, which, mktemp and their
// like; and those that a shell does by itself, for when no shell is there.

namespace sim::userland {
namespace {

constexpr int kNotFound = 127;

// ---- The environment ----

void env(Call& call) {
  const auto options =
      parse_options(call, "+iu:0", {{"ignore-environment", 'i'}, {"unset", 'u'}, {"null", '0'}},
                    call.gnu() ? 125 : 1);
  if (!options) return;
  Process inner = call.process;
  std::vector<std::string> words = options->operands;
  if (!words.empty() && words[0] == "-") {
    inner.env.clear();
    words.erase(words.begin());
  }
  if (options->has('i')) inner.env.clear();
  for (const std::string& name : options->values('u')) inner.env.erase(name);
  std::size_t i = 0;
  for (; i < words.size() && words[i].find('=') != std::string::npos; ++i) {
    const std::size_t equals = words[i].find('=');
    inner.env[words[i].substr(0, equals)] = words[i].substr(equals + 1);
  }
  if (i == words.size()) {
    for (const auto& [name, value] : inner.env) {
      call.out(fmt::format("{}={}{}", name, value, options->has('0') ? '\0' : '\n'));
    }
    return;
  }
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i));
  if (!call.system.has_program(words[0])) {
    call.complain(fmt::format("can't execute '{}': No such file or directory", words[0]),
                  fmt::format("'{}': No such file or directory", words[0]), kNotFound);
    return;
  }
  call.step = call.system.run(words, call.input, inner, call.state);
}

void printenv(Call& call) {
  const auto options = parse_options(call, "+0", {{"null", '0'}}, call.gnu() ? 2 : 1);
  if (!options) return;
  const std::string end(1, options->has('0') ? '\0' : '\n');
  if (options->operands.empty()) {
    for (const auto& [name, value] : call.process.env) call.out(name + "=" + value + end);
    return;
  }
  for (const std::string& name : options->operands) {
    const auto at = call.process.env.find(name);
    if (at == call.process.env.end()) {
      call.step.exit = 1;
    } else {
      call.out(at->second + end);
    }
  }
}

// ---- Users ----

/// A line of /etc/passwd or /etc/group, cut at the colons.
std::optional<std::vector<std::string>> account(Call& call, std::string_view file,
                                                std::string_view name) {
  const Io<std::string> text = call.files().read(parse_path(file));
  for (const std::string_view line : lines_of(text.value)) {
    std::vector<std::string> fields;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find(':', at), line.size());
      fields.emplace_back(line.substr(at, end - at));
      at = end + 1;
    }
    if (fields.size() >= 3 && fields[0] == name) return fields;
  }
  return std::nullopt;
}

void id(Call& call) {
  const auto options =
      parse_options(call, "ugGnrza",
                    {{"user", 'u'}, {"group", 'g'}, {"groups", 'G'}, {"name", 'n'}, {"real", 'r'}});
  if (!options) return;
  const bool named = options->has('n');
  const char part = options->last_of("ugG");
  if (options->operands.size() > 1 && !call.gnu()) {
    call.show_usage();
    return;
  }
  if (part == 0 && (named || options->has('r'))) {
    if (call.gnu()) {
      call.complain("cannot print only names or real IDs in default format");
    } else {
      call.show_usage();
    }
    return;
  }
  std::uint32_t uid = call.files().uid;
  std::uint32_t gid = call.files().gid;
  std::vector<std::uint32_t> groups = {gid};
  if (options->operands.empty()) {
    for (const std::uint32_t group : call.files().groups) groups.push_back(group);
  } else {
    const std::string& name = options->operands[0];
    const auto found = account(call, "/etc/passwd", name);
    if (!found && name != "root") {
      call.complain(fmt::format("unknown user {}", name), fmt::format("'{}': no such user", name));
      return;
    }
    const auto number = [&](std::size_t field) {
      return static_cast<std::uint32_t>(
          found && found->size() > field ? to_number((*found)[field]).value_or(0) : 0);
    };
    uid = number(2);
    gid = number(3);
    groups = {gid};
  }
  std::vector<std::uint32_t> unique;
  for (const std::uint32_t group : groups) {
    if (std::find(unique.begin(), unique.end(), group) == unique.end()) unique.push_back(group);
  }
  const auto either = [&](std::uint32_t number, const std::string& name) {
    return named ? name : std::to_string(number);
  };
  if (part == 'u') {
    call.out(either(uid, user_name(call, uid)) + "\n");
    return;
  }
  if (part == 'g') {
    call.out(either(gid, group_name(call, gid)) + "\n");
    return;
  }
  if (part == 'G') {
    std::string text;
    for (const std::uint32_t group : unique) {
      text += (text.empty() ? "" : " ") + either(group, group_name(call, group));
    }
    call.out(text + "\n");
    return;
  }
  const auto both = [](std::uint32_t number, const std::string& name) {
    const std::string text = std::to_string(number);
    return name == text ? text : fmt::format("{}({})", text, name);
  };
  std::string text = fmt::format("uid={} gid={}", both(uid, user_name(call, uid)),
                                 both(gid, group_name(call, gid)));
  for (std::size_t i = 0; i < unique.size(); ++i) {
    text += (i == 0 ? " groups=" : ",") + both(unique[i], group_name(call, unique[i]));
  }
  call.out(text + "\n");
}

void whoami(Call& call) {
  const auto options = parse_options(call, "");
  if (!options) return;
  if (!options->operands.empty()) {
    call.show_usage(call.gnu() ? fmt::format("extra operand '{}'", options->operands[0]) : "");
    return;
  }
  const std::uint32_t uid = call.files().uid;
  const std::string name = user_name(call, uid);
  if (name == std::to_string(uid)) {
    call.complain(fmt::format("unknown uid {}", uid),
                  fmt::format("cannot find name for user ID {}", uid));
    return;
  }
  call.out(name + "\n");
}

// ---- The machine ----

void hostname(Call& call) {
  const auto options = parse_options(call, "sidfF:");
  if (!options) return;
  const std::string& name = call.around.hostname;
  if (!options->operands.empty() || options->has('F')) {
    call.complain("sethostname: Operation not permitted",
                  "you must be root to change the host name");
    return;
  }
  const std::size_t dot = name.find('.');
  switch (options->last_of("sidf")) {
    case 's':
      call.out(name.substr(0, dot) + "\n");
      return;
    case 'd':
      if (dot != std::string::npos) call.out(name.substr(dot + 1) + "\n");
      return;
    case 'i': {
      const auto address = address_of(call, name);
      if (address) {
        call.out(*address + "\n");
      } else {
        call.complain(fmt::format("{}: Unknown host", name), "Name or service not known");
      }
      return;
    }
    default:
      call.out(name + "\n");
  }
}

void uname(Call& call) {
  const auto options = parse_options(call, "asnrvmpio",
                                     {{"all", 'a'},
                                      {"kernel-name", 's'},
                                      {"nodename", 'n'},
                                      {"kernel-release", 'r'},
                                      {"kernel-version", 'v'},
                                      {"machine", 'm'},
                                      {"operating-system", 'o'}});
  if (!options) return;
  if (!options->operands.empty()) {
    call.show_usage(call.gnu() ? fmt::format("extra operand '{}'", options->operands[0]) : "");
    return;
  }
  const std::pair<char, std::string> parts[] = {{'s', "Linux"},
                                                {'n', call.around.hostname},
                                                {'r', call.around.kernel},
                                                {'v', "#1 SMP"},
                                                {'m', "x86_64"},
                                                {'p', "unknown"},
                                                {'i', "unknown"},
                                                {'o', "GNU/Linux"}};
  std::string text;
  const bool none = options->last_of("asnrvmpio") == 0;
  for (const auto& [letter, value] : parts) {
    // What is not known is shown only when it is asked for.
    const bool wanted = options->has(letter) || (options->has('a') && value != "unknown") ||
                        (none && letter == 's');
    if (wanted) text += (text.empty() ? "" : " ") + value;
  }
  call.out(text + "\n");
}

void nproc(Call& call) {
  const auto options = parse_options(call, "ai:", {{"all", 'a'}, {"ignore", 'i'}});
  if (!options) return;
  const auto ignored = whole_number(call, options->value('i', "0"));
  if (!ignored) return;
  call.out(fmt::format("{}\n",
                       std::max<std::int64_t>(std::int64_t{call.around.processors} - *ignored, 1)));
}

// ---- Processes ----

/// All processes, the caller's own among them.
std::vector<std::pair<std::int64_t, std::string>> processes(Call& call) {
  auto all = call.around.processes;
  const bool listed = std::any_of(all.begin(), all.end(), [&](const auto& process) {
    return process.first == call.process.pid;
  });
  const std::int64_t own =
      listed && !all.empty() ? all.back().first + 1 : std::max<std::int64_t>(call.process.pid, 1);
  all.emplace_back(own, fmt::format("{}", fmt::join(call.argv, " ")));
  std::sort(all.begin(), all.end());
  return all;
}

void ps(Call& call) {
  std::string columns = "pid,user,time,args";
  std::vector<std::string> words = call.argv;
  // "aux" and "ef" without a dash: the old way to ask for everything, which is shown anyway.
  if (words.size() > 1 && words[1].rfind('-', 0) != 0) words.erase(words.begin() + 1);
  const auto options = parse_options(call, "o:efAaxuwlTH", {}, 1, &words);
  if (!options) return;
  if (options->has('o')) {
    columns.clear();
    for (const std::string& list : options->values('o')) {
      columns += (columns.empty() ? "" : ",") + list;
    }
  }
  struct Column {
    std::string_view name;
    std::string_view heading;
    std::size_t width;
    bool right;
  };
  constexpr std::array<Column, 8> kColumns = {{{"user", "USER", 8, false},
                                               {"group", "GROUP", 8, false},
                                               {"comm", "COMMAND", 16, false},
                                               {"args", "COMMAND", 0, false},
                                               {"pid", "PID", 5, true},
                                               {"ppid", "PPID", 5, true},
                                               {"pgid", "PGID", 5, true},
                                               {"time", "TIME", 5, true}}};
  std::vector<const Column*> chosen;
  for (std::size_t at = 0; at <= columns.size();) {
    const std::size_t end = std::min(columns.find(',', at), columns.size());
    std::string name = columns.substr(at, end - at);
    if (name == "command" || name == "cmd") name = "args";
    const auto* column = std::find_if(kColumns.begin(), kColumns.end(),
                                      [&](const Column& known) { return known.name == name; });
    if (column == kColumns.end()) {
      call.complain(
          fmt::format("bad -o argument '{}', supported arguments: "
                      "user,group,comm,args,pid,ppid,pgid,time",
                      name));
      return;
    }
    chosen.push_back(&*column);
    at = end + 1;
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const bool last = i + 1 == chosen.size();
      text += cell(*chosen[i], last ? 0 : chosen[i]->width);
      if (!last) text += ' ';
    }
    call.out(text + "\n");
  };
  line([](const Column& column, std::size_t width) {
    return fmt::format("{:<{}}", column.heading, width);
  });
  for (const auto& process : processes(call)) {
    const std::string& command = process.second;
    line([&](const Column& column, std::size_t width) {
      const std::string first = command.substr(0, command.find(' '));
      std::string text = column.name == "user"    ? user_name(call, call.files().uid)
                         : column.name == "group" ? group_name(call, call.files().gid)
                         : column.name == "comm"  ? std::string(last_component(first))
                         : column.name == "args"  ? command
                         : column.name == "time"  ? std::string("0:00")
                         : column.name == "ppid"  ? std::string("0")
                                                  : std::to_string(process.first);
      if (width > 0) text = text.substr(0, width);
      return column.right ? fmt::format("{:>{}}", text, column.width)
                          : fmt::format("{:<{}}", text, width);
    });
  }
}

void kill(Call& call) {
  std::size_t i = 1;
  const std::vector<std::string>& words = call.argv;
  std::string wanted = "TERM";
  if (words.size() > 1 && (words[1] == "-l" || words[1] == "-L")) {
    constexpr int kLast = 31;
    for (int signal = 1; words.size() == 2 && signal <= kLast; ++signal) {
      call.out(fmt::format("{:>2}) {}\n", signal, shell::signal_name(signal)));
    }
    for (i = 2; i < words.size(); ++i) {
      const auto number = to_number(words[i]);
      const int signal = shell::signal_number(words[i]);
      if (signal < 0) {
        call.complain(fmt::format("unknown signal '{}'", words[i]));
      } else {
        call.out((number ? shell::signal_name(signal) : std::to_string(signal)) + "\n");
      }
    }
    return;
  }
  if (words.size() > 2 && (words[1] == "-s" || words[1] == "-n")) {
    wanted = words[2];
    i = 3;
  } else if (words.size() > 1 && words[1].size() > 1 && words[1][0] == '-' && words[1] != "--") {
    wanted = words[1].substr(1);
    i = 2;
  }
  if (i < words.size() && words[i] == "--") ++i;
  const int signal = shell::signal_number(wanted);
  if (signal < 0) {
    call.complain(fmt::format("bad signal name '{}'", wanted));
    return;
  }
  if (i >= words.size()) {
    call.complain("you need to specify whom to kill");
    return;
  }
  for (; i < words.size(); ++i) {
    const auto pid = to_number(words[i]);
    if (!pid) {
      call.complain(fmt::format("invalid number '{}'", words[i]),
                    fmt::format("failed to parse argument: '{}'", words[i]));
      continue;
    }
    if (call.system.kill(*pid, signal)) continue;
    call.complain(fmt::format("can't kill pid {}: No such process", *pid),
                  fmt::format("({}): No such process", *pid));
  }
}

/// "1.5h" in virtual time; empty when it is none.
std::optional<Duration> duration_of(std::string_view text) {
  std::int64_t unit = 1'000'000'000;
  if (!text.empty()) {
    switch (text.back()) {
      case 'd':
        unit *= 24 * 3600;
        break;
      case 'h':
        unit *= 3600;
        break;
      case 'm':
        unit *= 60;
        break;
      case 's':
        break;
      default:
        unit = -unit;  // no suffix
    }
    if (unit > 0) text.remove_suffix(1);
    unit = unit < 0 ? -unit : unit;
  }
  if (text == "inf" || text == "infinity") return Duration{kNever.ns};
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point < text.size() ? text.substr(point + 1) : "";
  const auto digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if ((whole.empty() && fraction.empty()) || !digits(whole) || !digits(fraction)) {
    return std::nullopt;
  }
  std::int64_t ns = 0;
  for (const char c : whole) {
    if (__builtin_mul_overflow(ns, std::int64_t{10}, &ns) ||
        __builtin_add_overflow(ns, std::int64_t{c - '0'}, &ns)) {
      return Duration{kNever.ns};
    }
  }
  if (__builtin_mul_overflow(ns, unit, &ns)) return Duration{kNever.ns};
  std::int64_t scale = unit;
  for (const char c : fraction) {
    scale /= 10;
    ns += scale * (c - '0');
    if (ns < 0) return Duration{kNever.ns};
  }
  return Duration{ns};
}

void sleep(Call& call) {
  if (call.state.stage == 1) {
    const Time until{call.state.number};
    if (call.now() < until) call.wait(until, false, call.state);
    return;
  }
  std::vector<std::string> words(call.argv.begin() + 1, call.argv.end());
  if (!words.empty() && words[0] == "--") words.erase(words.begin());
  if (words.empty()) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  if (call.gnu() && words[0].size() > 1 && words[0][0] == '-') {
    call.show_usage(fmt::format("invalid option -- '{}'", words[0][1]));
    return;
  }
  std::int64_t total = 0;
  for (const std::string& word : words) {
    const auto duration = duration_of(word);
    if (!duration) {
      if (call.gnu()) {
        call.show_usage(fmt::format("invalid time interval '{}'", word));
      } else {
        call.complain(fmt::format("invalid number '{}'", word));
      }
      return;
    }
    if (__builtin_add_overflow(total, duration->ns, &total)) total = kNever.ns;
  }
  CommandState kept;
  kept.stage = 1;
  if (__builtin_add_overflow(call.now().ns, total, &kept.number)) kept.number = kNever.ns;
  if (total == 0) return;
  const Time until{kept.number};
  call.wait(until, false, std::move(kept));
}

// ---- Names ----

void which(Call& call) {
  const auto options = parse_options(call, "a");
  if (!options) return;
  if (options->operands.empty()) {
    if (call.gnu()) {
      call.step.exit = 1;
    } else {
      call.show_usage();
    }
    return;
  }
  const auto path_variable = call.process.env.find("PATH");
  const std::string directories =
      path_variable == call.process.env.end()
          ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          : path_variable->second;
  for (const std::string& name : options->operands) {
    const auto runnable = [&](const std::string& path) {
      const Io<Stat> stat = call.files().stat(call.path(path));
      return stat && stat.value.type == FileType::File && (stat.value.mode & 0111) != 0;
    };
    bool found = false;
    if (name.find('/') != std::string::npos) {
      found = runnable(name) || call.system.has_program(name);
      if (found) call.out(name + "\n");
    } else {
      for (std::size_t at = 0; at <= directories.size() && (!found || options->has('a'));) {
        const std::size_t end = std::min(directories.find(':', at), directories.size());
        const std::string path = join(directories.substr(at, end - at), name);
        if (runnable(path)) {
          call.out(path + "\n");
          found = true;
        }
        at = end + 1;
      }
      // The programs of an image need not lie in its layers.
      if (!found && call.system.has_program(name)) {
        call.out(fmt::format("{}{}\n", call.gnu() ? "/usr/bin/" : "/bin/", name));
        found = true;
      }
    }
    if (!found) call.step.exit = 1;
  }
}

void basename(Call& call) {
  const auto options =
      parse_options(call, "+as:z", {{"multiple", 'a'}, {"suffix", 's'}, {"zero", 'z'}});
  if (!options) return;
  const bool several = options->has('a') || options->has('s');
  const std::vector<std::string>& names = options->operands;
  if (names.empty()) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  if (!several && names.size() > 2) {
    call.show_usage(call.gnu() ? fmt::format("extra operand '{}'", names[2]) : "");
    return;
  }
  const std::string suffix = !several && names.size() == 2 ? names[1] : options->value('s');
  for (std::size_t i = 0; i < (several ? names.size() : 1); ++i) {
    std::string_view name = last_component(names[i]);
    if (!suffix.empty() && name.size() > suffix.size() &&
        name.substr(name.size() - suffix.size()) == suffix) {
      name.remove_suffix(suffix.size());
    }
    call.out(std::string(name) + (options->has('z') ? '\0' : '\n'));
  }
}

void dirname(Call& call) {
  const auto options = parse_options(call, "+z", {{"zero", 'z'}});
  if (!options) return;
  const std::vector<std::string>& names = options->operands;
  if (names.empty() || (names.size() > 1 && !call.gnu())) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  for (const std::string& operand : names) {
    std::string name = operand;
    const auto cut_slashes = [&] {
      while (name.size() > 1 && name.back() == '/') name.pop_back();
    };
    cut_slashes();
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) {
      name = ".";
    } else {
      name.erase(slash == 0 ? 1 : slash);
      cut_slashes();
    }
    call.out(name + (options->has('z') ? '\0' : '\n'));
  }
}

void mktemp(Call& call) {
  constexpr std::string_view kLetters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto options = parse_options(
      call, "dqutp:", {{"directory", 'd'}, {"dry-run", 'u'}, {"quiet", 'q'}, {"tmpdir", 'p'}});
  if (!options) return;
  const auto variable = call.process.env.find("TMPDIR");
  const std::string usual =
      options->value('p', variable == call.process.env.end() ? "/tmp" : variable->second);
  std::string name = options->operands.empty() ? call.gnu() ? "tmp.XXXXXXXXXX" : "tmp.XXXXXX"
                                               : options->operands[0];
  const std::size_t end = name.find_last_not_of('X') + 1;
  const std::size_t letters = name.size() - end;
  if (letters < (call.gnu() ? 3U : 6U)) {
    call.complain("(null): Invalid argument", fmt::format("too few X's in template '{}'", name));
    return;
  }
  if (options->operands.empty() || options->has('t') || options->has('p')) {
    name = join(usual, name);
  }
  const std::size_t start = name.size() - letters;
  for (std::uint64_t attempt = 0; attempt < 100; ++attempt) {
    std::string made = name;
    for (std::size_t i = 0; i < letters; ++i) {
      made[start + i] =
          kLetters[draw_below(kLetters.size(), call.around.seed, "mktemp",
                              static_cast<std::uint64_t>(call.now().ns), attempt * 256 + i)];
    }
    const Path path = call.path(made);
    if (call.files().stat(path, false)) continue;
    if (!options->has('u')) {
      const bool directory = options->has('d');
      Errno error = directory ? call.files().make_directory(path, 0700, call.now()).error
                              : call.files().touch(path, call.now()).error;
      if (error != Errno::Ok) {
        if (options->has('q')) {
          call.step.exit = 1;
          return;
        }
        call.complain(fmt::format("(null): {}", to_string(error)),
                      fmt::format("failed to create {} via template '{}': {}",
                                  directory ? "directory" : "file", name, to_string(error)));
        return;
      }
      if (!directory) call.files().change_mode(path, 0600, call.now());
    }
    call.out(made + "\n");
    return;
  }
  call.complain(fmt::format("(null): {}", to_string(Errno::Exists)));
}

// ---- What a shell does by itself ----

void truth(Call& call) { call.step.exit = call.name() == "true" ? 0 : 1; }

void pwd(Call& call) {
  const auto options = parse_options(call, "LP", {{"logical", 'L'}, {"physical", 'P'}});
  if (!options) return;
  call.out(to_string(call.files().real_path(call.process.cwd)) + "\n");
}

/// timeout and nohup run another program; without one they say how they are used.
void wrapper(Call& call) {
  const bool timeout = call.name() == "timeout";
  std::size_t i = 1;
  while (i < call.argv.size() && call.argv[i].size() > 1 && call.argv[i][0] == '-') {
    if (!timeout) {
      call.show_usage(fmt::format("invalid option -- '{}'", call.argv[i][1]),
                      call.gnu() ? 125 : kNotFound);
      return;
    }
    i += call.argv[i] == "-s" || call.argv[i] == "-k" ? 2 : 1;
  }
  if (i + (timeout ? 1 : 0) < call.argv.size()) {
    run_as_shell(call);
  } else {
    call.show_usage(call.gnu() ? "missing operand" : "", call.gnu() ? 125
                                                         : timeout  ? 1
                                                                    : kNotFound);
  }
}

}  // namespace

const std::vector<Listed>& system_programs() {
  static const std::vector<Listed> programs = {
      {"env", env, "[-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]"},
      {"printenv", printenv, "[VARIABLE]..."},
      {"id", id, "[-ugGnr] [USER]"},
      {"whoami", whoami, ""},
      {"hostname", hostname, "[-sidf] [HOSTNAME | -F FILE]"},
      {"uname", uname, "[-amnrspvio]"},
      {"nproc", nproc, "[--all] [--ignore=N]"},
      {"ps", ps, "[-o COL1,COL2=HEADER] [-T]"},
      {"kill", kill, "[-l] [-SIG] PID..."},
      {"sleep", sleep, "[N]..."},
      {"which", which, "[-a] COMMAND..."},
      {"basename", basename, "FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE..."},
      {"dirname", dirname, "FILENAME"},
      {"mktemp", mktemp, "[-dt] [-p DIR] [TEMPLATE]"},
      {"true", truth, ""},
      {"false", truth, ""},
      {"echo", run_builtin, ""},
      {"printf", run_builtin, "FORMAT [ARG]..."},
      {"test", run_builtin, ""},
      {"[", run_builtin, ""},
      {"pwd", pwd, "[-LP]"},
      {"sh", run_as_shell, ""},
      {"ash", run_as_shell, ""},
      {"bash", run_as_shell, ""},
      {"timeout", wrapper, "[-s SIG] [-k KILL_SECS] SECS PROG ARGS"},
      {"nohup", wrapper, "PROG ARGS"},
      {"xargs", run_as_shell, "[OPTIONS] [PROG ARGS]"},
  };
  return programs;
}

}  // namespace sim::userland
