// Words into strings: parameters, arithmetic, splitting, globbing. Command substitutions have run
// before; their results are taken in order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/programs/interpreter.h"

namespace sim::shell {

struct Expansion {
  Expansion(Interpreter& in, System& sys, const std::vector<std::string>& results)
      : interpreter(in), system(sys), captures(results) {}
  Interpreter& interpreter;
  System& system;
  const std::vector<std::string>& captures;
  std::size_t next_capture = 0;
  std::string error;  // set when an expansion fails; the command does not run then
};

/// The fields a word becomes: none, one or many.
std::vector<std::string> expand_fields(Expansion& expansion, const Word& word);
/// The word as one string: assignments, redirections, case words.
std::string expand_text(Expansion& expansion, const Word& word);
/// The word as a pattern: quoted characters stand for themselves.
std::string expand_pattern(Expansion& expansion, const Word& word);
/// The command substitutions in a word, in the order in which they run.
void collect_commands(const Word& word, std::vector<NodePtr>& commands);
/// Evaluates an arithmetic expression; sets the expansion's error when it is none.
std::int64_t arithmetic(Expansion& expansion, std::string_view expression);
/// A variable's value or a special parameter's.
std::string parameter(const Interpreter& interpreter, std::string_view name,
                      bool* is_set = nullptr);
void assign(Interpreter& interpreter, const std::string& name, std::string value);
/// Shell pattern matching: * ? [a-z] and backslash.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace sim::shell
