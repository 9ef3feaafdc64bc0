// Snapshots of volumes as a cluster serves them: custom resources and a controller of their own,
// which somebody has to install. Installed they are when the controller has its Lease; until then
// the API server knows none of their kinds.
//
// What a driver keeps of a snapshot is a Disk row, named by snapshot_name(), that lies on no
// machine and that nobody mounts: the tree of that moment.
#pragma once

#include <string>
#include <string_view>

#include "sim/model/snapshot_types.h"
#include "sim/world/plan.h"

namespace sim {

/// Among the drivers of a cluster, the add-ons and the charts.
inline constexpr std::string_view kSnapshotController = "snapshot-controller";

/// Whether the API server of this cluster knows the kind.
bool is_served(const World& world, Kind kind);

bool has_snapshot_controller(const World& world);
/// When it was installed.
Time snapshot_controller_since(const World& world);
void install_snapshot_controller(const World& world, Plan& plan);
void uninstall_snapshot_controller(const World& world, Plan& plan);

/// The name of the Disk row of a snapshot: "snapshot/<driver>/<handle>".
std::string snapshot_name(std::string_view driver, std::string_view handle);
/// What the driver keeps of a snapshot; 0: it knows of none with this handle.
Id snapshot_contents(const World& world, std::string_view driver, std::string_view handle);
/// The content that a snapshot is bound to and that is bound to it; null: none.
const VolumeSnapshotContent* content_of(const World& world, const VolumeSnapshot& snapshot);
/// Whether the content is this snapshot's. external-snapshotter: IsVolumeSnapshotRefSet
bool is_bound_to(const VolumeSnapshotContent& content, const VolumeSnapshot& snapshot);
/// external-snapshotter: IsSnapshotReady
bool is_snapshot_ready(const VolumeSnapshot& snapshot);

}  // namespace sim
