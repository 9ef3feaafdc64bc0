// What the admission plugins of a default API server do to claims and volumes: finalizers that
// protect what is in use, the default class, who may grow. k8s 1.30 plugin/pkg/admission/storage
#pragma once

#include <optional>

#include "sim/model/storage_types.h"
#include "sim/world/api.h"

namespace sim {

/// Completes a new claim or volume: finalizer, class, first phase.
void admit_new_storage(const World& world, Object& made);
/// Whether a claim may be changed so; nothing when it may.
std::optional<ApiError> admit_storage_change(const World& world, const Object& before,
                                             const Object& after);

/// The class that claims without one get: of several the newest, then the first by name; null:
/// none. k8s 1.30 pkg/volume/util: GetDefaultClass
const StorageClass* default_class(const World& world);

}  // namespace sim
