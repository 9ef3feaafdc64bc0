#include "sim/scenario/player.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"
#include "sim/shell/sim_command.h"

namespace sim {
namespace {

// How long the manifests of the cluster, or a probe, may take until all is quiet.
constexpr Duration kSettleLimit = minutes(30);

std::string directory_of(const std::string& file) {
  const std::string directory = std::filesystem::path(file).parent_path().string();
  return directory.empty() ? "." : directory;
}

ClusterSpecification with_seed(const Scenario& scenario, const PlayOptions& options) {
  ClusterSpecification cluster = scenario.cluster;
  if (options.seed) cluster.settings.seed = *options.seed;
  if (options.history_budget) cluster.settings.history_budget = *options.history_budget;
  return cluster;
}

/// A word as a shell takes it.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-./=:,@+") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

/// The manifest that the API server refused: the one whose kind and name its words tell, `The Pod
/// "shop" is invalid`, or the first.
Diagnostic refused_manifest(const Scenario& scenario, const std::string& words) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < scenario.manifests.size(); ++i) {
    const Json& manifest = *scenario.manifests[i];
    const Json& name = manifest["metadata"].value("name", Json());
    if (!name.is_string() || !manifest["kind"].is_string()) continue;
    const std::string told =
        fmt::format("{} \"{}\"", manifest["kind"].get<std::string>(), name.get<std::string>());
    if (words.find(told) == std::string::npos) continue;
    at = i;
    break;
  }
  Diagnostic made;
  made.file = scenario.file;
  made.pointer = fmt::format("/cluster/manifests/{}", at);
  made.message = words.substr(0, words.find_last_not_of('\n') + 1);
  return made;
}

/// Whether a command was tried that the shell or a container does not have, or for an object that
/// is not there.
bool is_misspelt(const StepResult& tried) {
  for (const char* said : {": command not found", "executable file not found in $PATH",
                           ": not found\n", "Error from server (NotFound)"}) {
    if (tried.output.find(said) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::string manifest_list(const Json& manifests) {
  if (manifests.size() == 1) return manifests[0].dump(2) + "\n";
  Json list;
  list["apiVersion"] = "v1";
  list["kind"] = "List";
  list["items"] = manifests;
  return list.dump(2) + "\n";
}

void apply_manifests(Terminal& terminal, Simulation& simulation,
                     const std::vector<std::shared_ptr<const Json>>& manifests) {
  if (manifests.empty()) return;
  Json all = Json::array();
  for (const auto& manifest : manifests) all.push_back(*manifest);
  terminal.write_file("cluster.json", manifest_list(all));
  const Terminal::Result done = terminal.run("kubectl apply -f cluster.json");
  if (done.exit != 0) {
    throw InputError(fmt::format("the cluster's manifests cannot be applied:\n{}", done.output));
  }
  simulation.run_until_settled(simulation.world().now() + kSettleLimit);
}

Player::Player(const Scenario& scenario, const PlayOptions& options)
    : scenario_(scenario),
      options_(options),
      simulation_(make_cluster(with_seed(scenario, options))),
      terminal_(simulation_, directory_of(scenario.file)),
      watched_(static_cast<bool>(options.watch)) {
  let_watch();
  let_judge();
}

Player::Player(ForkOf, const Player& parent, const Fork* what_if, World moment)
    : scenario_(parent.scenario_),
      options_(parent.options_),
      simulation_(std::move(moment)),
      terminal_(simulation_, parent.terminal_),
      bound_(parent.bound_),
      asked_(parent.asked_),
      taken_(parent.taken_),
      what_if_(what_if),
      watched_(what_if && parent.watched_) {
  let_watch();
  let_judge();
}

/// What faults of the scenario wait for is judged as expectations are; what a person has typed, as
/// at any terminal.
void Player::let_judge() {
  simulation_.judge([this](const World& now, const PlannedFault& planned) {
    const auto asked = asked_.find(planned.question);
    if (asked == asked_.end()) return question_holds(now, planned.question);
    const std::string no_output;
    return evaluate(now, {scenario_, bound_, no_output, 0}, *asked->second).holds;
  });
}

void Player::let_watch() {
  if (!watched_) return;
  simulation_.watch([this](const World& now, Time) {
    options_.watch({now, bound_, nullptr, what_if_});
  });
}

std::unique_ptr<Player> Player::fork(const Fork* what_if) const {
  return std::unique_ptr<Player>(new Player(ForkOf{}, *this, what_if, world()));
}

std::unique_ptr<Player> Player::fork_at(World moment) const {
  return std::unique_ptr<Player>(new Player(ForkOf{}, *this, nullptr, std::move(moment)));
}

void Player::prepare() {
  try {
    apply_manifests(terminal_, simulation_, scenario_.manifests);
  } catch (const InputError& refused) {
    throw InputError({refused_manifest(scenario_, refused.what())});
  }
  if (scenario_.chaos) plan_chaos(*scenario_.chaos);
}

StepOutcome Player::evidence(const StepResult& result) const {
  return {scenario_, bound_, result.output, result.exit};
}

StepResult Player::open(const ScenarioStep& step) const {
  StepResult result;
  result.id = step.id;
  result.pointer = step.pointer;
  result.began = world().elapsed();
  result.title = in_language(step.title);
  result.say = in_language(step.say);
  if (step.predict) result.ask = in_language(step.predict->ask);
  if (step.task) result.ask = in_language(step.task->ask);
  return result;
}

StepResult Player::take(const ScenarioStep& step) {
  StepResult result = open(step);
  if (step.task) solve(step, &result);
  if (step.action) act(*step.action, &result);
  if (step.until || step.until_settled) wait(step, &result);
  close(step, &result);
  return result;
}

void Player::close(const ScenarioStep& step, StepResult* result) {
  bind(step.id);
  if (step.predict) judge(*step.predict, step, result);
  for (const Expectation& expectation : step.expect) check(expectation, result);
  for (std::size_t i = 0; i < step.explain.size(); ++i) {
    const Question& question = step.explain[i];
    explain(question, result);
    if (!options_.prove || resolve(world(), evidence(*result), question.pod)) continue;
    result->checks.push_back({"", fmt::format("{}/explain/{}", step.pointer, i),
                              "there is a pod to explain it of", false,
                              fmt::format("no pod is bound to \"{}\" now", question.pod)});
  }
  result->ended = world().elapsed();
  ++taken_;
  if (watched_) options_.watch({world(), bound_, result, what_if_});
  if (options_.on_step) options_.on_step(*this, *result);
}

/// The pod a reference means, as "-n NAMESPACE NAME"; notes a failed check when there is none.
std::optional<std::pair<std::string, std::string>> Player::locate(const std::string& name,
                                                                  const std::string& pointer,
                                                                  StepResult* result) const {
  const std::optional<Uid> uid = resolve(world(), evidence(*result), name);
  const Ref ref = uid ? world().store().find(*uid) : Ref{};
  if (!ref) {
    result->checks.push_back({"", pointer, fmt::format("the pod \"{}\" is there", name), false,
                              "no pod is bound to this reference now"});
    return std::nullopt;
  }
  const Object& pod = *world().store().get(ref);
  return std::pair(pod.meta.ns.str(), pod.meta.name.str());
}

std::string Player::command_of(const Action& action, StepResult* result) {
  switch (action.kind) {
    case Action::Kind::Shell:
      return action.script;
    case Action::Kind::Kubectl:
      return "kubectl " + action.script;
    case Action::Kind::Exec: {
      const auto pod = locate(action.pod, action.pointer, result);
      if (!pod) return "";
      std::string command = fmt::format("kubectl exec -n {} {}", pod->first, pod->second);
      if (!action.container.empty()) command += " -c " + action.container;
      command += " --";
      for (const std::string& word : action.argv) command += " " + quoted(word);
      return command;
    }
    case Action::Kind::Apply: {
      // Named after the step; a second list of one step gets a number of its own.
      std::string file = fmt::format("step-{}.json", taken_ + 1);
      if (result->command.find(file) != std::string::npos) {
        file = fmt::format("step-{}-{}.json", taken_ + 1, result->command.size());
      }
      terminal_.write_file(file, manifest_list(*action.manifests));
      return "kubectl apply -f " + file;
    }
    case Action::Kind::Fault:
      return fault_line(action, result);
    case Action::Kind::Load:
      return "sim load " + action.script;
    case Action::Kind::Advance:
      return fmt::format("sim advance {}", to_string(action.time));
  }
  return "";
}

void Player::act(const Action& action, StepResult* result) {
  const std::string command = command_of(action, result);
  if (command.empty()) return;
  const Terminal::Result done = terminal_.run(command);
  if (!result->command.empty()) result->command += "\n";
  result->command += command;
  result->output += done.output;
  result->exit = done.exit;
}

/// What a person would type for a fault; empty when it cannot be, or has been planned here.
std::string Player::fault_line(const Action& action, StepResult* result) {
  Fault fault = action.fault;
  if (!action.pod.empty()) {
    const auto pod = locate(action.pod, action.pointer, result);
    if (!pod) return "";
    fault.ns = Str(pod->first);
    fault.target = Str(pod->second);
  }
  if (action.when || action.asks) {
    PlannedFault planned;
    planned.fault = std::move(fault);
    planned.when = action.when;
    if (action.asks) {
      planned.question = Str(action.pointer);
      asked_[planned.question] = action.asks;
    }
    plan(std::move(planned), "a fault was planned");
    return "";
  }
  if (action.at) return fmt::format("sim at {} {}", to_string(*action.at), to_text(fault));
  if (fault.kind == FaultKind::PodDelete) {
    return fmt::format("kubectl delete pod -n {} {} --wait=false", fault.ns, fault.target);
  }
  return "sim " + to_text(fault);
}

void Player::plan(PlannedFault planned, std::string_view what) {
  Plan made;
  plan_fault(world(), made, std::move(planned));
  const std::uint64_t revision = simulation_.command("scenario", what);
  simulation_.carry_out(std::move(made), {revision, "scenario"});
}

void Player::plan_chaos(const ChaosPart& part) {
  PlannedFault planned;
  const Time start = world().settings().start;
  planned.at = std::max(start + part.from, world().now());
  planned.chaos = part.chaos;
  planned.chaos->until = start + part.until;
  if (!part.own_seed) planned.chaos->seed = world().settings().seed;
  plan(std::move(planned), "random faults were planned");
}

void Player::wait(const ScenarioStep& step, StepResult* result) {
  const Time limit = world().now() + step.within;
  if (step.until_settled) {
    if (simulation_.run_until_settled(limit)) return;
    result->checks.push_back({"", step.pointer + "/until", "the cluster settles", false,
                              fmt::format("after {} it is still busy", to_string(step.within))});
    return;
  }
  const Verdict verdict = wait_for(*step.until, limit, *result);
  if (verdict.holds) return;
  result->checks.push_back(
      {"", step.until->pointer, label_of(*step.until, options_.language), false,
       fmt::format("not within {}: {}", to_string(step.within), verdict.detail)});
}

Verdict Player::wait_for(const Expectation& wanted, Time limit, const StepResult& result) {
  for (;;) {
    Verdict verdict = evaluate(world(), evidence(result), wanted);
    if (verdict.holds || world().now() >= limit) return verdict;
    simulation_.run_until_change(limit);
  }
}

void Player::bind(const std::string& step) {
  for (const auto& [name, reference] : scenario_.refs) {
    for (const std::string& after : reference.bind_after) {
      if (after != step) continue;
      if (const std::optional<Uid> uid = find_pod(world(), reference)) bound_[name] = *uid;
    }
  }
}

void Player::judge(const Prediction& predict, const ScenarioStep& step, StepResult* result) const {
  if (!predict.matrix_pods.empty()) {
    for (const std::string& name : predict.matrix_pods) {
      const std::optional<Uid> uid = resolve(world(), evidence(*result), name);
      const bool does = uid && sees(world(), *uid, predict.matrix_container, predict.matrix_path);
      result->options.push_back({name, does, ""});
    }
    return;
  }
  int holding = 0;
  std::string details;
  for (const Prediction::Option& option : predict.options) {
    const Verdict verdict = evaluate(world(), evidence(*result), option.holds);
    const bool holds = verdict.holds;
    holding += holds;
    details += fmt::format("\n{}: {}", option.id, holds ? "holds" : verdict.detail);
    std::string refutation = in_language(option.feedback);
    const auto belief = scenario_.misconceptions.find(option.misconception);
    if (refutation.empty() && belief != scenario_.misconceptions.end()) {
      refutation = in_language(belief->second.refute);
    }
    result->options.push_back({in_language(option.text), holds, refutation});
  }
  // A question has one right answer, or it teaches nothing.
  if (holding != 1) {
    result->checks.push_back({"", step.pointer + "/predict", "exactly one answer is right", false,
                              fmt::format("{} of the options hold{}", holding, details)});
  }
}

void Player::check(const Expectation& wanted, StepResult* result) {
  Verdict verdict = wanted.within.ns > 0 ? wait_for(wanted, world().now() + wanted.within, *result)
                                         : evaluate(world(), evidence(*result), wanted);
  if (verdict.holds && wanted.hold.ns > 0) verdict = keeps_holding(wanted, *result);
  result->checks.push_back({wanted.id, wanted.pointer, label_of(wanted, options_.language),
                            verdict.holds, verdict.detail});
}

Verdict Player::keeps_holding(const Expectation& wanted, const StepResult& result) {
  const Time end = world().now() + wanted.hold;
  for (;;) {
    Verdict verdict = evaluate(world(), evidence(result), wanted);
    if (!verdict.holds) {
      verdict.detail =
          fmt::format("no more at {}: {}", to_clock(world().elapsed()), verdict.detail);
      return verdict;
    }
    if (world().now() >= end) return verdict;
    simulation_.run_until_change(end);
  }
}

void Player::explain(const Question& question, StepResult* result) const {
  const std::optional<Uid> uid = resolve(world(), evidence(*result), question.pod);
  if (!uid) {
    result->explanations.push_back(fmt::format("{}: –", question.pod));
    return;
  }
  const Why answer = why(world(), *uid, question.container, question.path);
  result->explanations.push_back(
      fmt::format("{}: {}", question.pod, sentence(answer, options_.language)));
}

bool Player::met(const Exercise& task, const StepResult& result,
                 std::vector<CheckResult>* checks) const {
  bool all = true;
  for (const Expectation& goal : task.goals) {
    const Verdict verdict = evaluate(world(), evidence(result), goal);
    all = all && verdict.holds;
    if (!checks) continue;
    checks->push_back(
        {goal.id, goal.pointer, label_of(goal, options_.language), verdict.holds, verdict.detail});
  }
  return all;
}

/// Does what the attempt says, and gives the goals the time that the step has.
bool Player::reaches(const ScenarioStep& step, const Attempt& attempt, StepResult* result) {
  for (const Action& action : attempt.actions) act(action, result);
  return await_goals(step, *result, world().now() + step.within);
}

bool Player::await_goals(const ScenarioStep& step, const StepResult& result, Time limit) {
  while (!met(*step.task, result, nullptr)) {
    if (world().now() >= limit || world().next_due() == kNever) return false;
    simulation_.run_until_change(limit);
  }
  return true;
}

void Player::solve(const ScenarioStep& step, StepResult* result) {
  const Exercise& task = *step.task;
  if (met(task, *result, nullptr)) {
    result->checks.push_back({"", task.pointer + "/goals", "the task is not done yet", false,
                              "all its goals hold before anything is done"});
  }
  if (options_.prove) prove(step, result);
  reaches(step, task.solutions.front(), result);
  met(task, *result, &result->checks);
  if (!options_.prove) return;
  stands(task, &result->checks);
}

void Player::prove(const ScenarioStep& step, StepResult* result) const {
  const Exercise& task = *step.task;
  for (std::size_t i = 1; i < task.solutions.size(); ++i) {
    const Attempt& other = task.solutions[i];
    const std::unique_ptr<Player> line = fork();
    StepResult tried;
    const bool held = line->reaches(step, other, &tried);
    result->checks.push_back({"", other.pointer, "this solution reaches the goals as well", held,
                              fmt::format("it does not\n{}", tried.output)});
  }
  for (const Attempt& attempt : task.must_fail) {
    const std::unique_ptr<Player> line = fork();
    StepResult tried;
    const bool reached = line->reaches(step, attempt, &tried) && line->stands(task, nullptr);
    result->checks.push_back(
        {"", attempt.pointer, fmt::format("not enough: {}", in_language(attempt.text)), !reached,
         "this attempt reaches all goals and stands every probe, and must not"});
    // A command that is misspelt reaches nothing either, and tells nothing.
    if (!reached && is_misspelt(tried)) {
      result->checks.push_back(
          {"", attempt.pointer, "the attempt can be made", false,
           fmt::format("something that it names is not there\n{}", tried.output)});
    }
  }
}

bool Player::stands(const Exercise& task, std::vector<CheckResult>* checks) const {
  bool all = true;
  for (const Experiment& wanted : task.probes) {
    const std::unique_ptr<Player> line = fork();
    StepResult tried;
    for (const Action& action : wanted.attempt.actions) line->act(action, &tried);
    line->simulation().run_until_settled(line->world().now() + kSettleLimit);
    for (const Expectation& expectation : wanted.expect) line->check(expectation, &tried);
    for (CheckResult& check : tried.checks) {
      all = all && check.held;
      if (!checks) continue;
      if (!wanted.attempt.text.empty()) {
        check.label = fmt::format("{} {}", in_language(wanted.attempt.text), check.label);
      }
      checks->push_back(std::move(check));
    }
  }
  return all;
}

}  // namespace sim
