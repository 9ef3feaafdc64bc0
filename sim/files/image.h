// Container images as a lesson describes them: layers of files, what the main process does, and
// which programs are inside. The Kubernetes API cannot say any of this; a cluster file can.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/str.h"
#include "sim/base/string_map.h"
#include "sim/base/time.h"
#include "sim/files/tree.h"

namespace sim {

/// What an image's main process does when the container gives no command of its own.
struct ImageProcess {
  std::vector<Str> argv;  // as `ps` shows it; run as a script when `script` says so
  bool serves_http = false;
  Str http_root;               // directory served
  std::int32_t http_port = 0;  // unless $PORT is set and `port_from_env`
  bool port_from_env = false;
  bool exits = false;  // ends by itself at once with exit_code
  std::int32_t exit_code = 0;
  std::int32_t sigterm_exit_code =
      0;                   // what it exits with on SIGTERM; -1: ignores it until SIGKILL
  Duration start_delay{};  // until it serves
};

struct Image {
  Str name;                                         // as manifests name it: "registry/repo:tag"
  Str id;                                           // "sha256:…" (64 hex digits)
  std::uint64_t size = 0;                           // bytes pulled
  std::shared_ptr<const std::vector<Tree>> layers;  // bottom first
  std::vector<Str> programs;  // names in $PATH; see sim/programs. Empty: the whole user land
  ImageProcess process;
  std::vector<Str>
      entrypoint;  // argv of ENTRYPOINT and CMD when it is a real command; else `process`
  std::vector<Str> cmd;
  StringMap env;
  Str working_dir;  // "/" when empty
  std::uint32_t user = 0;
  bool pullable = true;  // false: only where a node has it already
};

/// Every image that exists in a scenario, by its normal name.
struct ImageCatalog {
  std::map<std::string, Image, std::less<>> images;
  bool registry_reachable = true;
  /// An image by the name in a manifest ("nginx" is "docker.io/library/nginx:latest"); null when
  /// the catalog has none.
  const Image* find(std::string_view name) const;
};

/// "nginx" → "docker.io/library/nginx:latest". k8s 1.30 pkg/util/parsers: ParseImageName
std::string normal_image_name(std::string_view name);
/// Why a name is none, in the words of the parser ("invalid reference format"); empty when it is
/// one.
std::string image_name_error(std::string_view name);
/// A stable made-up digest for an image that gives none.
Str image_digest(std::string_view name);

}  // namespace sim
