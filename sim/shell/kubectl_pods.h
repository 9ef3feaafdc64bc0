// Which pod and which container exec, logs and their like mean, and whether the kubelet that must
// answer for them can.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_objects.h"

namespace sim::kubectl {

enum class PodUse { Attach, Logs };

/// The pods that one word means.
struct PodChoice {
  std::string error;              // without "error: "
  std::vector<ApiError> missing;  // named, but not there
  std::vector<Id> pods;           // the best one first; empty: there may come one
  bool is_pod = false;            // the word names a pod
};
/// `word` is the name of a pod or TYPE/NAME; with -f the manifest says it.
PodChoice choose_pods(const Call& call, const Flags& flags, const std::string& word, PodUse use);

/// "app, side, debugger (ephem), setup (init)".
std::string container_names(const Pod& pod);
bool has_container(const Pod& pod, std::string_view name);
/// The container that is meant when none is named; kubectl tells when there are others.
std::string default_container(const Pod& pod, PodUse use, bool quiet, Step& step);

/// Why the node's kubelet does not answer, as Go's dialer says it; empty when it does. `address`
/// gets "192.0.2.2:10250".
std::string kubelet_error(const World& world, const Pod& pod, std::string* address);

}  // namespace sim::kubectl
