// A terminal at a simulation: what is typed runs to its end, the world moves on while a command
// waits, and what the commands want is carried out as it comes. Scripts, scenario steps and the
// interactive shell all type here.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/engine/simulation.h"
#include "sim/shell/session.h"

namespace sim {

class Terminal {
 public:
  /// `simulation` must outlive this; relative paths of files are read from `directory`.
  Terminal(Simulation& simulation, std::string directory);

  /// The same person with the same variables, at another simulation: a fork of the one `other` is
  /// at.
  Terminal(Simulation& simulation, const Terminal& other);

  struct Result {
    std::string output;  // both streams, as a terminal shows them
    int exit = 0;
    Time time{};  // when it ended
    /// How long the output was when the clock left each instant at which there was more of it.
    std::vector<std::pair<Time, std::size_t>> progress;
  };
  /// Types some lines and runs them to their end. Variables, functions and the working directory
  /// stay.
  Result run(std::string_view lines);
  /// Puts a file into the person's directory (of the session, never of the machine).
  void write_file(const std::string& name, std::string_view text);
  /// Says that a person sits at it: `kubectl exec -it POD -- sh` then reads what is typed next.
  void attend(bool is_there = true) { session_.attended = is_there; }
  /// The prompt of a command that waits for the next lines; empty when the shell does.
  const std::optional<std::string>& command_prompt() const { return session_.prompt; }
  /// True once `exit` was typed.
  bool ended() const { return ended_; }
  /// Called now and then while a command waits; true stops it (Ctrl-C), with status 130.
  using Interrupt = std::function<bool()>;
  void set_interrupt(Interrupt interrupt) { interrupt_ = std::move(interrupt); }

  const World& world() const { return simulation_.world(); }
  const Session& session() const { return session_; }

 private:
  bool wait(const Wait& wait, Time limit, std::string* output);

  Simulation& simulation_;
  Session session_;
  Process shell_;
  Interrupt interrupt_;
  bool ended_ = false;
};

/// A block of a script: lines between blank ones. A block of comment lines alone is narration.
struct ScriptBlock {
  std::string text;
  bool narration = false;
  int line = 1;
};
std::vector<ScriptBlock> script_blocks(std::string_view script);

/// The transcript of a session: `[{"command", "output", "exit", "t"}, …]`.
class Transcript {
 public:
  void add_comment(std::string text);
  void add(std::string command, const Terminal::Result& result, Time start);
  std::string text() const;

 private:
  struct Entry {
    bool comment = false;
    std::string command;
    std::string output;
    int exit = 0;
    std::int64_t tenths = 0;  // of a second since the start
  };
  std::vector<Entry> entries_;
};

/// Runs a script block by block, printing each command and what it shows, and notes them in the
/// transcript. Returns the status of the last block.
int run_script(Terminal& terminal, std::string_view script, Transcript* transcript);

}  // namespace sim
