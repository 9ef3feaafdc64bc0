#include "sim/world/eviction_memory.h"

namespace sim {

PodTerm EvictionMemory::term(Id pod) const { return terms_.get(pod); }

std::optional<Time> EvictionMemory::tainted(const Str& zone) const {
  const Time* at = tainted_.find(zone);
  return at ? std::optional(*at) : std::nullopt;
}

void EvictionMemory::set(Id pod, const PodTerm& term) { terms_.set(pod, term); }

void EvictionMemory::set_tainted(const Str& zone, Time at) { tainted_.set(zone, at); }

}  // namespace sim
