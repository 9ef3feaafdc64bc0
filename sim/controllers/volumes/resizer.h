// Makes volumes larger: the external resizer of a driver does it behind the volume, and where its
// file system must grow as well, the kubelet of a node on which it is mounted.
// k8s 1.30 pkg/controller/volume/expand, csi external-resizer, pkg/volume/util/operationexecutor:
// NodeExpandVolume
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

Plan resize(const World& world, Id claim);

}  // namespace sim::volumes
