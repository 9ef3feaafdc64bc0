// The kubelet: what a node does for each pod bound to it: sandbox, volumes, images, init containers
// and sidecars, start order, restarts and their back-off, probes, hooks, graceful termination,
// status and events. It decides from the Pod, from the PodSandbox and ContainerInstance rows (what
// is really there), and from nothing else. k8s 1.30 pkg/kubelet
#pragma once

#include "sim/world/world.h"

namespace sim::kubelet {

/// Looks at one Pod on its node; `pod` may be gone while its sandbox is still there.
Plan reconcile(const World& world, Id pod);
/// Lets the main process of a container instance go on (a script that slept, a server that starts).
Plan run_process(const World& world, Id instance);

}  // namespace sim::kubelet
