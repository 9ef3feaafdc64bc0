// The Deployment controller: makes the ReplicaSet of the present template, moves replicas from old
// ones to it (RollingUpdate, Recreate), keeps revisions and history, and reports progress. k8s 1.30
// pkg/controller/deployment
#pragma once

#include "sim/world/world.h"

namespace sim::deployment {

/// Looks at one Deployment; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::deployment
