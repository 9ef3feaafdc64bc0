// What a failed pod means to its Job: whether it counts, and whether it ends the Job or its index.
// k8s 1.30 pkg/controller/job/pod_failure_policy.go, backoff_utils.go
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/model/controller_types.h"

namespace sim::job {

inline constexpr std::string_view kTracking = "batch.kubernetes.io/job-tracking";

/// Whether the controller has still to count the pod.
bool is_tracked(const Pod& pod);
/// Failed, or being deleted, which is as bad unless only failed pods are replaced.
/// k8s: isPodFailed
bool is_failed(const Job& job, const Pod& pod);
bool replaces_only_failed(const Job& job);

struct Verdict {
  Str action = "Count";  // "Count", "Ignore", "FailIndex", "FailJob"
  std::string message;   // of FailJob
  bool counts() const { return action != "Ignore"; }
};
/// k8s: matchPodFailurePolicy
Verdict judge(const Job& job, const Pod& pod);

/// When the last of its containers ended, as far as that can be told.
Time finish_time(const Pod& pod);

}  // namespace sim::job
