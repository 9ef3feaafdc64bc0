// The fields of the kinds in storage_types.h: a continuation of sim/model/fields.h, with
// the same rules. Heavy: include it only from the .cc files that visit.
#pragma once

#include "sim/model/fields.h"
#include "sim/model/storage_types.h"

namespace sim {

template <>
constexpr std::string_view go_struct_name<SecretReference>() {
  return "SecretReference";
}
template <class Self, class Visitor>
void visit_fields(const SecretReference*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("Namespace", "namespace", s.ns, {});
}

template <>
constexpr std::string_view go_struct_name<LocalVolumeSource>() {
  return "LocalVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const LocalVolumeSource*, Self& s, Visitor& v) {
  v("Path", "path", s.path, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeNodeAffinity>() {
  return "VolumeNodeAffinity";
}
template <class Self, class Visitor>
void visit_fields(const VolumeNodeAffinity*, Self& s, Visitor& v) {
  v("Required", "required", s.required, {});
}

template <>
constexpr std::string_view go_struct_name<GlusterfsPersistentVolumeSource>() {
  return "GlusterfsPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const GlusterfsPersistentVolumeSource*, Self& s, Visitor& v) {
  v("EndpointsName", "endpoints", s.endpoints, {.always = true});
  v("Path", "path", s.path, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("EndpointsNamespace", "endpointsNamespace", s.endpoints_namespace, {});
}

template <>
constexpr std::string_view go_struct_name<RBDPersistentVolumeSource>() {
  return "RBDPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const RBDPersistentVolumeSource*, Self& s, Visitor& v) {
  v("CephMonitors", "monitors", s.monitors, {.always = true});
  v("RBDImage", "image", s.image, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("RBDPool", "pool", s.pool, {});
  v("RadosUser", "user", s.user, {});
  v("Keyring", "keyring", s.keyring, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<ISCSIPersistentVolumeSource>() {
  return "ISCSIPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const ISCSIPersistentVolumeSource*, Self& s, Visitor& v) {
  v("TargetPortal", "targetPortal", s.target_portal, {.always = true});
  v("IQN", "iqn", s.iqn, {.always = true});
  v("Lun", "lun", s.lun, {.always = true});
  v("ISCSIInterface", "iscsiInterface", s.iscsi_interface, {});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("Portals", "portals", s.portals, {});
  v("DiscoveryCHAPAuth", "chapAuthDiscovery", s.chap_auth_discovery, {});
  v("SessionCHAPAuth", "chapAuthSession", s.chap_auth_session, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
  v("InitiatorName", "initiatorName", s.initiator_name, {});
}

template <>
constexpr std::string_view go_struct_name<CinderPersistentVolumeSource>() {
  return "CinderPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const CinderPersistentVolumeSource*, Self& s, Visitor& v) {
  v("VolumeID", "volumeID", s.volume_id, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<CephFSPersistentVolumeSource>() {
  return "CephFSPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const CephFSPersistentVolumeSource*, Self& s, Visitor& v) {
  v("Monitors", "monitors", s.monitors, {.always = true});
  v("Path", "path", s.path, {});
  v("User", "user", s.user, {});
  v("SecretFile", "secretFile", s.secret_file, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<FlexPersistentVolumeSource>() {
  return "FlexPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const FlexPersistentVolumeSource*, Self& s, Visitor& v) {
  v("Driver", "driver", s.driver, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("Options", "options", s.options, {});
}

template <>
constexpr std::string_view go_struct_name<AzureFilePersistentVolumeSource>() {
  return "AzureFilePersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const AzureFilePersistentVolumeSource*, Self& s, Visitor& v) {
  v("SecretName", "secretName", s.secret_name, {.always = true});
  v("ShareName", "shareName", s.share_name, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("SecretNamespace", "secretNamespace", s.secret_namespace, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ScaleIOPersistentVolumeSource>() {
  return "ScaleIOPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const ScaleIOPersistentVolumeSource*, Self& s, Visitor& v) {
  v("Gateway", "gateway", s.gateway, {.always = true});
  v("System", "system", s.system, {.always = true});
  v("SecretRef", "secretRef", s.secret_ref, {.always = true});
  v("SSLEnabled", "sslEnabled", s.ssl_enabled, {});
  v("ProtectionDomain", "protectionDomain", s.protection_domain, {});
  v("StoragePool", "storagePool", s.storage_pool, {});
  v("StorageMode", "storageMode", s.storage_mode, {});
  v("VolumeName", "volumeName", s.volume_name, {});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<StorageOSPersistentVolumeSource>() {
  return "StorageOSPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const StorageOSPersistentVolumeSource*, Self& s, Visitor& v) {
  v("VolumeName", "volumeName", s.volume_name, {});
  v("VolumeNamespace", "volumeNamespace", s.volume_namespace, {});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<CSIPersistentVolumeSource>() {
  return "CSIPersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const CSIPersistentVolumeSource*, Self& s, Visitor& v) {
  v("Driver", "driver", s.driver, {.always = true});
  v("VolumeHandle", "volumeHandle", s.volume_handle, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("FSType", "fsType", s.fs_type, {});
  v("VolumeAttributes", "volumeAttributes", s.volume_attributes, {});
  v("ControllerPublishSecretRef", "controllerPublishSecretRef", s.controller_publish_secret_ref,
    {});
  v("NodeStageSecretRef", "nodeStageSecretRef", s.node_stage_secret_ref, {});
  v("NodePublishSecretRef", "nodePublishSecretRef", s.node_publish_secret_ref, {});
  v("ControllerExpandSecretRef", "controllerExpandSecretRef", s.controller_expand_secret_ref, {});
  v("NodeExpandSecretRef", "nodeExpandSecretRef", s.node_expand_secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeSource>() {
  return "PersistentVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeSource*, Self& s, Visitor& v) {
  v("GCEPersistentDisk", "gcePersistentDisk", s.gce_persistent_disk, {});
  v("AWSElasticBlockStore", "awsElasticBlockStore", s.aws_elastic_block_store, {});
  v("HostPath", "hostPath", s.host_path, {});
  v("Glusterfs", "glusterfs", s.glusterfs, {});
  v("NFS", "nfs", s.nfs, {});
  v("RBD", "rbd", s.rbd, {});
  v("ISCSI", "iscsi", s.iscsi, {});
  v("Cinder", "cinder", s.cinder, {});
  v("CephFS", "cephfs", s.cephfs, {});
  v("FC", "fc", s.fc, {});
  v("Flocker", "flocker", s.flocker, {});
  v("FlexVolume", "flexVolume", s.flex_volume, {});
  v("AzureFile", "azureFile", s.azure_file, {});
  v("VsphereVolume", "vsphereVolume", s.vsphere_volume, {});
  v("Quobyte", "quobyte", s.quobyte, {});
  v("AzureDisk", "azureDisk", s.azure_disk, {});
  v("PhotonPersistentDisk", "photonPersistentDisk", s.photon_persistent_disk, {});
  v("PortworxVolume", "portworxVolume", s.portworx_volume, {});
  v("ScaleIO", "scaleIO", s.scale_io, {});
  v("Local", "local", s.local, {});
  v("StorageOS", "storageos", s.storageos, {});
  v("CSI", "csi", s.csi, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeSpec>() {
  return "PersistentVolumeSpec";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeSpec*, Self& s, Visitor& v) {
  v("Capacity", "capacity", s.capacity, {});
  v.inlined("PersistentVolumeSource", s.source);
  v("AccessModes", "accessModes", s.access_modes, {.go_type = "v1.PersistentVolumeAccessMode"});
  v("ClaimRef", "claimRef", s.claim_ref, {});
  v("PersistentVolumeReclaimPolicy", "persistentVolumeReclaimPolicy", s.reclaim_policy,
    {.go_type = "v1.PersistentVolumeReclaimPolicy"});
  v("StorageClassName", "storageClassName", s.storage_class_name, {});
  v("MountOptions", "mountOptions", s.mount_options, {});
  v("VolumeMode", "volumeMode", s.volume_mode, {.go_type = "v1.PersistentVolumeMode"});
  v("NodeAffinity", "nodeAffinity", s.node_affinity, {});
  v("VolumeAttributesClassName", "volumeAttributesClassName", s.volume_attributes_class_name, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeStatus>() {
  return "PersistentVolumeStatus";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeStatus*, Self& s, Visitor& v) {
  v("Phase", "phase", s.phase, {.go_type = "v1.PersistentVolumePhase"});
  v("Message", "message", s.message, {});
  v("Reason", "reason", s.reason, {});
  v("LastPhaseTransitionTime", "lastPhaseTransitionTime", s.last_phase_transition_time, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolume>() {
  return "PersistentVolume";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolume*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeClaimCondition>() {
  return "PersistentVolumeClaimCondition";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeClaimCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.PersistentVolumeClaimConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastProbeTime", "lastProbeTime", s.last_probe_time, {.always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeClaimStatus>() {
  return "PersistentVolumeClaimStatus";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeClaimStatus*, Self& s, Visitor& v) {
  v("Phase", "phase", s.phase, {.go_type = "v1.PersistentVolumeClaimPhase"});
  v("AccessModes", "accessModes", s.access_modes, {.go_type = "v1.PersistentVolumeAccessMode"});
  v("Capacity", "capacity", s.capacity, {});
  v("Conditions", "conditions", s.conditions, {});
  v("AllocatedResources", "allocatedResources", s.allocated_resources, {});
  v("AllocatedResourceStatuses", "allocatedResourceStatuses", s.allocated_resource_statuses,
    {.go_type = "v1.ClaimResourceStatus"});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeClaim>() {
  return "PersistentVolumeClaim";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeClaim*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<TopologySelectorLabelRequirement>() {
  return "TopologySelectorLabelRequirement";
}
template <class Self, class Visitor>
void visit_fields(const TopologySelectorLabelRequirement*, Self& s, Visitor& v) {
  v("Key", "key", s.key, {.always = true});
  v("Values", "values", s.values, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<TopologySelectorTerm>() {
  return "TopologySelectorTerm";
}
template <class Self, class Visitor>
void visit_fields(const TopologySelectorTerm*, Self& s, Visitor& v) {
  v("MatchLabelExpressions", "matchLabelExpressions", s.match_label_expressions, {});
}

template <>
constexpr std::string_view go_struct_name<StorageClass>() {
  return "StorageClass";
}
template <class Self, class Visitor>
void visit_fields(const StorageClass*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Provisioner", "provisioner", s.provisioner, {.always = true});
  v("Parameters", "parameters", s.parameters, {});
  v("ReclaimPolicy", "reclaimPolicy", s.reclaim_policy,
    {.go_type = "v1.PersistentVolumeReclaimPolicy"});
  v("MountOptions", "mountOptions", s.mount_options, {});
  v("AllowVolumeExpansion", "allowVolumeExpansion", s.allow_volume_expansion, {});
  v("VolumeBindingMode", "volumeBindingMode", s.volume_binding_mode,
    {.go_type = "v1.VolumeBindingMode"});
  v("AllowedTopologies", "allowedTopologies", s.allowed_topologies, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeAttachmentSource>() {
  return "VolumeAttachmentSource";
}
template <class Self, class Visitor>
void visit_fields(const VolumeAttachmentSource*, Self& s, Visitor& v) {
  v("PersistentVolumeName", "persistentVolumeName", s.persistent_volume_name, {});
  v("InlineVolumeSpec", "inlineVolumeSpec", s.inline_volume_spec, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeAttachmentSpec>() {
  return "VolumeAttachmentSpec";
}
template <class Self, class Visitor>
void visit_fields(const VolumeAttachmentSpec*, Self& s, Visitor& v) {
  v("Attacher", "attacher", s.attacher, {.always = true});
  v("Source", "source", s.source, {.always = true});
  v("NodeName", "nodeName", s.node_name, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<VolumeError>() {
  return "VolumeError";
}
template <class Self, class Visitor>
void visit_fields(const VolumeError*, Self& s, Visitor& v) {
  v("Time", "time", s.time, {.always = true});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeAttachmentStatus>() {
  return "VolumeAttachmentStatus";
}
template <class Self, class Visitor>
void visit_fields(const VolumeAttachmentStatus*, Self& s, Visitor& v) {
  v("Attached", "attached", s.attached, {.always = true});
  v("AttachmentMetadata", "attachmentMetadata", s.attachment_metadata, {});
  v("AttachError", "attachError", s.attach_error, {});
  v("DetachError", "detachError", s.detach_error, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeAttachment>() {
  return "VolumeAttachment";
}
template <class Self, class Visitor>
void visit_fields(const VolumeAttachment*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {.always = true});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<TokenRequest>() {
  return "TokenRequest";
}
template <class Self, class Visitor>
void visit_fields(const TokenRequest*, Self& s, Visitor& v) {
  v("Audience", "audience", s.audience, {.always = true});
  v("ExpirationSeconds", "expirationSeconds", s.expiration_seconds, {});
}

template <>
constexpr std::string_view go_struct_name<CSIDriverSpec>() {
  return "CSIDriverSpec";
}
template <class Self, class Visitor>
void visit_fields(const CSIDriverSpec*, Self& s, Visitor& v) {
  v("AttachRequired", "attachRequired", s.attach_required, {});
  v("PodInfoOnMount", "podInfoOnMount", s.pod_info_on_mount, {});
  v("VolumeLifecycleModes", "volumeLifecycleModes", s.volume_lifecycle_modes,
    {.go_type = "v1.VolumeLifecycleMode"});
  v("StorageCapacity", "storageCapacity", s.storage_capacity, {});
  v("FSGroupPolicy", "fsGroupPolicy", s.fs_group_policy, {.go_type = "v1.FSGroupPolicy"});
  v("TokenRequests", "tokenRequests", s.token_requests, {});
  v("RequiresRepublish", "requiresRepublish", s.requires_republish, {});
  v("SELinuxMount", "seLinuxMount", s.se_linux_mount, {});
}

template <>
constexpr std::string_view go_struct_name<CSIDriver>() {
  return "CSIDriver";
}
template <class Self, class Visitor>
void visit_fields(const CSIDriver*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<VolumeNodeResources>() {
  return "VolumeNodeResources";
}
template <class Self, class Visitor>
void visit_fields(const VolumeNodeResources*, Self& s, Visitor& v) {
  v("Count", "count", s.count, {});
}

template <>
constexpr std::string_view go_struct_name<CSINodeDriver>() {
  return "CSINodeDriver";
}
template <class Self, class Visitor>
void visit_fields(const CSINodeDriver*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("NodeID", "nodeID", s.node_id, {.always = true});
  v("TopologyKeys", "topologyKeys", s.topology_keys, {.always = true});
  v("Allocatable", "allocatable", s.allocatable, {});
}

template <>
constexpr std::string_view go_struct_name<CSINodeSpec>() {
  return "CSINodeSpec";
}
template <class Self, class Visitor>
void visit_fields(const CSINodeSpec*, Self& s, Visitor& v) {
  v("Drivers", "drivers", s.drivers, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<CSINode>() {
  return "CSINode";
}
template <class Self, class Visitor>
void visit_fields(const CSINode*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {.always = true});
}

}  // namespace sim
