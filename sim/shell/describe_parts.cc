#include "sim/shell/describe_parts.h"

#include <algorithm>
#include <vector>

#include "sim/base/format.h"
#include "sim/shell/printers.h"

namespace sim::kubectl {
namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::size_t kMaxAnnotation = 140;  // k8s 1.30 kubectl/pkg/describe: maxAnnotationLen

std::string shorten(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  return fmt::format("{}...", text.substr(0, limit));
}

std::string event_interval(const World& world, const Event& event) {
  const std::optional<Time> first =
      event.event_time && event.event_time->time ? event.event_time->time : event.first_timestamp;
  if (event.series) {
    return fmt::format("{} (x{} over {})", age(world, event.series->last_observed_time.time),
                       event.series->count, age(world, first));
  }
  if (event.count > 1) {
    return fmt::format("{} (x{} over {})", age(world, event.last_timestamp), event.count,
                       age(world, first));
  }
  return age(world, first);
}

}  // namespace

std::string describe_time(std::optional<Time> time) { return time ? to_rfc1123(*time) : "<unset>"; }

void describe_labels(std::string& out, std::string_view title, const StringMap& labels) {
  out += fmt::format("{}:\t", title);
  if (labels.empty()) {
    out += "<none>\n";
    return;
  }
  bool first = true;
  for (const auto& [key, value] : labels) {
    out += fmt::format("{}{}={}\n", first ? "" : "\t", key, value);
    first = false;
  }
}

void describe_annotations(std::string& out, std::string_view title, const StringMap& annotations) {
  out += fmt::format("{}:\t", title);
  bool first = true;
  for (const auto& [key, value] : annotations) {
    if (key == kLastApplied) continue;
    if (!first) out += "\t";
    first = false;
    if (value.view().find('\n') == std::string_view::npos &&
        key.size() + value.size() + 2 <= kMaxAnnotation) {
      out += fmt::format("{}: {}\n", key, value);
      continue;
    }
    out += fmt::format("{}:\n", key);
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      out += fmt::format("\t  {}\n", shorten(rest.substr(0, end), kMaxAnnotation - 2));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  if (first) out += "<none>\n";
}

void describe_tolerations(std::string& out, std::string_view title,
                          const std::vector<Toleration>& tolerations) {
  out += fmt::format("{}:\t", title);
  if (tolerations.empty()) {
    out += "<none>\n";
    return;
  }
  std::vector<Toleration> sorted = tolerations;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Toleration& a, const Toleration& b) { return a.key < b.key; });
  bool first = true;
  for (const Toleration& toleration : sorted) {
    if (!first) out += "\t";
    first = false;
    out += toleration.key.view();
    if (!toleration.value.empty()) out += fmt::format("={}", toleration.value);
    if (!toleration.effect.empty()) out += fmt::format(":{}", toleration.effect);
    if (toleration.op == "Exists" && toleration.value.empty()) {
      out += toleration.key.empty() && toleration.effect.empty() ? "op=Exists" : " op=Exists";
    }
    if (toleration.toleration_seconds) {
      out += fmt::format(" for {}s", *toleration.toleration_seconds);
    }
    out += "\n";
  }
}

void describe_events(const World& world, std::string& out, const Object& object) {
  std::vector<const Event*> events;
  for (const Id id : world.store().events_about(object.meta.uid)) {
    events.push_back(world.get<Event>(id));
  }
  if (events.empty()) {
    out += "Events:\t<none>\n";
    return;
  }
  // As the list comes from the API, by name, and then by when they were last seen; the scheduler's
  // have no such time and stand first. k8s 1.30 kubectl/pkg/util/event: SortableEvents
  std::stable_sort(events.begin(), events.end(),
                   [](const Event* a, const Event* b) { return a->meta.name < b->meta.name; });
  std::stable_sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
    const auto seen = [](const Event* event) {
      return event->last_timestamp.value_or(Time{INT64_MIN / 2}).whole_seconds();
    };
    return seen(a) < seen(b);
  });
  out += "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n";
  for (const Event* event : events) {
    std::string_view message = event->message;
    while (!message.empty() && (message.back() == ' ' || message.back() == '\n')) {
      message.remove_suffix(1);
    }
    out += fmt::format(
        "  {}\t{}\t{}\t{}\t{}\n", event->type, event->reason, event_interval(world, *event),
        event->source.component.empty() ? event->reporting_component : event->source.component,
        message);
  }
}

}  // namespace sim::kubectl
