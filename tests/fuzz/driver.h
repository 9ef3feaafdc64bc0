// What a fuzz target is: seeds to begin with, words that its language knows, and one function that
// must come back from any bytes. The driver mutates for a bounded time and is deterministic for a
// seed, so that a finding can be made again: it prints the input before it dies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim::fuzz {

struct Target {
  std::vector<std::string> seeds;
  std::vector<std::string> words;
  /// Must return for any input; InputError is an answer, anything else thrown is a finding.
  void (*one)(const std::string& input) = nullptr;
};

/// Defined by each target.
Target target();

}  // namespace sim::fuzz
