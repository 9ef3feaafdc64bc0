#include "ui/cluster_model.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/graph/place_name.h"
#include "ui/world_changes.h"

namespace ui {

using namespace sim;

bool ClusterModel::is_up(Id node) const {
  const auto known = nodes_.find(node);
  return known == nodes_.end() || known->second.up;
}

void ClusterModel::forget_pod(Id pod) {
  PodFact& fact = facts_[pod];
  if (!fact.known) return;
  const auto health = static_cast<std::size_t>(fact.health);
  --totals_[health];
  --pod_count_;
  const auto node = nodes_.find(fact.node);
  if (node != nodes_.end()) --node->second.pods[health];
  fact = {};
}

void ClusterModel::look_at_pod(Id id) {
  if (facts_.size() <= id) facts_.resize(id + 1);
  forget_pod(id);
  const Pod* pod = world_->get<Pod>(id);
  if (!pod) return;
  ++looked_at_;
  PodFact fact;
  fact.known = true;
  fact.node = pod->node_name.empty() ? 0 : world_->store().find(Kind::Node, "", pod->node_name);
  const bool up = pod->node_name.empty() || (fact.node != 0 && is_up(fact.node));
  fact.health = health_of(*world_, *pod, up);
  const auto health = static_cast<std::size_t>(fact.health);
  ++totals_[health];
  ++pod_count_;
  const auto node = nodes_.find(fact.node);
  if (node != nodes_.end()) ++node->second.pods[health];
  facts_[id] = fact;
}

void ClusterModel::look_at_node(Id id) {
  const Node* node = world_->get<Node>(id);
  const auto known = nodes_.find(id);
  std::string name;
  bool all_pods = !node || known == nodes_.end();
  if (known != nodes_.end()) name = known->second.name.str();
  if (node) {
    NodeBox box = node_box(*world_, id);
    if (known != nodes_.end()) {
      box.pods = known->second.pods;
      all_pods = box.up != known->second.up;
    }
    name = box.name.str();
    nodes_[id] = std::move(box);
  } else if (known != nodes_.end()) {
    nodes_.erase(known);
  }
  if (!all_pods || name.empty()) return;
  for (const Id pod : world_->store().pods_on(name)) look_at_pod(pod);
}

void ClusterModel::start_over() {
  facts_.assign(world_->store().table(Kind::Pod).next_id(), {});
  nodes_.clear();
  totals_ = {};
  pod_count_ = 0;
  for (const auto& [id, row] : world_->store().table(Kind::Node)) {
    nodes_.emplace(id, node_box(*world_, id));
  }
  for (const auto& [id, row] : world_->store().table(Kind::Pod)) look_at_pod(id);
}

void ClusterModel::take(const std::vector<Ref>& changed, const World& before) {
  std::set<Id> nodes;
  std::set<Id> pods;
  for (const Ref ref : changed) {
    if (ref.kind == Kind::Pod) {
      pods.insert(ref.id);
    } else if (ref.kind == Kind::Node) {
      nodes.insert(ref.id);
    } else if (ref.kind == Kind::Machine) {
      const Object* machine = world_->store().get(ref);
      if (!machine) machine = before.store().get(ref);
      const Id node = machine ? world_->store().find(Kind::Node, "", machine->meta.name) : 0;
      if (node != 0) nodes.insert(node);
    }
  }
  for (const Id node : nodes) look_at_node(node);
  for (const Id pod : pods) look_at_pod(pod);
}

void ClusterModel::follow(const World& world) {
  if (!world_) {
    world_ = world;
    start_over();
  } else {
    const World before = std::move(*world_);
    const auto changed = changed_rows(before, world);
    world_ = world;
    if (changed && changed->empty()) return;
    if (changed) {
      take(*changed, before);
    } else {
      start_over();
    }
  }
  summary_ = pod_count_ > (summary_ ? kPodsShownAgain : kMostPodsShown);
  ++version_;
  make_boxes();
  make_volumes();
  make_scene();
}

std::optional<PodBox> ClusterModel::look_at(Id pod) const {
  const auto shown = pods_.find(pod);
  if (shown != pods_.end()) return shown->second;
  const Pod* row = world_->get<Pod>(pod);
  if (!row) return std::nullopt;
  const Id node = row->node_name.empty() ? 0 : world_->store().find(Kind::Node, "", row->node_name);
  return pod_box(*world_, pod, row->node_name.empty() || (node != 0 && is_up(node)));
}

Health ClusterModel::health(Id pod) const {
  return pod < facts_.size() ? facts_[pod].health : Health::Done;
}

void ClusterModel::make_boxes() {
  former_ = std::exchange(pods_, {});
  if (summary_) return;
  for (const auto& [id, row] : world_->store().table(Kind::Pod)) {
    const PodFact& fact = facts_[id];
    const bool up =
        static_cast<const Pod&>(row).node_name.empty() || (fact.node != 0 && is_up(fact.node));
    pods_.emplace(id, pod_box(*world_, id, up));
  }
}

/// The volumes that pods mount, then claims and PersistentVolumes that nobody uses.
void ClusterModel::make_volumes() {
  volumes_.clear();
  volumes_left_out_ = 0;
  const Store& store = world_->store();
  if (summary_) {
    volumes_left_out_ =
        store.count(Kind::PersistentVolumeClaim) + store.count(Kind::PersistentVolume);
    return;
  }
  const auto add = [&](VolumeBox box) {
    if (box.key.empty() || volumes_.count(box.key) != 0) return;
    if (volumes_.size() >= kMostVolumesShown) {
      ++volumes_left_out_;
      return;
    }
    std::string key = box.key;
    volumes_.emplace(std::move(key), std::move(box));
  };
  for (const auto& [id, box] : pods_) {
    const Pod& pod = *world_->get<Pod>(id);
    for (const Volume& volume : pod.spec->volumes) {
      const std::string key = volume_key(*world_, pod, volume);
      if (!key.empty() && volumes_.count(key) == 0) add(box_of_volume(*world_, pod, volume));
    }
    for (const ContainerBox& container : box.containers) {
      for (const MountLine& line : container.mounts) {
        const auto volume = volumes_.find(line.volume);
        if (volume != volumes_.end()) ++volume->second.users;
      }
    }
  }
  for (const auto& [id, row] : store.table(Kind::PersistentVolumeClaim)) {
    add(claim_box(*world_, id));
  }
  for (const auto& [id, row] : store.table(Kind::PersistentVolume)) {
    const auto& volume = static_cast<const PersistentVolume&>(row);
    // A bound one stands in the box of its claim.
    const bool in_claim =
        volume.spec.claim_ref && store.find(Kind::PersistentVolumeClaim, volume.spec.claim_ref->ns,
                                            volume.spec.claim_ref->name) != 0;
    if (!in_claim) add(persistent_box(*world_, id));
  }
}

void ClusterModel::make_scene() {
  scene_ = {};
  scene_.summary = summary_;
  std::map<Id, int> index;
  for (const auto& [id, box] : nodes_) {
    index[id] = static_cast<int>(scene_.nodes.size());
    scene_.nodes.push_back({id, box.zone});
  }
  const auto index_of = [&](Id node) {
    const auto known = index.find(node);
    return known == index.end() ? -1 : known->second;
  };
  for (const auto& [id, box] : pods_) {
    const Pod& pod = *world_->get<Pod>(id);
    const bool leaving = pod.meta.deletion_timestamp || pod.status.phase == "Failed";
    scene_.pods.push_back({id, index_of(box.node), box.height(), box.lineage, leaving});
  }
  for (const auto& [key, box] : volumes_) {
    scene_.volumes.push_back({key, index_of(box.node), box.height()});
  }
}

}  // namespace ui
