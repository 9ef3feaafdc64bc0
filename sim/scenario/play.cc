#include "sim/scenario/play.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/base/format.h"
#include "sim/graph/difference.h"
#include "sim/scenario/player.h"

namespace sim {
namespace {

/// A line that leaves the main one, and the main one after the step that it stands in for.
struct Branch {
  const Fork* fork = nullptr;
  std::unique_ptr<Player> player;
  std::optional<World> main;
};

/// Takes the fork's steps and compares who sees what with the main line.
ForkResult play_fork(Branch& branch, const PlayOptions& options) {
  const Fork& fork = *branch.fork;
  ForkResult result;
  result.id = fork.id;
  result.title = fork.title.in(options.language);
  result.before = fork.before;
  for (const ScenarioStep& step : fork.steps) result.steps.push_back(branch.player->take(step));
  SeeQuestion question;
  question.paths = compared_paths(fork);
  if (!question.paths.empty()) {
    result.differences =
        differences(see(*branch.main, question), see(branch.player->world(), question));
  }
  return result;
}

void check_fingerprint(const Scenario& scenario, const World& world, Report* report) {
  const std::string now = fmt::format("{:016x}", world.fingerprint());
  StepResult last;
  last.id = "fingerprint";
  last.began = last.ended = world.elapsed();
  last.checks.push_back({"fingerprint", "/fingerprint", "the run's fingerprint",
                         now == scenario.fingerprint,
                         fmt::format("it is {}, not {}", now, scenario.fingerprint)});
  report->steps.push_back(std::move(last));
}

}  // namespace

std::vector<std::string> asked_paths(const std::vector<ScenarioStep>& steps) {
  std::vector<std::string> all;
  for (const ScenarioStep& step : steps) {
    if (step.predict) {
      if (!step.predict->matrix_path.empty()) all.push_back(step.predict->matrix_path);
      for (const auto& option : step.predict->options) add_paths(option.holds, &all);
    }
    if (step.until) add_paths(*step.until, &all);
    for (const Expectation& wanted : step.expect) add_paths(wanted, &all);
    for (const auto& question : step.explain) all.push_back(question.path);
  }
  std::vector<std::string> once;
  for (const std::string& path : all) {
    if (std::find(once.begin(), once.end(), path) == once.end()) once.push_back(path);
  }
  return once;
}

std::vector<std::string> compared_paths(const Fork& fork) {
  return fork.compare.empty() ? asked_paths(fork.steps) : fork.compare;
}

Report play(const Scenario& scenario, const PlayOptions& options,
            const std::function<void(const World&)>& at_end) {
  Player player(scenario, options);
  const World& world = player.world();
  Report report;
  report.file = scenario.file;
  report.id = scenario.id;
  report.title = scenario.title.in(options.language);
  report.seed = world.settings().seed;
  player.prepare();
  std::vector<Branch> branches;
  for (const ScenarioStep& step : scenario.steps) {
    if (options.until && world.elapsed() > *options.until) break;
    for (const Fork& fork : scenario.forks) {
      if (fork.before == step.id) branches.push_back({&fork, player.fork(&fork), {}});
    }
    report.steps.push_back(player.take(step));
    for (Branch& branch : branches) {
      if (branch.fork->before == step.id) branch.main = world;
    }
  }
  for (Branch& branch : branches) report.forks.push_back(play_fork(branch, options));
  if (!scenario.fingerprint.empty()) check_fingerprint(scenario, world, &report);
  report.elapsed = world.elapsed();
  report.fingerprint = world.fingerprint();
  report.forgotten = world.journal().first() > 1 ? world.journal().first() - 1 : 0;
  if (at_end) at_end(world);
  return report;
}

}  // namespace sim
