// The shell's patterns: * ? [a-z] [!x] [[:alpha:]] and a backslash before any letter.
#pragma once

#include <cstdint>
#include <string_view>

namespace sim::shell {

/// Whether the pattern fits the whole text. `work` is counted down with every step; at 0 nothing
/// fits any more, so that no pattern can hang a script.
bool fits(std::string_view pattern, std::string_view text, std::int64_t& work);
bool has_pattern_letters(std::string_view pattern);

}  // namespace sim::shell
