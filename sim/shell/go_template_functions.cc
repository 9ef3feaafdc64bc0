#include "sim/shell/go_template_functions.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/go_number.h"
#include "sim/model/go_text.h"
#include "sim/shell/go_print.h"
#include "sim/shell/go_template_tree.h"

namespace sim::kubectl::go_template_tree {
namespace {

constexpr std::size_t kWidest = 10000;  // of a printf field

struct FunctionRow {
  std::string_view name;
  Arity arity;
};
constexpr std::array<FunctionRow, 20> kFunctions = {{
    {"and", {1, -1}},     {"base64decode", {1, 1}}, {"eq", {1, -1}},       {"exists", {1, -1}},
    {"ge", {2, 2}},       {"gt", {2, 2}},           {"html", {0, -1}},     {"index", {1, -1}},
    {"le", {2, 2}},       {"len", {1, 1}},          {"lt", {2, 2}},        {"ne", {2, 2}},
    {"not", {1, 1}},      {"or", {1, -1}},          {"print", {0, -1}},    {"printf", {1, -1}},
    {"println", {0, -1}}, {"slice", {1, 4}},        {"urlquery", {0, -1}}, {"js", {0, -1}},
}};

using Arguments = std::vector<Argument>;

// Null inside a container and no value at all are both nil to Go's functions.
bool is_nil(Argument value) { return !value || value->is_null(); }

// ---- fmt ----

struct Verb {
  char letter = 'v';
  bool minus = false, plus = false, sharp = false, zero = false, space = false;
  std::optional<std::size_t> width, precision;
};

std::size_t runes(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

std::string pad(std::string text, const Verb& verb, bool number = false) {
  const std::size_t width = verb.width.value_or(0);
  const std::size_t have = runes(text);
  if (have >= width) return text;
  if (verb.minus) return text + std::string(width - have, ' ');
  if (verb.zero && number) {
    const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    return text.insert(sign, width - have, '0');
  }
  return text.insert(0, width - have, ' ');
}

std::string wrong_verb(const Verb& verb, Argument value) {
  if (is_nil(value)) return fmt::format("%!{}(<nil>)", verb.letter);
  return fmt::format("%!{}({}={})", verb.letter, go_type_name(*value), go_print(*value));
}

std::string hex_text(std::string_view text, bool upper) {
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    made += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  return made;
}

std::string format_string(const Json& value, const Verb& verb) {
  std::string text = value.get<std::string>();
  if (verb.precision && (verb.letter == 's' || verb.letter == 'v' || verb.letter == 'q')) {
    std::size_t left = *verb.precision;
    std::size_t end = 0;
    while (end < text.size() && left > 0) {
      char32_t rune = 0;
      end += next_rune(std::string_view(text).substr(end), &rune);
      --left;
    }
    text.resize(end);
  }
  switch (verb.letter) {
    case 'v':
    case 's':
      return pad(verb.letter == 'v' && verb.sharp ? go_quote(text) : text, verb);
    case 'q':
      return pad(go_quote(text), verb);
    case 'x':
    case 'X':
      return pad(hex_text(text, verb.letter == 'X'), verb);
    default:
      return wrong_verb(verb, &value);
  }
}

std::string signed_text(const Verb& verb, bool negative, std::string digits) {
  const char* sign = negative ? "-" : verb.plus ? "+" : verb.space ? " " : "";
  return sign + std::move(digits);
}

std::string format_integer(const Json& value, const Verb& verb) {
  const auto number = value.get<std::int64_t>();
  const bool negative = number < 0;
  const std::uint64_t size =
      negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  switch (verb.letter) {
    case 'v':
    case 'd':
      return pad(signed_text(verb, negative, std::to_string(size)), verb, true);
    case 'x':
      return pad(signed_text(verb, negative, fmt::format("{}{:x}", verb.sharp ? "0x" : "", size)),
                 verb, true);
    case 'X':
      return pad(signed_text(verb, negative, fmt::format("{}{:X}", verb.sharp ? "0X" : "", size)),
                 verb, true);
    case 'o':
      return pad(signed_text(verb, negative, fmt::format("{:o}", size)), verb, true);
    case 'b':
      return pad(signed_text(verb, negative, fmt::format("{:b}", size)), verb, true);
    case 'c':
      return pad(utf8(size > 0x10FFFF || negative ? 0xFFFD : static_cast<char32_t>(size)), verb);
    case 'q':
      return pad(
          fmt::format("'{}'",
                      utf8(size > 0x10FFFF || negative ? 0xFFFD : static_cast<char32_t>(size))),
          verb);
    case 'U':
      return pad(fmt::format("U+{:04X}", size), verb);
    default:
      return wrong_verb(verb, &value);
  }
}

std::string format_float(const Json& value, const Verb& verb) {
  const double number = value.get<double>();
  std::string text;
  switch (verb.letter) {
    case 'v':
    case 'g':
    case 'G':
      text = verb.precision ? fmt::format("{:.{}g}", number, *verb.precision)
                            : go_general_number(number);
      break;
    case 'f':
    case 'F':
      text = fmt::format("{:.{}f}", number, verb.precision.value_or(6));
      break;
    case 'e':
    case 'E':
      text = fmt::format("{:.{}e}", number, verb.precision.value_or(6));
      break;
    default:
      return wrong_verb(verb, &value);
  }
  const bool negative = !text.empty() && text[0] == '-';
  return pad(negative ? text : signed_text(verb, false, text), verb, true);
}

std::string format_value(Argument value, const Verb& verb, int depth);

/// Lists and maps: each part by the verb.
std::string format_parts(const Json& value, const Verb& verb, int depth) {
  const bool map = value.is_object();
  std::string text = map ? "map[" : "[";
  bool first = true;
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (!first) text += ' ';
    first = false;
    if (map) {
      const Json key = item.key();
      text += format_value(&key, verb, depth) + ":";
    }
    text += format_value(&*item, verb, depth);
  }
  return text + "]";
}

std::string format_value(Argument value, const Verb& verb, int depth) {
  if (verb.letter == 'T')
    return pad(is_nil(value) ? "<nil>" : std::string(go_type_name(*value)), verb);
  if (is_nil(value)) return verb.letter == 'v' ? pad("<nil>", verb) : wrong_verb(verb, value);
  if (verb.letter == 'v' && verb.sharp) return pad(go_syntax(*value), verb);
  if (value->is_structured()) {
    return depth > 100 ? "..." : format_parts(*value, verb, depth + 1);
  }
  if (value->is_string()) return format_string(*value, verb);
  if (value->is_boolean()) {
    if (verb.letter != 'v' && verb.letter != 't') return wrong_verb(verb, value);
    return pad(value->get<bool>() ? "true" : "false", verb);
  }
  return value->is_number_float() ? format_float(*value, verb) : format_integer(*value, verb);
}

/// Reads digits, or `*` for the next argument.
std::optional<std::size_t> read_size(std::string_view* format, const Arguments& arguments,
                                     std::size_t* next) {
  if (!format->empty() && format->front() == '*') {
    format->remove_prefix(1);
    const Argument value = *next < arguments.size() ? arguments[(*next)++] : nullptr;
    if (!value || !value->is_number_integer()) return std::nullopt;
    const auto size = value->get<std::int64_t>();
    return size < 0 ? 0 : std::min(static_cast<std::size_t>(size), kWidest);
  }
  std::optional<std::size_t> size;
  while (!format->empty() && format->front() >= '0' && format->front() <= '9') {
    size =
        std::min(size.value_or(0) * 10 + static_cast<std::size_t>(format->front() - '0'), kWidest);
    format->remove_prefix(1);
  }
  return size;
}

std::string sprintf_go(std::string_view format, const Arguments& arguments) {
  std::string text;
  std::size_t next = 1;  // the format itself is the first
  while (!format.empty()) {
    const std::size_t percent = std::min(format.find('%'), format.size());
    text += format.substr(0, percent);
    format.remove_prefix(percent);
    if (format.empty()) break;
    format.remove_prefix(1);
    Verb verb;
    for (; !format.empty(); format.remove_prefix(1)) {
      const char c = format.front();
      if (c == '-') {
        verb.minus = true;
      } else if (c == '+') {
        verb.plus = true;
      } else if (c == '#') {
        verb.sharp = true;
      } else if (c == '0') {
        verb.zero = true;
      } else if (c == ' ') {
        verb.space = true;
      } else {
        break;
      }
    }
    verb.width = read_size(&format, arguments, &next);
    if (!format.empty() && format.front() == '.') {
      format.remove_prefix(1);
      verb.precision = read_size(&format, arguments, &next).value_or(0);
    }
    if (format.empty()) {
      text += "%!(NOVERB)";
      break;
    }
    verb.letter = format.front();
    char32_t rune = 0;
    const std::size_t length = next_rune(format, &rune);
    const std::string_view letter = format.substr(0, length);
    format.remove_prefix(length);
    if (verb.letter == '%') {
      text += '%';
    } else if (next >= arguments.size()) {
      text += fmt::format("%!{}(MISSING)", letter);
    } else {
      text += format_value(arguments[next++], verb, 0);
    }
  }
  if (next < arguments.size()) {
    text += "%!(EXTRA ";
    for (std::size_t i = next; i < arguments.size(); ++i) {
      if (i > next) text += ", ";
      text += is_nil(arguments[i])
                  ? "<nil>"
                  : fmt::format("{}={}", go_type_name(*arguments[i]), go_print(*arguments[i]));
    }
    text += ")";
  }
  return text;
}

/// fmt.Sprint: spaces only between two that are no strings.
std::string sprint(const Arguments& arguments, bool line) {
  std::string text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto is_string = [&](std::size_t at) {
      return !is_nil(arguments[at]) && arguments[at]->is_string();
    };
    if (i > 0 && (line || (!is_string(i) && !is_string(i - 1)))) text += ' ';
    text += arguments[i] ? go_print(*arguments[i]) : "<nil>";
  }
  return line ? text + "\n" : text;
}

// ---- comparing ----

enum class Basic { None, Bool, Int, Float, String };

Basic basic(Argument value) {
  if (is_nil(value)) return Basic::None;
  if (value->is_boolean()) return Basic::Bool;
  if (value->is_number_float()) return Basic::Float;
  if (value->is_number()) return Basic::Int;
  return value->is_string() ? Basic::String : Basic::None;
}

constexpr std::string_view kBadType = "invalid type for comparison";
constexpr std::string_view kBadPair = "incompatible types for comparison";

std::optional<bool> equal(Argument first, Argument other, std::string* error) {
  if (basic(first) != basic(other)) {
    if (is_nil(first) || is_nil(other)) return false;
    *error = kBadPair;
    return std::nullopt;
  }
  if (is_nil(first) || is_nil(other)) return is_nil(first) && is_nil(other);
  if (basic(first) != Basic::None) return *first == *other;
  *error = fmt::format("non-comparable type {}: {}", go_print(*first), go_type_name(*first));
  return std::nullopt;
}

std::optional<bool> less(Argument left, Argument right, std::string* error) {
  const Basic kind = basic(left);
  if (kind == Basic::None || basic(right) == Basic::None) {
    *error = kBadType;
    return std::nullopt;
  }
  if (kind != basic(right)) {
    *error = kBadPair;
    return std::nullopt;
  }
  if (kind == Basic::Bool) {
    *error = kBadType;
    return std::nullopt;
  }
  return *left < *right;
}

std::optional<Json> compare(std::string_view name, const Arguments& arguments, std::string* error) {
  if (name == "eq") {
    if (arguments.size() < 2) {
      *error = "missing argument for comparison";
      return std::nullopt;
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      const std::optional<bool> same = equal(arguments[0], arguments[i], error);
      if (!same) return std::nullopt;
      if (*same) return true;
    }
    return false;
  }
  if (name == "ne") {
    const std::optional<bool> same = equal(arguments[0], arguments[1], error);
    if (!same) return std::nullopt;
    return !*same;
  }
  const std::optional<bool> under = less(arguments[0], arguments[1], error);
  if (!under) return std::nullopt;
  if (name == "lt") return *under;
  if (name == "ge") return !*under;
  const std::optional<bool> same = equal(arguments[0], arguments[1], error);
  if (!same) return std::nullopt;
  return name == "le" ? *under || *same : !*under && !*same;
}

// ---- containers ----

std::size_t length_in(const Json& item) {
  return item.is_string() ? item.get_ref<const std::string&>().size() : item.size();
}

/// The part of a container that an index names; null when a map has no such key.
std::optional<Argument> part(const Json& item, Argument index, Json* made, std::string* error) {
  static const Json none;
  if (item.is_object()) {
    if (!is_nil(index) && index->is_string()) {
      const auto at = item.find(index->get_ref<const std::string&>());
      return at == item.end() ? &none : &*at;
    }
    *error = is_nil(index)
                 ? "value is nil; should be of type string"
                 : fmt::format("value has type {}; should be string", go_type_name(*index));
    return std::nullopt;
  }
  if (!item.is_array() && !item.is_string()) {
    *error = fmt::format("can't index item of type {}", go_type_name(item));
    return std::nullopt;
  }
  if (is_nil(index) || !index->is_number_integer()) {
    *error = is_nil(index)
                 ? "cannot index slice/array with nil"
                 : fmt::format("cannot index slice/array with type {}", go_type_name(*index));
    return std::nullopt;
  }
  const std::size_t length = length_in(item);
  const auto at = index->get<std::int64_t>();
  if (at < 0 || static_cast<std::uint64_t>(at) > length) {
    *error = fmt::format("index out of range: {}", at);
    return std::nullopt;
  }
  const auto place = static_cast<std::size_t>(at);
  if (place == length) {
    *error = fmt::format("reflect: {} index out of range", item.is_array() ? "slice" : "string");
    return std::nullopt;
  }
  if (item.is_array()) return &item[place];
  *made = static_cast<unsigned char>(item.get_ref<const std::string&>()[place]);
  return made;
}

/// k8s 1.30 cli-runtime/pkg/printers: exists
Json exists(const Arguments& arguments) {
  std::string error;
  Json made;
  const std::optional<Argument> found = index_of(arguments, &made, &error);
  return found && !is_nil(*found);
}

std::optional<Json> slice_of(const Arguments& arguments, std::string* error) {
  if (is_nil(arguments[0]) || (!arguments[0]->is_array() && !arguments[0]->is_string())) {
    *error = is_nil(arguments[0])
                 ? "slice of untyped nil"
                 : fmt::format("can't slice item of type {}", go_type_name(*arguments[0]));
    return std::nullopt;
  }
  const Json& item = *arguments[0];
  const std::size_t length = length_in(item);
  std::array<std::size_t, 3> bounds = {0, length, length};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (is_nil(arguments[i]) || !arguments[i]->is_number_integer()) {
      *error = "cannot index slice/array with nil";
      return std::nullopt;
    }
    const auto at = arguments[i]->get<std::int64_t>();
    if (at < 0 || static_cast<std::uint64_t>(at) > length) {
      *error = fmt::format("index out of range: {}", at);
      return std::nullopt;
    }
    bounds[i - 1] = static_cast<std::size_t>(at);
  }
  if (bounds[0] > bounds[1]) {
    *error = fmt::format("invalid slice index: {} > {}", bounds[0], bounds[1]);
    return std::nullopt;
  }
  if (item.is_string()) {
    return item.get_ref<const std::string&>().substr(bounds[0], bounds[1] - bounds[0]);
  }
  return Json(std::vector<Json>(item.begin() + static_cast<std::ptrdiff_t>(bounds[0]),
                                item.begin() + static_cast<std::ptrdiff_t>(bounds[1])));
}

std::optional<Json> length_of(Argument value, std::string* error) {
  if (is_nil(value)) {
    *error = "reflect: call of reflect.Value.Type on zero Value";
    return std::nullopt;
  }
  if (value->is_string() || value->is_structured()) return length_in(*value);
  *error = fmt::format("len of type {}", go_type_name(*value));
  return std::nullopt;
}

// ---- texts ----

std::optional<Json> decode_base64(std::string_view text, std::string* error) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  const auto wrong = [&](std::size_t at) {
    *error = fmt::format("base64 decode failed: illegal base64 data at input byte {}", at);
    return std::nullopt;
  };
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || text[i] == '\r') continue;
    if (text[i] == '=') {
      if (digits % 4 < 2 || digits % 4 + ++padding > 4) return wrong(i);
      continue;
    }
    const std::size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos || padding > 0) return wrong(i);
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    if (++digits % 4 == 0) {
      made += static_cast<char>(bits >> 16 & 0xFF);
      made += static_cast<char>(bits >> 8 & 0xFF);
      made += static_cast<char>(bits & 0xFF);
      bits = 0;
    }
  }
  const std::size_t left = digits % 4;
  if (left != 0 && left + padding != 4) return wrong(text.size() - left - padding);
  if (left >= 2) made += static_cast<char>((left == 2 ? bits >> 4 : bits >> 10) & 0xFF);
  if (left == 3) made += static_cast<char>(bits >> 2 & 0xFF);
  return made;
}

std::string escape_html(std::string_view text) {
  std::string made;
  for (const char c : text) {
    switch (c) {
      case '\0':
        made += "\xEF\xBF\xBD";
        break;
      case '"':
        made += "&#34;";
        break;
      case '\'':
        made += "&#39;";
        break;
      case '&':
        made += "&amp;";
        break;
      case '<':
        made += "&lt;";
        break;
      case '>':
        made += "&gt;";
        break;
      default:
        made += c;
    }
  }
  return made;
}

std::string escape_query(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    made += plain      ? std::string(1, c)
            : c == ' ' ? "+"
                       : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return made;
}

std::string escape_js(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '\\' || c == '\'' || c == '"') {
      made += '\\';
      made += c;
    } else if (c == '<' || c == '>' || c == '&' || c == '=' || (c >= 0 && c < ' ')) {
      made += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      made += c;
    }
  }
  return made;
}

}  // namespace

bool is_function(std::string_view name) { return arity_of(name).has_value(); }

std::optional<Arity> arity_of(std::string_view function) {
  for (const FunctionRow& row : kFunctions) {
    if (row.name == function) return row.arity;
  }
  return std::nullopt;
}

bool is_true(Argument value) {
  if (is_nil(value)) return false;
  if (value->is_boolean()) return value->get<bool>();
  if (value->is_string()) return !value->get_ref<const std::string&>().empty();
  if (value->is_structured()) return !value->empty();
  return value->is_number_float() ? value->get<double>() != 0 : *value != 0;
}

std::optional<Argument> index_of(const Arguments& arguments, Json* made, std::string* error) {
  if (is_nil(arguments[0])) {
    *error = "index of untyped nil";
    return std::nullopt;
  }
  Argument item = arguments[0];
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (item->is_null()) {
      *error = "index of nil pointer";
      return std::nullopt;
    }
    const std::optional<Argument> found = part(*item, arguments[i], made, error);
    if (!found) return std::nullopt;
    item = *found;
  }
  return item;
}

std::optional<Json> call_function(std::string_view name, const Arguments& arguments,
                                  std::string* error) {
  if (name == "not") return !is_true(arguments[0]);
  if (name == "len") return length_of(arguments[0], error);
  if (name == "slice") return slice_of(arguments, error);
  if (name == "exists") return exists(arguments);
  if (name == "print") return sprint(arguments, false);
  if (name == "println") return sprint(arguments, true);
  if (name == "printf") return sprintf_go(arguments[0]->get<std::string>(), arguments);
  if (name == "base64decode") {
    return decode_base64(arguments[0]->get_ref<const std::string&>(), error);
  }
  if (name == "html") return escape_html(sprint(arguments, false));
  if (name == "urlquery") return escape_query(sprint(arguments, false));
  if (name == "js") return escape_js(sprint(arguments, false));
  return compare(name, arguments, error);
}

}  // namespace sim::kubectl::go_template_tree
