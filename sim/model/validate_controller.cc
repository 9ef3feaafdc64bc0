// What the API server refuses of the kinds in controller_types.h. k8s 1.30 pkg/apis
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/go_text.h"
#include "sim/model/labels.h"
#include "sim/model/validate_batch.h"
#include "sim/model/validate_kinds.h"

namespace sim {
namespace {

template <class T>
const T& to(const Object& object) {
  return static_cast<const T&>(object);
}

/// The rules for both kinds of template that run for ever.
void check_endless(FieldErrors& errors, const FieldPath& path, std::string_view kind,
                   const PodSpec& spec) {
  if (spec.restart_policy != "Always") {
    errors.not_supported(path.child("restartPolicy"), spec.restart_policy, {"Always"});
  }
  if (spec.active_deadline_seconds) {
    errors.forbidden(path.child("activeDeadlineSeconds"),
                     fmt::format("activeDeadlineSeconds in {} is not Supported", kind));
  }
}

// ---- StatefulSet ----

// k8s 1.30 pkg/apis/apps/validation: validateRollingUpdateStatefulSet
void check_update_strategy(FieldErrors& errors, const FieldPath& path,
                           const StatefulSetUpdateStrategy& strategy) {
  const FieldPath rolling = path.child("rollingUpdate");
  if (strategy.type.empty()) {
    errors.required(path);
  } else if (strategy.type == "OnDelete") {
    if (strategy.rolling_update) {
      errors.invalid_value(rolling,
                           fmt::format("apps.RollingUpdateStatefulSetStrategy{{Partition:{}, "
                                       "MaxUnavailable:(*intstr.IntOrString)(nil)}}",
                                       strategy.rolling_update->partition.value_or(0)),
                           "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (strategy.type == "RollingUpdate") {
    if (!strategy.rolling_update) return;
    check_not_negative(errors, rolling.child("partition"),
                       strategy.rolling_update->partition.value_or(0));
    if (const auto& most = strategy.rolling_update->max_unavailable) {
      const FieldPath at = rolling.child("maxUnavailable");
      check_count_or_percent(errors, at, *most);
      if (count_or_percent(*most) == 0) {
        errors.invalid_value(at, go_int_or_string(*most), "cannot be 0");
      }
      check_at_most_all(errors, at, *most);
    }
  } else {
    errors.invalid_value(
        path,
        fmt::format("apps.StatefulSetUpdateStrategy{{Type:{}, "
                    "RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}}",
                    go_quote(strategy.type)),
        "must be 'RollingUpdate' or 'OnDelete'");
  }
}

// k8s 1.30 pkg/apis/apps/validation: ValidateStatefulSetSpec
void check_stateful_set_spec(FieldErrors& errors, const StatefulSetSpec& spec) {
  const FieldPath path("spec");
  if (spec.pod_management_policy.empty()) {
    errors.required(path.child("podManagementPolicy"));
  } else if (!is_one_of(spec.pod_management_policy, {"OrderedReady", "Parallel"})) {
    errors.invalid(path.child("podManagementPolicy"), spec.pod_management_policy,
                   "must be 'OrderedReady' or 'Parallel'");
  }
  check_update_strategy(errors, path.child("updateStrategy"), spec.update_strategy);
  if (spec.persistent_volume_claim_retention_policy) {
    const FieldPath at = path.child("persistentVolumeClaimRetentionPolicy");
    const auto& policy = *spec.persistent_volume_claim_retention_policy;
    for (const auto& [name, value] : {std::pair("whenDeleted", &policy.when_deleted),
                                      std::pair("whenScaled", &policy.when_scaled)}) {
      if (!is_one_of(*value, {"Retain", "Delete"})) {
        errors.not_supported(at.child(name), *value, {"Retain", "Delete"});
      }
    }
  }
  check_not_negative(errors, path.child("replicas"), spec.replicas.value_or(0));
  check_not_negative(errors, path.child("minReadySeconds"), spec.min_ready_seconds);
  if (spec.ordinals) {
    check_not_negative(errors, path.child("ordinals.start"), spec.ordinals->start);
  }
  const FieldPath selector = path.child("selector");
  bool everything = false;
  if (!spec.selector) {
    errors.required(selector);
  } else {
    check_label_selector(errors, selector, *spec.selector);
    everything = spec.selector->match_labels.empty() && spec.selector->match_expressions.empty();
    if (everything) {
      errors.invalid_value(selector, go_value(*spec.selector),
                           "empty selector is invalid for statefulset");
    }
  }
  // Of the pods' spec nothing else is looked at: the volumes of the claims are not there yet.
  const PodTemplateSpec none;
  const PodTemplateSpec& pods = spec.pod_template ? *spec.pod_template : none;
  const FieldPath place = path.child("template");
  if (!everything && !matches(spec.selector ? &*spec.selector : nullptr, pods.meta.labels)) {
    errors.invalid_value(place.child("metadata.labels"), go_labels(pods.meta.labels),
                         "`selector` does not match template `labels`");
  }
  const FieldPath annotations = place.child("annotations");
  check_labels(errors, place.child("labels"), pods.meta.labels);
  check_annotations(errors, annotations, pods.meta.annotations);
  check_pod_annotations(errors, annotations, pods.meta.annotations, !pods.spec.node_name.empty());
  check_endless(errors, place.child("spec"), "StatefulSet", pods.spec);
}

// k8s 1.30 pkg/apis/apps/validation: ValidateStatefulSetUpdate
void check_stateful_set_update(FieldErrors& errors, const StatefulSet& before,
                               const StatefulSet& after) {
  check_object_meta_update(errors, before, after);
  check_stateful_set_spec(errors, after.spec);
  StatefulSetSpec munged = after.spec;
  munged.replicas = before.spec.replicas;
  munged.pod_template = before.spec.pod_template;
  munged.update_strategy = before.spec.update_strategy;
  munged.min_ready_seconds = before.spec.min_ready_seconds;
  munged.ordinals = before.spec.ordinals;
  munged.persistent_volume_claim_retention_policy =
      before.spec.persistent_volume_claim_retention_policy;
  if (!(munged == before.spec)) {
    errors.forbidden(FieldPath("spec"),
                     "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                     "'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and "
                     "'minReadySeconds' are forbidden");
  }
}

// ---- DaemonSet ----

// k8s 1.30 pkg/apis/apps/validation: ValidateRollingUpdateDaemonSet
void check_rolling_daemons(FieldErrors& errors, const FieldPath& path,
                           const RollingUpdateDaemonSet& rolling) {
  const IntOrString unavailable = rolling.max_unavailable.value_or(IntOrString());
  const IntOrString surge = rolling.max_surge.value_or(IntOrString());
  const FieldPath one = path.child("maxUnavailable");
  const FieldPath other = path.child("maxSurge");
  check_count_or_percent(errors, one, unavailable);
  check_count_or_percent(errors, other, surge);
  check_at_most_all(errors, one, unavailable);
  check_at_most_all(errors, other, surge);
  const bool has_unavailable = count_or_percent(unavailable) != 0;
  const bool has_surge = count_or_percent(surge) != 0;
  if (has_unavailable && has_surge) {
    errors.invalid_value(other, go_int_or_string(surge),
                         "may not be set when maxUnavailable is non-zero");
  } else if (!has_unavailable && !has_surge) {
    errors.required(one, "cannot be 0 when maxSurge is 0");
  }
}

// k8s 1.30 pkg/apis/apps/validation: ValidateDaemonSetSpec
void check_daemon_set_spec(FieldErrors& errors, const DaemonSetSpec& spec) {
  const FieldPath path("spec");
  const FieldPath selector = path.child("selector");
  const FieldPath place = path.child("template");
  const PodTemplateSpec none;
  const PodTemplateSpec& pods = spec.pod_template ? *spec.pod_template : none;
  if (spec.selector) check_label_selector(errors, selector, *spec.selector);
  if (!matches(spec.selector ? &*spec.selector : nullptr, pods.meta.labels)) {
    errors.invalid_value(place.child("metadata.labels"), go_labels(pods.meta.labels),
                         "`selector` does not match template `labels`");
  }
  if (spec.selector && spec.selector->match_labels.empty() &&
      spec.selector->match_expressions.empty()) {
    errors.invalid_value(selector, go_value(*spec.selector),
                         "empty selector is invalid for daemonset");
  }
  check_pod_template(errors, place, pods);
  check_endless(errors, place.child("spec"), "DaemonSet", pods.spec);
  check_not_negative(errors, path.child("minReadySeconds"), spec.min_ready_seconds);
  const FieldPath strategy = path.child("updateStrategy");
  if (spec.update_strategy.type == "RollingUpdate") {
    const FieldPath rolling = strategy.child("rollingUpdate");
    if (!spec.update_strategy.rolling_update) {
      errors.required(rolling);
    } else {
      check_rolling_daemons(errors, rolling, *spec.update_strategy.rolling_update);
    }
  } else if (spec.update_strategy.type != "OnDelete") {
    errors.raw(strategy,
               fmt::format("Unsupported value: apps.DaemonSetUpdateStrategy{{Type:{}, "
                           "RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}}: supported "
                           "values: \"RollingUpdate\", \"OnDelete\"",
                           go_quote(spec.update_strategy.type)));
  }
  if (spec.revision_history_limit) {
    check_not_negative(errors, path.child("revisionHistoryLimit"), *spec.revision_history_limit);
  }
}

// ---- the others ----

// k8s 1.30 pkg/apis/apps/validation: ValidateControllerRevision
void check_revision(FieldErrors& errors, const ControllerRevision& revision) {
  check_object_meta(errors, revision);
  if (!revision.data) errors.required(FieldPath("data"), "data is mandatory");
  check_not_negative(errors, FieldPath("revision"), revision.revision);
}

// k8s 1.30 pkg/apis/policy/validation: ValidatePodDisruptionBudgetSpec
void check_budget(FieldErrors& errors, const PodDisruptionBudgetSpec& spec) {
  const FieldPath path("spec");
  if (spec.min_available && spec.max_unavailable) {
    errors.invalid_value(
        path,
        fmt::format(
            "policy.PodDisruptionBudgetSpec{{MinAvailable:(*intstr.IntOrString)(0xc000000000), "
            "Selector:{}, MaxUnavailable:(*intstr.IntOrString)(0xc000000000), "
            "UnhealthyPodEvictionPolicy:(*policy.UnhealthyPodEvictionPolicyType)({})}}",
            spec.selector ? "(*v1.LabelSelector)(0xc000000000)" : "(*v1.LabelSelector)(nil)",
            spec.unhealthy_pod_eviction_policy ? "0xc000000000" : "nil"),
        "minAvailable and maxUnavailable cannot be both set");
  }
  for (const auto& [name, value] : {std::pair("minAvailable", &spec.min_available),
                                    std::pair("maxUnavailable", &spec.max_unavailable)}) {
    if (!*value) continue;
    check_count_or_percent(errors, path.child(name), **value);
    check_at_most_all(errors, path.child(name), **value);
  }
  if (spec.selector) check_label_selector(errors, path.child("selector"), *spec.selector);
  if (spec.unhealthy_pod_eviction_policy &&
      !is_one_of(*spec.unhealthy_pod_eviction_policy, {"AlwaysAllow", "IfHealthyBudget"})) {
    errors.not_supported(path.child("unhealthyPodEvictionPolicy"),
                         *spec.unhealthy_pod_eviction_policy, {"AlwaysAllow", "IfHealthyBudget"});
  }
}

// k8s 1.30 pkg/apis/scheduling/validation: ValidatePriorityClass
void check_priority_class(FieldErrors& errors, const PriorityClass& priority) {
  constexpr std::int32_t kHighest = 1'000'000'000;
  constexpr std::string_view kSystem = "system-";
  check_object_meta(errors, priority);
  const std::string_view name = priority.meta.name;
  const bool is_system = name.substr(0, kSystem.size()) == kSystem;
  const bool is_known = is_one_of(name, {"system-node-critical", "system-cluster-critical"});
  if (is_system && !is_known) {
    errors.forbidden(FieldPath("metadata.name"),
                     fmt::format("priority class names with 'system-' prefix are reserved for "
                                 "system use only. error: {} is not a known system priority class",
                                 name));
  } else if (!is_system && priority.value > kHighest) {
    errors.forbidden(
        FieldPath("value"),
        fmt::format("maximum allowed value of a user defined priority is {}", kHighest));
  }
  const Str policy = priority.preemption_policy.value_or(Str());
  if (!is_one_of(policy, {"PreemptLowerPriority", "Never"})) {
    errors.not_supported(FieldPath("preemptionPolicy"), policy, {"Never", "PreemptLowerPriority"});
  }
}

void check_priority_class_update(FieldErrors& errors, const PriorityClass& before,
                                 const PriorityClass& after) {
  check_object_meta_update(errors, before, after);
  if (before.value != after.value) {
    errors.forbidden(FieldPath("value"), "may not be changed in an update.");
  }
  if (before.preemption_policy != after.preemption_policy) {
    errors.invalid(FieldPath("preemptionPolicy"), after.preemption_policy.value_or(Str()),
                   "field is immutable");
  }
}

// k8s 1.30 pkg/apis/autoscaling/validation: validateHorizontalPodAutoscalerSpec
void check_autoscaler(FieldErrors& errors, const HorizontalPodAutoscalerSpec& spec) {
  const FieldPath path("spec");
  if (spec.min_replicas && *spec.min_replicas < 1) {
    errors.invalid(path.child("minReplicas"), *spec.min_replicas,
                   "must be greater than or equal to 1");
  }
  if (spec.max_replicas < 1) {
    errors.invalid(path.child("maxReplicas"), spec.max_replicas, "must be greater than 0");
  }
  if (spec.min_replicas && spec.max_replicas < *spec.min_replicas) {
    errors.invalid(path.child("maxReplicas"), spec.max_replicas,
                   "must be greater than or equal to `minReplicas`");
  }
  const FieldPath target = path.child("scaleTargetRef");
  for (const auto& [name, value] : {std::pair("kind", &spec.scale_target_ref.kind),
                                    std::pair("name", &spec.scale_target_ref.name)}) {
    if (value->empty()) errors.required(target.child(name));
  }
  const FieldPath metrics = path.child("metrics");
  for (std::size_t i = 0; i < spec.metrics.size(); ++i) {
    const MetricSpec& metric = spec.metrics[i];
    const FieldPath at = metrics.index(i);
    if (metric.type.empty()) {
      errors.required(at.child("type"), "must specify a metric source type");
    } else if (metric.type != "Resource") {
      errors.not_supported(at.child("type"), metric.type,
                           {"ContainerResource", "External", "Object", "Pods", "Resource"});
    } else if (!metric.resource) {
      errors.required(at.child("resource"), "must populate the given metric source");
    } else {
      const MetricTarget& wanted = metric.resource->target;
      const FieldPath goal = at.child("resource.target");
      if (metric.resource->name.empty()) {
        errors.required(at.child("resource.name"), "must specify a resource name");
      }
      if (wanted.type.empty()) {
        errors.required(goal.child("type"), "must specify a metric target type");
      } else if (!is_one_of(wanted.type, {"Utilization", "Value", "AverageValue"})) {
        errors.invalid(goal.child("type"), wanted.type,
                       "must be either Utilization, Value, or AverageValue");
      }
      if (wanted.average_utilization && *wanted.average_utilization < 1) {
        errors.invalid(goal.child("averageUtilization"), *wanted.average_utilization,
                       "must be greater than 0");
      }
      if (!wanted.average_utilization && !wanted.average_value) {
        errors.required(goal.child("averageUtilization"),
                        "must set either a target raw value or a target utilization");
      }
      if (wanted.average_utilization && wanted.average_value) {
        errors.forbidden(goal.child("averageValue"),
                         "may not set both a target raw value and a target utilization");
      }
    }
  }
}

}  // namespace

void check_controller_create(FieldErrors& errors, const Object& object) {
  switch (object.kind) {
    case Kind::StatefulSet:
      check_object_meta(errors, object);
      check_stateful_set_spec(errors, to<StatefulSet>(object).spec);
      break;
    case Kind::DaemonSet:
      check_object_meta(errors, object);
      check_daemon_set_spec(errors, to<DaemonSet>(object).spec);
      break;
    case Kind::ControllerRevision:
      check_revision(errors, to<ControllerRevision>(object));
      break;
    case Kind::Job:
      check_job(errors, to<Job>(object));
      break;
    case Kind::CronJob:
      check_cron_job_create(errors, to<CronJob>(object));
      break;
    case Kind::PodDisruptionBudget:
      check_object_meta(errors, object);
      check_budget(errors, to<PodDisruptionBudget>(object).spec);
      break;
    case Kind::PriorityClass:
      check_priority_class(errors, to<PriorityClass>(object));
      break;
    case Kind::HorizontalPodAutoscaler:
      check_object_meta(errors, object);
      check_autoscaler(errors, to<HorizontalPodAutoscaler>(object).spec);
      break;
    default:
      break;
  }
}

void check_controller_update(FieldErrors& errors, const Object& before, const Object& after) {
  switch (after.kind) {
    case Kind::StatefulSet:
      check_stateful_set_update(errors, to<StatefulSet>(before), to<StatefulSet>(after));
      break;
    case Kind::DaemonSet:
      check_object_meta_update(errors, before, after);
      check_daemon_set_spec(errors, to<DaemonSet>(after).spec);
      check_selector_update(errors, to<DaemonSet>(before).spec.selector,
                            to<DaemonSet>(after).spec.selector);
      break;
    case Kind::ControllerRevision:
      check_object_meta_update(errors, before, after);
      check_revision(errors, to<ControllerRevision>(after));
      if (!(to<ControllerRevision>(before).data == to<ControllerRevision>(after).data)) {
        errors.raw(FieldPath("data"), "Invalid value: \"null\": field is immutable");
      }
      break;
    case Kind::Job:
      check_job_update(errors, to<Job>(before), to<Job>(after));
      break;
    case Kind::CronJob:
      check_object_meta_update(errors, before, after);
      check_cron_job(errors, to<CronJob>(after));
      break;
    case Kind::PodDisruptionBudget:
      check_object_meta_update(errors, before, after);
      check_budget(errors, to<PodDisruptionBudget>(after).spec);
      break;
    case Kind::PriorityClass:
      check_priority_class_update(errors, to<PriorityClass>(before), to<PriorityClass>(after));
      break;
    case Kind::HorizontalPodAutoscaler:
      check_object_meta_update(errors, before, after);
      check_autoscaler(errors, to<HorizontalPodAutoscaler>(after).spec);
      break;
    default:
      break;
  }
}

}  // namespace sim
