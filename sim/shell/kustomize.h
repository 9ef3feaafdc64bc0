// Kustomizations: a directory of manifests and what is to be done to them, as `kubectl kustomize`
// and `apply -k` build it. Files and other kustomizations as resources, generators with the hash of
// their contents in the name, patches, and the transformers that set namespaces, names, labels,
// annotations, images and replicas. What podsight does not model of a kustomization is refused in
// plain words. kustomize v5.4 api/internal/target, api/internal/builtins
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/files/file_system.h"
#include "sim/model/json.h"

namespace sim::kustomize {

struct Build {
  std::vector<Json> objects;  // in the order in which they are printed and applied
  std::string warnings;       // lines for standard error
  std::string error;          // kustomize's words; nothing was built then
};

/// Builds the kustomization of a directory; `directory` as it was typed.
Build build(const FileSystem& files, const Path& cwd, const std::string& directory);

/// The objects as `kubectl kustomize` prints them.
std::string to_text(const std::vector<Json>& objects);

}  // namespace sim::kustomize
