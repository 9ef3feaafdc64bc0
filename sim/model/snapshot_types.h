// The kinds of snapshot.storage.k8s.io: custom resources that a cluster serves once its snapshot
// controller is installed. See sim/model/pod_types.h for how fields are named.
// external-snapshotter client/v7 apis/volumesnapshot/v1: types.go
#pragma once

#include <cstdint>
#include <optional>

#include "sim/model/cluster_types.h"

namespace sim {

struct VolumeSnapshotClass : Object {
  static constexpr Kind kKind = Kind::VolumeSnapshotClass;
  VolumeSnapshotClass() : Object(kKind) {}
  Str driver;
  StringMap parameters;
  Str deletion_policy;
  friend bool operator==(const VolumeSnapshotClass&, const VolumeSnapshotClass&) = default;
};

struct VolumeSnapshotSource {
  std::optional<Str> persistent_volume_claim_name;
  std::optional<Str> volume_snapshot_content_name;
  friend bool operator==(const VolumeSnapshotSource&, const VolumeSnapshotSource&) = default;
};

struct VolumeSnapshotSpec {
  VolumeSnapshotSource source;
  std::optional<Str> volume_snapshot_class_name;
  friend bool operator==(const VolumeSnapshotSpec&, const VolumeSnapshotSpec&) = default;
};

struct VolumeSnapshotError {
  std::optional<Time> time;
  std::optional<Str> message;
  friend bool operator==(const VolumeSnapshotError&, const VolumeSnapshotError&) = default;
};

struct VolumeSnapshotStatus {
  std::optional<Str> bound_volume_snapshot_content_name;
  std::optional<Time> creation_time;
  std::optional<bool> ready_to_use;
  std::optional<Quantity> restore_size;
  Box<VolumeSnapshotError> error;
  friend bool operator==(const VolumeSnapshotStatus&, const VolumeSnapshotStatus&) = default;
};

struct VolumeSnapshot : Object {
  static constexpr Kind kKind = Kind::VolumeSnapshot;
  VolumeSnapshot() : Object(kKind) {}
  VolumeSnapshotSpec spec;
  Box<VolumeSnapshotStatus> status;
  friend bool operator==(const VolumeSnapshot&, const VolumeSnapshot&) = default;
};

struct VolumeSnapshotContentSource {
  std::optional<Str> volume_handle;
  std::optional<Str> snapshot_handle;
  friend bool operator==(const VolumeSnapshotContentSource&,
                         const VolumeSnapshotContentSource&) = default;
};

struct VolumeSnapshotContentSpec {
  ObjectReference volume_snapshot_ref;
  Str deletion_policy;
  Str driver;
  std::optional<Str> volume_snapshot_class_name;
  VolumeSnapshotContentSource source;
  std::optional<Str> source_volume_mode;
  friend bool operator==(const VolumeSnapshotContentSpec&,
                         const VolumeSnapshotContentSpec&) = default;
};

struct VolumeSnapshotContentStatus {
  std::optional<Str> snapshot_handle;
  std::optional<std::int64_t> creation_time;
  std::optional<std::int64_t> restore_size;
  std::optional<bool> ready_to_use;
  Box<VolumeSnapshotError> error;
  friend bool operator==(const VolumeSnapshotContentStatus&,
                         const VolumeSnapshotContentStatus&) = default;
};

struct VolumeSnapshotContent : Object {
  static constexpr Kind kKind = Kind::VolumeSnapshotContent;
  VolumeSnapshotContent() : Object(kKind) {}
  VolumeSnapshotContentSpec spec;
  Box<VolumeSnapshotContentStatus> status;
  friend bool operator==(const VolumeSnapshotContent&, const VolumeSnapshotContent&) = default;
};

}  // namespace sim
