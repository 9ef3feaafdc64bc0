#include "sim/world/snapshots.h"

#include <memory>
#include <utility>

#include "sim/base/format.h"
#include "sim/world/world.h"

namespace sim {
namespace {

constexpr std::string_view kNamespace = "kube-system";
constexpr std::string_view kLease = "snapshot-controller-leader";

bool is_snapshot_kind(Kind kind) {
  return kind == Kind::VolumeSnapshot || kind == Kind::VolumeSnapshotContent ||
         kind == Kind::VolumeSnapshotClass;
}

}  // namespace

bool is_served(const World& world, Kind kind) {
  return !is_snapshot_kind(kind) || has_snapshot_controller(world);
}

bool has_snapshot_controller(const World& world) {
  return world.find<Lease>(kNamespace, kLease) != nullptr;
}

Time snapshot_controller_since(const World& world) {
  const Lease* lease = world.find<Lease>(kNamespace, kLease);
  return lease ? lease->meta.creation_timestamp.value_or(Time{}) : Time{};
}

void install_snapshot_controller(const World& world, Plan& plan) {
  if (has_snapshot_controller(world)) return;
  auto lease = std::make_shared<Lease>();
  lease->meta.name = Str(kLease);
  lease->meta.ns = Str(kNamespace);
  lease->spec.holder_identity = "snapshot-controller-5d7c9f8b6c-w4k2p";
  lease->spec.lease_duration_seconds = 15;
  lease->spec.renew_time = MicroTime{world.now()};
  plan.create(world, std::move(lease), "the snapshot controller was installed");
}

void uninstall_snapshot_controller(const World& world, Plan& plan) {
  if (const Id id = world.store().find(Kind::Lease, kNamespace, kLease)) {
    plan.erase({Kind::Lease, id}, "the snapshot controller was removed");
  }
}

std::string snapshot_name(std::string_view driver, std::string_view handle) {
  return fmt::format("snapshot/{}/{}", driver, handle);
}

Id snapshot_contents(const World& world, std::string_view driver, std::string_view handle) {
  return world.store().find(Kind::Disk, "", snapshot_name(driver, handle));
}

bool is_bound_to(const VolumeSnapshotContent& content, const VolumeSnapshot& snapshot) {
  const ObjectReference& ref = content.spec.volume_snapshot_ref;
  return ref.name == snapshot.meta.name && ref.ns == snapshot.meta.ns &&
         ref.uid == snapshot.meta.uid;
}

const VolumeSnapshotContent* content_of(const World& world, const VolumeSnapshot& snapshot) {
  if (!snapshot.status || !snapshot.status->bound_volume_snapshot_content_name) return nullptr;
  const auto* content =
      world.find<VolumeSnapshotContent>("", *snapshot.status->bound_volume_snapshot_content_name);
  return content && is_bound_to(*content, snapshot) ? content : nullptr;
}

bool is_snapshot_ready(const VolumeSnapshot& snapshot) {
  return snapshot.status && snapshot.status->ready_to_use.value_or(false);
}

}  // namespace sim
