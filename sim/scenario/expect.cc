#include "sim/scenario/expect.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/graph/route.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"

namespace sim {
namespace {

Verdict held() { return {true, ""}; }
Verdict broken(std::string detail) { return {false, std::move(detail)}; }
/// Broken, and its negation as well: a predicate that selects nothing says nothing.
Verdict about_nothing(std::string detail) { return {false, std::move(detail), true}; }

/// Why a reference means no pod.
std::string unbound(const World& world, const StepOutcome& evidence, const std::string& name) {
  const PodReference& reference = evidence.scenario.refs.at(name);
  if (!reference.bind_after.empty()) {
    return fmt::format("\"{}\" is not bound: no step of {} has ended with such a pod", name,
                       fmt::join(reference.bind_after, ", "));
  }
  const Store& store = world.store();
  const auto names = [&](Kind kind) {
    constexpr std::size_t kMost = 20;  // nobody reads more
    std::vector<std::string> all;
    for (const auto& [id, row] : store.table(kind)) {
      if (row.meta.ns == reference.ns) all.push_back(row.meta.name.str());
      if (all.size() == kMost) break;
    }
    return all;
  };
  if (!reference.pod.empty()) {
    return fmt::format("there is no pod {} now; {}", reference.pod,
                       hint_for(reference.pod, names(Kind::Pod)));
  }
  const std::string owner = fmt::format("{}/{}", reference.owner_kind, reference.owner_name);
  const std::optional<Kind> kind = api_kind_named(reference.owner_kind);
  if (kind && store.find(*kind, reference.ns, reference.owner_name) == 0) {
    return fmt::format("\"{}\" is no pod now: there is no {} in the namespace {}; {}", name, owner,
                       reference.ns,
                       hint_for(reference.owner_name, names(*kind), "is it made later?"));
  }
  return fmt::format("\"{}\" is no pod now: {} has no pod with \"nth\": {} (the oldest is 0)", name,
                     owner, reference.nth);
}

std::string pod_name(const World& world, Uid uid) {
  const Ref ref = world.store().find(uid);
  return ref ? world.store().get(ref)->meta.name.str() : "(gone)";
}

/// Whether a container of the pod runs and could look: of one that does not, neither that it sees
/// a file nor that it does not tells anything.
bool can_look(const World& world, Uid pod, const std::string& container) {
  const Ref ref = world.store().find(pod);
  return ref && ref.kind == Kind::Pod && awake_instance(world, ref.id, container) != 0;
}

Verdict evaluate_sees(const World& world, const StepOutcome& evidence, const Expectation& wanted) {
  std::string wrong;
  std::set<Uid> named;
  for (const auto& [name, must] : wanted.pods) {
    const std::optional<Uid> uid = resolve(world, evidence, name);
    if (!uid) return about_nothing(unbound(world, evidence, name));
    named.insert(*uid);
    if (!can_look(world, *uid, wanted.container)) {
      const Why answer = why(world, *uid, wanted.container, wanted.path);
      return about_nothing(fmt::format(
          "nothing runs in {} ({}) that could look, so it proves nothing; expect \"why\" with the "
          "code {}, or ask a pod that runs: {}",
          name, pod_name(world, *uid), name_of(answer.code), sentence(answer, "en")));
    }
    const bool does = sees(world, *uid, wanted.container, wanted.path);
    if (does != must) {
      wrong += fmt::format("{} ({}) {} {}: {}\n", name, pod_name(world, *uid),
                           does ? "sees" : "does not see", wanted.path,
                           sentence(why(world, *uid, wanted.container, wanted.path), "en"));
    }
  }
  if (wanted.others) {
    int asked = 0;
    for (const auto& [id, row] : world.store().table(Kind::Pod)) {
      if (named.count(row.meta.uid) != 0) continue;
      if (awake_instance(world, id, "") == 0) continue;
      ++asked;
      const bool does = sees(world, row.meta.uid, "", wanted.path);
      if (does != *wanted.others) {
        wrong += fmt::format("pod {} {} {}\n", row.meta.name, does ? "sees" : "does not see",
                             wanted.path);
      }
    }
    if (asked == 0) return about_nothing("\"others\": no other pod runs");
  }
  if (wanted.every) {
    int selected = 0;
    for (const auto& [id, row] : world.store().table(Kind::Pod)) {
      if (!wanted.every->ns.empty() && row.meta.ns != wanted.every->ns) continue;
      if (!has_labels(row.meta.labels, wanted.every->labels)) continue;
      if (awake_instance(world, id, wanted.container) == 0) continue;
      ++selected;
      const bool does = sees(world, row.meta.uid, wanted.container, wanted.path);
      if (does != wanted.every->is) {
        wrong += fmt::format("pod {} {} {}\n", row.meta.name, does ? "sees" : "does not see",
                             wanted.path);
      }
    }
    if (selected == 0) return about_nothing("\"every\" selects no running pod");
  }
  return wrong.empty() ? held() : broken(wrong);
}

Verdict evaluate_why(const World& world, const StepOutcome& evidence, const Expectation& wanted) {
  const std::optional<Uid> uid = resolve(world, evidence, wanted.pod);
  if (!uid) return about_nothing(unbound(world, evidence, wanted.pod));
  const Why answer = why(world, *uid, wanted.container, wanted.path);
  if (name_of(answer.code) == wanted.code) return held();
  std::string detail = fmt::format("it is {}: {}", name_of(answer.code), sentence(answer, "en"));
  if (answer.code == WhyCode::NoSuchContainer) {
    const Ref ref = world.store().find(*uid);
    const Pod* pod = ref ? world.get<Pod>(ref.id) : nullptr;
    std::vector<std::string> names;
    if (pod) {
      for (const auto& container : pod->spec->containers) names.push_back(container.name.str());
    }
    detail += " " + hint_for(wanted.container, names);
  }
  return broken(std::move(detail));
}

Verdict evaluate_object(const World& world, const Expectation& wanted) {
  const ConditionResult result = check_condition(world, condition_of(wanted));
  if (result.holds) return held();
  // Of an object that is not there it cannot be said what its parts are.
  ObjectCondition any = condition_of(wanted);
  any.match = nullptr;
  any.count.reset();
  const bool none = wanted.match && !check_condition(world, any).holds;
  return none ? about_nothing(result.detail) : broken(result.detail);
}

Verdict evaluate_event(const World& world, const Expectation& wanted) {
  std::string reasons;
  for (const auto& [id, row] : world.store().table(Kind::Event)) {
    const auto& event = static_cast<const Event&>(row);
    const std::string about =
        fmt::format("{}/{}", event.involved_object.kind, event.involved_object.name);
    if (!wanted.about.empty() && about != wanted.about &&
        event.involved_object.name != wanted.about && event.involved_object.kind != wanted.about) {
      continue;
    }
    if (event.reason == wanted.reason &&
        (!wanted.contains || event.message.view().find(*wanted.contains) != std::string::npos)) {
      return held();
    }
    if (reasons.size() < 400)
      reasons += fmt::format("\n{} {}: {}", event.reason, about, event.message);
  }
  return broken(fmt::format("no such event; there are:{}", reasons.empty() ? " none" : reasons));
}

std::string without_last_newline(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return std::string(text);
}

Verdict evaluate_output(const StepOutcome& evidence, const Expectation& wanted) {
  if (wanted.exit && *wanted.exit != evidence.exit) {
    return broken(fmt::format("exit status {}, not {}", evidence.exit, *wanted.exit));
  }
  const std::string output = without_last_newline(evidence.output);
  if (wanted.equals && without_last_newline(*wanted.equals) != output) {
    return broken(fmt::format("the output is\n{}\nnot\n{}", output, *wanted.equals));
  }
  if (wanted.contains && output.find(*wanted.contains) == std::string::npos) {
    return broken(fmt::format("the output is\n{}\nwithout\n{}", output, *wanted.contains));
  }
  return held();
}

Verdict evaluate_any(const World& world, const StepOutcome& evidence, const Expectation& wanted) {
  Verdict none = about_nothing("");
  for (const Expectation& part : wanted.parts) {
    Verdict verdict = evaluate(world, evidence, part);
    if (verdict.holds) return verdict;
    none.detail += verdict.detail + "\n";
    none.about_nothing = none.about_nothing && verdict.about_nothing;
  }
  return none;
}

}  // namespace

std::optional<Uid> find_pod(const World& world, const PodReference& reference) {
  const Store& store = world.store();
  if (!reference.pod.empty()) {
    const Pod* pod = store.find<Pod>(reference.ns, reference.pod);
    return pod ? std::optional<Uid>(pod->meta.uid) : std::nullopt;
  }
  std::vector<Id> pods;
  const auto add_pods_of = [&](Uid owner) {
    for (const Id id : store.controlled_by(owner, Kind::Pod)) {
      if (!store.get<Pod>(id)->meta.deletion_timestamp) pods.push_back(id);
    }
  };
  const std::optional<Kind> kind = api_kind_named(reference.owner_kind);
  const Id id = kind ? store.find(*kind, reference.ns, reference.owner_name) : 0;
  if (id == 0) return std::nullopt;
  const Uid owner = store.get({*kind, id})->meta.uid;
  if (kind == Kind::Deployment) {
    for (const Id set : store.controlled_by(owner, Kind::ReplicaSet)) {
      add_pods_of(store.get<ReplicaSet>(set)->meta.uid);
    }
  } else {
    add_pods_of(owner);
  }
  std::sort(pods.begin(), pods.end());  // ids are given in order of creation
  const auto nth = static_cast<std::size_t>(reference.nth);
  if (nth >= pods.size()) return std::nullopt;
  return store.get<Pod>(pods[nth])->meta.uid;
}

std::optional<Uid> resolve(const World& world, const StepOutcome& evidence,
                           const std::string& name) {
  const auto bound = evidence.bound.find(name);
  if (bound != evidence.bound.end()) return bound->second;
  const auto reference = evidence.scenario.refs.find(name);
  if (reference == evidence.scenario.refs.end() || !reference->second.bind_after.empty()) {
    return std::nullopt;
  }
  return find_pod(world, reference->second);
}

Verdict evaluate(const World& world, const StepOutcome& evidence, const Expectation& wanted) {
  switch (wanted.kind) {
    case Expectation::Kind::Sees:
      return evaluate_sees(world, evidence, wanted);
    case Expectation::Kind::Why:
      return evaluate_why(world, evidence, wanted);
    case Expectation::Kind::HasObject:
      return evaluate_object(world, wanted);
    case Expectation::Kind::HasEvent:
      return evaluate_event(world, wanted);
    case Expectation::Kind::Printed:
      return evaluate_output(evidence, wanted);
    case Expectation::Kind::Not: {
      const Verdict verdict = evaluate(world, evidence, wanted.parts.front());
      if (verdict.about_nothing) return verdict;
      return verdict.holds ? broken("it does hold") : held();
    }
    case Expectation::Kind::All:
      for (const Expectation& part : wanted.parts) {
        Verdict verdict = evaluate(world, evidence, part);
        if (!verdict.holds) return verdict;
      }
      return held();
    case Expectation::Kind::Any:
      return evaluate_any(world, evidence, wanted);
  }
  return {};
}

void add_paths(const Expectation& expectation, std::vector<std::string>* paths) {
  if (!expectation.path.empty()) paths->push_back(expectation.path);
  for (const Expectation& part : expectation.parts) add_paths(part, paths);
}

std::string label_of(const Expectation& wanted, const std::string& language) {
  if (!wanted.text.empty()) return wanted.text.in(language);
  const bool ko = language == "ko";
  switch (wanted.kind) {
    case Expectation::Kind::Sees: {
      std::string text;
      for (const auto& [name, must] : wanted.pods) {
        if (!text.empty()) text += ", ";
        text += ko ? fmt::format("{}: {}", name, must ? "보임" : "안 보임")
                   : fmt::format("{} {}", name, must ? "sees" : "does not see");
      }
      if (wanted.every) {
        text =
            ko ? fmt::format("선택된 모든 Pod: {}", wanted.every->is ? "보임" : "안 보임")
               : fmt::format("every selected pod {}", wanted.every->is ? "sees" : "does not see");
      }
      return fmt::format("{} {}", text, wanted.path);
    }
    case Expectation::Kind::Why:
      return fmt::format("{}: {} {}", wanted.pod, wanted.path, wanted.code);
    case Expectation::Kind::HasObject: {
      std::string text = wanted.object_kind;
      if (!wanted.name.empty()) text += "/" + wanted.name;
      if (wanted.match) text += " " + wanted.match->dump();
      if (wanted.count)
        text +=
            ko ? fmt::format(" {}개", *wanted.count) : fmt::format(", {} of them", *wanted.count);
      return text;
    }
    case Expectation::Kind::HasEvent:
      return ko ? fmt::format("이벤트 {} {}", wanted.reason, wanted.about)
                : fmt::format("event {} {}", wanted.reason, wanted.about);
    case Expectation::Kind::Printed:
      return ko ? "명령의 출력" : "what the command printed";
    case Expectation::Kind::Not:
      return (ko ? "아님: " : "not: ") + label_of(wanted.parts.front(), language);
    case Expectation::Kind::All:
    case Expectation::Kind::Any: {
      std::string text;
      for (const Expectation& part : wanted.parts) {
        if (!text.empty()) {
          text += wanted.kind == Expectation::Kind::All ? (ko ? " 그리고 " : " and ")
                                                        : (ko ? " 또는 " : " or ");
        }
        text += label_of(part, language);
      }
      return text;
    }
  }
  return "";
}

ObjectCondition condition_of(const Expectation& wanted) {
  ObjectCondition made;
  made.kind = *api_kind_named(wanted.object_kind);
  made.ns = wanted.ns;
  made.name = wanted.name;
  made.labels = wanted.labels;
  made.match = wanted.match;
  made.count = wanted.count;
  return made;
}

}  // namespace sim
