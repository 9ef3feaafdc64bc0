// Pods as the Kubernetes 1.30 core/v1 API has them: every field, in the API's order, so that what a
// person writes is kept and shown again even where podsight does not act on it. Field names are the
// JSON names in snake_case (`namespace` is `ns`, `operator` is `op`, `template` is `pod_template`).
// A
// `*T` of the API is optional<T> for scalars and Box<T> for structs. The order of fields also
// decides the pod-template-hash: see sim/model/go_text.h. JSON names and Go types stand in
// sim/model/fields.h. k8s 1.30 api/core/v1: types.go
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/base/box.h"
#include "sim/base/str.h"
#include "sim/base/string_map.h"
#include "sim/base/time.h"
#include "sim/model/meta.h"
#include "sim/model/quantity.h"

namespace sim {

struct HostPathVolumeSource {
  Str path;
  std::optional<Str> type;
  friend bool operator==(const HostPathVolumeSource&, const HostPathVolumeSource&) = default;
};

struct EmptyDirVolumeSource {
  Str medium;
  std::optional<Quantity> size_limit;
  friend bool operator==(const EmptyDirVolumeSource&, const EmptyDirVolumeSource&) = default;
};

struct GCEPersistentDiskVolumeSource {
  Str pd_name;
  Str fs_type;
  std::int32_t partition = 0;
  bool read_only = false;
  friend bool operator==(const GCEPersistentDiskVolumeSource&,
                         const GCEPersistentDiskVolumeSource&) = default;
};

struct AWSElasticBlockStoreVolumeSource {
  Str volume_id;
  Str fs_type;
  std::int32_t partition = 0;
  bool read_only = false;
  friend bool operator==(const AWSElasticBlockStoreVolumeSource&,
                         const AWSElasticBlockStoreVolumeSource&) = default;
};

struct GitRepoVolumeSource {
  Str repository;
  Str revision;
  Str directory;
  friend bool operator==(const GitRepoVolumeSource&, const GitRepoVolumeSource&) = default;
};

struct KeyToPath {
  Str key;
  Str path;
  std::optional<std::int32_t> mode;
  friend bool operator==(const KeyToPath&, const KeyToPath&) = default;
};

struct SecretVolumeSource {
  Str secret_name;
  std::vector<KeyToPath> items;
  std::optional<std::int32_t> default_mode;
  std::optional<bool> optional;
  friend bool operator==(const SecretVolumeSource&, const SecretVolumeSource&) = default;
};

struct NFSVolumeSource {
  Str server;
  Str path;
  bool read_only = false;
  friend bool operator==(const NFSVolumeSource&, const NFSVolumeSource&) = default;
};

struct LocalObjectReference {
  Str name;
  friend bool operator==(const LocalObjectReference&, const LocalObjectReference&) = default;
};

struct ISCSIVolumeSource {
  Str target_portal;
  Str iqn;
  std::int32_t lun = 0;
  Str iscsi_interface;
  Str fs_type;
  bool read_only = false;
  std::vector<Str> portals;
  bool chap_auth_discovery = false;
  bool chap_auth_session = false;
  Box<LocalObjectReference> secret_ref;
  std::optional<Str> initiator_name;
  friend bool operator==(const ISCSIVolumeSource&, const ISCSIVolumeSource&) = default;
};

struct GlusterfsVolumeSource {
  Str endpoints;
  Str path;
  bool read_only = false;
  friend bool operator==(const GlusterfsVolumeSource&, const GlusterfsVolumeSource&) = default;
};

struct PersistentVolumeClaimVolumeSource {
  Str claim_name;
  bool read_only = false;
  friend bool operator==(const PersistentVolumeClaimVolumeSource&,
                         const PersistentVolumeClaimVolumeSource&) = default;
};

struct RBDVolumeSource {
  std::vector<Str> monitors;
  Str image;
  Str fs_type;
  Str pool;
  Str user;
  Str keyring;
  Box<LocalObjectReference> secret_ref;
  bool read_only = false;
  friend bool operator==(const RBDVolumeSource&, const RBDVolumeSource&) = default;
};

struct FlexVolumeSource {
  Str driver;
  Str fs_type;
  Box<LocalObjectReference> secret_ref;
  bool read_only = false;
  StringMap options;
  friend bool operator==(const FlexVolumeSource&, const FlexVolumeSource&) = default;
};

struct CinderVolumeSource {
  Str volume_id;
  Str fs_type;
  bool read_only = false;
  Box<LocalObjectReference> secret_ref;
  friend bool operator==(const CinderVolumeSource&, const CinderVolumeSource&) = default;
};

struct CephFSVolumeSource {
  std::vector<Str> monitors;
  Str path;
  Str user;
  Str secret_file;
  Box<LocalObjectReference> secret_ref;
  bool read_only = false;
  friend bool operator==(const CephFSVolumeSource&, const CephFSVolumeSource&) = default;
};

struct FlockerVolumeSource {
  Str dataset_name;
  Str dataset_uuid;
  friend bool operator==(const FlockerVolumeSource&, const FlockerVolumeSource&) = default;
};

struct ObjectFieldSelector {
  Str api_version;
  Str field_path;
  friend bool operator==(const ObjectFieldSelector&, const ObjectFieldSelector&) = default;
};

struct ResourceFieldSelector {
  Str container_name;
  Str resource;
  Quantity divisor;
  friend bool operator==(const ResourceFieldSelector&, const ResourceFieldSelector&) = default;
};

struct DownwardAPIVolumeFile {
  Str path;
  Box<ObjectFieldSelector> field_ref;
  Box<ResourceFieldSelector> resource_field_ref;
  std::optional<std::int32_t> mode;
  friend bool operator==(const DownwardAPIVolumeFile&, const DownwardAPIVolumeFile&) = default;
};

struct DownwardAPIVolumeSource {
  std::vector<DownwardAPIVolumeFile> items;
  std::optional<std::int32_t> default_mode;
  friend bool operator==(const DownwardAPIVolumeSource&, const DownwardAPIVolumeSource&) = default;
};

struct FCVolumeSource {
  std::vector<Str> target_wwns;
  std::optional<std::int32_t> lun;
  Str fs_type;
  bool read_only = false;
  std::vector<Str> wwids;
  friend bool operator==(const FCVolumeSource&, const FCVolumeSource&) = default;
};

struct AzureFileVolumeSource {
  Str secret_name;
  Str share_name;
  bool read_only = false;
  friend bool operator==(const AzureFileVolumeSource&, const AzureFileVolumeSource&) = default;
};

struct ConfigMapVolumeSource {
  LocalObjectReference local_object_reference;
  std::vector<KeyToPath> items;
  std::optional<std::int32_t> default_mode;
  std::optional<bool> optional;
  friend bool operator==(const ConfigMapVolumeSource&, const ConfigMapVolumeSource&) = default;
};

struct VsphereVirtualDiskVolumeSource {
  Str volume_path;
  Str fs_type;
  Str storage_policy_name;
  Str storage_policy_id;
  friend bool operator==(const VsphereVirtualDiskVolumeSource&,
                         const VsphereVirtualDiskVolumeSource&) = default;
};

struct QuobyteVolumeSource {
  Str registry;
  Str volume;
  bool read_only = false;
  Str user;
  Str group;
  Str tenant;
  friend bool operator==(const QuobyteVolumeSource&, const QuobyteVolumeSource&) = default;
};

struct AzureDiskVolumeSource {
  Str disk_name;
  Str disk_uri;
  std::optional<Str> caching_mode;
  std::optional<Str> fs_type;
  std::optional<bool> read_only;
  std::optional<Str> kind;
  friend bool operator==(const AzureDiskVolumeSource&, const AzureDiskVolumeSource&) = default;
};

struct PhotonPersistentDiskVolumeSource {
  Str pd_id;
  Str fs_type;
  friend bool operator==(const PhotonPersistentDiskVolumeSource&,
                         const PhotonPersistentDiskVolumeSource&) = default;
};

struct SecretProjection {
  LocalObjectReference local_object_reference;
  std::vector<KeyToPath> items;
  std::optional<bool> optional;
  friend bool operator==(const SecretProjection&, const SecretProjection&) = default;
};

struct DownwardAPIProjection {
  std::vector<DownwardAPIVolumeFile> items;
  friend bool operator==(const DownwardAPIProjection&, const DownwardAPIProjection&) = default;
};

struct ConfigMapProjection {
  LocalObjectReference local_object_reference;
  std::vector<KeyToPath> items;
  std::optional<bool> optional;
  friend bool operator==(const ConfigMapProjection&, const ConfigMapProjection&) = default;
};

struct ServiceAccountTokenProjection {
  Str audience;
  std::optional<std::int64_t> expiration_seconds;
  Str path;
  friend bool operator==(const ServiceAccountTokenProjection&,
                         const ServiceAccountTokenProjection&) = default;
};

struct LabelSelectorRequirement {
  Str key;
  Str op;
  std::vector<Str> values;
  friend bool operator==(const LabelSelectorRequirement&,
                         const LabelSelectorRequirement&) = default;
};

struct LabelSelector {
  StringMap match_labels;
  std::vector<LabelSelectorRequirement> match_expressions;
  friend bool operator==(const LabelSelector&, const LabelSelector&) = default;
};

struct ClusterTrustBundleProjection {
  std::optional<Str> name;
  std::optional<Str> signer_name;
  Box<LabelSelector> label_selector;
  std::optional<bool> optional;
  Str path;
  friend bool operator==(const ClusterTrustBundleProjection&,
                         const ClusterTrustBundleProjection&) = default;
};

struct VolumeProjection {
  Box<SecretProjection> secret;
  Box<DownwardAPIProjection> downward_api;
  Box<ConfigMapProjection> config_map;
  Box<ServiceAccountTokenProjection> service_account_token;
  Box<ClusterTrustBundleProjection> cluster_trust_bundle;
  friend bool operator==(const VolumeProjection&, const VolumeProjection&) = default;
};

struct ProjectedVolumeSource {
  std::vector<VolumeProjection> sources;
  std::optional<std::int32_t> default_mode;
  friend bool operator==(const ProjectedVolumeSource&, const ProjectedVolumeSource&) = default;
};

struct PortworxVolumeSource {
  Str volume_id;
  Str fs_type;
  bool read_only = false;
  friend bool operator==(const PortworxVolumeSource&, const PortworxVolumeSource&) = default;
};

struct ScaleIOVolumeSource {
  Str gateway;
  Str system;
  Box<LocalObjectReference> secret_ref;
  bool ssl_enabled = false;
  Str protection_domain;
  Str storage_pool;
  Str storage_mode;
  Str volume_name;
  Str fs_type;
  bool read_only = false;
  friend bool operator==(const ScaleIOVolumeSource&, const ScaleIOVolumeSource&) = default;
};

struct StorageOSVolumeSource {
  Str volume_name;
  Str volume_namespace;
  Str fs_type;
  bool read_only = false;
  Box<LocalObjectReference> secret_ref;
  friend bool operator==(const StorageOSVolumeSource&, const StorageOSVolumeSource&) = default;
};

struct CSIVolumeSource {
  Str driver;
  std::optional<bool> read_only;
  std::optional<Str> fs_type;
  StringMap volume_attributes;
  Box<LocalObjectReference> node_publish_secret_ref;
  friend bool operator==(const CSIVolumeSource&, const CSIVolumeSource&) = default;
};

struct VolumeResourceRequirements {
  ResourceList limits;
  ResourceList requests;
  friend bool operator==(const VolumeResourceRequirements&,
                         const VolumeResourceRequirements&) = default;
};

struct TypedLocalObjectReference {
  std::optional<Str> api_group;
  Str kind;
  Str name;
  friend bool operator==(const TypedLocalObjectReference&,
                         const TypedLocalObjectReference&) = default;
};

struct TypedObjectReference {
  std::optional<Str> api_group;
  Str kind;
  Str name;
  std::optional<Str> ns;
  friend bool operator==(const TypedObjectReference&, const TypedObjectReference&) = default;
};

struct PersistentVolumeClaimSpec {
  std::vector<Str> access_modes;
  Box<LabelSelector> selector;
  VolumeResourceRequirements resources;
  Str volume_name;
  std::optional<Str> storage_class_name;
  std::optional<Str> volume_mode;
  Box<TypedLocalObjectReference> data_source;
  Box<TypedObjectReference> data_source_ref;
  std::optional<Str> volume_attributes_class_name;
  friend bool operator==(const PersistentVolumeClaimSpec&,
                         const PersistentVolumeClaimSpec&) = default;
};

struct PersistentVolumeClaimTemplate {
  ObjectMeta meta;
  PersistentVolumeClaimSpec spec;
  friend bool operator==(const PersistentVolumeClaimTemplate&,
                         const PersistentVolumeClaimTemplate&) = default;
};

struct EphemeralVolumeSource {
  Box<PersistentVolumeClaimTemplate> volume_claim_template;
  friend bool operator==(const EphemeralVolumeSource&, const EphemeralVolumeSource&) = default;
};

struct VolumeSource {
  Box<HostPathVolumeSource> host_path;
  Box<EmptyDirVolumeSource> empty_dir;
  Box<GCEPersistentDiskVolumeSource> gce_persistent_disk;
  Box<AWSElasticBlockStoreVolumeSource> aws_elastic_block_store;
  Box<GitRepoVolumeSource> git_repo;
  Box<SecretVolumeSource> secret;
  Box<NFSVolumeSource> nfs;
  Box<ISCSIVolumeSource> iscsi;
  Box<GlusterfsVolumeSource> glusterfs;
  Box<PersistentVolumeClaimVolumeSource> persistent_volume_claim;
  Box<RBDVolumeSource> rbd;
  Box<FlexVolumeSource> flex_volume;
  Box<CinderVolumeSource> cinder;
  Box<CephFSVolumeSource> cephfs;
  Box<FlockerVolumeSource> flocker;
  Box<DownwardAPIVolumeSource> downward_api;
  Box<FCVolumeSource> fc;
  Box<AzureFileVolumeSource> azure_file;
  Box<ConfigMapVolumeSource> config_map;
  Box<VsphereVirtualDiskVolumeSource> vsphere_volume;
  Box<QuobyteVolumeSource> quobyte;
  Box<AzureDiskVolumeSource> azure_disk;
  Box<PhotonPersistentDiskVolumeSource> photon_persistent_disk;
  Box<ProjectedVolumeSource> projected;
  Box<PortworxVolumeSource> portworx_volume;
  Box<ScaleIOVolumeSource> scale_io;
  Box<StorageOSVolumeSource> storageos;
  Box<CSIVolumeSource> csi;
  Box<EphemeralVolumeSource> ephemeral;
  friend bool operator==(const VolumeSource&, const VolumeSource&) = default;
};

struct Volume {
  Str name;
  VolumeSource volume_source;
  friend bool operator==(const Volume&, const Volume&) = default;
};

struct ContainerPort {
  Str name;
  std::int32_t host_port = 0;
  std::int32_t container_port = 0;
  Str protocol;
  Str host_ip;
  friend bool operator==(const ContainerPort&, const ContainerPort&) = default;
};

struct ConfigMapEnvSource {
  LocalObjectReference local_object_reference;
  std::optional<bool> optional;
  friend bool operator==(const ConfigMapEnvSource&, const ConfigMapEnvSource&) = default;
};

struct SecretEnvSource {
  LocalObjectReference local_object_reference;
  std::optional<bool> optional;
  friend bool operator==(const SecretEnvSource&, const SecretEnvSource&) = default;
};

struct EnvFromSource {
  Str prefix;
  Box<ConfigMapEnvSource> config_map_ref;
  Box<SecretEnvSource> secret_ref;
  friend bool operator==(const EnvFromSource&, const EnvFromSource&) = default;
};

struct ConfigMapKeySelector {
  LocalObjectReference local_object_reference;
  Str key;
  std::optional<bool> optional;
  friend bool operator==(const ConfigMapKeySelector&, const ConfigMapKeySelector&) = default;
};

struct SecretKeySelector {
  LocalObjectReference local_object_reference;
  Str key;
  std::optional<bool> optional;
  friend bool operator==(const SecretKeySelector&, const SecretKeySelector&) = default;
};

struct EnvVarSource {
  Box<ObjectFieldSelector> field_ref;
  Box<ResourceFieldSelector> resource_field_ref;
  Box<ConfigMapKeySelector> config_map_key_ref;
  Box<SecretKeySelector> secret_key_ref;
  friend bool operator==(const EnvVarSource&, const EnvVarSource&) = default;
};

struct EnvVar {
  Str name;
  Str value;
  Box<EnvVarSource> value_from;
  friend bool operator==(const EnvVar&, const EnvVar&) = default;
};

struct ResourceClaim {
  Str name;
  friend bool operator==(const ResourceClaim&, const ResourceClaim&) = default;
};

struct ResourceRequirements {
  ResourceList limits;
  ResourceList requests;
  std::vector<ResourceClaim> claims;
  friend bool operator==(const ResourceRequirements&, const ResourceRequirements&) = default;
};

struct ContainerResizePolicy {
  Str resource_name;
  Str restart_policy;
  friend bool operator==(const ContainerResizePolicy&, const ContainerResizePolicy&) = default;
};

struct VolumeMount {
  Str name;
  bool read_only = false;
  std::optional<Str> recursive_read_only;
  Str mount_path;
  Str sub_path;
  std::optional<Str> mount_propagation;
  Str sub_path_expr;
  friend bool operator==(const VolumeMount&, const VolumeMount&) = default;
};

struct VolumeDevice {
  Str name;
  Str device_path;
  friend bool operator==(const VolumeDevice&, const VolumeDevice&) = default;
};

struct ExecAction {
  std::vector<Str> command;
  friend bool operator==(const ExecAction&, const ExecAction&) = default;
};

struct HTTPHeader {
  Str name;
  Str value;
  friend bool operator==(const HTTPHeader&, const HTTPHeader&) = default;
};

struct HTTPGetAction {
  Str path;
  IntOrString port;
  Str host;
  Str scheme;
  std::vector<HTTPHeader> http_headers;
  friend bool operator==(const HTTPGetAction&, const HTTPGetAction&) = default;
};

struct TCPSocketAction {
  IntOrString port;
  Str host;
  friend bool operator==(const TCPSocketAction&, const TCPSocketAction&) = default;
};

struct GRPCAction {
  std::int32_t port = 0;
  std::optional<Str> service;
  friend bool operator==(const GRPCAction&, const GRPCAction&) = default;
};

struct ProbeHandler {
  Box<ExecAction> exec;
  Box<HTTPGetAction> http_get;
  Box<TCPSocketAction> tcp_socket;
  Box<GRPCAction> grpc;
  friend bool operator==(const ProbeHandler&, const ProbeHandler&) = default;
};

struct Probe {
  ProbeHandler probe_handler;
  std::int32_t initial_delay_seconds = 0;
  std::int32_t timeout_seconds = 0;
  std::int32_t period_seconds = 0;
  std::int32_t success_threshold = 0;
  std::int32_t failure_threshold = 0;
  std::optional<std::int64_t> termination_grace_period_seconds;
  friend bool operator==(const Probe&, const Probe&) = default;
};

struct SleepAction {
  std::int64_t seconds = 0;
  friend bool operator==(const SleepAction&, const SleepAction&) = default;
};

struct LifecycleHandler {
  Box<ExecAction> exec;
  Box<HTTPGetAction> http_get;
  Box<TCPSocketAction> tcp_socket;
  Box<SleepAction> sleep;
  friend bool operator==(const LifecycleHandler&, const LifecycleHandler&) = default;
};

struct Lifecycle {
  Box<LifecycleHandler> post_start;
  Box<LifecycleHandler> pre_stop;
  friend bool operator==(const Lifecycle&, const Lifecycle&) = default;
};

struct Capabilities {
  std::vector<Str> add;
  std::vector<Str> drop;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

struct SELinuxOptions {
  Str user;
  Str role;
  Str type;
  Str level;
  friend bool operator==(const SELinuxOptions&, const SELinuxOptions&) = default;
};

struct WindowsSecurityContextOptions {
  std::optional<Str> gmsa_credential_spec_name;
  std::optional<Str> gmsa_credential_spec;
  std::optional<Str> run_as_user_name;
  std::optional<bool> host_process;
  friend bool operator==(const WindowsSecurityContextOptions&,
                         const WindowsSecurityContextOptions&) = default;
};

struct SeccompProfile {
  Str type;
  std::optional<Str> localhost_profile;
  friend bool operator==(const SeccompProfile&, const SeccompProfile&) = default;
};

struct AppArmorProfile {
  Str type;
  std::optional<Str> localhost_profile;
  friend bool operator==(const AppArmorProfile&, const AppArmorProfile&) = default;
};

struct SecurityContext {
  Box<Capabilities> capabilities;
  std::optional<bool> privileged;
  Box<SELinuxOptions> se_linux_options;
  Box<WindowsSecurityContextOptions> windows_options;
  std::optional<std::int64_t> run_as_user;
  std::optional<std::int64_t> run_as_group;
  std::optional<bool> run_as_non_root;
  std::optional<bool> read_only_root_filesystem;
  std::optional<bool> allow_privilege_escalation;
  std::optional<Str> proc_mount;
  Box<SeccompProfile> seccomp_profile;
  Box<AppArmorProfile> app_armor_profile;
  friend bool operator==(const SecurityContext&, const SecurityContext&) = default;
};

struct Container {
  Str name;
  Str image;
  std::vector<Str> command;
  std::vector<Str> args;
  Str working_dir;
  std::vector<ContainerPort> ports;
  std::vector<EnvFromSource> env_from;
  std::vector<EnvVar> env;
  ResourceRequirements resources;
  std::vector<ContainerResizePolicy> resize_policy;
  std::optional<Str> restart_policy;
  std::vector<VolumeMount> volume_mounts;
  std::vector<VolumeDevice> volume_devices;
  Box<Probe> liveness_probe;
  Box<Probe> readiness_probe;
  Box<Probe> startup_probe;
  Box<Lifecycle> lifecycle;
  Str termination_message_path;
  Str termination_message_policy;
  Str image_pull_policy;
  Box<SecurityContext> security_context;
  bool stdin = false;
  bool stdin_once = false;
  bool tty = false;
  friend bool operator==(const Container&, const Container&) = default;
};

struct EphemeralContainerCommon {
  Str name;
  Str image;
  std::vector<Str> command;
  std::vector<Str> args;
  Str working_dir;
  std::vector<ContainerPort> ports;
  std::vector<EnvFromSource> env_from;
  std::vector<EnvVar> env;
  ResourceRequirements resources;
  std::vector<ContainerResizePolicy> resize_policy;
  std::optional<Str> restart_policy;
  std::vector<VolumeMount> volume_mounts;
  std::vector<VolumeDevice> volume_devices;
  Box<Probe> liveness_probe;
  Box<Probe> readiness_probe;
  Box<Probe> startup_probe;
  Box<Lifecycle> lifecycle;
  Str termination_message_path;
  Str termination_message_policy;
  Str image_pull_policy;
  Box<SecurityContext> security_context;
  bool stdin = false;
  bool stdin_once = false;
  bool tty = false;
  friend bool operator==(const EphemeralContainerCommon&,
                         const EphemeralContainerCommon&) = default;
};

struct EphemeralContainer {
  EphemeralContainerCommon ephemeral_container_common;
  Str target_container_name;
  friend bool operator==(const EphemeralContainer&, const EphemeralContainer&) = default;
};

struct Sysctl {
  Str name;
  Str value;
  friend bool operator==(const Sysctl&, const Sysctl&) = default;
};

struct PodSecurityContext {
  Box<SELinuxOptions> se_linux_options;
  Box<WindowsSecurityContextOptions> windows_options;
  std::optional<std::int64_t> run_as_user;
  std::optional<std::int64_t> run_as_group;
  std::optional<bool> run_as_non_root;
  std::vector<std::int64_t> supplemental_groups;
  std::optional<std::int64_t> fs_group;
  std::vector<Sysctl> sysctls;
  std::optional<Str> fs_group_change_policy;
  Box<SeccompProfile> seccomp_profile;
  Box<AppArmorProfile> app_armor_profile;
  friend bool operator==(const PodSecurityContext&, const PodSecurityContext&) = default;
};

struct NodeSelectorRequirement {
  Str key;
  Str op;
  std::vector<Str> values;
  friend bool operator==(const NodeSelectorRequirement&, const NodeSelectorRequirement&) = default;
};

struct NodeSelectorTerm {
  std::vector<NodeSelectorRequirement> match_expressions;
  std::vector<NodeSelectorRequirement> match_fields;
  friend bool operator==(const NodeSelectorTerm&, const NodeSelectorTerm&) = default;
};

struct NodeSelector {
  std::vector<NodeSelectorTerm> node_selector_terms;
  friend bool operator==(const NodeSelector&, const NodeSelector&) = default;
};

struct PreferredSchedulingTerm {
  std::int32_t weight = 0;
  NodeSelectorTerm preference;
  friend bool operator==(const PreferredSchedulingTerm&, const PreferredSchedulingTerm&) = default;
};

struct NodeAffinity {
  Box<NodeSelector> required_during_scheduling_ignored_during_execution;
  std::vector<PreferredSchedulingTerm> preferred_during_scheduling_ignored_during_execution;
  friend bool operator==(const NodeAffinity&, const NodeAffinity&) = default;
};

struct PodAffinityTerm {
  Box<LabelSelector> label_selector;
  std::vector<Str> namespaces;
  Str topology_key;
  Box<LabelSelector> namespace_selector;
  std::vector<Str> match_label_keys;
  std::vector<Str> mismatch_label_keys;
  friend bool operator==(const PodAffinityTerm&, const PodAffinityTerm&) = default;
};

struct WeightedPodAffinityTerm {
  std::int32_t weight = 0;
  PodAffinityTerm pod_affinity_term;
  friend bool operator==(const WeightedPodAffinityTerm&, const WeightedPodAffinityTerm&) = default;
};

struct PodAffinity {
  std::vector<PodAffinityTerm> required_during_scheduling_ignored_during_execution;
  std::vector<WeightedPodAffinityTerm> preferred_during_scheduling_ignored_during_execution;
  friend bool operator==(const PodAffinity&, const PodAffinity&) = default;
};

struct PodAntiAffinity {
  std::vector<PodAffinityTerm> required_during_scheduling_ignored_during_execution;
  std::vector<WeightedPodAffinityTerm> preferred_during_scheduling_ignored_during_execution;
  friend bool operator==(const PodAntiAffinity&, const PodAntiAffinity&) = default;
};

struct Affinity {
  Box<NodeAffinity> node_affinity;
  Box<PodAffinity> pod_affinity;
  Box<PodAntiAffinity> pod_anti_affinity;
  friend bool operator==(const Affinity&, const Affinity&) = default;
};

struct Toleration {
  Str key;
  Str op;
  Str value;
  Str effect;
  std::optional<std::int64_t> toleration_seconds;
  friend bool operator==(const Toleration&, const Toleration&) = default;
};

struct HostAlias {
  Str ip;
  std::vector<Str> hostnames;
  friend bool operator==(const HostAlias&, const HostAlias&) = default;
};

struct PodDNSConfigOption {
  Str name;
  std::optional<Str> value;
  friend bool operator==(const PodDNSConfigOption&, const PodDNSConfigOption&) = default;
};

struct PodDNSConfig {
  std::vector<Str> nameservers;
  std::vector<Str> searches;
  std::vector<PodDNSConfigOption> options;
  friend bool operator==(const PodDNSConfig&, const PodDNSConfig&) = default;
};

struct PodReadinessGate {
  Str condition_type;
  friend bool operator==(const PodReadinessGate&, const PodReadinessGate&) = default;
};

struct TopologySpreadConstraint {
  std::int32_t max_skew = 0;
  Str topology_key;
  Str when_unsatisfiable;
  Box<LabelSelector> label_selector;
  std::optional<std::int32_t> min_domains;
  std::optional<Str> node_affinity_policy;
  std::optional<Str> node_taints_policy;
  std::vector<Str> match_label_keys;
  friend bool operator==(const TopologySpreadConstraint&,
                         const TopologySpreadConstraint&) = default;
};

struct PodOS {
  Str name;
  friend bool operator==(const PodOS&, const PodOS&) = default;
};

struct PodSchedulingGate {
  Str name;
  friend bool operator==(const PodSchedulingGate&, const PodSchedulingGate&) = default;
};

struct ClaimSource {
  std::optional<Str> resource_claim_name;
  std::optional<Str> resource_claim_template_name;
  friend bool operator==(const ClaimSource&, const ClaimSource&) = default;
};

struct PodResourceClaim {
  Str name;
  ClaimSource source;
  friend bool operator==(const PodResourceClaim&, const PodResourceClaim&) = default;
};

struct PodSpec {
  std::vector<Volume> volumes;
  std::vector<Container> init_containers;
  std::vector<Container> containers;
  std::vector<EphemeralContainer> ephemeral_containers;
  Str restart_policy;
  std::optional<std::int64_t> termination_grace_period_seconds;
  std::optional<std::int64_t> active_deadline_seconds;
  Str dns_policy;
  StringMap node_selector;
  Str service_account_name;
  Str service_account;
  std::optional<bool> automount_service_account_token;
  Str node_name;
  bool host_network = false;
  bool host_pid = false;
  bool host_ipc = false;
  std::optional<bool> share_process_namespace;
  Box<PodSecurityContext> security_context;
  std::vector<LocalObjectReference> image_pull_secrets;
  Str hostname;
  Str subdomain;
  Box<Affinity> affinity;
  Str scheduler_name;
  std::vector<Toleration> tolerations;
  std::vector<HostAlias> host_aliases;
  Str priority_class_name;
  std::optional<std::int32_t> priority;
  Box<PodDNSConfig> dns_config;
  std::vector<PodReadinessGate> readiness_gates;
  std::optional<Str> runtime_class_name;
  std::optional<bool> enable_service_links;
  std::optional<Str> preemption_policy;
  ResourceList overhead;
  std::vector<TopologySpreadConstraint> topology_spread_constraints;
  std::optional<bool> set_hostname_as_fqdn;
  Box<PodOS> os;
  std::optional<bool> host_users;
  std::vector<PodSchedulingGate> scheduling_gates;
  std::vector<PodResourceClaim> resource_claims;
  friend bool operator==(const PodSpec&, const PodSpec&) = default;
};

struct PodTemplateSpec {
  ObjectMeta meta;
  PodSpec spec;
  friend bool operator==(const PodTemplateSpec&, const PodTemplateSpec&) = default;
};

struct PodCondition {
  Str type;
  Str status;
  std::optional<Time> last_probe_time;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const PodCondition&, const PodCondition&) = default;
};

struct PodIP {
  Str ip;
  friend bool operator==(const PodIP&, const PodIP&) = default;
};

struct HostIP {
  Str ip;
  friend bool operator==(const HostIP&, const HostIP&) = default;
};

struct ContainerStateWaiting {
  Str reason;
  Str message;
  friend bool operator==(const ContainerStateWaiting&, const ContainerStateWaiting&) = default;
};

struct ContainerStateRunning {
  std::optional<Time> started_at;
  friend bool operator==(const ContainerStateRunning&, const ContainerStateRunning&) = default;
};

struct ContainerStateTerminated {
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  Str reason;
  Str message;
  std::optional<Time> started_at;
  std::optional<Time> finished_at;
  Str container_id;
  friend bool operator==(const ContainerStateTerminated&,
                         const ContainerStateTerminated&) = default;
};

struct ContainerState {
  Box<ContainerStateWaiting> waiting;
  Box<ContainerStateRunning> running;
  Box<ContainerStateTerminated> terminated;
  friend bool operator==(const ContainerState&, const ContainerState&) = default;
};

struct ContainerStatus {
  Str name;
  ContainerState state;
  ContainerState last_state;
  bool ready = false;
  std::int32_t restart_count = 0;
  Str image;
  Str image_id;
  Str container_id;
  std::optional<bool> started;
  friend bool operator==(const ContainerStatus&, const ContainerStatus&) = default;
};

struct PodStatus {
  Str phase;
  std::vector<PodCondition> conditions;
  Str message;
  Str reason;
  Str nominated_node_name;
  Str host_ip;
  std::vector<HostIP> host_ips;
  Str pod_ip;
  std::vector<PodIP> pod_ips;
  std::optional<Time> start_time;
  std::vector<ContainerStatus> init_container_statuses;
  std::vector<ContainerStatus> container_statuses;
  Str qos_class;
  std::vector<ContainerStatus> ephemeral_container_statuses;
  friend bool operator==(const PodStatus&, const PodStatus&) = default;
};

struct Pod : Object {
  static constexpr Kind kKind = Kind::Pod;
  Pod() : Object(kKind) {}
  Str node_name;          // spec.nodeName: apart from `spec`, which pods of one template share
  Str api_access_volume;  // "kube-api-access-xxxxx", or empty: see full_spec()
  Box<PodSpec> spec;
  PodStatus status;
  friend bool operator==(const Pod&, const Pod&) = default;
};

}  // namespace sim
