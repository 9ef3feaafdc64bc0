// What the API server fills in for the kinds in controller_types.h. k8s 1.30 pkg/apis:
// SetDefaults_*
#include "sim/model/controller_types.h"
#include "sim/model/defaults.h"

namespace sim {
namespace {

template <class T, class V>
void set_if_absent(std::optional<T>& field, V value) {
  if (!field) field = value;
}
void set_if_empty(Str& field, const char* value) {
  if (field.empty()) field = value;
}

void default_stateful_set(StatefulSet& set) {
  StatefulSetSpec& spec = set.spec;
  set_if_empty(spec.pod_management_policy, "OrderedReady");
  if (spec.update_strategy.type.empty()) {
    spec.update_strategy.type = "RollingUpdate";
    set_if_absent(spec.update_strategy.rolling_update.edit().partition, 0);
  }
  if (spec.update_strategy.type == "RollingUpdate" && spec.update_strategy.rolling_update) {
    set_if_absent(spec.update_strategy.rolling_update.edit().partition, 0);
  }
  auto& retention = spec.persistent_volume_claim_retention_policy.edit();
  set_if_empty(retention.when_deleted, "Retain");
  set_if_empty(retention.when_scaled, "Retain");
  set_if_absent(spec.replicas, 1);
  set_if_absent(spec.revision_history_limit, 10);
  set_template_defaults(spec.pod_template);
  for (PersistentVolumeClaim& claim : spec.volume_claim_templates) {
    set_if_absent(claim.spec.volume_mode, Str("Filesystem"));
    set_if_empty(claim.status.phase, "Pending");
  }
}

void default_daemon_set(DaemonSet& set) {
  DaemonSetSpec& spec = set.spec;
  set_if_empty(spec.update_strategy.type, "RollingUpdate");
  if (spec.update_strategy.type == "RollingUpdate") {
    RollingUpdateDaemonSet& rolling = spec.update_strategy.rolling_update.edit();
    set_if_absent(rolling.max_unavailable, IntOrString{false, 1, Str()});
    set_if_absent(rolling.max_surge, IntOrString{false, 0, Str()});
  }
  set_if_absent(spec.revision_history_limit, 10);
  set_template_defaults(spec.pod_template);
}

void default_job(Job& job) {
  JobSpec& spec = job.spec;
  if (!spec.completions && !spec.parallelism) spec.completions = 1;
  set_if_absent(spec.parallelism, 1);
  set_if_absent(spec.backoff_limit, spec.backoff_limit_per_index ? INT32_MAX : 6);
  set_if_absent(spec.completion_mode, Str("NonIndexed"));
  set_if_absent(spec.suspend, false);
  set_if_absent(spec.manual_selector, false);
  set_if_absent(spec.pod_replacement_policy,
                Str(spec.pod_failure_policy ? "Failed" : "TerminatingOrFailed"));
  if (spec.pod_failure_policy) {
    for (PodFailurePolicyRule& rule : spec.pod_failure_policy.edit().rules) {
      for (PodFailurePolicyOnPodConditionsPattern& pattern : rule.on_pod_conditions) {
        set_if_empty(pattern.status, "True");
      }
    }
  }
  set_template_defaults(spec.pod_template);
}

void default_cron_job(CronJob& cron) {
  CronJobSpec& spec = cron.spec;
  set_if_empty(spec.concurrency_policy, "Allow");
  set_if_absent(spec.suspend, false);
  set_if_absent(spec.successful_jobs_history_limit, 3);
  set_if_absent(spec.failed_jobs_history_limit, 1);
  // The rest of the Job's defaults come when a Job is made of it.
  set_template_defaults(spec.job_template.spec.pod_template);
}

// k8s 1.30 pkg/apis/autoscaling/v2: GenerateHPAScaleUpRules, GenerateHPAScaleDownRules
void default_scaling(HPAScalingRules& rules, bool up) {
  set_if_absent(rules.select_policy, Str("Max"));
  if (up) set_if_absent(rules.stabilization_window_seconds, 0);
  if (!rules.policies.empty()) return;
  if (up) rules.policies.push_back({"Pods", 4, 15});
  rules.policies.push_back({"Percent", 100, 15});
}

void default_autoscaler(HorizontalPodAutoscaler& autoscaler) {
  HorizontalPodAutoscalerSpec& spec = autoscaler.spec;
  set_if_absent(spec.min_replicas, 1);
  if (spec.metrics.empty()) {
    MetricSpec metric;
    metric.type = "Resource";
    ResourceMetricSource& resource = metric.resource.edit();
    resource.name = "cpu";
    resource.target.type = "Utilization";
    resource.target.average_utilization = 80;
    spec.metrics.push_back(std::move(metric));
  }
  if (!spec.behavior) return;
  HorizontalPodAutoscalerBehavior& behavior = spec.behavior.edit();
  default_scaling(behavior.scale_up.edit(), true);
  default_scaling(behavior.scale_down.edit(), false);
}

}  // namespace

void set_controller_defaults(Object& object) {
  switch (object.kind) {
    case Kind::StatefulSet:
      default_stateful_set(static_cast<StatefulSet&>(object));
      break;
    case Kind::DaemonSet:
      default_daemon_set(static_cast<DaemonSet&>(object));
      break;
    case Kind::Job:
      default_job(static_cast<Job&>(object));
      break;
    case Kind::CronJob:
      default_cron_job(static_cast<CronJob&>(object));
      break;
    case Kind::PriorityClass:
      set_if_absent(static_cast<PriorityClass&>(object).preemption_policy,
                    Str("PreemptLowerPriority"));
      break;
    case Kind::HorizontalPodAutoscaler:
      default_autoscaler(static_cast<HorizontalPodAutoscaler&>(object));
      break;
    default:
      break;
  }
}

}  // namespace sim
