#include "sim/programs/userland_glob.h"

#include <cctype>
#include <cstddef>

namespace sim::userland {
namespace {

char fold(char c, bool ignore_case) {
  return ignore_case ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
}

/// Matches one letter; `used` gets how much of the pattern it took, 0 when the bracket is open.
bool matches_one(std::string_view pattern, char c, bool ignore_case, std::size_t& used) {
  c = fold(c, ignore_case);
  used = 1;
  if (pattern[0] == '?') return true;
  if (pattern[0] == '\\' && pattern.size() > 1) {
    used = 2;
    return fold(pattern[1], ignore_case) == c;
  }
  if (pattern[0] != '[') return fold(pattern[0], ignore_case) == c;
  std::size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size() && (pattern[i] != ']' || first); first = false) {
    const char low = fold(pattern[i], ignore_case);
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = fold(pattern[i + 2], ignore_case);
      i += 2;
    }
    found = found || (low <= c && c <= high);
    ++i;
  }
  if (i >= pattern.size()) return pattern[0] == c;  // no closing bracket: a plain letter
  used = i + 1;
  return found != negated;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text, bool ignore_case) {
  // The last star seen takes one more letter whenever what follows it does not fit.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    std::size_t used = 0;
    if (p < pattern.size() && matches_one(pattern.substr(p), text[t], ignore_case, used)) {
      p += used;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace sim::userland
