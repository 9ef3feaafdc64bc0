// A driver's external attacher: carries out what a VolumeAttachment asks for, and undoes it when
// that is deleted. csi external-attacher v4
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

Plan attach(const World& world, Id attachment);

}  // namespace sim::volumes
