// How a pod counts in what its node's pods have asked for: in the store's sums, and in those that
// the scheduler keeps of pods not bound yet.
#pragma once

#include "sim/world/store.h"

namespace sim {

/// Adds what a pod asks for (sign 1), or takes it away again (sign -1).
void count_pod(NodeLoad& load, const Pod& pod, int sign);

}  // namespace sim
