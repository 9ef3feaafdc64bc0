// Base64 as RFC 4648 has it, with padding: what JSON holds of bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sim {

std::string encode_base64(std::string_view bytes);
/// Line breaks in the text are skipped, as Go's decoder does; empty when it is no base64.
std::optional<std::string> decode_base64(std::string_view text);
/// How many bytes such a text stands for.
std::size_t base64_size(std::string_view text);

}  // namespace sim
