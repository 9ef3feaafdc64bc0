// The Job controller: pods that run to their end, as many as it takes.
// k8s 1.30 pkg/controller/job
#pragma once

#include "sim/world/world.h"

namespace sim::job {

/// Looks at one Job; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::job
