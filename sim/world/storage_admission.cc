#include "sim/world/storage_admission.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/volume_facts.h"

namespace sim {

void admit_new_storage(const World& world, Object& made) {
  // Finalizers: k8s 1.30 plugin/pkg/admission/storage/storageobjectinuseprotection
  if (made.kind == Kind::PersistentVolume) {
    auto& volume = static_cast<PersistentVolume&>(made);
    add_finalizer(volume, kVolumeFinalizer);
    volume.status.phase = "Pending";
    volume.status.last_phase_transition_time = world.now();
  } else if (made.kind == Kind::PersistentVolumeClaim) {
    auto& claim = static_cast<PersistentVolumeClaim&>(made);
    add_finalizer(claim, kClaimFinalizer);
    claim.status.phase = "Pending";
    // k8s 1.30 plugin/pkg/admission/storage/storageclass/setdefault
    if (!claim.spec.storage_class_name &&
        !claim.meta.annotations.contains(kStorageClassAnnotation)) {
      if (const StorageClass* by_default = default_class(world)) {
        claim.spec.storage_class_name = by_default->meta.name;
      }
    }
  }
}

/// k8s 1.30 plugin/pkg/admission/storage/persistentvolume/resize
std::optional<ApiError> admit_storage_change(const World& world, const Object& before,
                                             const Object& after) {
  if (after.kind != Kind::PersistentVolumeClaim) return std::nullopt;
  const auto& old_claim = static_cast<const PersistentVolumeClaim&>(before);
  const auto& claim = static_cast<const PersistentVolumeClaim&>(after);
  if (!(storage_request(old_claim) < storage_request(claim))) return std::nullopt;
  const auto refuse = [&](const char* why) {
    return ApiError{
        403, "Forbidden",
        fmt::format("persistentvolumeclaims \"{}\" is forbidden: {}", claim.meta.name, why)};
  };
  if (old_claim.status.phase != "Bound") {
    return refuse("Only bound persistent volume claims can be expanded");
  }
  const StorageClass* storage_class = world.find<StorageClass>("", class_of(claim));
  if (!storage_class || !storage_class->allow_volume_expansion.value_or(false)) {
    return refuse(
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the "
        "pvc must support resize");
  }
  return std::nullopt;
}

const StorageClass* default_class(const World& world) {
  const StorageClass* found = nullptr;
  for (const Id id : world.store().list(Kind::StorageClass)) {
    const StorageClass& each = *world.get<StorageClass>(id);
    const StringMap& notes = each.meta.annotations;
    if (notes.get("storageclass.kubernetes.io/is-default-class") != "true" &&
        notes.get("storageclass.beta.kubernetes.io/is-default-class") != "true") {
      continue;
    }
    // In order of names, so that of two made in the same second the first stays.
    if (!found || found->meta.creation_timestamp->whole_seconds() <
                      each.meta.creation_timestamp->whole_seconds()) {
      found = &each;
    }
  }
  return found;
}

}  // namespace sim
