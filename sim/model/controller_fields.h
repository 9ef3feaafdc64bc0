// The fields of the kinds in controller_types.h: a continuation of sim/model/fields.h, with
// the same rules. Heavy: include it only from the .cc files that visit.
#pragma once

#include "sim/model/controller_types.h"
#include "sim/model/storage_fields.h"

namespace sim {

template <>
constexpr std::string_view go_struct_name<RollingUpdateStatefulSetStrategy>() {
  return "RollingUpdateStatefulSetStrategy";
}
template <class Self, class Visitor>
void visit_fields(const RollingUpdateStatefulSetStrategy*, Self& s, Visitor& v) {
  v("Partition", "partition", s.partition, {});
  v("MaxUnavailable", "maxUnavailable", s.max_unavailable, {});
}

template <>
constexpr std::string_view go_struct_name<StatefulSetUpdateStrategy>() {
  return "StatefulSetUpdateStrategy";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSetUpdateStrategy*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.StatefulSetUpdateStrategyType"});
  v("RollingUpdate", "rollingUpdate", s.rolling_update, {});
}

template <>
constexpr std::string_view go_struct_name<StatefulSetPersistentVolumeClaimRetentionPolicy>() {
  return "StatefulSetPersistentVolumeClaimRetentionPolicy";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSetPersistentVolumeClaimRetentionPolicy*, Self& s, Visitor& v) {
  v("WhenDeleted", "whenDeleted", s.when_deleted,
    {.go_type = "v1.PersistentVolumeClaimRetentionPolicyType"});
  v("WhenScaled", "whenScaled", s.when_scaled,
    {.go_type = "v1.PersistentVolumeClaimRetentionPolicyType"});
}

template <>
constexpr std::string_view go_struct_name<StatefulSetOrdinals>() {
  return "StatefulSetOrdinals";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSetOrdinals*, Self& s, Visitor& v) {
  v("Start", "start", s.start, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<StatefulSetSpec>() {
  return "StatefulSetSpec";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSetSpec*, Self& s, Visitor& v) {
  v("Replicas", "replicas", s.replicas, {});
  v("Selector", "selector", s.selector, {.always = true});
  v("Template", "template", s.pod_template, {});
  v("VolumeClaimTemplates", "volumeClaimTemplates", s.volume_claim_templates, {});
  v("ServiceName", "serviceName", s.service_name, {.always = true});
  v("PodManagementPolicy", "podManagementPolicy", s.pod_management_policy,
    {.go_type = "v1.PodManagementPolicyType"});
  v("UpdateStrategy", "updateStrategy", s.update_strategy, {});
  v("RevisionHistoryLimit", "revisionHistoryLimit", s.revision_history_limit, {});
  v("MinReadySeconds", "minReadySeconds", s.min_ready_seconds, {});
  v("PersistentVolumeClaimRetentionPolicy", "persistentVolumeClaimRetentionPolicy",
    s.persistent_volume_claim_retention_policy, {});
  v("Ordinals", "ordinals", s.ordinals, {});
}

template <>
constexpr std::string_view go_struct_name<StatefulSetCondition>() {
  return "StatefulSetCondition";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSetCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.StatefulSetConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<StatefulSetStatus>() {
  return "StatefulSetStatus";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSetStatus*, Self& s, Visitor& v) {
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("Replicas", "replicas", s.replicas, {.always = true});
  v("ReadyReplicas", "readyReplicas", s.ready_replicas, {});
  v("CurrentReplicas", "currentReplicas", s.current_replicas, {});
  v("UpdatedReplicas", "updatedReplicas", s.updated_replicas, {});
  v("CurrentRevision", "currentRevision", s.current_revision, {});
  v("UpdateRevision", "updateRevision", s.update_revision, {});
  v("CollisionCount", "collisionCount", s.collision_count, {});
  v("Conditions", "conditions", s.conditions, {});
  v("AvailableReplicas", "availableReplicas", s.available_replicas, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<StatefulSet>() {
  return "StatefulSet";
}
template <class Self, class Visitor>
void visit_fields(const StatefulSet*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<RollingUpdateDaemonSet>() {
  return "RollingUpdateDaemonSet";
}
template <class Self, class Visitor>
void visit_fields(const RollingUpdateDaemonSet*, Self& s, Visitor& v) {
  v("MaxUnavailable", "maxUnavailable", s.max_unavailable, {});
  v("MaxSurge", "maxSurge", s.max_surge, {});
}

template <>
constexpr std::string_view go_struct_name<DaemonSetUpdateStrategy>() {
  return "DaemonSetUpdateStrategy";
}
template <class Self, class Visitor>
void visit_fields(const DaemonSetUpdateStrategy*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.DaemonSetUpdateStrategyType"});
  v("RollingUpdate", "rollingUpdate", s.rolling_update, {});
}

template <>
constexpr std::string_view go_struct_name<DaemonSetSpec>() {
  return "DaemonSetSpec";
}
template <class Self, class Visitor>
void visit_fields(const DaemonSetSpec*, Self& s, Visitor& v) {
  v("Selector", "selector", s.selector, {.always = true});
  v("Template", "template", s.pod_template, {.always = true});
  v("UpdateStrategy", "updateStrategy", s.update_strategy, {});
  v("MinReadySeconds", "minReadySeconds", s.min_ready_seconds, {});
  v("RevisionHistoryLimit", "revisionHistoryLimit", s.revision_history_limit, {});
}

template <>
constexpr std::string_view go_struct_name<DaemonSetCondition>() {
  return "DaemonSetCondition";
}
template <class Self, class Visitor>
void visit_fields(const DaemonSetCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.DaemonSetConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<DaemonSetStatus>() {
  return "DaemonSetStatus";
}
template <class Self, class Visitor>
void visit_fields(const DaemonSetStatus*, Self& s, Visitor& v) {
  v("CurrentNumberScheduled", "currentNumberScheduled", s.current_number_scheduled,
    {.always = true});
  v("NumberMisscheduled", "numberMisscheduled", s.number_misscheduled, {.always = true});
  v("DesiredNumberScheduled", "desiredNumberScheduled", s.desired_number_scheduled,
    {.always = true});
  v("NumberReady", "numberReady", s.number_ready, {.always = true});
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("UpdatedNumberScheduled", "updatedNumberScheduled", s.updated_number_scheduled, {});
  v("NumberAvailable", "numberAvailable", s.number_available, {});
  v("NumberUnavailable", "numberUnavailable", s.number_unavailable, {});
  v("CollisionCount", "collisionCount", s.collision_count, {});
  v("Conditions", "conditions", s.conditions, {});
}

template <>
constexpr std::string_view go_struct_name<DaemonSet>() {
  return "DaemonSet";
}
template <class Self, class Visitor>
void visit_fields(const DaemonSet*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<RevisionTemplate>() {
  return "RevisionTemplate";
}
template <class Self, class Visitor>
void visit_fields(const RevisionTemplate*, Self& s, Visitor& v) {
  v("Patch", "$patch", s.patch, {});
  v.inlined("PodTemplateSpec", s.pod_template);
}

template <>
constexpr std::string_view go_struct_name<RevisionSpec>() {
  return "RevisionSpec";
}
template <class Self, class Visitor>
void visit_fields(const RevisionSpec*, Self& s, Visitor& v) {
  v("Template", "template", s.pod_template, {});
}

template <>
constexpr std::string_view go_struct_name<ControllerRevisionData>() {
  return "ControllerRevisionData";
}
template <class Self, class Visitor>
void visit_fields(const ControllerRevisionData*, Self& s, Visitor& v) {
  v("Spec", "spec", s.spec, {});
}

template <>
constexpr std::string_view go_struct_name<ControllerRevision>() {
  return "ControllerRevision";
}
template <class Self, class Visitor>
void visit_fields(const ControllerRevision*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Data", "data", s.data, {.always = true});
  v("Revision", "revision", s.revision, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<PodFailurePolicyOnExitCodesRequirement>() {
  return "PodFailurePolicyOnExitCodesRequirement";
}
template <class Self, class Visitor>
void visit_fields(const PodFailurePolicyOnExitCodesRequirement*, Self& s, Visitor& v) {
  v("ContainerName", "containerName", s.container_name, {});
  v("Operator", "operator", s.op,
    {.go_type = "v1.PodFailurePolicyOnExitCodesOperator", .always = true});
  v("Values", "values", s.values, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<PodFailurePolicyOnPodConditionsPattern>() {
  return "PodFailurePolicyOnPodConditionsPattern";
}
template <class Self, class Visitor>
void visit_fields(const PodFailurePolicyOnPodConditionsPattern*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.PodConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
}

template <>
constexpr std::string_view go_struct_name<PodFailurePolicyRule>() {
  return "PodFailurePolicyRule";
}
template <class Self, class Visitor>
void visit_fields(const PodFailurePolicyRule*, Self& s, Visitor& v) {
  v("Action", "action", s.action, {.go_type = "v1.PodFailurePolicyAction", .always = true});
  v("OnExitCodes", "onExitCodes", s.on_exit_codes, {});
  v("OnPodConditions", "onPodConditions", s.on_pod_conditions, {});
}

template <>
constexpr std::string_view go_struct_name<PodFailurePolicy>() {
  return "PodFailurePolicy";
}
template <class Self, class Visitor>
void visit_fields(const PodFailurePolicy*, Self& s, Visitor& v) {
  v("Rules", "rules", s.rules, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<SuccessPolicyRule>() {
  return "SuccessPolicyRule";
}
template <class Self, class Visitor>
void visit_fields(const SuccessPolicyRule*, Self& s, Visitor& v) {
  v("SucceededIndexes", "succeededIndexes", s.succeeded_indexes, {});
  v("SucceededCount", "succeededCount", s.succeeded_count, {});
}

template <>
constexpr std::string_view go_struct_name<SuccessPolicy>() {
  return "SuccessPolicy";
}
template <class Self, class Visitor>
void visit_fields(const SuccessPolicy*, Self& s, Visitor& v) {
  v("Rules", "rules", s.rules, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<JobSpec>() {
  return "JobSpec";
}
template <class Self, class Visitor>
void visit_fields(const JobSpec*, Self& s, Visitor& v) {
  v("Parallelism", "parallelism", s.parallelism, {});
  v("Completions", "completions", s.completions, {});
  v("ActiveDeadlineSeconds", "activeDeadlineSeconds", s.active_deadline_seconds, {});
  v("PodFailurePolicy", "podFailurePolicy", s.pod_failure_policy, {});
  v("SuccessPolicy", "successPolicy", s.success_policy, {});
  v("BackoffLimit", "backoffLimit", s.backoff_limit, {});
  v("BackoffLimitPerIndex", "backoffLimitPerIndex", s.backoff_limit_per_index, {});
  v("MaxFailedIndexes", "maxFailedIndexes", s.max_failed_indexes, {});
  v("Selector", "selector", s.selector, {});
  v("ManualSelector", "manualSelector", s.manual_selector, {});
  v("Template", "template", s.pod_template, {.always = true});
  v("TTLSecondsAfterFinished", "ttlSecondsAfterFinished", s.ttl_seconds_after_finished, {});
  v("CompletionMode", "completionMode", s.completion_mode, {.go_type = "v1.CompletionMode"});
  v("Suspend", "suspend", s.suspend, {});
  v("PodReplacementPolicy", "podReplacementPolicy", s.pod_replacement_policy,
    {.go_type = "v1.PodReplacementPolicy"});
  v("ManagedBy", "managedBy", s.managed_by, {});
}

template <>
constexpr std::string_view go_struct_name<JobCondition>() {
  return "JobCondition";
}
template <class Self, class Visitor>
void visit_fields(const JobCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v1.JobConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastProbeTime", "lastProbeTime", s.last_probe_time, {.always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<UncountedTerminatedPods>() {
  return "UncountedTerminatedPods";
}
template <class Self, class Visitor>
void visit_fields(const UncountedTerminatedPods*, Self& s, Visitor& v) {
  v("Succeeded", "succeeded", s.succeeded, {.go_type = "types.UID"});
  v("Failed", "failed", s.failed, {.go_type = "types.UID"});
}

template <>
constexpr std::string_view go_struct_name<JobStatus>() {
  return "JobStatus";
}
template <class Self, class Visitor>
void visit_fields(const JobStatus*, Self& s, Visitor& v) {
  v("Conditions", "conditions", s.conditions, {});
  v("StartTime", "startTime", s.start_time, {});
  v("CompletionTime", "completionTime", s.completion_time, {});
  v("Active", "active", s.active, {});
  v("Succeeded", "succeeded", s.succeeded, {});
  v("Failed", "failed", s.failed, {});
  v("Terminating", "terminating", s.terminating, {});
  v("CompletedIndexes", "completedIndexes", s.completed_indexes, {});
  v("FailedIndexes", "failedIndexes", s.failed_indexes, {});
  v("UncountedTerminatedPods", "uncountedTerminatedPods", s.uncounted_terminated_pods, {});
  v("Ready", "ready", s.ready, {});
}

template <>
constexpr std::string_view go_struct_name<Job>() {
  return "Job";
}
template <class Self, class Visitor>
void visit_fields(const Job*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<JobTemplateSpec>() {
  return "JobTemplateSpec";
}
template <class Self, class Visitor>
void visit_fields(const JobTemplateSpec*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
}

template <>
constexpr std::string_view go_struct_name<CronJobSpec>() {
  return "CronJobSpec";
}
template <class Self, class Visitor>
void visit_fields(const CronJobSpec*, Self& s, Visitor& v) {
  v("Schedule", "schedule", s.schedule, {.always = true});
  v("TimeZone", "timeZone", s.time_zone, {});
  v("StartingDeadlineSeconds", "startingDeadlineSeconds", s.starting_deadline_seconds, {});
  v("ConcurrencyPolicy", "concurrencyPolicy", s.concurrency_policy,
    {.go_type = "v1.ConcurrencyPolicy"});
  v("Suspend", "suspend", s.suspend, {});
  v("JobTemplate", "jobTemplate", s.job_template, {.always = true});
  v("SuccessfulJobsHistoryLimit", "successfulJobsHistoryLimit", s.successful_jobs_history_limit,
    {});
  v("FailedJobsHistoryLimit", "failedJobsHistoryLimit", s.failed_jobs_history_limit, {});
}

template <>
constexpr std::string_view go_struct_name<CronJobStatus>() {
  return "CronJobStatus";
}
template <class Self, class Visitor>
void visit_fields(const CronJobStatus*, Self& s, Visitor& v) {
  v("Active", "active", s.active, {});
  v("LastScheduleTime", "lastScheduleTime", s.last_schedule_time, {});
  v("LastSuccessfulTime", "lastSuccessfulTime", s.last_successful_time, {});
}

template <>
constexpr std::string_view go_struct_name<CronJob>() {
  return "CronJob";
}
template <class Self, class Visitor>
void visit_fields(const CronJob*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<PodDisruptionBudgetSpec>() {
  return "PodDisruptionBudgetSpec";
}
template <class Self, class Visitor>
void visit_fields(const PodDisruptionBudgetSpec*, Self& s, Visitor& v) {
  v("MinAvailable", "minAvailable", s.min_available, {});
  v("Selector", "selector", s.selector, {});
  v("MaxUnavailable", "maxUnavailable", s.max_unavailable, {});
  v("UnhealthyPodEvictionPolicy", "unhealthyPodEvictionPolicy", s.unhealthy_pod_eviction_policy,
    {.go_type = "v1.UnhealthyPodEvictionPolicyType"});
}

template <>
constexpr std::string_view go_struct_name<ApiCondition>() {
  return "Condition";
}
template <class Self, class Visitor>
void visit_fields(const ApiCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {.always = true});
  v("Reason", "reason", s.reason, {.always = true});
  v("Message", "message", s.message, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<PodDisruptionBudgetStatus>() {
  return "PodDisruptionBudgetStatus";
}
template <class Self, class Visitor>
void visit_fields(const PodDisruptionBudgetStatus*, Self& s, Visitor& v) {
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("DisruptedPods", "disruptedPods", s.disrupted_pods, {});
  v("DisruptionsAllowed", "disruptionsAllowed", s.disruptions_allowed, {.always = true});
  v("CurrentHealthy", "currentHealthy", s.current_healthy, {.always = true});
  v("DesiredHealthy", "desiredHealthy", s.desired_healthy, {.always = true});
  v("ExpectedPods", "expectedPods", s.expected_pods, {.always = true});
  v("Conditions", "conditions", s.conditions, {});
}

template <>
constexpr std::string_view go_struct_name<PodDisruptionBudget>() {
  return "PodDisruptionBudget";
}
template <class Self, class Visitor>
void visit_fields(const PodDisruptionBudget*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<PriorityClass>() {
  return "PriorityClass";
}
template <class Self, class Visitor>
void visit_fields(const PriorityClass*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Value", "value", s.value, {.always = true});
  v("GlobalDefault", "globalDefault", s.global_default, {});
  v("Description", "description", s.description, {});
  v("PreemptionPolicy", "preemptionPolicy", s.preemption_policy,
    {.go_type = "v1.PreemptionPolicy"});
}

template <>
constexpr std::string_view go_struct_name<CrossVersionObjectReference>() {
  return "CrossVersionObjectReference";
}
template <class Self, class Visitor>
void visit_fields(const CrossVersionObjectReference*, Self& s, Visitor& v) {
  v("Kind", "kind", s.kind, {.always = true});
  v("Name", "name", s.name, {.always = true});
  v("APIVersion", "apiVersion", s.api_version, {});
}

template <>
constexpr std::string_view go_struct_name<MetricTarget>() {
  return "MetricTarget";
}
template <class Self, class Visitor>
void visit_fields(const MetricTarget*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v2.MetricTargetType", .always = true});
  v("Value", "value", s.value, {});
  v("AverageValue", "averageValue", s.average_value, {});
  v("AverageUtilization", "averageUtilization", s.average_utilization, {});
}

template <>
constexpr std::string_view go_struct_name<ResourceMetricSource>() {
  return "ResourceMetricSource";
}
template <class Self, class Visitor>
void visit_fields(const ResourceMetricSource*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.go_type = "v1.ResourceName", .always = true});
  v("Target", "target", s.target, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<MetricSpec>() {
  return "MetricSpec";
}
template <class Self, class Visitor>
void visit_fields(const MetricSpec*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v2.MetricSourceType", .always = true});
  v("Resource", "resource", s.resource, {});
}

template <>
constexpr std::string_view go_struct_name<HPAScalingPolicy>() {
  return "HPAScalingPolicy";
}
template <class Self, class Visitor>
void visit_fields(const HPAScalingPolicy*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v2.HPAScalingPolicyType", .always = true});
  v("Value", "value", s.value, {.always = true});
  v("PeriodSeconds", "periodSeconds", s.period_seconds, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<HPAScalingRules>() {
  return "HPAScalingRules";
}
template <class Self, class Visitor>
void visit_fields(const HPAScalingRules*, Self& s, Visitor& v) {
  v("StabilizationWindowSeconds", "stabilizationWindowSeconds", s.stabilization_window_seconds, {});
  v("SelectPolicy", "selectPolicy", s.select_policy, {.go_type = "v2.ScalingPolicySelect"});
  v("Policies", "policies", s.policies, {});
}

template <>
constexpr std::string_view go_struct_name<HorizontalPodAutoscalerBehavior>() {
  return "HorizontalPodAutoscalerBehavior";
}
template <class Self, class Visitor>
void visit_fields(const HorizontalPodAutoscalerBehavior*, Self& s, Visitor& v) {
  v("ScaleUp", "scaleUp", s.scale_up, {});
  v("ScaleDown", "scaleDown", s.scale_down, {});
}

template <>
constexpr std::string_view go_struct_name<HorizontalPodAutoscalerSpec>() {
  return "HorizontalPodAutoscalerSpec";
}
template <class Self, class Visitor>
void visit_fields(const HorizontalPodAutoscalerSpec*, Self& s, Visitor& v) {
  v("ScaleTargetRef", "scaleTargetRef", s.scale_target_ref, {.always = true});
  v("MinReplicas", "minReplicas", s.min_replicas, {});
  v("MaxReplicas", "maxReplicas", s.max_replicas, {.always = true});
  v("Metrics", "metrics", s.metrics, {});
  v("Behavior", "behavior", s.behavior, {});
}

template <>
constexpr std::string_view go_struct_name<MetricValueStatus>() {
  return "MetricValueStatus";
}
template <class Self, class Visitor>
void visit_fields(const MetricValueStatus*, Self& s, Visitor& v) {
  v("Value", "value", s.value, {});
  v("AverageValue", "averageValue", s.average_value, {});
  v("AverageUtilization", "averageUtilization", s.average_utilization, {});
}

template <>
constexpr std::string_view go_struct_name<ResourceMetricStatus>() {
  return "ResourceMetricStatus";
}
template <class Self, class Visitor>
void visit_fields(const ResourceMetricStatus*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {.go_type = "v1.ResourceName", .always = true});
  v("Current", "current", s.current, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<MetricStatus>() {
  return "MetricStatus";
}
template <class Self, class Visitor>
void visit_fields(const MetricStatus*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v2.MetricSourceType", .always = true});
  v("Resource", "resource", s.resource, {});
}

template <>
constexpr std::string_view go_struct_name<HorizontalPodAutoscalerCondition>() {
  return "HorizontalPodAutoscalerCondition";
}
template <class Self, class Visitor>
void visit_fields(const HorizontalPodAutoscalerCondition*, Self& s, Visitor& v) {
  v("Type", "type", s.type, {.go_type = "v2.HorizontalPodAutoscalerConditionType", .always = true});
  v("Status", "status", s.status, {.go_type = "v1.ConditionStatus", .always = true});
  v("LastTransitionTime", "lastTransitionTime", s.last_transition_time, {});
  v("Reason", "reason", s.reason, {});
  v("Message", "message", s.message, {});
}

template <>
constexpr std::string_view go_struct_name<HorizontalPodAutoscalerStatus>() {
  return "HorizontalPodAutoscalerStatus";
}
template <class Self, class Visitor>
void visit_fields(const HorizontalPodAutoscalerStatus*, Self& s, Visitor& v) {
  v("ObservedGeneration", "observedGeneration", s.observed_generation, {});
  v("LastScaleTime", "lastScaleTime", s.last_scale_time, {});
  v("CurrentReplicas", "currentReplicas", s.current_replicas, {});
  v("DesiredReplicas", "desiredReplicas", s.desired_replicas, {.always = true});
  v("CurrentMetrics", "currentMetrics", s.current_metrics, {.always = true});
  v("Conditions", "conditions", s.conditions, {});
}

template <>
constexpr std::string_view go_struct_name<HorizontalPodAutoscaler>() {
  return "HorizontalPodAutoscaler";
}
template <class Self, class Visitor>
void visit_fields(const HorizontalPodAutoscaler*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

}  // namespace sim
