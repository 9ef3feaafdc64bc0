// The patch of `kubectl apply`: what is wanted otherwise than it is, and what was applied before
// and is wanted no more. k8s 1.30 apimachinery/pkg/util/strategicpatch: CreateThreeWayMergePatch,
// diffMaps
#include <algorithm>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/merge.h"
#include "sim/model/merge_apply.h"
#include "sim/model/merge_lists.h"

namespace sim {
namespace {

/// One direction: either what is new in `modified`, or what is gone from it.
enum class Find { Changes, Deletions };

class Difference {
 public:
  explicit Difference(Find find) : find_(find) {}
  const std::string& error() const { return error_; }

  /// Adds to `patch` what makes `modified` of `original`.
  bool objects(const Json& original, const Json& modified, const MergeType& type, bool retain_keys,
               Json* patch) {
    for (const auto& [name, wanted] : modified.items()) {
      const auto found = original.find(name);
      if (found == original.end()) {
        replace(name, wanted, patch);
        continue;
      }
      if (name == kPatchDirective) {
        if (!found->is_string() || !wanted.is_string()) {
          return fail("invalid value for special key: $patch");
        }
        if (*found != wanted) (*patch)[name] = wanted;
        continue;
      }
      if (*found == wanted && !(wanted.is_object() || wanted.is_array())) continue;
      if (!same_go_type(*found, wanted) || !wanted.is_structured()) {
        replace(name, wanted, patch);
      } else if (!member(name, *found, wanted, type, patch)) {
        return false;
      }
    }
    if (find_ == Find::Deletions) {
      for (const auto& [name, value] : original.items()) {
        if (!modified.contains(name)) (*patch)[name] = nullptr;
      }
    }
    if (retain_keys) list_keys(original, modified, patch);
    return true;
  }

 private:
  void replace(const std::string& name, const Json& wanted, Json* patch) {
    if (find_ == Find::Changes) (*patch)[name] = wanted;
  }

  bool member(const std::string& name, const Json& original, const Json& wanted,
              const MergeType& type, Json* patch) {
    static const MergeType unknown;
    const bool known_type = type.shape == MergeType::Shape::Struct;
    const MergeField* field = known_type ? type.find(name) : nullptr;
    if (!field && type.shape != MergeType::Shape::Unknown) {
      // What nothing is known of matters only where it differs.
      if (original == wanted) return true;
      if (known_type) {
        return fail(fmt::format("unable to find api field in struct {} for the json field \"{}\"",
                                type.name, name));
      }
    }
    if (wanted.is_object()) {
      Json below = Json::object();
      const MergeType& below_type = field ? *field->type : unknown;
      if (!objects(original, wanted, below_type, field && field->retain_keys, &below)) {
        return false;
      }
      if (!below.empty()) (*patch)[name] = std::move(below);
      return true;
    }
    if (field && field->merge) return lists(name, original, wanted, *field, patch);
    if (original != wanted) replace(name, wanted, patch);
    return true;
  }

  /// All keys that shall stay, where others must go.
  void list_keys(const Json& original, const Json& modified, Json* patch) {
    Json kept = Json::array();
    for (const auto& [name, value] : modified.items()) {
      if (!value.is_null()) kept.push_back(name);
    }
    bool more = !patch->empty();
    for (const auto& [name, value] : original.items()) {
      more = more || (!value.is_null() && !modified.contains(name));
    }
    if (!kept.empty() && more) (*patch)[std::string(kRetainKeys)] = std::move(kept);
  }

  /// k8s 1.30 strategicpatch: diffLists
  bool lists(const std::string& name, const Json& original, const Json& modified,
             const MergeField& field, Json* patch) {
    if (original.empty()) {
      if (!modified.empty()) replace(name, modified, patch);
      return true;
    }
    std::string error;
    const std::optional<bool> of_objects = items_are_objects(original, modified, &error);
    if (!of_objects) return fail(std::move(error));
    const std::string order_name = fmt::format("{}/{}", kSetElementOrder, name);
    if (!*of_objects) {
      Json added = Json::array();
      Json deleted = Json::array();
      scalars(original, modified, &added, &deleted);
      if (!order_like(added, modified, {}, &error)) return fail(std::move(error));
      if (!added.empty()) (*patch)[name] = std::move(added);
      const bool changed = find_ == Find::Changes ? original != modified : !deleted.empty();
      if (!deleted.empty()) {
        (*patch)[fmt::format("{}/{}", kDeleteFromList, name)] = std::move(deleted);
      }
      if (changed && !modified.empty()) (*patch)[order_name] = modified;
      return true;
    }
    const std::string key(field.key);
    Json changes = Json::array();
    Json deleted = Json::array();
    if (!items(original, modified, field, &changes, &deleted)) return false;
    if (!order_like(changes, modified, key, &error)) return fail(std::move(error));
    for (Json& item : deleted) changes.push_back(std::move(item));
    const bool reordered = find_ == Find::Changes && !same_order(original, modified, key);
    if (!changes.empty() || reordered) {
      Json order = Json::array();
      for (const Json& item : modified) order.push_back({{key, item[key]}});
      if (!order.empty()) (*patch)[order_name] = std::move(order);
    }
    if (!changes.empty()) (*patch)[name] = std::move(changes);
    return true;
  }

  static bool same_order(const Json& a, const Json& b, const std::string& key) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i][key] != b[i][key]) return false;
    }
    return true;
  }

  /// Both lists by the text of their items, as Go walks through them.
  using Sorted = std::vector<std::pair<std::string, const Json*>>;
  static Sorted sorted(const Json& list, const std::string& key) {
    Sorted all;
    for (const Json& item : list) {
      all.emplace_back(go_print(key.empty() ? item : item.at(key)), &item);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return all;
  }

  /// k8s 1.30 strategicpatch: diffListsOfScalars
  void scalars(const Json& original, const Json& modified, Json* added, Json* deleted) {
    const Sorted before = sorted(original, {});
    const Sorted after = sorted(modified, {});
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
      if (now == after.end() || (old != before.end() && old->first < now->first)) {
        const bool again = !deleted->empty() && deleted->back() == *old->second;
        if (find_ == Find::Deletions && !again) deleted->push_back(*old->second);
        ++old;
      } else if (old == before.end() || now->first < old->first) {
        if (find_ == Find::Changes) added->push_back(*now->second);
        ++now;
      } else {
        ++old;
        ++now;
      }
    }
  }

  /// k8s 1.30 strategicpatch: diffListsOfMaps
  bool items(const Json& original, const Json& modified, const MergeField& field, Json* changes,
             Json* deleted) {
    const std::string key(field.key);
    for (const Json* list : {&original, &modified}) {
      for (const Json& item : *list) {
        if (!item.contains(key)) return fail(no_merge_key(item, key));
      }
    }
    static const MergeType unknown;
    const MergeType& type = field.type->item ? *field.type->item : unknown;
    const Sorted before = sorted(original, key);
    const Sorted after = sorted(modified, key);
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
      if (now == after.end() || (old != before.end() && old->first < now->first)) {
        if (find_ == Find::Deletions) {
          deleted->push_back(
              {{key, old->second->at(key)}, {std::string(kPatchDirective), "delete"}});
        }
        ++old;
      } else if (old == before.end() || now->first < old->first) {
        if (find_ == Find::Changes) changes->push_back(*now->second);
        ++now;
      } else {
        Json patch = Json::object();
        if (!objects(*old->second, *now->second, type, field.retain_keys, &patch)) return false;
        if (!patch.empty()) {
          patch[key] = now->second->at(key);
          changes->push_back(std::move(patch));
        }
        ++old;
        ++now;
      }
    }
    return true;
  }

  bool fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  Find find_;
  std::string error_;
};

}  // namespace

Json three_way_patch(const Json& last_applied, const Json& wanted, const Json& live, Kind kind,
                     std::string* error) {
  const MergeType& type = merge_type(kind);
  const Json nothing = Json::object();
  const auto object_or_nothing = [&](const Json& json) -> const Json& {
    return json.is_object() ? json : nothing;
  };
  Json changes = Json::object();
  Difference change(Find::Changes);
  Json patch = Json::object();
  Difference deletion(Find::Deletions);
  StrategicMerge merge(false);
  std::string words;
  if (!change.objects(object_or_nothing(live), object_or_nothing(wanted), type, false, &changes)) {
    words = change.error();
  } else if (!deletion.objects(object_or_nothing(last_applied), object_or_nothing(wanted), type,
                               false, &patch)) {
    words = deletion.error();
  } else if (!merge.object(patch, std::move(changes), type)) {
    words = merge.error();
  } else {
    return patch;
  }
  if (error) *error = std::move(words);
  return nothing;
}

}  // namespace sim
