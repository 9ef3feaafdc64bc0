// InterPodAffinity: pods that want to be near others or away from them, by the labels of the pods
// and a topology of the nodes. Terms of the pods already placed count as well as those of the pod
// to be placed. k8s 1.30 pkg/scheduler/framework/plugins/interpodaffinity
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/incoming.h"

namespace sim::scheduler {

/// One affinity term made ready. k8s 1.30 pkg/scheduler/framework/types.go: AffinityTerm
struct AffinityTerm {
  AffinityTerm(const PodAffinityTerm& from, const Str& own_namespace, std::int64_t with_weight = 0);
  bool matches(const World& world, const Pod& pod) const;

  Str key;
  std::int64_t weight = 0;
  std::vector<Str> namespaces;
  std::optional<Selector> namespace_selector;
  std::optional<Selector> selector;  // none: no pod matches
};

enum class TermKind { Required, RequiredAnti, Preferred, PreferredAnti };
std::vector<AffinityTerm> affinity_terms(const Pod& pod, TermKind kind);

/// Numbers by topology key and value.
class TopologyCounts {
 public:
  /// Where nothing is left, there is no count any more.
  void add(const Node& node, const Str& key, std::int64_t amount);
  std::int64_t at(const Node& node, const Str& key) const;
  /// Over all keys.
  std::int64_t total(const Node& node) const;
  bool any(const Node& node) const;
  bool empty() const { return counts_.empty(); }

 private:
  std::map<Str, std::map<Str, std::int64_t>> counts_;
};

class AffinityFilter {
 public:
  explicit AffinityFilter(const Incoming& incoming);
  bool active() const {
    return !affinity_.empty() || !anti_affinity_.empty() || !repelled_.empty();
  }
  /// A pod comes to a node (1) or goes from it (-1).
  void count(const Pod& pod, const Node& node, int sign);
  Verdict check(Id node, Diagnosis& diagnosis) const;

 private:
  void count_existing(const Pod& pod, const Node& node, int sign);
  void count_own(const Pod& pod, const Node& node, int sign);
  bool near_enough(const Node& node) const;

  const Incoming& incoming_;
  std::vector<AffinityTerm> affinity_;
  std::vector<AffinityTerm> anti_affinity_;
  bool matches_itself_ = false;
  TopologyCounts near_;      // pods that match all terms of affinity
  TopologyCounts away_;      // pods that match a term of anti-affinity
  TopologyCounts repelled_;  // pods with a term of anti-affinity that matches the incoming one
};

/// Normalised scores, 0 … 100, of the nodes that passed the filters; empty when no term applies.
std::vector<std::int64_t> affinity_scores(const Incoming& incoming,
                                          const std::vector<Candidate>& nodes);

}  // namespace sim::scheduler
