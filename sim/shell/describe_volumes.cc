// Volumes in `kubectl describe`: those of a pod and the source of a PersistentVolume.
// k8s 1.32 kubectl/pkg/describe: describeVolumes, describePersistentVolume
#include <algorithm>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/storage_types.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

constexpr std::size_t kMaxAttribute = 140;  // maxAnnotationLen

std::string boolean(std::optional<bool> value) { return value.value_or(false) ? "true" : "false"; }

/// As Go prints a list of strings.
std::string list_text(const std::vector<Str>& words) {
  return fmt::format("[{}]", fmt::join(words, " "));
}

std::string secret_text(const Box<LocalObjectReference>& secret) {
  return secret ? fmt::format("&LocalObjectReference{{Name:{},}}", secret->name) : "nil";
}
std::string secret_text(const Box<SecretReference>& secret) {
  return secret ? fmt::format("&SecretReference{{Name:{},Namespace:{},}}", secret->name, secret->ns)
                : "nil";
}

/// The lines of one source.
class Lines {
 public:
  explicit Lines(std::string& out) : out_(out) {}

  void type(std::string_view text) { add("Type", text); }
  void add(std::string_view name, std::string_view text) {
    out_ += fmt::format("    {}:\t{}\n", name, text);
  }
  void add(std::string_view name, std::optional<bool> value) { add(name, boolean(value)); }
  void add(std::string_view name, bool value) { add(name, boolean(value)); }
  void add(std::string_view name, std::int32_t value) { add(name, std::to_string(value)); }
  void add(std::string_view name, const char* text) { add(name, std::string_view(text)); }
  void raw(std::string_view text) { out_ += text; }

 private:
  std::string& out_;
};

void show(Lines& lines, const HostPathVolumeSource& source) {
  lines.type("HostPath (bare host directory volume)");
  lines.add("Path", source.path);
  lines.add("HostPathType", source.type ? source.type->view() : "<none>");
}

void show(Lines& lines, const GCEPersistentDiskVolumeSource& source) {
  lines.type("GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)");
  lines.add("PDName", source.pd_name);
  lines.add("FSType", source.fs_type);
  lines.add("Partition", source.partition);
  lines.add("ReadOnly", source.read_only);
}

void show(Lines& lines, const AWSElasticBlockStoreVolumeSource& source) {
  lines.type("AWSElasticBlockStore (a Persistent Disk resource in AWS)");
  lines.add("VolumeID", source.volume_id);
  lines.add("FSType", source.fs_type);
  lines.add("Partition", source.partition);
  lines.add("ReadOnly", source.read_only);
}

void show(Lines& lines, const NFSVolumeSource& source) {
  lines.type("NFS (an NFS mount that lasts the lifetime of a pod)");
  lines.add("Server", source.server);
  lines.add("Path", source.path);
  lines.add("ReadOnly", source.read_only);
}

template <class Source>
void show_iscsi(Lines& lines, const Source& source) {
  lines.type(
      "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed "
      "to the pod)");
  lines.add("TargetPortal", source.target_portal);
  lines.add("IQN", source.iqn);
  lines.add("Lun", source.lun);
  lines.raw(fmt::format("    ISCSIInterface\t{}\n", source.iscsi_interface));
  lines.add("FSType", source.fs_type);
  lines.add("ReadOnly", source.read_only);
  lines.add("Portals", list_text(source.portals));
  lines.add("DiscoveryCHAPAuth", source.chap_auth_discovery);
  lines.add("SessionCHAPAuth", source.chap_auth_session);
  lines.add("SecretRef", secret_text(source.secret_ref));
  lines.add("InitiatorName", source.initiator_name.value_or("<none>"));
}
void show(Lines& lines, const ISCSIVolumeSource& source) { show_iscsi(lines, source); }
void show(Lines& lines, const ISCSIPersistentVolumeSource& source) { show_iscsi(lines, source); }

constexpr std::string_view kGlusterfs =
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)";
void show(Lines& lines, const GlusterfsVolumeSource& source) {
  lines.type(kGlusterfs);
  lines.add("EndpointsName", source.endpoints);
  lines.add("Path", source.path);
  lines.add("ReadOnly", source.read_only);
}
void show(Lines& lines, const GlusterfsPersistentVolumeSource& source) {
  lines.type(kGlusterfs);
  lines.add("EndpointsName", source.endpoints);
  lines.add("EndpointsNamespace", source.endpoints_namespace.value_or("<unset>"));
  lines.add("Path", source.path);
  lines.add("ReadOnly", source.read_only);
}

template <class Source>
void show_rbd(Lines& lines, const Source& source) {
  lines.type("RBD (a Rados Block Device mount on the host that shares a pod's lifetime)");
  lines.add("CephMonitors", list_text(source.monitors));
  lines.add("RBDImage", source.image);
  lines.add("FSType", source.fs_type);
  lines.add("RBDPool", source.pool);
  lines.add("RadosUser", source.user);
  lines.add("Keyring", source.keyring);
  lines.add("SecretRef", secret_text(source.secret_ref));
  lines.add("ReadOnly", source.read_only);
}
void show(Lines& lines, const RBDVolumeSource& source) { show_rbd(lines, source); }
void show(Lines& lines, const RBDPersistentVolumeSource& source) { show_rbd(lines, source); }

void show(Lines& lines, const QuobyteVolumeSource& source) {
  lines.type("Quobyte (a Quobyte mount on the host that shares a pod's lifetime)");
  lines.add("Registry", source.registry);
  lines.add("Volume", source.volume);
  lines.add("ReadOnly", source.read_only);
}

void show(Lines& lines, const VsphereVirtualDiskVolumeSource& source) {
  lines.type("vSphereVolume (a Persistent Disk resource in vSphere)");
  lines.add("VolumePath", source.volume_path);
  lines.add("FSType", source.fs_type);
  lines.add("StoragePolicyName", source.storage_policy_name);
}

template <class Source>
void show_cinder(Lines& lines, const Source& source) {
  lines.type("Cinder (a Persistent Disk resource in OpenStack)");
  lines.add("VolumeID", source.volume_id);
  lines.add("FSType", source.fs_type);
  lines.add("ReadOnly", source.read_only);
  lines.add("SecretRef", secret_text(source.secret_ref));
}
void show(Lines& lines, const CinderVolumeSource& source) { show_cinder(lines, source); }
void show(Lines& lines, const CinderPersistentVolumeSource& source) { show_cinder(lines, source); }

void show(Lines& lines, const AzureDiskVolumeSource& source) {
  lines.type("AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)");
  lines.add("DiskName", source.disk_name);
  lines.add("DiskURI", source.disk_uri);
  lines.add("Kind", source.kind.value_or(Str()));
  lines.add("FSType", source.fs_type.value_or(Str()));
  lines.add("CachingMode", source.caching_mode.value_or(Str()));
  lines.add("ReadOnly", source.read_only);
}

void show(Lines& lines, const PhotonPersistentDiskVolumeSource& source) {
  lines.type("PhotonPersistentDisk (a Persistent Disk resource in photon platform)");
  lines.add("PdID", source.pd_id);
  lines.add("FSType", source.fs_type);
}

void show(Lines& lines, const PortworxVolumeSource& source) {
  lines.type("PortworxVolume (a Portworx Volume resource)");
  lines.add("VolumeID", source.volume_id);
}

template <class Source>
void show_scale_io(Lines& lines, const Source& source) {
  lines.type("ScaleIO (a persistent volume backed by a block device in ScaleIO)");
  lines.add("Gateway", source.gateway);
  lines.add("System", source.system);
  lines.add("Protection Domain", source.protection_domain);
  lines.add("Storage Pool", source.storage_pool);
  lines.add("Storage Mode", source.storage_mode);
  lines.add("VolumeName", source.volume_name);
  lines.add("FSType", source.fs_type);
  lines.add("ReadOnly", source.read_only);
}
void show(Lines& lines, const ScaleIOVolumeSource& source) { show_scale_io(lines, source); }
void show(Lines& lines, const ScaleIOPersistentVolumeSource& source) {
  show_scale_io(lines, source);
}

void show(Lines& lines, const LocalVolumeSource& source) {
  lines.type("LocalVolume (a persistent volume backed by local storage on a node)");
  lines.add("Path", source.path);
}

template <class Source>
void show_cephfs(Lines& lines, const Source& source) {
  lines.type("CephFS (a CephFS mount on the host that shares a pod's lifetime)");
  lines.add("Monitors", list_text(source.monitors));
  lines.add("Path", source.path);
  lines.add("User", source.user);
  lines.add("SecretFile", source.secret_file);
  lines.add("SecretRef", secret_text(source.secret_ref));
  lines.add("ReadOnly", source.read_only);
}
void show(Lines& lines, const CephFSVolumeSource& source) { show_cephfs(lines, source); }
void show(Lines& lines, const CephFSPersistentVolumeSource& source) { show_cephfs(lines, source); }

template <class Source>
void show_storageos(Lines& lines, const Source& source) {
  lines.type("StorageOS (a StorageOS Persistent Disk resource)");
  lines.add("VolumeName", source.volume_name);
  lines.add("VolumeNamespace", source.volume_namespace);
  lines.add("FSType", source.fs_type);
  lines.add("ReadOnly", source.read_only);
}
void show(Lines& lines, const StorageOSVolumeSource& source) { show_storageos(lines, source); }
void show(Lines& lines, const StorageOSPersistentVolumeSource& source) {
  show_storageos(lines, source);
}

void show(Lines& lines, const FCVolumeSource& source) {
  lines.type("FC (a Fibre Channel disk)");
  lines.add("TargetWWNs", fmt::format("{}", fmt::join(source.target_wwns, ", ")));
  lines.add("LUN", source.lun ? std::to_string(*source.lun) : "<none>");
  lines.add("FSType", source.fs_type);
  lines.add("ReadOnly", source.read_only);
}

constexpr std::string_view kAzureFile =
    "AzureFile (an Azure File Service mount on the host and bind mount to the pod)";
void show(Lines& lines, const AzureFileVolumeSource& source) {
  lines.type(kAzureFile);
  lines.add("SecretName", source.secret_name);
  lines.add("ShareName", source.share_name);
  lines.add("ReadOnly", source.read_only);
}
void show(Lines& lines, const AzureFilePersistentVolumeSource& source) {
  lines.type(kAzureFile);
  lines.add("SecretName", source.secret_name);
  lines.add("SecretNamespace", source.secret_namespace.value_or(Str()));
  lines.add("ShareName", source.share_name);
  lines.add("ReadOnly", source.read_only);
}

template <class Source>
void show_flex(Lines& lines, const Source& source) {
  lines.type(
      "FlexVolume (a generic volume resource that is provisioned/attached using an exec based "
      "plugin)");
  lines.add("Driver", source.driver);
  lines.add("FSType", source.fs_type);
  lines.add("SecretRef", secret_text(source.secret_ref));
  lines.add("ReadOnly", source.read_only);
  std::string options;
  for (const auto& [key, value] : source.options) {
    options += fmt::format("{}{}:{}", options.empty() ? "" : " ", key, value);
  }
  lines.add("Options", fmt::format("map[{}]", options));
}
void show(Lines& lines, const FlexVolumeSource& source) { show_flex(lines, source); }
void show(Lines& lines, const FlexPersistentVolumeSource& source) { show_flex(lines, source); }

void show(Lines& lines, const FlockerVolumeSource& source) {
  lines.type("Flocker (a Flocker volume mounted by the Flocker agent)");
  lines.add("DatasetName", source.dataset_name);
  lines.add("DatasetUUID", source.dataset_uuid);
}

/// Each piece is written with the indent of its level, in the midst of a line too.
void show_attributes(Lines& lines, const StringMap& attributes) {
  lines.raw("    VolumeAttributes:\t");
  if (attributes.empty()) return lines.raw("<none>\n");
  bool first = true;
  for (const auto& [key, value] : attributes) {
    if (!first) lines.raw("        \t");
    first = false;
    std::string line = fmt::format("{}={}", key, value);
    if (line.size() > kMaxAttribute) line = line.substr(0, kMaxAttribute) + "...";
    lines.raw(fmt::format("    {}\n", line));
  }
}

constexpr std::string_view kCsi = "CSI (a Container Storage Interface (CSI) volume source)";
void show(Lines& lines, const CSIVolumeSource& source) {
  lines.type(kCsi);
  lines.add("Driver", source.driver);
  lines.add("FSType", source.fs_type.value_or(Str()));
  lines.add("ReadOnly", source.read_only);
  show_attributes(lines, source.volume_attributes);
}
void show(Lines& lines, const CSIPersistentVolumeSource& source) {
  lines.type(kCsi);
  lines.add("Driver", source.driver);
  lines.add("FSType", source.fs_type);
  lines.add("VolumeHandle", source.volume_handle);
  lines.add("ReadOnly", source.read_only);
  show_attributes(lines, source.volume_attributes);
}

// ---- what only pods have ----

void show(Lines& lines, const EmptyDirVolumeSource& source) {
  lines.type("EmptyDir (a temporary directory that shares a pod's lifetime)");
  lines.add("Medium", source.medium);
  const std::optional<Quantity>& limit = source.size_limit;
  lines.add("SizeLimit", limit && !limit->is_zero() ? limit->text() : "<unset>");
}

void show(Lines& lines, const GitRepoVolumeSource& source) {
  lines.type("GitRepo (a volume that is pulled from git when the pod is created)");
  lines.add("Repository", source.repository);
  lines.add("Revision", source.revision);
}

void show(Lines& lines, const SecretVolumeSource& source) {
  lines.type("Secret (a volume populated by a Secret)");
  lines.add("SecretName", source.secret_name);
  lines.add("Optional", source.optional);
}

void show(Lines& lines, const ConfigMapVolumeSource& source) {
  lines.type("ConfigMap (a volume populated by a ConfigMap)");
  lines.add("Name", source.local_object_reference.name);
  lines.add("Optional", source.optional);
}

void show(Lines& lines, const PersistentVolumeClaimVolumeSource& source) {
  lines.type(
      "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
  lines.add("ClaimName", source.claim_name);
  lines.add("ReadOnly", source.read_only);
}

void show(Lines& lines, const DownwardAPIVolumeSource& source) {
  lines.type("DownwardAPI (a volume populated by information about the pod)");
  lines.raw("    Items:\n");
  for (const DownwardAPIVolumeFile& item : source.items) {
    if (item.field_ref) {
      lines.raw(fmt::format("      {} -> {}\n", item.field_ref->field_path, item.path));
    }
    if (item.resource_field_ref) {
      lines.raw(fmt::format("      {} -> {}\n", item.resource_field_ref->resource, item.path));
    }
  }
}

void show(Lines& lines, const ProjectedVolumeSource& projected) {
  lines.type("Projected (a volume that contains injected data from multiple sources)");
  const auto optional = [](std::optional<bool> value) {
    return value ? (*value ? "true" : "false") : "<nil>";
  };
  for (const VolumeProjection& source : projected.sources) {
    if (source.secret) {
      lines.add("SecretName", source.secret->local_object_reference.name);
      lines.add("SecretOptionalName", optional(source.secret->optional));
    } else if (source.downward_api) {
      lines.add("DownwardAPI", "true");
    } else if (source.config_map) {
      lines.add("ConfigMapName", source.config_map->local_object_reference.name);
      lines.add("ConfigMapOptional", optional(source.config_map->optional));
    } else if (source.service_account_token) {
      lines.add("TokenExpirationSeconds",
                std::to_string(source.service_account_token->expiration_seconds.value_or(3600)));
    }
  }
}

/// A claim inside a pod is written like a claim, each piece of it behind four spaces more.
void show_nested(Lines& lines, std::string_view title, const std::vector<std::string>& values) {
  lines.raw(fmt::format("    {}:\t    {}\n", title, values.empty() ? "<none>" : values.front()));
  for (std::size_t i = 1; i < values.size(); ++i) {
    lines.raw(fmt::format("        \t    {}\n", values[i]));
  }
}

void show(Lines& lines, const EphemeralVolumeSource& source) {
  lines.type(
      "EphemeralVolume (an inline specification for a volume that gets created and deleted with "
      "the pod)");
  if (!source.volume_claim_template) return;
  const PersistentVolumeClaimTemplate& claim = *source.volume_claim_template;
  std::vector<std::string> labels;
  for (const auto& [key, value] : claim.meta.labels) {
    labels.push_back(fmt::format("{}={}", key, value));
  }
  std::vector<std::string> notes;
  for (const auto& [key, value] : claim.meta.annotations) {
    notes.push_back(fmt::format("{}: {}", key, value));
  }
  lines.add("StorageClass", claim.spec.storage_class_name.value_or(Str()));
  lines.add("Volume", claim.spec.volume_name);
  show_nested(lines, "Labels", labels);
  show_nested(lines, "Annotations", notes);
  lines.add("Capacity", "");
  lines.add("Access Modes", "");
  if (claim.spec.volume_mode) lines.add("VolumeMode", *claim.spec.volume_mode);
  if (!claim.spec.data_source) return;
  const TypedLocalObjectReference& from = *claim.spec.data_source;
  lines.raw("    DataSource:\n");
  if (from.api_group) lines.add("  APIGroup", *from.api_group);
  lines.add("  Kind", from.kind);
  lines.add("  Name", from.name);
}

/// Shows the first of several sources that is there.
class FirstOf {
 public:
  explicit FirstOf(std::string& out) : lines_(out) {}
  template <class Source>
  FirstOf& or_else(const Box<Source>& source) {
    if (!shown_ && source) {
      shown_ = true;
      show(lines_, *source);
    }
    return *this;
  }
  bool shown() const { return shown_; }

 private:
  Lines lines_;
  bool shown_ = false;
};

}  // namespace

void describe_volumes(std::string& out, const std::vector<Volume>& volumes,
                      std::string_view indent) {
  if (volumes.empty()) {
    out += fmt::format("{}Volumes:\t<none>\n", indent);
    return;
  }
  out += fmt::format("{}Volumes:\n", indent);
  const std::string_view name_indent = indent.empty() ? "  " : "   ";
  for (const Volume& volume : volumes) {
    out += fmt::format("{}{}:\n", name_indent, volume.name);
    const VolumeSource& source = volume.volume_source;
    FirstOf first(out);
    first.or_else(source.host_path).or_else(source.empty_dir).or_else(source.gce_persistent_disk);
    first.or_else(source.aws_elastic_block_store).or_else(source.git_repo).or_else(source.secret);
    first.or_else(source.config_map).or_else(source.nfs).or_else(source.iscsi);
    first.or_else(source.glusterfs).or_else(source.persistent_volume_claim);
    first.or_else(source.ephemeral).or_else(source.rbd).or_else(source.quobyte);
    first.or_else(source.downward_api).or_else(source.azure_disk).or_else(source.vsphere_volume);
    first.or_else(source.cinder).or_else(source.photon_persistent_disk);
    first.or_else(source.portworx_volume).or_else(source.scale_io).or_else(source.cephfs);
    first.or_else(source.storageos).or_else(source.fc).or_else(source.azure_file);
    first.or_else(source.flex_volume).or_else(source.flocker).or_else(source.projected);
    first.or_else(source.csi);
    if (!first.shown()) out += "  <unknown>\n";
  }
}

void describe_source(std::string& out, const PersistentVolumeSource& source) {
  FirstOf first(out);
  first.or_else(source.host_path).or_else(source.gce_persistent_disk);
  first.or_else(source.aws_elastic_block_store).or_else(source.nfs).or_else(source.iscsi);
  first.or_else(source.glusterfs).or_else(source.rbd).or_else(source.quobyte);
  first.or_else(source.vsphere_volume).or_else(source.cinder).or_else(source.azure_disk);
  first.or_else(source.photon_persistent_disk).or_else(source.portworx_volume);
  first.or_else(source.scale_io).or_else(source.local).or_else(source.cephfs);
  first.or_else(source.storageos).or_else(source.fc).or_else(source.azure_file);
  first.or_else(source.flex_volume).or_else(source.flocker).or_else(source.csi);
  if (!first.shown()) out += "    <unknown>\n";
}

}  // namespace sim::kubectl
