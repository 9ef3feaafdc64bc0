// Volume sources as validation sees them: those that a pod's volume and a PersistentVolume have in
// common, and the rule that there is exactly one. Each source's own errors stand at the path given.
// k8s 1.30 pkg/apis/core/validation: validateVolumeSource, ValidatePersistentVolumeSpec
#pragma once

#include <string_view>

#include "sim/model/storage_types.h"
#include "sim/model/validate_errors.h"

namespace sim {

void check_set(FieldErrors& errors, const FieldPath& path, std::string_view value);
void check_csi_driver_name(FieldErrors& errors, const FieldPath& path, std::string_view name);
/// Both have an error text of their own for a name that makes the target too long.
inline constexpr std::string_view kLongIscsiTarget =
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
    "iscsi.initiatorName is specified.";

void check_source(FieldErrors&, const FieldPath&, const HostPathVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const GCEPersistentDiskVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const AWSElasticBlockStoreVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const NFSVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const FlockerVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const QuobyteVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const FCVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const VsphereVirtualDiskVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const PhotonPersistentDiskVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const PortworxVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const AzureDiskVolumeSource&);
// These differ in how they name a secret.
void check_source(FieldErrors&, const FieldPath&, const ISCSIVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const ISCSIPersistentVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const RBDVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const RBDPersistentVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const CephFSVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const CephFSPersistentVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const FlexVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const FlexPersistentVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const ScaleIOVolumeSource&);
void check_source(FieldErrors&, const FieldPath&, const ScaleIOPersistentVolumeSource&);

/// Takes the sources one by one: only the first is looked into.
class OneSource {
 public:
  OneSource(FieldErrors& errors, const FieldPath& path) : errors_(errors), path_(path) {}

  /// `check` looks into it. False when there is none or another came before.
  template <class Source, class Check>
  bool look_with(const Box<Source>& source, std::string_view name, Check check) {
    if (!source) return false;
    if (any_) {
      errors_.forbidden(path_.child(name), "may not specify more than 1 volume type");
      return false;
    }
    any_ = true;
    check();
    return true;
  }
  void take() { any_ = true; }
  bool any() const { return any_; }

 private:
  FieldErrors& errors_;
  const FieldPath& path_;
  bool any_ = false;
};

}  // namespace sim
