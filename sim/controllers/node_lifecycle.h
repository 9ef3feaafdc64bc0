// What the control plane does about a node: it notices that its kubelet has fallen silent, says so
// in the node's conditions and its pods' readiness, and taints the node, so that no pod comes and,
// a while later, those that are there go. k8s 1.30 pkg/controller/nodelifecycle
#pragma once

#include "sim/world/world.h"

namespace sim::node_lifecycle {

/// Looks at one Node; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::node_lifecycle
