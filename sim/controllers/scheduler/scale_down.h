// Which nodes the cluster autoscaler may take away: those that are used little, and whose pods may
// be moved. k8s autoscaler 1.30 core/scaledown/eligibility, utils/drain, simulator/drainability
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/world/node_group.h"

namespace sim::cluster_autoscaler {

struct Removable {
  Id node = 0;
  std::vector<Id> pods;     // that would have to move
  std::string utilization;  // as its Events tell it
};
/// None: the node stays, whatever room there is elsewhere.
std::optional<Removable> removable_node(const World& world, const ClusterAutoscaler& rules,
                                        Id node);

/// Why a pod may not be moved, in the words of the autoscaler's rules; empty: it may.
std::string why_it_holds(const World& world, const ClusterAutoscaler& rules, const Pod& pod);

}  // namespace sim::cluster_autoscaler
