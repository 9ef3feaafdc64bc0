// Validation by kind: what sim/model/validate.cc puts together.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/model/cluster_types.h"
#include "sim/model/validate_errors.h"
#include "sim/model/workload_types.h"

namespace sim {

/// Which names a pod spec's volumes give, for the mounts to be checked against.
struct VolumeNames {
  std::vector<std::pair<std::string_view, bool>> names;  // and whether it is a claim's volume
  bool has(std::string_view name) const;
  bool is_claim(std::string_view name) const;
};

/// The volumes of a pod; a volume with errors of its own is not among the names.
VolumeNames check_volumes(FieldErrors& errors, const FieldPath& path,
                          const std::vector<Volume>& volumes, std::string_view pod_name);
/// A field that the downward API shows, in a container's environment or in a volume.
void check_field_ref(FieldErrors& errors, const FieldPath& path, const ObjectFieldSelector& field,
                     bool volume);
void check_resource_ref(FieldErrors& errors, const FieldPath& path,
                        const ResourceFieldSelector& field, bool volume);
/// `pod` is null for a pod template.
void check_pod_spec(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                    const Pod* pod);
void check_pod_annotations(FieldErrors& errors, const FieldPath& path, const StringMap& annotations,
                           bool has_node);
void check_tolerations(FieldErrors& errors, const FieldPath& path,
                       const std::vector<Toleration>& tolerations);
void check_node_selector(FieldErrors& errors, const FieldPath& path, const NodeSelector& selector);
void check_affinity(FieldErrors& errors, const FieldPath& path, const Affinity& affinity);
void check_topology_spread(FieldErrors& errors, const FieldPath& path,
                           const std::vector<TopologySpreadConstraint>& constraints);

void check_pod(FieldErrors& errors, const Pod& pod);
void check_pod_create(FieldErrors& errors, const Pod& pod);
void check_pod_update(FieldErrors& errors, const Pod& before, const Pod& after);
void check_pod_template(FieldErrors& errors, const FieldPath& path,
                        const PodTemplateSpec& pod_template);
/// A count, or a part of a hundred.
void check_count_or_percent(FieldErrors& errors, const FieldPath& path, const IntOrString& value);
void check_at_most_all(FieldErrors& errors, const FieldPath& path, const IntOrString& value);
/// "25%" as 25; none when it is a count.
std::optional<std::int64_t> percent_of(const IntOrString& value);
/// Of "25%" and of 25 the same: only whether it is zero counts.
std::int64_t count_or_percent(const IntOrString& value);
/// A selector never changes.
void check_selector_update(FieldErrors& errors, const Box<LabelSelector>& before,
                           const Box<LabelSelector>& after);
void check_deployment_spec(FieldErrors& errors, const DeploymentSpec& spec);
void check_replica_set_spec(FieldErrors& errors, const ReplicaSetSpec& spec);

void check_object_meta(FieldErrors& errors, const Object& object);
void check_object_meta_update(FieldErrors& errors, const Object& before, const Object& after);

/// The kinds of sim/model/storage_types.h, service_types.h and controller_types.h; each ignores
/// those of the others.
void check_storage_create(FieldErrors& errors, const Object& object);
void check_storage_update(FieldErrors& errors, const Object& before, const Object& after);
void check_service_create(FieldErrors& errors, const Object& object);
void check_service_update(FieldErrors& errors, const Object& before, const Object& after);
void check_controller_create(FieldErrors& errors, const Object& object);
void check_controller_update(FieldErrors& errors, const Object& before, const Object& after);

/// How two pod specs differ, as the API server shows it when it refuses a change.
std::string pod_spec_difference(const PodSpec& before, const PodSpec& after);

}  // namespace sim
