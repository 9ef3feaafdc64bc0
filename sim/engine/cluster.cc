#include "sim/engine/cluster.h"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "sim/base/check.h"
#include "sim/model/cluster_types.h"
#include "sim/model/controller_types.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/load.h"
#include "sim/world/metrics.h"
#include "sim/world/snapshots.h"

namespace sim {
namespace {

void add_node(Simulation& simulation, std::shared_ptr<Machine> machine) {
  const World& world = simulation.world();
  const Str name = machine->meta.name;
  Plan plan;
  auto node = joined_node(world, *machine);
  plan.create(world, std::move(machine), "the machine is there");
  const Id id = plan.create(world, std::move(node), "the node joined");
  simulation.carry_out(std::move(plan), {0, "cluster"});
  plan = Plan();
  auto lease = std::make_shared<Lease>();
  lease->meta.name = name;
  lease->meta.ns = "kube-node-lease";
  lease->spec.holder_identity = name;
  lease->spec.lease_duration_seconds = 40;
  lease->spec.renew_time = MicroTime{world.now()};
  OwnerReference owner;
  owner.api_version = "v1";
  owner.kind = "Node";
  owner.name = name;
  owner.uid = world.get<Node>(id)->meta.uid;
  lease->meta.owner_references.push_back(std::move(owner));
  plan.create(world, std::move(lease), "the node joined");
  simulation.carry_out(std::move(plan), {0, "cluster"});
}

/// A group with the machines that it has from the start.
void add_group(Simulation& simulation, const NodeGroupSpecification& wanted) {
  const World& world = simulation.world();
  std::shared_ptr<NodeGroup> group = new_group(wanted);
  std::vector<std::shared_ptr<Machine>> machines;
  for (std::int32_t i = 0; i < group->desired; ++i) {
    machines.push_back(new_machine(world, next_of(world, *group, i), i));
    machines.back()->group = group->meta.name;
  }
  for (auto& machine : machines) add_node(simulation, std::move(machine));
  group->made = group->desired;
  Plan plan;
  plan.create(world, std::move(group), "the node group was made");
  simulation.carry_out(std::move(plan), {0, "cluster"});
}

void add_autoscaler(Simulation& simulation, const ClusterAutoscaler& wanted) {
  auto autoscaler = std::make_shared<ClusterAutoscaler>(wanted);
  autoscaler->meta.name = Str(kClusterAutoscaler);
  auto status = std::make_shared<ConfigMap>();
  status->meta.name = Str(kAutoscalerStatus);
  status->meta.ns = "kube-system";
  Plan plan;
  plan.create(simulation.world(), std::move(status), "the cluster autoscaler was installed");
  plan.create(simulation.world(), std::move(autoscaler), "the cluster autoscaler was installed");
  simulation.carry_out(std::move(plan), {0, "cluster"});
}

void add_load(Simulation& simulation, const std::vector<std::string>& words) {
  std::string wrong;
  const std::optional<Load> load = parse_load(words, "default", simulation.world().now(), &wrong);
  SIM_CHECK(load.has_value());  // whoever read them has tried
  Plan plan;
  set_load(simulation.world(), plan, *load);
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
    if (name == kMetricsServer) install_metrics_server(simulation.world(), installing);
    simulation.carry_out(std::move(installing), {0, "cluster"});
  }
  for (const NodeSpecification& node : cluster.nodes) {
    add_node(simulation, new_machine(simulation.world(), node));
  }
  for (const NodeGroupSpecification& group : cluster.groups) add_group(simulation, group);
  if (cluster.autoscaler) add_autoscaler(simulation, *cluster.autoscaler);
  for (const auto& words : cluster.loads) add_load(simulation, words);
  simulation.run_until_settled(cluster.settings.start + seconds(30));
  return simulation;
}

}  // namespace sim
