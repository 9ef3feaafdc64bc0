#include "sim/controllers/job_policy.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"

namespace sim::job {
namespace {

bool has_code(const PodFailurePolicyOnExitCodesRequirement& wanted, std::int32_t code) {
  const bool listed =
      std::find(wanted.values.begin(), wanted.values.end(), code) != wanted.values.end();
  return wanted.op == "In" ? listed : !listed;
}

const ContainerStatus* match_codes(const Pod& pod,
                                   const PodFailurePolicyOnExitCodesRequirement& wanted) {
  for (const auto* list : {&pod.status.container_statuses, &pod.status.init_container_statuses}) {
    for (const ContainerStatus& status : *list) {
      if (!status.state.terminated) continue;
      if (wanted.container_name && *wanted.container_name != status.name) continue;
      const std::int32_t code = status.state.terminated->exit_code;
      if (code != 0 && has_code(wanted, code)) return &status;
    }
  }
  return nullptr;
}

const PodCondition* match_conditions(
    const Pod& pod, const std::vector<PodFailurePolicyOnPodConditionsPattern>& wanted) {
  for (const PodCondition& condition : pod.status.conditions) {
    for (const auto& pattern : wanted) {
      if (pattern.type == condition.type && pattern.status == condition.status) return &condition;
    }
  }
  return nullptr;
}

}  // namespace

bool is_tracked(const Pod& pod) {
  return std::any_of(pod.meta.finalizers.begin(), pod.meta.finalizers.end(),
                     [](const Str& finalizer) { return finalizer == kTracking; });
}

bool replaces_only_failed(const Job& job) {
  return job.spec.pod_replacement_policy == Str("Failed");
}

bool is_failed(const Job& job, const Pod& pod) {
  if (pod.status.phase == "Failed") return true;
  if (replaces_only_failed(job)) return false;
  return pod.meta.deletion_timestamp && pod.status.phase != "Succeeded";
}

Verdict judge(const Job& job, const Pod& pod) {
  Verdict verdict;
  if (!job.spec.pod_failure_policy) return verdict;
  const auto& rules = job.spec.pod_failure_policy->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const PodFailurePolicyRule& rule = rules[i];
    if (rule.on_exit_codes) {
      const ContainerStatus* status = match_codes(pod, *rule.on_exit_codes);
      if (!status) continue;
      verdict.message = fmt::format(
          "Container {} for pod {}/{} failed with exit code {} matching {} rule at index {}",
          status->name, pod.meta.ns, pod.meta.name, status->state.terminated->exit_code,
          rule.action, i);
    } else {
      const PodCondition* condition = match_conditions(pod, rule.on_pod_conditions);
      if (!condition) continue;
      verdict.message = fmt::format("Pod {}/{} has condition {} matching {} rule at index {}",
                                    pod.meta.ns, pod.meta.name, condition->type, rule.action, i);
    }
    verdict.action = rule.action;
    return verdict;
  }
  return verdict;
}

Time finish_time(const Pod& pod) {
  Time latest{};
  for (const ContainerStatus& status : pod.status.container_statuses) {
    const auto& ended = status.state.terminated;
    if (ended && ended->finished_at) latest = std::max(latest, *ended->finished_at);
  }
  if (latest != Time{}) return latest;
  const PodCondition* ready = pod_condition(pod, "Ready");
  if (ready && ready->last_transition_time) return *ready->last_transition_time;
  return pod.meta.deletion_timestamp.value_or(pod.meta.creation_timestamp.value_or(Time{}));
}

}  // namespace sim::job
