#include <algorithm>
#include <map>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/container_system.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/probe/exec: maxReadLength
constexpr std::size_t kMostOutput = 10 << 10;

std::vector<std::string> words_of(const ExecAction& action) {
  std::vector<std::string> words;
  for (const Str& word : action.command) words.push_back(word.str());
  return words;
}

Process new_process(const Worker& worker, const ContainerInstance& row,
                    std::vector<std::string> argv) {
  std::map<std::string, std::string> variables;
  for (const auto& [key, value] : variables_of(row)) variables[key.str()] = value.str();
  Process process =
      make_process(std::move(argv), std::move(variables), parse_path(row.working_dir));
  process.pid = 7 + worker.world.elapsed().seconds();
  return process;
}

void drop(std::vector<HelperProcess>& helpers, HelperProcess::Purpose purpose) {
  helpers.erase(std::remove_if(helpers.begin(), helpers.end(),
                               [&](const HelperProcess& one) { return one.purpose == purpose; }),
                helpers.end());
}

/// Keeps a process that waits with its container, or lets one go that is over.
void keep(Worker& worker, const ContainerRecord& record, HelperProcess helper, bool over) {
  const auto row = worker.instance(record);
  const bool known =
      std::any_of(row->helpers.begin(), row->helpers.end(),
                  [&](const HelperProcess& one) { return one.purpose == helper.purpose; });
  if (over && !known) return;
  auto next = std::make_shared<ContainerInstance>(*row);
  drop(next->helpers, helper.purpose);
  if (!over) next->helpers.push_back(std::move(helper));
  worker.plan.update({Kind::ContainerInstance, record.instance}, std::move(next),
                     over ? "a hook or probe ended" : "a hook or probe went on");
}

/// A GET of a lifecycle handler; answers what went wrong. k8s 1.30 pkg/kubelet/lifecycle: runHTTP
std::string get(const Worker& worker, const Container& container, const HTTPGetAction& action) {
  std::int32_t port = action.port.number;
  if (action.port.is_string) {
    for (const ContainerPort& named : container.ports) {
      if (named.name == action.port.text) port = named.container_port;
    }
  }
  int status = 0;
  const std::string path = action.path.empty() ? "/" : action.path.str();
  if (http_get(worker.world, worker.sandbox_id, port, path, &status)) return "";
  return fmt::format("Get \"http://{0}:{1}/{2}\": dial tcp {0}:{1}: connect: connection refused",
                     worker.sandbox->ip, port, path.substr(path.front() == '/' ? 1 : 0));
}

}  // namespace

HelperResult run_helper(Worker& worker, const ContainerRecord& record,
                        HelperProcess::Purpose purpose, const ExecAction& action, Time until) {
  HelperResult result;
  const auto row = worker.instance(record);
  // One program at a time: each works on the files as they are stored.
  if (worker.ran_program) {
    worker.look_again(worker.now(), false);
    result.running = true;
    return result;
  }
  const bool probe =
      purpose != HelperProcess::Purpose::PostStart && purpose != HelperProcess::Purpose::PreStop;
  const auto known = std::find_if(row->helpers.begin(), row->helpers.end(),
                                  [&](const HelperProcess& one) { return one.purpose == purpose; });
  HelperProcess helper;
  ContainerSystem system(worker.world, record.instance);
  if (known != row->helpers.end()) {
    helper = *known;
  } else {
    std::vector<std::string> argv = words_of(action);
    if (argv.empty()) return result;
    const Path cwd = parse_path(row->working_dir);
    result.cannot_start = system.start_error(argv.front(), cwd);
    if (result.cannot_start.empty()) result.cannot_start = system.resolve_script(cwd, argv);
    if (!result.cannot_start.empty()) return result;
    helper.purpose = purpose;
    helper.process = new_process(worker, *row, std::move(argv));
    helper.until = until;
  }
  helper.until = std::min(helper.until, until);
  const bool late = worker.now() >= helper.until && known != row->helpers.end();
  if (!late) {
    const Output output = advance(helper.process, system);
    std::string text = helper.output.str() + text_of(output);
    if (text.size() > kMostOutput) text.resize(kMostOutput);
    helper.output = Str(text);
    for (const Chunk& chunk : output) {
      if (chunk.err) result.errors += chunk.text;
    }
    Plan plan = system.take_plan(probe ? "a probe wrote it" : "a hook wrote it");
    worker.ran_program = !plan.writes.empty();
    worker.plan.append(std::move(plan));
  }
  result.output = helper.output.str();
  result.exit = helper.process.exit;
  const bool done = helper.process.done;
  result.timed_out = !done && (late || worker.now() >= helper.until);
  result.running = !done && !result.timed_out;
  if (result.running) {
    const Wait& wait = helper.process.wait;
    const Time next = wait.on_change ? std::min(wait.until, worker.now() + seconds(1)) : wait.until;
    if (std::min(next, helper.until) != kNever) {
      worker.look_again(std::min(next, helper.until), probe);
    }
  }
  const bool over = !result.running;
  keep(worker, record, std::move(helper), over);
  return result;
}

// k8s 1.30 pkg/kubelet/kuberuntime: startContainer; pkg/kubelet/lifecycle: Run
bool run_post_start(Worker& worker, ContainerRecord& record) {
  const Container& container = worker.container(record);
  const LifecycleHandler& hook = *container.lifecycle->post_start;
  std::string wrong;
  if (hook.exec) {
    const HelperResult result =
        run_helper(worker, record, HelperProcess::Purpose::PostStart, *hook.exec, kNever);
    if (result.running) return false;
    const std::string command = fmt::format("{}", fmt::join(hook.exec->command, " "));
    std::string error;
    if (!result.cannot_start.empty()) {
      error = fmt::format(
          "rpc error: code = Unknown desc = failed to exec in container: OCI runtime exec failed: "
          "exec failed: unable to start container process: {}: unknown",
          result.cannot_start);
    } else if (result.exit != 0) {
      error = fmt::format("command '{}' exited with {}: {}", command, result.exit, result.errors);
    }
    if (!error.empty()) {
      std::string quoted;
      for (const char c : result.output)
        quoted += c == '\n' ? "\\n" : c == '"' ? "\\\"" : std::string(1, c);
      wrong = fmt::format(
          "Exec lifecycle hook ([{}]) for Container \"{}\" in Pod \"{}\" failed - error: {}, "
          "message: \"{}\"",
          command, container.name, worker.pod_name(), error, quoted);
    }
  } else if (hook.sleep) {
    const Time end = *worker.instance(record)->started_at + seconds(hook.sleep->seconds);
    if (worker.now() < end) {
      worker.look_again(end, false);
      return false;
    }
  } else if (hook.http_get) {
    wrong = get(worker, container, *hook.http_get);
    if (!wrong.empty()) {
      wrong = fmt::format(
          "HTTP lifecycle hook ({}) for Container \"{}\" in Pod \"{}\" failed - error: {}, "
          "message: \"\"",
          hook.http_get->path, container.name, worker.pod_name(), wrong);
    }
  }
  record.post_start = false;
  if (wrong.empty()) {
    record.started = !container.startup_probe;
    return true;
  }
  worker.event("Warning", "FailedPostStartHook", "PostStartHook failed", &container);
  begin_stop(worker, record, grace_of(worker), "FailedPostStartHook");
  record.waiting_reason = "PostStartHookError";
  record.waiting_message = Str(wrong);
  return true;
}

// k8s 1.30 pkg/kubelet/kuberuntime: executePreStopHook
bool run_pre_stop(Worker& worker, ContainerRecord& record) {
  const Container& container = worker.container(record);
  if (!container.lifecycle || !container.lifecycle->pre_stop) return true;
  // Without grace there is no time for a hook.
  if (*record.stop_by <= *record.stopping_since) return true;
  const LifecycleHandler& hook = *container.lifecycle->pre_stop;
  bool failed = false;
  if (hook.exec) {
    const HelperResult result =
        run_helper(worker, record, HelperProcess::Purpose::PreStop, *hook.exec, *record.stop_by);
    if (result.running) return false;
    failed = !result.timed_out && (result.exit != 0 || !result.cannot_start.empty());
  } else if (hook.sleep) {
    const Time end =
        std::min(*record.stopping_since + seconds(hook.sleep->seconds), *record.stop_by);
    if (worker.now() < end) {
      worker.look_again(end, false);
      return false;
    }
  } else if (hook.http_get) {
    failed = !get(worker, container, *hook.http_get).empty();
  }
  if (failed) worker.event("Warning", "FailedPreStopHook", "PreStopHook failed", &container);
  return true;
}

}  // namespace sim::kubelet
