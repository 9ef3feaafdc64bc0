// Pods on a node with a NoExecute taint go: at once, or when the time is over for which they
// tolerate it. k8s 1.30 pkg/controller/tainteviction
#pragma once

#include "sim/world/world.h"

namespace sim::taint_eviction {

/// Looks at one Pod; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::taint_eviction
