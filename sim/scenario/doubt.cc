#include "sim/scenario/doubt.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>

#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/graph/difference.h"
#include "sim/graph/why.h"
#include "sim/scenario/expect.h"

namespace sim {
namespace {

constexpr std::size_t kMostWritten = 10000;
// A lesson of hundreds of pods is not meddled with in each of them.
constexpr std::size_t kMostMeddled = 50;

void collect_output(const Expectation& wanted, std::string* output) {
  for (const auto& printed : {wanted.equals, wanted.contains}) {
    if (printed) *output += *printed + "\n";
  }
  for (const Expectation& part : wanted.parts) collect_output(part, output);
}

/// Whether it says that something is there, or that somebody sees something: then it is refuted
/// where nothing is there at all. Of other statements that tells nothing.
bool affirms(const Expectation& wanted) {
  const auto part_affirms = [](const Expectation& part) { return affirms(part); };
  const auto& parts = wanted.parts;
  switch (wanted.kind) {
    case Expectation::Kind::Why:
    case Expectation::Kind::HasObject:
    case Expectation::Kind::HasEvent:
      return true;
    case Expectation::Kind::Sees:
      return (wanted.every && wanted.every->is) ||
             std::any_of(wanted.pods.begin(), wanted.pods.end(),
                         [](const auto& pod) { return pod.second; });
    case Expectation::Kind::All:
      return std::any_of(parts.begin(), parts.end(), part_affirms);
    case Expectation::Kind::Any:
      return std::all_of(parts.begin(), parts.end(), part_affirms);
    case Expectation::Kind::Printed:
    case Expectation::Kind::Not:
      return false;
  }
  return false;
}

void meddle(Player& line, const std::string& path, const std::string& command) {
  const Store& store = line.world().store();
  std::vector<std::tuple<std::string, std::string, std::string>> containers;
  for (const auto& [id, row] : store.table(Kind::Pod)) {
    const auto& pod = static_cast<const Pod&>(row);
    if (pod.status.phase != "Running") continue;
    for (const auto& container : pod.spec->containers) {
      containers.emplace_back(pod.meta.ns.str(), pod.meta.name.str(), container.name.str());
    }
  }
  if (containers.size() > kMostMeddled) containers.resize(kMostMeddled);
  for (const auto& [ns, pod, container] : containers) {
    line.terminal().run(fmt::format("kubectl exec -n {} {} -c {} -- sh -c 'f={}; {}'", ns, pod,
                                    container, path, command));
  }
}

/// What the actions of a lesson say, as one text.
void add_deeds(const Action& action, std::string* text) {
  *text += action.script + "\n";
  for (const std::string& word : action.argv) *text += word + "\n";
  if (action.manifests) *text += action.manifests->dump() + "\n";
}
void add_deeds(const Attempt& attempt, std::string* text) {
  for (const Action& action : attempt.actions) add_deeds(action, text);
}

/// The questions about files in a statement.
void add_questions(const Expectation& wanted, std::vector<Question>* questions) {
  if (wanted.kind == Expectation::Kind::Why) {
    questions->push_back({wanted.pod, wanted.container, wanted.path});
  }
  if (wanted.kind == Expectation::Kind::Sees) {
    for (const auto& [pod, unused] : wanted.pods) {
      questions->push_back({pod, wanted.container, wanted.path});
    }
    if (wanted.pods.empty()) questions->push_back({"", wanted.container, wanted.path});
  }
  for (const Expectation& part : wanted.parts) add_questions(part, questions);
}

std::vector<std::string> written_here(const World& world) {
  const Chronicle chronicle(world);
  return written_paths(chronicle, 0, kMostWritten);
}

}  // namespace

Doubter::Doubter(const Scenario& scenario) : scenario_(scenario) {
  for (const auto& manifest : scenario.manifests) deeds_ += manifest->dump() + "\n";
  for (const ScenarioStep& step : scenario.steps) note(step);
  for (const Fork& fork : scenario.forks) {
    for (const ScenarioStep& step : fork.steps) note(step);
  }
  const Simulation bare = make_cluster(scenario.cluster);
  refute(bare.world(), {scenario_, {}, "", 255});
}

void Doubter::note(const ScenarioStep& step) {
  if (step.action) add_deeds(*step.action, &deeds_);
  if (step.predict) {
    for (const auto& option : step.predict->options) {
      statements_.push_back({&option.holds, Role::Answer});
    }
  }
  if (step.until) statements_.push_back({&*step.until, Role::Until});
  for (const Expectation& wanted : step.expect) statements_.push_back({&wanted, Role::Expected});
  if (!step.task) return;
  for (const Attempt& solution : step.task->solutions) add_deeds(solution, &deeds_);
  for (const Attempt& attempt : step.task->must_fail) add_deeds(attempt, &deeds_);
  for (const Expectation& goal : step.task->goals) statements_.push_back({&goal, Role::Goal});
  for (const Experiment& probe : step.task->probes) {
    add_deeds(probe.attempt, &deeds_);
    for (const Expectation& wanted : probe.expect) {
      statements_.push_back({&wanted, Role::Expected});
    }
  }
}

std::vector<Doubter::Statement*> Doubter::of_step(const std::string& pointer) {
  std::vector<Statement*> own;
  for (Statement& statement : statements_) {
    if (statement.wanted->pointer.rfind(pointer + "/", 0) == 0) own.push_back(&statement);
  }
  return own;
}

void Doubter::refute(const World& world, const StepOutcome& evidence) {
  for (Statement& statement : statements_) {
    if (statement.failed) continue;
    const Verdict verdict = evaluate(world, evidence, *statement.wanted);
    statement.failed = !verdict.holds && (!verdict.about_nothing || affirms(*statement.wanted));
  }
}

void Doubter::look(const Player& player, const StepResult& result) {
  const StepOutcome evidence{scenario_, player.bound(), result.output, result.exit};
  const std::vector<Statement*> own = of_step(result.pointer);
  for (Statement* statement : own) {
    if (statement->role != Role::Answer) continue;
    statement->right = evaluate(player.world(), evidence, *statement->wanted).holds;
  }
  look_for_paths(player, result);
  refute(player.world(), evidence);
  std::vector<std::string> asked;
  std::string everything;
  bool any = false;
  for (const Statement* statement : own) {
    if (statement->failed) continue;
    any = true;
    add_paths(*statement->wanted, &asked);
    collect_output(*statement->wanted, &everything);
  }
  if (!any) return;
  static const std::string nothing;
  refute(player.world(), {scenario_, player.bound(), nothing, 255});
  refute(player.world(), {scenario_, player.bound(), everything, 0});
  const std::set<std::string> paths(asked.begin(), asked.end());
  if (paths.empty()) return;
  for (const char* command : {"mkdir -p \"${f%/*}/\" && touch \"$f\"", "rm -rf \"$f\""}) {
    const std::unique_ptr<Player> line = player.fork();
    for (const std::string& path : paths) meddle(*line, path, command);
    refute(line->world(), {scenario_, line->bound(), nothing, 255});
  }
}

/// A file that is not where a statement looks, and never was anywhere: perhaps its path is wrong.
void Doubter::look_for_paths(const Player& player, const StepResult& result) {
  const StepOutcome evidence{scenario_, player.bound(), result.output, result.exit};
  const World& world = player.world();
  for (Statement* statement : of_step(result.pointer)) {
    if (statement->role == Role::Until) continue;
    if (statement->role == Role::Answer && !statement->right) continue;
    std::vector<Question> questions;
    add_questions(*statement->wanted, &questions);
    for (const Question& question : questions) {
      if (deeds_.find(question.path) != std::string::npos) continue;
      if (!question.pod.empty()) {
        const std::optional<Uid> pod = resolve(world, evidence, question.pod);
        if (!pod) continue;
        const Why answer = why(world, *pod, question.container, question.path);
        if (answer.code != WhyCode::NeverWrittenHere) continue;
      }
      if (is_seen(world, question.path)) continue;
      const std::vector<std::string> written = written_here(world);
      if (std::find(written.begin(), written.end(), question.path) != written.end()) continue;
      std::string near = nearest(question.path, written);
      // That a file is missed which was to be there is told anyway.
      if (near.empty() && !evaluate(world, evidence, *statement->wanted).holds) continue;
      statement->unheard_of = question.path;
      statement->instead = std::move(near);
      break;
    }
  }
}

bool Doubter::is_seen(const World& world, const std::string& path) const {
  for (const auto& [id, row] : world.store().table(Kind::Pod)) {
    const auto& pod = static_cast<const Pod&>(row);
    for (const auto& container : pod.spec->containers) {
      if (sees(world, pod.meta.uid, container.name.view(), path)) return true;
    }
  }
  return false;
}

std::vector<Doubt> Doubter::doubts(const std::string& language) const {
  std::vector<Doubt> all;
  for (const Statement& statement : statements_) {
    const std::string& pointer = statement.wanted->pointer;
    const std::string label = label_of(*statement.wanted, language);
    if (!statement.unheard_of.empty()) {
      all.push_back({pointer, fmt::format("nobody ever wrote {}", statement.unheard_of),
                     statement.instead.empty()
                         ? "that it is not there proves nothing: no command, manifest or image of "
                           "the lesson has this path; is it spelled right?"
                         : fmt::format("did you mean {}?", statement.instead)});
    }
    if (statement.failed || (statement.role == Role::Answer && !statement.right)) continue;
    const char* what = "holds whatever happens";
    const char* cure = "expect what the step brings about";
    if (statement.role == Role::Goal) {
      what = "a goal that is met whatever happens";
      cure = "say what the solution brings about";
    } else if (statement.role == Role::Answer) {
      what = "an answer that is right whatever happens";
      cure = "say what would be otherwise if it were wrong";
    } else if (statement.role == Role::Until) {
      what = "waits for nothing, for it holds whatever happens";
      cure = "wait for what the step brings about";
    }
    all.push_back({pointer, fmt::format("{}: {}", what, label),
                   fmt::format("it held on the bare cluster, at every moment of the lesson, with "
                               "other output, and with its files made and taken away; {}",
                               cure)});
  }
  return all;
}

}  // namespace sim
