#include "sim/controllers/garbage_collector.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/world/api.h"

namespace sim::garbage_collector {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

bool waits_for_dependents(const Object& object) {
  return object.meta.deletion_timestamp && has_finalizer(object, kForeground);
}

// Writes the object without those owners for which `drop` holds.
template <class Drop>
void drop_owners(Plan& plan, Ref ref, const Object& object, Drop drop, Str why) {
  std::shared_ptr<Object> copy = copy_of(object);
  auto& owners = copy->meta.owner_references;
  owners.erase(std::remove_if(owners.begin(), owners.end(), drop), owners.end());
  plan.update(ref, std::move(copy), std::move(why));
}

// What an owner reference turns out to name.
// k8s 1.30 pkg/controller/garbagecollector/garbagecollector.go: isDangling, classifyReferences
enum class Owner {
  Solid,     // it is there
  Waiting,   // it is there, and waits for its dependents to go
  Dangling,  // nobody of that name is there, or somebody else
  Nonsense,  // no such reference can be followed, as of a kind that the API server does not know:
             // the dependent is left alone
};

Owner look_up(const World& world, const Object& object, const OwnerReference& reference) {
  for (int number = 0; number < kApiKindCount; ++number) {
    const Kind kind = static_cast<Kind>(number);
    if (info(kind).name != reference.kind.view()) continue;
    if (api_version(kind) != reference.api_version.view()) return Owner::Nonsense;
    const bool namespaced = info(kind).namespaced;
    if (namespaced && object.meta.ns.empty()) return Owner::Nonsense;
    const Ref ref{
        kind, world.store().find(kind, namespaced ? object.meta.ns.view() : "", reference.name)};
    const Object* found = world.store().get(ref);
    if (!found || found->meta.uid != reference.uid) return Owner::Dangling;
    return waits_for_dependents(*found) ? Owner::Waiting : Owner::Solid;
  }
  return Owner::Nonsense;
}

// Owners live in the dependent's namespace, or in none.
// k8s 1.30 pkg/controller/garbagecollector/graph_builder.go: reportInvalidNamespaceOwnerRef
void report_foreign_owner(const World& world, Plan& plan, Ref ref, const Object& object) {
  for (const OwnerReference& reference : object.meta.owner_references) {
    const Ref owner = world.store().find(reference.uid);
    const Object* found = owner ? world.store().get(owner) : nullptr;
    if (!found || found->meta.ns.empty() || found->meta.ns == object.meta.ns) continue;
    EventNote event;
    event.about = ref;
    event.type = "Warning";
    event.reason = "OwnerRefInvalidNamespace";
    event.message = fmt::format(
        "ownerRef [{}/{}, namespace: {}, name: {}, uid: {}] does not exist in namespace \"{}\"",
        reference.api_version, reference.kind, object.meta.ns, reference.name,
        to_string(reference.uid), object.meta.ns);
    event.component = "garbage-collector-controller";
    plan.event(std::move(event));
  }
}

// Two that own each other would wait for each other for ever: one of them stops to block.
// k8s 1.30 pkg/controller/garbagecollector: attemptToDeleteItem, unblockOwnerReferences
void break_circle(const World& world, Plan& plan, Ref ref, const Object& object) {
  const std::vector<Ref> children = world.store().owned_by(object.meta.uid);
  const bool circular = std::any_of(children.begin(), children.end(), [&](Ref child) {
    return waits_for_dependents(*world.store().get(child));
  });
  if (!circular) return;
  std::shared_ptr<Object> copy = copy_of(object);
  for (OwnerReference& owner : copy->meta.owner_references) {
    if (owner.block_owner_deletion.value_or(false)) owner.block_owner_deletion = false;
  }
  plan.update(ref, std::move(copy), "it and its owner own each other");
}

// Deletion with cascade=orphan: the dependents stay and lose this owner.
// k8s 1.30 pkg/controller/garbagecollector: orphanDependents
void orphan_dependents(const World& world, Plan& plan, Ref ref, const Object& object) {
  const Uid uid = object.meta.uid;
  for (const Ref child : world.store().owned_by(uid)) {
    drop_owners(
        plan, child, *world.store().get(child),
        [uid](const OwnerReference& owner) { return owner.uid == uid; },
        "its owner goes and leaves it behind");
  }
  api_remove_finalizer(world, plan, ref, kOrphan, "its dependents are orphans now");
}

// Deletion with cascade=foreground: the object waits for those dependents that block it.
// k8s 1.30 pkg/controller/garbagecollector: processDeletingDependentsItem
void finish_foreground(const World& world, Plan& plan, Ref ref, const Object& object) {
  for (const Ref child : world.store().owned_by(object.meta.uid)) {
    for (const OwnerReference& owner : world.store().get(child)->meta.owner_references) {
      if (owner.uid == object.meta.uid && owner.block_owner_deletion.value_or(false)) return;
    }
  }
  api_remove_finalizer(world, plan, ref, kForeground, "all that it owned is gone");
}

}  // namespace

// k8s 1.30 pkg/controller/garbagecollector/garbagecollector.go: attemptToDeleteItem
Plan reconcile(const World& world, Ref ref) {
  Plan plan;
  const Object* object = world.store().get(ref);
  if (!object || !is_api_kind(ref.kind)) return plan;
  if (object->meta.deletion_timestamp) {
    if (has_finalizer(*object, kOrphan)) {
      orphan_dependents(world, plan, ref, *object);
    } else if (has_finalizer(*object, kForeground)) {
      finish_foreground(world, plan, ref, *object);
    }
    return plan;
  }
  if (object->meta.owner_references.empty()) return plan;

  report_foreign_owner(world, plan, ref, *object);
  int solid = 0;
  int waiting = 0;
  for (const OwnerReference& owner : object->meta.owner_references) {
    const Owner found = look_up(world, *object, owner);
    if (found == Owner::Nonsense) return plan;
    if (found == Owner::Solid) ++solid;
    if (found == Owner::Waiting) ++waiting;
  }
  if (solid > 0) {
    if (solid == static_cast<int>(object->meta.owner_references.size())) return plan;
    drop_owners(
        plan, ref, *object,
        [&](const OwnerReference& owner) { return look_up(world, *object, owner) != Owner::Solid; },
        "one of its owners is gone");
    return plan;
  }
  using Propagation = DeleteOptions::Propagation;
  DeleteOptions options;
  if (waiting > 0 && !world.store().owned_by(object->meta.uid).empty()) {
    break_circle(world, plan, ref, *object);
    options.propagation = Propagation::Foreground;
  } else if (has_finalizer(*object, kOrphan)) {
    options.propagation = Propagation::Orphan;
  } else if (has_finalizer(*object, kForeground)) {
    options.propagation = Propagation::Foreground;
  }
  // A refusal (the object went away meanwhile) needs no answer: nothing is left to collect.
  api_delete(world, plan, ref, options, "its owner is gone");
  return plan;
}

}  // namespace sim::garbage_collector
