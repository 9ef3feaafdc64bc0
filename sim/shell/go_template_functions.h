// The functions of Go templates, on JSON values. Go 1.23 text/template: funcs; fmt: print; and what
// kubectl adds: exists, base64decode. k8s 1.30 cli-runtime/pkg/printers: template
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"

namespace sim::kubectl::go_template_tree {

/// A value, or none: what a missing key gives. Null is a value.
using Argument = const Json*;

/// How many arguments a function takes; -1: no upper limit.
struct Arity {
  int least = 0;
  int most = -1;
};
std::optional<Arity> arity_of(std::string_view function);

/// `index`: the part that the arguments behind the first lead to, in place; null where a map has no
/// such key. `made` is where a byte of a text is put.
std::optional<Argument> index_of(const std::vector<Argument>& arguments, Json* made,
                                 std::string* error);
/// Calls a function other than `and`, `or` and `index`. Fails with the words behind "error calling
/// NAME: ".
std::optional<Json> call_function(std::string_view name, const std::vector<Argument>& arguments,
                                  std::string* error);

/// Whether a value counts as true.
bool is_true(Argument value);

}  // namespace sim::kubectl::go_template_tree
