// What the API server does to the kinds in controller_types.h beside defaulting: labels that tell
// the pods of one Job from those of another, counts of changes of a template, one default class.
// k8s 1.30 pkg/registry/batch/job, pkg/registry/apps/daemonset: strategy.go;
// plugin/pkg/admission/priority
#pragma once

#include <optional>
#include <string>

#include "sim/world/api.h"

namespace sim {

/// A new object, named and defaulted. It may get its uid here.
std::optional<ApiError> admit_controller_create(const World& world, Object& object);
/// A changed one, with the identity that it keeps.
std::optional<ApiError> admit_controller_update(const World& world, const Object& before,
                                                Object& after);

}  // namespace sim
