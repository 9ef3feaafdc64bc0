// The DaemonSet controller: one pod on each node that may have one.
// k8s 1.30 pkg/controller/daemon
#pragma once

#include "sim/world/world.h"

namespace sim::daemon_set {

/// Looks at one DaemonSet; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::daemon_set
