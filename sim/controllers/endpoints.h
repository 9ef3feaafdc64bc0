// The Endpoints and EndpointSlice controllers: where the pods of a Service are, by readiness.
// k8s 1.30 pkg/controller/endpoint, staging endpointslice
#pragma once

#include "sim/world/world.h"

namespace sim::endpoints {

/// Looks at one Service; `id` may be gone.
Plan reconcile(const World& world, Id id);

}  // namespace sim::endpoints
