// Nodes in `kubectl describe`. k8s 1.30 kubectl/pkg/describe: describeNode, describeNodeResource
#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "sim/base/format.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/printers.h"
#include "sim/world/heartbeat.h"

namespace sim::kubectl {
namespace {

std::string roles(const Node& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::vector<std::string> all;
  for (const auto& [key, value] : node.meta.labels) {
    if (key.view().substr(0, kPrefix.size()) == kPrefix && key.size() > kPrefix.size()) {
      all.emplace_back(key.view().substr(kPrefix.size()));
    } else if (key == "kubernetes.io/role" && !value.empty()) {
      all.push_back(value.str());
    }
  }
  std::sort(all.begin(), all.end());
  return all.empty() ? "<none>" : fmt::format("{}", fmt::join(all, ","));
}

void describe_taints(std::string& out, const Node& node) {
  std::vector<Taint> taints = node.spec.taints;
  std::stable_sort(taints.begin(), taints.end(), [](const Taint& a, const Taint& b) {
    return std::tie(a.effect, a.key) < std::tie(b.effect, b.key);
  });
  out += "Taints:\t";
  if (taints.empty()) {
    out += "<none>\n";
    return;
  }
  bool first = true;
  for (const Taint& taint : taints) {
    out += first ? "" : "\t";
    first = false;
    out += taint.value.empty() ? fmt::format("{}:{}\n", taint.key, taint.effect)
                               : fmt::format("{}={}:{}\n", taint.key, taint.value, taint.effect);
  }
}

void describe_lease(const World& world, std::string& out, const Node& node) {
  const Id id = world.store().find(Kind::Lease, "kube-node-lease", node.meta.name);
  const auto lease = share_as<Lease>(as_served(world, world.store().share({Kind::Lease, id})));
  if (!lease) {
    out += fmt::format("Lease:\tFailed to get lease: leases.coordination.k8s.io \"{}\" not found\n",
                       node.meta.name);
    return;
  }
  const auto micro = [](const std::optional<MicroTime>& time) {
    return describe_time(time ? time->time : std::nullopt);
  };
  out += fmt::format("Lease:\n  HolderIdentity:\t{}\n  AcquireTime:\t{}\n  RenewTime:\t{}\n",
                     lease->spec.holder_identity.value_or(Str("<unset>")),
                     micro(lease->spec.acquire_time), micro(lease->spec.renew_time));
}

struct Sums {
  ResourceList requests;
  ResourceList limits;
};

/// A pod's requests and limits as kubectl adds them: containers and sidecars, at least each init
/// container.
Sums sums_of(const Pod& pod) {
  Sums sums;
  const auto add = [](ResourceList& to, const ResourceList& from) {
    for (const auto& [name, amount] : from) to.set(name, to.get(name) + amount);
  };
  for (const Container& container : pod.spec->containers) {
    add(sums.requests, container.resources.requests);
    add(sums.limits, container.resources.limits);
  }
  for (const Container& container : pod.spec->init_containers) {
    if (container.restart_policy == Str("Always")) {
      add(sums.requests, container.resources.requests);
      add(sums.limits, container.resources.limits);
      continue;
    }
    for (const auto& [name, amount] : container.resources.requests) {
      if (sums.requests.get(name) < amount) sums.requests.set(name, amount);
    }
    for (const auto& [name, amount] : container.resources.limits) {
      if (sums.limits.get(name) < amount) sums.limits.set(name, amount);
    }
  }
  return sums;
}

/// "128m (6%)" of what is allocatable; the percentage is cut off, not rounded.
std::string share(const Quantity& amount, const Quantity& of, bool cpu) {
  const std::int64_t part = cpu ? amount.milli_value() : amount.value();
  const std::int64_t whole = cpu ? of.milli_value() : of.value();
  // As kubectl computes it; only printed, never decided by.
  const auto percent =
      whole == 0
          ? 0
          : static_cast<std::int64_t>(static_cast<double>(part) / static_cast<double>(whole) * 100);
  return fmt::format("{} ({}%)", amount.text(), percent);
}

void describe_pods(const World& world, std::string& out, const Node& node) {
  const ResourceList& allocatable = node.status.allocatable;
  std::vector<const Pod*> pods;
  for (const Id id : world.store().list(Kind::Pod)) {
    const Pod& pod = *world.get<Pod>(id);
    if (pod.node_name == node.meta.name && pod.status.phase != "Succeeded" &&
        pod.status.phase != "Failed") {
      pods.push_back(&pod);
    }
  }
  out += fmt::format("Non-terminated Pods:\t({} in total)\n", pods.size());
  out +=
      "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n"
      "  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n";
  Sums all;
  for (const Pod* pod : pods) {
    const Sums own = sums_of(*pod);
    const Quantity cpu = allocatable.get("cpu");
    const Quantity memory = allocatable.get("memory");
    out += fmt::format(
        "  {}\t{}\t\t{}\t{}\t{}\t{}\t{}\n", pod->meta.ns, pod->meta.name,
        share(own.requests.get("cpu"), cpu, true), share(own.limits.get("cpu"), cpu, true),
        share(own.requests.get("memory"), memory, false),
        share(own.limits.get("memory"), memory, false), age(world, pod->meta.creation_timestamp));
    for (const auto& [name, amount] : own.requests) {
      all.requests.set(name, all.requests.get(name) + amount);
    }
    for (const auto& [name, amount] : own.limits) {
      all.limits.set(name, all.limits.get(name) + amount);
    }
  }
  out +=
      "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n"
      "  Resource\tRequests\tLimits\n  --------\t--------\t------\n";
  const auto row = [&](std::string_view name) {
    const bool cpu = name == "cpu";
    out += fmt::format("  {}\t{}\t{}\n", name,
                       share(all.requests.get(name), allocatable.get(name), cpu),
                       share(all.limits.get(name), allocatable.get(name), cpu));
  };
  row("cpu");
  row("memory");
  row("ephemeral-storage");
  for (const auto& [name, amount] : allocatable) {
    if (name.view().substr(0, 10) == "hugepages-") row(name);
  }
}

}  // namespace

std::string describe_node(const World& world, const Node& stored) {
  const Id id = world.store().find(Kind::Node, "", stored.meta.name);
  const auto served = share_as<Node>(as_served(world, world.store().share({Kind::Node, id})));
  const Node& node = served ? *served : stored;
  const NodeStatus& status = node.status;
  std::string out;
  out += fmt::format("Name:\t{}\nRoles:\t{}\n", node.meta.name, roles(node));
  describe_labels(out, "Labels", node.meta.labels);
  describe_annotations(out, "Annotations", node.meta.annotations);
  out += fmt::format("CreationTimestamp:\t{}\n", describe_time(node.meta.creation_timestamp));
  describe_taints(out, node);
  out += fmt::format("Unschedulable:\t{}\n", node.spec.unschedulable ? "true" : "false");
  describe_lease(world, out, node);
  if (!status.conditions.empty()) {
    out +=
        "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n"
        "  ----\t------\t-----------------\t------------------\t------\t-------\n";
    for (const NodeCondition& condition : status.conditions) {
      out += fmt::format("  {} \t{} \t{} \t{} \t{} \t{}\n", condition.type, condition.status,
                         describe_time(condition.last_heartbeat_time),
                         describe_time(condition.last_transition_time), condition.reason,
                         condition.message);
    }
  }
  out += "Addresses:\n";
  for (const NodeAddress& address : status.addresses) {
    out += fmt::format("  {}:\t{}\n", address.type, address.address);
  }
  const auto amounts = [&](std::string_view title, const ResourceList& list) {
    out += fmt::format("{}:\n", title);
    for (const auto& [name, amount] : list) out += fmt::format("  {}:\t{}\n", name, amount.text());
  };
  amounts("Capacity", status.capacity);
  amounts("Allocatable", status.allocatable);
  const NodeSystemInfo& system = status.node_info;
  out += fmt::format(
      "System Info:\n  Machine ID:\t{}\n  System UUID:\t{}\n  Boot ID:\t{}\n  Kernel Version:\t{}\n"
      "  OS Image:\t{}\n  Operating System:\t{}\n  Architecture:\t{}\n"
      "  Container Runtime Version:\t{}\n  Kubelet Version:\t{}\n  Kube-Proxy Version:\t{}\n",
      system.machine_id, system.system_uuid, system.boot_id, system.kernel_version, system.os_image,
      system.operating_system, system.architecture, system.container_runtime_version,
      system.kubelet_version, system.kube_proxy_version);
  if (!node.spec.pod_cidr.empty()) {
    out += fmt::format("PodCIDR:\t{}\nPodCIDRs:\t{}\n", node.spec.pod_cidr,
                       fmt::join(node.spec.pod_cidrs, ","));
  }
  if (!node.spec.provider_id.empty()) {
    out += fmt::format("ProviderID:\t{}\n", node.spec.provider_id);
  }
  describe_pods(world, out, node);
  return out;
}

}  // namespace sim::kubectl
