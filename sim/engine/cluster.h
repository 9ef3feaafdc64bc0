// A new world from a description of a cluster: settings, nodes with their machines, images, and
// what the control plane itself makes (namespaces default, kube-system, kube-public,
// kube-node-lease).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/simulation.h"
#include "sim/world/node_group.h"

namespace sim {

struct ClusterSpecification {
  Settings settings;
  std::vector<NodeSpecification> nodes;
  std::vector<std::string> drivers;  // installed from the start: see sim/world/drivers.h
  bool shared_host_files = false;    // the nodes are one machine in truth
  std::vector<NodeGroupSpecification> groups;
  std::shared_ptr<const ClusterAutoscaler> autoscaler;  // null: none runs
  std::vector<std::vector<std::string>> loads;          // from the start, as `sim load` takes them
};

/// A settled world with its nodes Ready, at settings.start.
Simulation make_cluster(const ClusterSpecification& cluster);

}  // namespace sim
