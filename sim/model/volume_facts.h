// What many ask of claims and volumes: which claim a pod's volume names, which class a claim or a
// volume has, whether a volume's modes are enough for a claim.
// k8s 1.30 component-helpers/storage/volume, pkg/apis/core/v1/helper
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/pod_types.h"
#include "sim/model/storage_types.h"

namespace sim {

inline constexpr const char* kStorageClassAnnotation = "volume.beta.kubernetes.io/storage-class";
inline constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";
inline constexpr const char* kBoundByController = "pv.kubernetes.io/bound-by-controller";
inline constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";
inline constexpr const char* kSelectedNode = "volume.kubernetes.io/selected-node";
inline constexpr const char* kStorageProvisioner = "volume.kubernetes.io/storage-provisioner";
inline constexpr const char* kBetaStorageProvisioner =
    "volume.beta.kubernetes.io/storage-provisioner";
inline constexpr const char* kClaimFinalizer = "kubernetes.io/pvc-protection";
inline constexpr const char* kVolumeFinalizer = "kubernetes.io/pv-protection";
inline constexpr const char* kNoProvisioner = "kubernetes.io/no-provisioner";

/// The claim that a volume of a pod stands for, in the pod's namespace; empty: for none.
/// k8s 1.30 component-helpers/storage/ephemeral: VolumeClaimName
inline Str claim_name(std::string_view pod, const Volume& volume) {
  const VolumeSource& source = volume.volume_source;
  if (source.persistent_volume_claim) return source.persistent_volume_claim->claim_name;
  if (!source.ephemeral) return {};
  return Str(std::string(pod) + "-" + volume.name.str());
}

/// The claims that a pod names, each once, in order of its volumes.
inline std::vector<Str> claims_of(const Pod& pod) {
  std::vector<Str> names;
  if (!pod.spec) return names;
  for (const Volume& volume : pod.spec->volumes) {
    Str name = claim_name(pod.meta.name, volume);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

/// k8s 1.30 pkg/apis/core/v1/helper: GetPersistentVolumeClaimClass
inline Str class_of(const PersistentVolumeClaim& claim) {
  if (const Str* old = claim.meta.annotations.find(kStorageClassAnnotation)) return *old;
  return claim.spec.storage_class_name.value_or(Str());
}
inline Str class_of(const PersistentVolume& volume) {
  if (const Str* old = volume.meta.annotations.find(kStorageClassAnnotation)) return *old;
  return volume.spec.storage_class_name;
}

inline bool is_block(const std::optional<Str>& volume_mode) {
  return volume_mode && *volume_mode == "Block";
}

inline bool has_mode(const std::vector<Str>& modes, std::string_view mode) {
  return std::find(modes.begin(), modes.end(), mode) != modes.end();
}
/// Whether a volume with the modes `offered` does for a claim that wants `wanted`.
inline bool covers_modes(const std::vector<Str>& offered, const std::vector<Str>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Str& mode) { return has_mode(offered, mode); });
}

inline Quantity storage_request(const PersistentVolumeClaim& claim) {
  return claim.spec.resources.requests.get("storage");
}
inline Quantity capacity_of(const PersistentVolume& volume) {
  return volume.spec.capacity.get("storage");
}

/// Whether the binding of a claim is done: both sides say so.
/// k8s 1.30 pkg/scheduler/framework/plugins/volumebinding: isPVCFullyBound
inline bool is_fully_bound(const PersistentVolumeClaim& claim) {
  return !claim.spec.volume_name.empty() && claim.meta.annotations.contains(kBindCompleted);
}

/// Whether a volume is reserved for this claim, by name alone or by uid as well.
/// k8s 1.30 component-helpers/storage/volume: IsVolumeBoundToClaim
inline bool is_reserved_for(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  const Box<ObjectReference>& ref = volume.spec.claim_ref;
  return ref && ref->name == claim.meta.name && ref->ns == claim.meta.ns &&
         (!ref->uid || ref->uid == claim.meta.uid);
}

/// A claim that waits for its first pod before it is bound.
/// k8s 1.30 component-helpers/storage/volume: IsDelayBindingMode
inline bool is_delayed(const StorageClass* storage_class) {
  return storage_class && storage_class->volume_binding_mode == Str("WaitForFirstConsumer");
}

/// Whether a volume may be attached to several nodes at once.
/// k8s 1.30 pkg/volume/util: IsMultiAttachAllowed
inline bool is_multi_attachable(const PersistentVolumeSpec& spec) {
  return spec.access_modes.empty() || has_mode(spec.access_modes, "ReadOnlyMany") ||
         has_mode(spec.access_modes, "ReadWriteMany");
}

}  // namespace sim
