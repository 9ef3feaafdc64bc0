#include "sim/programs/process.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_parser.h"

namespace sim {
namespace {

constexpr int kKilled = 128 + 9;
constexpr int kInterrupted = 128 + 2;
constexpr std::int64_t kTerminalPid = 1000;  // of the shell that a person types to

/// "line 3: text" → 3 and the text.
std::pair<int, std::string> split_error(const std::string& error) {
  constexpr std::string_view kLine = "line ";
  const std::size_t colon = error.find(": ");
  if (error.rfind(kLine, 0) != 0 || colon == std::string::npos) return {1, error};
  int line = 0;
  for (const char c : error.substr(kLine.size(), colon - kLine.size())) {
    if (c >= '0' && c <= '9' && line < 100000000) line = line * 10 + (c - '0');
  }
  return {line, error.substr(colon + 2)};
}

/// The shell that a signal from outside reaches: not one inside it.
const shell::Shell& outer_shell(const Interpreter& interpreter) {
  for (const shell::Frame& frame : interpreter.stack) {
    if (frame.saved_shell) return *frame.saved_shell;
  }
  return interpreter.shell;
}

/// A program that is no script: the System runs it, again for as long as it waits.
void run_single(Process& process, System& system, Output& output) {
  constexpr int kEnded = -1;  // it has ended, and takes its time
  if (process.command.stage != kEnded) {
    if (process.command.started == Time{}) process.command.started = system.now();
    const Time started = process.command.started;
    Step step = system.run(process.argv, process.input, process, process.command);
    for (const Chunk& chunk : step.output) append(output, chunk.err, chunk.text);
    if (!step.done) {
      process.command = std::move(step.state);
      process.command.started = started;
      process.wait = step.wait;
      return;
    }
    process.command = CommandState();
    process.command.stage = kEnded;
    process.exit = step.exit;
    process.wait = {system.now() + step.took, false};
  }
  if (process.wait.until > system.now()) return;
  process.done = true;
  process.wait = Wait{};
}

}  // namespace

namespace shell {

Interpreter& editable(Process& process) {
  if (!process.interpreter) {
    process.interpreter = std::make_shared<const Interpreter>();
  } else if (process.interpreter.use_count() != 1) {
    process.interpreter = std::make_shared<const Interpreter>(*process.interpreter);
  }
  return const_cast<Interpreter&>(*process.interpreter);
}

bool run_process(Process& process, System& system, Output& output, int& budget) {
  if (process.done) return true;
  if (!process.interpreter) {
    run_single(process, system, output);
    return true;
  }
  Interpreter& interpreter = editable(process);
  Machine machine(interpreter, process, system, output, budget);
  const bool in_time = machine.run();
  process.cwd = interpreter.shell.cwd;
  process.wait = Wait{};
  process.done = interpreter.stack.empty() && !interpreter.blocked;
  if (process.done) {
    process.exit = interpreter.status;
    return in_time;
  }
  if (interpreter.blocked) process.wait = interpreter.wait;
  for (const Job& job : interpreter.jobs) {
    if (job.process.done) continue;
    process.wait.until = std::min(process.wait.until, job.process.wait.until);
    process.wait.on_change = process.wait.on_change || job.process.wait.on_change;
  }
  return in_time;
}

}  // namespace shell

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
  if (process.argv.empty()) {
    process.done = true;
  } else if (shell::is_shell(process.argv[0]) || shell::is_wrapper(process.argv[0])) {
    process.interpreter = std::make_shared<const Interpreter>();
  }
  return process;
}

Process make_script(std::string_view text, const std::string& file) {
  if (!file.empty()) {
    const shell::Program program = shell::parse(text);
    if (!program.errors.empty()) {
      const auto [line, message] = split_error(program.errors.front());
      throw InputError({Diagnostic{file, line, 1, "", message, ""}});
    }
  }
  Process process;
  process.argv = {"bash"};
  process.pid = kTerminalPid;
  process.interpreter = std::make_shared<const Interpreter>();
  process.done = true;
  if (!text.empty()) feed(process, text);
  return process;
}

void feed(Process& process, std::string_view text) {
  Interpreter& interpreter = shell::editable(process);
  interpreter.fed = true;
  interpreter.exited = false;
  interpreter.blocked = false;
  // The prompt would have told of those that have ended.
  for (shell::Job& job : interpreter.jobs) job.reported = job.reported || job.process.done;
  shell::Frame root;
  root.kind = shell::Frame::Kind::Root;
  root.program = std::make_shared<const shell::Program>(shell::parse(text));
  interpreter.stack.push_back(std::move(root));
  process.done = false;
  process.wait = Wait{};
}

bool needs_more(std::string_view text) { return shell::parse(text).incomplete; }

Output advance(Process& process, System& system, int budget) {
  Output output;
  const int given = budget;
  if (shell::run_process(process, system, output, budget)) return output;
  const std::string name =
      process.argv.empty() ? "bash" : std::string(shell::base_name(process.argv.front()));
  append(output, true, fmt::format("{}: ended: it ran {} steps without waiting\n", name, given));
  interrupt(process);
  process.exit = kKilled;
  shell::editable(process).status = kKilled;
  return output;
}

void interrupt(Process& process) {
  process.done = true;
  process.exit = kInterrupted;
  process.wait = Wait{};
  if (!process.interpreter) return;
  Interpreter& interpreter = shell::editable(process);
  while (!interpreter.stack.empty()) shell::pop_frame(interpreter);
  interpreter.buffers.clear();
  interpreter.captured.clear();
  interpreter.blocked = false;
  interpreter.waits_for_jobs = false;
  interpreter.ready_at = Time{};
  interpreter.status = kInterrupted;
  process.cwd = interpreter.shell.cwd;
}

bool has_exited(const Process& process) {
  return process.interpreter && process.interpreter->exited;
}

std::string program_of(const Process& process) {
  std::string name = process.argv.empty() ? "" : process.argv.front();
  if (!process.interpreter) return name;
  bool is_process = true;  // so far: not a child of it
  for (const shell::Frame& frame : process.interpreter->stack) {
    if (frame.saved_shell && !is_process) break;
    if (frame.kind != shell::Frame::Kind::Command || frame.words.empty()) continue;
    is_process = frame.run_by == "exec";
    if (is_process) name = frame.words.front();
  }
  return name;
}

bool handles_signal(const Process& process, int signal) {
  constexpr int kSigkill = 9;
  if (!process.interpreter || process.done || signal == 0 || signal == kSigkill) return false;
  return outer_shell(*process.interpreter).traps.count(shell::signal_name(signal)) != 0;
}

void send_signal(Process& process, int signal) {
  if (!handles_signal(process, signal)) return;
  Interpreter& interpreter = shell::editable(process);
  if (interpreter.signals.size() < shell::kMostSignals) interpreter.signals.push_back(signal);
}

}  // namespace sim
