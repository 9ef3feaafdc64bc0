#include "sim/model/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/go_number.h"

namespace sim {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Go: strconv.ParseInt and ParseUint with base 0, of text without underscores
std::optional<Json> parse_integer(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  int base = 10;
  if (text[0] == '0' && text.size() > 1) {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!negative) {
    return value <= kMost ? Json(static_cast<std::int64_t>(value)) : Json(value);
  }
  if (value > kMost + 1) return std::nullopt;
  return Json(static_cast<std::int64_t>(~value + 1));
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool looks_like_float(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > from;
  };
  const auto sign = [&] {
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  };
  sign();
  const bool whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits() && !whole) return false;
  } else if (!whole) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    sign();
    if (!digits()) return false;
  }
  return at == text.size();
}

/// Go: strconv.ParseFloat; what is out of range is none.
std::optional<double> parse_float(std::string_view text) {
  if (!looks_like_float(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  if (error != std::errc::result_out_of_range) return std::nullopt;
  // Too small to tell from zero is zero in Go, too large is an error.
  const std::size_t exponent = text.find_first_of("eE");
  const bool small = exponent != std::string_view::npos && text[exponent + 1] == '-';
  return small ? std::optional<double>(0.0) : std::nullopt;
}

std::string_view short_tag(std::string_view tag) {
  constexpr std::string_view kLong = "tag:yaml.org,2002:";
  return tag.substr(0, kLong.size()) == kLong ? tag.substr(kLong.size()) : std::string_view();
}

std::string_view tag_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "bool";
  if (value.is_number_float()) return "float";
  return value.is_number() ? "int" : "str";
}

/// vendor/sigs.k8s.io/yaml/goyaml.v2: resolve
Json resolve(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text.empty()) return Json();
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
    case '~':
      if (is_one_of(text, {"~", "null", "Null", "NULL"})) return Json();
      if (is_one_of(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On",  //
                           "ON"})) {
        return Json(true);
      }
      if (is_one_of(text,
                    {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
        return Json(false);
      }
      return Json(text);
    case '.':
    case '+':
    case '-':
      if (is_one_of(text, {".nan", ".NaN", ".NAN"})) {
        return Json(std::numeric_limits<double>::quiet_NaN());
      }
      if (is_one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) {
        return Json(kInfinity);
      }
      if (is_one_of(text, {"-.inf", "-.Inf", "-.INF"})) return Json(-kInfinity);
      break;
    default:
      if (!is_digit(text[0])) return Json(text);
  }
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  if (const std::optional<Json> value = parse_integer(plain)) return *value;
  if (const std::optional<double> value = parse_float(plain)) return Json(*value);
  return Json(text);
}

}  // namespace

Json whole_number(double value) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (std::floor(value) != value || value < -kEnd || value >= 2 * kEnd) return Json(value);
  if (value < kEnd) return Json(static_cast<std::int64_t>(value));
  return Json(static_cast<std::uint64_t>(value));
}

Json yaml_plain(std::string_view text) {
  Json value = resolve(text);
  return value.is_number_float() ? whole_number(value.get<double>()) : value;
}

std::optional<Json> yaml_tagged(std::string_view tag, std::string_view text, std::string* error) {
  const std::string_view name = short_tag(tag);
  if (name == "binary") {
    const std::optional<std::string> bytes = decode_base64(text);
    if (!bytes) {
      *error = "!!binary value contains invalid base64 data";
      return std::nullopt;
    }
    return Json(replace_bad_utf8(*bytes));
  }
  const bool resolved = is_one_of(name, {"bool", "int", "float", "null"});
  if (!resolved) return Json(text);
  const Json value = resolve(text);
  const std::string_view found = tag_of(value);
  if (found == name || (found == "int" && name == "float")) return yaml_plain(text);
  *error = fmt::format("cannot decode !!{} `{}` as a !!{}", found, text, name);
  return std::nullopt;
}

std::optional<std::string> yaml_key(const Json& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (!value.is_number_float()) return value.dump();
  const double number = value.get<double>();
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  // vendor/sigs.k8s.io/yaml: convertToJSONableObject formats keys as float32.
  std::array<char, 64> buffer;
  const std::to_chars_result shortest =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<float>(number));
  double rounded = number;
  std::from_chars(buffer.data(), shortest.ptr, rounded);
  return go_general_number(rounded);
}

}  // namespace sim
