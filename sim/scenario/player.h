// One line of play through a scenario: a cluster, a person at its terminal, the references bound so
// far. play() takes all steps of one; those who let a person act in between (the quiz, the desktop
// program) take them part by part.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/expect.h"
#include "sim/scenario/play.h"
#include "sim/scenario/terminal.h"

namespace sim {

class Player {
 public:
  /// Both must outlive it. The cluster is made; prepare() applies its manifests.
  Player(const Scenario& scenario, const PlayOptions& options);
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// Another line that begins at this moment. Nobody watches it, unless it is that of a what-if.
  std::unique_ptr<Player> fork(const Fork* what_if = nullptr) const;
  /// Another line that begins at `moment`, where this one has been; the person has the variables
  /// and files that this one has now. Nobody watches it.
  std::unique_ptr<Player> fork_at(World moment) const;

  void prepare();
  /// Takes a step from its beginning to its end. A task is solved by its first solution; with
  /// `options.prove` all that is said about it is proved on copies.
  StepResult take(const ScenarioStep& step);

  // The parts of a step, in their order.
  StepResult open(const ScenarioStep& step) const;  // title, say, the questions
  void act(const Action& action, StepResult* result);
  void wait(const ScenarioStep& step, StepResult* result);
  void bind(const std::string& step);
  void judge(const Prediction& predict, const ScenarioStep& step, StepResult* result) const;
  void check(const Expectation& wanted, StepResult* result);
  void explain(const Question& question, StepResult* result) const;
  /// The end of a step whose action was taken: binds references, judges the prediction, checks what
  /// is expected, explains.
  void close(const ScenarioStep& step, StepResult* result);

  /// Whether the goals hold now, each with its verdict when `checks` is given.
  bool met(const Exercise& task, const StepResult& result, std::vector<CheckResult>* checks) const;

  /// Lets time pass until the goals of the step's task hold, or the limit; whether they do.
  bool await_goals(const ScenarioStep& step, const StepResult& result, Time limit);
  /// Whether what was built stands the task's probes, each tried on a copy.
  bool stands(const Exercise& task, std::vector<CheckResult>* checks) const;

  const World& world() const { return simulation_.world(); }
  Simulation& simulation() { return simulation_; }
  Terminal& terminal() { return terminal_; }
  /// What references are bound to so far.
  const std::map<std::string, Uid>& bound() const { return bound_; }

 private:
  struct ForkOf {};
  Player(ForkOf, const Player& parent, const Fork* what_if, World moment);
  void let_watch();
  void let_judge();

  std::string in_language(const Text& text) const { return text.in(options_.language); }
  StepOutcome evidence(const StepResult& result) const;
  std::optional<std::pair<std::string, std::string>> locate(const std::string& name,
                                                            const std::string& pointer,
                                                            StepResult* result) const;
  std::string command_of(const Action& action, StepResult* result);
  std::string fault_line(const Action& action, StepResult* result);
  void plan(PlannedFault planned, std::string_view what);
  void plan_chaos(const ChaosPart& part);
  Verdict wait_for(const Expectation& wanted, Time limit, const StepResult& result);
  Verdict keeps_holding(const Expectation& wanted, const StepResult& result);
  void solve(const ScenarioStep& step, StepResult* result);
  bool reaches(const ScenarioStep& step, const Attempt& attempt, StepResult* result);
  void prove(const ScenarioStep& step, StepResult* result) const;

  const Scenario& scenario_;
  const PlayOptions& options_;
  Simulation simulation_;
  Terminal terminal_;
  std::map<std::string, Uid> bound_;
  std::map<Str, std::shared_ptr<const Expectation>>
      asked_;                      // by planned faults, by their questions
  std::size_t taken_ = 0;          // steps
  const Fork* what_if_ = nullptr;  // that it plays
  bool watched_ = false;
};

}  // namespace sim
