// Transcripts of a real cluster against our own: what differs between any two runs of a real
// cluster (random suffixes, ages, times, addresses, ids) is taken out of both, and the blocks are
// compared.
#pragma once

#include <string>
#include <vector>

namespace sim::testing {

struct Block {
  std::string command;
  std::string output;
  int exit = 0;
};

/// The blocks of a transcript in JSON, without narration.
std::vector<Block> read_transcript(const std::string& json);
/// Empty when the blocks agree; else the lines that differ.
std::string difference(const Block& real, const Block& ours);

}  // namespace sim::testing
