// Reading and writing whole files, for the edges of the program. A read has a limit, so that no
// file exhausts memory; a write goes to a temporary name beside the target and is renamed, so that
// nothing is ever half written or lost.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sim {

inline constexpr std::size_t kMaxInputBytes = 64u << 20;

/// The file's bytes ("-" is standard input). Throws InputError naming the file and the reason.
std::string read_file(const std::string& path, std::size_t limit = kMaxInputBytes);
/// Throws InputError naming the file and the reason.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace sim
