// The finalizers that keep claims and volumes there while they are in use, and who lets them go.
// k8s 1.30 pkg/controller/volume/pvcprotection, pvprotection; csi external-attacher
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

/// A claim that is being deleted goes when no scheduled pod names it.
Plan release_claim(const World& world, Id claim);
/// A volume that is being deleted goes when it is not bound and not attached.
Plan release_volume(const World& world, Id volume);

}  // namespace sim::volumes
