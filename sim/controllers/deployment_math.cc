#include "sim/controllers/deployment_math.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sim::deployment {
namespace {

std::int32_t wrapped(std::int64_t number) { return static_cast<std::int32_t>(number); }

// A number, or a percentage of `total`, rounded one way.
// k8s 1.30 apimachinery/pkg/util/intstr: GetScaledValueFromIntOrPercent
std::int32_t scaled(const std::optional<IntOrString>& value, std::int32_t total, bool up) {
  if (!value) return 0;
  if (!value->is_string) return value->number;
  const std::string_view text = value->text.view();
  std::int64_t percent = 0;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  const double part = static_cast<double>(percent) * static_cast<double>(total) / 100;
  return static_cast<std::int32_t>(
      std::clamp<double>(up ? std::ceil(part) : std::floor(part), INT32_MIN, INT32_MAX));
}

struct Fenceposts {
  std::int32_t surge = 0;
  std::int32_t unavailable = 0;
};

Fenceposts fenceposts(const Deployment& deployment) {
  if (!deployment.spec.strategy.rolling_update) return {0, 1};
  const RollingUpdateDeployment& rolling = *deployment.spec.strategy.rolling_update;
  Fenceposts posts{scaled(rolling.max_surge, replicas(deployment), true),
                   scaled(rolling.max_unavailable, replicas(deployment), false)};
  // Percentages of small numbers may both come to nothing; then the rollout could not move.
  if (posts.surge == 0 && posts.unavailable == 0) posts.unavailable = 1;
  return posts;
}

template <class Get>
std::int32_t sum(const std::vector<SetPtr>& sets, Get get) {
  std::int64_t total = 0;
  for (const SetPtr& set : sets) {
    if (set) total += get(*set);
  }
  return wrapped(total);
}

}  // namespace

std::int32_t max_surge(const Deployment& deployment) {
  return is_rolling(deployment) ? fenceposts(deployment).surge : 0;
}

std::int32_t max_unavailable(const Deployment& deployment) {
  if (!is_rolling(deployment) || replicas(deployment) == 0) return 0;
  return std::min(fenceposts(deployment).unavailable, replicas(deployment));
}

std::int32_t most_pods(const Deployment& deployment) {
  return wrapped(std::int64_t{replicas(deployment)} + max_surge(deployment));
}

std::int64_t annotated(const ReplicaSet& set, std::string_view name, std::int64_t fallback) {
  const Str* text = set.meta.annotations.find(name);
  if (!text) return fallback;
  const std::string_view digits = text->view();
  std::int64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? number : fallback;
}

std::int32_t sum_replicas(const std::vector<SetPtr>& sets) {
  return sum(sets, [](const ReplicaSet& set) { return replicas(set); });
}
std::int32_t sum_actual(const std::vector<SetPtr>& sets) {
  return sum(sets, [](const ReplicaSet& set) { return set.status.replicas; });
}
std::int32_t sum_available(const std::vector<SetPtr>& sets) {
  return sum(sets, [](const ReplicaSet& set) { return set.status.available_replicas; });
}

std::int32_t new_size(const Deployment& deployment, const std::vector<SetPtr>& all,
                      const ReplicaSet& newest) {
  if (!is_rolling(deployment)) return replicas(deployment);
  const std::int64_t most = most_pods(deployment);
  const std::int64_t present = sum_replicas(all);
  if (present >= most) return replicas(newest);
  const std::int64_t missing = replicas(deployment) - replicas(newest);
  return wrapped(replicas(newest) + std::min(most - present, missing));
}

std::int32_t proportion(const Deployment& deployment, const ReplicaSet& set, std::int32_t to_add,
                        std::int32_t added) {
  if (replicas(set) == 0 || to_add == 0 || to_add == added) return 0;
  std::int64_t fraction = -std::int64_t{replicas(set)};
  if (replicas(deployment) != 0) {
    std::int64_t whole = wrapped(annotated(set, kMaxReplicas, 0));
    if (whole <= 0) whole = deployment.status.replicas;
    if (whole <= 0) return 0;
    const std::int64_t part = std::int64_t{replicas(set)} * most_pods(deployment);
    // Half away from zero, in whole numbers.
    fraction += (2 * part + (part < 0 ? -whole : whole)) / (2 * whole);
  }
  const std::int64_t allowed = std::int64_t{to_add} - added;
  return wrapped(to_add > 0 ? std::min(fraction, allowed) : std::max(fraction, allowed));
}

bool is_complete(const Deployment& deployment, const DeploymentStatus& status) {
  return status.updated_replicas == replicas(deployment) &&
         status.replicas == replicas(deployment) &&
         status.available_replicas == replicas(deployment) &&
         status.observed_generation >= deployment.meta.generation;
}

bool same_template(const PodTemplateSpec& a, const PodTemplateSpec& b) {
  if (!(a.spec == b.spec)) return false;
  ObjectMeta left = a.meta;
  ObjectMeta right = b.meta;
  left.labels.erase(kHashLabel);
  right.labels.erase(kHashLabel);
  return left == right;
}

}  // namespace sim::deployment
