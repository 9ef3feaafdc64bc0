// The output expression languages of `kubectl get -o`: jsonpath, custom-columns, go-template, and
// the sort key of --sort-by. They work on the API's JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"

namespace sim::kubectl {

/// The text, or `error` in kubectl's words ("error parsing jsonpath {.items[0, unterminated
/// array"). `allow_missing` is false for `kubectl wait` and sort keys. k8s 1.30
/// client-go/util/jsonpath
std::optional<std::string> jsonpath(std::string_view expression, const Json& object,
                                    std::string* error, bool allow_missing = true);
/// The values a simple path selects ("{.spec.replicas}", ".spec.replicas"), for sort-by and wait.
std::optional<std::vector<Json>> jsonpath_values(std::string_view expression, const Json& object,
                                                 std::string* error);
/// "NAME:.metadata.name,IMAGE:.spec…" over objects. k8s 1.30 kubectl/pkg/cmd/get: customcolumn
std::optional<std::string> custom_columns(std::string_view spec, const std::vector<Json>& objects,
                                          bool headers, std::string* error);
/// The subset of Go templates in kubectl's documentation: fields, range, if/else, index, printf,
/// len, eq, …
std::optional<std::string> go_template(std::string_view text, const Json& object,
                                       std::string* error);

}  // namespace sim::kubectl
