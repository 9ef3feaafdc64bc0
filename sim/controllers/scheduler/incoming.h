// The pod that is to be placed, read once: what every filter and score asks of it.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/model/node_match.h"
#include "sim/world/world.h"

namespace sim::scheduler {

/// Amounts of resources other than cpu, memory and ephemeral-storage, none of them zero.
using Scalars = std::vector<std::pair<Str, std::int64_t>>;

/// k8s 1.30 pkg/api/v1/resource: PodRequests, for everything that NodeLoad does not count
Scalars scalar_requests(const PodSpec& spec);

/// A node as filters and scores look at it; the row itself is fetched only by those who must.
struct Candidate {
  Candidate(Id of, const NodeFacts& its_facts, const NodeLoad& its_load)
      : id(of), facts(its_facts), load(its_load) {}
  Id id;
  const NodeFacts& facts;
  const NodeLoad& load;
};

struct Incoming {
  Incoming(const World& in_world, const Pod& of);

  const Store& store() const { return world.store(); }
  const Node& node(Id id) const { return *world.get<Node>(id); }
  Candidate candidate(Id id) const {
    return Candidate(id, store().node_index().facts(id), load_on(id));
  }
  /// What the pods on a node ask for, those included that will be bound to it.
  const NodeLoad& load_on(Id node) const {
    if (!assumed_loads_.empty()) {
      const auto found = assumed_loads_.find(node);
      if (found != assumed_loads_.end()) return found->second;
    }
    return store().load(node);
  }
  /// Pods that count as placed and are not bound: pod and node. They have got a node and wait for
  /// their volumes, or place() put them there.
  const std::vector<std::pair<Id, Id>>& assumed() const { return assumed_; }
  /// What if a pod were on a node, or no longer on it?
  void place(Id pod, Id node);
  void take_away(Id pod, Id node);
  /// The node of a pod that counts as placed; 0: it does not, or its node is gone.
  Id place_of(Id id, const Pod& other) const;
  /// The pods that count as placed on a node.
  std::vector<Id> pods_on(Id node) const;
  /// For draws: the same in every fork.
  std::uint64_t whom() const { return pod.meta.uid.high ^ pod.meta.uid.low; }

  const World& world;
  const Pod& pod;
  const PodSpec& spec;
  NodeLoad request;
  Scalars scalars;
  RequiredNodeAffinity node_affinity;

 private:
  void read_assumed();
  void count_load(Id pod, Id node, int sign);

  std::vector<std::pair<Id, Id>> assumed_;
  std::set<Id> taken_away_;
  std::map<Id, NodeLoad> assumed_loads_;
};

/// k8s 1.30 component-helpers/scheduling/corev1: PodPriority
inline std::int32_t priority_of(const Pod& pod) { return pod.spec->priority.value_or(0); }
/// Whether a pod takes part in what the scheduler counts: bound and not ended.
bool is_placed(const Pod& pod);
/// The id of the node a placed pod is on; 0 when that node is gone.
Id node_of(const Store& store, const Pod& pod);

}  // namespace sim::scheduler
