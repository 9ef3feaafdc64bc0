// The moments of a run: the world at any of them, and all of them as one page to look through.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/graph/page.h"
#include "sim/scenario/play.h"

namespace sim {

/// The world of a run at one moment, and whom its references mean then.
struct Snapshot {
  World world;
  std::map<std::string, Uid> bound;
};

/// A moment as a person writes it: time since the start ("90s", "00:01:30.5"), or the id of a step
/// (its end); empty: the end of the run. Throws InputError when it is none, or comes after the end.
Snapshot world_at(const Scenario& scenario, const PlayOptions& options, const std::string& moment);

/// Plays the scenario and makes a page of its moments. The question's paths may be empty: then the
/// page is about those that the scenario asks about, or that were written. `first` names the moment
/// that is shown first, as for world_at(). The run's report goes to `report` when it is not null.
Page page_of(const Scenario& scenario, const PlayOptions& options, const SeeQuestion& question,
             const std::string& first, Report* report);

}  // namespace sim
