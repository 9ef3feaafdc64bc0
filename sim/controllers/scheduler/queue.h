// The times of the scheduling queue: how long a pod that found no node is left alone.
// k8s 1.30 pkg/scheduler/internal/queue/scheduling_queue.go
#pragma once

#include "sim/world/world.h"

namespace sim::scheduler {

/// Whether a pod is the scheduler's business: not bound, not ended, not gated.
bool is_schedulable(const Pod& pod);

/// When the back-off of a pod that was tried in vain is noticed to be over: 1 s, 2 s, 4 s, 8 s and
/// 10 s, looked at once a second.
Time ready_at(const World& world, const QueuedPod& entry);
/// When a pod that nothing has helped is tried all the same: after five minutes, looked at every
/// 30 s.
Time flushed_at(const World& world, const QueuedPod& entry);

/// A pod that was tried in vain is to be tried again, not before its back-off is over.
Plan back_off(const World& world, Id pod, QueuedPod entry);
/// A pod comes into the queue, or back to its active part, or has gone.
Plan enter(const World& world, Id pod);

}  // namespace sim::scheduler
