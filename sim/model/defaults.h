// What the API server fills in when a field is absent.
// k8s 1.30 pkg/apis/core/v1, pkg/apis/apps/v1: SetDefaults_*
#pragma once

#include "sim/model/cluster_types.h"
#include "sim/model/pod_types.h"
#include "sim/model/workload_types.h"

namespace sim {

/// Fills in the defaults of any API kind, in place.
void set_defaults(Object& object);
/// The defaults that pods and templates share.
void set_pod_spec_defaults(PodSpec& spec);
/// Those of a pod alone: requests from limits, enableServiceLinks.
void set_pod_only_defaults(PodSpec& spec);

}  // namespace sim
