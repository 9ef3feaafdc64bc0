// `kubectl get --raw` and `create --raw`: a few paths of the API server, answered as it answers
// them.
#pragma once

#include <string_view>

#include "sim/shell/kubectl.h"

namespace sim::kubectl {

/// What the server says of itself at /version.
Json server_version();
Step get_raw(Call& call, std::string_view path);
/// Posts `body` to a path: the one that podsight takes is a pod's eviction, which a
/// PodDisruptionBudget may refuse.
Step post_raw(Call& call, std::string_view path, const std::string& body);

}  // namespace sim::kubectl
