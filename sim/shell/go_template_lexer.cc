#include "sim/shell/go_template_lexer.h"

#include <algorithm>
#include <array>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/shell/go_print.h"

namespace sim::kubectl::go_template_tree {
namespace {

using Type = TokenType;

constexpr std::array<std::string_view, 11> kKeywords = {"block",    "break", "continue", "define",
                                                        "else",     "end",   "if",       "range",
                                                        "template", "with",  "nil"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
bool is_word(char c) {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string rune_text(std::string_view text) {
  if (text.empty()) return "U+FFFFFFFFFFFFFFFF";
  char32_t rune = 0;
  next_rune(text, &rune);
  return fmt::format("U+{:04X} '{}'", static_cast<std::uint32_t>(rune), utf8(rune));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// All tokens, up to the end or the first mistake.
  std::vector<Token> read() {
    while (!ended_) read_text();
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  bool starts(std::string_view prefix) const { return rest().substr(0, prefix.size()) == prefix; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void emit(Type type, std::size_t length) {
    emit(type, at_, std::string(text_.substr(at_, length)));
    at_ += length;
  }
  void emit(Type type, std::size_t at, std::string text) {
    for (; counted_ < at; ++counted_) line_ += text_[counted_] == '\n';
    tokens_.push_back({type, at, line_, std::move(text)});
  }
  void fail(std::string message) {
    emit(Type::Error, at_, std::move(message));
    ended_ = true;
  }

  void read_text() {
    const std::size_t open = text_.find("{{", at_);
    std::string_view text = text_.substr(at_, open - at_);
    const std::size_t start = at_;
    at_ = std::min(open, text_.size());
    // "{{- " takes away the white space before it.
    const bool trims = text_.size() > at_ + 3 && text_[at_ + 2] == '-' && is_space(text_[at_ + 3]);
    if (open != std::string_view::npos && trims) {
      while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    }
    if (!text.empty()) emit(Type::Text, start, std::string(text));
    if (open == std::string_view::npos) {
      emit(Type::End, at_, "");
      ended_ = true;
      return;
    }
    const std::size_t length = trims ? 4 : 2;
    if (text_.substr(at_ + length, 2) == "/*") return read_comment(length);
    emit(Type::Open, at_, "{{");
    at_ += length;
    depth_ = 0;
    while (!ended_) {
      if (read_close()) return;
      read_inside();
    }
  }

  void read_comment(std::size_t length) {
    at_ += length;
    const std::size_t end = text_.find("*/", at_);
    if (end == std::string_view::npos) return fail("unclosed comment");
    at_ = end + 2;
    std::size_t close = 0;
    bool trims = false;
    if (!closes(&close, &trims)) return fail("comment ends before closing delimiter");
    at_ += close;
    if (trims) skip_spaces();
  }

  bool closes(std::size_t* length, bool* trims) const {
    *trims = at_ + 1 < text_.size() && is_space(text_[at_]) && text_[at_ + 1] == '-' &&
             text_.substr(at_ + 2, 2) == "}}";
    *length = *trims ? 4 : 2;
    return *trims || starts("}}");
  }
  bool read_close() {
    std::size_t length = 0;
    bool trims = false;
    if (!closes(&length, &trims)) return false;
    if (depth_ > 0) {
      fail("unclosed left paren");
      return false;
    }
    emit(Type::Close, at_ + length - 2, "}}");
    at_ += length;
    if (trims) skip_spaces();
    return true;
  }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  void read_inside() {
    if (at_ >= text_.size()) return fail("unclosed action");
    const char c = peek();
    const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (is_space(c)) {
      std::size_t length = 0;
      while (at_ + length < text_.size() && is_space(text_[at_ + length])) ++length;
      // The last space may belong to " -}}".
      if (text_.substr(at_ + length, 3) == "-}}" && length > 1) --length;
      return emit(Type::Space, length);
    }
    if (c == '=') return emit(Type::Assign, 1);
    if (c == ':') return second == '=' ? emit(Type::Declare, 2) : fail("expected :=");
    if (c == '|') return emit(Type::Bar, 1);
    if (c == '"') return read_quoted('"', Type::String, "unterminated quoted string");
    if (c == '\'') return read_quoted('\'', Type::CharConstant, "unterminated character constant");
    if (c == '`') {
      const std::size_t end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) return fail("unterminated raw quoted string");
      return emit(Type::RawString, end + 1 - at_);
    }
    if (c == '$') return read_name(1, Type::Variable);
    if (c == '.' && !is_digit(second)) {
      if (ends_word(at_ + 1)) return emit(Type::Dot, 1);
      return read_name(1, Type::Field);
    }
    if (c == '.' || c == '+' || c == '-' || is_digit(c)) return read_number();
    if (is_word(c)) return read_name(0, Type::Identifier);
    if (c == '(') {
      ++depth_;
      return emit(Type::LeftParen, 1);
    }
    if (c == ')') {
      if (--depth_ < 0) return fail("unexpected right paren");
      return emit(Type::RightParen, 1);
    }
    if (c > ' ' && c < 0x7F) return emit(Type::Char, 1);
    fail("unrecognized character in action: " + rune_text(rest()));
  }

  /// Whether what stands at a place may follow a word.
  bool ends_word(std::size_t at) const {
    if (at >= text_.size() || is_space(text_[at])) return true;
    constexpr std::string_view kEnds = ".,|:)(";
    return kEnds.find(text_[at]) != std::string_view::npos || text_.substr(at, 2) == "}}";
  }

  void read_name(std::size_t prefix, Type type) {
    std::size_t length = prefix;
    while (at_ + length < text_.size() && is_word(text_[at_ + length])) ++length;
    if (!ends_word(at_ + length)) {
      return fail("bad character " + rune_text(text_.substr(at_ + length)));
    }
    if (type == Type::Identifier) {
      const std::string_view word = text_.substr(at_, length);
      if (word == "true" || word == "false") type = Type::Bool;
      if (std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end()) {
        type = word == "nil" ? Type::Nil : Type::Keyword;
      }
    }
    emit(type, length);
  }

  void read_quoted(char quote, Type type, std::string_view unclosed) {
    for (std::size_t i = at_ + 1; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == '\\') {
        ++i;
        if (i >= text_.size() || text_[i] == '\n') break;
      } else if (text_[i] == quote) {
        return emit(type, i + 1 - at_);
      }
    }
    fail(std::string(unclosed));
  }

  void read_number() {
    std::size_t length = peek() == '+' || peek() == '-' ? 1 : 0;
    const bool hex = text_.substr(at_ + length, 2) == "0x" || text_.substr(at_ + length, 2) == "0X";
    if (hex) length += 2;
    const auto digits = [&] {
      while (at_ + length < text_.size() &&
             (is_digit(text_[at_ + length]) || text_[at_ + length] == '_' ||
              (hex && is_hex(text_[at_ + length])))) {
        ++length;
      }
    };
    digits();
    if (!hex && text_.substr(at_ + length, 1) == ".") {
      ++length;
      digits();
    }
    if (!hex && at_ + length < text_.size() && (text_[at_ + length] | 0x20) == 'e') {
      ++length;
      if (at_ + length < text_.size() && (text_[at_ + length] == '+' || text_[at_ + length] == '-'))
        ++length;
      digits();
    }
    if (at_ + length < text_.size() && is_word(text_[at_ + length])) {
      return fail("bad number syntax: " + go_quote(text_.substr(at_, length + 1)));
    }
    emit(Type::Number, length);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;  // up to where lines are counted
  int line_ = 1;
  int depth_ = 0;
  bool ended_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> read_tokens(std::string_view text) { return Lexer(text).read(); }

}  // namespace sim::kubectl::go_template_tree
