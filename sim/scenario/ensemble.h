// One scenario with many seeds: independent runs, on as many threads as wanted, and how often each
// expectation held. The result is the same however many threads there were. A shard is the part of
// the seeds that one of several machines takes; merge_reports() joins what they wrote.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/play.h"
#include "sim/scenario/report.h"

namespace sim {

/// "1..1000": both ends belong to it.
struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
std::optional<SeedRange> parse_seeds(std::string_view text);

/// "0/4": the first of four parts. The seeds are dealt out one by one, as test runners do.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
};
std::optional<Shard> parse_shard(std::string_view text);

/// How often an expectation held.
struct Tally {
  std::string step;
  std::string pointer;
  std::string label;  // as in the first run that came to it
  std::uint64_t held = 0;
  std::uint64_t failed = 0;
  std::optional<std::uint64_t> first_failing;  // the least seed with which it failed …
  std::string detail;                          // … and what was there instead
};

struct Ensemble {
  std::string file;
  std::string id;
  std::string title;
  SeedRange seeds;
  Shard shard;
  std::uint64_t runs = 0;
  std::uint64_t failed_runs = 0;  // in which any expectation failed
  std::optional<std::uint64_t> first_failing;
  std::vector<Tally> tallies;  // in the order of the steps
};

/// A fingerprint that the scenario asserts is that of its own seed, and not asked for here.
Ensemble play_ensemble(const Scenario& scenario, const PlayOptions& options, SeedRange seeds,
                       Shard shard, unsigned jobs);

std::string to_text(const Ensemble& ensemble, const TextStyle& style);
/// One object per scenario; a report file holds an array of them.
std::string to_json(const std::vector<Ensemble>& ensembles);
/// Joins JSON report files: ensembles of one scenario become one, all else stands side by side.
/// Throws InputError when a file is no report.
std::string merge_reports(const std::vector<std::string>& files);

}  // namespace sim
