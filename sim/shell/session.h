// One person's terminal: the directory their files are in, the files they made, and the commands
// they can type. A HostSystem is that terminal at one moment of a world: it runs kubectl, `sim` and
// the text programs, and collects what they want done into a plan. It returns text and a Plan, and
// never moves the world itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/programs/process.h"
#include "sim/programs/userland.h"
#include "sim/world/world.h"

namespace sim {

struct Session {
  /// A session whose relative paths are read from a real directory (its files are copied in when
  /// they are first needed, up to the limits of read_file; nothing is ever written to it).
  explicit Session(std::string directory);
  std::string directory;
  FileSystem files;            // the directory stands at /work, which is where the person is
  std::string ns = "default";  // the context's namespace
  bool exec_warns_default_container = true;
  bool attended = false;  // a person sits at it, so that a command can ask for lines: exec -it
  std::optional<std::string> prompt;  // set while the running command waits for the next lines
  std::optional<std::string> typed;   // those lines, until the command takes them
};

class HostSystem : public System {
 public:
  /// Both must outlive this.
  HostSystem(const World& world, Session& session) : world_(world), session_(session) {}

  Time now() const override { return world_.now(); }
  FileSystem& files() override { return session_.files; }
  Step run(const std::vector<std::string>& argv, const std::string& input, const Process& process,
           const CommandState& state) override;
  bool has_program(std::string_view name) const override;
  bool has_gnu_tools() const override { return true; }
  std::uint64_t seed() const override { return world_.settings().seed; }

  /// What the commands since the last call want done, and the command line that wants it (for the
  /// journal).
  Plan take_plan();
  const std::string& last_command() const { return last_command_; }

 private:
  const World& world_;
  Session& session_;
  Plan plan_;
  std::string last_command_;
};

}  // namespace sim
