// A cluster in which somebody's manifests can be put to the test, and the manifests as they are
// played there. What the manifests do not say is made up sensibly, and said in a note: nodes in
// three zones, drivers, classes, claims, images. Programs are not run: every container runs as a
// process that stays up.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"
#include "sim/scenario/scenario.h"

namespace sim {

struct Stage {
  ClusterSpecification cluster;
  std::vector<std::shared_ptr<const Json>> manifests;  // in the order in which they are applied
  std::vector<std::string> host_directories;           // which local volumes need on their nodes
  std::vector<std::string> notes;
};

/// The namespace of manifests that name none: one that can be deleted, as "default" cannot.
inline constexpr std::string_view kOwnNamespace = "app";

/// `given`: a cluster of the person's own; empty: one with two nodes in each of three zones.
Stage set_stage(const std::vector<std::shared_ptr<const Json>>& manifests,
                const std::optional<ClusterFile>& given, std::string_view language);

}  // namespace sim
