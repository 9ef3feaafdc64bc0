// The known word nearest to a misspelt one, for "did you mean".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// The candidate with the fewest edits from `word`, the first of equals; empty when none is near
/// enough to be a likely slip (more than a third of the letters differ).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// What to tell a person whose word is none of those known: `did you mean "x"?` when one is near or
/// differs in capitals only, else `otherwise`, else all that are known.
std::string hint_for(std::string_view word, const std::vector<std::string>& known,
                     std::string otherwise = {});
/// "a, b or c".
std::string list_words(const std::vector<std::string>& words);

}  // namespace sim
