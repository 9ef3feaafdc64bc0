#include "sim/programs/shell_arithmetic.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "sim/base/format.h"

namespace sim::shell {
namespace {

constexpr int kDeepest = 100;
constexpr int kMostEvaluations = 10000;
constexpr int kDeepestVariable = 20;  // variables whose values are expressions again

using Number = std::int64_t;
Number wrap(std::uint64_t bits) { return static_cast<Number>(bits); }
std::uint64_t bits(Number number) { return static_cast<std::uint64_t>(number); }

class Evaluator {
 public:
  Evaluator(std::string_view text, const Arithmetic& variables, int depth)
      : text_(text), variables_(variables), variable_depth_(depth) {}

  std::optional<Number> run(std::string* error) {
    skip();
    if (pos_ == text_.size()) return 0;
    const Number value = comma();
    skip();
    if (error_.empty() && pos_ != text_.size()) {
      last_ = pos_;
      fail("syntax error in expression");
    }
    if (error_.empty()) return value;
    *error = error_;
    return std::nullopt;
  }

 private:
  struct Place {  // what may be assigned to
    bool is_place = false;
    std::string name;
    std::optional<Number> index;
  };

  void fail(std::string_view what) {
    if (!error_.empty()) return;
    std::string_view token = text_.substr(std::min(last_, text_.size()));
    error_ = fmt::format("{}: {} (error token is \"{}\")", text_, what, token);
    pos_ = text_.size();
  }
  void skip() {
    while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_]))) ++pos_;
  }
  bool at(std::string_view op) {
    skip();
    return text_.substr(pos_, op.size()) == op;
  }
  bool take(std::string_view op) {
    if (!at(op)) return false;
    last_ = pos_;
    pos_ += op.size();
    return true;
  }
  /// Takes an operator that is not the beginning of a longer one.
  bool take_alone(std::string_view op, std::string_view not_before) {
    if (!at(op)) return false;
    const char after = pos_ + op.size() < text_.size() ? text_[pos_ + op.size()] : '\0';
    if (after != '\0' && not_before.find(after) != std::string_view::npos) return false;
    return take(op);
  }

  Number comma() {
    Number value = assignment();
    while (error_.empty() && take(",")) value = assignment();
    return value;
  }

  void store(const Place& place, Number value) {
    if (skipping_ > 0 || !error_.empty()) return;
    if (!variables_.set(place.name, place.index, value)) {
      error_ = fmt::format("{}: readonly variable", place.name);
    }
  }

  Number apply(std::string_view op, Number a, Number b) {
    switch (op[0]) {
      case '+':
        return wrap(bits(a) + bits(b));
      case '-':
        return wrap(bits(a) - bits(b));
      case '*':
        if (op.size() == 2) {
          if (b < 0) {
            fail("exponent less than 0");
            return 0;
          }
          Number result = 1;
          for (std::uint64_t n = bits(b); n != 0; n >>= 1) {
            if (n & 1) result = wrap(bits(result) * bits(a));
            a = wrap(bits(a) * bits(a));
          }
          return result;
        }
        return wrap(bits(a) * bits(b));
      case '/':
      case '%':
        if (b == 0) {
          if (skipping_ == 0) fail("division by 0");
          return 0;
        }
        if (a == std::numeric_limits<Number>::min() && b == -1) return op[0] == '/' ? a : 0;
        return op[0] == '/' ? a / b : a % b;
      case '&':
        return a & b;
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      case '<':
        return wrap(bits(a) << (bits(b) & 63));
      case '>':
        return a >> (bits(b) & 63);
      default:
        return 0;
    }
  }

  Number assignment() {
    const Deeper deeper(*this);
    if (!error_.empty()) return 0;
    skip();
    // A name followed by an assignment operator; anything else is an expression.
    if (pos_ < text_.size() && is_letter(text_[pos_])) {
      const Place place = read_place();
      if (error_.empty()) {
        skip();
        if (text_.substr(pos_, 1) == "=" && text_.substr(pos_, 2) != "==") {
          take("=");
          const Number value = assignment();
          store(place, value);
          return value;
        }
        for (const std::string_view op :
             {"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}) {
          if (!take(op)) continue;
          const Number right = assignment();
          if (!error_.empty()) return 0;
          const Number value = apply(op.substr(0, op.size() - 1), value_of(place), right);
          store(place, value);
          return value;
        }
        read_ = place;  // the first operand of the expression that follows
      }
    }
    if (!error_.empty()) return 0;
    return ternary();
  }

  Number ternary() {
    const Number condition = logical_or();
    if (!error_.empty() || !take("?")) return condition;
    if (condition == 0) ++skipping_;
    const Number yes = assignment();
    if (condition == 0) --skipping_;
    if (!take(":")) {
      fail("`:' expected for conditional expression");
      return 0;
    }
    if (condition != 0) ++skipping_;
    const Number no = assignment();
    if (condition != 0) --skipping_;
    return condition != 0 ? yes : no;
  }

  Number logical_or() {
    Number left = logical_and();
    while (error_.empty() && take("||")) {
      if (left != 0) ++skipping_;
      const Number right = logical_and();
      if (left != 0) --skipping_;
      left = left != 0 || right != 0 ? 1 : 0;
    }
    return left;
  }

  Number logical_and() {
    Number left = bit_or();
    while (error_.empty() && take("&&")) {
      if (left == 0) ++skipping_;
      const Number right = bit_or();
      if (left == 0) --skipping_;
      left = left != 0 && right != 0 ? 1 : 0;
    }
    return left;
  }

  Number bit_or() {
    Number left = bit_xor();
    while (error_.empty() && take_alone("|", "|=")) left |= bit_xor();
    return left;
  }
  Number bit_xor() {
    Number left = bit_and();
    while (error_.empty() && take_alone("^", "=")) left ^= bit_and();
    return left;
  }
  Number bit_and() {
    Number left = equality();
    while (error_.empty() && take_alone("&", "&=")) left &= equality();
    return left;
  }
  Number equality() {
    Number left = comparison();
    while (error_.empty()) {
      if (take("==")) {
        left = left == comparison() ? 1 : 0;
      } else if (take("!=")) {
        left = left != comparison() ? 1 : 0;
      } else {
        break;
      }
    }
    return left;
  }
  Number comparison() {
    Number left = shift();
    while (error_.empty()) {
      if (take("<=")) {
        left = left <= shift() ? 1 : 0;
      } else if (take(">=")) {
        left = left >= shift() ? 1 : 0;
      } else if (take_alone("<", "<")) {
        left = left < shift() ? 1 : 0;
      } else if (take_alone(">", ">")) {
        left = left > shift() ? 1 : 0;
      } else {
        break;
      }
    }
    return left;
  }
  Number shift() {
    Number left = sum();
    while (error_.empty()) {
      if (take_alone("<<", "=")) {
        left = apply("<", left, sum());
      } else if (take_alone(">>", "=")) {
        left = apply(">", left, sum());
      } else {
        break;
      }
    }
    return left;
  }
  Number sum() {
    Number left = product();
    while (error_.empty()) {
      if (take_alone("+", "=+")) {
        left = apply("+", left, product());
      } else if (take_alone("-", "=-")) {
        left = apply("-", left, product());
      } else {
        break;
      }
    }
    return left;
  }
  Number product() {
    Number left = power();
    while (error_.empty()) {
      if (take_alone("*", "=*")) {
        left = apply("*", left, power());
      } else if (take_alone("/", "=")) {
        left = apply("/", left, power());
      } else if (take_alone("%", "=")) {
        left = apply("%", left, power());
      } else {
        break;
      }
    }
    return left;
  }
  Number power() {
    const Deeper deeper(*this);
    if (!error_.empty()) return 0;
    const Number left = unary();
    if (error_.empty() && take("**")) return apply("**", left, power());
    return left;
  }

  Number unary() {
    const Deeper deeper(*this);
    if (!error_.empty()) return 0;
    if (read_) return postfix(*std::exchange(read_, std::nullopt));
    if (take("++") || at("--")) {
      const bool up = text_.substr(last_, 2) == "++" && pos_ == last_ + 2;
      if (!up) take("--");
      skip();
      if (pos_ < text_.size() && is_letter(text_[pos_])) {
        const Place place = read_place();
        const Number value = wrap(bits(value_of(place)) + (up ? 1 : ~std::uint64_t{0}));
        store(place, value);
        return value;
      }
      return unary();  // two signs
    }
    if (take("!")) return unary() == 0 ? 1 : 0;
    if (take("~")) return ~unary();
    if (take("-")) return wrap(0 - bits(unary()));
    if (take("+")) return unary();
    return primary();
  }

  Number primary() {
    skip();
    if (pos_ >= text_.size()) {
      fail("syntax error: operand expected");
      return 0;
    }
    if (take("(")) {
      const Number value = comma();
      if (error_.empty() && !take(")")) {
        last_ = pos_;
        fail("missing `)'");
      }
      return value;
    }
    const char c = text_[pos_];
    if (std::isdigit(static_cast<unsigned char>(c))) return number();
    if (!is_letter(c)) {
      last_ = pos_;
      fail("syntax error: operand expected");
      return 0;
    }
    const Place place = read_place();
    if (!error_.empty()) return 0;
    return postfix(place);
  }

  Number postfix(const Place& place) {
    const Number value = value_of(place);
    if (take("++")) {
      store(place, wrap(bits(value) + 1));
    } else if (take("--")) {
      store(place, wrap(bits(value) - 1));
    }
    return value;
  }

  Number number() {
    last_ = pos_;
    std::size_t end = pos_;
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) ||
                                  text_[end] == '#' || text_[end] == '_')) {
      ++end;
    }
    std::string_view digits = text_.substr(pos_, end - pos_);
    pos_ = end;
    std::uint64_t base = 10;
    const std::size_t sharp = digits.find('#');
    if (sharp != std::string_view::npos) {
      base = 0;
      for (const char c : digits.substr(0, sharp)) {
        if (std::isdigit(static_cast<unsigned char>(c)) && base < 100) {
          base = base * 10 + static_cast<std::uint64_t>(c - '0');
        }
      }
      if (base < 2 || base > 36) {
        fail("invalid arithmetic base");
        return 0;
      }
      digits.remove_prefix(sharp + 1);
    } else if (digits.size() > 1 && digits[0] == '0') {
      const bool hex = digits[1] == 'x' || digits[1] == 'X';
      base = hex ? 16 : 8;
      digits.remove_prefix(hex ? 2 : 1);
    }
    std::uint64_t value = 0;
    for (const char c : digits) {
      const auto u = static_cast<unsigned char>(c);
      const auto digit = static_cast<std::uint64_t>(std::isdigit(u)   ? c - '0'
                                                    : std::isalpha(u) ? std::tolower(u) - 'a' + 10
                                                                      : 99);
      if (digit >= base) {
        const std::size_t rest = pos_;
        fail_token(last_, rest, "value too great for base");
        return 0;
      }
      value = value * base + digit;
    }
    return wrap(value);
  }

  void fail_token(std::size_t from, std::size_t to, std::string_view what) {
    if (error_.empty()) {
      error_ =
          fmt::format("{}: {} (error token is \"{}\")", text_, what, text_.substr(from, to - from));
    }
    pos_ = text_.size();
  }

  Place read_place() {
    last_ = pos_;
    Place place;
    place.is_place = true;
    while (pos_ < text_.size() &&
           (is_letter(text_[pos_]) || std::isdigit(static_cast<unsigned char>(text_[pos_])))) {
      place.name += text_[pos_++];
    }
    if (pos_ < text_.size() && text_[pos_] == '[') {
      ++pos_;
      if (variables_.is_map(place.name)) {
        const std::size_t close = text_.find(']', pos_);
        if (close == std::string_view::npos) {
          fail("bad array subscript");
          return place;
        }
        place.name += '[';
        place.name += text_.substr(pos_, close - pos_);
        pos_ = close + 1;
        return place;
      }
      place.index = comma();
      if (error_.empty() && !take("]")) fail("bad array subscript");
    }
    return place;
  }

  Number value_of(const Place& place) {
    if (!error_.empty() || skipping_ > 0) return 0;
    const std::string text = variables_.get(place.name, place.index);
    if (!error_.empty() || text.empty()) return 0;
    std::string error;
    if (variable_depth_ >= kDeepestVariable || ++variables_.evaluations > kMostEvaluations) {
      fail("expression recursion level exceeded");
      return 0;
    }
    const auto value = evaluate(text, variables_, &error, variable_depth_ + 1);
    if (!value) {
      error_ = error;
      pos_ = text_.size();
      return 0;
    }
    return *value;
  }

  static bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
  }

  class Deeper {
   public:
    explicit Deeper(Evaluator& evaluator) : evaluator_(evaluator) {
      if (++evaluator_.depth_ > kDeepest) evaluator_.fail("expression recursion level exceeded");
    }
    ~Deeper() { --evaluator_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Evaluator& evaluator_;
  };

  std::string_view text_;
  const Arithmetic& variables_;
  int variable_depth_;
  std::size_t pos_ = 0;
  std::size_t last_ = 0;  // where the last token began
  int depth_ = 0;
  int skipping_ = 0;
  std::optional<Place> read_;
  std::string error_;
};

}  // namespace

std::optional<std::int64_t> evaluate(std::string_view expression, const Arithmetic& variables,
                                     std::string* error, int depth) {
  while (!expression.empty() && (expression.front() == ' ' || expression.front() == '\n')) {
    expression.remove_prefix(1);
  }
  return Evaluator(expression, variables, depth).run(error);
}

}  // namespace sim::shell
