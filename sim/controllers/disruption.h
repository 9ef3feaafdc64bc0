// The disruption controller: how many pods of a PodDisruptionBudget may be evicted now.
// k8s 1.30 pkg/controller/disruption
#pragma once

#include "sim/world/world.h"

namespace sim::disruption {

/// Looks at one PodDisruptionBudget; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::disruption
