// `kubectl wait`. k8s 1.32 kubectl/pkg/cmd/wait
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/shell/kubectl_work.h"
#include "sim/shell/output_format.h"

namespace sim::kubectl {
namespace {

constexpr Duration kWeek = hours(24 * 7);
constexpr Duration kCreatePoll = milliseconds(500);

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

struct Condition {
  enum class Kind { Delete, Create, Status, JsonPath };
  Kind kind = Kind::Status;
  std::string name;                  // of a status condition; the path
  std::optional<std::string> value;  // absent: any
};

/// Parts between single "="; a double one belongs to an expression.
std::vector<std::string> split_path(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      parts.back() += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '=') {
      parts.back() += "==";
      ++i;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

/// Whether a path failed only because the object has no such key (yet).
bool is_missing_key(std::string_view error) {
  constexpr std::string_view kEnd = " is not found";
  return error.size() >= kEnd.size() && error.substr(error.size() - kEnd.size()) == kEnd;
}

std::optional<Condition> parse_path_condition(std::string_view text, std::string* error) {
  const std::vector<std::string> parts = split_path(text);
  if (parts.size() > 2) {
    *error =
        "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
        "--for=jsonpath='{.status.readyReplicas}'";
    return std::nullopt;
  }
  Condition condition;
  condition.kind = Condition::Kind::JsonPath;
  if (parts[0].empty()) {
    *error = "jsonpath expression cannot be empty";
    return std::nullopt;
  }
  const std::optional<std::string> path = relaxed_jsonpath(parts[0], error);
  if (!path) return std::nullopt;
  condition.name = *path;
  if (parts.size() == 2) {
    std::string_view value = parts[1];
    while (!value.empty() && (value.front() == '\'' || value.front() == '"')) {
      value.remove_prefix(1);
    }
    while (!value.empty() && (value.back() == '\'' || value.back() == '"')) value.remove_suffix(1);
    if (value.empty()) {
      *error =
          "jsonpath wait has to have a value after equal sign, like "
          "--for=jsonpath='{.status.readyReplicas}'=3";
      return std::nullopt;
    }
    condition.value = std::string(value);
  }
  // What does not even find nothing is no path.
  std::string wrong;
  if (!jsonpath_values(condition.name, Json::object(), &wrong) && !is_missing_key(wrong)) {
    *error = wrong;
    return std::nullopt;
  }
  return condition;
}

std::optional<Condition> parse_condition(std::string_view text, std::string* error) {
  Condition condition;
  if (same_letters(text, "delete")) {
    condition.kind = Condition::Kind::Delete;
    return condition;
  }
  if (same_letters(text, "create")) {
    condition.kind = Condition::Kind::Create;
    return condition;
  }
  constexpr std::string_view kStatus = "condition=";
  constexpr std::string_view kPath = "jsonpath=";
  if (text.substr(0, kStatus.size()) == kStatus) {
    text.remove_prefix(kStatus.size());
    const std::size_t equals = text.find('=');
    condition.name = text.substr(0, equals);
    condition.value =
        equals == std::string_view::npos ? "true" : std::string(text.substr(equals + 1));
    return condition;
  }
  if (text.substr(0, kPath.size()) == kPath) {
    return parse_path_condition(text.substr(kPath.size()), error);
  }
  *error = fmt::format("unrecognized condition: \"{}\"", text);
  return std::nullopt;
}

bool has_status(const Json& object, const Condition& condition) {
  const auto status = object.find("status");
  if (status == object.end() || !status->contains("conditions")) return false;
  for (const Json& one : (*status)["conditions"]) {
    if (!same_letters(one.value("type", ""), condition.name)) continue;
    // What was seen of an older generation says nothing of this one.
    const std::int64_t generation = object["metadata"].value("generation", std::int64_t{0});
    if (status->contains("observedGeneration") &&
        (*status)["observedGeneration"].get<std::int64_t>() < generation) {
      return false;
    }
    return same_letters(one.value("status", ""), *condition.value);
  }
  return false;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

bool has_path(const Json& object, const Condition& condition, std::string* error) {
  std::string wrong;
  const std::optional<std::vector<Json>> values = jsonpath_values(condition.name, object, &wrong);
  if (!values && !is_missing_key(wrong)) *error = wrong;
  if (!values || values->empty()) return false;
  if (values->size() > 1) {
    *error = "given jsonpath expression matches more than one value";
    return false;
  }
  if (!condition.value) return true;
  const Json& value = values->front();
  if (value.is_structured()) {
    *error = "jsonpath leads to a nested object or list which is not supported";
    return false;
  }
  const std::string text = value.is_string() ? value.get<std::string>()
                           : value.is_null() ? "<nil>"
                                             : value.dump();
  return trimmed(text) == trimmed(*condition.value);
}

bool is_met(const Object& object, const Condition& condition, std::string* error) {
  if (condition.kind == Condition::Kind::Create) return true;
  const Json json = encode(object);
  return condition.kind == Condition::Kind::Status ? has_status(json, condition)
                                                   : has_path(json, condition, error);
}

/// One object's turn.
enum class Turn { Met, Waits, Failed };

class Waiter {
 public:
  Waiter(Call& call, const Flags& flags, const Condition& condition)
      : call_(call),
        flags_(flags),
        condition_(condition),
        patience_(duration_of(flags, "timeout", seconds(30))) {
    if (patience_.ns < 0) patience_ = kWeek;
    deadline_ = call.state.started + patience_;
  }

  Time deadline() const { return deadline_; }
  bool out_of_time() const { return call_.world.now() >= deadline_; }

  /// `first`: its turn has just come.
  Turn look(const Subject& subject, bool first, Failures& failures, Step& step) {
    return condition_.kind == Condition::Kind::Delete ? look_deleted(subject, failures, step)
                                                      : look_met(subject, first, failures, step);
  }

 private:
  /// The object of that name, which may be another one by now.
  ObjectPtr present(const Subject& subject) const {
    const Store& store = call_.world.store();
    return store.share({subject.ref.kind, store.find(subject.ref.kind, subject.ns, subject.name)});
  }
  std::string whom(const Subject& subject) const {
    return fmt::format("{}/{}", info(subject.ref.kind).plural, subject.name);
  }
  void met(const Subject& subject, const ObjectPtr& object, Step& step) const {
    if (object) {
      report(step, *object, "condition met", flags_);
      return;
    }
    const std::string name = fmt::format("{}/{}", printed_kind(subject.ref.kind), subject.name);
    say(step, flags_.get("output") == "name" ? name + "\n" : name + " condition met\n");
  }
  /// After the deadline nothing is looked at any more.
  Turn waits(const Subject& subject, Failures& failures) const {
    if (patience_.ns == 0) {
      failures.add(fmt::format("condition not met for {}", whom(subject)));
      return Turn::Failed;
    }
    if (!out_of_time()) return Turn::Waits;
    failures.add(fmt::format("timed out waiting for the condition on {}", whom(subject)));
    return Turn::Failed;
  }
  Turn look_deleted(const Subject& subject, Failures& failures, Step& step) const {
    const ObjectPtr object = call_.world.store().share(subject.ref);
    if (object) return waits(subject, failures);
    met(subject, nullptr, step);
    return Turn::Met;
  }
  Turn look_met(const Subject& subject, bool first, Failures& failures, Step& step) const {
    const ObjectPtr object = present(subject);
    if (first && patience_.ns != 0 && out_of_time()) return waits(subject, failures);
    if (!object && first) {
      failures.add(not_found(subject.ref.kind, subject.name));
      return Turn::Failed;
    }
    std::string error;
    if (object && is_met(*object, condition_, &error)) {
      met(subject, object, step);
      return Turn::Met;
    }
    if (!error.empty()) {
      failures.add(error);
      return Turn::Failed;
    }
    return waits(subject, failures);
  }

  Call& call_;
  const Flags& flags_;
  const Condition& condition_;
  Duration patience_;
  Time deadline_;
};

}  // namespace

Step wait(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {
      "all", "all-namespaces,A", "field-selector=", "for=", "local", "selector,l=", "timeout="};
  set.durations = {"timeout"};
  set.prints = set.files = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("wait", flags.error);
  std::string error;
  if (error = wrong_output_form(flags); !error.empty()) return fail(error);
  const std::optional<Condition> condition = parse_condition(flags.get("for"), &error);
  if (!condition) return fail(error);

  CommandState& state = call.state;
  if (state.stage == 0 && state.number == 0) state.started = call.world.now();
  Waiter waiter(call, flags, *condition);
  Work work;
  if (state.stage == 0) {
    TargetOptions options;
    options.name_required = true;
    Targets targets = find_selected(call, flags, flags.args, options);
    if (!targets.error.empty()) return fail(targets.error);
    const bool absent = std::any_of(targets.missing.begin(), targets.missing.end(),
                                    [](const ApiError& wrong) { return wrong.code == 404; });
    if (condition->kind == Condition::Kind::Create && absent) {
      if (waiter.out_of_time()) return fail("timed out waiting for the condition");
      state.number = 1;
      Step step;
      step.done = false;
      step.wait.until = std::min(call.world.now() + kCreatePoll, waiter.deadline());
      return step;
    }
    if (condition->kind == Condition::Kind::Delete) {
      targets.missing.erase(std::remove_if(targets.missing.begin(), targets.missing.end(),
                                           [](const ApiError& wrong) { return wrong.code == 404; }),
                            targets.missing.end());
    }
    work = Work(call.world, targets);
    if (work.subjects.empty() && !work.failures.any() &&
        condition->kind != Condition::Kind::Delete) {
      return fail("no matching resources found");
    }
  } else {
    work = Work(state);
  }

  // While it waits for an object, `stage` is one more than its place in the list.
  Step step;
  bool waiting = state.stage > 0;
  for (std::size_t i = waiting ? static_cast<std::size_t>(state.stage - 1) : 0;
       i < work.subjects.size(); ++i, waiting = false) {
    const Turn turn = waiter.look(work.subjects[i], !waiting, work.failures, step);
    if (turn != Turn::Waits) continue;
    state.stage = static_cast<int>(i) + 1;
    work.keep(state);
    step.done = false;
    step.wait = {waiter.deadline(), true};
    return step;
  }
  work.failures.tell(step);
  return step;
}

}  // namespace sim::kubectl
