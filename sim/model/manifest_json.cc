// A strict reader of JSON that says what is wrong in the words of Go's encoding/json and where in
// those of a person.
#include <charconv>
#include <cmath>
#include <cstdint>

#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/document_builder.h"
#include "sim/model/go_text.h"
#include "sim/model/yaml_scalar.h"

namespace sim {
namespace {

constexpr std::string_view kValueHint =
    "a value: \"text\", a number, true, false, null, { … } or [ … ]";
constexpr std::string_view kKeyHint = "a key in double quotes: \"key\": value";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Go: encoding/json scanner, without recursion
class JsonReader {
 public:
  JsonReader(std::string_view text, std::size_t offset, TextCursor& cursor, bool strict,
             const std::string& file)
      : text_(text), at_(offset), cursor_(cursor), strict_(strict), file_(file), builder_(file) {}

  Document read(std::size_t* offset) {
    do {
      value();
      while (!builder_.done() && !next_item()) builder_.end();
    } while (!builder_.done());
    *offset = at_;
    return builder_.finish();
  }

 private:
  /// Begins an object or array and whatever it begins with, down to the first scalar or empty one.
  void value() {
    for (;;) {
      const char c = peek(kValueHint);
      const Position place = cursor_.at(at_);
      if (c == '{') {
        ++at_;
        builder_.begin_object(place);
        if (peek(kKeyHint) == '}') {
          ++at_;
          builder_.end();
          return;
        }
        key();
      } else if (c == '[') {
        ++at_;
        builder_.begin_array(place);
        if (peek(kValueHint) == ']') {
          ++at_;
          builder_.end();
          return;
        }
      } else {
        builder_.value(scalar(c), place);
        return;
      }
    }
  }

  /// Behind a value: true when another one follows in the same object or array, false at its end.
  bool next_item() {
    const bool object = builder_.in_object();
    const char c = peek(object ? "a comma or }" : "a comma or ]");
    if (c == (object ? '}' : ']')) {
      ++at_;
      return false;
    }
    if (c != ',') {
      fail(object ? "after object key:value pair" : "after array element",
           object ? "a comma or } here" : "a comma or ] here");
    }
    ++at_;
    if (object) {
      if (peek(kKeyHint) == '}') {
        fail("looking for beginning of object key string", "remove the comma before it");
      }
      key();
    } else if (peek(kValueHint) == ']') {
      fail("looking for beginning of value", "remove the comma before it");
    }
    return true;
  }

  void key() {
    if (peek(kKeyHint) != '"') fail("looking for beginning of object key string", kKeyHint);
    const Position place = cursor_.at(at_);
    builder_.key(string(), place);
    if (peek("a colon") != ':') fail("after object key", "a colon between key and value");
    ++at_;
  }

  Json scalar(char c) {
    switch (c) {
      case '"':
        return Json(string());
      case 't':
        literal("true");
        return Json(true);
      case 'f':
        literal("false");
        return Json(false);
      case 'n':
        literal("null");
        return Json();
      default:
        if (c == '-' || is_digit(c)) return number();
        fail("looking for beginning of value", kValueHint);
    }
  }

  void literal(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i, ++at_) {
      if (look() == word[i]) continue;
      fail(fmt::format("in literal {} (expecting '{}')", word, word[i]),
           fmt::format("text stands in double quotes; {} does not", word));
    }
  }

  Json number() {
    const std::size_t from = at_;
    bool whole = true;
    if (look() == '-') ++at_;
    if (look() == '0') {
      ++at_;
    } else {
      digits("in numeric literal");
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      whole = false;
      ++at_;
      digits("after decimal point in numeric literal");
    }
    if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
      whole = false;
      ++at_;
      if (look() == '+' || look() == '-') ++at_;
      digits("in exponent of numeric literal");
    }
    const std::string_view written = text_.substr(from, at_ - from);
    const char* const end = written.data() + written.size();
    if (whole) {
      std::int64_t value = 0;
      if (std::from_chars(written.data(), end, value).ec == std::errc()) return Json(value);
      std::uint64_t large = 0;
      if (std::from_chars(written.data(), end, large).ec == std::errc()) return Json(large);
    }
    double value = 0;
    if (std::from_chars(written.data(), end, value).ec != std::errc()) {
      const std::size_t exponent = written.find_first_of("eE");
      const bool small = exponent != std::string_view::npos && written[exponent + 1] == '-';
      if (!small) {
        const std::string message =
            fmt::format("json: cannot unmarshal number {} into Go value of type float64", written);
        refuse(file_, {cursor_.at(from), fmt::format("the number {} is too large", written),
                       "a number below 1e308", message});
      }
      value = 0;
    }
    return strict_ ? Json(value) : whole_number(value);
  }

  void digits(std::string_view where) {
    if (!is_digit(look())) fail(where, "a digit");
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  }

  std::string string() {
    std::string out;
    ++at_;
    for (;;) {
      const std::size_t from = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20) {
        ++at_;
      }
      out.append(text_.substr(from, at_ - from));
      const char c = look();
      if (c == '"') {
        ++at_;
        return out;
      }
      if (c != '\\') {
        fail("in string literal", c == '\n' || c == '\r'
                                      ? "close the string with \" on its line; \\n is a line break"
                                      : "write control characters as \\u00XX");
      }
      ++at_;
      escape(out);
    }
  }

  void escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const char c = look();
    if (c != 'u') {
      const std::size_t at = kNames.find(c);
      if (at == std::string_view::npos) {
        fail("in string escape code",
             "\\\\ is a backslash; others: \\\" \\/ \\b \\f \\n \\r \\t \\uXXXX");
      }
      ++at_;
      out += kValues[at];
      return;
    }
    ++at_;
    std::uint32_t rune = unit();
    if (rune >= 0xd800 && rune < 0xdc00 && text_.substr(at_, 2) == "\\u") {
      const std::size_t back = at_;
      at_ += 2;
      const std::uint32_t low = unit();
      if (low >= 0xdc00 && low < 0xe000) {
        rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
      } else {
        at_ = back;  // it stands for itself
      }
    }
    append_utf8(out, rune);  // half of a pair alone is replaced
  }

  std::uint32_t unit() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const int digit = hex_digit(look());
      if (digit < 0) fail("in \\u hexadecimal character escape", "four hexadecimal digits");
      value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    return value;
  }

  /// The next byte that is no space.
  char peek(std::string_view wanted) {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
    if (at_ == text_.size()) end_of_text(wanted);
    return text_[at_];
  }
  char look() {
    if (at_ == text_.size()) end_of_text("the rest of the value");
    return text_[at_];
  }

  [[noreturn]] void end_of_text(std::string_view wanted) {
    std::string hint(wanted);
    if (builder_.depth() > 0) {
      const Position opened = builder_.opened_at();
      hint = fmt::format("close the {} opened in line {}, column {}",
                         builder_.in_object() ? "{" : "[", opened.line, opened.column);
    }
    refuse(file_, {cursor_.at(at_), "unexpected end of JSON input", hint, "unexpected EOF"});
  }

  [[noreturn]] void fail(std::string_view where, std::string_view hint) {
    if (at_ == text_.size()) end_of_text(hint);
    // As Go quotes a byte, which it takes for a code point.
    std::string shown;
    append_utf8(shown, static_cast<unsigned char>(text_[at_]));
    shown = shown == "'" ? "\\'" : shown == "\"" ? shown : go_quote(shown);
    if (shown.size() > 2 && shown[0] == '"') shown = shown.substr(1, shown.size() - 2);
    const std::string message = fmt::format("invalid character '{}' {}", shown, where);
    const bool comment = text_[at_] == '/' || text_[at_] == '#';
    refuse(file_, {cursor_.at(at_), message, comment ? "JSON has no comments" : std::string(hint),
                   fmt::format("json: offset {}: {}", at_ + 1, message)});
  }

  std::string_view text_;
  std::size_t at_;
  TextCursor& cursor_;
  bool strict_;
  const std::string& file_;
  DocumentBuilder builder_;
};

}  // namespace

Document read_json(std::string_view text, std::size_t* offset, TextCursor& cursor, bool strict,
                   const std::string& file) {
  return JsonReader(text, *offset, cursor, strict, file).read(offset);
}

}  // namespace sim
