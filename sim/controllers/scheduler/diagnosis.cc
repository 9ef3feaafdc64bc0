#include "sim/controllers/scheduler/diagnosis.h"

#include <algorithm>

#include "sim/base/format.h"

namespace sim::scheduler {

void Diagnosis::count(Plugin plugin, std::string_view reason, std::size_t nodes) {
  blame(plugin);
  const auto known = reasons_.find(reason);
  if (known != reasons_.end()) {
    known->second += nodes;
  } else {
    reasons_.emplace(reason, nodes);
  }
}

void Diagnosis::refuse(Plugin plugin, std::string_view reason) {
  blame(plugin);
  refusal_ = reason;
}

std::vector<std::string> Diagnosis::reasons() const {
  std::vector<std::string> all;
  if (refused()) all.push_back(refusal_);
  for (const auto& [reason, count] : reasons_) all.push_back(reason);
  return all;
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

}  // namespace sim::scheduler
