// Makes the machines that a node group lacks and takes away those that it has too many of: a
// machine that is to go is closed to new pods, its pods are evicted as their budgets allow, and
// then it is gone with its disk. EC2 Auto Scaling and EKS managed node groups for what a person
// asks for; k8s autoscaler 1.30 core/scaledown/actuation for what the cluster autoscaler does.
#pragma once

#include "sim/world/world.h"

namespace sim::node_group {

/// Looks at one NodeGroup; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::node_group
