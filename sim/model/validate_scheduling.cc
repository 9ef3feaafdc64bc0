#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/go_tree.h"
#include "sim/model/labels.h"
#include "sim/model/validate_kinds.h"

namespace sim {
namespace {

std::string joined(const std::vector<std::string>& messages) {
  return fmt::format("{}", fmt::join(messages, ";"));
}

// k8s 1.30 pkg/apis/core/validation: ValidateNodeSelectorRequirement
void check_node_requirement(FieldErrors& errors, const FieldPath& path,
                            const NodeSelectorRequirement& one) {
  const FieldPath values = path.child("values");
  if (one.op == "In" || one.op == "NotIn") {
    if (one.values.empty()) {
      errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (one.op == "Exists" || one.op == "DoesNotExist") {
    if (!one.values.empty()) {
      errors.forbidden(values,
                       "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else if (one.op == "Gt" || one.op == "Lt") {
    if (one.values.size() != 1) {
      errors.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else {
    errors.invalid(path.child("operator"), one.op, "not a valid selector operator");
  }
  check_qualified_name(errors, path.child("key"), one.key);
}

// k8s 1.30 pkg/apis/core/validation: ValidateNodeFieldSelectorRequirement
void check_node_field(FieldErrors& errors, const FieldPath& path,
                      const NodeSelectorRequirement& one) {
  const FieldPath values = path.child("values");
  if (one.op == "In" || one.op == "NotIn") {
    if (one.values.size() != 1) {
      errors.required(values,
                      "must be only one value when `operator` is 'In' or 'NotIn' for node field "
                      "selector");
    }
  } else {
    errors.invalid(path.child("operator"), one.op, "not a valid selector operator");
  }
  if (one.key != "metadata.name") {
    errors.invalid(path.child("key"), one.key, "not a valid field selector key");
    return;
  }
  for (std::size_t i = 0; i < one.values.size(); ++i) {
    check_dns_subdomain(errors, values.index(i), one.values[i]);
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateNodeSelectorTerm
void check_node_term(FieldErrors& errors, const FieldPath& path, const NodeSelectorTerm& term) {
  const FieldPath expressions = path.child("matchExpressions");
  for (std::size_t i = 0; i < term.match_expressions.size(); ++i) {
    check_node_requirement(errors, expressions.index(i), term.match_expressions[i]);
  }
  const FieldPath fields = path.child("matchFields");
  for (std::size_t i = 0; i < term.match_fields.size(); ++i) {
    check_node_field(errors, fields.index(i), term.match_fields[i]);
  }
}

void check_weight(FieldErrors& errors, const FieldPath& path, std::int32_t weight) {
  if (weight <= 0 || weight > 100) errors.invalid(path, weight, "must be in the range 1-100");
}

// k8s 1.30 pkg/apis/core/validation: validateNodeAffinity
void check_node_affinity(FieldErrors& errors, const FieldPath& path, const NodeAffinity& affinity) {
  if (affinity.required_during_scheduling_ignored_during_execution) {
    check_node_selector(errors, path.child("requiredDuringSchedulingIgnoredDuringExecution"),
                        *affinity.required_during_scheduling_ignored_during_execution);
  }
  const auto& preferred = affinity.preferred_during_scheduling_ignored_during_execution;
  const FieldPath list = path.child("preferredDuringSchedulingIgnoredDuringExecution");
  for (std::size_t i = 0; i < preferred.size(); ++i) {
    const FieldPath at = list.index(i);
    check_weight(errors, at.child("weight"), preferred[i].weight);
    check_node_term(errors, at.child("preference"), preferred[i].preference);
  }
}

// k8s 1.30 pkg/apis/core/validation: validatePodAffinityTerm
void check_pod_term(FieldErrors& errors, const FieldPath& path, const PodAffinityTerm& term) {
  if (term.label_selector) {
    check_label_selector(errors, path.child("labelSelector"), *term.label_selector);
  }
  if (term.namespace_selector) {
    check_label_selector(errors, path.child("namespaceSelector"), *term.namespace_selector);
  }
  for (const Str& name : term.namespaces) {
    check_dns_label(errors, path.child("namespace"), name);
  }
  if (term.topology_key.empty()) errors.required(path.child("topologyKey"), "can not be empty");
  check_qualified_name(errors, path.child("topologyKey"), term.topology_key);
}

/// Affinity and anti-affinity have the same fields.
template <class AnyAffinity>
void check_pod_affinity(FieldErrors& errors, const FieldPath& path, const AnyAffinity& affinity) {
  const auto& required = affinity.required_during_scheduling_ignored_during_execution;
  const FieldPath hard = path.child("requiredDuringSchedulingIgnoredDuringExecution");
  for (std::size_t i = 0; i < required.size(); ++i) {
    check_pod_term(errors, hard.index(i), required[i]);
  }
  const auto& preferred = affinity.preferred_during_scheduling_ignored_during_execution;
  const FieldPath soft = path.child("preferredDuringSchedulingIgnoredDuringExecution");
  for (std::size_t i = 0; i < preferred.size(); ++i) {
    const FieldPath at = soft.index(i);
    check_weight(errors, at.child("weight"), preferred[i].weight);
    check_pod_term(errors, at.child("podAffinityTerm"), preferred[i].pod_affinity_term);
  }
}

bool selects_by(const LabelSelector& selector, std::string_view key) {
  return selector.match_labels.contains(key) ||
         std::any_of(selector.match_expressions.begin(), selector.match_expressions.end(),
                     [&](const LabelSelectorRequirement& one) { return one.key == key; });
}

// k8s 1.30 pkg/apis/core/validation: validateMatchLabelKeysInTopologySpread
void check_match_label_keys(FieldErrors& errors, const FieldPath& path,
                            const TopologySpreadConstraint& constraint) {
  if (constraint.match_label_keys.empty()) return;
  if (!constraint.label_selector) {
    errors.forbidden(path, "must not be specified when labelSelector is not set");
  }
  for (std::size_t i = 0; i < constraint.match_label_keys.size(); ++i) {
    const Str& key = constraint.match_label_keys[i];
    check_qualified_name(errors, path.index(i), key);
    if (constraint.label_selector && selects_by(*constraint.label_selector, key)) {
      errors.invalid(path.index(i), key, "exists in both matchLabelKeys and labelSelector");
    }
  }
}

void check_inclusion_policy(FieldErrors& errors, const FieldPath& path,
                            const std::optional<Str>& policy) {
  if (policy && !is_one_of(*policy, {"Honor", "Ignore"})) {
    errors.not_supported(path, *policy, {"Honor", "Ignore"});
  }
}

}  // namespace

// k8s 1.30 pkg/apis/core/validation: ValidateTolerations
void check_tolerations(FieldErrors& errors, const FieldPath& path,
                       const std::vector<Toleration>& tolerations) {
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const Toleration& toleration = tolerations[i];
    const FieldPath at = path.index(i);
    const FieldPath op = at.child("operator");
    if (!toleration.key.empty()) check_qualified_name(errors, at.child("key"), toleration.key);
    if (toleration.key.empty() && toleration.op != "Exists") {
      errors.invalid(op, toleration.op,
                     "operator must be Exists when `key` is empty, which means \"match all values "
                     "and all keys\"");
    }
    if (toleration.toleration_seconds && toleration.effect != "NoExecute") {
      errors.invalid(at.child("effect"), toleration.effect,
                     "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (toleration.op.empty() || toleration.op == "Equal") {
      if (const auto wrong = label_value_errors(toleration.value); !wrong.empty()) {
        errors.invalid(op, toleration.value, joined(wrong));
      }
    } else if (toleration.op == "Exists") {
      if (!toleration.value.empty()) {
        errors.invalid_value(op, go_syntax(core_tree(toleration)),
                             "value must be empty when `operator` is 'Exists'");
      }
    } else {
      errors.not_supported(op, toleration.op, {"Equal", "Exists"});
    }
    if (!toleration.effect.empty()) {
      check_taint_effect(errors, at.child("effect"), toleration.effect, true);
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateAffinity
void check_affinity(FieldErrors& errors, const FieldPath& path, const Affinity& affinity) {
  if (affinity.node_affinity) {
    check_node_affinity(errors, path.child("nodeAffinity"), *affinity.node_affinity);
  }
  if (affinity.pod_affinity) {
    check_pod_affinity(errors, path.child("podAffinity"), *affinity.pod_affinity);
  }
  if (affinity.pod_anti_affinity) {
    check_pod_affinity(errors, path.child("podAntiAffinity"), *affinity.pod_anti_affinity);
  }
}

// k8s 1.30 pkg/apis/core/validation: validateTopologySpreadConstraints
void check_topology_spread(FieldErrors& errors, const FieldPath& path,
                           const std::vector<TopologySpreadConstraint>& constraints) {
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const TopologySpreadConstraint& one = constraints[i];
    const FieldPath at = path.index(i);
    if (one.max_skew <= 0) {
      errors.invalid(at.child("maxSkew"), one.max_skew, "must be greater than zero");
    }
    if (one.topology_key.empty()) errors.required(at.child("topologyKey"), "can not be empty");
    if (!is_one_of(one.when_unsatisfiable, {"DoNotSchedule", "ScheduleAnyway"})) {
      errors.not_supported(at.child("whenUnsatisfiable"), one.when_unsatisfiable,
                           {"DoNotSchedule", "ScheduleAnyway"});
    }
    const auto rest = constraints.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (std::any_of(rest, constraints.end(), [&](const TopologySpreadConstraint& other) {
          return other.topology_key == one.topology_key &&
                 other.when_unsatisfiable == one.when_unsatisfiable;
        })) {
      errors.duplicate(at.child("{topologyKey, whenUnsatisfiable}"),
                       fmt::format("{{{}, {}}}", one.topology_key, one.when_unsatisfiable));
    }
    if (one.min_domains) {
      const FieldPath domains = at.child("minDomains");
      if (*one.min_domains <= 0) {
        errors.invalid(domains, *one.min_domains, "must be greater than zero");
      }
      if (one.when_unsatisfiable != "DoNotSchedule") {
        errors.invalid(
            domains, *one.min_domains,
            fmt::format("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}",
                        one.when_unsatisfiable));
      }
    }
    check_inclusion_policy(errors, at.child("nodeAffinityPolicy"), one.node_affinity_policy);
    check_inclusion_policy(errors, at.child("nodeTaintsPolicy"), one.node_taints_policy);
    check_match_label_keys(errors, at.child("matchLabelKeys"), one);
    if (one.label_selector) {
      check_label_selector(errors, at.child("labelSelector"), *one.label_selector);
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateNodeSelector
void check_node_selector(FieldErrors& errors, const FieldPath& path, const NodeSelector& selector) {
  const FieldPath list = path.child("nodeSelectorTerms");
  const std::vector<NodeSelectorTerm>& terms = selector.node_selector_terms;
  if (terms.empty()) errors.required(list, "must have at least one node selector term");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    check_node_term(errors, list.index(i), terms[i]);
  }
}

}  // namespace sim
