// The state of a running shell script, as plain data: variables, an explicit stack of what is being
// run, and where output goes. Copying it copies a program half-way. process.cc makes and advances
// it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/programs/process.h"
#include "sim/programs/shell_syntax.h"

namespace sim {

namespace shell {

struct Variable {
  std::string value;
  bool exported = false;
};

/// What a subshell gets a copy of.
struct Environment {
  std::map<std::string, Variable> variables;
  std::map<std::string, NodePtr> functions;
  std::vector<std::string> positional;
  std::map<std::string, std::string> traps;  // "TERM", "EXIT" → script
  Path cwd;
  std::string name = "bash";  // $0, and how errors name the shell
  bool exit_on_error = false;
  bool unset_is_error = false;
  bool trace = false;
  bool pipefail = false;
};

/// Where text goes.
struct Sink {
  enum class Kind { Terminal, Capture, File, Null };
  Kind kind = Kind::Terminal;
  bool err = false;  // of a terminal: which stream
  Path path;         // of a file
  std::string text;  // of a capture
};

/// A command's own standard streams, as indexes into the interpreter's tables.
struct Streams {
  int out = 0;
  int err = 1;
  int in = -1;  // none
};

struct Input {
  std::string text;
  std::size_t at = 0;
};

struct Frame {
  enum class Edge { None, Function, Subshell, Capture, Script };  // where unwinding stops
  NodePtr node;
  Edge edge = Edge::None;
  int stage = 0;
  std::size_t index = 0;
  Streams streams;
  std::vector<std::string> items;            // of a for loop; argv of a command that waits
  std::vector<std::string> captures;         // what command substitutions gave, in order
  std::shared_ptr<const Environment> saved;  // of a subshell: what comes back
  std::vector<std::pair<std::string, std::string>> locals;  // of a function: what comes back
  std::vector<std::string> local_unset;
  std::vector<std::string> saved_positional;
  std::map<std::string, std::string> overrides;  // assignments before a command
  CommandState command;
  int worst = 0;        // of a pipeline under pipefail
  bool tested = false;  // its status is looked at: set -e does not apply
};

enum class Jump { None, Break, Continue, Return, Exit };

}  // namespace shell

struct Interpreter {
  shell::Environment environment;
  std::vector<shell::Frame> frames;
  std::vector<shell::Sink> sinks;
  std::vector<shell::Input> inputs;
  int status = 0;
  shell::Jump jump = shell::Jump::None;
  int jump_levels = 0;
  bool exited = false;  // `exit` ended the whole shell
  Wait wait;            // while a command waits
  Output output;        // since the last advance
  std::uint64_t randoms = 0;
};

}  // namespace sim
