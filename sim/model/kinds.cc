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

}  // namespace sim
