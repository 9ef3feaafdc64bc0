// The machine that runs a parsed script: takes the topmost frame one step further, until the script
// ends or a command waits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/interpreter.h"
#include "sim/programs/shell_expand.h"

namespace sim::shell {

class Machine {
 public:
  Machine(Interpreter& interpreter, System& system) : in_(interpreter), system_(system) {}

  enum class Result { Ended, Waiting, OutOfBudget };
  Result run(int budget);
  /// Puts a parsed script on the stack, to be run by the shell itself.
  void push_script(NodePtr script);

 private:
  bool step();  // false: a command waits
  void finish(int status);
  void push(NodePtr node, Streams streams, Frame::Edge edge = Frame::Edge::None,
            bool tested = false);
  void unwind();
  void pop();

  void step_list(Frame& frame);
  void step_and_or(Frame& frame);
  void step_pipeline(Frame& frame);
  void step_if(Frame& frame);
  void step_while(Frame& frame);
  void step_for(Frame& frame);
  void step_for_arithmetic(Frame& frame);
  void step_case(Frame& frame);
  void step_group(Frame& frame);
  void step_test(Frame& frame);
  bool step_simple();

  bool substitutions(Frame& frame, const std::vector<NodePtr>& commands);
  bool open_redirections(Frame& frame, const Node& node, Expansion* shared = nullptr);
  bool run_command(std::size_t frame_index);
  bool run_builtin(Frame& frame, int* status);
  bool start_shell(Frame& frame);
  void start_function(std::size_t frame_index, const NodePtr& body);
  bool external(std::size_t frame_index);
  void write(int sink, std::string_view text);
  void deliver(const Frame& frame, const Output& output);
  void complain(const Frame& frame, std::string_view text);
  int new_sink(Sink sink);
  int new_input(std::string text);
  std::string take_input(const Streams& streams);

  int builtin_cd(Frame& frame);
  int builtin_read(Frame& frame);
  int builtin_set(Frame& frame);
  int builtin_export(Frame& frame);
  int builtin_local(Frame& frame);
  int builtin_command(Frame& frame);
  bool test_expression(Expansion& expansion, const std::vector<Word>& words);

  Interpreter& in_;
  System& system_;
};

}  // namespace sim::shell
