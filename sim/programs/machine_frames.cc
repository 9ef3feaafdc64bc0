// The stack: how frames come and go, and the loop that moves the topmost one.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {

bool is_loop(const Frame& frame) {
  if (frame.kind != Frame::Kind::Node) return false;
  const Node::Kind kind = frame.node->kind;
  return kind == Node::Kind::While || kind == Node::Kind::Until || kind == Node::Kind::For ||
         kind == Node::Kind::ForArithmetic;
}

bool is_barrier(const Frame& frame) {
  return frame.kind == Frame::Kind::Root || frame.kind == Frame::Kind::Subshell;
}

void Machine::charge(std::size_t bytes) {
  charged_ += bytes;
  const std::size_t steps = charged_ / kBytesPerStep;
  charged_ %= kBytesPerStep;
  budget_ -= static_cast<int>(std::min<std::size_t>(steps, 1u << 24));
  budget_ = std::max(budget_, -1);
}

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
  charge(kVariableCost * (shell.variables.size() + shell.functions.size()) +
         sizeof(std::string) * shell.arguments.size());
  ++shell.subshell_depth;
  shell.own_pid = process_.pid + ++in_.last_pid;
  shell.random_stream = ++in_.subshells;
  shell.random_draws = 0;
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

void pop_frame(Interpreter& in) {
  Frame& frame = in.stack.back();
  restore_variables(in.shell, frame.saved_variables);
  if (frame.saved_descriptors) in.shell.descriptors = std::move(*frame.saved_descriptors);
  if (frame.saved_arguments) in.shell.arguments = std::move(*frame.saved_arguments);
  if (frame.kind == Frame::Kind::Function) --in.shell.function_depth;
  if (frame.captures) {
    const int id = static_cast<int>(in.buffers.size()) - 1;
    for (Job& job : in.jobs) {
      for (Descriptor* to : {&job.out, &job.err}) {
        if (to->kind == Descriptor::Kind::Buffer && to->id == id) *to = Descriptor();
      }
    }
    in.captured = std::move(in.buffers.back());
    in.buffers.pop_back();
  }
  if (frame.saved_shell) in.shell = *frame.saved_shell;
  in.stack.pop_back();
}

void Machine::pop() { pop_frame(in_); }

void Machine::finish(int status, bool check) {
  in_.status = status;
  const bool tested = top().tested;
  if (check) in_.pipe_statuses.assign(1, status);
  pop();
  if (!check || status == 0 || tested) return;
  const Shell& shell = in_.shell;
  const auto trap = shell.traps.find("ERR");
  if (trap != shell.traps.end() && !trap->second.empty() && shell.function_depth == 0) {
    Frame frame;
    frame.kind = Frame::Kind::Trap;
    frame.tested = true;
    frame.index = shell.exit_on_error ? 1 : 0;
    frame.program = std::make_shared<const Program>(parse(trap->second));
    in_.stack.push_back(std::move(frame));
    return;
  }
  if (shell.exit_on_error) exit_shell(status);
}

void Machine::exit_shell(int status) {
  in_.status = status;
  while (!in_.stack.empty() && !is_barrier(top())) pop();
  if (in_.stack.empty()) return;
  top().stage = 1;
  if (top().kind == Frame::Kind::Root) in_.exited = true;
}

void Machine::end_shell(int signal) {
  // The innermost shell that has a process number of its own.
  while (in_.stack.size() > 1 && top().run_by != "shell") pop();
  if (signal == 9) in_.shell.traps.erase("EXIT");
  if (in_.stack.size() > 1) write(2, signal == 9 ? "Killed\n" : "Terminated\n");
  in_.status = 128 + signal;
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

/// Complains when there are too many shells inside each other.
bool Machine::may_fork() {
  if (in_.shell.subshell_depth < kDeepestSubshell) return true;
  complain("fork: retry: Resource temporarily unavailable");
  exit_shell(254);
  return false;
}

void Machine::block(const Wait& wait) {
  in_.blocked = true;
  in_.wait = wait;
  for (const Frame& frame : in_.stack) in_.wait.until = std::min(in_.wait.until, frame.deadline);
}

// ---- Running ----

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
  shell.own_pid = process_.pid;
  in_.inputs[0] = {std::make_shared<const std::string>(process_.input), 0};
  shell.descriptors[0] = {Descriptor::Kind::Input, 0, {}};
  shell.descriptors[1] = {Descriptor::Kind::Output, 0, {}};
  shell.descriptors[2] = {Descriptor::Kind::Error, 0, {}};
  if (in_.stack.empty()) {
    Frame root;
    root.kind = Frame::Kind::Root;
    in_.stack.push_back(std::move(root));
    if (is_shell(process_.argv[0])) {
      start_shell(process_.argv, false);
    } else {
      // A program that runs others: env, timeout, xargs.
      shell.name = process_.argv[0];
      top().words = process_.argv;
    }
  }
}

/// A stage of a pipe that writes for ever ends when who reads has had enough: what it has written
/// by now must do. Once in a run.
bool Machine::cut_pipe() {
  constexpr int kBrokenPipe = 128 + 13;
  constexpr int kMore = 20000;  // steps for what follows
  const auto found = std::find_if(in_.stack.begin(), in_.stack.end(), [](const Frame& frame) {
    return frame.is_pipe_stage && frame.captures;
  });
  if (pipe_cut_ || found == in_.stack.end()) return false;
  pipe_cut_ = true;
  budget_ = kMore;
  const auto at = static_cast<std::size_t>(found - in_.stack.begin());
  while (in_.stack.size() > at + 1) pop();
  finish(kBrokenPipe);
  return true;
}

/// What a command gives whose time is over: GNU's timeout has a status of its own, busybox's is the
/// command itself, which the signal ends.
int Machine::time_out(const Frame& frame) {
  constexpr int kTimedOut = 124;
  constexpr int kSigkill = 9;
  const auto signal = static_cast<int>(frame.state.number);
  if (system_.has_gnu_tools() && signal != kSigkill) return kTimedOut;
  if (in_.stack.size() > 2) write(2, signal == kSigkill ? "Killed\n" : "Terminated\n");
  return 128 + signal;
}

bool Machine::run_stack() {
  const Time now = system_.now();
  if (in_.blocked) {
    bool due = in_.wait.on_change || now >= in_.wait.until || in_.waits_for_jobs;
    for (const Frame& frame : in_.stack) due = due || frame.deadline <= now;
    if (!due && in_.signals.empty()) return true;
    in_.blocked = false;
    in_.waits_for_jobs = false;
  }
  while (!in_.stack.empty()) {
    if (in_.ready_at > now) {
      block({in_.ready_at, false});
      return true;
    }
    for (std::size_t at = 0; at < in_.stack.size(); ++at) {
      if (in_.stack[at].deadline > now) continue;
      while (in_.stack.size() > at + 1) pop();
      finish(time_out(in_.stack[at]));
      break;
    }
    if (in_.stack.empty()) break;
    if (!in_.signals.empty() && run_traps()) continue;
    if (--budget_ < 0 && !cut_pipe()) return false;
    if (in_.stack.size() > kMostFrames) {
      complain("commands nested too deeply");
      exit_shell(1);
      continue;
    }
    step();
    if (!in_.uploads.empty()) close_uploads();
    if (in_.blocked) return true;
  }
  // The last command takes its time too.
  if (in_.ready_at > now) {
    block({in_.ready_at, false});
    return true;
  }
  return true;
}

bool Machine::run() {
  if (!in_.started) begin();
  while (true) {
    if (!run_stack()) return false;
    bool moved = false;
    if (!run_jobs(&moved)) return false;
    if (moved && in_.waits_for_jobs) continue;
    // A command that `kubectl exec` runs has not ended while a job still holds its output. The
    // first process of a container takes its jobs with it.
    const bool stays = in_.stack.empty() && !in_.blocked && !in_.fed && process_.pid != 1;
    if (stays && (any_job_writes_to(Descriptor::Kind::Output, 0) ||
                  any_job_writes_to(Descriptor::Kind::Error, 0))) {
      in_.waits_for_jobs = true;
      block({kNever, false});
    }
    return true;
  }
}

}  // namespace sim::shell
