// ReplicaSet and Deployment. Pod templates are shared (Box) between a Deployment, its ReplicaSet
// and what is made from them. See sim/model/pod_types.h for how fields are named. k8s 1.30
// api/apps/v1: types.go
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/model/pod_types.h"

namespace sim {

struct ReplicaSetCondition {
  Str type;
  Str status;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const ReplicaSetCondition&, const ReplicaSetCondition&) = default;
};

struct ReplicaSetSpec {
  std::optional<std::int32_t> replicas;
  std::int32_t min_ready_seconds = 0;
  Box<LabelSelector> selector;
  Box<PodTemplateSpec> pod_template;
  friend bool operator==(const ReplicaSetSpec&, const ReplicaSetSpec&) = default;
};

struct ReplicaSetStatus {
  std::int32_t replicas = 0;
  std::int32_t fully_labeled_replicas = 0;
  std::int32_t ready_replicas = 0;
  std::int32_t available_replicas = 0;
  std::int64_t observed_generation = 0;
  std::vector<ReplicaSetCondition> conditions;
  friend bool operator==(const ReplicaSetStatus&, const ReplicaSetStatus&) = default;
};

struct RollingUpdateDeployment {
  std::optional<IntOrString> max_unavailable;
  std::optional<IntOrString> max_surge;
  friend bool operator==(const RollingUpdateDeployment&, const RollingUpdateDeployment&) = default;
};

struct DeploymentStrategy {
  Str type;
  Box<RollingUpdateDeployment> rolling_update;
  friend bool operator==(const DeploymentStrategy&, const DeploymentStrategy&) = default;
};

struct DeploymentSpec {
  std::optional<std::int32_t> replicas;
  Box<LabelSelector> selector;
  Box<PodTemplateSpec> pod_template;
  DeploymentStrategy strategy;
  std::int32_t min_ready_seconds = 0;
  std::optional<std::int32_t> revision_history_limit;
  bool paused = false;
  std::optional<std::int32_t> progress_deadline_seconds;
  friend bool operator==(const DeploymentSpec&, const DeploymentSpec&) = default;
};

struct DeploymentCondition {
  Str type;
  Str status;
  std::optional<Time> last_update_time;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const DeploymentCondition&, const DeploymentCondition&) = default;
};

struct DeploymentStatus {
  std::int64_t observed_generation = 0;
  std::int32_t replicas = 0;
  std::int32_t updated_replicas = 0;
  std::int32_t ready_replicas = 0;
  std::int32_t available_replicas = 0;
  std::int32_t unavailable_replicas = 0;
  std::vector<DeploymentCondition> conditions;
  std::optional<std::int32_t> collision_count;
  friend bool operator==(const DeploymentStatus&, const DeploymentStatus&) = default;
};

struct ReplicaSet : Object {
  static constexpr Kind kKind = Kind::ReplicaSet;
  ReplicaSet() : Object(kKind) {}
  ReplicaSetSpec spec;
  ReplicaSetStatus status;
  friend bool operator==(const ReplicaSet&, const ReplicaSet&) = default;
};

struct Deployment : Object {
  static constexpr Kind kKind = Kind::Deployment;
  Deployment() : Object(kKind) {}
  DeploymentSpec spec;
  DeploymentStatus status;
  friend bool operator==(const Deployment&, const Deployment&) = default;
};

}  // namespace sim
