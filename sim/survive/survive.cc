#include "sim/survive/survive.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/nearest.h"
#include "sim/scenario/moments.h"
#include "sim/scenario/play.h"
#include "sim/scenario/terminal.h"
#include "sim/survive/battery.h"
#include "sim/survive/forms.h"
#include "sim/survive/manifests.h"
#include "sim/survive/rules.h"
#include "sim/survive/stage.h"
#include "sim/survive/workloads.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

std::vector<Trial> trials_of(const std::vector<std::string>& names) {
  std::vector<Trial> trials;
  for (const std::string& name : names) {
    const std::optional<Trial> trial = parse_trial(name);
    if (!trial) {
      throw InputError(
          fmt::format("unknown event \"{}\"; {}", name, hint_for(name, trial_names())));
    }
    trials.push_back(*trial);
  }
  // In the order of the table, each once.
  if (trials.empty()) {
    for (int i = 0; i < kTrialCount; ++i) trials.push_back(static_cast<Trial>(i));
  }
  std::sort(trials.begin(), trials.end());
  trials.erase(std::unique(trials.begin(), trials.end()), trials.end());
  return trials;
}

/// The directories of local volumes, which an administrator would have made on their nodes.
void make_host_directories(Simulation& simulation, const std::vector<std::string>& directories) {
  if (directories.empty()) return;
  Plan plan;
  for (const auto& [id, row] : simulation.world().store().table(Kind::Machine)) {
    Tree files = host_files_of(simulation.world(), plan, id);
    for (const std::string& directory : directories) {
      const Path path = parse_path(directory);
      if (!files.find(path)) files.put(path, make_directory(simulation.world().now(), 0755));
    }
    put_host_files(simulation.world(), plan, id, std::move(files), "directories of local volumes");
  }
  simulation.carry_out(std::move(plan), {0, "survive"});
}

// In the words of apply_manifests() and of kubectl.
constexpr std::string_view kApplyFailed = "the cluster's manifests cannot be applied:";
constexpr std::string_view kAppliedFile = "error when creating \"cluster.json\": ";

/// What kubectl says of a manifest that is refused, without what it says of the others.
std::string refusals_in(std::string_view said) {
  std::string text;
  while (!said.empty()) {
    const std::size_t end = std::min(said.find('\n'), said.size());
    const std::string_view line = said.substr(0, end);
    const bool done = line == kApplyFailed || line.ends_with(" created") ||
                      line.ends_with(" configured") || line.ends_with(" unchanged") || line.empty();
    if (!done) {
      // The person's files have other names than the one that was applied.
      std::string told(line);
      const std::size_t at = told.find(kAppliedFile);
      if (at != std::string::npos) told.erase(at, kAppliedFile.size());
      text += "\n" + told;
    }
    said.remove_prefix(std::min(end + 1, said.size()));
  }
  return "a manifest is refused:" + text;
}

World staged(const Stage& stage) {
  Simulation simulation = make_cluster(stage.cluster);
  make_host_directories(simulation, stage.host_directories);
  Terminal terminal(simulation, ".");
  try {
    apply_manifests(terminal, simulation, stage.manifests);
  } catch (const InputError& error) {
    throw InputError(refusals_in(error.what()));
  }
  return simulation.world();
}

}  // namespace

Survival find_survival(const SurviveRequest& request) {
  Survival survival;
  survival.trials = trials_of(request.events);
  const Handed handed = read_handed(request.paths, request.recursive);
  std::optional<World> world;
  if (handed.scenario) {
    if (!request.cluster.empty()) {
      throw InputError("a scenario has its cluster: --cluster is for manifests");
    }
    PlayOptions options;
    options.language = request.language;
    options.seed = request.seed;
    world = world_at(*handed.scenario, options, request.at).world;
  } else {
    if (!request.at.empty()) throw InputError("--at is for a scenario: manifests have no moments");
    std::optional<ClusterFile> given;
    if (!request.cluster.empty()) given = load_cluster(request.cluster);
    Stage stage = set_stage(handed.manifests, given, request.language);
    if (request.seed) stage.cluster.settings.seed = *request.seed;
    survival.notes = stage.notes;
    world = staged(stage);
  }
  Simulation simulation(*world);
  const std::vector<Subject> subjects = mark_workloads(simulation, request.language, &survival);
  if (survival.workloads.empty()) throw InputError("there is no workload that makes pods");
  BatteryOptions options;
  options.language = request.language;
  options.meanwhile = request.why || request.format == "json";
  run_battery(simulation.world(), subjects, options, &survival);
  return survival;
}

SurviveAnswer survive(const SurviveRequest& request) {
  std::vector<FailRule> rules;
  for (const std::string& rule : request.fail_on) rules.push_back(parse_rule(rule));
  const Survival survival = find_survival(request);
  const std::vector<Objection> objected = objections(survival, rules);
  SurviveAnswer answer;
  TableStyle style;
  style.language = request.language;
  style.colour = request.colour;
  style.why = request.why;
  if (request.format == "json") {
    answer.text = to_json(survival);
  } else if (request.format == "md") {
    answer.text = to_markdown(survival, style);
  } else if (request.format == "junit") {
    answer.text = to_junit(survival, rules, objected);
  } else {
    answer.text = to_table(survival, style);
  }
  // Of what does not come up nothing is known: a gate must not let that pass.
  for (const WorkloadSurvival& workload : survival.workloads) {
    if (rules.empty() || !does_not_come_up(workload)) continue;
    answer.objections.push_back(
        fmt::format("{} {}/{}: {}", workload.kind, workload.ns, workload.name, workload.problem));
  }
  for (const Objection& objection : objected) {
    answer.objections.push_back(text_of(survival, rules, objection));
  }
  return answer;
}

}  // namespace sim
