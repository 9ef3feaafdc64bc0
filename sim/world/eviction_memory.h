// What the controllers that clear broken nodes keep in their memory: which pods they have given a
// term, and when they last tainted a node of a zone. It is theirs alone, no row of the API: a Plan
// says what to remember, apply() does it.
// k8s 1.30 pkg/controller/tainteviction: TimedWorkerQueue, pkg/controller/podgc: nodeQueue
#pragma once

#include <cstdint>
#include <optional>

#include "sim/base/column.h"
#include "sim/base/sorted_map.h"
#include "sim/base/str.h"
#include "sim/base/time.h"

namespace sim {

/// What is remembered of one pod.
struct PodTerm {
  enum class Eviction : std::uint8_t { None, Scheduled, Begun };
  Eviction eviction = Eviction::None;
  Time evict_at{};      // when scheduled
  Time orphan_until{};  // its node is gone, and believed to be from then on; 0: it is there
  friend bool operator==(const PodTerm&, const PodTerm&) = default;
};

class EvictionMemory {
 public:
  PodTerm term(Id pod) const;
  /// When a node of the zone last got a NoExecute taint for not answering.
  std::optional<Time> tainted(const Str& zone) const;

  /// Only apply() calls these.
  void set(Id pod, const PodTerm& term);
  void set_tainted(const Str& zone, Time at);

 private:
  Column<PodTerm> terms_;
  SortedMap<Str, Time> tainted_;
};

}  // namespace sim
