#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet: backOffPeriod, MaxContainerBackOff; and how long a good run clears it.
constexpr Duration kFirstBackOff = seconds(10);
constexpr Duration kLongestBackOff = seconds(300);
constexpr Duration kGoodRun = seconds(600);

bool restarts(const Worker& worker, const ContainerRecord& record,
              const ContainerInstance& instance) {
  if (worker.pod.meta.deletion_timestamp) return false;
  if (worker.is_sidecar(record)) return true;
  const Str& policy = worker.spec.restart_policy;
  if (record.init) return record.stale || (instance.exit_code != 0 && policy != "Never");
  if (policy == "Always") return true;
  return policy == "OnFailure" && instance.exit_code != 0;
}

/// The end that the back-off counts from. One that the kubelet itself has stopped is started again
/// in the same sync, which knows only the end before that one.
std::optional<Time> end_before(const Worker& worker, const ContainerRecord& record,
                               const ContainerInstance& newest) {
  if (!record.killed_here) return newest.finished_at;
  const auto* before = worker.world.get<ContainerInstance>(record.previous);
  return before ? before->finished_at : std::nullopt;
}

/// An instance has ended: answers whether another may be started now. What is in back-off is looked
/// at every 10 to 15 s. k8s 1.30 pkg/kubelet/kuberuntime: doBackOff
bool may_restart(Worker& worker, ContainerRecord& record, const ContainerInstance& newest) {
  const bool waits = record.waiting_reason == "CrashLoopBackOff";
  if (waits && record.retry_at && *record.retry_at > worker.now()) {
    worker.look_again(*record.retry_at, true);
    return false;
  }
  const std::optional<Time> finished = end_before(worker, record, newest);
  record.killed_here = false;
  if (!finished) return true;
  if (newest.created_at && *finished - *newest.created_at > kGoodRun) record.restart_back_off = {};
  if (*finished + record.restart_back_off <= worker.now()) return true;
  const Container& container = worker.container(record);
  record.waiting_reason = "CrashLoopBackOff";
  record.waiting_message =
      fmt::format("back-off {} restarting failed container={} pod={}",
                  to_string(record.restart_back_off), record.name, worker.pod_name());
  worker.event("Warning", "BackOff",
               fmt::format("Back-off restarting failed container {} in pod {}", record.name,
                           worker.pod_name()),
               &container);
  record.retry_at = worker.next_sync();
  worker.look_again(*record.retry_at, true);
  return false;
}

void lengthen_back_off(ContainerRecord& record) {
  record.restart_back_off =
      record.restart_back_off.ns == 0
          ? kFirstBackOff
          : std::min(record.restart_back_off + record.restart_back_off, kLongestBackOff);
}

/// Sees to one container that is not running; answers whether the next one may be looked at.
bool start(Worker& worker, ContainerRecord& record) {
  const Container& container = worker.container(record);
  const auto instance = worker.instance(record);
  record.post_start = false;
  record.stopping_since.reset();
  if (instance && !restarts(worker, record, *instance)) return true;
  if (record.starting_until) {
    if (*record.starting_until > worker.now()) {
      worker.look_again(*record.starting_until, false);
      return false;
    }
    record.starting_until.reset();
    const bool again = instance != nullptr && !record.stale && !record.killed_here;
    record.killed_here = false;
    if (start_instance(worker, record, container) && again) lengthen_back_off(record);
    return !record.post_start;
  }
  if (!record.pulling_until && instance && !record.stale) {
    const bool first_kill = record.killed_here && record.previous == 0;
    if (!may_restart(worker, record, *instance)) return true;
    // A first stop by the kubelet leaves no trace in the back-off.
    record.killed_here = first_kill;
  }
  const bool config_error = record.waiting_reason == "CreateContainerConfigError";
  if (config_error && record.retry_at && *record.retry_at > worker.now()) {
    worker.look_again(*record.retry_at, true);
    return true;
  }
  if (!ensure_image(worker, record, container)) {
    // Pulling holds up the containers behind; waiting to pull again does not.
    return !record.pulling_until;
  }
  record.starting_until = worker.now() + worker.timing().container_start;
  worker.look_again(*record.starting_until, false);
  return false;
}

/// A container of a bare pod may get another image: it is started again with that one.
/// k8s 1.30 pkg/kubelet/kuberuntime: containerChanged
bool has_changed(const Worker& worker, const ContainerRecord& record) {
  return worker.instance(record)->image != normal_image_name(worker.container(record).image);
}

/// Sees to one container that runs: its hook, its end, its probes. Answers whether the next one may
/// be looked at.
bool attend(Worker& worker, ContainerRecord& record) {
  if (record.post_start && !run_post_start(worker, record)) return false;
  const Container& container = worker.container(record);
  if (!record.stopping_since && has_changed(worker, record)) {
    begin_stop(worker, record, grace_of(worker),
               fmt::format("Container {} definition changed, will be restarted", record.name));
    record.restart_back_off = {};
    record.killed_here = true;
  }
  if (!record.stopping_since) run_probes(worker, record, container);
  if (record.stopping_since) go_on_stopping(worker, record, true);
  return true;
}

bool any_started(const Worker& worker) {
  const auto& records = worker.sandbox->containers;
  return std::any_of(records.begin(), records.end(), [](const ContainerRecord& record) {
    return record.instance != 0 && !record.stale;
  });
}

}  // namespace

// k8s 1.30 pkg/kubelet/kuberuntime: computePodActions, computeInitContainerActions
void run_containers(Worker& worker) {
  const bool any_before = any_started(worker);
  for (ContainerRecord& record : worker.sandbox->init_containers) {
    if (worker.is_running(record)) {
      if (!attend(worker, record)) return;
    } else if (!init_done(worker, record)) {
      // Once the others have started, only sidecars are started again.
      if (any_before && !worker.is_sidecar(record)) continue;
      start(worker, record);
    } else {
      record.waiting_reason = Str();
      record.waiting_message = Str();
    }
    if (!init_done(worker, record) && !any_before) return;
  }
  for (ContainerRecord& record : worker.sandbox->containers) {
    if (worker.is_running(record)) {
      if (!attend(worker, record)) return;
    } else if (!start(worker, record)) {
      return;
    }
  }
}

bool is_over(const Worker& worker) {
  for (const ContainerRecord& record : worker.sandbox->init_containers) {
    const auto instance = worker.instance(record);
    if (worker.is_sidecar(record) || !instance || worker.is_running(record)) continue;
    if (instance->exit_code != 0 && !restarts(worker, record, *instance) &&
        worker.spec.restart_policy == "Never") {
      return true;
    }
  }
  const auto& records = worker.sandbox->containers;
  return std::all_of(records.begin(), records.end(), [&](const ContainerRecord& record) {
    const auto instance = worker.instance(record);
    return instance && !worker.is_running(record) && !restarts(worker, record, *instance);
  });
}

}  // namespace sim::kubelet
