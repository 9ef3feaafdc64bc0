// The nodes as the scheduler scans them: in its order, with their allocatable amounts, zones and
// taints as plain numbers, and which images lie where. Kept by Store::put() and erase() and derived
// from the Node rows alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/column.h"
#include "sim/base/sorted_map.h"
#include "sim/model/cluster_types.h"

namespace sim {

inline constexpr std::string_view kZoneLabel = "topology.kubernetes.io/zone";
inline constexpr std::string_view kRegionLabel = "topology.kubernetes.io/region";
inline constexpr std::string_view kHostnameLabel = "kubernetes.io/hostname";

/// What the scheduler asks of every node it looks at.
struct NodeFacts {
  static constexpr std::uint32_t kNoZone = UINT32_MAX;
  std::int64_t milli_cpu = 0;  // allocatable, like the next three
  std::int64_t memory = 0;
  std::int64_t ephemeral_storage = 0;
  std::int64_t pods = 0;
  std::uint32_t zone = kNoZone;  // the number of its zone label's value
  bool hostname = false;         // has the label kubernetes.io/hostname
  bool open = false;             // neither cordoned nor with hard taints
  bool ordinary = false;         // its amounts are neither zero nor astronomical
  bool unschedulable = false;
  bool hard_taints = false;  // any NoSchedule or NoExecute
  bool soft_taints = false;  // any PreferNoSchedule
  friend bool operator==(const NodeFacts&, const NodeFacts&) = default;
};

/// Where an image lies.
struct ImageSpread {
  std::int64_t nodes = 0;      // how many have it
  Column<std::int64_t> sizes;  // by node: its size and one more; 0: not there
};

class NodeIndex {
 public:
  /// All nodes, the zones taking turns: the first of each zone, the second of each, …
  /// k8s 1.30 pkg/scheduler/internal/cache/node_tree.go: list
  struct Slot {
    Id id = 0;
    std::uint32_t rank = 0;  // its number within its zone
    std::uint32_t zone = 0;  // of region and zone
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  const std::vector<Slot>& order() const { return root_ ? root_->order : none(); }
  const NodeFacts& facts(Id node) const { return facts_.at(node); }
  /// The values of the zone label: their number is NodeFacts::zone.
  std::size_t zones() const { return root_ ? root_->zones.size() : 0; }
  const ImageSpread* image(std::string_view name) const { return images_.find(name); }

  /// A row of `nodes` has changed (and is there already).
  void update(const Table<Object>& nodes, Id id, const Node* before, const Node* after);
  /// Whether both say the same of these nodes.
  bool agrees_with(const NodeIndex& other, const Table<Object>& nodes) const;

 private:
  struct TreeZone {
    Str region;
    Str zone;
    std::uint32_t nodes = 0;
  };
  struct Root {
    std::vector<Slot> order;
    std::vector<TreeZone> tree;  // in order of their oldest node
    std::vector<Str> zones;      // the same
    Id newest = 0;
  };

  static const std::vector<Slot>& none();
  Root& edit();
  void rebuild(const Table<Object>& nodes);
  void add(Id id, const Node& node);
  void set_facts(Id id, const Node& node);
  void set_images(Id id, const Node* before, const Node* after);

  std::shared_ptr<Root> root_;
  Column<NodeFacts> facts_;
  SortedMap<Str, ImageSpread> images_;
};

}  // namespace sim
