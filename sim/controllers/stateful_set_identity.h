// What makes a pod a certain pod of a StatefulSet: its name, its labels and the claims that go with
// its ordinal. Pure functions over objects, apart from the controller that acts on them.
// k8s 1.30 pkg/controller/statefulset/stateful_set_utils.go
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/controller_types.h"

namespace sim::stateful_set {

/// The place in the order that a pod's name tells; none when the name is not of this set.
std::optional<std::int32_t> ordinal_of(const StatefulSet& set, const Pod& pod);
std::int32_t first_ordinal(const StatefulSet& set);
std::int32_t wanted_replicas(const StatefulSet& set);
bool is_in_range(const StatefulSet& set, std::int32_t ordinal);

std::string pod_name(const StatefulSet& set, std::int32_t ordinal);
std::string claim_name(const StatefulSet& set, const PersistentVolumeClaim& claim,
                       std::int32_t ordinal);
/// The claims of one ordinal as they are to be made. k8s: getPersistentVolumeClaims
std::vector<PersistentVolumeClaim> claims_of(const StatefulSet& set, std::int32_t ordinal);

/// Name and labels; its volumes that stand for claims. k8s: updateIdentity, updateStorage
void set_identity(const StatefulSet& set, std::int32_t ordinal, Pod& pod);
void set_storage(const StatefulSet& set, std::int32_t ordinal, PodSpec& spec);
bool has_identity(const StatefulSet& set, std::int32_t ordinal, const Pod& pod);
bool has_storage(const StatefulSet& set, std::int32_t ordinal, const Pod& pod);

/// Who owns a claim tells what it goes with. True when anything had to be changed.
/// k8s: updateClaimOwnerRefForSetAndPod
bool set_claim_owners(const StatefulSet& set, std::int32_t ordinal, const Pod& pod,
                      PersistentVolumeClaim& claim);
/// The claim belongs to another pod of that name, which is gone. k8s: hasStaleOwnerRef
bool is_stale(const Pod& pod, const PersistentVolumeClaim& claim);

}  // namespace sim::stateful_set
