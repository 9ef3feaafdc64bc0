// The machine that moves an Interpreter: one frame of its stack at a time, against a System. All
// work is charged to a budget, so that no script can hang whoever runs it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/interpreter.h"

namespace sim::shell {

// Bounds, so that no script exhausts memory.
inline constexpr std::size_t kMostOutput = 1u << 20;
inline constexpr std::size_t kMostVariables = 8u << 20;  // bytes of all variables
inline constexpr std::size_t kVariableCost = 96;         // that a name or an element costs besides
inline constexpr std::size_t kMostWords = 100000;
inline constexpr std::size_t kMostFrames = 4000;
inline constexpr int kDeepestFunction = 200;
inline constexpr int kDeepestSubshell = 50;
inline constexpr std::size_t kMostJobs = 64;
inline constexpr int kDeepestJob = 3;
inline constexpr std::size_t kMostSignals = 64;
inline constexpr std::size_t kBytesPerStep = 1024;  // of text handled

using SavedVariables = std::vector<std::pair<std::string, std::optional<Variable>>>;

class Machine {
 public:
  /// `budget` counts down with every step.
  Machine(Interpreter& interpreter, Process& process, System& system, Output& output, int& budget)
      : in_(interpreter), process_(process), system_(system), output_(output), budget_(budget) {}

  /// Runs until the shell ends or waits, and its jobs too; false when the budget is used up.
  bool run();

  // -- For expansions and builtins --
  Shell& shell() { return in_.shell; }
  System& system() { return system_; }
  Frame& top() { return in_.stack.back(); }
  /// Counts work that is more than a step: bytes copied or looked at.
  void charge(std::size_t bytes);
  std::string prefix() const;
  /// A message of the shell: "bash: line 3: text".
  void complain(std::string_view text);
  void write(int descriptor, std::string_view text);
  /// A line of set -x.
  void trace(std::string_view text);

  const Variable* find(const std::string& name) const;
  /// A variable's value as text, special ones included; empty when it is not set.
  std::optional<std::string> value(const std::string& name);
  /// False (and a message) when it is read-only or there is no room.
  bool assign(const std::string& name, std::string_view value, bool append = false,
              std::optional<std::int64_t> index = std::nullopt);
  bool assign_key(const std::string& name, const std::string& key, std::string_view value,
                  bool append);
  bool assign_array(const std::string& name, const std::vector<std::string>& values, bool append);
  /// Empties an array or a map, or makes one.
  bool clear_array(const std::string& name, bool is_map);
  /// Remembers a variable, to be put back.
  void remember(SavedVariables& saved, const std::string& name);
  void unset(const std::string& name);
  void unset_element(const std::string& name, const std::string& index);
  /// Complains of what is wrong, with `who` in front ("let: ").
  std::optional<std::int64_t> calculate(std::string_view expression, std::string_view who = "");

 private:
  friend struct Builtins;
  enum class Done { Yes, Waiting, Failed };

  // interpreter.cc: a step of each sort of frame
  void step();
  void step_root(Frame& frame);
  void step_program(Frame& frame);
  void step_trap(Frame& frame);
  void step_node(Frame& frame);
  void step_list(Frame& frame);
  void step_and_or(Frame& frame);
  void step_pipeline(Frame& frame);
  void step_if(Frame& frame);
  void step_while(Frame& frame);
  void step_for(Frame& frame);
  void step_for_arithmetic(Frame& frame);
  void step_case(Frame& frame);
  void step_simple(Frame& frame);
  bool is_file_substitution() const;
  void declare_arrays(const std::vector<std::string>& words,
                      const std::vector<Assignment>& assignments);

  // machine_frames.cc
  bool run_stack();
  void begin();
  bool cut_pipe();
  int time_out(const Frame& frame);
  void push_node(const NodePtr& node, bool tested);
  Frame& push_subshell(bool tested);
  void push_command(std::vector<std::string> words, bool tested);
  void push_program(ProgramPtr program, bool tested);
  void pop();
  /// Ends the top frame with a status; `check`: set -e and the ERR trap look at it.
  void finish(int status, bool check = false);
  void exit_shell(int status);
  void end_shell(int signal);  // a signal that nobody handles
  void discard(int status);    // gives up the present line
  void return_from(int status);
  void leave_loops(int count, bool again);
  bool may_fork();
  void block(const Wait& wait);

  // interpreter.cc again
  /// Expands with `body`; when a command substitution must run first, pushes it and answers
  /// Waiting.
  template <class Body>
  Done expand(Frame& frame, Body body, bool keeps_old = true);
  Done expand_redirections(Frame& frame, const std::vector<Redirection>& redirections,
                           std::vector<std::string>* targets);

  // machine_variables.cc
  Variable& edit(const std::string& name);
  bool may_assign(const std::string& name, std::size_t bytes);

  // machine_files.cc: inputs and redirections
  int add_input(std::string text);
  void collect_inputs();
  void close_uploads();
  Input* input_of(int descriptor);
  std::string input_text(bool consume);
  /// Applies redirections; false after a message.
  bool redirect(const std::vector<Redirection>& redirections,
                const std::vector<std::string>& targets);
  bool open_output(Descriptor& descriptor, const std::string& name, bool append,
                   bool overwrites = false);
  bool open_input(Descriptor& descriptor, const std::string& name);
  void write_to(const Descriptor& to, int descriptor, std::string_view text);

  // machine_commands.cc: what a command's first word stands for
  void step_command(Frame& frame);
  void dispatch(Frame& frame);
  void not_found(Frame& frame);
  bool expands_aliases() const;
  bool run_alias(Frame& frame);
  void run_program(Frame& frame);
  bool run_shell(Frame& frame);
  bool run_file(Frame& frame, const std::string& name);
  void call_function(Frame& frame, const NodePtr& body);
  void start_shell(std::vector<std::string> argv, bool inherit);
  bool read_options(std::vector<std::string>& argv, std::size_t* at, bool* has_command,
                    bool* from_input);
  Process process_view(const std::vector<std::string>& argv) const;

  // machine_wrappers.cc
  bool run_wrapper(Frame& frame);
  void run_env(Frame& frame, std::size_t first);
  void run_timeout(Frame& frame);
  void run_xargs(Frame& frame);
  void step_each(Frame& frame);

  // machine_jobs.cc
  void start_job(const Node& list, std::size_t child);
  bool run_jobs(bool* moved);
  /// By process number, or %1, %+, %name.
  Job* find_job(std::string_view spec);
  void end_job(Job& job, int signal);
  void receive(std::int64_t pid, int signal);
  bool any_job_writes_to(Descriptor::Kind kind, int id) const;
  bool run_traps();
  bool handle_signal(int signal);

  // builtins.cc
  /// The status of a builtin; empty when its frame goes on (it waits, or pushed frames).
  std::optional<int> run_builtin(Frame& frame);

  Interpreter& in_;
  Process& process_;
  System& system_;
  Output& output_;
  int& budget_;
  mutable Variable special_;  // what find() answers for $PIPESTATUS
  std::size_t charged_ = 0;   // less than a step
  std::size_t written_ = 0;
  bool pipe_cut_ = false;
  SavedVariables* undo_ = nullptr;
};

/// Takes the top frame off the stack and puts back what it had changed.
void pop_frame(Interpreter& interpreter);
/// The interpreter to change: copied first when somebody else holds it too.
Interpreter& editable(Process& process);
/// Moves a process on; false when the budget is used up.
bool run_process(Process& process, System& system, Output& output, int& budget);

/// Puts back variables that were remembered, the last one first.
void restore_variables(Shell& shell, SavedVariables& saved);
/// An option of set by letter or by name (`set -o`); false when there is none.
bool set_option(Shell& shell, char letter, bool on);
bool set_option(Shell& shell, std::string_view name, bool on);

/// The number that /dev/stdin and /dev/fd/N stand for.
std::optional<int> descriptor_of(std::string_view name);
/// < <(…).
bool is_process_substitution(const Redirection& redirection);
bool is_barrier(const Frame& frame);  // a shell of its own
bool is_loop(const Frame& frame);
bool is_shell(std::string_view path);    // bash, sh
bool is_wrapper(std::string_view path);  // env, timeout, xargs, nohup: they run other commands
std::string_view base_name(std::string_view path);
/// Of the digits in front, as far as they count.
std::size_t leading_number(std::string_view text);

bool is_builtin(std::string_view name, bool ash);
/// Whether the ash manual calls it special: an error in it ends a shell.
bool is_special_builtin(std::string_view name);
/// Whether a program waits for its standard input: what it is given is then used up.
bool reads_input(const std::vector<std::string>& argv);
/// [ and test. `error` gets what is wrong, without the name in front; the status is then 2.
int run_test(Machine& machine, const std::vector<std::string>& words, std::string* error);
bool test_file(Machine& machine, char op, const std::string& name);
bool compare_files(Machine& machine, std::string_view op, const std::string& a,
                   const std::string& b);
/// A word in quotes that the shell would read back as it is, where it needs any: 'a b', $'a\n'.
std::string quoted(std::string_view text);
/// The same with backslashes, as printf %q has it.
std::string escaped(std::string_view text);
/// In double quotes, as declare -p shows a value.
std::string double_quoted(std::string_view text);
/// The number of a signal by name or number; 0 is EXIT, -1 unknown.
int signal_number(std::string_view name);
std::string signal_name(int number);
/// Signals that do nothing to a process that does not ask for them, or that only hold it.
bool is_harmless(int signal);

}  // namespace sim::shell
