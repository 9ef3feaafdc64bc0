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
  /// In an instance that is not stored yet, as its kubelet makes it; `plan` has what it mounts.
  ContainerSystem(const World& world, const ContainerInstance& instance, const Plan& plan);

  Time now() const override { return world_.now(); }
  FileSystem& files() override { return files_; }
  Step run(const std::vector<std::string>& argv, const std::string& input, const Process& process,
           const CommandState& state) override;
  /// Whether the image has the program; when not, runc says "executable file not found in $PATH".
  bool has_program(std::string_view name) const override;
  /// Why runc could not start a program ("exec: \"x\": executable file not found in $PATH"), or
  /// empty.
  std::string start_error(const std::string& program, const Path& cwd);
  /// A script that is run by its path becomes a command of the shell that its first line names.
  /// Answers what is wrong when it has none.
  std::string resolve_script(const Path& cwd, std::vector<std::string>& command);
  bool kill(std::int64_t pid, int signal) override;
  std::uint64_t seed() const override;

  /// What the programs changed: files, servers and signals.
  Plan take_plan(Str why);

 private:
  void look_around(const ContainerInstance& row, const PodSandbox& sandbox);
  Plan changes(const Str& why) const;
  void charge_memory(Plan& plan) const;
  bool serve(int port, const std::string& root);
  std::optional<std::string> resolve(std::string_view host) const;

  const World& world_;
  Id instance_ = 0;
  Str image_;
  Id sandbox_ = 0;
  FileSystem files_;
  Surroundings around_;
  std::vector<HttpServer> begun_;  // servers that the programs started
  int signal_ = 0;
};

/// The variables of a container's main process, HOSTNAME among them.
StringMap variables_of(const ContainerInstance& instance);
/// The port at which an image's own server listens, given the value of $PORT.
std::int32_t http_port_of(const ImageProcess& process, std::string_view port_variable);
/// Answers an HTTP GET at a pod's own address: what probes and wget get. Empty: connection refused.
/// `status` gets the HTTP status. What `plan` writes counts as there.
std::optional<std::string> http_get(const World& world, Id sandbox, int port, std::string_view path,
                                    int* status, const Plan& plan = Plan());
/// Delivers a signal to an instance's main process: marks it exited now, tells a process that
/// handles it, or leaves it when it is ignored.
void deliver_signal(const World& world, Plan& plan, Id instance, int signal, Str why);

/// Notes in a container's row that its main process has ended, and its helpers with it.
void set_ended(ContainerInstance& row, Time now, int exit_code, std::string_view reason);

}  // namespace sim
