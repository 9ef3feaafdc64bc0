#include "sim/controllers/garbage_collector.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/world/api.h"

namespace sim::garbage_collector {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

bool has_finalizer(const Object& object, std::string_view name) {
  const auto& finalizers = object.meta.finalizers;
  return std::any_of(finalizers.begin(), finalizers.end(),
                     [&](const Str& finalizer) { return finalizer == name; });
}

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

// The object an owner reference names: of the right kind, in the same namespace or in none.
const Object* owner_of(const World& world, const Object& object, const OwnerReference& owner) {
  const Ref ref = world.store().find(owner.uid);
  const Object* found = ref ? world.store().get(ref) : nullptr;
  if (!found || info(found->kind).name != owner.kind.view()) return nullptr;
  if (!found->meta.ns.empty() && found->meta.ns != object.meta.ns) return nullptr;
  return found;
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

  int solid = 0;
  int dangling = 0;
  int waiting = 0;
  for (const OwnerReference& owner : object->meta.owner_references) {
    const Object* found = owner_of(world, *object, owner);
    ++(!found ? dangling : waits_for_dependents(*found) ? waiting : solid);
  }
  if (solid > 0) {
    if (dangling == 0 && waiting == 0) return plan;
    drop_owners(
        plan, ref, *object,
        [&](const OwnerReference& owner) {
          const Object* found = owner_of(world, *object, owner);
          return !found || waits_for_dependents(*found);
        },
        "one of its owners is gone");
    return plan;
  }
  using Propagation = DeleteOptions::Propagation;
  DeleteOptions options;
  if (waiting > 0 && !world.store().owned_by(object->meta.uid).empty()) {
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
