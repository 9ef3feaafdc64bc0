// What the two halves of strategic merging share: the directives of a patch and the order of
// merged lists.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/json.h"

namespace sim {

inline constexpr std::string_view kPatchDirective = "$patch";
inline constexpr std::string_view kRetainKeys = "$retainKeys";
inline constexpr std::string_view kDeleteFromList = "$deleteFromPrimitiveList";
inline constexpr std::string_view kSetElementOrder = "$setElementOrder";

/// Go's type of it: "map[string]interface {}".
std::string_view go_json_type(const Json& value);
/// Whether Go has one type for both; a null is of none.
bool same_go_type(const Json& a, const Json& b);

bool is_delete(const Json& item);  // {"$patch": "delete", …}
/// mergepatch.ErrNoMergeKey
std::string no_merge_key(const Json& item, std::string_view key);

/// Whether the items of the lists are objects; nothing, and an error, when they are not all alike
/// or when there are none. k8s 1.30 strategicpatch: sliceElementType
std::optional<bool> items_are_objects(const Json& a, const Json& b, std::string* error);

/// Where each item stands in a list: objects by their merge key, scalars by themselves.
class ListIndex {
 public:
  /// An empty key: scalars.
  ListIndex(const Json& list, std::string_view key);
  std::optional<std::size_t> find(const Json& item) const;
  std::optional<std::size_t> find_key(const Json& key) const;
  void add(const Json& key, std::size_t at) { places_.emplace(key, at); }

 private:
  std::string key_;
  std::map<Json, std::size_t> places_;
};

/// The list in the order of another, what is to be deleted at its end. False, and an error, when an
/// object of either has no merge key. k8s 1.30 strategicpatch: normalizeSliceOrder
bool order_like(Json& list, const Json& order, std::string_view key, std::string* error);
/// What the patch names and what only the server has, in one list: the patch keeps the order of
/// `patch_order`, the rest comes where the server had it.
/// k8s 1.30 strategicpatch: normalizeElementOrder
bool interleave(Json from_patch, Json from_server, const Json& patch_order,
                const Json& server_order, std::string_view key, Json* out, std::string* error);

}  // namespace sim
