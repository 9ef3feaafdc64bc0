// Running a Go template on an object. Go 1.23 text/template: exec
#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/shell/go_print.h"
#include "sim/shell/go_template_functions.h"
#include "sim/shell/go_template_tree.h"
#include "sim/shell/kubectl_write.h"
#include "sim/shell/output_format.h"

namespace sim::kubectl {
namespace {

using namespace go_template_tree;

constexpr std::size_t kMostSteps = 4u << 20;
constexpr std::size_t kLongestText = 64u << 20;
constexpr int kDeepest = 1000;  // templates and blocks within each other

struct Value {
  const Json* json = nullptr;  // null: no value
  bool wrapped = false;        // an interface{}, as parts of maps and lists are
};

struct Variable {
  std::string name;
  Value value;
};

class Runner {
 public:
  Runner(std::string_view text, const Template& read, bool allow_missing, std::string* output,
         std::string* error)
      : text_(text), template_(read), allow_missing_(allow_missing), out_(*output), error_(error) {}

  bool run(const Json& data) {
    const Value root{&data, false};
    variables_ = {{"$", root}};
    return run_blocks(template_.body, root) != Flow::Failed;
  }

 private:
  enum class Flow { Next, Break, Continue, Failed };

  bool fail(std::string_view why) {
    *error_ = fmt::format("template: {}: executing \"output\" at <{}>: {}", place(text_, at_),
                          context_, why);
    return false;
  }
  void stand_at(std::size_t at, std::string_view context) {
    at_ = at;
    context_ = context;
  }
  Value keep(Json json) {
    if (json.is_string()) kept_ += json.get_ref<const std::string&>().size();
    if (json.is_array()) kept_ += weight(json);
    made_.push_back(std::move(json));
    return {&made_.back(), false};
  }

  /// Roughly the bytes of a list that a function made.
  static std::size_t weight(const Json& json) {
    std::size_t bytes = 16;
    if (json.is_string()) bytes += json.get_ref<const std::string&>().size();
    if (json.is_structured()) {
      for (const Json& part : json) bytes += weight(part);
    }
    return bytes;
  }

  Flow run_blocks(const std::vector<Block>& blocks, Value dot) {
    if (depth_ >= kDeepest) {
      fail(fmt::format("exceeded maximum template depth ({})", kDeepest));
      return Flow::Failed;
    }
    ++depth_;
    const Flow flow = run_all(blocks, dot);
    --depth_;
    return flow;
  }

  Flow run_all(const std::vector<Block>& blocks, Value dot) {
    const std::size_t outside = variables_.size();
    for (const Block& block : blocks) {
      if (++steps_ > kMostSteps || out_.size() + kept_ > kLongestText) {
        fail("the template runs too long");
        return Flow::Failed;
      }
      const Flow flow = run_block(block, dot);
      if (flow != Flow::Next) {
        variables_.resize(outside);
        return flow;
      }
    }
    variables_.resize(outside);
    return Flow::Next;
  }

  Flow run_block(const Block& block, Value dot) {
    switch (block.kind) {
      case Block::Kind::Text:
        out_ += block.text;
        return Flow::Next;
      case Block::Kind::Action: {
        Value value;
        if (!run_pipe(block.pipe, dot, &value)) return Flow::Failed;
        if (block.pipe.variables.empty()) {
          out_ += value.json ? go_print(*value.json) : "<no value>";
        }
        return Flow::Next;
      }
      case Block::Kind::If:
      case Block::Kind::With: {
        const std::size_t outside = variables_.size();
        Value value;
        if (!run_pipe(block.pipe, dot, &value)) return Flow::Failed;
        const bool with = block.kind == Block::Kind::With;
        const Flow flow = is_true(value.json) ? run_blocks(block.body, with ? value : dot)
                                              : run_blocks(block.otherwise, dot);
        variables_.resize(outside);
        return flow;
      }
      case Block::Kind::Range:
        return run_range(block, dot);
      case Block::Kind::Template:
        return run_template(block, dot);
      case Block::Kind::Break:
        return Flow::Break;
      case Block::Kind::Continue:
        return Flow::Continue;
    }
    return Flow::Next;
  }

  Flow run_template(const Block& block, Value dot) {
    stand_at(block.at, fmt::format("{{{{template {}}}}}", go_quote(block.text)));
    const auto defined = template_.defined.find(block.text);
    if (defined == template_.defined.end()) {
      fail(fmt::format("template {} not defined", go_quote(block.text)));
      return Flow::Failed;
    }
    Value value;
    if (!block.pipe.commands.empty() && !run_pipe(block.pipe, dot, &value)) return Flow::Failed;
    std::vector<Variable> outside = std::exchange(variables_, {{"$", value}});
    const Flow flow = run_blocks(defined->second, value);
    variables_ = std::move(outside);
    return flow;
  }

  Flow run_range(const Block& block, Value dot) {
    const std::size_t outside = variables_.size();
    const Pipe& pipe = block.pipe;
    Value value;
    if (!run_pipe(pipe, dot, &value)) return Flow::Failed;
    if (!pipe.assigns) variables_.resize(outside);
    bool ran = false;
    const auto once = [&](Value index, Value item) {
      ran = true;
      if (pipe.assigns) {
        if (pipe.variables.size() > 1) set_variable(pipe.variables[0], index);
        if (!pipe.variables.empty()) set_variable(pipe.variables.back(), item);
      } else {
        if (pipe.variables.size() > 1) variables_.push_back({pipe.variables[0], index});
        if (!pipe.variables.empty()) variables_.push_back({pipe.variables.back(), item});
      }
      const Flow flow = run_blocks(block.body, item);
      variables_.resize(outside);
      return flow;
    };
    Flow flow = Flow::Next;
    const Json* over = value.json;
    if (over && over->is_structured()) {
      std::int64_t number = 0;
      for (auto item = over->begin(); item != over->end(); ++item, ++number) {
        const Value index = over->is_array() ? keep(number) : keep(item.key());
        flow = once(index, {&*item, true});
        if (flow == Flow::Break || flow == Flow::Failed) break;
      }
    } else if (over && !over->is_null()) {
      fail(fmt::format("range can't iterate over {}", go_print(*over)));
      return Flow::Failed;
    }
    if (flow == Flow::Failed) return flow;
    return ran ? Flow::Next : run_blocks(block.otherwise, dot);
  }

  void set_variable(std::string_view name, Value value) {
    for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
      if (at->name != name) continue;
      at->value = value;
      return;
    }
  }

  bool run_pipe(const Pipe& pipe, Value dot, Value* result) {
    Value value;
    bool piped = false;
    for (const Command& command : pipe.commands) {
      const Value last = value;
      if (!run_command(command, dot, piped ? &last : nullptr, &value)) return false;
      // What is in an interface{} comes out of it; nil becomes no value.
      if (value.wrapped && value.json && value.json->is_null()) value.json = nullptr;
      value.wrapped = false;
      piped = true;
    }
    for (const std::string& name : pipe.variables) {
      if (pipe.assigns) {
        set_variable(name, value);
      } else {
        variables_.push_back({name, value});
      }
    }
    *result = value;
    return true;
  }

  /// `piped` is what the command before it gave, its last argument.
  bool run_command(const Command& command, Value dot, const Value* piped, Value* result) {
    if (++steps_ > kMostSteps) return fail("the template runs too long");
    const Operand& first = command.operands.front();
    if (first.kind == Operand::Kind::Function && first.fields.empty()) {
      return run_function(command, dot, piped, result);
    }
    const bool has_arguments = command.operands.size() > 1 || piped;
    stand_at(first.at, first.text);
    if (has_arguments && !first.fields.empty() && first.kind != Operand::Kind::Function) {
      // Of a chain, only the last field could be a method.
      Value value;
      if (!evaluate(first, dot, &value)) return false;
      stand_at(first.at, first.text);
      return fail(fmt::format("{} is not a method but has arguments", first.fields.back()));
    }
    if (has_arguments) {
      return fail(fmt::format("can't give argument to non-function {}", first.text));
    }
    if (first.kind == Operand::Kind::Nil) return fail("nil is not a command");
    return evaluate(first, dot, result);
  }

  bool evaluate(const Operand& operand, Value dot, Value* result) {
    stand_at(operand.at, operand.text);
    switch (operand.kind) {
      case Operand::Kind::Dot:
      case Operand::Kind::Field:
        *result = dot;
        break;
      case Operand::Kind::Nil:
        *result = {};
        break;
      case Operand::Kind::Constant:
        *result = {operand.constant.get(), false};
        break;
      case Operand::Kind::Variable:
        for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
          if (at->name != operand.name) continue;
          *result = at->value;
          break;
        }
        break;
      case Operand::Kind::Pipe:
        if (!run_pipe(*operand.pipe, dot, result)) return false;
        break;
      case Operand::Kind::Function: {
        Command command;
        command.at = operand.at;
        command.text = operand.text;
        command.operands = {operand};
        command.operands.front().fields.clear();
        if (!run_function(command, dot, nullptr, result)) return false;
        break;
      }
    }
    // Behind parentheses, a mistake is told of what stood there last.
    for (const std::string& field : operand.fields) {
      if (operand.kind != Operand::Kind::Pipe) stand_at(operand.at, operand.text);
      if (!find_field(field, result)) return false;
    }
    return true;
  }

  bool find_field(const std::string& field, Value* value) {
    if (!value->json) {
      if (allow_missing_) return true;
      return fail(fmt::format("nil data; no entry for key {}", go_quote(field)));
    }
    const Json& json = *value->json;
    if (json.is_null()) {
      return fail(fmt::format("nil pointer evaluating interface {{}}.{}", field));
    }
    if (!json.is_object()) {
      const std::string_view type = value->wrapped ? "interface {}" : go_type_name(json);
      return fail(fmt::format("can't evaluate field {} in type {}", field, type));
    }
    const auto at = json.find(field);
    if (at != json.end()) {
      *value = {&*at, true};
      return true;
    }
    *value = {};
    if (allow_missing_) return true;
    return fail(fmt::format("map has no entry for key {}", go_quote(field)));
  }

  bool run_function(const Command& command, Value dot, const Value* piped, Value* result) {
    const Operand& function = command.operands.front();
    const std::string& name = function.name;
    stand_at(function.at, function.text);
    const Arity arity = *arity_of(name);
    const int given = static_cast<int>(command.operands.size()) - 1 + (piped ? 1 : 0);
    if (given < arity.least || (arity.most >= 0 && given > arity.most)) {
      const bool exact = arity.least == arity.most;
      return fail(fmt::format("wrong number of args for {}: want {}{} got {}", name,
                              exact ? "" : "at least ", arity.least, given));
    }
    std::vector<Argument> arguments;
    for (std::size_t i = 1; i < command.operands.size(); ++i) {
      Value value;
      if (!evaluate(command.operands[i], dot, &value)) return false;
      const bool constant = command.operands[i].kind == Operand::Kind::Constant;
      if (!check_argument(name, arguments.size(), value.json, constant)) return false;
      arguments.push_back(value.json);
      // `and` and `or` stop at the first that decides.
      if ((name == "or" && is_true(value.json)) || (name == "and" && !is_true(value.json))) {
        *result = value;
        return true;
      }
    }
    if (piped) {
      if (!check_argument(name, arguments.size(), piped->json, false)) return false;
      arguments.push_back(piped->json);
    }
    if (name == "and" || name == "or") {
      *result = {arguments.back(), true};
      return true;
    }
    std::string why;
    Json made;
    std::optional<Argument> part;
    std::optional<Json> value;
    if (name == "index") {
      part = index_of(arguments, &made, &why);
    } else {
      value = call_function(name, arguments, &why);
    }
    if (!value && !part) {
      stand_at(command.at, command.text);
      return fail(fmt::format("error calling {}: {}", name, why));
    }
    *result = value            ? keep(std::move(*value))
              : *part == &made ? keep(std::move(made))
                               : Value{*part, false};
    result->wrapped = true;
    return true;
  }

  /// Two functions take text alone.
  bool check_argument(std::string_view function, std::size_t index, Argument value, bool constant) {
    if (index != 0 || (function != "printf" && function != "base64decode")) return true;
    if (!value || value->is_null()) return fail("invalid value; expected string");
    if (value->is_string()) return true;
    if (constant) return fail(fmt::format("expected string; found {}", context_));
    return fail(fmt::format("wrong type for value; expected string; got {}", go_type_name(*value)));
  }

  std::string_view text_;
  const Template& template_;
  bool allow_missing_;
  std::string& out_;
  std::string* error_;
  std::deque<Json> made_;
  std::vector<Variable> variables_;
  std::size_t at_ = 0;
  std::string context_;
  std::size_t steps_ = 0;
  std::size_t kept_ = 0;  // bytes of made_
  int depth_ = 0;
};

}  // namespace

std::optional<std::string> go_template(std::string_view text, const Json& object,
                                       std::string* error, std::string* partial,
                                       bool allow_missing) {
  std::string why;
  const std::optional<Template> read = parse_template(text, &why);
  if (!read) {
    *error = fmt::format("error parsing template {}, {}", text, why);
    return std::nullopt;
  }
  std::string output;
  if (Runner(text, *read, allow_missing, &output, &why).run(object)) return output;
  if (partial) {
    *partial = fmt::format(
        "{}Error executing template: {}. Printing more information for debugging the "
        "template:\n\ttemplate was:\n\t\t{}\n\traw data was:\n\t\t{}\n\tobject given to template "
        "engine was:\n\t\t{}\n\n",
        output, why, text, go_json(object), go_print(object));
  }
  *error = fmt::format("error executing template {}: {}", go_quote(text), why);
  return std::nullopt;
}

}  // namespace sim::kubectl
