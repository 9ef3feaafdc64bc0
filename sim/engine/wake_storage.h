// Which changes the controllers of volumes look at.
#pragma once

#include <vector>

#include "sim/world/world.h"

namespace sim {

/// Adds the wake-ups that a change means for whoever handles claims, volumes and attachments.
void add_storage_wakes(const World& world, const Change& change, std::vector<Wake>& wakes);

}  // namespace sim
