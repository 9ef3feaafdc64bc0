#include <algorithm>
#include <optional>
#include <set>

#include "sim/base/format.h"
#include "sim/base/regex.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

constexpr std::string_view kModeRange =
    "must be a number between 0 and 0777 (octal), both inclusive";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

void check_set(FieldErrors& errors, const FieldPath& path, std::string_view value) {
  if (value.empty()) errors.required(path);
}

void check_mode(FieldErrors& errors, const FieldPath& path,
                const std::optional<std::int32_t>& mode) {
  if (mode && (*mode < 0 || *mode > 0777)) errors.invalid(path, *mode, kModeRange);
}

void check_range(FieldErrors& errors, const FieldPath& path, std::int64_t value, std::int64_t low,
                 std::int64_t high) {
  if (value < low || value > high) errors.invalid(path, value, range_error(low, high));
}

void check_secret_name(FieldErrors& errors, const FieldPath& path,
                       const Box<LocalObjectReference>& secret) {
  if (secret) check_set(errors, path.child("secretRef.name"), secret->name);
}

// k8s 1.30 pkg/apis/core/validation: validateKeyToPath
void check_key_to_path(FieldErrors& errors, const FieldPath& path, const KeyToPath& item) {
  check_set(errors, path.child("key"), item.key);
  check_set(errors, path.child("path"), item.path);
  check_not_reserved_path(errors, path.child("path"), item.path);
  check_mode(errors, path.child("mode"), item.mode);
}

void check_items(FieldErrors& errors, const FieldPath& path, const std::vector<KeyToPath>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    check_key_to_path(errors, path.index(i), items[i]);
  }
}

// k8s 1.30 pkg/apis/core/validation: validateHostPathVolumeSource
void check_source(FieldErrors& errors, const FieldPath& path, const HostPathVolumeSource& source) {
  const FieldPath at = path.child("path");
  if (source.path.empty()) return errors.required(at);
  if (climbs(source.path)) errors.invalid(at, source.path, "must not contain '..'");
  if (source.type &&
      !is_one_of(*source.type, {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate",
                                "File", "FileOrCreate", "Socket"})) {
    errors.not_supported(path.child("type"), *source.type,
                         {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File",
                          "FileOrCreate", "Socket"});
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const GitRepoVolumeSource& source) {
  check_set(errors, path.child("repository"), source.repository);
  check_descending_path(errors, path.child("directory"), source.directory);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const GCEPersistentDiskVolumeSource& source) {
  check_set(errors, path.child("pdName"), source.pd_name);
  if (source.partition < 0 || source.partition > 255) {
    errors.invalid(path.child("partition"), source.partition, range_error(1, 255));
  }
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const AWSElasticBlockStoreVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
  if (source.partition < 0 || source.partition > 255) {
    errors.invalid(path.child("partition"), source.partition, range_error(1, 255));
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const SecretVolumeSource& source) {
  check_set(errors, path.child("secretName"), source.secret_name);
  check_mode(errors, path.child("defaultMode"), source.default_mode);
  check_items(errors, path.child("items"), source.items);
}

void check_source(FieldErrors& errors, const FieldPath& path, const ConfigMapVolumeSource& source) {
  check_set(errors, path.child("name"), source.local_object_reference.name);
  check_mode(errors, path.child("defaultMode"), source.default_mode);
  check_items(errors, path.child("items"), source.items);
}

void check_source(FieldErrors& errors, const FieldPath& path, const NFSVolumeSource& source) {
  check_set(errors, path.child("server"), source.server);
  check_set(errors, path.child("path"), source.path);
  if (!starts_with(source.path, "/")) {
    errors.invalid(path.child("path"), source.path, "must be an absolute path");
  }
}

bool matches(std::string_view pattern, std::string_view text) {
  const std::optional<Regex> regex = Regex::compile(pattern, {true, false}, nullptr);
  return regex && regex->matches(text);
}

bool is_iscsi_name(std::string_view name) {
  if (starts_with(name, "iqn")) {
    return matches("iqn\\.[0-9]{4}-[0-9]{2}\\.([[:alnum:].-]+)(:[^][:space:],;*&$|]+)$", name);
  }
  if (starts_with(name, "eui")) return matches("^eui.[[:alnum:]]{16}$", name);
  return matches("^naa.[[:alnum:]]{32}$", name);
}

// k8s 1.30 pkg/apis/core/validation: validateISCSIVolumeSource
void check_iscsi_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (!starts_with(name, "iqn") && !starts_with(name, "eui") && !starts_with(name, "naa")) {
    errors.invalid(path, name, "must be valid format starting with iqn, eui, or naa");
  } else if (!is_iscsi_name(name)) {
    errors.invalid(path, name, "must be valid format");
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const ISCSIVolumeSource& source) {
  check_set(errors, path.child("targetPortal"), source.target_portal);
  if (source.iqn.empty()) {
    errors.required(path.child("iqn"));
  } else {
    check_iscsi_name(errors, path.child("iqn"), source.iqn);
  }
  check_range(errors, path.child("lun"), source.lun, 0, 255);
  if ((source.chap_auth_discovery || source.chap_auth_session) && !source.secret_ref) {
    errors.required(path.child("secretRef"));
  }
  if (source.initiator_name) {
    check_iscsi_name(errors, path.child("initiatorname"), *source.initiator_name);
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const GlusterfsVolumeSource& source) {
  check_set(errors, path.child("endpoints"), source.endpoints);
  check_set(errors, path.child("path"), source.path);
}

void check_source(FieldErrors& errors, const FieldPath& path, const FlockerVolumeSource& source) {
  if (source.dataset_name.empty() && source.dataset_uuid.empty()) {
    errors.required(path, "one of datasetName and datasetUUID is required");
  }
  if (!source.dataset_name.empty() && !source.dataset_uuid.empty()) {
    errors.invalid(path, "resource",
                   "datasetName and datasetUUID can not be specified simultaneously");
  }
  if (source.dataset_name.view().find('/') != std::string_view::npos) {
    errors.invalid(path.child("datasetName"), source.dataset_name, "must not contain '/'");
  }
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const PersistentVolumeClaimVolumeSource& source) {
  check_set(errors, path.child("claimName"), source.claim_name);
}

void check_source(FieldErrors& errors, const FieldPath& path, const RBDVolumeSource& source) {
  if (source.monitors.empty()) errors.required(path.child("monitors"));
  check_set(errors, path.child("image"), source.image);
}

void check_source(FieldErrors& errors, const FieldPath& path, const CinderVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
  check_secret_name(errors, path, source.secret_ref);
}

void check_source(FieldErrors& errors, const FieldPath& path, const CephFSVolumeSource& source) {
  if (source.monitors.empty()) errors.required(path.child("monitors"));
}

/// "host:port" or "[v6]:port".
bool is_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, colon);
  if (starts_with(host, "[")) return host.back() == ']' && host.find(']') == host.size() - 1;
  return host.find_first_of(":[]") == std::string_view::npos;
}

void check_source(FieldErrors& errors, const FieldPath& path, const QuobyteVolumeSource& source) {
  constexpr std::string_view kPairs =
      "must be a host:port pair or multiple pairs separated by commas";
  if (source.registry.empty()) {
    errors.required(path.child("registry"), kPairs);
  } else if (source.tenant.size() >= 65) {
    errors.required(path.child("tenant"),
                    "must be a UUID and may not exceed a length of 64 characters");
  } else {
    std::string_view rest = source.registry;
    for (;;) {
      const std::size_t comma = rest.find(',');
      if (!is_host_port(rest.substr(0, comma))) {
        errors.invalid(path.child("registry"), source.registry, kPairs);
      }
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  check_set(errors, path.child("volume"), source.volume);
}

// k8s 1.30 pkg/apis/core/validation: validateDownwardAPIVolumeFile
void check_downward_file(FieldErrors& errors, const FieldPath& path,
                         const DownwardAPIVolumeFile& file) {
  check_set(errors, path.child("path"), file.path);
  check_not_reserved_path(errors, path.child("path"), file.path);
  if (file.field_ref) {
    check_field_ref(errors, path.child("fieldRef"), *file.field_ref, true);
    if (file.resource_field_ref) {
      errors.invalid(path, "resource",
                     "fieldRef and resourceFieldRef can not be specified simultaneously");
    }
  } else if (file.resource_field_ref) {
    check_resource_ref(errors, path.child("resourceFieldRef"), *file.resource_field_ref, true);
  } else {
    errors.required(path, "one of fieldRef and resourceFieldRef is required");
  }
  check_mode(errors, path.child("mode"), file.mode);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const DownwardAPIVolumeSource& source) {
  check_mode(errors, path.child("defaultMode"), source.default_mode);
  for (const DownwardAPIVolumeFile& file : source.items) check_downward_file(errors, path, file);
}

void check_source(FieldErrors& errors, const FieldPath& path, const FCVolumeSource& source) {
  const FieldPath names = path.child("targetWWNs");
  if (source.target_wwns.empty() && source.wwids.empty()) {
    errors.required(names, "must specify either targetWWNs or wwids, but not both");
  }
  if (!source.target_wwns.empty() && !source.wwids.empty()) {
    errors.invalid_value(names, go_syntax(core_tree(source.target_wwns)),
                         "targetWWNs and wwids can not be specified simultaneously");
  }
  if (source.target_wwns.empty()) return;
  if (!source.lun) {
    errors.required(path.child("lun"), "lun is required if targetWWNs is specified");
  } else {
    check_range(errors, path.child("lun"), *source.lun, 0, 255);
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const FlexVolumeSource& source) {
  check_set(errors, path.child("driver"), source.driver);
  const FieldPath options = path.child("options");
  for (const auto& [key, value] : source.options) {
    std::string domain(key.view().substr(0, key.view().find('/')));
    for (char& c : domain) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    domain.insert(0, ".");
    const auto ends_with = [&](std::string_view end) {
      return domain.size() >= end.size() && domain.substr(domain.size() - end.size()) == end;
    };
    if (ends_with(".kubernetes.io") || ends_with(".k8s.io")) {
      errors.invalid(options.key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
    }
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const AzureFileVolumeSource& source) {
  check_set(errors, path.child("secretName"), source.secret_name);
  check_set(errors, path.child("shareName"), source.share_name);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const VsphereVirtualDiskVolumeSource& source) {
  check_set(errors, path.child("volumePath"), source.volume_path);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const PhotonPersistentDiskVolumeSource& source) {
  check_set(errors, path.child("pdID"), source.pd_id);
}

void check_source(FieldErrors& errors, const FieldPath& path, const PortworxVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
}

// k8s 1.30 pkg/apis/core/validation: validateAzureDisk
void check_source(FieldErrors& errors, const FieldPath& path, const AzureDiskVolumeSource& source) {
  check_set(errors, path.child("diskName"), source.disk_name);
  check_set(errors, path.child("diskURI"), source.disk_uri);
  if (source.caching_mode && !is_one_of(*source.caching_mode, {"None", "ReadOnly", "ReadWrite"})) {
    errors.not_supported(path.child("cachingMode"), *source.caching_mode,
                         {"None", "ReadOnly", "ReadWrite"});
  }
  if (!source.kind) return;
  if (!is_one_of(*source.kind, {"Dedicated", "Managed", "Shared"})) {
    errors.not_supported(path.child("kind"), *source.kind, {"Dedicated", "Managed", "Shared"});
  }
  if (*source.kind == "Managed" && !starts_with(source.disk_uri, "/subscriptions/")) {
    errors.not_supported(path.child("diskURI"), source.disk_uri,
                         {"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/"
                          "microsoft.compute/disks/{disk-id}"});
  }
  if (*source.kind != "Managed" && !starts_with(source.disk_uri, "https://")) {
    errors.not_supported(path.child("diskURI"), source.disk_uri,
                         {"https://{account-name}.blob.core.windows.net/{container-name}/"
                          "{disk-name}.vhd"});
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const StorageOSVolumeSource& source) {
  if (source.volume_name.empty()) {
    errors.required(path.child("volumeName"));
  } else {
    check_dns_label(errors, path.child("volumeName"), source.volume_name);
  }
  if (!source.volume_namespace.empty()) {
    check_dns_label(errors, path.child("volumeNamespace"), source.volume_namespace);
  }
  check_secret_name(errors, path, source.secret_ref);
}

void check_source(FieldErrors& errors, const FieldPath& path, const ScaleIOVolumeSource& source) {
  check_set(errors, path.child("gateway"), source.gateway);
  check_set(errors, path.child("system"), source.system);
  check_set(errors, path.child("volumeName"), source.volume_name);
}

// k8s 1.30 pkg/apis/core/validation: validateCSIVolumeSource, ValidateCSIDriverName
void check_source(FieldErrors& errors, const FieldPath& path, const CSIVolumeSource& source) {
  constexpr std::size_t kLongest = 63;
  const FieldPath driver = path.child("driver");
  check_set(errors, driver, source.driver);
  if (source.driver.size() > kLongest) errors.too_long(driver, kLongest);
  std::string lower = source.driver.str();
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  FieldErrors wrong;
  check_dns_subdomain(wrong, driver, lower);
  if (!wrong.empty()) check_dns_subdomain(errors, driver, source.driver);
  if (!source.node_publish_secret_ref) return;
  if (source.node_publish_secret_ref->name.empty()) {
    errors.required(path.child("nodePublishSecretRef.name"));
  } else {
    check_dns_subdomain(errors, path.child("name"), source.node_publish_secret_ref->name);
  }
}

// ---- projected ----

using Paths = std::set<std::string_view>;

void check_projected_items(FieldErrors& errors, const FieldPath& path, const FieldPath& volume,
                           const LocalObjectReference& source, const std::vector<KeyToPath>& items,
                           Paths& paths) {
  check_set(errors, path.child("name"), source.name);
  const FieldPath list = path.child("items");
  for (std::size_t i = 0; i < items.size(); ++i) {
    check_key_to_path(errors, list.index(i), items[i]);
    if (!items[i].path.empty() && !paths.insert(items[i].path).second) {
      errors.invalid(volume, source.name, "conflicting duplicate paths");
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateProjectionSources
void check_projection(FieldErrors& errors, const FieldPath& path, const FieldPath& volume,
                      const VolumeProjection& source, Paths& paths) {
  int kinds = 0;
  if (source.secret) {
    ++kinds;
    check_projected_items(errors, path.child("secret"), volume,
                          source.secret->local_object_reference, source.secret->items, paths);
  }
  if (source.config_map) {
    ++kinds;
    check_projected_items(errors, path.child("configMap"), volume,
                          source.config_map->local_object_reference, source.config_map->items,
                          paths);
  }
  if (source.downward_api) {
    ++kinds;
    const FieldPath at = path.child("downwardAPI");
    for (const DownwardAPIVolumeFile& file : source.downward_api->items) {
      check_downward_file(errors, at, file);
      if (!file.path.empty() && !paths.insert(file.path).second) {
        errors.invalid(volume, file.path, "conflicting duplicate paths");
      }
    }
  }
  if (source.service_account_token) {
    ++kinds;
    const ServiceAccountTokenProjection& token = *source.service_account_token;
    const FieldPath at = path.child("serviceAccountToken");
    const std::int64_t lifetime = token.expiration_seconds.value_or(0);
    if (lifetime < 600) {
      errors.invalid(at.child("expirationSeconds"), lifetime,
                     "may not specify a duration less than 10 minutes");
    }
    if (lifetime > (std::int64_t{1} << 32)) {
      errors.invalid(at.child("expirationSeconds"), lifetime,
                     "may not specify a duration larger than 2^32 seconds");
    }
    if (token.path.empty()) {
      errors.required(volume.child("path"));
    } else {
      check_not_reserved_path(errors, volume.child("path"), token.path);
    }
  }
  if (kinds > 1) errors.forbidden(path, "may not specify more than 1 volume type");
}

void check_source(FieldErrors& errors, const FieldPath& path, const ProjectedVolumeSource& source) {
  check_mode(errors, path.child("defaultMode"), source.default_mode);
  Paths paths;
  const FieldPath sources = path.child("sources");
  for (std::size_t i = 0; i < source.sources.size(); ++i) {
    check_projection(errors, sources.index(i), path, source.sources[i], paths);
  }
}

void check_source(FieldErrors& errors, const FieldPath& path, const EphemeralVolumeSource& source) {
  const FieldPath at = path.child("volumeClaimTemplate");
  if (!source.volume_claim_template) return errors.required(at);
  check_claim_template(errors, at, *source.volume_claim_template);
}

// ---- one volume ----

/// Takes the sources one by one: only the first is looked into.
class OneSource {
 public:
  OneSource(FieldErrors& errors, const FieldPath& path) : errors_(errors), path_(path) {}

  /// `name` is where a second source is refused, `place` where the source's own errors stand: the
  /// API server does not always use the same.
  template <class Source>
  bool look(const Box<Source>& source, std::string_view name, std::string_view place) {
    if (!source) return false;
    if (any_) {
      errors_.forbidden(path_.child(name), "may not specify more than 1 volume type");
      return false;
    }
    any_ = true;
    check_source(errors_, path_.child(place), *source);
    return true;
  }
  template <class Source>
  bool look(const Box<Source>& source, std::string_view name) {
    return look(source, name, name);
  }
  void take() { any_ = true; }
  bool any() const { return any_; }

 private:
  FieldErrors& errors_;
  const FieldPath& path_;
  bool any_ = false;
};

// k8s 1.30 pkg/apis/core/validation: validateVolumeSource
void check_volume_source(FieldErrors& errors, const FieldPath& path, const Volume& volume,
                         std::string_view pod_name) {
  const VolumeSource& source = volume.volume_source;
  OneSource one(errors, path);
  if (source.empty_dir) {
    one.take();
    if (source.empty_dir->size_limit && source.empty_dir->size_limit->is_negative()) {
      errors.forbidden(path.child("emptyDir.sizeLimit"),
                       "SizeLimit field must be a valid resource quantity");
    }
  }
  one.look(source.host_path, "hostPath");
  one.look(source.git_repo, "gitRepo");
  one.look(source.gce_persistent_disk, "gcePersistentDisk", "persistentDisk");
  one.look(source.aws_elastic_block_store, "awsElasticBlockStore");
  one.look(source.secret, "secret");
  one.look(source.nfs, "nfs");
  one.look(source.iscsi, "iscsi");
  if (source.iscsi && source.iscsi->initiator_name &&
      volume.name.size() + 1 + source.iscsi->target_portal.size() > 64) {
    errors.invalid(path.child("name"), volume.name,
                   "Total length of <volume name>:<iscsi.targetPortal> must be under 64 "
                   "characters if iscsi.initiatorName is specified.");
  }
  one.look(source.glusterfs, "glusterfs");
  one.look(source.flocker, "flocker");
  one.look(source.persistent_volume_claim, "persistentVolumeClaim");
  one.look(source.rbd, "rbd");
  one.look(source.cinder, "cinder");
  one.look(source.cephfs, "cephFS", "cephfs");
  one.look(source.quobyte, "quobyte");
  one.look(source.downward_api, "downwarAPI", "downwardAPI");
  one.look(source.fc, "fc");
  one.look(source.flex_volume, "flexVolume");
  one.look(source.config_map, "configMap");
  one.look(source.azure_file, "azureFile");
  one.look(source.vsphere_volume, "vsphereVolume");
  one.look(source.photon_persistent_disk, "photonPersistentDisk");
  one.look(source.portworx_volume, "portworxVolume");
  one.look(source.azure_disk, "azureDisk");
  one.look(source.storageos, "storageos");
  one.look(source.projected, "projected");
  one.look(source.scale_io, "scaleIO");
  one.look(source.csi, "csi");
  const bool claims = one.look(source.ephemeral, "ephemeral");
  if (claims && !pod_name.empty() && !volume.name.empty()) {
    const std::string claim = fmt::format("{}-{}", pod_name, volume.name);
    for (const std::string& message : dns1123_subdomain_errors(claim)) {
      errors.invalid(path.child("name"), volume.name,
                     fmt::format("PVC name \"{}\": {}", claim, message));
    }
  }
  if (!one.any()) errors.required(path, "must specify a volume type");
}

}  // namespace

bool VolumeNames::has(std::string_view name) const {
  return std::any_of(names.begin(), names.end(), [&](const auto& n) { return n.first == name; });
}

bool VolumeNames::is_claim(std::string_view name) const {
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& n) { return n.first == name && n.second; });
}

// k8s 1.30 pkg/apis/core/validation: ValidateVolumes
VolumeNames check_volumes(FieldErrors& errors, const FieldPath& path,
                          const std::vector<Volume>& volumes, std::string_view pod_name) {
  VolumeNames result;
  std::set<std::string> made;  // the claims that the pod's ephemeral volumes make
  if (!pod_name.empty()) {
    for (const Volume& volume : volumes) {
      if (volume.volume_source.ephemeral) made.insert(fmt::format("{}-{}", pod_name, volume.name));
    }
  }
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Volume& volume = volumes[i];
    const FieldPath at = path.index(i);
    const std::size_t before = errors.size();
    check_volume_source(errors, at, volume, pod_name);
    if (volume.name.empty()) {
      errors.required(at.child("name"));
    } else {
      check_dns_label(errors, at.child("name"), volume.name);
    }
    if (result.has(volume.name)) errors.duplicate(at.child("name"), volume.name);
    const Box<PersistentVolumeClaimVolumeSource>& claim =
        volume.volume_source.persistent_volume_claim;
    if (errors.size() == before) {
      result.names.emplace_back(volume.name, claim || volume.volume_source.ephemeral);
    }
    if (claim && made.count(claim->claim_name.str()) != 0) {
      errors.invalid(at.child("persistentVolumeClaim.claimName"), claim->claim_name,
                     "must not reference a PVC that gets created for an ephemeral volume");
    }
  }
  return result;
}

}  // namespace sim
