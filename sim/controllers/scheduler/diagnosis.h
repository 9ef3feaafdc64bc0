// Why no node takes a pod: the reasons of all nodes, and the message made of them.
// k8s 1.30 pkg/scheduler/framework: Diagnosis, FitError
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/table.h"
#include "sim/model/pod_types.h"

namespace sim::scheduler {

/// Who rejects nodes, as bits of QueuedPod::rejected_by. NodeName is not among them: a pod that
/// names its node is bound from the start and never queued.
enum class Plugin : std::uint32_t {
  None = 0,  // the plugins together, and no one of them
  NodeUnschedulable = 1,
  TaintToleration = 2,
  NodeAffinity = 4,
  NodePorts = 8,
  NodeResourcesFit = 16,
  PodTopologySpread = 32,
  InterPodAffinity = 64,
  VolumeRestrictions = 128,
  NodeVolumeLimits = 256,
  VolumeBinding = 512,
  VolumeZone = 1024,
};

/// What a filter says of one node. An unresolvable rejection holds whatever pods are on the node;
/// for another, removing some might help.
enum class Verdict : std::uint8_t { Fits, Rejected, Unresolvable };

class Diagnosis {
 public:
  void count(Plugin plugin, std::string_view reason, std::size_t nodes = 1);
  /// A plugin keeps nodes from being looked at at all; they give no reason.
  void blame(Plugin plugin) { plugins_ |= static_cast<std::uint32_t>(plugin); }
  /// The node that was rejected may fit when pods are removed from it.
  void add_preemptible(Id node) { preemptible_.push_back(node); }
  /// A plugin refuses before any node is looked at.
  void refuse(Plugin plugin, std::string_view reason);

  /// The plugins that rejected any node.
  std::uint32_t plugins() const { return plugins_; }
  bool refused() const { return !refusal_.empty(); }
  /// Why nodes were rejected, each reason once.
  std::vector<std::string> reasons() const;
  /// Nodes where preemption might make room, in the order they were looked at.
  const std::vector<Id>& preemptible() const { return preemptible_; }

  /// "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …. preemption: …"
  std::string message(std::size_t nodes, std::string_view post_filter) const;

 private:
  std::map<std::string, std::size_t, std::less<>> reasons_;
  std::string refusal_;
  std::uint32_t plugins_ = 0;
  std::vector<Id> preemptible_;
};

}  // namespace sim::scheduler
