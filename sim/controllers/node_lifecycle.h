// What the control plane does about a node: conditions, taints by condition, the node's lease.
// k8s 1.30 pkg/controller/nodelifecycle
#pragma once

#include "sim/world/world.h"

namespace sim::node_lifecycle {

/// Looks at one Node; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::node_lifecycle
