// The parts of a pod spec's validation that its files share: containers, resources and security.
// Fields of features that Kubernetes 1.30 has switched off (resizePolicy, resourceClaims,
// recursiveReadOnly, procMount, hostUsers, clusterTrustBundle, matchLabelKeys of pod affinity) are
// not looked at: the API server drops them before it validates. k8s 1.30 pkg/api/pod: DropDisabled*
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/model/validate_kinds.h"

namespace sim {

/// Calls visit(container, path) for all containers of a spec that stands at `path`; a generic
/// lambda, as ephemeral containers are of another type.
/// k8s 1.30 pkg/apis/core/pods: VisitContainersWithPath
template <class Visit>
void visit_containers(const PodSpec& spec, const FieldPath& path, Visit visit) {
  const FieldPath init = path.child("initContainers");
  for (std::size_t i = 0; i < spec.init_containers.size(); ++i) {
    visit(spec.init_containers[i], init.index(i));
  }
  const FieldPath regular = path.child("containers");
  for (std::size_t i = 0; i < spec.containers.size(); ++i) {
    visit(spec.containers[i], regular.index(i));
  }
  const FieldPath ephemeral = path.child("ephemeralContainers");
  for (std::size_t i = 0; i < spec.ephemeral_containers.size(); ++i) {
    visit(spec.ephemeral_containers[i].ephemeral_container_common, ephemeral.index(i));
  }
}

/// The containers, init containers and ephemeral containers of the spec at `path`.
void check_containers(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                      const VolumeNames& volumes);
/// What a pod's containers must be and a template's need not.
void check_image_text(FieldErrors& errors, const FieldPath& path, std::string_view image);

void check_env(FieldErrors& errors, const FieldPath& path, const std::vector<EnvVar>& env);
void check_env_from(FieldErrors& errors, const FieldPath& path,
                    const std::vector<EnvFromSource>& sources);
void check_lifecycle(FieldErrors& errors, const FieldPath& path, const Lifecycle& lifecycle,
                     std::int64_t grace);
/// The three probes of a container that stands at `path`.
void check_probes(FieldErrors& errors, const FieldPath& path, const Container& container,
                  std::int64_t grace);

/// The access modes of a claim or a volume: known ones, and ReadWriteOncePod only by itself.
void check_access_modes(FieldErrors& errors, const FieldPath& path, const std::vector<Str>& modes);
void check_claim_spec(FieldErrors& errors, const FieldPath& path,
                      const PersistentVolumeClaimSpec& spec);
/// Of an ephemeral volume.
void check_claim_template(FieldErrors& errors, const FieldPath& path,
                          const PersistentVolumeClaimTemplate& claim);

void check_resources(FieldErrors& errors, const FieldPath& path,
                     const ResourceRequirements& resources);
/// Not negative, and whole where the resource is counted.
void check_resource_amount(FieldErrors& errors, const FieldPath& path, std::string_view name,
                           const Quantity& amount);

void check_pod_security(FieldErrors& errors, const FieldPath& path, const PodSpec& spec);
void check_container_security(FieldErrors& errors, const FieldPath& path,
                              const SecurityContext& context);
/// The old annotations for seccomp and AppArmor, by themselves.
void check_profile_annotations(FieldErrors& errors, const FieldPath& path,
                               const StringMap& annotations, const PodSpec& spec);
/// The same against the fields that took their place.
void check_profile_agreement(FieldErrors& errors, const FieldPath& path,
                             const StringMap& annotations, const PodSpec& spec);
void check_host_process(FieldErrors& errors, const FieldPath& path, const PodSpec& spec);
void check_pod_os(FieldErrors& errors, const FieldPath& path, const PodSpec& spec);

}  // namespace sim
