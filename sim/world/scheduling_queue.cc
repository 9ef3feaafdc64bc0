#include "sim/world/scheduling_queue.h"

namespace sim {

namespace {

template <class Map>
std::vector<Id> keys_of(const Map& map) {
  std::vector<Id> pods;
  pods.reserve(map.size());
  for (const auto& [pod, none] : map) pods.push_back(pod);
  return pods;
}

}  // namespace

std::vector<Id> SchedulingQueue::waiting() const { return keys_of(waiting_); }
std::vector<Id> SchedulingQueue::binding() const { return keys_of(binding_); }
std::vector<Id> SchedulingQueue::nominated() const { return keys_of(nominated_); }

void SchedulingQueue::set(Id pod, const QueuedPod& entry) {
  const auto rank = [pod](const QueuedPod& queued) {
    return Rank(-std::int64_t{queued.priority}, queued.since.ns, pod);
  };
  const QueuedPod before = pods_.get(pod);
  if (before == entry) return;
  if (before.state == QueuedPod::State::Active) active_.erase(rank(before));
  if (before.state == QueuedPod::State::Waiting) waiting_.erase(pod);
  if (before.state == QueuedPod::State::Binding) binding_.erase(pod);
  if (before.nominated != 0 && entry.nominated == 0) nominated_.erase(pod);
  if (entry.state == QueuedPod::State::Active) active_.set(rank(entry), {});
  if (entry.state == QueuedPod::State::Waiting) waiting_.set(pod, {});
  if (entry.state == QueuedPod::State::Binding) binding_.set(pod, {});
  if (before.nominated == 0 && entry.nominated != 0) nominated_.set(pod, {});
  pods_.set(pod, entry);
}

}  // namespace sim
