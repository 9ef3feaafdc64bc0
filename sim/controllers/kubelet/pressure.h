// The kubelet's eviction manager and image collector: what it does when its node's disk or memory
// runs out. It looks only after something has grown or shrunk, and as long as it is short.
// k8s 1.30 pkg/kubelet/eviction, pkg/kubelet/images: image_gc_manager.go
#pragma once

#include "sim/world/world.h"

namespace sim::kubelet {

/// Looks at the disk and the memory of one Machine.
Plan watch_pressure(const World& world, Id machine);

}  // namespace sim::kubelet
