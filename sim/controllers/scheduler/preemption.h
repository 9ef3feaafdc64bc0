// Preemption: when a pod fits nowhere, less important pods may have to go for it. On each node that
// is too full all of them are thought away; if the pod fits then, as many as possible may stay
// after all, and the node where it costs least is chosen.
// k8s 1.30 pkg/scheduler/framework/preemption, plugins/defaultpreemption
#pragma once

#include <string>
#include <vector>

#include "sim/controllers/scheduler/fit.h"

namespace sim::scheduler {

struct Preemption {
  Id node = 0;              // where room is made; 0: nowhere
  std::vector<Id> victims;  // the most important first
  std::string message;      // why no room is made: "preemption: …"
  bool eligible = true;     // false: it was not even tried, and what was nominated stays so
};

/// Looks for a node on which the pod would fit if others went. `attempt` tells apart the draws of
/// one pod.
Preemption find_preemption(Fit& fit, const Diagnosis& diagnosis, int attempt);

/// Ends the victims, with their own grace, and takes the nomination from less important pods that
/// wait for the same node.
void carry_out(const World& world, Plan& plan, const Pod& preemptor, const Preemption& preemption);

}  // namespace sim::scheduler
