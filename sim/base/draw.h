// Randomness as a pure function. A draw depends on the seed, on what it is for, on whom it is for
// and on how often that one has drawn, and on nothing else: there is no generator whose state an
// extra draw elsewhere could disturb, so two forks that differ in one pod differ only there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/hash.h"

namespace sim {

/// 64 evenly spread bits.
constexpr std::uint64_t draw(std::uint64_t seed, std::string_view purpose, std::uint64_t whom,
                             std::uint64_t n) {
  return mix(mix(mix(seed ^ fnv1a64(purpose)) ^ whom) ^ n);
}

/// An even draw from 0 … bound - 1; bound > 0.
constexpr std::uint64_t draw_below(std::uint64_t bound, std::uint64_t seed,
                                   std::string_view purpose, std::uint64_t whom, std::uint64_t n) {
  // Rejection keeps it even; the loop ends because each round redraws with other bits.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t bits = draw(seed, purpose, whom, n);
  while (bits >= limit) bits = mix(bits);
  return bits % bound;
}

/// A random suffix in the alphabet of generated names.
/// k8s 1.30 apimachinery/pkg/util/rand: String
std::string draw_suffix(int length, std::uint64_t seed, std::string_view purpose,
                        std::uint64_t whom, std::uint64_t n);

}  // namespace sim
