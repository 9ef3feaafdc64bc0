// What may fall due: small plain data, never a closure, so that the queue copies with the world.
// Controllers are level-triggered: a task says only "look at this key again". For each actor and
// key at most one wake is pending; an earlier one replaces a later one, so a controller that is
// woken must ask again for everything it still waits for.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/table.h"
#include "sim/base/time.h"
#include "sim/model/kinds.h"

namespace sim {

/// Who looks at a key. The key of each is the id of a row of the kind named beside it.
enum class Actor : std::uint8_t {
  Deployment,        // Deployment
  ReplicaSet,        // ReplicaSet
  Scheduler,         // Pod
  Kubelet,           // Pod
  Process,           // ContainerInstance: its process goes on
  Namespace,         // Namespace: deletion
  ServiceAccount,    // Namespace: ServiceAccount default, ConfigMap kube-root-ca.crt
  GarbageCollector,  // any API kind: see Task::kind
  EventExpiry,       // Event
  NodeLifecycle,     // Node
  NodeStatus,        // Machine: what its kubelet tells of the node
  TaintEviction,     // Pod
  PodCollector,      // Pod: the garbage collector of pods
  ClaimBinder,       // PersistentVolumeClaim: the persistent volume controller's claim worker
  VolumeBinder,      // PersistentVolume: its volume worker
  Provisioner,       // PersistentVolumeClaim: a driver's external provisioner
  VolumeDeleter,     // PersistentVolume: the same, when a volume is to be deleted
  Resizer,           // PersistentVolumeClaim: a driver's external resizer
  ClaimProtection,   // PersistentVolumeClaim
  VolumeProtection,  // PersistentVolume
  EphemeralVolume,   // Pod: claims of generic ephemeral volumes
  AttachDetach,      // Node: which volumes are to be attached to it
  Attacher,          // VolumeAttachment: a driver's external attacher
  StatefulSet,       // StatefulSet
  DaemonSet,         // DaemonSet
  Job,               // Job
  CronJob,           // CronJob
  JobExpiry,         // Job: ttlSecondsAfterFinished
  Endpoints,         // Service: its Endpoints and EndpointSlices
  Disruption,        // PodDisruptionBudget
  Autoscaler,        // HorizontalPodAutoscaler
  Faults,            // PlannedFault
  NodePressure,      // Machine: its kubelet's eviction manager and image collector
  Snapshot,          // VolumeSnapshot: the snapshot controller
  Snapshotter,       // VolumeSnapshotContent: the same, and a driver's external snapshotter
  NodeGroup,         // NodeGroup: makes machines and takes them away
  ClusterAutoscaler,  // ClusterAutoscaler: how many machines each group is to have
};
inline constexpr int kActorCount = 37;
std::string_view to_string(Actor actor);

struct Task {
  Actor actor;
  Kind kind;   // of the key
  bool quiet;  // routine (a probe, an expiry, a back-off): does not keep the world from being
               // settled
  Id id;       // of the key
  std::uint64_t cause;  // revision of the change that led to it; 0: the start
};

/// A row's name across kinds.
struct Ref {
  Kind kind{};
  Id id = 0;
  explicit operator bool() const { return id != 0; }
  friend auto operator<=>(const Ref&, const Ref&) = default;
};

}  // namespace sim
