#include "sim/model/validate_batch.h"

#include <set>

#include "sim/base/format.h"
#include "sim/model/cron_schedule.h"
#include "sim/model/go_text.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_kinds.h"

namespace sim {
namespace {

constexpr std::string_view kIndexed = "Indexed";

template <class T>
void check_amount(FieldErrors& errors, const FieldPath& path, const std::optional<T>& value) {
  if (value) check_not_negative(errors, path, *value);
}

bool is_indexed(const JobSpec& spec) {
  return spec.completion_mode && *spec.completion_mode == kIndexed;
}

void check_completion_mode(FieldErrors& errors, const FieldPath& path, const JobSpec& spec) {
  constexpr std::int32_t kMostParallel = 100000;
  const Str mode = spec.completion_mode.value_or("NonIndexed");
  if (!is_one_of(mode, {"NonIndexed", kIndexed})) {
    errors.not_supported(path.child("completionMode"), mode, {"NonIndexed", kIndexed});
  }
  if (is_indexed(spec)) {
    if (!spec.completions) {
      errors.required(path.child("completions"), "when completion mode is Indexed");
    }
    if (spec.parallelism.value_or(0) > kMostParallel) {
      errors.invalid(path.child("parallelism"), *spec.parallelism,
                     fmt::format("must be less than or equal to {} when completion mode is Indexed",
                                 kMostParallel));
    }
    return;
  }
  if (spec.backoff_limit_per_index) {
    errors.invalid(path.child("backoffLimitPerIndex"), *spec.backoff_limit_per_index,
                   "requires indexed completion mode");
  }
  if (spec.max_failed_indexes) {
    errors.invalid(path.child("maxFailedIndexes"), *spec.max_failed_indexes,
                   "requires indexed completion mode");
  }
}

void check_exit_codes(FieldErrors& errors, const FieldPath& path, const JobSpec& spec,
                      const PodFailurePolicyOnExitCodesRequirement& codes) {
  constexpr std::size_t kMost = 255;
  if (!is_one_of(codes.op, {"In", "NotIn"})) {
    errors.not_supported(path.child("operator"), codes.op, {"In", "NotIn"});
  }
  if (codes.container_name) {
    bool known = false;
    for (const auto* list :
         {&spec.pod_template->spec.containers, &spec.pod_template->spec.init_containers}) {
      for (const Container& container : *list) {
        known = known || container.name == *codes.container_name;
      }
    }
    if (!known) {
      errors.invalid(path.child("containerName"), *codes.container_name,
                     "must be one of the container or initContainer names in the pod template");
    }
  }
  const FieldPath values = path.child("values");
  if (codes.values.empty()) {
    errors.invalid_value(values, "[]int32{}", "at least one value is required");
  } else if (codes.values.size() > kMost) {
    errors.raw(values,
               fmt::format("Too many: {}: must have at most {} items", codes.values.size(), kMost));
  }
  std::set<std::int32_t> seen;
  for (std::size_t i = 0; i < codes.values.size(); ++i) {
    const std::int32_t code = codes.values[i];
    if (codes.op == "In" && code == 0) {
      errors.invalid(values.index(i), code, "must not be 0 for the In operator");
    } else if (!seen.insert(code).second) {
      errors.raw(values.index(i), fmt::format("Duplicate value: {}", code));
    } else if (i > 0 && codes.values[i - 1] > code) {
      errors.invalid(values.index(i), code, "must be ordered");
    }
  }
}

// k8s 1.30 pkg/apis/batch/validation: validatePodFailurePolicy
void check_failure_policy(FieldErrors& errors, const FieldPath& path, const JobSpec& spec) {
  const auto& rules = spec.pod_failure_policy->rules;
  const FieldPath list = path.child("rules");
  constexpr std::size_t kMost = 20;
  if (rules.size() > kMost) {
    errors.raw(list, fmt::format("Too many: {}: must have at most {} items", rules.size(), kMost));
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const PodFailurePolicyRule& rule = rules[i];
    const FieldPath at = list.index(i);
    if (rule.action.empty()) {
      errors.required(at.child("action"),
                      "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
    } else if (rule.action == "FailIndex" && !spec.backoff_limit_per_index) {
      errors.invalid(at.child("action"), rule.action,
                     "requires the backoffLimitPerIndex to be set");
    } else if (!is_one_of(rule.action, {"Count", "FailIndex", "FailJob", "Ignore"})) {
      errors.not_supported(at.child("action"), rule.action,
                           {"Count", "FailIndex", "FailJob", "Ignore"});
    }
    if (rule.on_exit_codes) {
      check_exit_codes(errors, at.child("onExitCodes"), spec, *rule.on_exit_codes);
    }
    const FieldPath conditions = at.child("onPodConditions");
    if (rule.on_pod_conditions.size() > kMost) {
      errors.raw(conditions, fmt::format("Too many: {}: must have at most {} items",
                                         rule.on_pod_conditions.size(), kMost));
    }
    for (std::size_t k = 0; k < rule.on_pod_conditions.size(); ++k) {
      const auto& pattern = rule.on_pod_conditions[k];
      const FieldPath place = conditions.index(k);
      check_qualified_name(errors, place.child("type"), pattern.type);
      if (!is_one_of(pattern.status, {"False", "True", "Unknown"})) {
        errors.not_supported(place.child("status"), pattern.status, {"False", "True", "Unknown"});
      }
    }
    if (rule.on_exit_codes && !rule.on_pod_conditions.empty()) {
      errors.invalid(at, "null",
                     "specifying both OnExitCodes and OnPodConditions is not supported");
    }
    if (!rule.on_exit_codes && rule.on_pod_conditions.empty()) {
      errors.invalid(at, "null", "specifying one of OnExitCodes and OnPodConditions is required");
    }
  }
}

// k8s 1.30 pkg/apis/batch/validation: validatePodReplacementPolicy
void check_replacement(FieldErrors& errors, const FieldPath& path, const JobSpec& spec) {
  if (!spec.pod_replacement_policy) return;
  const FieldPath at = path.child("podReplacementPolicy");
  if (spec.pod_failure_policy) {
    if (*spec.pod_replacement_policy != "Failed") {
      errors.not_supported(at, *spec.pod_replacement_policy, {"Failed"});
    }
  } else if (!is_one_of(*spec.pod_replacement_policy, {"Failed", "TerminatingOrFailed"})) {
    errors.not_supported(at, *spec.pod_replacement_policy, {"Failed", "TerminatingOrFailed"});
  }
}

// k8s 1.30 pkg/apis/batch/validation: validateJobSpec
void check_job_spec(FieldErrors& errors, const FieldPath& path, const JobSpec& spec) {
  check_amount(errors, path.child("parallelism"), spec.parallelism);
  check_amount(errors, path.child("completions"), spec.completions);
  check_amount(errors, path.child("activeDeadlineSeconds"), spec.active_deadline_seconds);
  check_amount(errors, path.child("backoffLimit"), spec.backoff_limit);
  check_amount(errors, path.child("ttlSecondsAfterFinished"), spec.ttl_seconds_after_finished);
  check_amount(errors, path.child("backoffLimitPerIndex"), spec.backoff_limit_per_index);
  if (spec.max_failed_indexes) {
    check_amount(errors, path.child("maxFailedIndexes"), spec.max_failed_indexes);
    if (!spec.backoff_limit_per_index) {
      errors.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
  }
  check_completion_mode(errors, path, spec);
  const FieldPath pod = path.child("template");
  const PodTemplateSpec none;
  const PodTemplateSpec& wanted = spec.pod_template ? *spec.pod_template : none;
  check_pod_template(errors, pod, wanted);
  const FieldPath restart = pod.child("spec.restartPolicy");
  const Str& policy = wanted.spec.restart_policy;
  constexpr std::string_view kValid = "valid values: \"OnFailure\", \"Never\"";
  if (policy == "Always" || policy.empty()) {
    errors.required(restart, kValid);
  } else if (!is_one_of(policy, {"OnFailure", "Never"})) {
    errors.invalid(restart, policy, kValid);
  } else if (spec.pod_failure_policy && policy != "Never") {
    errors.invalid(restart, policy,
                   "only \"Never\" is supported when podFailurePolicy is specified");
  }
  if (spec.pod_failure_policy) {
    check_failure_policy(errors, path.child("podFailurePolicy"), spec);
  }
  check_replacement(errors, path, spec);
}

// k8s 1.30 pkg/apis/batch/validation: ValidateJobSpec
void check_whole_job_spec(FieldErrors& errors, const JobSpec& spec) {
  const FieldPath path("spec");
  check_job_spec(errors, path, spec);
  const FieldPath selector = path.child("selector");
  if (!spec.selector) {
    errors.required(selector);
    return;
  }
  check_label_selector(errors, selector, *spec.selector);
  if (spec.pod_template && !matches(&*spec.selector, spec.pod_template->meta.labels)) {
    errors.invalid_value(path.child("template.metadata.labels"),
                         go_labels(spec.pod_template->meta.labels),
                         "`selector` does not match template `labels`");
  }
}

/// fmt.Sprintf("%#v") of a template as the API server holds it.
std::string go_template(const PodTemplateSpec& value) {
  return fmt::format(
      "core.PodTemplateSpec{{ObjectMeta:v1.ObjectMeta{{Name:{}, GenerateName:{}, Namespace:{}, "
      "SelfLink:\"\", UID:\"\", ResourceVersion:\"\", Generation:0, "
      "CreationTimestamp:time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), "
      "DeletionTimestamp:<nil>, DeletionGracePeriodSeconds:(*int64)(nil), Labels:{}, "
      "Annotations:{}, OwnerReferences:[]v1.OwnerReference(nil), Finalizers:[]string(nil), "
      "ManagedFields:[]v1.ManagedFieldsEntry(nil)}}, Spec:{}}}",
      go_quote(value.meta.name), go_quote(value.meta.generate_name), go_quote(value.meta.ns),
      go_value(value.meta.labels), go_value(value.meta.annotations),
      go_syntax(core_tree(value.spec)));
}

template <class T>
void check_fixed(FieldErrors& errors, const FieldPath& path, const std::optional<T>& before,
                 const std::optional<T>& after) {
  if (before == after) return;
  if (after) {
    errors.invalid(path, *after, "field is immutable");
  } else {
    errors.raw(path, "Invalid value: \"null\": field is immutable");
  }
}

/// What may change of the template of a suspended Job that has not begun.
/// k8s 1.30 pkg/apis/batch/validation: validatePodTemplateUpdate
bool is_same_template(const Job& before, const Job& after) {
  if (before.spec.pod_template == after.spec.pod_template) return true;
  const bool may_change = before.spec.suspend.value_or(false) && !before.status.start_time;
  if (!may_change) return false;
  PodTemplateSpec munged = *after.spec.pod_template;
  const PodTemplateSpec& old = *before.spec.pod_template;
  if (munged.spec.affinity && old.spec.affinity) {
    munged.spec.affinity.edit().node_affinity = old.spec.affinity->node_affinity;
  } else if (munged.spec.affinity || old.spec.affinity) {
    Affinity only;
    const Box<Affinity>& there = munged.spec.affinity ? munged.spec.affinity : old.spec.affinity;
    only.node_affinity = there->node_affinity;
    if (only == *there) munged.spec.affinity = old.spec.affinity;
  }
  munged.spec.node_selector = old.spec.node_selector;
  munged.spec.tolerations = old.spec.tolerations;
  munged.spec.scheduling_gates = old.spec.scheduling_gates;
  munged.meta.labels = old.meta.labels;
  munged.meta.annotations = old.meta.annotations;
  return munged == old;
}

// k8s 1.30 pkg/apis/batch/validation: validateCronJobSpec
void check_cron_spec(FieldErrors& errors, const CronJobSpec& spec) {
  const FieldPath path("spec");
  const FieldPath at = path.child("schedule");
  if (spec.schedule.empty()) {
    errors.required(at);
  } else {
    std::string wrong;
    if (spec.schedule.view().find("TZ") != std::string_view::npos) {
      errors.invalid(at, spec.schedule,
                     "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    } else if (!CronSchedule::parse(spec.schedule, &wrong)) {
      errors.invalid(at, spec.schedule, wrong);
    }
  }
  check_amount(errors, path.child("startingDeadlineSeconds"), spec.starting_deadline_seconds);
  if (spec.time_zone) {
    const FieldPath zone = path.child("timeZone");
    if (spec.time_zone->empty()) {
      errors.invalid(zone, *spec.time_zone, "timeZone must be nil or non-empty string");
    } else if (*spec.time_zone == "Local") {
      errors.invalid(zone, *spec.time_zone,
                     "timeZone must be an explicit time zone as defined in "
                     "https://www.iana.org/time-zones");
    } else if (!is_one_of(*spec.time_zone, {"UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT", "UCT",
                                            "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})) {
      // The modelled cluster has no other zones.
      errors.invalid(zone, *spec.time_zone, fmt::format("unknown time zone {}", *spec.time_zone));
    }
  }
  const FieldPath policy = path.child("concurrencyPolicy");
  if (spec.concurrency_policy.empty()) {
    errors.required(policy);
  } else if (!is_one_of(spec.concurrency_policy, {"Allow", "Forbid", "Replace"})) {
    errors.not_supported(policy, spec.concurrency_policy, {"Allow", "Forbid", "Replace"});
  }
  const FieldPath job = path.child("jobTemplate.spec");
  check_job_spec(errors, job, spec.job_template.spec);
  if (spec.job_template.spec.selector) {
    errors.invalid_value(job.child("selector"), go_value(*spec.job_template.spec.selector),
                         "`selector` will be auto-generated");
  }
  if (spec.job_template.spec.manual_selector.value_or(false)) {
    errors.raw(job.child("manualSelector"),
               "Unsupported value: true: supported values: \"nil\", \"false\"");
  }
  check_amount(errors, path.child("successfulJobsHistoryLimit"),
               spec.successful_jobs_history_limit);
  check_amount(errors, path.child("failedJobsHistoryLimit"), spec.failed_jobs_history_limit);
}

}  // namespace

// k8s 1.30 pkg/apis/batch/validation: ValidateJob
void check_job(FieldErrors& errors, const Job& job) {
  check_object_meta(errors, job);
  const JobSpec& spec = job.spec;
  if (!spec.manual_selector.value_or(false) && spec.selector) {
    LabelSelector expected;
    expected.match_labels.set("batch.kubernetes.io/controller-uid", to_string(job.meta.uid));
    if (!(*spec.selector == expected)) {
      errors.invalid_value(FieldPath("spec.selector"), go_value(*spec.selector),
                           "`selector` not auto-generated");
    }
  }
  check_whole_job_spec(errors, spec);
  if (is_indexed(spec) && spec.completions.value_or(0) > 0) {
    const std::string host = fmt::format("{}-{}", job.meta.name, *spec.completions - 1);
    if (!dns1123_label_errors(host).empty()) {
      errors.invalid(FieldPath("metadata.name"), job.meta.name,
                     fmt::format("will not able to create pod with invalid DNS label: {}", host));
    }
  }
}

// k8s 1.30 pkg/apis/batch/validation: ValidateJobUpdate
void check_job_update(FieldErrors& errors, const Job& before, const Job& after) {
  check_object_meta_update(errors, before, after);
  check_whole_job_spec(errors, after.spec);
  const FieldPath path("spec");
  const bool elastic = is_indexed(after.spec) && after.spec.completions == after.spec.parallelism &&
                       before.spec.completions == before.spec.parallelism;
  if (!elastic) {
    check_fixed(errors, path.child("completions"), before.spec.completions, after.spec.completions);
  }
  check_selector_update(errors, before.spec.selector, after.spec.selector);
  if (!is_same_template(before, after)) {
    errors.invalid_value(path.child("template"), go_template(*after.spec.pod_template),
                         "field is immutable");
  }
  check_fixed(errors, path.child("completionMode"), before.spec.completion_mode,
              after.spec.completion_mode);
  check_fixed(errors, path.child("backoffLimitPerIndex"), before.spec.backoff_limit_per_index,
              after.spec.backoff_limit_per_index);
  if (!(before.spec.pod_failure_policy == after.spec.pod_failure_policy)) {
    errors.raw(path.child("podFailurePolicy"), "Invalid value: \"null\": field is immutable");
  }
}

void check_cron_job(FieldErrors& errors, const CronJob& cron) {
  check_cron_spec(errors, cron.spec);
}

// k8s 1.30 pkg/apis/batch/validation: ValidateCronJobCreate
void check_cron_job_create(FieldErrors& errors, const CronJob& cron) {
  constexpr std::size_t kLongestName = 52;  // eleven letters of a time follow
  check_object_meta(errors, cron);
  check_cron_spec(errors, cron.spec);
  if (cron.meta.name.size() > kLongestName) {
    errors.invalid(FieldPath("metadata.name"), cron.meta.name,
                   "must be no more than 52 characters");
  }
}

}  // namespace sim
