#include "sim/engine/cluster.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/cluster_types.h"
#include "sim/model/controller_types.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/heartbeat.h"
#include "sim/world/snapshots.h"

namespace sim {
namespace {

constexpr std::string_view kKubeletVersion = "v1.30.1";

void default_amount(ResourceList& amounts, std::string_view name, std::string_view amount) {
  if (!amounts.find(name)) amounts.set(Str(name), *Quantity::parse(amount));
}

NodeCondition condition(const World& world, std::string_view type, bool status,
                        std::string_view reason, std::string_view message) {
  NodeCondition made;
  made.type = Str(type);
  made.status = status ? "True" : "False";
  made.last_heartbeat_time = world.now();
  made.last_transition_time = world.now();
  made.reason = Str(reason);
  made.message = Str(message);
  return made;
}

std::shared_ptr<Node> make_node(const World& world, const NodeSpecification& wanted, int number) {
  auto node = std::make_shared<Node>();
  node->meta.name = Str(wanted.name);
  node->meta.labels = wanted.labels;
  for (const auto& [key, value] :
       {std::pair("beta.kubernetes.io/arch", "amd64"), std::pair("beta.kubernetes.io/os", "linux"),
        std::pair("kubernetes.io/arch", "amd64"), std::pair("kubernetes.io/os", "linux"),
        std::pair("kubernetes.io/hostname", wanted.name.c_str())}) {
    if (!node->meta.labels.contains(key)) node->meta.labels.set(key, value);
  }
  // What the controllers of every cluster write: its kubelets read Secrets and the like again
  // after so long, and the control plane attaches its volumes.
  node->meta.annotations.set("node.alpha.kubernetes.io/ttl", "0");
  node->meta.annotations.set("volumes.kubernetes.io/controller-managed-attach-detach", "true");
  node->spec.taints = wanted.taints;
  node->spec.pod_cidr = fmt::format("10.88.{}.0/24", number + 1);
  node->spec.pod_cidrs = {node->spec.pod_cidr};
  NodeStatus& status = node->status;
  status.capacity = wanted.capacity;
  default_amount(status.capacity, "cpu", "4");
  default_amount(status.capacity, "memory", "16Gi");
  default_amount(status.capacity, "ephemeral-storage", "100Gi");
  default_amount(status.capacity, "pods", "110");
  default_amount(status.capacity, "hugepages-1Gi", "0");
  default_amount(status.capacity, "hugepages-2Mi", "0");
  status.allocatable = wanted.allocatable;
  for (const auto& [name, amount] : status.capacity) {
    if (!status.allocatable.find(name)) status.allocatable.set(name, amount);
  }
  status.conditions = {
      condition(world, "MemoryPressure", false, "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available"),
      condition(world, "DiskPressure", false, "KubeletHasNoDiskPressure",
                "kubelet has no disk pressure"),
      condition(world, "PIDPressure", false, "KubeletHasSufficientPID",
                "kubelet has sufficient PID available"),
      condition(world, "Ready", true, "KubeletReady", "kubelet is posting ready status")};
  const std::string address =
      wanted.address.empty() ? fmt::format("192.0.2.{}", number % 250 + 2) : wanted.address;
  status.addresses = {{"InternalIP", Str(address)}, {"Hostname", Str(wanted.name)}};
  status.daemon_endpoints.kubelet_endpoint.port = 10250;
  status.node_info.kubelet_version = Str(kKubeletVersion);
  status.node_info.kube_proxy_version = Str(kKubeletVersion);
  status.node_info.operating_system = "linux";
  status.node_info.architecture = "amd64";
  status.node_info.os_image = "podsight";
  status.node_info.kernel_version = "6.1.0";
  status.node_info.container_runtime_version = "containerd://1.7.18";
  return node;
}

void add_node(Simulation& simulation, const NodeSpecification& wanted, int number) {
  const World& world = simulation.world();
  auto node = make_node(world, wanted, number);
  auto machine = std::make_shared<Machine>();
  machine->meta.name = Str(wanted.name);
  machine->number = number;
  for (const std::string& name : wanted.images) {
    const Image* image = world.settings().images.find(name);
    const Str normal(image ? image->name.str() : normal_image_name(name));
    machine->images.push_back(normal);
    ContainerImage shown;
    shown.names = {normal};
    shown.size_bytes = image ? static_cast<std::int64_t>(image->size) : 0;
    node->status.images.push_back(std::move(shown));
  }
  label_for_drivers(world, *node);
  std::sort(machine->images.begin(), machine->images.end());
  machine->registration = std::make_shared<const Node>(*node);
  node->status.node_info.boot_id = boot_id(world, *machine);
  Plan plan;
  plan.create(world, std::move(machine), "the machine is there");
  const Id id = plan.create(world, std::move(node), "the node joined");
  simulation.carry_out(std::move(plan), {0, "cluster"});
  plan = Plan();
  auto lease = std::make_shared<Lease>();
  lease->meta.name = Str(wanted.name);
  lease->meta.ns = "kube-node-lease";
  lease->spec.holder_identity = Str(wanted.name);
  lease->spec.lease_duration_seconds = 40;
  lease->spec.renew_time = MicroTime{world.now()};
  OwnerReference owner;
  owner.api_version = "v1";
  owner.kind = "Node";
  owner.name = Str(wanted.name);
  owner.uid = world.get<Node>(id)->meta.uid;
  lease->meta.owner_references.push_back(std::move(owner));
  plan.create(world, std::move(lease), "the node joined");
  simulation.carry_out(std::move(plan), {0, "cluster"});
}

}  // namespace

Simulation make_cluster(const ClusterSpecification& cluster) {
  Simulation simulation(World(std::make_shared<const Settings>(cluster.settings)));
  Plan plan;
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    auto ns = std::make_shared<Namespace>();
    ns->meta.name = name;
    ns->meta.labels.set("kubernetes.io/metadata.name", name);
    ns->spec.finalizers = {"kubernetes"};
    ns->status.phase = "Active";
    plan.create(simulation.world(), std::move(ns), "the cluster was made");
  }
  // k8s 1.30 pkg/apis/scheduling/v1: SystemPriorityClasses
  for (const auto& [name, value, description] :
       {std::tuple("system-node-critical", 2000001000,
                   "Used for system critical pods that must not be moved from their current node."),
        std::tuple(
            "system-cluster-critical", 2000000000,
            "Used for system critical pods that must run in the cluster, but can be moved to "
            "another node if necessary.")}) {
    auto priority = std::make_shared<PriorityClass>();
    priority->meta.name = name;
    priority->meta.generation = 1;
    priority->value = value;
    priority->description = description;
    priority->preemption_policy = Str("PreemptLowerPriority");
    plan.create(simulation.world(), std::move(priority), "the cluster was made");
  }
  if (cluster.shared_host_files) {
    auto files = std::make_shared<Disk>();
    files->meta.name = kSharedHostFiles;
    plan.create(simulation.world(), std::move(files), "the cluster was made");
  }
  if (!cluster.settings.images.registry_reachable) {
    Fault down;
    down.kind = FaultKind::RegistryDown;
    strike(simulation.world(), plan, down);
  }
  simulation.carry_out(std::move(plan), {0, "cluster"});
  for (const std::string& name : cluster.drivers) {
    const Driver* driver = find_driver(name);
    Plan installing;
    if (driver) install_driver(simulation.world(), installing, *driver);
    if (name == kSnapshotController) install_snapshot_controller(simulation.world(), installing);
    simulation.carry_out(std::move(installing), {0, "cluster"});
  }
  int number = 0;
  for (const NodeSpecification& node : cluster.nodes) add_node(simulation, node, number++);
  simulation.run_until_settled(cluster.settings.start + seconds(30));
  return simulation;
}

}  // namespace sim
