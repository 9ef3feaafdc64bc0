// How a verb gets at a container: what exec, and cp through it, ask of the API server and the
// kubelet before a process can start.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_objects.h"

namespace sim::kubectl {

struct Wanted {
  std::string target;
  std::vector<std::string> command;
  std::string container;
  bool quiet = false;
  bool input = false;
  bool tty = false;  // asked for, and there is one
};

/// The running instance of the container that is wanted; 0, with `refused` set, when it cannot be
/// reached. What kubectl tells beside goes into `said`.
Id reach_container(const Call& call, Id pod, const Wanted& wanted, Step& said, Step& refused);
/// The error of a program that the runtime could not start. Over a web socket the API server wraps
/// the kubelet's words once more.
Step cannot_start(const Call& call, Id instance, std::string_view why);

}  // namespace sim::kubectl
