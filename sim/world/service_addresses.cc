#include "sim/world/service_addresses.h"

#include <arpa/inet.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/model/go_tree.h"
#include "sim/model/service_facts.h"
#include "sim/model/validate_errors.h"

namespace sim {
namespace {

// The range 10.96.0.0/16. Its first addresses are for those who ask for one by name, and the very
// first one is the API server's own.
// k8s 1.30 pkg/registry/core/service/ipallocator: calculateRangeOffset
constexpr std::string_view kRange = "10.96.0.0/16";
constexpr std::uint32_t kBase = 10u << 24 | 96u << 16;
constexpr std::uint32_t kServer = 1;
constexpr std::uint32_t kFirstDrawn = 257;
constexpr std::uint32_t kLast = 65534;

constexpr std::int32_t kFirstPort = 30000;
constexpr std::int32_t kFirstDrawnPort = 30086;
constexpr std::int32_t kLastPort = 32767;

constexpr std::uint64_t kTries = 64;

/// The address's place in the range; 0 when it has none.
std::uint32_t offset_of(const Str& ip) {
  in_addr address{};
  if (inet_pton(AF_INET, ip.str().c_str(), &address) != 1) return 0;
  const std::uint32_t number = ntohl(address.s_addr);
  return number > kBase && number <= kBase + kLast ? number - kBase : 0;
}

Str address_at(std::uint32_t offset) {
  return fmt::format("10.96.{}.{}", offset >> 8, offset & 255);
}

/// What other Services have, those that this plan makes included.
struct Taken {
  std::set<std::uint32_t> addresses = {kServer};
  std::set<std::pair<Str, std::int32_t>> ports;  // with the protocol

  void add(const Service& service) {
    for (const Str& ip : service.spec.cluster_ips) {
      if (const std::uint32_t offset = offset_of(ip)) addresses.insert(offset);
    }
    for (const ServicePort& port : service.spec.ports) {
      if (port.node_port != 0) ports.insert({port.protocol, port.node_port});
    }
    if (service.spec.health_check_node_port != 0) {
      ports.insert({"TCP", service.spec.health_check_node_port});
    }
  }
  bool has_port(const Str& protocol, std::int32_t port) const {
    return ports.count({protocol, port}) != 0;
  }
};

Taken taken_by_others(const World& world, const Plan& plan, const Service& self) {
  Taken taken;
  const auto is_self = [&](const Object& other) {
    return other.meta.ns == self.meta.ns && other.meta.name == self.meta.name;
  };
  for (const Id id : world.store().list(Kind::Service)) {
    const Service& service = *world.get<Service>(id);
    if (!is_self(service)) taken.add(service);
  }
  for (const Write& write : plan.writes) {
    if (write.ref.kind != Kind::Service || !write.object || is_self(*write.object)) continue;
    taken.add(static_cast<const Service&>(*write.object));
  }
  return taken;
}

/// A free number out of a range: drawn, and when that finds none, the first. 0: all are taken.
template <class IsTaken>
std::uint64_t pick(const World& world, std::string_view purpose, const Service& service,
                   std::uint64_t first, std::uint64_t last, IsTaken is_taken) {
  const std::uint64_t whom = fnv1a64(service.meta.name, fnv1a64(service.meta.ns));
  const std::uint64_t when = static_cast<std::uint64_t>(world.now().ns);
  for (std::uint64_t n = 0; n < kTries; ++n) {
    const std::uint64_t number =
        first + draw_below(last - first + 1, world.settings().seed, purpose, whom, mix(when) + n);
    if (!is_taken(number)) return number;
  }
  for (std::uint64_t number = first; number <= last; ++number) {
    if (!is_taken(number)) return number;
  }
  return 0;
}

class Giver {
 public:
  Giver(const World& world, const Service* before, Service& service, Taken taken)
      : world_(world), before_(before), service_(service), taken_(std::move(taken)) {}

  // k8s 1.30 pkg/registry/core/service/storage: initIPFamilyFields
  void families() {
    ServiceSpec& spec = service_.spec;
    const FieldPath path("spec");
    if (before_ && needs_cluster_ip(before_->spec)) {
      if (!spec.ip_family_policy) spec.ip_family_policy = before_->spec.ip_family_policy;
      if (spec.ip_families.empty()) spec.ip_families = before_->spec.ip_families;
    }
    // A headless Service without a selector may have endpoints of any family.
    const bool anything = is_headless(spec) && spec.selector.empty();
    const FieldPath families = path.child("ipFamilies");
    if (!spec.ip_family_policy) {
      const bool two = spec.cluster_ips.size() == 2 || spec.ip_families.size() == 2;
      spec.ip_family_policy = Str(anything || two ? "RequireDualStack" : "SingleStack");
    }
    if (spec.ip_families.empty()) spec.ip_families.emplace_back("IPv4");
    if (anything) {
      if (spec.ip_families.size() < 2 && *spec.ip_family_policy != "SingleStack") {
        spec.ip_families.emplace_back(spec.ip_families[0] == "IPv4" ? "IPv6" : "IPv4");
      }
      return;
    }
    if (*spec.ip_family_policy == "RequireDualStack") {
      errors_.invalid(path.child("ipFamilyPolicy"), *spec.ip_family_policy,
                      "this cluster is not configured for dual-stack services");
    }
    for (std::size_t i = 0; i < spec.ip_families.size(); ++i) {
      if (spec.ip_families[i] == "IPv6") {
        errors_.invalid(families.index(i), spec.ip_families[i], "not configured on this cluster");
      }
    }
  }

  void address() {
    ServiceSpec& spec = service_.spec;
    if (is_headless(spec)) return;
    if (spec.cluster_ips.empty()) {
      const std::uint64_t offset =
          pick(world_, "cluster-ip", service_, kFirstDrawn, kLast, [&](std::uint64_t number) {
            return taken_.addresses.count(static_cast<std::uint32_t>(number)) != 0;
          });
      if (offset == 0) return refuse("failed to allocate a serviceIP: range is full");
      spec.cluster_ip = address_at(static_cast<std::uint32_t>(offset));
      spec.cluster_ips = {spec.cluster_ip};
      return;
    }
    for (const Str& ip : spec.cluster_ips) {
      if (!is_ip(ip)) continue;  // validation says so
      const std::uint32_t offset = offset_of(ip);
      if (offset == 0) {
        refuse(
            fmt::format("failed to allocate IP {0}: the provided IP ({0}) is not in the valid "
                        "range. The range of valid IPs is {1}",
                        ip, kRange));
      } else if (taken_.addresses.count(offset) != 0) {
        refuse(fmt::format("failed to allocate IP {}: provided IP is already allocated", ip));
      }
    }
  }

  void ports() {
    std::vector<ServicePort>& ports = service_.spec.ports;
    const FieldPath list("spec.ports");
    for (std::size_t i = 0; i < ports.size(); ++i) {
      ServicePort& port = ports[i];
      const FieldPath at = list.index(i);
      if (port.node_port == 0) port.node_port = port_for(port);
      const std::string wrong = port_error(port);
      if (!wrong.empty()) errors_.invalid(at.child("nodePort"), port.node_port, wrong);
    }
  }

  void health_check_port() {
    std::int32_t& port = service_.spec.health_check_node_port;
    if (port == 0) port = free_port("TCP");
  }

  std::vector<FieldError> take_errors() { return errors_.take(); }

 private:
  void refuse(std::string_view why) {
    errors_.invalid_value(FieldPath("spec.clusterIPs"),
                          go_syntax(core_tree(service_.spec.cluster_ips)), why);
  }

  /// A port of the same number by another protocol is reached by the same node port.
  std::int32_t port_for(const ServicePort& wanted) const {
    for (const ServicePort& port : service_.spec.ports) {
      if (port.port == wanted.port && port.protocol != wanted.protocol && port.node_port != 0 &&
          !is_used(wanted.protocol, port.node_port)) {
        return port.node_port;
      }
    }
    return free_port(wanted.protocol);
  }

  bool is_used(const Str& protocol, std::int32_t number) const {
    return taken_.has_port(protocol, number) ||
           std::any_of(service_.spec.ports.begin(), service_.spec.ports.end(),
                       [&](const ServicePort& port) {
                         return port.protocol == protocol && port.node_port == number;
                       });
  }

  std::int32_t free_port(const Str& protocol) const {
    return static_cast<std::int32_t>(
        pick(world_, "node-port", service_, kFirstDrawnPort, kLastPort, [&](std::uint64_t number) {
          return is_used(protocol, static_cast<std::int32_t>(number));
        }));
  }

  std::string port_error(const ServicePort& port) const {
    if (port.node_port == 0) return "failed to allocate a nodePort: range is full";
    if (port.node_port < kFirstPort || port.node_port > kLastPort) {
      return fmt::format(
          "provided port is not in the valid range. The range of valid ports is {}-{}", kFirstPort,
          kLastPort);
    }
    return taken_.has_port(port.protocol, port.node_port) ? "provided port is already allocated"
                                                          : "";
  }

  const World& world_;
  const Service* before_;
  Service& service_;
  Taken taken_;
  FieldErrors errors_;
};

bool same_node_ports(const ServiceSpec& a, const ServiceSpec& b) {
  const auto ports = [](const ServiceSpec& spec) {
    std::set<std::int32_t> all;
    for (const ServicePort& port : spec.ports) all.insert(port.node_port);
    return all;
  };
  return ports(a) == ports(b);
}

/// What was given out for the old type and nobody has changed goes with it.
// k8s 1.30 pkg/registry/core/service: dropTypeDependentFields
void drop_for_type(const ServiceSpec& before, ServiceSpec& after) {
  if (needs_cluster_ip(before) && !needs_cluster_ip(after)) {
    if (before.cluster_ip == after.cluster_ip && before.cluster_ips == after.cluster_ips) {
      after.cluster_ip = Str();
      after.cluster_ips.clear();
    }
    if (before.ip_families == after.ip_families) after.ip_families.clear();
    if (before.ip_family_policy == after.ip_family_policy) after.ip_family_policy.reset();
  }
  if (needs_node_port(before) && !needs_node_port(after) && same_node_ports(before, after)) {
    for (ServicePort& port : after.ports) port.node_port = 0;
  }
  if (needs_health_check_port(before) && !needs_health_check_port(after) &&
      before.health_check_node_port == after.health_check_node_port) {
    after.health_check_node_port = 0;
  }
  if (before.type == "LoadBalancer" && after.type != "LoadBalancer") {
    if (before.allocate_load_balancer_node_ports == after.allocate_load_balancer_node_ports) {
      after.allocate_load_balancer_node_ports.reset();
    }
    if (before.load_balancer_class == after.load_balancer_class) after.load_balancer_class.reset();
  }
  if (is_externally_accessible(before) && !is_externally_accessible(after) &&
      before.external_traffic_policy == after.external_traffic_policy) {
    after.external_traffic_policy = Str();
  }
}

/// What a change leaves out stays.
// k8s 1.30 pkg/registry/core/service/storage: patchAllocatedValues
void keep_given(const ServiceSpec& before, ServiceSpec& after) {
  if (needs_cluster_ip(before) && needs_cluster_ip(after)) {
    if (after.cluster_ip.empty()) after.cluster_ip = before.cluster_ip;
    if (after.cluster_ips.empty() && after.cluster_ip == before.cluster_ip) {
      after.cluster_ips = before.cluster_ips;
    }
  }
  if (needs_node_port(before) && needs_node_port(after)) {
    std::set<std::int32_t> used;
    std::map<std::string_view, std::int32_t> by_name;
    for (const ServicePort& port : after.ports) used.insert(port.node_port);
    for (const ServicePort& port : before.ports) by_name[port.name] = port.node_port;
    for (ServicePort& port : after.ports) {
      if (port.node_port != 0) continue;
      const auto old = by_name.find(port.name);
      if (old != by_name.end() && used.insert(old->second).second) port.node_port = old->second;
    }
  }
  if (needs_health_check_port(before) && needs_health_check_port(after) &&
      after.health_check_node_port == 0) {
    after.health_check_node_port = before.health_check_node_port;
  }
}

/// Makes clusterIP and clusterIPs agree where a client has set only one of them.
// k8s 1.30 pkg/registry/core/service/storage: normalizeClusterIPs
void agree_on_addresses(const ServiceSpec* before, ServiceSpec& after) {
  if (!before) {
    if (!after.cluster_ip.empty() && after.cluster_ips.empty()) {
      after.cluster_ips = {after.cluster_ip};
    } else if (after.cluster_ip.empty() && !after.cluster_ips.empty()) {
      after.cluster_ip = after.cluster_ips[0];
    }
    return;
  }
  const bool list_kept = before->cluster_ips == after.cluster_ips;
  if (before->cluster_ip == after.cluster_ip) {
    // The list alone has changed: its first is the address.
    if (!list_kept && !after.cluster_ips.empty()) after.cluster_ip = after.cluster_ips[0];
    return;
  }
  if (list_kept || after.cluster_ips.empty()) {
    after.cluster_ips.clear();
    if (!after.cluster_ip.empty()) after.cluster_ips = {after.cluster_ip};
  }
}

}  // namespace

std::vector<FieldError> give_addresses(const World& world, const Plan& plan, const Service* before,
                                       Service& after) {
  ServiceSpec& spec = after.spec;
  if (before) {
    drop_for_type(before->spec, spec);
    keep_given(before->spec, spec);
  }
  agree_on_addresses(before ? &before->spec : nullptr, spec);
  Giver giver(world, before, after, taken_by_others(world, plan, after));
  if (needs_cluster_ip(spec)) {
    giver.families();
    if (!before || !needs_cluster_ip(before->spec)) giver.address();
  }
  if (needs_node_port(spec)) giver.ports();
  if (needs_health_check_port(spec)) giver.health_check_port();
  return giver.take_errors();
}

}  // namespace sim
