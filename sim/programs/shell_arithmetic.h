// $((…)): whole numbers of 64 bits, C's operators, variables by name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sim::shell {

struct Arithmetic {
  /// Whether a name's indexes are texts: it is then asked for as "name[key".
  std::function<bool(const std::string& name)> is_map;
  std::function<std::string(const std::string& name, std::optional<std::int64_t> index)> get;
  std::function<bool(const std::string& name, std::optional<std::int64_t> index, std::int64_t)> set;
  mutable int evaluations = 0;  // of variables whose values are expressions: bounded
};

/// The value, or what is wrong in bash's words ("1/0: division by 0 (error token is "0")").
std::optional<std::int64_t> evaluate(std::string_view expression, const Arithmetic& variables,
                                     std::string* error, int depth = 0);

}  // namespace sim::shell
