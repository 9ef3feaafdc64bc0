// The API server's subresource pods/eviction: a deletion that says why, and that a
// PodDisruptionBudget may refuse. k8s 1.30 pkg/registry/core/pod/storage/eviction.go
#pragma once

#include "sim/world/api.h"

namespace sim {

/// Marks the pod as a target of a disruption and deletes it with grace.
ApiResult api_evict(const World& world, Plan& plan, Id pod, const DeleteOptions& options, Str why);

/// Notes in a pod's status that something other than its own program ends it.
void mark_disrupted(const World& world, Plan& plan, Id pod, std::string_view reason,
                    std::string_view message);

}  // namespace sim
