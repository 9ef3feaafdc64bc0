#include "sim/controllers/scheduler/diagnosis.h"

#include <algorithm>

#include "sim/base/format.h"

namespace sim::scheduler {

void Diagnosis::count(Plugin plugin, std::string_view reason) {
  blame(plugin);
  const auto known = reasons_.find(reason);
  if (known != reasons_.end()) {
    ++known->second;
  } else {
    reasons_.emplace(reason, 1);
  }
}

void Diagnosis::refuse(Plugin plugin, std::string_view reason) {
  blame(plugin);
  refusal_ = reason;
}

namespace {

// "1 node(s) …, 2 Insufficient cpu": counted reasons, sorted as text.
std::string histogram(const std::map<std::string, std::size_t, std::less<>>& reasons) {
  std::vector<std::string> parts;
  parts.reserve(reasons.size());
  for (const auto& [reason, count] : reasons) parts.push_back(fmt::format("{} {}", count, reason));
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

}  // namespace

// k8s 1.30 pkg/scheduler/framework/types.go: FitError.Error
std::string Diagnosis::message(std::size_t nodes, std::string_view post_filter) const {
  std::string text = fmt::format("0/{} nodes are available:", nodes);
  if (refused()) {
    text += fmt::format(" {}.", refusal_);
  } else if (!reasons_.empty()) {
    text += fmt::format(" {}.", histogram(reasons_));
  }
  if (!post_filter.empty()) text += fmt::format(" {}", post_filter);
  return text;
}

std::string post_filter_message(const Pod& pod, const Diagnosis& diagnosis, std::size_t nodes) {
  // k8s 1.30 plugins/defaultpreemption: PodEligibleToPreemptOthers
  if (pod.spec->preemption_policy == Str("Never")) {
    return "preemption: not eligible due to preemptionPolicy=Never.";
  }
  std::map<std::string, std::size_t, std::less<>> reasons;
  const std::size_t possible = diagnosis.preemptible().size();
  if (possible > 0) reasons["No preemption victims found for incoming pod"] = possible;
  if (nodes > possible) reasons["Preemption is not helpful for scheduling"] = nodes - possible;
  return fmt::format("preemption: 0/{} nodes are available: {}.", nodes, histogram(reasons));
}

}  // namespace sim::scheduler
