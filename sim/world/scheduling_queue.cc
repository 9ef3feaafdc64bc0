#include "sim/world/scheduling_queue.h"

namespace sim {

std::vector<Id> SchedulingQueue::waiting() const {
  std::vector<Id> pods;
  pods.reserve(waiting_.size());
  for (const auto& [pod, none] : waiting_) pods.push_back(pod);
  return pods;
}

std::vector<Id> SchedulingQueue::binding() const {
  std::vector<Id> pods;
  pods.reserve(binding_.size());
  for (const auto& [pod, none] : binding_) pods.push_back(pod);
  return pods;
}

void SchedulingQueue::set(Id pod, const QueuedPod& entry) {
  const auto rank = [pod](const QueuedPod& queued) {
    return Rank(-std::int64_t{queued.priority}, queued.since.ns, pod);
  };
  const QueuedPod before = pods_.get(pod);
  if (before == entry) return;
  if (before.state == QueuedPod::State::Active) active_.erase(rank(before));
  if (before.state == QueuedPod::State::Waiting) waiting_.erase(pod);
  if (before.state == QueuedPod::State::Binding) binding_.erase(pod);
  if (entry.state == QueuedPod::State::Active) active_.set(rank(entry), {});
  if (entry.state == QueuedPod::State::Waiting) waiting_.set(pod, {});
  if (entry.state == QueuedPod::State::Binding) binding_.set(pod, {});
  pods_.set(pod, entry);
}

}  // namespace sim
