// PodTopologySpread: how evenly pods lie over nodes, zones and other domains. As a filter for
// constraints that say DoNotSchedule, as a score for those that say ScheduleAnyway and for the
// defaults. k8s 1.30 pkg/scheduler/framework/plugins/podtopologyspread
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/incoming.h"

namespace sim::scheduler {

struct SpreadConstraint {
  Str key;
  std::int32_t max_skew = 1;
  std::int32_t min_domains = 1;
  bool honor_affinity = true;
  bool honor_taints = false;
  std::optional<Selector> selector;  // none: no pod matches
  Uid owner;  // set: the selector's pods are this owner's, which are found without a search
};

/// The value of one label over the nodes, as numbers.
class Domains {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  Domains(const Incoming& incoming, Str key);
  /// kNone when the node lacks the label.
  std::uint32_t of(Id node);
  /// All numbers given so far are below this.
  std::size_t size() const {
    return is_zone_ ? incoming_.store().node_index().zones() : numbers_.size();
  }

 private:
  const Incoming& incoming_;
  Str key_;
  bool is_zone_;
  std::map<Str, std::uint32_t> numbers_;
};

/// The constraints that say DoNotSchedule.
class SpreadFilter {
 public:
  explicit SpreadFilter(const Incoming& incoming);
  bool active() const { return !rules_.empty(); }
  /// A pod comes to a node (1) or goes from it (-1).
  void count(const Pod& pod, Id node, int sign);
  Verdict check(Id node, Diagnosis& diagnosis);

 private:
  struct Rule {
    SpreadConstraint constraint;
    Domains domains;
    std::vector<std::int64_t> counts;  // by domain; -1: no node counts for it
    std::int64_t least = 0;
    std::int64_t self = 0;
    bool enough_domains = false;
    void find_least();
  };
  void count_all();
  bool has_all_labels(Id node);

  const Incoming& incoming_;
  std::vector<Rule> rules_;
};

/// Normalised scores, 0 … 100, of the nodes that passed the filters; empty when no constraint
/// applies.
std::vector<std::int64_t> spread_scores(const Incoming& incoming,
                                        const std::vector<Candidate>& nodes);

}  // namespace sim::scheduler
