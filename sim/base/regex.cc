#include "sim/base/regex.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace sim {
namespace {

using Instruction = Regex::Instruction;
using Kind = Instruction::Kind;
using Set = std::bitset<256>;
using Code = std::vector<Instruction>;

constexpr std::size_t kMostInstructions = 20000;
constexpr int kDeepest = 60;
constexpr int kMostRepeats = 32767;          // RE_DUP_MAX of glibc
constexpr std::size_t kMostSteps = 2000000;  // with back references
constexpr std::size_t kMostVisits = 1u << 23;
constexpr int kUnbounded = -1;

std::size_t byte(char c) { return static_cast<unsigned char>(c); }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

struct Wrong {
  std::string why;
};

class Compiler {
 public:
  Compiler(std::string_view pattern, Regex::Syntax syntax) : rest_(pattern), syntax_(syntax) {}

  Code compile() {
    Code code = save(0);
    append(code, alternatives(0));
    if (!rest_.empty()) throw Wrong{"Unmatched ) or \\)"};
    append(code, save(1));
    code.push_back({Kind::Match});
    return code;
  }

  std::vector<Set> sets;
  std::size_t groups = 0;
  bool back_references = false;

 private:
  static Code save(std::size_t slot) { return {{Kind::Save, static_cast<std::int32_t>(slot)}}; }
  static Code one(Kind kind) { return {{kind}}; }
  static std::int32_t size_of(const Code& code) { return static_cast<std::int32_t>(code.size()); }
  static void append(Code& code, const Code& more) {
    if (code.size() + more.size() > kMostInstructions) throw Wrong{"Regular expression too big"};
    code.insert(code.end(), more.begin(), more.end());
  }
  Code set(Set bytes) {
    if (syntax_.ignore_case) {
      for (int c = 'a'; c <= 'z'; ++c) {
        const auto lower = static_cast<std::size_t>(c);
        const auto upper = static_cast<std::size_t>(c - 'a' + 'A');
        if (bytes[lower] || bytes[upper]) bytes.set(lower).set(upper);
      }
    }
    sets.push_back(bytes);
    return {{Kind::Set, static_cast<std::int32_t>(sets.size() - 1)}};
  }
  Code letter(char c) { return set(Set().set(byte(c))); }

  /// Whether the rest starts with an operator: "(" in an extended pattern, "\(" in a basic one.
  bool at(char op) const {
    if (syntax_.extended) return !rest_.empty() && rest_[0] == op;
    return rest_.size() > 1 && rest_[0] == '\\' && rest_[1] == op;
  }
  bool take(char op) {
    if (!at(op)) return false;
    rest_.remove_prefix(syntax_.extended ? 1 : 2);
    return true;
  }

  Code alternatives(int depth) {
    if (depth > kDeepest) throw Wrong{"Regular expression too big"};
    Code code = sequence(depth);
    std::vector<Code> others;
    while (take('|')) others.push_back(sequence(depth));
    for (const Code& other : others) {
      Code both = {{Kind::Split, 1, size_of(code) + 2}};
      append(both, code);
      both.push_back({Kind::Jump, size_of(other) + 1});
      append(both, other);
      code = std::move(both);
    }
    return code;
  }

  Code sequence(int depth) {
    Code code;
    bool first = true;  // nothing to repeat yet: "*" is a letter, and "^" an anchor in a basic one
    while (!rest_.empty() && !at('|') && !(at(')') && (depth > 0 || !syntax_.extended))) {
      const bool anchor = rest_[0] == '^' && (syntax_.extended || first);
      Code atom = anchor ? one(Kind::LineStart) : atom_at(depth);
      if (anchor) rest_.remove_prefix(1);
      if (anchor && syntax_.extended && !syntax_.loose && !rest_.empty() &&
          std::string_view("*+?").find(rest_[0]) != std::string_view::npos) {
        throw Wrong{"Invalid preceding regular expression"};
      }
      if (!anchor || syntax_.extended) atom = repeated(std::move(atom));
      append(code, atom);
      first = anchor && !syntax_.extended;
    }
    return code;
  }

  Code repeated(Code atom) {
    for (;;) {
      int low = 0;
      int high = kUnbounded;
      if (!rest_.empty() && rest_[0] == '*') {
        rest_.remove_prefix(1);
      } else if (take('+')) {
        low = 1;
      } else if (take('?')) {
        high = 1;
      } else if (!at('{') || !interval(low, high)) {
        return atom;
      }
      atom = repeat(atom, low, high);
    }
  }

  /// Reads "{2,5}"; false (and nothing read) when a loose pattern's "{" opens no interval.
  bool interval(int& low, int& high) {
    const std::string_view before = rest_;
    take('{');
    const int first = number();
    low = first < 0 ? 0 : first;
    high = first;
    bool fine = first >= 0;
    if (!rest_.empty() && rest_[0] == ',') {
      rest_.remove_prefix(1);
      high = number();
      fine = true;
    }
    if (fine && take('}')) {
      if (high != kUnbounded && high < low) throw Wrong{"Invalid content of \\{\\}"};
      if (low > kMostRepeats || high > kMostRepeats) throw Wrong{"Regular expression too big"};
      return true;
    }
    if (!syntax_.loose) {
      const bool open = rest_.find('}') == std::string_view::npos;
      throw Wrong{open ? "Unmatched \\{" : "Invalid content of \\{\\}"};
    }
    rest_ = before;
    return false;
  }
  int number() {
    int value = kUnbounded;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      value = std::min(std::max(value, 0) * 10 + (rest_[0] - '0'), 100000);
      rest_.remove_prefix(1);
    }
    return value;
  }

  static Code repeat(const Code& atom, int low, int high) {
    Code code;
    for (int i = 0; i < low; ++i) append(code, atom);
    if (high == kUnbounded) {
      append(code, {{Kind::Split, 1, size_of(atom) + 2}});
      append(code, atom);
      append(code, {{Kind::Jump, -size_of(atom) - 1}});
    } else {
      for (int left = high - low; left > 0; --left) {
        append(code, {{Kind::Split, 1, size_of(atom) * left + left}});
        append(code, atom);
      }
    }
    return code;
  }

  Code atom_at(int depth) {
    if (take('(')) {
      const std::size_t group = ++groups;
      Code code = save(2 * group);
      append(code, alternatives(depth + 1));
      if (!take(')')) throw Wrong{"Unmatched ( or \\("};
      append(code, save(2 * group + 1));
      return code;
    }
    if (!syntax_.extended && at(')') && depth == 0) throw Wrong{"Unmatched ( or \\("};
    const char c = rest_[0];
    rest_.remove_prefix(1);
    switch (c) {
      case '.':
        return set(Set().set());
      case '[':
        return bracket();
      case '$':
        if (syntax_.extended || rest_.empty() || at(')') || at('|')) return one(Kind::LineEnd);
        return letter(c);
      case '*':
      case '+':
      case '?':
        if (!syntax_.extended) return letter(c);
        if (!syntax_.loose) throw Wrong{"Invalid preceding regular expression"};
        while (!rest_.empty() && std::string_view("*+?").find(rest_[0]) != std::string_view::npos) {
          rest_.remove_prefix(1);
        }
        return rest_.empty() || at('|') || at(')') ? Code() : atom_at(depth);
      case '\\':
        return escape();
      default:
        return letter(c);
    }
  }

  Code escape() {
    if (rest_.empty()) throw Wrong{"Trailing backslash"};
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c >= '1' && c <= '9') {
      const auto group = static_cast<std::size_t>(c - '0');
      if (group > groups) throw Wrong{"Invalid back reference"};
      back_references = true;
      return {{Kind::BackReference, static_cast<std::int32_t>(group)}};
    }
    switch (c) {
      case '<':
        return one(Kind::WordStart);
      case '>':
        return one(Kind::WordEnd);
      case 'b':
        return one(Kind::WordEdge);
      case 'B':
        return one(Kind::NotWordEdge);
      case 'w':
        return set(of_class([](char x) { return is_word(x); }));
      case 'W':
        return set(of_class([](char x) { return !is_word(x); }));
      case 's':
        return set(
            of_class([](char x) { return std::isspace(static_cast<unsigned char>(x)) != 0; }));
      case 'S':
        return set(
            of_class([](char x) { return std::isspace(static_cast<unsigned char>(x)) == 0; }));
      default:
        return letter(c);
    }
  }

  template <class Belongs>
  static Set of_class(Belongs belongs) {
    Set bytes;
    for (std::size_t i = 0; i < 256; ++i) bytes.set(i, belongs(static_cast<char>(i)));
    return bytes;
  }

  Code bracket() {
    constexpr const char* kUnmatched = "Unmatched [, [^, [:, [., or [=";
    bool negated = false;
    if (!rest_.empty() && rest_[0] == '^') {
      negated = true;
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) throw Wrong{"Invalid regular expression"};
    Set bytes;
    for (bool first = true;; first = false) {
      if (rest_.empty()) throw Wrong{kUnmatched};
      if (rest_[0] == ']' && !first) break;
      if (rest_.size() > 1 && rest_[0] == '[' && rest_[1] == ':') {
        const std::size_t end = rest_.find(":]");
        if (end == std::string_view::npos) throw Wrong{kUnmatched};
        bytes |= named(rest_.substr(2, end - 2));
        rest_.remove_prefix(end + 2);
        continue;
      }
      const std::size_t low = byte(rest_[0]);
      rest_.remove_prefix(1);
      std::size_t high = low;
      if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
        high = byte(rest_[1]);
        rest_.remove_prefix(2);
        if (high < low) throw Wrong{"Invalid range end"};
      }
      for (std::size_t i = low; i <= high; ++i) bytes.set(i);
    }
    rest_.remove_prefix(1);
    if (negated && syntax_.ignore_case) {  // fold before turning over
      for (std::size_t i = 'a'; i <= 'z'; ++i) {
        const std::size_t upper = i - 'a' + 'A';
        if (bytes[i] || bytes[upper]) bytes.set(i).set(upper);
      }
    }
    if (negated) bytes.flip();
    return set(bytes);
  }

  static Set named(std::string_view name) {
    using Test = int (*)(int);
    constexpr std::array<std::pair<std::string_view, Test>, 12> kClasses = {
        {{"alpha", std::isalpha},
         {"digit", std::isdigit},
         {"alnum", std::isalnum},
         {"upper", std::isupper},
         {"lower", std::islower},
         {"space", std::isspace},
         {"blank", std::isblank},
         {"punct", std::ispunct},
         {"print", std::isprint},
         {"graph", std::isgraph},
         {"cntrl", std::iscntrl},
         {"xdigit", std::isxdigit}}};
    for (const auto& [known, test] : kClasses) {
      if (known != name) continue;
      Set bytes;
      for (int i = 0; i < 128; ++i) bytes.set(static_cast<std::size_t>(i), test(i) != 0);
      return bytes;
    }
    throw Wrong{"Invalid character class name"};
  }

  std::string_view rest_;
  Regex::Syntax syntax_;
};

}  // namespace

std::optional<Regex> Regex::compile(std::string_view pattern, Syntax syntax, std::string* error) {
  Compiler compiler(pattern, syntax);
  Regex regex;
  try {
    regex.code_ = compiler.compile();
  } catch (const Wrong& wrong) {
    if (error) *error = wrong.why;
    return std::nullopt;
  }
  regex.sets_ = std::move(compiler.sets);
  regex.groups_ = compiler.groups;
  regex.back_references_ = compiler.back_references;
  regex.ignore_case_ = syntax.ignore_case;
  regex.find_first_bytes();
  return regex;
}

void Regex::find_first_bytes() {
  std::vector<bool> seen(code_.size());
  std::vector<std::size_t> stack = {0};
  may_begin_anyhow_ = false;
  while (!stack.empty()) {
    const std::size_t pc = stack.back();
    stack.pop_back();
    if (seen[pc]) continue;
    seen[pc] = true;
    const Instruction& step = code_[pc];
    const auto go = [&](std::int32_t by) {
      stack.push_back(static_cast<std::size_t>(static_cast<std::int64_t>(pc) + by));
    };
    switch (step.kind) {
      case Kind::Set:
        first_ |= sets_[static_cast<std::size_t>(step.a)];
        break;
      case Kind::Match:
      case Kind::BackReference:
        may_begin_anyhow_ = true;
        return;
      case Kind::Jump:
        go(step.a);
        break;
      case Kind::Split:
        go(step.a);
        go(step.b);
        break;
      default:
        go(1);
    }
  }
}

std::vector<Regex::Span> Regex::search(std::string_view text, std::size_t from,
                                       std::size_t* work) const {
  if (from > text.size()) return {};
  constexpr auto npos = std::string_view::npos;
  const std::size_t slots = 2 * groups_ + 2;
  // One bit for each instruction at each place: it need not be tried twice, for what follows would
  // be the same. Only a back reference looks at how one came here.
  const bool remember = !back_references_;
  const std::size_t width = code_.size();
  std::vector<bool> visited;  // as far as the search has come: a match near `from` costs little
  const std::size_t most = remember ? kMostVisits : kMostSteps;

  // What is to be tried: an instruction at a place, or (saved) a slot to set back.
  struct Try {
    std::uint32_t which;  // the instruction, or the slot
    bool restore;
    std::size_t place;
  };
  std::vector<Try> stack;
  std::vector<std::size_t> now(slots, npos);
  std::vector<std::size_t> best;
  std::size_t steps = 0;
  const auto word_before = [&](std::size_t i) { return i > 0 && is_word(text[i - 1]); };
  const auto word_after = [&](std::size_t i) { return i < text.size() && is_word(text[i]); };
  const auto same = [&](char a, char b) {
    return ignore_case_ ? std::tolower(static_cast<unsigned char>(a)) ==
                              std::tolower(static_cast<unsigned char>(b))
                        : a == b;
  };

  for (std::size_t start = from; start <= text.size() && best.empty(); ++start) {
    if (!may_begin_anyhow_ && (start == text.size() || !first_[byte(text[start])])) continue;
    std::fill(now.begin(), now.end(), npos);
    stack.push_back({0, false, start});
    while (!stack.empty()) {
      const Try next = stack.back();
      stack.pop_back();
      if (next.restore) {
        now[next.which] = next.place;
        continue;
      }
      std::size_t pc = next.which;
      std::size_t i = next.place;
      for (bool alive = true; alive;) {
        if (++steps > most) {  // what has been found so far is the answer
          stack.clear();
          start = text.size();
          break;
        }
        if (remember) {
          const std::size_t bit = (i - from) * width + pc;
          if (bit >= visited.size()) {
            visited.resize(std::min((text.size() - from + 1) * width, 2 * bit + 64 * width));
          }
          if (visited[bit]) break;
          visited[bit] = true;
        }
        const Instruction& step = code_[pc];
        const auto jump = [&](std::int32_t by) {
          return static_cast<std::size_t>(static_cast<std::int64_t>(pc) + by);
        };
        switch (step.kind) {
          case Kind::Set:
            alive = i < text.size() && sets_[static_cast<std::size_t>(step.a)][byte(text[i])];
            if (alive) ++i;
            ++pc;
            break;
          case Kind::Jump:
            pc = jump(step.a);
            break;
          case Kind::Split:
            stack.push_back({static_cast<std::uint32_t>(jump(step.b)), false, i});
            pc = jump(step.a);
            break;
          case Kind::Save: {
            const auto slot = static_cast<std::size_t>(step.a);
            stack.push_back({static_cast<std::uint32_t>(slot), true, now[slot]});
            now[slot] = i;
            ++pc;
            break;
          }
          case Kind::LineStart:
            alive = i == 0;
            ++pc;
            break;
          case Kind::LineEnd:
            alive = i == text.size();
            ++pc;
            break;
          case Kind::WordStart:
            alive = !word_before(i) && word_after(i);
            ++pc;
            break;
          case Kind::WordEnd:
            alive = word_before(i) && !word_after(i);
            ++pc;
            break;
          case Kind::WordEdge:
            alive = word_before(i) != word_after(i);
            ++pc;
            break;
          case Kind::NotWordEdge:
            alive = word_before(i) == word_after(i);
            ++pc;
            break;
          case Kind::BackReference: {
            const auto slot = static_cast<std::size_t>(step.a) * 2;
            alive = now[slot] != npos && now[slot + 1] != npos;
            if (!alive) break;
            const std::size_t length = now[slot + 1] - now[slot];
            alive = length <= text.size() - i &&
                    std::equal(text.begin() + static_cast<std::ptrdiff_t>(i),
                               text.begin() + static_cast<std::ptrdiff_t>(i + length),
                               text.begin() + static_cast<std::ptrdiff_t>(now[slot]), same);
            i += length;
            ++pc;
            break;
          }
          case Kind::Match:
            if (best.empty() || now[1] > best[1]) best = now;
            alive = false;
            break;
        }
      }
    }
  }
  if (work) *work += steps;
  std::vector<Span> spans;
  for (std::size_t slot = 0; slot < best.size(); slot += 2) {
    const bool took_part = best[slot] != npos && best[slot + 1] != npos;
    spans.push_back(took_part ? Span{best[slot], best[slot + 1]} : Span{});
  }
  return spans;
}

}  // namespace sim
