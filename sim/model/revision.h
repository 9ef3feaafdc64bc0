// Revisions of a StatefulSet or DaemonSet: a ControllerRevision keeps one pod template as a patch
// that puts it in place. k8s 1.30 pkg/controller/history, pkg/controller/statefulset: getPatch
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/controller_types.h"

namespace sim {

/// Of the revisions of a StatefulSet.
inline constexpr std::string_view kRevisionHash = "controller.kubernetes.io/hash";
/// Of pods, and of the revisions of a DaemonSet.
inline constexpr std::string_view kControllerRevisionHash = "controller-revision-hash";

/// The patch that a revision of a template holds.
ControllerRevisionData revision_of(const PodTemplateSpec& pod_template);
/// The template that a revision holds, or null when a person has made one without.
const PodTemplateSpec* template_of(const ControllerRevision& revision);
/// Bit for bit what a StatefulSet's revision is named after.
/// k8s 1.30 pkg/controller/history: HashControllerRevision
std::string revision_hash(const ControllerRevisionData& data,
                          std::optional<std::int32_t> collision_count);

}  // namespace sim
