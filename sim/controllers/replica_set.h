// The ReplicaSet controller: keeps as many pods as asked for, adopting, creating, and choosing whom
// to delete. k8s 1.30 pkg/controller/replicaset
#pragma once

#include "sim/world/world.h"

namespace sim::replica_set {

/// Looks at one ReplicaSet; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::replica_set
