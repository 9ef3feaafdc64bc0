// The arithmetic of the horizontal pod autoscaler: how many replicas the pods' usage asks for, and
// what of it the rules of scaling allow. Nothing here knows of a world.
// k8s 1.30 pkg/controller/podautoscaler: replica_calculator.go, horizontal.go
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/controller_types.h"
#include "sim/world/load.h"

namespace sim::horizontal_autoscaler {

inline constexpr Duration kSyncPeriod = seconds(15);
inline constexpr Duration kDownscaleWindow = minutes(5);

/// A pod of the workload as the calculation takes it, in thousandths of cores or bytes.
struct PodSample {
  enum class Group {
    Ready,    // it counts
    Unready,  // its usage says nothing yet
    Missing,  // nothing is told of it
    Ignored   // it is going
  };
  Group group = Group::Ready;
  std::int64_t usage = 0;
  std::int64_t request = 0;
};

/// What the calculation gives for one metric.
struct Proposal {
  std::string error;  // set: nothing
  std::int32_t replicas = 0;
  std::optional<std::int32_t> utilization;  // in percent of the requests
  std::int64_t average = 0;                 // of each pod, in thousandths
};
/// By percentage of the requests. k8s: GetResourceReplicas
Proposal replicas_for_utilization(std::int32_t current, std::int32_t target,
                                  const std::vector<PodSample>& pods);
/// By usage of each pod. k8s: GetRawResourceReplicas, calcPlainMetricReplicas
Proposal replicas_for_average(std::int32_t current, std::int64_t target,
                              const std::vector<PodSample>& pods);

/// What becomes of a recommendation, with the two conditions that tell of it.
struct Decision {
  std::int32_t replicas = 0;
  std::string_view able_reason, able_message;
  std::string_view limit_reason, limit_message;
  bool limited = false;
  std::optional<Time> lasts_until;  // an older recommendation holds it back until then
};
/// k8s: normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors
Decision decide_replicas(const HorizontalPodAutoscalerSpec& spec, const ScalingMemory& memory,
                         std::int32_t current, std::int32_t recommended, Time now);

/// Notes a recommendation (-1: there was none), and forgets what no window reaches any more.
void remember(ScalingMemory& memory, const HorizontalPodAutoscalerSpec& spec,
              std::int32_t recommended, Time now);
void remember_scaling(ScalingMemory& memory, const HorizontalPodAutoscalerSpec& spec,
                      std::int32_t from, std::int32_t to, Time now);

}  // namespace sim::horizontal_autoscaler
