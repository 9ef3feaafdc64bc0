#include "sim/controllers/scheduler/queue.h"

#include <algorithm>

#include "sim/controllers/scheduler/filters.h"
#include "sim/controllers/scheduler/pod_affinity.h"
#include "sim/controllers/scheduler/scheduler.h"
#include "sim/model/pod_facts.h"

namespace sim::scheduler {
namespace {

constexpr Duration kFirstBackOff = seconds(1);
constexpr Duration kLongestBackOff = seconds(10);
constexpr Duration kBackOffBeat = seconds(1);
constexpr Duration kLongestWait = minutes(5);
constexpr Duration kLongestWaitBeat = seconds(30);

// k8s: calculateBackoffDuration
Duration back_off_of(std::int32_t attempts) {
  Duration duration = kFirstBackOff;
  for (std::int32_t i = 1; i < attempts; ++i) {
    if (duration > kLongestBackOff - duration) return kLongestBackOff;
    duration = duration * 2;
  }
  return duration;
}

Time back_off_end(const QueuedPod& entry) { return entry.since + back_off_of(entry.attempts); }

// The first beat at or after `time` of a clock that has run since the start.
Time next_beat(const World& world, Time time, Duration beat) {
  const std::int64_t passed = (time - world.settings().start).ns;
  return world.settings().start + beat * ((passed + beat.ns - 1) / beat.ns);
}

}  // namespace

bool is_schedulable(const Pod& pod) {
  return pod.node_name.empty() && !has_ended(pod) && pod.spec->scheduling_gates.empty() &&
         pod.spec->scheduler_name == "default-scheduler";
}

Time ready_at(const World& world, const QueuedPod& entry) {
  return next_beat(world, back_off_end(entry), kBackOffBeat);
}

Time flushed_at(const World& world, const QueuedPod& entry) {
  return next_beat(world, entry.since + kLongestWait + Duration{1}, kLongestWaitBeat);
}

Plan enter(const World& world, Id id) {
  Plan plan;
  QueuedPod entry = world.scheduling_queue().get(id);
  const Pod* pod = world.get<Pod>(id);
  if (!pod || !is_schedulable(*pod)) {
    if (entry.state != QueuedPod::State::Absent) plan.queue.push_back({id, {}});
    return plan;
  }
  switch (entry.state) {
    case QueuedPod::State::Active:
      return plan;
    case QueuedPod::State::Absent:
      entry.since = world.now();
      entry.priority = pod->spec->priority.value_or(0);
      entry.nominated = world.store().find(Kind::Node, "", pod->status.nominated_node_name);
      break;
    case QueuedPod::State::Waiting:
      if (back_off_end(entry) > world.now()) return back_off(world, id, entry);
      break;
    case QueuedPod::State::BackingOff:
      if (ready_at(world, entry) > world.now()) return back_off(world, id, entry);
      break;
    case QueuedPod::State::Binding:
      return plan;  // it has its turn, which is not over
  }
  entry.state = QueuedPod::State::Active;
  plan.queue.push_back({id, entry});
  plan.wake(world.now() + world.timing().schedule, Actor::Scheduler, {Kind::Pod, kLoop});
  return plan;
}

Plan back_off(const World& world, Id pod, QueuedPod entry) {
  Plan plan;
  entry.state = QueuedPod::State::BackingOff;
  plan.queue.push_back({pod, entry});
  // Trying again what no filter has rejected is routine: it may go on for ever.
  plan.wake(ready_at(world, entry), Actor::Scheduler, {Kind::Pod, pod}, entry.rejected_by == 0);
  return plan;
}

namespace {

constexpr std::uint32_t bits(std::initializer_list<Plugin> plugins) {
  std::uint32_t mask = 0;
  for (const Plugin plugin : plugins) mask |= static_cast<std::uint32_t>(plugin);
  return mask;
}

// Which plugins look forward to what. k8s 1.30 plugins: EventsToRegister
constexpr std::uint32_t kRoom =
    bits({Plugin::NodePorts, Plugin::NodeResourcesFit, Plugin::VolumeRestrictions,
          Plugin::NodeVolumeLimits, Plugin::PodTopologySpread, Plugin::InterPodAffinity});
constexpr std::uint32_t kNodeItself =
    bits({Plugin::NodeUnschedulable, Plugin::TaintToleration, Plugin::NodeAffinity,
          Plugin::NodePorts, Plugin::NodeResourcesFit});
// What depends on a node's labels.
constexpr std::uint32_t kTopology = bits({Plugin::PodTopologySpread, Plugin::InterPodAffinity,
                                          Plugin::VolumeBinding, Plugin::VolumeZone});

bool same_conditions(const Node& a, const Node& b) {
  return std::equal(a.status.conditions.begin(), a.status.conditions.end(),
                    b.status.conditions.begin(), b.status.conditions.end(),
                    [](const NodeCondition& x, const NodeCondition& y) {
                      return x.type == y.type && x.status == y.status;
                    });
}

// Kinds of storage: those who wait look forward to their being added and changed, not to their
// going.
std::uint32_t interested_in(Kind kind, bool added) {
  switch (kind) {
    case Kind::PersistentVolumeClaim:
      return bits({Plugin::VolumeRestrictions, Plugin::VolumeBinding, Plugin::VolumeZone}) |
             (added ? bits({Plugin::NodeVolumeLimits}) : 0);
    case Kind::PersistentVolume:
      return bits({Plugin::VolumeBinding, Plugin::VolumeZone});
    case Kind::StorageClass:
      return bits({Plugin::VolumeBinding}) | (added ? bits({Plugin::VolumeZone}) : 0);
    case Kind::CSINode:
      return bits({Plugin::VolumeBinding, Plugin::NodeVolumeLimits});
    case Kind::CSIDriver:
      return bits({Plugin::VolumeBinding});
    default:
      return 0;
  }
}

// k8s 1.30 pkg/scheduler/eventhandlers.go: nodeSchedulingPropertiesChange
std::uint32_t interested_in(const Node* before, const Node* after) {
  if (!after) return bits({Plugin::PodTopologySpread});
  if (!before) return kNodeItself | kTopology | bits({Plugin::VolumeRestrictions});
  const bool opened = before->spec.unschedulable && !after->spec.unschedulable;
  if (opened || !(before->spec.taints == after->spec.taints) ||
      before->meta.labels != after->meta.labels) {
    return kNodeItself | kTopology;
  }
  const bool changed = !(before->status.allocatable == after->status.allocatable) ||
                       !same_conditions(*before, *after) ||
                       before->meta.annotations != after->meta.annotations;
  return changed ? kNodeItself : 0;
}

class Mover {
 public:
  explicit Mover(const World& world) : world_(world), seen_(world.now() + world.timing().watch) {}

  std::vector<Wake> take() { return std::move(wakes_); }

  void notice(Id pod) { wakes_.push_back({seen_, Actor::Scheduler, {Kind::Pod, pod}, false}); }

  void node(Id id, const Node* before, const Node* after) {
    const std::uint32_t mask = interested_in(before, after);
    if (mask == 0) return;
    each_waiting(mask, [&](const Pod& pod) {
      if (!after) return true;
      const Incoming incoming(world_, pod);
      return NodeFilters(incoming).admits(incoming.candidate(id));
    });
  }

  void storage(Kind kind, const Object* before, const Object* after) {
    if (!after) return;
    each_waiting(interested_in(kind, before == nullptr), [](const Pod&) { return true; });
    if (kind == Kind::PersistentVolumeClaim && world_.scheduling_queue().any_binding()) {
      // Pods that wait for it to be bound.
      for (const Id id : world_.store().pods_of_claim(after->meta.ns, after->meta.name)) {
        if (world_.scheduling_queue().get(id).state == QueuedPod::State::Binding) notice(id);
      }
    }
  }

  void pod(Id id, const Pod* before, const Pod* after) {
    const bool was_placed = before && is_placed(*before);
    const bool placed = after && is_placed(*after);
    if (placed) {
      // k8s: getUnschedulablePodsWithMatchingAffinityTerm
      each_waiting(bits({Plugin::InterPodAffinity}), [&](const Pod& waiting) {
        const auto terms = affinity_terms(waiting, TermKind::Required);
        return std::any_of(terms.begin(), terms.end(),
                           [&](const AffinityTerm& term) { return term.matches(world_, *after); });
      });
    } else if (was_placed) {
      each_waiting(kRoom, [](const Pod&) { return true; });
    }
    if (!placed && !was_placed) unplaced(id, before, after);
  }

 private:
  // k8s 1.30 scheduling_queue.go: isPodUpdated
  void unplaced(Id id, const Pod* before, const Pod* after) {
    const QueuedPod entry = world_.scheduling_queue().get(id);
    if (!after || !is_schedulable(*after)) {
      if (entry.state != QueuedPod::State::Absent) notice(id);
      return;
    }
    const bool same = before && before->spec == after->spec &&
                      before->meta.labels == after->meta.labels &&
                      before->meta.annotations == after->meta.annotations &&
                      before->meta.owner_references == after->meta.owner_references &&
                      before->meta.deletion_timestamp == after->meta.deletion_timestamp;
    if (same) return;
    notice(id);
  }

  // Moves the waiting pods that one of these plugins rejected, or that none did, and that `may`
  // let through.
  template <class May>
  void each_waiting(std::uint32_t mask, May may) {
    const SchedulingQueue& queue = world_.scheduling_queue();
    if (mask == 0 || !queue.any_waiting()) return;
    for (const Id id : queue.waiting()) {
      const QueuedPod entry = queue.get(id);
      if (entry.rejected_by != 0 && (entry.rejected_by & mask) == 0) continue;
      const Pod* pod = world_.get<Pod>(id);
      if (pod && may(*pod)) notice(id);
    }
  }

  const World& world_;
  Time seen_;
  std::vector<Wake> wakes_;
};

}  // namespace

std::vector<Wake> moved_by(const World& world, const Change& change) {
  Mover mover(world);
  const Object* before = change.before.get();
  const Object* after = change.after.get();
  if (change.ref.kind == Kind::Node) {
    mover.node(change.ref.id, as<Node>(before), as<Node>(after));
  } else if (change.ref.kind == Kind::Pod) {
    mover.pod(change.ref.id, as<Pod>(before), as<Pod>(after));
  } else {
    mover.storage(change.ref.kind, before, after);
  }
  return mover.take();
}

}  // namespace sim::scheduler
