#include "sim/model/merge.h"
#include "sim/model/go_text.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/merge_apply.h"
#include "sim/model/merge_lists.h"

namespace sim {
namespace {

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// What stands behind "$directive/", or nothing.
std::optional<std::string> list_of(std::string_view key, std::string_view directive) {
  if (key.size() <= directive.size() || key[directive.size()] != '/') return std::nullopt;
  return std::string(key.substr(directive.size() + 1));
}

void discard_nulls(Json& value) {
  if (value.is_object()) {
    for (auto item = value.begin(); item != value.end();) {
      if (item->is_null()) {
        item = value.erase(item);
      } else {
        discard_nulls(*item);
        ++item;
      }
    }
  } else if (value.is_array()) {
    for (Json& item : value) discard_nulls(item);
  }
}

/// Takes out every object that is a directive; false when the value itself is one.
bool remove_directives(Json& value) {
  if (value.is_object()) {
    if (value.contains(kPatchDirective)) return false;
    for (auto item = value.begin(); item != value.end();) {
      if (remove_directives(*item)) {
        ++item;
      } else {
        item = value.erase(item);
      }
    }
  } else if (value.is_array()) {
    Json kept = Json::array();
    for (Json& item : value) {
      if (remove_directives(item)) kept.push_back(std::move(item));
    }
    value = std::move(kept);
  }
  return true;
}

std::string expected(const Json& wanted, const Json& actual) {
  return fmt::format("expected a {}, but received a {}", go_json_type(wanted),
                     go_json_type(actual));
}

constexpr std::string_view kBadPrimitiveList = "invalid patch format of primitive list";
constexpr std::string_view kBadRetainKeys = "invalid patch format of retainKeys";
constexpr std::string_view kBadElementOrder = "invalid patch format of setElementOrder list";

}  // namespace

bool StrategicMerge::object(Json& original, Json patch, const MergeType& type) {
  if (const auto directive = patch.find(kPatchDirective); directive != patch.end()) {
    if (*directive == "replace") {
      patch.erase(directive);
      original = std::move(patch);
    } else if (*directive == "delete") {
      original = Json::object();
    } else {
      return fail(
          fmt::format("unknown patch type: {} in map: {}", go_print(*directive), go_print(patch)));
    }
    return true;
  }
  if (original.is_null()) original = Json::object();
  if (!retain_keys(original, patch) || !ordered_lists(original, patch, type)) return false;
  for (auto& [name, value] : patch.items()) {
    if (!member(original, name, std::move(value), type)) return false;
  }
  return true;
}

bool StrategicMerge::member(Json& original, const std::string& name, Json value,
                            const MergeType& type) {
  std::string field = name;
  bool deletes_items = false;
  if (has_prefix(name, kDeleteFromList)) {
    if (!apply_) {
      original[name] = std::move(value);
      return true;
    }
    const std::optional<std::string> list = list_of(name, kDeleteFromList);
    if (!list) return fail(std::string(kBadPrimitiveList));
    field = *list;
    deletes_items = true;
  }
  if (value.is_null()) {
    original.erase(field);
    if (apply_) return true;
  }
  const auto found = original.find(field);
  if (found == original.end() || !same_go_type(*found, value)) {
    if (deletes_items) return true;
    if (apply_) discard_nulls(value);
    if (remove_directives(value)) {
      original[field] = std::move(value);
    } else {
      original.erase(field);
    }
    return true;
  }
  Json& slot = *found;
  if (!value.is_structured()) {
    slot = std::move(value);
    return true;
  }
  const MergeField* known = lookup(type, field);
  if (!known) return false;
  if (value.is_object()) return object(slot, std::move(value), *known->type);
  if (!is_list(*known, type)) return false;
  if (!known->merge) {
    slot = std::move(value);
    return true;
  }
  return list(slot, std::move(value), *known, deletes_items);
}

const MergeField* StrategicMerge::lookup(const MergeType& type, std::string_view field) {
  static const MergeType unknown;
  static const MergeField any{{}, &unknown, false, false, {}};
  switch (type.shape) {
    case MergeType::Shape::Unknown:
      return &any;
    case MergeType::Shape::Struct: {
      const MergeField* known = type.find(field);
      if (!known) {
        fail(fmt::format("unable to find api field in struct {} for the json field \"{}\"",
                         type.name, field));
      }
      return known;
    }
    case MergeType::Shape::Scalar:
    case MergeType::Shape::Map:
    case MergeType::Shape::List:
      break;
  }
  fail(fmt::format("merging an object in json but data type is not struct, instead is: {}",
                   kind_name(type)));
  return nullptr;
}

bool StrategicMerge::is_list(const MergeField& field, const MergeType& parent) {
  using Shape = MergeType::Shape;
  if (field.type->shape == Shape::List || field.type->shape == Shape::Unknown) return true;
  return fail(fmt::format("expected slice or array type, but got: {}", kind_name(parent)));
}

std::string_view StrategicMerge::kind_name(const MergeType& type) {
  switch (type.shape) {
    case MergeType::Shape::Struct:
      return "struct";
    case MergeType::Shape::Map:
      return "map";
    case MergeType::Shape::List:
      return "slice";
    case MergeType::Shape::Scalar:
    case MergeType::Shape::Unknown:
      break;
  }
  return "string";
}

/// k8s 1.30 strategicpatch: applyRetainKeysDirective
bool StrategicMerge::retain_keys(Json& original, Json& patch) {
  const auto found = patch.find(kRetainKeys);
  if (found == patch.end()) return true;
  const Json keys = std::move(*found);
  patch.erase(found);
  if (!apply_) {
    const auto other = original.find(kRetainKeys);
    if (other != original.end() && *other != keys) {
      return fail(
          fmt::format("{} and {} are not deep equal: this may happen when calculating the "
                      "3-way diff patch",
                      go_print(*other), go_print(keys)));
    }
    original[std::string(kRetainKeys)] = keys;
    return true;
  }
  if (!keys.is_array()) return fail(std::string(kBadRetainKeys));
  const std::set<Json> kept(keys.begin(), keys.end());
  for (const auto& [name, value] : patch.items()) {
    if (value.is_null() || has_prefix(name, kDeleteFromList) ||
        has_prefix(name, kSetElementOrder)) {
      continue;
    }
    if (kept.count(Json(name)) == 0) return fail(std::string(kBadRetainKeys));
  }
  for (auto item = original.begin(); item != original.end();) {
    item = kept.count(Json(item.key())) == 0 ? original.erase(item) : std::next(item);
  }
  return true;
}

/// The lists whose order the patch sets. k8s 1.30 strategicpatch: mergePatchIntoOriginal
bool StrategicMerge::ordered_lists(Json& original, Json& patch, const MergeType& type) {
  std::vector<std::string> directives;
  for (const auto& [name, value] : patch.items()) {
    if (has_prefix(name, kSetElementOrder)) directives.push_back(name);
  }
  for (const std::string& name : directives) {
    const Json order = std::move(patch[name]);
    patch.erase(name);
    if (!apply_) {
      const auto other = original.find(name);
      if (other != original.end() && *other != order) return fail(std::string(kBadElementOrder));
      original[name] = order;
    }
    if (!order.is_array()) return fail(expected(Json::array(), order));
    const std::optional<std::string> field = list_of(name, kSetElementOrder);
    if (!field) return fail(std::string(kBadElementOrder));
    if (!ordered_list(original, patch, *field, order, type)) return false;
  }
  return true;
}

bool StrategicMerge::ordered_list(Json& original, Json& patch, const std::string& field,
                                  const Json& order, const MergeType& type) {
  const auto in_original = original.find(field);
  const auto in_patch = patch.find(field);
  const bool has_original = in_original != original.end();
  const bool has_patch = in_patch != patch.end();
  if (has_original && !in_original->is_array()) return fail(expected(order, *in_original));
  if (has_patch && !in_patch->is_array()) return fail(expected(order, *in_patch));
  const MergeField* known = lookup(type, field);
  if (!known || !is_list(*known, type)) return false;
  const Json before = has_original ? *in_original : Json::array();
  const Json changes = has_patch ? *in_patch : Json::array();
  if (!check_order(changes, order, known->key)) return false;
  if (!has_original && !has_patch) return true;
  Json merged = has_original ? before : changes;
  if (has_original && has_patch) {
    if (!known->merge) {
      merged = changes;
    } else if (!list(merged, changes, *known, false)) {
      return false;
    }
  }
  std::string error;
  if (!items_are_objects(before, changes, &error)) return fail(std::move(error));
  if (!reorder(merged, order, before, known->key)) return false;
  patch.erase(field);
  original[field] = std::move(merged);
  return true;
}

/// What the patch changes must come in the order that it sets.
/// k8s 1.30 strategicpatch: validatePatchWithSetOrderList
bool StrategicMerge::check_order(const Json& changes, const Json& order, std::string_view key) {
  if (order.empty() || changes.empty()) return true;
  std::size_t next = 0;
  for (const Json& item : changes) {
    if (!key.empty()) {
      if (!item.is_object()) return fail(expected(Json::object(), item));
      if (item.contains(kPatchDirective)) continue;
      if (!item.contains(key)) return fail(no_merge_key(item, key));
    }
    const Json& wanted = key.empty() ? item : item.at(std::string(key));
    for (;; ++next) {
      if (next == order.size()) {
        return fail(fmt::format("The order in patch list:\n{}\n doesn't match {} list:\n{}\n",
                                go_print(changes), kSetElementOrder, go_print(order)));
      }
      const Json& place = order[next];
      if (!key.empty() && !place.is_object()) return fail(expected(Json::object(), place));
      if (!key.empty() && !place.contains(key)) return fail(no_merge_key(place, key));
      if ((key.empty() ? place : place.at(std::string(key))) == wanted) break;
    }
    ++next;
  }
  return true;
}

/// k8s 1.30 strategicpatch: mergeSlice
bool StrategicMerge::list(Json& original, Json patch, const MergeField& field, bool deletes_items) {
  if (original.empty() && patch.empty()) return true;
  std::string error;
  const std::optional<bool> objects = items_are_objects(original, patch, &error);
  if (!objects) return fail(std::move(error));
  if (!*objects) {
    if (apply_ && deletes_items) {
      const ListIndex gone(patch, {});
      Json kept = Json::array();
      for (Json& item : original) {
        if (!gone.find(item)) kept.push_back(std::move(item));
      }
      original = std::move(kept);
      return true;
    }
    Json merged = Json::array();
    ListIndex known(Json::array(), {});
    for (const Json* one : {static_cast<const Json*>(&original), &std::as_const(patch)}) {
      for (const Json& item : *one) {
        if (known.find(item)) continue;
        known.add(item, merged.size());
        merged.push_back(item);
      }
    }
    const Json before = std::move(original);
    original = std::move(merged);
    return reorder(original, patch, before, {});
  }
  if (field.key.empty()) {
    return fail("cannot merge lists without merge key for type struct");
  }
  return objects_list(original, std::move(patch), field);
}

bool StrategicMerge::objects_list(Json& original, Json patch, const MergeField& field) {
  const std::string key(field.key);
  Json changes = Json::array();
  std::set<Json> deleted;
  bool replace = false;
  for (Json& item : patch) {
    const auto directive = item.find(kPatchDirective);
    if (directive == item.end()) {
      changes.push_back(std::move(item));
    } else if (*directive == "delete") {
      const auto identity = item.find(key);
      if (identity == item.end()) return fail(no_merge_key(item, key));
      deleted.insert(*identity);
    } else if (*directive == "replace") {
      replace = true;
    } else if (*directive == "merge") {
      return fail("merging lists cannot yet be specified in the patch");
    } else {
      return fail(
          fmt::format("unknown patch type: {} in map: {}", go_print(*directive), go_print(item)));
    }
  }
  if (replace) {
    original = std::move(changes);
    return true;
  }
  if (!deleted.empty()) {
    Json kept = Json::array();
    for (Json& item : original) {
      const auto identity = item.find(key);
      const bool gone = identity != item.end() && deleted.count(*identity) > 0;
      if (!gone) kept.push_back(std::move(item));
    }
    original = std::move(kept);
  }
  const Json before = original;
  ListIndex index(original, key);
  for (const Json& change : changes) {
    const auto identity = change.find(key);
    if (identity == change.end()) return fail(no_merge_key(change, key));
    if (const std::optional<std::size_t> at = index.find_key(*identity)) {
      if (!object(original[*at], change, item_type(field))) return false;
      continue;
    }
    Json added = change;
    if (apply_) discard_nulls(added);
    remove_directives(added);
    index.add(*identity, original.size());
    original.push_back(std::move(added));
  }
  return reorder(original, changes, before, key);
}

/// k8s 1.30 strategicpatch: partitionMapsByPresentInList, normalizeElementOrder
bool StrategicMerge::reorder(Json& merged, const Json& order, const Json& before,
                             std::string_view key) {
  const ListIndex index(order, key);
  Json from_patch = Json::array();
  Json from_server = Json::array();
  for (Json& item : merged) {
    if (!key.empty() && !item.is_object()) return fail(expected(Json::object(), item));
    if (!key.empty() && !item.contains(key)) return fail(no_merge_key(item, key));
    (index.find(item) ? from_patch : from_server).push_back(std::move(item));
  }
  std::string error;
  if (interleave(std::move(from_patch), std::move(from_server), order, before, key, &merged,
                 &error)) {
    return true;
  }
  return fail(std::move(error));
}

const MergeType& StrategicMerge::item_type(const MergeField& field) {
  static const MergeType unknown;
  return field.type->item ? *field.type->item : unknown;
}

bool StrategicMerge::fail(std::string error) {
  error_ = std::move(error);
  return false;
}

std::optional<Json> strategic_merge(const Json& document, const Json& patch, Kind kind,
                                    std::string* error) {
  if (!patch.is_object() || !document.is_object()) {
    *error = "invalid JSON document";
    return std::nullopt;
  }
  StrategicMerge merge(true);
  Json merged = document;
  if (merge.object(merged, patch, merge_type(kind))) return merged;
  *error = merge.error();
  return std::nullopt;
}

Json merge_patch(const Json& document, const Json& patch) {
  Json merged = document;
  merged.merge_patch(patch);
  return merged;
}

}  // namespace sim
