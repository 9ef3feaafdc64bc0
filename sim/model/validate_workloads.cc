#include <charconv>
#include <optional>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_pod.h"

namespace sim {

// k8s 1.30 pkg/apis/core/validation: ValidatePodTemplateSpec
void check_pod_template(FieldErrors& errors, const FieldPath& path,
                        const PodTemplateSpec& pod_template) {
  const FieldPath spec = path.child("spec");
  const FieldPath annotations = path.child("annotations");
  check_labels(errors, path.child("labels"), pod_template.meta.labels);
  check_annotations(errors, annotations, pod_template.meta.annotations);
  check_pod_annotations(errors, annotations, pod_template.meta.annotations,
                        !pod_template.spec.node_name.empty());
  check_profile_annotations(errors, annotations, pod_template.meta.annotations, pod_template.spec);
  check_pod_spec(errors, spec, pod_template.spec, nullptr);
  check_profile_agreement(errors, spec, pod_template.meta.annotations, pod_template.spec);
  if (!pod_template.spec.ephemeral_containers.empty()) {
    errors.forbidden(spec.child("ephemeralContainers"),
                     "ephemeral containers not allowed in pod template");
  }
}

// k8s 1.30 pkg/apis/apps/validation: getPercentValue
std::optional<std::int64_t> percent_of(const IntOrString& value) {
  if (!value.is_string || !percent_errors(value.text).empty()) return std::nullopt;
  const std::string_view digits = value.text.view();
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size() - 1, number);
  static_cast<void>(end);
  // Too large for a number is more than a hundred.
  return error == std::errc() ? number : INT64_MAX;
}

std::int64_t count_or_percent(const IntOrString& value) {
  if (const std::optional<std::int64_t> part = percent_of(value)) return *part;
  if (!value.is_string) return value.number;
  const std::string_view digits = value.text.view();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

// k8s 1.30 pkg/apis/apps/validation: ValidatePositiveIntOrPercent
void check_count_or_percent(FieldErrors& errors, const FieldPath& path, const IntOrString& value) {
  if (!value.is_string) return check_not_negative(errors, path, value.number);
  for (const std::string& message : percent_errors(value.text)) {
    errors.invalid_value(path, go_int_or_string(value), message);
  }
}

// k8s 1.30 pkg/apis/apps/validation: IsNotMoreThan100Percent
void check_at_most_all(FieldErrors& errors, const FieldPath& path, const IntOrString& value) {
  if (percent_of(value).value_or(0) > 100) {
    errors.invalid_value(path, go_int_or_string(value), "must not be greater than 100%");
  }
}

namespace {

/// The selector, and the template that it must select.
// k8s 1.30 pkg/apis/apps/validation: ValidatePodTemplateSpecForReplicaSet
void check_selector_and_template(FieldErrors& errors, const FieldPath& path,
                                 const Box<LabelSelector>& selector,
                                 const Box<PodTemplateSpec>& pod_template) {
  const FieldPath at = path.child("selector");
  const FieldPath place = path.child("template");
  const std::size_t before = errors.size();
  bool wrong = false;
  bool everything = false;
  if (!selector) {
    errors.required(at);
  } else {
    check_label_selector(errors, at, *selector);
    wrong = errors.size() != before;
    everything = selector->match_labels.empty() && selector->match_expressions.empty();
    if (everything) {
      errors.invalid_value(at, go_value(*selector), "empty selector is invalid for deployment");
    }
  }
  if (wrong) {
    errors.invalid_value(at, go_value(*selector), "invalid label selector");
    return;
  }
  const PodTemplateSpec none;
  const PodTemplateSpec& wanted = pod_template ? *pod_template : none;
  // No selector at all selects nothing.
  if (!everything && !matches(selector ? &*selector : nullptr, wanted.meta.labels)) {
    errors.invalid_value(place.child("metadata.labels"), go_labels(wanted.meta.labels),
                         "`selector` does not match template `labels`");
  }
  check_pod_template(errors, place, wanted);
  if (wanted.spec.restart_policy != "Always") {
    errors.not_supported(place.child("spec.restartPolicy"), wanted.spec.restart_policy, {"Always"});
  }
  if (wanted.spec.active_deadline_seconds) {
    errors.forbidden(place.child("spec.activeDeadlineSeconds"),
                     "activeDeadlineSeconds in ReplicaSet is not Supported");
  }
}

// k8s 1.30 pkg/apis/apps/validation: ValidateRollingUpdateDeployment
void check_rolling_update(FieldErrors& errors, const FieldPath& path,
                          const RollingUpdateDeployment& rolling) {
  const IntOrString unavailable = rolling.max_unavailable.value_or(IntOrString());
  const IntOrString surge = rolling.max_surge.value_or(IntOrString());
  const FieldPath at = path.child("maxUnavailable");
  check_count_or_percent(errors, at, unavailable);
  check_count_or_percent(errors, path.child("maxSurge"), surge);
  if (count_or_percent(unavailable) == 0 && count_or_percent(surge) == 0) {
    errors.invalid_value(at, go_int_or_string(unavailable), "may not be 0 when `maxSurge` is 0");
  }
  check_at_most_all(errors, at, unavailable);
}

// k8s 1.30 pkg/apis/apps/validation: ValidateDeploymentStrategy
void check_strategy(FieldErrors& errors, const FieldPath& path,
                    const DeploymentStrategy& strategy) {
  const FieldPath rolling = path.child("rollingUpdate");
  if (strategy.type == "Recreate") {
    if (strategy.rolling_update) {
      errors.forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'");
    }
  } else if (strategy.type == "RollingUpdate") {
    if (!strategy.rolling_update) {
      errors.required(rolling, "this should be defaulted and never be nil");
    } else {
      check_rolling_update(errors, rolling, *strategy.rolling_update);
    }
  } else {
    errors.raw(path, fmt::format("Unsupported value: {}: supported values: \"Recreate\", "
                                 "\"RollingUpdate\"",
                                 go_syntax(core_tree(strategy))));
  }
}

}  // namespace

// k8s 1.30 pkg/apis/apps/validation: ValidateDeploymentSpec
void check_deployment_spec(FieldErrors& errors, const DeploymentSpec& spec) {
  const FieldPath path("spec");
  check_not_negative(errors, path.child("replicas"), spec.replicas.value_or(0));
  check_selector_and_template(errors, path, spec.selector, spec.pod_template);
  check_strategy(errors, path.child("strategy"), spec.strategy);
  check_not_negative(errors, path.child("minReadySeconds"), spec.min_ready_seconds);
  if (spec.revision_history_limit) {
    check_not_negative(errors, path.child("revisionHistoryLimit"), *spec.revision_history_limit);
  }
  if (spec.progress_deadline_seconds) {
    const FieldPath at = path.child("progressDeadlineSeconds");
    check_not_negative(errors, at, *spec.progress_deadline_seconds);
    if (*spec.progress_deadline_seconds <= spec.min_ready_seconds) {
      errors.invalid(at, *spec.progress_deadline_seconds, "must be greater than minReadySeconds");
    }
  }
}

// k8s 1.30 pkg/apis/apps/validation: ValidateReplicaSetSpec
void check_replica_set_spec(FieldErrors& errors, const ReplicaSetSpec& spec) {
  const FieldPath path("spec");
  check_not_negative(errors, path.child("replicas"), spec.replicas.value_or(0));
  check_not_negative(errors, path.child("minReadySeconds"), spec.min_ready_seconds);
  check_selector_and_template(errors, path, spec.selector, spec.pod_template);
}

}  // namespace sim
