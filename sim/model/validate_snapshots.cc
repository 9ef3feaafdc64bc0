#include "sim/model/validate_snapshots.h"

#include "sim/base/format.h"
#include "sim/model/snapshot_types.h"

namespace sim {
namespace {

void check_deletion_policy(FieldErrors& errors, const FieldPath& path, const Str& policy) {
  if (policy.empty()) {
    errors.required(path);
  } else if (policy != "Delete" && policy != "Retain") {
    errors.not_supported(path, policy, {"Delete", "Retain"});
  }
}

void check_one_of(FieldErrors& errors, const char* first, bool a, bool b) {
  if (a != b) return;
  const std::string found = a ? "Found 2 valid alternatives" : "Found none valid";
  errors.invalid_value(
      FieldPath("<nil>"), "\"\"",
      fmt::format("\"spec.source\" must validate one and only one schema (oneOf). {}", found));
  if (!a) errors.required(FieldPath("spec").child("source").child(first));
}

void check_snapshot(FieldErrors& errors, const VolumeSnapshot& snapshot) {
  const VolumeSnapshotSource& source = snapshot.spec.source;
  check_one_of(errors, "persistentVolumeClaimName", source.persistent_volume_claim_name.has_value(),
               source.volume_snapshot_content_name.has_value());
}

void check_snapshot_content(FieldErrors& errors, const VolumeSnapshotContent& content) {
  const FieldPath path("spec");
  check_deletion_policy(errors, path.child("deletionPolicy"), content.spec.deletion_policy);
  if (content.spec.driver.empty()) errors.required(path.child("driver"));
  const VolumeSnapshotContentSource& source = content.spec.source;
  check_one_of(errors, "volumeHandle", source.volume_handle.has_value(),
               source.snapshot_handle.has_value());
}

void check_snapshot_class(FieldErrors& errors, const VolumeSnapshotClass& snapshot_class) {
  check_deletion_policy(errors, FieldPath("deletionPolicy"), snapshot_class.deletion_policy);
  if (snapshot_class.driver.empty()) errors.required(FieldPath("driver"));
}

/// What the schema's rules call immutable once it is set.
void check_source_kept(FieldErrors& errors, const char* field, const std::optional<Str>& before,
                       const std::optional<Str>& after) {
  if (before == after) return;
  errors.invalid(FieldPath("spec").child("source").child(field), after.value_or(Str()),
                 fmt::format("{} is immutable", field));
}

void check_update(FieldErrors& errors, const VolumeSnapshot& before, const VolumeSnapshot& after) {
  check_snapshot(errors, after);
  const VolumeSnapshotSource& a = before.spec.source;
  const VolumeSnapshotSource& b = after.spec.source;
  check_source_kept(errors, "persistentVolumeClaimName", a.persistent_volume_claim_name,
                    b.persistent_volume_claim_name);
  check_source_kept(errors, "volumeSnapshotContentName", a.volume_snapshot_content_name,
                    b.volume_snapshot_content_name);
}

void check_update(FieldErrors& errors, const VolumeSnapshotContent& before,
                  const VolumeSnapshotContent& after) {
  check_snapshot_content(errors, after);
  check_source_kept(errors, "volumeHandle", before.spec.source.volume_handle,
                    after.spec.source.volume_handle);
  check_source_kept(errors, "snapshotHandle", before.spec.source.snapshot_handle,
                    after.spec.source.snapshot_handle);
}

template <class T>
const T& to(const Object& object) {
  return static_cast<const T&>(object);
}

}  // namespace

void check_snapshot_create(FieldErrors& errors, const Object& object) {
  if (object.kind == Kind::VolumeSnapshot) check_snapshot(errors, to<VolumeSnapshot>(object));
  if (object.kind == Kind::VolumeSnapshotContent) {
    check_snapshot_content(errors, to<VolumeSnapshotContent>(object));
  }
  if (object.kind == Kind::VolumeSnapshotClass) {
    check_snapshot_class(errors, to<VolumeSnapshotClass>(object));
  }
}

void check_snapshot_update(FieldErrors& errors, const Object& before, const Object& after) {
  if (after.kind == Kind::VolumeSnapshot) {
    check_update(errors, to<VolumeSnapshot>(before), to<VolumeSnapshot>(after));
  } else if (after.kind == Kind::VolumeSnapshotContent) {
    check_update(errors, to<VolumeSnapshotContent>(before), to<VolumeSnapshotContent>(after));
  } else {
    check_snapshot_create(errors, after);
  }
}

}  // namespace sim
