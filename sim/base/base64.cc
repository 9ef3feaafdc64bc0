#include "sim/base/base64.h"

#include <cstdint>

namespace sim {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const bool there = i + k <= bytes.size();
      text += there ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  std::size_t count = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const std::size_t digit = kDigits.find(c);
    if (c == '=') {
      ++padding;
    } else if (digit == std::string_view::npos || padding > 0) {
      return std::nullopt;
    } else {
      bits = (bits << 6) | static_cast<std::uint32_t>(digit);
      if (++count % 4 != 1) {
        bytes += static_cast<char>((bits >> (2 * (3 - (count - 1) % 4))) & 0xff);
      }
    }
  }
  if (count % 4 == 1 || (count + padding) % 4 != 0 || padding > 2) return std::nullopt;
  return bytes;
}

std::size_t base64_size(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) digits += c != '=' && c != '\n' && c != '\r' ? 1 : 0;
  return digits * 3 / 4;
}

}  // namespace sim
