// A jsonpath expression, read: texts and lists of steps. k8s 1.32 client-go/util/jsonpath: node
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"

namespace sim::kubectl {

/// Filters in filters, ranges in ranges.
inline constexpr int kDeepestJsonPath = 64;

struct JsonPathNode;
using JsonPath = std::vector<JsonPathNode>;

/// One number of [from:to:step].
struct JsonPathBound {
  bool known = false;
  bool derived = false;  // the end of [3] is 4
  std::int64_t value = 0;
};

struct JsonPathNode {
  enum class Type {
    List,
    Literal,
    Field,
    Slice,
    Filter,
    Wildcard,
    Recursive,
    Union,
    Identifier
  } type = Type::List;
  std::string text;                     // a field's name, a filter's operator, an identifier
  std::shared_ptr<const Json> literal;  // quoted text, a number, a truth
  bool once = false;                    // a literal that stands once, however many values there are
  std::array<JsonPathBound, 3> bounds;  // of a slice
  std::vector<JsonPath> branches;       // of a list, a union, a filter (left and right)
};

/// Reads an expression; on failure `error` has the parser's words.
bool parse_jsonpath(std::string_view text, JsonPath* path, std::string* error);

}  // namespace sim::kubectl
