// The command `podsight survive`: from what a person hands over to the text that is printed and the
// rules that were broken.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/survive/survival.h"

namespace sim {

struct SurviveRequest {
  std::vector<std::string> paths;  // manifests, folders, "-", or one scenario
  bool recursive = false;
  std::string cluster;              // a cluster file; empty: a cluster is made up
  std::vector<std::string> events;  // names of trials; empty: all
  std::vector<std::string> fail_on;
  std::string at;  // of a scenario, as for world_at()
  std::optional<std::uint64_t> seed;
  std::string format = "table";  // table, json, md, junit
  std::string language = "en";
  bool colour = false;
  bool why = false;
};

struct SurviveAnswer {
  std::string text;
  std::vector<std::string> objections;  // one line for each cell that a rule objects to
};

/// Throws InputError for what is wrong with the request or the manifests.
SurviveAnswer survive(const SurviveRequest& request);

/// The answer as data, without its text.
Survival find_survival(const SurviveRequest& request);

}  // namespace sim
