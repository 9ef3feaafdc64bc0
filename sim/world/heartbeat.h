// What a kubelet tells of itself: it renews its node's lease every ten seconds and posts the node's
// status when something changed, else every five minutes. As long as all is well nobody acts on
// these, so they are not tasks: what has been told by now follows from the clock and from the
// moment at which the machine fell silent. k8s 1.30 pkg/kubelet: syncNodeStatus,
// nodeLeaseController
#pragma once

#include "sim/world/world.h"

namespace sim {

/// The first of the moments that come a period apart from `first` on, at or after a time.
Time tick_at_or_after(Time first, Duration period, Time time);
/// The beats at which kubelets renew leases: the first at or after a time, and the last one.
Time beat_at_or_after(const World& world, Time time);
/// The moments at which a machine's kubelet looks whether its node's status has changed: one at or
/// after a time. Each kubelet has its own.
Time report_at_or_after(const World& world, const Machine& machine, Time time);
/// When the kubelet of a machine last renewed its lease.
Time lease_renewed(const World& world, const Machine& machine);
/// When it last posted its node's status.
Time status_posted(const World& world, const Machine& machine, const Node& node);
/// A row as the API serves it: Nodes and their leases with the times that were told by now.
ObjectPtr as_served(const World& world, ObjectPtr object);

/// What the kernel of a machine calls its present run.
Str boot_id(const World& world, const Machine& machine);

}  // namespace sim
