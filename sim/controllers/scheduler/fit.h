// Whether the incoming pod fits on a node: all filters of the default profile, one after another,
// and what they would say if some pod were there or gone.
// k8s 1.30 pkg/scheduler/framework/runtime: RunFilterPluginsWithNominatedPods
#pragma once

#include <map>
#include <vector>

#include "sim/controllers/scheduler/filters.h"
#include "sim/controllers/scheduler/pod_affinity.h"
#include "sim/controllers/scheduler/topology_spread.h"
#include "sim/controllers/scheduler/volume_binding.h"
#include "sim/controllers/scheduler/volume_limits.h"

namespace sim::scheduler {

class Fit {
 public:
  explicit Fit(Incoming& incoming);
  Fit(const Fit&) = delete;
  Fit& operator=(const Fit&) = delete;

  const Incoming& incoming() const { return incoming_; }
  const VolumeBinder& volumes() const { return volumes_; }
  /// What holds before any node is looked at. k8s 1.30 framework/runtime: RunPreFilterPlugins
  void pre_filter(Diagnosis& diagnosis);
  /// Whether only the nodes of these names are to be looked at, as pre_filter() has found.
  bool names_nodes() const { return filters_.named_nodes() || volumes_.named_nodes(); }
  const std::set<Str>& named_nodes() const { return named_; }

  /// Pods that are nominated to the node count as being there, if they are as important; and it
  /// must fit without them too.
  Verdict check(const Candidate& node, Diagnosis& diagnosis) {
    if (!nominated_.empty()) return check_with_nominated(node, diagnosis);
    if (alone_ && filters_.plainly_fits(node.facts, node.load)) return Verdict::Fits;
    return check_as_it_is(node, diagnosis);
  }

  /// What if the pod were on the node, or no longer there?
  void place(Id pod, Id node);
  void take_away(Id pod, Id node);

 private:
  void read_nominated();
  void see_whether_alone();
  Verdict check_as_it_is(const Candidate& node, Diagnosis& diagnosis);
  Verdict check_with_nominated(const Candidate& node, Diagnosis& diagnosis);

  Incoming& incoming_;
  const NodeFilters filters_;
  const VolumeLimits limits_;
  const VolumeBinder volumes_;
  SpreadFilter spread_;
  AffinityFilter affinity_;
  bool alone_ = false;  // no other pod and no volume matters to it
  std::set<Str> named_;
  std::map<Id, std::vector<Id>> nominated_;  // by node
};

}  // namespace sim::scheduler
