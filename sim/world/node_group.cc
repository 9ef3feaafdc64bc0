#include "sim/world/node_group.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/heartbeat.h"

namespace sim {
namespace {

constexpr std::string_view kKubeletVersion = "v1.30.1";

void default_amount(ResourceList& amounts, std::string_view name, std::string_view amount) {
  if (!amounts.find(name)) amounts.set(Str(name), *Quantity::parse(amount));
}

std::shared_ptr<Node> make_node(const NodeSpecification& wanted, int number) {
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

}  // namespace

void set_zone(StringMap& labels, std::string_view zone) {
  labels.set(Str(kZoneLabel), Str(zone));
  const bool has_letter = zone.size() > 1 && zone.back() >= 'a' && zone.back() <= 'z';
  const std::string_view region = zone.substr(0, zone.size() - (has_letter ? 1 : 0));
  if (has_letter && label_value_errors(region).empty()) labels.set(Str(kRegionLabel), Str(region));
}

std::shared_ptr<Machine> new_machine(const World& world, const NodeSpecification& wanted,
                                     std::int32_t more) {
  const int number = static_cast<int>(world.store().count(Kind::Machine)) + more;
  auto node = make_node(wanted, number);
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
  machine->registration = std::move(node);
  return machine;
}

std::shared_ptr<Node> joined_node(const World& world, const Machine& machine) {
  auto node = std::make_shared<Node>(*machine.registration);
  node->status.conditions = {
      condition(world, "MemoryPressure", false, "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available"),
      condition(world, "DiskPressure", false, "KubeletHasNoDiskPressure",
                "kubelet has no disk pressure"),
      condition(world, "PIDPressure", false, "KubeletHasSufficientPID",
                "kubelet has sufficient PID available"),
      condition(world, "Ready", true, "KubeletReady", "kubelet is posting ready status")};
  node->status.node_info.boot_id = boot_id(world, machine);
  return node;
}

std::shared_ptr<NodeGroup> new_group(const NodeGroupSpecification& wanted) {
  auto group = std::make_shared<NodeGroup>();
  group->meta.name = Str(wanted.pattern.name);
  group->min = wanted.min;
  group->max = wanted.max;
  group->desired = wanted.desired;
  group->boot_delay = wanted.boot_delay;
  for (const std::string& zone : wanted.zones) group->zones.emplace_back(zone);
  auto pattern = std::make_shared<NodeSpecification>(wanted.pattern);
  pattern->labels.set(Str(kGroupLabel), group->meta.name);
  group->pattern = std::move(pattern);
  return group;
}

std::vector<Id> members(const World& world, const NodeGroup& group) {
  std::vector<Id> all;
  for (const auto& [id, row] : world.store().table(Kind::Machine)) {
    const auto& machine = static_cast<const Machine&>(row);
    if (machine.group != group.meta.name || machine.discarded) continue;
    const Id of = id;
    const bool leaves =
        std::any_of(group.leaving.begin(), group.leaving.end(),
                    [&](const NodeGroup::Leaving& each) { return each.machine == of; });
    if (!leaves) all.push_back(id);
  }
  return all;
}

NodeSpecification next_of(const World& world, const NodeGroup& group, std::int32_t more) {
  NodeSpecification next = *group.pattern;
  next.name = fmt::format("{}-{}", group.meta.name, group.made + more + 1);
  if (group.zones.empty()) return next;
  // The zones take turns: where the fewest are. EC2 Auto Scaling: zone balance
  std::map<Str, std::int32_t> machines;
  for (const Id id : members(world, group)) {
    ++machines[world.get<Machine>(id)->registration->meta.labels.get(kZoneLabel)];
  }
  for (std::int32_t before = 0;; ++before) {
    const auto fewest =
        std::min_element(group.zones.begin(), group.zones.end(),
                         [&](const Str& a, const Str& b) { return machines[a] < machines[b]; });
    if (before == more) {
      set_zone(next.labels, *fewest);
      return next;
    }
    ++machines[*fewest];
  }
}

std::string scale_group(const World& world, Plan& plan, Id id, std::int32_t desired,
                        std::optional<std::int32_t> min, std::optional<std::int32_t> max) {
  const auto& group = *world.get<NodeGroup>(id);
  const std::int32_t least = min.value_or(group.min);
  const std::int32_t most = max.value_or(group.max);
  if (least < 0 || least > most || most > kMostMachines) {
    return fmt::format("node group {}: at least {} and at most {} machines cannot be",
                       group.meta.name, least, most);
  }
  if (desired < least || desired > most) {
    return fmt::format("node group {} has from {} to {} machines: {} cannot be", group.meta.name,
                       least, most, desired);
  }
  auto next = std::make_shared<NodeGroup>(group);
  next->min = least;
  next->max = most;
  next->desired = desired;
  plan.update({Kind::NodeGroup, id}, std::move(next),
              fmt::format("the group is to have {}", desired));
  return "";
}

void discard_machine(const World& world, Plan& plan, Id id, std::string_view why) {
  const Ref ref{Kind::Machine, id};
  power_off(world, plan, id, why);
  const auto pending = share_as<Machine>(plan.pending(ref));
  auto gone = std::make_shared<Machine>(pending ? *pending : *world.get<Machine>(id));
  gone->discarded = true;
  const Str name = gone->meta.name;
  plan.update(ref, std::move(gone), Str(why));
  if (const Id node = world.store().find(Kind::Node, "", name)) {
    plan.erase({Kind::Node, node}, Str(why));
  }
}

Taint autoscaler_taint(const World& world, std::string_view key, std::string_view effect) {
  Taint taint;
  taint.key = Str(key);
  taint.value = fmt::format("{}", world.now().ns / 1'000'000'000);
  taint.effect = Str(effect);
  return taint;
}

void tell_of_autoscaler(const World& world, Plan& plan, std::string_view reason,
                        std::string message) {
  const Id status = world.store().find(Kind::ConfigMap, "kube-system", kAutoscalerStatus);
  if (status == 0) return;
  note_event(plan, {Kind::ConfigMap, status}, kClusterAutoscaler, "Normal", reason,
             std::move(message));
}

bool stays_on_node(const Pod& pod) {
  const OwnerReference* owner = pod.meta.controller();
  return has_ended(pod) || (owner && owner->kind == "DaemonSet") ||
         pod.meta.annotations.contains("kubernetes.io/config.mirror");
}

std::string to_text(const NodeGroup& group) {
  std::string text =
      fmt::format("{} of {}..{} made {}", group.desired, group.min, group.max, group.made);
  for (const NodeGroup::Leaving& each : group.leaving) {
    text += fmt::format(" -{}@{}{}", each.machine, to_rfc3339(each.since),
                        each.cleared ? " cleared" : "");
  }
  return text;
}

std::string to_text(const ClusterAutoscaler& autoscaler) {
  std::string text;
  if (autoscaler.scaled_up_at) text = fmt::format("up {}", to_rfc3339(*autoscaler.scaled_up_at));
  for (const ClusterAutoscaler::Unneeded& each : autoscaler.unneeded) {
    text += fmt::format(" {}@{}", each.node, to_rfc3339(each.since));
  }
  return text;
}

}  // namespace sim
