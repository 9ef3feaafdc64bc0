#include "sim/controllers/scheduler/cluster_autoscaler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/scheduler/scale_down.h"
#include "sim/controllers/scheduler/trial.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"
#include "sim/world/heartbeat.h"
#include "sim/world/node_group.h"

namespace sim::cluster_autoscaler {
namespace {

using scheduler::Trial;

// k8s autoscaler: --expendable-pods-priority-cutoff
constexpr std::int32_t kExpendable = -10;

/// Whether the cluster lacks room for the pod. k8s autoscaler: UnschedulablePodLister
bool waits_for_room(const Pod& pod) {
  const PodCondition* scheduled = pod_condition(pod, "PodScheduled");
  const OwnerReference* owner = pod.meta.controller();
  return pod.node_name.empty() && is_active(pod) && scheduled && scheduled->status == "False" &&
         scheduled->reason == "Unschedulable" && pod.status.nominated_node_name.empty() &&
         pod.spec->priority.value_or(0) >= kExpendable && !(owner && owner->kind == "DaemonSet");
}

/// What one group could do for the pods that wait.
struct Option {
  Id group = 0;
  std::int32_t nodes = 0;
  std::vector<Id> pods;
  double waste = 0.0;
};

class Loop {
 public:
  Loop(const World& world, Id id, const ClusterAutoscaler& autoscaler)
      : world_(world),
        ref_{Kind::ClusterAutoscaler, id},
        autoscaler_(autoscaler),
        next_(autoscaler) {}

  Plan take() {
    const Time tick =
        tick_at_or_after(world_.settings().start, autoscaler_.scan_interval, world_.now());
    if (world_.now() < tick) {
      plan_.wake(tick, Actor::ClusterAutoscaler, ref_, !anybody_waits());
      return std::move(plan_);
    }
    Trial trial(world_);
    add_upcoming(trial);
    if (!scale_up(trial) && autoscaler_.scale_down) scale_down(trial);
    if (next_.scaled_up_at != autoscaler_.scaled_up_at || next_.unneeded != autoscaler_.unneeded) {
      plan_.update(ref_, std::make_shared<ClusterAutoscaler>(std::move(next_)), "it has looked");
    }
    return std::move(plan_);
  }

 private:
  bool anybody_waits() const {
    const auto pods = world_.store().unbound_pods();
    return std::any_of(pods.begin(), pods.end(),
                       [&](Id id) { return waits_for_room(*world_.get<Pod>(id)); });
  }

  /// The nodes that have been asked for and are not ready yet. k8s autoscaler: GetUpcomingNodes
  void add_upcoming(Trial& trial) const {
    for (const auto& [id, row] : world_.store().table(Kind::NodeGroup)) {
      const auto& group = static_cast<const NodeGroup&>(row);
      const std::vector<Id> present = members(world_, group);
      for (const Id machine_id : present) {
        const auto& machine = *world_.get<Machine>(machine_id);
        if (world_.find<Node>("", machine.meta.name)) continue;
        NodeSpecification wanted = *group.pattern;
        wanted.name = machine.meta.name.str();
        wanted.labels = machine.registration->meta.labels;
        trial.add_node(wanted);
      }
      const auto count = static_cast<std::int32_t>(present.size());
      for (std::int32_t i = count; i < group.desired; ++i) {
        trial.add_node(next_of(world_, group, i - count));
      }
    }
  }

  bool scale_up(Trial& trial);
  std::optional<Option> option_of(const Trial& trial, Id id, const NodeGroup& group,
                                  const std::vector<Id>& pods);
  void grow(const Option& option);
  void explain(const std::vector<Id>& pods);
  void scale_down(Trial& trial);
  void remove(const Removable& node, Id group);
  void mark_candidates();
  void note(Ref about, std::string_view reason, std::string message);

  const World& world_;
  const Ref ref_;
  const ClusterAutoscaler& autoscaler_;
  ClusterAutoscaler next_;
  Plan plan_;
  std::map<Id, std::map<std::string, int>> reasons_;  // by pod: why groups do not help
};

void Loop::note(Ref about, std::string_view reason, std::string message) {
  note_event(plan_, about, kClusterAutoscaler, "Normal", reason, std::move(message));
}

// k8s autoscaler core/scaleup/orchestrator: ScaleUp
bool Loop::scale_up(Trial& trial) {
  std::vector<Id> waiting;
  for (const Id id : world_.store().unbound_pods()) {
    if (!waits_for_room(*world_.get<Pod>(id))) continue;
    // It may fit by now, or on a node that is on its way.
    if (!trial.settle(id)) waiting.push_back(id);
  }
  if (waiting.empty()) return false;
  std::optional<Option> best;
  for (const auto& [id, row] : world_.store().table(Kind::NodeGroup)) {
    std::optional<Option> option =
        option_of(trial, id, static_cast<const NodeGroup&>(row), waiting);
    if (option && (!best || option->waste < best->waste)) best = std::move(option);
  }
  if (!best) {
    explain(waiting);
    return false;
  }
  grow(*best);
  return true;
}

/// How many nodes the pods would fill, one after the other. k8s autoscaler estimator:
/// BinpackingNodeEstimator
std::optional<Option> Loop::option_of(const Trial& trial, Id id, const NodeGroup& group,
                                      const std::vector<Id>& pods) {
  const std::int32_t room = group.max - group.desired;
  if (room <= 0) {
    for (const Id pod : pods) ++reasons_[pod]["max node group size reached"];
    return std::nullopt;
  }
  Option option;
  option.group = id;
  Trial larger = trial;
  std::vector<Id> added;
  std::map<Uid, std::vector<std::string>> hopeless;  // whose pods fit on no empty node
  const std::int32_t coming =
      group.desired - static_cast<std::int32_t>(members(world_, group).size());
  for (const Id pod : pods) {
    const OwnerReference* owner = world_.get<Pod>(pod)->meta.controller();
    std::vector<std::string> reasons;
    bool placed = false;
    for (const Id node : added) {
      if (!larger.fits(pod, node, &reasons)) continue;
      larger.place(pod, node);
      placed = true;
      break;
    }
    const bool may_add = static_cast<std::int32_t>(added.size()) < room;
    if (owner && hopeless.count(owner->uid) != 0) {
      reasons = hopeless[owner->uid];
    } else if (!placed && may_add) {
      Trial with_one_more = larger;
      const auto more = static_cast<std::int32_t>(added.size()) + std::max(coming, 0);
      const Id node = with_one_more.add_node(next_of(world_, group, more));
      if (with_one_more.fits(pod, node, &reasons)) {
        with_one_more.place(pod, node);
        larger = std::move(with_one_more);
        added.push_back(node);
        placed = true;
      } else if (owner) {
        hopeless[owner->uid] = reasons;
      }
    }
    if (placed) {
      option.pods.push_back(pod);
    } else {
      for (const std::string& reason : reasons) ++reasons_[pod][reason];
    }
  }
  if (option.pods.empty()) return std::nullopt;
  option.nodes = static_cast<std::int32_t>(added.size());
  // k8s autoscaler expander/waste: BestOptions
  double cpu = 0.0, memory = 0.0, free_cpu = 0.0, free_memory = 0.0;
  for (const Id node : added) {
    const NodeFacts& facts = larger.world().store().node_index().facts(node);
    const NodeLoad& load = larger.world().store().load(node);
    cpu += static_cast<double>(facts.milli_cpu);
    memory += static_cast<double>(facts.memory);
    free_cpu += static_cast<double>(facts.milli_cpu - load.milli_cpu);
    free_memory += static_cast<double>(facts.memory - load.memory);
  }
  option.waste = (cpu > 0.0 ? free_cpu / cpu : 0.0) + (memory > 0.0 ? free_memory / memory : 0.0);
  return option;
}

void Loop::grow(const Option& option) {
  const auto& group = *world_.get<NodeGroup>(option.group);
  const std::int32_t to = group.desired + option.nodes;
  for (const Id pod : option.pods) {
    note({Kind::Pod, pod}, "TriggeredScaleUp",
         fmt::format("pod triggered scale-up: [{{{} {}->{} (max: {})}}]", group.meta.name,
                     group.desired, to, group.max));
  }
  scale_group(world_, plan_, option.group, to);
  next_.scaled_up_at = world_.now();
}

/// Why nothing grows, once for as long as it is the same. k8s autoscaler processors/status:
/// EventingScaleUpStatusProcessor
void Loop::explain(const std::vector<Id>& pods) {
  for (const Id id : pods) {
    std::vector<std::string> parts;
    for (const auto& [reason, count] : reasons_[id]) {
      parts.push_back(fmt::format("{} {}", count, reason));
    }
    std::string message = fmt::format("pod didn't trigger scale-up: {}", fmt::join(parts, ", "));
    const auto events = world_.store().events_about(world_.get<Pod>(id)->meta.uid);
    const bool told = std::any_of(events.begin(), events.end(), [&](Id event) {
      const Event& row = *world_.get<Event>(event);
      return row.reason == "NotTriggerScaleUp" && row.message == message;
    });
    if (!told) note({Kind::Pod, id}, "NotTriggerScaleUp", std::move(message));
  }
}

// k8s autoscaler core/scaledown/planner: UpdateClusterState, NodesToDelete
void Loop::scale_down(Trial& trial) {
  std::vector<ClusterAutoscaler::Unneeded> unneeded;
  std::vector<std::pair<Removable, Id>> ripe;
  Time next_look = kNever;
  std::map<Id, std::int32_t> spare;  // by group: how many nodes it may lose
  bool drains = false;
  for (const auto& [id, row] : world_.store().table(Kind::NodeGroup)) {
    const auto& group = static_cast<const NodeGroup&>(row);
    const auto present = static_cast<std::int32_t>(members(world_, group).size());
    spare[id] = std::min(group.desired, present) - group.min;
    drains = drains || !group.leaving.empty();
  }
  for (const auto& [group_id, row] : world_.store().table(Kind::NodeGroup)) {
    const auto& group = static_cast<const NodeGroup&>(row);
    for (const Id machine : members(world_, group)) {
      if (spare[group_id] <= 0) break;
      const Id node = world_.store().find(Kind::Node, "", world_.get<Machine>(machine)->meta.name);
      const std::optional<Removable> removable = removable_node(world_, autoscaler_, node);
      if (!removable) continue;
      Trial without = trial;
      if (!without.move(removable->pods, node)) continue;
      without.remove_node(node);
      trial = std::move(without);
      --spare[group_id];
      const auto known = std::find_if(
          autoscaler_.unneeded.begin(), autoscaler_.unneeded.end(),
          [node](const ClusterAutoscaler::Unneeded& each) { return each.node == node; });
      const Time since = known == autoscaler_.unneeded.end() ? world_.now() : known->since;
      unneeded.push_back({node, since});
      Time due = since + autoscaler_.unneeded_time;
      if (autoscaler_.scaled_up_at) {
        due = std::max(due, *autoscaler_.scaled_up_at + autoscaler_.delay_after_add);
      }
      if (due <= world_.now()) {
        ripe.push_back({*removable, group_id});
      } else {
        next_look = std::min(next_look, due);
      }
    }
  }
  std::sort(unneeded.begin(), unneeded.end(),
            [](const auto& a, const auto& b) { return a.node < b.node; });
  next_.unneeded = std::move(unneeded);
  mark_candidates();
  // Empty nodes go together; of the others one after the other.
  // k8s autoscaler: --max-drain-parallelism=1
  for (const auto& [node, group_id] : ripe) {
    if (!node.pods.empty() && drains) continue;
    drains = drains || !node.pods.empty();
    remove(node, group_id);
  }
  if (next_look != kNever) {
    plan_.wake(tick_at_or_after(world_.settings().start, autoscaler_.scan_interval, next_look),
               Actor::ClusterAutoscaler, ref_, true);
  }
}

void Loop::remove(const Removable& node, Id group_id) {
  const Ref ref{Kind::NodeGroup, group_id};
  const Node& row = *world_.get<Node>(node.node);
  const auto pending = share_as<NodeGroup>(plan_.pending(ref));
  auto group = std::make_shared<NodeGroup>(pending ? *pending : *world_.get<NodeGroup>(group_id));
  NodeGroup::Leaving leaving;
  leaving.machine = world_.store().find(Kind::Machine, "", row.meta.name);
  leaving.since = world_.now();
  leaving.by_autoscaler = true;
  group->leaving.push_back(leaving);
  --group->desired;
  plan_.update(ref, std::move(group), fmt::format("node {} is not needed", row.meta.name));
  std::vector<std::string> names;
  for (const Id pod : node.pods) {
    const Pod& moved = *world_.get<Pod>(pod);
    names.push_back(fmt::format("{}/{}", moved.meta.ns, moved.meta.name));
  }
  tell_of_autoscaler(
      world_, plan_, names.empty() ? "ScaleDownEmpty" : "ScaleDown",
      names.empty()
          ? fmt::format("Scale-down: removing empty node \"{}\"", row.meta.name)
          : fmt::format("Scale-down: removing node {}, utilization: {}, pods to reschedule: {}",
                        row.meta.name, node.utilization, fmt::join(names, ",")));
}

/// Nodes that may go soon get no pod that can go elsewhere. k8s autoscaler
/// core/scaledown/actuation: UpdateSoftDeletionTaints
void Loop::mark_candidates() {
  for (const auto& [id, row] : world_.store().table(Kind::Node)) {
    const Id node = id;
    const auto& taints = static_cast<const Node&>(row).spec.taints;
    const bool wanted =
        std::any_of(next_.unneeded.begin(), next_.unneeded.end(),
                    [node](const ClusterAutoscaler::Unneeded& each) { return each.node == node; });
    const auto is_mark = [](const Taint& taint) { return taint.key == kCandidateTaint; };
    const bool marked = std::any_of(taints.begin(), taints.end(), is_mark);
    if (wanted == marked) continue;
    auto changed = std::make_shared<Node>(static_cast<const Node&>(row));
    auto& its = changed->spec.taints;
    if (wanted) {
      its.push_back(autoscaler_taint(world_, kCandidateTaint, "PreferNoSchedule"));
    } else {
      its.erase(std::remove_if(its.begin(), its.end(), is_mark), its.end());
    }
    api_update(world_, plan_, {Kind::Node, node}, std::move(changed),
               wanted ? "it could go" : "it is needed");
  }
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  const auto* autoscaler = world.get<ClusterAutoscaler>(id);
  if (!autoscaler) return {};
  return Loop(world, id, *autoscaler).take();
}

}  // namespace sim::cluster_autoscaler
