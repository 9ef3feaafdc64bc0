// Replays a scenario: makes its cluster, takes its steps in order, and reports what was found.
// Every action of a step becomes lines that a person could have typed, and goes the same way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/report.h"
#include "sim/scenario/scenario.h"

namespace sim {

struct PlayOptions {
  std::string language = "en";
  std::optional<std::uint64_t> seed;  // instead of the scenario's own
  std::optional<Duration> until;      // stop before the first step that begins later than this
};

class Terminal;

/// Manifests (a JSON array) as the text of one file.
std::string manifest_list(const Json& manifests);
/// Applies the manifests of a cluster file and lets the world settle. Throws InputError when the
/// API server would refuse one.
void apply_manifests(Terminal& terminal, Simulation& simulation,
                     const std::vector<std::shared_ptr<const Json>>& manifests);

/// Plays all steps, also after one has failed. The world at the end is given to `at_end` when set.
Report play(const Scenario& scenario, const PlayOptions& options,
            const std::function<void(const World&)>& at_end = {});

}  // namespace sim
