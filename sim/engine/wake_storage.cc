#include "sim/engine/wake_storage.h"

#include <algorithm>
#include <set>

#include "sim/model/snapshot_types.h"
#include "sim/model/volume_facts.h"
#include "sim/world/fault.h"

namespace sim {
namespace {

class Waker {
 public:
  Waker(const World& world, std::vector<Wake>& wakes)
      : world_(world), store_(world.store()), wakes_(wakes) {}

  void on_claim(Id id, const PersistentVolumeClaim* before, const PersistentVolumeClaim* after);
  void on_volume(Id id, const PersistentVolume* before, const PersistentVolume* after);
  void on_attachment(Id id, const VolumeAttachment& attachment, bool gone);
  void on_pod(Id id, const Pod* before, const Pod* after);
  void on_node(Id id, const Node* before, const Node* after);
  void on_csi_node(const CSINode& node, bool gone);
  void on_snapshot(Id id) { wake(Actor::Snapshot, Kind::VolumeSnapshot, id); }
  void on_snapshot_content(Id id, const VolumeSnapshotContent& content, bool gone);
  void on_driver();

 private:
  void wake(Actor actor, Kind kind, Id id) {
    if (id == 0) return;
    wakes_.push_back({world_.now() + world_.timing().watch, actor, {kind, id}, false});
  }
  bool remembers(Actor actor, Id id) const {
    return !(world_.volume_memory().work(actor, id) == VolumeWork());
  }
  void node_of(const Pod& pod) {
    if (pod.node_name.empty()) return;
    const Id node = store_.find(Kind::Node, "", pod.node_name);
    wake(Actor::AttachDetach, Kind::Node, node);
    if (node == 0) attachments_to(pod.node_name);
  }
  /// Of those that name a claim: each node once.
  void nodes_of_claim(const Str& ns, const Str& name) {
    std::set<Str> nodes;
    for (const Id id : store_.pods_of_claim(ns, name)) {
      const Pod& pod = *world_.get<Pod>(id);
      if (nodes.insert(pod.node_name).second) node_of(pod);
    }
  }
  void attachments_to(const Str& node) {
    for (const Id id : store_.attachments_to(node)) {
      wake(Actor::Attacher, Kind::VolumeAttachment, id);
    }
  }

  const World& world_;
  const Store& store_;
  std::vector<Wake>& wakes_;
};

void Waker::on_claim(Id id, const PersistentVolumeClaim* before,
                     const PersistentVolumeClaim* after) {
  const PersistentVolumeClaim& claim = after ? *after : *before;
  if (!before || !after || before->status.phase != after->status.phase ||
      before->spec.volume_name != after->spec.volume_name) {
    nodes_of_claim(claim.meta.ns, claim.meta.name);
  }
  if (!after) {
    for (const Id volume : store_.volumes_of_claim(claim.meta.ns, claim.meta.name)) {
      wake(Actor::VolumeBinder, Kind::PersistentVolume, volume);
    }
    for (const Id pod : store_.pods_of_claim(claim.meta.ns, claim.meta.name)) {
      wake(Actor::EphemeralVolume, Kind::Pod, pod);
    }
    for (const Actor actor : {Actor::Provisioner, Actor::Resizer}) {
      if (remembers(actor, id)) wake(actor, Kind::PersistentVolumeClaim, id);
    }
    return;
  }
  wake(Actor::ClaimBinder, Kind::PersistentVolumeClaim, id);
  if (claim.spec.volume_name.empty() && claim.meta.annotations.contains(kStorageProvisioner)) {
    wake(Actor::Provisioner, Kind::PersistentVolumeClaim, id);
  }
  if (claim.status.phase == "Bound" &&
      claim.status.capacity.get("storage") < storage_request(claim)) {
    wake(Actor::Resizer, Kind::PersistentVolumeClaim, id);
  }
  if (claim.meta.deletion_timestamp) {
    wake(Actor::ClaimProtection, Kind::PersistentVolumeClaim, id);
  }
}

void Waker::on_volume(Id id, const PersistentVolume* before, const PersistentVolume* after) {
  const PersistentVolume& volume = after ? *after : *before;
  if (!after) {
    if (const Box<ObjectReference>& ref = volume.spec.claim_ref) {
      wake(Actor::ClaimBinder, Kind::PersistentVolumeClaim,
           store_.find(Kind::PersistentVolumeClaim, ref->ns, ref->name));
      nodes_of_claim(ref->ns, ref->name);
    }
    if (remembers(Actor::VolumeDeleter, id)) {
      wake(Actor::VolumeDeleter, Kind::PersistentVolume, id);
    }
    return;
  }
  wake(Actor::VolumeBinder, Kind::PersistentVolume, id);
  if (volume.status.phase == "Released") wake(Actor::VolumeDeleter, Kind::PersistentVolume, id);
  if (volume.meta.deletion_timestamp) wake(Actor::VolumeProtection, Kind::PersistentVolume, id);
}

void Waker::on_attachment(Id id, const VolumeAttachment& attachment, bool gone) {
  wake(Actor::AttachDetach, Kind::Node, store_.find(Kind::Node, "", attachment.spec.node_name));
  if (!gone || remembers(Actor::Attacher, id)) {
    wake(Actor::Attacher, Kind::VolumeAttachment, id);
  }
  if (!gone || !attachment.spec.source.persistent_volume_name) return;
  // Other nodes may have waited for it.
  const Id volume_id =
      store_.find(Kind::PersistentVolume, "", *attachment.spec.source.persistent_volume_name);
  const auto* volume = world_.get<PersistentVolume>(volume_id);
  if (!volume) return;
  if (volume->meta.deletion_timestamp) {
    wake(Actor::VolumeProtection, Kind::PersistentVolume, volume_id);
  }
  if (const Box<ObjectReference>& ref = volume->spec.claim_ref) nodes_of_claim(ref->ns, ref->name);
}

void Waker::on_pod(Id id, const Pod* before, const Pod* after) {
  const Pod& pod = after ? *after : *before;
  const std::vector<Str> claims = claims_of(pod);
  if (claims.empty()) return;
  if (!before) {
    const bool any = std::any_of(
        pod.spec->volumes.begin(), pod.spec->volumes.end(),
        [](const Volume& volume) { return static_cast<bool>(volume.volume_source.ephemeral); });
    // The scheduler has heard of the pod, too, and tries it before it hears of the claim.
    if (any) {
      const Duration heard = world_.timing().watch + world_.timing().schedule;
      wakes_.push_back({world_.now() + heard + world_.timing().watch,
                        Actor::EphemeralVolume,
                        {Kind::Pod, id},
                        false});
    }
  }
  const bool moved = !before || !after || before->node_name != after->node_name;
  const bool ending = after && after->meta.deletion_timestamp;
  if (moved || ending || before->status.phase != after->status.phase) node_of(pod);
  const bool runs = after && pod.status.phase == "Running" &&
                    (!before || before->status.phase != pod.status.phase);
  if (after && !runs) return;
  for (const Str& name : claims) {
    const Id claim_id = store_.find(Kind::PersistentVolumeClaim, pod.meta.ns, name);
    const auto* claim = world_.get<PersistentVolumeClaim>(claim_id);
    if (!claim) continue;
    if (!after && claim->meta.deletion_timestamp) {
      wake(Actor::ClaimProtection, Kind::PersistentVolumeClaim, claim_id);
    }
    if (runs && !claim->status.conditions.empty()) {
      wake(Actor::Resizer, Kind::PersistentVolumeClaim, claim_id);
    }
  }
}

void Waker::on_node(Id id, const Node* before, const Node* after) {
  if (!after) {
    attachments_to(before->meta.name);
    return;
  }
  if (!before) {
    wake(Actor::NodeStatus, Kind::Machine, store_.find(Kind::Machine, "", after->meta.name));
    wake(Actor::AttachDetach, Kind::Node, id);
    return;
  }
  if (before->status.volumes_in_use != after->status.volumes_in_use ||
      before->spec.taints != after->spec.taints || is_ready(*before) != is_ready(*after)) {
    if (!store_.attachments_to(after->meta.name).empty()) {
      wake(Actor::AttachDetach, Kind::Node, id);
    }
  }
}

void Waker::on_csi_node(const CSINode& node, bool gone) {
  if (gone) {
    wake(Actor::NodeStatus, Kind::Machine, store_.find(Kind::Machine, "", node.meta.name));
  } else {
    attachments_to(node.meta.name);
  }
}

void Waker::on_snapshot_content(Id id, const VolumeSnapshotContent& content, bool gone) {
  if (!gone || remembers(Actor::Snapshotter, id)) {
    wake(Actor::Snapshotter, Kind::VolumeSnapshotContent, id);
  }
  const ObjectReference& ref = content.spec.volume_snapshot_ref;
  wake(Actor::Snapshot, Kind::VolumeSnapshot, store_.find(Kind::VolumeSnapshot, ref.ns, ref.name));
}

/// A driver was installed, or answers again: what has waited for it.
void Waker::on_driver() {
  for (const auto& [id, row] : store_.table(Kind::PersistentVolumeClaim)) {
    const auto& claim = static_cast<const PersistentVolumeClaim&>(row);
    if (claim.spec.volume_name.empty()) {
      wake(Actor::Provisioner, Kind::PersistentVolumeClaim, id);
    } else if (claim.status.capacity.get("storage") < storage_request(claim)) {
      wake(Actor::Resizer, Kind::PersistentVolumeClaim, id);
    }
  }
  for (const auto& [id, row] : store_.table(Kind::PersistentVolume)) {
    if (static_cast<const PersistentVolume&>(row).status.phase == "Released") {
      wake(Actor::VolumeDeleter, Kind::PersistentVolume, id);
    }
  }
  for (const auto& [id, row] : store_.table(Kind::VolumeAttachment)) {
    wake(Actor::Attacher, Kind::VolumeAttachment, id);
  }
  for (const auto& [id, row] : store_.table(Kind::VolumeSnapshotContent)) {
    wake(Actor::Snapshotter, Kind::VolumeSnapshotContent, id);
  }
}

/// Whether what was down is there again, if only slowly, or what was slow is as usual.
bool answers_again(const Outage* before, const Outage* after) {
  return !after || (before && before->delay.ns == 0 && after->delay.ns != 0);
}

template <class T>
const T* cast(const ObjectPtr& object) {
  return static_cast<const T*>(object.get());
}

}  // namespace

void add_storage_wakes(const World& world, const Change& change, std::vector<Wake>& wakes) {
  Waker waker(world, wakes);
  const Id id = change.ref.id;
  const ObjectPtr& before = change.before;
  const ObjectPtr& after = change.after;
  const Object& any = after ? *after : *before;
  switch (change.ref.kind) {
    case Kind::PersistentVolumeClaim:
      waker.on_claim(id, cast<PersistentVolumeClaim>(before), cast<PersistentVolumeClaim>(after));
      break;
    case Kind::PersistentVolume:
      waker.on_volume(id, cast<PersistentVolume>(before), cast<PersistentVolume>(after));
      break;
    case Kind::VolumeAttachment:
      waker.on_attachment(id, static_cast<const VolumeAttachment&>(any), !after);
      break;
    case Kind::Pod:
      waker.on_pod(id, cast<Pod>(before), cast<Pod>(after));
      break;
    case Kind::Node:
      waker.on_node(id, cast<Node>(before), cast<Node>(after));
      break;
    case Kind::CSINode:
      waker.on_csi_node(static_cast<const CSINode&>(any), !after);
      break;
    case Kind::Outage:
      if (answers_again(static_cast<const Outage*>(before.get()),
                        static_cast<const Outage*>(after.get()))) {
        waker.on_driver();
      }
      break;
    case Kind::VolumeSnapshot:
      waker.on_snapshot(id);
      break;
    case Kind::VolumeSnapshotContent:
      waker.on_snapshot_content(id, static_cast<const VolumeSnapshotContent&>(any), !after);
      break;
    case Kind::CSIDriver:
    case Kind::ConfigMap:
      // A provisioner without CSI has its configuration in a ConfigMap.
      if (!before && (any.kind == Kind::CSIDriver || any.meta.name == "local-path-config")) {
        waker.on_driver();
      }
      break;
    default:
      break;
  }
}

}  // namespace sim
