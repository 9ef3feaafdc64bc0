#include "sim/world/event_recorder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"

namespace sim {
namespace {

constexpr std::string_view kCombined = "(combined from similar events): ";
constexpr int kSimilarEvents = 10;                   // k8s: defaultAggregateMaxEvents
constexpr Duration kSimilarInterval = seconds(600);  // k8s: defaultAggregateIntervalInSeconds

bool is_similar(const Event& event, const EventNote& note) {
  return event.reason == note.reason && event.type == note.type &&
         event.source.component == note.component && event.source.host == note.host;
}

/// The words of each kind, made once.
struct KindWords {
  Str name;
  Str api_version;
};
const KindWords& words_of(Kind kind) {
  static const std::array<KindWords, kKindCount> all = [] {
    std::array<KindWords, kKindCount> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      const Kind each = static_cast<Kind>(i);
      made[i].name = Str(info(each).name);
      made[i].api_version = Str(api_version(each));
    }
    return made;
  }();
  return all[static_cast<std::size_t>(kind)];
}

/// A number as text, for a moment.
class Digits {
 public:
  explicit Digits(std::uint64_t number, int base = 10)
      : end_(std::to_chars(text_.data(), text_.data() + text_.size(), number, base).ptr) {}
  std::string_view view() const {
    return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
  }

 private:
  std::array<char, 24> text_{};
  const char* end_;
};

ObjectReference reference_to(const Object& about, const EventNote& note, std::uint64_t version) {
  ObjectReference reference;
  reference.kind = words_of(about.kind).name;
  reference.ns = about.meta.ns;
  reference.name = about.meta.name;
  reference.uid = about.meta.uid;
  reference.api_version = words_of(about.kind).api_version;
  reference.resource_version = Str::unlike_others(Digits(version).view());
  reference.field_path = note.field_path;
  return reference;
}

// Once ten messages differ, the recorder forgets any one of them with each further one it combines
// (PopAny: which one is chance). Whether the message at a place is still known after so many is
// drawn with the odds that this gives: nine in ten, each time.
// k8s 1.30 client-go/tools/record/events_cache.go: EventAggregate
bool is_remembered(const World& world, std::size_t place, std::int32_t forgotten) {
  std::uint64_t odds = UINT64_MAX;
  for (std::int32_t i = 0; i < forgotten && odds != 0; ++i) odds = odds / 10 * 9;
  return draw(world.settings().seed, "event-key", place, 0) < odds;
}

std::shared_ptr<Event> new_event(const World& world, const EventNote& note, const Object& about,
                                 std::uint64_t version) {
  auto event = std::make_shared<Event>();
  event->meta.ns = about.meta.ns.empty() ? Str("default") : about.meta.ns;
  std::string name = about.meta.name + ".";
  const std::size_t stem = name.size();
  auto stamp = static_cast<std::uint64_t>(world.now().ns);
  do {
    name.resize(stem);
    name += Digits(stamp++, 16).view();
  } while (world.store().find(Kind::Event, event->meta.ns, name) != 0);
  event->meta.name = Str::unlike_others(name);
  event->involved_object = reference_to(about, note, version);
  event->reason = note.reason;
  event->message = note.message;
  event->type = note.type;
  return event;
}

// The scheduler's recorder: the message is not part of the key, the resourceVersion is. The second
// occurrence starts a series; further ones stay in the recorder's memory.
// k8s 1.30 client-go/tools/events/event_broadcaster.go: recordToSink, getKey
RecordedEvent record_series(const World& world, const EventNote& note, const Object& about,
                            std::uint64_t version) {
  const Digits digits(version);
  const std::string_view version_text = digits.view();
  for (const Id id : world.store().events_about(about.meta.uid)) {
    const Event& event = *world.get<Event>(id);
    if (event.action != note.action || event.reason != note.reason || event.type != note.type ||
        event.involved_object.resource_version != version_text) {
      continue;
    }
    if (event.series) return {};
    auto next = std::make_shared<Event>(event);
    next->series.edit().count = 2;
    next->series.edit().last_observed_time.time = world.now();
    return {id, std::move(next)};
  }
  auto event = new_event(world, note, about, version);
  event->event_time = MicroTime{world.now()};
  event->action = note.action;
  event->reporting_component = note.component;
  event->reporting_instance = fmt::format("{}-control-plane", note.component);
  return {0, std::move(event)};
}

}  // namespace

RecordedEvent record_event(const World& world, const EventNote& note, const Object& about,
                           std::uint64_t about_version) {
  if (!note.action.empty()) return record_series(world, note, about, about_version);

  const Event* same = nullptr;
  Id same_id = 0;
  std::size_t place = 0;  // of `same` among the similar ones
  const Event* combined = nullptr;
  Id combined_id = 0;
  std::vector<const Event*> similar;
  for (const Id id : world.store().events_about(about.meta.uid)) {
    const Event& event = *world.get<Event>(id);
    if (!is_similar(event, note)) continue;
    if (event.message.view().substr(0, kCombined.size()) == kCombined) {
      combined = &event;
      combined_id = id;
    } else {
      similar.push_back(&event);
      if (event.message == note.message && event.involved_object.field_path == note.field_path) {
        same = &event;
        same_id = id;
        place = similar.size();
      }
    }
  }

  // The similar ones count back from now, as long as no gap is longer than the interval.
  std::sort(similar.begin(), similar.end(),
            [](const Event* a, const Event* b) { return a->last_timestamp > b->last_timestamp; });
  Time newest = world.now();
  if (combined && combined->last_timestamp) newest = *combined->last_timestamp;
  int distinct = same ? 0 : 1;
  bool recent = world.now() - newest <= kSimilarInterval;
  Time edge = combined ? newest : world.now();
  for (const Event* event : similar) {
    const Time last = event->last_timestamp.value_or(Time{});
    if (edge - last > kSimilarInterval) break;
    ++distinct;
    edge = std::min(edge, last);
  }
  bool combine =
      distinct >= kSimilarEvents || (combined && recent && distinct >= kSimilarEvents - 1);
  // A message that the recorder still remembers is counted where it stands.
  if (combine && same && combined && is_remembered(world, place, combined->count)) combine = false;

  const Event* known = combine ? combined : same;
  const Str message = combine ? Str(fmt::format("{}{}", kCombined, note.message)) : note.message;
  if (known) {
    auto next = std::make_shared<Event>(*known);
    next->count += 1;
    next->message = message;
    next->last_timestamp = world.now();
    next->involved_object.resource_version = Str(std::to_string(about_version));
    return {combine ? combined_id : same_id, std::move(next)};
  }
  auto event = new_event(world, note, about, about_version);
  event->message = message;
  event->source.component = note.component;
  event->source.host = note.host;
  event->first_timestamp = world.now();
  event->last_timestamp = world.now();
  event->count = 1;
  event->reporting_component = note.component;
  event->reporting_instance = note.host;
  return {0, std::move(event)};
}

}  // namespace sim
