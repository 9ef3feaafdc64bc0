// The small user land inside containers: busybox's programs, with its texts and exit codes. Each
// works on a FileSystem and plain strings. The host's own text programs (grep, sed, sort, …) are
// these too.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/process.h"

namespace sim {

/// What a program may need beyond files: facts of the container or host it runs in.
struct Surroundings {
  std::string hostname;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::pair<std::int64_t, std::string>> processes;  // pid and command line, for ps
  std::uint64_t seed = 0;
  /// Answers `wget http://host:port/path`; empty means connection refused.
  std::function<std::optional<std::string>(std::string_view host, int port, std::string_view path,
                                           int* status)>
      fetch;
  /// The address of a host name that no /etc/hosts gives; empty: there is no such name.
  std::function<std::optional<std::string>(std::string_view host)> resolve;
  /// Begins to serve a directory over HTTP, for as long as the process lives; false: the port is
  /// taken.
  std::function<bool(int port, const std::string& root)> serve;
  /// The image's own server, which is no program of busybox: its name, and what it serves.
  struct Server {
    std::string name;
    std::string root;
    int port = 0;
  } server;
  std::uint32_t processors = 1;
  std::string kernel = "6.1.0";
  bool gnu = false;  // the host's GNU tools rather than busybox, where texts or formats differ
};

/// Names of all programs, sorted.
const std::vector<std::string>& userland_programs();
bool is_userland_program(std::string_view name);
/// Runs one, or the image's own server; any other name is not found, status 127.
Step run_userland(const std::vector<std::string>& argv, const std::string& input,
                  const Process& process, const CommandState& state, System& system,
                  const Surroundings& around);

}  // namespace sim
