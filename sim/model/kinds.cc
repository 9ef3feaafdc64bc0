#include "sim/model/kinds.h"

#include <array>

#include "sim/base/check.h"

namespace sim {
namespace {

struct Row {
  Kind kind;
  KindInfo info;
  std::string_view api_version;
  std::string_view resource_name;
  std::string_view printed_kind;
};

constexpr std::array<Row, kKindCount> kRows = {{
    {Kind::Namespace,
     {"Namespace", "namespaces", "namespace", "ns", "", "v1", false},
     "v1",
     "namespaces",
     "namespace"},
    {Kind::Node, {"Node", "nodes", "node", "no", "", "v1", false}, "v1", "nodes", "node"},
    {Kind::Pod, {"Pod", "pods", "pod", "po", "", "v1", true}, "v1", "pods", "pod"},
    {Kind::ReplicaSet,
     {"ReplicaSet", "replicasets", "replicaset", "rs", "apps", "v1", true},
     "apps/v1",
     "replicasets.apps",
     "replicaset.apps"},
    {Kind::Deployment,
     {"Deployment", "deployments", "deployment", "deploy", "apps", "v1", true},
     "apps/v1",
     "deployments.apps",
     "deployment.apps"},
    {Kind::ConfigMap,
     {"ConfigMap", "configmaps", "configmap", "cm", "", "v1", true},
     "v1",
     "configmaps",
     "configmap"},
    {Kind::ServiceAccount,
     {"ServiceAccount", "serviceaccounts", "serviceaccount", "sa", "", "v1", true},
     "v1",
     "serviceaccounts",
     "serviceaccount"},
    {Kind::Event, {"Event", "events", "event", "ev", "", "v1", true}, "v1", "events", "event"},
    {Kind::Lease,
     {"Lease", "leases", "lease", "", "coordination.k8s.io", "v1", true},
     "coordination.k8s.io/v1",
     "leases.coordination.k8s.io",
     "lease.coordination.k8s.io"},
    {Kind::PersistentVolume,
     {"PersistentVolume", "persistentvolumes", "persistentvolume", "pv", "", "v1", false},
     "v1",
     "persistentvolumes",
     "persistentvolume"},
    {Kind::PersistentVolumeClaim,
     {"PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", "pvc", "", "v1",
      true},
     "v1",
     "persistentvolumeclaims",
     "persistentvolumeclaim"},
    {Kind::StorageClass,
     {"StorageClass", "storageclasses", "storageclass", "sc", "storage.k8s.io", "v1", false},
     "storage.k8s.io/v1",
     "storageclasses.storage.k8s.io",
     "storageclass.storage.k8s.io"},
    {Kind::VolumeAttachment,
     {"VolumeAttachment", "volumeattachments", "volumeattachment", "", "storage.k8s.io", "v1",
      false},
     "storage.k8s.io/v1",
     "volumeattachments.storage.k8s.io",
     "volumeattachment.storage.k8s.io"},
    {Kind::CSIDriver,
     {"CSIDriver", "csidrivers", "csidriver", "", "storage.k8s.io", "v1", false},
     "storage.k8s.io/v1",
     "csidrivers.storage.k8s.io",
     "csidriver.storage.k8s.io"},
    {Kind::CSINode,
     {"CSINode", "csinodes", "csinode", "", "storage.k8s.io", "v1", false},
     "storage.k8s.io/v1",
     "csinodes.storage.k8s.io",
     "csinode.storage.k8s.io"},
    {Kind::Secret, {"Secret", "secrets", "secret", "", "", "v1", true}, "v1", "secrets", "secret"},
    {Kind::Service,
     {"Service", "services", "service", "svc", "", "v1", true},
     "v1",
     "services",
     "service"},
    {Kind::Endpoints,
     {"Endpoints", "endpoints", "endpoints", "ep", "", "v1", true},
     "v1",
     "endpoints",
     "endpoints"},
    {Kind::EndpointSlice,
     {"EndpointSlice", "endpointslices", "endpointslice", "", "discovery.k8s.io", "v1", true},
     "discovery.k8s.io/v1",
     "endpointslices.discovery.k8s.io",
     "endpointslice.discovery.k8s.io"},
    {Kind::StatefulSet,
     {"StatefulSet", "statefulsets", "statefulset", "sts", "apps", "v1", true},
     "apps/v1",
     "statefulsets.apps",
     "statefulset.apps"},
    {Kind::DaemonSet,
     {"DaemonSet", "daemonsets", "daemonset", "ds", "apps", "v1", true},
     "apps/v1",
     "daemonsets.apps",
     "daemonset.apps"},
    {Kind::ControllerRevision,
     {"ControllerRevision", "controllerrevisions", "controllerrevision", "", "apps", "v1", true},
     "apps/v1",
     "controllerrevisions.apps",
     "controllerrevision.apps"},
    {Kind::Job,
     {"Job", "jobs", "job", "", "batch", "v1", true},
     "batch/v1",
     "jobs.batch",
     "job.batch"},
    {Kind::CronJob,
     {"CronJob", "cronjobs", "cronjob", "cj", "batch", "v1", true},
     "batch/v1",
     "cronjobs.batch",
     "cronjob.batch"},
    {Kind::PodDisruptionBudget,
     {"PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudget", "pdb", "policy", "v1",
      true},
     "policy/v1",
     "poddisruptionbudgets.policy",
     "poddisruptionbudget.policy"},
    {Kind::PriorityClass,
     {"PriorityClass", "priorityclasses", "priorityclass", "pc", "scheduling.k8s.io", "v1", false},
     "scheduling.k8s.io/v1",
     "priorityclasses.scheduling.k8s.io",
     "priorityclass.scheduling.k8s.io"},
    {Kind::HorizontalPodAutoscaler,
     {"HorizontalPodAutoscaler", "horizontalpodautoscalers", "horizontalpodautoscaler", "hpa",
      "autoscaling", "v2", true},
     "autoscaling/v2",
     "horizontalpodautoscalers.autoscaling",
     "horizontalpodautoscaler.autoscaling"},
    {Kind::VolumeSnapshot,
     {"VolumeSnapshot", "volumesnapshots", "volumesnapshot", "vs", "snapshot.storage.k8s.io", "v1",
      true},
     "snapshot.storage.k8s.io/v1",
     "volumesnapshots.snapshot.storage.k8s.io",
     "volumesnapshot.snapshot.storage.k8s.io"},
    {Kind::VolumeSnapshotContent,
     {"VolumeSnapshotContent", "volumesnapshotcontents", "volumesnapshotcontent", "vsc,vscs",
      "snapshot.storage.k8s.io", "v1", false},
     "snapshot.storage.k8s.io/v1",
     "volumesnapshotcontents.snapshot.storage.k8s.io",
     "volumesnapshotcontent.snapshot.storage.k8s.io"},
    {Kind::VolumeSnapshotClass,
     {"VolumeSnapshotClass", "volumesnapshotclasses", "volumesnapshotclass", "vsclass,vsclasses",
      "snapshot.storage.k8s.io", "v1", false},
     "snapshot.storage.k8s.io/v1",
     "volumesnapshotclasses.snapshot.storage.k8s.io",
     "volumesnapshotclass.snapshot.storage.k8s.io"},
    {Kind::Machine,
     {"Machine", "machines", "machine", "", "", "", false},
     "",
     "machines",
     "machine"},
    {Kind::PodSandbox,
     {"PodSandbox", "podsandboxes", "podsandbox", "", "", "", true},
     "",
     "podsandboxes",
     "podsandbox"},
    {Kind::ContainerInstance,
     {"ContainerInstance", "containerinstances", "containerinstance", "", "", "", true},
     "",
     "containerinstances",
     "containerinstance"},
    {Kind::Disk, {"Disk", "disks", "disk", "", "", "", false}, "", "disks", "disk"},
    {Kind::Outage, {"Outage", "outages", "outage", "", "", "", false}, "", "outages", "outage"},
    {Kind::PlannedFault,
     {"PlannedFault", "plannedfaults", "plannedfault", "", "", "", false},
     "",
     "plannedfaults",
     "plannedfault"},
    {Kind::Load, {"Load", "loads", "load", "", "", "", true}, "", "loads", "load"},
    {Kind::ScalingMemory,
     {"ScalingMemory", "scalingmemories", "scalingmemory", "", "", "", false},
     "",
     "scalingmemories",
     "scalingmemory"},
    {Kind::NodeGroup,
     {"NodeGroup", "nodegroups", "nodegroup", "", "", "", false},
     "",
     "nodegroups",
     "nodegroup"},
    {Kind::ClusterAutoscaler,
     {"ClusterAutoscaler", "clusterautoscalers", "clusterautoscaler", "", "", "", false},
     "",
     "clusterautoscalers",
     "clusterautoscaler"},
}};

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(), "kRows stands in the order of Kind");

const Row& row(Kind kind) {
  const auto index = static_cast<std::size_t>(kind);
  SIM_CHECK(index < kRows.size());
  return kRows[index];
}

}  // namespace

const KindInfo& info(Kind kind) { return row(kind).info; }
std::string_view api_version(Kind kind) { return row(kind).api_version; }
std::string_view resource_name(Kind kind) { return row(kind).resource_name; }
std::string_view printed_kind(Kind kind) { return row(kind).printed_kind; }

bool is_among(std::string_view word, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<Kind> kind_called(std::string_view word) {
  if (word.empty()) return std::nullopt;
  for (int k = 0; k < kApiKindCount; ++k) {
    const KindInfo& known = info(static_cast<Kind>(k));
    if (word == known.singular || word == known.plural || word == known.name ||
        is_among(word, known.short_names)) {
      return static_cast<Kind>(k);
    }
  }
  return std::nullopt;
}

}  // namespace sim
