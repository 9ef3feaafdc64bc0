// Faults that are to come: one at its time or when its condition holds, and the next of a series of
// random ones. No controller of Kubernetes: it plays the part of the world outside.
#pragma once

#include "sim/world/world.h"

namespace sim::faults {

/// Looks at one PlannedFault.
Plan reconcile(const World& world, Id id);

}  // namespace sim::faults
