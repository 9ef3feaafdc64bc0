#include "sim/controllers/scheduler/topology_spread.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/model/pod_facts.h"

namespace sim::scheduler {
namespace {

constexpr const char* kTemplateHash = "pod-template-hash";

bool is_equals(const Requirement& requirement, std::string_view key) {
  return requirement.key == key && requirement.values.size() == 1 &&
         (requirement.op == Requirement::Op::Equals || requirement.op == Requirement::Op::In);
}

// Only the ReplicaSet of a Deployment gives its pods this label, with a value of its own: a
// selector that asks for it finds that ReplicaSet's pods and no others.
Uid owner_by_hash(const Pod& pod, const Selector& selector) {
  const OwnerReference* owner = pod.meta.controller();
  if (!owner || owner->kind != "ReplicaSet") return {};
  const Str* hash = pod.meta.labels.find(kTemplateHash);
  if (!hash) return {};
  const bool asks = std::any_of(selector.requirements.begin(), selector.requirements.end(),
                                [&](const Requirement& each) {
                                  return is_equals(each, kTemplateHash) && each.values[0] == *hash;
                                });
  return asks ? owner->uid : Uid{};
}

SpreadConstraint read(const Pod& pod, const TopologySpreadConstraint& from) {
  SpreadConstraint constraint;
  constraint.key = from.topology_key;
  constraint.max_skew = from.max_skew;
  constraint.min_domains = from.min_domains.value_or(1);
  constraint.honor_affinity = from.node_affinity_policy.value_or("Honor") == "Honor";
  constraint.honor_taints = from.node_taints_policy.value_or("Ignore") == "Honor";
  if (!from.label_selector) return constraint;
  constraint.selector = to_selector(*from.label_selector);
  for (const Str& key : from.match_label_keys) {
    if (const Str* value = pod.meta.labels.find(key)) {
      constraint.selector->requirements.push_back({key, Requirement::Op::Equals, {*value}});
    }
  }
  constraint.owner = owner_by_hash(pod, *constraint.selector);
  return constraint;
}

std::vector<SpreadConstraint> explicit_constraints(const Pod& pod, std::string_view what) {
  std::vector<SpreadConstraint> constraints;
  for (const TopologySpreadConstraint& each : pod.spec->topology_spread_constraints) {
    if (each.when_unsatisfiable == what) constraints.push_back(read(pod, each));
  }
  return constraints;
}

// k8s 1.30 plugins/podtopologyspread/plugin.go: systemDefaultConstraints, over the pods that
// plugins/helper/spread.go: DefaultSelector finds
std::vector<SpreadConstraint> default_constraints(const Incoming& incoming) {
  const OwnerReference* owner = incoming.pod.meta.controller();
  if (!owner || owner->kind != "ReplicaSet") return {};
  const ReplicaSet* set = incoming.world.find<ReplicaSet>(incoming.pod.meta.ns, owner->name);
  if (!set || !set->spec.selector) return {};
  SpreadConstraint constraint;
  constraint.selector = to_selector(*set->spec.selector);
  if (constraint.selector->requirements.empty()) return {};
  constraint.owner = set->meta.uid;
  constraint.key = Str(kHostnameLabel);
  constraint.max_skew = 3;
  std::vector<SpreadConstraint> both = {constraint};
  constraint.key = Str(kZoneLabel);
  constraint.max_skew = 5;
  both.push_back(std::move(constraint));
  return both;
}

// k8s 1.30 plugins/podtopologyspread/common.go: matchNodeInclusionPolicies
bool includes(const SpreadConstraint& constraint, const Incoming& incoming, Id id) {
  if (constraint.honor_affinity && !incoming.node_affinity.empty() &&
      !incoming.node_affinity.matches(incoming.node(id))) {
    return false;
  }
  if (!constraint.honor_taints) return true;
  const auto& taints = incoming.node(id).spec.taints;
  return std::all_of(taints.begin(), taints.end(), [&](const Taint& taint) {
    return !is_hard(taint) || tolerates(incoming.spec.tolerations, taint);
  });
}

// How many pods that match lie on each node.
struct PodCounts {
  std::vector<std::int32_t> by_node;
  std::vector<Id> nodes;  // those that have any
};

// The empty selector counts none.
// k8s 1.30 plugins/podtopologyspread/common.go: countPodsMatchSelector
PodCounts count_pods(const Incoming& incoming, const SpreadConstraint& constraint) {
  const Store& store = incoming.store();
  PodCounts counts;
  counts.by_node.resize(store.table(Kind::Node).next_id());
  if (!constraint.selector || constraint.selector->requirements.empty()) return counts;
  const auto pods = constraint.owner ? store.controlled_by(constraint.owner, Kind::Pod)
                                     : store.list(Kind::Pod, incoming.pod.meta.ns);
  const bool own_labels_match = constraint.selector->matches(incoming.pod.meta.labels);
  for (const Id id : pods) {
    const Pod& pod = *store.get<Pod>(id);
    if (pod.meta.deletion_timestamp || has_ended(pod)) continue;
    const bool matches = pod.meta.labels == incoming.pod.meta.labels
                             ? own_labels_match
                             : constraint.selector->matches(pod.meta.labels);
    if (!matches) continue;
    const Id node = incoming.place_of(id, pod);
    if (node != 0 && counts.by_node[node]++ == 0) counts.nodes.push_back(node);
  }
  return counts;
}

}  // namespace

Domains::Domains(const Incoming& incoming, Str key)
    : incoming_(incoming), key_(std::move(key)), is_zone_(key_ == kZoneLabel) {}

std::uint32_t Domains::of(Id node) {
  static_assert(kNone == NodeFacts::kNoZone);
  if (is_zone_) return incoming_.store().node_index().facts(node).zone;
  const Str* value = incoming_.node(node).meta.labels.find(key_);
  if (!value) return kNone;
  return numbers_.emplace(*value, static_cast<std::uint32_t>(numbers_.size())).first->second;
}

SpreadFilter::SpreadFilter(const Incoming& incoming) : incoming_(incoming) {
  for (SpreadConstraint& each : explicit_constraints(incoming.pod, "DoNotSchedule")) {
    Domains domains(incoming, each.key);
    rules_.push_back({std::move(each), std::move(domains), {}, 0, 0, false});
  }
  if (active()) count_all();
}

// Only nodes that have all the labels count.
bool SpreadFilter::has_all_labels(Id node) {
  return std::all_of(rules_.begin(), rules_.end(),
                     [&](Rule& rule) { return rule.domains.of(node) != Domains::kNone; });
}

// k8s 1.30 plugins/podtopologyspread/filtering.go: minMatchNum
void SpreadFilter::Rule::find_least() {
  least = 0;
  if (!enough_domains) return;
  least = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t count : counts) {
    if (count >= 0) least = std::min(least, count);
  }
}

// k8s 1.30 plugins/podtopologyspread/filtering.go: calPreFilterState
void SpreadFilter::count_all() {
  std::vector<Id> nodes;
  for (const NodeIndex::Slot& slot : incoming_.store().node_index().order()) {
    if (has_all_labels(slot.id)) nodes.push_back(slot.id);
  }
  for (Rule& rule : rules_) {
    const PodCounts pods = count_pods(incoming_, rule.constraint);
    rule.counts.assign(rule.domains.size(), -1);
    std::int32_t domains = 0;
    for (const Id id : nodes) {
      if (!includes(rule.constraint, incoming_, id)) continue;
      std::int64_t& count = rule.counts[rule.domains.of(id)];
      if (count < 0) {
        count = 0;
        ++domains;
      }
      count += pods.by_node[id];
    }
    rule.enough_domains = domains >= rule.constraint.min_domains;
    rule.find_least();
    rule.self =
        rule.constraint.selector && rule.constraint.selector->matches(incoming_.pod.meta.labels);
  }
}

// k8s 1.30 plugins/podtopologyspread/filtering.go: updateWithPod
void SpreadFilter::count(const Pod& pod, Id node, int sign) {
  if (pod.meta.ns != incoming_.pod.meta.ns || pod.meta.deletion_timestamp) return;
  if (!has_all_labels(node)) return;
  for (Rule& rule : rules_) {
    const auto& selector = rule.constraint.selector;
    if (!selector || selector->requirements.empty() || !selector->matches(pod.meta.labels)) {
      continue;
    }
    const std::uint32_t domain = rule.domains.of(node);
    if (domain >= rule.counts.size() || rule.counts[domain] < 0) continue;
    if (!includes(rule.constraint, incoming_, node)) continue;
    rule.counts[domain] += sign;
    rule.find_least();
  }
}

// k8s 1.30 plugins/podtopologyspread/filtering.go: Filter
Verdict SpreadFilter::check(Id node, Diagnosis& diagnosis) {
  for (Rule& rule : rules_) {
    const std::uint32_t domain = rule.domains.of(node);
    if (domain == Domains::kNone) {
      diagnosis.count(
          Plugin::PodTopologySpread,
          "node(s) didn't match pod topology spread constraints (missing required label)");
      return Verdict::Unresolvable;
    }
    const std::int64_t there =
        domain < rule.counts.size() ? std::max<std::int64_t>(rule.counts[domain], 0) : 0;
    if (there + rule.self - rule.least > rule.constraint.max_skew) {
      diagnosis.count(Plugin::PodTopologySpread,
                      "node(s) didn't match pod topology spread constraints");
      return Verdict::Rejected;
    }
  }
  return Verdict::Fits;
}

namespace {

// One constraint while nodes are scored.
struct Term {
  bool by_node = false;  // the hostname: counted node by node
  Domains domains;
  const PodCounts* pods = nullptr;
  std::vector<std::int64_t> per_domain;  // -1: no candidate is in it
  double weight = 0;
  double base = 0;

  // k8s: scoreForCount
  double of(std::int64_t count) const { return static_cast<double>(count) * weight + base; }
};

bool has_label(const Incoming& incoming, const Candidate& node, std::string_view key) {
  if (key == kZoneLabel) return node.facts.zone != NodeFacts::kNoZone;
  if (key == kHostnameLabel) return node.facts.hostname;
  return incoming.node(node.id).meta.labels.contains(key);
}

// k8s 1.30 plugins/podtopologyspread/scoring.go: PreScore
Term prepare(const Incoming& incoming, const SpreadConstraint& constraint, const PodCounts& pods,
             const std::vector<Candidate>& nodes, const std::vector<bool>& ignored,
             const std::vector<SpreadConstraint>& all, bool all_labels_needed) {
  Term term{constraint.key == kHostnameLabel, Domains(incoming, constraint.key), nullptr, {}, 0, 0};
  term.base = constraint.max_skew - 1;
  term.pods = &pods;
  std::size_t size = 0;
  if (term.by_node) {
    size =
        nodes.size() - static_cast<std::size_t>(std::count(ignored.begin(), ignored.end(), true));
  } else {
    // The last place is for nodes without the label. With the defaults that is a domain like any
    // other; no node with a pod of it ever counts.
    std::vector<char> seen;
    if (constraint.key == kZoneLabel) {
      const auto zones = static_cast<std::uint32_t>(term.domains.size());
      seen.resize(zones + 1);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (ignored.empty() || !ignored[i]) seen[std::min(nodes[i].facts.zone, zones)] = 1;
      }
    } else {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!ignored.empty() && ignored[i]) continue;
        const std::uint32_t domain = term.domains.of(nodes[i].id);
        seen.resize(term.domains.size() + 1);
        if (domain != Domains::kNone) seen[domain] = 1;
      }
    }
    size = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 1));
    if (!seen.empty()) seen.pop_back();
    for (const char candidate : seen) term.per_domain.push_back(candidate != 0 ? 0 : -1);
    for (const Id id : term.pods->nodes) {
      const std::uint32_t domain = term.domains.of(id);
      if (domain >= term.per_domain.size() || term.per_domain[domain] < 0) continue;
      if (all_labels_needed && !std::all_of(all.begin(), all.end(), [&](const auto& each) {
            return incoming.node(id).meta.labels.contains(each.key);
          })) {
        continue;
      }
      if (includes(constraint, incoming, id)) term.per_domain[domain] += term.pods->by_node[id];
    }
  }
  term.weight = std::log(static_cast<double>(size + 2));
  return term;
}

// k8s 1.30 plugins/podtopologyspread/scoring.go: Score
std::int64_t raw_score(std::vector<Term>& terms, const Candidate& node) {
  double score = 0;
  for (Term& term : terms) {
    if (term.by_node) {
      if (node.facts.hostname) score += term.of(term.pods->by_node[node.id]);
      continue;
    }
    const std::uint32_t domain = term.domains.of(node.id);
    if (domain != Domains::kNone) score += term.of(term.per_domain[domain]);
  }
  return static_cast<std::int64_t>(std::round(score));
}

// The same for the two default constraints. They are what every pod of a ReplicaSet is scored by,
// and nearly all nodes have none of its pods: the score of those depends on the zone alone.
void raw_default_scores(const Term& host, const Term& zone, const std::vector<Candidate>& nodes,
                        std::vector<std::int64_t>& scores) {
  const auto score = [&](std::int32_t pods, std::uint32_t domain) {
    double sum = host.of(pods);
    if (domain < zone.per_domain.size()) sum += zone.of(zone.per_domain[domain]);
    return static_cast<std::int64_t>(std::round(sum));
  };
  std::vector<std::int64_t> of_empty;
  const auto zones = static_cast<std::uint32_t>(zone.per_domain.size());
  for (std::uint32_t domain = 0; domain <= zones; ++domain) of_empty.push_back(score(0, domain));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::uint32_t domain = std::min(nodes[i].facts.zone, zones);
    const std::int32_t pods = host.pods->by_node[nodes[i].id];
    scores[i] = pods == 0 ? of_empty[domain] : score(pods, domain);
    if (!nodes[i].facts.hostname) {
      scores[i] = domain == zones ? 0 : std::llround(zone.of(zone.per_domain[domain]));
    }
  }
}

// k8s 1.30 plugins/podtopologyspread/scoring.go: NormalizeScore
void normalize(const std::vector<bool>& ignored, std::vector<std::int64_t>& scores) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!ignored.empty() && ignored[i]) continue;
    least = std::min(least, scores[i]);
    most = std::max(most, scores[i]);
  }
  // Few values, many nodes: runs of the same one are worked out once.
  std::int64_t last = -1;
  std::int64_t normal = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!ignored.empty() && ignored[i]) {
      scores[i] = 0;
      continue;
    }
    if (scores[i] != last) {
      last = scores[i];
      normal = most == 0 ? 100 : 100 * (most + least - last) / most;
    }
    scores[i] = normal;
  }
}

}  // namespace

std::vector<std::int64_t> spread_scores(const Incoming& incoming,
                                        const std::vector<Candidate>& nodes) {
  const bool explicit_ones = !incoming.spec.topology_spread_constraints.empty();
  const std::vector<SpreadConstraint> constraints =
      explicit_ones ? explicit_constraints(incoming.pod, "ScheduleAnyway")
                    : default_constraints(incoming);
  if (constraints.empty()) return {};

  std::vector<bool> ignored;
  if (explicit_ones) {
    ignored.resize(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      ignored[i] = !std::all_of(
          constraints.begin(), constraints.end(),
          [&](const SpreadConstraint& each) { return has_label(incoming, nodes[i], each.key); });
    }
  }
  std::vector<PodCounts> counts;  // the defaults count the same pods
  for (const SpreadConstraint& each : constraints) {
    if (explicit_ones || counts.empty()) counts.push_back(count_pods(incoming, each));
  }
  std::vector<Term> terms;
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    terms.push_back(prepare(incoming, constraints[i], counts[explicit_ones ? i : 0], nodes, ignored,
                            constraints, explicit_ones));
  }

  std::vector<std::int64_t> scores(nodes.size());
  if (explicit_ones) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!ignored[i]) scores[i] = raw_score(terms, nodes[i]);
    }
  } else {
    raw_default_scores(terms[0], terms[1], nodes, scores);
  }
  normalize(ignored, scores);
  return scores;
}

}  // namespace sim::scheduler
