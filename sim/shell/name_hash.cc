#include "sim/shell/name_hash.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "sim/base/digest.h"
#include "sim/model/go_text.h"

namespace sim {

std::string name_hash(const Json& fields) {
  std::string digits = sha256_hex(go_json(fields)).substr(0, 10);
  for (char& c : digits) {
    constexpr std::string_view kFrom = "013ae";
    constexpr std::string_view kTo = "ghkmt";
    const std::size_t at = kFrom.find(c);
    if (at != std::string_view::npos) c = kTo[at];
  }
  return digits;
}

}  // namespace sim
