// printf, the escapes of echo, and words in quotes.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/programs/builtins.h"

namespace sim::shell {
namespace {

constexpr int kWidest = 65536;

bool is_octal(char c) { return c >= '0' && c <= '7'; }
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = std::tolower(static_cast<unsigned char>(c));
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

void add_letter(std::uint32_t code, std::string& text) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x110000) {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

enum class Escapes { Echo, Argument, Format };  // echo -e, %b, the format of printf

/// One escape; `at` stands behind the backslash. False when the output ends here (\c).
bool add_escape(std::string_view text, std::size_t* at, Escapes kind, std::string& made) {
  constexpr std::string_view kLetters = "abeEfnrtv\\";
  constexpr std::string_view kMeans = "\a\b\033\033\f\n\r\t\v\\";
  if (*at >= text.size()) {
    made += '\\';
    return true;
  }
  const char c = text[(*at)++];
  const std::size_t plain = kLetters.find(c);
  if (plain != std::string_view::npos) {
    made += kMeans[plain];
    return true;
  }
  if (c == 'c' && kind != Escapes::Format) return false;
  if ((c == '"' || c == '\'' || c == '?') && kind != Escapes::Echo) {
    made += c;
    return true;
  }
  if (is_octal(c) && (c == '0' || kind != Escapes::Echo)) {
    int value = c - '0';
    // \0 takes three digits more, but in a format three in all.
    int left = c == '0' && kind != Escapes::Format ? 3 : 2;
    for (; left > 0 && *at < text.size() && is_octal(text[*at]); --left) {
      value = value * 8 + (text[(*at)++] - '0');
    }
    made += static_cast<char>(value & 255);
    return true;
  }
  if (c == 'x' || c == 'u' || c == 'U') {
    const int most = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    std::uint32_t value = 0;
    int digits = 0;
    for (; digits < most && *at < text.size() && hex_digit(text[*at]) >= 0; ++digits) {
      value = value * 16 + static_cast<std::uint32_t>(hex_digit(text[(*at)++]));
    }
    if (digits > 0) {
      if (c == 'x') {
        made += static_cast<char>(value & 255);
      } else {
        add_letter(value, made);
      }
      return true;
    }
  }
  made += '\\';
  made += c;
  return true;
}

class Printer {
 public:
  Printer(std::string_view format, const std::vector<std::string>& arguments, Time now, bool ash)
      : format_(format), arguments_(arguments), now_(now), ash_(ash) {}

  Printed run() {
    do {
      const std::size_t before = next_;
      if (!once()) break;
      if (next_ == before) break;  // the format takes no arguments
    } while (next_ < arguments_.size() && text_.size() < kMostOutput && budget_ > 0);
    flush();
    return std::move(made_);
  }

 private:
  struct Spec {
    std::string flags;
    int width = 0;
    int precision = -1;
    char letter = 0;
  };

  std::string argument() { return next_ < arguments_.size() ? arguments_[next_++] : ""; }
  bool has_argument() const { return next_ < arguments_.size(); }
  void flush() {
    append(made_.output, false, text_);
    budget_ -= std::min(budget_, text_.size());
    text_.clear();
  }
  void complain(std::string_view text, bool fails = true) {
    // A line is written when it is whole.
    const std::size_t end = text_.rfind('\n');
    if (end != std::string::npos) {
      const std::string rest = text_.substr(end + 1);
      text_.resize(end + 1);
      flush();
      text_ = rest;
    }
    made_.output.push_back({true, std::string(text)});
    made_.failed = made_.failed || fails;
  }

  /// The format once; false when the output ends.
  bool once() {
    for (std::size_t i = 0; i < format_.size();) {
      const char c = format_[i++];
      if (c == '\\') {
        add_escape(format_, &i, Escapes::Format, text_);
      } else if (c != '%') {
        text_ += c;
      } else if (i < format_.size() && format_[i] == '%') {
        text_ += '%';
        ++i;
      } else if (!directive(&i)) {
        return false;
      }
    }
    return true;
  }

  int number_at(std::size_t* at) {
    int value = 0;
    while (*at < format_.size() && std::isdigit(static_cast<unsigned char>(format_[*at]))) {
      value = std::min(value * 10 + (format_[(*at)++] - '0'), kWidest);
    }
    return value;
  }

  int star() {
    const std::int64_t value = has_argument() ? integer(argument()) : 0;
    return static_cast<int>(std::clamp<std::int64_t>(value, -kWidest, kWidest));
  }

  bool directive(std::size_t* at) {
    const std::size_t start = *at - 1;
    Spec spec;
    while (*at < format_.size() &&
           std::string_view("-+ #0'").find(format_[*at]) != std::string_view::npos) {
      spec.flags += format_[(*at)++];
    }
    if (*at < format_.size() && format_[*at] == '*') {
      ++*at;
      spec.width = star();
      if (spec.width < 0) {
        spec.flags += '-';
        spec.width = -spec.width;
      }
    } else {
      spec.width = number_at(at);
    }
    if (*at < format_.size() && format_[*at] == '.') {
      ++*at;
      if (*at < format_.size() && format_[*at] == '*') {
        ++*at;
        spec.precision = star();
      } else {
        spec.precision = number_at(at);
      }
    }
    if (!ash_ && *at < format_.size() && format_[*at] == '(') return date(at, spec);
    while (*at < format_.size() &&
           std::string_view("hlLjzt").find(format_[*at]) != std::string_view::npos) {
      ++*at;
    }
    if (*at >= format_.size()) {
      complain(ash_ ? fmt::format("{}: invalid format", format_.substr(start))
                    : fmt::format("`{}': missing format character", format_.substr(start)));
      return false;
    }
    spec.letter = format_[(*at)++];
    switch (spec.letter) {
      case 's':
        pad(spec, argument());
        return true;
      case 'c':
        pad(spec, argument().substr(0, 1));
        return true;
      case 'b': {
        bool stop = false;
        std::string text = unescaped(argument(), false, &stop);
        pad(spec, std::move(text));
        return !stop;
      }
      case 'q':
      case 'Q':
        if (ash_) break;
        pad(spec, escaped(argument()));
        return true;
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X': {
        const std::int64_t value = has_argument() ? integer(argument()) : 0;
        print(spec, "ll", static_cast<long long>(value));
        return true;
      }
      case 'f':
      case 'F':
      case 'e':
      case 'E':
      case 'g':
      case 'G':
      case 'a':
      case 'A':
        print(spec, "L", has_argument() ? real(argument()) : 0.0L);
        return true;
      default:
        break;
    }
    complain(ash_ ? fmt::format("{}: invalid format", format_.substr(start, *at - start))
                  : fmt::format("`{}': invalid format character", spec.letter));
    return false;
  }

  bool date(std::size_t* at, const Spec& spec) {
    const std::size_t close = format_.find(")T", *at);
    if (close == std::string_view::npos) {
      complain(fmt::format("`{}': invalid format character", format_[*at]));
      return false;
    }
    const std::string_view format = format_.substr(*at + 1, close - *at - 1);
    *at = close + 2;
    const std::int64_t given = has_argument() ? integer(argument()) : -1;
    const Time time =
        given < 0 ? now_ : Time{std::min<std::int64_t>(given, 1 << 30) * 1'000'000'000};
    pad(spec, format_time(format, time));
    return true;
  }

  void pad(const Spec& spec, std::string text) {
    if (spec.precision >= 0 && static_cast<std::size_t>(spec.precision) < text.size() &&
        spec.letter != 'c') {
      text.resize(static_cast<std::size_t>(spec.precision));
    }
    const auto width = static_cast<std::size_t>(spec.width);
    const std::size_t missing = width > text.size() ? width - text.size() : 0;
    const bool left = spec.flags.find('-') != std::string::npos;
    if (!left) text_.append(missing, ' ');
    text_ += text;
    if (left) text_.append(missing, ' ');
  }

  /// By the C library, with the directive's own flags.
  template <class Value>
  void print(const Spec& spec, const char* size, Value value) {
    std::string directive = "%";
    for (const char flag : spec.flags) {
      if (flag != '\'' && directive.find(flag) == std::string::npos) directive += flag;
    }
    directive += "*.*";
    directive += size;
    directive += spec.letter;
    // Numbers beyond this are all digits of no meaning.
    std::string text(static_cast<std::size_t>(std::max(spec.width, spec.precision)) + 5200, '\0');
    const int length = std::snprintf(text.data(), text.size(), directive.c_str(), spec.width,
                                     spec.precision, value);
    if (length > 0) text.resize(std::min(static_cast<std::size_t>(length), text.size() - 1));
    text_ += text;
  }

  std::int64_t integer(const std::string& text) {
    if (!text.empty() && (text[0] == '\'' || text[0] == '"')) return first_letter(text.substr(1));
    std::size_t i = 0;
    while (i < text.size() && std::isspace(static_cast<unsigned char>(text[i]))) ++i;
    const bool negative = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    int base = 10;
    const char* what = "number";
    if (i + 1 < text.size() && text[i] == '0' && (text[i + 1] == 'x' || text[i + 1] == 'X')) {
      base = 16;
      what = "hex number";
      i += 2;
    } else if (i + 1 < text.size() && text[i] == '0') {
      base = 8;
      what = "octal number";
    }
    std::uint64_t value = 0;
    bool too_large = false;
    const std::size_t first = i;
    for (; i < text.size(); ++i) {
      const int digit = hex_digit(text[i]);
      if (digit < 0 || digit >= base) break;
      const std::uint64_t next =
          value * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
      too_large = too_large || next < value || value > UINT64_MAX / 16;
      value = next;
    }
    if (text.empty() && !ash_) return 0;
    if (i < text.size() || i == first) {
      complain(
          ash_ ? fmt::format("invalid number '{}'", text)
               : fmt::format("{}: invalid {}", text, i == first && base == 10 ? "number" : what));
      if (ash_) return 0;
    } else if (too_large ||
               (base == 10 && value > static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0))) {
      complain(fmt::format("warning: {}: Numerical result out of range", text), false);
      return negative ? INT64_MIN : INT64_MAX;
    }
    return static_cast<std::int64_t>(negative ? 0 - value : value);
  }

  static std::int64_t first_letter(std::string_view text) {
    if (text.empty()) return 0;
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    if (more == 0 || text.size() <= more) return lead;
    std::int64_t value = lead & (0x3f >> more);
    for (std::size_t i = 1; i <= more; ++i) {
      value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
    }
    return value;
  }

  long double real(const std::string& text) {
    if (text.empty()) return 0;
    if (text[0] == '\'' || text[0] == '"') return first_letter(text.substr(1));
    char* end = nullptr;
    const long double value = std::strtold(text.c_str(), &end);
    if (end == text.c_str() || *end != '\0') {
      complain(ash_ ? fmt::format("invalid number '{}'", text)
                    : fmt::format("{}: invalid number", text));
    }
    return value;
  }

  std::string_view format_;
  const std::vector<std::string>& arguments_;
  Time now_;
  bool ash_;
  std::size_t next_ = 0;
  std::string text_;  // not yet written
  std::size_t budget_ = kMostOutput;
  Printed made_;
};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool needs_ansi(std::string_view text) { return std::any_of(text.begin(), text.end(), is_control); }

std::string ansi_quoted(std::string_view text) {
  constexpr std::string_view kLetters = "abEfnrtv\\'";
  constexpr std::string_view kMeans = "\a\b\033\f\n\r\t\v\\'";
  std::string made = "$'";
  for (const char c : text) {
    const std::size_t named = kMeans.find(c);
    if (named != std::string_view::npos) {
      made += '\\';
      made += kLetters[named];
    } else if (is_control(c)) {
      made += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      made += c;
    }
  }
  return made + "'";
}

constexpr std::string_view kMeta = " \t\n'\"\\|&;()<>!{}*[?]^$`";

}  // namespace

std::string unescaped(std::string_view text, bool zero_octal, bool* stop) {
  std::string made;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i++];
    if (c != '\\') {
      made += c;
    } else if (!add_escape(text, &i, zero_octal ? Escapes::Echo : Escapes::Argument, made)) {
      *stop = true;
      break;
    }
  }
  return made;
}

Printed format_text(std::string_view format, const std::vector<std::string>& arguments, Time now,
                    bool ash) {
  return Printer(format, arguments, now, ash).run();
}

std::string quoted(std::string_view text) {
  if (text.empty()) return "''";
  if (needs_ansi(text)) return ansi_quoted(text);
  const bool plain = text.find_first_of(kMeta) == std::string_view::npos && text[0] != '#' &&
                     text[0] != '~' && text.find("=~") == std::string_view::npos &&
                     text.find(":~") == std::string_view::npos;
  if (plain) return std::string(text);
  if (text == "'") return "\\'";
  std::string made = "'";
  for (const char c : text) made += c == '\'' ? "'\\''" : std::string(1, c);
  return made + "'";
}

std::string escaped(std::string_view text) {
  if (text.empty()) return "''";
  if (needs_ansi(text)) return ansi_quoted(text);
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool at_start = i == 0 && (c == '#' || c == '~');
    if (at_start || c == ',' || kMeta.find(c) != std::string_view::npos) made += '\\';
    made += c;
  }
  return made;
}

std::string double_quoted(std::string_view text) {
  if (needs_ansi(text)) return ansi_quoted(text);
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$' || c == '`') made += '\\';
    made += c;
  }
  return made + "\"";
}

}  // namespace sim::shell
