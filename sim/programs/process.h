// A running program as plain data: the main process of a container, a command that `kubectl exec`
// started, or the script a person gave to `podsight shell`. It is the state of the bash interpreter
// (or of one program that waits), with an explicit stack, so that a world with a command half-way
// can be copied, and the copy goes on by itself.
//
// A process runs until it ends or waits. Who runs it resumes it when the wait is over. Nothing here
// knows pods or kubectl: programs reach their surroundings through a System.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/str.h"
#include "sim/base/time.h"
#include "sim/files/file_system.h"

namespace sim {

/// What a process waits for: a time, or any change of the world before that time.
struct Wait {
  Time until = kNever;
  bool on_change = false;
};

/// Output in the order it was written; a terminal shows both streams interleaved.
struct Chunk {
  bool err = false;
  std::string text;
  friend bool operator==(const Chunk&, const Chunk&) = default;
};
using Output = std::vector<Chunk>;
/// Adds text, joining it to the last chunk when the stream is the same.
void append(Output& output, bool err, std::string_view text);
std::string text_of(const Output& output);          // both streams
std::string standard_output(const Output& output);  // the one a pipe or $(…) takes

/// What a command keeps between two calls when it has to wait. Commands are called again with the
/// same arguments and this, until they are done. Free for each command to use as it likes.
struct CommandState {
  int stage = 0;   // 0 at the first call
  Time started{};  // virtual time of the first call; set by the interpreter
  std::int64_t number = 0;
  std::vector<std::string> notes;
  std::shared_ptr<const struct Process> child;  // a process inside this one (kubectl exec, bash -c)
};

/// What one call of a command did.
struct Step {
  Output output;
  bool done = true;
  int exit = 0;
  Wait wait;           // when not done
  CommandState state;  // to call again with
  Duration took{};     // virtual time that the call itself takes, added before the next command
};

struct Interpreter;  // sim/programs/interpreter.h: code, stacks, variables; plain data

/// A program and all that it needs to go on. Copyable; the interpreter's state is shared until
/// changed.
struct Process {
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;  // exported variables at start
  Path cwd;
  std::int64_t pid = 1;
  std::string input;                               // what its standard input gives
  std::shared_ptr<const Interpreter> interpreter;  // null: a single program, not a script
  CommandState command;                            // of that single program
  bool done = false;
  int exit = 0;
  Wait wait;
};

/// What a program can reach. One for a container (sim/world/container_system.h), one for the
/// person's terminal (sim/shell); tests have a small one of their own. Calls may change only what
/// the implementation holds (its copy of the files, its plan).
class System {
 public:
  virtual ~System() = default;
  virtual Time now() const = 0;
  virtual FileSystem& files() = 0;
  /// Runs a program that is not a shell builtin. `input` is what a pipe or redirection gives.
  /// Returns exit 127 (and the words of the shell that asked) when there is no such program.
  virtual Step run(const std::vector<std::string>& argv, const std::string& input,
                   const Process& process, const CommandState& state) = 0;
  /// True when `name` can be run: `command -v`, `which`, completion.
  virtual bool has_program(std::string_view name) const = 0;
  /// How error texts name the shell: "bash" prints "bash: line 1: x: command not found" (status
  /// 127).
  virtual std::string shell_name() const { return "bash"; }
  /// True when its programs are the GNU ones and not busybox's, where texts differ.
  virtual bool has_gnu_tools() const { return false; }
  /// Delivers a signal to a process that is not the shell's own; false: there is no such process.
  virtual bool kill(std::int64_t /*pid*/, int /*signal*/) { return false; }
  /// Seed for $RANDOM, and whom draws are for.
  virtual std::uint64_t seed() const { return 0; }
};

/// A process for argv: scripts (`bash -c '…'`, `sh file`) get an interpreter, anything else runs as
/// one program. Nothing runs yet.
Process make_process(std::vector<std::string> argv, std::map<std::string, std::string> env,
                     Path cwd);
/// A script as text: what `podsight shell SCRIPT` runs block by block. Throws InputError on bad
/// syntax when `file` is not empty; otherwise a syntax error is the script's own output and exit 2.
Process make_script(std::string_view text, const std::string& file);

/// Runs until it ends or waits, at most `budget` steps without a wait (then it is ended with a
/// message and exit 137: no input may hang). Returns the output since the last call.
Output advance(Process& process, System& system, int budget = 100000);
/// Gives an interactive shell's process more lines to run, keeping variables, functions and cwd.
void feed(Process& process, std::string_view text);
/// Gives up what an interactive shell is running (Ctrl-C, or the end of patience); it is then ready
/// for the next lines, with status 130.
void interrupt(Process& process);
/// True once the shell itself has ended, by `exit` or by an error under `set -e`.
bool has_exited(const Process& process);
/// The program that a process is by now: its own, or the one that its shell became by `exec`.
std::string program_of(const Process& process);
/// True when the process itself decides what a signal does (`trap`): then send_signal() tells it,
/// and it goes on at its next advance(). False: the signal does what it does by default.
bool handles_signal(const Process& process, int signal);
/// Tells a process of a signal that it handles; nothing for any other.
void send_signal(Process& process, int signal);
/// True when the text so far is an unfinished command (open quote, `for` without `done`): a prompt
/// asks for more.
bool needs_more(std::string_view text);

}  // namespace sim
