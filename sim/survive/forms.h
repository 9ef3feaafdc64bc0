// The answer of `podsight survive` for people and machines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/survive/rules.h"
#include "sim/survive/survival.h"

namespace sim {

struct TableStyle {
  std::string language = "en";
  bool colour = false;
  bool why = false;  // with the reason of each cell
};

/// At most 100 columns wide.
std::string to_table(const Survival& survival, const TableStyle& style);
std::string to_markdown(const Survival& survival, const TableStyle& style);
std::string to_json(const Survival& survival);
/// One test case for each cell; those that a rule objects to have failed.
std::string to_junit(const Survival& survival, const std::vector<FailRule>& rules,
                     const std::vector<Objection>& objections);

}  // namespace sim
