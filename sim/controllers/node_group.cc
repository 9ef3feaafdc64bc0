#include "sim/controllers/node_group.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/world/eviction.h"
#include "sim/world/node_group.h"

namespace sim::node_group {
namespace {

constexpr Duration kRetry = seconds(10);  // k8s autoscaler: EvictionRetryTime
// k8s autoscaler: MaxPodEvictionTime, --max-graceful-termination-sec
constexpr Duration kEvictionTime = minutes(2);
constexpr std::int64_t kLongestGrace = 600;
constexpr Duration kPodsGone = kEvictionTime + seconds(kLongestGrace);
// EKS: a node that cannot be emptied in this time is terminated all the same.
constexpr Duration kGivenUp = minutes(15);

class Work {
 public:
  Work(const World& world, Id id, const NodeGroup& group)
      : world_(world), ref_{Kind::NodeGroup, id}, group_(group), next_(group) {}

  Plan take() {
    const std::vector<Id> present = members(world_, group_);
    const auto count = static_cast<std::int32_t>(present.size());
    if (count < group_.desired) make(group_.desired - count);
    if (count > group_.desired) choose(present, count - group_.desired);
    std::vector<NodeGroup::Leaving> still;
    for (NodeGroup::Leaving each : next_.leaving) {
      if (empty_out(each)) still.push_back(each);
    }
    next_.leaving = std::move(still);
    if (next_.made != group_.made || next_.desired != group_.desired ||
        next_.leaving != group_.leaving) {
      plan_.update(ref_, std::make_shared<NodeGroup>(std::move(next_)), "its machines change");
    }
    return std::move(plan_);
  }

 private:
  void make(std::int32_t number) {
    for (std::int32_t i = 0; i < number; ++i) {
      auto machine = new_machine(world_, next_of(world_, group_, i), i);
      machine->group = group_.meta.name;
      machine->silent_since = world_.now();
      machine->booting_until = world_.now() + group_.boot_delay;
      plan_.create(world_, std::move(machine), "the group makes a machine");
    }
    next_.made += number;
  }

  /// Of the zone that has most: first those that have not joined, then the oldest.
  /// EC2 Auto Scaling: default termination policy
  void choose(std::vector<Id> present, std::int32_t number) {
    const auto zone = [&](Id id) {
      return world_.get<Machine>(id)->registration->meta.labels.get(kZoneLabel);
    };
    const auto joined = [&](Id id) {
      return world_.store().find(Kind::Node, "", world_.get<Machine>(id)->meta.name) != 0;
    };
    for (std::int32_t i = 0; i < number; ++i) {
      std::map<Str, std::int32_t> machines;
      for (const Id id : present) ++machines[zone(id)];
      const auto first = std::min_element(present.begin(), present.end(), [&](Id a, Id b) {
        const std::int32_t in_a = machines[zone(a)];
        const std::int32_t in_b = machines[zone(b)];
        if (in_a != in_b) return in_a > in_b;
        if (joined(a) != joined(b)) return !joined(a);
        return a < b;
      });
      NodeGroup::Leaving leaving;
      leaving.machine = *first;
      leaving.since = world_.now();
      next_.leaving.push_back(leaving);
      present.erase(first);
    }
  }

  /// False: it is gone, or stays after all.
  bool empty_out(NodeGroup::Leaving& leaving) {
    const Machine* machine = world_.get<Machine>(leaving.machine);
    if (!machine || machine->discarded) return false;
    const Id node_id = world_.store().find(Kind::Node, "", machine->meta.name);
    const Node* node = world_.get<Node>(node_id);
    if (!node) {
      discard_machine(world_, plan_, leaving.machine, why_of(leaving));
      return false;
    }
    if (!leaving.cleared) close(node_id, *node, leaving);
    const bool first = !leaving.cleared;
    leaving.cleared = true;
    const Duration passed = world_.now() - leaving.since;
    const bool too_late = passed >= (leaving.by_autoscaler ? kEvictionTime : kGivenUp);
    bool waits = false;
    std::vector<std::string> refused;
    for (const Id id : world_.store().pods_on(machine->meta.name)) {
      const Pod& pod = *world_.get<Pod>(id);
      if (stays_on_node(pod)) continue;
      waits = true;
      if (pod.meta.deletion_timestamp || (too_late && !leaving.by_autoscaler)) continue;
      if (first && leaving.by_autoscaler) {
        note_event(plan_, {Kind::Pod, id}, kClusterAutoscaler, "Normal", "ScaleDown",
                   "deleting pod for node scale down");
      }
      DeleteOptions options;
      options.grace_seconds =
          std::min(pod.spec->termination_grace_period_seconds.value_or(30), kLongestGrace);
      const ApiResult answer =
          api_evict(world_, plan_, id, options, Str(fmt::format("evicted: {}", why_of(leaving))));
      if (!answer) {
        refused.push_back(
            fmt::format("failed to evict pod {}/{} within allowed timeout (last error: {})",
                        pod.meta.ns, pod.meta.name, answer.error->message));
      }
    }
    if (leaving.by_autoscaler && too_late && !refused.empty()) {
      give_up(node_id, *node, refused);
      return false;
    }
    if (!waits || (too_late && !leaving.by_autoscaler) ||
        (leaving.by_autoscaler && passed >= kPodsGone)) {
      if (leaving.by_autoscaler) {
        tell_of_autoscaler(
            world_, plan_, first ? "ScaleDownEmpty" : "ScaleDown",
            first ? fmt::format("Scale-down: empty node {} removed", node->meta.name)
                  : fmt::format("Scale-down: node {} removed with drain", node->meta.name));
      }
      discard_machine(world_, plan_, leaving.machine, why_of(leaving));
      return false;
    }
    plan_.wake(world_.now() + kRetry, Actor::NodeGroup, ref_, refused.empty());
    return true;
  }

  static std::string_view why_of(const NodeGroup::Leaving& leaving) {
    return leaving.by_autoscaler ? "the cluster autoscaler removed the node"
                                 : "the node group was made smaller";
  }

  /// No new pod comes to the node.
  void close(Id id, const Node& node, const NodeGroup::Leaving& leaving) {
    auto closed = std::make_shared<Node>(node);
    if (leaving.by_autoscaler) {
      closed->spec.taints.push_back(autoscaler_taint(world_, kToBeDeletedTaint, "NoSchedule"));
      note_event(plan_, {Kind::Node, id}, kClusterAutoscaler, "Normal", "ScaleDown",
                 "marked the node as toBeDeleted/unschedulable");
    } else {
      closed->spec.unschedulable = true;
    }
    api_update(world_, plan_, {Kind::Node, id}, std::move(closed), Str(why_of(leaving)));
  }

  /// Its pods may not go: it stays. k8s autoscaler core/scaledown/actuation: DrainNode
  void give_up(Id id, const Node& node, const std::vector<std::string>& refused) {
    auto open = std::make_shared<Node>(node);
    auto& taints = open->spec.taints;
    taints.erase(std::remove_if(taints.begin(), taints.end(),
                                [](const Taint& each) { return each.key == kToBeDeletedTaint; }),
                 taints.end());
    api_update(world_, plan_, {Kind::Node, id}, std::move(open), "its pods may not be evicted");
    note_event(plan_, {Kind::Node, id}, kClusterAutoscaler, "Warning", "ScaleDownFailed",
               fmt::format("failed to drain and delete node: Failed to drain node /{}, due to "
                           "following errors: [{}]",
                           node.meta.name, fmt::join(refused, " ")));
    ++next_.desired;
  }

  const World& world_;
  const Ref ref_;
  const NodeGroup& group_;
  NodeGroup next_;
  Plan plan_;
};

}  // namespace

Plan reconcile(const World& world, Id id) {
  const NodeGroup* group = world.get<NodeGroup>(id);
  if (!group) return {};
  return Work(world, id, *group).take();
}

}  // namespace sim::node_group
