// --watch: the changes of a kind since a revision, as a watch of the API server tells them, and the
// waiting for more. k8s 1.30 apiserver/pkg/storage/cacher
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl.h"

namespace sim::kubectl {

struct WatchEvent {
  std::string_view type;  // "ADDED", "MODIFIED", "DELETED"
  ObjectPtr object;
};

/// What happened behind `revision` to the objects that a watch is about. One that comes to be so is
/// added, one that no longer is, deleted.
std::vector<WatchEvent> watch_events(const World& world, std::uint64_t revision, Kind kind,
                                     const std::function<bool(const Object&)>& is_about);

/// Ends this call of a watching verb: it goes on at the next change, until the API server ends the
/// watch. What the verb needs then is in the call's state.
Step keep_watching(Call& call, Step step);

}  // namespace sim::kubectl
