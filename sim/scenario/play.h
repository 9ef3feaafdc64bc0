// Replays a scenario: makes its cluster, takes its steps in order, and reports what was found.
// Every action of a step becomes lines that a person could have typed, and goes the same way.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/report.h"
#include "sim/scenario/scenario.h"

namespace sim {

/// The world of a run at one moment, for those who watch it.
struct Glimpse {
  const World& world;
  const std::map<std::string, Uid>& bound;  // references bound so far
  const StepResult* ended = nullptr;        // the step that ends here; null: the clock moves on
  const Fork* fork = nullptr;               // the what-if that it is part of; null: the main line
};

class Player;

struct PlayOptions {
  std::string language = "en";
  std::optional<std::uint64_t> seed;            // instead of the scenario's own
  std::optional<std::uint64_t> history_budget;  // instead of the scenario's own
  std::optional<Duration> until;  // stop before the first step that begins later than this
  bool prove = false;  // try on copies all that tasks say: other solutions, what must not suffice
  std::function<void(const Player&, const StepResult&)> on_step;  // ended, on any line
  std::function<void(const Glimpse&)> watch;  // the main line, then the forks one by one
};

class Terminal;

/// Manifests (a JSON array) as the text of one file.
std::string manifest_list(const Json& manifests);
/// Applies the manifests of a cluster file and lets the world settle. Throws InputError when the
/// API server would refuse one.
void apply_manifests(Terminal& terminal, Simulation& simulation,
                     const std::vector<std::shared_ptr<const Json>>& manifests);

/// Paths that steps themselves ask about, in order and once each.
std::vector<std::string> asked_paths(const std::vector<ScenarioStep>& steps);
/// Those by which a what-if is compared: its own, else those that its steps ask about.
std::vector<std::string> compared_paths(const Fork& fork);

/// Plays all steps, also after one has failed. The world at the end is given to `at_end` when set.
Report play(const Scenario& scenario, const PlayOptions& options,
            const std::function<void(const World&)>& at_end = {});

}  // namespace sim
