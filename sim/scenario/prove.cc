#include "sim/scenario/prove.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/model/manifest.h"
#include "sim/scenario/doubt.h"
#include "sim/scenario/player.h"

namespace sim {
namespace {

/// Images that some pod waited for in vain, as its manifest has them.
class MissingImages {
 public:
  void look(const World& world) {
    for (const auto& [id, row] : world.store().table(Kind::Pod)) {
      const auto& pod = static_cast<const Pod&>(row);
      look(pod.status.container_statuses, pod.spec->containers);
      look(pod.status.init_container_statuses, pod.spec->init_containers);
    }
  }

  /// What to tell of them, at the place where each stands in the file.
  void note(const Scenario& scenario, const Document& document, Proof* proof) const {
    for (const std::string& name : names_) {
      const std::string pointer = find(document.json, "", name);
      const Position place = document.place(pointer);
      const bool known = scenario.cluster.settings.images.find(name) != nullptr;
      std::string right = "put it under the \"images\" of the nodes";
      if (!known) {
        std::vector<std::string> described;
        const Json& cluster = document.json["cluster"];
        if (cluster.contains("images")) {
          for (const auto& [image, unused] : cluster["images"].items()) described.push_back(image);
        }
        right = hint_for(name, described,
                         fmt::format("describe it there: \"images\": {{\"{}\": {{}}}}", name));
      }
      proof->mistakes.push_back(
          {scenario.file, place.line, place.column, pointer,
           known ? fmt::format("the image \"{}\" is on no node of the pod, and cannot be pulled",
                               name)
                 : fmt::format(
                       "there is no image \"{}\" under cluster.images: its pods never start", name),
           right});
    }
  }

 private:
  template <class Containers>
  void look(const std::vector<ContainerStatus>& statuses, const Containers& containers) {
    for (const ContainerStatus& status : statuses) {
      if (!status.state.waiting) continue;
      const Str& reason = status.state.waiting->reason;
      if (reason != "ErrImagePull" && reason != "ImagePullBackOff" &&
          reason != "ErrImageNeverPull" && reason != "InvalidImageName") {
        continue;
      }
      for (const auto& container : containers) {
        if (container.name == status.name) names_.insert(container.image.str());
      }
    }
  }

  /// The first value under a key "image" that is this one, else the first text that has it.
  static std::string find(const Json& json, const std::string& pointer, const std::string& name) {
    std::string mentioned;
    find(json, pointer, name, &mentioned);
    return mentioned;
  }
  static bool find(const Json& json, const std::string& pointer, const std::string& name,
                   std::string* mentioned) {
    if (json.is_string()) {
      const auto& text = json.get_ref<const std::string&>();
      if (mentioned->empty() && text.find(name) != std::string::npos) *mentioned = pointer;
      const std::size_t slash = pointer.rfind('/');
      if (text != name || pointer.substr(slash + 1) != "image") return false;
      *mentioned = pointer;
      return true;
    }
    if (json.is_object()) {
      for (const auto& [key, value] : json.items()) {
        if (find(value, pointer + "/" + key, name, mentioned)) return true;
      }
    }
    if (json.is_array()) {
      for (std::size_t i = 0; i < json.size(); ++i) {
        if (find(json[i], fmt::format("{}/{}", pointer, i), name, mentioned)) return true;
      }
    }
    return false;
  }

  std::set<std::string> names_;
};

/// As much of an output as one reads.
std::string first_lines(const std::string& output) {
  constexpr int kMost = 12;
  std::size_t end = 0;
  for (int line = 0; line < kMost && end < output.size(); ++line) {
    end = std::min(output.find('\n', end), output.size() - 1) + 1;
  }
  return end < output.size() ? output.substr(0, end) + "…" : output;
}

/// Plays; what the API server refuses of the cluster gets its line and column.
Report play_placed(const Scenario& scenario, const PlayOptions& options, const Document& document) {
  try {
    return play(scenario, options);
  } catch (const InputError& error) {
    std::vector<Diagnostic> placed = error.diagnostics();
    for (Diagnostic& each : placed) {
      if (each.line > 0 || each.pointer.empty()) continue;
      const Position place = document.place(each.pointer);
      each.line = place.line;
      each.column = place.column;
    }
    throw InputError(std::move(placed));
  }
}

/// Wrong answers that nothing refutes: who gave one learns only that it was wrong.
void note_unrefuted(const StepResult& step, const Document& document, const std::string& file,
                    Proof* proof) {
  const auto right = std::count_if(step.options.begin(), step.options.end(),
                                   [](const OptionResult& option) { return option.holds; });
  const std::string pointer = step.pointer + "/predict/options/";
  if (right != 1 || !document.json.contains(Json::json_pointer(pointer + "0"))) return;
  for (std::size_t i = 0; i < step.options.size(); ++i) {
    const OptionResult& option = step.options[i];
    if (option.holds || !option.refutation.empty()) continue;
    const Position place = document.place(pointer + std::to_string(i));
    proof->mistakes.push_back(
        {file, place.line, place.column, pointer + std::to_string(i),
         fmt::format("nothing refutes the wrong answer \"{}\"", option.label),
         "name its \"misconception\", or say in \"feedback\" why it is wrong"});
  }
}

void note_checks(const std::vector<StepResult>& steps, const Document& document,
                 const std::string& file, Proof* proof) {
  for (const StepResult& step : steps) {
    note_unrefuted(step, document, file, proof);
    // What the step has printed is told once, with the first thing that does not hold: often one of
    // its commands has failed.
    std::string printed = first_lines(step.output);
    for (const CheckResult& check : step.checks) {
      if (check.held) {
        ++proof->proved;
        continue;
      }
      const Position place = document.place(check.pointer);
      std::string detail = check.detail;
      while (!detail.empty() && detail.back() == '\n') detail.pop_back();
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
  MissingImages images;
  PlayOptions options;
  options.language = language;
  options.prove = true;
  options.on_step = [&](const Player& player, const StepResult& result) {
    doubter.look(player, result);
    images.look(player.world());
  };
  const Report report = play_placed(scenario, options, document);
  note_checks(report.steps, document, scenario.file, &proof);
  for (const ForkResult& fork : report.forks) {
    note_checks(fork.steps, document, scenario.file, &proof);
  }
  for (const Doubt& doubt : doubter.doubts(language)) {
    const Position place = document.place(doubt.pointer);
    proof.mistakes.push_back(
        {scenario.file, place.line, place.column, doubt.pointer, doubt.message, doubt.hint});
  }
  // A lesson may be about an image that cannot be pulled. Then all holds.
  if (!proof.mistakes.empty()) images.note(scenario, document, &proof);
  std::sort(proof.mistakes.begin(), proof.mistakes.end(),
            [](const Diagnostic& a, const Diagnostic& b) {
              return std::tie(a.line, a.column, a.message) < std::tie(b.line, b.column, b.message);
            });
  return proof;
}

}  // namespace sim
