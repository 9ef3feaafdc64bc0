// What a kubelet tells of its node when it starts or is heard again: it joins the cluster if its
// Node is not there, posts the node's conditions and takes its lease up. Its regular signs of life
// are no work of anybody: see sim/world/heartbeat.h.
// k8s 1.30 pkg/kubelet: kubelet_node_status.go
#pragma once

#include "sim/world/world.h"

namespace sim::kubelet {

/// Looks at the kubelet of one Machine.
Plan report_node(const World& world, Id machine);

}  // namespace sim::kubelet
