// The scheduler: takes one pending pod through the filters and scores of the default profile and
// binds it to a node, or says why none fits and tries again when something changes that may help.
// k8s 1.30 pkg/scheduler
#pragma once

#include "sim/world/world.h"

namespace sim::scheduler {

/// Looks at one Pod; `id` may be gone or bound already.
Plan reconcile(const World& world, Id pod);

}  // namespace sim::scheduler
