// What the schemas of snapshots, which are custom resources, refuse.
// external-snapshotter client/config/crd; k8s.io/kube-openapi pkg/validation/validate
#pragma once

#include "sim/model/meta.h"
#include "sim/model/validate_errors.h"

namespace sim {

/// Of the kinds in sim/model/snapshot_types.h.
void check_snapshot_create(FieldErrors& errors, const Object& object);
void check_snapshot_update(FieldErrors& errors, const Object& before, const Object& after);

}  // namespace sim
