// Proves a lesson: plays it and holds its author to every word. Expectations hold where they stand,
// and fail in some world where they should; each question has one right answer; the goals of a task
// are unmet before it, met after each solution, and not met by the attempts that must fail.
#pragma once

#include <string>
#include <vector>

#include "sim/base/input_error.h"
#include "sim/scenario/scenario.h"

namespace sim {

struct Proof {
  std::vector<Diagnostic> mistakes;  // in the order of the file
  int proved = 0;                    // statements that were tried and are as they should be
};

/// `text` is what `scenario` was read from, for the places of mistakes.
Proof prove(const Scenario& scenario, const std::string& text, const std::string& language);

}  // namespace sim
