// A time in the format of strftime, with what the date programs add to it. In UTC and in English,
// as in the C locale.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/time.h"

namespace sim {

/// "%Y-%m-%d" → "2025-01-01". Knows the flags - _ 0 ^ and widths ("%-d", "%3N"); `gnu` adds %N, %:z
/// and %q. What is no letter of it stays as it is.
std::string format_time(std::string_view format, Time time, bool gnu = false);

}  // namespace sim
