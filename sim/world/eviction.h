// The API server's subresource pods/eviction: a deletion that says why, and that a
// PodDisruptionBudget may refuse. k8s 1.30 pkg/registry/core/pod/storage/eviction.go
#pragma once

#include <string_view>
#include <vector>

#include "sim/model/controller_types.h"
#include "sim/world/api.h"

namespace sim {

/// Marks the pod as a target of a disruption and deletes it with grace, unless its
/// PodDisruptionBudget allows no more disruptions: 429.
ApiResult api_evict(const World& world, Plan& plan, Id pod, const DeleteOptions& options, Str why);

/// The PodDisruptionBudgets that select a pod.
std::vector<Id> budgets_of(const World& world, const Pod& pod);

/// Notes in a pod's status that something other than its own program ends it.
void mark_disrupted(const World& world, Plan& plan, Id pod, std::string_view reason,
                    std::string_view message);

/// The condition that tells whether pods of a budget may be disrupted; `failure`: it cannot be
/// told. k8s 1.30 component-helpers: pdb.UpdateDisruptionAllowedCondition
void set_disruption_condition(PodDisruptionBudgetStatus& status, std::string_view failure,
                              std::string_view message, Time now);

}  // namespace sim
