// `kubectl get --raw`: a few paths of the API server, answered as it answers them.
#pragma once

#include <string_view>

#include "sim/shell/kubectl.h"

namespace sim::kubectl {

/// What the server says of itself at /version.
Json server_version();
Step get_raw(Call& call, std::string_view path);

}  // namespace sim::kubectl
