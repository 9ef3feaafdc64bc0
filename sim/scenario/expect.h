// Whether an expectation holds in a world, and if not, what is there instead.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace sim {

/// What expectations look at beside the world.
struct StepOutcome {
  const Scenario& scenario;
  const std::map<std::string, Uid>& bound;  // references bound so far
  const std::string& output;                // of the step's action
  int exit = 0;
};

struct Verdict {
  bool holds = false;
  std::string detail;          // when it does not hold
  bool about_nothing = false;  // nothing is there that it could be about: its negation fails too
};
Verdict evaluate(const World& world, const StepOutcome& evidence, const Expectation& expectation);

/// The pod that a reference means now; nothing when it is not bound yet or there is none.
std::optional<Uid> resolve(const World& world, const StepOutcome& evidence,
                           const std::string& name);
/// The pod of a reference among those that are there, whatever is bound: what binding stores.
std::optional<Uid> find_pod(const World& world, const PodReference& reference);

/// Adds the paths that an expectation asks about, its parts' as well, in their order.
void add_paths(const Expectation& expectation, std::vector<std::string>* paths);

/// What is expected, in a few words, for an expectation without a text of its own.
std::string label_of(const Expectation& expectation, const std::string& language);

/// What an expectation of an object says of objects.
ObjectCondition condition_of(const Expectation& expectation);

}  // namespace sim
