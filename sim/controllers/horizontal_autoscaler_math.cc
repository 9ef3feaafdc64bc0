#include "sim/controllers/horizontal_autoscaler_math.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sim::horizontal_autoscaler {
namespace {

constexpr double kTolerance = 0.1;
constexpr std::string_view kNoMetrics =
    "did not receive metrics for targeted pods (pods might be unready)";

/// Rounded up, within the number of replicas that there can be.
std::int32_t rounded_up(double replicas) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::min(std::ceil(replicas), kMost));
}

std::int32_t capped(std::int64_t number) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      number, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

bool is_close(double ratio) { return std::abs(1.0 - ratio) <= kTolerance; }

/// Pods that are taken into account, with what they use or are taken to use.
struct Sum {
  __int128 usage = 0;
  __int128 requests = 0;
  std::int64_t pods = 0;

  void add(std::int64_t used, std::int64_t requested) {
    usage += used;
    requests += requested;
    ++pods;
  }
  std::int64_t percent() const {
    return requests == 0 ? 0 : static_cast<std::int64_t>(usage * 100 / requests);
  }
  std::int64_t average() const { return pods == 0 ? 0 : static_cast<std::int64_t>(usage / pods); }
};

/// The part that both calculations share; `ratio_of` is usage over target.
template <class RatioOf>
std::int32_t replicas_by(std::int32_t current, const std::vector<PodSample>& pods, const Sum& told,
                         std::int64_t fallback_percent, std::int64_t fallback_usage,
                         RatioOf ratio_of) {
  const auto any = [&](PodSample::Group group) {
    return std::any_of(pods.begin(), pods.end(),
                       [group](const PodSample& pod) { return pod.group == group; });
  };
  const double ratio = ratio_of(told);
  const bool with_unready = any(PodSample::Group::Unready) && ratio > 1.0;
  const bool with_missing = any(PodSample::Group::Missing);
  if (!with_unready && !with_missing) {
    if (is_close(ratio)) return current;
    return rounded_up(ratio * static_cast<double>(told.pods));
  }
  // Those of which nothing is known are taken to use what makes the step smaller.
  Sum all = told;
  for (const PodSample& pod : pods) {
    if (pod.group == PodSample::Group::Missing && ratio < 1.0) {
      const __int128 whole = static_cast<__int128>(pod.request) * fallback_percent / 100;
      all.add(fallback_percent != 0 ? static_cast<std::int64_t>(whole) : fallback_usage,
              pod.request);
    } else if (pod.group == PodSample::Group::Missing && ratio > 1.0) {
      all.add(0, pod.request);
    } else if (pod.group == PodSample::Group::Unready && with_unready) {
      all.add(0, pod.request);
    }
  }
  const double next = ratio_of(all);
  if (is_close(next) || (ratio < 1.0 && next > 1.0) || (ratio > 1.0 && next < 1.0)) return current;
  const std::int32_t replicas = rounded_up(next * static_cast<double>(all.pods));
  if ((next < 1.0 && replicas > current) || (next > 1.0 && replicas < current)) return current;
  return replicas;
}

Sum sum_of_ready(const std::vector<PodSample>& pods) {
  Sum told;
  for (const PodSample& pod : pods) {
    if (pod.group == PodSample::Group::Ready) told.add(pod.usage, pod.request);
  }
  return told;
}

Proposal failed(std::string_view error) {
  Proposal proposal;
  proposal.error = std::string(error);
  return proposal;
}

}  // namespace

Proposal replicas_for_utilization(std::int32_t current, std::int32_t target,
                                  const std::vector<PodSample>& pods) {
  const Sum told = sum_of_ready(pods);
  if (told.pods == 0) return failed(kNoMetrics);
  if (told.requests == 0) return failed("no metrics returned matched known pods");
  Proposal proposal;
  proposal.utilization = capped(told.percent());
  proposal.average = told.average();
  proposal.replicas =
      replicas_by(current, pods, told, std::max(100, target), 0, [&](const Sum& sum) {
        return static_cast<double>(sum.percent()) / static_cast<double>(target);
      });
  return proposal;
}

Proposal replicas_for_average(std::int32_t current, std::int64_t target,
                              const std::vector<PodSample>& pods) {
  const Sum told = sum_of_ready(pods);
  if (told.pods == 0) return failed(kNoMetrics);
  Proposal proposal;
  proposal.average = told.average();
  proposal.replicas = replicas_by(current, pods, told, 0, target, [&](const Sum& sum) {
    return static_cast<double>(sum.average()) /
           static_cast<double>(std::max<std::int64_t>(target, 1));
  });
  return proposal;
}

namespace {

constexpr std::string_view kReady = "recommended size matches current size";
constexpr std::string_view kHigher =
    "recent recommendations were higher than current one, applying the highest recent "
    "recommendation";
constexpr std::string_view kLower =
    "recent recommendations were lower than current one, applying the lowest recent recommendation";

Duration window_of(const Box<HorizontalPodAutoscalerBehavior>& behavior, bool up) {
  if (!behavior) return up ? Duration{} : kDownscaleWindow;
  const Box<HPAScalingRules>& rules = up ? behavior->scale_up : behavior->scale_down;
  if (!rules || !rules->stabilization_window_seconds) return up ? Duration{} : kDownscaleWindow;
  return seconds(*rules->stabilization_window_seconds);
}

/// When a recommendation was given last: it is noted only when it changes.
Time last_given(const ScalingMemory& memory, std::size_t i) {
  const auto& all = memory.recommendations;
  return std::max(all[i].at, all[i + 1].at - kSyncPeriod);
}

/// The highest (or lowest) recommendation of a window, and when that one leaves it.
struct Extreme {
  std::int32_t replicas;
  std::optional<Time> until;
};
Extreme extreme(const ScalingMemory& memory, std::int32_t recommended, Duration window, bool up,
                Time now) {
  Extreme found{recommended, std::nullopt};
  const auto& all = memory.recommendations;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].replicas < 0) continue;
    const bool last = i + 1 == all.size();
    // The newest one was given again at each look up to the one before this.
    const Time given = last ? std::max(all[i].at, now - kSyncPeriod) : last_given(memory, i);
    if (given + window <= now) continue;
    const bool more = up ? all[i].replicas < found.replicas : all[i].replicas > found.replicas;
    const bool same = all[i].replicas == found.replicas && found.until;
    if (more || same) found = {all[i].replicas, given + window};
  }
  return found;
}

std::int64_t changed_within(const std::vector<ScalingMemory::Entry>& events, Duration period,
                            Time now) {
  std::int64_t sum = 0;
  for (const ScalingMemory::Entry& event : events) {
    if (event.at > now - period) sum += event.replicas;
  }
  return sum;
}

/// How far the policies let it go. k8s: calculateScaleUpLimitWithScalingRules,
/// calculateScaleDownLimitWithBehaviors
std::int32_t limit_by(const HPAScalingRules& rules, const ScalingMemory& memory,
                      std::int32_t current, bool up, Time now) {
  const Str select = rules.select_policy.value_or("Max");
  if (select == "Disabled") return current;
  std::optional<std::int64_t> limit;
  for (const HPAScalingPolicy& policy : rules.policies) {
    const Duration period = seconds(policy.period_seconds);
    const std::int64_t begin = current - changed_within(memory.ups, period, now) +
                               changed_within(memory.downs, period, now);
    std::int64_t proposed = begin + (up ? policy.value : -policy.value);
    if (policy.type == "Percent") {
      const double factor = 1.0 + (up ? 1.0 : -1.0) * static_cast<double>(policy.value) / 100.0;
      const double wanted = static_cast<double>(begin) * factor;
      proposed = static_cast<std::int64_t>(up ? std::ceil(wanted) : std::trunc(wanted));
    }
    const bool higher = (select == "Min") != up;
    if (!limit) limit = proposed;
    limit = higher ? std::max(*limit, proposed) : std::min(*limit, proposed);
  }
  return capped(limit.value_or(current));
}

void set_limit(Decision& decision, std::int32_t wanted, std::int32_t allowed,
               std::string_view reason, std::string_view message) {
  decision.replicas = allowed;
  decision.limited = allowed != wanted;
  decision.limit_reason = reason;
  decision.limit_message = message;
}

constexpr std::string_view kInRange = "the desired count is within the acceptable range";
constexpr std::string_view kTooMany =
    "the desired replica count is more than the maximum replica count";
constexpr std::string_view kTooFew =
    "the desired replica count is less than the minimum replica count";
constexpr std::string_view kTooFast =
    "the desired replica count is increasing faster than the maximum scale rate";
constexpr std::string_view kTooFastDown =
    "the desired replica count is decreasing faster than the maximum scale rate";

/// k8s: convertDesiredReplicasWithRules
void limit_plainly(Decision& decision, std::int32_t current, std::int32_t wanted, std::int32_t min,
                   std::int32_t max) {
  const std::int32_t fastest = std::max(capped(2LL * current), 4);
  if (wanted < min) return set_limit(decision, wanted, min, "TooFewReplicas", kTooFew);
  if (wanted > std::min(max, fastest)) {
    return max > fastest ? set_limit(decision, wanted, fastest, "ScaleUpLimit", kTooFast)
                         : set_limit(decision, wanted, max, "TooManyReplicas", kTooMany);
  }
  set_limit(decision, wanted, wanted, "DesiredWithinRange", kInRange);
}

/// k8s: convertDesiredReplicasWithBehaviorRate
void limit_by_rules(Decision& decision, const HorizontalPodAutoscalerSpec& spec,
                    const ScalingMemory& memory, std::int32_t current, std::int32_t wanted,
                    std::int32_t min, Time now) {
  const HorizontalPodAutoscalerBehavior& behavior = *spec.behavior;
  if (wanted > current && behavior.scale_up) {
    const std::int32_t limit =
        std::max(limit_by(*behavior.scale_up, memory, current, true, now), current);
    const bool too_fast = spec.max_replicas > limit;
    const std::int32_t most = std::min(spec.max_replicas, limit);
    if (wanted > most) {
      return too_fast ? set_limit(decision, wanted, most, "ScaleUpLimit", kTooFast)
                      : set_limit(decision, wanted, most, "TooManyReplicas", kTooMany);
    }
  } else if (wanted < current && behavior.scale_down) {
    const std::int32_t limit =
        std::min(limit_by(*behavior.scale_down, memory, current, false, now), current);
    const bool too_fast = min < limit;
    const std::int32_t least = std::max(min, limit);
    if (wanted < least) {
      return too_fast ? set_limit(decision, wanted, least, "ScaleDownLimit", kTooFastDown)
                      : set_limit(decision, wanted, least, "TooFewReplicas", kTooFew);
    }
  }
  set_limit(decision, wanted, wanted, "DesiredWithinRange", kInRange);
}

}  // namespace

Decision decide_replicas(const HorizontalPodAutoscalerSpec& spec, const ScalingMemory& memory,
                         std::int32_t current, std::int32_t recommended, Time now) {
  Decision decision;
  const std::int32_t min = spec.min_replicas.value_or(1);
  const Extreme highest = extreme(memory, recommended, window_of(spec.behavior, false), false, now);
  std::int32_t stable = highest.replicas;
  decision.lasts_until = highest.until;
  if (spec.behavior) {
    const Extreme lowest = extreme(memory, recommended, window_of(spec.behavior, true), true, now);
    stable = std::min(std::max(current, lowest.replicas), highest.replicas);
    if (lowest.until && (!decision.lasts_until || *lowest.until < *decision.lasts_until)) {
      decision.lasts_until = lowest.until;
    }
  }
  if (stable == recommended) {
    decision.able_reason = "ReadyForNewScale";
    decision.able_message = kReady;
    decision.lasts_until.reset();
  } else {
    const bool up = spec.behavior && recommended >= current;
    decision.able_reason = up ? "ScaleUpStabilized" : "ScaleDownStabilized";
    decision.able_message = up ? kLower : kHigher;
  }
  if (spec.behavior) {
    limit_by_rules(decision, spec, memory, current, stable, min, now);
  } else {
    limit_plainly(decision, current, stable, min, spec.max_replicas);
  }
  return decision;
}

void remember(ScalingMemory& memory, const HorizontalPodAutoscalerSpec& spec,
              std::int32_t recommended, Time now) {
  auto& all = memory.recommendations;
  if (all.empty() || all.back().replicas != recommended) all.push_back({now, recommended});
  const Duration longest =
      std::max(window_of(spec.behavior, true), window_of(spec.behavior, false));
  while (all.size() > 1 && last_given(memory, 0) + longest < now) all.erase(all.begin());
}

void remember_scaling(ScalingMemory& memory, const HorizontalPodAutoscalerSpec& spec,
                      std::int32_t from, std::int32_t to, Time now) {
  if (!spec.behavior) return;  // nobody asks
  auto& all = to > from ? memory.ups : memory.downs;
  const Box<HPAScalingRules>& rules =
      to > from ? spec.behavior->scale_up : spec.behavior->scale_down;
  std::int32_t longest = 0;
  if (rules) {
    for (const HPAScalingPolicy& policy : rules->policies) {
      longest = std::max(longest, policy.period_seconds);
    }
  }
  const Time cutoff = now - seconds(longest);
  all.erase(
      std::remove_if(all.begin(), all.end(),
                     [cutoff](const ScalingMemory::Entry& entry) { return entry.at < cutoff; }),
      all.end());
  all.push_back({now, to > from ? to - from : from - to});
}

}  // namespace sim::horizontal_autoscaler
