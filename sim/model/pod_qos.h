// The quality of service of a pod, which decides who goes first when a node runs short.
#pragma once

#include "sim/model/pod_types.h"

namespace sim {

/// "Guaranteed", "Burstable" or "BestEffort". k8s 1.30 pkg/apis/core/helper/qos: ComputePodQOS
Str qos_class(const PodSpec& spec);

}  // namespace sim
