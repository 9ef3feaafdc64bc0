// `--fail-on VERDICT:EVENT:PATH`: what of the answer a person does not want to see.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/survive/survival.h"

namespace sim {

struct FailRule {
  std::string text;  // as typed
  enum class Verdict : std::uint8_t { Lost, Unreachable, Stuck };
  Verdict verdict = Verdict::Lost;
  std::optional<Duration> longer_than;  // Unreachable: also when it was so for longer than this
  std::string event;                    // a pattern of trials' names
  std::string path;                     // a pattern of paths
};

/// Throws InputError when it is no rule.
FailRule parse_rule(const std::string& text);

/// One cell that a rule objects to.
struct Objection {
  std::size_t rule = 0;
  std::size_t workload = 0;
  std::size_t container = 0;
  std::size_t path = 0;
  std::size_t trial = 0;
};
/// In order of the answer. What is declared as scratch is never objected to, and the writable layer
/// as such only by a rule that names its very path. Throws InputError when a rule names an event
/// that was not tried, or a path, without wildcards, that nobody has.
std::vector<Objection> objections(const Survival& survival, const std::vector<FailRule>& rules);

/// "lost:pod-delete:/var/lib/mysql: Deployment app/db, container mysql: …".
std::string text_of(const Survival& survival, const std::vector<FailRule>& rules,
                    const Objection& objection);

}  // namespace sim
