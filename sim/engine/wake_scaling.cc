#include "sim/engine/wake_scaling.h"

#include "sim/model/controller_types.h"
#include "sim/model/pod_facts.h"
#include "sim/model/workload_types.h"
#include "sim/world/metrics.h"
#include "sim/world/node_group.h"

namespace sim {
namespace {

template <class T>
const T* cast(const Object* object) {
  return static_cast<const T*>(object);
}

class ScalingWaker {
 public:
  ScalingWaker(const World& world, std::vector<Wake>& wakes)
      : world_(world), wakes_(wakes), watched_(world.now() + world.timing().watch) {}

  void wake(Actor actor, Ref key) { wakes_.push_back({watched_, actor, key, false}); }

  /// Those that scale an object.
  void autoscalers_of(std::string_view ns, std::string_view kind, std::string_view name) {
    for (const Id id : world_.store().autoscalers_of(ns, kind, name)) {
      wake(Actor::Autoscaler, {Kind::HorizontalPodAutoscaler, id});
    }
  }
  void all_autoscalers() {
    for (const auto& [id, row] : world_.store().table(Kind::HorizontalPodAutoscaler)) {
      wake(Actor::Autoscaler, {Kind::HorizontalPodAutoscaler, id});
    }
  }
  /// Those that scale whoever controls an object, or that one's controller.
  void autoscalers_above(const Object& object) {
    for (const OwnerReference* owner = object.meta.controller(); owner;) {
      autoscalers_of(object.meta.ns, owner->kind, owner->name);
      const Ref ref = world_.store().find(owner->uid);
      const Object* found = ref ? world_.store().get(ref) : nullptr;
      owner = found ? found->meta.controller() : nullptr;
    }
  }

  void group_of(const Machine* machine) {
    if (!machine || machine->group.empty()) return;
    const Id group = world_.store().find(Kind::NodeGroup, "", machine->group);
    if (group != 0) wake(Actor::NodeGroup, {Kind::NodeGroup, group});
  }
  void group_at(std::string_view node) {
    if (!node.empty()) group_of(world_.find<Machine>("", node));
  }
  void cluster_autoscaler() {
    for (const auto& [id, row] : world_.store().table(Kind::ClusterAutoscaler)) {
      wake(Actor::ClusterAutoscaler, {Kind::ClusterAutoscaler, id});
    }
  }

 private:
  const World& world_;
  std::vector<Wake>& wakes_;
  Time watched_;
};

/// What an autoscaler sees of a pod.
bool counts_the_same(const Pod& a, const Pod& b) {
  return a.meta.labels == b.meta.labels && a.node_name == b.node_name &&
         a.meta.deletion_timestamp == b.meta.deletion_timestamp &&
         a.status.phase == b.status.phase && is_ready(a) == is_ready(b) &&
         a.status.container_statuses.size() == b.status.container_statuses.size();
}

bool cannot_be_placed(const Pod* pod) {
  const PodCondition* scheduled = pod ? pod_condition(*pod, "PodScheduled") : nullptr;
  return scheduled && scheduled->status == "False";
}

template <class T>
bool spec_changes(const Object* before, const Object* after) {
  return !before || !after || !(cast<T>(before)->spec == cast<T>(after)->spec);
}

}  // namespace

void add_scaling_wakes(const World& world, const Change& change, std::vector<Wake>& wakes) {
  const Store& store = world.store();
  const bool pods = store.count(Kind::HorizontalPodAutoscaler) != 0;
  const bool groups = store.count(Kind::NodeGroup) != 0;
  const bool nodes = store.count(Kind::ClusterAutoscaler) != 0;
  const Ref ref = change.ref;
  const Object* before = change.before.get();
  const Object* after = change.after.get();
  const Object& object = after ? *after : *before;
  ScalingWaker waker(world, wakes);
  if (ref.kind == Kind::HorizontalPodAutoscaler) {
    if (spec_changes<HorizontalPodAutoscaler>(before, after)) waker.wake(Actor::Autoscaler, ref);
    return;
  }
  if (!pods && !groups && !nodes) return;
  switch (ref.kind) {
    case Kind::Pod: {
      const Pod* was = cast<Pod>(before);
      const Pod* is = cast<Pod>(after);
      const bool differs = !was || !is || !counts_the_same(*was, *is);
      if (pods && differs) waker.autoscalers_above(object);
      if (groups && !is) waker.group_at(was->node_name);
      if (nodes && (differs || cannot_be_placed(was) != cannot_be_placed(is))) {
        waker.cluster_autoscaler();
      }
      break;
    }
    case Kind::Deployment:
      if (pods && spec_changes<Deployment>(before, after)) {
        waker.autoscalers_of(object.meta.ns, "Deployment", object.meta.name);
      }
      break;
    case Kind::ReplicaSet:
      if (pods && spec_changes<ReplicaSet>(before, after)) {
        waker.autoscalers_of(object.meta.ns, "ReplicaSet", object.meta.name);
      }
      break;
    case Kind::StatefulSet:
      if (pods && spec_changes<StatefulSet>(before, after)) {
        waker.autoscalers_of(object.meta.ns, "StatefulSet", object.meta.name);
      }
      break;
    case Kind::Load: {
      const std::string_view both = object.meta.name;
      const std::size_t slash = both.find('/');
      const std::string_view kind = both.substr(0, slash);
      const std::string_view name = both.substr(slash + 1);
      waker.autoscalers_of(object.meta.ns, kind, name);
      const std::optional<Kind> known = kind_called(kind);
      const Id id = known ? store.find(*known, object.meta.ns, name) : 0;
      if (id != 0) waker.autoscalers_above(*store.get({*known, id}));
      break;
    }
    case Kind::Service:
      if (pods && object.meta.name == kMetricsServer && (!before || !after)) {
        waker.all_autoscalers();
      }
      break;
    case Kind::Node:
      if (groups && !after) waker.group_at(object.meta.name);
      if (nodes) waker.cluster_autoscaler();
      break;
    case Kind::Machine:
      if (!after || !before ||
          cast<Machine>(before)->discarded != cast<Machine>(after)->discarded) {
        waker.group_of(cast<Machine>(&object));
      }
      break;
    case Kind::NodeGroup:
      if (after) waker.wake(Actor::NodeGroup, ref);
      if (nodes) waker.cluster_autoscaler();
      break;
    case Kind::PodDisruptionBudget:
    case Kind::PersistentVolumeClaim:
      if (nodes) waker.cluster_autoscaler();
      break;
    case Kind::ClusterAutoscaler:
      if (!before) waker.wake(Actor::ClusterAutoscaler, ref);
      break;
    default:
      break;
  }
}

}  // namespace sim
