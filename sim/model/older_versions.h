// Kinds that the API server takes in an older version than the one that is kept.
#pragma once

#include "sim/model/json.h"

namespace sim {

/// A document in the version that is kept, where it is of another that is served too: an
/// autoscaling/v1 HorizontalPodAutoscaler, also among the items of a List. False: it is as it was.
/// k8s 1.30 pkg/apis/autoscaling/v1: Convert_v1_HorizontalPodAutoscalerSpec_To_autoscaling_…
bool bring_to_kept_version(Json& json);

}  // namespace sim
