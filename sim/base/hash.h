// Stable hashing: the same bytes give the same number on every compiler and machine. The
// fingerprint of a run, uids, random draws and the pod-template-hash build on these.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sim {

/// Mixes 64 bits so that each input bit moves each output bit (the finaliser of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

constexpr std::uint64_t fnv1a64(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

constexpr std::uint32_t fnv1a32(std::string_view text, std::uint32_t hash = 0x811c9dc5U) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return hash;
}

/// FNV-1, which multiplies first.
constexpr std::uint32_t fnv132(std::string_view text, std::uint32_t hash = 0x811c9dc5U) {
  for (const char c : text) hash = (hash * 0x01000193U) ^ static_cast<unsigned char>(c);
  return hash;
}

/// For looking things up: fast, and not the same on every machine. Nothing may show it.
inline std::uint64_t lookup_hash(std::string_view text, std::uint64_t seed = 0) {
  std::uint64_t hash = mix(seed ^ text.size());
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = mix(hash ^ word);
  }
  std::uint64_t rest = 0;
  if (left > 0) std::memcpy(&rest, at, left);
  return mix(hash ^ rest);
}

/// A rolling hash over the events of a run.
struct Fingerprint {
  std::uint64_t value = 0x706f647369676874ULL;

  constexpr void add(std::uint64_t x) { value = mix(value ^ mix(x)); }
  constexpr void add(std::string_view text) { add(fnv1a64(text)); }
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

}  // namespace sim
