// The scheduler: one pod after the other is taken from its queue through the filters and scores of
// the default profile and bound to a node, or it is said why none fits and the pod waits for a
// change that may help. k8s 1.30 pkg/scheduler
#pragma once

#include <vector>

#include "sim/world/world.h"

namespace sim::scheduler {

/// The key of the scheduler's own loop: no Pod has this id.
inline constexpr Id kLoop = 0;

/// With the id of a Pod, which may be gone or bound already: the pod comes into the queue, or goes
/// from it. With kLoop: the first pod of the queue is tried, and the loop goes on while there are
/// more.
Plan reconcile(const World& world, Id pod);

/// Whom a change brings to the scheduler's notice, and when: the pod itself, and those that wait
/// in the queue and may now fit, once their back-off is over.
std::vector<Wake> moved_by(const World& world, const Change& change);

}  // namespace sim::scheduler
