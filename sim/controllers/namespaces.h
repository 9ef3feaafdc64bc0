// Namespaces: each gets its ServiceAccount `default` and ConfigMap `kube-root-ca.crt`; one that is
// being deleted has its contents deleted, then loses its finalizer. k8s 1.30
// pkg/controller/namespace, pkg/controller/serviceaccount,
// pkg/controller/certificates/rootcacertpublisher
#pragma once

#include "sim/world/world.h"

namespace sim::namespaces {

/// How long after each change of a Namespace that is being deleted the controller looks at it, so
/// that nothing made at the last moment escapes. k8s: namespaceDeletionGracePeriod
inline constexpr Duration kGrace = seconds(5);

/// One pass of the deletion of a Namespace, while it is Terminating.
Plan reconcile(const World& world, Id id);
/// What each Namespace must have.
Plan reconcile_contents(const World& world, Id id);

}  // namespace sim::namespaces
