// Regular expressions of POSIX, basic and extended, as grep, sed, find and bash use them: the
// leftmost match, and the longest one there. Matching visits each place of the pattern at each
// place of the text at most once, so no pattern and no line can make it hang; with back references,
// where that is impossible, it gives up after a fixed number of steps. Bytes, as in the C locale.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

class Regex {
 public:
  struct Syntax {
    bool extended = false;
    bool ignore_case = false;
    bool loose = false;  // grep: "*" with nothing before it, and "{" without a number, may be
  };
  /// A part of the text; `start` is npos when the group took no part in the match.
  struct Span {
    std::size_t start = std::string_view::npos;
    std::size_t end = 0;
  };

  /// Empty when the pattern is wrong; `error` then says why, in glibc's words.
  static std::optional<Regex> compile(std::string_view pattern, Syntax syntax, std::string* error);

  /// The leftmost-longest match that starts at `from` or after it: the whole match first, then the
  /// groups. Empty when there is none. The text before `from` counts for `^` and word edges. `work`
  /// grows by the steps that it took: who searches one line over and over can stop in time.
  std::vector<Span> search(std::string_view text, std::size_t from = 0,
                           std::size_t* work = nullptr) const;
  bool matches(std::string_view text) const { return !search(text).empty(); }
  std::size_t groups() const { return groups_; }

  struct Instruction {
    enum class Kind : std::uint8_t {
      Set,  // a byte of sets[a]
      Jump,
      Split,  // try a first, then b; both relative
      Save,
      LineStart,
      LineEnd,
      WordStart,
      WordEnd,
      WordEdge,
      NotWordEdge,
      BackReference,
      Match
    };
    Kind kind;
    std::int32_t a = 0;
    std::int32_t b = 0;
  };

 private:
  void find_first_bytes();
  std::vector<Instruction> code_;
  std::vector<std::bitset<256>> sets_;
  std::bitset<256> first_;        // bytes that a match can begin with
  bool may_begin_anyhow_ = true;  // it can be empty: no byte rules a place out
  std::size_t groups_ = 0;
  bool back_references_ = false;
  bool ignore_case_ = false;
};

}  // namespace sim
