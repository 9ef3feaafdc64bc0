#include "sim/base/nearest.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

#include "sim/base/format.h"

namespace sim {
namespace {

constexpr std::size_t kLongestWord = 200;

/// Letters to insert, delete, replace or swap with their neighbour to turn one word into the other.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differ = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differ});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  std::size_t fewest = 0;
  for (const std::string& candidate : candidates) {
    if (std::max(word.size(), candidate.size()) > kLongestWord) continue;
    const std::size_t distance = edits(word, candidate);
    // In a short word one wrong letter is a slip too, as long as the first one is right.
    const bool slip = distance == 1 && std::min(word.size(), candidate.size()) > 1 &&
                      word.front() == candidate.front();
    if (!slip && 3 * distance > std::max(word.size(), candidate.size())) continue;
    if (best && distance >= fewest) continue;
    best = &candidate;
    fewest = distance;
  }
  return best ? *best : std::string();
}

std::string hint_for(std::string_view word, const std::vector<std::string>& known,
                     std::string otherwise) {
  const auto same_letters = [&](const std::string& other) {
    return std::equal(word.begin(), word.end(), other.begin(), other.end(), [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) ==
             std::tolower(static_cast<unsigned char>(b));
    });
  };
  const auto found = std::find_if(known.begin(), known.end(), same_letters);
  const std::string near = found != known.end() ? *found : nearest(word, known);
  if (!near.empty()) return fmt::format("did you mean \"{}\"?", near);
  if (!otherwise.empty() || known.empty()) return otherwise;
  return "one of " + list_words(known);
}

std::string list_words(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace sim
