#include "sim/programs/process.h"

#include <utility>

#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/base/input_error.h"
#include "sim/programs/interpreter.h"
#include "sim/programs/shell_machine.h"

namespace sim {
namespace {

constexpr int kKilled = 137;

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Interpreter new_interpreter() {
  Interpreter interpreter;
  shell::Sink err;
  err.err = true;
  interpreter.sinks = {shell::Sink(), err};
  return interpreter;
}

/// The interpreter to change: its own when nobody else holds it.
Interpreter& editable(Process& process) {
  if (process.interpreter.use_count() != 1) {
    process.interpreter = std::make_shared<const Interpreter>(*process.interpreter);
  }
  return const_cast<Interpreter&>(*process.interpreter);
}

/// A single program as a script of one command, its words taken as they are.
shell::NodePtr command_node(const std::vector<std::string>& argv) {
  auto node = std::make_shared<shell::Node>();
  node->kind = shell::Node::Kind::Simple;
  for (const std::string& word : argv) {
    shell::Part part;
    part.quoted = true;
    part.text = word;
    node->words.push_back({part});
  }
  return node;
}

}  // namespace

void append(Output& output, bool err, std::string_view text) {
  if (text.empty()) return;
  if (output.empty() || output.back().err != err) output.push_back({err, ""});
  output.back().text += text;
}

std::string text_of(const Output& output) {
  std::string text;
  for (const Chunk& chunk : output) text += chunk.text;
  return text;
}

std::string standard_output(const Output& output) {
  std::string text;
  for (const Chunk& chunk : output) {
    if (!chunk.err) text += chunk.text;
  }
  return text;
}

Process make_process(std::vector<std::string> argv, std::map<std::string, std::string> env,
                     Path cwd) {
  Process process;
  process.argv = std::move(argv);
  process.env = std::move(env);
  process.cwd = std::move(cwd);
  Interpreter interpreter = new_interpreter();
  shell::Frame frame;
  frame.node = command_node(process.argv);
  interpreter.frames.push_back(std::move(frame));
  for (const auto& [name, value] : process.env) {
    interpreter.environment.variables[name] = {value, true};
  }
  interpreter.environment.cwd = process.cwd;
  process.interpreter = std::make_shared<const Interpreter>(std::move(interpreter));
  return process;
}

Process make_script(std::string_view text, const std::string& file) {
  Process process;
  process.argv = {"bash"};
  process.interpreter = std::make_shared<const Interpreter>(new_interpreter());
  if (!file.empty()) {
    const shell::Parsed parsed = shell::parse(text);
    if (!parsed.script) {
      throw InputError({Diagnostic{file, parsed.line, 1, "", parsed.error, ""}});
    }
  }
  process.done = true;
  if (!text.empty()) feed(process, text);
  return process;
}

void feed(Process& process, std::string_view text) {
  Interpreter& interpreter = editable(process);
  for (const auto& [name, value] : process.env) {
    if (interpreter.environment.variables.count(name) == 0) {
      interpreter.environment.variables[name] = {value, true};
    }
  }
  if (interpreter.environment.cwd.empty()) interpreter.environment.cwd = process.cwd;
  process.done = false;
  const shell::Parsed parsed = shell::parse(text);
  if (!parsed.script) {
    append(interpreter.output, true, fmt::format("bash: line {}: {}\n", parsed.line, parsed.error));
    interpreter.status = 2;
    return;
  }
  shell::Frame frame;
  frame.node = parsed.script;
  interpreter.frames.push_back(std::move(frame));
}

bool needs_more(std::string_view text) {
  if (!text.empty() && text.back() == '\\') return true;
  const shell::Parsed parsed = shell::parse(text);
  return !parsed.script && parsed.unfinished;
}

Output advance(Process& process, System& system, int budget) {
  if (process.done) return {};
  Interpreter& interpreter = editable(process);
  if (interpreter.randoms == 0) interpreter.randoms = mix(system.seed() + 1);
  shell::Machine machine(interpreter, system);
  switch (machine.run(budget)) {
    case shell::Machine::Result::Waiting:
      process.wait = interpreter.wait;
      break;
    case shell::Machine::Result::Ended:
      process.done = true;
      process.exit = interpreter.status;
      process.wait = Wait{};
      break;
    case shell::Machine::Result::OutOfBudget:
      append(interpreter.output, true,
             fmt::format("{}: ended: it ran {} steps without waiting\n",
                         process.argv.empty() ? "bash" : base_name(process.argv.front()), budget));
      interrupt(process);
      process.exit = kKilled;
      break;
  }
  process.cwd = editable(process).environment.cwd;
  return std::exchange(editable(process).output, Output());
}

void interrupt(Process& process) {
  constexpr int kInterrupted = 130;
  Interpreter& interpreter = editable(process);
  while (!interpreter.frames.empty()) {
    if (interpreter.frames.back().saved) interpreter.environment = *interpreter.frames.back().saved;
    interpreter.frames.pop_back();
  }
  interpreter.sinks.resize(2);
  interpreter.inputs.clear();
  interpreter.jump = shell::Jump::None;
  interpreter.status = kInterrupted;
  process.done = true;
  process.exit = kInterrupted;
  process.wait = Wait{};
}

bool has_exited(const Process& process) {
  return process.interpreter && process.interpreter->exited;
}

}  // namespace sim
