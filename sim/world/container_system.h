// The System of programs that run inside a container: its files, its processes, its network. It
// collects what they do into a plan.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/process.h"
#include "sim/programs/userland.h"
#include "sim/world/world.h"

namespace sim {

class ContainerSystem : public System {
 public:
  /// `world` must outlive this.
  ContainerSystem(const World& world, Id instance);

  Time now() const override { return world_.now(); }
  FileSystem& files() override { return files_; }
  Step run(const std::vector<std::string>& argv, const std::string& input, const Process& process,
           const CommandState& state) override;
  /// Whether the image has the program; when not, runc says "executable file not found in $PATH".
  bool has_program(std::string_view name) const override;
  bool kill(std::int64_t pid, int signal) override { return around_.kill(pid, signal); }
  std::uint64_t seed() const override;

  /// What the programs changed: files and signals.
  Plan take_plan(Str why);
  /// The signal sent to PID 1, or 0.
  int signal_to_main() const { return signal_; }

 private:
  const World& world_;
  Id instance_;
  FileSystem files_;
  Surroundings around_;
  int signal_ = 0;
};

/// Answers an HTTP GET at a pod's own address: what probes and wget get. Empty: connection refused.
/// `status` gets the HTTP status.
std::optional<std::string> http_get(const World& world, Id sandbox, int port, std::string_view path,
                                    int* status);
/// Delivers a signal to an instance's main process: marks it exited now, or leaves it when it is
/// ignored.
void deliver_signal(const World& world, Plan& plan, Id instance, int signal, Str why);

}  // namespace sim
