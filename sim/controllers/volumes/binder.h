// The persistent volume controller: binds claims to volumes, keeps the phases of both, asks for
// volumes to be made, and sees to a volume whose claim is gone. Its claim worker looks at one
// claim, its volume worker at one volume; every 15 seconds both look at all again, so whatever
// waits tells of it so often. k8s 1.30 pkg/controller/volume/persistentvolume
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

Plan reconcile_claim(const World& world, Id claim);
Plan reconcile_volume(const World& world, Id volume);

}  // namespace sim::volumes
