// Which nodes a pod's spec accepts: tolerations against taints, node selector and required node
// affinity against labels. The scheduler asks, and so does whoever runs a pod on every node or
// evicts by taint. k8s 1.30 component-helpers/scheduling/corev1
#pragma once

#include <vector>

#include "sim/model/cluster_types.h"
#include "sim/model/labels.h"

namespace sim {

bool tolerates(const Toleration& toleration, const Taint& taint);
bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint);
/// Whether a taint keeps pods from being placed: NoSchedule or NoExecute.
bool is_hard(const Taint& taint);

/// A NodeSelectorTerm made ready: all requirements hold. A term without any matches no node.
class NodeTerm {
 public:
  explicit NodeTerm(const NodeSelectorTerm& term);
  bool matches(const Node& node) const;

 private:
  Selector labels_;
  Selector fields_;  // of {metadata.name}, the one field there is
};

/// nodeSelector and the required terms of nodeAffinity together.
/// k8s 1.30 component-helpers/scheduling/corev1/nodeaffinity: GetRequiredNodeAffinity
class RequiredNodeAffinity {
 public:
  explicit RequiredNodeAffinity(const PodSpec& spec);
  /// Asks for nothing: every node matches.
  bool empty() const { return selector_.empty() && !has_terms_; }
  bool matches(const Node& node) const;

 private:
  StringMap selector_;
  bool has_terms_ = false;
  std::vector<NodeTerm> terms_;  // any of them
};

}  // namespace sim
