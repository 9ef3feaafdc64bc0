// The cluster autoscaler: pods for which no node has room make a group of nodes grow, if the pod
// would fit on the node that the group would make; a node that hardly anybody uses, and whose pods
// would fit elsewhere, goes after a while. It stands beside the scheduler because it tries out what
// the scheduler would do, on a copy of the world.
//
// Of several groups that would help it takes the one that leaves least of its nodes unused
// (--expander=least-waste), because that answer is the same each time.
// k8s autoscaler 1.30 cluster-autoscaler/core
#pragma once

#include "sim/world/world.h"

namespace sim::cluster_autoscaler {

/// One loop of it; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::cluster_autoscaler
