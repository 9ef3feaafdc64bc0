#include <algorithm>
#include <optional>
#include <set>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"
#include "sim/model/validate_sources.h"

namespace sim {
namespace {

constexpr std::string_view kModeRange =
    "must be a number between 0 and 0777 (octal), both inclusive";

void check_mode(FieldErrors& errors, const FieldPath& path,
                const std::optional<std::int32_t>& mode) {
  if (mode && (*mode < 0 || *mode > 0777)) errors.invalid(path, *mode, kModeRange);
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

void check_source(FieldErrors& errors, const FieldPath& path, const GitRepoVolumeSource& source) {
  check_set(errors, path.child("repository"), source.repository);
  check_descending_path(errors, path.child("directory"), source.directory);
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

void check_source(FieldErrors& errors, const FieldPath& path, const GlusterfsVolumeSource& source) {
  check_set(errors, path.child("endpoints"), source.endpoints);
  check_set(errors, path.child("path"), source.path);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const PersistentVolumeClaimVolumeSource& source) {
  check_set(errors, path.child("claimName"), source.claim_name);
}

void check_source(FieldErrors& errors, const FieldPath& path, const CinderVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
  check_secret_name(errors, path, source.secret_ref);
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

void check_source(FieldErrors& errors, const FieldPath& path, const AzureFileVolumeSource& source) {
  check_set(errors, path.child("secretName"), source.secret_name);
  check_set(errors, path.child("shareName"), source.share_name);
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

// k8s 1.30 pkg/apis/core/validation: validateCSIVolumeSource
void check_source(FieldErrors& errors, const FieldPath& path, const CSIVolumeSource& source) {
  check_csi_driver_name(errors, path.child("driver"), source.driver);
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

// k8s 1.30 pkg/apis/core/validation: validateVolumeSource
void check_volume_source(FieldErrors& errors, const FieldPath& path, const Volume& volume,
                         std::string_view pod_name) {
  const VolumeSource& source = volume.volume_source;
  OneSource one(errors, path);
  // `name` is where a second source is refused, `place` where the source's own errors stand: the
  // API server does not always use the same.
  const auto look = [&](const auto& box, std::string_view name, std::string_view place = {}) {
    return one.look_with(
        box, name, [&] { check_source(errors, path.child(place.empty() ? name : place), *box); });
  };
  if (source.empty_dir) {
    one.take();
    if (source.empty_dir->size_limit && source.empty_dir->size_limit->is_negative()) {
      errors.forbidden(path.child("emptyDir.sizeLimit"),
                       "SizeLimit field must be a valid resource quantity");
    }
  }
  look(source.host_path, "hostPath");
  look(source.git_repo, "gitRepo");
  look(source.gce_persistent_disk, "gcePersistentDisk", "persistentDisk");
  look(source.aws_elastic_block_store, "awsElasticBlockStore");
  look(source.secret, "secret");
  look(source.nfs, "nfs");
  look(source.iscsi, "iscsi");
  if (source.iscsi && source.iscsi->initiator_name &&
      volume.name.size() + 1 + source.iscsi->target_portal.size() > 64) {
    errors.invalid(path.child("name"), volume.name, kLongIscsiTarget);
  }
  look(source.glusterfs, "glusterfs");
  look(source.flocker, "flocker");
  look(source.persistent_volume_claim, "persistentVolumeClaim");
  look(source.rbd, "rbd");
  look(source.cinder, "cinder");
  look(source.cephfs, "cephFS", "cephfs");
  look(source.quobyte, "quobyte");
  look(source.downward_api, "downwarAPI", "downwardAPI");
  look(source.fc, "fc");
  look(source.flex_volume, "flexVolume");
  look(source.config_map, "configMap");
  look(source.azure_file, "azureFile");
  look(source.vsphere_volume, "vsphereVolume");
  look(source.photon_persistent_disk, "photonPersistentDisk");
  look(source.portworx_volume, "portworxVolume");
  look(source.azure_disk, "azureDisk");
  look(source.storageos, "storageos");
  look(source.projected, "projected");
  look(source.scale_io, "scaleIO");
  look(source.csi, "csi");
  const bool claims = look(source.ephemeral, "ephemeral");
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
