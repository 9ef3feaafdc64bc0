#include "sim/model/json_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/model/go_number.h"

namespace sim::json {

std::string_view word_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "object";
    case Json::value_t::array:
      return "array";
    case Json::value_t::string:
      return "string";
    case Json::value_t::boolean:
      return "bool";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return "number";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "value";
}

/// A number as it stands in JSON text that Go has written.
std::string number_text(const Json& json) {
  return json.is_number_float() ? go_json_number(json.get<double>()) : json.dump();
}

/// The whole number of a JSON number, when Go would read it as one: 3.0 is written as "3" on its
/// way to the server.
std::optional<std::int64_t> integer(const Json& json) {
  if (json.is_number_unsigned()) {
    const std::uint64_t value = json.get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return std::nullopt;
    }
    return static_cast<std::int64_t>(value);
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  const double value = json.get<double>();
  if (std::floor(value) != value || std::fabs(value) >= 9e18) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

/// Where Go's time.Parse stops in a text that is no RFC 3339 time, in its words.
std::string time_error(std::string_view text) {
  constexpr std::string_view kLayout = "2006-01-02T15:04:05Z07:00";
  struct Element {
    std::string_view name;
    std::size_t digits;  // 0: a literal, or the zone
    int high;
  };
  constexpr Element kElements[] = {{"2006", 4, 9999}, {"-", 0, 0}, {"01", 2, 12}, {"-", 0, 0},
                                   {"02", 2, 31},     {"T", 0, 0}, {"15", 2, 23}, {":", 0, 0},
                                   {"04", 2, 59},     {":", 0, 0}, {"05", 2, 59}, {"Z07:00", 0, 0}};
  constexpr std::string_view kRanges[] = {"year", "month", "day", "hour", "minute", "second"};
  const auto cannot = [&](std::string_view rest, std::string_view element) {
    return fmt::format("parsing time \"{}\" as \"{}\": cannot parse \"{}\" as \"{}\"", text,
                       kLayout, rest, element);
  };
  std::string_view rest = text;
  int number = 0;
  for (const Element& element : kElements) {
    if (element.digits != 0) {
      const bool ok =
          rest.size() >= element.digits && std::all_of(rest.begin(), rest.begin() + element.digits,
                                                       [](char c) { return c >= '0' && c <= '9'; });
      if (!ok) return cannot(rest, element.name);
      int value = 0;
      for (const char c : rest.substr(0, element.digits)) value = value * 10 + (c - '0');
      if (value > element.high || (value == 0 && (number == 1 || number == 2))) {
        return fmt::format("parsing time \"{}\": {} out of range", text, kRanges[number]);
      }
      rest.remove_prefix(element.digits);
      ++number;
      if (element.name == "05" && rest.size() > 1 && (rest[0] == '.' || rest[0] == ',')) {
        std::size_t end = 1;
        while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
        if (end > 1) rest.remove_prefix(end);
      }
    } else if (element.name.size() == 1) {
      if (rest.empty() || rest[0] != element.name[0]) return cannot(rest, element.name);
      rest.remove_prefix(1);
    } else {
      if (!rest.empty() && rest[0] == 'Z') {
        rest.remove_prefix(1);
        if (!rest.empty()) {
          return fmt::format("parsing time \"{}\": extra text: \"{}\"", text, rest);
        }
      } else {
        return cannot(rest, element.name);
      }
    }
  }
  return fmt::format("parsing time \"{}\": day out of range", text);
}

/// The first byte at which a text stops being base64, or npos.
std::size_t base64_fault(std::string_view text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') continue;
    const bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '+' || c == '/';
    if (digit) {
      ++digits;
      continue;
    }
    if (c != '=' || digits % 4 < 2) return i;
    const std::string_view padding = text.substr(i);
    const std::string_view wanted = digits % 4 == 2 ? "==" : "=";
    return padding == wanted ? std::string_view::npos : i;
  }
  return digits % 4 == 0 ? std::string_view::npos : text.size();
}

}  // namespace sim::json
