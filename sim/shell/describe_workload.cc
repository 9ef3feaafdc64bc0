// Deployments and ReplicaSets in `kubectl describe`.
// k8s 1.30 kubectl/pkg/describe: describeDeployment, describeReplicaSet
#include <algorithm>
#include <tuple>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/shell/describe_parts.h"

namespace sim::kubectl {
namespace {

std::string int_or_percent(const std::optional<IntOrString>& value) {
  if (!value) return "0";
  return value->is_string ? value->text.str() : std::to_string(value->number);
}

std::string sets_text(const std::vector<const ReplicaSet*>& sets) {
  if (sets.empty()) return "<none>";
  std::string text;
  for (const ReplicaSet* set : sets) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} ({}/{} replicas created)", set->meta.name, set->status.replicas,
                        set->spec.replicas.value_or(1));
  }
  return text;
}

/// Whether two templates are equal but for the hash label.
/// k8s 1.30 kubectl/pkg/util/deployment: EqualIgnoreHash
bool same_template(const PodTemplateSpec& a, const PodTemplateSpec& b) {
  PodTemplateSpec one = a;
  PodTemplateSpec other = b;
  one.meta.labels.erase("pod-template-hash");
  other.meta.labels.erase("pod-template-hash");
  return one == other;
}

}  // namespace

std::string describe_deployment(const World& world, const Deployment& deployment) {
  const DeploymentSpec& spec = deployment.spec;
  const DeploymentStatus& status = deployment.status;
  std::string out;
  out += fmt::format("Name:\t{}\nNamespace:\t{}\nCreationTimestamp:\t{}\n", deployment.meta.name,
                     deployment.meta.ns, describe_time(deployment.meta.creation_timestamp));
  describe_labels(out, "Labels", deployment.meta.labels);
  describe_annotations(out, "Annotations", deployment.meta.annotations);
  out += fmt::format("Selector:\t{}\n",
                     format_label_selector(spec.selector ? &*spec.selector : nullptr));
  out += fmt::format(
      "Replicas:\t{} desired | {} updated | {} total | {} available | {} "
      "unavailable\n",
      spec.replicas.value_or(1), status.updated_replicas, status.replicas,
      status.available_replicas, status.unavailable_replicas);
  out += fmt::format("StrategyType:\t{}\nMinReadySeconds:\t{}\n", spec.strategy.type,
                     spec.min_ready_seconds);
  if (spec.strategy.rolling_update) {
    out += fmt::format("RollingUpdateStrategy:\t{} max unavailable, {} max surge\n",
                       int_or_percent(spec.strategy.rolling_update->max_unavailable),
                       int_or_percent(spec.strategy.rolling_update->max_surge));
  }
  describe_template(out, *spec.pod_template);
  if (!status.conditions.empty()) {
    out += "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n";
    for (const DeploymentCondition& condition : status.conditions) {
      out += fmt::format("  {} \t{}\t{}\n", condition.type, condition.status, condition.reason);
    }
  }

  std::vector<const ReplicaSet*> sets;
  for (const Id id : world.store().controlled_by(deployment.meta.uid, Kind::ReplicaSet)) {
    sets.push_back(world.get<ReplicaSet>(id));
  }
  std::stable_sort(sets.begin(), sets.end(), [](const ReplicaSet* a, const ReplicaSet* b) {
    const auto key = [](const ReplicaSet* set) {
      return std::tuple(set->meta.creation_timestamp.value_or(Time{}).whole_seconds(),
                        set->meta.name.view());
    };
    return key(a) < key(b);
  });
  const auto newest = std::find_if(sets.begin(), sets.end(), [&](const ReplicaSet* set) {
    return same_template(*set->spec.pod_template, *spec.pod_template);
  });
  if (!sets.empty()) {
    std::vector<const ReplicaSet*> fresh;
    if (newest != sets.end()) {
      fresh.push_back(*newest);
      sets.erase(newest);
    }
    out +=
        fmt::format("OldReplicaSets:\t{}\nNewReplicaSet:\t{}\n", sets_text(sets), sets_text(fresh));
  }
  return out;
}

std::string describe_replica_set(const World& world, const ReplicaSet& set) {
  std::string out;
  out += fmt::format("Name:\t{}\nNamespace:\t{}\nSelector:\t{}\n", set.meta.name, set.meta.ns,
                     format_label_selector(set.spec.selector ? &*set.spec.selector : nullptr));
  describe_labels(out, "Labels", set.meta.labels);
  describe_annotations(out, "Annotations", set.meta.annotations);
  if (const OwnerReference* owner = set.meta.controller()) {
    out += fmt::format("Controlled By:\t{}/{}\n", owner->kind, owner->name);
  }
  out += fmt::format("Replicas:\t{} current / {} desired\n", set.status.replicas,
                     set.spec.replicas.value_or(1));
  int running = 0, waiting = 0, succeeded = 0, failed = 0;
  for (const Id id : world.store().controlled_by(set.meta.uid, Kind::Pod)) {
    const Str& phase = world.get<Pod>(id)->status.phase;
    running += phase == "Running";
    waiting += phase == "Pending";
    succeeded += phase == "Succeeded";
    failed += phase == "Failed";
  }
  out += fmt::format("Pods Status:\t{} Running / {} Waiting / {} Succeeded / {} Failed\n", running,
                     waiting, succeeded, failed);
  describe_template(out, *set.spec.pod_template);
  if (!set.status.conditions.empty()) {
    out += "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n";
    for (const ReplicaSetCondition& condition : set.status.conditions) {
      out += fmt::format("  {} \t{}\t{}\n", condition.type, condition.status, condition.reason);
    }
  }
  return out;
}

}  // namespace sim::kubectl
