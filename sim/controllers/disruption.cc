#include "sim/controllers/disruption.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/int_or_percent.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/world/eviction.h"
#include "sim/world/pod_control.h"

namespace sim::disruption {
namespace {

constexpr std::string_view kComponent = "controllermanager";

class Sync {
 public:
  Sync(const World& world, Id id, const PodDisruptionBudget& budget)
      : world_(world), ref_{Kind::PodDisruptionBudget, id}, budget_(budget) {}

  // k8s 1.30 pkg/controller/disruption: trySync
  Plan run() {
    const LabelSelector* selector = budget_.spec.selector ? &*budget_.spec.selector : nullptr;
    for (const Id id : world_.store().selectable(budget_)) {
      const Pod* pod = world_.get<Pod>(id);
      if (matches(selector, pod->meta.labels)) pods_.push_back(pod);
    }
    if (pods_.empty()) note("Normal", "NoPods", "No matching pods found");
    PodDisruptionBudgetStatus status = budget_.status;
    if (!expect(status)) {
      note("Warning", "CalculateExpectedPodCountFailed",
           "Failed to calculate the number of expected pods: " + error_);
      status.disruptions_allowed = 0;
      set_disruption_condition(status, "SyncFailed", error_, world_.now());
      write(std::move(status));
      return std::move(plan_);
    }
    keep_disrupted(status);
    status.current_healthy =
        static_cast<std::int32_t>(std::count_if(pods_.begin(), pods_.end(), [&](const Pod* pod) {
          return !pod->meta.deletion_timestamp && is_ready(*pod) &&
                 !status.disrupted_pods.contains(pod->meta.name);
        }));
    const std::int32_t allowed = status.current_healthy - status.desired_healthy;
    status.disruptions_allowed = status.expected_pods <= 0 ? 0 : std::max(allowed, 0);
    status.observed_generation = budget_.meta.generation;
    set_disruption_condition(status, "", "", world_.now());
    write(std::move(status));
    return std::move(plan_);
  }

 private:
  void note(std::string_view type, std::string_view reason, std::string message) {
    plan_.event(controller_event(ref_, kComponent, type, reason, std::move(message)));
  }

  // How many pods whoever controls them wants; none when it cannot be told.
  std::optional<std::int64_t> scale_of(const Pod& pod, Uid* whose) {
    const OwnerReference* owner = pod.meta.controller();
    Ref ref = world_.store().find(owner->uid);
    if (ref && ref.kind == Kind::ReplicaSet) {
      const OwnerReference* above = world_.get<ReplicaSet>(ref.id)->meta.controller();
      const Ref parent = above ? world_.store().find(above->uid) : Ref{};
      if (parent && parent.kind == Kind::Deployment) ref = parent;
    }
    const Object* found = ref ? world_.store().get(ref) : nullptr;
    if (found) *whose = found->meta.uid;
    if (const auto* set = as<ReplicaSet>(found)) return set->spec.replicas.value_or(1);
    if (const auto* set = as<StatefulSet>(found)) return set->spec.replicas.value_or(1);
    if (const auto* deployment = as<Deployment>(found)) {
      return deployment->spec.replicas.value_or(1);
    }
    error_ = found ? fmt::format("{} does not implement the scale subresource",
                                 resource_name(found->kind))
                   : fmt::format("found no controllers for pod \"{}\"", pod.meta.name);
    return std::nullopt;
  }

  // k8s 1.30 pkg/controller/disruption: getExpectedScale
  std::optional<std::int64_t> expected_scale() {
    std::map<Uid, std::int64_t> scales;
    bool unmanaged = false;
    for (const Pod* pod : pods_) {
      if (!pod->meta.controller()) {
        unmanaged = true;
        continue;
      }
      Uid whose;
      const std::optional<std::int64_t> scale = scale_of(*pod, &whose);
      if (!scale) return std::nullopt;
      scales[whose] = *scale;
    }
    if (unmanaged) {
      note("Warning", "UnmanagedPods",
           fmt::format(
               "Pods selected by this PodDisruptionBudget (selector: {}) were found to be "
               "unmanaged. As a result, the status of the PDB cannot be calculated correctly, "
               "which may result in undefined behavior. To account for these pods please set "
               "\".spec.minAvailable\" field of the PDB to an integer value.",
               format_label_selector(&*budget_.spec.selector)));
    }
    std::int64_t sum = 0;
    for (const auto& [uid, scale] : scales) sum += scale;
    return sum;
  }

  // k8s 1.30 pkg/controller/disruption: getExpectedPodCount
  bool expect(PodDisruptionBudgetStatus& status) {
    const PodDisruptionBudgetSpec& spec = budget_.spec;
    std::int64_t expected = 0;
    std::int64_t desired = 0;
    if (spec.min_available && !spec.min_available->is_string) {
      expected = static_cast<std::int64_t>(pods_.size());
      desired = spec.min_available->number;
    } else if (spec.min_available || spec.max_unavailable) {
      const std::optional<std::int64_t> scale = expected_scale();
      if (!scale) return false;
      expected = *scale;
      const IntOrString& amount =
          spec.max_unavailable ? *spec.max_unavailable : *spec.min_available;
      const std::int64_t part = scaled_value(amount, expected, true).value_or(0);
      desired = spec.max_unavailable ? std::max<std::int64_t>(0, expected - part) : part;
    }
    status.expected_pods = static_cast<std::int32_t>(std::min<std::int64_t>(expected, INT32_MAX));
    status.desired_healthy = static_cast<std::int32_t>(std::min<std::int64_t>(desired, INT32_MAX));
    return true;
  }

  // An eviction that nobody has seen happen counts for two minutes.
  // k8s 1.30 pkg/controller/disruption: buildDisruptedPodMap
  void keep_disrupted(PodDisruptionBudgetStatus& status) {
    constexpr Duration kPatience = minutes(2);
    StringMap kept;
    Time next = kNever;
    for (const Pod* pod : pods_) {
      if (pod->meta.deletion_timestamp) continue;
      const Str* noted = status.disrupted_pods.find(pod->meta.name);
      const std::optional<Time> since = noted ? parse_rfc3339(*noted) : std::nullopt;
      if (!since) continue;
      if (*since + kPatience < world_.now()) {
        note("Warning", "NotDeleted",
             fmt::format("Pod was expected by PDB {}/{} to be deleted but it wasn't",
                         budget_.meta.ns, budget_.meta.name));
        continue;
      }
      kept.set(pod->meta.name, *noted);
      next = std::min(next, *since + kPatience + seconds(1));
    }
    status.disrupted_pods = std::move(kept);
    if (next != kNever) plan_.wake(next, Actor::Disruption, ref_, true);
  }

  void write(PodDisruptionBudgetStatus status) {
    if (status == budget_.status) return;
    auto changed = std::make_shared<PodDisruptionBudget>(budget_);
    changed->status = std::move(status);
    api_update_status(world_, plan_, ref_, std::move(changed), "its pods changed");
  }

  const World& world_;
  const Ref ref_;
  const PodDisruptionBudget& budget_;
  Plan plan_;
  std::vector<const Pod*> pods_;
  std::string error_;
};

}  // namespace

Plan reconcile(const World& world, Id id) {
  const PodDisruptionBudget* budget = world.get<PodDisruptionBudget>(id);
  if (!budget || budget->meta.deletion_timestamp) return {};
  return Sync(world, id, *budget).run();
}

}  // namespace sim::disruption
