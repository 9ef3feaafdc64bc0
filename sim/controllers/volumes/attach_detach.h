// The attach/detach controller: for each node, which volumes the pods bound to it need, and which
// are attached to it; asks for the difference by making and deleting VolumeAttachments. A volume of
// one node at a time waits until the other node has let go of it.
// k8s 1.30 pkg/controller/volume/attachdetach
#pragma once

#include "sim/world/world.h"

namespace sim::volumes {

Plan attach_detach(const World& world, Id node);
/// A VolumeAttachment whose node is gone: let go of after six minutes.
Plan detach_from_lost_node(const World& world, Id attachment);

/// Whether a pod has no more need of its volumes at its node, though it may still be there: it has
/// ended, or is being deleted and none of its containers runs.
/// k8s 1.30 pkg/volume/util: IsPodTerminated
bool lets_go(const Pod& pod);

}  // namespace sim::volumes
