#include "sim/scenario/prove.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "sim/base/format.h"
#include "sim/model/manifest.h"
#include "sim/scenario/expect.h"
#include "sim/scenario/player.h"

namespace sim {
namespace {

void collect_output(const Expectation& wanted, std::string* output) {
  for (const auto& printed : {wanted.equals, wanted.contains}) {
    if (printed) *output += *printed + "\n";
  }
  for (const Expectation& part : wanted.parts) collect_output(part, output);
}

/// Tries expectations in worlds in which they should fail: before anything is there, at every
/// moment of the lesson, with other output, and where the files they ask about were made, or taken
/// away, in every container.
class Doubter {
 public:
  explicit Doubter(const Scenario& scenario) : scenario_(scenario) {
    const auto note = [&](const std::vector<ScenarioStep>& steps) {
      for (const ScenarioStep& step : steps) {
        for (const Expectation& wanted : step.expect) open_.push_back(&wanted);
      }
    };
    note(scenario.steps);
    for (const Fork& fork : scenario.forks) note(fork.steps);
    const Simulation bare = make_cluster(scenario.cluster);
    refute(bare.world(), {scenario_, {}, "", 255});
  }

  void look(const Player& player, const StepResult& result) {
    refute(player.world(), {scenario_, player.bound(), result.output, result.exit});
    const std::vector<const Expectation*> own = standing(result.pointer);
    if (own.empty()) return;
    static const std::string nothing;
    refute(player.world(), {scenario_, player.bound(), nothing, 255});
    std::vector<std::string> asked;
    std::string everything;
    for (const Expectation* wanted : own) {
      add_paths(*wanted, &asked);
      collect_output(*wanted, &everything);
    }
    refute(player.world(), {scenario_, player.bound(), everything, 0});
    const std::set<std::string> paths(asked.begin(), asked.end());
    if (paths.empty()) return;
    for (const char* command : {"mkdir -p \"${f%/*}/\" && touch \"$f\"", "rm -rf \"$f\""}) {
      const std::unique_ptr<Player> line = player.fork();
      for (const std::string& path : paths) meddle(*line, path, command);
      refute(line->world(), {scenario_, line->bound(), nothing, 255});
    }
  }

  /// Those that held, or were about nothing, in each of these worlds.
  const std::vector<const Expectation*>& never_failed() const { return open_; }

 private:
  std::vector<const Expectation*> standing(const std::string& step) const {
    std::vector<const Expectation*> own;
    for (const Expectation* wanted : open_) {
      if (wanted->pointer.rfind(step + "/expect/", 0) == 0) own.push_back(wanted);
    }
    return own;
  }

  void refute(const World& world, const StepOutcome& evidence) {
    const auto fails = [&](const Expectation* wanted) {
      const Verdict verdict = evaluate(world, evidence, *wanted);
      // A reference that means nobody yet refutes what says that somebody sees, and nothing else.
      return !verdict.holds && (!verdict.about_nothing || affirms(*wanted));
    };
    open_.erase(std::remove_if(open_.begin(), open_.end(), fails), open_.end());
  }
  static bool affirms(const Expectation& wanted) {
    if (wanted.kind == Expectation::Kind::Why) return true;
    if (wanted.kind != Expectation::Kind::Sees) return false;
    return std::any_of(wanted.pods.begin(), wanted.pods.end(),
                       [](const auto& pod) { return pod.second; });
  }

  static void meddle(Player& line, const std::string& path, const std::string& command) {
    const Store& store = line.world().store();
    std::vector<std::tuple<std::string, std::string, std::string>> containers;
    for (const auto& [id, row] : store.table(Kind::Pod)) {
      const auto& pod = static_cast<const Pod&>(row);
      if (pod.status.phase != "Running") continue;
      for (const auto& container : pod.spec->containers) {
        containers.emplace_back(pod.meta.ns.str(), pod.meta.name.str(), container.name.str());
      }
    }
    // A lesson of hundreds of pods is not meddled with in each of them.
    constexpr std::size_t kMost = 50;
    if (containers.size() > kMost) containers.resize(kMost);
    for (const auto& [ns, pod, container] : containers) {
      line.terminal().run(fmt::format("kubectl exec -n {} {} -c {} -- sh -c 'f={}; {}'", ns, pod,
                                      container, path, command));
    }
  }

  const Scenario& scenario_;
  std::vector<const Expectation*> open_;
};

void note_checks(const std::vector<StepResult>& steps, const Document& document,
                 const std::string& file, Proof* proof) {
  for (const StepResult& step : steps) {
    // What a command that failed has printed is told once, with the first thing that does not hold.
    std::string printed = step.exit == 0 ? "" : step.output;
    for (const CheckResult& check : step.checks) {
      if (check.held) {
        ++proof->proved;
        continue;
      }
      const Position place = document.place(check.pointer);
      std::string detail = check.detail;
      if (!printed.empty()) {
        detail +=
            fmt::format("\nthe step ended with status {} and printed\n{}", step.exit, printed);
      }
      printed.clear();
      while (!detail.empty() && detail.back() == '\n') detail.pop_back();
      proof->mistakes.push_back({file, place.line, place.column, check.pointer,
                                 fmt::format("does not hold: {}", check.label), detail});
    }
  }
}

}  // namespace

Proof prove(const Scenario& scenario, const std::string& text, const std::string& language) {
  const Document document = parse_json(text, scenario.file);
  Proof proof;
  Doubter doubter(scenario);
  PlayOptions options;
  options.language = language;
  options.prove = true;
  options.on_step = [&](const Player& player, const StepResult& result) {
    doubter.look(player, result);
  };
  const Report report = play(scenario, options);
  note_checks(report.steps, document, scenario.file, &proof);
  for (const ForkResult& fork : report.forks) {
    note_checks(fork.steps, document, scenario.file, &proof);
  }
  for (const Expectation* wanted : doubter.never_failed()) {
    const Position place = document.place(wanted->pointer);
    proof.mistakes.push_back(
        {scenario.file, place.line, place.column, wanted->pointer,
         fmt::format("holds whatever happens: {}", label_of(*wanted, language)),
         "it held on the bare cluster, at every moment of the lesson, with other output, and with "
         "its files made and taken away; expect what the step brings about"});
  }
  std::sort(proof.mistakes.begin(), proof.mistakes.end(),
            [](const Diagnostic& a, const Diagnostic& b) {
              return std::tie(a.line, a.column, a.message) < std::tie(b.line, b.column, b.message);
            });
  return proof;
}

}  // namespace sim
