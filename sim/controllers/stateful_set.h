// The StatefulSet controller: pods with a name, a place in the order and claims of their own.
// k8s 1.30 pkg/controller/statefulset
#pragma once

#include "sim/world/world.h"

namespace sim::stateful_set {

/// Looks at one StatefulSet; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::stateful_set
