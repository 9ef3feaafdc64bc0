// Commands in the background, and signals.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

// Of what is left, a job gets this part; so no job takes all from the shell.
constexpr int kPartOfJob = 4;
constexpr int kKilled = 128 + 9;

std::optional<std::int64_t> number_of(std::string_view text) {
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Job* Machine::find_job(std::string_view spec) {
  std::vector<Job>& jobs = in_.jobs;
  if (spec.empty() || spec[0] != '%') {
    const auto pid = number_of(spec);
    const auto found = std::find_if(jobs.begin(), jobs.end(),
                                    [&](const Job& job) { return pid && job.pid == *pid; });
    return found == jobs.end() ? nullptr : &*found;
  }
  spec.remove_prefix(1);
  const auto listed = [](const Job& job) { return !job.reported; };
  if (spec.empty() || spec == "%" || spec == "+") {
    const auto last = std::find_if(jobs.rbegin(), jobs.rend(), listed);
    return last == jobs.rend() ? nullptr : &*last;
  }
  if (spec == "-") {
    auto last = std::find_if(jobs.rbegin(), jobs.rend(), listed);
    if (last != jobs.rend()) last = std::find_if(std::next(last), jobs.rend(), listed);
    return last == jobs.rend() ? nullptr : &*last;
  }
  const auto number = number_of(spec);
  const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) {
    return listed(job) && (number ? job.number == *number : job.text.rfind(spec, 0) == 0);
  });
  return found == jobs.end() ? nullptr : &*found;
}

void Machine::start_job(const Node& list, std::size_t child) {
  const auto over = [](const Job& job) { return job.process.done && job.reported; };
  in_.jobs.erase(std::remove_if(in_.jobs.begin(), in_.jobs.end(), over), in_.jobs.end());
  if (in_.jobs.size() >= kMostJobs || in_.job_depth >= kDeepestJob) {
    complain("fork: retry: Resource temporarily unavailable");
    exit_shell(254);
    return;
  }
  Job job;
  job.number = in_.jobs.empty() ? 1 : in_.jobs.back().number + 1;
  job.pid = process_.pid + ++in_.last_pid;
  job.text = child < list.texts.size() ? list.texts[child] : "";
  in_.background_pid = job.pid;
  auto copy = std::make_shared<Interpreter>();
  copy->shell = in_.shell;
  charge(kVariableCost * (in_.shell.variables.size() + in_.shell.functions.size() + 16));
  ++copy->shell.subshell_depth;
  copy->shell.random_stream = ++in_.subshells;
  copy->shell.random_draws = 0;
  copy->shell.own_pid = job.pid;
  copy->relatives = in_.relatives;
  copy->relatives.push_back(in_.shell.pid);
  for (const Job& other : in_.jobs) copy->relatives.push_back(other.pid);
  // What is ignored stays ignored.
  for (auto trap = copy->shell.traps.begin(); trap != copy->shell.traps.end();) {
    trap = trap->second.empty() ? std::next(trap) : copy->shell.traps.erase(trap);
  }
  copy->inputs = in_.inputs;
  copy->last_input = in_.last_input;
  copy->line = in_.line;
  copy->last_pid = in_.last_pid;
  copy->job_depth = in_.job_depth + 1;
  copy->started = true;
  copy->start = in_.start;
  // What the job writes to a pipe or to the terminal passes through us; files are its own affair.
  for (auto& [number, descriptor] : copy->shell.descriptors) {
    if (descriptor.kind == Descriptor::Kind::File || descriptor.kind == Descriptor::Kind::Input ||
        descriptor.kind == Descriptor::Kind::Null) {
      continue;
    }
    if (number == 1) job.out = descriptor;
    if (number == 2) job.err = descriptor;
    const Descriptor::Kind kind = number == 1   ? Descriptor::Kind::Output
                                  : number == 2 ? Descriptor::Kind::Error
                                                : Descriptor::Kind::Null;
    descriptor = {kind, 0, {}};
  }
  // 2>&1: both go the same way.
  const auto err = copy->shell.descriptors.find(2);
  if (err != copy->shell.descriptors.end() && job.err.kind != Descriptor::Kind::Null &&
      job.err.kind == job.out.kind && job.err.id == job.out.id) {
    err->second = {Descriptor::Kind::Output, 0, {}};
  }
  copy->shell.descriptors[0] = Descriptor();
  Frame root;
  root.kind = Frame::Kind::Root;
  root.node = list.children[child];
  copy->stack.push_back(std::move(root));
  job.process.pid = job.pid;
  job.process.argv = {in_.shell.name};
  job.process.interpreter = std::move(copy);
  in_.jobs.push_back(std::move(job));
  in_.status = 0;
}

/// Moves every job on; `moved` when one has ended. False when the budget is used up.
bool Machine::run_jobs(bool* moved) {
  for (std::size_t i = 0; i < in_.jobs.size(); ++i) {
    if (in_.jobs[i].process.done) continue;
    int part = budget_ / kPartOfJob;
    const int given = part;
    Output output;
    Process process = std::move(in_.jobs[i].process);
    const bool in_time = run_process(process, system_, output, part);
    Job& job = in_.jobs[i];
    job.process = std::move(process);
    budget_ -= given - std::max(part, 0);
    auto sent = std::exchange(editable(job.process).sent, {});
    for (const Chunk& chunk : output) write_to(chunk.err ? job.err : job.out, 1, chunk.text);
    if (!in_time) {
      write(2, fmt::format("{}: ended: it ran too long without waiting\n", in_.shell.name));
      job.process.done = true;
      job.process.exit = kKilled;
    }
    *moved = *moved || job.process.done || !std::exchange(job.began, true);
    for (const auto& [pid, signal] : sent) {
      *moved = true;
      receive(pid, signal);
    }
    if (budget_ <= 0) return false;
  }
  return true;
}

namespace {

/// Whether a job still has what it was given as a descriptor of this kind. What the job's outermost
/// command redirects, nobody has any more.
bool still_has(const Job& job, Descriptor::Kind kind) {
  const auto among = [&](const Descriptors& descriptors) {
    return std::any_of(descriptors.begin(), descriptors.end(),
                       [&](const auto& row) { return row.second.kind == kind; });
  };
  const Interpreter& interpreter = *job.process.interpreter;
  if (among(interpreter.shell.descriptors)) return true;
  for (std::size_t at = 2; at < interpreter.stack.size(); ++at) {
    const Frame& frame = interpreter.stack[at];
    if (frame.saved_descriptors && among(*frame.saved_descriptors)) return true;
    if (frame.saved_shell && frame.captures && among(frame.saved_shell->descriptors)) return true;
  }
  return false;
}

}  // namespace

bool Machine::any_job_writes_to(Descriptor::Kind kind, int id) const {
  return std::any_of(in_.jobs.begin(), in_.jobs.end(), [&](const Job& job) {
    const auto leads = [&](const Descriptor& to) { return to.kind == kind && to.id == id; };
    return !job.process.done && ((leads(job.out) && still_has(job, Descriptor::Kind::Output)) ||
                                 (leads(job.err) && still_has(job, Descriptor::Kind::Error)));
  });
}

/// A signal that a job has sent.
void Machine::receive(std::int64_t pid, int signal) {
  if (Job* job = find_job(fmt::format("{}", pid))) {
    end_job(*job, signal);
  } else if (pid != process_.pid && in_.job_depth > 0) {
    in_.sent.emplace_back(pid, signal);
  } else if (handles_signal(process_, signal)) {
    if (in_.signals.size() < kMostSignals) in_.signals.push_back(signal);
    in_.waits_for_jobs = in_.blocked;  // looks at it now
  } else if (!is_harmless(signal) && !in_.stack.empty()) {
    while (in_.stack.size() > 1) pop();
    in_.blocked = false;
    end_shell(signal);
    in_.waits_for_jobs = true;
  }
}

/// What a signal does to a job.
void Machine::end_job(Job& job, int signal) {
  if (job.process.done || signal == 0) return;
  if (handles_signal(job.process, signal)) {
    send_signal(job.process, signal);
    return;
  }
  job.process.done = true;
  job.process.exit = 128 + signal;
}

// ---- Signals ----

/// Runs the trap of a signal that has come; false when there is nothing to do now.
bool Machine::run_traps() {
  // A command in the foreground is waited for first.
  for (const Frame& frame : in_.stack) {
    if (frame.kind == Frame::Kind::Subshell) return false;
  }
  constexpr int kExternal = 1;
  if (top().kind == Frame::Kind::Command && top().stage == kExternal) return false;
  const int signal = in_.signals.front();
  in_.signals.erase(in_.signals.begin());
  return handle_signal(signal);
}

bool Machine::handle_signal(int signal) {
  const auto trap = in_.shell.traps.find(signal_name(signal));
  if (trap == in_.shell.traps.end() || trap->second.empty()) return false;
  const std::string text = trap->second;
  // `wait` ends at once.
  const Frame& frame = top();
  if (frame.kind == Frame::Kind::Command && !frame.words.empty() && frame.words[0] == "wait") {
    finish(128 + signal);
  }
  Frame made;
  made.kind = Frame::Kind::Trap;
  made.tested = true;
  made.program = std::make_shared<const Program>(parse(text));
  charge(text.size());
  in_.stack.push_back(std::move(made));
  return true;
}

}  // namespace sim::shell
