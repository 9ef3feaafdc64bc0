#include "sim/programs/shell_braces.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/shell_grammar.h"

namespace sim::shell {
namespace {

constexpr std::size_t kMostBraceWords = 20000;
constexpr std::size_t kLongestBraceWord = 1u << 16;
constexpr std::size_t kMostBraceBytes = 1u << 20;

struct Atom {
  bool is_char = false;
  char c = 0;
  Part part;
};
using Atoms = std::vector<Atom>;

Atom char_atom(char c) {
  Atom atom;
  atom.is_char = true;
  atom.c = c;
  return atom;
}

struct BraceExpander {
  std::size_t bytes = 0;
  bool too_much = false;

  static bool is(const Atom& atom, char c) { return atom.is_char && atom.c == c; }

  /// For each opening bracket the one that closes it, or npos.
  static std::vector<std::size_t> closings(const Atoms& atoms) {
    std::vector<std::size_t> closing(atoms.size(), std::string::npos);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < atoms.size(); ++i) {
      if (is(atoms[i], '{')) open.push_back(i);
      if (is(atoms[i], '}') && !open.empty()) {
        closing[open.back()] = i;
        open.pop_back();
      }
    }
    return closing;
  }

  static std::optional<std::int64_t> number(std::string_view text) {
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 15) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    return negative ? -value : value;
  }

  /// {1..5}, {a..e}, {01..10..2}.
  std::optional<std::vector<Atoms>> sequence(const Atoms& atoms, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
      if (!atoms[i].is_char) return std::nullopt;
      text += atoms[i].c;
    }
    std::vector<std::string> fields;
    std::size_t at = 0;
    while (true) {
      const std::size_t dots = text.find("..", at);
      fields.push_back(text.substr(at, dots == std::string::npos ? dots : dots - at));
      if (dots == std::string::npos) break;
      at = dots + 2;
    }
    if (fields.size() != 2 && fields.size() != 3) return std::nullopt;
    std::int64_t step = 1;
    if (fields.size() == 3) {
      const auto given = number(fields[2]);
      if (!given) return std::nullopt;
      step = std::max<std::int64_t>(1, *given < 0 ? -*given : *given);
    }
    auto low = number(fields[0]);
    auto high = number(fields[1]);
    bool letters = false;
    if (!low || !high) {
      if (fields[0].size() != 1 || fields[1].size() != 1) return std::nullopt;
      if (!is_letter(fields[0][0]) || !is_letter(fields[1][0])) return std::nullopt;
      letters = true;
      low = fields[0][0];
      high = fields[1][0];
    }
    const auto padded = [](const std::string& field) {
      const std::size_t digits = field[0] == '-' ? 1 : 0;
      return field.size() > digits + 1 && field[digits] == '0';
    };
    std::size_t width = 0;
    if (!letters && (padded(fields[0]) || padded(fields[1]))) {
      width = std::max(fields[0].size(), fields[1].size());
    }
    std::vector<Atoms> made;
    const std::int64_t count = (*low <= *high ? *high - *low : *low - *high) / step + 1;
    if (count > static_cast<std::int64_t>(kMostBraceWords)) {
      too_much = true;
      return made;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t value = *low <= *high ? *low + i * step : *low - i * step;
      Atoms word;
      std::string shown = letters ? std::string(1, static_cast<char>(value))
                          : width ? fmt::format("{:0{}}", value, width)
                                  : fmt::format("{}", value);
      for (const char c : shown) word.push_back(char_atom(c));
      made.push_back(std::move(word));
    }
    return made;
  }

  std::vector<Atoms> expand(const Atoms& atoms, int depth) {
    if (depth > kDeepestNesting || too_much) return {atoms};
    const std::vector<std::size_t> closing = closings(atoms);
    for (std::size_t open = 0; open < atoms.size(); ++open) {
      if (!is(atoms[open], '{')) continue;
      const std::size_t close = closing[open];
      if (close == std::string::npos) continue;
      std::vector<std::size_t> commas;
      int level = 0;
      for (std::size_t i = open + 1; i < close; ++i) {
        if (is(atoms[i], '{')) ++level;
        if (is(atoms[i], '}')) --level;
        if (level == 0 && is(atoms[i], ',')) commas.push_back(i);
      }
      std::vector<Atoms> middles;
      if (commas.empty()) {
        auto made = sequence(atoms, open + 1, close);
        if (!made) continue;
        middles = std::move(*made);
      } else {
        commas.push_back(close);
        std::size_t from = open + 1;
        for (const std::size_t comma : commas) {
          const Atoms piece(atoms.begin() + static_cast<std::ptrdiff_t>(from),
                            atoms.begin() + static_cast<std::ptrdiff_t>(comma));
          for (Atoms& each : expand(piece, depth + 1)) middles.push_back(std::move(each));
          from = comma + 1;
        }
      }
      const Atoms tail(atoms.begin() + static_cast<std::ptrdiff_t>(close) + 1, atoms.end());
      const std::vector<Atoms> tails = expand(tail, depth + 1);
      std::vector<Atoms> all;
      for (const Atoms& middle : middles) {
        for (const Atoms& end : tails) {
          Atoms word(atoms.begin(), atoms.begin() + static_cast<std::ptrdiff_t>(open));
          word.insert(word.end(), middle.begin(), middle.end());
          word.insert(word.end(), end.begin(), end.end());
          bytes += word.size();
          if (all.size() >= kMostBraceWords || bytes > kMostBraceBytes) {
            too_much = true;
            return all;
          }
          all.push_back(std::move(word));
        }
      }
      return all;
    }
    return {atoms};
  }
};

bool may_have_braces(const Word& word) {
  bool open = false;
  bool inside = false;
  std::size_t size = word.parts.size();
  for (const Part& part : word.parts) size += part.text.size();
  if (size > kLongestBraceWord) return false;
  for (const Part& part : word.parts) {
    if (part.kind != Part::Kind::Text || part.quoted) continue;
    open = open || part.text.find('{') != std::string::npos;
    inside = inside || part.text.find(',') != std::string::npos ||
             part.text.find("..") != std::string::npos;
  }
  return open && inside;
}

}  // namespace

bool expand_braces(const Word& word, std::vector<Word>* words) {
  if (!may_have_braces(word)) {
    words->push_back(word);
    return true;
  }
  Atoms atoms;
  for (const Part& part : word.parts) {
    if (part.kind == Part::Kind::Text && !part.quoted) {
      for (const char c : part.text) atoms.push_back(char_atom(c));
    } else {
      Atom atom;
      atom.part = part;
      atoms.push_back(std::move(atom));
    }
  }
  BraceExpander expander;
  for (Atoms& made : expander.expand(atoms, 0)) {
    Word expanded;
    expanded.assignment = word.assignment;
    for (Atom& atom : made) {
      if (atom.is_char) {
        add_text(expanded, std::string_view(&atom.c, 1), false);
      } else {
        expanded.parts.push_back(std::move(atom.part));
      }
    }
    // An empty alternative makes no word at all: {a,} is "a" and nothing.
    if (!expanded.parts.empty()) words->push_back(std::move(expanded));
  }
  return !expander.too_much;
}

}  // namespace sim::shell
