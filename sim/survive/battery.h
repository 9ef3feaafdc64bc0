// The battery of trials: each thing that can happen to a workload is done to a copy of the marked
// world, which is then let come to rest while somebody watches from where the markers are seen.
#pragma once

#include <string>
#include <vector>

#include "sim/survive/survival.h"
#include "sim/survive/workloads.h"

namespace sim {

struct BatteryOptions {
  std::string language = "en";
  bool meanwhile = false;  // also say why a file was not seen for a while
};

/// Puts each workload through survival->trials and notes what became of its markers.
void run_battery(const World& marked, const std::vector<Subject>& subjects,
                 const BatteryOptions& options, Survival* survival);

}  // namespace sim
