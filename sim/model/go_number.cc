#include "sim/model/go_number.h"

#include <array>
#include <charconv>
#include <cmath>

namespace sim {
namespace {

std::string shortest(double value, std::chars_format format) {
  std::array<char, 400> buffer;  // 1e308 in plain digits fits
  const std::to_chars_result result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return std::string(buffer.data(), result.ptr);
}

}  // namespace

std::string go_json_number(double value) {
  const double size = std::fabs(value);
  if (size == 0 || (size >= 1e-6 && size < 1e21)) {
    return shortest(value, std::chars_format::fixed);
  }
  std::string text = shortest(value, std::chars_format::scientific);
  // Go leaves the zero out of a negative exponent of one digit alone: "1e-7", but "1e+21".
  const std::size_t at = text.find("e-0");
  if (at != std::string::npos) text.erase(at + 2, 1);
  return text;
}

std::string go_general_number(double value) {
  const std::string text = shortest(value, std::chars_format::scientific);
  const std::size_t at = text.find('e');
  int exponent = 0;
  const char* from = text.data() + at + 1;
  if (*from == '+') ++from;
  std::from_chars(from, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 21) return text;
  return shortest(value, std::chars_format::fixed);
}

}  // namespace sim
