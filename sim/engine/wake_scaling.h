// Which changes the autoscalers look at, that of pods and that of nodes, and the groups of nodes.
#pragma once

#include <vector>

#include "sim/world/world.h"

namespace sim {

/// Adds the wake-ups that a change means for HorizontalPodAutoscalers, node groups and the cluster
/// autoscaler.
void add_scaling_wakes(const World& world, const Change& change, std::vector<Wake>& wakes);

}  // namespace sim
