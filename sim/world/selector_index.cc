#include "sim/world/selector_index.h"

#include "sim/model/controller_types.h"
#include "sim/model/service_types.h"
#include "sim/world/store.h"

namespace sim {

std::optional<SelectorIndex::Pair> SelectorIndex::pair_of(const Object& selecting) {
  StringMap equalities;
  if (const auto* service = as<Service>(&selecting)) {
    // One without a selector selects nothing: somebody else keeps its endpoints.
    if (service->spec.selector.empty()) return std::nullopt;
    equalities = service->spec.selector;
  } else {
    const auto& budget = static_cast<const PodDisruptionBudget&>(selecting);
    if (!budget.spec.selector) return std::nullopt;
    equalities = budget.spec.selector->match_labels;
  }
  if (equalities.empty()) return Pair(selecting.meta.ns, Str(), Str());
  return Pair(selecting.meta.ns, equalities.begin()->first, equalities.begin()->second);
}

bool SelectorIndex::is_asked_for(const Pair& pair) const {
  const auto& [ns, key, value] = pair;
  const auto at = selectors_.lower_bound(std::tuple(ns, key, value, Kind{}, Id{0}));
  return at != selectors_.end() && std::get<0>(at->first) == ns && std::get<1>(at->first) == key &&
         std::get<2>(at->first) == value;
}

std::vector<Ref> SelectorIndex::selecting(const ObjectMeta& pod) const {
  std::vector<Ref> found;
  if (selectors_.size() == 0) return found;
  const auto collect = [&](const Str& key, const Str& value) {
    for (auto at = selectors_.lower_bound(std::tuple(pod.ns, key, value, Kind{}, Id{0}));
         at != selectors_.end(); ++at) {
      const auto& [ns, its_key, its_value, kind, id] = at->first;
      if (ns != pod.ns || its_key != key || its_value != value) break;
      found.push_back({kind, id});
    }
  };
  collect(Str(), Str());
  for (const auto& [key, value] : pod.labels) collect(key, value);
  return found;
}

std::optional<std::vector<Id>> SelectorIndex::pods_of(const Object& selecting) const {
  const std::optional<Pair> pair = pair_of(selecting);
  std::vector<Id> found;
  if (!pair) return found;
  const auto& [ns, key, value] = *pair;
  if (key.empty()) return std::nullopt;
  for (auto at = pods_.lower_bound(std::tuple(ns, key, value, Id{0})); at != pods_.end(); ++at) {
    if (std::get<0>(at->first) != ns || std::get<1>(at->first) != key ||
        std::get<2>(at->first) != value) {
      break;
    }
    found.push_back(std::get<3>(at->first));
  }
  return found;
}

void SelectorIndex::update_selector(Ref ref, const Object* before, const Object* after,
                                    const Store& store) {
  const std::optional<Pair> old_pair = before ? pair_of(*before) : std::nullopt;
  const std::optional<Pair> new_pair = after ? pair_of(*after) : std::nullopt;
  if (old_pair == new_pair) return;
  const auto whole = [ref](const Pair& pair) {
    return std::tuple_cat(pair, std::tuple(ref.kind, ref.id));
  };
  if (old_pair) {
    selectors_.erase(whole(*old_pair));
    if (!is_asked_for(*old_pair)) {
      if (const std::optional<std::vector<Id>> pods = pods_of(*before)) {
        for (const Id id : *pods) pods_.erase(std::tuple_cat(*old_pair, std::tuple(id)));
      }
    }
  }
  if (!new_pair) return;
  const auto& [ns, key, value] = *new_pair;
  const bool noted = key.empty() || is_asked_for(*new_pair);
  selectors_.set(whole(*new_pair), {});
  if (noted) return;
  for (const Id id : store.list(Kind::Pod, ns)) {
    const Str* own = store.get<Pod>(id)->meta.labels.find(key);
    if (own && *own == value) pods_.set({ns, key, value, id}, {});
  }
}

void SelectorIndex::note_pod(Id id, const ObjectMeta& pod, bool there) {
  for (const auto& [key, value] : pod.labels) {
    const Pair pair(pod.ns, key, value);
    if (!is_asked_for(pair)) continue;
    if (there) {
      pods_.set(std::tuple_cat(pair, std::tuple(id)), {});
    } else {
      pods_.erase(std::tuple_cat(pair, std::tuple(id)));
    }
  }
}

void SelectorIndex::update_pod(Id id, const Object* before, const Object* after) {
  if (selectors_.size() == 0) return;
  if (before && after && before->meta.labels == after->meta.labels) return;
  if (before) note_pod(id, before->meta, false);
  if (after) note_pod(id, after->meta, true);
}

bool SelectorIndex::agrees_with(const SelectorIndex& other) const {
  const auto same = [](const auto& a, const auto& b) {
    if (a.size() != b.size()) return false;
    auto at = b.begin();
    for (const auto& item : a) {
      if (!(item == *at)) return false;
      ++at;
    }
    return true;
  };
  return same(selectors_, other.selectors_) && same(pods_, other.pods_);
}

}  // namespace sim
