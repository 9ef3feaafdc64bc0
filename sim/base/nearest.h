// The known word nearest to a misspelt one, for "did you mean".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// The candidate with the fewest edits from `word`, the first of equals; empty when none is near
/// enough to be a likely slip (more than a third of the letters differ).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace sim
