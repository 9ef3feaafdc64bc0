// The tables of the kinds in service_types.h. k8s 1.30 pkg/printers/internalversion
#include <set>

#include "sim/base/format.h"
#include "sim/model/service_types.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

// k8s 1.30 pkg/printers/internalversion: loadBalancerStatusStringer
std::string balancer_text(const LoadBalancerStatus& status, bool wide) {
  constexpr std::size_t kWidth = 16;
  std::set<std::string> names;
  for (const LoadBalancerIngress& ingress : status.ingress) {
    if (!ingress.ip.empty()) {
      names.insert(ingress.ip.str());
    } else if (!ingress.hostname.empty()) {
      names.insert(ingress.hostname.str());
    }
  }
  std::string text = fmt::format("{}", fmt::join(names, ","));
  if (!wide && text.size() > kWidth) text = text.substr(0, kWidth - 3) + "...";
  return text;
}

// k8s 1.30 pkg/printers/internalversion: getServiceExternalIP
std::string external_ip(const Service& service, bool wide) {
  const ServiceSpec& spec = service.spec;
  std::string text = fmt::format("{}", fmt::join(spec.external_ips, ","));
  if (spec.type == "ExternalName") return spec.external_name.str();
  if (spec.type == "LoadBalancer") {
    const std::string balancers = balancer_text(service.status.load_balancer, wide);
    if (text.empty()) return balancers.empty() ? "<pending>" : balancers;
    return balancers.empty() ? text : balancers + "," + text;
  }
  return text.empty() ? "<none>" : text;
}

std::string ports_text(const std::vector<ServicePort>& ports) {
  std::string text;
  for (const ServicePort& port : ports) {
    if (!text.empty()) text += ',';
    text += std::to_string(port.port);
    if (port.node_port != 0) text += fmt::format(":{}", port.node_port);
    text += fmt::format("/{}", port.protocol);
  }
  return text.empty() ? "<none>" : text;
}

/// The first three, and how many there are beside them.
class ShortList {
 public:
  void add(std::string text) {
    if (count_++ >= kMost) return;
    if (!text_.empty()) text_ += ',';
    text_ += text;
  }
  std::string text(std::string_view when_empty) const {
    if (count_ > kMost) return fmt::format("{} + {} more...", text_, count_ - kMost);
    return text_.empty() ? std::string(when_empty) : text_;
  }

 private:
  static constexpr std::size_t kMost = 3;
  std::string text_;
  std::size_t count_ = 0;
};

// k8s 1.30 pkg/printers/internalversion: formatEndpoints
std::string endpoints_text(const Endpoints& endpoints) {
  if (endpoints.subsets.empty()) return "<none>";
  ShortList list;
  for (const EndpointSubset& subset : endpoints.subsets) {
    for (const EndpointPort& port : subset.ports) {
      for (const EndpointAddress& address : subset.addresses) {
        list.add(host_port(address.ip, port.port));
      }
    }
    if (!subset.ports.empty()) continue;
    for (const EndpointAddress& address : subset.addresses) list.add(address.ip.str());
  }
  return list.text("");
}

Columns slice_cells(const EndpointSlice& slice, const std::string& since) {
  ShortList ports;
  for (const SlicePort& port : slice.ports) {
    const std::string name = port.name.value_or(Str()).str();
    ports.add(port.port ? std::to_string(*port.port) : name.empty() ? "*" : name);
  }
  ShortList addresses;
  for (const SliceEndpoint& endpoint : slice.endpoints) {
    for (const Str& address : endpoint.addresses) addresses.add(address.str());
  }
  return {{slice.meta.name.str(), slice.address_type.str(), ports.text("<unset>"),
           addresses.text("<unset>"), since},
          {}};
}

}  // namespace

std::string host_port(std::string_view host, std::int32_t port) {
  if (host.find(':') != std::string_view::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

Columns service_header(Kind kind) {
  switch (kind) {
    case Kind::Secret:
      return {{"NAME", "TYPE", "DATA", "AGE"}, {}};
    case Kind::Service:
      return {{"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"}, {"SELECTOR"}};
    case Kind::Endpoints:
      return {{"NAME", "ENDPOINTS", "AGE"}, {}};
    case Kind::EndpointSlice:
      return {{"NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"}, {}};
    default:
      return {};
  }
}

Columns service_cells(const World& world, const Object& object, bool wide) {
  const std::string name = object.meta.name.str();
  const std::string since = age(world, object.meta.creation_timestamp);
  switch (object.kind) {
    case Kind::Secret: {
      const auto& secret = static_cast<const Secret&>(object);
      return {{name, secret.type.str(), std::to_string(secret.data.size()), since}, {}};
    }
    case Kind::Service: {
      const auto& service = static_cast<const Service&>(object);
      const std::vector<Str>& ips = service.spec.cluster_ips;
      return {{name, service.spec.type.str(), ips.empty() ? "<none>" : ips.front().str(),
               external_ip(service, wide), ports_text(service.spec.ports), since},
              {labels_text(service.spec.selector)}};
    }
    case Kind::Endpoints:
      return {{name, endpoints_text(static_cast<const Endpoints&>(object)), since}, {}};
    case Kind::EndpointSlice:
      return slice_cells(static_cast<const EndpointSlice&>(object), since);
    default:
      return {};
  }
}

}  // namespace sim::kubectl
