// "25%" or 3 of so many. k8s 1.30 apimachinery/pkg/util/intstr
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>

#include "sim/model/meta.h"

namespace sim {

/// A count, or a part of `total`, rounded up or down; none when the text is no percentage.
/// k8s: GetScaledValueFromIntOrPercent
inline std::optional<std::int64_t> scaled_value(const IntOrString& value, std::int64_t total,
                                                bool round_up) {
  if (!value.is_string) return value.number;
  const std::string_view text = value.text;
  if (text.empty() || text.back() != '%') return std::nullopt;
  std::int32_t percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, percent);
  if (error != std::errc() || end != text.data() + text.size() - 1) return std::nullopt;
  const std::int64_t part = percent * total;
  return round_up ? (part + 99) / 100 : part / 100;
}

}  // namespace sim
