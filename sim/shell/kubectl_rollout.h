// `kubectl rollout` of StatefulSets and DaemonSets, whose history is ControllerRevisions.
// k8s 1.32 kubectl/pkg/polymorphichelpers
#pragma once

#include <cstdint>
#include <string>

#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {

struct Progress {
  std::string error;  // without "error: "
  std::string text;
  bool done = false;
};

/// How far a StatefulSet or DaemonSet has got.
Progress progress_of_set(const Object& set);
/// Shows a history of such a set, or one revision; the answer is what is wrong.
std::string show_set_history(const World& world, const Object& set, const Flags& flags, Step& step);
/// Rolls such a set back: what to report, or what is `wrong`.
std::string roll_set_back(Call& call, const Subject& subject, std::int64_t to_revision,
                          DryRun dry_run, std::string* wrong);

/// The parts that Deployments show alike.
std::string revision_table(const std::vector<std::pair<std::int64_t, Str>>& causes);

}  // namespace sim::kubectl
