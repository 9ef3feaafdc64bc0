// What the API server refuses of the kinds in storage_types.h.
// k8s 1.30 pkg/apis/core/validation, pkg/apis/storage/validation
#include "sim/model/storage_types.h"

#include <algorithm>
#include <set>

#include "sim/base/format.h"
#include "sim/model/go_difference.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"
#include "sim/model/validate_snapshots.h"
#include "sim/model/validate_sources.h"

namespace sim {
namespace {

template <class T>
const T& to(const Object& object) {
  return static_cast<const T&>(object);
}

// ---- PersistentVolume ----

void check_source(FieldErrors& errors, const FieldPath& path,
                  const GlusterfsPersistentVolumeSource& source) {
  check_set(errors, path.child("endpoints"), source.endpoints);
  check_set(errors, path.child("path"), source.path);
  if (!source.endpoints_namespace) return;
  const FieldPath ns = path.child("endpointsNamespace");
  if (source.endpoints_namespace->empty()) {
    errors.invalid(ns, "", "if the endpointnamespace is set, it must be a valid namespace name");
  } else {
    check_dns_label(errors, ns, *source.endpoints_namespace);
  }
}

template <class Reference>
void check_secret_set(FieldErrors& errors, const FieldPath& path, const Box<Reference>& secret) {
  if (!secret) return;
  check_set(errors, path.child("secretRef.name"), secret->name);
  check_set(errors, path.child("secretRef.namespace"), secret->ns);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const CinderPersistentVolumeSource& source) {
  check_set(errors, path.child("volumeID"), source.volume_id);
  check_secret_set(errors, path, source.secret_ref);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const AzureFilePersistentVolumeSource& source) {
  check_set(errors, path.child("secretName"), source.secret_name);
  check_set(errors, path.child("shareName"), source.share_name);
  if (source.secret_namespace) {
    check_set(errors, path.child("secretNamespace"), *source.secret_namespace);
  }
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const StorageOSPersistentVolumeSource& source) {
  if (source.volume_name.empty()) {
    errors.required(path.child("volumeName"));
  } else {
    check_dns_label(errors, path.child("volumeName"), source.volume_name);
  }
  if (!source.volume_namespace.empty()) {
    check_dns_label(errors, path.child("volumeNamespace"), source.volume_namespace);
  }
  check_secret_set(errors, path, source.secret_ref);
}

void check_source(FieldErrors& errors, const FieldPath& path, const LocalVolumeSource& source) {
  const FieldPath at = path.child("path");
  if (source.path.empty()) return errors.required(at);
  if (climbs(source.path)) errors.invalid(at, source.path, "must not contain '..'");
}

// k8s 1.30 pkg/apis/core/validation: validatePVSecretReference
void check_secret_reference(FieldErrors& errors, const FieldPath& path,
                            const Box<SecretReference>& secret) {
  if (!secret) return;
  const auto name = [&](std::string_view field, const Str& text, auto check) {
    if (text.empty()) return errors.required(path.child(field));
    check(errors, path.child(field), text, false);
  };
  name("name", secret->name, check_dns_subdomain);
  name("namespace", secret->ns, check_dns_label);
}

void check_source(FieldErrors& errors, const FieldPath& path,
                  const CSIPersistentVolumeSource& source) {
  check_csi_driver_name(errors, path.child("driver"), source.driver);
  check_set(errors, path.child("volumeHandle"), source.volume_handle);
  check_secret_reference(errors, path.child("controllerPublishSecretRef"),
                         source.controller_publish_secret_ref);
  check_secret_reference(errors, path.child("controllerExpandSecretRef"),
                         source.controller_expand_secret_ref);
  check_secret_reference(errors, path.child("nodePublishSecretRef"),
                         source.node_publish_secret_ref);
  check_secret_reference(errors, path.child("nodeExpandSecretRef"), source.node_expand_secret_ref);
}

void check_capacity(FieldErrors& errors, const FieldPath& path, const ResourceList& capacity) {
  if (capacity.empty()) errors.required(path);
  if (!capacity.find("storage") || capacity.size() > 1) {
    errors.raw(path, fmt::format("Unsupported value: {}: supported values: \"storage\"",
                                 go_syntax(core_tree(capacity))));
  }
  for (const auto& [name, amount] : capacity) {
    const FieldPath at = path.key(name);
    if (amount.is_negative())
      errors.invalid(at, amount.value(), "must be a valid resource quantity");
    if (amount.is_zero() || amount.is_negative()) {
      errors.invalid(at, amount.text(), "must be greater than zero");
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateVolumeNodeAffinity
void check_volume_affinity(FieldErrors& errors, const FieldPath& path,
                           const VolumeNodeAffinity& affinity) {
  const FieldPath required = path.child("required");
  if (affinity.required) return check_node_selector(errors, required, *affinity.required);
  errors.required(required, "must specify required node constraints");
}

/// "/", however it is written.
bool is_root(std::string_view path) {
  std::size_t depth = 0;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view step = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (step == "..") {
      depth -= depth > 0 ? 1 : 0;
    } else if (!step.empty() && step != ".") {
      ++depth;
    }
  }
  return depth == 0;
}

void check_sources(FieldErrors& errors, const FieldPath& path, const PersistentVolumeSpec& spec,
                   std::string_view name) {
  const PersistentVolumeSource& source = spec.source;
  OneSource one(errors, path);
  const auto look = [&](const auto& box, std::string_view field, std::string_view place = {}) {
    return one.look_with(
        box, field, [&] { check_source(errors, path.child(place.empty() ? field : place), *box); });
  };
  look(source.host_path, "hostPath");
  look(source.gce_persistent_disk, "gcePersistentDisk", "persistentDisk");
  look(source.aws_elastic_block_store, "awsElasticBlockStore");
  look(source.glusterfs, "glusterfs");
  look(source.flocker, "flocker");
  look(source.nfs, "nfs");
  look(source.rbd, "rbd");
  look(source.quobyte, "quobyte");
  look(source.cephfs, "cephFS", "cephfs");
  if (look(source.iscsi, "iscsi") && source.iscsi->initiator_name &&
      name.size() + 1 + source.iscsi->target_portal.size() > 64) {
    errors.invalid(path.child("iscsi.targetportal"), source.iscsi->target_portal, kLongIscsiTarget);
  }
  look(source.cinder, "cinder");
  look(source.fc, "fc");
  look(source.flex_volume, "flexVolume");
  look(source.azure_file, "azureFile");
  look(source.vsphere_volume, "vsphereVolume");
  look(source.photon_persistent_disk, "photonPersistentDisk");
  look(source.portworx_volume, "portworxVolume");
  look(source.azure_disk, "azureDisk");
  look(source.scale_io, "scaleIO");
  if (look(source.local, "local") && !spec.node_affinity) {
    errors.required(path.child("nodeAffinity"), "Local volume requires node affinity");
  }
  look(source.storageos, "storageos");
  look(source.csi, "csi");
  if (!one.any()) errors.required(path, "must specify a volume type");
}

/// What may not be said of the volume inside a VolumeAttachment.
void check_inline(FieldErrors& errors, const FieldPath& path, const PersistentVolumeSpec& spec) {
  constexpr std::string_view kHere = "may not be specified in the context of inline volumes";
  const auto forbid = [&](std::string_view field, bool set) {
    if (set) errors.forbidden(path.child(field), kHere);
  };
  forbid("claimRef", spec.claim_ref.has_value());
  forbid("capacity", !spec.capacity.empty());
  if (!spec.source.csi) {
    errors.required(path.child("csi"), "has to be specified in the context of inline volumes");
  }
  if (!spec.reclaim_policy.empty() && spec.reclaim_policy != "Retain") {
    errors.forbidden(path.child("persistentVolumeReclaimPolicy"),
                     "may only be Retain in the context of inline volumes");
  }
  forbid("nodeAffinity", spec.node_affinity.has_value());
  forbid("storageClassName", !spec.storage_class_name.empty());
  if (spec.volume_mode && *spec.volume_mode != "Filesystem") {
    errors.forbidden(path.child("volumeMode"),
                     "may not specify volumeMode other than Filesystem in the context of inline "
                     "volumes");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidatePersistentVolumeSpec
void check_volume_spec(FieldErrors& errors, const FieldPath& path, const PersistentVolumeSpec& spec,
                       std::string_view name, bool is_inline) {
  if (is_inline) check_inline(errors, path, spec);
  const FieldPath modes = path.child("accessModes");
  if (spec.access_modes.empty()) errors.required(modes);
  check_access_modes(errors, modes, spec.access_modes);
  const FieldPath policy = path.child("persistentVolumeReclaimPolicy");
  if (!is_inline) {
    check_capacity(errors, path.child("capacity"), spec.capacity);
    if (!spec.reclaim_policy.empty() &&
        !is_one_of(spec.reclaim_policy, {"Delete", "Recycle", "Retain"})) {
      errors.not_supported(policy, spec.reclaim_policy, {"Delete", "Recycle", "Retain"});
    }
    if (spec.node_affinity) {
      check_volume_affinity(errors, path.child("nodeAffinity"), *spec.node_affinity);
    }
  }
  check_sources(errors, path, spec, name);
  if (spec.source.host_path && !spec.source.host_path->path.empty() &&
      is_root(spec.source.host_path->path) && spec.reclaim_policy == "Recycle") {
    errors.forbidden(policy, "may not be 'recycle' for a hostPath mount of '/'");
  }
  if (is_inline) return;
  if (!spec.storage_class_name.empty()) {
    check_dns_subdomain(errors, path.child("storageClassName"), spec.storage_class_name);
  }
  if (spec.volume_mode && !is_one_of(*spec.volume_mode, {"Block", "Filesystem"})) {
    errors.not_supported(path.child("volumeMode"), *spec.volume_mode, {"Block", "Filesystem"});
  }
}

void check_volume(FieldErrors& errors, const PersistentVolume& volume) {
  check_object_meta(errors, volume);
  check_volume_spec(errors, FieldPath("spec"), volume.spec, volume.meta.name, false);
}

template <class T>
void check_kept(FieldErrors& errors, const FieldPath& path, const std::optional<T>& before,
                const std::optional<T>& after) {
  constexpr std::string_view kText = "field is immutable";
  if (before == after) return;
  if (!after) {
    errors.invalid_value(path, "null", kText);
  } else if constexpr (std::is_same_v<T, bool>) {
    errors.invalid_value(path, *after ? "true" : "false", kText);
  } else {
    errors.invalid(path, *after, kText);
  }
}

/// Labels that have lost their "beta" may be called by their new names.
/// k8s 1.30 pkg/apis/core/validation: validatePvNodeAffinity
bool is_same_but_for_labels(const Box<VolumeNodeAffinity>& before,
                            const Box<VolumeNodeAffinity>& after) {
  if (before == after) return true;
  if (!after || !before->required || !after->required) return false;
  constexpr std::pair<std::string_view, std::string_view> kRenamed[] = {
      {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"},
      {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
      {"beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"},
      {"beta.kubernetes.io/os", "kubernetes.io/os"},
      {"beta.kubernetes.io/arch", "kubernetes.io/arch"}};
  NodeSelector renamed = *before->required;
  const auto& wanted = after->required->node_selector_terms;
  if (renamed.node_selector_terms.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto& terms = renamed.node_selector_terms[i].match_expressions;
    for (std::size_t j = 0; j < std::min(terms.size(), wanted[i].match_expressions.size()); ++j) {
      for (const auto& [old_name, new_name] : kRenamed) {
        const bool is_new = wanted[i].match_expressions[j].key == new_name;
        if (terms[j].key == old_name && is_new) terms[j].key = Str(new_name);
      }
    }
  }
  return renamed == *after->required;
}

// k8s 1.30 pkg/apis/core/validation: ValidatePersistentVolumeUpdate
void check_volume_update(FieldErrors& errors, const PersistentVolume& before,
                         const PersistentVolume& after) {
  check_volume(errors, after);
  PersistentVolumeSource source = after.spec.source;
  if (before.spec.source.csi && !before.spec.source.csi->controller_expand_secret_ref &&
      source.csi && source.csi->controller_expand_secret_ref) {
    source.csi.edit().controller_expand_secret_ref.reset();
  }
  if (!(source == before.spec.source)) {
    errors.forbidden(FieldPath("spec.persistentvolumesource"),
                     fmt::format("spec.persistentvolumesource is immutable after creation\n{}",
                                 go_difference(core_tree(before.spec.source), core_tree(source))));
  }
  check_kept(errors, FieldPath("volumeMode"), before.spec.volume_mode, after.spec.volume_mode);
  if (before.spec.node_affinity &&
      !is_same_but_for_labels(before.spec.node_affinity, after.spec.node_affinity)) {
    errors.invalid_value(FieldPath("nodeAffinity"),
                         after.spec.node_affinity ? go_syntax(core_tree(*after.spec.node_affinity))
                                                  : std::string("null"),
                         "field is immutable, except for updating from beta label to GA");
  }
}

// ---- PersistentVolumeClaim ----

constexpr std::string_view kBetaClass = "volume.beta.kubernetes.io/storage-class";

void check_claim(FieldErrors& errors, const PersistentVolumeClaim& claim) {
  check_object_meta(errors, claim);
  check_claim_spec(errors, FieldPath("spec"), claim.spec);
}

// k8s 1.30 pkg/apis/core/validation: ValidatePersistentVolumeClaimUpdate
void check_claim_update(FieldErrors& errors, const PersistentVolumeClaim& before,
                        const PersistentVolumeClaim& after) {
  check_object_meta_update(errors, before, after);
  check_claim(errors, after);
  PersistentVolumeClaimSpec old_spec = before.spec;
  PersistentVolumeClaimSpec new_spec = after.spec;
  // A volume is named once, and a class is given once.
  if (old_spec.volume_name.empty()) old_spec.volume_name = new_spec.volume_name;
  const Str* old_class = before.meta.annotations.find(kBetaClass);
  const Str* new_class = after.meta.annotations.find(kBetaClass);
  const bool named = !old_spec.storage_class_name && new_spec.storage_class_name;
  if (old_class && named && *new_spec.storage_class_name == *old_class &&
      (!new_class || *new_class == *old_class)) {
    new_spec.storage_class_name.reset();
  } else {
    const Str kept = before.meta.annotations.get(kBetaClass);
    if (kept != after.meta.annotations.get(kBetaClass)) {
      const FieldPath metadata("metadata");
      const FieldPath annotations = metadata.child("annotations");
      errors.invalid(annotations.key(kBetaClass), after.meta.annotations.get(kBetaClass),
                     "field is immutable");
    }
    if (named && (!old_class || *new_spec.storage_class_name == *old_class)) {
      new_spec.storage_class_name = old_spec.storage_class_name;
    }
  }
  const Quantity old_size = old_spec.resources.requests.get("storage");
  const Quantity new_size = new_spec.resources.requests.get("storage");
  if (after.status.phase == "Bound" && !new_spec.resources.requests.empty()) {
    new_spec.resources.requests.set("storage", old_size);
  }
  if (!(new_spec == old_spec)) {
    errors.forbidden(FieldPath("spec"),
                     fmt::format("spec is immutable after creation except resources.requests and "
                                 "volumeAttributesClassName for bound claims\n{}",
                                 go_difference(core_tree(old_spec), core_tree(new_spec))));
  }
  if (new_size < old_size) {
    errors.forbidden(FieldPath("spec.resources.requests.storage"),
                     "field can not be less than previous value");
  }
  check_kept(errors, FieldPath("volumeMode"), before.spec.volume_mode, after.spec.volume_mode);
}

// ---- StorageClass ----

// k8s 1.30 pkg/apis/core/validation: ValidateTopologySelectorTerm
void check_topologies(FieldErrors& errors, const FieldPath& path,
                      const std::vector<TopologySelectorTerm>& terms) {
  using Values = std::set<Str>;
  std::vector<std::vector<std::pair<Str, Values>>> seen;
  const FieldPath expressions = path.child("matchLabelExpressions");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    std::vector<std::pair<Str, Values>> term;
    for (std::size_t k = 0; k < terms[i].match_label_expressions.size(); ++k) {
      const TopologySelectorLabelRequirement& one = terms[i].match_label_expressions[k];
      const FieldPath at = expressions.index(k);
      const FieldPath values = at.child("values");
      if (one.values.empty()) errors.required(values);
      Values set;
      for (std::size_t v = 0; v < one.values.size(); ++v) {
        if (!set.insert(one.values[v]).second) errors.duplicate(values.index(v), one.values[v]);
      }
      check_qualified_name(errors, at.child("key"), one.key);
      const auto same = std::find_if(term.begin(), term.end(),
                                     [&](const auto& pair) { return pair.first == one.key; });
      if (same != term.end()) {
        errors.duplicate(at.child("key"), one.key);
        same->second = std::move(set);
      } else {
        term.emplace_back(one.key, std::move(set));
      }
    }
    std::sort(term.begin(), term.end());
    const FieldPath at = path.index(i);
    if (term.empty() || std::find(seen.begin(), seen.end(), term) != seen.end()) {
      errors.duplicate(at.child("matchLabelExpressions"), "");
    }
    seen.push_back(std::move(term));
  }
}

// k8s 1.30 pkg/apis/storage/validation: validateParameters
void check_parameters(FieldErrors& errors, const FieldPath& path, const StringMap& parameters) {
  constexpr std::size_t kMostKeys = 512;
  constexpr std::size_t kMostBytes = 256 * 1024;
  if (parameters.size() > kMostKeys) return errors.too_long(path, kMostKeys);
  std::size_t size = 0;
  for (const auto& [key, value] : parameters) {
    if (key.empty()) errors.invalid(path, key, "field can not be empty.");
    size += key.size() + value.size();
  }
  if (size > kMostBytes) errors.too_long(path, kMostBytes);
}

// k8s 1.30 pkg/apis/storage/validation: ValidateStorageClass
void check_class(FieldErrors& errors, const StorageClass& storage_class) {
  check_object_meta(errors, storage_class);
  const FieldPath provisioner("provisioner");
  check_set(errors, provisioner, storage_class.provisioner);
  if (!storage_class.provisioner.empty()) {
    std::string lower = storage_class.provisioner.str();
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    errors.all_invalid(provisioner, storage_class.provisioner, qualified_name_errors(lower));
  }
  check_parameters(errors, FieldPath("parameters"), storage_class.parameters);
  const Str policy = storage_class.reclaim_policy.value_or(Str());
  if (!policy.empty() && !is_one_of(policy, {"Delete", "Retain"})) {
    errors.not_supported(FieldPath("reclaimPolicy"), policy, {"Delete", "Retain"});
  }
  const FieldPath mode("volumeBindingMode");
  if (!storage_class.volume_binding_mode) {
    errors.required(mode);
  } else if (!is_one_of(*storage_class.volume_binding_mode,
                        {"Immediate", "WaitForFirstConsumer"})) {
    errors.not_supported(mode, *storage_class.volume_binding_mode,
                         {"Immediate", "WaitForFirstConsumer"});
  }
  check_topologies(errors, FieldPath("allowedTopologies"), storage_class.allowed_topologies);
}

// k8s 1.30 pkg/apis/storage/validation: ValidateStorageClassUpdate
void check_class_update(FieldErrors& errors, const StorageClass& before,
                        const StorageClass& after) {
  check_class(errors, after);
  check_object_meta_update(errors, before, after);
  const auto forbid = [&](std::string_view field, bool same) {
    if (!same) {
      errors.forbidden(FieldPath(field), fmt::format("updates to {} are forbidden.", field));
    }
  };
  forbid("parameters", before.parameters == after.parameters);
  forbid("provisioner", before.provisioner == after.provisioner);
  forbid("reclaimPolicy", before.reclaim_policy == after.reclaim_policy);
  check_kept(errors, FieldPath("volumeBindingMode"), before.volume_binding_mode,
             after.volume_binding_mode);
}

// ---- VolumeAttachment ----

// k8s 1.30 pkg/apis/storage/validation: ValidateVolumeAttachment, ValidateVolumeAttachmentV1
void check_attachment(FieldErrors& errors, const VolumeAttachment& attachment) {
  constexpr std::string_view kOne =
      "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
  check_object_meta(errors, attachment);
  const FieldPath path("spec");
  const VolumeAttachmentSpec& spec = attachment.spec;
  check_set(errors, path.child("attacher"), spec.attacher);
  const FieldPath source = path.child("source");
  const FieldPath name = source.child("persistentVolumeName");
  if (spec.source.persistent_volume_name && spec.source.inline_volume_spec) {
    errors.forbidden(source, kOne);
  } else if (spec.source.persistent_volume_name) {
    if (spec.source.persistent_volume_name->empty()) {
      errors.required(name, "must specify non empty persistentVolumeName");
    }
  } else if (spec.source.inline_volume_spec) {
    check_volume_spec(errors, source.child("inlineVolumeSpec"), *spec.source.inline_volume_spec, "",
                      true);
  } else {
    errors.required(source, kOne);
  }
  check_dns_subdomain(errors, path.child("nodeName"), spec.node_name);
  check_csi_driver_name(errors, path.child("attacher"), spec.attacher);
  if (spec.source.persistent_volume_name) {
    check_dns_subdomain(errors, name, *spec.source.persistent_volume_name);
  }
}

// ---- CSIDriver and CSINode ----

// k8s 1.30 pkg/apis/storage/validation: validateTokenRequests
void check_token_requests(FieldErrors& errors, const FieldPath& path,
                          const std::vector<TokenRequest>& requests) {
  std::set<std::string_view> audiences;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const FieldPath at = path.index(i);
    if (!audiences.insert(requests[i].audience).second) {
      errors.duplicate(at.child("audience"), requests[i].audience);
      continue;
    }
    const std::int64_t lifetime = requests[i].expiration_seconds.value_or(3600);
    if (lifetime < 600) {
      errors.invalid(at.child("expirationSeconds"), lifetime,
                     "may not specify a duration less than 10 minutes");
    }
    if (lifetime > (std::int64_t{1} << 32)) {
      errors.invalid(at.child("expirationSeconds"), lifetime,
                     "may not specify a duration larger than 2^32 seconds");
    }
  }
}

// k8s 1.30 pkg/apis/storage/validation: validateCSIDriverSpec
void check_driver_spec(FieldErrors& errors, const CSIDriverSpec& spec) {
  const FieldPath path("spec");
  if (spec.fs_group_policy &&
      !is_one_of(*spec.fs_group_policy, {"File", "None", "ReadWriteOnceWithFSType"})) {
    errors.not_supported(path.child("fsGroupPolicy"), *spec.fs_group_policy,
                         {"File", "None", "ReadWriteOnceWithFSType"});
  }
  check_token_requests(errors, path.child("tokenRequests"), spec.token_requests);
  for (const Str& mode : spec.volume_lifecycle_modes) {
    if (!is_one_of(mode, {"Ephemeral", "Persistent"})) {
      errors.not_supported(path.child("VolumeLifecycleModes"), mode, {"Ephemeral", "Persistent"});
    }
  }
}

void check_driver(FieldErrors& errors, const CSIDriver& driver) {
  check_csi_driver_name(errors, FieldPath("name"), driver.meta.name);
  check_driver_spec(errors, driver.spec);
}

// k8s 1.30 pkg/apis/storage/validation: ValidateCSIDriverUpdate
void check_driver_update(FieldErrors& errors, const CSIDriver& before, const CSIDriver& after) {
  check_object_meta_update(errors, before, after);
  check_driver_spec(errors, after.spec);
  check_kept(errors, FieldPath("spec.attachedRequired"), before.spec.attach_required,
             after.spec.attach_required);
  if (before.spec.volume_lifecycle_modes != after.spec.volume_lifecycle_modes) {
    std::string modes = "[]storage.VolumeLifecycleMode{";
    for (const Str& mode : after.spec.volume_lifecycle_modes) {
      if (modes.back() != '{') modes.append(", ");
      modes.append(fmt::format("\"{}\"", mode));
    }
    errors.invalid_value(FieldPath("spec.volumeLifecycleModes"), modes.append("}"),
                         "field is immutable");
  }
}

// k8s 1.30 pkg/apis/storage/validation: ValidateCSINode
void check_csi_node(FieldErrors& errors, const CSINode& node) {
  constexpr std::size_t kLongest = 192;
  check_object_meta(errors, node);
  const FieldPath list("spec.drivers");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < node.spec.drivers.size(); ++i) {
    const CSINodeDriver& driver = node.spec.drivers[i];
    const FieldPath at = list.index(i);
    check_csi_driver_name(errors, at.child("name"), driver.name);
    check_set(errors, at.child("nodeID"), driver.node_id);
    if (driver.node_id.size() > kLongest) {
      errors.invalid(at.child("nodeID"), driver.node_id, "must be 192 characters or less");
    }
    if (driver.allocatable && driver.allocatable->count) {
      check_not_negative(errors, at.child("allocatable.count"), *driver.allocatable->count);
    }
    if (!names.insert(driver.name).second) errors.duplicate(at.child("name"), driver.name);
    std::set<std::string_view> keys;
    for (const Str& key : driver.topology_keys) {
      check_set(errors, at, key);
      if (!keys.insert(key).second) errors.duplicate(at, key);
      for (const std::string& wrong : qualified_name_errors(key)) {
        errors.invalid_value(at, go_syntax(core_tree(driver.topology_keys)), wrong);
      }
    }
  }
}

}  // namespace

void check_storage_create(FieldErrors& errors, const Object& object) {
  switch (object.kind) {
    case Kind::PersistentVolume:
      check_volume(errors, to<PersistentVolume>(object));
      break;
    case Kind::PersistentVolumeClaim:
      check_claim(errors, to<PersistentVolumeClaim>(object));
      break;
    case Kind::StorageClass:
      check_class(errors, to<StorageClass>(object));
      break;
    case Kind::VolumeAttachment:
      check_attachment(errors, to<VolumeAttachment>(object));
      break;
    case Kind::CSIDriver:
      check_driver(errors, to<CSIDriver>(object));
      break;
    case Kind::CSINode:
      check_csi_node(errors, to<CSINode>(object));
      break;
    case Kind::VolumeSnapshot:
    case Kind::VolumeSnapshotContent:
    case Kind::VolumeSnapshotClass:
      check_snapshot_create(errors, object);
      break;
    default:
      break;
  }
}

void check_storage_update(FieldErrors& errors, const Object& before, const Object& after) {
  switch (after.kind) {
    case Kind::PersistentVolume:
      check_volume_update(errors, to<PersistentVolume>(before), to<PersistentVolume>(after));
      break;
    case Kind::PersistentVolumeClaim:
      check_claim_update(errors, to<PersistentVolumeClaim>(before),
                         to<PersistentVolumeClaim>(after));
      break;
    case Kind::StorageClass:
      check_class_update(errors, to<StorageClass>(before), to<StorageClass>(after));
      break;
    case Kind::VolumeAttachment:
      check_attachment(errors, to<VolumeAttachment>(after));
      if (!(to<VolumeAttachment>(before).spec == to<VolumeAttachment>(after).spec)) {
        errors.invalid_value(FieldPath("spec"),
                             go_syntax(core_tree(to<VolumeAttachment>(after).spec)),
                             "field is immutable");
      }
      break;
    case Kind::CSIDriver:
      check_driver_update(errors, to<CSIDriver>(before), to<CSIDriver>(after));
      break;
    case Kind::CSINode:
      check_csi_node(errors, to<CSINode>(after));
      break;
    case Kind::VolumeSnapshot:
    case Kind::VolumeSnapshotContent:
    case Kind::VolumeSnapshotClass:
      check_snapshot_update(errors, before, after);
      break;
    default:
      break;
  }
}

}  // namespace sim
