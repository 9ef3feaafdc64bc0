// A strategic merge patch put upon an object, or upon another patch. Internal to merging: see
// merge.h. k8s 1.30 apimachinery/pkg/util/strategicpatch: mergeMap
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sim/model/json.h"
#include "sim/model/merge_schema.h"

namespace sim {

class StrategicMerge {
 public:
  /// `apply`: the directives act and nulls delete. Otherwise both are kept, for whoever applies the
  /// merged patch.
  explicit StrategicMerge(bool apply) : apply_(apply) {}

  /// False when the patch does not fit: error() says why, in the API's words.
  bool object(Json& original, Json patch, const MergeType& type);
  const std::string& error() const { return error_; }

 private:
  bool member(Json& original, const std::string& name, Json value, const MergeType& type);
  const MergeField* lookup(const MergeType& type, std::string_view field);
  bool is_list(const MergeField& field, const MergeType& parent);
  static std::string_view kind_name(const MergeType& type);
  static const MergeType& item_type(const MergeField& field);
  bool retain_keys(Json& original, Json& patch);
  bool ordered_lists(Json& original, Json& patch, const MergeType& type);
  bool ordered_list(Json& original, Json& patch, const std::string& field, const Json& order,
                    const MergeType& type);
  bool check_order(const Json& changes, const Json& order, std::string_view key);
  bool list(Json& original, Json patch, const MergeField& field, bool deletes_items);
  bool objects_list(Json& original, Json patch, const MergeField& field);
  bool reorder(Json& merged, const Json& order, const Json& before, std::string_view key);
  bool fail(std::string error);

  bool apply_;
  std::string error_;
};

}  // namespace sim
