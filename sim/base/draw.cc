#include "sim/base/draw.h"

namespace sim {

std::string draw_suffix(int length, std::uint64_t seed, std::string_view purpose,
                        std::uint64_t whom, std::uint64_t n) {
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix;
  const std::uint64_t place = draw(seed, purpose, whom, n);
  for (int i = 0; i < length; ++i) {
    suffix +=
        kAlphabet[draw_below(kAlphabet.size(), place, "letter", 0, static_cast<std::uint64_t>(i))];
  }
  return suffix;
}

}  // namespace sim
