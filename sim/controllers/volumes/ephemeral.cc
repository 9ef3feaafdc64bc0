#include "sim/controllers/volumes/ephemeral.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kComponent = "ephemeral_volume";
constexpr Duration kFirstRetry = seconds(1);
constexpr Duration kLongestRetry = seconds(1000);

/// k8s 1.30 pkg/controller/volume/ephemeral: handleVolume. Answers what is wrong.
std::string see_to(const World& world, Plan& plan, const Pod& pod, const Volume& volume) {
  const Str name = claim_name(pod.meta.name, volume);
  if (const auto* known = world.find<PersistentVolumeClaim>(pod.meta.ns, name)) {
    const OwnerReference* owner = known->meta.controller();
    if (owner && owner->uid == pod.meta.uid) return "";
    return fmt::format("PVC {}/{} was not created for pod {}/{} (pod is not owner)", pod.meta.ns,
                       name, pod.meta.ns, pod.meta.name);
  }
  const Box<PersistentVolumeClaimTemplate>& form =
      volume.volume_source.ephemeral->volume_claim_template;
  if (!form) return "";
  auto claim = std::make_shared<PersistentVolumeClaim>();
  claim->meta.name = name;
  claim->meta.ns = pod.meta.ns;
  claim->meta.labels = form->meta.labels;
  claim->meta.annotations = form->meta.annotations;
  claim->spec = form->spec;
  OwnerReference owner;
  owner.api_version = "v1";
  owner.kind = "Pod";
  owner.name = pod.meta.name;
  owner.uid = pod.meta.uid;
  owner.controller = true;
  owner.block_owner_deletion = true;
  claim->meta.owner_references.push_back(std::move(owner));
  const ApiResult made = api_create(world, plan, std::move(claim), "a pod needs it");
  return made ? "" : fmt::format("create PVC {}: {}", name, made.error->message);
}

}  // namespace

Plan make_ephemeral_claims(const World& world, Id id) {
  Plan plan;
  const Ref ref{Kind::Pod, id};
  const Pod* pod = world.get<Pod>(id);
  if (!pod || pod->meta.deletion_timestamp) {
    plan.volume_notes.push_back({Actor::EphemeralVolume, id, {}});
    return plan;
  }
  VolumeWork work = world.volume_memory().work(Actor::EphemeralVolume, id);
  for (const Volume& volume : pod->spec->volumes) {
    if (!volume.volume_source.ephemeral) continue;
    const std::string wrong = see_to(world, plan, *pod, volume);
    if (wrong.empty()) continue;
    note_event(plan, ref, kComponent, "Warning", "FailedBinding",
               fmt::format("ephemeral volume {}: {}", volume.name, wrong));
    work.back_off = next_back_off(work.back_off, kFirstRetry, kLongestRetry);
    plan.volume_notes.push_back({Actor::EphemeralVolume, id, work});
    plan.wake(world.now() + work.back_off, Actor::EphemeralVolume, ref, true);
    return plan;
  }
  plan.volume_notes.push_back({Actor::EphemeralVolume, id, {}});
  return plan;
}

}  // namespace sim::volumes
