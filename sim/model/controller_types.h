// The controllers' kinds beside Deployment and ReplicaSet: StatefulSet, DaemonSet, their
// ControllerRevisions, Job, CronJob, and what bears on how many pods there may be:
// PodDisruptionBudget, PriorityClass, HorizontalPodAutoscaler. See sim/model/pod_types.h for how
// fields are named.
// k8s 1.30 api/apps/v1, api/batch/v1, api/policy/v1, api/scheduling/v1, api/autoscaling/v2:
// types.go
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/model/storage_types.h"
#include "sim/model/workload_types.h"

namespace sim {

struct RollingUpdateStatefulSetStrategy {
  std::optional<std::int32_t> partition;
  std::optional<IntOrString> max_unavailable;
  friend bool operator==(const RollingUpdateStatefulSetStrategy&,
                         const RollingUpdateStatefulSetStrategy&) = default;
};

struct StatefulSetUpdateStrategy {
  Str type;
  Box<RollingUpdateStatefulSetStrategy> rolling_update;
  friend bool operator==(const StatefulSetUpdateStrategy&,
                         const StatefulSetUpdateStrategy&) = default;
};

struct StatefulSetPersistentVolumeClaimRetentionPolicy {
  Str when_deleted;
  Str when_scaled;
  friend bool operator==(const StatefulSetPersistentVolumeClaimRetentionPolicy&,
                         const StatefulSetPersistentVolumeClaimRetentionPolicy&) = default;
};

struct StatefulSetOrdinals {
  std::int32_t start = 0;
  friend bool operator==(const StatefulSetOrdinals&, const StatefulSetOrdinals&) = default;
};

struct StatefulSetSpec {
  std::optional<std::int32_t> replicas;
  Box<LabelSelector> selector;
  Box<PodTemplateSpec> pod_template;
  std::vector<PersistentVolumeClaim> volume_claim_templates;
  Str service_name;
  Str pod_management_policy;
  StatefulSetUpdateStrategy update_strategy;
  std::optional<std::int32_t> revision_history_limit;
  std::int32_t min_ready_seconds = 0;
  Box<StatefulSetPersistentVolumeClaimRetentionPolicy> persistent_volume_claim_retention_policy;
  Box<StatefulSetOrdinals> ordinals;
  friend bool operator==(const StatefulSetSpec&, const StatefulSetSpec&) = default;
};

struct StatefulSetCondition {
  Str type;
  Str status;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const StatefulSetCondition&, const StatefulSetCondition&) = default;
};

struct StatefulSetStatus {
  std::int64_t observed_generation = 0;
  std::int32_t replicas = 0;
  std::int32_t ready_replicas = 0;
  std::int32_t current_replicas = 0;
  std::int32_t updated_replicas = 0;
  Str current_revision;
  Str update_revision;
  std::optional<std::int32_t> collision_count;
  std::vector<StatefulSetCondition> conditions;
  std::int32_t available_replicas = 0;
  friend bool operator==(const StatefulSetStatus&, const StatefulSetStatus&) = default;
};

struct StatefulSet : Object {
  static constexpr Kind kKind = Kind::StatefulSet;
  StatefulSet() : Object(kKind) {}
  StatefulSetSpec spec;
  StatefulSetStatus status;
  friend bool operator==(const StatefulSet&, const StatefulSet&) = default;
};

struct RollingUpdateDaemonSet {
  std::optional<IntOrString> max_unavailable;
  std::optional<IntOrString> max_surge;
  friend bool operator==(const RollingUpdateDaemonSet&, const RollingUpdateDaemonSet&) = default;
};

struct DaemonSetUpdateStrategy {
  Str type;
  Box<RollingUpdateDaemonSet> rolling_update;
  friend bool operator==(const DaemonSetUpdateStrategy&, const DaemonSetUpdateStrategy&) = default;
};

struct DaemonSetSpec {
  Box<LabelSelector> selector;
  Box<PodTemplateSpec> pod_template;
  DaemonSetUpdateStrategy update_strategy;
  std::int32_t min_ready_seconds = 0;
  std::optional<std::int32_t> revision_history_limit;
  friend bool operator==(const DaemonSetSpec&, const DaemonSetSpec&) = default;
};

struct DaemonSetCondition {
  Str type;
  Str status;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const DaemonSetCondition&, const DaemonSetCondition&) = default;
};

struct DaemonSetStatus {
  std::int32_t current_number_scheduled = 0;
  std::int32_t number_misscheduled = 0;
  std::int32_t desired_number_scheduled = 0;
  std::int32_t number_ready = 0;
  std::int64_t observed_generation = 0;
  std::int32_t updated_number_scheduled = 0;
  std::int32_t number_available = 0;
  std::int32_t number_unavailable = 0;
  std::optional<std::int32_t> collision_count;
  std::vector<DaemonSetCondition> conditions;
  friend bool operator==(const DaemonSetStatus&, const DaemonSetStatus&) = default;
};

struct DaemonSet : Object {
  static constexpr Kind kKind = Kind::DaemonSet;
  DaemonSet() : Object(kKind) {}
  DaemonSetSpec spec;
  DaemonSetStatus status;
  friend bool operator==(const DaemonSet&, const DaemonSet&) = default;
};

/// What a ControllerRevision holds is a patch that puts its template in place of another.
struct RevisionTemplate {
  Str patch;  // "replace"
  PodTemplateSpec pod_template;
  friend bool operator==(const RevisionTemplate&, const RevisionTemplate&) = default;
};

struct RevisionSpec {
  Box<RevisionTemplate> pod_template;
  friend bool operator==(const RevisionSpec&, const RevisionSpec&) = default;
};

struct ControllerRevisionData {
  Box<RevisionSpec> spec;
  friend bool operator==(const ControllerRevisionData&, const ControllerRevisionData&) = default;
};

struct ControllerRevision : Object {
  static constexpr Kind kKind = Kind::ControllerRevision;
  ControllerRevision() : Object(kKind) {}
  Box<ControllerRevisionData> data;
  std::int64_t revision = 0;
  friend bool operator==(const ControllerRevision&, const ControllerRevision&) = default;
};

struct PodFailurePolicyOnExitCodesRequirement {
  std::optional<Str> container_name;
  Str op;
  std::vector<std::int32_t> values;
  friend bool operator==(const PodFailurePolicyOnExitCodesRequirement&,
                         const PodFailurePolicyOnExitCodesRequirement&) = default;
};

struct PodFailurePolicyOnPodConditionsPattern {
  Str type;
  Str status;
  friend bool operator==(const PodFailurePolicyOnPodConditionsPattern&,
                         const PodFailurePolicyOnPodConditionsPattern&) = default;
};

struct PodFailurePolicyRule {
  Str action;
  Box<PodFailurePolicyOnExitCodesRequirement> on_exit_codes;
  std::vector<PodFailurePolicyOnPodConditionsPattern> on_pod_conditions;
  friend bool operator==(const PodFailurePolicyRule&, const PodFailurePolicyRule&) = default;
};

struct PodFailurePolicy {
  std::vector<PodFailurePolicyRule> rules;
  friend bool operator==(const PodFailurePolicy&, const PodFailurePolicy&) = default;
};

struct SuccessPolicyRule {
  std::optional<Str> succeeded_indexes;
  std::optional<std::int32_t> succeeded_count;
  friend bool operator==(const SuccessPolicyRule&, const SuccessPolicyRule&) = default;
};

struct SuccessPolicy {
  std::vector<SuccessPolicyRule> rules;
  friend bool operator==(const SuccessPolicy&, const SuccessPolicy&) = default;
};

struct JobSpec {
  std::optional<std::int32_t> parallelism;
  std::optional<std::int32_t> completions;
  std::optional<std::int64_t> active_deadline_seconds;
  Box<PodFailurePolicy> pod_failure_policy;
  Box<SuccessPolicy> success_policy;
  std::optional<std::int32_t> backoff_limit;
  std::optional<std::int32_t> backoff_limit_per_index;
  std::optional<std::int32_t> max_failed_indexes;
  Box<LabelSelector> selector;
  std::optional<bool> manual_selector;
  Box<PodTemplateSpec> pod_template;
  std::optional<std::int32_t> ttl_seconds_after_finished;
  std::optional<Str> completion_mode;
  std::optional<bool> suspend;
  std::optional<Str> pod_replacement_policy;
  std::optional<Str> managed_by;
  friend bool operator==(const JobSpec&, const JobSpec&) = default;
};

struct JobCondition {
  Str type;
  Str status;
  std::optional<Time> last_probe_time;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const JobCondition&, const JobCondition&) = default;
};

struct UncountedTerminatedPods {
  std::vector<Str> succeeded;
  std::vector<Str> failed;
  friend bool operator==(const UncountedTerminatedPods&, const UncountedTerminatedPods&) = default;
};

struct JobStatus {
  std::vector<JobCondition> conditions;
  std::optional<Time> start_time;
  std::optional<Time> completion_time;
  std::int32_t active = 0;
  std::int32_t succeeded = 0;
  std::int32_t failed = 0;
  std::optional<std::int32_t> terminating;
  Str completed_indexes;
  std::optional<Str> failed_indexes;
  Box<UncountedTerminatedPods> uncounted_terminated_pods;
  std::optional<std::int32_t> ready;
  friend bool operator==(const JobStatus&, const JobStatus&) = default;
};

struct Job : Object {
  static constexpr Kind kKind = Kind::Job;
  Job() : Object(kKind) {}
  JobSpec spec;
  JobStatus status;
  friend bool operator==(const Job&, const Job&) = default;
};

struct JobTemplateSpec {
  ObjectMeta meta;
  JobSpec spec;
  friend bool operator==(const JobTemplateSpec&, const JobTemplateSpec&) = default;
};

struct CronJobSpec {
  Str schedule;
  std::optional<Str> time_zone;
  std::optional<std::int64_t> starting_deadline_seconds;
  Str concurrency_policy;
  std::optional<bool> suspend;
  JobTemplateSpec job_template;
  std::optional<std::int32_t> successful_jobs_history_limit;
  std::optional<std::int32_t> failed_jobs_history_limit;
  friend bool operator==(const CronJobSpec&, const CronJobSpec&) = default;
};

struct CronJobStatus {
  std::vector<ObjectReference> active;
  std::optional<Time> last_schedule_time;
  std::optional<Time> last_successful_time;
  friend bool operator==(const CronJobStatus&, const CronJobStatus&) = default;
};

struct CronJob : Object {
  static constexpr Kind kKind = Kind::CronJob;
  CronJob() : Object(kKind) {}
  CronJobSpec spec;
  CronJobStatus status;
  friend bool operator==(const CronJob&, const CronJob&) = default;
};

struct PodDisruptionBudgetSpec {
  std::optional<IntOrString> min_available;
  Box<LabelSelector> selector;
  std::optional<IntOrString> max_unavailable;
  std::optional<Str> unhealthy_pod_eviction_policy;
  friend bool operator==(const PodDisruptionBudgetSpec&, const PodDisruptionBudgetSpec&) = default;
};

struct ApiCondition {
  Str type;
  Str status;
  std::int64_t observed_generation = 0;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const ApiCondition&, const ApiCondition&) = default;
};

struct PodDisruptionBudgetStatus {
  std::int64_t observed_generation = 0;
  StringMap disrupted_pods;
  std::int32_t disruptions_allowed = 0;
  std::int32_t current_healthy = 0;
  std::int32_t desired_healthy = 0;
  std::int32_t expected_pods = 0;
  std::vector<ApiCondition> conditions;
  friend bool operator==(const PodDisruptionBudgetStatus&,
                         const PodDisruptionBudgetStatus&) = default;
};

struct PodDisruptionBudget : Object {
  static constexpr Kind kKind = Kind::PodDisruptionBudget;
  PodDisruptionBudget() : Object(kKind) {}
  PodDisruptionBudgetSpec spec;
  PodDisruptionBudgetStatus status;
  friend bool operator==(const PodDisruptionBudget&, const PodDisruptionBudget&) = default;
};

struct PriorityClass : Object {
  static constexpr Kind kKind = Kind::PriorityClass;
  PriorityClass() : Object(kKind) {}
  std::int32_t value = 0;
  bool global_default = false;
  Str description;
  std::optional<Str> preemption_policy;
  friend bool operator==(const PriorityClass&, const PriorityClass&) = default;
};

struct CrossVersionObjectReference {
  Str kind;
  Str name;
  Str api_version;
  friend bool operator==(const CrossVersionObjectReference&,
                         const CrossVersionObjectReference&) = default;
};

struct MetricTarget {
  Str type;
  std::optional<Quantity> value;
  std::optional<Quantity> average_value;
  std::optional<std::int32_t> average_utilization;
  friend bool operator==(const MetricTarget&, const MetricTarget&) = default;
};

struct ResourceMetricSource {
  Str name;
  MetricTarget target;
  friend bool operator==(const ResourceMetricSource&, const ResourceMetricSource&) = default;
};

struct MetricSpec {
  Str type;
  Box<ResourceMetricSource> resource;
  friend bool operator==(const MetricSpec&, const MetricSpec&) = default;
};

struct HPAScalingPolicy {
  Str type;
  std::int32_t value = 0;
  std::int32_t period_seconds = 0;
  friend bool operator==(const HPAScalingPolicy&, const HPAScalingPolicy&) = default;
};

struct HPAScalingRules {
  std::optional<std::int32_t> stabilization_window_seconds;
  std::optional<Str> select_policy;
  std::vector<HPAScalingPolicy> policies;
  friend bool operator==(const HPAScalingRules&, const HPAScalingRules&) = default;
};

struct HorizontalPodAutoscalerBehavior {
  Box<HPAScalingRules> scale_up;
  Box<HPAScalingRules> scale_down;
  friend bool operator==(const HorizontalPodAutoscalerBehavior&,
                         const HorizontalPodAutoscalerBehavior&) = default;
};

struct HorizontalPodAutoscalerSpec {
  CrossVersionObjectReference scale_target_ref;
  std::optional<std::int32_t> min_replicas;
  std::int32_t max_replicas = 0;
  std::vector<MetricSpec> metrics;
  Box<HorizontalPodAutoscalerBehavior> behavior;
  friend bool operator==(const HorizontalPodAutoscalerSpec&,
                         const HorizontalPodAutoscalerSpec&) = default;
};

struct MetricValueStatus {
  std::optional<Quantity> value;
  std::optional<Quantity> average_value;
  std::optional<std::int32_t> average_utilization;
  friend bool operator==(const MetricValueStatus&, const MetricValueStatus&) = default;
};

struct ResourceMetricStatus {
  Str name;
  MetricValueStatus current;
  friend bool operator==(const ResourceMetricStatus&, const ResourceMetricStatus&) = default;
};

struct MetricStatus {
  Str type;
  Box<ResourceMetricStatus> resource;
  friend bool operator==(const MetricStatus&, const MetricStatus&) = default;
};

struct HorizontalPodAutoscalerCondition {
  Str type;
  Str status;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const HorizontalPodAutoscalerCondition&,
                         const HorizontalPodAutoscalerCondition&) = default;
};

struct HorizontalPodAutoscalerStatus {
  std::optional<std::int64_t> observed_generation;
  std::optional<Time> last_scale_time;
  std::int32_t current_replicas = 0;
  std::int32_t desired_replicas = 0;
  std::vector<MetricStatus> current_metrics;
  std::vector<HorizontalPodAutoscalerCondition> conditions;
  friend bool operator==(const HorizontalPodAutoscalerStatus&,
                         const HorizontalPodAutoscalerStatus&) = default;
};

struct HorizontalPodAutoscaler : Object {
  static constexpr Kind kKind = Kind::HorizontalPodAutoscaler;
  HorizontalPodAutoscaler() : Object(kKind) {}
  HorizontalPodAutoscalerSpec spec;
  HorizontalPodAutoscalerStatus status;
  friend bool operator==(const HorizontalPodAutoscaler&, const HorizontalPodAutoscaler&) = default;
};

}  // namespace sim
