#include <algorithm>

#include "sim/base/format.h"
#include "sim/shell/kustomize_resources.h"

namespace sim::kustomize {
namespace {

constexpr const char* kDirective = "$patch";

const MergeType& unknown_type() {
  static const MergeType type;
  return type;
}

std::string directive_of(const Json& patch) {
  if (patch.is_object()) return text_of(patch, kDirective);
  if (!patch.is_array()) return "";
  for (const Json& item : patch) {
    // Only an item that says nothing else is about the whole list.
    if (item.is_object() && item.size() == 1 && item.contains(kDirective)) {
      return text_of(item, kDirective);
    }
  }
  return "";
}

Json without_directive(Json patch) {
  if (patch.is_object()) patch.erase(kDirective);
  if (patch.is_array()) {
    Json kept = Json::array();
    for (Json& item : patch) {
      const bool directive = item.is_object() && item.size() == 1 && item.contains(kDirective);
      if (!directive) kept.push_back(std::move(item));
    }
    return kept;
  }
  return patch;
}

/// The fields that make two items of a list the same: ports have two.
std::vector<std::string> keys_of(const MergeField& field) {
  if (field.key == "containerPort" || field.key == "port") {
    return {std::string(field.key), "protocol"};
  }
  if (field.key == "topologyKey") return {"topologyKey", "whenUnsatisfiable"};
  return {std::string(field.key)};
}

std::vector<Json> identity(const Json& item, const std::vector<std::string>& keys) {
  std::vector<Json> values;
  for (const std::string& key : keys) {
    values.push_back(item.is_object() && item.contains(key) ? item[key] : Json());
  }
  return values;
}

std::string_view node_kind(const Json& json) {
  return json.is_object() ? "MappingNode" : json.is_array() ? "SequenceNode" : "ScalarNode";
}

class Merge {
 public:
  explicit Merge(std::string* error) : error_(error) {}

  /// A missing side is null.
  bool value(const Json* original, const Json& patch, const MergeType& type,
             const MergeField* field, std::optional<Json>* merged) {
    merged->reset();
    if (patch.is_null()) return true;
    const std::string directive = directive_of(patch);
    if (directive == "delete") return true;
    if (directive == "replace" || !original || original->is_null()) {
      return fresh(without_directive(patch), type, field, merged);
    }
    if (!original->is_structured() && !patch.is_structured()) {
      *merged = patch;
      return true;
    }
    if (node_kind(*original) != node_kind(patch)) {
      *error_ = fmt::format("wrong node kind: expected {} but got {}: node contents:\n{}",
                            node_kind(*original), node_kind(patch), to_yaml(patch));
      return false;
    }
    if (patch.is_object()) return object(*original, patch, type, merged);
    if (!field || !field->merge) {
      *merged = patch;
      return true;
    }
    *merged = Json::array();
    return field->key.empty() ? scalars(*original, patch, **merged)
                              : items(*original, patch, type, *field, **merged);
  }

 private:
  /// What only the patch has: its nulls and deletions mean nothing more than to be absent.
  bool fresh(const Json& patch, const MergeType& type, const MergeField* field,
             std::optional<Json>* merged) {
    if (patch.is_object()) return object(Json::object(), patch, type, merged);
    if (patch.is_array() && field && field->merge && !field->key.empty()) {
      *merged = Json::array();
      return items(Json::array(), patch, type, *field, **merged);
    }
    *merged = patch;
    return true;
  }

  bool object(const Json& original, const Json& patch, const MergeType& type,
              std::optional<Json>* merged) {
    *merged = original;
    for (auto item = patch.begin(); item != patch.end(); ++item) {
      if (item.key() == kDirective) continue;
      const MergeField* field = type.find(item.key());
      const MergeType& below = field && field->type ? *field->type : unknown_type();
      const auto there = original.find(item.key());
      std::optional<Json> result;
      if (!value(there == original.end() ? nullptr : &*there, item.value(), below, field,
                 &result)) {
        return false;
      }
      if (result) {
        (**merged)[item.key()] = std::move(*result);
      } else {
        (*merged)->erase(item.key());
      }
    }
    return true;
  }

  static bool scalars(const Json& original, const Json& patch, Json& merged) {
    for (const Json* list : {&patch, &original}) {
      for (const Json& item : *list) {
        if (std::find(merged.begin(), merged.end(), item) == merged.end()) merged.push_back(item);
      }
    }
    return true;
  }

  bool items(const Json& original, const Json& patch, const MergeType& type,
             const MergeField& field, Json& merged) {
    const std::vector<std::string> keys = keys_of(field);
    const MergeType& item_type = type.item ? *type.item : unknown_type();
    Json rest = original;
    for (const Json& item : patch) {
      // kustomize: an item without the key empties the list
      if (!item.is_object() || !item.contains(keys.front())) {
        merged = Json::array();
        return true;
      }
      const std::vector<Json> wanted = identity(item, keys);
      const auto there = std::find_if(rest.begin(), rest.end(), [&](const Json& other) {
        return identity(other, keys) == wanted;
      });
      std::optional<Json> result;
      const bool is_new = there == rest.end();
      if (!value(is_new ? nullptr : &*there, item, item_type, nullptr, &result)) return false;
      // With one key all items of the patch come first; with several, only the new ones.
      if (result && (is_new || keys.size() == 1))
        merged.push_back(std::move(*result));
      else if (result) {
        *there = std::move(*result);
        continue;
      }
      if (!is_new) rest.erase(there);
    }
    merged.insert(merged.end(), rest.begin(), rest.end());
    return true;
  }

  std::string* error_;
};

}  // namespace

bool merge(const Json& original, const Json& patch, const MergeType& type,
           std::optional<Json>* merged, std::string* error) {
  return Merge(error).value(&original, patch, type, nullptr, merged);
}

const MergeType& merge_type_of(const Id& id) {
  Json type = {{"apiVersion", id.group.empty() ? id.version : id.group + "/" + id.version},
               {"kind", id.kind}};
  const std::optional<Kind> known = type_of(type).known;
  return known ? merge_type(*known) : unknown_type();
}

}  // namespace sim::kustomize
