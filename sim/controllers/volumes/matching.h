// Which PersistentVolume does for a claim, where no pod has a say.
// k8s 1.30 pkg/controller/volume/persistentvolume, component-helpers/storage/volume
#pragma once

#include <string>

#include "sim/model/storage_types.h"
#include "sim/world/world.h"

namespace sim::volumes {

/// Why a volume that a claim asks for by name does not do for it; empty when it does.
/// k8s 1.30 pkg/controller/volume/persistentvolume: checkVolumeSatisfyClaim
std::string mismatch(const PersistentVolume& volume, const PersistentVolumeClaim& claim);

/// The volume for a claim that names none; 0: there is none. Among the volumes with the fewest
/// access modes that include the wanted ones it is the smallest that is large enough; one that is
/// reserved for the claim comes before. A delayed claim gets only what is reserved for it.
/// k8s 1.30 pkg/controller/volume/persistentvolume/index.go: findByClaim
Id find_volume(const World& world, const PersistentVolumeClaim& claim, bool delayed);

}  // namespace sim::volumes
