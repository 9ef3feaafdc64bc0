// The filters of the default profile that look at one node by itself: cordon, taints, affinity,
// host ports and resources. Those that compare nodes are in topology_spread.h and pod_affinity.h.
// k8s 1.30 pkg/scheduler/framework/plugins
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/incoming.h"

namespace sim::scheduler {

class NodeFilters {
 public:
  explicit NodeFilters(const Incoming& incoming);

  /// Whether the node passes, for the usual pod that asks for nothing but room on the usual node:
  /// a quick yes. No means that check() has to tell.
  bool plainly_fits(const NodeFacts& has, const NodeLoad& used) const {
    const NodeLoad& want = incoming_.request;
    return plain_ && has.open && used.pods < has.pods &&
           want.milli_cpu <= has.milli_cpu - used.milli_cpu &&
           want.memory <= has.memory - used.memory &&
           want.ephemeral_storage <= has.ephemeral_storage - used.ephemeral_storage;
  }
  /// The first filter that rejects the node counts its reasons into `diagnosis`.
  Verdict check(const Candidate& node, Diagnosis& diagnosis) const;
  /// The queue's own quick look: whether a node that has changed might take the pod.
  /// k8s 1.30 pkg/scheduler/eventhandlers.go: preCheckForNode
  bool admits(const Candidate& node) const;

  /// Terms of node affinity that name nodes leave only those; null when all are to be looked at.
  /// k8s 1.30 plugins/nodeaffinity: PreFilter
  const std::set<Str>* named_nodes() const { return names_nodes_ ? &named_nodes_ : nullptr; }
  /// … and none is left when a term contradicts itself.
  bool names_conflict() const { return names_nodes_ && named_nodes_.empty(); }

 private:
  void read_named_nodes();
  const Taint* untolerated(const Node& node, bool no_execute_too) const;
  bool ports_free(const Candidate& node) const;
  bool scalar_fits(const Candidate& node, const std::pair<Str, std::int64_t>& wanted) const;
  bool resources_fit(const Candidate& node, Diagnosis* diagnosis) const;

  const Incoming& incoming_;
  bool plain_ = false;
  bool tolerates_cordon_ = false;
  bool names_nodes_ = false;
  std::set<Str> named_nodes_;
  std::vector<const ContainerPort*> host_ports_;
};

}  // namespace sim::scheduler
