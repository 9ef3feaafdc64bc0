#include "sim/controllers/volumes/protection.h"

#include <algorithm>
#include <string_view>

#include "sim/model/volume_facts.h"
#include "sim/world/api.h"

namespace sim::volumes {
namespace {

/// k8s 1.30 pkg/controller/volume/pvcprotection: podUsesPVC
bool uses(const Pod& pod, const PersistentVolumeClaim& claim) {
  if (pod.node_name.empty()) return false;
  return std::any_of(pod.spec->volumes.begin(), pod.spec->volumes.end(), [&](const Volume& volume) {
    if (claim_name(pod.meta.name, volume) != claim.meta.name) return false;
    if (!volume.volume_source.ephemeral) return true;
    const OwnerReference* owner = claim.meta.controller();
    return owner && owner->uid == pod.meta.uid;
  });
}

}  // namespace

Plan release_claim(const World& world, Id id) {
  Plan plan;
  const auto* claim = world.get<PersistentVolumeClaim>(id);
  if (!claim || !claim->meta.deletion_timestamp) return plan;
  for (const Id pod : world.store().pods_of_claim(claim->meta.ns, claim->meta.name)) {
    if (uses(*world.get<Pod>(pod), *claim)) return plan;
  }
  api_remove_finalizer(world, plan, {Kind::PersistentVolumeClaim, id}, kClaimFinalizer,
                       "no pod uses the claim");
  return plan;
}

Plan release_volume(const World& world, Id id) {
  Plan plan;
  const Ref ref{Kind::PersistentVolume, id};
  const auto* volume = world.get<PersistentVolume>(id);
  if (!volume || !volume->meta.deletion_timestamp) return plan;
  auto next = std::make_shared<PersistentVolume>(*volume);
  const bool attached = !world.store().attachments_of(volume->meta.name).empty();
  std::erase_if(next->meta.finalizers, [&](const Str& finalizer) {
    constexpr std::string_view kAttacher = "external-attacher/";
    if (finalizer == kVolumeFinalizer) return volume->status.phase != "Bound";
    return !attached && finalizer.view().substr(0, kAttacher.size()) == kAttacher;
  });
  if (next->meta.finalizers.empty()) {
    plan.erase(ref, "nothing holds the volume");
  } else if (next->meta.finalizers != volume->meta.finalizers) {
    plan.update(ref, std::move(next), "nothing uses the volume");
  }
  return plan;
}

}  // namespace sim::volumes
