// The smallest change that would make a file visible to the container that asks.
#pragma once

#include "sim/graph/why.h"

namespace sim {

/// What helps against the answer's cause. `files` is what the container sees.
Cure cure_for(const Chronicle& chronicle, const Pod& pod, const FileSystem& files, const Why& why);

}  // namespace sim
