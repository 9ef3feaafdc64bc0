// How good each node is that passed the filters: the scores of the default profile with their
// weights, and the choice among the best. k8s 1.30 pkg/scheduler/schedule_one.go: prioritizeNodes
#pragma once

#include <vector>

#include "sim/controllers/scheduler/incoming.h"

namespace sim::scheduler {

// One node, one plugin, 0 … 100.
std::int64_t least_allocated_score(const Incoming& incoming, const Candidate& node);
std::int64_t balanced_allocation_score(const Incoming& incoming, const Candidate& node);

/// The weighted sum for each of the nodes, in their order.
std::vector<std::int64_t> total_scores(const Incoming& incoming,
                                       const std::vector<Candidate>& nodes);

/// The index of the best; among equals it is drawn. `attempt` tells apart the draws of one pod.
/// k8s 1.30 pkg/scheduler/schedule_one.go: selectHost
std::size_t choose(const Incoming& incoming, const std::vector<std::int64_t>& scores, int attempt);

}  // namespace sim::scheduler
