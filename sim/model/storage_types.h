// The API's kinds of storage: PersistentVolume and its claim, classes, attachments, what CSI
// drivers say of themselves. See sim/model/pod_types.h for how fields are named.
// k8s 1.30 api/core/v1, api/storage/v1: types.go
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/model/cluster_types.h"

namespace sim {

struct SecretReference {
  Str name;
  Str ns;
  friend bool operator==(const SecretReference&, const SecretReference&) = default;
};

struct LocalVolumeSource {
  Str path;
  std::optional<Str> fs_type;
  friend bool operator==(const LocalVolumeSource&, const LocalVolumeSource&) = default;
};

struct VolumeNodeAffinity {
  Box<NodeSelector> required;
  friend bool operator==(const VolumeNodeAffinity&, const VolumeNodeAffinity&) = default;
};

struct GlusterfsPersistentVolumeSource {
  Str endpoints;
  Str path;
  bool read_only = false;
  std::optional<Str> endpoints_namespace;
  friend bool operator==(const GlusterfsPersistentVolumeSource&,
                         const GlusterfsPersistentVolumeSource&) = default;
};

struct RBDPersistentVolumeSource {
  std::vector<Str> monitors;
  Str image;
  Str fs_type;
  Str pool;
  Str user;
  Str keyring;
  Box<SecretReference> secret_ref;
  bool read_only = false;
  friend bool operator==(const RBDPersistentVolumeSource&,
                         const RBDPersistentVolumeSource&) = default;
};

struct ISCSIPersistentVolumeSource {
  Str target_portal;
  Str iqn;
  std::int32_t lun = 0;
  Str iscsi_interface;
  Str fs_type;
  bool read_only = false;
  std::vector<Str> portals;
  bool chap_auth_discovery = false;
  bool chap_auth_session = false;
  Box<SecretReference> secret_ref;
  std::optional<Str> initiator_name;
  friend bool operator==(const ISCSIPersistentVolumeSource&,
                         const ISCSIPersistentVolumeSource&) = default;
};

struct CinderPersistentVolumeSource {
  Str volume_id;
  Str fs_type;
  bool read_only = false;
  Box<SecretReference> secret_ref;
  friend bool operator==(const CinderPersistentVolumeSource&,
                         const CinderPersistentVolumeSource&) = default;
};

struct CephFSPersistentVolumeSource {
  std::vector<Str> monitors;
  Str path;
  Str user;
  Str secret_file;
  Box<SecretReference> secret_ref;
  bool read_only = false;
  friend bool operator==(const CephFSPersistentVolumeSource&,
                         const CephFSPersistentVolumeSource&) = default;
};

struct FlexPersistentVolumeSource {
  Str driver;
  Str fs_type;
  Box<SecretReference> secret_ref;
  bool read_only = false;
  StringMap options;
  friend bool operator==(const FlexPersistentVolumeSource&,
                         const FlexPersistentVolumeSource&) = default;
};

struct AzureFilePersistentVolumeSource {
  Str secret_name;
  Str share_name;
  bool read_only = false;
  std::optional<Str> secret_namespace;
  friend bool operator==(const AzureFilePersistentVolumeSource&,
                         const AzureFilePersistentVolumeSource&) = default;
};

struct ScaleIOPersistentVolumeSource {
  Str gateway;
  Str system;
  Box<SecretReference> secret_ref;
  bool ssl_enabled = false;
  Str protection_domain;
  Str storage_pool;
  Str storage_mode;
  Str volume_name;
  Str fs_type;
  bool read_only = false;
  friend bool operator==(const ScaleIOPersistentVolumeSource&,
                         const ScaleIOPersistentVolumeSource&) = default;
};

struct StorageOSPersistentVolumeSource {
  Str volume_name;
  Str volume_namespace;
  Str fs_type;
  bool read_only = false;
  Box<ObjectReference> secret_ref;
  friend bool operator==(const StorageOSPersistentVolumeSource&,
                         const StorageOSPersistentVolumeSource&) = default;
};

struct CSIPersistentVolumeSource {
  Str driver;
  Str volume_handle;
  bool read_only = false;
  Str fs_type;
  StringMap volume_attributes;
  Box<SecretReference> controller_publish_secret_ref;
  Box<SecretReference> node_stage_secret_ref;
  Box<SecretReference> node_publish_secret_ref;
  Box<SecretReference> controller_expand_secret_ref;
  Box<SecretReference> node_expand_secret_ref;
  friend bool operator==(const CSIPersistentVolumeSource&,
                         const CSIPersistentVolumeSource&) = default;
};

struct PersistentVolumeSource {
  Box<GCEPersistentDiskVolumeSource> gce_persistent_disk;
  Box<AWSElasticBlockStoreVolumeSource> aws_elastic_block_store;
  Box<HostPathVolumeSource> host_path;
  Box<GlusterfsPersistentVolumeSource> glusterfs;
  Box<NFSVolumeSource> nfs;
  Box<RBDPersistentVolumeSource> rbd;
  Box<ISCSIPersistentVolumeSource> iscsi;
  Box<CinderPersistentVolumeSource> cinder;
  Box<CephFSPersistentVolumeSource> cephfs;
  Box<FCVolumeSource> fc;
  Box<FlockerVolumeSource> flocker;
  Box<FlexPersistentVolumeSource> flex_volume;
  Box<AzureFilePersistentVolumeSource> azure_file;
  Box<VsphereVirtualDiskVolumeSource> vsphere_volume;
  Box<QuobyteVolumeSource> quobyte;
  Box<AzureDiskVolumeSource> azure_disk;
  Box<PhotonPersistentDiskVolumeSource> photon_persistent_disk;
  Box<PortworxVolumeSource> portworx_volume;
  Box<ScaleIOPersistentVolumeSource> scale_io;
  Box<LocalVolumeSource> local;
  Box<StorageOSPersistentVolumeSource> storageos;
  Box<CSIPersistentVolumeSource> csi;
  friend bool operator==(const PersistentVolumeSource&, const PersistentVolumeSource&) = default;
};

struct PersistentVolumeSpec {
  ResourceList capacity;
  PersistentVolumeSource source;
  std::vector<Str> access_modes;
  Box<ObjectReference> claim_ref;
  Str reclaim_policy;
  Str storage_class_name;
  std::vector<Str> mount_options;
  std::optional<Str> volume_mode;
  Box<VolumeNodeAffinity> node_affinity;
  std::optional<Str> volume_attributes_class_name;
  friend bool operator==(const PersistentVolumeSpec&, const PersistentVolumeSpec&) = default;
};

struct PersistentVolumeStatus {
  Str phase;
  Str message;
  Str reason;
  std::optional<Time> last_phase_transition_time;
  friend bool operator==(const PersistentVolumeStatus&, const PersistentVolumeStatus&) = default;
};

struct PersistentVolume : Object {
  static constexpr Kind kKind = Kind::PersistentVolume;
  PersistentVolume() : Object(kKind) {}
  PersistentVolumeSpec spec;
  PersistentVolumeStatus status;
  friend bool operator==(const PersistentVolume&, const PersistentVolume&) = default;
};

struct PersistentVolumeClaimCondition {
  Str type;
  Str status;
  std::optional<Time> last_probe_time;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const PersistentVolumeClaimCondition&,
                         const PersistentVolumeClaimCondition&) = default;
};

struct PersistentVolumeClaimStatus {
  Str phase;
  std::vector<Str> access_modes;
  ResourceList capacity;
  std::vector<PersistentVolumeClaimCondition> conditions;
  ResourceList allocated_resources;
  StringMap allocated_resource_statuses;
  friend bool operator==(const PersistentVolumeClaimStatus&,
                         const PersistentVolumeClaimStatus&) = default;
};

struct PersistentVolumeClaim : Object {
  static constexpr Kind kKind = Kind::PersistentVolumeClaim;
  PersistentVolumeClaim() : Object(kKind) {}
  PersistentVolumeClaimSpec spec;
  PersistentVolumeClaimStatus status;
  friend bool operator==(const PersistentVolumeClaim&, const PersistentVolumeClaim&) = default;
};

struct TopologySelectorLabelRequirement {
  Str key;
  std::vector<Str> values;
  friend bool operator==(const TopologySelectorLabelRequirement&,
                         const TopologySelectorLabelRequirement&) = default;
};

struct TopologySelectorTerm {
  std::vector<TopologySelectorLabelRequirement> match_label_expressions;
  friend bool operator==(const TopologySelectorTerm&, const TopologySelectorTerm&) = default;
};

struct StorageClass : Object {
  static constexpr Kind kKind = Kind::StorageClass;
  StorageClass() : Object(kKind) {}
  Str provisioner;
  StringMap parameters;
  std::optional<Str> reclaim_policy;
  std::vector<Str> mount_options;
  std::optional<bool> allow_volume_expansion;
  std::optional<Str> volume_binding_mode;
  std::vector<TopologySelectorTerm> allowed_topologies;
  friend bool operator==(const StorageClass&, const StorageClass&) = default;
};

struct VolumeAttachmentSource {
  std::optional<Str> persistent_volume_name;
  Box<PersistentVolumeSpec> inline_volume_spec;
  friend bool operator==(const VolumeAttachmentSource&, const VolumeAttachmentSource&) = default;
};

struct VolumeAttachmentSpec {
  Str attacher;
  VolumeAttachmentSource source;
  Str node_name;
  friend bool operator==(const VolumeAttachmentSpec&, const VolumeAttachmentSpec&) = default;
};

struct VolumeError {
  std::optional<Time> time;
  Str message;
  friend bool operator==(const VolumeError&, const VolumeError&) = default;
};

struct VolumeAttachmentStatus {
  bool attached = false;
  StringMap attachment_metadata;
  Box<VolumeError> attach_error;
  Box<VolumeError> detach_error;
  friend bool operator==(const VolumeAttachmentStatus&, const VolumeAttachmentStatus&) = default;
};

struct VolumeAttachment : Object {
  static constexpr Kind kKind = Kind::VolumeAttachment;
  VolumeAttachment() : Object(kKind) {}
  VolumeAttachmentSpec spec;
  VolumeAttachmentStatus status;
  friend bool operator==(const VolumeAttachment&, const VolumeAttachment&) = default;
};

struct TokenRequest {
  Str audience;
  std::optional<std::int64_t> expiration_seconds;
  friend bool operator==(const TokenRequest&, const TokenRequest&) = default;
};

struct CSIDriverSpec {
  std::optional<bool> attach_required;
  std::optional<bool> pod_info_on_mount;
  std::vector<Str> volume_lifecycle_modes;
  std::optional<bool> storage_capacity;
  std::optional<Str> fs_group_policy;
  std::vector<TokenRequest> token_requests;
  std::optional<bool> requires_republish;
  std::optional<bool> se_linux_mount;
  friend bool operator==(const CSIDriverSpec&, const CSIDriverSpec&) = default;
};

struct CSIDriver : Object {
  static constexpr Kind kKind = Kind::CSIDriver;
  CSIDriver() : Object(kKind) {}
  CSIDriverSpec spec;
  friend bool operator==(const CSIDriver&, const CSIDriver&) = default;
};

struct VolumeNodeResources {
  std::optional<std::int32_t> count;
  friend bool operator==(const VolumeNodeResources&, const VolumeNodeResources&) = default;
};

struct CSINodeDriver {
  Str name;
  Str node_id;
  std::vector<Str> topology_keys;
  Box<VolumeNodeResources> allocatable;
  friend bool operator==(const CSINodeDriver&, const CSINodeDriver&) = default;
};

struct CSINodeSpec {
  std::vector<CSINodeDriver> drivers;
  friend bool operator==(const CSINodeSpec&, const CSINodeSpec&) = default;
};

struct CSINode : Object {
  static constexpr Kind kKind = Kind::CSINode;
  CSINode() : Object(kKind) {}
  CSINodeSpec spec;
  friend bool operator==(const CSINode&, const CSINode&) = default;
};

}  // namespace sim
