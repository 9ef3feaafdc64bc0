// Every kind of the API as a type, and what is done to each kind alike: copies, comparison, the
// status subresource. The lists of kinds say which file reads and writes them as JSON.
//
// Heavy: it includes all types. What needs one kind includes the header of that kind.
#pragma once

#include <memory>
#include <utility>

#include "sim/model/cluster_types.h"
#include "sim/model/controller_types.h"
#include "sim/model/pod_types.h"
#include "sim/model/service_types.h"
#include "sim/model/snapshot_types.h"
#include "sim/model/storage_types.h"
#include "sim/model/workload_types.h"

namespace sim {

template <class... T>
struct Kinds {
  static constexpr int kCount = sizeof...(T);
};
template <class T>
struct KindType {
  using Value = T;
};

using ClusterKinds =
    Kinds<Namespace, Node, ConfigMap, ServiceAccount, Event, Lease, Secret, Service, Endpoints,
          EndpointSlice, PodDisruptionBudget, PriorityClass, HorizontalPodAutoscaler>;
using WorkloadKinds =
    Kinds<Pod, ReplicaSet, Deployment, StatefulSet, DaemonSet, ControllerRevision, Job, CronJob>;
using StorageKinds =
    Kinds<PersistentVolume, PersistentVolumeClaim, StorageClass, VolumeAttachment, CSIDriver,
          CSINode, VolumeSnapshot, VolumeSnapshotContent, VolumeSnapshotClass>;
static_assert(ClusterKinds::kCount + WorkloadKinds::kCount + StorageKinds::kCount == kApiKindCount);

/// Calls f(KindType<T>()) for the type of a kind, when the list has it.
template <class... T, class F>
bool visit_kind(Kinds<T...>, Kind kind, F&& f) {
  return ((T::kKind == kind && (f(KindType<T>()), true)) || ...);
}
/// The same over all kinds of the API; false for those that no API shows.
template <class F>
bool visit_kind(Kind kind, F&& f) {
  return visit_kind(WorkloadKinds(), kind, f) || visit_kind(ClusterKinds(), kind, f) ||
         visit_kind(StorageKinds(), kind, f);
}

/// A copy of an object of the API, of its own type.
std::shared_ptr<Object> copy_api_object(const Object& object);
/// Whether two objects of one kind of the API are equal in every field.
bool equal_api_objects(const Object& a, const Object& b);
/// Puts the status of one object of a kind in place of another's. What belongs to the status
/// subresource without standing under `status` (a namespace's finalizers) goes with it.
void copy_status(const Object& from, Object& to);
/// The status with which the API server stores a new object, whatever the manifest says.
void reset_status(Object& object);

}  // namespace sim
