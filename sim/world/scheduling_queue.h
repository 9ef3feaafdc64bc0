// What the scheduler keeps in its memory between one pod and the next: which pods are to be tried,
// in what order, and which wait for a change that may help. It is the scheduler's alone, no row of
// the API: a Plan says what to remember, apply() does it. k8s 1.30 pkg/scheduler/internal/queue
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "sim/base/column.h"
#include "sim/base/sorted_map.h"
#include "sim/base/table.h"
#include "sim/base/time.h"

namespace sim {

/// A pod in the queue. Absent: not in it.
struct QueuedPod {
  enum class State : std::uint8_t {
    Absent,
    Active,      // to be tried, in order of priority and time
    Waiting,     // tried in vain: for a change that may help, or for five minutes to pass
    BackingOff,  // to be tried again when its back-off is over
    Binding,     // it has its node and waits for its volumes to be bound
  };
  Time since{};      // when it came, was last tried, or began to wait for its volumes
  Id node = 0;       // while it is Binding: where it will go
  Id nominated = 0;  // the node on which others were ended to make room for it
  std::int32_t priority = 0;
  std::int32_t attempts = 0;
  std::uint32_t rejected_by = 0;  // which filters, as the scheduler numbers them; 0: none
  State state = State::Absent;
  friend bool operator==(const QueuedPod&, const QueuedPod&) = default;
};

class SchedulingQueue {
 public:
  QueuedPod get(Id pod) const { return pods_.get(pod); }
  /// The pod to be tried next; 0 when there is none.
  Id first() const { return active_.empty() ? 0 : std::get<2>(active_.begin()->first); }
  std::size_t active() const { return active_.size(); }
  bool any_waiting() const { return !waiting_.empty(); }
  /// In order of ids.
  std::vector<Id> waiting() const;
  bool any_binding() const { return !binding_.empty(); }
  /// In order of ids.
  std::vector<Id> binding() const;
  bool any_nominated() const { return !nominated_.empty(); }
  /// In order of ids.
  std::vector<Id> nominated() const;
  /// Where in the order of nodes the next look begins.
  std::uint32_t next_node() const { return next_node_; }

  /// Only apply() calls these.
  void set(Id pod, const QueuedPod& entry);
  void set_next_node(std::uint32_t index) { next_node_ = index; }

 private:
  struct None {};
  using Rank = std::tuple<std::int64_t, std::int64_t, Id>;  // less priority, time, pod

  Column<QueuedPod> pods_;
  SortedMap<Rank, None> active_;
  SortedMap<Id, None> waiting_;
  SortedMap<Id, None> binding_;
  SortedMap<Id, None> nominated_;
  std::uint32_t next_node_ = 0;
};

}  // namespace sim
