// Snapshots of volumes: the snapshot controller, which pairs each VolumeSnapshot with a
// VolumeSnapshotContent, and a driver's external snapshotter, which has the driver make, check and
// delete what a content stands for. external-snapshotter v8 pkg/{common,sidecar}-controller
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

/// The snapshot controller's word to the snapshotter that a content's snapshot goes.
inline constexpr const char* kBeingDeleted =
    "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted";

/// Looks at a VolumeSnapshot, which may be gone.
Plan reconcile_snapshot(const World& world, Id snapshot);
/// Looks at a VolumeSnapshotContent, which may be gone.
Plan reconcile_snapshot_content(const World& world, Id content);

}  // namespace sim::volumes
