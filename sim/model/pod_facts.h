// What several controllers ask of a Pod: whether it counts, whether it is ready, since when.
// k8s 1.30 pkg/api/v1/pod: IsPodReady, IsPodAvailable; pkg/controller: IsPodActive
#pragma once

#include <optional>

#include "sim/model/pod_types.h"

namespace sim {

inline const PodCondition* pod_condition(const Pod& pod, std::string_view type) {
  for (const PodCondition& condition : pod.status.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

/// Succeeded or Failed: nothing of it runs or will run.
inline bool has_ended(const Pod& pod) {
  return pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
}

/// Neither ended nor being deleted: what counts towards a number of replicas.
inline bool is_active(const Pod& pod) { return !has_ended(pod) && !pod.meta.deletion_timestamp; }

/// What a kubelet neither evicts nor turns away. k8s 1.30 pkg/kubelet/types: IsCriticalPod
inline bool is_critical(const Pod& pod) {
  constexpr std::int32_t kSystemCritical = 2'000'000'000;
  return pod.spec->priority.value_or(0) >= kSystemCritical;
}

inline bool is_ready(const Pod& pod) {
  const PodCondition* ready = pod_condition(pod, "Ready");
  return ready && ready->status == "True";
}

/// From when on a ready pod counts as available; none when it is not ready. The API keeps whole
/// seconds, so the wait counts from the second in which it became ready.
inline std::optional<Time> available_from(const Pod& pod, std::int32_t min_ready_seconds) {
  const PodCondition* ready = pod_condition(pod, "Ready");
  if (!ready || ready->status != "True") return std::nullopt;
  if (min_ready_seconds == 0) return Time{};
  if (!ready->last_transition_time) return std::nullopt;
  // "after", not "at": one nanosecond later.
  return ready->last_transition_time->whole_seconds() + seconds(min_ready_seconds) + Duration{1};
}

inline bool is_available(const Pod& pod, std::int32_t min_ready_seconds, Time now) {
  const std::optional<Time> from = available_from(pod, min_ready_seconds);
  return from && *from <= now;
}

/// Sets a condition; its time changes only with its status. True when anything changed.
/// k8s 1.30 pkg/api/v1/pod: UpdatePodCondition
inline bool set_pod_condition(PodStatus& status, PodCondition wanted, Time now) {
  wanted.last_transition_time = now;
  for (PodCondition& condition : status.conditions) {
    if (condition.type != wanted.type) continue;
    if (condition.status == wanted.status) {
      wanted.last_transition_time = condition.last_transition_time;
    }
    if (condition == wanted) return false;
    condition = wanted;
    return true;
  }
  status.conditions.push_back(wanted);
  return true;
}

}  // namespace sim
