// The wake table: which change makes which controller look at which key. It stands in place of
// informers and their handlers; reading its rows is reading who reacts to what.
#pragma once

#include <vector>

#include "sim/world/world.h"

namespace sim {

/// The wake-ups that follow from one change, in order.
std::vector<Wake> wakes_for(const World& world, const Change& change);

}  // namespace sim
