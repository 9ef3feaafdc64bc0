// The fields of the kinds in snapshot_types.h: a continuation of sim/model/fields.h, with the same
// rules. Heavy: include it only from the .cc files that visit.
#pragma once

#include "sim/model/fields.h"
#include "sim/model/snapshot_types.h"

namespace sim {

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotClass>() {
  return "VolumeSnapshotClass";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotClass*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Driver", "driver", s.driver, {.always = true});
  v("Parameters", "parameters", s.parameters, {});
  v("DeletionPolicy", "deletionPolicy", s.deletion_policy, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotSource>() {
  return "VolumeSnapshotSource";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotSource*, Self& s, Visitor& v) {
  v("PersistentVolumeClaimName", "persistentVolumeClaimName", s.persistent_volume_claim_name, {});
  v("VolumeSnapshotContentName", "volumeSnapshotContentName", s.volume_snapshot_content_name, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotSpec>() {
  return "VolumeSnapshotSpec";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotSpec*, Self& s, Visitor& v) {
  v("Source", "source", s.source, {.always = true});
  v("VolumeSnapshotClassName", "volumeSnapshotClassName", s.volume_snapshot_class_name, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotError>() {
  return "VolumeSnapshotError";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotError*, Self& s, Visitor& v) {
  v("Time", "time", s.time, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotStatus>() {
  return "VolumeSnapshotStatus";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotStatus*, Self& s, Visitor& v) {
  v("BoundVolumeSnapshotContentName", "boundVolumeSnapshotContentName",
    s.bound_volume_snapshot_content_name, {});
  v("CreationTime", "creationTime", s.creation_time, {});
  v("ReadyToUse", "readyToUse", s.ready_to_use, {});
  v("RestoreSize", "restoreSize", s.restore_size, {});
  v("Error", "error", s.error, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshot>() {
  return "VolumeSnapshot";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshot*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {.always = true});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotContentSource>() {
  return "VolumeSnapshotContentSource";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotContentSource*, Self& s, Visitor& v) {
  v("VolumeHandle", "volumeHandle", s.volume_handle, {});
  v("SnapshotHandle", "snapshotHandle", s.snapshot_handle, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotContentSpec>() {
  return "VolumeSnapshotContentSpec";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotContentSpec*, Self& s, Visitor& v) {
  v("VolumeSnapshotRef", "volumeSnapshotRef", s.volume_snapshot_ref, {.always = true});
  v("DeletionPolicy", "deletionPolicy", s.deletion_policy, {.always = true});
  v("Driver", "driver", s.driver, {.always = true});
  v("VolumeSnapshotClassName", "volumeSnapshotClassName", s.volume_snapshot_class_name, {});
  v("Source", "source", s.source, {.always = true});
  v("SourceVolumeMode", "sourceVolumeMode", s.source_volume_mode, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotContentStatus>() {
  return "VolumeSnapshotContentStatus";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotContentStatus*, Self& s, Visitor& v) {
  v("SnapshotHandle", "snapshotHandle", s.snapshot_handle, {});
  v("CreationTime", "creationTime", s.creation_time, {});
  v("RestoreSize", "restoreSize", s.restore_size, {});
  v("ReadyToUse", "readyToUse", s.ready_to_use, {});
  v("Error", "error", s.error, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSnapshotContent>() {
  return "VolumeSnapshotContent";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSnapshotContent*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {.always = true});
  v("Status", "status", s.status, {});
}

}  // namespace sim
