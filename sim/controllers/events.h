// The life of Events: an hour after it was last seen one is gone.
// k8s 1.30 kube-apiserver --event-ttl
#pragma once

#include "sim/world/world.h"

namespace sim::events {

/// Looks at one Event; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::events
