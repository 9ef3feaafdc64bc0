#include "sim/programs/shell_machine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/programs/shell_expand.h"
#include "sim/programs/userland.h"

namespace sim::shell {
namespace {

constexpr std::size_t kMaxFrames = 2000;
constexpr std::size_t kMaxCapture = 8u << 20;
constexpr std::size_t kMaxSinks = 100000;

constexpr std::array<std::string_view, 29> kBuiltins = {
    ":",     ".",      "[",     "break", "builtin", "cd",   "command", "continue", "echo",   "eval",
    "exit",  "export", "false", "local", "printf",  "pwd",  "read",    "readonly", "return", "set",
    "shift", "source", "test",  "trap",  "true",    "type", "umask",   "unset",    "wait"};

bool is_builtin(std::string_view name) {
  return std::binary_search(kBuiltins.begin(), kBuiltins.end(), name);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Programs that read what comes in; the others leave it to the commands behind them.
bool reads_input(const std::vector<std::string>& argv) {
  static constexpr std::array<std::string_view, 17> kReaders = {
      "bash", "cat",  "cut", "grep", "head", "md5sum", "sed",   "sh",     "sort",
      "sum",  "tail", "tee", "tr",   "uniq", "wc",     "xargs", "kubectl"};
  const std::string_view name = base_name(argv.front());
  if (std::find(kReaders.begin(), kReaders.end(), name) == kReaders.end()) return false;
  if (name != "kubectl") return true;
  for (const std::string& word : argv) {
    if (word == "-" || word == "-i" || word == "--stdin" || word == "-it" || word == "-f-")
      return true;
  }
  return false;
}

Environment child_environment(const Environment& parent,
                              const std::map<std::string, std::string>& more) {
  Environment child;
  for (const auto& [name, variable] : parent.variables) {
    if (variable.exported) child.variables[name] = variable;
  }
  for (const auto& [name, value] : more) child.variables[name] = {value, true};
  child.cwd = parent.cwd;
  return child;
}

}  // namespace

int Machine::new_sink(Sink sink) {
  // Sinks that only a finished frame used are not needed again, but numbers must stay what they
  // are.
  in_.sinks.push_back(std::move(sink));
  return static_cast<int>(in_.sinks.size()) - 1;
}

int Machine::new_input(std::string text) {
  in_.inputs.push_back({std::move(text), 0});
  return static_cast<int>(in_.inputs.size()) - 1;
}

std::string Machine::take_input(const Streams& streams) {
  if (streams.in < 0) return "";
  Input& input = in_.inputs[static_cast<std::size_t>(streams.in)];
  std::string rest = input.text.substr(std::min(input.at, input.text.size()));
  input.at = input.text.size();
  return rest;
}

void Machine::write(int index, std::string_view text) {
  if (text.empty()) return;
  Sink& sink = in_.sinks[static_cast<std::size_t>(index)];
  switch (sink.kind) {
    case Sink::Kind::Terminal:
      append(in_.output, sink.err, text);
      break;
    case Sink::Kind::Capture:
      if (sink.text.size() < kMaxCapture) sink.text += text;
      break;
    case Sink::Kind::File: {
      const Io<Landing> done = system_.files().write(sink.path, text, true, system_.now());
      if (!done) {
        append(in_.output, true,
               fmt::format("{}: write error: {}\n", in_.environment.name, to_string(done.error)));
        in_.status = 1;
      }
      break;
    }
    case Sink::Kind::Null:
      break;
  }
}

void Machine::deliver(const Frame& frame, const Output& output) {
  const Streams streams = frame.streams;
  for (const Chunk& chunk : output) write(chunk.err ? streams.err : streams.out, chunk.text);
}

void Machine::complain(const Frame& frame, std::string_view text) {
  const int line = frame.node ? frame.node->line : 1;
  write(frame.streams.err, fmt::format("{}: line {}: {}\n", in_.environment.name, line, text));
}

void Machine::push(NodePtr node, Streams streams, Frame::Edge edge, bool tested) {
  Frame frame;
  frame.node = std::move(node);
  frame.streams = streams;
  frame.edge = edge;
  frame.tested = tested || (!in_.frames.empty() && in_.frames.back().tested);
  if (edge == Frame::Edge::Subshell || edge == Frame::Edge::Capture) {
    frame.saved = std::make_shared<const Environment>(in_.environment);
  }
  in_.frames.push_back(std::move(frame));
}

void Machine::push_script(NodePtr script) { push(std::move(script), Streams{}, Frame::Edge::None); }

/// Takes the topmost frame off, giving back what it had borrowed.
void Machine::pop() {
  Frame frame = std::move(in_.frames.back());
  in_.frames.pop_back();
  if (frame.saved) in_.environment = *frame.saved;
  if (frame.edge == Frame::Edge::Function) {
    in_.environment.positional = std::move(frame.saved_positional);
    for (auto& [name, value] : frame.locals) in_.environment.variables[name].value = value;
    for (const std::string& name : frame.local_unset) in_.environment.variables.erase(name);
  }
}

void Machine::finish(int status) {
  in_.status = status;
  const bool tested = in_.frames.back().tested;
  const Frame::Edge edge = in_.frames.back().edge;
  pop();
  if (status != 0 && in_.environment.exit_on_error && !tested && edge == Frame::Edge::None) {
    in_.jump = Jump::Exit;
  }
}

/// Carries out break, continue, return and exit: frames go until one of them is where the jump
/// ends.
void Machine::unwind() {
  while (in_.jump != Jump::None && !in_.frames.empty()) {
    Frame& frame = in_.frames.back();
    const Node::Kind kind = frame.node ? frame.node->kind : Node::Kind::List;
    const bool loop =
        kind == Node::Kind::While || kind == Node::Kind::For || kind == Node::Kind::ForArith;
    const bool wall = frame.edge == Frame::Edge::Subshell || frame.edge == Frame::Edge::Capture ||
                      frame.edge == Frame::Edge::Script;
    if (loop && (in_.jump == Jump::Break || in_.jump == Jump::Continue)) {
      if (--in_.jump_levels > 0) {
        pop();
        continue;
      }
      if (in_.jump == Jump::Break) pop();
      in_.jump = Jump::None;
      return;
    }
    if (in_.jump == Jump::Return && frame.edge == Frame::Edge::Function) {
      in_.jump = Jump::None;
      pop();
      return;
    }
    if (wall) {
      in_.jump = Jump::None;
      pop();
      return;
    }
    pop();
  }
  if (in_.jump == Jump::Exit) in_.exited = true;
  in_.jump = Jump::None;
}

Machine::Result Machine::run(int budget) {
  in_.wait = Wait{};
  while (!in_.frames.empty()) {
    if (--budget < 0) return Result::OutOfBudget;
    if (in_.frames.size() > kMaxFrames || in_.sinks.size() > kMaxSinks) {
      append(in_.output, true,
             fmt::format("{}: maximum nesting level exceeded\n", in_.environment.name));
      in_.status = 1;
      in_.jump = Jump::Exit;
    } else if (!step()) {
      return Result::Waiting;
    }
    if (in_.jump != Jump::None) unwind();
  }
  // Nothing refers to them any more.
  in_.sinks.resize(std::min<std::size_t>(in_.sinks.size(), 2));
  in_.inputs.clear();
  return Result::Ended;
}

bool Machine::step() {
  Frame& frame = in_.frames.back();
  switch (frame.node->kind) {
    case Node::Kind::List:
      step_list(frame);
      return true;
    case Node::Kind::AndOr:
      step_and_or(frame);
      return true;
    case Node::Kind::Pipeline:
      step_pipeline(frame);
      return true;
    case Node::Kind::Simple:
      return step_simple();
    case Node::Kind::If:
      step_if(frame);
      return true;
    case Node::Kind::While:
      step_while(frame);
      return true;
    case Node::Kind::For:
      step_for(frame);
      return true;
    case Node::Kind::ForArith:
      step_for_arithmetic(frame);
      return true;
    case Node::Kind::Case:
      step_case(frame);
      return true;
    case Node::Kind::Function:
      in_.environment.functions[frame.node->name] = frame.node->children.front();
      finish(0);
      return true;
    case Node::Kind::Group:
    case Node::Kind::Subshell:
      step_group(frame);
      return true;
    case Node::Kind::Test:
      step_test(frame);
      return true;
    case Node::Kind::Arith: {
      Expansion expansion(in_, system_, frame.captures);
      const std::int64_t value = arithmetic(expansion, frame.node->texts.front());
      if (!expansion.error.empty()) complain(frame, "((: " + expansion.error);
      finish(expansion.error.empty() && value != 0 ? 0 : 1);
      return true;
    }
  }
  return true;
}

void Machine::step_list(Frame& frame) {
  const std::vector<NodePtr>& children = frame.node->children;
  if (frame.index == 0 && children.empty()) in_.status = 0;
  if (frame.index >= children.size()) {
    // A list's status is its last command's, which has been dealt with.
    pop();
    return;
  }
  const NodePtr child = children[frame.index++];
  push(child, frame.streams);
}

void Machine::step_and_or(Frame& frame) {
  const Node& node = *frame.node;
  while (frame.index < node.children.size()) {
    const std::size_t i = frame.index++;
    if (i > 0) {
      const bool wanted = node.operators[i - 1] == "&&" ? in_.status == 0 : in_.status != 0;
      if (!wanted) continue;
    }
    const bool last = i + 1 == node.children.size();
    push(node.children[i], frame.streams, Frame::Edge::None, !last);
    return;
  }
  pop();
}

void Machine::step_pipeline(Frame& frame) {
  const Node& node = *frame.node;
  const std::size_t stages = node.children.size();
  if (frame.index > 0 && in_.status != 0) frame.worst = in_.status;
  if (frame.index >= stages) {
    int status = in_.environment.pipefail && stages > 1 ? frame.worst : in_.status;
    if (node.negated) status = status == 0 ? 1 : 0;
    // set -e leaves "!" alone.
    frame.tested = frame.tested || node.negated;
    finish(status);
    return;
  }
  const std::size_t i = frame.index++;
  if (stages == 1) {
    push(node.children[0], frame.streams, Frame::Edge::None, true);
    return;
  }
  Streams streams = frame.streams;
  if (i > 0) {
    // What the stage before has written is what this one reads.
    const int before = static_cast<int>(frame.items.empty() ? 0 : std::stoi(frame.items.back()));
    streams.in = new_input(std::move(in_.sinks[static_cast<std::size_t>(before)].text));
  }
  if (i + 1 < stages) {
    Sink sink;
    sink.kind = Sink::Kind::Capture;
    streams.out = new_sink(std::move(sink));
    in_.frames.back().items.push_back(std::to_string(streams.out));
  }
  push(in_.frames.back().node->children[i], streams, Frame::Edge::Subshell, true);
}

void Machine::step_if(Frame& frame) {
  const Node& node = *frame.node;
  const std::size_t pairs = node.children.size() / 2;
  // Even stages run a condition, odd ones look at it.
  if (frame.stage == 0) {
    if (frame.index < pairs) {
      frame.stage = 1;
      push(node.children[2 * frame.index], frame.streams, Frame::Edge::None, true);
    } else if (node.has_else) {
      frame.stage = 2;
      push(node.children.back(), frame.streams);
    } else {
      finish(0);
    }
    return;
  }
  if (frame.stage == 1) {
    if (in_.status == 0) {
      frame.stage = 2;
      push(node.children[2 * frame.index + 1], frame.streams);
    } else {
      ++frame.index;
      frame.stage = 0;
    }
    return;
  }
  pop();
}

void Machine::step_while(Frame& frame) {
  if (frame.stage == 0 && frame.index == 0 && !frame.node->redirections.empty()) {
    frame.index = 1;
    if (!open_redirections(frame, *frame.node)) {
      finish(1);
      return;
    }
  }
  if (frame.stage == 0) {
    frame.stage = 1;
    push(frame.node->children[0], frame.streams, Frame::Edge::None, true);
    return;
  }
  const bool holds = (in_.status == 0) != frame.node->negated;
  if (frame.stage == 1 && holds) {
    frame.stage = 0;
    frame.worst = 1;  // the body has run: its status counts
    push(frame.node->children[1], frame.streams);
    return;
  }
  in_.status = 0;
  pop();
}

void Machine::step_for(Frame& frame) {
  const Node& node = *frame.node;
  if (frame.stage == 0) {
    std::vector<NodePtr> commands;
    for (const Word& word : node.words) collect_commands(word, commands);
    if (!substitutions(frame, commands)) return;
    Expansion expansion(in_, system_, frame.captures);
    if (!node.has_words) frame.items = in_.environment.positional;
    for (const Word& word : node.words) {
      for (std::string& field : expand_fields(expansion, word))
        frame.items.push_back(std::move(field));
    }
    if (!expansion.error.empty()) {
      complain(frame, expansion.error);
      finish(1);
      return;
    }
    if (!open_redirections(frame, node)) {
      finish(1);
      return;
    }
    in_.status = 0;
    frame.stage = 1;
    frame.index = 0;
  }
  if (frame.index >= frame.items.size()) {
    pop();
    return;
  }
  assign(in_, node.name, frame.items[frame.index++]);
  push(node.children.front(), frame.streams);
}

void Machine::step_for_arithmetic(Frame& frame) {
  Expansion expansion(in_, system_, frame.captures);
  const auto evaluate = [&](std::size_t which, std::int64_t empty) {
    const std::string& text = frame.node->texts[which];
    const bool blank = text.find_first_not_of(" \t\n") == std::string::npos;
    return blank ? empty : arithmetic(expansion, text);
  };
  evaluate(frame.stage == 0 ? 0 : 2, 0);
  frame.stage = 1;
  const bool goes_on = evaluate(1, 1) != 0;
  if (!expansion.error.empty()) {
    complain(frame, "((: " + expansion.error);
    finish(1);
  } else if (goes_on) {
    push(frame.node->children.front(), frame.streams);
  } else {
    pop();
  }
}

void Machine::step_case(Frame& frame) {
  const Node& node = *frame.node;
  if (frame.stage == 1) {
    pop();
    return;
  }
  std::vector<NodePtr> commands;
  collect_commands(node.words.front(), commands);
  if (!substitutions(frame, commands)) return;
  Expansion expansion(in_, system_, frame.captures);
  const std::string text = expand_text(expansion, node.words.front());
  in_.status = 0;
  frame.stage = 1;
  for (std::size_t i = 0; i < node.patterns.size(); ++i) {
    for (const Word& pattern : node.patterns[i]) {
      if (matches_pattern(expand_pattern(expansion, pattern), text)) {
        push(node.children[i], frame.streams);
        return;
      }
    }
  }
}

void Machine::step_group(Frame& frame) {
  if (frame.stage == 1) {
    pop();
    return;
  }
  frame.stage = 1;
  if (!open_redirections(frame, *frame.node)) {
    finish(1);
    return;
  }
  const bool subshell = frame.node->kind == Node::Kind::Subshell;
  push(frame.node->children.front(), frame.streams,
       subshell ? Frame::Edge::Subshell : Frame::Edge::None);
}

void Machine::step_test(Frame& frame) {
  std::vector<NodePtr> commands;
  for (const Word& word : frame.node->words) collect_commands(word, commands);
  if (!substitutions(frame, commands)) return;
  Expansion expansion(in_, system_, frame.captures);
  const bool holds = test_expression(expansion, frame.node->words);
  if (!expansion.error.empty()) complain(frame, expansion.error);
  finish(expansion.error.empty() ? (holds ? 0 : 1) : 2);
}

/// Runs the command substitutions of a frame one after another; true when all have given their
/// text.
bool Machine::substitutions(Frame& frame, const std::vector<NodePtr>& commands) {
  if (!frame.items.empty() && frame.captures.size() < commands.size()) {
    // The one that was running has ended: take what it wrote, without newlines at the end.
    const auto sink = static_cast<std::size_t>(std::stoi(frame.items.back()));
    frame.items.pop_back();
    std::string text = std::move(in_.sinks[sink].text);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    frame.captures.push_back(std::move(text));
  }
  if (frame.captures.size() >= commands.size()) return true;
  Sink sink;
  sink.kind = Sink::Kind::Capture;
  Streams streams = frame.streams;
  streams.out = new_sink(std::move(sink));
  frame.items.push_back(std::to_string(streams.out));
  push(commands[frame.captures.size()], streams, Frame::Edge::Capture, true);
  return false;
}

bool Machine::open_redirections(Frame& frame, const Node& node, Expansion* shared) {
  Expansion own(in_, system_, frame.captures);
  Expansion& expansion = shared ? *shared : own;
  for (const Redirection& wanted : node.redirections) {
    const std::string target = expand_text(expansion, wanted.target);
    if (!expansion.error.empty()) {
      complain(frame, expansion.error);
      return false;
    }
    const Path path = parse_path(target, in_.environment.cwd);
    switch (wanted.kind) {
      case Redirection::Kind::HereText:
        frame.streams.in = new_input(wanted.newline ? target + "\n" : target);
        break;
      case Redirection::Kind::Read: {
        if (target == "/dev/null") {
          frame.streams.in = new_input("");
          break;
        }
        Io<std::string> text = system_.files().read(path);
        if (!text) {
          complain(frame, fmt::format("{}: {}", target, to_string(text.error)));
          return false;
        }
        frame.streams.in = new_input(std::move(text.value));
        break;
      }
      case Redirection::Kind::DuplicateOut: {
        const int from = target == "2" ? frame.streams.err : frame.streams.out;
        (wanted.fd == 2 ? frame.streams.err : frame.streams.out) = from;
        break;
      }
      case Redirection::Kind::Write:
      case Redirection::Kind::Append: {
        Sink sink;
        int index = -1;
        if (target == "/dev/null") {
          sink.kind = Sink::Kind::Null;
        } else if (target == "/dev/stderr") {
          index = frame.streams.err;
        } else if (target == "/dev/stdout") {
          index = frame.streams.out;
        } else {
          sink.kind = Sink::Kind::File;
          sink.path = path;
          const bool appends = wanted.kind == Redirection::Kind::Append;
          const Io<Landing> opened = system_.files().write(path, "", appends, system_.now());
          if (!opened) {
            complain(frame, fmt::format("{}: {}", target, to_string(opened.error)));
            return false;
          }
        }
        if (index < 0) index = new_sink(std::move(sink));
        if (wanted.both || wanted.fd == 1) frame.streams.out = index;
        if (wanted.both || wanted.fd == 2) frame.streams.err = index;
        break;
      }
    }
  }
  return true;
}

/// Stage 0: substitutions and expansion; 1: a command that waits; 2: the time it takes; 3: a
/// function or a shell ran and has ended.
bool Machine::step_simple() {
  const std::size_t index = in_.frames.size() - 1;
  Frame& frame = in_.frames[index];
  if (frame.stage == 1) return external(index);
  if (frame.stage == 2) {
    if (in_.wait.until != kNever && system_.now() < in_.wait.until) return false;
    finish(frame.worst);
    return true;
  }
  if (frame.stage == 3) {
    finish(in_.status);
    return true;
  }
  const Node& node = *frame.node;
  std::vector<NodePtr> commands;
  for (const Assignment& assignment : node.assignments)
    collect_commands(assignment.value, commands);
  for (const Word& word : node.words) collect_commands(word, commands);
  for (const Redirection& redirection : node.redirections) {
    collect_commands(redirection.target, commands);
  }
  if (!substitutions(frame, commands)) return true;
  Expansion expansion(in_, system_, frame.captures);
  if (frame.captures.empty()) in_.randoms = mix(in_.randoms ^ system_.seed() ^ 1);
  std::vector<std::pair<std::string, std::string>> assignments;
  for (const Assignment& assignment : node.assignments) {
    std::string value = expand_text(expansion, assignment.value);
    if (assignment.append) value.insert(0, parameter(in_, assignment.name));
    if (node.words.empty()) {
      assign(in_, assignment.name, value);
    } else {
      assignments.emplace_back(assignment.name, std::move(value));
    }
  }
  frame.items.clear();
  for (const Word& word : node.words) {
    for (std::string& field : expand_fields(expansion, word))
      frame.items.push_back(std::move(field));
  }
  if (!expansion.error.empty()) {
    complain(frame, expansion.error);
    in_.status = 1;
    in_.jump = Jump::Exit;
    return true;
  }
  for (auto& [name, value] : assignments) frame.overrides[name] = std::move(value);
  if (!open_redirections(frame, node, &expansion)) {
    finish(1);
    return true;
  }
  if (in_.environment.trace && !frame.items.empty()) {
    write(frame.streams.err, fmt::format("+ {}\n", fmt::join(frame.items, " ")));
  }
  if (frame.items.empty()) {
    finish(commands.empty() ? 0 : in_.status);
    return true;
  }
  return run_command(index);
}

bool Machine::run_command(std::size_t index) {
  Frame& frame = in_.frames[index];
  const std::string name = frame.items.front();
  const auto function = in_.environment.functions.find(name);
  if (function != in_.environment.functions.end()) {
    start_function(index, function->second);
    return true;
  }
  if (is_builtin(name)) {
    int status = 0;
    if (!run_builtin(frame, &status)) return true;  // it put something on the stack, or jumped
    finish(status);
    return true;
  }
  const std::string_view base = base_name(name);
  if (!system_.has_program(name)) {
    const bool path = name.find('/') != std::string::npos;
    complain(frame, path ? fmt::format("{}: No such file or directory", name)
                         : fmt::format("{}: command not found", name));
    finish(127);
    return true;
  }
  if (base == "bash" || base == "sh") return start_shell(frame);
  frame.command = CommandState{};
  frame.command.started = system_.now();
  frame.stage = 1;
  return external(index);
}

void Machine::start_function(std::size_t index, const NodePtr& body) {
  Frame& frame = in_.frames[index];
  frame.stage = 3;
  std::vector<std::string> positional(frame.items.begin() + 1, frame.items.end());
  const Streams streams = frame.streams;
  push(body, streams, Frame::Edge::Function);
  in_.frames.back().saved_positional =
      std::exchange(in_.environment.positional, std::move(positional));
}

/// bash or sh with a script of its own: the same machine runs it, in an environment of its own.
bool Machine::start_shell(Frame& frame) {
  const std::vector<std::string> argv = frame.items;
  Environment child = child_environment(in_.environment, frame.overrides);
  child.name = std::string(base_name(argv.front()));
  std::string script;
  std::string where = child.name;
  std::size_t i = 1;
  bool given = false;
  for (; i < argv.size() && argv[i].size() > 1 && argv[i][0] == '-'; ++i) {
    if (argv[i] == "--") {
      ++i;
      break;
    }
    for (const char c : argv[i].substr(1)) {
      child.exit_on_error = child.exit_on_error || c == 'e';
      child.unset_is_error = child.unset_is_error || c == 'u';
      child.trace = child.trace || c == 'x';
      given = given || c == 'c';
    }
    if (argv[i] == "-o" && i + 1 < argv.size()) child.pipefail = argv[++i] == "pipefail";
  }
  if (given) {
    if (i >= argv.size()) {
      write(frame.streams.err, fmt::format("{}: -c: option requires an argument\n", child.name));
      finish(2);
      return true;
    }
    script = argv[i++];
    where += ": -c";
    if (i < argv.size()) child.name = argv[i++];
  } else if (i < argv.size()) {
    Io<std::string> text = system_.files().read(parse_path(argv[i], in_.environment.cwd));
    if (!text) {
      write(frame.streams.err,
            fmt::format("{}: {}: {}\n", child.name, argv[i], to_string(text.error)));
      finish(127);
      return true;
    }
    script = std::move(text.value);
    child.name = where = argv[i++];
  } else {
    script = take_input(frame.streams);
  }
  child.positional.assign(argv.begin() + static_cast<std::ptrdiff_t>(i), argv.end());
  const Parsed parsed = parse(script);
  if (!parsed.script) {
    write(frame.streams.err, fmt::format("{}: line {}: {}\n", where, parsed.line, parsed.error));
    finish(2);
    return true;
  }
  frame.stage = 3;
  push(parsed.script, frame.streams, Frame::Edge::Script, true);
  in_.frames.back().saved = std::make_shared<const Environment>(in_.environment);
  in_.frames.back().tested = false;
  in_.environment = std::move(child);
  return true;
}

/// Calls an external program, again while it waits.
bool Machine::external(std::size_t index) {
  Frame& frame = in_.frames[index];
  Process process;
  process.argv = frame.items;
  for (const auto& [name, variable] : in_.environment.variables) {
    if (variable.exported) process.env[name] = variable.value;
  }
  for (const auto& [name, value] : frame.overrides) process.env[name] = value;
  process.cwd = in_.environment.cwd;
  std::string input;
  if (frame.streams.in >= 0 && reads_input(frame.items)) {
    if (frame.captures.empty() || frame.stage == 1) {
      const Input& all = in_.inputs[static_cast<std::size_t>(frame.streams.in)];
      input = all.text.substr(std::min(all.at, all.text.size()));
    }
  }
  Step step = system_.run(frame.items, input, process, frame.command);
  Frame& after = in_.frames[index];
  deliver(after, step.output);
  if (!step.done) {
    after.command = std::move(step.state);
    in_.wait = step.wait;
    return false;
  }
  if (!input.empty()) take_input(after.streams);
  if (step.took.ns > 0) {
    after.stage = 2;
    after.worst = step.exit;
    in_.wait = Wait{system_.now() + step.took, false};
    return false;
  }
  finish(step.exit);
  return true;
}

/// Runs a builtin; false when it has put a frame on the stack or asked for a jump instead of
/// ending.
bool Machine::run_builtin(Frame& frame, int* status) {
  const std::vector<std::string> argv = frame.items;
  const std::string& name = argv.front();
  const auto number = [&](std::size_t i, int fallback) {
    int value = fallback;
    if (i < argv.size()) {
      std::from_chars(argv[i].data(), argv[i].data() + argv[i].size(), value);
    }
    return value;
  };
  if (name == ":" || name == "true" || name == "umask" || name == "wait") return true;
  if (name == "false") {
    *status = 1;
    return true;
  }
  if (name == "echo" || name == "printf" || name == "test" || name == "[") {
    Process process;
    process.argv = argv;
    process.cwd = in_.environment.cwd;
    Surroundings around;
    around.gnu = true;
    const Step step = run_userland(argv, "", process, {}, system_, around);
    for (const Chunk& chunk : step.output) {
      // As bash says it of its own builtins.
      write(chunk.err ? frame.streams.err : frame.streams.out,
            chunk.err
                ? fmt::format("{}: line {}: {}", in_.environment.name, frame.node->line, chunk.text)
                : chunk.text);
    }
    *status = step.exit;
    return true;
  }
  if (name == "pwd") {
    write(frame.streams.out, to_string(in_.environment.cwd) + "\n");
    return true;
  }
  if (name == "cd") {
    *status = builtin_cd(frame);
    return true;
  }
  if (name == "read") {
    *status = builtin_read(frame);
    return true;
  }
  if (name == "set") {
    *status = builtin_set(frame);
    return true;
  }
  if (name == "export" || name == "readonly") {
    *status = builtin_export(frame);
    return true;
  }
  if (name == "local") {
    *status = builtin_local(frame);
    return true;
  }
  if (name == "unset") {
    for (std::size_t i = 1; i < argv.size(); ++i) {
      in_.environment.variables.erase(argv[i]);
      in_.environment.functions.erase(argv[i]);
    }
    return true;
  }
  if (name == "shift") {
    auto& all = in_.environment.positional;
    const auto n = static_cast<std::size_t>(std::max(number(1, 1), 0));
    if (n > all.size()) {
      *status = 1;
    } else {
      all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return true;
  }
  if (name == "trap") {
    for (std::size_t i = 2; i < argv.size(); ++i) {
      std::string signal = argv[i].rfind("SIG", 0) == 0 ? argv[i].substr(3) : argv[i];
      if (signal == "15") signal = "TERM";
      if (signal == "0") signal = "EXIT";
      if (argv[1] == "-") {
        in_.environment.traps.erase(signal);
      } else {
        in_.environment.traps[signal] = argv[1];
      }
    }
    return true;
  }
  if (name == "type" || name == "command" || name == "builtin") {
    *status = builtin_command(frame);
    return *status >= 0;
  }
  if (name == "eval" || name == "source" || name == ".") {
    std::string script;
    if (name == "eval") {
      script = fmt::format("{}", fmt::join(argv.begin() + 1, argv.end(), " "));
    } else if (argv.size() < 2) {
      complain(frame, fmt::format("{}: filename argument required", name));
      *status = 2;
      return true;
    } else {
      Io<std::string> text = system_.files().read(parse_path(argv[1], in_.environment.cwd));
      if (!text) {
        complain(frame, fmt::format("{}: {}", argv[1], to_string(text.error)));
        *status = 1;
        return true;
      }
      script = std::move(text.value);
    }
    const Parsed parsed = parse(script);
    if (!parsed.script) {
      complain(frame, parsed.error);
      *status = 1;
      return true;
    }
    frame.stage = 3;
    in_.status = 0;
    push(parsed.script, frame.streams);
    return false;
  }
  // What is left jumps: break, continue, return, exit.
  if (name == "exit" || name == "return") {
    in_.status = argv.size() > 1 ? number(1, 2) & 255 : in_.status;
    in_.jump = name == "exit" ? Jump::Exit : Jump::Return;
    return false;
  }
  in_.jump = name == "break" ? Jump::Break : Jump::Continue;
  in_.jump_levels = std::max(number(1, 1), 1);
  in_.status = 0;
  return false;
}

int Machine::builtin_cd(Frame& frame) {
  std::string target = frame.items.size() > 1 ? frame.items[1] : parameter(in_, "HOME");
  if (target == "-") target = parameter(in_, "OLDPWD");
  const Path path = parse_path(target, in_.environment.cwd);
  const Io<Stat> found = system_.files().stat(path);
  if (!found || found.value.type != FileType::Directory) {
    complain(frame,
             fmt::format("cd: {}: {}", target, found ? "Not a directory" : to_string(found.error)));
    return 1;
  }
  assign(in_, "OLDPWD", to_string(in_.environment.cwd));
  in_.environment.cwd = path;
  return 0;
}

int Machine::builtin_read(Frame& frame) {
  if (frame.streams.in < 0) return 1;
  Input& input = in_.inputs[static_cast<std::size_t>(frame.streams.in)];
  if (input.at >= input.text.size()) return 1;
  const std::size_t end = input.text.find('\n', input.at);
  std::string line = input.text.substr(input.at, end == std::string::npos ? end : end - input.at);
  input.at = end == std::string::npos ? input.text.size() : end + 1;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < frame.items.size(); ++i) {
    if (frame.items[i] == "-p" && i + 1 < frame.items.size()) {
      ++i;
    } else if (frame.items[i].empty() || frame.items[i][0] != '-') {
      names.push_back(frame.items[i]);
    }
  }
  if (names.empty()) names.emplace_back("REPLY");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t begin = line.find_first_not_of(" \t");
    line = begin == std::string::npos ? "" : line.substr(begin);
    if (i + 1 == names.size()) {
      const std::size_t last = line.find_last_not_of(" \t");
      assign(in_, names[i], last == std::string::npos ? "" : line.substr(0, last + 1));
      break;
    }
    const std::size_t stop = std::min(line.find_first_of(" \t"), line.size());
    assign(in_, names[i], line.substr(0, stop));
    line = line.substr(stop);
  }
  return 0;
}

int Machine::builtin_set(Frame& frame) {
  Environment& environment = in_.environment;
  for (std::size_t i = 1; i < frame.items.size(); ++i) {
    const std::string& word = frame.items[i];
    if (word == "--" || word.empty() || (word[0] != '-' && word[0] != '+')) {
      environment.positional.assign(
          frame.items.begin() + static_cast<std::ptrdiff_t>(word == "--" ? i + 1 : i),
          frame.items.end());
      return 0;
    }
    const bool on = word[0] == '-';
    for (const char c : word.substr(1)) {
      if (c == 'e') environment.exit_on_error = on;
      if (c == 'u') environment.unset_is_error = on;
      if (c == 'x') environment.trace = on;
      if (c == 'o' && i + 1 < frame.items.size()) {
        const std::string& option = frame.items[++i];
        if (option == "pipefail") environment.pipefail = on;
        if (option == "errexit") environment.exit_on_error = on;
        if (option == "nounset") environment.unset_is_error = on;
        if (option == "xtrace") environment.trace = on;
      }
    }
  }
  return 0;
}

int Machine::builtin_export(Frame& frame) {
  for (std::size_t i = 1; i < frame.items.size(); ++i) {
    const std::string& word = frame.items[i];
    if (word.empty() || word[0] == '-') continue;
    const std::size_t equals = word.find('=');
    Variable& variable = in_.environment.variables[word.substr(0, equals)];
    if (equals != std::string::npos) variable.value = word.substr(equals + 1);
    if (frame.items[0] == "export") variable.exported = true;
  }
  return 0;
}

int Machine::builtin_local(Frame& frame) {
  Frame* function = nullptr;
  for (auto at = in_.frames.rbegin(); at != in_.frames.rend() && !function; ++at) {
    if (at->edge == Frame::Edge::Function) function = &*at;
  }
  if (!function) {
    complain(frame, "local: can only be used in a function");
    return 1;
  }
  for (std::size_t i = 1; i < frame.items.size(); ++i) {
    const std::size_t equals = frame.items[i].find('=');
    const std::string name = frame.items[i].substr(0, equals);
    const auto known = in_.environment.variables.find(name);
    if (known == in_.environment.variables.end()) {
      function->local_unset.push_back(name);
    } else {
      function->locals.emplace_back(name, known->second.value);
    }
    assign(in_, name, equals == std::string::npos ? "" : frame.items[i].substr(equals + 1));
  }
  return 0;
}

/// `command`, `builtin` and `type`; -1 when a command has been put in the place of this one.
int Machine::builtin_command(Frame& frame) {
  std::vector<std::string>& argv = frame.items;
  const bool asks = argv[0] == "type" || (argv.size() > 1 && (argv[1] == "-v" || argv[1] == "-V"));
  if (!asks) {
    argv.erase(argv.begin());
    if (argv.empty()) return 0;
    if (is_builtin(argv.front())) {
      int status = 0;
      return run_builtin(frame, &status) ? status : -1;
    }
    if (!system_.has_program(argv.front())) {
      complain(frame, fmt::format("{}: command not found", argv.front()));
      return 127;
    }
    frame.command = CommandState{};
    frame.stage = 1;
    return -1;
  }
  int status = 0;
  for (std::size_t i = argv[0] == "type" ? 1 : 2; i < argv.size(); ++i) {
    const std::string& name = argv[i];
    const bool known = is_builtin(name) || in_.environment.functions.count(name) != 0;
    if (argv[0] == "type" && known) {
      write(frame.streams.out,
            fmt::format("{} is a shell {}\n", name, is_builtin(name) ? "builtin" : "function"));
    } else if (known) {
      write(frame.streams.out, name + "\n");
    } else if (system_.has_program(name)) {
      const std::string path = "/usr/bin/" + std::string(base_name(name));
      write(frame.streams.out,
            argv[0] == "type" ? fmt::format("{} is {}\n", name, path) : path + "\n");
    } else {
      if (argv[0] == "type") complain(frame, fmt::format("type: {}: not found", name));
      status = 1;
    }
  }
  return status;
}

namespace {

/// [[ … ]] over words that are expanded when they are reached.
class Test {
 public:
  Test(Expansion& expansion, System& system, const std::vector<Word>& words)
      : expansion_(expansion), system_(system), words_(words) {}

  bool whole() {
    const bool value = either();
    if (at_ < words_.size() && expansion_.error.empty()) {
      expansion_.error = "syntax error in conditional expression";
    }
    return value;
  }

 private:
  /// The unquoted text of the word here, for operators.
  std::string_view plain(std::size_t ahead = 0) const {
    if (at_ + ahead >= words_.size() || words_[at_ + ahead].size() != 1) return "";
    const Part& part = words_[at_ + ahead].front();
    return part.kind == Part::Kind::Text && !part.quoted ? std::string_view(part.text)
                                                         : std::string_view();
  }
  bool take(std::string_view op) {
    if (plain() != op) return false;
    ++at_;
    return true;
  }
  std::string next() {
    if (at_ >= words_.size()) {
      expansion_.error = "syntax error in conditional expression";
      return "";
    }
    return expand_text(expansion_, words_[at_++]);
  }

  bool either() {
    bool value = both();
    while (take("||")) {
      const bool right = both();
      value = value || right;
    }
    return value;
  }
  bool both() {
    bool value = one();
    while (take("&&")) {
      const bool right = one();
      value = value && right;
    }
    return value;
  }
  bool one() {
    if (++depth_ > 100) {
      expansion_.error = "conditional expression nested too deeply";
      at_ = words_.size();
      return false;
    }
    if (take("!")) return !one();
    if (take("(")) {
      const bool value = either();
      if (!take(")")) expansion_.error = "expected `)'";
      return value;
    }
    const std::string_view op = plain();
    const bool unary = op.size() == 2 && op[0] == '-' && at_ + 1 < words_.size() &&
                       std::string_view("defhLnrswxz").find(op[1]) != std::string_view::npos;
    if (unary && !is_binary(plain(1))) {
      ++at_;
      return file_test(op[1], next());
    }
    const std::string left = next();
    const std::string_view binary = plain();
    if (!is_binary(binary)) return !left.empty();
    ++at_;
    return compare(left, binary);
  }
  static bool is_binary(std::string_view op) {
    static constexpr std::array<std::string_view, 12> kOps = {
        "!=", "-eq", "-ge", "-gt", "-le", "-lt", "-ne", "<", "=", "==", "=~", ">"};
    return std::find(kOps.begin(), kOps.end(), op) != kOps.end();
  }
  bool compare(const std::string& left, std::string_view op) {
    if (op == "==" || op == "=" || op == "!=") {
      if (at_ >= words_.size()) return false;
      const std::string pattern = expand_pattern(expansion_, words_[at_++]);
      return matches_pattern(pattern, left) == (op != "!=");
    }
    const std::string right = next();
    if (op == "<") return left < right;
    if (op == ">") return left > right;
    if (op == "=~") {
      // Long texts and patterns could exhaust the stack of the library's matcher.
      if (right.size() > 1000 || left.size() > 10000) return false;
      try {
        return std::regex_search(left, std::regex(right, std::regex::extended));
      } catch (const std::regex_error&) {
        expansion_.error = "syntax error in regular expression";
        return false;
      }
    }
    const std::int64_t a = arithmetic(expansion_, left);
    const std::int64_t b = arithmetic(expansion_, right);
    if (op == "-eq") return a == b;
    if (op == "-ne") return a != b;
    if (op == "-lt") return a < b;
    if (op == "-le") return a <= b;
    if (op == "-gt") return a > b;
    return a >= b;
  }
  bool file_test(char op, const std::string& word) {
    if (op == 'n') return !word.empty();
    if (op == 'z') return word.empty();
    const Path path = parse_path(word, expansion_.interpreter.environment.cwd);
    const bool link = op == 'h' || op == 'L';
    const Io<Stat> found = system_.files().stat(path, !link);
    if (!found) return false;
    if (link) return found.value.type == FileType::Symlink;
    if (op == 'd') return found.value.type == FileType::Directory;
    if (op == 'f') return found.value.type == FileType::File;
    if (op == 's') return found.value.size > 0;
    if (op == 'x') return (found.value.mode & 0111) != 0;
    return true;
  }

  Expansion& expansion_;
  System& system_;
  const std::vector<Word>& words_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool Machine::test_expression(Expansion& expansion, const std::vector<Word>& words) {
  return Test(expansion, system_, words).whole();
}

}  // namespace sim::shell
