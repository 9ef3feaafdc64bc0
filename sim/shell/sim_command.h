// `sim`: what only a simulator can do. Faults of nodes and containers, the passing of time, and the
// questions that podsight exists for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/session.h"

namespace sim {

/// Runs `sim ARGS…` (argv[0] is "sim"): what it wants done goes into the plan.
Step run_sim(const std::vector<std::string>& argv, const World& world, const Session& session,
             Plan& plan, CommandState state);

/// Whether what `sim when pod/POD sees PATH …` waits for holds now: "sees NAMESPACE/POD PATH", or
/// "misses …".
bool question_holds(const World& world, std::string_view question);

}  // namespace sim
