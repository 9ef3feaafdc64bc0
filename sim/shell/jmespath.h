// JMESPath, the language of `aws --query`, as far as chapters use it: fields, indexes, lists,
// filters with comparisons, pipes and multi-selects. jmespath.org/specification.html
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/json.h"

namespace sim {

/// Nothing, and an error, when the expression is wrong or beyond this subset.
std::optional<Json> search_jmespath(std::string_view expression, const Json& document,
                                    std::string* error);

}  // namespace sim
