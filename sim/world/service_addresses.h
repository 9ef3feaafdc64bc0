// What the API server gives out to Services: an address out of the cluster's range, node ports, and
// the IP families of a cluster that has one. What a client leaves out of a change stays as it was.
// k8s 1.30 pkg/registry/core/service/storage: alloc.go, storage.go
#pragma once

#include <vector>

#include "sim/model/service_types.h"
#include "sim/model/validate.h"
#include "sim/world/world.h"

namespace sim {

/// Completes a Service that is about to be created (`before` is null) or changed. What it returns
/// refuses the write.
std::vector<FieldError> give_addresses(const World& world, const Plan& plan, const Service* before,
                                       Service& after);

}  // namespace sim
