#include "sim/programs/shell_pattern.h"

#include <cctype>
#include <cstddef>

namespace sim::shell {
namespace {

bool in_class(std::string_view name, unsigned char c) {
  if (name == "alpha") return std::isalpha(c) != 0;
  if (name == "digit") return std::isdigit(c) != 0;
  if (name == "alnum") return std::isalnum(c) != 0;
  if (name == "upper") return std::isupper(c) != 0;
  if (name == "lower") return std::islower(c) != 0;
  if (name == "space") return std::isspace(c) != 0;
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "punct") return std::ispunct(c) != 0;
  if (name == "print") return std::isprint(c) != 0;
  if (name == "xdigit") return std::isxdigit(c) != 0;
  if (name == "cntrl") return std::iscntrl(c) != 0;
  return false;
}

/// Matches one letter at pattern[p]; answers how much of the pattern that took, 0 when it does not
/// fit.
std::size_t fits_one(std::string_view pattern, std::size_t p, char letter) {
  const char c = pattern[p];
  if (c == '?') return 1;
  if (c == '\\' && p + 1 < pattern.size()) return pattern[p + 1] == letter ? 2 : 0;
  if (c != '[') return c == letter ? 1 : 0;
  std::size_t i = p + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    if (pattern[i] == '[' && i + 1 < pattern.size() && pattern[i + 1] == ':') {
      const std::size_t close = pattern.find(":]", i + 2);
      if (close != std::string_view::npos) {
        found = found ||
                in_class(pattern.substr(i + 2, close - i - 2), static_cast<unsigned char>(letter));
        i = close + 2;
        continue;
      }
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const auto low = static_cast<unsigned char>(pattern[i]);
    auto high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      i += 2;
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      high = static_cast<unsigned char>(pattern[i]);
    }
    const auto own = static_cast<unsigned char>(letter);
    found = found || (low <= own && own <= high);
    ++i;
  }
  if (i >= pattern.size()) return letter == '[' ? 1 : 0;  // never closed: a plain letter
  return found != negated ? i + 1 - p : 0;
}

}  // namespace

bool fits(std::string_view pattern, std::string_view text, std::int64_t& work) {
  std::size_t p = 0;
  std::size_t t = 0;
  // The last star takes one more letter whenever what follows it does not fit.
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (--work <= 0) return false;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    const std::size_t used = p < pattern.size() ? fits_one(pattern, p, text[t]) : 0;
    if (used != 0) {
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

bool has_pattern_letters(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') {
      return true;
    }
  }
  return false;
}

}  // namespace sim::shell
