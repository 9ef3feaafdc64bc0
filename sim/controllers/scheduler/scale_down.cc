#include "sim/controllers/scheduler/scale_down.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/world/eviction.h"

namespace sim::cluster_autoscaler {
namespace {

constexpr std::string_view kSafe = "cluster-autoscaler.kubernetes.io/safe-to-evict";
constexpr std::string_view kSafeVolumes =
    "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
constexpr std::string_view kDisabled = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

/// k8s autoscaler utils/drain: HasBlockingLocalStorage
bool has_local_storage(const Pod& pod) {
  const std::string_view safe = pod.meta.annotations.get(kSafeVolumes);
  return std::any_of(pod.spec->volumes.begin(), pod.spec->volumes.end(), [&](const Volume& volume) {
    const VolumeSource& source = volume.volume_source;
    const bool on_disk = source.empty_dir && source.empty_dir->medium != "Memory";
    return (source.host_path || on_disk) && !is_among(volume.name, safe);
  });
}

double part(std::int64_t used, std::int64_t has) {
  return has > 0 ? static_cast<double>(used) / static_cast<double>(has) : 1.0;
}

}  // namespace

std::string why_it_holds(const World& world, const ClusterAutoscaler& rules, const Pod& pod) {
  const std::vector<Id> budgets = budgets_of(world, pod);
  const bool disrupts = std::all_of(budgets.begin(), budgets.end(), [&](Id id) {
    return world.get<PodDisruptionBudget>(id)->status.disruptions_allowed > 0;
  });
  const Str& safe = pod.meta.annotations.get(kSafe);
  if (safe != "true") {
    if (!pod.meta.controller()) return "NotReplicated";
    if (rules.skip_system_pods && pod.meta.ns == "kube-system" && budgets.empty()) {
      return "UnmovableKubeSystemPod";
    }
    if (rules.skip_local_storage && has_local_storage(pod)) return "LocalStorageRequested";
    if (safe == "false") return "NotSafeToEvictAnnotation";
  }
  return disrupts ? "" : "NotEnoughPdb";
}

std::optional<Removable> removable_node(const World& world, const ClusterAutoscaler& rules, Id id) {
  const Node* node = world.get<Node>(id);
  if (!node || !is_ready(*node) || node->meta.annotations.get(kDisabled) == "true") {
    return std::nullopt;
  }
  const NodeFacts& has = world.store().node_index().facts(id);
  const NodeLoad& used = world.store().load(id);
  const double cpu = part(used.milli_cpu, has.milli_cpu);
  const double memory = part(used.memory, has.memory);
  const double most = std::max(cpu, memory);
  if (most * 100.0 >= static_cast<double>(rules.threshold)) return std::nullopt;
  Removable found;
  found.node = id;
  found.utilization =
      fmt::format("{{{} {} 0 {} {}}}", cpu, memory, cpu > memory ? "cpu" : "memory", most);
  for (const Id pod_id : world.store().pods_on(node->meta.name)) {
    const Pod& pod = *world.get<Pod>(pod_id);
    if (stays_on_node(pod)) continue;
    if (!why_it_holds(world, rules, pod).empty()) return std::nullopt;
    found.pods.push_back(pod_id);
  }
  return found;
}

}  // namespace sim::cluster_autoscaler
