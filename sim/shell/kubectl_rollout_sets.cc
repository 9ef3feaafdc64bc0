#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/model/revision.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/kubectl_rollout.h"

namespace sim::kubectl {
namespace {

constexpr std::string_view kChangeCause = "kubernetes.io/change-cause";

Progress stateful_set_progress(const StatefulSet& set) {
  Progress progress;
  const StatefulSetStatus& status = set.status;
  if (set.spec.update_strategy.type != "RollingUpdate") {
    progress.error = "rollout status is only available for RollingUpdate strategy type";
    return progress;
  }
  if (status.observed_generation == 0 || set.meta.generation > status.observed_generation) {
    progress.text = "Waiting for statefulset spec update to be observed...\n";
    return progress;
  }
  const std::int32_t wanted = set.spec.replicas.value_or(1);
  if (status.ready_replicas < wanted) {
    progress.text =
        fmt::format("Waiting for {} pods to be ready...\n", wanted - status.ready_replicas);
    return progress;
  }
  if (const auto& rolling = set.spec.update_strategy.rolling_update) {
    const std::int32_t due = wanted - rolling->partition.value_or(0);
    if (rolling->partition && status.updated_replicas < due) {
      progress.text = fmt::format(
          "Waiting for partitioned roll out to finish: {} out of {} new pods have been "
          "updated...\n",
          status.updated_replicas, due);
      return progress;
    }
    progress.text = fmt::format("partitioned roll out complete: {} new pods have been updated...\n",
                                status.updated_replicas);
    progress.done = true;
    return progress;
  }
  if (status.update_revision != status.current_revision) {
    progress.text = fmt::format(
        "waiting for statefulset rolling update to complete {} pods at revision {}...\n",
        status.updated_replicas, status.update_revision);
    return progress;
  }
  progress.text = fmt::format("statefulset rolling update complete {} pods at revision {}...\n",
                              status.current_replicas, status.current_revision);
  progress.done = true;
  return progress;
}

Progress daemon_set_progress(const DaemonSet& set) {
  Progress progress;
  const DaemonSetStatus& status = set.status;
  if (set.spec.update_strategy.type != "RollingUpdate") {
    progress.error = "rollout status is only available for RollingUpdate strategy type";
  } else if (set.meta.generation > status.observed_generation) {
    progress.text = "Waiting for daemon set spec update to be observed...\n";
  } else if (status.updated_number_scheduled < status.desired_number_scheduled) {
    progress.text = fmt::format(
        "Waiting for daemon set \"{}\" rollout to finish: {} out of {} new pods have been "
        "updated...\n",
        set.meta.name, status.updated_number_scheduled, status.desired_number_scheduled);
  } else if (status.number_available < status.desired_number_scheduled) {
    progress.text = fmt::format(
        "Waiting for daemon set \"{}\" rollout to finish: {} of {} updated pods are "
        "available...\n",
        set.meta.name, status.number_available, status.desired_number_scheduled);
  } else {
    progress.text = fmt::format("daemon set \"{}\" successfully rolled out\n", set.meta.name);
    progress.done = true;
  }
  return progress;
}

Box<PodTemplateSpec>& template_in(Object& set) {
  if (set.kind == Kind::StatefulSet) return static_cast<StatefulSet&>(set).spec.pod_template;
  return static_cast<DaemonSet&>(set).spec.pod_template;
}

/// A set as it is with the template of one of its revisions.
std::shared_ptr<Object> at_revision(const Object& set, const ControllerRevision& revision) {
  std::shared_ptr<Object> copy = copy_of(set);
  if (const PodTemplateSpec* kept = template_of(revision)) template_in(*copy) = *kept;
  return copy;
}

std::map<std::int64_t, const ControllerRevision*> history_of(const World& world,
                                                             const Object& set) {
  std::map<std::int64_t, const ControllerRevision*> history;
  for (const Id id : world.store().controlled_by(set.meta.uid, Kind::ControllerRevision)) {
    const ControllerRevision* revision = world.get<ControllerRevision>(id);
    history[revision->revision] = revision;
  }
  return history;
}

std::string template_text(const Object& set, const ControllerRevision& revision) {
  std::string text;
  describe_template(text, *template_in(*at_revision(set, revision)));
  return text;
}

}  // namespace

Progress progress_of_set(const Object& set) {
  return set.kind == Kind::StatefulSet ? stateful_set_progress(static_cast<const StatefulSet&>(set))
                                       : daemon_set_progress(static_cast<const DaemonSet&>(set));
}

// k8s 1.32 kubectl/pkg/polymorphichelpers/history.go: printHistory
std::string show_set_history(const World& world, const Object& set, const Flags& flags,
                             Step& step) {
  const std::int64_t wanted = flags.number("revision").value_or(0);
  const auto history = history_of(world, set);
  if (wanted > 0 && history.count(wanted) == 0 && !history.empty()) {
    return "unable to find the specified revision";
  }
  if (flags.has("output")) {
    for (const auto& [number, revision] : history) {
      if (wanted == 0 || wanted == number) {
        report(step, *at_revision(set, *revision), "", flags);
      }
    }
    return "";
  }
  std::string text;
  if (history.empty()) {
    text = "No rollout history found.";
  } else if (wanted > 0) {
    text = template_text(set, *history.at(wanted));
  } else {
    std::vector<std::pair<std::int64_t, Str>> causes;
    for (const auto& [number, revision] : history) {
      causes.emplace_back(number, revision->meta.annotations.get(kChangeCause));
    }
    text = revision_table(causes);
  }
  const std::string which = wanted > 0 ? fmt::format("with revision #{}", wanted) : "";
  report(step, set, fmt::format("{}\n{}", which, text), flags);
  return "";
}

// k8s 1.32 kubectl/pkg/polymorphichelpers/rollback.go: StatefulSetRollbacker, DaemonSetRollbacker
std::string roll_set_back(Call& call, const Subject& subject, std::int64_t to_revision,
                          DryRun dry_run, std::string* wrong) {
  const Object& set = *call.world.store().get(subject.ref);
  const auto history = history_of(call.world, set);
  if (to_revision == 0 && history.size() < 2) {
    *wrong = "no last revision to roll back to";
    return "";
  }
  const auto at = to_revision == 0 ? std::prev(history.end(), 2) : history.find(to_revision);
  if (to_revision < 0 || at == history.end()) {
    *wrong = fmt::format("unable to find specified revision {} in history", to_revision);
    return "";
  }
  const ControllerRevision& to = *at->second;
  if (dry_run == DryRun::Client) return template_text(set, to);
  std::shared_ptr<Object> next = at_revision(set, to);
  const PodTemplateSpec* kept = template_of(to);
  if (!kept || *template_in(*copy_of(set)) == *kept) {
    return fmt::format("skipped rollback (current template already matches revision {})",
                       to_revision);
  }
  const ApiResult result = api_update(call.world, call.plan, subject.ref, std::move(next),
                                      Str(fmt::format("rolled back to revision {}", to.revision)),
                                      dry_run == DryRun::Server);
  if (!result) {
    *wrong = fmt::format("failed restoring revision {}: {}", to_revision, result.error->message);
    return "";
  }
  return "rolled back";
}

}  // namespace sim::kubectl
