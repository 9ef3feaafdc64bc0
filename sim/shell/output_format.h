// The output expression languages of `kubectl get -o`: jsonpath, custom-columns, go-template, and
// the sort key of --sort-by. They work on the API's JSON. Texts and results are bounded, so that no
// expression can exhaust the machine.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"
#include "sim/shell/printers.h"

namespace sim::kubectl {

/// The text, or `error` in kubectl's words ("error parsing jsonpath {.items[0, unterminated
/// array"). `allow_missing` is false for --allow-missing-template-keys=false. k8s 1.30
/// client-go/util/jsonpath
std::optional<std::string> jsonpath(std::string_view expression, const Json& object,
                                    std::string* error, bool allow_missing = true);
/// As -o jsonpath-as-json: the results of each {…} as an indented JSON list.
std::optional<std::string> jsonpath_as_json(std::string_view expression, const Json& object,
                                            std::string* error, bool allow_missing = true);
/// The values a simple path selects ("{.spec.replicas}", ".spec.replicas"), for sort-by and wait.
std::optional<std::vector<Json>> jsonpath_values(std::string_view expression, const Json& object,
                                                 std::string* error);
/// ".a.b", "a.b" and "{a.b}" as "{.a.b}". k8s 1.30 kubectl/pkg/cmd/get: RelaxedJSONPathExpression
std::optional<std::string> relaxed_jsonpath(std::string_view path, std::string* error);

/// "NAME:.metadata.name,IMAGE:.spec…" over objects; with `widths`, columns never get narrower than
/// in earlier calls. k8s 1.30 kubectl/pkg/cmd/get: customcolumn
std::optional<std::string> custom_columns(std::string_view spec, const std::vector<Json>& objects,
                                          bool headers, std::string* error,
                                          ColumnWidths* widths = nullptr);
/// The spec that a file of -o custom-columns-file stands for: a line of headers, a line of paths.
std::optional<std::string> custom_columns_spec(std::string_view file, std::string* error);

/// Go templates: actions, pipelines, variables, range, if, with, define, and the functions that
/// kubectl's templates have. When it fails while running, `partial` gets what kubectl prints first.
std::optional<std::string> go_template(std::string_view text, const Json& object,
                                       std::string* error, std::string* partial = nullptr,
                                       bool allow_missing = true);

/// The order that --sort-by gives objects: indexes into `objects`. Fails in kubectl's words when
/// the path is wrong or no object has it. k8s 1.30 kubectl/pkg/cmd/get: sorter
std::optional<std::vector<std::size_t>> sorted_order(std::string_view path,
                                                     const std::vector<Json>& objects,
                                                     std::string* error);
/// Whether one text stands before another when digits count as numbers ("a2" before "a10").
bool natural_less(std::string_view a, std::string_view b);

}  // namespace sim::kubectl
