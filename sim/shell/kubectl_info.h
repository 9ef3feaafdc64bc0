// Verbs that tell of the cluster rather than of its objects.
#pragma once

#include <string>
#include <vector>

#include "sim/shell/kubectl.h"

namespace sim::kubectl {

Step api_versions(Call& call, const std::vector<std::string>& words);
Step cluster_info(Call& call, const std::vector<std::string>& words);

}  // namespace sim::kubectl
