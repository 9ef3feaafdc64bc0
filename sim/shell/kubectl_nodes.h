// What the verbs about nodes share: finding the nodes that are named or selected, and closing them
// to new pods. k8s 1.32 kubectl/pkg/cmd/drain
#pragma once

#include <optional>
#include <vector>

#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {

/// The nodes that the words of `cordon` and `drain` name or -l selects; the answer, when that goes
/// wrong.
std::optional<Step> find_nodes(const Call& call, const Flags& flags, std::vector<Subject>* nodes);
/// Cordons or uncordons nodes and says so; the answer, when the API server refuses.
std::optional<Step> set_cordon(Call& call, const Flags& flags, const std::vector<Subject>& nodes,
                               bool on, DryRun dry_run, Step& step);

}  // namespace sim::kubectl
