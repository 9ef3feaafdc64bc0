#include "sim/controllers/scheduler/pod_affinity.h"

#include <algorithm>
#include <limits>

namespace sim::scheduler {

// k8s 1.30 pkg/scheduler/framework/types.go: newAffinityTerm, getNamespacesFromPodAffinityTerm
AffinityTerm::AffinityTerm(const PodAffinityTerm& from, const Str& own_namespace,
                           std::int64_t with_weight)
    : key(from.topology_key), weight(with_weight), namespaces(from.namespaces) {
  if (namespaces.empty() && !from.namespace_selector) namespaces = {own_namespace};
  if (from.namespace_selector) namespace_selector = to_selector(*from.namespace_selector);
  if (from.label_selector) selector = to_selector(*from.label_selector);
}

bool AffinityTerm::matches(const World& world, const Pod& pod) const {
  if (!selector || !selector->matches(pod.meta.labels)) return false;
  if (std::find(namespaces.begin(), namespaces.end(), pod.meta.ns) != namespaces.end()) return true;
  if (!namespace_selector) return false;
  const Namespace* ns = world.find<Namespace>("", pod.meta.ns);
  return ns && namespace_selector->matches(ns->meta.labels);
}

std::vector<AffinityTerm> affinity_terms(const Pod& pod, TermKind kind) {
  std::vector<AffinityTerm> terms;
  const Box<Affinity>& affinity = pod.spec->affinity;
  if (!affinity) return terms;
  const auto read = [&](const auto& from, bool required) {
    if (!from) return;
    if (required) {
      for (const auto& term : from->required_during_scheduling_ignored_during_execution) {
        terms.emplace_back(term, pod.meta.ns);
      }
      return;
    }
    for (const auto& each : from->preferred_during_scheduling_ignored_during_execution) {
      terms.emplace_back(each.pod_affinity_term, pod.meta.ns, each.weight);
    }
  };
  const bool required = kind == TermKind::Required || kind == TermKind::RequiredAnti;
  if (kind == TermKind::Required || kind == TermKind::Preferred) {
    read(affinity->pod_affinity, required);
  } else {
    read(affinity->pod_anti_affinity, required);
  }
  return terms;
}

void TopologyCounts::add(const Node& node, const Str& key, std::int64_t amount) {
  const Str* value = node.meta.labels.find(key);
  if (!value || amount == 0) return;
  auto& values = counts_[key];
  if ((values[*value] += amount) == 0) values.erase(*value);
  if (values.empty()) counts_.erase(key);
}

std::int64_t TopologyCounts::at(const Node& node, const Str& key) const {
  const auto values = counts_.find(key);
  const Str* value = node.meta.labels.find(key);
  if (values == counts_.end() || !value) return 0;
  const auto count = values->second.find(*value);
  return count == values->second.end() ? 0 : count->second;
}

std::int64_t TopologyCounts::total(const Node& node) const {
  std::int64_t total = 0;
  for (const auto& [key, values] : counts_) total += at(node, key);
  return total;
}

bool TopologyCounts::any(const Node& node) const {
  return std::any_of(counts_.begin(), counts_.end(),
                     [&](const auto& each) { return at(node, each.first) > 0; });
}

namespace {

bool matches_all(const World& world, const std::vector<AffinityTerm>& terms, const Pod& pod) {
  return std::all_of(terms.begin(), terms.end(),
                     [&](const AffinityTerm& term) { return term.matches(world, pod); });
}

// Calls `take` with every placed pod that terms of the incoming one may match, and its node.
template <class Take>
void each_placed(const Incoming& incoming, const std::vector<AffinityTerm>& first,
                 const std::vector<AffinityTerm>& second, Take take) {
  // In the few namespaces that the terms name, or everywhere.
  std::vector<Str> namespaces;
  bool everywhere = false;
  for (const auto* terms : {&first, &second}) {
    for (const AffinityTerm& term : *terms) {
      everywhere = everywhere || term.namespace_selector;
      namespaces.insert(namespaces.end(), term.namespaces.begin(), term.namespaces.end());
    }
  }
  std::sort(namespaces.begin(), namespaces.end());
  namespaces.erase(std::unique(namespaces.begin(), namespaces.end()), namespaces.end());
  if (everywhere) namespaces = {Str()};
  const Store& store = incoming.store();
  for (const Str& ns : namespaces) {
    for (const Id id : store.list(Kind::Pod, ns)) {
      const Pod& pod = *store.get<Pod>(id);
      if (const Node* node = store.get<Node>(incoming.place_of(id, pod))) take(pod, *node);
    }
  }
}

// … and with every placed pod that has terms of its own.
template <class Take>
void each_affine(const Incoming& incoming, Take take) {
  const Store& store = incoming.store();
  for (const Id id : store.pods_with_affinity()) {
    const Pod& pod = *store.get<Pod>(id);
    if (const Node* node = store.get<Node>(incoming.place_of(id, pod))) take(pod, *node);
  }
  for (const auto& [id, on] : incoming.assumed()) {
    const Pod& pod = *store.get<Pod>(id);
    if (pod.spec->affinity) take(pod, *store.get<Node>(on));
  }
}

}  // namespace

AffinityFilter::AffinityFilter(const Incoming& incoming)
    : incoming_(incoming),
      affinity_(affinity_terms(incoming.pod, TermKind::Required)),
      anti_affinity_(affinity_terms(incoming.pod, TermKind::RequiredAnti)) {
  each_affine(incoming_, [&](const Pod& pod, const Node& node) { count_existing(pod, node, 1); });
  matches_itself_ = matches_all(incoming_.world, affinity_, incoming_.pod);
  if (affinity_.empty() && anti_affinity_.empty()) return;
  each_placed(incoming_, affinity_, anti_affinity_,
              [&](const Pod& pod, const Node& node) { count_own(pod, node, 1); });
}

// k8s 1.30 plugins/interpodaffinity/filtering.go: AddPod, RemovePod
void AffinityFilter::count(const Pod& pod, const Node& node, int sign) {
  if (pod.spec->affinity) count_existing(pod, node, sign);
  count_own(pod, node, sign);
}

// k8s 1.30 plugins/interpodaffinity/filtering.go: getExistingAntiAffinityCounts
void AffinityFilter::count_existing(const Pod& pod, const Node& node, int sign) {
  for (const AffinityTerm& term : affinity_terms(pod, TermKind::RequiredAnti)) {
    if (term.matches(incoming_.world, incoming_.pod)) repelled_.add(node, term.key, sign);
  }
}

// k8s 1.30 plugins/interpodaffinity/filtering.go: getIncomingAffinityAntiAffinityCounts
void AffinityFilter::count_own(const Pod& pod, const Node& node, int sign) {
  if (!affinity_.empty() && matches_all(incoming_.world, affinity_, pod)) {
    for (const AffinityTerm& term : affinity_) near_.add(node, term.key, sign);
  }
  for (const AffinityTerm& term : anti_affinity_) {
    if (term.matches(incoming_.world, pod)) away_.add(node, term.key, sign);
  }
}

// k8s 1.30 plugins/interpodaffinity/filtering.go: satisfyPodAffinity
bool AffinityFilter::near_enough(const Node& node) const {
  bool all = true;
  for (const AffinityTerm& term : affinity_) {
    if (!node.meta.labels.contains(term.key)) return false;
    if (near_.at(node, term.key) <= 0) all = false;
  }
  // The first of a group that wants to be together must be let in somewhere.
  return all || (near_.empty() && matches_itself_);
}

Verdict AffinityFilter::check(Id id, Diagnosis& diagnosis) const {
  const Node& node = incoming_.node(id);
  if (!near_enough(node)) {
    diagnosis.count(Plugin::InterPodAffinity, "node(s) didn't match pod affinity rules");
    return Verdict::Unresolvable;
  }
  const bool too_near =
      std::any_of(anti_affinity_.begin(), anti_affinity_.end(),
                  [&](const AffinityTerm& term) { return away_.at(node, term.key) > 0; });
  if (too_near) {
    diagnosis.count(Plugin::InterPodAffinity, "node(s) didn't match pod anti-affinity rules");
    return Verdict::Rejected;
  }
  if (repelled_.any(node)) {
    diagnosis.count(Plugin::InterPodAffinity,
                    "node(s) didn't satisfy existing pods anti-affinity rules");
    return Verdict::Rejected;
  }
  return Verdict::Fits;
}

// k8s 1.30 plugins/interpodaffinity/scoring.go: PreScore, Score, NormalizeScore
std::vector<std::int64_t> affinity_scores(const Incoming& incoming,
                                          const std::vector<Candidate>& nodes) {
  constexpr std::int64_t kHardWeight = 1;  // k8s: DefaultHardPodAffinityWeight
  const World& world = incoming.world;
  TopologyCounts counts;
  const auto preferred = affinity_terms(incoming.pod, TermKind::Preferred);
  const auto preferred_anti = affinity_terms(incoming.pod, TermKind::PreferredAnti);
  if (!preferred.empty() || !preferred_anti.empty()) {
    each_placed(incoming, preferred, preferred_anti, [&](const Pod& pod, const Node& node) {
      for (const AffinityTerm& term : preferred) {
        if (term.matches(world, pod)) counts.add(node, term.key, term.weight);
      }
      for (const AffinityTerm& term : preferred_anti) {
        if (term.matches(world, pod)) counts.add(node, term.key, -term.weight);
      }
    });
  }
  each_affine(incoming, [&](const Pod& pod, const Node& node) {
    const auto take = [&](TermKind kind, std::int64_t sign) {
      for (const AffinityTerm& term : affinity_terms(pod, kind)) {
        if (!term.matches(world, incoming.pod)) continue;
        const std::int64_t weight = kind == TermKind::Required ? kHardWeight : term.weight;
        counts.add(node, term.key, sign * weight);
      }
    };
    take(TermKind::Required, 1);
    take(TermKind::Preferred, 1);
    take(TermKind::PreferredAnti, -1);
  });
  if (counts.empty()) return {};

  std::vector<std::int64_t> scores;
  scores.reserve(nodes.size());
  for (const Candidate& node : nodes) scores.push_back(counts.total(incoming.node(node.id)));
  const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
  const std::int64_t least = *low;
  const std::int64_t range = *high - *low;
  for (std::int64_t& score : scores) {
    score = range > 0 ? static_cast<std::int64_t>(
                            100 * (static_cast<double>(score - least) / static_cast<double>(range)))
                      : 0;
  }
  return scores;
}

}  // namespace sim::scheduler
