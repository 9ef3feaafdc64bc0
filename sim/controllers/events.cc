#include "sim/controllers/events.h"

#include <algorithm>

#include "sim/world/event_recorder.h"

namespace sim::events {
namespace {

// When the Event was last written: each write begins its hour anew.
Time last_written(const Event& event) {
  Time last = event.meta.creation_timestamp.value_or(Time{});
  if (event.last_timestamp) last = std::max(last, *event.last_timestamp);
  if (event.event_time && event.event_time->time) last = std::max(last, *event.event_time->time);
  if (event.series && event.series->last_observed_time.time) {
    last = std::max(last, *event.series->last_observed_time.time);
  }
  return last;
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Event* event = world.get<Event>(id);
  if (!event) return plan;
  const Ref ref{Kind::Event, id};
  const Time end = last_written(*event) + kEventLife;
  if (end <= world.now()) {
    plan.erase(ref, "an hour has passed");
  } else {
    plan.wake(end, Actor::EventExpiry, ref, true);
  }
  return plan;
}

}  // namespace sim::events
