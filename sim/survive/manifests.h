// What a person hands to `podsight survive`: manifest files, folders of them, folders with a
// kustomization, standard input; or one scenario.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/json.h"
#include "sim/scenario/scenario.h"

namespace sim {

struct Handed {
  std::vector<std::shared_ptr<const Json>> manifests;
  std::optional<Scenario> scenario;  // instead
};

/// Reads all of the paths ("-" is standard input); `recursive`: also the folders in folders.
/// Throws InputError for what cannot be read, holds no manifests, or mixes both sorts.
Handed read_handed(const std::vector<std::string>& paths, bool recursive);

}  // namespace sim
