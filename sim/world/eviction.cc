#include "sim/world/eviction.h"

#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"

namespace sim {

void mark_disrupted(const World& world, Plan& plan, Id id, std::string_view reason,
                    std::string_view message) {
  const Ref ref{Kind::Pod, id};
  const auto pending = share_as<Pod>(plan.pending(ref));
  auto pod = std::make_shared<Pod>(pending ? *pending : *world.get<Pod>(id));
  PodCondition condition;
  condition.type = "DisruptionTarget";
  condition.status = "True";
  condition.reason = Str(reason);
  condition.message = Str(message);
  if (!set_pod_condition(pod->status, std::move(condition), world.now())) return;
  api_update_status(world, plan, ref, std::move(pod), "it is to be disrupted");
}

void set_disruption_condition(PodDisruptionBudgetStatus& status, std::string_view failure,
                              std::string_view message, Time now) {
  ApiCondition wanted;
  wanted.type = "DisruptionAllowed";
  const bool allowed = failure.empty() && status.disruptions_allowed > 0;
  wanted.status = allowed ? "True" : "False";
  wanted.reason =
      !failure.empty() ? Str(failure) : Str(allowed ? "SufficientPods" : "InsufficientPods");
  wanted.message = Str(message);
  wanted.observed_generation = status.observed_generation;
  wanted.last_transition_time = now;
  for (ApiCondition& condition : status.conditions) {
    if (condition.type != wanted.type) continue;
    if (condition.status == wanted.status) {
      wanted.last_transition_time = condition.last_transition_time;
    }
    condition = std::move(wanted);
    return;
  }
  status.conditions.push_back(std::move(wanted));
}

namespace {

ApiResult refuse(int code, Str reason, std::string message) {
  ApiResult result;
  result.error = ApiError{code, std::move(reason), std::move(message)};
  return result;
}

/// Whether the pod counts for a budget at all. k8s: canIgnorePDB
bool is_beyond_budgets(const Pod& pod) {
  return has_ended(pod) || pod.status.phase == "Pending" || pod.meta.deletion_timestamp;
}

/// Takes one disruption from a budget; the answer is an error when there is none to take.
/// k8s 1.30 pkg/registry/core/pod/storage/eviction.go: checkAndDecrement
std::optional<ApiResult> take_disruption(const World& world, Plan& plan, Ref ref, const Pod& pod,
                                         bool dry_run) {
  constexpr const char* kRefusal =
      "Cannot evict pod as it would violate the pod's disruption budget.";
  constexpr std::size_t kMostDisrupted = 2000;
  const auto pending = share_as<PodDisruptionBudget>(plan.pending(ref));
  auto budget = std::make_shared<PodDisruptionBudget>(
      pending ? *pending : *world.get<PodDisruptionBudget>(ref.id));
  PodDisruptionBudgetStatus& status = budget->status;
  if (status.observed_generation < budget->meta.generation) {
    return refuse(429, "TooManyRequests", kRefusal);
  }
  if (status.disruptions_allowed < 0) {
    return refuse(403, "Forbidden",
                  fmt::format("{} \"{}\" is forbidden: pdb disruptions allowed is negative",
                              resource_name(ref.kind), budget->meta.name));
  }
  if (status.disrupted_pods.size() > kMostDisrupted) {
    return refuse(403, "Forbidden",
                  fmt::format("{} \"{}\" is forbidden: DisruptedPods map too big - too many "
                              "evictions not confirmed by PDB controller",
                              resource_name(ref.kind), budget->meta.name));
  }
  if (status.disruptions_allowed == 0) return refuse(429, "TooManyRequests", kRefusal);
  if (dry_run) return std::nullopt;
  --status.disruptions_allowed;
  if (status.disruptions_allowed == 0) set_disruption_condition(status, "", "", world.now());
  status.disrupted_pods.set(pod.meta.name, to_rfc3339(world.now()));
  api_update_status(world, plan, ref, std::move(budget), "a pod of it is evicted");
  return std::nullopt;
}

/// k8s 1.30 pkg/registry/core/pod/storage/eviction.go: Create
std::optional<ApiResult> ask_budgets(const World& world, Plan& plan, const Pod& pod,
                                     const DeleteOptions& options) {
  if (is_beyond_budgets(pod)) return std::nullopt;
  const std::vector<Id> budgets = budgets_of(world, pod);
  if (budgets.empty()) return std::nullopt;
  if (budgets.size() > 1) {
    return refuse(500, "InternalError",
                  "This pod has more than one PodDisruptionBudget, which the eviction subresource "
                  "does not support.");
  }
  const auto& budget = *world.get<PodDisruptionBudget>(budgets.front());
  // A pod that is not ready is not missed while enough others are.
  if (!is_ready(pod)) {
    const Str policy = budget.spec.unhealthy_pod_eviction_policy.value_or("IfHealthyBudget");
    const PodDisruptionBudgetStatus& status = budget.status;
    if (policy == "AlwaysAllow" ||
        (status.current_healthy >= status.desired_healthy && status.desired_healthy > 0)) {
      return std::nullopt;
    }
  }
  return take_disruption(world, plan, {Kind::PodDisruptionBudget, budgets.front()}, pod,
                         options.dry_run);
}

}  // namespace

std::vector<Id> budgets_of(const World& world, const Pod& pod) {
  std::vector<Id> all;
  for (const Ref ref : world.store().selecting(pod)) {
    if (ref.kind != Kind::PodDisruptionBudget) continue;
    const auto& spec = world.get<PodDisruptionBudget>(ref.id)->spec;
    if (matches(spec.selector ? &*spec.selector : nullptr, pod.meta.labels)) all.push_back(ref.id);
  }
  return all;
}

ApiResult api_evict(const World& world, Plan& plan, Id id, const DeleteOptions& options, Str why) {
  const Ref ref{Kind::Pod, id};
  const Pod* pod = world.get<Pod>(id);
  if (!pod) {
    ApiResult result;
    result.error = not_found(Kind::Pod, "");
    return result;
  }
  if (const std::optional<ApiResult> refused = ask_budgets(world, plan, *pod, options)) {
    return *refused;
  }
  if (!options.dry_run && !has_ended(*pod) && !pod->meta.deletion_timestamp) {
    mark_disrupted(world, plan, id, "EvictionByEvictionAPI", "Eviction API: evicting");
  }
  return api_delete(world, plan, ref, options, std::move(why));
}

}  // namespace sim
