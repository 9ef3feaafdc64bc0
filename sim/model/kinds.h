// The one manifest of kinds. First the kinds of the Kubernetes API, then those of what is really
// there on the machines and disks (see sim/world/machine.h), which no API shows. Adding a kind
// starts here and in the lists of sim/model/objects.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sim {

enum class Kind : std::uint8_t {
  // Kept by the API server.
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Deployment,
  ConfigMap,
  ServiceAccount,
  Event,
  Lease,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
  CSIDriver,
  CSINode,
  Secret,
  Service,
  Endpoints,
  EndpointSlice,
  StatefulSet,
  DaemonSet,
  ControllerRevision,
  Job,
  CronJob,
  PodDisruptionBudget,
  PriorityClass,
  HorizontalPodAutoscaler,
  // Custom resources, served once the snapshot controller is installed (sim/world/snapshots.h).
  VolumeSnapshot,
  VolumeSnapshotContent,
  VolumeSnapshotClass,
  // Really there.
  Machine,            // what is on one node: power, images, host files
  PodSandbox,         // what a kubelet knows and does of one of its pods
  ContainerInstance,  // one run of a container: process, writable layer, log
  Disk,               // the real contents of one volume
  Outage,             // something beside the machines that is down or slow
  PlannedFault,       // a fault that is to come
  Load,               // how much work a workload has: what its pods use
  ScalingMemory,      // what the autoscaler of pods remembers of one HorizontalPodAutoscaler
  NodeGroup,          // machines that are made and taken away as one wants them
  ClusterAutoscaler,  // who wants them: its settings and what it remembers
};
inline constexpr int kKindCount = 40;
inline constexpr int kApiKindCount = 30;

constexpr bool is_api_kind(Kind kind) { return static_cast<int>(kind) < kApiKindCount; }

struct KindInfo {
  std::string_view name;         // "Deployment"
  std::string_view plural;       // "deployments"
  std::string_view singular;     // "deployment"
  std::string_view short_names;  // "deploy", comma separated, may be empty
  std::string_view group;        // "apps"; empty for the core group
  std::string_view version;      // "v1"
  bool namespaced;
};

const KindInfo& info(Kind kind);
/// The kind of the API that a person's word means: "pod", "pods", "po", "Pod".
std::optional<Kind> kind_called(std::string_view word);
/// Whether a word is in a list whose entries stand apart by commas.
bool is_among(std::string_view word, std::string_view list);
/// "apps/v1", "v1".
std::string_view api_version(Kind kind);
/// "deployments.apps", "pods": as error texts and `kubectl get` over several kinds name a resource.
std::string_view resource_name(Kind kind);
/// "deployment.apps", "pod": as `kubectl apply` and `-o name` print before "/name".
std::string_view printed_kind(Kind kind);

}  // namespace sim
