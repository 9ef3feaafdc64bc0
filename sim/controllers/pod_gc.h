// Pods that no kubelet will ever end: those of nodes that are gone, terminating ones of nodes that
// are out of service, terminating ones that were never bound. k8s 1.30 pkg/controller/podgc
#pragma once

#include "sim/world/world.h"

namespace sim::pod_gc {

/// Looks at one Pod; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::pod_gc
