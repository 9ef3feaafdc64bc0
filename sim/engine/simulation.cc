#include "sim/engine/simulation.h"

#include <memory>
#include <utility>

#include "sim/controllers/cron_job.h"
#include "sim/controllers/daemon_set.h"
#include "sim/controllers/deployment.h"
#include "sim/controllers/disruption.h"
#include "sim/controllers/endpoints.h"
#include "sim/controllers/events.h"
#include "sim/controllers/faults.h"
#include "sim/controllers/garbage_collector.h"
#include "sim/controllers/horizontal_autoscaler.h"
#include "sim/controllers/job.h"
#include "sim/controllers/job_expiry.h"
#include "sim/controllers/kubelet/kubelet.h"
#include "sim/controllers/kubelet/node_status.h"
#include "sim/controllers/kubelet/pressure.h"
#include "sim/controllers/namespaces.h"
#include "sim/controllers/node_group.h"
#include "sim/controllers/node_lifecycle.h"
#include "sim/controllers/pod_gc.h"
#include "sim/controllers/replica_set.h"
#include "sim/controllers/scheduler/cluster_autoscaler.h"
#include "sim/controllers/scheduler/scheduler.h"
#include "sim/controllers/stateful_set.h"
#include "sim/controllers/taint_eviction.h"
#include "sim/controllers/volumes/attach_detach.h"
#include "sim/controllers/volumes/attacher.h"
#include "sim/controllers/volumes/binder.h"
#include "sim/controllers/volumes/ephemeral.h"
#include "sim/controllers/volumes/protection.h"
#include "sim/controllers/volumes/provisioner.h"
#include "sim/controllers/volumes/resizer.h"
#include "sim/controllers/volumes/snapshots.h"
#include "sim/engine/wake.h"

namespace sim {

Plan decide(const World& world, const Task& task) {
  switch (task.actor) {
    case Actor::Deployment:
      return deployment::reconcile(world, task.id);
    case Actor::ReplicaSet:
      return replica_set::reconcile(world, task.id);
    case Actor::Scheduler:
      return scheduler::reconcile(world, task.id);
    case Actor::Kubelet:
      return kubelet::reconcile(world, task.id);
    case Actor::Process:
      return kubelet::run_process(world, task.id);
    case Actor::Namespace:
      return namespaces::reconcile(world, task.id);
    case Actor::ServiceAccount:
      return namespaces::reconcile_contents(world, task.id);
    case Actor::GarbageCollector:
      return garbage_collector::reconcile(world, {task.kind, task.id});
    case Actor::EventExpiry:
      return events::reconcile(world, task.id);
    case Actor::NodeLifecycle:
      return node_lifecycle::reconcile(world, task.id);
    case Actor::NodeStatus:
      return kubelet::report_node(world, task.id);
    case Actor::TaintEviction:
      return taint_eviction::reconcile(world, task.id);
    case Actor::PodCollector:
      return pod_gc::reconcile(world, task.id);
    case Actor::StatefulSet:
      return stateful_set::reconcile(world, task.id);
    case Actor::DaemonSet:
      return daemon_set::reconcile(world, task.id);
    case Actor::Job:
      return job::reconcile(world, task.id);
    case Actor::CronJob:
      return cron_job::reconcile(world, task.id);
    case Actor::JobExpiry:
      return job_expiry::reconcile(world, task.id);
    case Actor::Endpoints:
      return endpoints::reconcile(world, task.id);
    case Actor::Disruption:
      return disruption::reconcile(world, task.id);
    case Actor::Autoscaler:
      return horizontal_autoscaler::reconcile(world, task.id);
    case Actor::NodeGroup:
      return node_group::reconcile(world, task.id);
    case Actor::ClusterAutoscaler:
      return cluster_autoscaler::reconcile(world, task.id);
    case Actor::Faults:
      return faults::reconcile(world, task.id);
    case Actor::NodePressure:
      return kubelet::watch_pressure(world, task.id);
    case Actor::ClaimBinder:
      return volumes::reconcile_claim(world, task.id);
    case Actor::VolumeBinder:
      return volumes::reconcile_volume(world, task.id);
    case Actor::Provisioner:
      return volumes::provision(world, task.id);
    case Actor::VolumeDeleter:
      return volumes::delete_volume(world, task.id);
    case Actor::Resizer:
      return volumes::resize(world, task.id);
    case Actor::ClaimProtection:
      return volumes::release_claim(world, task.id);
    case Actor::VolumeProtection:
      return volumes::release_volume(world, task.id);
    case Actor::Snapshot:
      return volumes::reconcile_snapshot(world, task.id);
    case Actor::Snapshotter:
      return volumes::reconcile_snapshot_content(world, task.id);
    case Actor::EphemeralVolume:
      return volumes::make_ephemeral_claims(world, task.id);
    case Actor::AttachDetach:
      return volumes::attach_detach(world, task.id);
    case Actor::Attacher: {
      Plan lost = volumes::detach_from_lost_node(world, task.id);
      return lost.empty() ? volumes::attach(world, task.id) : std::move(lost);
    }
    default:
      break;
  }
  return {};
}

std::uint64_t Simulation::command(std::string_view by, std::string_view text) {
  return record_command(world_, by, text);
}

void Simulation::carry_out(Plan plan, const Cause& cause) {
  const std::uint64_t before = apply(world_, std::move(plan), cause);
  for (std::uint64_t revision = before + 1; revision <= world_.revision(); ++revision) {
    // By value: waking does not append to the journal, but a bounded journal may move its rows.
    for (const Wake& wanted : wakes_for(world_, world_.journal().at(revision))) {
      wake(world_, wanted, revision);
    }
  }
}

void Simulation::leave_instant(Time next) {
  if (watch_ && next > world_.now()) watch_(world_, next);
}

/// Faults whose time has come.
void Simulation::ask_judge() {
  if (!judge_ || judged_ == world_.revision()) return;
  judged_ = world_.revision();
  if (world_.store().count(Kind::PlannedFault) == 0) return;
  Plan plan;
  for (const auto& [id, row] : world_.store().table(Kind::PlannedFault)) {
    const auto& planned = static_cast<const PlannedFault&>(row);
    if (planned.question.empty() || planned.at || !judge_(world_, planned)) continue;
    auto due = std::make_shared<PlannedFault>(planned);
    due->at = world_.now();
    plan.update({Kind::PlannedFault, id}, std::move(due), "what it waited for holds");
  }
  if (!plan.empty()) carry_out(std::move(plan), {judged_, "faults"});
}

bool Simulation::step(Time limit) {
  if (world_.next_due() > world_.now()) ask_judge();
  if (const Time next = world_.next_due(); next <= limit && next != kNever) leave_instant(next);
  Task task;
  if (!take_due(world_, limit, &task)) return false;
  carry_out(decide(world_, task), {task.cause, to_string(task.actor)});
  return true;
}

void Simulation::run_until(Time time) {
  while (step(time)) {
  }
  leave_instant(time);
  advance_clock(world_, time);
}

bool Simulation::run_until_change(Time limit) {
  const std::uint64_t revision = world_.revision();
  while (world_.revision() == revision) {
    if (step(limit)) continue;
    if (limit != kNever) {
      leave_instant(limit);
      advance_clock(world_, limit);
    }
    return false;
  }
  return true;
}

bool Simulation::run_until_settled(Time limit) {
  while (world_.busy() > 0) {
    if (step(limit)) continue;
    leave_instant(limit);
    advance_clock(world_, limit);
    return false;
  }
  return true;
}

}  // namespace sim
