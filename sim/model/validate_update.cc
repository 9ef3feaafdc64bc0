#include <algorithm>
#include <limits>
#include <set>

#include "sim/base/format.h"
#include "sim/model/go_difference.h"
#include "sim/model/go_text.h"
#include "sim/model/go_tree.h"
#include "sim/model/pod_qos.h"
#include "sim/model/pod_spec.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

constexpr std::string_view kMirrorPod = "kubernetes.io/config.mirror";
constexpr std::string_view kAppArmor = "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view kUpdatable =
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

bool is_app_armor(std::string_view key) { return key.substr(0, kAppArmor.size()) == kAppArmor; }

// k8s 1.30 pkg/apis/core/validation: ValidatePodSpecificAnnotationUpdates
void check_annotation_update(FieldErrors& errors, const FieldPath& path, const StringMap& before,
                             const StringMap& after) {
  for (const auto& [key, value] : before) {
    const Str* kept = after.find(key);
    if (kept && *kept == value) continue;
    if (is_app_armor(key)) {
      errors.forbidden(path.key(key), "may not remove or update AppArmor annotations");
    }
    if (key == kMirrorPod) {
      errors.forbidden(path.key(key), "may not remove or update mirror pod annotation");
    }
  }
  for (const auto& [key, value] : after) {
    if (before.contains(key)) continue;
    if (is_app_armor(key)) errors.forbidden(path.key(key), "may not add AppArmor annotations");
    if (key == kMirrorPod) errors.forbidden(path.key(key), "may not add mirror pod annotation");
  }
}

/// False when there are more or fewer than before, which ends the validation.
// k8s 1.30 pkg/apis/core/validation: ValidateContainerUpdates
bool check_container_update(FieldErrors& errors, const FieldPath& path,
                            const std::vector<Container>& before,
                            const std::vector<Container>& after) {
  if (before.size() != after.size()) {
    errors.forbidden(path, "pod updates may not add or remove containers");
    return false;
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    const FieldPath at = path.index(i);
    if (after[i].image.empty()) errors.required(at.child("image"));
    check_image_text(errors, at.child("image"), after[i].image);
  }
  return true;
}

/// False when the rest need not be looked at.
bool check_deadline_update(FieldErrors& errors, const FieldPath& path,
                           const std::optional<std::int64_t>& before,
                           const std::optional<std::int64_t>& after) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (!after) {
    if (before) {
      errors.invalid(path, "null", "must not update from a positive integer to nil value");
    }
    return true;
  }
  if (*after < 0 || *after > kMost) {
    errors.invalid(path, *after, range_error(0, kMost));
    return false;
  }
  if (before && *before < *after) {
    errors.invalid(path, *after, "must be less than or equal to previous value");
    return false;
  }
  return true;
}

// k8s 1.30 pkg/apis/core/validation: validateOnlyAddedTolerations
void check_toleration_update(FieldErrors& errors, const FieldPath& path,
                             const std::vector<Toleration>& before,
                             const std::vector<Toleration>& after) {
  const bool all_kept = std::all_of(before.begin(), before.end(), [&](Toleration old) {
    return std::any_of(after.begin(), after.end(), [&](const Toleration& one) {
      old.toleration_seconds = one.toleration_seconds;
      return old == one;
    });
  });
  if (!all_kept) {
    errors.forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
    return;
  }
  check_tolerations(errors, path, after);
}

// k8s 1.30 pkg/apis/core/validation: validateOnlyDeletedSchedulingGates
void check_gate_update(FieldErrors& errors, const FieldPath& path,
                       const std::vector<PodSchedulingGate>& before,
                       const std::vector<PodSchedulingGate>& after) {
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (std::find(before.begin(), before.end(), after[i]) != before.end()) continue;
    const FieldPath at = path.index(i);
    errors.forbidden(
        at.child("name"),
        fmt::format("only deletion is allowed, but found new scheduling gate '{}'", after[i].name));
  }
}

template <class T>
bool begins_with(const std::vector<T>& list, const std::vector<T>& start) {
  return list.size() >= start.size() && std::equal(start.begin(), start.end(), list.begin());
}

// k8s 1.30 pkg/apis/core/validation: validateNodeSelectorTermHasOnlyAdditions
bool only_adds(const NodeSelectorTerm& before, const NodeSelectorTerm& after) {
  const bool was_empty = before.match_expressions.empty() && before.match_fields.empty();
  if (was_empty) return after.match_expressions.empty() && after.match_fields.empty();
  return begins_with(after.match_expressions, before.match_expressions) &&
         begins_with(after.match_fields, before.match_fields);
}

std::vector<NodeSelectorTerm> required_terms(const Box<NodeAffinity>& affinity) {
  if (!affinity || !affinity->required_during_scheduling_ignored_during_execution) return {};
  return affinity->required_during_scheduling_ignored_during_execution->node_selector_terms;
}

// k8s 1.30 pkg/apis/core/validation: validateNodeAffinityMutation
void check_node_affinity_update(FieldErrors& errors, const FieldPath& path,
                                const Box<NodeAffinity>& before, const Box<NodeAffinity>& after) {
  const std::vector<NodeSelectorTerm> old_terms = required_terms(before);
  const std::vector<NodeSelectorTerm> new_terms = required_terms(after);
  if (old_terms.empty()) return;
  const FieldPath at =
      path.child("requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
  if (old_terms.size() != new_terms.size()) {
    errors.invalid_value(at, go_syntax(core_tree(new_terms)),
                         "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
    return;
  }
  for (std::size_t i = 0; i < old_terms.size(); ++i) {
    if (only_adds(old_terms[i], new_terms[i])) continue;
    errors.invalid_value(at.index(i), go_syntax(core_tree(new_terms[i])),
                         "only additions are allowed (no mutations or deletions)");
  }
}

/// While gates hold a pod back, what narrows the choice of its node may still be added to. Takes
/// over into `munged` what was allowed.
void check_gated_update(FieldErrors& errors, const FieldPath& path, const PodSpec& before,
                        PodSpec& munged) {
  if (!(munged.node_selector == before.node_selector)) {
    const bool kept = std::all_of(before.node_selector.begin(), before.node_selector.end(),
                                  [&](const auto& item) {
                                    const Str* value = munged.node_selector.find(item.first);
                                    return value && *value == item.second;
                                  });
    if (!kept) {
      errors.invalid_value(path.child("nodeSelector"), go_labels(munged.node_selector),
                           "only additions to spec.nodeSelector are allowed (no mutations or "
                           "deletions)");
    }
    munged.node_selector = before.node_selector;
  }
  const Box<NodeAffinity> old_affinity =
      before.affinity ? before.affinity->node_affinity : Box<NodeAffinity>();
  const Box<NodeAffinity> new_affinity =
      munged.affinity ? munged.affinity->node_affinity : Box<NodeAffinity>();
  if (old_affinity == new_affinity) return;
  const FieldPath affinity = path.child("affinity");
  check_node_affinity_update(errors, affinity.child("nodeAffinity"), old_affinity, new_affinity);
  const bool nothing_else =
      munged.affinity && !munged.affinity->pod_affinity && !munged.affinity->pod_anti_affinity;
  if (nothing_else && !before.affinity) {
    munged.affinity.reset();
  } else {
    munged.affinity.edit().node_affinity = old_affinity;
  }
}

void keep_images(std::vector<Container>& containers, const std::vector<Container>& before) {
  for (std::size_t i = 0; i < containers.size(); ++i) containers[i].image = before[i].image;
}

}  // namespace

std::string pod_spec_difference(const PodSpec& before, const PodSpec& after) {
  return go_difference(core_tree(before), core_tree(after));
}

// k8s 1.30 pkg/apis/core/validation: ValidatePodUpdate
void check_pod_update(FieldErrors& errors, const Pod& before, const Pod& after) {
  const FieldPath meta("metadata");
  const FieldPath path("spec");
  check_object_meta_update(errors, before, after);
  check_pod(errors, after);
  check_annotation_update(errors, meta.child("annotations"), before.meta.annotations,
                          after.meta.annotations);
  if (before.spec == after.spec && before.node_name == after.node_name &&
      before.api_access_volume == after.api_access_volume) {
    return;
  }
  const PodSpec old_spec = full_spec(before);
  PodSpec munged = full_spec(after);
  if (!check_container_update(errors, path.child("containers"), old_spec.containers,
                              munged.containers) ||
      !check_container_update(errors, path.child("initContainers"), old_spec.init_containers,
                              munged.init_containers) ||
      !check_deadline_update(errors, path.child("activeDeadlineSeconds"),
                             old_spec.active_deadline_seconds, munged.active_deadline_seconds)) {
    return;
  }
  check_toleration_update(errors, path.child("tolerations"), old_spec.tolerations,
                          munged.tolerations);
  check_gate_update(errors, path.child("schedulingGates"), old_spec.scheduling_gates,
                    munged.scheduling_gates);
  if (munged == old_spec) return;
  const Str& qos = before.status.qos_class;
  if ((qos.empty() ? qos_class(old_spec) : qos) != qos_class(munged)) {
    errors.invalid(meta, after.status.qos_class, "Pod QoS is immutable");
  }
  // What may change is put back, so that whatever differs then may not.
  keep_images(munged.containers, old_spec.containers);
  keep_images(munged.init_containers, old_spec.init_containers);
  munged.active_deadline_seconds = old_spec.active_deadline_seconds;
  munged.scheduling_gates = old_spec.scheduling_gates;
  munged.tolerations = old_spec.tolerations;
  if (old_spec.termination_grace_period_seconds.value_or(0) < 0 &&
      munged.termination_grace_period_seconds == std::int64_t{1}) {
    munged.termination_grace_period_seconds = old_spec.termination_grace_period_seconds;
  }
  if (!old_spec.scheduling_gates.empty()) check_gated_update(errors, path, old_spec, munged);
  if (munged == old_spec) return;
  errors.forbidden(path, fmt::format("pod updates may not change fields other than {}\n{}",
                                     kUpdatable, pod_spec_difference(old_spec, munged)));
}

}  // namespace sim
