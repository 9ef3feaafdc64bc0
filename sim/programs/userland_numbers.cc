#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "sim/base/format.h"
#include "sim/base/regex.h"
#include "sim/programs/userland_tools.h"

// Programs that count and calculate: seq, expr.

namespace sim::userland {
namespace {

/// A decimal number as an integer and how many of its digits stand behind the point.
struct Decimal {
  std::int64_t value = 0;
  int digits = 0;
};

std::optional<Decimal> decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) {
    const auto whole = to_number(text);
    return whole ? std::optional<Decimal>({*whole, 0}) : std::nullopt;
  }
  std::string both(text.substr(0, point));
  both.append(text.substr(point + 1));
  const auto value = to_number(both);
  const std::size_t digits = text.size() - point - 1;
  return value && digits <= 9 ? std::optional<Decimal>({*value, static_cast<int>(digits)})
                              : std::nullopt;
}

/// The same number with more digits; empty when there is no room for them.
std::optional<std::int64_t> scaled(Decimal number, int digits) {
  for (; number.digits < digits; ++number.digits) {
    if (__builtin_mul_overflow(number.value, std::int64_t{10}, &number.value)) return std::nullopt;
  }
  return number.value;
}

std::string decimal_text(std::int64_t value, int digits, std::size_t width) {
  std::string text = std::to_string(value < 0 ? -static_cast<std::uint64_t>(value)
                                              : static_cast<std::uint64_t>(value));
  const auto behind = static_cast<std::size_t>(digits);
  if (text.size() <= behind) text.insert(0, behind + 1 - text.size(), '0');
  if (digits > 0) text.insert(text.size() - behind, ".");
  const std::size_t sign = value < 0 ? 1 : 0;
  if (text.size() + sign < width) text.insert(0, width - sign - text.size(), '0');
  return value < 0 ? "-" + text : text;
}

void seq(Call& call) {
  // Negative numbers are operands for the GNU tools; for busybox, only behind another one.
  std::vector<std::string> words = call.argv;
  std::size_t first = 1;
  while (first < words.size() && words[first].size() > 1 && words[first][0] == '-' &&
         words[first][1] != '-' && words[first][1] != '.' && call.gnu() &&
         !std::isdigit(static_cast<unsigned char>(words[first][1]))) {
    first += words[first] == "-s" || words[first] == "-f" ? 2 : 1;
  }
  if (call.gnu() && first < words.size() && words[first].rfind("--", 0) != 0) {
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(first), "--");
  }
  const auto options =
      parse_options(call, "+ws:f:", {{"equal-width", 'w'}, {"separator", 's'}}, 1, &words);
  if (!options) return;
  const std::vector<std::string>& given = options->operands;
  if (given.empty() || given.size() > 3) {
    call.show_usage(!call.gnu()     ? ""
                    : given.empty() ? "missing operand"
                                    : fmt::format("extra operand '{}'", given[3]));
    return;
  }
  std::vector<Decimal> numbers;
  for (const std::string& text : given) {
    const auto number = decimal(text);
    if (!number) {
      call.show_usage(call.gnu() ? fmt::format("invalid floating point argument: '{}'", text) : "");
      return;
    }
    numbers.push_back(*number);
  }
  const Decimal start = numbers.size() > 1 ? numbers[0] : Decimal{1, 0};
  const Decimal step = numbers.size() > 2 ? numbers[1] : Decimal{1, 0};
  const int shown_digits = std::max(start.digits, step.digits);
  const int digits = std::max(shown_digits, numbers.back().digits);
  const auto from = scaled(start, digits);
  const auto by = scaled(step, digits);
  const auto to = scaled(numbers.back(), digits);
  if (!from || !by || !to) {
    call.show_usage(call.gnu() ? "number out of range" : "");
    return;
  }
  if (*by == 0 && call.gnu()) {
    call.show_usage(fmt::format("invalid Zero increment value: '{}'", given[1]));
    return;
  }
  std::int64_t cut = 1;  // digits that only the last number has are not shown
  for (int i = shown_digits; i < digits; ++i) cut *= 10;
  std::size_t width = 0;
  if (options->has('w')) {
    width = std::max(decimal_text(*from / cut, shown_digits, 0).size(),
                     decimal_text(*to / cut, shown_digits, 0).size());
  }
  const std::string separator = options->value('s', "\n");
  std::string text;
  // busybox counts on for ever in steps of nothing, until nobody reads it any more.
  constexpr int kBrokenPipe = 141;
  const bool endless = *by == 0 && *from <= *to;
  const std::size_t most = endless ? std::size_t{1} << 20 : kMostOutput;
  if (endless) call.step.exit = kBrokenPipe;
  for (std::int64_t value = *from; *by >= 0 ? value <= *to : value >= *to;) {
    if (!text.empty()) text += separator;
    if (shown_digits == 0 && width == 0) {
      text += std::to_string(value / cut);
    } else {
      text += decimal_text(value / cut, shown_digits, width);
    }
    if (text.size() >= most || __builtin_add_overflow(value, *by, &value)) break;
  }
  if (!text.empty()) call.out(text + "\n");
}

// ---- expr ----

/// The words of expr, evaluated as they are read.
class Expression {
 public:
  Expression(Call& call, std::vector<std::string> words) : call_(call), words_(std::move(words)) {}

  void run() {
    const std::string value = either(0);
    if (!failed_ && at_ < words_.size()) {
      fail("syntax error", fmt::format("syntax error: unexpected argument '{}'", words_[at_]));
    }
    if (failed_) return;
    call_.out(value + "\n");
    call_.step.exit = is_null(value) ? 1 : 0;
  }

 private:
  static constexpr int kDeepest = 100;

  std::string fail(std::string_view busybox, std::string_view gnu_text) {
    if (!failed_) call_.complain(busybox, gnu_text, 2);
    failed_ = true;
    return "";
  }
  static bool is_null(const std::string& value) {
    return value.empty() || to_number(value) == std::optional<std::int64_t>(0);
  }
  bool take(std::string_view word) {
    if (failed_ || at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }
  std::string take_one_of(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
      if (take(word)) return std::string(word);
    }
    return "";
  }

  std::string either(int depth) {
    std::string left = both(depth);
    while (take("|")) {
      const std::string right = both(depth);
      if (is_null(left)) left = is_null(right) ? "0" : right;
    }
    return left;
  }
  std::string both(int depth) {
    std::string left = comparison(depth);
    while (take("&")) {
      const std::string right = comparison(depth);
      if (is_null(left) || is_null(right)) left = "0";
    }
    return left;
  }
  std::string comparison(int depth) {
    std::string left = sum(depth);
    for (;;) {
      const std::string op = take_one_of({"<=", "<", "==", "=", "!=", ">=", ">"});
      if (op.empty()) return left;
      const std::string right = sum(depth);
      const auto a = to_number(left);
      const auto b = to_number(right);
      const int order = a && b ? (*a < *b ? -1 : *a > *b ? 1 : 0) : left.compare(right);
      const bool holds = op == "<"    ? order < 0
                         : op == "<=" ? order <= 0
                         : op == ">"  ? order > 0
                         : op == ">=" ? order >= 0
                         : op == "!=" ? order != 0
                                      : order == 0;
      left = holds ? "1" : "0";
    }
  }
  std::string sum(int depth) {
    std::string left = product(depth);
    for (;;) {
      const std::string op = take_one_of({"+", "-"});
      if (op.empty()) return left;
      left = calculated(op[0], left, product(depth));
    }
  }
  std::string product(int depth) {
    std::string left = match(depth);
    for (;;) {
      const std::string op = take_one_of({"*", "/", "%"});
      if (op.empty()) return left;
      left = calculated(op[0], left, match(depth));
    }
  }
  std::string calculated(char op, const std::string& left, const std::string& right) {
    const auto a = to_number(left);
    const auto b = to_number(right);
    if (failed_) return "";
    if (!a || !b) return fail("non-numeric argument", "non-integer argument");
    if ((op == '/' || op == '%') && *b == 0) return fail("division by zero", "division by zero");
    std::int64_t value = 0;
    bool overflow = false;
    if (op == '+') overflow = __builtin_add_overflow(*a, *b, &value);
    if (op == '-') overflow = __builtin_sub_overflow(*a, *b, &value);
    if (op == '*') overflow = __builtin_mul_overflow(*a, *b, &value);
    if (op == '/') value = *a / *b;
    if (op == '%') value = *a % *b;
    if (overflow) {
      return fail("numeric result out of range", "Numerical result out of range");
    }
    return std::to_string(value);
  }
  std::string match(int depth) {
    std::string left = one(depth);
    while (take(":")) left = matched(left, one(depth));
    return left;
  }
  std::string matched(const std::string& text, const std::string& pattern) {
    if (failed_) return "";
    std::string error;
    const auto regex = Regex::compile(pattern, {}, &error);
    if (!regex) return fail(fmt::format("bad regex '{}': {}", pattern, error), error);
    const auto spans = regex->search(text);
    const bool found = !spans.empty() && spans[0].start == 0;
    if (regex->groups() == 0) return std::to_string(found ? spans[0].end : 0);
    if (!found || spans[1].start == std::string_view::npos) return "";
    return text.substr(spans[1].start, spans[1].end - spans[1].start);
  }
  std::string one(int depth) {
    if (failed_) return "";
    if (at_ >= words_.size() || depth > kDeepest) {
      return fail("syntax error", at_ == 0 || words_.empty()
                                      ? std::string("syntax error")
                                      : fmt::format("syntax error: missing argument after '{}'",
                                                    words_[std::min(at_, words_.size()) - 1]));
    }
    if (take("(")) {
      std::string value = either(depth + 1);
      if (!take(")")) {
        return fail("syntax error",
                    fmt::format("syntax error: expecting ')' after '{}'", words_[at_ - 1]));
      }
      return value;
    }
    const bool more = at_ + 1 < words_.size();
    if (more && take("length")) return std::to_string(one(depth + 1).size());
    if (more && take("match")) {
      const std::string text = one(depth + 1);
      return matched(text, one(depth + 1));
    }
    if (more && take("index")) {
      const std::string text = one(depth + 1);
      const std::size_t at = text.find_first_of(one(depth + 1));
      return std::to_string(at == std::string::npos ? 0 : at + 1);
    }
    if (more && take("substr")) {
      const std::string text = one(depth + 1);
      const auto from = to_number(one(depth + 1));
      const auto length = to_number(one(depth + 1));
      if (!from || !length || *from <= 0 || *length <= 0 ||
          static_cast<std::uint64_t>(*from) > text.size()) {
        return "";
      }
      return text.substr(static_cast<std::size_t>(*from - 1), static_cast<std::size_t>(*length));
    }
    if (more && call_.gnu() && take("+")) return words_[at_++];
    return words_[at_++];
  }

  Call& call_;
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

void expr(Call& call) {
  std::vector<std::string> words(call.argv.begin() + 1, call.argv.end());
  if (!words.empty() && words[0] == "--") words.erase(words.begin());
  if (words.empty()) {
    if (call.gnu()) {
      call.show_usage("missing operand", 2);
    } else {
      call.complain("too few arguments", 2);
    }
    return;
  }
  Expression(call, std::move(words)).run();
}

}  // namespace

const std::vector<Listed>& number_programs() {
  static const std::vector<Listed> programs = {
      {"seq", seq, "[-w] [-s SEP] [FIRST [INC]] LAST"},
      {"expr", expr, "EXPRESSION"},
  };
  return programs;
}

}  // namespace sim::userland
