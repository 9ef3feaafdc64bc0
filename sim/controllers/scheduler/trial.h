// What if: a copy of the world in which nodes are added and pods placed, to see what the scheduler
// would do. k8s autoscaler 1.30 simulator: ClusterSnapshot, PredicateChecker
#pragma once

#include <string>
#include <vector>

#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/world/node_group.h"

namespace sim::scheduler {

class Trial {
 public:
  explicit Trial(const World& world) : world_(world) {}

  const World& world() const { return world_; }
  /// A node like this, with the pods that DaemonSets would run there.
  Id add_node(const NodeSpecification& wanted);
  /// Without the node; its pods are to be moved before.
  void remove_node(Id node);
  /// Whether the pod, which is on no node, fits there; else the reasons are added.
  bool fits(Id pod, Id node, std::vector<std::string>* reasons = nullptr) const;
  void place(Id pod, Id node);
  /// Places the pod on the first node that takes it, but not on that one; false: none does.
  bool settle(Id pod, Id without = 0);
  /// Takes the pods off their nodes and finds others for them, which are not that node; false: some
  /// pod has none. What it has moved by then stays moved.
  bool move(const std::vector<Id>& pods, Id from);

 private:
  void add_daemon_pods(Id node);
  void carry_out(Plan plan);

  World world_;
};

}  // namespace sim::scheduler
