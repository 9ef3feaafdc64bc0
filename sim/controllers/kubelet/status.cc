#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/model/pod_facts.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet/container: MaxContainerTerminationMessageLength, and of a log
constexpr std::size_t kMostMessage = 4096;
constexpr std::size_t kMostLogMessage = 2048;
constexpr int kMostLogLines = 80;

/// The last lines of a log.
std::string tail_of(std::string_view log) {
  if (log.size() > kMostLogMessage) log.remove_prefix(log.size() - kMostLogMessage);
  int lines = 0;
  for (std::size_t i = log.size(); i > 0; --i) {
    if (log[i - 1] == '\n' && i != log.size() && ++lines == kMostLogLines) {
      log.remove_prefix(i);
      break;
    }
  }
  return std::string(log);
}

/// What a container left behind as its last word.
/// k8s 1.30 pkg/kubelet/kuberuntime: getTerminationMessage
Str message_of(const Container& container, const ContainerInstance& instance) {
  if (!instance.message.empty()) return instance.message;
  const EntryPtr file = instance.writable.find(parse_path(container.termination_message_path));
  if (file && file->type == FileType::File && !file->bytes.empty()) {
    return Str(file->bytes.view().substr(0, kMostMessage));
  }
  const bool from_log = container.termination_message_policy == "FallbackToLogsOnError";
  return from_log && instance.exit_code != 0 ? Str(tail_of(instance.log)) : Str();
}

ContainerState state_of(const Container& container, const ContainerInstance& instance) {
  ContainerState state;
  switch (instance.state) {
    case ContainerInstance::State::Created:
      break;
    case ContainerInstance::State::Running:
      state.running.edit().started_at = instance.started_at;
      break;
    case ContainerInstance::State::Exited: {
      ContainerStateTerminated& ended = state.terminated.edit();
      ended.exit_code = instance.exit_code;
      ended.signal = instance.signal;
      ended.reason = instance.reason;
      ended.message = message_of(container, instance);
      ended.started_at = instance.started_at;
      ended.finished_at = instance.finished_at;
      ended.container_id = fmt::format("containerd://{}", instance.container_id);
      break;
    }
  }
  return state;
}

bool is_ready(const Worker& worker, const ContainerRecord& record) {
  if (!worker.is_running(record) || !record.started) return false;
  return !worker.container(record).readiness_probe || record.readiness.result == true;
}

/// What was last told of a container: a look that finds nothing new shares it.
const ContainerStatus* told_of(const Worker& worker, const ContainerRecord& record) {
  const PodStatus& told = worker.pod.status;
  for (const ContainerStatus& one :
       record.init ? told.init_container_statuses : told.container_statuses) {
    if (one.name == record.name) return &one;
  }
  return nullptr;
}

Str runtime_name(const ContainerInstance& instance, const ContainerStatus* told) {
  constexpr std::string_view kRuntime = "containerd://";
  if (told && told->container_id.size() == kRuntime.size() + instance.container_id.size() &&
      told->container_id.view().substr(kRuntime.size()) == instance.container_id.view()) {
    return told->container_id;
  }
  return fmt::format("{}{}", kRuntime, instance.container_id);
}

ContainerStatus status_of(const Worker& worker, const ContainerRecord& record,
                          std::string_view waiting) {
  const Container& container = worker.container(record);
  ContainerStatus status;
  status.name = record.name;
  status.image = container.image;
  status.restart_count = record.restarts;
  status.started = false;
  const auto instance = worker.instance(record);
  if (!instance) {
    ContainerStateWaiting& state = status.state.waiting.edit();
    state.reason = record.waiting_reason.empty() ? Str(waiting) : record.waiting_reason;
    state.message = record.waiting_message;
    return status;
  }
  status.image = instance->image;
  if (const Image* image = worker.world.settings().images.find(instance->image)) {
    status.image_id = image->id;
  }
  const ContainerStatus* told = told_of(worker, record);
  status.container_id = runtime_name(*instance, told);
  status.state = state_of(container, *instance);
  if (told && told->state == status.state) status.state = told->state;
  status.ready = is_ready(worker, record);
  status.started = worker.is_running(record) && record.started;
  if (record.previous != 0) {
    if (const auto* before = worker.world.get<ContainerInstance>(record.previous)) {
      status.last_state = state_of(container, *before);
    }
  }
  // An init container that has done its work is ready.
  if (record.init && status.state.terminated && instance->exit_code == 0) status.ready = true;
  const bool ended = instance->state == ContainerInstance::State::Exited;
  if (ended && !record.waiting_reason.empty()) {
    // It waits to be started again: what it was last moves to lastState.
    status.last_state = status.state;
    status.state = ContainerState();
    status.state.waiting.edit().reason = record.waiting_reason;
    status.state.waiting.edit().message = record.waiting_message;
  }
  return status;
}

/// k8s 1.30 pkg/kubelet/container: HasAnyRegularContainerStarted
bool any_started(const PodStatus& status) {
  return std::any_of(
      status.container_statuses.begin(), status.container_statuses.end(),
      [](const ContainerStatus& one) { return one.state.running || one.state.terminated; });
}

struct Counts {
  int running = 0;
  int stopped = 0;
  int succeeded = 0;
  int waiting = 0;
};

/// Counts one regular container; what waits to be started again has stopped.
void count(const ContainerStatus& status, Counts& counts) {
  if (status.state.running) {
    ++counts.running;
  } else if (status.state.terminated) {
    ++counts.stopped;
    counts.succeeded += status.state.terminated->exit_code == 0;
  } else if (status.last_state.terminated) {
    ++counts.stopped;
  } else {
    ++counts.waiting;
  }
}

/// k8s 1.30 pkg/kubelet: getPhase
Str phase_of(const Worker& worker, const PodStatus& status) {
  const Str& policy = worker.spec.restart_policy;
  bool init_pending = false;
  bool sidecar_pending = false;
  bool init_failed = false;
  Counts counts;
  for (std::size_t i = 0; i < status.init_container_statuses.size(); ++i) {
    const ContainerStatus& one = status.init_container_statuses[i];
    const bool ran_before = one.last_state.terminated.has_value();
    if (worker.is_sidecar(worker.sandbox->init_containers[i])) {
      counts.running += one.state.running.has_value();
      const bool starting = one.state.running && !one.started.value_or(false);
      const bool waits = one.state.waiting && !ran_before;
      sidecar_pending = sidecar_pending || starting || waits;
      counts.waiting += waits;
    } else if (one.state.terminated) {
      init_failed = init_failed || one.state.terminated->exit_code != 0;
    } else if (one.state.waiting && ran_before) {
      init_failed = init_failed || one.last_state.terminated->exit_code != 0;
    } else {
      init_pending = true;
    }
  }
  for (const ContainerStatus& one : status.container_statuses) count(one, counts);
  if (init_failed && policy == "Never") return "Failed";
  if (init_pending || (sidecar_pending && !any_started(status)) || counts.waiting > 0) {
    return "Pending";
  }
  if (counts.running > 0) return "Running";
  if (counts.stopped == 0) return "Pending";
  const bool all_succeeded = counts.succeeded == counts.stopped;
  if (worker.pod.meta.deletion_timestamp) return all_succeeded ? "Succeeded" : "Failed";
  if (policy == "Always") return "Running";
  if (all_succeeded) return "Succeeded";
  return policy == "Never" ? "Failed" : "Running";
}

std::string names(const std::vector<std::string>& all) {
  return fmt::format("[{}]", fmt::join(all, " "));
}

void set_condition(const Worker& worker, PodStatus& status, std::string_view type, bool holds,
                   std::string_view reason = "", std::string_view message = "") {
  static const Str yes("True");
  static const Str no("False");
  const auto known = [](const Str& before, std::string_view text) {
    return before == text ? before : Str(text);
  };
  const Str& verdict = holds ? yes : no;
  const PodCondition* old = nullptr;
  for (const PodCondition& before : worker.pod.status.conditions) {
    if (before.type == type) old = &before;
  }
  PodCondition made;
  made.type = old ? old->type : Str(type);
  made.status = verdict;
  made.reason = old ? known(old->reason, reason) : Str(reason);
  made.message = old ? known(old->message, message) : Str(message);
  made.last_transition_time = worker.now();
  if (old && old->status == verdict) made.last_transition_time = old->last_transition_time;
  status.conditions.push_back(std::move(made));
}

/// k8s 1.30 pkg/kubelet/status: GenerateContainersReadyCondition, GeneratePodReadyCondition
void add_conditions(const Worker& worker, PodStatus& status) {
  static constexpr std::string_view kOwn[] = {"PodReadyToStartContainers", "Initialized", "Ready",
                                              "ContainersReady", "PodScheduled"};
  status.conditions.reserve(std::max(std::size(kOwn), worker.pod.status.conditions.size()));
  for (const PodCondition& other : worker.pod.status.conditions) {
    if (std::find(std::begin(kOwn), std::end(kOwn), other.type.view()) == std::end(kOwn)) {
      status.conditions.push_back(other);
    }
  }
  if (worker.sandbox->reason == "Terminated" && !pod_condition(worker.pod, "DisruptionTarget")) {
    set_condition(worker, status, "DisruptionTarget", true, "TerminationByKubelet",
                  worker.sandbox->message.str());
  }
  const bool ended = status.phase == "Succeeded" || status.phase == "Failed";
  set_condition(worker, status, "PodReadyToStartContainers", worker.sandbox->ready && !ended);
  std::vector<std::string> incomplete;
  for (const ContainerRecord& record : worker.sandbox->init_containers) {
    if (!init_done(worker, record)) incomplete.push_back(record.name.str());
  }
  const bool initialized = incomplete.empty() || any_started(status);
  if (status.phase == "Succeeded") {
    set_condition(worker, status, "Initialized", true, "PodCompleted");
  } else if (initialized) {
    set_condition(worker, status, "Initialized", true);
  } else {
    set_condition(worker, status, "Initialized", false, "ContainersNotInitialized",
                  "containers with incomplete status: " + names(incomplete));
  }
  std::vector<std::string> unready;
  for (const ContainerRecord& record : worker.sandbox->init_containers) {
    if (worker.is_sidecar(record) && !is_ready(worker, record))
      unready.push_back(record.name.str());
  }
  for (const ContainerRecord& record : worker.sandbox->containers) {
    if (!is_ready(worker, record)) unready.push_back(record.name.str());
  }
  std::string_view reason;
  std::string message;
  bool ready = unready.empty();
  if (status.phase == "Succeeded") {
    reason = "PodCompleted";
    ready = false;
  } else if (status.phase == "Failed") {
    reason = "PodFailed";
    ready = false;
  } else if (!ready) {
    reason = "ContainersNotReady";
    message = "containers with unready status: " + names(unready);
  }
  bool gates_met = true;
  std::string gate_message;
  for (const PodReadinessGate& gate : worker.spec.readiness_gates) {
    const PodCondition* found = nullptr;
    for (const PodCondition& condition : worker.pod.status.conditions) {
      if (condition.type == gate.condition_type) found = &condition;
    }
    if (found && found->status == "True") continue;
    gates_met = false;
    gate_message =
        found ? fmt::format("the status of pod readiness gate \"{}\" is not \"True\", but {}",
                            gate.condition_type, found->status)
              : fmt::format("corresponding condition of pod readiness gate \"{}\" does not exist.",
                            gate.condition_type);
  }
  if (ready && !gates_met) {
    set_condition(worker, status, "Ready", false, "ReadinessGatesNotReady", gate_message);
  } else {
    set_condition(worker, status, "Ready", ready, reason, message);
  }
  set_condition(worker, status, "ContainersReady", ready, reason, message);
  set_condition(worker, status, "PodScheduled", true);
}

}  // namespace

bool init_done(const Worker& worker, const ContainerRecord& record) {
  const auto instance = worker.instance(record);
  if (!instance || record.stale) return false;
  if (worker.is_sidecar(record)) return worker.is_running(record) && record.started;
  return instance->state == ContainerInstance::State::Exited && instance->exit_code == 0;
}

PodStatus status_of(const Worker& worker) {
  PodStatus status;
  const PodStatus& before = worker.pod.status;
  status.qos_class = before.qos_class;
  status.start_time = before.start_time ? before.start_time : worker.now();
  if (const Node* node = worker.world.find<Node>("", worker.pod.node_name)) {
    for (const NodeAddress& address : node->status.addresses) {
      if (address.type == "InternalIP") status.host_ip = address.address;
    }
    if (!status.host_ip.empty()) status.host_ips = {{status.host_ip}};
  }
  if (worker.sandbox->ready) {
    status.pod_ip = worker.sandbox->ip;
    status.pod_ips = {{worker.sandbox->ip}};
  }
  const bool has_init = !worker.sandbox->init_containers.empty();
  const std::string_view waiting = has_init ? "PodInitializing" : "ContainerCreating";
  for (const ContainerRecord& record : worker.sandbox->init_containers) {
    status.init_container_statuses.push_back(status_of(worker, record, "PodInitializing"));
  }
  for (const ContainerRecord& record : worker.sandbox->containers) {
    status.container_statuses.push_back(status_of(worker, record, waiting));
  }
  // k8s 1.30 pkg/kubelet/types: SortedContainerStatuses
  std::sort(status.container_statuses.begin(), status.container_statuses.end(),
            [](const ContainerStatus& a, const ContainerStatus& b) { return a.name < b.name; });
  status.phase = phase_of(worker, status);
  if (!worker.sandbox->reason.empty()) {
    status.phase = "Failed";
    status.reason = worker.sandbox->reason;
    status.message = worker.sandbox->message;
  }
  const bool final = status.phase == "Succeeded" || status.phase == "Failed";
  if (before.phase == "Succeeded" || before.phase == "Failed") {
    // What has ended never begins again.
    status.phase = before.phase;
    status.reason = before.reason;
    status.message = before.message;
  } else if (final && worker.anything_runs()) {
    // It has not ended before all of it has. k8s 1.30 pkg/kubelet/status: mergePodStatus
    status.phase = before.phase;
    status.reason = before.reason;
    status.message = before.message;
  }
  add_conditions(worker, status);
  return status;
}

}  // namespace sim::kubelet
