// `kubectl describe` of the kinds in service_types.h. k8s 1.32 kubectl/pkg/describe
#include <set>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/model/service_types.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

void line(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("{}:\t{}\n", name, text);
}

template <class List>
std::string join(const List& list) {
  return fmt::format("{}", fmt::join(list, ","));
}

template <class List>
std::string join_or_none(const List& list) {
  return list.empty() ? "<none>" : join(list);
}

std::string describe_secret(const Secret& secret) {
  constexpr std::string_view kAccountToken = "kubernetes.io/service-account-token";
  std::string out = describe_head(secret);
  out += fmt::format("\nType:\t{}\n\nData\n====\n", secret.type);
  for (const auto& [key, value] : secret.data) {
    if (key == "token" && secret.type == kAccountToken) {
      line(out, key, decode_base64(value).value_or(std::string()));
    } else {
      line(out, key, fmt::format("{} bytes", base64_size(value)));
    }
  }
  return out;
}

/// The ready endpoints of a port out of a Service's slices, the first three by name.
// k8s 1.32 kubectl/pkg/describe: formatEndpointSlices
std::string endpoints_text(const std::vector<const EndpointSlice*>& slices, const Str& port_name) {
  constexpr std::size_t kMost = 3;
  if (slices.empty()) return "<none>";
  std::vector<std::string> list;
  std::size_t count = 0;
  const auto add = [&](const SliceEndpoint& endpoint, const SlicePort* port) {
    if (!endpoint.conditions.ready.value_or(true) || endpoint.addresses.empty()) return;
    ++count;
    if (list.size() == kMost) return;
    const Str& address = endpoint.addresses.front();
    list.push_back(port ? host_port(address, port->port.value_or(0)) : address.str());
  };
  for (const EndpointSlice* slice : slices) {
    if (slice->ports.empty()) {
      for (const SliceEndpoint& endpoint : slice->endpoints) add(endpoint, nullptr);
    }
    for (const SlicePort& port : slice->ports) {
      if (port.name.value_or(Str()) != port_name) continue;
      for (const SliceEndpoint& endpoint : slice->endpoints) add(endpoint, &port);
    }
  }
  const std::string text = join(list);
  return count > kMost ? fmt::format("{} + {} more...", text, count - kMost) : text;
}

std::vector<const EndpointSlice*> slices_of(const World& world, const Service& service) {
  std::vector<const EndpointSlice*> slices;
  for (const Id id : world.store().list(Kind::EndpointSlice, service.meta.ns)) {
    const EndpointSlice& slice = *world.get<EndpointSlice>(id);
    if (slice.meta.labels.get("kubernetes.io/service-name") == service.meta.name) {
      slices.push_back(&slice);
    }
  }
  return slices;
}

void describe_port(std::string& out, const ServicePort& port,
                   const std::vector<const EndpointSlice*>& slices) {
  const std::string name = port.name.empty() ? "<unset>" : port.name.str();
  line(out, "Port", fmt::format("{}\t{}/{}", name, port.port, port.protocol));
  line(out, "TargetPort",
       fmt::format("{}/{}",
                   port.target_port.is_string ? port.target_port.text.str()
                                              : std::to_string(port.target_port.number),
                   port.protocol));
  if (port.node_port != 0) {
    line(out, "NodePort", fmt::format("{}\t{}/{}", name, port.node_port, port.protocol));
  }
  line(out, "Endpoints", endpoints_text(slices, port.name));
}

std::string describe_one(const World& world, const Service& service) {
  const ServiceSpec& spec = service.spec;
  std::string out = describe_head(service);
  line(out, "Selector", labels_text(spec.selector));
  line(out, "Type", spec.type);
  if (spec.ip_family_policy) line(out, "IP Family Policy", *spec.ip_family_policy);
  line(out, "IP Families", join_or_none(spec.ip_families));
  line(out, "IP", spec.cluster_ip);
  line(out, "IPs", join_or_none(spec.cluster_ips));
  if (!spec.external_ips.empty()) line(out, "External IPs", join(spec.external_ips));
  if (!spec.load_balancer_ip.empty()) line(out, "Desired LoadBalancer IP", spec.load_balancer_ip);
  if (!spec.external_name.empty()) line(out, "External Name", spec.external_name);
  std::vector<std::string> ingress;
  for (const LoadBalancerIngress& one : service.status.load_balancer.ingress) {
    const std::string mode = one.ip_mode ? fmt::format(" ({})", *one.ip_mode) : "";
    ingress.push_back(one.ip.empty() ? one.hostname.str() : one.ip.str() + mode);
  }
  if (!ingress.empty()) {
    line(out, "LoadBalancer Ingress", fmt::format("{}", fmt::join(ingress, ", ")));
  }
  const std::vector<const EndpointSlice*> slices = slices_of(world, service);
  for (const ServicePort& port : spec.ports) describe_port(out, port, slices);
  line(out, "Session Affinity", spec.session_affinity);
  if (!spec.external_traffic_policy.empty()) {
    line(out, "External Traffic Policy", spec.external_traffic_policy);
  }
  if (spec.internal_traffic_policy) {
    line(out, "Internal Traffic Policy", *spec.internal_traffic_policy);
  }
  if (spec.traffic_distribution) line(out, "Traffic Distribution", *spec.traffic_distribution);
  if (spec.health_check_node_port != 0) {
    line(out, "HealthCheck NodePort", std::to_string(spec.health_check_node_port));
  }
  if (!spec.load_balancer_source_ranges.empty()) {
    line(out, "LoadBalancer Source Ranges", join(spec.load_balancer_source_ranges));
  }
  return out;
}

std::string describe_endpoints(const Endpoints& endpoints) {
  const auto addresses = [](const std::vector<EndpointAddress>& list) {
    std::vector<Str> ips;
    for (const EndpointAddress& address : list) ips.push_back(address.ip);
    return join_or_none(ips);
  };
  std::string out = describe_head(endpoints);
  out += "Subsets:\n";
  for (const EndpointSubset& subset : endpoints.subsets) {
    line(out, "  Addresses", addresses(subset.addresses));
    line(out, "  NotReadyAddresses", addresses(subset.not_ready_addresses));
    if (!subset.ports.empty()) {
      out += "  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n";
      for (const EndpointPort& port : subset.ports) {
        out += fmt::format("    {}\t{}\t{}\n", port.name.empty() ? "<unset>" : port.name.view(),
                           port.port, port.protocol);
      }
    }
    out += "\n";
  }
  return out;
}

std::string describe_slice(const EndpointSlice& slice) {
  const auto or_unset = [](const std::optional<Str>& text) {
    return text && !text->empty() ? text->str() : "<unset>";
  };
  std::string out = describe_head(slice);
  line(out, "AddressType", slice.address_type);
  if (slice.ports.empty()) {
    out += "Ports: <unset>\n";
  } else {
    out += "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n";
    for (const SlicePort& port : slice.ports) {
      out += fmt::format("  {}\t{}\t{}\n", or_unset(port.name),
                         port.port ? std::to_string(*port.port) : "<unset>",
                         port.protocol.value_or(Str()));
    }
  }
  if (slice.endpoints.empty()) return out + "Endpoints: <none>\n";
  out += "Endpoints:\n";
  for (const SliceEndpoint& endpoint : slice.endpoints) {
    line(out, "  - Addresses", join_or_none(endpoint.addresses));
    out += "    Conditions:\n";
    const std::optional<bool>& ready = endpoint.conditions.ready;
    line(out, "      Ready", ready ? (*ready ? "true" : "false") : "<unset>");
    line(out, "    Hostname", or_unset(endpoint.hostname));
    if (endpoint.target_ref) {
      line(out, "    TargetRef",
           fmt::format("{}/{}", endpoint.target_ref->kind, endpoint.target_ref->name));
    }
    line(out, "    NodeName", or_unset(endpoint.node_name));
    line(out, "    Zone", or_unset(endpoint.zone));
  }
  return out;
}

}  // namespace

std::string describe_service(const World& world, const Object& object) {
  switch (object.kind) {
    case Kind::Secret:
      return describe_secret(static_cast<const Secret&>(object));
    case Kind::Service:
      return describe_one(world, static_cast<const Service&>(object));
    case Kind::Endpoints:
      return describe_endpoints(static_cast<const Endpoints&>(object));
    case Kind::EndpointSlice:
      return describe_slice(static_cast<const EndpointSlice&>(object));
    default:
      return "";
  }
}

}  // namespace sim::kubectl
