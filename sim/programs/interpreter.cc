#include "sim/programs/interpreter.h"

#include <algorithm>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_arithmetic.h"
#include "sim/programs/shell_expand.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

// Stages of a Command frame.
constexpr int kDispatch = 0;
constexpr int kExternal = 1;  // a program of the System that waits
constexpr int kBuiltin = 2;   // a builtin that waits
constexpr int kChild = 90;    // its work is a frame above it

constexpr std::size_t kMostInputs = 64;

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_shell(const std::string& path) {
  const std::string name = base_name(path);
  return name == "bash" || name == "sh" || name == "ash" || name == "dash";
}

std::string without_line_ends(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool is_declaration(const std::string& name) {
  return name == "export" || name == "local" || name == "declare" || name == "readonly" ||
         name == "typeset";
}

bool is_loop(const Frame& frame) {
  if (frame.kind != Frame::Kind::Node) return false;
  const Node::Kind kind = frame.node->kind;
  return kind == Node::Kind::While || kind == Node::Kind::Until || kind == Node::Kind::For ||
         kind == Node::Kind::ForArithmetic;
}

bool is_barrier(const Frame& frame) {
  return frame.kind == Frame::Kind::Root || frame.kind == Frame::Kind::Subshell;
}

/// "5", "1.5m", "2h": what timeout takes.
std::optional<Duration> parse_timeout(const std::string& text) {
  std::string spelled = text;
  if (!spelled.empty() && spelled.back() == 'd') {
    spelled.pop_back();
    const auto hours_of_day = parse_duration(spelled + "h");
    if (!hours_of_day) return std::nullopt;
    return *hours_of_day * 24;
  }
  if (!spelled.empty() && (spelled.back() == '.' || (spelled.back() >= '0' && spelled.back() <= '9'))) {
    spelled += 's';
  }
  return parse_duration(spelled);
}

}  // namespace

// ---- Messages and output ----

std::string Machine::prefix() const {
  if (in_.shell.ash) return in_.shell.name + ": ";
  return fmt::format("{}: line {}: ", in_.shell.name, in_.line);
}

void Machine::complain(std::string_view text) {
  std::string line = prefix();
  line.append(text).append("\n");
  write(2, line);
}

void Machine::write(int descriptor, std::string_view text) {
  if (text.empty()) return;
  const auto found = in_.shell.descriptors.find(descriptor);
  if (found == in_.shell.descriptors.end()) return;
  const Descriptor& to = found->second;
  switch (to.kind) {
    case Descriptor::Kind::Output:
    case Descriptor::Kind::Error: {
      const std::size_t room = kMostOutput - std::min(kMostOutput, written_);
      const bool cut = text.size() > room;
      append(output_, to.kind == Descriptor::Kind::Error, text.substr(0, room));
      if (cut && room > 0) append(output_, true, "\n(output cut off)\n");
      written_ += text.size();
      return;
    }
    case Descriptor::Kind::Buffer: {
      if (to.id < 0 || static_cast<std::size_t>(to.id) >= in_.buffers.size()) return;
      std::string& buffer = in_.buffers[static_cast<std::size_t>(to.id)];
      buffer.append(text.substr(0, kMostOutput - std::min(kMostOutput, buffer.size())));
      return;
    }
    case Descriptor::Kind::File: {
      const auto written = system_.files().write(to.path, text, true, system_.now());
      if (!written && descriptor == 1) {
        const std::string who = in_.stack.empty() || top().words.empty() ? "write" : top().words[0];
        complain(fmt::format("{}: write error: {}", who, to_string(written.error)));
        in_.status = 1;
      }
      return;
    }
    case Descriptor::Kind::Null:
    case Descriptor::Kind::Input:
      return;
  }
}

// ---- Variables ----

const Variable* Machine::find(const std::string& name) const {
  const auto found = in_.shell.variables.find(name);
  return found == in_.shell.variables.end() ? nullptr : &found->second;
}

std::string Machine::all_arguments() const {
  return fmt::format("{}", fmt::join(in_.shell.arguments, " "));
}

std::optional<std::string> Machine::value(const std::string& name) {
  Shell& shell = in_.shell;
  if (const Variable* variable = find(name)) {
    if (!variable->set) return std::nullopt;
    if (!variable->is_array) return variable->value.str();
    const auto first = variable->elements.find(0);
    if (first == variable->elements.end()) return std::nullopt;
    return first->second.str();
  }
  if (name.empty()) return std::nullopt;
  if (name[0] >= '0' && name[0] <= '9') {
    if (name.size() > 6) return std::nullopt;
    std::size_t index = 0;
    for (const char c : name) index = index * 10 + static_cast<std::size_t>(c - '0');
    if (index == 0) return shell.name;
    if (index > shell.arguments.size()) return std::nullopt;
    return shell.arguments[index - 1];
  }
  if (name == "?") return fmt::format("{}", in_.status);
  if (name == "#") return fmt::format("{}", shell.arguments.size());
  if (name == "$") return fmt::format("{}", shell.pid);
  if (name == "BASHPID") return fmt::format("{}", shell.pid + shell.subshell_depth);
  if (name == "!") {
    if (in_.background_pid == 0) return std::nullopt;
    return fmt::format("{}", in_.background_pid);
  }
  if (name == "-") {
    std::string flags = "h";
    if (shell.exit_on_error) flags += 'e';
    if (shell.no_globbing) flags += 'f';
    if (shell.unset_is_error) flags += 'u';
    if (shell.trace) flags += 'x';
    flags += 'B';
    if (shell.from_option) flags += 'c';
    return flags;
  }
  if (name == "LINENO") return fmt::format("{}", in_.line);
  if (shell.ash) return std::nullopt;
  if (name == "RANDOM") {
    return fmt::format("{}", draw_below(32768, system_.seed(), "RANDOM",
                                        static_cast<std::uint64_t>(shell.pid),
                                        in_.random_draws++));
  }
  if (name == "SECONDS") return fmt::format("{}", (system_.now() - in_.start).seconds());
  if (name == "EPOCHSECONDS") return fmt::format("{}", system_.now().ns / 1'000'000'000);
  return std::nullopt;
}

void Machine::remember(std::vector<std::pair<std::string, std::optional<Variable>>>& saved,
                       const std::string& name) {
  const Variable* variable = find(name);
  saved.emplace_back(name, variable ? std::optional<Variable>(*variable) : std::nullopt);
}

void Machine::restore(std::vector<std::pair<std::string, std::optional<Variable>>>& saved) {
  for (auto row = saved.rbegin(); row != saved.rend(); ++row) {
    if (row->second) {
      in_.shell.variables[row->first] = std::move(*row->second);
    } else {
      in_.shell.variables.erase(row->first);
    }
  }
  saved.clear();
}

Variable& Machine::edit(const std::string& name) {
  if (undo_) remember(*undo_, name);
  return in_.shell.variables[name];
}

bool Machine::assign(const std::string& name, std::string_view text, bool append,
                     std::optional<std::int64_t> index) {
  const Variable* old = find(name);
  if (old && old->read_only) {
    complain(fmt::format("{}: readonly variable", name));
    return false;
  }
  Shell& shell = in_.shell;
  if (shell.variable_bytes + text.size() > kMostVariables ||
      (old && append && old->value.size() + text.size() > kMostOutput)) {
    complain(fmt::format("{}: cannot allocate memory", name));
    return false;
  }
  Variable& variable = edit(name);
  variable.set = true;
  if (index || variable.is_array) {
    if (!variable.is_array) {
      variable.is_array = true;
      if (!variable.value.empty()) variable.elements[0] = variable.value;
      variable.value = Str();
    }
    std::int64_t at = index.value_or(0);
    if (at < 0 && !variable.elements.empty()) at += variable.elements.rbegin()->first + 1;
    if (at < 0) {
      complain(fmt::format("{}[{}]: bad array subscript", name, *index));
      return false;
    }
    Str& element = variable.elements[at];
    shell.variable_bytes += text.size();
    element = append ? Str(element.str().append(text)) : Str(text);
    return true;
  }
  const std::size_t before = variable.value.size();
  variable.value = append ? Str(variable.value.str().append(text)) : Str(text);
  shell.variable_bytes += variable.value.size();
  shell.variable_bytes -= std::min(shell.variable_bytes, before);
  if (name == "PATH" || name == "HOME" || name == "PWD") variable.exported = true;
  return true;
}

bool Machine::assign_array(const std::string& name, const std::vector<std::string>& values,
                           bool append) {
  const Variable* old = find(name);
  if (old && old->read_only) {
    complain(fmt::format("{}: readonly variable", name));
    return false;
  }
  std::size_t bytes = 0;
  for (const std::string& text : values) bytes += text.size();
  if (in_.shell.variable_bytes + bytes > kMostVariables) {
    complain(fmt::format("{}: cannot allocate memory", name));
    return false;
  }
  in_.shell.variable_bytes += bytes;
  Variable& variable = edit(name);
  variable.set = true;
  if (!variable.is_array) {
    variable.is_array = true;
    if (append && !variable.value.empty()) variable.elements[0] = variable.value;
    variable.value = Str();
  }
  if (!append) variable.elements.clear();
  std::int64_t at = variable.elements.empty() ? 0 : variable.elements.rbegin()->first + 1;
  for (const std::string& text : values) variable.elements[at++] = Str(text);
  return true;
}

void Machine::unset(const std::string& name) {
  const Variable* old = find(name);
  if (!old) return;
  std::size_t bytes = old->value.size();
  for (const auto& [at, element] : old->elements) bytes += element.size();
  in_.shell.variable_bytes -= std::min(in_.shell.variable_bytes, bytes);
  if (undo_) remember(*undo_, name);
  in_.shell.variables.erase(name);
}

std::optional<std::int64_t> Machine::calculate(std::string_view expression) {
  Arithmetic variables;
  variables.get = [this](const std::string& name, std::optional<std::int64_t> index) {
    const Variable* variable = find(name);
    if (index && variable && variable->is_array) {
      const auto found = variable->elements.find(*index);
      return found == variable->elements.end() ? std::string() : found->second.str();
    }
    return value(name).value_or("");
  };
  variables.set = [this](const std::string& name, std::optional<std::int64_t> index,
                         std::int64_t number) {
    const Variable* variable = find(name);
    if (variable && variable->read_only) return false;
    return assign(name, fmt::format("{}", number), false, index);
  };
  std::string error;
  const auto result = evaluate(expression, variables, &error);
  if (!result) complain(error);
  return result;
}

// ---- Frames ----

void Machine::push_node(const NodePtr& node, bool tested) {
  Frame frame;
  frame.node = node;
  frame.tested = tested;
  in_.stack.push_back(std::move(frame));
}

Frame& Machine::push_subshell(bool tested) {
  Frame frame;
  frame.kind = Frame::Kind::Subshell;
  frame.tested = tested;
  frame.saved_shell = std::make_shared<const Shell>(in_.shell);
  in_.stack.push_back(std::move(frame));
  Shell& shell = in_.shell;
  ++shell.subshell_depth;
  // A subshell forgets traps, but what is ignored stays ignored.
  for (auto trap = shell.traps.begin(); trap != shell.traps.end();) {
    trap = trap->second.empty() ? std::next(trap) : shell.traps.erase(trap);
  }
  return in_.stack.back();
}

void Machine::push_command(std::vector<std::string> words, bool tested) {
  Frame frame;
  frame.kind = Frame::Kind::Command;
  frame.words = std::move(words);
  frame.tested = tested;
  in_.stack.push_back(std::move(frame));
}

void Machine::push_program(ProgramPtr program, bool tested) {
  Frame frame;
  frame.kind = Frame::Kind::Program;
  frame.program = std::move(program);
  frame.tested = tested;
  in_.stack.push_back(std::move(frame));
}

void Machine::pop() {
  Frame& frame = in_.stack.back();
  if (frame.saved_descriptors) in_.shell.descriptors = std::move(*frame.saved_descriptors);
  restore(frame.saved_variables);
  if (frame.saved_arguments) in_.shell.arguments = std::move(*frame.saved_arguments);
  if (frame.kind == Frame::Kind::Function) --in_.shell.function_depth;
  if (frame.captures) {
    in_.captured = std::move(in_.buffers.back());
    in_.buffers.pop_back();
  }
  if (frame.saved_shell) in_.shell = *frame.saved_shell;
  in_.stack.pop_back();
}

void Machine::finish(int status, bool check) {
  in_.status = status;
  const bool tested = top().tested;
  pop();
  if (check && status != 0 && !tested && in_.shell.exit_on_error) exit_shell(status);
}

void Machine::exit_shell(int status) {
  in_.status = status;
  while (!in_.stack.empty() && !is_barrier(top())) pop();
  if (in_.stack.empty()) return;
  top().stage = 1;
  if (top().kind == Frame::Kind::Root) in_.exited = true;
}

void Machine::discard(int status) {
  while (!is_barrier(top())) {
    const Frame& below = in_.stack[in_.stack.size() - 2];
    if (top().kind == Frame::Kind::Program && is_barrier(below)) break;
    pop();
  }
  if (is_barrier(top()) || in_.shell.from_option || in_.shell.ash ||
      in_.stack[in_.stack.size() - 2].kind == Frame::Kind::Subshell) {
    exit_shell(status);
    return;
  }
  in_.status = status;
}

void Machine::return_from(int status) {
  std::size_t at = in_.stack.size();
  while (at > 0) {
    const Frame& frame = in_.stack[at - 1];
    if (frame.kind == Frame::Kind::Function || frame.kind == Frame::Kind::Source) break;
    if (is_barrier(frame)) {
      // Inside a function's subshell, return ends that.
      exit_shell(status);
      return;
    }
    --at;
  }
  while (in_.stack.size() > at) pop();
  if (!in_.stack.empty()) finish(status);
}

void Machine::leave_loops(int count, bool again) {
  std::size_t target = 0;
  for (std::size_t at = in_.stack.size(); at > 0 && count > 0; --at) {
    const Frame& frame = in_.stack[at - 1];
    if (is_barrier(frame) || frame.kind == Frame::Kind::Function) break;
    if (!is_loop(frame)) continue;
    target = at;
    --count;
  }
  if (target == 0) return;
  while (in_.stack.size() > target) pop();
  in_.status = 0;
  if (!again) {
    finish(0);
    return;
  }
  Frame& loop = top();
  const Node::Kind kind = loop.node->kind;
  loop.status = 0;
  loop.stage = kind == Node::Kind::For ? 1 : kind == Node::Kind::ForArithmetic ? 3 : 0;
}

void Machine::block(const Wait& wait) {
  in_.blocked = true;
  in_.wait = wait;
}

// ---- Input ----

int Machine::add_input(std::string text) {
  if (in_.inputs.size() >= kMostInputs) collect_inputs();
  const int id = ++in_.last_input;
  in_.inputs[id] = {std::make_shared<const std::string>(std::move(text)), 0};
  return id;
}

/// Forgets the inputs that no descriptor leads to any more.
void Machine::collect_inputs() {
  std::map<int, Input> kept;
  const auto keep = [&](const Descriptors& descriptors) {
    for (const auto& [number, descriptor] : descriptors) {
      if (descriptor.kind != Descriptor::Kind::Input) continue;
      const auto found = in_.inputs.find(descriptor.id);
      if (found != in_.inputs.end()) kept.insert(*found);
    }
  };
  keep(in_.shell.descriptors);
  for (const Frame& frame : in_.stack) {
    if (frame.saved_descriptors) keep(*frame.saved_descriptors);
    if (frame.saved_shell) keep(frame.saved_shell->descriptors);
  }
  in_.inputs = std::move(kept);
}

std::string Machine::input_text(bool consume) {
  const auto descriptor = in_.shell.descriptors.find(0);
  if (descriptor == in_.shell.descriptors.end() ||
      descriptor->second.kind != Descriptor::Kind::Input) {
    return {};
  }
  const auto found = in_.inputs.find(descriptor->second.id);
  if (found == in_.inputs.end() || !found->second.text) return {};
  Input& input = found->second;
  std::string rest = input.text->substr(std::min(input.at, input.text->size()));
  if (consume) input.at = input.text->size();
  return rest;
}

// ---- Redirections ----

bool Machine::open_output(Descriptor& descriptor, const std::string& name, bool append_to) {
  if (name == "/dev/null") {
    descriptor = {Descriptor::Kind::Null, 0, {}};
    return true;
  }
  if (name == "/dev/stdout" || name == "/dev/stderr" || name == "/dev/fd/1" ||
      name == "/dev/fd/2" || name == "/dev/tty") {
    const int number = name == "/dev/stderr" || name == "/dev/fd/2" ? 2 : 1;
    const auto found = in_.shell.descriptors.find(number);
    descriptor = found == in_.shell.descriptors.end() ? Descriptor() : found->second;
    return true;
  }
  const Path path = parse_path(name, in_.shell.cwd);
  Errno error = Errno::Ok;
  const auto stat = system_.files().stat(path);
  if (name.empty()) {
    error = Errno::NotFound;
  } else if (stat && stat.value.type == FileType::Directory) {
    error = Errno::IsDirectory;
  } else {
    error = system_.files().write(path, "", append_to, system_.now()).error;
  }
  if (error != Errno::Ok) {
    if (in_.shell.ash) {
      const std::string reason = error == Errno::NotFound || error == Errno::NotDirectory
                                     ? "nonexistent directory"
                                     : std::string(to_string(error));
      complain(fmt::format("can't create {}: {}", name, reason));
    } else {
      complain(fmt::format("{}: {}", name, to_string(error)));
    }
    return false;
  }
  descriptor = {Descriptor::Kind::File, 0, path};
  return true;
}

bool Machine::open_input(Descriptor& descriptor, const std::string& name) {
  if (name == "/dev/null") {
    descriptor = {Descriptor::Kind::Null, 0, {}};
    return true;
  }
  if (name == "/dev/stdin" || name == "/dev/fd/0") return true;
  Io<std::string> read;
  read.error = Errno::NotFound;
  if (!name.empty()) {
    const Path path = parse_path(name, in_.shell.cwd);
    const auto stat = system_.files().stat(path);
    if (stat && stat.value.type == FileType::Directory) {
      // Opening works; what reads it gets the error.
      read = {};
    } else {
      read = system_.files().read(path);
    }
  }
  if (!read) {
    if (in_.shell.ash) {
      const std::string reason =
          read.error == Errno::NotFound ? "no such file" : std::string(to_string(read.error));
      complain(fmt::format("can't open {}: {}", name, reason));
    } else {
      complain(fmt::format("{}: {}", name, to_string(read.error)));
    }
    return false;
  }
  descriptor = {Descriptor::Kind::Input, add_input(std::move(read.value)), {}};
  return true;
}

bool Machine::redirect(const std::vector<Redirection>& redirections,
                       const std::vector<std::string>& targets) {
  Descriptors& descriptors = in_.shell.descriptors;
  for (std::size_t i = 0; i < redirections.size(); ++i) {
    const Redirection& redirection = redirections[i];
    const std::string& target = targets[i];
    using Op = Redirection::Op;
    switch (redirection.op) {
      case Op::In:
      case Op::ReadWrite: {
        Descriptor opened = descriptors[0];
        if (!open_input(opened, target)) return false;
        descriptors[redirection.fd < 0 ? 0 : redirection.fd] = opened;
        break;
      }
      case Op::HereText: {
        const std::string text = redirection.add_line ? target + "\n" : target;
        descriptors[redirection.fd < 0 ? 0 : redirection.fd] = {Descriptor::Kind::Input,
                                                               add_input(text), {}};
        break;
      }
      case Op::Out:
      case Op::Append: {
        Descriptor opened;
        if (!open_output(opened, target, redirection.op == Op::Append)) return false;
        descriptors[redirection.fd < 0 ? 1 : redirection.fd] = opened;
        break;
      }
      case Op::Both:
      case Op::BothAppend: {
        Descriptor opened;
        if (!open_output(opened, target, redirection.op == Op::BothAppend)) return false;
        descriptors[1] = opened;
        descriptors[2] = opened;
        break;
      }
      case Op::Duplicate: {
        if (target == "-") {
          descriptors.erase(redirection.fd);
          break;
        }
        const bool number = !target.empty() && target.size() < 5 &&
                            target.find_first_not_of("0123456789") == std::string::npos;
        if (!number) {
          complain(fmt::format("{}: ambiguous redirect", target));
          return false;
        }
        const auto from = descriptors.find(std::stoi(target));
        if (from == descriptors.end()) {
          complain(fmt::format("{}: Bad file descriptor", target));
          return false;
        }
        const Descriptor copied = from->second;
        descriptors[redirection.fd] = copied;
        break;
      }
    }
  }
  return true;
}

// ---- Expansion ----

template <class Body>
Machine::Done Machine::expand(Frame& frame, Body body) {
  if (frame.awaits_result) {
    frame.awaits_result = false;
    frame.results.push_back(without_line_ends(std::move(in_.captured)));
    frame.result_statuses.push_back(in_.status);
    in_.captured.clear();
  } else if (frame.results.empty()) {
    frame.entry_status = in_.status;
  }
  std::vector<std::pair<std::string, std::optional<Variable>>> undo;
  const std::uint64_t draws = in_.random_draws;
  undo_ = &undo;
  Expander expander(*this, frame);
  body(expander);
  undo_ = nullptr;
  if (expander.pending() && !expander.failed()) {
    restore(undo);
    in_.random_draws = draws;
    frame.awaits_result = true;
    if (in_.shell.subshell_depth >= kDeepestSubshell) {
      complain("fork: retry: Resource temporarily unavailable");
      exit_shell(254);
      return Done::Failed;
    }
    Frame& subshell = push_subshell(true);
    subshell.program = expander.pending();
    subshell.captures = true;
    in_.buffers.emplace_back();
    in_.shell.exit_on_error = false;
    in_.shell.descriptors[1] = {Descriptor::Kind::Buffer, static_cast<int>(in_.buffers.size()) - 1,
                                {}};
    return Done::Waiting;
  }
  if (expander.failed()) {
    frame.results.clear();
    frame.result_statuses.clear();
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
  frame.results.clear();
  frame.result_statuses.clear();
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
  return expand(frame, [&](Expander& expander) {
    expand_targets(*this, expander, redirections, targets);
  });
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
      if (frame.stage++ == 0) {
        frame.status = in_.status;
        push_program(frame.program, true);
      } else {
        finish(frame.status);
      }
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
    for (std::string error : program.errors) {
      if (in_.shell.ash && error.rfind("line ", 0) == 0) error.erase(0, error.find(": ") + 2);
      const std::string label = frame.words.empty() ? "" : frame.words[0] + ": ";
      write(2, fmt::format("{}: {}{}\n", in_.shell.name, label, error));
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
      if (frame.stage++ == 0) {
        if (in_.shell.subshell_depth >= kDeepestSubshell) {
          complain("fork: retry: Resource temporarily unavailable");
          exit_shell(254);
          return;
        }
        push_subshell(frame.tested).node = node.children[0];
      } else {
        finish(in_.status, true);
      }
      return;
    case Node::Kind::Function:
      in_.shell.functions[node.name] = node.children[0];
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
      const Done done =
          expand(frame, [&](Expander& expander) { value = expander.number(node.words[0]); });
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
    start_job(node.children[at]);
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
    if (in_.shell.subshell_depth >= kDeepestSubshell) {
      complain("fork: retry: Resource temporarily unavailable");
      exit_shell(254);
      return;
    }
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
  if (count > 1) {
    std::vector<std::string> statuses;
    for (const int each : frame.result_statuses) statuses.push_back(fmt::format("{}", each));
    assign_array("PIPESTATUS", statuses, false);
  }
  if (node.timed) {
    const std::int64_t ms = (system_.now() - frame.started).ms();
    write(2, fmt::format("\nreal\t{}m{}.{:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n", ms / 60000,
                         ms / 1000 % 60, ms % 1000));
  }
  if (node.negated) {
    finish(status == 0 ? 1 : 0);
  } else {
    finish(status, count > 1);
  }
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
    std::string line = fmt::format("+ for {} in", node.name);
    for (const std::string& word : frame.words) line += " " + quoted(word);
    write(2, line + "\n");
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
    if (!expander.stopped() && !empty) value = expander.number(node.words[which]);
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
        if (expander.condition(equal)) {
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

void Machine::step_simple(Frame& frame) {
  const Node& node = *frame.node;
  in_.line = node.line;
  std::vector<std::string> words;
  std::vector<std::string> targets;
  std::vector<std::pair<std::string, std::optional<Variable>>> before;
  bool declares = false;
  const Done done = expand(frame, [&](Expander& expander) {
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
    if (declares && words[0] != "export" && in_.shell.function_depth > 0) {
      for (const Assignment& assignment : node.assignments) {
        for (std::size_t at = in_.stack.size(); at > 0; --at) {
          Frame& function = in_.stack[at - 1];
          if (is_barrier(function)) break;
          if (function.kind != Frame::Kind::Function) continue;
          remember(function.saved_variables, assignment.name);
          break;
        }
      }
    }
    const std::size_t mark = undo_->size();
    for (const Assignment& assignment : node.assignments) {
      if (expander.stopped()) return;
      expander.assign(assignment);
    }
    if (!words.empty() && !declares && !expander.stopped()) {
      before.assign(undo_->begin() + static_cast<std::ptrdiff_t>(mark), undo_->end());
    }
  });
  if (done != Done::Yes) return;
  if (in_.shell.trace) {
    std::string line;
    for (const Assignment& assignment : node.assignments) {
      line += fmt::format(" {}={}", assignment.name,
                          quoted(value(assignment.name).value_or("")));
    }
    for (const std::string& word : words) line += " " + quoted(word);
    if (!line.empty()) write(2, "+" + line + "\n");
  }
  for (const auto& [name, variable] : before) in_.shell.variables[name].exported = true;
  frame.saved_variables = std::move(before);
  if (!node.redirections.empty()) {
    frame.saved_descriptors = in_.shell.descriptors;
    if (!redirect(node.redirections, targets)) {
      finish(1, true);
      return;
    }
  }
  if (words.empty()) {
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
  frame.stage = kDispatch;
}

void Machine::step_command(Frame& frame) {
  switch (frame.stage) {
    case kDispatch:
      dispatch(frame);
      return;
    case kExternal:
      run_program(frame);
      return;
    case kBuiltin: {
      const auto status = run_builtin(frame);
      if (status) finish(*status, true);
      return;
    }
    default:
      finish(in_.status, true);
  }
}

void Machine::dispatch(Frame& frame) {
  const std::string name = frame.words[0];
  const bool plain_name = name.find('/') == std::string::npos;
  const auto function = in_.shell.functions.find(name);
  if (function != in_.shell.functions.end()) {
    call_function(frame, function->second);
    return;
  }
  if (is_builtin(name)) {
    frame.stage = kBuiltin;
    const auto status = run_builtin(frame);
    // A builtin may have ended the frame itself (exit, return, break).
    if (status) finish(*status, true);
    return;
  }
  if (run_wrapper(frame) || run_shell(frame)) return;
  if (!system_.has_program(name)) {
    if (!plain_name && run_file(frame, name)) return;
    if (in_.shell.ash) {
      complain(fmt::format("{}: not found", name));
    } else {
      complain(fmt::format("{}: {}", name,
                           plain_name ? "command not found" : "No such file or directory"));
    }
    finish(127, true);
    return;
  }
  run_program(frame);
}

void Machine::call_function(Frame& frame, const NodePtr& body) {
  if (in_.shell.function_depth >= kDeepestFunction) {
    complain(fmt::format("{}: maximum function nesting level exceeded ({})", frame.words[0],
                         kDeepestFunction));
    discard(1);
    return;
  }
  frame.stage = kChild;
  Frame function;
  function.kind = Frame::Kind::Function;
  function.node = body;
  function.tested = frame.tested;
  function.saved_arguments = in_.shell.arguments;
  in_.shell.arguments.assign(frame.words.begin() + 1, frame.words.end());
  ++in_.shell.function_depth;
  in_.stack.push_back(std::move(function));
}

Process Machine::process_view(const std::vector<std::string>& argv) const {
  Process view;
  view.argv = argv;
  for (const auto& [name, variable] : in_.shell.variables) {
    if (variable.exported && variable.set) view.env[name] = variable.value.str();
  }
  view.cwd = in_.shell.cwd;
  view.pid = in_.shell.pid;
  return view;
}

void Machine::run_program(Frame& frame) {
  if (frame.stage == kDispatch) {
    frame.stage = kExternal;
    frame.state.started = system_.now();
  }
  const bool reads = reads_input(frame.words);
  const Process view = process_view(frame.words);
  const Time started = frame.state.started;
  Step step = system_.run(frame.words, input_text(false), view, frame.state);
  in_.status = 0;
  for (const Chunk& chunk : step.output) write(chunk.err ? 2 : 1, chunk.text);
  if (!step.done) {
    frame.state = std::move(step.state);
    frame.state.started = started;
    block(step.wait);
    return;
  }
  if (reads) input_text(true);
  if (step.took.ns > 0) in_.ready_at = system_.now() + step.took;
  // What could not be written has made it fail.
  finish(step.exit != 0 ? step.exit : in_.status, true);
}

/// bash -c, sh FILE: a shell inside this one.
bool Machine::run_shell(Frame& frame) {
  if (!is_shell(frame.words[0]) || !system_.has_program(frame.words[0])) return false;
  frame.stage = kChild;
  if (in_.shell.subshell_depth >= kDeepestSubshell) {
    complain("fork: retry: Resource temporarily unavailable");
    exit_shell(254);
    return true;
  }
  push_subshell(true);
  start_shell(frame.words, "", true);
  return true;
}

void Machine::start_shell(std::vector<std::string> argv, std::string text, bool inherit) {
  // The frame for it is on top already; what is not exported is forgotten.
  Shell fresh;
  Shell& old = in_.shell;
  for (auto& [name, variable] : old.variables) {
    if (variable.exported && variable.set) {
      Variable kept;
      kept.value = variable.value;
      kept.exported = true;
      fresh.variable_bytes += kept.value.size();
      fresh.variables.emplace(name, std::move(kept));
    }
  }
  Variable ifs;
  ifs.value = " \t\n";
  fresh.variables["IFS"] = ifs;
  fresh.cwd = old.cwd;
  fresh.descriptors = old.descriptors;
  fresh.subshell_depth = old.subshell_depth;
  fresh.pid = inherit ? process_.pid + ++in_.last_pid : process_.pid;
  fresh.name = argv[0];
  const std::string kind = base_name(argv[0]);
  fresh.ash = kind != "bash";
  in_.shell = std::move(fresh);
  Shell& shell = in_.shell;
  in_.line = 1;

  const auto fail = [&](std::string_view why, int status) {
    write(2, fmt::format("{}: {}\n", argv[0], why));
    top().program = std::make_shared<const Program>();
    exit_shell(status);
  };
  bool has_command = false;
  bool from_input = false;
  std::size_t i = 1;
  for (; i < argv.size() && argv[i].size() > 1 && (argv[i][0] == '-' || argv[i][0] == '+'); ++i) {
    const std::string& option = argv[i];
    if (option == "--") {
      ++i;
      break;
    }
    if (option[0] == '-' && option[1] == '-') continue;  // --login, --norc
    const bool on = option[0] == '-';
    for (const char letter : option.substr(1)) {
      if (letter == 'c') has_command = true;
      if (letter == 's') from_input = true;
      if (letter == 'e') shell.exit_on_error = on;
      if (letter == 'u') shell.unset_is_error = on;
      if (letter == 'x') shell.trace = on;
      if (letter == 'f') shell.no_globbing = on;
      if (letter == 'o' && i + 1 < argv.size()) {
        const std::string& name = argv[++i];
        if (name == "pipefail") shell.pipe_fail = on;
        if (name == "errexit") shell.exit_on_error = on;
        if (name == "nounset") shell.unset_is_error = on;
        if (name == "xtrace") shell.trace = on;
        break;
      }
      if (std::string_view("ceuxfosliabhkmnptvBCEHP").find(letter) == std::string_view::npos) {
        fail(fmt::format("-{}: invalid option", letter), 2);
        return;
      }
    }
  }
  if (has_command) {
    if (i >= argv.size()) {
      fail("-c: option requires an argument", 2);
      return;
    }
    text = argv[i++];
    shell.from_option = true;
    if (i < argv.size()) shell.name = argv[i++];
    top().words = {"-c"};
  } else if (i < argv.size() && !from_input) {
    const Path path = parse_path(argv[i], shell.cwd);
    const auto stat = system_.files().stat(path);
    if (stat && stat.value.type == FileType::Directory) {
      fail(fmt::format("{}: Is a directory", argv[i]), 126);
      return;
    }
    Io<std::string> read = system_.files().read(path);
    if (!read) {
      if (shell.ash) {
        fail(fmt::format("can't open '{}': {}", argv[i], to_string(read.error)),
             read.error == Errno::NotFound ? 127 : 126);
      } else {
        fail(fmt::format("{}: {}", argv[i], to_string(read.error)),
             read.error == Errno::NotFound ? 127 : 126);
      }
      return;
    }
    text = std::move(read.value);
    shell.name = argv[i++];
  } else {
    text = input_text(true);
  }
  shell.arguments.assign(argv.begin() + static_cast<std::ptrdiff_t>(std::min(i, argv.size())),
                         argv.end());
  top().program = std::make_shared<const Program>(parse(text));
}

/// A path that names no program of the System: a script, or a mistake.
bool Machine::run_file(Frame& frame, const std::string& name) {
  const Path path = parse_path(name, in_.shell.cwd);
  const auto stat = system_.files().stat(path);
  if (!stat && stat.error == Errno::NotFound) return false;
  std::string wrong;
  if (!stat) {
    wrong = std::string(to_string(stat.error));
  } else if (stat.value.type == FileType::Directory) {
    wrong = in_.shell.ash ? "Permission denied" : "Is a directory";
  } else if ((stat.value.mode & 0111) == 0) {
    wrong = "Permission denied";
  }
  if (!wrong.empty()) {
    complain(fmt::format("{}: {}", name, wrong));
    finish(126, true);
    return true;
  }
  // The programs of an image are files too; beyond those, only scripts can run.
  const std::string program = base_name(name);
  const auto read = system_.files().read(path);
  const bool script = read && read.value.substr(0, 2) == "#!";
  if (!script && system_.has_program(program)) {
    frame.words[0] = program;
    return false;
  }
  std::string shell = "bash";
  if (script) {
    std::string line = read.value.substr(2, read.value.find('\n') - 2);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
    const std::size_t begin = line.find_first_not_of(' ');
    line = begin == std::string::npos ? "" : line.substr(begin);
    if (line.rfind("/usr/bin/env ", 0) == 0) line.erase(0, 13);
    shell = base_name(line.substr(0, line.find(' ')));
  }
  if (!is_shell(shell) || !system_.has_program(shell)) {
    complain(script ? fmt::format("{}: cannot execute: required file not found", name)
                    : fmt::format("{}: cannot execute binary file: Exec format error", name));
    finish(script ? 127 : 126, true);
    return true;
  }
  std::vector<std::string> words = {shell, name};
  words.insert(words.end(), frame.words.begin() + 1, frame.words.end());
  frame.words = std::move(words);
  return run_shell(frame);
}

/// Programs that run other programs, which may wait: env, timeout, nohup, xargs.
bool Machine::run_wrapper(Frame& frame) {
  std::vector<std::string>& words = frame.words;
  const std::string name = base_name(words[0]);
  const bool known = name == "env" || name == "timeout" || name == "nohup" || name == "xargs";
  if (!known || !system_.has_program(words[0])) return false;
  if (name == "nohup") {
    if (words.size() < 2) return false;
    words.erase(words.begin());
    return true;
  }
  if (name == "env") {
    std::size_t i = 1;
    std::vector<std::string> hidden;
    std::vector<std::pair<std::string, std::string>> given;
    for (; i < words.size(); ++i) {
      const std::size_t equal = words[i].find('=');
      if (words[i] == "-i" || words[i] == "-") {
        for (const auto& [variable, row] : in_.shell.variables) {
          if (row.exported) hidden.push_back(variable);
        }
      } else if (words[i] == "-u" && i + 1 < words.size()) {
        hidden.push_back(words[++i]);
      } else if (equal != std::string::npos && equal > 0) {
        given.emplace_back(words[i].substr(0, equal), words[i].substr(equal + 1));
      } else {
        break;
      }
    }
    if (i >= words.size() || words[i][0] == '-') return false;
    for (const std::string& variable : hidden) {
      remember(frame.saved_variables, variable);
      const auto found = in_.shell.variables.find(variable);
      if (found != in_.shell.variables.end()) found->second.exported = false;
    }
    for (const auto& [variable, text] : given) {
      remember(frame.saved_variables, variable);
      Variable& row = in_.shell.variables[variable];
      row = Variable();
      row.value = Str(text);
      row.exported = true;
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  if (name == "timeout") {
    std::size_t i = 1;
    while (i < words.size() && words[i].size() > 1 && words[i][0] == '-') {
      i += words[i] == "-s" || words[i] == "-k" ? 2 : 1;
    }
    if (i + 1 >= words.size()) return false;
    const auto duration = parse_timeout(words[i]);
    if (!duration) {
      write(2, fmt::format("timeout: invalid time interval '{}'\n", words[i]));
      finish(125, true);
      return true;
    }
    Frame limited;
    limited.kind = Frame::Kind::Timeout;
    limited.tested = true;
    limited.words.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
    if (duration->ns > 0) limited.deadline = system_.now() + *duration;
    frame.stage = kChild;
    in_.stack.push_back(std::move(limited));
    return true;
  }
  // xargs
  std::size_t most = 5000;
  std::string placeholder;
  bool skip_empty = false;
  bool by_line = false;
  char separator = '\0';
  bool nul = false;
  std::size_t i = 1;
  const auto number = [](const std::string& text) {
    std::size_t n = 0;
    for (const char c : text.substr(0, 6)) {
      if (c >= '0' && c <= '9') n = n * 10 + static_cast<std::size_t>(c - '0');
    }
    return std::max<std::size_t>(n, 1);
  };
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    const char letter = words[i][1];
    const bool takes = std::string_view("nILPdEs").find(letter) != std::string_view::npos;
    std::string text = words[i].substr(2);
    if (takes && text.empty() && i + 1 < words.size()) text = words[++i];
    if (letter == 'n') most = number(text);
    if (letter == 'L') {
      most = number(text);
      by_line = true;
    }
    if (letter == 'I') placeholder = text.empty() ? "{}" : text;
    if (letter == 'r') skip_empty = true;
    if (letter == '0') nul = true;
    if (letter == 'd') separator = text == "\\n" ? '\n' : text == "\\t" ? '\t' : text[0];
  }
  std::vector<std::string> command(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  if (command.empty()) command = {"echo"};
  const std::string input = input_text(true);
  std::vector<std::string> items;
  std::string item;
  bool has_item = false;
  char quote = '\0';
  for (const char c : input) {
    const bool plain = nul || separator != '\0';
    const bool ends = nul ? c == '\0'
                      : separator != '\0' ? c == separator
                      : !placeholder.empty() || by_line
                          ? c == '\n'
                          : c == ' ' || c == '\t' || c == '\n';
    if (!plain && quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
      has_item = true;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && ends) {
      if (has_item) items.push_back(item);
      item.clear();
      has_item = false;
    } else {
      item += c;
      has_item = true;
    }
    if (items.size() > kMostWords) break;
  }
  if (has_item) items.push_back(item);
  Frame each;
  each.kind = Frame::Kind::Each;
  each.tested = true;
  if (!placeholder.empty()) {
    for (std::string line : items) {
      line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
      std::vector<std::string> made = command;
      for (std::string& word : made) {
        for (std::size_t at = word.find(placeholder); at != std::string::npos;
             at = word.find(placeholder, at + line.size())) {
          word.replace(at, placeholder.size(), line);
        }
      }
      each.commands.push_back(std::move(made));
    }
  } else if (items.empty()) {
    if (!skip_empty) each.commands.push_back(command);
  } else {
    for (std::size_t at = 0; at < items.size(); at += most) {
      std::vector<std::string> made = command;
      for (std::size_t n = at; n < std::min(items.size(), at + most); ++n) {
        made.push_back(items[n]);
      }
      each.commands.push_back(std::move(made));
    }
  }
  frame.stage = kChild;
  in_.stack.push_back(std::move(each));
  return true;
}

void Machine::step_each(Frame& frame) {
  if (frame.index > 0) {
    if (in_.status == 127 || in_.status == 126) {
      finish(in_.status);
      return;
    }
    if (in_.status != 0) frame.status = 123;
  }
  if (frame.index == frame.commands.size()) {
    finish(frame.status);
    return;
  }
  push_command(frame.commands[frame.index++], true);
}

// ---- Jobs and signals ----

Job* Machine::find_job(std::int64_t pid) {
  for (Job& job : in_.jobs) {
    if (job.pid == pid) return &job;
  }
  return nullptr;
}

void Machine::start_job(const NodePtr& node) {
  const auto over = [](const Job& job) { return job.process.done && job.reported; };
  in_.jobs.erase(std::remove_if(in_.jobs.begin(), in_.jobs.end(), over), in_.jobs.end());
  if (in_.jobs.size() >= static_cast<std::size_t>(kMostJobs) || in_.job_depth >= kDeepestJob) {
    complain("fork: retry: Resource temporarily unavailable");
    exit_shell(254);
    return;
  }
  Job job;
  job.pid = process_.pid + ++in_.last_pid;
  in_.background_pid = job.pid;
  auto copy = std::make_shared<Interpreter>();
  copy->shell = in_.shell;
  copy->shell.subshell_depth = 0;
  copy->shell.traps.clear();
  copy->inputs = in_.inputs;
  copy->last_input = in_.last_input;
  copy->line = in_.line;
  copy->last_pid = in_.last_pid;
  copy->job_depth = in_.job_depth + 1;
  copy->started = true;
  copy->start = in_.start;
  const auto route = [&](int number, Descriptor::Kind kind, Descriptor& kept) {
    const auto found = copy->shell.descriptors.find(number);
    if (found == copy->shell.descriptors.end()) return;
    kept = found->second;
    if (kept.kind == Descriptor::Kind::Buffer || kept.kind == Descriptor::Kind::Output ||
        kept.kind == Descriptor::Kind::Error) {
      found->second = {kind, 0, {}};
    }
  };
  route(1, Descriptor::Kind::Output, job.out);
  route(2, Descriptor::Kind::Error, job.err);
  copy->shell.descriptors[0] = {Descriptor::Kind::Null, 0, {}};
  Frame root;
  root.kind = Frame::Kind::Root;
  root.node = node;
  copy->stack.push_back(std::move(root));
  job.process.pid = job.pid;
  job.process.interpreter = std::move(copy);
  in_.jobs.push_back(std::move(job));
  in_.status = 0;
}

bool Machine::run_traps() {
  // A command in the foreground is waited for first.
  if (top().kind == Frame::Kind::Command && top().stage == kExternal) return false;
  const int signal = in_.signals.front();
  in_.signals.erase(in_.signals.begin());
  const auto trap = in_.shell.traps.find(signal_name(signal));
  if (trap == in_.shell.traps.end() || trap->second.empty()) return false;
  if (in_.waits_for_jobs) {
    in_.waits_for_jobs = false;
    finish(128 + signal);
  }
  Frame frame;
  frame.kind = Frame::Kind::Trap;
  frame.tested = true;
  frame.program = std::make_shared<const Program>(parse(trap->second));
  in_.stack.push_back(std::move(frame));
  return true;
}

void Machine::begin() {
  in_.started = true;
  in_.start = system_.now();
  Shell& shell = in_.shell;
  for (const auto& [name, text] : process_.env) {
    Variable variable;
    variable.value = Str(text);
    variable.exported = true;
    shell.variable_bytes += text.size();
    shell.variables[name] = std::move(variable);
  }
  const auto preset = [&](const char* name, std::string_view text, bool exported) {
    if (shell.variables.count(name) != 0) return;
    Variable variable;
    variable.value = Str(text);
    variable.exported = exported;
    shell.variables[name] = std::move(variable);
  };
  preset("IFS", " \t\n", false);
  preset("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", false);
  shell.cwd = process_.cwd;
  preset("PWD", to_string(shell.cwd), true);
  shell.pid = process_.pid;
  in_.inputs[0] = {std::make_shared<const std::string>(process_.input), 0};
  shell.descriptors[0] = {Descriptor::Kind::Input, 0, {}};
  shell.descriptors[1] = {Descriptor::Kind::Output, 0, {}};
  shell.descriptors[2] = {Descriptor::Kind::Error, 0, {}};
  if (in_.stack.empty()) {
    Frame root;
    root.kind = Frame::Kind::Root;
    in_.stack.push_back(std::move(root));
    start_shell(process_.argv, "", false);
  }
}

bool Machine::run(int& budget) {
  if (!in_.started) begin();
  const Time now = system_.now();
  if (in_.blocked) {
    bool due = in_.wait.on_change || now >= in_.wait.until || in_.waits_for_jobs;
    for (const Frame& frame : in_.stack) due = due || frame.deadline <= now;
    if (!due && in_.signals.empty()) return true;
    in_.blocked = false;
  }
  while (!in_.stack.empty()) {
    if (in_.ready_at > now) {
      block({in_.ready_at, false});
      return true;
    }
    for (std::size_t at = 0; at < in_.stack.size(); ++at) {
      if (in_.stack[at].deadline > now) continue;
      while (in_.stack.size() > at + 1) pop();
      in_.waits_for_jobs = false;
      finish(124);
      break;
    }
    if (!in_.signals.empty() && run_traps()) continue;
    if (--budget < 0) return false;
    if (in_.stack.size() > kMostFrames) {
      complain("commands nested too deeply");
      exit_shell(1);
      continue;
    }
    step();
    if (in_.blocked) return true;
  }
  // The last command takes its time too.
  if (in_.ready_at > now) {
    block({in_.ready_at, false});
  }
  return true;
}

}  // namespace sim::shell
