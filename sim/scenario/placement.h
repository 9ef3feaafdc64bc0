// A cluster and what is to run on it as plain manifests, such as those of public cluster traces:
// makes the nodes, creates the objects, lets the controllers and the scheduler work until all is
// quiet, and tells where each pod went or why it went nowhere. No kubelet works on these nodes:
// pods are placed, nothing is started.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/play.h"
#include "sim/scenario/report.h"

namespace sim {

struct UnplacedPod {
  std::string pod;  // "namespace/name"
  std::string reason;
};

/// How much of a resource the placed pods ask for.
struct Share {
  std::int64_t requested = 0;
  std::int64_t allocatable = 0;
};

struct Placement {
  std::vector<std::string> files;
  std::uint64_t seed = 0;
  std::size_t nodes = 0;
  std::vector<std::pair<std::string, std::string>> placed;  // pod and node, sorted
  std::vector<UnplacedPod> unplaced;                        // sorted by name
  Share milli_cpu;
  Share memory;
  Duration elapsed{};
  std::uint64_t fingerprint = 0;
  std::size_t pods() const { return placed.size() + unplaced.size(); }
};

/// Whether `run` takes a path for manifests and not for a scenario: YAML, or a folder in which YAML
/// lies and no JSON.
bool are_manifests(const std::string& path);

/// Reads all files (of a folder those that end in .yaml or .yml, in order of their names) as one
/// cluster. Throws InputError with the place of what the API server would refuse. The world
/// at the end is given to `at_end` when set.
Placement place_manifests(const std::vector<std::string>& paths, const PlayOptions& options,
                          const std::function<void(const World&)>& at_end = {});

std::string to_text(const Placement& placement, const TextStyle& style);
std::string to_json(const Placement& placement);

}  // namespace sim
