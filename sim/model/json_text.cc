// JSON and YAML as Go writes them for kubectl: encoding/json with its escapes, and go-yaml v2 as
// sigs.k8s.io/yaml sets it up.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/go_number.h"
#include "sim/model/json.h"
#include "sim/model/yaml_scalar.h"

namespace sim {
namespace {

// ---- JSON ----

// Go escapes what would hurt in HTML, and the two line separators that JavaScript stumbles over.
void write_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (text.compare(i, 3, "\xe2\x80\xa8") == 0) {
          out += "\\u2028";
          i += 2;
        } else if (text.compare(i, 3, "\xe2\x80\xa9") == 0) {
          out += "\\u2029";
          i += 2;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void write_json(std::string& out, const Json& json, std::size_t depth) {
  constexpr std::size_t kIndent = 4;
  if (json.is_string()) {
    write_json_string(out, json.get_ref<const std::string&>());
  } else if (json.is_number_float()) {
    out += go_json_number(json.get<double>());
  } else if (!json.is_structured()) {
    out += json.dump();
  } else if (json.empty()) {
    out += json.is_object() ? "{}" : "[]";
  } else {
    out += json.is_object() ? "{" : "[";
    bool first = true;
    for (auto at = json.begin(); at != json.end(); ++at) {
      out += first ? "\n" : ",\n";
      first = false;
      out.append((depth + 1) * kIndent, ' ');
      if (json.is_object()) {
        write_json_string(out, at.key());
        out += ": ";
      }
      write_json(out, *at, depth + 1);
    }
    out += '\n';
    out.append(depth * kIndent, ' ');
    out += json.is_object() ? "}" : "]";
  }
}

void write_compact(std::string& out, const Json& json) {
  if (json.is_string()) {
    write_json_string(out, json.get_ref<const std::string&>());
  } else if (json.is_number_float()) {
    out += go_json_number(json.get<double>());
  } else if (!json.is_structured()) {
    out += json.dump();
  } else {
    out += json.is_object() ? '{' : '[';
    bool first = true;
    for (auto at = json.begin(); at != json.end(); ++at) {
      if (!first) out += ',';
      first = false;
      if (json.is_object()) {
        write_json_string(out, at.key());
        out += ':';
      }
      write_compact(out, *at);
    }
    out += json.is_object() ? '}' : ']';
  }
}

// ---- YAML ----

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// goyaml.v2 sorter.go: letters before other signs, numbers by value.
bool key_before(std::string_view a, std::string_view b) {
  const auto is_letter = [](char c) {
    const auto lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  };
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == b[i]) continue;
    const bool one = is_letter(a[i]);
    const bool two = is_letter(b[i]);
    if (one && two) {
      return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
    }
    if (one || two) return two;
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    if (a[i] == '0' || b[i] == '0') {
      for (std::size_t j = i; j > 0 && is_digit(a[j - 1]); --j) {
        if (a[j - 1] != '0') {
          first = 1;
          second = 1;
          break;
        }
      }
    }
    std::size_t end_a = i;
    std::size_t end_b = i;
    while (end_a < a.size() && is_digit(a[end_a])) first = first * 10 + (a[end_a++] - '0');
    while (end_b < b.size() && is_digit(b[end_b])) second = second * 10 + (b[end_b++] - '0');
    if (first != second) return first < second;
    if (end_a != end_b) return end_a < end_b;
    return a[i] < b[i];
  }
  return a.size() < b.size();
}

/// "1:30" and the like, which YAML 1.1 takes for a number to the base of sixty.
bool is_base_60(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return false;
  if (text.front() == '-' || text.front() == '+') text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return false;
  return text.find_first_not_of("0123456789_:.") == std::string_view::npos;
}

/// A date, with or without a time, as go-yaml knows them.
bool is_timestamp(std::string_view text) {
  if (text.size() < 8 || text[4] != '-') return false;
  if (!std::all_of(text.begin(), text.begin() + 4, is_digit)) return false;
  return text.find_first_not_of("0123456789-:.TtZ+ ") == std::string_view::npos;
}

/// goyaml.v2 yamlprivateh.go: is_printable; a tab is none.
bool is_printable(std::string_view bytes) {
  const auto at = [&](std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
  };
  const unsigned first = at(0);
  if (first == 0x0a || (first >= 0x20 && first <= 0x7e)) return true;
  if (first == 0xc2) return at(1) >= 0xa0;
  if (first > 0xc2 && first < 0xed) return true;
  if (first == 0xed) return at(1) < 0xa0;
  if (first == 0xee) return true;
  if (first != 0xef) return false;
  return !(at(1) == 0xbb && at(2) == 0xbf) && !(at(1) == 0xbf && (at(2) == 0xbe || at(2) == 0xbf));
}

bool is_break(std::string_view bytes) {
  return bytes == "\n" || bytes == "\r" || bytes == "\xc2\x85" || bytes == "\xe2\x80\xa8" ||
         bytes == "\xe2\x80\xa9";
}

/// A text as its characters; bytes that are no UTF-8 stand alone.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    length = std::min(length, text.size() - i);
    found.push_back(text.substr(i, length));
    i += length;
  }
  return found;
}

enum class Style { Plain, Single, Double, Literal };

/// goyaml.v2 emitterc.go: yaml_emitter_analyze_scalar
struct Analysis {
  bool multiline = false;
  bool odd_break = false;
  bool plain = true;
  bool single = true;
  bool block = true;
};

Analysis analyze(const std::vector<std::string_view>& text, std::string_view whole) {
  Analysis result;
  if (text.empty()) {
    result.block = false;
    return result;
  }
  bool indicators = whole.substr(0, 3) == "---" || whole.substr(0, 3) == "...";
  bool special = false, breaks = false;
  bool leading = false, trailing_space = false, trailing_break = false;
  bool break_space = false, space_break = false;
  bool previous_space = false, previous_break = false, after_white = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view c = text[i];
    const bool last = i + 1 == text.size();
    const bool before_white =
        last || text[i + 1] == " " || text[i + 1] == "\t" || is_break(text[i + 1]);
    if (i == 0) {
      if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos) {
        indicators = true;
      }
      if ((c == "?" || c == ":" || c == "-") && before_white) indicators = true;
    } else {
      if (c == ":" && before_white) indicators = true;
      if (c == "#" && after_white) indicators = true;
    }
    if (!is_printable(c)) special = true;
    if (c == " ") {
      leading = leading || i == 0;
      trailing_space = trailing_space || last;
      break_space = break_space || previous_break;
      previous_space = true;
      previous_break = false;
    } else if (is_break(c)) {
      breaks = true;
      result.odd_break = result.odd_break || c != "\n";
      leading = leading || i == 0;
      trailing_break = trailing_break || last;
      space_break = space_break || previous_space;
      previous_space = false;
      previous_break = true;
    } else {
      previous_space = false;
      previous_break = false;
    }
    after_white = c == " " || c == "\t" || is_break(c);
  }
  result.multiline = breaks;
  if (leading || trailing_space || trailing_break || breaks || indicators) result.plain = false;
  if (trailing_space) result.block = false;
  if (break_space) result.plain = result.single = false;
  if (space_break || special) result.plain = result.single = result.block = false;
  return result;
}

bool reads_as_itself(const std::string& text) {
  const Json read = yaml_plain(text);
  return read.is_string() && read.get_ref<const std::string&>() == text && text != "<<" &&
         !is_base_60(text) && !is_timestamp(text);
}

class YamlWriter {
 public:
  std::string take() { return std::move(out_); }

  /// `indent` is the column at which the lines of a nested collection begin.
  void value(const Json& json, std::size_t indent) {
    if (json.is_object() && !json.empty()) {
      mapping(json, indent);
    } else if (json.is_array() && !json.empty()) {
      sequence(json, indent);
    } else {
      scalar(json, indent, false);
      out_ += '\n';
    }
  }

 private:
  std::size_t column() const {
    const std::size_t line = out_.rfind('\n');
    return count_characters(line == std::string::npos ? std::string_view(out_)
                                                      : std::string_view(out_).substr(line + 1));
  }
  static std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
  }
  void begin_line(std::size_t indent) {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    out_.append(indent, ' ');
  }

  // A collection begins on the line that it is given: after "- ", or at the start of the document.
  void mapping(const Json& json, std::size_t indent) {
    std::vector<const std::string*> keys;
    for (auto at = json.begin(); at != json.end(); ++at) keys.push_back(&at.key());
    std::sort(keys.begin(), keys.end(),
              [](const std::string* a, const std::string* b) { return key_before(*a, *b); });
    bool first = true;
    for (const std::string* key : keys) {
      if (!first) begin_line(indent);
      first = false;
      const Json& item = json.at(*key);
      constexpr std::size_t kLongestSimpleKey = 128;
      const bool simple = key->size() <= kLongestSimpleKey && key->find('\n') == std::string::npos;
      if (!simple) out_ += "? ";
      scalar(Json(*key), indent + 2, simple);
      if (!simple) begin_line(indent);
      out_ += ':';
      if (item.is_structured() && !item.empty()) {
        const std::size_t inner = item.is_object() ? indent + 2 : indent;
        begin_line(inner);
        value(item, inner);
      } else {
        out_ += ' ';
        value(item, indent + 2);
      }
    }
  }

  void sequence(const Json& json, std::size_t indent) {
    bool first = true;
    for (const Json& item : json) {
      if (!first) begin_line(indent);
      first = false;
      out_ += "- ";
      value(item, indent + 2);
    }
  }

  void scalar(const Json& json, std::size_t indent, bool key) {
    if (json.is_string()) {
      text(json.get_ref<const std::string&>(), indent, key);
    } else if (json.is_number_float()) {
      out_ += go_general_number(json.get<double>());
    } else if (json.is_structured()) {
      out_ += json.is_object() ? "{}" : "[]";
    } else {
      out_ += json.dump();
    }
  }

  // goyaml.v2 encode.go: stringv; emitterc.go: yaml_emitter_select_scalar_style
  void text(const std::string& whole, std::size_t indent, bool key) {
    const std::vector<std::string_view> letters = characters(whole);
    const Analysis analysis = analyze(letters, whole);
    Style style = Style::Double;
    if (whole.find('\n') != std::string::npos) {
      style = Style::Literal;
    } else if (reads_as_itself(whole)) {
      style = Style::Plain;
    }
    if (key && analysis.multiline) style = Style::Double;
    // A break of another kind would be read back as a line end.
    if (analysis.odd_break) style = Style::Double;
    if (style == Style::Plain && (!analysis.plain || (whole.empty() && key))) {
      style = Style::Single;
    }
    if (style == Style::Single && !analysis.single) style = Style::Double;
    if (style == Style::Literal && (!analysis.block || key)) style = Style::Double;
    switch (style) {
      case Style::Plain:
        flow(letters, indent, !key, "");
        break;
      case Style::Single:
        out_ += '\'';
        flow(letters, indent, !key, "'");
        out_ += '\'';
        break;
      case Style::Double:
        quoted(letters, indent, !key);
        break;
      case Style::Literal:
        literal(whole, indent);
        break;
    }
  }

  static constexpr std::size_t kWidth = 80;

  /// Plain and single-quoted text: a space beyond the width becomes the end of a line.
  void flow(const std::vector<std::string_view>& letters, std::size_t indent, bool may_break,
            std::string_view quote) {
    bool spaces = false;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const std::string_view c = letters[i];
      if (c == " ") {
        const bool last = i + 1 == letters.size();
        const bool inner = quote.empty() || (i > 0 && !last);
        const bool single = last || letters[i + 1] != " ";
        if (may_break && !spaces && inner && single && column() > kWidth) {
          begin_line(indent);
        } else {
          out_ += ' ';
        }
        spaces = true;
        continue;
      }
      out_ += c;
      if (!quote.empty() && c == quote) out_ += c;
      spaces = false;
    }
  }

  void quoted(const std::vector<std::string_view>& letters, std::size_t indent, bool may_break) {
    out_ += '"';
    bool spaces = false;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const std::string_view c = letters[i];
      if (!is_printable(c) || is_break(c) || c == "\"" || c == "\\") {
        escape(c);
        spaces = false;
      } else if (c == " ") {
        if (may_break && !spaces && column() > kWidth && i > 0 && i + 1 < letters.size()) {
          begin_line(indent);
          if (letters[i + 1] == " ") out_ += '\\';
        } else {
          out_ += ' ';
        }
        spaces = true;
      } else {
        out_ += c;
        spaces = false;
      }
    }
    out_ += '"';
  }

  void escape(std::string_view c) {
    static constexpr std::pair<std::string_view, std::string_view> kShort[] = {
        {std::string_view("\0", 1), "\\0"},
        {"\a", "\\a"},
        {"\b", "\\b"},
        {"\t", "\\t"},
        {"\n", "\\n"},
        {"\v", "\\v"},
        {"\f", "\\f"},
        {"\r", "\\r"},
        {"\x1b", "\\e"},
        {"\"", "\\\""},
        {"\\", "\\\\"},
        {"\xc2\x85", "\\N"},
        {"\xc2\xa0", "\\_"},
        {"\xe2\x80\xa8", "\\L"},
        {"\xe2\x80\xa9", "\\P"}};
    for (const auto& [from, to] : kShort) {
      if (c == from) {
        out_ += to;
        return;
      }
    }
    std::uint32_t point = static_cast<unsigned char>(c[0]);
    if (c.size() > 1) {
      point &= 0xffu >> (c.size() + 1);
      for (std::size_t i = 1; i < c.size(); ++i) {
        point = point << 6 | (static_cast<unsigned char>(c[i]) & 0x3fu);
      }
    }
    out_ += point <= 0xff     ? fmt::format("\\x{:02X}", point)
            : point <= 0xffff ? fmt::format("\\u{:04X}", point)
                              : fmt::format("\\U{:08X}", point);
  }

  void literal(std::string_view whole, std::size_t indent) {
    out_ += '|';
    if (whole.front() == ' ' || whole.front() == '\n') out_ += '2';
    if (whole.back() != '\n') {
      out_ += '-';
    } else if (whole.size() == 1 || whole[whole.size() - 2] == '\n') {
      out_ += '+';
    }
    out_ += '\n';
    // Whoever asked for the scalar ends its last line.
    std::string_view body = whole;
    if (body.back() == '\n') body.remove_suffix(1);
    for (std::size_t at = 0;;) {
      const std::size_t end = std::min(body.find('\n', at), body.size());
      if (end > at) {
        out_.append(indent, ' ');
        out_ += body.substr(at, end - at);
      }
      if (end == body.size()) break;
      out_ += '\n';
      at = end + 1;
    }
  }

  std::string out_;
};

}  // namespace

std::string to_json_text(const Json& json) {
  std::string text;
  write_json(text, json, 0);
  return text;
}

std::string go_json(const Json& json) {
  std::string text;
  write_compact(text, json);
  return text;
}

std::string to_yaml(const Json& json) {
  YamlWriter writer;
  writer.value(json, 0);
  return writer.take();
}

}  // namespace sim
