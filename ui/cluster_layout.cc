#include "ui/cluster_layout.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ui {
namespace {

using sim::Id;
using M = Measure;
constexpr sim::Id kTray = 0;         // the node of those that have none
constexpr float kMuchLarger = 1.4f;  // so much must a new arrangement gain
constexpr std::size_t kMostRemembered = 20'000;

int rows_of(int count, int columns) { return (count + columns - 1) / columns; }

/// Keeps the slots of those that are there, gives free ones to the others.
template <class Key>
void keep_slots(const std::vector<Key>& present, std::map<Key, int>& slots) {
  std::map<Key, int> kept;
  std::set<int> taken;
  for (const Key& key : present) {
    const auto known = slots.find(key);
    if (known != slots.end() && taken.insert(known->second).second) kept[key] = known->second;
  }
  int next = 0;
  for (const Key& key : present) {
    if (kept.count(key) != 0) continue;
    while (taken.count(next) != 0) ++next;
    kept[key] = next++;
  }
  slots = std::move(kept);
}

}  // namespace

Area between(const Area& from, const Area& to, float t) {
  const auto mix = [t](float a, float b) { return a + (b - a) * t; };
  return {mix(from.x, to.x), mix(from.y, to.y), mix(from.w, to.w), mix(from.h, to.h)};
}

void ClusterLayout::tidy() {
  fresh_ = true;
  zone_slots_.clear();
  node_slots_.clear();
  node_zones_.clear();
  node_heights_.clear();
  pod_slots_.clear();
  volume_slots_.clear();
  shared_slots_.clear();
}

sim::Id ClusterLayout::replaced_by(sim::Id pod) const {
  const auto known = replaced_.find(pod);
  return known == replaced_.end() ? 0 : known->second;
}

ClusterLayout::Shape ClusterLayout::shape_of(const Scene& scene) const {
  Shape shape;
  shape.summary = scene.summary;
  std::map<std::string, int> in_zone;
  for (const SceneNode& node : scene.nodes)
    shape.nodes = std::max(shape.nodes, ++in_zone[node.zone]);
  shape.zones = static_cast<int>(in_zone.size());
  std::vector<int> items(scene.nodes.size());
  float height = 0;
  int count = 0;
  const auto add = [&](int node, float h) {
    if (node < 0) return;
    shape.items = std::max(shape.items, ++items[static_cast<std::size_t>(node)]);
    height += h + M::kGap;
    ++count;
  };
  for (const ScenePod& pod : scene.pods) add(pod.node, pod.height);
  for (const SceneVolume& volume : scene.volumes) add(volume.node, volume.height);
  shape.item_height = count == 0 ? 0 : height / static_cast<float>(count);
  return shape;
}

float ClusterLayout::scale_of(const Shape& shape, const Grid& grid, float aspect) {
  const float inner_w =
      shape.summary ? M::kSummaryWidth
                    : static_cast<float>(grid.pod_columns) * (M::kCardWidth + M::kGap) + M::kGap;
  const float inner_h =
      shape.summary
          ? M::kSummaryHeight
          : M::kNodeHead * grid.heading +
                static_cast<float>(rows_of(shape.items, grid.pod_columns)) * shape.item_height +
                M::kGap;
  const float zone_w = static_cast<float>(grid.node_columns) * (inner_w + M::kGap) + M::kGap;
  const float zone_h =
      M::kZoneHead * grid.heading +
      static_cast<float>(rows_of(shape.nodes, grid.node_columns)) * (inner_h + M::kGap) + M::kGap;
  const float w = static_cast<float>(grid.zone_columns) * (zone_w + M::kGap);
  const float h = static_cast<float>(rows_of(shape.zones, grid.zone_columns)) * (zone_h + M::kGap);
  return std::min(aspect / std::max(w, 1.f), 1 / std::max(h, 1.f));
}

void ClusterLayout::choose_grid(const Shape& shape, float aspect) {
  Grid best = grid_;
  float best_scale = 0;
  // Steps of a third each: finer ones gain nothing.
  const auto next = [](int n) { return n < 4 ? n + 1 : n + n / 3; };
  const int most_pods = shape.summary ? 1 : std::max(shape.items, 1);
  for (int z = 1; z <= std::max(shape.zones, 1); z = next(z)) {
    for (int c = 1; c <= std::max(shape.nodes, 1); c = next(c)) {
      for (int k = 1; k <= most_pods; k = next(k)) {
        const Grid grid{k, c, z, 1};
        const float scale = scale_of(shape, grid, aspect);
        // A little must be gained, so that equal shapes do not alternate.
        if (scale > best_scale * 1.001f) {
          best = grid;
          best_scale = scale;
        }
      }
    }
  }
  rearranged_ = fresh_ || shape.summary != summary_ ||
                best_scale > kMuchLarger * scale_of(shape, grid_, aspect);
  if (rearranged_) {
    grid_ = best;
    // In a pane 400 pixels high, a heading of a node shall be 20 high.
    const float height = M::kNodeHead * best_scale * 400;
    grid_.heading = std::clamp(std::round(2 * 20 / std::max(height, 0.1f)) / 2, 1.f, 12.f);
  }
  summary_ = shape.summary;
  fresh_ = false;
}

float ClusterLayout::inner_width(bool summary) const {
  return summary ? M::kSummaryWidth
                 : static_cast<float>(grid_.pod_columns) * (M::kCardWidth + M::kGap) + M::kGap;
}

void ClusterLayout::place_zones(const Scene& scene) {
  std::vector<std::string> zones;
  std::map<std::string, std::vector<sim::Id>> members;
  for (const SceneNode& node : scene.nodes) {
    std::vector<sim::Id>& ids = members[node.zone];
    if (ids.empty()) zones.push_back(node.zone);
    ids.push_back(node.id);
  }
  keep_slots(zones, zone_slots_);
  std::map<sim::Id, int> slots;
  for (auto& [zone, ids] : members) {
    std::map<sim::Id, int> own;
    for (const sim::Id id : ids) {
      const auto known = node_slots_.find(id);
      if (known != node_slots_.end() && node_zones_[id] == zone) own[id] = known->second;
    }
    keep_slots(ids, own);
    for (const auto& [id, slot] : own) slots[id] = slot;
  }
  node_slots_ = std::move(slots);
  node_zones_.clear();
  for (const SceneNode& node : scene.nodes) node_zones_[node.id] = node.zone;
}

/// The wanted slot when it is free, else the highest gap of the leftmost column that holds it.
ClusterLayout::Slot ClusterLayout::take_slot(
    sim::Id node, int columns, float height, const Slot* wanted,
    std::map<std::pair<sim::Id, int>, std::vector<Slot>>& taken) const {
  const auto insert = [&](const Slot& slot) {
    std::vector<Slot>& column = taken[{node, slot.column}];
    const auto at = std::lower_bound(column.begin(), column.end(), slot,
                                     [](const Slot& a, const Slot& b) { return a.y < b.y; });
    column.insert(at, slot);
    return slot;
  };
  if (wanted && wanted->node == node && wanted->column < columns) {
    const Slot slot{node, wanted->column, wanted->y, height};
    const std::vector<Slot>& column = taken[{node, slot.column}];
    const bool is_free = std::none_of(column.begin(), column.end(), [&](const Slot& other) {
      return other.y < slot.y + height + M::kGap && slot.y < other.y + other.h + M::kGap;
    });
    if (is_free) return insert(slot);
  }
  Slot best{node, 0, -1, height};
  for (int c = 0; c < columns; ++c) {
    float y = 0;
    for (const Slot& other : taken[{node, c}]) {
      if (y + height + M::kGap <= other.y) break;
      y = std::max(y, other.y + other.h + M::kGap);
    }
    if (best.y < 0 || y < best.y) best = {node, c, y, height};
  }
  return insert(best);
}

void ClusterLayout::place_items(const Scene& scene) {
  if (rearranged_) {
    pod_slots_.clear();
    volume_slots_.clear();
    node_heights_.clear();
  }
  std::map<std::pair<sim::Id, int>, std::vector<Slot>> taken;
  const auto node_of = [&](int index) {
    return index < 0 ? kTray : scene.nodes[static_cast<std::size_t>(index)].id;
  };
  const auto columns_of = [&](sim::Id node) { return node == kTray ? 1 : grid_.pod_columns; };
  // First those that stay, then those that come: a newcomer never drives anybody away.
  std::vector<const ScenePod*> coming;
  std::map<sim::Id, Slot> slots;
  for (const ScenePod& pod : scene.pods) {
    const sim::Id node = node_of(pod.node);
    const auto known = pod_slots_.find(pod.id);
    const bool stays =
        known != pod_slots_.end() && known->second.node == node && places_.pods.count(pod.id) != 0;
    if (!stays) {
      coming.push_back(&pod);
      continue;
    }
    slots[pod.id] = take_slot(node, columns_of(node), pod.height, &known->second, taken);
  }
  std::map<std::string, Slot> volumes;
  for (const SceneVolume& volume : scene.volumes) {
    if (volume.node < 0) continue;
    const sim::Id node = node_of(volume.node);
    const auto known = volume_slots_.find(volume.key);
    volumes[volume.key] = take_slot(node, columns_of(node), volume.height,
                                    known == volume_slots_.end() ? nullptr : &known->second, taken);
  }
  for (const ScenePod* pod : coming) {
    const sim::Id node = node_of(pod->node);
    auto wanted = pod_slots_.find(pod->id);
    if (wanted == pod_slots_.end()) wanted = pod_slots_.find(replaced_by(pod->id));
    slots[pod->id] = take_slot(node, columns_of(node), pod->height,
                               wanted == pod_slots_.end() ? nullptr : &wanted->second, taken);
  }
  if (pod_slots_.size() > kMostRemembered) pod_slots_.clear();
  for (const auto& [id, slot] : slots) pod_slots_[id] = slot;
  volume_slots_ = std::move(volumes);

  std::map<sim::Id, float> used;
  for (const auto& [place, column] : taken) {
    for (const Slot& slot : column) {
      used[place.first] = std::max(used[place.first], slot.y + slot.h + M::kGap);
    }
  }
  std::map<sim::Id, float> heights;
  for (const SceneNode& node : scene.nodes) {
    const float now = used[node.id];
    const float before = node_heights_[node.id];
    heights[node.id] = now < before / 2 ? now : std::max(now, before);
  }
  heights[kTray] = used[kTray];
  node_heights_ = std::move(heights);
}

/// Who takes whose place: a newcomer replaces the oldest of its lineage that leaves or has gone.
void ClusterLayout::pair_up(const Scene& scene) {
  std::set<sim::Id> present;
  for (const ScenePod& pod : scene.pods) present.insert(pod.id);
  std::set<sim::Id> already;
  for (const auto& [pod, other] : replaced_) already.insert(other);
  std::map<std::string, std::vector<sim::Id>> leaving;
  for (const auto& [id, lineage] : lineages_) {
    const bool goes = present.count(id) == 0;
    if (goes && already.count(id) == 0) leaving[lineage].push_back(id);
  }
  for (const ScenePod& pod : scene.pods) {
    if (pod.leaving && !pod.lineage.empty() && already.count(pod.id) == 0) {
      leaving[pod.lineage].push_back(pod.id);
    }
  }
  for (auto& [lineage, ids] : leaving) std::sort(ids.begin(), ids.end());
  for (const ScenePod& pod : scene.pods) {
    if (pod.lineage.empty() || pod.leaving || places_.pods.count(pod.id) != 0) continue;
    std::vector<sim::Id>& candidates = leaving[pod.lineage];
    // A pod is never older than the one whose place it takes: stepping back replaces nobody.
    if (candidates.empty() || candidates.front() >= pod.id || replaced_.count(pod.id) != 0)
      continue;
    replaced_[pod.id] = candidates.front();
    candidates.erase(candidates.begin());
  }
  if (replaced_.size() > kMostRemembered) replaced_.clear();
  lineages_.clear();
  for (const ScenePod& pod : scene.pods) {
    if (!pod.lineage.empty()) lineages_[pod.id] = pod.lineage;
  }
}

void ClusterLayout::set_positions(const Scene& scene) {
  Places now;
  const float node_w = inner_width(scene.summary);
  const int c = grid_.node_columns;
  const int z = grid_.zone_columns;
  // How many rows of nodes each zone has, and how high each row is.
  std::map<std::string, std::vector<float>> rows;
  for (const SceneNode& node : scene.nodes) {
    const auto row = static_cast<std::size_t>(node_slots_[node.id] / c);
    std::vector<float>& heights = rows[node.zone];
    if (heights.size() <= row) heights.resize(row + 1, node_head());
    const float inside = scene.summary ? M::kSummaryHeight : node_head() + node_heights_[node.id];
    heights[row] = std::max(heights[row], inside);
  }
  const float zone_w = static_cast<float>(c) * (node_w + M::kGap) + M::kGap;
  std::vector<float> zone_rows;
  const auto zone_height = [&](const std::string& zone) {
    float height = zone_head() + M::kGap;
    for (const float row : rows[zone]) height += row + M::kGap;
    return height;
  };
  for (const auto& [zone, slot] : zone_slots_) {
    const auto row = static_cast<std::size_t>(slot / z);
    if (zone_rows.size() <= row) zone_rows.resize(row + 1);
    zone_rows[row] = std::max(zone_rows[row], zone_height(zone));
  }
  float bottom = 0;
  float right = 0;
  for (const auto& [zone, slot] : zone_slots_) {
    float y = 0;
    for (int row = 0; row < slot / z; ++row)
      y += zone_rows[static_cast<std::size_t>(row)] + M::kGap;
    // Zones of one row are equally high, and so are the nodes in them.
    const Area rect{static_cast<float>(slot % z) * (zone_w + M::kGap), y, zone_w,
                    zone_rows[static_cast<std::size_t>(slot / z)]};
    now.zones[zone] = rect;
    right = std::max(right, rect.right());
    bottom = std::max(bottom, rect.bottom());
  }
  for (const SceneNode& node : scene.nodes) {
    const Area& zone = now.zones[node.zone];
    const std::vector<float>& heights = rows[node.zone];
    const int slot = node_slots_[node.id];
    float y = zone.y + zone_head();
    for (int row = 0; row < slot / c; ++row) y += heights[static_cast<std::size_t>(row)] + M::kGap;
    const auto row = static_cast<std::size_t>(slot / c);
    const float height =
        row + 1 == heights.size() && !scene.summary ? zone.bottom() - M::kGap - y : heights[row];
    now.nodes[node.id] = {zone.x + M::kGap + static_cast<float>(slot % c) * (node_w + M::kGap), y,
                          node_w, height};
  }
  const bool waits = std::any_of(scene.pods.begin(), scene.pods.end(),
                                 [](const ScenePod& pod) { return pod.node < 0; });
  if (waits) {
    const float x = right == 0 ? 0 : right + M::kGap;
    now.waiting = {x, 0, M::kCardWidth + 2 * M::kGap,
                   std::max(node_head() + node_heights_[kTray], bottom)};
  }
  const auto place = [&](const Slot& slot) {
    const Area& node = slot.node == kTray ? now.waiting : now.nodes[slot.node];
    return Area{node.x + M::kGap + static_cast<float>(slot.column) * (M::kCardWidth + M::kGap),
                node.y + node_head() + slot.y, M::kCardWidth, slot.h};
  };
  for (const ScenePod& pod : scene.pods) now.pods[pod.id] = place(pod_slots_[pod.id]);
  for (const auto& [key, slot] : volume_slots_) now.volumes[key] = place(slot);

  // The strip of shared volumes, below all else.
  std::vector<std::string> shared;
  float height = 0;
  for (const SceneVolume& volume : scene.volumes) {
    if (volume.node >= 0) continue;
    shared.push_back(volume.key);
    height = std::max(height, volume.height);
  }
  keep_slots(shared, shared_slots_);
  const float step = M::kCardWidth + 2 * M::kGap;
  const int per_row = std::max(1, static_cast<int>((right + 2 * M::kGap) / step));
  const float top = std::max(bottom, now.waiting.bottom()) + 4 * M::kGap;
  for (const auto& [key, slot] : shared_slots_) {
    now.volumes[key] = {static_cast<float>(slot % per_row) * step,
                        top + static_cast<float>(slot / per_row) * (height + 2 * M::kGap),
                        M::kCardWidth, height};
  }
  const auto grow = [&](const Area& rect) {
    now.all.w = std::max(now.all.w, rect.right());
    now.all.h = std::max(now.all.h, rect.bottom());
  };
  for (const auto& [key, rect] : now.zones) grow(rect);
  for (const auto& [key, rect] : now.volumes) grow(rect);
  grow(now.waiting);

  became_.clear();
  for (const auto& [id, rect] : now.pods) {
    const auto before = places_.pods.find(id);
    if (before != places_.pods.end()) {
      if (!(before->second == rect)) {
        became_.push_back({Became::What::Moved, id, 0, before->second});
      }
      continue;
    }
    const sim::Id other = replaced_by(id);
    const auto of = places_.pods.find(other);
    if (other != 0 && of != places_.pods.end()) {
      became_.push_back({Became::What::Replaced, id, other, of->second});
    } else {
      became_.push_back({Became::What::Appeared, id, 0, {}});
    }
  }
  for (const auto& [id, rect] : places_.pods) {
    if (now.pods.count(id) == 0) became_.push_back({Became::What::Gone, id, 0, rect});
  }
  places_ = std::move(now);
}

const Places& ClusterLayout::arrange(const Scene& scene, float aspect) {
  choose_grid(shape_of(scene), std::clamp(aspect, 0.2f, 8.f));
  place_zones(scene);
  pair_up(scene);
  place_items(scene);
  set_positions(scene);
  return places_;
}

}  // namespace ui
