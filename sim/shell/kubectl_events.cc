// k8s 1.32 kubectl/pkg/cmd/events
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_resources.h"
#include "sim/shell/kubectl_watch.h"
#include "sim/shell/kubectl_work.h"
#include "sim/shell/output_form.h"

namespace sim::kubectl {
namespace {

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// Which events are asked for.
struct Filter {
  std::string ns;  // empty: all
  std::string kind;
  std::string name;  // empty: of any object
  std::vector<std::string> types;

  bool matches(const Event& event) const {
    if (!ns.empty() && event.meta.ns != ns) return false;
    if (!name.empty() &&
        (event.involved_object.kind != kind || event.involved_object.name != name)) {
      return false;
    }
    return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& type) {
             return same_word(type, event.type);
           });
  }
};

std::vector<std::string> words_of(const Flags& flags, std::string_view name) {
  std::vector<std::string> words;
  for (const std::string& value : flags.all(name)) {
    for (std::size_t from = 0; from <= value.size();) {
      const std::size_t comma = std::min(value.find(',', from), value.size());
      if (comma > from) words.push_back(value.substr(from, comma - from));
      from = comma + 1;
    }
  }
  return words;
}

/// Reads --for and --types; sets `error` to a complete line when they are wrong.
Filter read_filter(const Call& call, const Flags& flags, std::string* error) {
  Filter filter;
  if (!flags.is_on("all-namespaces")) filter.ns = namespace_of(call, flags);
  if (const std::string about = flags.get("for"); !about.empty()) {
    const std::size_t slash = about.find('/');
    if (slash == std::string::npos) {
      *error = "error: --for must be in resource/name form\n";
      return filter;
    }
    if (about.find('/', slash + 1) != std::string::npos) {
      *error = "error: arguments in resource/name form may not have more than one slash\n";
      return filter;
    }
    const ApiResource* resource = find_api_resource(about.substr(0, slash));
    if (!resource) {
      // kubectl does not put "error: " before this one.
      *error =
          fmt::format("the server doesn't have a resource type \"{}\"\n", about.substr(0, slash));
      return filter;
    }
    filter.kind = std::string(resource->name);
    filter.name = about.substr(slash + 1);
  }
  filter.types = words_of(flags, "types");
  for (const std::string& type : filter.types) {
    if (!same_word(type, "Normal") && !same_word(type, "Warning")) {
      *error = "error: valid --types are Normal or Warning\n";
    }
  }
  return filter;
}

std::vector<ObjectPtr> events_now(const World& world, const Filter& filter) {
  std::vector<ObjectPtr> events;
  for (const Id id : world.store().list(Kind::Event, filter.ns)) {
    ObjectPtr event = world.store().share({Kind::Event, id});
    if (filter.matches(static_cast<const Event&>(*event))) events.push_back(std::move(event));
  }
  return events;
}

void show_one(Call& call, const Flags& flags, const OutputForm& form, const ObjectPtr& event,
              Step& step) {
  if (!form.is_table()) return print_form(step, form, encode(*event));
  ColumnWidths widths;
  std::string& kept = call.state.notes.front();
  for (const char* at = kept.data(); at < kept.data() + kept.size();) {
    std::size_t width = 0;
    at = std::from_chars(at, kept.data() + kept.size(), width).ptr + 1;
    widths.push_back(width);
  }
  const bool headers = !flags.is_on("no-headers") && widths.empty();
  say(step, print_events(call.world, {event}, flags.is_on("all-namespaces"), headers, &widths));
  kept = fmt::format("{}", fmt::join(widths, " "));
}

/// A watch from no revision on tells first of all that is there.
Step watch(Call& call, const Flags& flags, const OutputForm& form, const Filter& filter) {
  Step step;
  const auto revision = static_cast<std::uint64_t>(call.state.number);
  std::vector<ObjectPtr> events;
  if (call.state.stage == 0) {
    call.state.notes = {""};
    events = events_now(call.world, filter);
  } else {
    const auto is_about = [&](const Object& object) {
      return filter.matches(static_cast<const Event&>(object));
    };
    for (const WatchEvent& change : watch_events(call.world, revision, Kind::Event, is_about)) {
      // Events go after an hour; that is no news.
      if (change.type != "DELETED") events.push_back(change.object);
    }
  }
  call.state.stage = 1;
  call.state.number = static_cast<std::int64_t>(call.world.revision());
  for (const ObjectPtr& event : events) {
    show_one(call, flags, form, event, step);
    if (step.exit != 0) return step;
  }
  return keep_watching(call, std::move(step));
}

}  // namespace

Step events(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"all-namespaces,A", "chunk-size=", "for=", "no-headers", "types=", "watch,w"};
  set.numbers = {"chunk-size"};
  set.prints = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("events", flags.error);
  std::string error;
  const Filter filter = read_filter(call, flags, &error);
  if (!error.empty()) {
    Step step;
    warn(step, error);
    step.exit = 1;
    return step;
  }
  const std::optional<OutputForm> form =
      output_form_of(call, flags, OutputLanguages::Objects, &error);
  if (!form) return fail(error);
  if (flags.is_on("watch")) return watch(call, flags, *form, filter);
  const std::vector<ObjectPtr> found = events_now(call.world, filter);
  Step step;
  if (found.empty()) {
    warn(step, filter.ns.empty() ? "No events found.\n"
                                 : fmt::format("No events found in {} namespace.\n", filter.ns));
    return step;
  }
  if (form->is_table()) {
    say(step, print_events(call.world, found, filter.ns.empty(), !flags.is_on("no-headers")));
    return step;
  }
  std::vector<ObjectPtr> sorted = found;
  std::stable_sort(sorted.begin(), sorted.end(), [](const ObjectPtr& a, const ObjectPtr& b) {
    const auto seen = [](const ObjectPtr& object) {
      return last_seen(static_cast<const Event&>(*object)).value_or(Time{}).whole_seconds();
    };
    return seen(a) < seen(b);
  });
  Json items = Json::array();
  for (const ObjectPtr& event : sorted) items.push_back(encode(*event));
  print_form(step, *form,
             {{"apiVersion", "v1"},
              {"items", std::move(items)},
              {"kind", "EventList"},
              {"metadata", Json::object()}});
  return step;
}

}  // namespace sim::kubectl
