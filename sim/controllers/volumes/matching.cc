#include "sim/controllers/volumes/matching.h"

#include <algorithm>
#include <map>
#include <string>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/volume_facts.h"

namespace sim::volumes {
namespace {

/// What both askers hold against a volume before they look at whom it is reserved for.
bool can_serve(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (volume.spec.claim_ref && !is_reserved_for(volume, claim)) return false;
  if (capacity_of(volume) < storage_request(claim)) return false;
  if (is_block(volume.spec.volume_mode) != is_block(claim.spec.volume_mode)) return false;
  return !volume.meta.deletion_timestamp &&
         covers_modes(volume.spec.access_modes, claim.spec.access_modes);
}

bool is_free_for(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (volume.status.phase != "Available" || class_of(volume) != class_of(claim)) return false;
  return !claim.spec.selector || matches(&*claim.spec.selector, volume.meta.labels);
}

/// The volumes that may do, in order of creation.
std::vector<Id> candidates(const World& world, const PersistentVolumeClaim& claim) {
  std::vector<Id> ids = world.store().unclaimed_volumes(class_of(claim));
  const std::vector<Id> reserved = world.store().volumes_of_claim(claim.meta.ns, claim.meta.name);
  ids.insert(ids.end(), reserved.begin(), reserved.end());
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// The smallest of some volumes, the first of equals; at once one that is reserved.
Id best_of(const World& world, const std::vector<Id>& ids, const PersistentVolumeClaim& claim,
           bool reserved_only) {
  Id smallest = 0;
  for (const Id id : ids) {
    const PersistentVolume& volume = *world.get<PersistentVolume>(id);
    if (is_reserved_for(volume, claim)) return id;
    if (reserved_only || !is_free_for(volume, claim)) continue;
    if (smallest == 0 ||
        capacity_of(volume) < capacity_of(*world.get<PersistentVolume>(smallest))) {
      smallest = id;
    }
  }
  return smallest;
}

}  // namespace

std::string mismatch(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (volume.meta.deletion_timestamp) {
    return fmt::format("the volume is marked for deletion \"{}\"", volume.meta.name);
  }
  if (capacity_of(volume) < storage_request(claim)) return "requested PV is too small";
  if (class_of(volume) != class_of(claim)) return "storageClassName does not match";
  if (is_block(volume.spec.volume_mode) != is_block(claim.spec.volume_mode)) {
    return "incompatible volumeMode";
  }
  if (!covers_modes(volume.spec.access_modes, claim.spec.access_modes)) {
    return "incompatible accessMode";
  }
  return "";
}

Id find_volume(const World& world, const PersistentVolumeClaim& claim, bool delayed) {
  // Groups by how many modes they have, then by the modes themselves, where Kubernetes' order is
  // chance.
  std::map<std::pair<std::size_t, std::string>, std::vector<Id>> groups;
  for (const Id id : candidates(world, claim)) {
    const PersistentVolume& volume = *world.get<PersistentVolume>(id);
    if (!can_serve(volume, claim)) continue;
    std::string modes;
    std::size_t count = 0;
    for (const char* mode :
         {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"}) {
      if (!has_mode(volume.spec.access_modes, mode)) continue;
      modes += mode;
      ++count;
    }
    groups[{count, modes}].push_back(id);
  }
  for (const auto& [modes, ids] : groups) {
    if (const Id found = best_of(world, ids, claim, delayed)) return found;
  }
  return 0;
}

}  // namespace sim::volumes
