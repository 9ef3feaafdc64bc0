#include "sim/world/node_index.h"

#include <algorithm>
#include <tuple>

namespace sim {
namespace {

// Whether the place of a node in the order may differ.
bool same_place(const Node& a, const Node& b) {
  return a.meta.labels == b.meta.labels ||
         (a.meta.labels.get(kZoneLabel) == b.meta.labels.get(kZoneLabel) &&
          a.meta.labels.contains(kZoneLabel) == b.meta.labels.contains(kZoneLabel) &&
          a.meta.labels.get(kRegionLabel) == b.meta.labels.get(kRegionLabel));
}

}  // namespace

const std::vector<NodeIndex::Slot>& NodeIndex::none() {
  static const std::vector<Slot> empty;
  return empty;
}

NodeIndex::Root& NodeIndex::edit() {
  if (!root_) {
    root_ = std::make_shared<Root>();
  } else if (root_.use_count() != 1) {
    root_ = std::make_shared<Root>(*root_);
  }
  return *root_;
}

void NodeIndex::update(const Table<Object>& nodes, Id id, const Node* before, const Node* after) {
  if (after && !before && (!root_ || id > root_->newest)) {
    add(id, *after);
  } else if (!before || !after || !same_place(*before, *after)) {
    rebuild(nodes);
  }
  if (after) set_facts(id, *after);
  if (!after) facts_.set(id, {});
  set_images(id, before, after);
}

void NodeIndex::rebuild(const Table<Object>& nodes) {
  root_.reset();
  for (const auto& [id, row] : nodes) {
    add(id, static_cast<const Node&>(row));
    set_facts(id, static_cast<const Node&>(row));  // zones have other numbers now
  }
}

// The newest node comes last in its zone.
void NodeIndex::add(Id id, const Node& node) {
  Root& root = edit();
  root.newest = id;
  const Str zone = node.meta.labels.get(kZoneLabel);
  const Str region = node.meta.labels.get(kRegionLabel);
  auto place = std::find_if(root.tree.begin(), root.tree.end(), [&](const TreeZone& known) {
    return known.zone == zone && known.region == region;
  });
  if (place == root.tree.end()) place = root.tree.insert(place, {region, zone, 0});
  const Slot slot{id, place->nodes++, static_cast<std::uint32_t>(place - root.tree.begin())};
  const auto at = std::lower_bound(root.order.begin(), root.order.end(), slot,
                                   [](const Slot& a, const Slot& b) {
                                     return std::tuple(a.rank, a.zone) < std::tuple(b.rank, b.zone);
                                   });
  root.order.insert(at, slot);
  if (node.meta.labels.contains(kZoneLabel) &&
      std::find(root.zones.begin(), root.zones.end(), zone) == root.zones.end()) {
    root.zones.push_back(zone);
  }
}

void NodeIndex::set_facts(Id id, const Node& node) {
  NodeFacts facts;
  const ResourceList& allocatable = node.status.allocatable;
  if (const Quantity* cpu = allocatable.find("cpu")) facts.milli_cpu = cpu->milli_value();
  if (const Quantity* memory = allocatable.find("memory")) facts.memory = memory->value();
  if (const Quantity* disk = allocatable.find("ephemeral-storage")) {
    facts.ephemeral_storage = disk->value();
  }
  if (const Quantity* pods = allocatable.find("pods")) facts.pods = pods->value();
  if (const Str* zone = node.meta.labels.find(kZoneLabel)) {
    const auto at = std::find(root_->zones.begin(), root_->zones.end(), *zone);
    facts.zone = static_cast<std::uint32_t>(at - root_->zones.begin());
  }
  facts.hostname = node.meta.labels.contains(kHostnameLabel);
  facts.unschedulable = node.spec.unschedulable;
  for (const Taint& taint : node.spec.taints) {
    if (taint.effect == "PreferNoSchedule") {
      facts.soft_taints = true;
    } else {
      facts.hard_taints = true;
    }
  }
  facts.open = !facts.unschedulable && !facts.hard_taints;
  constexpr std::int64_t kLarge = 1LL << 46;  // 64 TiB: a hundredfold of it is exact in a double
  facts.ordinary = facts.milli_cpu > 0 && facts.milli_cpu <= kLarge && facts.memory > 0 &&
                   facts.memory <= kLarge;
  if (!(facts == facts_.get(id))) facts_.set(id, facts);
}

void NodeIndex::set_images(Id id, const Node* before, const Node* after) {
  static const std::vector<ContainerImage> no_images;
  const auto& old_images = before ? before->status.images : no_images;
  const auto& new_images = after ? after->status.images : no_images;
  if (old_images == new_images) return;
  const auto each_name = [this](const std::vector<ContainerImage>& images, auto change) {
    for (const ContainerImage& image : images) {
      for (const Str& name : image.names) {
        // Taken out of the map, so that nobody else holds what is edited.
        ImageSpread spread;
        if (const ImageSpread* known = images_.find(name)) spread = *known;
        images_.erase(name);
        change(spread, image);
        if (spread.nodes > 0) images_.set(name, std::move(spread));
      }
    }
  };
  each_name(old_images, [id](ImageSpread& spread, const ContainerImage&) {
    if (spread.sizes.get(id) != 0) --spread.nodes;
    spread.sizes.set(id, 0);
  });
  each_name(new_images, [id](ImageSpread& spread, const ContainerImage& image) {
    if (spread.sizes.get(id) == 0) ++spread.nodes;
    spread.sizes.set(id, image.size_bytes + 1);
  });
}

bool NodeIndex::agrees_with(const NodeIndex& other, const Table<Object>& nodes) const {
  if (order() != other.order() || images_.size() != other.images_.size()) return false;
  auto theirs = other.images_.begin();
  for (const auto& [name, spread] : images_) {
    if (!(name == theirs->first) || spread.nodes != theirs->second.nodes) return false;
    for (const Slot& slot : order()) {
      if (spread.sizes.get(slot.id) != theirs->second.sizes.get(slot.id)) return false;
    }
    ++theirs;
  }
  for (const auto& [id, row] : nodes) {
    if (!(facts(id) == other.facts(id))) return false;
  }
  return true;
}

}  // namespace sim
