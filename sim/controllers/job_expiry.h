// The TTL controller for finished Jobs: deletes them so many seconds after their end.
// k8s 1.30 pkg/controller/ttlafterfinished
#pragma once

#include "sim/world/world.h"

namespace sim::job_expiry {

/// Looks at one Job; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::job_expiry
