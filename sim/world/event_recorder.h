// Turns EventNotes into Event objects as the recorders of Kubernetes do: a repetition raises a
// count, many similar ones become one "combined from similar events". What the real recorders keep
// in their memory is read off the Events that are there. k8s 1.30 client-go/tools/record:
// EventCorrelator; client-go/tools/events: eventBroadcasterImpl
#pragma once

#include "sim/world/world.h"

namespace sim {

/// How long an Event is kept after it was last seen. k8s 1.30 kube-apiserver --event-ttl
inline constexpr Duration kEventLife = hours(1);

/// What to write for a note at this moment. `about` is the object as it was before the plan that
/// noted it (its resourceVersion is part of the scheduler's key); `serial` tells apart events of
/// one plan. Nothing at all when the recorder would keep it in memory only.
struct RecordedEvent {
  Id update = 0;                 // the Event to replace; 0: a new one
  std::shared_ptr<Event> event;  // null: nothing to write
};
RecordedEvent record_event(const World& world, const EventNote& note, const Object& about,
                           std::uint64_t about_version);

}  // namespace sim
