// What the API server fills in for the kinds in storage_types.h, and what it drops of a claim
// because a feature is off. k8s 1.30 pkg/apis/core/v1, pkg/apis/storage/v1: SetDefaults_*
#include "sim/model/defaults.h"
#include "sim/model/storage_types.h"

namespace sim {
namespace {

template <class T>
void set_if_empty(T& field, const char* value) {
  if (field.empty()) field = value;
}
template <class T, class V>
void set_if_absent(std::optional<T>& field, V value) {
  if (!field) field = value;
}

void default_source(PersistentVolumeSource& source) {
  if (source.host_path) set_if_absent(source.host_path.edit().type, Str());
  if (source.iscsi) set_if_empty(source.iscsi.edit().iscsi_interface, "default");
  if (source.rbd) {
    RBDPersistentVolumeSource& rbd = source.rbd.edit();
    set_if_empty(rbd.pool, "rbd");
    set_if_empty(rbd.user, "admin");
    set_if_empty(rbd.keyring, "/etc/ceph/keyring");
  }
  if (source.azure_disk) {
    AzureDiskVolumeSource& disk = source.azure_disk.edit();
    set_if_absent(disk.caching_mode, Str("ReadWrite"));
    set_if_absent(disk.kind, Str("Shared"));
    set_if_absent(disk.fs_type, Str("ext4"));
    set_if_absent(disk.read_only, false);
  }
  if (source.scale_io) {
    set_if_empty(source.scale_io.edit().storage_mode, "ThinProvisioned");
    set_if_empty(source.scale_io.edit().fs_type, "xfs");
  }
}

// Classes of volume attributes are an alpha feature, and so are claims of another namespace.
void default_volume(PersistentVolume& volume) {
  PersistentVolumeSpec& spec = volume.spec;
  set_if_empty(volume.status.phase, "Pending");
  set_if_empty(spec.reclaim_policy, "Retain");
  set_if_absent(spec.volume_mode, Str("Filesystem"));
  spec.volume_attributes_class_name.reset();
  default_source(spec.source);
}

// k8s 1.30 pkg/api/persistentvolumeclaim: EnforceDataSourceBackwardsCompatibility,
// NormalizeDataSources
void default_data_source(PersistentVolumeClaimSpec& spec) {
  if (spec.data_source_ref) spec.data_source_ref.edit().ns.reset();
  if (spec.data_source && !spec.data_source_ref) {
    const TypedLocalObjectReference& source = *spec.data_source;
    const Str group = source.api_group.value_or(Str());
    const bool claim = group.empty() && source.kind == "PersistentVolumeClaim";
    const bool snapshot = group == "snapshot.storage.k8s.io" && source.kind == "VolumeSnapshot";
    if (!claim && !snapshot) {
      spec.data_source.reset();
      return;
    }
    TypedObjectReference& copy = spec.data_source_ref.edit();
    copy.api_group = source.api_group;
    copy.kind = source.kind;
    copy.name = source.name;
  } else if (spec.data_source_ref && !spec.data_source) {
    TypedLocalObjectReference& copy = spec.data_source.edit();
    copy.api_group = spec.data_source_ref->api_group;
    copy.kind = spec.data_source_ref->kind;
    copy.name = spec.data_source_ref->name;
  }
}

void default_claim(PersistentVolumeClaim& claim) {
  set_if_empty(claim.status.phase, "Pending");
  set_if_absent(claim.spec.volume_mode, Str("Filesystem"));
  claim.spec.volume_attributes_class_name.reset();
  default_data_source(claim.spec);
}

void default_class(StorageClass& storage_class) {
  set_if_absent(storage_class.reclaim_policy, Str("Delete"));
  set_if_absent(storage_class.volume_binding_mode, Str("Immediate"));
}

void default_driver(CSIDriverSpec& spec) {
  set_if_absent(spec.attach_required, true);
  set_if_absent(spec.pod_info_on_mount, false);
  set_if_absent(spec.storage_capacity, false);
  set_if_absent(spec.fs_group_policy, Str("ReadWriteOnceWithFSType"));
  if (spec.volume_lifecycle_modes.empty()) spec.volume_lifecycle_modes.emplace_back("Persistent");
  set_if_absent(spec.requires_republish, false);
  set_if_absent(spec.se_linux_mount, false);
}

}  // namespace

void set_storage_defaults(Object& object) {
  switch (object.kind) {
    case Kind::PersistentVolume:
      default_volume(static_cast<PersistentVolume&>(object));
      break;
    case Kind::PersistentVolumeClaim:
      default_claim(static_cast<PersistentVolumeClaim&>(object));
      break;
    case Kind::StorageClass:
      default_class(static_cast<StorageClass&>(object));
      break;
    case Kind::VolumeAttachment: {
      VolumeAttachmentSource& source = static_cast<VolumeAttachment&>(object).spec.source;
      if (source.inline_volume_spec) {
        PersistentVolumeSpec& spec = source.inline_volume_spec.edit();
        set_if_empty(spec.reclaim_policy, "Retain");
        set_if_absent(spec.volume_mode, Str("Filesystem"));
        default_source(spec.source);
      }
      break;
    }
    case Kind::CSIDriver:
      default_driver(static_cast<CSIDriver&>(object).spec);
      break;
    default:
      break;
  }
}

}  // namespace sim
