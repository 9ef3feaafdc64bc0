// UTF-8: characters of a text and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sim {

inline constexpr char32_t kReplacementRune = 0xfffd;

/// The length in bytes of the character that a text begins with, and its code point; 0 when the
/// text is empty or begins with bytes that are no character. `rune` may be null.
std::size_t decode_utf8(std::string_view text, char32_t* rune);
/// The offset of the first byte that is no part of a character, or npos.
std::size_t find_bad_utf8(std::string_view text);
/// With the replacement character for every byte that is no part of a character.
std::string replace_bad_utf8(std::string_view text);
/// The columns of a terminal that a text takes: letters of East Asia take two.
std::size_t terminal_width(std::string_view text);
/// What is no code point is appended as the replacement character.
void append_utf8(std::string& text, char32_t rune);

}  // namespace sim
