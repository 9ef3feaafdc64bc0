// How the zones fare: how many nodes each has and how many are Ready, and which nodes have stopped
// answering but do not carry a NoExecute taint for it yet, in the order in which they get it. Kept
// by Store::put() and erase() and derived from the Node rows alone.
// k8s 1.30 pkg/controller/nodelifecycle: zoneStates, zoneNoExecuteTainter
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "sim/base/sorted_map.h"
#include "sim/base/table.h"
#include "sim/model/cluster_types.h"

namespace sim {

inline constexpr std::string_view kNotReadyTaint = "node.kubernetes.io/not-ready";
inline constexpr std::string_view kUnreachableTaint = "node.kubernetes.io/unreachable";

/// Region and zone in one. k8s 1.30 component-helpers/node/topology: GetZoneKey
Str zone_key(const Node& node);

inline const NodeCondition* node_condition(const Node& node, std::string_view type) {
  for (const NodeCondition& condition : node.status.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}
inline bool is_ready(const Node& node) {
  const NodeCondition* ready = node_condition(node, "Ready");
  return ready && ready->status == "True";
}
inline const Taint* find_taint(const Node& node, std::string_view key, std::string_view effect) {
  for (const Taint& taint : node.spec.taints) {
    if (taint.key == key && taint.effect == effect) return &taint;
  }
  return nullptr;
}

struct ZoneHealth {
  enum class State : std::uint8_t { Normal, Partial, Full };
  std::int64_t nodes = 0;
  std::int64_t ready = 0;
  /// k8s 1.30 pkg/controller/nodelifecycle: ComputeZoneState
  State state() const;
  friend bool operator==(const ZoneHealth&, const ZoneHealth&) = default;
};

class ZoneIndex {
 public:
  ZoneHealth health(const Str& zone) const;
  /// No zone has a Ready node: it is more likely the control plane that is cut off.
  bool all_disrupted() const;
  /// The node of a zone that is to get its NoExecute taint first; 0: none.
  Id first_waiting(const Str& zone) const;
  /// That of each zone.
  std::vector<Id> first_waiting() const;

  void update(Id id, const Node* before, const Node* after);
  friend bool operator==(const ZoneIndex& a, const ZoneIndex& b);

 private:
  struct None {
    friend bool operator==(const None&, const None&) = default;
  };
  using Place = std::tuple<Str, std::int64_t, Id>;  // zone, since when it is not Ready, node

  SortedMap<Str, ZoneHealth> zones_;
  SortedMap<Place, None> waiting_;
};

}  // namespace sim
