#include "sim/controllers/namespaces.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"

namespace sim::namespaces {
namespace {

constexpr std::string_view kFinalizer = "kubernetes";
constexpr std::int64_t kFinalizerEstimate = 15;  // k8s: finalizerEstimateSeconds

// What is left in a namespace after a pass.
struct Remaining {
  std::vector<std::string> resources;  // "pods. has 2 resource instances"
  std::map<Str, int> finalizers;       // how many objects each holds
  std::vector<std::string> errors;     // what should have gone and has not
  std::int64_t estimate = 0;           // seconds until it may be gone
  bool held = true;                    // all that is left waits for somebody's finalizer
};

// How long the pods of a namespace may still take, from what they ask for when nobody is in a
// hurry; nothing once so much time has passed since the namespace was deleted.
// k8s 1.30 pkg/controller/namespace/deletion: estimateGracefulTermination
std::int64_t estimate_for_pods(const World& world, const Namespace& ns) {
  std::int64_t estimate = 0;
  for (const Id id : world.store().list(Kind::Pod, ns.meta.name)) {
    const Pod& pod = *world.get<Pod>(id);
    if (has_ended(pod)) continue;
    estimate = std::max(estimate, pod.spec->termination_grace_period_seconds.value_or(0));
  }
  const Duration since = world.now() - ns.meta.deletion_timestamp->whole_seconds();
  return since.ns / seconds(1).ns >= estimate ? 0 : estimate;
}

// Deletes all objects of one kind that a namespace holds and notes what does not go at once.
// k8s 1.30 pkg/controller/namespace/deletion: deleteAllContentForGroupVersionResource
void delete_kind(const World& world, Plan& plan, const Namespace& ns, Kind kind,
                 Remaining& remaining) {
  const std::int64_t estimate = kind == Kind::Pod ? estimate_for_pods(world, ns) : 0;
  int left = 0;
  std::map<Str, int> finalizers;
  for (const Id id : world.store().list(kind, ns.meta.name)) {
    const Ref ref{kind, id};
    const std::size_t writes = plan.writes.size();
    api_delete(world, plan, ref, {}, "its namespace is being deleted");
    if (plan.writes.size() > writes && plan.writes.back().op == Write::Op::Erase) continue;
    ++left;
    const std::vector<Str>& holders = world.store().get(ref)->meta.finalizers;
    if (holders.empty()) remaining.held = false;
    for (const Str& finalizer : holders) ++finalizers[finalizer];
  }
  if (left == 0) return;
  const KindInfo& about = info(kind);
  remaining.resources.push_back(
      fmt::format("{}.{} has {} resource instances", about.plural, about.group, left));
  if (estimate == 0 && finalizers.empty()) {
    remaining.errors.push_back(
        fmt::format("unexpected items still remain in namespace: {} for gvr: {}/{}, Resource={}",
                    ns.meta.name, about.group, about.version, about.plural));
    return;
  }
  for (const auto& [name, count] : finalizers) remaining.finalizers[name] += count;
  remaining.estimate = std::max(remaining.estimate, estimate > 0 ? estimate : kFinalizerEstimate);
}

// k8s 1.30 pkg/controller/namespace/deletion: deleteAllContent
Remaining delete_contents(const World& world, Plan& plan, const Namespace& ns) {
  Remaining remaining;
  for (int number = 0; number < kApiKindCount; ++number) {
    const Kind kind = static_cast<Kind>(number);
    if (info(kind).namespaced) delete_kind(world, plan, ns, kind, remaining);
  }
  std::sort(remaining.resources.begin(), remaining.resources.end());
  return remaining;
}

// k8s 1.30 pkg/controller/namespace/deletion/status_condition_utils.go
std::array<NamespaceCondition, 5> conditions_for(const Remaining& remaining) {
  std::array<NamespaceCondition, 5> all;
  const auto set = [&](std::size_t at, const char* type, bool status, const char* reason,
                       std::string message) {
    all[at].type = type;
    all[at].status = status ? "True" : "False";
    all[at].reason = reason;
    all[at].message = message;
  };
  set(0, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
      "All resources successfully discovered");
  set(1, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
      "All legacy kube types successfully parsed");
  if (remaining.errors.empty()) {
    set(2, "NamespaceDeletionContentFailure", false, "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization");
  } else {
    set(2, "NamespaceDeletionContentFailure", true, "ContentDeletionFailed",
        fmt::format("Failed to delete all resource types, {} remaining: {}",
                    remaining.errors.size(), fmt::join(remaining.errors, ", ")));
  }
  if (remaining.resources.empty()) {
    set(3, "NamespaceContentRemaining", false, "ContentRemoved",
        "All content successfully removed");
  } else {
    set(3, "NamespaceContentRemaining", true, "SomeResourcesRemain",
        fmt::format("Some resources are remaining: {}", fmt::join(remaining.resources, ", ")));
  }
  if (remaining.finalizers.empty()) {
    set(4, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
        "All content-preserving finalizers finished");
  } else {
    std::vector<std::string> parts;
    for (const auto& [name, count] : remaining.finalizers) {
      parts.push_back(fmt::format("{} in {} resource instances", name, count));
    }
    set(4, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
        fmt::format("Some content in the namespace has finalizers remaining: {}",
                    fmt::join(parts, ", ")));
  }
  return all;
}

// True when a condition differs from what is there.
bool update_conditions(NamespaceStatus& status, const Remaining& remaining, Time now) {
  bool changed = false;
  for (NamespaceCondition wanted : conditions_for(remaining)) {
    wanted.last_transition_time = now;
    const auto old =
        std::find_if(status.conditions.begin(), status.conditions.end(),
                     [&](const NamespaceCondition& have) { return have.type == wanted.type; });
    if (old == status.conditions.end()) {
      status.conditions.push_back(wanted);
      changed = true;
      continue;
    }
    if (old->status == wanted.status) wanted.last_transition_time = old->last_transition_time;
    if (old->status == wanted.status && old->reason == wanted.reason &&
        old->message == wanted.message) {
      continue;
    }
    *old = wanted;
    changed = true;
  }
  return changed;
}

// When to look again though nothing changes. What should have gone and has not is tried again after
// 5 ms, 10 ms, 20 ms, …, which is as long again as it has been so; else half of what it is expected
// to take passes. k8s 1.30 pkg/controller/namespace: worker
Duration rest_after(const Remaining& remaining, const NamespaceStatus& status, Time now) {
  if (remaining.errors.empty()) return seconds(remaining.estimate / 2 + 1);
  Time since = now;
  for (const NamespaceCondition& condition : status.conditions) {
    if (condition.type == "NamespaceDeletionContentFailure") {
      since = condition.last_transition_time.value_or(now);
    }
  }
  return std::clamp(now - since, milliseconds(5), seconds(1000));
}

}  // namespace

// k8s 1.30 pkg/controller/namespace/deletion: Delete
Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Namespace* ns = world.get<Namespace>(id);
  if (!ns || !ns->meta.deletion_timestamp) return plan;
  auto& finalizers = ns->spec.finalizers;
  if (std::find(finalizers.begin(), finalizers.end(), kFinalizer) == finalizers.end()) return plan;

  const Ref ref{Kind::Namespace, id};
  const Remaining remaining = delete_contents(world, plan, *ns);
  auto copy = std::make_shared<Namespace>(*ns);
  bool changed = update_conditions(copy->status, remaining, world.now());
  if (remaining.resources.empty()) {
    auto& left = copy->spec.finalizers;
    left.erase(std::remove(left.begin(), left.end(), kFinalizer), left.end());
    if (left.empty() && copy->meta.finalizers.empty()) {
      plan.erase(ref, "nothing is left in it");
      return plan;
    }
    changed = true;
  } else {
    plan.wake(world.now() + rest_after(remaining, copy->status, world.now()), Actor::Namespace, ref,
              remaining.held);
  }
  if (changed) {
    plan.update(ref, std::move(copy),
                remaining.resources.empty() ? "nothing is left in it"
                                            : "some of its contents are still there");
  }
  return plan;
}

// k8s 1.30 pkg/controller/serviceaccount: syncNamespace; rootcacertpublisher: syncNamespace
Plan reconcile_contents(const World& world, Id id) {
  Plan plan;
  const Namespace* ns = world.get<Namespace>(id);
  if (!ns || ns->meta.deletion_timestamp) return plan;
  if (!world.find<ServiceAccount>(ns->meta.name, "default")) {
    auto account = std::make_shared<ServiceAccount>();
    account->meta.ns = ns->meta.name;
    account->meta.name = "default";
    api_create(world, plan, std::move(account), "every namespace has one");
  }
  static const Str kCertificate =
      "-----BEGIN CERTIFICATE-----\nMIIBpodsightdoesnotsignanything\n-----END CERTIFICATE-----\n";
  static constexpr std::string_view kName = "kube-root-ca.crt";
  const Id map_id = world.store().find(Kind::ConfigMap, ns->meta.name, kName);
  const ConfigMap* map = world.get<ConfigMap>(map_id);
  if (!map) {
    auto made = std::make_shared<ConfigMap>();
    made->meta.ns = ns->meta.name;
    made->meta.name = Str(kName);
    made->meta.annotations.set(
        "kubernetes.io/description",
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
        "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
        "guaranteed across distributions of Kubernetes clusters.");
    made->data.set("ca.crt", kCertificate);
    api_create(world, plan, std::move(made), "every namespace has one");
  } else if (map->data.get("ca.crt") != kCertificate || map->data.size() != 1) {
    auto restored = std::make_shared<ConfigMap>(*map);
    restored->data = {{"ca.crt", kCertificate}};
    api_update(world, plan, {Kind::ConfigMap, map_id}, std::move(restored),
               "it was changed by hand");
  }
  return plan;
}

}  // namespace sim::namespaces
