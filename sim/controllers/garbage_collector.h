// The garbage collector: deletes what has lost all its owners, and carries out foreground and
// orphan deletion. k8s 1.30 pkg/controller/garbagecollector
#pragma once

#include "sim/world/world.h"

namespace sim::garbage_collector {

/// Looks at one object of any API kind; it may be gone.
Plan reconcile(const World& world, Ref ref);

}  // namespace sim::garbage_collector
