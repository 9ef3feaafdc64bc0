// The questions of the command line about a scenario: who sees a file, why, and what differs
// between two moments. Each answers the text to print.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/play.h"

namespace sim {

struct Asked {
  std::string scenario;
  std::string at;  // as for world_at()
  std::string ns;
  std::string container;
  std::string format = "table";  // table, json, md, dot, svg, html
  PlayOptions options;
};

std::string ask_see(const Asked& asked, const std::vector<std::string>& paths);
/// `pod` is a reference of the scenario, a pod's name, or namespace/name.
std::string ask_why(const Asked& asked, const std::string& pod, const std::string& path);
/// Between two moments; without paths, those that the scenario asks about or that were written.
std::string ask_difference(const Asked& asked, const std::string& from, const std::string& to,
                           const std::vector<std::string>& paths);

}  // namespace sim
