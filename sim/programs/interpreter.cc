#include "sim/programs/interpreter.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_expand.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

bool is_declaration(const std::string& name) {
  return name == "export" || name == "local" || name == "declare" || name == "readonly" ||
         name == "typeset";
}

bool has_substitution(const Word& word) {
  return std::any_of(word.parts.begin(), word.parts.end(), [](const Part& part) {
    if (part.kind == Part::Kind::Command || part.kind == Part::Kind::File) return true;
    for (const WordPtr& inside : {part.index, part.argument, part.replacement}) {
      if (inside && has_substitution(*inside)) return true;
    }
    return false;
  });
}

bool has_substitution(const std::vector<Assignment>& assignments) {
  for (const Assignment& assignment : assignments) {
    if (has_substitution(assignment.value)) return true;
    if (assignment.index && has_substitution(*assignment.index)) return true;
    for (const Word& element : assignment.elements) {
      if (has_substitution(element)) return true;
    }
    for (const WordPtr& index : assignment.element_indexes) {
      if (index && has_substitution(*index)) return true;
    }
  }
  return false;
}

/// What busybox says where bash says this; empty for the line that only bash adds.
std::string error_of_ash(std::string error) {
  if (error.rfind("line ", 0) == 0) error.erase(0, error.find(": ") + 2);
  constexpr std::string_view kUnexpected = "syntax error near unexpected token `";
  if (error.rfind(kUnexpected, 0) == 0) {
    std::string token = error.substr(kUnexpected.size());
    if (!token.empty()) token.pop_back();
    if (token == "newline") return "syntax error: unexpected newline";
    return fmt::format("syntax error: unexpected \"{}\"", token);
  }
  if (error.rfind("unexpected EOF while looking for matching `", 0) == 0) {
    return error.find("`)") != std::string::npos ? "syntax error: unexpected end of file"
                                                 : "syntax error: unterminated quoted string";
  }
  return error[0] == '`' ? "" : error;
}

}  // namespace

// ---- Expansion ----

template <class Body>
Machine::Done Machine::expand(Frame& frame, Body body, bool keeps_old) {
  if (frame.awaits_result) {
    // Now with one more result, and all from the beginning.
    frame.awaits_result = false;
    frame.results.push_back(std::move(in_.captured));
    frame.result_statuses.push_back(in_.status);
    in_.captured.clear();
    restore_variables(in_.shell, frame.saved_variables);
  } else {
    frame.entry_status = in_.status;
  }
  SavedVariables undo;
  const std::uint64_t draws = in_.shell.random_draws;
  undo_ = keeps_old ? &undo : nullptr;
  Expander expander(*this, frame);
  body(expander);
  undo_ = nullptr;
  charge(expander.work_done() * 4);
  if (expander.pending() && !expander.failed()) {
    in_.shell.random_draws = draws;
    frame.awaits_result = true;
    if (!may_fork()) return Done::Failed;
    // The substitution sees what has been assigned so far.
    frame.saved_variables = std::move(undo);
    Frame& subshell = push_subshell(true);
    subshell.program = expander.pending();
    subshell.captures = true;
    in_.buffers.emplace_back();
    // A substitution does not end at the first failure unless it says so itself.
    if (!in_.shell.ash) in_.shell.exit_on_error = false;
    in_.shell.descriptors[1] = {
        Descriptor::Kind::Buffer, static_cast<int>(in_.buffers.size()) - 1, {}};
    return Done::Waiting;
  }
  frame.results.clear();
  frame.result_statuses.clear();
  if (expander.failed()) {
    if (expander.severity() == 0) {
      finish(expander.status(), true);
    } else if (expander.severity() == 1) {
      discard(expander.status());
    } else {
      exit_shell(expander.status());
    }
    return Done::Failed;
  }
  frame.status = expander.last_status().value_or(0);
  return Done::Yes;
}

namespace {

/// The text of each redirection's target.
void expand_targets(Machine& machine, Expander& expander,
                    const std::vector<Redirection>& redirections,
                    std::vector<std::string>* targets) {
  targets->clear();
  for (const Redirection& redirection : redirections) {
    if (expander.stopped()) return;
    if (redirection.op == Redirection::Op::HereText) {
      targets->push_back(expander.single(*redirection.target));
      continue;
    }
    if (is_process_substitution(redirection)) {
      targets->push_back(expander.output_of(redirection.target->parts[0]));
      continue;
    }
    std::vector<std::string> fields;
    expander.fields(*redirection.target, &fields);
    if (expander.stopped()) return;
    if (fields.size() != 1) {
      std::string shown;
      for (const Part& part : redirection.target->parts) {
        shown += part.kind == Part::Kind::Parameter ? "$" + part.text : part.text;
      }
      machine.complain(fmt::format("{}: ambiguous redirect", shown));
      expander.fail();
      return;
    }
    targets->push_back(fields[0]);
  }
}

}  // namespace

Machine::Done Machine::expand_redirections(Frame& frame,
                                           const std::vector<Redirection>& redirections,
                                           std::vector<std::string>* targets) {
  return expand(
      frame, [&](Expander& expander) { expand_targets(*this, expander, redirections, targets); });
}

// ---- Steps ----

void Machine::step() {
  Frame& frame = top();
  switch (frame.kind) {
    case Frame::Kind::Root:
    case Frame::Kind::Subshell:
      step_root(frame);
      return;
    case Frame::Kind::Program:
      step_program(frame);
      return;
    case Frame::Kind::Trap:
      step_trap(frame);
      return;
    case Frame::Kind::Node:
      step_node(frame);
      return;
    case Frame::Kind::Command:
      step_command(frame);
      return;
    case Frame::Kind::Function:
      if (frame.stage++ == 0) {
        push_node(frame.node, frame.tested);
      } else {
        finish(in_.status);
      }
      return;
    case Frame::Kind::Source:
      if (frame.stage++ == 0) {
        push_program(frame.program, frame.tested);
      } else {
        finish(in_.status);
      }
      return;
    case Frame::Kind::Timeout:
      if (frame.stage++ == 0) {
        push_command(frame.words, true);
        top().run_by = "timeout";
      } else {
        finish(in_.status);
      }
      return;
    case Frame::Kind::Each:
      step_each(frame);
      return;
  }
}

void Machine::step_root(Frame& frame) {
  if (frame.stage == 0) {
    frame.stage = 1;
    if (frame.node) {
      push_node(frame.node, frame.tested);
    } else if (frame.program) {
      push_program(frame.program, false);
      top().words = frame.words;
    } else if (!frame.words.empty()) {
      push_command(frame.words, frame.tested);
    }
    return;
  }
  // $(…) and pipes read until nobody can write any more.
  if (frame.captures &&
      any_job_writes_to(Descriptor::Kind::Buffer, static_cast<int>(in_.buffers.size()) - 1)) {
    in_.waits_for_jobs = true;
    block({kNever, false});
    return;
  }
  if (frame.stage == 2) in_.status = frame.status;
  const bool ends = frame.kind == Frame::Kind::Subshell || in_.exited || !in_.fed;
  const auto trap = in_.shell.traps.find("EXIT");
  if (ends && trap != in_.shell.traps.end()) {
    const std::string text = trap->second;
    in_.shell.traps.erase(trap);
    if (!text.empty()) {
      frame.stage = 2;
      frame.status = in_.status;
      push_program(std::make_shared<const Program>(parse(text)), true);
      return;
    }
  }
  finish(in_.status);
}

void Machine::step_trap(Frame& frame) {
  if (frame.stage++ == 0) {
    frame.status = in_.status;
    push_program(frame.program, true);
    return;
  }
  const int status = frame.status;
  const bool ends = frame.index == 1;
  finish(status);
  if (ends) exit_shell(status);
}

void Machine::step_program(Frame& frame) {
  const Program& program = *frame.program;
  if (frame.index == 0) {
    for (const std::string& warning : program.warnings) {
      write(2, fmt::format("{}: {}\n", in_.shell.name, warning));
    }
    in_.status = frame.stage == 0 && program.commands.empty() ? 0 : in_.status;
  }
  if (frame.index < program.commands.size()) {
    push_node(program.commands[frame.index++], frame.tested);
    return;
  }
  if (!program.errors.empty()) {
    const std::string label = frame.words.empty() ? "" : frame.words[0] + ": ";
    for (const std::string& error : program.errors) {
      const std::string shown = in_.shell.ash ? error_of_ash(error) : label + error;
      if (!shown.empty()) write(2, fmt::format("{}: {}\n", in_.shell.name, shown));
    }
    in_.status = 2;
  }
  finish(in_.status);
}

void Machine::step_node(Frame& frame) {
  const Node& node = *frame.node;
  if (node.kind == Node::Kind::Simple) {
    step_simple(frame);
    return;
  }
  if (!node.redirections.empty() && !frame.saved_descriptors) {
    std::vector<std::string> targets;
    in_.line = node.line;
    if (expand_redirections(frame, node.redirections, &targets) != Done::Yes) return;
    frame.saved_descriptors = in_.shell.descriptors;
    if (!redirect(node.redirections, targets)) {
      finish(1, true);
      return;
    }
  }
  switch (node.kind) {
    case Node::Kind::Simple:
      return;
    case Node::Kind::List:
      step_list(frame);
      return;
    case Node::Kind::AndOr:
      step_and_or(frame);
      return;
    case Node::Kind::Pipeline:
      step_pipeline(frame);
      return;
    case Node::Kind::If:
      step_if(frame);
      return;
    case Node::Kind::While:
    case Node::Kind::Until:
      step_while(frame);
      return;
    case Node::Kind::For:
      step_for(frame);
      return;
    case Node::Kind::ForArithmetic:
      step_for_arithmetic(frame);
      return;
    case Node::Kind::Case:
      step_case(frame);
      return;
    case Node::Kind::Group:
      if (frame.stage++ == 0) {
        push_node(node.children[0], frame.tested);
      } else {
        finish(in_.status);
      }
      return;
    case Node::Kind::Subshell:
      in_.line = node.line;
      if (frame.stage++ == 0) {
        if (!may_fork()) return;
        push_subshell(frame.tested).node = node.children[0];
      } else {
        finish(in_.status, true);
      }
      return;
    case Node::Kind::Function:
      in_.shell.functions[node.name] = frame.node;
      finish(0);
      return;
    case Node::Kind::Condition: {
      in_.line = node.line;
      bool holds = false;
      const Done done =
          expand(frame, [&](Expander& expander) { holds = expander.condition(*node.condition); });
      if (done == Done::Yes) finish(holds ? 0 : 1, true);
      return;
    }
    case Node::Kind::Arithmetic: {
      in_.line = node.line;
      std::optional<std::int64_t> value;
      const auto calculate_it = [&](Expander& expander) {
        const std::string text = expander.single(node.words[0]);
        if (expander.stopped()) return;
        if (in_.shell.trace) trace(fmt::format("(( {} ))", text));
        value = expander.calculated(text, "((: ");
      };
      const Done done = expand(frame, calculate_it, has_substitution(node.words[0]));
      if (done == Done::Yes) finish(value.value_or(0) != 0 ? 0 : 1, true);
      return;
    }
  }
}

void Machine::step_list(Frame& frame) {
  const Node& node = *frame.node;
  if (frame.index == node.children.size()) {
    finish(in_.status);
    return;
  }
  const std::size_t at = frame.index++;
  if (node.flags[at]) {
    start_job(node, at);
    return;
  }
  push_node(node.children[at], frame.tested);
}

void Machine::step_and_or(Frame& frame) {
  const Node& node = *frame.node;
  while (frame.index < node.children.size()) {
    const std::size_t at = frame.index++;
    const bool runs = at == 0 || (node.flags[at] ? in_.status != 0 : in_.status == 0);
    if (!runs) continue;
    push_node(node.children[at], frame.tested || at + 1 < node.children.size());
    return;
  }
  finish(in_.status);
}

void Machine::step_pipeline(Frame& frame) {
  const Node& node = *frame.node;
  const std::size_t count = node.children.size();
  if (frame.index == 0) {
    frame.started = system_.now();
    if (count == 1) {
      ++frame.index;
      push_node(node.children[0], frame.tested || node.negated);
      return;
    }
  } else {
    frame.result_statuses.push_back(in_.status);
  }
  if (frame.index < count) {
    const std::size_t at = frame.index++;
    if (!may_fork()) return;
    const std::string input = at > 0 ? std::exchange(in_.captured, {}) : std::string();
    Frame& stage = push_subshell(true);
    stage.node = node.children[at];
    stage.is_pipe_stage = true;
    stage.tested = frame.tested;
    Descriptors& descriptors = in_.shell.descriptors;
    if (at > 0) descriptors[0] = {Descriptor::Kind::Input, add_input(input), {}};
    if (at + 1 < count) {
      stage.captures = true;
      in_.buffers.emplace_back();
      descriptors[1] = {Descriptor::Kind::Buffer, static_cast<int>(in_.buffers.size()) - 1, {}};
      if (node.flags[at]) descriptors[2] = descriptors[1];
    }
    return;
  }
  int status = frame.result_statuses.back();
  if (in_.shell.pipe_fail) {
    for (const int each : frame.result_statuses) {
      if (each != 0) status = each;
    }
    if (frame.result_statuses.back() != 0) status = frame.result_statuses.back();
  }
  if (node.timed) {
    const std::int64_t ms = (system_.now() - frame.started).ms();
    if (node.name == "-p") {
      write(2, fmt::format("real {}.{:02}\nuser 0.00\nsys 0.00\n", ms / 1000, ms % 1000 / 10));
    } else {
      write(2, fmt::format("\nreal\t{}m{}.{:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n", ms / 60000,
                           ms / 1000 % 60, ms % 1000));
    }
  }
  const std::vector<int> statuses = frame.result_statuses;
  if (node.negated) {
    finish(status == 0 ? 1 : 0);
  } else {
    finish(status, count > 1);
  }
  in_.pipe_statuses = statuses;
}

void Machine::step_if(Frame& frame) {
  const Node& node = *frame.node;
  const std::size_t count = node.children.size();
  if (frame.stage == 2) {  // the chosen body has run
    finish(in_.status);
    return;
  }
  if (frame.stage == 1) {  // a condition has run
    frame.stage = 0;
    if (in_.status == 0) {
      frame.stage = 2;
      push_node(node.children[frame.index + 1], frame.tested);
      return;
    }
    frame.index += 2;
  }
  if (frame.index + 1 < count) {
    frame.stage = 1;
    push_node(node.children[frame.index], true);
  } else if (frame.index < count) {
    frame.stage = 2;
    push_node(node.children[frame.index], frame.tested);
  } else {
    finish(0);
  }
}

void Machine::step_while(Frame& frame) {
  const Node& node = *frame.node;
  switch (frame.stage) {
    case 0:
      frame.stage = 1;
      push_node(node.children[0], true);
      return;
    case 1:
      if ((in_.status == 0) != (node.kind == Node::Kind::While)) {
        finish(frame.status);
        return;
      }
      frame.stage = 2;
      push_node(node.children[1], frame.tested);
      return;
    default:
      frame.status = in_.status;
      frame.stage = 0;
  }
}

void Machine::step_for(Frame& frame) {
  const Node& node = *frame.node;
  if (frame.stage == 0) {
    in_.line = node.line;
    if (!is_name(node.name)) {
      complain(fmt::format("`{}': not a valid identifier", node.name));
      discard(1);
      return;
    }
    if (node.over_arguments) {
      frame.words = in_.shell.arguments;
    } else {
      std::vector<std::string> words;
      const Done done = expand(frame, [&](Expander& expander) {
        words.clear();
        for (const Word& word : node.words) {
          if (expander.stopped()) return;
          expander.fields(word, &words);
        }
      });
      if (done != Done::Yes) return;
      frame.words = std::move(words);
    }
    frame.status = 0;
    frame.stage = 1;
    return;
  }
  if (frame.stage == 2) frame.status = in_.status;
  if (frame.index == frame.words.size()) {
    finish(frame.status);
    return;
  }
  frame.stage = 2;
  if (in_.shell.trace) {
    std::string line = fmt::format("for {} in", node.name);
    for (const std::string& word : frame.words) line += " " + quoted(word);
    trace(line);
  }
  if (!assign(node.name, frame.words[frame.index++])) {
    discard(1);
    return;
  }
  push_node(node.children[0], frame.tested);
}

void Machine::step_for_arithmetic(Frame& frame) {
  const Node& node = *frame.node;
  // 0 the beginning, 1 the condition, 2 the body has run, 3 the step behind it.
  if (frame.stage == 2) {
    frame.status = in_.status;
    frame.stage = 3;
  }
  const std::size_t which = frame.stage == 0 ? 0 : frame.stage == 1 ? 1 : 2;
  in_.line = node.line;
  std::optional<std::int64_t> value;
  const int status = frame.status;
  bool empty = false;
  const Done done = expand(frame, [&](Expander& expander) {
    const std::string text = expander.single(node.words[which]);
    empty = text.find_first_not_of(" \t\n") == std::string::npos;
    if (expander.stopped() || empty) return;
    if (in_.shell.trace) trace(fmt::format("(( {} ))", text));
    value = expander.calculated(text, "((: ");
  });
  if (done != Done::Yes) return;
  frame.status = status;
  if (which != 1) {
    frame.stage = 1;
    return;
  }
  if (!empty && value.value_or(0) == 0) {
    finish(frame.status);
    return;
  }
  frame.stage = 2;
  push_node(node.children[0], frame.tested);
}

void Machine::step_case(Frame& frame) {
  const Node& node = *frame.node;
  if (frame.stage == 2) {  // a body has run
    const CaseItem& item = node.items[frame.index];
    if (item.end == CaseItem::End::Break || frame.index + 1 == node.items.size()) {
      finish(in_.status);
      return;
    }
    ++frame.index;
    if (item.end == CaseItem::End::FallThrough) {
      if (node.items[frame.index].body) push_node(node.items[frame.index].body, frame.tested);
      return;
    }
    frame.stage = 0;
  }
  in_.line = node.line;
  if (in_.shell.trace && frame.stage == 0 && !frame.awaits_result && frame.results.empty()) {
    trace(fmt::format("case {} in", node.name));
  }
  std::size_t found = node.items.size();
  const std::size_t first = frame.index;
  const Done done = expand(frame, [&](Expander& expander) {
    found = node.items.size();
    const std::string text = expander.single(node.words[0]);
    for (std::size_t i = first; i < node.items.size(); ++i) {
      for (const Word& word : node.items[i].patterns) {
        if (expander.stopped()) return;
        Condition equal;
        equal.kind = Condition::Kind::Binary;
        equal.op = "=";
        Part part;
        part.quoted = true;
        part.text = text;
        equal.left.parts.push_back(std::move(part));
        equal.right = word;
        if (expander.condition(equal, true)) {
          found = i;
          return;
        }
      }
    }
  });
  if (done != Done::Yes) return;
  if (found == node.items.size()) {
    finish(0);
    return;
  }
  frame.index = found;
  frame.stage = 2;
  in_.status = 0;
  if (node.items[found].body) push_node(node.items[found].body, frame.tested);
}

/// declare a=(…): where the names belong and what they are must be known before they get values.
void Machine::declare_arrays(const std::vector<std::string>& words,
                             const std::vector<Assignment>& assignments) {
  std::string letters;
  for (std::size_t i = 1; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    letters += words[i];
  }
  const auto has = [&](char letter) { return letters.find(letter) != std::string::npos; };
  const bool local =
      in_.shell.function_depth > 0 && words[0] != "export" && words[0] != "readonly" && !has('g');
  for (const Assignment& assignment : assignments) {
    if (!assignment.is_array) continue;
    for (std::size_t at = in_.stack.size(); local && at > 0; --at) {
      Frame& function = in_.stack[at - 1];
      if (is_barrier(function)) break;
      if (function.kind != Frame::Kind::Function) continue;
      remember(function.saved_variables, assignment.name);
      break;
    }
    const Variable* old = find(assignment.name);
    if (has('A') && (!old || !old->is_map)) clear_array(assignment.name, true);
  }
}

/// $(< file): the whole substitution is one redirection.
bool Machine::is_file_substitution() const {
  if (in_.stack.size() < 3) return false;
  const Frame& node = in_.stack.back();
  const Frame& program = in_.stack[in_.stack.size() - 2];
  const Frame& subshell = in_.stack[in_.stack.size() - 3];
  return subshell.captures && !subshell.is_pipe_stage && program.kind == Frame::Kind::Program &&
         program.program->commands.size() == 1 && node.node->assignments.empty() &&
         node.node->redirections.size() == 1 &&
         node.node->redirections[0].op == Redirection::Op::In;
}

void Machine::step_simple(Frame& frame) {
  const Node& node = *frame.node;
  in_.line = node.line;
  std::vector<std::string> words;
  std::vector<std::string> targets;
  std::vector<std::string> files;
  SavedVariables before;
  bool declares = false;
  const bool keeps_old = !node.words.empty() || has_substitution(node.assignments);
  const Done done = expand(
      frame,
      [&](Expander& expander) {
        words.clear();
        before.clear();
        for (const Word& word : node.words) {
          if (expander.stopped()) return;
          // export A=$x is an assignment: its value is not split.
          if (word.assignment && declares) {
            words.push_back(expander.single(word));
          } else {
            expander.fields(word, &words);
          }
          declares = !words.empty() && is_declaration(words[0]);
        }
        if (!expander.stopped()) expand_targets(*this, expander, node.redirections, &targets);
        if (expander.stopped()) return;
        if (declares) declare_arrays(words, node.assignments);
        const std::size_t mark = undo_ ? undo_->size() : 0;
        for (const Assignment& assignment : node.assignments) {
          if (expander.stopped()) return;
          expander.assign(assignment, !words.empty() && !declares);
        }
        if (!words.empty() && !declares && !expander.stopped()) {
          before.assign(undo_->begin() + static_cast<std::ptrdiff_t>(mark), undo_->end());
        }
        files = expander.files();
      },
      keeps_old);
  if (done != Done::Yes) return;
  if (in_.shell.trace) {
    for (const Assignment& assignment : node.assignments) {
      trace(fmt::format("{}{}={}", assignment.name, assignment.append ? "+" : "",
                        quoted(value(assignment.name).value_or(""))));
    }
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
    if (!words.empty()) trace(line);
  }
  for (const auto& [name, variable] : before) {
    const auto found = in_.shell.variables.find(name);
    if (found != in_.shell.variables.end()) found->second.exported = true;
  }
  frame.saved_variables = std::move(before);
  if (!node.redirections.empty() || !files.empty()) {
    frame.saved_descriptors = in_.shell.descriptors;
    int number = 63;
    for (std::string& text : files) {
      in_.shell.descriptors[number--] = {Descriptor::Kind::Input, add_input(std::move(text)), {}};
    }
    if (!redirect(node.redirections, targets)) {
      finish(1, true);
      return;
    }
  }
  if (words.empty()) {
    if (is_file_substitution()) write(1, input_text(true));
    finish(frame.status, true);
    return;
  }
  if (words[0] == "exec" && words.size() == 1) {
    frame.saved_descriptors.reset();  // they stay
    finish(0);
    return;
  }
  frame.kind = Frame::Kind::Command;
  frame.words = std::move(words);
  frame.stage = 0;
}

}  // namespace sim::shell
