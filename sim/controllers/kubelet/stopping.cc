#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/container_system.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet/kuberuntime: minimumGracePeriodInSeconds
constexpr Duration kShortestGrace = seconds(2);
constexpr int kSigterm = 15;

void forget_stop(ContainerRecord& record) {
  record.stopping_since.reset();
  record.stop_by.reset();
  record.term_at.reset();
  record.hook_over = false;
  record.term_sent = false;
}

bool any_regular_runs(const Worker& worker) {
  const auto& records = worker.sandbox->containers;
  return std::any_of(records.begin(), records.end(),
                     [&](const ContainerRecord& record) { return worker.is_running(record); });
}

}  // namespace

Duration grace_of(const Worker& worker) {
  const std::optional<std::int64_t>& asked = worker.pod.meta.deletion_grace_period_seconds;
  return seconds(asked.value_or(worker.spec.termination_grace_period_seconds.value_or(30)));
}

// k8s 1.30 pkg/kubelet/kuberuntime: killContainer
void begin_stop(Worker& worker, ContainerRecord& record, Duration grace, std::string message) {
  if (record.stopping_since || !worker.is_running(record)) return;
  forget_stop(record);
  record.stopping_since = worker.now();
  record.stop_by = worker.now() + grace;
  worker.event("Normal", "Killing", std::move(message), &worker.container(record));
}

bool go_on_stopping(Worker& worker, ContainerRecord& record, bool its_turn) {
  if (!worker.is_running(record)) {
    forget_stop(record);
    record.post_start = false;
    return true;
  }
  if (!record.term_at) {
    if (!record.hook_over && !run_pre_stop(worker, record)) return false;
    record.hook_over = true;
    if (!worker.is_running(record)) {  // the hook ended it
      forget_stop(record);
      return true;
    }
    if (!its_turn && worker.now() < *record.stop_by) {
      worker.look_again(*record.stop_by, false);
      return false;
    }
    record.term_at = worker.now() + worker.timing().container_stop;
  }
  const Time kill_at = std::max(*record.stop_by, *record.term_at + kShortestGrace);
  if (worker.now() >= *record.term_at && !record.term_sent) {
    record.term_sent = true;
    deliver_signal(worker.world, worker.plan, record.instance, kSigterm, "SIGTERM was sent");
  }
  if (worker.now() >= kill_at) {
    end_instance(worker, record, 137, "Error", "its grace period is over");
  }
  if (!worker.is_running(record)) {
    forget_stop(record);
    return true;
  }
  worker.look_again(record.term_sent ? kill_at : *record.term_at, false);
  return false;
}

bool stop_all(Worker& worker, Duration grace) {
  PodSandbox& sandbox = *worker.sandbox;
  if (!sandbox.stopping_since) sandbox.stopping_since = worker.now();
  for (auto* records : {&sandbox.containers, &sandbox.init_containers}) {
    for (ContainerRecord& record : *records) {
      begin_stop(worker, record, grace, fmt::format("Stopping container {}", record.name));
      // A deletion asked for again may have shortened the grace.
      if (record.stop_by)
        record.stop_by = std::min(*record.stop_by, *record.stopping_since + grace);
    }
  }
  bool all = true;
  for (ContainerRecord& record : sandbox.containers) {
    all = go_on_stopping(worker, record, true) && all;
  }
  // Sidecars wait for every other container, then for the sidecars behind them.
  // k8s 1.30 pkg/kubelet/kuberuntime: newTerminationOrdering
  bool turn = !any_regular_runs(worker);
  for (auto record = sandbox.init_containers.rbegin(); record != sandbox.init_containers.rend();
       ++record) {
    const bool stopped = go_on_stopping(worker, *record, turn || !worker.is_sidecar(*record));
    all = stopped && all;
    turn = turn && stopped;
  }
  return all;
}

}  // namespace sim::kubelet
