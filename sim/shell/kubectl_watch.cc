#include "sim/shell/kubectl_watch.h"

#include <algorithm>
#include <utility>

namespace sim::kubectl {
namespace {

// k8s 1.30 apiserver/pkg/server: a watch lasts MinRequestTimeout and up to twice that. We take the
// shortest.
constexpr Duration kLongestWatch = minutes(30);

}  // namespace

std::vector<WatchEvent> watch_events(const World& world, std::uint64_t revision, Kind kind,
                                     const std::function<bool(const Object&)>& is_about) {
  std::vector<WatchEvent> events;
  const Journal& journal = world.journal();
  for (std::uint64_t at = std::max(revision + 1, journal.first()); at != 0 && at <= journal.last();
       ++at) {
    const Change& change = journal.at(at);
    if (change.ref.kind != kind || (!change.before && !change.after)) continue;
    const bool before = change.before && is_about(*change.before);
    const bool after = change.after && is_about(*change.after);
    if (before && !after) {
      events.push_back({"DELETED", change.after ? change.after : change.before});
    } else if (after) {
      events.push_back({before ? "MODIFIED" : "ADDED", change.after});
    }
  }
  return events;
}

Step keep_watching(Call& call, Step step) {
  const Time end = call.state.started + kLongestWatch;
  if (call.world.now() >= end) return step;
  step.done = false;
  step.wait = {end, true};
  return step;
}

}  // namespace sim::kubectl
