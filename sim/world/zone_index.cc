#include "sim/world/zone_index.h"

#include <optional>
#include <string>

#include "sim/world/node_index.h"

namespace sim {
namespace {

// A node with this label does not count.
constexpr std::string_view kExcluded = "node.kubernetes.io/exclude-disruption";

/// Since when a node waits for its NoExecute taint; none when it does not.
std::optional<Time> waits_since(const Node& node) {
  const NodeCondition* ready = node_condition(node, "Ready");
  if (!ready || ready->status == "True") return std::nullopt;
  if (find_taint(node, kUnreachableTaint, "NoExecute") ||
      find_taint(node, kNotReadyTaint, "NoExecute")) {
    return std::nullopt;
  }
  return ready->last_transition_time.value_or(Time{});
}

template <class A, class B>
bool same_items(const SortedMap<A, B>& a, const SortedMap<A, B>& b) {
  if (a.size() != b.size()) return false;
  auto other = b.begin();
  for (const auto& item : a) {
    if (!(item == *other)) return false;
    ++other;
  }
  return true;
}

}  // namespace

Str zone_key(const Node& node) {
  std::string key(node.meta.labels.get(kRegionLabel));
  key += '\0';  // in no label
  key += node.meta.labels.get(kZoneLabel);
  return Str(key);
}

ZoneHealth::State ZoneHealth::state() const {
  const std::int64_t broken = nodes - ready;
  if (ready == 0 && broken > 0) return State::Full;
  if (broken > 2 && broken * 100 >= nodes * 55) return State::Partial;
  return State::Normal;
}

ZoneHealth ZoneIndex::health(const Str& zone) const {
  const ZoneHealth* known = zones_.find(zone);
  return known ? *known : ZoneHealth{};
}

bool ZoneIndex::all_disrupted() const {
  for (const auto& [zone, health] : zones_) {
    if (health.state() != ZoneHealth::State::Full) return false;
  }
  return true;
}

Id ZoneIndex::first_waiting(const Str& zone) const {
  const auto at = waiting_.lower_bound(Place(zone, INT64_MIN, 0));
  return at != waiting_.end() && std::get<0>(at->first) == zone ? std::get<2>(at->first) : 0;
}

std::vector<Id> ZoneIndex::first_waiting() const {
  std::vector<Id> first;
  for (auto at = waiting_.begin(); at != waiting_.end();
       at = waiting_.lower_bound(Place(std::get<0>(at->first), INT64_MAX, 0))) {
    first.push_back(std::get<2>(at->first));
  }
  return first;
}

void ZoneIndex::update(Id id, const Node* before, const Node* after) {
  const auto count = [&](const Node* node, std::int64_t sign) {
    if (!node || node->meta.labels.contains(kExcluded)) return;
    const Str zone = zone_key(*node);
    ZoneHealth health = this->health(zone);
    health.nodes += sign;
    if (is_ready(*node)) health.ready += sign;
    if (health.nodes == 0) {
      zones_.erase(zone);
    } else {
      zones_.set(zone, health);
    }
  };
  const auto place = [&](const Node* node) -> std::optional<Place> {
    const std::optional<Time> since = node ? waits_since(*node) : std::nullopt;
    if (!since) return std::nullopt;
    return Place(zone_key(*node), since->ns, id);
  };
  const bool same = before && after && is_ready(*before) == is_ready(*after) &&
                    before->meta.labels == after->meta.labels;
  if (!same) {
    count(after, 1);  // first, so that a zone does not go and come
    count(before, -1);
  }
  const std::optional<Place> was = place(before);
  const std::optional<Place> is = place(after);
  if (was == is) return;
  if (was) waiting_.erase(*was);
  if (is) waiting_.set(*is, {});
}

bool operator==(const ZoneIndex& a, const ZoneIndex& b) {
  return same_items(a.zones_, b.zones_) && same_items(a.waiting_, b.waiting_);
}

}  // namespace sim
