#include "sim/world/condition.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/base/format.h"
#include "sim/world/world.h"

namespace sim {
namespace {

const Json* element_like(const Json& wanted, const Json& list) {
  for (const char* key : {"name", "type", "key", "ip", "mountPath"}) {
    if (!wanted.is_object() || !wanted.contains(key)) continue;
    for (const Json& element : list) {
      if (element.is_object() && element.contains(key) && element[key] == wanted[key]) {
        return &element;
      }
    }
    return nullptr;
  }
  for (const Json& element : list) {
    std::string unused;
    if (is_subset(wanted, element, &unused)) return &element;
  }
  return nullptr;
}

/// "status.phase=Running" as {"status": {"phase": "Running"}}; numbers and truth values as such.
std::optional<Json> field_test(std::string_view test) {
  const std::size_t equals = test.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const std::string value(test.substr(equals + 1));
  Json made = Json::parse(value, nullptr, false);
  if (!made.is_number_integer() && !made.is_boolean()) made = value;
  std::string_view path = test.substr(0, equals);
  if (path.front() == '.') path.remove_prefix(1);
  int depth = 0;
  while (!path.empty() && ++depth < 20) {
    const std::size_t dot = path.rfind('.');
    const std::string key(path.substr(dot == std::string_view::npos ? 0 : dot + 1));
    if (key.empty()) return std::nullopt;
    Json outer = Json::object();
    outer[key] = std::move(made);
    made = std::move(outer);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
  }
  return depth > 0 && path.empty() ? std::optional(made) : std::nullopt;
}

}  // namespace

std::optional<Kind> api_kind_named(std::string_view name) {
  for (int kind = 0; kind < kApiKindCount; ++kind) {
    if (info(static_cast<Kind>(kind)).name == name) return static_cast<Kind>(kind);
  }
  return std::nullopt;
}

std::vector<std::string> api_kind_names() {
  std::vector<std::string> names;
  for (int kind = 0; kind < kApiKindCount; ++kind) {
    names.emplace_back(info(static_cast<Kind>(kind)).name);
  }
  return names;
}

bool has_labels(const StringMap& labels, const StringMap& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const StringMap::Item& item) {
    const Str* value = labels.find(item.first);
    return value && *value == item.second;
  });
}

ConditionResult check_condition(const World& world, const ObjectCondition& wanted) {
  std::int64_t matching = 0;
  std::int64_t selected = 0;
  std::string difference;
  const std::string_view kind = info(wanted.kind).name;
  std::vector<Id> candidates;
  if (!wanted.name.empty() && (!wanted.ns.empty() || !info(wanted.kind).namespaced)) {
    const Id id = world.store().find(wanted.kind, wanted.ns, wanted.name);
    if (id != 0) candidates.push_back(id);
  } else {
    candidates = world.store().list(wanted.kind, wanted.ns);
  }
  for (const Id id : candidates) {
    const Object& object = *world.store().get({wanted.kind, id});
    if (!wanted.name.empty() && object.meta.name != wanted.name) continue;
    if (!has_labels(object.meta.labels, wanted.labels)) continue;
    ++selected;
    std::string where;
    if (!wanted.match || is_subset(*wanted.match, encode(object), &where)) {
      ++matching;
    } else if (difference.empty()) {
      difference = fmt::format("\n{} {}: {}", kind, object.meta.name, where);
    }
  }
  const bool fits = wanted.count ? matching == *wanted.count : matching > 0;
  if (fits) return {true, ""};
  if (selected == 0) {
    std::string names;
    std::size_t count = 0;
    for (const Id id : world.store().list(wanted.kind, wanted.ns)) {
      if (++count > 5) break;
      names += fmt::format("{}{}", names.empty() ? "" : ", ",
                           world.store().get({wanted.kind, id})->meta.name);
    }
    difference = count == 0 ? fmt::format("; there is no {}", kind)
                            : fmt::format("; there {} {}{}", count == 1 ? "is" : "are", names,
                                          count > 5 ? " and others" : "");
  }
  return {false, fmt::format("{} selected, {} match{}", selected, matching, difference)};
}

bool is_subset(const Json& wanted, const Json& actual, std::string* where) {
  if (wanted.is_object()) {
    for (const auto& [key, value] : wanted.items()) {
      if (!actual.is_object() || !actual.contains(key)) {
        // An absent field is what the API prints for zero.
        if (value.is_number() && value == 0) continue;
        *where = fmt::format("{} is absent, not {}", key, value.dump());
        return false;
      }
      if (!is_subset(value, actual[key], where)) {
        *where = fmt::format("{}.{}", key, *where);
        return false;
      }
    }
    return true;
  }
  if (wanted.is_array()) {
    for (const Json& value : wanted) {
      const Json* like = actual.is_array() ? element_like(value, actual) : nullptr;
      if (!like) {
        *where = fmt::format(": no element like {}", value.dump());
        return false;
      }
      if (!is_subset(value, *like, where)) return false;
    }
    return true;
  }
  if (wanted == actual) return true;
  *where = fmt::format(" = {}, not {}", actual.dump(), wanted.dump());
  return false;
}

std::optional<ObjectCondition> parse_condition(std::string_view object, std::string_view test,
                                               std::string_view ns, std::string* wrong) {
  const std::size_t slash = object.find('/');
  if (slash == std::string_view::npos || slash + 1 == object.size()) {
    *wrong = fmt::format("\"{}\" is not KIND/NAME", object);
    return std::nullopt;
  }
  const std::optional<Kind> kind = kind_called(object.substr(0, slash));
  if (!kind) {
    *wrong = fmt::format("unknown kind \"{}\"", object.substr(0, slash));
    return std::nullopt;
  }
  ObjectCondition made;
  made.kind = *kind;
  made.name = std::string(object.substr(slash + 1));
  if (info(*kind).namespaced) made.ns = std::string(ns);
  if (test == "exists") return made;
  if (test == "gone") {
    made.count = 0;
    return made;
  }
  if (test.find('=') != std::string_view::npos) {
    std::optional<Json> match = field_test(test);
    if (!match) {
      *wrong = fmt::format("\"{}\" is not FIELD=VALUE, such as status.phase=Running", test);
      return std::nullopt;
    }
    made.match = std::make_shared<const Json>(std::move(*match));
    return made;
  }
  const bool no = !test.empty() && test.front() == '!';
  const std::string_view type = no ? test.substr(1) : test;
  if (type.empty() || type.front() < 'A' || type.front() > 'Z') {
    *wrong = fmt::format(
        "\"{}\" is no test: exists, gone, a condition such as Ready or !Ready, or FIELD=VALUE",
        test);
    return std::nullopt;
  }
  const Json match{{"status",
                    {{"conditions", Json::array({{{"type", std::string(type)},
                                                  {"status", no ? "False" : "True"}}})}}}};
  made.match = std::make_shared<const Json>(match);
  return made;
}

}  // namespace sim
