#include "sim/controllers/namespaces.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"

namespace sim::namespaces {
namespace {

constexpr Duration kGrace = seconds(5);  // k8s: namespaceDeletionGracePeriod

// What is left in a namespace after a pass, by kind.
struct Remaining {
  std::vector<std::string> resources;   // "pods. has 2 resource instances"
  std::vector<std::string> finalizers;  // "example.com/x in 1 resource instances"
  std::int64_t estimate = 0;            // seconds until it may be gone
  bool empty() const { return resources.empty(); }
};

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Deletes all that a namespace holds and says what does not go at once.
// k8s 1.30 pkg/controller/namespace/deletion: deleteAllContent
Remaining delete_contents(const World& world, Plan& plan, const Namespace& ns) {
  Remaining remaining;
  std::vector<std::pair<Str, int>> finalizers;
  for (int number = 0; number < kApiKindCount; ++number) {
    const Kind kind = static_cast<Kind>(number);
    if (!info(kind).namespaced) continue;
    int left = 0;
    for (const Id id : world.store().list(kind, ns.meta.name)) {
      const Ref ref{kind, id};
      const Object& object = *world.store().get(ref);
      if (!object.meta.deletion_timestamp) {
        api_delete(world, plan, ref, {}, "its namespace is being deleted");
      }
      const bool erased = std::any_of(
          plan.writes.begin(), plan.writes.end(),
          [&](const Write& write) { return write.ref == ref && write.op == Write::Op::Erase; });
      if (erased) continue;
      ++left;
      for (const Str& finalizer : object.meta.finalizers) {
        const auto known = std::find_if(finalizers.begin(), finalizers.end(),
                                        [&](const auto& item) { return item.first == finalizer; });
        if (known == finalizers.end()) {
          finalizers.emplace_back(finalizer, 1);
        } else {
          ++known->second;
        }
        remaining.estimate = std::max<std::int64_t>(remaining.estimate, 15);
      }
      if (const Pod* pod = as<Pod>(&object)) {
        const std::int64_t grace =
            pod->spec ? pod->spec->termination_grace_period_seconds.value_or(30) : 30;
        remaining.estimate = std::max(remaining.estimate, std::min<std::int64_t>(grace, 86400));
      }
    }
    if (left > 0) {
      remaining.resources.push_back(fmt::format("{}.{} has {} resource instances",
                                                info(kind).plural, info(kind).group, left));
    }
  }
  std::sort(finalizers.begin(), finalizers.end());
  for (const auto& [name, count] : finalizers) {
    remaining.finalizers.push_back(fmt::format("{} in {} resource instances", name, count));
  }
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
  set(2, "NamespaceDeletionContentFailure", false, "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization");
  if (remaining.resources.empty()) {
    set(3, "NamespaceContentRemaining", false, "ContentRemoved",
        "All content successfully removed");
  } else {
    set(3, "NamespaceContentRemaining", true, "SomeResourcesRemain",
        fmt::format("Some resources are remaining: {}", joined(remaining.resources)));
  }
  if (remaining.finalizers.empty()) {
    set(4, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
        "All content-preserving finalizers finished");
  } else {
    set(4, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
        fmt::format("Some content in the namespace has finalizers remaining: {}",
                    joined(remaining.finalizers)));
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
    } else if (old->status != wanted.status || old->reason != wanted.reason ||
               old->message != wanted.message) {
      *old = wanted;
      changed = true;
    }
  }
  return changed;
}

// When the controller last wrote the status: each write of the namespace makes it look again five
// seconds later.
Time last_change(const Namespace& ns) {
  Time last = *ns.meta.deletion_timestamp;
  for (const NamespaceCondition& condition : ns.status.conditions) {
    last = std::max(last, condition.last_transition_time.value_or(last));
  }
  return last;
}

// How long the controller sleeps after a pass that changed nothing.
Duration rest_after(const Remaining& remaining) { return seconds(remaining.estimate / 2 + 1); }

Remaining what_is_left(const World& world, const Namespace& ns) {
  Plan unused;
  return delete_contents(world, unused, ns);
}

}  // namespace

// k8s 1.30 pkg/controller/namespace: syncNamespaceFromKey
Plan reconcile(const World& world, Id id) {
  Plan plan;
  const Namespace* ns = world.get<Namespace>(id);
  if (!ns || !ns->meta.deletion_timestamp) return plan;
  const Ref ref{Kind::Namespace, id};
  const auto ask = [&](Time when) { plan.wake(when, Actor::Namespace, ref); };

  // Passes come five seconds after the namespace changed, then, while nothing changes, as far apart
  // as half of what the contents are expected to take. Anything else that wakes us is too early.
  const Time first = last_change(*ns) + kGrace;
  if (world.now() < first) {
    ask(first);
    return plan;
  }
  if (world.now() != first) {
    const Duration rest = rest_after(what_is_left(world, *ns));
    const Duration late{(world.now() - first).ns % rest.ns};
    if (late.ns != 0) {
      ask(world.now() + (rest - late));
      return plan;
    }
  }

  const Remaining remaining = delete_contents(world, plan, *ns);
  if (remaining.empty()) {
    if (ns->meta.finalizers.empty()) {
      plan.erase(ref, "nothing is left in it");
      return plan;
    }
    if (!ns->spec.finalizers.empty()) {
      auto copy = std::make_shared<Namespace>(*ns);
      copy->spec.finalizers.clear();
      plan.update(ref, std::move(copy), "nothing is left in it");
    }
    return plan;
  }
  auto copy = std::make_shared<Namespace>(*ns);
  if (update_conditions(copy->status, remaining, world.now())) {
    plan.update(ref, std::move(copy), "some of its contents are still there");
    ask(world.now() + kGrace);
  } else {
    ask(world.now() + rest_after(remaining));
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
