// The horizontal pod autoscaler: how many pods a workload is to have, by what its pods use. It
// looks once in 15 seconds, and only while something is under way: an autoscaler whose pods use
// what they used before has nothing to do and does not look at all.
// k8s 1.30 pkg/controller/podautoscaler
#pragma once

#include "sim/world/world.h"

namespace sim::horizontal_autoscaler {

/// Looks at one HorizontalPodAutoscaler; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::horizontal_autoscaler
