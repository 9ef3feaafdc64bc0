#include "sim/engine/wake.h"

#include <algorithm>
#include <optional>

#include "sim/controllers/namespaces.h"
#include "sim/controllers/scheduler/scheduler.h"
#include "sim/engine/wake_scaling.h"
#include "sim/engine/wake_storage.h"
#include "sim/model/pod_facts.h"
#include "sim/world/event_recorder.h"
#include "sim/world/fault.h"
#include "sim/world/node_usage.h"

namespace sim {
namespace {

/// Who keeps the objects that one of the kind controls.
std::optional<Actor> keeper_of(Kind kind) {
  switch (kind) {
    case Kind::Deployment:
      return Actor::Deployment;
    case Kind::ReplicaSet:
      return Actor::ReplicaSet;
    case Kind::StatefulSet:
      return Actor::StatefulSet;
    case Kind::DaemonSet:
      return Actor::DaemonSet;
    case Kind::Job:
      return Actor::Job;
    case Kind::CronJob:
      return Actor::CronJob;
    default:
      return std::nullopt;
  }
}

// Collects the wake-ups of one change. Every controller watches with the same latency but the
// kubelet, whose pod workers have their own.
class Waker {
 public:
  Waker(const World& world, std::vector<Wake>& wakes)
      : world_(world), wakes_(wakes), watched_(world.now() + world.timing().watch) {}

  void wake(Actor actor, Ref key) { wakes_.push_back({watched_, actor, key, false}); }
  void kubelet(Id pod) {
    wakes_.push_back(
        {world_.now() + world_.timing().kubelet_sync, Actor::Kubelet, {Kind::Pod, pod}, false});
  }
  /// Something on the machine's disk or in its memory has grown or shrunk.
  void pressure(Id machine) {
    const Machine* row = world_.get<Machine>(machine);
    if (!row) return;
    wakes_.push_back({pressure_beat_at_or_after(world_, *row, world_.now()),
                      Actor::NodePressure,
                      {Kind::Machine, machine},
                      true});
  }
  void expire(Id event) {
    wakes_.push_back({world_.now() + kEventLife, Actor::EventExpiry, {Kind::Event, event}, true});
  }
  /// The controller that owns an object.
  void owner(const Object& object) {
    const OwnerReference* owner = object.meta.controller();
    if (!owner) return;
    const Ref ref = world_.store().find(owner->uid);
    if (!ref) return;
    if (ref.kind == Kind::Job) {
      batched_job(ref);
    } else if (const std::optional<Actor> actor = keeper_of(ref.kind)) {
      wake(*actor, ref);
    }
  }
  /// The changes of a Job's pods are looked at together. k8s 1.30 pkg/controller/job:
  /// syncJobBatchPeriod
  void batched_job(Ref job) {
    wakes_.push_back({world_.now() + seconds(1), Actor::Job, job, false});
  }
  /// Services and PodDisruptionBudgets that may select a pod, as it was or is.
  void selectors(const Pod* before, const Pod* after) {
    for (const Pod* pod : {before, after}) {
      if (!pod || (pod == before && after && before->meta.labels == after->meta.labels)) continue;
      for (const Ref ref : world_.store().selecting(*pod)) {
        wake(ref.kind == Kind::Service ? Actor::Endpoints : Actor::Disruption, ref);
      }
    }
  }
  /// Who may adopt a pod that nobody controls: those of its namespace that select it.
  void adopters(const Pod& pod) {
    for (const Kind kind : {Kind::ReplicaSet, Kind::DaemonSet, Kind::Job}) {
      for (const Id id : world_.store().list(kind, pod.meta.ns)) wake(*keeper_of(kind), {kind, id});
    }
    // A StatefulSet knows its pods by their names as well.
    const std::string_view name = pod.meta.name;
    const std::string_view set = name.substr(0, name.rfind('-'));
    const Id id = world_.store().find(Kind::StatefulSet, pod.meta.ns, set);
    if (id != 0) wake(Actor::StatefulSet, {Kind::StatefulSet, id});
  }
  /// A Deployment with the strategy Recreate waits for the last of its old pods to be gone.
  /// k8s 1.30 pkg/controller/deployment: deletePod
  void recreating_deployment(const Object& pod) {
    const OwnerReference* set_owner = pod.meta.controller();
    if (!set_owner) return;
    const Ref set = world_.store().find(set_owner->uid);
    if (set.kind != Kind::ReplicaSet || !set) return;
    const OwnerReference* owner = world_.get<ReplicaSet>(set.id)->meta.controller();
    const Ref ref = owner ? world_.store().find(owner->uid) : Ref{};
    if (ref.kind != Kind::Deployment || !ref) return;
    if (world_.get<Deployment>(ref.id)->spec.strategy.type == "Recreate") {
      wake(Actor::Deployment, ref);
    }
  }
  /// Everything that names `gone` among its owners, and its owners, which may wait for it.
  void collector(Ref self, const Object* before, const Object* after) {
    const bool deleting = after && after->meta.deletion_timestamp;
    const bool owners_changed =
        before && after && !(before->meta.owner_references == after->meta.owner_references);
    if (after && (deleting || owners_changed)) wake(Actor::GarbageCollector, self);
    if (!before && after) {
      // Its owner may have gone while it was on its way, or be another than it thinks.
      for (const OwnerReference& owner : after->meta.owner_references) {
        const Ref ref = world_.store().find(owner.uid);
        const Object* found = ref ? world_.store().get(ref) : nullptr;
        if (!found || found->meta.name != owner.name ||
            (!found->meta.ns.empty() && found->meta.ns != after->meta.ns)) {
          wake(Actor::GarbageCollector, self);
        }
      }
    }
    if (!after || owners_changed) waiting_owners(*before);
    if (after && !deleting) return;
    const Object& object = after ? *after : *before;
    for (const Ref child : world_.store().owned_by(object.meta.uid)) {
      wake(Actor::GarbageCollector, child);
    }
  }
  /// The owners that an object had, if they wait for it.
  void waiting_owners(const Object& object) {
    for (const OwnerReference& owner : object.meta.owner_references) {
      const Ref ref = world_.store().find(owner.uid);
      const Object* waiting = ref ? world_.store().get(ref) : nullptr;
      if (waiting && waiting->meta.deletion_timestamp) wake(Actor::GarbageCollector, ref);
    }
  }
  /// A Namespace that is being deleted.
  void terminating(Id ns) {
    wakes_.push_back(
        {world_.now() + namespaces::kGrace, Actor::Namespace, {Kind::Namespace, ns}, false});
  }

 private:
  const World& world_;
  std::vector<Wake>& wakes_;
  Time watched_;
};

bool has_no_execute(const Node& node) {
  return std::any_of(node.spec.taints.begin(), node.spec.taints.end(),
                     [](const Taint& taint) { return taint.effect == "NoExecute"; });
}

/// The controllers that clear nodes: a pod comes to a node, or its deletion begins.
void on_pod_of_broken_node(const World& world, Waker& waker, Id id, const Pod* before,
                           const Pod& after) {
  const bool deleted =
      after.meta.deletion_timestamp && !(before && before->meta.deletion_timestamp);
  const bool moved = !before || before->node_name != after.node_name;
  const bool changed = moved || !(before->spec == after.spec);
  if (!deleted && !changed) return;
  if (after.node_name.empty()) {
    if (deleted) waker.wake(Actor::PodCollector, {Kind::Pod, id});
    return;
  }
  const Node* node = world.find<Node>("", after.node_name);
  if (!node || (deleted && !is_ready(*node))) waker.wake(Actor::PodCollector, {Kind::Pod, id});
  if (node && changed && has_no_execute(*node)) waker.wake(Actor::TaintEviction, {Kind::Pod, id});
}

/// What a Service or a PodDisruptionBudget sees of a pod.
bool looks_the_same(const Pod& a, const Pod& b) {
  return a.meta.labels == b.meta.labels && a.node_name == b.node_name &&
         a.meta.deletion_timestamp == b.meta.deletion_timestamp &&
         a.status.phase == b.status.phase && a.status.pod_ip == b.status.pod_ip &&
         is_ready(a) == is_ready(b) && a.meta.owner_references == b.meta.owner_references;
}

void on_pod(const World& world, Waker& waker, Id id, const Pod* before, const Pod* after) {
  waker.owner(after ? *after : *before);
  if (!before || !after || !looks_the_same(*before, *after)) waker.selectors(before, after);
  if (before && after && !(before->meta.owner_references == after->meta.owner_references)) {
    waker.owner(*before);
  }
  if (after && !after->meta.controller() &&
      (!before || before->meta.labels != after->meta.labels)) {
    waker.adopters(*after);
  }
  // The kubelet reacts to the pod being bound, changed or deleted, not to the status it wrote
  // itself.
  const bool bound = after && !after->node_name.empty();
  const bool status_only = before && after && before->node_name == after->node_name &&
                           before->spec == after->spec &&
                           before->meta.deletion_timestamp == after->meta.deletion_timestamp &&
                           before->meta.annotations == after->meta.annotations &&
                           before->meta.labels == after->meta.labels;
  if (bound && !status_only) waker.kubelet(id);
  if (!after && !before->node_name.empty()) waker.kubelet(id);
  if (!after) waker.recreating_deployment(*before);
  if (after) on_pod_of_broken_node(world, waker, id, before, *after);
}

void on_node(const World& world, Waker& waker, Id id, const Node* before, const Node* after) {
  waker.wake(Actor::NodeLifecycle, {Kind::Node, id});
  const Node& node = after ? *after : *before;
  const bool tainted = after && before && !(before->spec.taints == after->spec.taints);
  const bool evicts = tainted && (has_no_execute(*before) || has_no_execute(*after));
  for (const Id pod : tainted ? world.store().pods_on(node.meta.name) : std::vector<Id>()) {
    waker.kubelet(pod);
    if (evicts) waker.wake(Actor::TaintEviction, {Kind::Pod, pod});
  }
  if (!before || !after || tainted || !(before->meta.labels == after->meta.labels)) {
    for (const auto& [set, row] : world.store().table(Kind::DaemonSet)) {
      waker.wake(Actor::DaemonSet, {Kind::DaemonSet, set});
    }
  }
  const bool was_ready = before && is_ready(*before);
  const bool ready = after && is_ready(*after);
  if (!before || !after || (tainted && !ready)) {
    for (const Id pod : world.store().pods_on(node.meta.name)) {
      waker.wake(Actor::PodCollector, {Kind::Pod, pod});
    }
  }
  if (after && before && before->spec.unschedulable != after->spec.unschedulable) {
    const Id machine = world.store().find(Kind::Machine, "", node.meta.name);
    if (machine != 0) waker.wake(Actor::NodeStatus, {Kind::Machine, machine});
  }
  // The other nodes: whoever is first in line for a taint now, and all when no zone is left.
  if (was_ready == ready && !tainted && before && after) return;
  const ZoneIndex& zones = world.store().zones();
  for (const Id first : zones.first_waiting())
    waker.wake(Actor::NodeLifecycle, {Kind::Node, first});
  if (was_ready && !ready && zones.all_disrupted()) {
    for (const auto& [other, row] : world.store().table(Kind::Node)) {
      if (has_no_execute(static_cast<const Node&>(row))) {
        waker.wake(Actor::NodeLifecycle, {Kind::Node, other});
      }
    }
  }
}

void on_config(const World& world, Waker& waker, const Object& object) {
  // A pod that waits for a ConfigMap finds it at its kubelet's next try; only the controllers that
  // keep what every namespace has react at once.
  const Id ns = world.store().find(Kind::Namespace, "", object.meta.ns);
  if (ns != 0) waker.wake(Actor::ServiceAccount, {Kind::Namespace, ns});
}

void on_machine(const World& world, Waker& waker, Id id, const Machine& machine) {
  if (machine.silent_since || machine.halting_since)
    waker.wake(Actor::NodeStatus, {Kind::Machine, id});
  for (const Id sandbox : world.store().sandboxes_on(id)) {
    waker.kubelet(world.get<PodSandbox>(sandbox)->pod);  // also those whose pod is gone
  }
  const Id node = world.store().find(Kind::Node, "", machine.meta.name);
  if (node != 0) waker.wake(Actor::NodeLifecycle, {Kind::Node, node});
  for (const Id pod : world.store().pods_on(machine.meta.name)) waker.kubelet(pod);
}

/// Whether a change of a machine makes its disk or memory fuller or emptier.
bool fills(const Machine& a, const Machine& b) {
  return a.other_bytes != b.other_bytes || a.other_memory != b.other_memory ||
         a.images.size() != b.images.size() || a.host_files.root() != b.host_files.root() ||
         (a.booting_until && !b.booting_until);
}

/// Faults that wait for a condition on objects of the kind that has changed.
void wake_faults(const World& world, Kind kind, std::vector<Wake>& wakes) {
  for (const auto& [id, row] : world.store().table(Kind::PlannedFault)) {
    const auto& planned = static_cast<const PlannedFault&>(row);
    if (!planned.when || planned.when->kind != kind) continue;
    wakes.push_back({world.now(), Actor::Faults, {Kind::PlannedFault, id}, true});
  }
}

bool same_power(const Machine& a, const Machine& b) {
  return a.powered == b.powered && a.reachable == b.reachable && a.boots == b.boots &&
         a.silent_since == b.silent_since && a.booting_until == b.booting_until &&
         a.halting_since == b.halting_since;
}

}  // namespace

std::vector<Wake> wakes_for(const World& world, const Change& change) {
  std::vector<Wake> wakes;
  if (!change.ref) return wakes;  // a command: what it wants comes as a plan
  Waker waker(world, wakes);
  const Ref ref = change.ref;
  const Object* before = change.before.get();
  const Object* after = change.after.get();
  const Object& object = after ? *after : *before;
  if (is_api_kind(ref.kind)) {
    waker.collector(ref, before, after);
  }
  if (world.store().count(Kind::PlannedFault) != 0) wake_faults(world, ref.kind, wakes);
  for (const Wake& moved : scheduler::moved_by(world, change)) wakes.push_back(moved);
  add_storage_wakes(world, change, wakes);
  add_scaling_wakes(world, change, wakes);
  switch (ref.kind) {
    case Kind::Namespace:
      if (after) waker.wake(Actor::ServiceAccount, ref);
      if (after && after->meta.deletion_timestamp) waker.terminating(ref.id);
      break;
    case Kind::Node:
      on_node(world, waker, ref.id, static_cast<const Node*>(before),
              static_cast<const Node*>(after));
      break;
    case Kind::Pod:
      on_pod(world, waker, ref.id, static_cast<const Pod*>(before), static_cast<const Pod*>(after));
      break;
    case Kind::ReplicaSet:
      if (after) waker.wake(Actor::ReplicaSet, ref);
      waker.owner(object);
      if (after && !after->meta.controller()) {
        for (const Id id : world.store().list(Kind::Deployment, after->meta.ns)) {
          waker.wake(Actor::Deployment, {Kind::Deployment, id});
        }
      }
      break;
    case Kind::Deployment:
    case Kind::StatefulSet:
    case Kind::DaemonSet:
    case Kind::CronJob:
      if (after) waker.wake(*keeper_of(ref.kind), ref);
      break;
    case Kind::Job:
      waker.wake(Actor::Job, ref);  // also one that is gone: it lets its pods go
      waker.owner(object);
      if (after) waker.wake(Actor::JobExpiry, ref);
      break;
    case Kind::ControllerRevision:
      if (!after) waker.owner(object);
      break;
    case Kind::Service:
      waker.wake(Actor::Endpoints, ref);  // also one that is gone
      break;
    case Kind::Endpoints: {
      const Id service = world.store().find(Kind::Service, object.meta.ns, object.meta.name);
      if (!after && service != 0) waker.wake(Actor::Endpoints, {Kind::Service, service});
      break;
    }
    case Kind::EndpointSlice: {
      const OwnerReference* owner = object.meta.controller();
      const Ref service = owner && !after ? world.store().find(owner->uid) : Ref{};
      if (service && service.kind == Kind::Service) waker.wake(Actor::Endpoints, service);
      break;
    }
    case Kind::PodDisruptionBudget:
      if (after) waker.wake(Actor::Disruption, ref);
      break;
    case Kind::ConfigMap:
    case Kind::ServiceAccount:
      on_config(world, waker, object);
      break;
    case Kind::Event:
      if (after) waker.expire(ref.id);
      break;
    case Kind::PlannedFault:
      if (const auto* planned = static_cast<const PlannedFault*>(after)) {
        wakes.push_back({planned->at.value_or(world.now()), Actor::Faults, ref, true});
      }
      break;
    case Kind::Machine:
      if (before && after &&
          fills(static_cast<const Machine&>(*before), static_cast<const Machine&>(*after))) {
        waker.pressure(ref.id);
      }
      if (!before || !after ||
          !same_power(static_cast<const Machine&>(*before), static_cast<const Machine&>(*after))) {
        on_machine(world, waker, ref.id, static_cast<const Machine&>(object));
      }
      break;
    case Kind::Disk: {
      const auto* old = static_cast<const Disk*>(before);
      const auto* now = static_cast<const Disk*>(after);
      if (old && now && now->sandbox != 0 && old->tree.root() != now->tree.root()) {
        waker.pressure(now->machine);
      }
      break;
    }
    case Kind::PodSandbox:
      break;  // the kubelet's own notes: it asks to be woken itself
    case Kind::ContainerInstance: {
      const auto* old = static_cast<const ContainerInstance*>(before);
      const auto* now = static_cast<const ContainerInstance*>(after);
      if (old && now && old->writable.root() != now->writable.root()) waker.pressure(now->machine);
      // A process that ended, whoever ended it, is seen at the next relisting.
      if (old && now && old->state != now->state &&
          now->state == ContainerInstance::State::Exited) {
        wakes.push_back({world.now() + world.timing().container_stop,
                         Actor::Kubelet,
                         {Kind::Pod, now->pod},
                         false});
      }
      break;
    }
    default:
      break;
  }
  return wakes;
}

}  // namespace sim
