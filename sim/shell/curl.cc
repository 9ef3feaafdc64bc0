// curl of the person's terminal: there is no network. It knows one thing, the pictures of the
// workshop's shop: their sources' addresses end as the files in the container images do, and so it
// finds them there, with the sizes that they have. curl 7.88
#include "sim/base/format.h"
#include "sim/files/image.h"
#include "sim/shell/host_call.h"

namespace sim {
namespace {

constexpr std::string_view kShop = "https://raw.githubusercontent.com/aws-containers/";
constexpr std::string_view kPictures = "/src/assets/public/";

/// The file of a catalog image that an address of the shop's sources means; null when none does.
EntryPtr find_picture(const World& world, const std::string& url) {
  if (url.rfind(kShop, 0) != 0) return nullptr;
  const std::size_t at = url.find(kPictures);
  if (at == std::string::npos) return nullptr;
  // What is public/ in the sources is the server's directory in the image.
  const Path path =
      parse_path(fmt::format("/usr/share/nginx/html/{}", url.substr(at + kPictures.size())));
  for (const auto& [name, image] : world.settings().images.images) {
    if (!image.layers) continue;
    for (std::size_t i = image.layers->size(); i-- > 0;) {
      EntryPtr entry = (*image.layers)[i].find(path);
      if (entry && entry->type == FileType::File) return entry;
    }
  }
  return nullptr;
}

std::string host_of(const std::string& url) {
  std::string host = url.substr(url.find("://") == std::string::npos ? 0 : url.find("://") + 3);
  return host.substr(0, host.find_first_of("/:"));
}

/// Five columns wide: 98157, 242k.
std::string amount(std::uint64_t bytes) {
  return bytes < 100000 ? fmt::format("{:>5}", bytes) : fmt::format("{:>4}k", bytes >> 10);
}

void progress(HostCall& call, std::uint64_t bytes) {
  const std::string speed = amount(bytes * 5 / 2);  // in 0.4 s
  call.err(
      "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
      "                                 Dload  Upload   Total   Spent    Left  Speed\n");
  call.err(fmt::format("100 {0}  100 {0}    0     0  {1}      0 --:--:-- --:--:-- --:--:-- {1}\n",
                       amount(bytes), speed));
}

}  // namespace

void run_curl(HostCall& call) {
  bool remote_name = false;
  bool silent = false;
  std::vector<std::string> urls;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    if (word == "--remote-name-all" || word == "-O" || word == "--remote-name") {
      remote_name = true;
    } else if (word == "-s" || word == "--silent" || word == "-sS") {
      silent = true;
    } else if (word.size() > 1 && word[0] == '-') {
      return call.unmodelled(fmt::format("the option {}", word));
    } else {
      urls.push_back(word);
    }
  }
  if (urls.empty()) {
    return call.fail("curl: try 'curl --help' or 'curl --manual' for more information\n", 2);
  }
  for (const std::string& url : urls) {
    const EntryPtr file = find_picture(call.world, url);
    if (!file) {
      call.fail(fmt::format("curl: (6) Could not resolve host: {}\n", host_of(url)), 6);
      continue;
    }
    if (!remote_name) return call.unmodelled("pictures on the terminal: use -O");
    const Path path = call.path(url.substr(url.rfind('/') + 1));
    const Time now = call.world.now();
    const Io<Landing> written =
        call.files().write_span(path, {0, file->bytes, file->length() - file->bytes.size()}, now);
    if (!written) {
      call.fail(fmt::format("curl: (23) Failure writing output to destination\n"), 23);
      continue;
    }
    if (!silent) progress(call, file->length());
    call.step.took = call.step.took + milliseconds(400);
  }
}

}  // namespace sim
