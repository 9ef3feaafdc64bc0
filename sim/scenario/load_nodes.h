// The machines of a cluster as a person describes them: nodes, groups of nodes, who scales them,
// and the load that its workloads have.
#pragma once

#include <string>
#include <vector>

#include "sim/engine/cluster.h"
#include "sim/scenario/reader.h"

namespace sim {

/// An amount: "2", "500m", "64Mi", or a number.
Quantity read_quantity(const Cursor& value);
/// "nodes", "nodeGroups" and "autoscaler" of a cluster.
void read_nodes(const Cursor& cluster, ClusterSpecification* made);
/// Whether there is a node, or a group that may make one.
bool has_nodes(const ClusterSpecification& cluster);
/// The words that `sim load` takes for it.
std::vector<std::string> read_load(const Cursor& value);

}  // namespace sim
