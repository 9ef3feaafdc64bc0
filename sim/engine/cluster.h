// A new world from a description of a cluster: settings, nodes with their machines, images, and
// what the control plane itself makes (namespaces default, kube-system, kube-public,
// kube-node-lease).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/simulation.h"
#include "sim/model/quantity.h"

namespace sim {

struct NodeSpecification {
  std::string name;
  StringMap labels;          // beside the usual ones (hostname, os, arch)
  ResourceList capacity;     // cpu, memory, ephemeral-storage, pods: defaults for those absent
  ResourceList allocatable;  // defaults to capacity
  std::vector<Taint> taints;
  std::vector<std::string> images;  // present from the start
  std::string address;              // internal IP; made up when empty
};

struct ClusterSpecification {
  Settings settings;
  std::vector<NodeSpecification> nodes;
  std::vector<std::string> drivers;  // installed from the start: see sim/world/drivers.h
  bool shared_host_files = false;    // the nodes are one machine in truth
};

/// A settled world with its nodes Ready, at settings.start.
Simulation make_cluster(const ClusterSpecification& cluster);

}  // namespace sim
