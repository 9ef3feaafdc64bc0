// kubectl 1.30 (client 1.32's texts where the transcripts have them), on a World instead of an API
// server: verbs, flags, texts, order and exit codes as the real one. A verb is one function; it is
// called again with its CommandState while it waits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/model/json.h"
#include "sim/shell/session.h"

namespace sim::kubectl {

/// Everything a verb works on.
struct Call {
  const World& world;
  Session& session;
  Plan& plan;
  const std::string& input;  // standard input
  const Process& process;    // environment, working directory
  CommandState state;        // to change when it waits
};

/// Runs `kubectl ARGS…` (argv[0] is "kubectl").
Step run(const std::vector<std::string>& argv, Call& call);

/// Completions of the last word of a command line that begins with "kubectl".
std::vector<std::string> complete(const World& world, const Session& session,
                                  const std::vector<std::string>& words);

}  // namespace sim::kubectl
