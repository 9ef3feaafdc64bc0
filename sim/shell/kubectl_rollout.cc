// `kubectl rollout`. k8s 1.32 kubectl/pkg/cmd/rollout, kubectl/pkg/polymorphichelpers
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <map>

#include "sim/base/check.h"
#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/kubectl_rollout.h"

namespace sim::kubectl {
namespace {

constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
constexpr std::string_view kChangeCause = "kubernetes.io/change-cause";
constexpr std::string_view kRestartedAt = "kubectl.kubernetes.io/restartedAt";
constexpr std::string_view kHashLabel = "pod-template-hash";

/// "Pod", "ReplicaSet.apps": as Go prints a schema.GroupKind.
std::string group_kind(Kind kind) {
  const KindInfo& known = info(kind);
  return known.group.empty() ? std::string(known.name)
                             : fmt::format("{}.{}", known.name, known.group);
}

/// The revision in an object's annotations, 0 when there is none; empty when it is no number.
std::optional<std::int64_t> revision_of(const Object& object) {
  const Str* text = object.meta.annotations.find(kRevision);
  if (!text) return 0;
  std::int64_t revision = 0;
  const std::string_view digits = *text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return revision;
}

/// A Deployment's ReplicaSets by revision.
std::map<std::int64_t, const ReplicaSet*> history_of(const World& world,
                                                     const Deployment& deployment) {
  std::map<std::int64_t, const ReplicaSet*> history;
  for (const Id id : world.store().controlled_by(deployment.meta.uid, Kind::ReplicaSet)) {
    const ReplicaSet* set = world.get<ReplicaSet>(id);
    if (const auto revision = revision_of(*set)) history[*revision] = set;
  }
  return history;
}

std::string template_text(const ReplicaSet& set) {
  PodTemplateSpec pod_template = *set.spec.pod_template;
  if (const Str* cause = set.meta.annotations.find(kChangeCause)) {
    pod_template.meta.annotations.set(kChangeCause, *cause);
  }
  std::string text;
  describe_template(text, pod_template);
  return text;
}

bool same_but_for_hash(const PodTemplateSpec& a, const PodTemplateSpec& b) {
  const auto without_hash = [](const PodTemplateSpec& from) {
    ObjectMeta meta = from.meta;
    meta.labels.erase(kHashLabel);
    return meta;
  };
  return a.spec == b.spec && without_hash(a) == without_hash(b);
}

/// What all subcommands begin with: flags, targets, or the answer that ends the command.
struct Start {
  std::optional<Step> answer;
  Flags flags;
  DryRun dry_run = DryRun::None;
  Work work;
};

Start start(const Call& call, std::string_view verb, const std::vector<std::string>& words,
            FlagSet set) {
  Start made;
  const std::string path = fmt::format("rollout {}", verb);
  set.own.push_back("selector,l=");
  set.files = true;
  made.flags = read_flags(words, set);
  const Flags& flags = made.flags;
  const auto end = [&](Step step) {
    made.answer = std::move(step);
    return std::move(made);
  };
  if (!flags.error.empty()) return end(flag_error(path, flags.error));
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags, &error);
  if (!dry_run) return end(fail(error));
  made.dry_run = *dry_run;
  if (error = wrong_output_form(flags); !error.empty()) return end(fail(error));
  if (flags.args.empty() && !flags.has("filename")) {
    return end(fail("required resource not specified"));
  }
  if (flags.number("revision").value_or(0) < 0) {
    return end(fail(fmt::format("revision must be a positive integer: {}", flags.get("revision"))));
  }
  if (call.state.stage > 0) {
    made.work = Work(call.state);
    return made;
  }
  const Targets targets = find_selected(call, flags, flags.args);
  if (!targets.error.empty()) return end(fail(targets.error));
  made.work = Work(call.world, targets);
  return made;
}

Step nothing_found(const Call& call, const Flags& flags) {
  Step step;
  warn(step, fmt::format("No resources found in {} namespace.\n", namespace_of(call, flags)));
  return step;
}

bool is_set(Kind kind) { return kind == Kind::StatefulSet || kind == Kind::DaemonSet; }

/// k8s 1.32 kubectl/pkg/polymorphichelpers: DeploymentStatusViewer
Progress progress_of(const Deployment& deployment, std::int64_t revision) {
  Progress progress;
  const Str& name = deployment.meta.name;
  const DeploymentStatus& status = deployment.status;
  if (revision > 0) {
    const auto running = revision_of(deployment);
    if (!running) {
      progress.error = fmt::format("cannot get the revision of deployment \"{}\"", name);
      return progress;
    }
    if (*running != revision) {
      progress.error = fmt::format(
          "desired revision ({}) is different from the running revision ({})", revision, *running);
      return progress;
    }
  }
  if (deployment.meta.generation > status.observed_generation) {
    progress.text = "Waiting for deployment spec update to be observed...\n";
    return progress;
  }
  for (const DeploymentCondition& condition : status.conditions) {
    if (condition.type == "Progressing" && condition.reason == "ProgressDeadlineExceeded") {
      progress.error = fmt::format("deployment \"{}\" exceeded its progress deadline", name);
      return progress;
    }
  }
  const auto waiting = [&](std::string_view for_what) {
    progress.text =
        fmt::format("Waiting for deployment \"{}\" rollout to finish: {}...\n", name, for_what);
  };
  if (deployment.spec.replicas && status.updated_replicas < *deployment.spec.replicas) {
    waiting(fmt::format("{} out of {} new replicas have been updated", status.updated_replicas,
                        *deployment.spec.replicas));
  } else if (status.replicas > status.updated_replicas) {
    waiting(fmt::format("{} old replicas are pending termination",
                        status.replicas - status.updated_replicas));
  } else if (status.available_replicas < status.updated_replicas) {
    waiting(fmt::format("{} of {} updated replicas are available", status.available_replicas,
                        status.updated_replicas));
  } else {
    progress.text = fmt::format("deployment \"{}\" successfully rolled out\n", name);
    progress.done = true;
  }
  return progress;
}

/// The states of an object since a revision of the journal, as a watch would deliver them: null for
/// its end.
std::vector<ObjectPtr> states_since(const World& world, Ref ref, std::uint64_t revision) {
  std::vector<ObjectPtr> states;
  const Journal& journal = world.journal();
  for (std::uint64_t r = std::max(revision + 1, journal.first()); r <= journal.last(); ++r) {
    const Change& change = journal.at(r);
    if (change.ref == ref) states.push_back(change.after);
  }
  return states;
}

Step status(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"revision=", "timeout=", "watch,w"};
  set.numbers = {"revision"};
  set.durations = {"timeout"};
  Start begun = start(call, "status", words, set);
  if (begun.answer) return *begun.answer;
  const Flags& flags = begun.flags;
  Work& work = begun.work;
  if (work.subjects.empty() && !work.failures.any()) return nothing_found(call, flags);

  const std::int64_t revision = flags.number("revision").value_or(0);
  const bool watch = flags.is_on("watch", true);
  const Duration patience = duration_of(flags, "timeout");
  CommandState& state = call.state;
  if (state.stage == 0) state.started = call.world.now();
  const Time deadline = patience.ns == 0 ? kNever : state.started + patience;
  // While it watches an object, `stage` is one more than its place in the list and `number` the
  // journal's revision up to which it has been seen.
  Step step;
  bool watching = state.stage > 0;
  for (std::size_t i = watching ? static_cast<std::size_t>(state.stage - 1) : 0;
       i < work.subjects.size(); ++i, watching = false) {
    const Subject& subject = work.subjects[i];
    if (subject.ref.kind != Kind::Deployment && !is_set(subject.ref.kind)) {
      work.failures.add(fmt::format("no status viewer has been implemented for {}",
                                    group_kind(subject.ref.kind)));
      continue;
    }
    std::vector<ObjectPtr> states;
    if (watching) {
      states = states_since(call.world, subject.ref, static_cast<std::uint64_t>(state.number));
    } else {
      states = {call.world.store().share(subject.ref)};
      if (!states.front()) {
        work.failures.add(not_found(subject.ref.kind, subject.name));
        continue;
      }
    }
    bool over = false;
    for (const ObjectPtr& object : states) {
      if (!object) {
        work.failures.add("object has been deleted");
        over = true;
        break;
      }
      const Progress progress = is_set(object->kind)
                                    ? progress_of_set(*object)
                                    : progress_of(*as<Deployment>(object), revision);
      if (!progress.error.empty()) work.failures.add(progress.error);
      say(step, progress.text);
      over = progress.done || !progress.error.empty() || !watch;
      if (over) break;
    }
    if (over) continue;
    if (call.world.now() >= deadline) {
      work.failures.add("timed out waiting for the condition");
      continue;
    }
    state.stage = static_cast<int>(i) + 1;
    state.number = static_cast<std::int64_t>(call.world.revision());
    work.keep(state);
    step.done = false;
    step.wait = {deadline, true};
    return step;
  }
  work.failures.tell(step);
  return step;
}

/// Shows one Deployment's history; the answer is what is wrong.
std::string show_history(const World& world, const Deployment& deployment, const Flags& flags,
                         Step& step) {
  const std::int64_t revision = flags.number("revision").value_or(0);
  const auto history = history_of(world, deployment);
  if (revision > 0 && history.count(revision) == 0 && !history.empty()) {
    return "unable to find the specified revision";
  }
  if (flags.has("output")) {
    for (const auto& [number, replica_set] : history) {
      if (revision == 0 || revision == number) report(step, *replica_set, "", flags);
    }
    return "";
  }
  std::string text;
  if (history.empty()) {
    text = "No rollout history found.";
  } else if (revision > 0) {
    text = template_text(*history.at(revision));
  } else {
    std::vector<std::pair<std::int64_t, Str>> causes;
    for (const auto& [number, replica_set] : history) {
      causes.emplace_back(number, replica_set->meta.annotations.get(kChangeCause));
    }
    text = revision_table(causes);
  }
  const std::string which = revision > 0 ? fmt::format("with revision #{}", revision) : "";
  report(step, deployment, fmt::format("{}\n{}", which, text), flags);
  return "";
}

Step history(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"revision="};
  set.numbers = {"revision"};
  set.prints = true;
  Start begun = start(call, "history", words, set);
  if (begun.answer) return *begun.answer;
  Step step;
  for (const Subject& subject : begun.work.subjects) {
    const Object* object = call.world.store().get(subject.ref);
    std::string wrong;
    if (!object) {
      wrong = not_found(subject.ref.kind, subject.name).message;
    } else if (const auto* deployment = as<Deployment>(object)) {
      wrong = show_history(call.world, *deployment, begun.flags, step);
    } else if (is_set(object->kind)) {
      wrong = show_set_history(call.world, *object, begun.flags, step);
    } else {
      wrong = fmt::format("no history viewer has been implemented for \"{}\"",
                          group_kind(subject.ref.kind));
    }
    if (!wrong.empty()) begun.work.failures.add(wrong);
  }
  begun.work.failures.tell(step);
  return step;
}

/// The annotations that a Deployment keeps when it is rolled back.
/// k8s 1.32 kubectl/pkg/polymorphichelpers: annotationsToSkip
bool is_kept(std::string_view annotation) {
  return annotation == "kubectl.kubernetes.io/last-applied-configuration" ||
         annotation == kRevision || annotation == "deployment.kubernetes.io/revision-history" ||
         annotation == "deployment.kubernetes.io/desired-replicas" ||
         annotation == "deployment.kubernetes.io/max-replicas" ||
         annotation == "deprecated.deployment.rollback.to";
}

/// The Deployment as it is when a ReplicaSet's template is taken back.
std::shared_ptr<Object> rolled_back(const Deployment& deployment, const ReplicaSet& to) {
  auto next = std::make_shared<Deployment>(deployment);
  next->spec.pod_template = *to.spec.pod_template;
  next->spec.pod_template.edit().meta.labels.erase(kHashLabel);
  StringMap annotations;
  for (const auto& [key, value] : deployment.meta.annotations) {
    if (is_kept(key)) annotations.set(key, value);
  }
  for (const auto& [key, value] : to.meta.annotations) {
    if (!is_kept(key)) annotations.set(key, value);
  }
  next->meta.annotations = annotations;
  return next;
}

/// Rolls one Deployment back: what to report, or what is wrong.
std::string roll_back(Call& call, const Subject& subject, std::int64_t to_revision, DryRun dry_run,
                      std::string* wrong) {
  const auto& deployment = *call.world.get<Deployment>(subject.ref.id);
  const auto history = history_of(call.world, deployment);
  const ReplicaSet* to = nullptr;
  if (to_revision != 0) {
    const auto found = history.find(to_revision);
    if (to_revision < 0 || found == history.end()) {
      *wrong = fmt::format("unable to find specified revision {} in history", to_revision);
      return "";
    }
    to = found->second;
  } else if (history.size() < 2) {
    *wrong = fmt::format("no rollout history found for deployment \"{}\"", subject.name);
    return "";
  } else {
    to = std::next(history.rbegin())->second;
  }
  if (dry_run == DryRun::Client) return template_text(*to);
  if (deployment.spec.paused) {
    *wrong =
        "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' "
        "and try again";
    return "";
  }
  if (same_but_for_hash(*to->spec.pod_template, *deployment.spec.pod_template)) {
    return fmt::format("skipped rollback (current template already matches revision {})",
                       to_revision);
  }
  const ApiResult result = api_update(
      call.world, call.plan, subject.ref, rolled_back(deployment, *to),
      Str(fmt::format("rolled back to revision {}", *revision_of(*to))), dry_run == DryRun::Server);
  if (!result) {
    *wrong = fmt::format("failed restoring revision {}: {}", to_revision, result.error->message);
    return "";
  }
  return "rolled back";
}

Step undo(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"dry-run=?client", "to-revision="};
  set.numbers = {"to-revision"};
  set.prints = true;
  Start begun = start(call, "undo", words, set);
  if (begun.answer) return *begun.answer;
  Step step;
  for (const Subject& subject : begun.work.subjects) {
    if (subject.ref.kind != Kind::Deployment && !is_set(subject.ref.kind)) {
      begun.work.failures.add(fmt::format("no rollbacker has been implemented for \"{}\"",
                                          group_kind(subject.ref.kind)));
      continue;
    }
    std::string wrong;
    const auto roll = is_set(subject.ref.kind) ? roll_set_back : roll_back;
    const std::string done =
        roll(call, subject, begun.flags.number("to-revision").value_or(0), begun.dry_run, &wrong);
    if (!wrong.empty()) {
      begun.work.failures.add(wrong);
      continue;
    }
    report(step, *call.world.store().get(subject.ref), done, begun.flags, begun.dry_run);
  }
  begun.work.failures.tell(step);
  return step;
}

/// restart, pause and resume: each edits one object, or says why not; none when it is of a kind
/// that cannot be edited so.
using Edit = std::optional<std::string> (*)(const World& world, Object& object);

std::optional<std::string> edit_restart(const World& world, Object& object) {
  Box<PodTemplateSpec>* pod_template = nullptr;
  if (object.kind == Kind::Deployment) {
    if (static_cast<Deployment&>(object).spec.paused) {
      return "can't restart paused deployment (run rollout resume first)";
    }
    pod_template = &static_cast<Deployment&>(object).spec.pod_template;
  } else if (object.kind == Kind::StatefulSet) {
    pod_template = &static_cast<StatefulSet&>(object).spec.pod_template;
  } else if (object.kind == Kind::DaemonSet) {
    pod_template = &static_cast<DaemonSet&>(object).spec.pod_template;
  } else {
    return std::nullopt;
  }
  pod_template->edit().meta.annotations.set(kRestartedAt, Str(to_rfc3339(world.now())));
  return "";
}

std::optional<std::string> edit_pause(const World&, Object& object) {
  if (object.kind != Kind::Deployment) return std::nullopt;
  bool& paused = static_cast<Deployment&>(object).spec.paused;
  if (paused) return "is already paused";
  paused = true;
  return "";
}

std::optional<std::string> edit_resume(const World&, Object& object) {
  if (object.kind != Kind::Deployment) return std::nullopt;
  bool& paused = static_cast<Deployment&>(object).spec.paused;
  if (!paused) return "is not paused";
  paused = false;
  return "";
}

struct EditVerb {
  std::string_view name;     // "pause"
  std::string_view done;     // "paused"
  std::string_view ongoing;  // "pausing"
  Edit edit;
};
constexpr EditVerb kEditVerbs[] = {{"restart", "restarted", "restarting", edit_restart},
                                   {"pause", "paused", "pausing", edit_pause},
                                   {"resume", "resumed", "resuming", edit_resume}};

Step edit(Call& call, const EditVerb& verb, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"field-manager="};
  set.prints = true;
  Start begun = start(call, verb.name, words, set);
  if (begun.answer) return *begun.answer;
  Failures& failures = begun.work.failures;
  if (begun.work.subjects.empty() && !failures.any()) return nothing_found(call, begun.flags);
  Step step;
  for (const Subject& subject : begun.work.subjects) {
    const std::string whom =
        fmt::format("error: {} \"{}\"", resource_name(subject.ref.kind), subject.name);
    const Object* object = call.world.store().get(subject.ref);
    if (!object) {
      failures.add(not_found(subject.ref.kind, subject.name));
      continue;
    }
    const std::shared_ptr<Object> next = copy_of(*object);
    const std::optional<std::string> wrong = verb.edit(call.world, *next);
    if (!wrong) {
      failures.add(fmt::format("{} {} is not supported", whom, verb.ongoing));
      continue;
    }
    if (!wrong->empty()) {
      failures.add(fmt::format("{} {}", whom, *wrong));
      continue;
    }
    const ApiResult result = api_update(call.world, call.plan, subject.ref, next,
                                        Str(fmt::format("rollout {}", verb.done)));
    if (!result) {
      failures.add(fmt::format("failed to patch: {}", result.error->message));
    } else if (!result.changed) {
      // Only restart can come to this: its mark is a time in whole seconds.
      failures.add(
          fmt::format("failed to create patch for {}: if restart has already been "
                      "triggered within the past second, please wait before attempting "
                      "to trigger another",
                      subject.name));
    } else {
      report(step, *result.object, verb.done, begun.flags);
    }
  }
  failures.tell(step);
  return step;
}

}  // namespace

std::string revision_table(const std::vector<std::pair<std::int64_t, Str>>& causes) {
  std::string text = "REVISION\tCHANGE-CAUSE\n";
  for (const auto& [number, cause] : causes) {
    text += fmt::format("{}\t{}\n", number, cause.empty() ? Str("<none>") : cause);
  }
  return align(text, ColumnStyle());
}

Step rollout(Call& call, const std::vector<std::string>& words) {
  // The subcommand stands in front and is one of the known ones: see run_found() in kubectl.cc.
  const std::string& name = words.front();
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (name == "status") return status(call, rest);
  if (name == "history") return history(call, rest);
  if (name == "undo") return undo(call, rest);
  const auto verb = std::find_if(std::begin(kEditVerbs), std::end(kEditVerbs),
                                 [&](const EditVerb& each) { return each.name == name; });
  SIM_CHECK(verb != std::end(kEditVerbs));
  return edit(call, *verb, rest);
}

}  // namespace sim::kubectl
