// Digests as md5sum, sha256sum and their like print them: lower-case hexadecimal. Also the CRC of
// POSIX cksum and the checksum of BSD sum.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

std::string md5_hex(std::string_view bytes);
std::string sha1_hex(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string sha512_hex(std::string_view bytes);
std::uint32_t posix_crc(std::string_view bytes);
std::uint32_t bsd_sum(std::string_view bytes);

}  // namespace sim
