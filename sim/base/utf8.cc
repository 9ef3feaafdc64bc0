#include "sim/base/utf8.h"

#include <algorithm>

namespace sim {

std::size_t decode_utf8(std::string_view text, char32_t* rune) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if ((size > 1 && (first < 0xc2 || first > 0xf4)) || text.size() < size) return 0;
  char32_t value = size == 1 ? first : first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[size] || value > 0x10ffff || surrogate) return 0;
  if (rune) *rune = value;
  return size;
}

std::size_t find_bad_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = decode_utf8(text.substr(at), nullptr);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::string replace_bad_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (;;) {
    const std::size_t bad = find_bad_utf8(text);
    clean.append(text.substr(0, bad));
    if (bad == std::string_view::npos) return clean;
    append_utf8(clean, kReplacementRune);
    text.remove_prefix(bad + 1);
  }
}

std::size_t terminal_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    char32_t rune = kReplacementRune;
    const std::size_t length = std::max<std::size_t>(decode_utf8(text, &rune), 1);
    const bool wide = (rune >= 0x1100 && rune <= 0x115f) || (rune >= 0x2e80 && rune <= 0xa4cf) ||
                      (rune >= 0xac00 && rune <= 0xd7a3) || (rune >= 0xf900 && rune <= 0xfaff) ||
                      (rune >= 0xfe30 && rune <= 0xfe6f) || (rune >= 0xff00 && rune <= 0xff60);
    columns += wide ? 2 : 1;
    text.remove_prefix(length);
  }
  return columns;
}

void append_utf8(std::string& text, char32_t rune) {
  if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) rune = kReplacementRune;
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xc0 | (rune >> 6));
    put(0x80 | (rune & 0x3f));
  } else if (rune < 0x10000) {
    put(0xe0 | (rune >> 12));
    put(0x80 | ((rune >> 6) & 0x3f));
    put(0x80 | (rune & 0x3f));
  } else {
    put(0xf0 | (rune >> 18));
    put(0x80 | ((rune >> 12) & 0x3f));
    put(0x80 | ((rune >> 6) & 0x3f));
    put(0x80 | (rune & 0x3f));
  }
}

}  // namespace sim
