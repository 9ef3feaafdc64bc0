// What an author begins a lesson with: a starter that is already complete, or a recorded session.
#pragma once

#include <string>

#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"

namespace sim {

/// A small lesson that can be played and proved as it is: a question, a prediction, a task, the
/// sentence to remember. Throws InputError when `name` cannot be a scenario's id.
std::string starter_scenario(const std::string& name);

/// What was typed in a session, and how each block ended, as a scenario on the same cluster: a step
/// for each block, narration from comments. `cluster` is the text of the cluster file.
std::string recorded_scenario(const std::string& name, const std::string& cluster,
                              const Transcript& session);

}  // namespace sim
