// Where the sources and the program are, for tests that read or run them.
#pragma once

#include <string>

namespace sim::testing {

inline std::string source_path(const std::string& relative) {
  return std::string(PODSIGHT_SOURCE_DIR) + "/" + relative;
}
inline std::string program_path() { return PODSIGHT_PROGRAM; }

}  // namespace sim::testing
