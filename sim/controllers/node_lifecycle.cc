#include "sim/controllers/node_lifecycle.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"
#include "sim/world/heartbeat.h"

namespace sim::node_lifecycle {
namespace {

// k8s 1.30 pkg/controller/nodelifecycle/config: nodeMonitorPeriod, nodeMonitorGracePeriod,
// nodeStartupGracePeriod. The ticks of a real controller drift by milliseconds from one to the
// next, so a term that ends with a tick is over at that tick.
constexpr Duration kFirstTick = seconds(1);
constexpr Duration kTick = seconds(5);
constexpr Duration kGrace = seconds(40);
constexpr Duration kStartupGrace = seconds(60);
// One node at a time gets a NoExecute taint: 0.1 a second, and 0.01 where most of a large zone is
// down. k8s: nodeEvictionRate, secondaryNodeEvictionRate, largeClusterSizeThreshold
constexpr Duration kPace = seconds(10);
constexpr Duration kSlowPace = seconds(100);
constexpr std::int64_t kLargeZone = 50;

constexpr std::string_view kComponent = "node-controller";

struct ConditionTaint {
  std::string_view condition;
  std::string_view status;
  std::string_view taint;
};

// k8s 1.30 pkg/controller/nodelifecycle: nodeConditionToTaintKeyStatusMap
constexpr ConditionTaint kTaints[] = {
    {"Ready", "False", kNotReadyTaint},
    {"Ready", "Unknown", kUnreachableTaint},
    {"MemoryPressure", "True", "node.kubernetes.io/memory-pressure"},
    {"DiskPressure", "True", "node.kubernetes.io/disk-pressure"},
    {"NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"},
    {"PIDPressure", "True", "node.kubernetes.io/pid-pressure"},
};
constexpr std::string_view kUnschedulable = "node.kubernetes.io/unschedulable";

bool wants(const Node& node, std::string_view key) {
  if (key == kUnschedulable) return node.spec.unschedulable;
  for (const ConditionTaint& each : kTaints) {
    if (each.taint != key) continue;
    for (const NodeCondition& condition : node.status.conditions) {
      if (condition.type == each.condition && condition.status == each.status) return true;
    }
  }
  return false;
}

bool is_ours(std::string_view key) {
  return key == kUnschedulable ||
         std::any_of(std::begin(kTaints), std::end(kTaints),
                     [&](const ConditionTaint& each) { return each.taint == key; });
}

Time tick_at_or_after(const World& world, Time time) {
  const Time first = world.settings().start + kFirstTick;
  if (time <= first) return first;
  return first + kTick * (((time - first).ns + kTick.ns - 1) / kTick.ns);
}

/// One look at one node.
class Look {
 public:
  Look(const World& world, Id id, const Node& node)
      : world_(world), ref_{Kind::Node, id}, node_(node) {}

  Plan take() {
    // What follows from a change of the conditions follows when the change has been seen.
    if (check_health()) return std::move(plan_);
    std::vector<Taint> taints = node_.spec.taints;
    taint_by_condition(taints);
    taint_for_eviction(taints);
    if (!(taints == node_.spec.taints)) {
      auto next = std::make_shared<Node>(node_);
      next->spec.taints = std::move(taints);
      api_update(world_, plan_, ref_, std::move(next), "tainted by condition");
    }
    return std::move(plan_);
  }

 private:
  void look_again(Time when, bool quiet) { plan_.wake(when, Actor::NodeLifecycle, ref_, quiet); }
  /// True when it has noted that nothing is heard of the kubelet.
  bool check_health();
  std::optional<Time> given_up_at() const;
  void note_silence(const Machine* machine);
  void mark_pods();
  void taint_by_condition(std::vector<Taint>& taints) const;
  void taint_for_eviction(std::vector<Taint>& taints);
  std::optional<Duration> pace() const;
  Taint no_execute(std::string_view key) const;

  const World& world_;
  const Ref ref_;
  const Node& node_;
  Plan plan_;
};

constexpr std::string_view kReported[] = {"Ready", "MemoryPressure", "DiskPressure", "PIDPressure"};

/// When the silence of the kubelet will have lasted too long; none while it is heard.
/// k8s 1.30 pkg/controller/nodelifecycle: tryUpdateNodeHealth
std::optional<Time> Look::given_up_at() const {
  const Machine* machine = world_.find<Machine>("", node_.meta.name);
  if (machine && !machine->silent_since) return std::nullopt;
  const Duration grace = node_condition(node_, "Ready") ? kGrace : kStartupGrace;
  const Time heard = machine ? lease_renewed(world_, *machine)
                             : node_.meta.creation_timestamp.value_or(world_.settings().start);
  // Its last sign of life counts from the tick at which it was seen.
  return tick_at_or_after(world_, tick_at_or_after(world_, heard) + grace);
}

bool Look::check_health() {
  const bool all_unknown =
      std::all_of(std::begin(kReported), std::end(kReported), [&](std::string_view type) {
        const NodeCondition* condition = node_condition(node_, type);
        return condition && condition->status == "Unknown";
      });
  if (all_unknown) return false;
  const std::optional<Time> due = given_up_at();
  if (!due) return false;
  if (world_.now() < *due) {
    look_again(*due, true);
    return false;
  }
  note_silence(world_.find<Machine>("", node_.meta.name));
  return true;
}

void Look::note_silence(const Machine* machine) {
  auto next = std::make_shared<Node>(node_);
  const Time posted = machine ? status_posted(world_, *machine, node_) : world_.settings().start;
  for (const std::string_view type : kReported) {
    auto& all = next->status.conditions;
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const NodeCondition& each) { return each.type == type; });
    if (at == all.end()) {
      NodeCondition never;
      never.type = Str(type);
      never.status = "Unknown";
      never.reason = "NodeStatusNeverUpdated";
      never.message = "Kubelet never posted node status.";
      never.last_heartbeat_time = node_.meta.creation_timestamp;
      never.last_transition_time = world_.now();
      all.push_back(std::move(never));
    } else if (at->status != "Unknown") {
      at->status = "Unknown";
      at->reason = "NodeStatusUnknown";
      at->message = "Kubelet stopped posting node status.";
      at->last_heartbeat_time = posted;
      at->last_transition_time = world_.now();
    }
  }
  const bool was_ready = is_ready(node_);
  api_update_status(world_, plan_, ref_, std::move(next), "nothing is heard of its kubelet");
  if (!was_ready) return;
  EventNote note;
  note.about = ref_;
  note.type = "Normal";
  note.reason = "NodeNotReady";
  note.message = fmt::format("Node {} status is now: NodeNotReady", node_.meta.name);
  note.component = kComponent;
  plan_.event(std::move(note));
  mark_pods();
}

/// Nothing is known of its pods either. k8s 1.30 pkg/controller/util/node: MarkPodsNotReady
void Look::mark_pods() {
  for (const Id id : world_.store().pods_on(node_.meta.name)) {
    const Pod& pod = *world_.get<Pod>(id);
    if (!is_ready(pod)) continue;
    PodCondition condition = *pod_condition(pod, "Ready");
    condition.status = "False";
    auto next = std::make_shared<Pod>(pod);
    set_pod_condition(next->status, std::move(condition), world_.now());
    api_update_status(world_, plan_, {Kind::Pod, id}, std::move(next), "its node is not ready");
    EventNote note;
    note.about = {Kind::Pod, id};
    note.type = "Warning";
    note.reason = "NodeNotReady";
    note.message = "Node is not ready";
    note.component = kComponent;
    plan_.event(std::move(note));
  }
}

// k8s 1.30 pkg/controller/nodelifecycle: doNoScheduleTaintingPass
void Look::taint_by_condition(std::vector<Taint>& taints) const {
  taints.erase(std::remove_if(taints.begin(), taints.end(),
                              [&](const Taint& taint) {
                                return taint.effect == "NoSchedule" && is_ours(taint.key) &&
                                       !wants(node_, taint.key);
                              }),
               taints.end());
  const auto add = [&](std::string_view key) {
    if (!wants(node_, key) || find_taint(node_, key, "NoSchedule")) return;
    Taint taint;
    taint.key = Str(key);
    taint.effect = "NoSchedule";
    taint.time_added = world_.now();
    taints.push_back(std::move(taint));
  };
  for (const ConditionTaint& each : kTaints) add(each.taint);
  add(kUnschedulable);
}

Taint Look::no_execute(std::string_view key) const {
  Taint taint;
  taint.key = Str(key);
  taint.effect = "NoExecute";
  taint.time_added = world_.now();
  return taint;
}

/// How far apart the nodes of its zone are tainted; none: not at all.
/// k8s 1.30 pkg/controller/nodelifecycle: setLimiterInZone
std::optional<Duration> Look::pace() const {
  if (world_.store().zones().all_disrupted()) return std::nullopt;
  const ZoneHealth health = world_.store().zones().health(zone_key(node_));
  if (health.state() != ZoneHealth::State::Partial) return kPace;
  if (health.nodes > kLargeZone) return kSlowPace;
  return std::nullopt;
}

// k8s 1.30 pkg/controller/nodelifecycle: processTaintBaseEviction, doNoExecuteTaintingPass
void Look::taint_for_eviction(std::vector<Taint>& taints) {
  const NodeCondition* ready = node_condition(node_, "Ready");
  if (!ready) return;
  const Time changed = ready->last_transition_time.value_or(world_.settings().start);
  const Taint* unreachable = find_taint(node_, kUnreachableTaint, "NoExecute");
  const Taint* not_ready = find_taint(node_, kNotReadyTaint, "NoExecute");
  const auto remove = [&](std::string_view key) {
    taints.erase(std::remove_if(taints.begin(), taints.end(),
                                [&](const Taint& taint) {
                                  return taint.key == key && taint.effect == "NoExecute";
                                }),
                 taints.end());
  };
  const bool everything_down = world_.store().zones().all_disrupted();
  if (ready->status == "True" || everything_down) {
    if (!unreachable && !not_ready) return;
    const Time tick = tick_at_or_after(world_, changed);
    if (!everything_down && world_.now() < tick) {
      look_again(tick, false);
      return;
    }
    remove(kUnreachableTaint);
    remove(kNotReadyTaint);
    return;
  }
  const bool unknown = ready->status == "Unknown";
  const std::string_view wanted = unknown ? kUnreachableTaint : kNotReadyTaint;
  if (unknown ? unreachable : not_ready) return;
  // A tick goes by what the node said before the tick: it acts on its own changes one tick later.
  const Time tick = tick_at_or_after(world_, changed + Duration{1});
  if (world_.now() < tick) {
    look_again(tick, true);
    return;
  }
  if (unreachable || not_ready) {
    remove(unknown ? kNotReadyTaint : kUnreachableTaint);
    taints.push_back(no_execute(wanted));
    return;
  }
  // The nodes of a zone stand in line; the first of it is woken when the one before it has left.
  const Str zone = zone_key(node_);
  if (world_.store().zones().first_waiting(zone) != ref_.id) return;
  const std::optional<Duration> apart = pace();
  if (!apart) return;
  const std::optional<Time> last = world_.eviction_memory().tainted(zone);
  if (last && world_.now() < *last + *apart) {
    look_again(*last + *apart, true);
    return;
  }
  taints.push_back(no_execute(wanted));
  plan_.tainted_zone = zone;
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  const Node* node = world.get<Node>(id);
  if (!node) return {};
  return Look(world, id, *node).take();
}

}  // namespace sim::node_lifecycle
