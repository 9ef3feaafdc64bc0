// What strategic merging must know of the API's types: the fields of each struct, and which lists
// merge by which key. The fields are those of fields.h; the strategies are the patchStrategy and
// patchMergeKey tags of the API's Go structs. k8s 1.30 api/core/v1, api/apps/v1: types.go;
// apimachinery/pkg/util/strategicpatch: meta.go
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/model/kinds.h"

namespace sim {

struct MergeType;

/// One field of a struct and how a patch of it is applied.
struct MergeField {
  std::string_view name;
  const MergeType* type = nullptr;
  bool merge = false;        // a list: item by item, not as a whole
  bool retain_keys = false;  // of an object (or a list's objects), what the patch lists is all
  std::string_view key;      // the items' identity; empty for lists of scalars
};

struct MergeType {
  enum class Shape { Scalar, Struct, Map, List, Unknown };

  Shape shape = Shape::Unknown;
  std::string_view name;            // of a Struct: "PodSpec"
  std::vector<MergeField> fields;   // of a Struct
  const MergeType* item = nullptr;  // of a List

  /// The field that Go's encoding/json takes for this name, else null.
  const MergeField* find(std::string_view field) const;
};

/// The type of an API kind's objects.
const MergeType& merge_type(Kind kind);

}  // namespace sim
