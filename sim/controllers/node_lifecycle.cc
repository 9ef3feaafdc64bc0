#include "sim/controllers/node_lifecycle.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/world/api.h"

namespace sim::node_lifecycle {
namespace {

struct ConditionTaint {
  std::string_view condition;
  std::string_view status;
  std::string_view taint;
};

// k8s 1.30 pkg/controller/nodelifecycle: nodeConditionToTaintKeyStatusMap
constexpr ConditionTaint kTaints[] = {
    {"Ready", "False", "node.kubernetes.io/not-ready"},
    {"Ready", "Unknown", "node.kubernetes.io/unreachable"},
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

}  // namespace

// k8s 1.30 pkg/controller/nodelifecycle: doNoScheduleTaintingPass
Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Node* node = world.get<Node>(id);
  if (!node) return plan;
  std::vector<Taint> taints;
  std::vector<std::string_view> kept;
  for (const Taint& taint : node->spec.taints) {
    const bool ours = taint.effect == "NoSchedule" && is_ours(taint.key);
    if (ours && !wants(*node, taint.key)) continue;
    if (ours) kept.push_back(taint.key);
    taints.push_back(taint);
  }
  const auto add = [&](std::string_view key) {
    if (!wants(*node, key) || std::find(kept.begin(), kept.end(), key) != kept.end()) return;
    Taint taint;
    taint.key = Str(key);
    taint.effect = "NoSchedule";
    taint.time_added = world.now();
    taints.push_back(std::move(taint));
  };
  for (const ConditionTaint& each : kTaints) add(each.taint);
  add(kUnschedulable);
  if (taints == node->spec.taints) return plan;
  auto changed = std::make_shared<Node>(*node);
  changed->spec.taints = std::move(taints);
  api_update(world, plan, {Kind::Node, id}, std::move(changed), "tainted by condition");
  return plan;
}

}  // namespace sim::node_lifecycle
