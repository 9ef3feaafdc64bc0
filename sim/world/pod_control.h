// What the controllers that keep pods share: whose a pod is, what a new one looks like, when to try
// again. k8s 1.30 pkg/controller: controller_utils.go, controller_ref_manager.go
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/pod_types.h"
#include "sim/world/world.h"

namespace sim {

struct OwnedPod {
  Id id = 0;
  std::shared_ptr<const Pod> pod;
};

/// As a controller names itself among the owners of what it makes.
OwnerReference controller_reference(const Object& owner);

/// Further conditions on the pods that a controller takes for its own.
using PodFilter = bool (*)(const Object& owner, const Pod& pod);
/// The pods that belong to `owner`, in order of creation: keeps, releases and adopts.
/// k8s: ClaimObject
std::vector<OwnedPod> claim_pods(const World& world, Plan& plan, const Object& owner,
                                 const LabelSelector* selector, PodFilter filter = nullptr);

/// A pod of a template, yet without a name; `spec` is the template's own as admission leaves it.
/// k8s: GetPodFromTemplate
std::shared_ptr<Pod> pod_from_template(const Object& owner, const ObjectMeta& meta,
                                       const Box<PodSpec>& spec);

/// An Event about what the controller keeps.
EventNote controller_event(Ref about, std::string_view component, std::string_view type,
                           std::string_view reason, std::string message);

/// How long a work queue waits before it tries again what has failed: 5 ms, 10 ms, 20 ms, … up to
/// 1000 s. That is as long again as it has been failing, which the Event of the first failure
/// tells. k8s: client-go/util/workqueue: DefaultControllerRateLimiter
Duration retry_delay(const World& world, const Object& about, std::string_view reason);

/// A row as it was before it went; null when that was long ago. For a controller that is told of
/// the end of what it keeps: the journal has it, and that was only now.
ObjectPtr just_erased(const World& world, Ref ref);

/// Sorts those first whose loss costs least: not bound before bound, not running before running,
/// not ready before ready, then the younger, the restarted. k8s: ActivePods
void sort_by_cost(std::vector<OwnedPod>& pods);

}  // namespace sim
