// Makes the claims of a pod's generic ephemeral volumes, which are the pod's and go with it.
// k8s 1.30 pkg/controller/volume/ephemeral
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

Plan make_ephemeral_claims(const World& world, Id pod);

}  // namespace sim::volumes
