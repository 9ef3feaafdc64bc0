// fmt for podsight's own text types. Include this, not <fmt/...>, wherever a Str is formatted.
#pragma once

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "sim/base/str.h"

template <>
struct fmt::is_range<sim::Str, char> : std::false_type {};

template <>
struct fmt::formatter<sim::Str> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const sim::Str& text, Context& context) const {
    return fmt::formatter<std::string_view>::format(text.view(), context);
  }
};
