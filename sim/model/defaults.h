// What the API server fills in when a field is absent.
// k8s 1.30 pkg/apis/core/v1, pkg/apis/apps/v1: SetDefaults_*
#pragma once

#include "sim/model/cluster_types.h"
#include "sim/model/pod_types.h"
#include "sim/model/workload_types.h"

namespace sim {

/// Fills in the defaults of any API kind, in place.
void set_defaults(Object& object);
/// The kinds of sim/model/storage_types.h, service_types.h and controller_types.h; each ignores
/// those of the others.
void set_storage_defaults(Object& object);
void set_service_defaults(Object& object);
void set_controller_defaults(Object& object);
/// The defaults that pods and templates share.
void set_pod_spec_defaults(PodSpec& spec);
/// Those of a pod alone: requests from limits, enableServiceLinks.
void set_pod_only_defaults(PodSpec& spec);
/// Those of a template: its spec's, never a name.
void set_template_defaults(Box<PodTemplateSpec>& box);

}  // namespace sim
