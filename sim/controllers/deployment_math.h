// The arithmetic of a Deployment: how many replicas each of its ReplicaSets should have. Pure
// functions over numbers and objects, apart from the controller that acts on them.
// k8s 1.30 pkg/controller/deployment/util: deployment_util.go
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/model/workload_types.h"

namespace sim::deployment {

// What the controller notes on the ReplicaSets of a Deployment.
inline constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
inline constexpr std::string_view kRevisionHistory = "deployment.kubernetes.io/revision-history";
inline constexpr std::string_view kDesiredReplicas = "deployment.kubernetes.io/desired-replicas";
inline constexpr std::string_view kMaxReplicas = "deployment.kubernetes.io/max-replicas";
inline constexpr std::string_view kHashLabel = "pod-template-hash";

using SetPtr = std::shared_ptr<const ReplicaSet>;

inline std::int32_t replicas(const ReplicaSet& set) { return set.spec.replicas.value_or(1); }
inline std::int32_t replicas(const Deployment& d) { return d.spec.replicas.value_or(1); }
inline bool is_rolling(const Deployment& d) { return d.spec.strategy.type == "RollingUpdate"; }
inline bool has_progress_deadline(const Deployment& d) {
  return d.spec.progress_deadline_seconds && *d.spec.progress_deadline_seconds != INT32_MAX;
}

/// How many pods there may be beyond, or too few of, what is wanted: both 0 for Recreate.
/// k8s: MaxSurge, MaxUnavailable, ResolveFenceposts
std::int32_t max_surge(const Deployment& deployment);
std::int32_t max_unavailable(const Deployment& deployment);
/// How many pods there may be at all. Beyond 2^31 it wraps around, as it does in Kubernetes, whose
/// numbers of replicas have 32 bits everywhere.
std::int32_t most_pods(const Deployment& deployment);

/// An annotation that is a whole number, or `fallback`.
std::int64_t annotated(const ReplicaSet& set, std::string_view name, std::int64_t fallback);

std::int32_t sum_replicas(const std::vector<SetPtr>& sets);   // asked for
std::int32_t sum_actual(const std::vector<SetPtr>& sets);     // status.replicas
std::int32_t sum_available(const std::vector<SetPtr>& sets);  // status.availableReplicas

/// The size that the new ReplicaSet may have now. k8s: NewRSNewReplicas
std::int32_t new_size(const Deployment& deployment, const std::vector<SetPtr>& all,
                      const ReplicaSet& newest);
/// What one ReplicaSet gets of a change in size that all active ones share: `to_add` in all, of
/// which `added` are given out already. k8s: GetProportion
std::int32_t proportion(const Deployment& deployment, const ReplicaSet& set, std::int32_t to_add,
                        std::int32_t added);
/// All replicas are of the newest template and available. k8s: DeploymentComplete
bool is_complete(const Deployment& deployment, const DeploymentStatus& status);
/// Whether two templates are the same but for the hash label. k8s: EqualIgnoreHash
bool same_template(const PodTemplateSpec& a, const PodTemplateSpec& b);

}  // namespace sim::deployment
