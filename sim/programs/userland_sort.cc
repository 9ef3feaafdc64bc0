#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that order lines and compare neighbours: sort, uniq, comm.

namespace sim::userland {
namespace {

constexpr int kSortFailed = 2;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
int sign_of(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (is_blank(text[0]) || text[0] == '\n')) text.remove_prefix(1);
  return text;
}

/// A number as -n reads it, of any length.
struct Number {
  bool negative = false;
  std::string_view whole;     // without leading zeros
  std::string_view fraction;  // without trailing zeros
  std::string_view rest;
};

Number number_at(std::string_view text) {
  Number number;
  text = without_blanks(text);
  if (!text.empty() && text[0] == '-') {
    number.negative = true;
    text.remove_prefix(1);
  }
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  number.whole = text.substr(0, end);
  while (!number.whole.empty() && number.whole[0] == '0') number.whole.remove_prefix(1);
  text.remove_prefix(end);
  if (!text.empty() && text[0] == '.') {
    end = 1;
    while (end < text.size() && is_digit(text[end])) ++end;
    number.fraction = text.substr(1, end - 1);
    while (!number.fraction.empty() && number.fraction.back() == '0') {
      number.fraction.remove_suffix(1);
    }
    text.remove_prefix(end);
  }
  number.rest = text;
  if (number.whole.empty() && number.fraction.empty()) number.negative = false;
  return number;
}

int compare_numbers(const Number& a, const Number& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int order = 0;
  if (a.whole.size() != b.whole.size()) {
    order = a.whole.size() < b.whole.size() ? -1 : 1;
  } else {
    order = a.whole.compare(b.whole);
    if (order == 0) order = a.fraction.compare(b.fraction);
  }
  return sign_of(a.negative ? -order : order);
}

/// "2K" < "1M": the unit decides before the number.
int compare_sizes(std::string_view a, std::string_view b) {
  const Number x = number_at(a);
  const Number y = number_at(b);
  const auto unit = [](const Number& number) {
    constexpr std::string_view kUnits = "KMGTPEZY";
    if (number.rest.empty() || (number.whole.empty() && number.fraction.empty())) return 0;
    const char c = number.rest[0] == 'k' ? 'K' : number.rest[0];
    const std::size_t at = kUnits.find(c);
    const int rank = at == std::string_view::npos ? 0 : static_cast<int>(at) + 1;
    return number.negative ? -rank : rank;
  };
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  if (unit(x) != unit(y)) return unit(x) < unit(y) ? -1 : 1;
  return compare_numbers(x, y);
}

/// As strtod reads it; what is no number comes first.
int compare_floats(std::string_view a, std::string_view b) {
  const auto read = [](std::string_view text, double& value) {
    text = without_blanks(text);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc();
  };
  double x = 0;
  double y = 0;
  const bool has_x = read(a, x);
  const bool has_y = read(b, y);
  if (has_x != has_y) return has_x ? 1 : -1;
  return !has_x || x == y ? 0 : x < y ? -1 : 1;
}

int month_of(std::string_view text) {
  constexpr std::string_view kMonths = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  text = without_blanks(text);
  if (text.size() < 3) return 0;
  std::string name;
  for (const char c : text.substr(0, 3)) {
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  for (std::size_t i = 0; i < kMonths.size(); i += 3) {
    if (kMonths.substr(i, 3) == name) return static_cast<int>(i / 3) + 1;
  }
  return 0;
}

/// Runs of digits as numbers, the rest letter by letter, as strverscmp does: "a9" before "a10".
int compare_versions(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const auto run = [](std::string_view text, std::size_t& at) {
        while (at < text.size() && text[at] == '0') ++at;
        const std::size_t start = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return text.substr(start, at - start);
      };
      const std::string_view x = run(a, i);
      const std::string_view y = run(b, j);
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      if (const int order = x.compare(y); order != 0) return sign_of(order);
      continue;
    }
    if (a[i] != b[j]) {
      return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]) ? -1 : 1;
    }
    ++i;
    ++j;
  }
  return i < a.size() ? 1 : j < b.size() ? -1 : 0;
}

/// -k and its like.
struct Key {
  std::size_t field = 0;  // from 0
  std::size_t offset = 0;
  std::size_t end_field = std::string::npos;  // npos: the end of the line
  std::size_t end_offset = 0;                 // 0: the end of that field
  bool start_blanks = false;                  // b
  bool end_blanks = false;
  std::string flags;  // d f g h i M n r V
  bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

constexpr std::string_view kKeyFlags = "bdfghiMnRrV";

class Sorter {
 public:
  Sorter(Call& call, const Options& options) : call_(call), options_(options) {}

  void run() {
    if (!read_keys()) return;
    terminator_ = options_.has('z') ? '\0' : '\n';
    std::vector<std::string> names = options_.operands;
    if (names.empty()) names.emplace_back("-");
    const bool checks = options_.has('c') || options_.has('C');
    constexpr Reading kReading{"{}: {}", "cannot read: {}: {}",   kSortFailed,
                               "",       "read failed: {0}: {1}", true};
    std::vector<std::string> texts;
    for (const std::string& name : names) {
      auto text = read_operand(call_, name, kReading);
      if (!text) return;
      texts.push_back(std::move(*text));
    }
    std::vector<std::string_view> lines;
    for (const std::string& text : texts) {
      const std::vector<std::string_view> more = lines_of(text, terminator_);
      lines.insert(lines.end(), more.begin(), more.end());
    }
    if (checks) {
      check(lines, names[0]);
      return;
    }
    std::stable_sort(lines.begin(), lines.end(), [this](std::string_view a, std::string_view b) {
      return compare(a, b, true) < 0;
    });
    if (options_.has('u')) {
      lines.erase(std::unique(lines.begin(), lines.end(),
                              [this](std::string_view a, std::string_view b) {
                                return compare(a, b, false) == 0;
                              }),
                  lines.end());
    }
    std::string sorted;
    for (const std::string_view line : lines) sorted.append(line) += terminator_;
    if (!options_.has('o')) {
      call_.out(sorted);
      return;
    }
    write_operand(call_, options_.value('o'), sorted,
                  {"can't open '{}': {}", "open failed: {}: {}", kSortFailed});
  }

 private:
  bool fail(std::string_view busybox, std::string_view gnu) {
    call_.complain(busybox, gnu, kSortFailed);
    return false;
  }

  bool read_keys() {
    for (const char flag : kKeyFlags) {
      if (options_.has(flag)) (flag == 'b' ? blanks_ : general_) += flag;
    }
    const std::string separator = options_.value('t');
    if (options_.has('t')) {
      if (separator == "\\0") {
        separator_ = '\0';
      } else if (separator.size() != 1) {
        return fail("bad -t parameter", separator.empty()
                                            ? std::string("empty tab")
                                            : fmt::format("multi-character tab '{}'", separator));
      } else {
        separator_ = separator[0];
      }
    }
    for (const std::string& text : options_.values('k')) {
      if (!read_key(text)) return false;
    }
    for (Key& key : keys_) {
      if (!key.flags.empty() || key.start_blanks || key.end_blanks) continue;
      key.flags = general_;
      key.start_blanks = key.end_blanks = !blanks_.empty();
    }
    if (keys_.empty()) {
      whole_.flags = general_;
      whole_.start_blanks = !blanks_.empty();
    }
    return true;
  }

  bool read_key(const std::string& text) {
    std::string_view rest = text;
    const auto number = [&](std::size_t& value) {
      std::size_t end = 0;
      while (end < rest.size() && is_digit(rest[end])) ++end;
      if (end == 0) return false;
      value = static_cast<std::size_t>(
          to_number(rest.substr(0, std::min<std::size_t>(end, 9))).value_or(0));
      rest.remove_prefix(end);
      return true;
    };
    const auto bad = [&](std::string_view where) {
      return fail("bad field specification",
                  fmt::format("invalid number {}: invalid count at start of '{}'", where, rest));
    };
    const auto zero = [&] {
      return fail("bad field specification",
                  fmt::format("field number is zero: invalid field specification '{}'", text));
    };
    Key key;
    if (!number(key.field)) return bad("at field start");
    if (key.field == 0) return zero();
    --key.field;
    if (!rest.empty() && rest[0] == '.') {
      rest.remove_prefix(1);
      if (!number(key.offset)) return bad("after '.'");
      if (key.offset == 0) {
        return fail(
            "bad field specification",
            fmt::format("character offset is zero: invalid field specification '{}'", text));
      }
      --key.offset;
    }
    const auto flags = [&](bool& blanks) {
      while (!rest.empty() && kKeyFlags.find(rest[0]) != std::string_view::npos) {
        if (rest[0] == 'b') {
          blanks = true;
        } else {
          key.flags += rest[0];
        }
        rest.remove_prefix(1);
      }
    };
    flags(key.start_blanks);
    if (!rest.empty() && rest[0] == ',') {
      rest.remove_prefix(1);
      if (!number(key.end_field)) return bad("after ','");
      if (key.end_field == 0) return zero();
      --key.end_field;
      if (!rest.empty() && rest[0] == '.') {
        rest.remove_prefix(1);
        if (!number(key.end_offset)) return bad("after '.'");
      }
      flags(key.end_blanks);
    }
    if (!rest.empty()) {
      return fail(
          fmt::format("unknown key option"),
          fmt::format("stray character in field spec: invalid field specification '{}'", text));
    }
    keys_.push_back(std::move(key));
    return true;
  }

  /// Where the field begins; without -t a field takes the blanks before it along.
  std::size_t field_start(std::string_view line, std::size_t field) const {
    std::size_t at = 0;
    for (; field > 0 && at < line.size(); --field) {
      if (separator_) {
        const std::size_t end = line.find(*separator_, at);
        at = end == std::string_view::npos ? line.size() : end + 1;
      } else {
        while (at < line.size() && is_blank(line[at])) ++at;
        while (at < line.size() && !is_blank(line[at])) ++at;
      }
    }
    return at;
  }
  std::size_t field_end(std::string_view line, std::size_t field) const {
    std::size_t at = field_start(line, field);
    if (separator_) return std::min(line.find(*separator_, at), line.size());
    while (at < line.size() && is_blank(line[at])) ++at;
    while (at < line.size() && !is_blank(line[at])) ++at;
    return at;
  }
  static std::size_t past_blanks(std::string_view line, std::size_t at) {
    while (at < line.size() && is_blank(line[at])) ++at;
    return at;
  }

  std::string_view key_of(std::string_view line, const Key& key) const {
    std::size_t start = field_start(line, key.field);
    if (key.start_blanks) start = past_blanks(line, start);
    start = std::min(start + key.offset, line.size());
    if (key.end_field == std::string::npos) return line.substr(start);
    std::size_t end = 0;
    if (key.end_offset == 0) {
      end = field_end(line, key.end_field);
    } else {
      end = field_start(line, key.end_field);
      if (key.end_blanks) end = past_blanks(line, end);
      end = std::min(end + key.end_offset, line.size());
    }
    return end > start ? line.substr(start, end - start) : std::string_view();
  }

  static int compare_text(std::string_view a, std::string_view b, const Key& key) {
    const bool fold = key.has('f');
    const bool dictionary = key.has('d');
    const bool printable = key.has('i');
    if (!fold && !dictionary && !printable) return sign_of(a.compare(b));
    const auto next = [&](std::string_view text, std::size_t& at) {
      for (; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (dictionary && !std::isalnum(byte) && !is_blank(text[at])) continue;
        if (printable && !std::isprint(byte)) continue;
        ++at;
        return fold ? std::toupper(byte) : static_cast<int>(byte);
      }
      return -1;
    };
    std::size_t i = 0;
    std::size_t j = 0;
    for (;;) {
      const int x = next(a, i);
      const int y = next(b, j);
      if (x != y) return x < y ? -1 : 1;
      if (x < 0) return 0;
    }
  }

  static int compare_by(std::string_view a, std::string_view b, const Key& key) {
    int order = 0;
    if (key.has('n')) {
      order = compare_numbers(number_at(a), number_at(b));
    } else if (key.has('h')) {
      order = compare_sizes(a, b);
    } else if (key.has('g')) {
      order = compare_floats(a, b);
    } else if (key.has('M')) {
      order = month_of(a) - month_of(b);
    } else if (key.has('V')) {
      order = compare_versions(a, b);
    } else {
      order = compare_text(a, b, key);
    }
    return key.has('r') ? -order : order;
  }

  /// `finally`: what is equal by its keys is ordered byte by byte, unless asked not to.
  int compare(std::string_view a, std::string_view b, bool finally) const {
    if (keys_.empty()) {
      const int order = compare_by(whole_.start_blanks ? a.substr(past_blanks(a, 0)) : a,
                                   whole_.start_blanks ? b.substr(past_blanks(b, 0)) : b, whole_);
      if (order != 0) return order;
    }
    for (const Key& key : keys_) {
      const int order = compare_by(key_of(a, key), key_of(b, key), key);
      if (order != 0) return order;
    }
    if (!finally || options_.has('s') || options_.has('u')) return 0;
    const int order = sign_of(a.compare(b));
    return general_.find('r') != std::string::npos ? -order : order;
  }

  void check(const std::vector<std::string_view>& lines, const std::string& name) {
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const int order = compare(lines[i - 1], lines[i], true);
      if (order < 0 || (order == 0 && !options_.has('u'))) continue;
      call_.step.exit = 1;
      if (options_.has('C')) return;
      call_.err(call_.gnu() ? fmt::format("sort: {}:{}: disorder: {}\n", name, i + 1, lines[i])
                            : fmt::format("Check line {}\n", i));
      return;
    }
  }

  Call& call_;
  const Options& options_;
  std::vector<Key> keys_;
  Key whole_;
  std::string general_;
  std::string blanks_;
  std::optional<char> separator_;
  char terminator_ = '\n';
};

void sort(Call& call) {
  const auto options =
      parse_options(call, call.gnu() ? "bcCdfghik:mMno:rRst:uVzT:S:" : "bcdfghik:Mno:rst:umzS:T:V",
                    {{"ignore-leading-blanks", 'b'},
                     {"check", 'c'},
                     {"dictionary-order", 'd'},
                     {"ignore-case", 'f'},
                     {"general-numeric-sort", 'g'},
                     {"human-numeric-sort", 'h'},
                     {"key", 'k'},
                     {"month-sort", 'M'},
                     {"numeric-sort", 'n'},
                     {"output", 'o'},
                     {"reverse", 'r'},
                     {"stable", 's'},
                     {"field-separator", 't'},
                     {"unique", 'u'},
                     {"version-sort", 'V'},
                     {"zero-terminated", 'z'}},
                    kSortFailed);
  if (options) Sorter(call, *options).run();
}

void uniq(Call& call) {
  const auto options = parse_options(call, "cdDuif:s:w:z",
                                     {{"count", 'c'},
                                      {"repeated", 'd'},
                                      {"unique", 'u'},
                                      {"ignore-case", 'i'},
                                      {"skip-fields", 'f'},
                                      {"skip-chars", 's'},
                                      {"check-chars", 'w'}});
  if (!options) return;
  const auto number = [&](char letter, std::string_view otherwise, std::string_view what) {
    const std::string value = options->value(letter, otherwise);
    const auto read = to_number(value);
    if (!read) {
      call.complain(fmt::format("invalid number '{}'", value),
                    fmt::format("{}: invalid number of {}", value, what));
    }
    return read;
  };
  const auto fields = number('f', "0", "fields to skip");
  const auto skipped = number('s', "0", "bytes to skip");
  const auto most = number('w', "999999999", "bytes to compare");
  if (!fields || !skipped || !most) return;
  if (options->operands.size() > 2) {
    call.show_usage(call.gnu() ? fmt::format("extra operand '{}'", options->operands[2])
                               : std::string());
    return;
  }
  constexpr Reading kReading{"can't open '{}': {}", "{}: {}", 1, "{}: I/O error",
                             "error reading '{}'"};
  const auto text =
      read_operand(call, options->operands.empty() ? "-" : options->operands[0], kReading);
  if (!text) return;
  const auto key = [&](std::string_view line) {
    for (std::int64_t i = 0; i < *fields && !line.empty(); ++i) {
      while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
      while (!line.empty() && !is_blank(line[0])) line.remove_prefix(1);
    }
    const auto skip = static_cast<std::size_t>(std::max<std::int64_t>(*skipped, 0));
    line.remove_prefix(std::min(skip, line.size()));
    return line.substr(0, static_cast<std::size_t>(std::max<std::int64_t>(*most, 0)));
  };
  const auto same = [&](std::string_view a, std::string_view b) {
    if (!options->has('i')) return a == b;
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
             return std::tolower(static_cast<unsigned char>(x)) ==
                    std::tolower(static_cast<unsigned char>(y));
           });
  };
  const std::vector<std::string_view> lines = lines_of(*text);
  std::string kept;
  for (std::size_t i = 0; i < lines.size();) {
    const std::string_view first = key(lines[i]);
    std::size_t next = i + 1;
    while (next < lines.size() && same(first, key(lines[next]))) ++next;
    const std::size_t times = next - i;
    const bool wanted = times > 1 ? !options->has('u') : !options->has('d') && !options->has('D');
    for (std::size_t j = i; wanted && j < (options->has('D') ? next : i + 1); ++j) {
      if (options->has('c')) kept += fmt::format("{:>7} ", times);
      kept.append(lines[j]) += '\n';
    }
    i = next;
    if (kept.size() >= kMostOutput) break;
  }
  if (options->operands.size() < 2 || options->operands[1] == "-") {
    call.out(kept);
  } else {
    write_operand(call, options->operands[1], kept, kCannotOpen);
  }
}

void comm(Call& call) {
  const auto options = parse_options(call, "123z");
  if (!options) return;
  const std::vector<std::string>& names = options->operands;
  if (names.size() != 2) {
    call.show_usage(!call.gnu()         ? ""
                    : names.empty()     ? "missing operand"
                    : names.size() == 1 ? fmt::format("missing operand after '{}'", names[0])
                                        : fmt::format("extra operand '{}'", names[2]));
    return;
  }
  const auto first = read_operand(call, names[0]);
  if (!first) return;
  const auto second = read_operand(call, names[1]);
  if (!second) return;
  const std::vector<std::string_view> a = lines_of(*first);
  const std::vector<std::string_view> b = lines_of(*second);
  const std::string indent_two = options->has('1') ? "" : "\t";
  const std::string indent_three = indent_two + (options->has('2') ? "" : "\t");
  std::string text;
  const auto show = [&](char column, const std::string& indent, std::string_view line) {
    if (!options->has(column)) text.append(indent).append(line) += '\n';
  };
  std::size_t i = 0;
  std::size_t j = 0;
  bool unpaired = false;
  std::array<bool, 2> disordered = {false, false};
  const auto check = [&](const std::vector<std::string_view>& lines, std::size_t at,
                         std::size_t which) {
    if (!unpaired || disordered[which] || at == 0 || at >= lines.size()) return;
    if (lines[at] >= lines[at - 1]) return;
    disordered[which] = true;
    call.complain(fmt::format("file {} is not in sorted order", which + 1));
  };
  while ((i < a.size() || j < b.size()) && text.size() < kMostOutput) {
    const int order = i == a.size() ? 1 : j == b.size() ? -1 : sign_of(a[i].compare(b[j]));
    unpaired = unpaired || order != 0;
    if (order < 0) {
      show('1', "", a[i]);
    } else if (order > 0) {
      show('2', indent_two, b[j]);
    } else {
      show('3', indent_three, a[i]);
    }
    if (order <= 0) check(a, ++i, 0);
    if (order >= 0) check(b, ++j, 1);
  }
  call.out(text);
  if (disordered[0] || disordered[1]) call.complain("input is not in sorted order");
}

}  // namespace

const std::vector<Listed>& sort_programs() {
  static const std::vector<Listed> programs = {
      {"sort", sort,
       "[-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] "
       "[FILE]..."},
      {"uniq", uniq, "[-cdui] [-f,s,w N] [FILE [OUTFILE]]"},
      {"comm", comm, "[-123] FILE1 FILE2"},
  };
  return programs;
}

}  // namespace sim::userland
