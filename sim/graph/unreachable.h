// Why nothing of a pod runs that could see a file: no node, no volume, no image, no power.
#pragma once

#include "sim/graph/why.h"

namespace sim {

/// Fills in code, reason, evidence and cure for a container that does not run. `id` is the pod's.
void explain_unreachable(const Chronicle& chronicle, const Pod& pod, Id id, Why& why);

}  // namespace sim
