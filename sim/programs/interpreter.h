// The state of a shell: variables, descriptors, options, and an explicit stack of what it is in the
// middle of. All of it is plain data, so a shell that waits in the third round of a loop inside
// $(…) inside a function can be copied, and the copy goes on by itself.
//
// The stack's frames name nodes of the (shared, immutable) program. interpreter.cc moves the stack;
// machine_*.cc has what the frames need: variables, files, commands, jobs. shell_expand.cc turns
// words into text; builtins*.cc has the commands of the shell itself.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/programs/process.h"
#include "sim/programs/shell_program.h"

namespace sim {
namespace shell {

struct Variable {
  Str value;
  bool set = true;  // false: declared without a value
  bool exported = false;
  bool read_only = false;
  bool integer = false;  // declare -i: what is assigned is calculated
  bool is_array = false;
  bool is_map = false;  // declare -A
  std::map<std::int64_t, Str> elements;
  std::map<std::string, Str> keyed;
};
using Variables = std::map<std::string, Variable>;

/// Where a descriptor leads.
struct Descriptor {
  enum class Kind : std::uint8_t { Output, Error, Buffer, File, Null, Input };
  Kind kind = Kind::Null;
  int id = 0;  // of a buffer or an input
  Path path;   // of a file
};
using Descriptors = std::map<int, Descriptor>;

/// What a pipe, a file or a here-document gives to read, and how far it has been read.
struct Input {
  std::shared_ptr<const std::string> text;
  std::size_t at = 0;
};

/// What a subshell has a copy of.
struct Shell {
  Variables variables;
  std::map<std::string, NodePtr> functions;  // the nodes that define them
  std::set<std::string> exported_functions;
  std::vector<std::string> arguments;  // $1 …
  std::string name = "bash";           // $0, and the name in messages
  bool ash = false;                    // `sh`: busybox's words
  bool from_option = false;            // bash -c
  bool from_file = false;              // bash FILE
  bool exit_on_error = false;          // set -e
  bool unset_is_error = false;         // set -u
  bool trace = false;                  // set -x
  bool no_globbing = false;            // set -f
  bool pipe_fail = false;              // set -o pipefail
  bool all_export = false;             // set -a
  bool no_clobber = false;             // set -C
  std::set<std::string> options;       // shopt -s
  std::map<std::string, std::string> aliases;
  int umask = 022;
  std::size_t option_letter = 0;  // getopts: how far into the word it has come to
  std::size_t option_word = 0;
  std::uint64_t random_stream = 0;  // $RANDOM: a subshell draws for itself
  std::uint64_t random_draws = 0;
  std::int64_t pid = 1;      // $$
  std::int64_t own_pid = 1;  // $BASHPID: a subshell has one of its own
  std::size_t variable_bytes = 0;
  int function_depth = 0;
  int subshell_depth = 0;
  Path cwd;
  std::map<std::string, std::string> traps;  // "EXIT", "TERM", …
  Descriptors descriptors;
};

/// One thing that the shell is in the middle of.
struct Frame {
  enum class Kind : std::uint8_t {
    Root,      // the whole shell
    Subshell,  // ( ), $( ), a stage of a pipeline, bash -c
    Program,   // a script, an eval, a trap: commands in order
    Trap,      // a trap's commands; the status is put back behind them
    Node,      // one node of the tree
    Command,   // a command whose words are known
    Function,
    Source,
    Timeout,
    Each  // xargs: several commands
  };
  Kind kind = Kind::Node;
  ProgramPtr program;
  NodePtr node;
  int stage = 0;
  std::size_t index = 0;
  bool tested = false;  // its status is asked for: set -e does not look at it
  std::vector<std::string> words;
  std::vector<std::vector<std::string>> commands;
  std::string run_by;  // env, timeout, xargs …: they know neither functions nor builtins
  CommandState state;
  // Results of the command substitutions of the words being expanded, in order: an expansion that
  // meets one not known yet is given up, and done again once it is.
  std::vector<std::string> results;
  std::vector<int> result_statuses;
  bool awaits_result = false;
  int entry_status = 0;
  int status = 0;
  // What to put back when it ends.
  std::shared_ptr<const Shell> saved_shell;
  std::optional<Descriptors> saved_descriptors;
  std::vector<std::pair<std::string, std::optional<Variable>>> saved_variables;
  std::optional<std::vector<std::string>> saved_arguments;
  bool captures = false;  // its output goes to the newest buffer
  bool is_pipe_stage = false;
  Time started{};
  Time deadline = kNever;
};

/// A command that runs in the background.
struct Job {
  int number = 1;  // %1
  std::int64_t pid = 0;
  Process process;
  std::string text;
  Descriptor out;
  Descriptor err;
  bool began = false;
  bool reported = false;  // waited for, or shown as done
};

}  // namespace shell

struct Interpreter {
  shell::Shell shell;
  std::deque<shell::Frame> stack;
  std::vector<std::string> buffers;
  std::string captured;  // what the last capturing frame gave
  std::map<int, shell::Input> inputs;
  int last_input = 0;
  std::map<Path, std::string> uploads;  // objects that are open: they exist once they are closed
  std::map<Path, std::uint64_t> device_offsets;  // where the next write to a block device goes
  int status = 0;
  std::vector<int> pipe_statuses;  // $PIPESTATUS
  int line = 1;
  std::int64_t last_pid = 0;
  std::int64_t background_pid = 0;  // $!
  std::uint64_t subshells = 0;      // so far
  int job_depth = 0;
  std::vector<shell::Job> jobs;
  std::vector<int> signals;  // arrived, not handled yet
  // Of a job: whom it may send signals to beside its own (the shell that started it, the jobs
  // before it), and what it has sent.
  std::vector<std::int64_t> relatives;
  std::vector<std::pair<std::int64_t, int>> sent;
  Time ready_at{};  // the last command took until then
  bool blocked = false;
  Wait wait;  // when blocked
  bool waits_for_jobs = false;
  bool fed = false;     // an interactive shell: the end of its text is not its end
  bool exited = false;  // by exit, or by an error that ends a shell
  bool started = false;
  Time start{};
};

}  // namespace sim
