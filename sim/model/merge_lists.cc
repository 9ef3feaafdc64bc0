#include "sim/model/merge_lists.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/go_text.h"

namespace sim {

std::string_view go_json_type(const Json& value) {
  if (value.is_object()) return "map[string]interface {}";
  if (value.is_array()) return "[]interface {}";
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "bool";
  if (value.is_number_float()) return "float64";
  return value.is_number() ? "int64" : "%!s(<nil>)";
}

bool same_go_type(const Json& a, const Json& b) {
  return (a.is_number() && b.is_number()) || a.type() == b.type();
}

bool is_delete(const Json& item) {
  if (!item.is_object()) return false;
  const auto directive = item.find(kPatchDirective);
  return directive != item.end() && *directive == "delete";
}

std::string no_merge_key(const Json& item, std::string_view key) {
  return fmt::format("map: {} does not contain declared merge key: {}", go_print(item), key);
}

std::optional<bool> items_are_objects(const Json& a, const Json& b, std::string* error) {
  const Json* first = nullptr;
  for (const Json* list : {&a, &b}) {
    for (const Json& item : *list) {
      if (!first) first = &item;
      if (first->is_array()) {
        *error = "lists of lists are not supported";
        return std::nullopt;
      }
      if (item.is_null() || !same_go_type(*first, item)) {
        *error =
            fmt::format("list element types are not identical: {}", go_print(Json::array({a, b})));
        return std::nullopt;
      }
    }
  }
  if (!first) {
    *error = "no elements in any of the given slices";
    return std::nullopt;
  }
  return first->is_object();
}

ListIndex::ListIndex(const Json& list, std::string_view key) : key_(key) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Json& item = list[i];
    if (key_.empty()) {
      places_.emplace(item, i);
    } else if (const auto found = item.find(key_); item.is_object() && found != item.end()) {
      places_.emplace(*found, i);
    }
  }
}

std::optional<std::size_t> ListIndex::find(const Json& item) const {
  if (key_.empty()) return find_key(item);
  if (!item.is_object()) return std::nullopt;
  const auto found = item.find(key_);
  return found == item.end() ? std::nullopt : find_key(*found);
}

std::optional<std::size_t> ListIndex::find_key(const Json& key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? std::nullopt : std::optional<std::size_t>(found->second);
}

bool order_like(Json& list, const Json& order, std::string_view key, std::string* error) {
  if (!key.empty()) {
    for (const Json* one : {static_cast<const Json*>(&list), &order}) {
      for (const Json& item : *one) {
        if (item.is_object() && item.contains(key)) continue;
        *error = item.is_object()
                     ? no_merge_key(item, key)
                     : fmt::format("expected a map[string]interface {{}}, but received a {}",
                                   go_json_type(item));
        return false;
      }
    }
  }
  const ListIndex index(order, key);
  std::vector<std::pair<std::size_t, Json>> kept;
  Json deleted = Json::array();
  for (Json& item : list) {
    if (!key.empty() && is_delete(item)) {
      deleted.push_back(std::move(item));
    } else {
      const std::size_t place = index.find(item).value_or(order.size());
      kept.emplace_back(place, std::move(item));
    }
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  list = Json::array();
  for (auto& [place, item] : kept) list.push_back(std::move(item));
  for (Json& item : deleted) list.push_back(std::move(item));
  return true;
}

bool interleave(Json from_patch, Json from_server, const Json& patch_order,
                const Json& server_order, std::string_view key, Json* out, std::string* error) {
  if (!order_like(from_patch, patch_order, key, error)) return false;
  if (!order_like(from_server, server_order, key, error)) return false;
  const ListIndex index(server_order, key);
  *out = Json::array();
  std::size_t server = 0;
  std::size_t patch = 0;
  while (server < from_server.size() || patch < from_patch.size()) {
    bool take_server = patch == from_patch.size();
    if (!take_server && server < from_server.size()) {
      const std::optional<std::size_t> left = index.find(from_server[server]);
      const std::optional<std::size_t> right = index.find(from_patch[patch]);
      take_server = left && right && *left < *right;
    }
    out->push_back(std::move(take_server ? from_server[server++] : from_patch[patch++]));
  }
  return true;
}

}  // namespace sim
