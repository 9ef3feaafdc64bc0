// A Go template, read: texts, actions, and what controls them. Every part keeps where it stands and
// how it is written, because messages name both. Go 1.23 text/template/parse
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"

namespace sim::kubectl::go_template_tree {

struct Pipe;

/// One operand.
struct Operand {
  enum class Kind { Dot, Nil, Constant, Field, Variable, Function, Pipe } kind = Kind::Dot;
  std::size_t at = 0;
  std::string text;  // as it is written: ".a.b", "$x.a", "(index .a 0).b"
  std::shared_ptr<const Json> constant;
  std::string name;                 // of a variable or a function
  std::vector<std::string> fields;  // behind a dot, a variable or parentheses
  std::shared_ptr<const Pipe> pipe;
};

struct Command {
  std::size_t at = 0;
  std::string text;
  std::vector<Operand> operands;
};

struct Pipe {
  std::size_t at = 0;
  std::string text;
  std::vector<std::string> variables;  // that it sets
  bool assigns = false;                // "=" rather than ":="
  std::vector<Command> commands;
};

struct Block {
  enum class Kind { Text, Action, If, Range, With, Template, Break, Continue } kind = Kind::Text;
  std::size_t at = 0;
  std::string text;  // of a text; the name of a template
  Pipe pipe;
  std::vector<Block> body;
  std::vector<Block> otherwise;
};

struct Template {
  std::vector<Block> body;
  std::map<std::string, std::vector<Block>> defined;
};

/// The functions that templates may name.
bool is_function(std::string_view name);

/// Reads a template; on failure `error` is Go's whole message ("template: output:1: …").
std::optional<Template> parse_template(std::string_view text, std::string* error);

/// "output:1:24": where a place of the text is.
std::string place(std::string_view text, std::size_t at);

}  // namespace sim::kubectl::go_template_tree
