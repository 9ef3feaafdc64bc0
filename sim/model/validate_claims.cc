#include "sim/model/validate_pod.h"
#include "sim/model/validate_sources.h"

namespace sim {
namespace {

/// Labels and annotations are all that its metadata may hold.
// k8s 1.30 pkg/apis/core/validation: ValidateTemplateObjectMeta
void check_claim_meta(FieldErrors& errors, const FieldPath& path, const ObjectMeta& meta) {
  check_annotations(errors, path.child("annotations"), meta.annotations);
  check_labels(errors, path.child("labels"), meta.labels);
  const auto forbid = [&](std::string_view name, bool set) {
    if (set) errors.forbidden(path.child(name), "cannot be set");
  };
  forbid("name", !meta.name.empty());
  forbid("generateName", !meta.generate_name.empty());
  forbid("namespace", !meta.ns.empty());
  forbid("uID", static_cast<bool>(meta.uid));
  forbid("resourceVersion", meta.resource_version != 0);
  forbid("generation", meta.generation != 0);
  forbid("creationTimestamp", meta.creation_timestamp.has_value());
  forbid("deletionTimestamp", meta.deletion_timestamp.has_value());
  forbid("deletionGracePeriodSeconds", meta.deletion_grace_period_seconds.has_value());
  forbid("ownerReferences", !meta.owner_references.empty());
  forbid("finalizers", !meta.finalizers.empty());
}

template <class Reference>
void check_data_source(FieldErrors& errors, const FieldPath& path, const Reference& source) {
  check_set(errors, path.child("name"), source.name);
  check_set(errors, path.child("kind"), source.kind);
  const Str group = source.api_group.value_or(Str());
  if (group.empty() && source.kind != "PersistentVolumeClaim") {
    errors.invalid(path, source.kind,
                   "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  if (!group.empty()) check_dns_subdomain(errors, path.child("apiGroup"), group);
}

}  // namespace

void check_access_modes(FieldErrors& errors, const FieldPath& path, const std::vector<Str>& modes) {
  constexpr std::string_view kOncePod = "ReadWriteOncePod";
  const FieldErrors::Words kAll = {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", kOncePod};
  bool once_pod = false;
  bool other = false;
  for (const Str& mode : modes) {
    const bool known = is_one_of(mode, kAll);
    if (!known) errors.not_supported(path, mode, kAll);
    once_pod = once_pod || mode == kOncePod;
    other = other || (known && mode != kOncePod);
  }
  if (once_pod && other) {
    errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidatePersistentVolumeClaimSpec
void check_claim_spec(FieldErrors& errors, const FieldPath& path,
                      const PersistentVolumeClaimSpec& spec) {
  const FieldPath modes = path.child("accessModes");
  if (spec.access_modes.empty()) errors.required(modes, "at least 1 access mode is required");
  if (spec.selector) check_label_selector(errors, path.child("selector"), *spec.selector);
  check_access_modes(errors, modes, spec.access_modes);
  const FieldPath resources = path.child("resources");
  const FieldPath storage = resources.key("storage");
  const Quantity* size = spec.resources.requests.find("storage");
  if (!size) {
    errors.required(storage);
  } else if (size->is_zero() || size->is_negative()) {
    errors.invalid(storage, size->text(), "must be greater than zero");
  }
  if (spec.storage_class_name && !spec.storage_class_name->empty()) {
    check_dns_subdomain(errors, path.child("storageClassName"), *spec.storage_class_name);
  }
  if (spec.volume_mode && !is_one_of(*spec.volume_mode, {"Block", "Filesystem"})) {
    errors.not_supported(path.child("volumeMode"), *spec.volume_mode, {"Block", "Filesystem"});
  }
  if (spec.data_source) check_data_source(errors, path.child("dataSource"), *spec.data_source);
  if (spec.data_source_ref) {
    check_data_source(errors, path.child("dataSourceRef"), *spec.data_source_ref);
  }
  if (spec.data_source && spec.data_source_ref &&
      (spec.data_source->api_group != spec.data_source_ref->api_group ||
       spec.data_source->kind != spec.data_source_ref->kind ||
       spec.data_source->name != spec.data_source_ref->name)) {
    // The value is the server's own path of the field, as Go prints such a struct.
    errors.invalid_value(path,
                         "field.Path{name:\"dataSource\", index:\"\", "
                         "parent:(*field.Path)(0xc000010000)}",
                         "must match dataSourceRef");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidatePersistentVolumeClaimTemplate
void check_claim_template(FieldErrors& errors, const FieldPath& path,
                          const PersistentVolumeClaimTemplate& claim) {
  check_claim_meta(errors, path.child("metadata"), claim.meta);
  check_claim_spec(errors, path.child("spec"), claim.spec);
}

}  // namespace sim
