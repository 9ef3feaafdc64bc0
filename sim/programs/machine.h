// The machine that moves an Interpreter: one frame of its stack at a time, against a System.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/interpreter.h"

namespace sim::shell {

class Machine {
 public:
  Machine(Interpreter& interpreter, Process& process, System& system, Output& output)
      : in_(interpreter), process_(process), system_(system), output_(output) {}

  /// Runs until the shell ends or waits; false when the budget is used up.
  bool run(int& budget);

  // -- For expansions and builtins --
  Interpreter& state() { return in_; }
  Shell& shell() { return in_.shell; }
  System& system() { return system_; }
  Frame& top() { return in_.stack.back(); }
  std::string prefix() const;
  /// A message of the shell: "bash: line 3: text".
  void complain(std::string_view text);
  void write(int descriptor, std::string_view text);

  const Variable* find(const std::string& name) const;
  /// A variable's value as text, special ones included; empty when it is not set.
  std::optional<std::string> value(const std::string& name);
  /// False (and a message) when it is read-only or there is no room.
  bool assign(const std::string& name, std::string_view value, bool append = false,
              std::optional<std::int64_t> index = std::nullopt);
  bool assign_array(const std::string& name, const std::vector<std::string>& values, bool append);
  /// Remembers a variable, to be put back.
  void remember(std::vector<std::pair<std::string, std::optional<Variable>>>& saved,
                const std::string& name);
  void restore(std::vector<std::pair<std::string, std::optional<Variable>>>& saved);
  Variable& edit(const std::string& name);
  void unset(const std::string& name);
  std::optional<std::int64_t> calculate(std::string_view expression);
  std::string all_arguments() const;

 private:
  friend class Expander;
  friend struct Builtins;
  enum class Done { Yes, Waiting, Failed };

  // interpreter.cc
  void step();
  void step_root(Frame& frame);
  void step_program(Frame& frame);
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
  void step_command(Frame& frame);
  void step_each(Frame& frame);
  void dispatch(Frame& frame);
  void run_program(Frame& frame);
  bool run_shell(Frame& frame);
  bool run_wrapper(Frame& frame);
  bool run_file(Frame& frame, const std::string& name);
  void call_function(Frame& frame, const NodePtr& body);

  void push_node(const NodePtr& node, bool tested);
  Frame& push_subshell(bool tested);
  void push_command(std::vector<std::string> words, bool tested);
  void push_program(ProgramPtr program, bool tested);
  void pop();
  /// Ends the top frame with a status; `check`: set -e looks at it.
  void finish(int status, bool check = false);
  void exit_shell(int status);
  void discard(int status);  // gives up the present line
  void return_from(int status);
  void leave_loops(int count, bool again);
  void start_job(const NodePtr& node);
  bool run_traps();
  void begin();
  void start_shell(std::vector<std::string> argv, std::string input_text, bool inherit);
  int add_input(std::string text);
  void collect_inputs();
  std::string input_text(bool consume);
  void block(const Wait& wait);
  Process process_view(const std::vector<std::string>& argv) const;
  Job* find_job(std::int64_t pid);

  /// Applies redirections; false after a message.
  bool redirect(const std::vector<Redirection>& redirections,
                const std::vector<std::string>& targets);
  bool open_output(Descriptor& descriptor, const std::string& name, bool append);
  bool open_input(Descriptor& descriptor, const std::string& name);

  /// Expands with `body`; when a command substitution must run first, pushes it and answers
  /// Waiting.
  template <class Body>
  Done expand(Frame& frame, Body body);
  Done expand_redirections(Frame& frame, const std::vector<Redirection>& redirections,
                           std::vector<std::string>* targets);

  // builtins.cc
  /// The status of a builtin; empty when its frame goes on (it waits, or pushed frames).
  std::optional<int> run_builtin(Frame& frame);
  static bool is_builtin(std::string_view name);

  Interpreter& in_;
  Process& process_;
  System& system_;
  Output& output_;
  std::size_t written_ = 0;
  std::vector<std::pair<std::string, std::optional<Variable>>>* undo_ = nullptr;
};

// Bounds, so that no script exhausts memory.
inline constexpr std::size_t kMostOutput = 1u << 20;
inline constexpr std::size_t kMostVariables = 8u << 20;  // bytes of all variables
inline constexpr std::size_t kMostWords = 100000;
inline constexpr std::size_t kMostFrames = 1500;
inline constexpr int kDeepestFunction = 200;
inline constexpr int kDeepestSubshell = 50;
inline constexpr int kMostJobs = 64;
inline constexpr int kDeepestJob = 4;

/// Whether a program waits for its standard input: what it is given is then used up.
bool reads_input(const std::vector<std::string>& argv);
/// [ and test. `error` gets what is wrong, without the name in front; the status is then 2.
int run_test(Machine& machine, const std::vector<std::string>& words, std::string* error);
bool test_file(Machine& machine, char op, const std::string& name);
bool compare_files(Machine& machine, const std::string& op, const std::string& a,
                   const std::string& b);
/// A word in quotes that the shell would read back as it is: for set -x and printf %q.
std::string quoted(std::string_view text);
/// The number of a signal by name or number; 0 is EXIT, -1 unknown.
int signal_number(std::string_view name);
std::string signal_name(int number);

}  // namespace sim::shell
