#include "sim/scenario/play.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/graph/difference.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"
#include "sim/scenario/expect.h"
#include "sim/scenario/terminal.h"

namespace sim {
namespace {

// How long the manifests of the cluster may take until all is quiet.
constexpr Duration kSettleLimit = minutes(30);

std::string directory_of(const std::string& file) {
  const std::string directory = std::filesystem::path(file).parent_path().string();
  return directory.empty() ? "." : directory;
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

class Player {
 public:
  Player(const Scenario& scenario, const PlayOptions& options)
      : scenario_(scenario),
        options_(options),
        simulation_(make_cluster(with_seed(scenario, options))),
        terminal_(simulation_, directory_of(scenario.file)) {
    if (!options_.watch) return;
    simulation_.watch([this](const World& now, Time) { options_.watch({now, bound_, nullptr}); });
  }
  /// Another line from where the parent stands; nobody watches it.
  Player(const Player& parent, const Fork& fork)
      : scenario_(parent.scenario_),
        options_(parent.options_),
        fork_(&fork),
        simulation_(parent.world()),
        terminal_(simulation_, parent.terminal_),
        bound_(parent.bound_) {}

  Report play() {
    report_.file = scenario_.file;
    report_.id = scenario_.id;
    report_.title = scenario_.title.in(options_.language);
    report_.seed = world().settings().seed;
    apply_manifests(terminal_, simulation_, scenario_.manifests);
    for (const ScenarioStep& step : scenario_.steps) {
      if (options_.until && world().elapsed() > *options_.until) break;
      for (const Fork& fork : scenario_.forks) {
        if (fork.before == step.id)
          branches_.push_back({std::make_unique<Player>(*this, fork), {}});
      }
      take(step);
      for (Branch& branch : branches_) {
        if (branch.player->fork_->before == step.id) branch.main = world();
      }
    }
    for (Branch& branch : branches_)
      report_.forks.push_back(branch.player->play_fork(*branch.main));
    if (!scenario_.fingerprint.empty()) check_fingerprint();
    report_.elapsed = world().elapsed();
    report_.fingerprint = world().fingerprint();
    return std::move(report_);
  }

  const World& world() const { return simulation_.world(); }

 private:
  /// Takes the fork's steps; `main` is the main line after the step that it stands in for.
  ForkResult play_fork(const World& main) {
    ForkResult result;
    result.id = fork_->id;
    result.title = in_language(fork_->title);
    result.before = fork_->before;
    for (const ScenarioStep& step : fork_->steps) take(step);
    result.steps = std::move(report_.steps);
    SeeQuestion question;
    question.paths = fork_->compare.empty() ? asked_paths(fork_->steps) : fork_->compare;
    if (!question.paths.empty()) {
      result.differences = differences(matrix_of(main, question), matrix_of(world(), question));
    }
    return result;
  }
  static Matrix matrix_of(const World& world, const SeeQuestion& question) {
    Sight sight;
    sight.follow(world);
    const Chronicle chronicle(world);
    return see(sight, question, &chronicle);
  }

  static ClusterSpecification with_seed(const Scenario& scenario, const PlayOptions& options) {
    ClusterSpecification cluster = scenario.cluster;
    if (options.seed) cluster.settings.seed = *options.seed;
    return cluster;
  }

  std::string in_language(const Text& text) const { return text.in(options_.language); }

  StepOutcome evidence(const StepResult& result) const {
    return {scenario_, bound_, result.output, result.exit};
  }

  void take(const ScenarioStep& step) {
    StepResult result;
    result.id = step.id;
    result.pointer = step.pointer;
    result.began = world().elapsed();
    result.title = in_language(step.title);
    result.say = in_language(step.say);
    if (step.action) act(*step.action, &result);
    if (step.until || step.until_settled) wait(step, &result);
    bind(step.id);
    if (step.predict) judge(*step.predict, step, &result);
    for (const Expectation& expectation : step.expect) check(expectation, &result);
    for (const Question& question : step.explain) explain(question, &result);
    result.ended = world().elapsed();
    if (options_.watch && !fork_) options_.watch({world(), bound_, &result});
    report_.steps.push_back(std::move(result));
  }

  /// The pod a reference means, as "-n NAMESPACE NAME"; notes a failed check when there is none.
  std::optional<std::pair<std::string, std::string>> locate(const std::string& name,
                                                            const std::string& pointer,
                                                            StepResult* result) {
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

  void act(const Action& action, StepResult* result) {
    switch (action.kind) {
      case Action::Kind::Shell:
        result->command = action.script;
        break;
      case Action::Kind::Kubectl:
        result->command = "kubectl " + action.script;
        break;
      case Action::Kind::Exec: {
        const auto pod = locate(action.pod, action.pointer, result);
        if (!pod) return;
        result->command = fmt::format("kubectl exec -n {} {}", pod->first, pod->second);
        if (!action.container.empty()) result->command += " -c " + action.container;
        result->command += " --";
        for (const std::string& word : action.argv) result->command += " " + quoted(word);
        break;
      }
      case Action::Kind::Apply: {
        const std::string file = fmt::format("step-{}.json", report_.steps.size() + 1);
        terminal_.write_file(file, manifest_list(*action.manifests));
        result->command = "kubectl apply -f " + file;
        break;
      }
      case Action::Kind::Fault:
        result->command = fault_line(action, result);
        if (result->command.empty()) return;
        break;
      case Action::Kind::Advance:
        result->command = fmt::format("sim advance {}", to_string(action.time));
        break;
    }
    const Terminal::Result done = terminal_.run(result->command);
    result->output = done.output;
    result->exit = done.exit;
  }

  std::string fault_line(const Action& action, StepResult* result) {
    if (action.fault == "nodeDown") return "sim node stop " + action.node;
    if (action.fault == "nodeUp") return "sim node start " + action.node;
    if (action.fault == "nodeReboot") return "sim node reboot " + action.node;
    const auto pod = locate(action.pod, action.pointer, result);
    if (!pod) return "";
    if (action.fault == "podDelete") {
      return fmt::format("kubectl delete pod -n {} {} --wait=false", pod->first, pod->second);
    }
    std::string line = fmt::format("sim container kill {} -n {}", pod->second, pod->first);
    if (!action.container.empty()) line += " -c " + action.container;
    return line;
  }

  void wait(const ScenarioStep& step, StepResult* result) {
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

  Verdict wait_for(const Expectation& wanted, Time limit, const StepResult& result) {
    for (;;) {
      Verdict verdict = evaluate(world(), evidence(result), wanted);
      if (verdict.holds || world().now() >= limit) return verdict;
      simulation_.run_until_change(limit);
    }
  }

  void bind(const std::string& step) {
    for (const auto& [name, reference] : scenario_.refs) {
      for (const std::string& after : reference.bind_after) {
        if (after != step) continue;
        if (const std::optional<Uid> uid = find_pod(world(), reference)) bound_[name] = *uid;
      }
    }
  }

  void judge(const Prediction& predict, const ScenarioStep& step, StepResult* result) {
    result->ask = in_language(predict.ask);
    if (!predict.matrix_pods.empty()) {
      for (const std::string& name : predict.matrix_pods) {
        const std::optional<Uid> uid = resolve(world(), evidence(*result), name);
        const bool does = uid && sees(world(), *uid, predict.matrix_container, predict.matrix_path);
        result->options.push_back({name, does, ""});
      }
      return;
    }
    int holding = 0;
    for (const Prediction::Option& option : predict.options) {
      const bool holds = evaluate(world(), evidence(*result), option.holds).holds;
      holding += holds;
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
                                fmt::format("{} of the options hold", holding)});
    }
  }

  void check(const Expectation& wanted, StepResult* result) {
    Verdict verdict = wanted.within.ns > 0
                          ? wait_for(wanted, world().now() + wanted.within, *result)
                          : evaluate(world(), evidence(*result), wanted);
    if (verdict.holds && wanted.hold.ns > 0) verdict = keeps_holding(wanted, *result);
    result->checks.push_back({wanted.id, wanted.pointer, label_of(wanted, options_.language),
                              verdict.holds, verdict.detail});
  }

  Verdict keeps_holding(const Expectation& wanted, const StepResult& result) {
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

  void explain(const Question& question, StepResult* result) {
    const std::optional<Uid> uid = resolve(world(), evidence(*result), question.pod);
    if (!uid) {
      result->explanations.push_back(fmt::format("{}: –", question.pod));
      return;
    }
    const Why answer = why(world(), *uid, question.container, question.path);
    result->explanations.push_back(
        fmt::format("{}: {}", question.pod, sentence(answer, options_.language)));
  }

  void check_fingerprint() {
    const std::string now = fmt::format("{:016x}", world().fingerprint());
    StepResult last;
    last.id = "fingerprint";
    last.began = last.ended = world().elapsed();
    last.checks.push_back({"fingerprint", "/fingerprint", "the run's fingerprint",
                           now == scenario_.fingerprint,
                           fmt::format("it is {}, not {}", now, scenario_.fingerprint)});
    report_.steps.push_back(std::move(last));
  }

  struct Branch {
    std::unique_ptr<Player> player;
    std::optional<World> main;
  };

  const Scenario& scenario_;
  const PlayOptions& options_;
  const Fork* fork_ = nullptr;  // the line it plays; null: the main one
  Simulation simulation_;
  Terminal terminal_;
  std::map<std::string, Uid> bound_;
  Report report_;
  std::vector<Branch> branches_;
};

void collect(const Expectation& wanted, std::vector<std::string>& paths) {
  if (!wanted.path.empty()) paths.push_back(wanted.path);
  for (const Expectation& part : wanted.parts) collect(part, paths);
}

}  // namespace

std::vector<std::string> asked_paths(const std::vector<ScenarioStep>& steps) {
  std::vector<std::string> all;
  for (const ScenarioStep& step : steps) {
    if (step.predict) {
      if (!step.predict->matrix_path.empty()) all.push_back(step.predict->matrix_path);
      for (const auto& option : step.predict->options) collect(option.holds, all);
    }
    if (step.until) collect(*step.until, all);
    for (const Expectation& wanted : step.expect) collect(wanted, all);
    for (const auto& question : step.explain) all.push_back(question.path);
  }
  std::vector<std::string> once;
  for (const std::string& path : all) {
    if (std::find(once.begin(), once.end(), path) == once.end()) once.push_back(path);
  }
  return once;
}

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

Report play(const Scenario& scenario, const PlayOptions& options,
            const std::function<void(const World&)>& at_end) {
  Player player(scenario, options);
  Report report = player.play();
  if (at_end) at_end(player.world());
  return report;
}

}  // namespace sim
