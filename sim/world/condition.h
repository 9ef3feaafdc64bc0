// A condition on the objects of the API server: which are looked at, what they must be like, and
// how many of them. What `"object"` says in a scenario, and what a fault waits for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/string_map.h"
#include "sim/model/json.h"
#include "sim/model/kinds.h"

namespace sim {

class World;

struct ObjectCondition {
  Kind kind{};
  std::string ns;    // empty: all namespaces
  std::string name;  // empty: any
  StringMap labels;
  std::shared_ptr<const Json> match;  // a part that the object must have; null: anything
  std::optional<std::int64_t> count;  // so many must match; absent: at least one
};

struct ConditionResult {
  bool holds = false;
  std::string detail;  // when it does not
};
ConditionResult check_condition(const World& world, const ObjectCondition& condition);

std::optional<Kind> api_kind_named(std::string_view name);
/// The names of all of them.
std::vector<std::string> api_kind_names();
bool has_labels(const StringMap& labels, const StringMap& wanted);

/// True when every part of `wanted` is in `actual`: objects by key, lists of objects by their
/// "name", "type", "key" or "ip" in any order, other lists element by element.
bool is_subset(const Json& wanted, const Json& actual, std::string* where);

/// What a person types before a fault: `pod/web-0 Ready`, `pod/web-0 status.phase=Running`,
/// `node/node-a gone`, `pvc/data exists`. Answers nothing, and what is wrong, when it is none.
std::optional<ObjectCondition> parse_condition(std::string_view object, std::string_view test,
                                               std::string_view ns, std::string* wrong);

}  // namespace sim
