// A pod's spec as the API shows it against the way a Pod row keeps it. The service account
// admission gives each pod a volume of its own, kube-api-access-xxxxx, mounted in every container;
// it and the node differ from pod to pod, so that a row keeps them beside the spec that all pods of
// a template share. k8s 1.30 plugin/pkg/admission/serviceaccount: admission.go
#pragma once

#include "sim/model/pod_types.h"

namespace sim {

/// Where the token, the cluster's certificate and the namespace's name are mounted.
inline constexpr std::string_view kApiAccessMountPath =
    "/var/run/secrets/kubernetes.io/serviceaccount";

/// The pod's whole spec as the API shows it: with nodeName and the kube-api-access volume and
/// mounts that a Pod row keeps apart from the shared spec.
PodSpec full_spec(const Pod& pod);

/// The same of its volumes, and of what one of its containers mounts, without a copy of the rest.
std::vector<Volume> volumes_of(const Pod& pod);
std::vector<VolumeMount> mounts_of(const Pod& pod, const Container& container);

/// The way back: moves nodeName and an injected kube-api-access volume with its mounts out of the
/// pod's spec. True when there was such a volume.
bool fold_api_access(Pod& pod);

/// The volume that is injected.
Volume api_access_volume(Str name);

}  // namespace sim
