// `kubectl describe`. k8s 1.30 kubectl/pkg/describe
#pragma once

#include <string>

#include "sim/world/world.h"

namespace sim::kubectl {

/// The whole text for one object of any API kind, events included when asked for.
std::string describe(const World& world, const Object& object, bool show_events = true);

}  // namespace sim::kubectl
