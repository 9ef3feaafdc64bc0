#include <algorithm>
#include <bitset>
#include <cctype>

#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that go by letters and fields: tr, cut.

namespace sim::userland {
namespace {

using Bytes = std::bitset<256>;

/// The letters of one of tr's sets, in order.
class LetterSet {
 public:
  explicit LetterSet(Call& call) : call_(call) {}

  bool read(std::string_view text) {
    text_ = text;
    at_ = 0;
    while (at_ < text_.size()) {
      if (!one()) return false;
    }
    return true;
  }
  /// Fills the repeat "[x*]" up, so that this set is as long as the other.
  void fill(std::size_t length) {
    if (!fill_at_ || letters.size() >= length) return;
    letters.insert(*fill_at_, length - letters.size(), fill_with_);
  }

  std::string letters;

 private:
  static constexpr std::size_t kMostRepeats = 256;

  char letter() {
    const char c = text_[at_++];
    if (c != '\\' || at_ == text_.size()) return c;
    const char next = text_[at_];
    if (next >= '0' && next <= '7') {
      unsigned value = 0;
      for (int i = 0; i < 3 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '7'; ++i) {
        value = value * 8 + static_cast<unsigned>(text_[at_++] - '0');
      }
      return static_cast<char>(value & 0xff);
    }
    ++at_;
    constexpr std::string_view kNames = "abfnrtv";
    constexpr std::string_view kMeant = "\a\b\f\n\r\t\v";
    const std::size_t known = kNames.find(next);
    return known == std::string_view::npos ? next : kMeant[known];
  }

  bool one() {
    if (text_.substr(at_, 2) == "[:") {
      const std::size_t end = text_.find(":]", at_ + 2);
      if (end != std::string_view::npos) {
        const std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
        at_ = end + 2;
        return named(name);
      }
    }
    if (text_.substr(at_, 2) == "[=" && text_.substr(at_ + 3, 2) == "=]") {
      letters += text_[at_ + 2];
      at_ += 5;
      return true;
    }
    if (text_[at_] == '[' && call_.gnu() && repeat()) return true;
    const char low = letter();
    if (at_ + 1 < text_.size() && text_[at_] == '-') {
      ++at_;
      const char high = letter();
      if (static_cast<unsigned char>(high) < static_cast<unsigned char>(low)) {
        if (!call_.gnu()) return true;  // busybox takes it as nothing
        call_.complain(fmt::format(
            "range-endpoints of '{}-{}' are in reverse collating sequence order", low, high));
        return false;
      }
      for (int c = static_cast<unsigned char>(low); c <= static_cast<unsigned char>(high); ++c) {
        letters += static_cast<char>(c);
      }
      return true;
    }
    letters += low;
    return true;
  }

  /// "[x*5]", "[x*]"
  bool repeat() {
    const std::size_t start = at_++;
    if (at_ < text_.size()) {
      const char c = letter();
      const std::size_t end = text_.find(']', at_);
      if (at_ < text_.size() && text_[at_] == '*' && end != std::string_view::npos) {
        const std::string_view count = text_.substr(at_ + 1, end - at_ - 1);
        const auto number = count.empty() ? std::optional<std::int64_t>(0) : to_number(count);
        if (number && *number >= 0) {
          if (*number == 0) {
            fill_at_ = letters.size();
            fill_with_ = c;
          } else {
            letters.append(std::min<std::size_t>(static_cast<std::size_t>(*number), kMostRepeats),
                           c);
          }
          at_ = end + 1;
          return true;
        }
      }
    }
    at_ = start;
    return false;
  }

  bool named(std::string_view name) {
    using Test = int (*)(int);
    constexpr std::pair<std::string_view, Test> kClasses[] = {
        {"alpha", std::isalpha}, {"digit", std::isdigit}, {"alnum", std::isalnum},
        {"upper", std::isupper}, {"lower", std::islower}, {"space", std::isspace},
        {"blank", std::isblank}, {"punct", std::ispunct}, {"print", std::isprint},
        {"graph", std::isgraph}, {"cntrl", std::iscntrl}, {"xdigit", std::isxdigit}};
    for (const auto& [known, test] : kClasses) {
      if (known != name) continue;
      for (int c = 0; c < 128; ++c) {
        if (test(c) != 0) letters += static_cast<char>(c);
      }
      return true;
    }
    call_.complain(fmt::format("invalid character class '{}'", name));
    return false;
  }

  Call& call_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<std::size_t> fill_at_;
  char fill_with_ = '\0';
};

Bytes bytes_of(std::string_view letters) {
  Bytes bytes;
  for (const char c : letters) bytes.set(static_cast<unsigned char>(c));
  return bytes;
}

void tr(Call& call) {
  const auto options = parse_options(
      call, call.gnu() ? "+cCdst" : "+cCds",
      {{"complement", 'c'}, {"delete", 'd'}, {"squeeze-repeats", 's'}, {"truncate-set1", 't'}});
  if (!options) return;
  const std::vector<std::string>& sets = options->operands;
  const bool complement = options->has('c') || options->has('C');
  const bool deletes = options->has('d');
  const bool squeezes = options->has('s');
  if (sets.empty()) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  const bool needs_two = deletes == squeezes;
  if (call.gnu() && sets.size() == 1 && needs_two) {
    call.show_usage(fmt::format("missing operand after '{}'\nTwo strings must be given when {}.",
                                sets[0],
                                deletes ? "both deleting and squeezing repeats" : "translating"));
    return;
  }
  const std::size_t most = deletes && !squeezes ? 1 : 2;
  if (call.gnu() && sets.size() > most) {
    call.show_usage(
        fmt::format("extra operand '{}'{}", sets[most],
                    most == 1 && sets.size() == 2
                        ? "\nOnly one string may be given when deleting without squeezing repeats."
                        : ""));
    return;
  }
  LetterSet first(call);
  LetterSet second(call);
  if (!first.read(sets[0]) || (sets.size() > 1 && !second.read(sets[1]))) return;
  if (complement) {
    const Bytes without = bytes_of(first.letters);
    first.letters.clear();
    for (std::size_t c = 0; c < 256; ++c) {
      if (!without[c]) first.letters += static_cast<char>(c);
    }
  }
  second.fill(first.letters.size());
  const bool translates = !deletes && sets.size() > 1;
  if (translates && second.letters.empty() && !options->has('t')) {
    if (call.gnu()) {
      call.complain("when not truncating set1, string2 must be non-empty");
      return;
    }
    second.letters = first.letters;
  }
  std::string map(256, '\0');
  for (std::size_t c = 0; c < 256; ++c) map[c] = static_cast<char>(c);
  for (std::size_t i = 0; translates && i < first.letters.size(); ++i) {
    if (i >= second.letters.size() && options->has('t')) break;
    map[static_cast<unsigned char>(first.letters[i])] =
        second.letters[std::min(i, second.letters.size() - 1)];
  }
  const Bytes gone = deletes ? bytes_of(first.letters) : Bytes();
  const Bytes squeezed =
      squeezes ? bytes_of(sets.size() > 1 ? second.letters : first.letters) : Bytes();
  std::string text;
  text.reserve(call.input.size());
  for (const char c : call.input) {
    if (gone[static_cast<unsigned char>(c)]) continue;
    const char made = map[static_cast<unsigned char>(c)];
    if (!text.empty() && text.back() == made && squeezed[static_cast<unsigned char>(made)]) {
      continue;
    }
    text += made;
  }
  call.out(text);
}

// ---- cut ----

struct Range {
  std::size_t from = 1;
  std::size_t to = std::string::npos;
};

/// "1,3-5,7-"; empty after a complaint.
std::vector<Range> ranges_of(Call& call, const std::string& list, bool fields) {
  std::vector<Range> ranges;
  const auto fail = [&](std::string_view busybox, std::string_view gnu_text) {
    call.complain(busybox, gnu_text);
    if (call.gnu()) call.err("Try 'cut --help' for more information.\n");
    return std::vector<Range>();
  };
  const std::string numbered =
      fields ? "fields are numbered from 1" : "byte/character positions are numbered from 1";
  if (list.empty()) {
    return fail("invalid number ''", fields ? "missing list of fields" : numbered);
  }
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string part = list.substr(at, end - at);
    at = end + 1;
    const std::size_t dash = part.find('-');
    const std::string low = part.substr(0, dash);
    const std::string high = dash == std::string::npos ? low : part.substr(dash + 1);
    if (part.empty() || part == "-") {
      return fail(fmt::format("invalid number '{}'", part),
                  part.empty() ? numbered : "invalid range with no endpoint: -");
    }
    Range range;
    for (const std::string& text : {low, high}) {
      const auto number = text.empty() ? std::optional<std::int64_t>(1) : to_number(text);
      if (!number || *number < 0) {
        return fail(fmt::format("invalid number '{}'", text),
                    fields ? fmt::format("invalid field value '{}'", text)
                           : fmt::format("invalid byte/character position '{}'", text));
      }
      if (*number == 0 && call.gnu()) return fail("", numbered);
    }
    if (!low.empty()) {
      range.from = std::max<std::size_t>(1, static_cast<std::size_t>(*to_number(low)));
    }
    if (!high.empty()) {
      range.to = std::max<std::size_t>(1, static_cast<std::size_t>(*to_number(high)));
    }
    if (range.to < range.from) {
      return fail(fmt::format("bad range '{}'", part), "invalid decreasing range");
    }
    ranges.push_back(range);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.from < b.from; });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.from <= merged.back().to) {
      merged.back().to = std::max(merged.back().to, range.to);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

constexpr char kOutputDelimiter = '\1';
constexpr char kComplement = '\2';

void cut(Call& call) {
  static const std::string spec = std::string("b:c:f:d:sn") + kOutputDelimiter + ":" + kComplement;
  static const std::string busybox_spec = "b:c:f:d:snDO:";
  const auto options = parse_options(call, call.gnu() ? spec : busybox_spec,
                                     {{"bytes", 'b'},
                                      {"characters", 'c'},
                                      {"fields", 'f'},
                                      {"delimiter", 'd'},
                                      {"only-delimited", 's'},
                                      {"output-delimiter", call.gnu() ? kOutputDelimiter : 'O'},
                                      {"complement", kComplement}});
  if (!options) return;
  const auto fail = [&](std::string_view busybox, std::string_view gnu_text) {
    call.complain(busybox, gnu_text);
    if (call.gnu()) call.err("Try 'cut --help' for more information.\n");
  };
  const std::size_t lists =
      options->values('b').size() + options->values('c').size() + options->values('f').size();
  if (lists == 0) {
    fail("expected a list of bytes, characters, or fields",
         "you must specify a list of bytes, characters, or fields");
    return;
  }
  if (lists > 1) {
    if (call.gnu()) {
      fail("", "only one list may be specified");
    } else {
      call.show_usage();
    }
    return;
  }
  const bool by_field = options->has('f');
  if (!by_field && options->has('d')) {
    fail("a delimiter may be specified only when operating on fields",
         "an input delimiter may be specified only when operating on fields");
    return;
  }
  if (!by_field && options->has('s')) {
    fail("suppressing non-delimited lines makes sense only when operating on fields",
         "suppressing non-delimited lines makes sense\n\tonly when operating on fields");
    return;
  }
  const std::string given = options->value('d', "\t");
  if (given.size() > 1 && call.gnu()) {
    fail("", "the delimiter must be a single character");
    return;
  }
  const char delimiter = given.empty() ? '\0' : given[0];
  const char joined = call.gnu() ? kOutputDelimiter : 'O';
  const std::string join_with =
      options->value(joined, by_field ? std::string(1, delimiter) : std::string());
  const char kind = options->last_of("bcf");
  const std::vector<Range> ranges = ranges_of(call, options->value(kind), by_field);
  if (ranges.empty()) return;
  const bool complement = options->has(kComplement);
  std::vector<std::string> names = options->operands;
  if (names.empty()) names.emplace_back("-");
  constexpr Reading kReading{"{}: {}", "{}: {}", 1, "", "", true};
  for (const std::string& name : names) {
    const auto text = read_operand(call, name, kReading);
    if (!text) continue;
    std::string shown;
    for (const std::string_view line : lines_of(*text)) {
      if (shown.size() >= kMostOutput) break;
      if (by_field && line.find(delimiter) == std::string_view::npos) {
        if (!options->has('s')) shown.append(line) += '\n';
        continue;
      }
      auto range = ranges.begin();
      bool first = true;
      bool before = false;  // was the part before it taken
      std::size_t number = 0;
      for (std::size_t at = 0; at <= line.size();) {
        ++number;
        std::size_t end = by_field ? std::min(line.find(delimiter, at), line.size()) : at + 1;
        if (!by_field && at == line.size()) break;
        while (range != ranges.end() && range->to < number) ++range;
        const bool inside = range != ranges.end() && range->from <= number;
        const bool wanted = inside != complement;
        if (wanted) {
          const bool starts = !before || (inside && range->from == number);
          if (!first && (by_field || starts)) shown += join_with;
          shown.append(line.substr(at, end - at));
          first = false;
        }
        before = wanted;
        at = by_field ? end + 1 : end;
      }
      shown += '\n';
    }
    call.out(shown);
  }
}

}  // namespace

const std::vector<Listed>& letter_programs() {
  static const std::vector<Listed> programs = {
      {"tr", tr, "[-cds] STRING1 [STRING2]"},
      {"cut", cut, "{-b|c LIST | -f LIST [-d SEP] [-s]} [-D] [-O SEP] [FILE]..."},
  };
  return programs;
}

}  // namespace sim::userland
