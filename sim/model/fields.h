// The one description of the API's structs: for each, its fields in the API's order with their Go
// name, JSON name, Go type and whether they print when empty. The JSON reader and writer, the
// Go-text dumper (pod-template-hash, "Invalid value" messages) and the fuzzers are visitors of it.
// Heavy: include it only from the .cc files that visit.
//
// A visitor is called as v(go_name, json_name, field, options) for each field, as
// v.inlined(go_name, field) for an embedded struct, and as v.dropped(go_name, json_name, go_type)
// for a field that podsight reads and does not keep.
//
// A Time or MicroTime that is `always` is a value in Go (printed as null when zero), the others are
// pointers there. Box<PodSpec> and Box<PodTemplateSpec> are values in Go: a Box only to be shared.
#pragma once

#include <string_view>

#include "sim/model/cluster_types.h"
#include "sim/model/pod_types.h"
#include "sim/model/workload_types.h"

namespace sim {

struct FieldOptions {
  /// Of a named string type ("v1.PullPolicy", without "*" or "[]"), or empty.
  std::string_view go_type = {};
  bool always = false;  // printed even when empty (no `omitempty`)
};

/// The Go name of a struct, without its package: go_struct_name<Container>() is "Container".
template <class T>
constexpr std::string_view go_struct_name();

template <>
constexpr std::string_view go_struct_name<OwnerReference>() {
  return "OwnerReference";
}
template <class Self, class Visitor>
void visit_fields(const OwnerReference*, Self& s, Visitor& v) {
  v("APIVersion", "apiVersion", s.api_version, {.always = true});
  v("Kind", "kind", s.kind, {.always = true});
  v("Name", "name", s.name, {.always = true});
  v("UID", "uid", s.uid, {.go_type = "types.UID", .always = true});
  v("Controller", "controller", s.controller, {});
  v("BlockOwnerDeletion", "blockOwnerDeletion", s.block_owner_deletion, {});
}

template <>
constexpr std::string_view go_struct_name<ObjectMeta>() {
  return "ObjectMeta";
}
template <class Self, class Visitor>
void visit_fields(const ObjectMeta*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("GenerateName", "generateName", s.generate_name, {});
  v("Namespace", "namespace", s.ns, {});
  v.dropped("SelfLink", "selfLink", "string");
  v("UID", "uid", s.uid, {.go_type = "types.UID"});
  v("ResourceVersion", "resourceVersion", s.resource_version, {});
  v("Generation", "generation", s.generation, {});
  v("CreationTimestamp", "creationTimestamp", s.creation_timestamp, {.always = true});
  v("DeletionTimestamp", "deletionTimestamp", s.deletion_timestamp, {});
  v("DeletionGracePeriodSeconds", "deletionGracePeriodSeconds", s.deletion_grace_period_seconds,
    {});
  v("Labels", "labels", s.labels, {});
  v("Annotations", "annotations", s.annotations, {});
  v("OwnerReferences", "ownerReferences", s.owner_references, {});
  v("Finalizers", "finalizers", s.finalizers, {});
  v.dropped("ManagedFields", "managedFields", "[]v1.ManagedFieldsEntry");
}

template <>
constexpr std::string_view go_struct_name<HostPathVolumeSource>() {
  return "HostPathVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const HostPathVolumeSource*, Self& s, Visitor& v) {
  v("Path", "path", s.path, {.always = true});
  v("Type", "type", s.type, {.go_type = "v1.HostPathType"});
}

template <>
constexpr std::string_view go_struct_name<EmptyDirVolumeSource>() {
  return "EmptyDirVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const EmptyDirVolumeSource*, Self& s, Visitor& v) {
  v("Medium", "medium", s.medium, {.go_type = "v1.StorageMedium"});
  v("SizeLimit", "sizeLimit", s.size_limit, {});
}

template <>
constexpr std::string_view go_struct_name<GCEPersistentDiskVolumeSource>() {
  return "GCEPersistentDiskVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const GCEPersistentDiskVolumeSource*, Self& s, Visitor& v) {
  v("PDName", "pdName", s.pd_name, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("Partition", "partition", s.partition, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<AWSElasticBlockStoreVolumeSource>() {
  return "AWSElasticBlockStoreVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const AWSElasticBlockStoreVolumeSource*, Self& s, Visitor& v) {
  v("VolumeID", "volumeID", s.volume_id, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("Partition", "partition", s.partition, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<GitRepoVolumeSource>() {
  return "GitRepoVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const GitRepoVolumeSource*, Self& s, Visitor& v) {
  v("Repository", "repository", s.repository, {.always = true});
  v("Revision", "revision", s.revision, {});
  v("Directory", "directory", s.directory, {});
}

template <>
constexpr std::string_view go_struct_name<KeyToPath>() {
  return "KeyToPath";
}
template <class Self, class Visitor>
void visit_fields(const KeyToPath*, Self& s, Visitor& v) {
  v("Key", "key", s.key, {.always = true});
  v("Path", "path", s.path, {.always = true});
  v("Mode", "mode", s.mode, {});
}

template <>
constexpr std::string_view go_struct_name<SecretVolumeSource>() {
  return "SecretVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const SecretVolumeSource*, Self& s, Visitor& v) {
  v("SecretName", "secretName", s.secret_name, {});
  v("Items", "items", s.items, {});
  v("DefaultMode", "defaultMode", s.default_mode, {});
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<NFSVolumeSource>() {
  return "NFSVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const NFSVolumeSource*, Self& s, Visitor& v) {
  v("Server", "server", s.server, {.always = true});
  v("Path", "path", s.path, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<LocalObjectReference>() {
  return "LocalObjectReference";
}
template <class Self, class Visitor>
void visit_fields(const LocalObjectReference*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
}

template <>
constexpr std::string_view go_struct_name<ISCSIVolumeSource>() {
  return "ISCSIVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const ISCSIVolumeSource*, Self& s, Visitor& v) {
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
constexpr std::string_view go_struct_name<GlusterfsVolumeSource>() {
  return "GlusterfsVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const GlusterfsVolumeSource*, Self& s, Visitor& v) {
  v("EndpointsName", "endpoints", s.endpoints, {.always = true});
  v("Path", "path", s.path, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeClaimVolumeSource>() {
  return "PersistentVolumeClaimVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeClaimVolumeSource*, Self& s, Visitor& v) {
  v("ClaimName", "claimName", s.claim_name, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<RBDVolumeSource>() {
  return "RBDVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const RBDVolumeSource*, Self& s, Visitor& v) {
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
constexpr std::string_view go_struct_name<FlexVolumeSource>() {
  return "FlexVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const FlexVolumeSource*, Self& s, Visitor& v) {
  v("Driver", "driver", s.driver, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("Options", "options", s.options, {});
}

template <>
constexpr std::string_view go_struct_name<CinderVolumeSource>() {
  return "CinderVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const CinderVolumeSource*, Self& s, Visitor& v) {
  v("VolumeID", "volumeID", s.volume_id, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<CephFSVolumeSource>() {
  return "CephFSVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const CephFSVolumeSource*, Self& s, Visitor& v) {
  v("Monitors", "monitors", s.monitors, {.always = true});
  v("Path", "path", s.path, {});
  v("User", "user", s.user, {});
  v("SecretFile", "secretFile", s.secret_file, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<FlockerVolumeSource>() {
  return "FlockerVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const FlockerVolumeSource*, Self& s, Visitor& v) {
  v("DatasetName", "datasetName", s.dataset_name, {});
  v("DatasetUUID", "datasetUUID", s.dataset_uuid, {});
}

template <>
constexpr std::string_view go_struct_name<ObjectFieldSelector>() {
  return "ObjectFieldSelector";
}
template <class Self, class Visitor>
void visit_fields(const ObjectFieldSelector*, Self& s, Visitor& v) {
  v("APIVersion", "apiVersion", s.api_version, {});
  v("FieldPath", "fieldPath", s.field_path, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ResourceFieldSelector>() {
  return "ResourceFieldSelector";
}
template <class Self, class Visitor>
void visit_fields(const ResourceFieldSelector*, Self& s, Visitor& v) {
  v("ContainerName", "containerName", s.container_name, {});
  v("Resource", "resource", s.resource, {.always = true});
  v("Divisor", "divisor", s.divisor, {});
}

template <>
constexpr std::string_view go_struct_name<DownwardAPIVolumeFile>() {
  return "DownwardAPIVolumeFile";
}
template <class Self, class Visitor>
void visit_fields(const DownwardAPIVolumeFile*, Self& s, Visitor& v) {
  v("Path", "path", s.path, {.always = true});
  v("FieldRef", "fieldRef", s.field_ref, {});
  v("ResourceFieldRef", "resourceFieldRef", s.resource_field_ref, {});
  v("Mode", "mode", s.mode, {});
}

template <>
constexpr std::string_view go_struct_name<DownwardAPIVolumeSource>() {
  return "DownwardAPIVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const DownwardAPIVolumeSource*, Self& s, Visitor& v) {
  v("Items", "items", s.items, {});
  v("DefaultMode", "defaultMode", s.default_mode, {});
}

template <>
constexpr std::string_view go_struct_name<FCVolumeSource>() {
  return "FCVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const FCVolumeSource*, Self& s, Visitor& v) {
  v("TargetWWNs", "targetWWNs", s.target_wwns, {});
  v("Lun", "lun", s.lun, {});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("WWIDs", "wwids", s.wwids, {});
}

template <>
constexpr std::string_view go_struct_name<AzureFileVolumeSource>() {
  return "AzureFileVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const AzureFileVolumeSource*, Self& s, Visitor& v) {
  v("SecretName", "secretName", s.secret_name, {.always = true});
  v("ShareName", "shareName", s.share_name, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<ConfigMapVolumeSource>() {
  return "ConfigMapVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const ConfigMapVolumeSource*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Items", "items", s.items, {});
  v("DefaultMode", "defaultMode", s.default_mode, {});
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<VsphereVirtualDiskVolumeSource>() {
  return "VsphereVirtualDiskVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const VsphereVirtualDiskVolumeSource*, Self& s, Visitor& v) {
  v("VolumePath", "volumePath", s.volume_path, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("StoragePolicyName", "storagePolicyName", s.storage_policy_name, {});
  v("StoragePolicyID", "storagePolicyID", s.storage_policy_id, {});
}

template <>
constexpr std::string_view go_struct_name<QuobyteVolumeSource>() {
  return "QuobyteVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const QuobyteVolumeSource*, Self& s, Visitor& v) {
  v("Registry", "registry", s.registry, {.always = true});
  v("Volume", "volume", s.volume, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("User", "user", s.user, {});
  v("Group", "group", s.group, {});
  v("Tenant", "tenant", s.tenant, {});
}

template <>
constexpr std::string_view go_struct_name<AzureDiskVolumeSource>() {
  return "AzureDiskVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const AzureDiskVolumeSource*, Self& s, Visitor& v) {
  v("DiskName", "diskName", s.disk_name, {.always = true});
  v("DataDiskURI", "diskURI", s.disk_uri, {.always = true});
  v("CachingMode", "cachingMode", s.caching_mode, {.go_type = "v1.AzureDataDiskCachingMode"});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("Kind", "kind", s.kind, {.go_type = "v1.AzureDataDiskKind"});
}

template <>
constexpr std::string_view go_struct_name<PhotonPersistentDiskVolumeSource>() {
  return "PhotonPersistentDiskVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const PhotonPersistentDiskVolumeSource*, Self& s, Visitor& v) {
  v("PdID", "pdID", s.pd_id, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
}

template <>
constexpr std::string_view go_struct_name<SecretProjection>() {
  return "SecretProjection";
}
template <class Self, class Visitor>
void visit_fields(const SecretProjection*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Items", "items", s.items, {});
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<DownwardAPIProjection>() {
  return "DownwardAPIProjection";
}
template <class Self, class Visitor>
void visit_fields(const DownwardAPIProjection*, Self& s, Visitor& v) {
  v("Items", "items", s.items, {});
}

template <>
constexpr std::string_view go_struct_name<ConfigMapProjection>() {
  return "ConfigMapProjection";
}
template <class Self, class Visitor>
void visit_fields(const ConfigMapProjection*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Items", "items", s.items, {});
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<ServiceAccountTokenProjection>() {
  return "ServiceAccountTokenProjection";
}
template <class Self, class Visitor>
void visit_fields(const ServiceAccountTokenProjection*, Self& s, Visitor& v) {
  v("Audience", "audience", s.audience, {});
  v("ExpirationSeconds", "expirationSeconds", s.expiration_seconds, {});
  v("Path", "path", s.path, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<LabelSelectorRequirement>() {
  return "LabelSelectorRequirement";
}
template <class Self, class Visitor>
void visit_fields(const LabelSelectorRequirement*, Self& s, Visitor& v) {
  v("Key", "key", s.key, {.always = true});
  v("Operator", "operator", s.op, {.go_type = "v1.LabelSelectorOperator", .always = true});
  v("Values", "values", s.values, {});
}

template <>
constexpr std::string_view go_struct_name<LabelSelector>() {
  return "LabelSelector";
}
template <class Self, class Visitor>
void visit_fields(const LabelSelector*, Self& s, Visitor& v) {
  v("MatchLabels", "matchLabels", s.match_labels, {});
  v("MatchExpressions", "matchExpressions", s.match_expressions, {});
}

template <>
constexpr std::string_view go_struct_name<ClusterTrustBundleProjection>() {
  return "ClusterTrustBundleProjection";
}
template <class Self, class Visitor>
void visit_fields(const ClusterTrustBundleProjection*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("SignerName", "signerName", s.signer_name, {});
  v("LabelSelector", "labelSelector", s.label_selector, {});
  v("Optional", "optional", s.optional, {});
  v("Path", "path", s.path, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<VolumeProjection>() {
  return "VolumeProjection";
}
template <class Self, class Visitor>
void visit_fields(const VolumeProjection*, Self& s, Visitor& v) {
  v("Secret", "secret", s.secret, {});
  v("DownwardAPI", "downwardAPI", s.downward_api, {});
  v("ConfigMap", "configMap", s.config_map, {});
  v("ServiceAccountToken", "serviceAccountToken", s.service_account_token, {});
  v("ClusterTrustBundle", "clusterTrustBundle", s.cluster_trust_bundle, {});
}

template <>
constexpr std::string_view go_struct_name<ProjectedVolumeSource>() {
  return "ProjectedVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const ProjectedVolumeSource*, Self& s, Visitor& v) {
  v("Sources", "sources", s.sources, {.always = true});
  v("DefaultMode", "defaultMode", s.default_mode, {});
}

template <>
constexpr std::string_view go_struct_name<PortworxVolumeSource>() {
  return "PortworxVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const PortworxVolumeSource*, Self& s, Visitor& v) {
  v("VolumeID", "volumeID", s.volume_id, {.always = true});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
}

template <>
constexpr std::string_view go_struct_name<ScaleIOVolumeSource>() {
  return "ScaleIOVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const ScaleIOVolumeSource*, Self& s, Visitor& v) {
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
constexpr std::string_view go_struct_name<StorageOSVolumeSource>() {
  return "StorageOSVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const StorageOSVolumeSource*, Self& s, Visitor& v) {
  v("VolumeName", "volumeName", s.volume_name, {});
  v("VolumeNamespace", "volumeNamespace", s.volume_namespace, {});
  v("FSType", "fsType", s.fs_type, {});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<CSIVolumeSource>() {
  return "CSIVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const CSIVolumeSource*, Self& s, Visitor& v) {
  v("Driver", "driver", s.driver, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("FSType", "fsType", s.fs_type, {});
  v("VolumeAttributes", "volumeAttributes", s.volume_attributes, {});
  v("NodePublishSecretRef", "nodePublishSecretRef", s.node_publish_secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeResourceRequirements>() {
  return "VolumeResourceRequirements";
}
template <class Self, class Visitor>
void visit_fields(const VolumeResourceRequirements*, Self& s, Visitor& v) {
  v("Limits", "limits", s.limits, {});
  v("Requests", "requests", s.requests, {});
}

template <>
constexpr std::string_view go_struct_name<TypedLocalObjectReference>() {
  return "TypedLocalObjectReference";
}
template <class Self, class Visitor>
void visit_fields(const TypedLocalObjectReference*, Self& s, Visitor& v) {
  v("APIGroup", "apiGroup", s.api_group, {.always = true});
  v("Kind", "kind", s.kind, {.always = true});
  v("Name", "name", s.name, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<TypedObjectReference>() {
  return "TypedObjectReference";
}
template <class Self, class Visitor>
void visit_fields(const TypedObjectReference*, Self& s, Visitor& v) {
  v("APIGroup", "apiGroup", s.api_group, {.always = true});
  v("Kind", "kind", s.kind, {.always = true});
  v("Name", "name", s.name, {.always = true});
  v("Namespace", "namespace", s.ns, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeClaimSpec>() {
  return "PersistentVolumeClaimSpec";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeClaimSpec*, Self& s, Visitor& v) {
  v("AccessModes", "accessModes", s.access_modes, {.go_type = "v1.PersistentVolumeAccessMode"});
  v("Selector", "selector", s.selector, {});
  v("Resources", "resources", s.resources, {});
  v("VolumeName", "volumeName", s.volume_name, {});
  v("StorageClassName", "storageClassName", s.storage_class_name, {});
  v("VolumeMode", "volumeMode", s.volume_mode, {.go_type = "v1.PersistentVolumeMode"});
  v("DataSource", "dataSource", s.data_source, {});
  v("DataSourceRef", "dataSourceRef", s.data_source_ref, {});
  v("VolumeAttributesClassName", "volumeAttributesClassName", s.volume_attributes_class_name, {});
}

template <>
constexpr std::string_view go_struct_name<PersistentVolumeClaimTemplate>() {
  return "PersistentVolumeClaimTemplate";
}
template <class Self, class Visitor>
void visit_fields(const PersistentVolumeClaimTemplate*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
}

template <>
constexpr std::string_view go_struct_name<EphemeralVolumeSource>() {
  return "EphemeralVolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const EphemeralVolumeSource*, Self& s, Visitor& v) {
  v("VolumeClaimTemplate", "volumeClaimTemplate", s.volume_claim_template, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeSource>() {
  return "VolumeSource";
}
template <class Self, class Visitor>
void visit_fields(const VolumeSource*, Self& s, Visitor& v) {
  v("HostPath", "hostPath", s.host_path, {});
  v("EmptyDir", "emptyDir", s.empty_dir, {});
  v("GCEPersistentDisk", "gcePersistentDisk", s.gce_persistent_disk, {});
  v("AWSElasticBlockStore", "awsElasticBlockStore", s.aws_elastic_block_store, {});
  v("GitRepo", "gitRepo", s.git_repo, {});
  v("Secret", "secret", s.secret, {});
  v("NFS", "nfs", s.nfs, {});
  v("ISCSI", "iscsi", s.iscsi, {});
  v("Glusterfs", "glusterfs", s.glusterfs, {});
  v("PersistentVolumeClaim", "persistentVolumeClaim", s.persistent_volume_claim, {});
  v("RBD", "rbd", s.rbd, {});
  v("FlexVolume", "flexVolume", s.flex_volume, {});
  v("Cinder", "cinder", s.cinder, {});
  v("CephFS", "cephfs", s.cephfs, {});
  v("Flocker", "flocker", s.flocker, {});
  v("DownwardAPI", "downwardAPI", s.downward_api, {});
  v("FC", "fc", s.fc, {});
  v("AzureFile", "azureFile", s.azure_file, {});
  v("ConfigMap", "configMap", s.config_map, {});
  v("VsphereVolume", "vsphereVolume", s.vsphere_volume, {});
  v("Quobyte", "quobyte", s.quobyte, {});
  v("AzureDisk", "azureDisk", s.azure_disk, {});
  v("PhotonPersistentDisk", "photonPersistentDisk", s.photon_persistent_disk, {});
  v("Projected", "projected", s.projected, {});
  v("PortworxVolume", "portworxVolume", s.portworx_volume, {});
  v("ScaleIO", "scaleIO", s.scale_io, {});
  v("StorageOS", "storageos", s.storageos, {});
  v("CSI", "csi", s.csi, {});
  v("Ephemeral", "ephemeral", s.ephemeral, {});
}

template <>
constexpr std::string_view go_struct_name<Volume>() {
  return "Volume";
}
template <class Self, class Visitor>
void visit_fields(const Volume*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v.inlined("VolumeSource", s.volume_source);
}

template <>
constexpr std::string_view go_struct_name<ContainerPort>() {
  return "ContainerPort";
}
template <class Self, class Visitor>
void visit_fields(const ContainerPort*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("HostPort", "hostPort", s.host_port, {});
  v("ContainerPort", "containerPort", s.container_port, {.always = true});
  v("Protocol", "protocol", s.protocol, {.go_type = "v1.Protocol"});
  v("HostIP", "hostIP", s.host_ip, {});
}

template <>
constexpr std::string_view go_struct_name<ConfigMapEnvSource>() {
  return "ConfigMapEnvSource";
}
template <class Self, class Visitor>
void visit_fields(const ConfigMapEnvSource*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<SecretEnvSource>() {
  return "SecretEnvSource";
}
template <class Self, class Visitor>
void visit_fields(const SecretEnvSource*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<EnvFromSource>() {
  return "EnvFromSource";
}
template <class Self, class Visitor>
void visit_fields(const EnvFromSource*, Self& s, Visitor& v) {
  v("Prefix", "prefix", s.prefix, {});
  v("ConfigMapRef", "configMapRef", s.config_map_ref, {});
  v("SecretRef", "secretRef", s.secret_ref, {});
}

template <>
constexpr std::string_view go_struct_name<ConfigMapKeySelector>() {
  return "ConfigMapKeySelector";
}
template <class Self, class Visitor>
void visit_fields(const ConfigMapKeySelector*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Key", "key", s.key, {.always = true});
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<SecretKeySelector>() {
  return "SecretKeySelector";
}
template <class Self, class Visitor>
void visit_fields(const SecretKeySelector*, Self& s, Visitor& v) {
  v.inlined("LocalObjectReference", s.local_object_reference);
  v("Key", "key", s.key, {.always = true});
  v("Optional", "optional", s.optional, {});
}

template <>
constexpr std::string_view go_struct_name<EnvVarSource>() {
  return "EnvVarSource";
}
template <class Self, class Visitor>
void visit_fields(const EnvVarSource*, Self& s, Visitor& v) {
  v("FieldRef", "fieldRef", s.field_ref, {});
  v("ResourceFieldRef", "resourceFieldRef", s.resource_field_ref, {});
  v("ConfigMapKeyRef", "configMapKeyRef", s.config_map_key_ref, {});
  v("SecretKeyRef", "secretKeyRef", s.secret_key_ref, {});
}

template <>
constexpr std::string_view go_struct_name<EnvVar>() {
  return "EnvVar";
}
template <class Self, class Visitor>
void visit_fields(const EnvVar*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("Value", "value", s.value, {});
  v("ValueFrom", "valueFrom", s.value_from, {});
}

template <>
constexpr std::string_view go_struct_name<ResourceClaim>() {
  return "ResourceClaim";
}
template <class Self, class Visitor>
void visit_fields(const ResourceClaim*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ResourceRequirements>() {
  return "ResourceRequirements";
}
template <class Self, class Visitor>
void visit_fields(const ResourceRequirements*, Self& s, Visitor& v) {
  v("Limits", "limits", s.limits, {});
  v("Requests", "requests", s.requests, {});
  v("Claims", "claims", s.claims, {});
}

template <>
constexpr std::string_view go_struct_name<ContainerResizePolicy>() {
  return "ContainerResizePolicy";
}
template <class Self, class Visitor>
void visit_fields(const ContainerResizePolicy*, Self& s, Visitor& v) {
  v("ResourceName", "resourceName", s.resource_name,
    {.go_type = "v1.ResourceName", .always = true});
  v("RestartPolicy", "restartPolicy", s.restart_policy,
    {.go_type = "v1.ResourceResizeRestartPolicy", .always = true});
}

template <>
constexpr std::string_view go_struct_name<VolumeMount>() {
  return "VolumeMount";
}
template <class Self, class Visitor>
void visit_fields(const VolumeMount*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("ReadOnly", "readOnly", s.read_only, {});
  v("RecursiveReadOnly", "recursiveReadOnly", s.recursive_read_only,
    {.go_type = "v1.RecursiveReadOnlyMode"});
  v("MountPath", "mountPath", s.mount_path, {.always = true});
  v("SubPath", "subPath", s.sub_path, {});
  v("MountPropagation", "mountPropagation", s.mount_propagation,
    {.go_type = "v1.MountPropagationMode"});
  v("SubPathExpr", "subPathExpr", s.sub_path_expr, {});
}

template <>
constexpr std::string_view go_struct_name<VolumeDevice>() {
  return "VolumeDevice";
}
template <class Self, class Visitor>
void visit_fields(const VolumeDevice*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("DevicePath", "devicePath", s.device_path, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ExecAction>() {
  return "ExecAction";
}
template <class Self, class Visitor>
void visit_fields(const ExecAction*, Self& s, Visitor& v) {
  v("Command", "command", s.command, {});
}

template <>
constexpr std::string_view go_struct_name<HTTPHeader>() {
  return "HTTPHeader";
}
template <class Self, class Visitor>
void visit_fields(const HTTPHeader*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("Value", "value", s.value, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<HTTPGetAction>() {
  return "HTTPGetAction";
}
template <class Self, class Visitor>
void visit_fields(const HTTPGetAction*, Self& s, Visitor& v) {
  v("Path", "path", s.path, {});
  v("Port", "port", s.port, {.always = true});
  v("Host", "host", s.host, {});
  v("Scheme", "scheme", s.scheme, {.go_type = "v1.URIScheme"});
  v("HTTPHeaders", "httpHeaders", s.http_headers, {});
}

template <>
constexpr std::string_view go_struct_name<TCPSocketAction>() {
  return "TCPSocketAction";
}
template <class Self, class Visitor>
void visit_fields(const TCPSocketAction*, Self& s, Visitor& v) {
  v("Port", "port", s.port, {.always = true});
  v("Host", "host", s.host, {});
}

template <>
constexpr std::string_view go_struct_name<GRPCAction>() {
  return "GRPCAction";
}
template <class Self, class Visitor>
void visit_fields(const GRPCAction*, Self& s, Visitor& v) {
  v("Port", "port", s.port, {.always = true});
  v("Service", "service", s.service, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ProbeHandler>() {
  return "ProbeHandler";
}
template <class Self, class Visitor>
void visit_fields(const ProbeHandler*, Self& s, Visitor& v) {
  v("Exec", "exec", s.exec, {});
  v("HTTPGet", "httpGet", s.http_get, {});
  v("TCPSocket", "tcpSocket", s.tcp_socket, {});
  v("GRPC", "grpc", s.grpc, {});
}

template <>
constexpr std::string_view go_struct_name<Probe>() {
  return "Probe";
}
template <class Self, class Visitor>
void visit_fields(const Probe*, Self& s, Visitor& v) {
  v.inlined("ProbeHandler", s.probe_handler);
  v("InitialDelaySeconds", "initialDelaySeconds", s.initial_delay_seconds, {});
  v("TimeoutSeconds", "timeoutSeconds", s.timeout_seconds, {});
  v("PeriodSeconds", "periodSeconds", s.period_seconds, {});
  v("SuccessThreshold", "successThreshold", s.success_threshold, {});
  v("FailureThreshold", "failureThreshold", s.failure_threshold, {});
  v("TerminationGracePeriodSeconds", "terminationGracePeriodSeconds",
    s.termination_grace_period_seconds, {});
}

template <>
constexpr std::string_view go_struct_name<SleepAction>() {
  return "SleepAction";
}
template <class Self, class Visitor>
void visit_fields(const SleepAction*, Self& s, Visitor& v) {
  v("Seconds", "seconds", s.seconds, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<LifecycleHandler>() {
  return "LifecycleHandler";
}
template <class Self, class Visitor>
void visit_fields(const LifecycleHandler*, Self& s, Visitor& v) {
  v("Exec", "exec", s.exec, {});
  v("HTTPGet", "httpGet", s.http_get, {});
  v("TCPSocket", "tcpSocket", s.tcp_socket, {});
  v("Sleep", "sleep", s.sleep, {});
}

template <>
constexpr std::string_view go_struct_name<Lifecycle>() {
  return "Lifecycle";
}
template <class Self, class Visitor>
void visit_fields(const Lifecycle*, Self& s, Visitor& v) {
  v("PostStart", "postStart", s.post_start, {});
  v("PreStop", "preStop", s.pre_stop, {});
}

template <>
constexpr std::string_view go_struct_name<Capabilities>() {
  return "Capabilities";
}
template <class Self, class Visitor>
void visit_fields(const Capabilities*, Self& s, Visitor& v) {
  v("Add", "add", s.add, {.go_type = "v1.Capability"});
  v("Drop", "drop", s.drop, {.go_type = "v1.Capability"});
}

template <>
constexpr std::string_view go_struct_name<SELinuxOptions>() {
  return "SELinuxOptions";
}
template <class Self, class Visitor>
void visit_fields(const SELinuxOptions*, Self& s, Visitor& v) {
  v("User", "user", s.user, {});
  v("Role", "role", s.role, {});
  v("Type", "type", s.type, {});
  v("Level", "level", s.level, {});
}

template <>
constexpr std::string_view go_struct_name<WindowsSecurityContextOptions>() {
  return "WindowsSecurityContextOptions";
}
template <class Self, class Visitor>
void visit_fields(const WindowsSecurityContextOptions*, Self& s, Visitor& v) {
  v("GMSACredentialSpecName", "gmsaCredentialSpecName", s.gmsa_credential_spec_name, {});
  v("GMSACredentialSpec", "gmsaCredentialSpec", s.gmsa_credential_spec, {});
  v("RunAsUserName", "runAsUserName", s.run_as_user_name, {});
  v("HostProcess", "hostProcess", s.host_process, {});
}

template <>
constexpr std::string_view go_struct_name<SeccompProfile>() {
  return "SeccompProfile";
}
template <class Self, class Visitor>
void visit_fields(const SeccompProfile*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.SeccompProfileType", .always = true});
  v("LocalhostProfile", "localhostProfile", s.localhost_profile, {});
}

template <>
constexpr std::string_view go_struct_name<AppArmorProfile>() {
  return "AppArmorProfile";
}
template <class Self, class Visitor>
void visit_fields(const AppArmorProfile*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.AppArmorProfileType", .always = true});
  v("LocalhostProfile", "localhostProfile", s.localhost_profile, {});
}

template <>
constexpr std::string_view go_struct_name<SecurityContext>() {
  return "SecurityContext";
}
template <class Self, class Visitor>
void visit_fields(const SecurityContext*, Self& s, Visitor& v) {
  v("Capabilities", "capabilities", s.capabilities, {});
  v("Privileged", "privileged", s.privileged, {});
  v("SELinuxOptions", "seLinuxOptions", s.se_linux_options, {});
  v("WindowsOptions", "windowsOptions", s.windows_options, {});
  v("RunAsUser", "runAsUser", s.run_as_user, {});
  v("RunAsGroup", "runAsGroup", s.run_as_group, {});
  v("RunAsNonRoot", "runAsNonRoot", s.run_as_non_root, {});
  v("ReadOnlyRootFilesystem", "readOnlyRootFilesystem", s.read_only_root_filesystem, {});
  v("AllowPrivilegeEscalation", "allowPrivilegeEscalation", s.allow_privilege_escalation, {});
  v("ProcMount", "procMount", s.proc_mount, {.go_type = "v1.ProcMountType"});
  v("SeccompProfile", "seccompProfile", s.seccomp_profile, {});
  v("AppArmorProfile", "appArmorProfile", s.app_armor_profile, {});
}

template <>
constexpr std::string_view go_struct_name<Container>() {
  return "Container";
}
template <class Self, class Visitor>
void visit_fields(const Container*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("Image", "image", s.image, {});
  v("Command", "command", s.command, {});
  v("Args", "args", s.args, {});
  v("WorkingDir", "workingDir", s.working_dir, {});
  v("Ports", "ports", s.ports, {});
  v("EnvFrom", "envFrom", s.env_from, {});
  v("Env", "env", s.env, {});
  v("Resources", "resources", s.resources, {});
  v("ResizePolicy", "resizePolicy", s.resize_policy, {});
  v("RestartPolicy", "restartPolicy", s.restart_policy, {.go_type = "v1.ContainerRestartPolicy"});
  v("VolumeMounts", "volumeMounts", s.volume_mounts, {});
  v("VolumeDevices", "volumeDevices", s.volume_devices, {});
  v("LivenessProbe", "livenessProbe", s.liveness_probe, {});
  v("ReadinessProbe", "readinessProbe", s.readiness_probe, {});
  v("StartupProbe", "startupProbe", s.startup_probe, {});
  v("Lifecycle", "lifecycle", s.lifecycle, {});
  v("TerminationMessagePath", "terminationMessagePath", s.termination_message_path, {});
  v("TerminationMessagePolicy", "terminationMessagePolicy", s.termination_message_policy,
    {.go_type = "v1.TerminationMessagePolicy"});
  v("ImagePullPolicy", "imagePullPolicy", s.image_pull_policy, {.go_type = "v1.PullPolicy"});
  v("SecurityContext", "securityContext", s.security_context, {});
  v("Stdin", "stdin", s.stdin, {});
  v("StdinOnce", "stdinOnce", s.stdin_once, {});
  v("TTY", "tty", s.tty, {});
}

template <>
constexpr std::string_view go_struct_name<EphemeralContainerCommon>() {
  return "EphemeralContainerCommon";
}
template <class Self, class Visitor>
void visit_fields(const EphemeralContainerCommon*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("Image", "image", s.image, {});
  v("Command", "command", s.command, {});
  v("Args", "args", s.args, {});
  v("WorkingDir", "workingDir", s.working_dir, {});
  v("Ports", "ports", s.ports, {});
  v("EnvFrom", "envFrom", s.env_from, {});
  v("Env", "env", s.env, {});
  v("Resources", "resources", s.resources, {});
  v("ResizePolicy", "resizePolicy", s.resize_policy, {});
  v("RestartPolicy", "restartPolicy", s.restart_policy, {.go_type = "v1.ContainerRestartPolicy"});
  v("VolumeMounts", "volumeMounts", s.volume_mounts, {});
  v("VolumeDevices", "volumeDevices", s.volume_devices, {});
  v("LivenessProbe", "livenessProbe", s.liveness_probe, {});
  v("ReadinessProbe", "readinessProbe", s.readiness_probe, {});
  v("StartupProbe", "startupProbe", s.startup_probe, {});
  v("Lifecycle", "lifecycle", s.lifecycle, {});
  v("TerminationMessagePath", "terminationMessagePath", s.termination_message_path, {});
  v("TerminationMessagePolicy", "terminationMessagePolicy", s.termination_message_policy,
    {.go_type = "v1.TerminationMessagePolicy"});
  v("ImagePullPolicy", "imagePullPolicy", s.image_pull_policy, {.go_type = "v1.PullPolicy"});
  v("SecurityContext", "securityContext", s.security_context, {});
  v("Stdin", "stdin", s.stdin, {});
  v("StdinOnce", "stdinOnce", s.stdin_once, {});
  v("TTY", "tty", s.tty, {});
}

template <>
constexpr std::string_view go_struct_name<EphemeralContainer>() {
  return "EphemeralContainer";
}
template <class Self, class Visitor>
void visit_fields(const EphemeralContainer*, Self& s, Visitor& v) {
  v.inlined("EphemeralContainerCommon", s.ephemeral_container_common);
  v("TargetContainerName", "targetContainerName", s.target_container_name, {});
}

template <>
constexpr std::string_view go_struct_name<Sysctl>() {
  return "Sysctl";
}
template <class Self, class Visitor>
void visit_fields(const Sysctl*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("Value", "value", s.value, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<PodSecurityContext>() {
  return "PodSecurityContext";
}
template <class Self, class Visitor>
void visit_fields(const PodSecurityContext*, Self& s, Visitor& v) {
  v("SELinuxOptions", "seLinuxOptions", s.se_linux_options, {});
  v("WindowsOptions", "windowsOptions", s.windows_options, {});
  v("RunAsUser", "runAsUser", s.run_as_user, {});
  v("RunAsGroup", "runAsGroup", s.run_as_group, {});
  v("RunAsNonRoot", "runAsNonRoot", s.run_as_non_root, {});
  v("SupplementalGroups", "supplementalGroups", s.supplemental_groups, {});
  v("FSGroup", "fsGroup", s.fs_group, {});
  v("Sysctls", "sysctls", s.sysctls, {});
  v("FSGroupChangePolicy", "fsGroupChangePolicy", s.fs_group_change_policy,
    {.go_type = "v1.PodFSGroupChangePolicy"});
  v("SeccompProfile", "seccompProfile", s.seccomp_profile, {});
  v("AppArmorProfile", "appArmorProfile", s.app_armor_profile, {});
}

template <>
constexpr std::string_view go_struct_name<NodeSelectorRequirement>() {
  return "NodeSelectorRequirement";
}
template <class Self, class Visitor>
void visit_fields(const NodeSelectorRequirement*, Self& s, Visitor& v) {
  v("Key", "key", s.key, {.always = true});
  v("Operator", "operator", s.op, {.go_type = "v1.NodeSelectorOperator", .always = true});
  v("Values", "values", s.values, {});
}

template <>
constexpr std::string_view go_struct_name<NodeSelectorTerm>() {
  return "NodeSelectorTerm";
}
template <class Self, class Visitor>
void visit_fields(const NodeSelectorTerm*, Self& s, Visitor& v) {
  v("MatchExpressions", "matchExpressions", s.match_expressions, {});
  v("MatchFields", "matchFields", s.match_fields, {});
}

template <>
constexpr std::string_view go_struct_name<NodeSelector>() {
  return "NodeSelector";
}
template <class Self, class Visitor>
void visit_fields(const NodeSelector*, Self& s, Visitor& v) {
  v("NodeSelectorTerms", "nodeSelectorTerms", s.node_selector_terms, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<PreferredSchedulingTerm>() {
  return "PreferredSchedulingTerm";
}
template <class Self, class Visitor>
void visit_fields(const PreferredSchedulingTerm*, Self& s, Visitor& v) {
  v("Weight", "weight", s.weight, {.always = true});
  v("Preference", "preference", s.preference, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<NodeAffinity>() {
  return "NodeAffinity";
}
template <class Self, class Visitor>
void visit_fields(const NodeAffinity*, Self& s, Visitor& v) {
  v("RequiredDuringSchedulingIgnoredDuringExecution",
    "requiredDuringSchedulingIgnoredDuringExecution",
    s.required_during_scheduling_ignored_during_execution, {});
  v("PreferredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
    s.preferred_during_scheduling_ignored_during_execution, {});
}

template <>
constexpr std::string_view go_struct_name<PodAffinityTerm>() {
  return "PodAffinityTerm";
}
template <class Self, class Visitor>
void visit_fields(const PodAffinityTerm*, Self& s, Visitor& v) {
  v("LabelSelector", "labelSelector", s.label_selector, {});
  v("Namespaces", "namespaces", s.namespaces, {});
  v("TopologyKey", "topologyKey", s.topology_key, {.always = true});
  v("NamespaceSelector", "namespaceSelector", s.namespace_selector, {});
  v("MatchLabelKeys", "matchLabelKeys", s.match_label_keys, {});
  v("MismatchLabelKeys", "mismatchLabelKeys", s.mismatch_label_keys, {});
}

template <>
constexpr std::string_view go_struct_name<WeightedPodAffinityTerm>() {
  return "WeightedPodAffinityTerm";
}
template <class Self, class Visitor>
void visit_fields(const WeightedPodAffinityTerm*, Self& s, Visitor& v) {
  v("Weight", "weight", s.weight, {.always = true});
  v("PodAffinityTerm", "podAffinityTerm", s.pod_affinity_term, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<PodAffinity>() {
  return "PodAffinity";
}
template <class Self, class Visitor>
void visit_fields(const PodAffinity*, Self& s, Visitor& v) {
  v("RequiredDuringSchedulingIgnoredDuringExecution",
    "requiredDuringSchedulingIgnoredDuringExecution",
    s.required_during_scheduling_ignored_during_execution, {});
  v("PreferredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
    s.preferred_during_scheduling_ignored_during_execution, {});
}

template <>
constexpr std::string_view go_struct_name<PodAntiAffinity>() {
  return "PodAntiAffinity";
}
template <class Self, class Visitor>
void visit_fields(const PodAntiAffinity*, Self& s, Visitor& v) {
  v("RequiredDuringSchedulingIgnoredDuringExecution",
    "requiredDuringSchedulingIgnoredDuringExecution",
    s.required_during_scheduling_ignored_during_execution, {});
  v("PreferredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
    s.preferred_during_scheduling_ignored_during_execution, {});
}

template <>
constexpr std::string_view go_struct_name<Affinity>() {
  return "Affinity";
}
template <class Self, class Visitor>
void visit_fields(const Affinity*, Self& s, Visitor& v) {
  v("NodeAffinity", "nodeAffinity", s.node_affinity, {});
  v("PodAffinity", "podAffinity", s.pod_affinity, {});
  v("PodAntiAffinity", "podAntiAffinity", s.pod_anti_affinity, {});
}

template <>
constexpr std::string_view go_struct_name<Toleration>() {
  return "Toleration";
}
template <class Self, class Visitor>
void visit_fields(const Toleration*, Self& s, Visitor& v) {
  v("Key", "key", s.key, {});
  v("Operator", "operator", s.op, {.go_type = "v1.TolerationOperator"});
  v("Value", "value", s.value, {});
  v("Effect", "effect", s.effect, {.go_type = "v1.TaintEffect"});
  v("TolerationSeconds", "tolerationSeconds", s.toleration_seconds, {});
}

template <>
constexpr std::string_view go_struct_name<HostAlias>() {
  return "HostAlias";
}
template <class Self, class Visitor>
void visit_fields(const HostAlias*, Self& s, Visitor& v) {
  v("IP", "ip", s.ip, {.always = true});
  v("Hostnames", "hostnames", s.hostnames, {});
}

template <>
constexpr std::string_view go_struct_name<PodDNSConfigOption>() {
  return "PodDNSConfigOption";
}
template <class Self, class Visitor>
void visit_fields(const PodDNSConfigOption*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("Value", "value", s.value, {});
}

template <>
constexpr std::string_view go_struct_name<PodDNSConfig>() {
  return "PodDNSConfig";
}
template <class Self, class Visitor>
void visit_fields(const PodDNSConfig*, Self& s, Visitor& v) {
  v("Nameservers", "nameservers", s.nameservers, {});
  v("Searches", "searches", s.searches, {});
  v("Options", "options", s.options, {});
}

template <>
constexpr std::string_view go_struct_name<PodReadinessGate>() {
  return "PodReadinessGate";
}
template <class Self, class Visitor>
void visit_fields(const PodReadinessGate*, Self& s, Visitor& v) {
  v("ConditionType", "conditionType", s.condition_type,
    {.go_type = "v1.PodConditionType", .always = true});
}

template <>
constexpr std::string_view go_struct_name<TopologySpreadConstraint>() {
  return "TopologySpreadConstraint";
}
template <class Self, class Visitor>
void visit_fields(const TopologySpreadConstraint*, Self& s, Visitor& v) {
  v("MaxSkew", "maxSkew", s.max_skew, {.always = true});
  v("TopologyKey", "topologyKey", s.topology_key, {.always = true});
  v("WhenUnsatisfiable", "whenUnsatisfiable", s.when_unsatisfiable,
    {.go_type = "v1.UnsatisfiableConstraintAction", .always = true});
  v("LabelSelector", "labelSelector", s.label_selector, {});
  v("MinDomains", "minDomains", s.min_domains, {});
  v("NodeAffinityPolicy", "nodeAffinityPolicy", s.node_affinity_policy,
    {.go_type = "v1.NodeInclusionPolicy"});
  v("NodeTaintsPolicy", "nodeTaintsPolicy", s.node_taints_policy,
    {.go_type = "v1.NodeInclusionPolicy"});
  v("MatchLabelKeys", "matchLabelKeys", s.match_label_keys, {});
}

template <>
constexpr std::string_view go_struct_name<PodOS>() {
  return "PodOS";
}
template <class Self, class Visitor>
void visit_fields(const PodOS*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.go_type = "v1.OSName", .always = true});
}

template <>
constexpr std::string_view go_struct_name<PodSchedulingGate>() {
  return "PodSchedulingGate";
}
template <class Self, class Visitor>
void visit_fields(const PodSchedulingGate*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ClaimSource>() {
  return "ClaimSource";
}
template <class Self, class Visitor>
void visit_fields(const ClaimSource*, Self& s, Visitor& v) {
  v("ResourceClaimName", "resourceClaimName", s.resource_claim_name, {});
  v("ResourceClaimTemplateName", "resourceClaimTemplateName", s.resource_claim_template_name, {});
}

template <>
constexpr std::string_view go_struct_name<PodResourceClaim>() {
  return "PodResourceClaim";
}
template <class Self, class Visitor>
void visit_fields(const PodResourceClaim*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("Source", "source", s.source, {});
}

template <>
constexpr std::string_view go_struct_name<PodSpec>() {
  return "PodSpec";
}
template <class Self, class Visitor>
void visit_fields(const PodSpec*, Self& s, Visitor& v) {
  v("Volumes", "volumes", s.volumes, {});
  v("InitContainers", "initContainers", s.init_containers, {});
  v("Containers", "containers", s.containers, {.always = true});
  v("EphemeralContainers", "ephemeralContainers", s.ephemeral_containers, {});
  v("RestartPolicy", "restartPolicy", s.restart_policy, {.go_type = "v1.RestartPolicy"});
  v("TerminationGracePeriodSeconds", "terminationGracePeriodSeconds",
    s.termination_grace_period_seconds, {});
  v("ActiveDeadlineSeconds", "activeDeadlineSeconds", s.active_deadline_seconds, {});
  v("DNSPolicy", "dnsPolicy", s.dns_policy, {.go_type = "v1.DNSPolicy"});
  v("NodeSelector", "nodeSelector", s.node_selector, {});
  v("ServiceAccountName", "serviceAccountName", s.service_account_name, {});
  v("DeprecatedServiceAccount", "serviceAccount", s.service_account, {});
  v("AutomountServiceAccountToken", "automountServiceAccountToken",
    s.automount_service_account_token, {});
  v("NodeName", "nodeName", s.node_name, {});
  v("HostNetwork", "hostNetwork", s.host_network, {});
  v("HostPID", "hostPID", s.host_pid, {});
  v("HostIPC", "hostIPC", s.host_ipc, {});
  v("ShareProcessNamespace", "shareProcessNamespace", s.share_process_namespace, {});
  v("SecurityContext", "securityContext", s.security_context, {});
  v("ImagePullSecrets", "imagePullSecrets", s.image_pull_secrets, {});
  v("Hostname", "hostname", s.hostname, {});
  v("Subdomain", "subdomain", s.subdomain, {});
  v("Affinity", "affinity", s.affinity, {});
  v("SchedulerName", "schedulerName", s.scheduler_name, {});
  v("Tolerations", "tolerations", s.tolerations, {});
  v("HostAliases", "hostAliases", s.host_aliases, {});
  v("PriorityClassName", "priorityClassName", s.priority_class_name, {});
  v("Priority", "priority", s.priority, {});
  v("DNSConfig", "dnsConfig", s.dns_config, {});
  v("ReadinessGates", "readinessGates", s.readiness_gates, {});
  v("RuntimeClassName", "runtimeClassName", s.runtime_class_name, {});
  v("EnableServiceLinks", "enableServiceLinks", s.enable_service_links, {});
  v("PreemptionPolicy", "preemptionPolicy", s.preemption_policy,
    {.go_type = "v1.PreemptionPolicy"});
  v("Overhead", "overhead", s.overhead, {});
  v("TopologySpreadConstraints", "topologySpreadConstraints", s.topology_spread_constraints, {});
  v("SetHostnameAsFQDN", "setHostnameAsFQDN", s.set_hostname_as_fqdn, {});
  v("OS", "os", s.os, {});
  v("HostUsers", "hostUsers", s.host_users, {});
  v("SchedulingGates", "schedulingGates", s.scheduling_gates, {});
  v("ResourceClaims", "resourceClaims", s.resource_claims, {});
}

template <>
constexpr std::string_view go_struct_name<PodTemplateSpec>() {
  return "PodTemplateSpec";
}
template <class Self, class Visitor>
void visit_fields(const PodTemplateSpec*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
}

template <>
constexpr std::string_view go_struct_name<PodCondition>() {
  return "PodCondition";
}
template <class Self, class Visitor>
void visit_fields(const PodCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.PodConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastProbeTime", "lastProbeTime", s.last_probe_time, {.always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<PodIP>() {
  return "PodIP";
}
template <class Self, class Visitor>
void visit_fields(const PodIP*, Self& s, Visitor& v) {
  v("IP", "ip", s.ip, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<HostIP>() {
  return "HostIP";
}
template <class Self, class Visitor>
void visit_fields(const HostIP*, Self& s, Visitor& v) {
  v("IP", "ip", s.ip, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ContainerStateWaiting>() {
  return "ContainerStateWaiting";
}
template <class Self, class Visitor>
void visit_fields(const ContainerStateWaiting*, Self& s, Visitor& v) {
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<ContainerStateRunning>() {
  return "ContainerStateRunning";
}
template <class Self, class Visitor>
void visit_fields(const ContainerStateRunning*, Self& s, Visitor& v) {
  v("StartedAt", "startedAt", s.started_at, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ContainerStateTerminated>() {
  return "ContainerStateTerminated";
}
template <class Self, class Visitor>
void visit_fields(const ContainerStateTerminated*, Self& s, Visitor& v) {
  v("ExitCode", "exitCode", s.exit_code, {.always = true});
  v("Signal", "signal", s.signal, {});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
  v("StartedAt", "startedAt", s.started_at, {.always = true});
  v("FinishedAt", "finishedAt", s.finished_at, {.always = true});
  v("ContainerID", "containerID", s.container_id, {});
}

template <>
constexpr std::string_view go_struct_name<ContainerState>() {
  return "ContainerState";
}
template <class Self, class Visitor>
void visit_fields(const ContainerState*, Self& s, Visitor& v) {
  v("Waiting", "waiting", s.waiting, {});
  v("Running", "running", s.running, {});
  v("Terminated", "terminated", s.terminated, {});
}

template <>
constexpr std::string_view go_struct_name<ContainerStatus>() {
  return "ContainerStatus";
}
template <class Self, class Visitor>
void visit_fields(const ContainerStatus*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("State", "state", s.state, {});
  v("LastTerminationState", "lastState", s.last_state, {});
  v("Ready", "ready", s.ready, {.always = true});
  v("RestartCount", "restartCount", s.restart_count, {.always = true});
  v("Image", "image", s.image, {.always = true});
  v("ImageID", "imageID", s.image_id, {.always = true});
  v("ContainerID", "containerID", s.container_id, {});
  v("Started", "started", s.started, {});
  v.dropped("AllocatedResources", "allocatedResources", "v1.ResourceList");
  v.dropped("Resources", "resources", "*v1.ResourceRequirements");
  v.dropped("VolumeMounts", "volumeMounts", "[]v1.VolumeMountStatus");
}

template <>
constexpr std::string_view go_struct_name<PodStatus>() {
  return "PodStatus";
}
template <class Self, class Visitor>
void visit_fields(const PodStatus*, Self& s, Visitor& v) {
  v("Phase", "phase", s.phase, {.go_type = "v1.PodPhase"});
  v("Conditions", "conditions", s.conditions, {});
  v("Message", "message", s.message, {});
  v("Reason", "reason", s.reason, {});
  v("NominatedNodeName", "nominatedNodeName", s.nominated_node_name, {});
  v("HostIP", "hostIP", s.host_ip, {});
  v("HostIPs", "hostIPs", s.host_ips, {});
  v("PodIP", "podIP", s.pod_ip, {});
  v("PodIPs", "podIPs", s.pod_ips, {});
  v("StartTime", "startTime", s.start_time, {});
  v("InitContainerStatuses", "initContainerStatuses", s.init_container_statuses, {});
  v("ContainerStatuses", "containerStatuses", s.container_statuses, {});
  v("QOSClass", "qosClass", s.qos_class, {.go_type = "v1.PodQOSClass"});
  v("EphemeralContainerStatuses", "ephemeralContainerStatuses", s.ephemeral_container_statuses, {});
  v.dropped("Resize", "resize", "v1.PodResizeStatus");
  v.dropped("ResourceClaimStatuses", "resourceClaimStatuses", "[]v1.PodResourceClaimStatus");
}

template <>
constexpr std::string_view go_struct_name<ReplicaSetCondition>() {
  return "ReplicaSetCondition";
}
template <class Self, class Visitor>
void visit_fields(const ReplicaSetCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.ReplicaSetConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<ReplicaSetSpec>() {
  return "ReplicaSetSpec";
}
template <class Self, class Visitor>
void visit_fields(const ReplicaSetSpec*, Self& s, Visitor& v) {
  v("Replicas", "replicas", s.replicas, {});
  v("MinReadySeconds", "minReadySeconds", s.min_ready_seconds, {});
  v("Selector", "selector", s.selector, {.always = true});
  v("Template", "template", s.pod_template, {});
}

template <>
constexpr std::string_view go_struct_name<ReplicaSetStatus>() {
  return "ReplicaSetStatus";
}
template <class Self, class Visitor>
void visit_fields(const ReplicaSetStatus*, Self& s, Visitor& v) {
  v("Replicas", "replicas", s.replicas, {.always = true});
  v("FullyLabeledReplicas", "fullyLabeledReplicas", s.fully_labeled_replicas, {});
  v("ReadyReplicas", "readyReplicas", s.ready_replicas, {});
  v("AvailableReplicas", "availableReplicas", s.available_replicas, {});
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("Conditions", "conditions", s.conditions, {});
}

template <>
constexpr std::string_view go_struct_name<RollingUpdateDeployment>() {
  return "RollingUpdateDeployment";
}
template <class Self, class Visitor>
void visit_fields(const RollingUpdateDeployment*, Self& s, Visitor& v) {
  v("MaxUnavailable", "maxUnavailable", s.max_unavailable, {});
  v("MaxSurge", "maxSurge", s.max_surge, {});
}

template <>
constexpr std::string_view go_struct_name<DeploymentStrategy>() {
  return "DeploymentStrategy";
}
template <class Self, class Visitor>
void visit_fields(const DeploymentStrategy*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.DeploymentStrategyType"});
  v("RollingUpdate", "rollingUpdate", s.rolling_update, {});
}

template <>
constexpr std::string_view go_struct_name<DeploymentSpec>() {
  return "DeploymentSpec";
}
template <class Self, class Visitor>
void visit_fields(const DeploymentSpec*, Self& s, Visitor& v) {
  v("Replicas", "replicas", s.replicas, {});
  v("Selector", "selector", s.selector, {.always = true});
  v("Template", "template", s.pod_template, {});
  v("Strategy", "strategy", s.strategy, {});
  v("MinReadySeconds", "minReadySeconds", s.min_ready_seconds, {});
  v("RevisionHistoryLimit", "revisionHistoryLimit", s.revision_history_limit, {});
  v("Paused", "paused", s.paused, {});
  v("ProgressDeadlineSeconds", "progressDeadlineSeconds", s.progress_deadline_seconds, {});
}

template <>
constexpr std::string_view go_struct_name<DeploymentCondition>() {
  return "DeploymentCondition";
}
template <class Self, class Visitor>
void visit_fields(const DeploymentCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.DeploymentConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastUpdateTime", "lastUpdateTime", s.last_update_time, {.always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<DeploymentStatus>() {
  return "DeploymentStatus";
}
template <class Self, class Visitor>
void visit_fields(const DeploymentStatus*, Self& s, Visitor& v) {
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("Replicas", "replicas", s.replicas, {});
  v("UpdatedReplicas", "updatedReplicas", s.updated_replicas, {});
  v("ReadyReplicas", "readyReplicas", s.ready_replicas, {});
  v("AvailableReplicas", "availableReplicas", s.available_replicas, {});
  v("UnavailableReplicas", "unavailableReplicas", s.unavailable_replicas, {});
  v("Conditions", "conditions", s.conditions, {});
  v("CollisionCount", "collisionCount", s.collision_count, {});
}

template <>
constexpr std::string_view go_struct_name<NamespaceSpec>() {
  return "NamespaceSpec";
}
template <class Self, class Visitor>
void visit_fields(const NamespaceSpec*, Self& s, Visitor& v) {
  v("Finalizers", "finalizers", s.finalizers, {});
}

template <>
constexpr std::string_view go_struct_name<NamespaceCondition>() {
  return "NamespaceCondition";
}
template <class Self, class Visitor>
void visit_fields(const NamespaceCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.NamespaceConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<NamespaceStatus>() {
  return "NamespaceStatus";
}
template <class Self, class Visitor>
void visit_fields(const NamespaceStatus*, Self& s, Visitor& v) {
  v("Phase", "phase", s.phase, {});
  v("Conditions", "conditions", s.conditions, {});
}

template <>
constexpr std::string_view go_struct_name<Taint>() {
  return "Taint";
}
template <class Self, class Visitor>
void visit_fields(const Taint*, Self& s, Visitor& v) {
  v("Key", "key", s.key, {.always = true});
  v("Value", "value", s.value, {});
  v("Effect", "effect", s.effect, {.go_type = "v1.TaintEffect", .always = true});
  v("TimeAdded", "timeAdded", s.time_added, {});
}

template <>
constexpr std::string_view go_struct_name<NodeSpec>() {
  return "NodeSpec";
}
template <class Self, class Visitor>
void visit_fields(const NodeSpec*, Self& s, Visitor& v) {
  v("PodCIDR", "podCIDR", s.pod_cidr, {});
  v("PodCIDRs", "podCIDRs", s.pod_cidrs, {});
  v("ProviderID", "providerID", s.provider_id, {});
  v("Unschedulable", "unschedulable", s.unschedulable, {});
  v("Taints", "taints", s.taints, {});
  v.dropped("ConfigSource", "configSource", "*v1.NodeConfigSource");
  v.dropped("DoNotUseExternalID", "externalID", "string");
}

template <>
constexpr std::string_view go_struct_name<NodeCondition>() {
  return "NodeCondition";
}
template <class Self, class Visitor>
void visit_fields(const NodeCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.NodeConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastHeartbeatTime", "lastHeartbeatTime", s.last_heartbeat_time, {.always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<NodeAddress>() {
  return "NodeAddress";
}
template <class Self, class Visitor>
void visit_fields(const NodeAddress*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.always = true});
  v("Address", "address", s.address, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<DaemonEndpoint>() {
  return "DaemonEndpoint";
}
template <class Self, class Visitor>
void visit_fields(const DaemonEndpoint*, Self& s, Visitor& v) {
  v("Port", "Port", s.port, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<NodeDaemonEndpoints>() {
  return "NodeDaemonEndpoints";
}
template <class Self, class Visitor>
void visit_fields(const NodeDaemonEndpoints*, Self& s, Visitor& v) {
  v("KubeletEndpoint", "kubeletEndpoint", s.kubelet_endpoint, {});
}

template <>
constexpr std::string_view go_struct_name<NodeSystemInfo>() {
  return "NodeSystemInfo";
}
template <class Self, class Visitor>
void visit_fields(const NodeSystemInfo*, Self& s, Visitor& v) {
  v("MachineID", "machineID", s.machine_id, {.always = true});
  v("SystemUUID", "systemUUID", s.system_uuid, {.always = true});
  v("BootID", "bootID", s.boot_id, {.always = true});
  v("KernelVersion", "kernelVersion", s.kernel_version, {.always = true});
  v("OSImage", "osImage", s.os_image, {.always = true});
  v("ContainerRuntimeVersion", "containerRuntimeVersion", s.container_runtime_version,
    {.always = true});
  v("KubeletVersion", "kubeletVersion", s.kubelet_version, {.always = true});
  v("KubeProxyVersion", "kubeProxyVersion", s.kube_proxy_version, {.always = true});
  v("OperatingSystem", "operatingSystem", s.operating_system, {.always = true});
  v("Architecture", "architecture", s.architecture, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<ContainerImage>() {
  return "ContainerImage";
}
template <class Self, class Visitor>
void visit_fields(const ContainerImage*, Self& s, Visitor& v) {
  v("Names", "names", s.names, {.always = true});
  v("SizeBytes", "sizeBytes", s.size_bytes, {});
}

template <>
constexpr std::string_view go_struct_name<AttachedVolume>() {
  return "AttachedVolume";
}
template <class Self, class Visitor>
void visit_fields(const AttachedVolume*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.always = true});
  v("DevicePath", "devicePath", s.device_path, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<NodeStatus>() {
  return "NodeStatus";
}
template <class Self, class Visitor>
void visit_fields(const NodeStatus*, Self& s, Visitor& v) {
  v("Capacity", "capacity", s.capacity, {});
  v("Allocatable", "allocatable", s.allocatable, {});
  v("Phase", "phase", s.phase, {});
  v("Conditions", "conditions", s.conditions, {});
  v("Addresses", "addresses", s.addresses, {});
  v("DaemonEndpoints", "daemonEndpoints", s.daemon_endpoints, {});
  v("NodeInfo", "nodeInfo", s.node_info, {});
  v("Images", "images", s.images, {});
  v("VolumesInUse", "volumesInUse", s.volumes_in_use, {});
  v("VolumesAttached", "volumesAttached", s.volumes_attached, {});
  v.dropped("Config", "config", "*v1.NodeConfigStatus");
  v.dropped("RuntimeHandlers", "runtimeHandlers", "[]v1.NodeRuntimeHandler");
}

template <>
constexpr std::string_view go_struct_name<ObjectReference>() {
  return "ObjectReference";
}
template <class Self, class Visitor>
void visit_fields(const ObjectReference*, Self& s, Visitor& v) {
  v("Kind", "kind", s.kind, {});
  v("Namespace", "namespace", s.ns, {});
  v("Name", "name", s.name, {});
  v("UID", "uid", s.uid, {.go_type = "types.UID"});
  v("APIVersion", "apiVersion", s.api_version, {});
  v("ResourceVersion", "resourceVersion", s.resource_version, {});
  v("FieldPath", "fieldPath", s.field_path, {});
}

template <>
constexpr std::string_view go_struct_name<EventSource>() {
  return "EventSource";
}
template <class Self, class Visitor>
void visit_fields(const EventSource*, Self& s, Visitor& v) {
  v("Component", "component", s.component, {});
  v("Host", "host", s.host, {});
}

template <>
constexpr std::string_view go_struct_name<EventSeries>() {
  return "EventSeries";
}
template <class Self, class Visitor>
void visit_fields(const EventSeries*, Self& s, Visitor& v) {
  v("Count", "count", s.count, {});
  v("LastObservedTime", "lastObservedTime", s.last_observed_time, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<LeaseSpec>() {
  return "LeaseSpec";
}
template <class Self, class Visitor>
void visit_fields(const LeaseSpec*, Self& s, Visitor& v) {
  v("HolderIdentity", "holderIdentity", s.holder_identity, {});
  v("LeaseDurationSeconds", "leaseDurationSeconds", s.lease_duration_seconds, {});
  v("AcquireTime", "acquireTime", s.acquire_time, {});
  v("RenewTime", "renewTime", s.renew_time, {});
  v("LeaseTransitions", "leaseTransitions", s.lease_transitions, {});
}

template <>
constexpr std::string_view go_struct_name<Namespace>() {
  return "Namespace";
}
template <class Self, class Visitor>
void visit_fields(const Namespace*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<Node>() {
  return "Node";
}
template <class Self, class Visitor>
void visit_fields(const Node*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<Pod>() {
  return "Pod";
}
template <class Self, class Visitor>
void visit_fields(const Pod*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<ReplicaSet>() {
  return "ReplicaSet";
}
template <class Self, class Visitor>
void visit_fields(const ReplicaSet*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<Deployment>() {
  return "Deployment";
}
template <class Self, class Visitor>
void visit_fields(const Deployment*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<ConfigMap>() {
  return "ConfigMap";
}
template <class Self, class Visitor>
void visit_fields(const ConfigMap*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Immutable", "immutable", s.immutable, {});
  v("Data", "data", s.data, {});
  v("BinaryData", "binaryData", s.binary_data, {.go_type = "[]uint8"});
}

template <>
constexpr std::string_view go_struct_name<ServiceAccount>() {
  return "ServiceAccount";
}
template <class Self, class Visitor>
void visit_fields(const ServiceAccount*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Secrets", "secrets", s.secrets, {});
  v("ImagePullSecrets", "imagePullSecrets", s.image_pull_secrets, {});
  v("AutomountServiceAccountToken", "automountServiceAccountToken",
    s.automount_service_account_token, {});
}

template <>
constexpr std::string_view go_struct_name<Event>() {
  return "Event";
}
template <class Self, class Visitor>
void visit_fields(const Event*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("InvolvedObject", "involvedObject", s.involved_object, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
  v("Source", "source", s.source, {});
  v("FirstTimestamp", "firstTimestamp", s.first_timestamp, {.always = true});
  v("LastTimestamp", "lastTimestamp", s.last_timestamp, {.always = true});
  v("Count", "count", s.count, {});
  v("Type", "type", s.type, {});
  v("EventTime", "eventTime", s.event_time, {.always = true});
  v("Series", "series", s.series, {});
  v("Action", "action", s.action, {});
  v("Related", "related", s.related, {});
  v("ReportingController", "reportingComponent", s.reporting_component, {.always = true});
  v("ReportingInstance", "reportingInstance", s.reporting_instance, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<Lease>() {
  return "Lease";
}
template <class Self, class Visitor>
void visit_fields(const Lease*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
}

/// Visits the fields of `object` (const or not) in the API's order.
template <class T, class Visitor>
void visit(T& object, Visitor& visitor) {
  visit_fields(static_cast<const std::remove_const_t<T>*>(nullptr), object, visitor);
}

}  // namespace sim
