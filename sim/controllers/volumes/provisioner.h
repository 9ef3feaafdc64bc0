// A driver's external provisioner: makes a volume for a claim that asks for one, and deletes the
// volume of a claim that is gone. One for each driver that is installed; a claim for a driver that
// is not waits. k8s sig-storage-lib-external-provisioner, csi external-provisioner v4
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

/// Looks at a claim, which may be gone.
Plan provision(const World& world, Id claim);
/// Looks at a volume, which may be gone.
Plan delete_volume(const World& world, Id volume);

}  // namespace sim::volumes
