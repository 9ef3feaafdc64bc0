// What the API server refuses of the kinds in service_types.h. A Service's addresses have been
// given out when it is validated.
// k8s 1.30 pkg/apis/core/validation, pkg/apis/discovery/validation
#include "sim/model/service_types.h"

#include <arpa/inet.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/model/go_tree.h"
#include "sim/model/json.h"
#include "sim/model/labels.h"
#include "sim/model/service_facts.h"
#include "sim/model/validate_kinds.h"
#include "sim/model/validate_sources.h"

namespace sim {
namespace {

template <class T>
const T& to(const Object& object) {
  return static_cast<const T&>(object);
}

bool is_v6(std::string_view ip) { return ip.find(':') != std::string_view::npos; }

// ---- Secret ----

/// What Go's decoder says of text that is no JSON object; empty when it is one.
std::string json_object_error(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return "unexpected end of JSON input";
  }
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return fmt::format("invalid character '{}' looking for beginning of value", text[at]);
  }
  if (json.is_object() || json.is_null()) return {};
  const char* kind = json.is_string()    ? "string"
                     : json.is_boolean() ? "bool"
                     : json.is_array()   ? "array"
                                         : "number";
  return fmt::format("json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                     kind);
}

void check_docker_config(FieldErrors& errors, const FieldPath& path, const Secret& secret,
                         std::string_view key) {
  const Str* value = secret.data.find(key);
  const FieldPath at = path.key(key);
  if (!value) return errors.required(at);
  const std::string wrong = json_object_error(decode_base64(*value).value_or(std::string()));
  if (!wrong.empty()) errors.invalid(at, "<secret contents redacted>", wrong);
}

// k8s 1.30 pkg/apis/core/validation: ValidateSecret
void check_secret(FieldErrors& errors, const Secret& secret) {
  constexpr std::size_t kMost = 1024 * 1024;
  constexpr std::string_view kAccount = "kubernetes.io/service-account.name";
  check_object_meta(errors, secret);
  const FieldPath data("data");
  std::size_t size = 0;
  for (const auto& [key, value] : secret.data) {
    errors.all_invalid(data.key(key), key, config_key_errors(key));
    size += base64_size(value);
  }
  if (size > kMost) errors.too_long(data, kMost);
  const auto require = [&](std::string_view key) {
    if (!secret.data.contains(key)) errors.required(data.key(key));
  };
  // This is how the server spells the path.
  const FieldPath odd("data[%s]");
  if (secret.type == "kubernetes.io/service-account-token") {
    const FieldPath annotations("metadata.annotations");
    if (secret.meta.annotations.get(kAccount).empty()) errors.required(annotations.key(kAccount));
  } else if (secret.type == "kubernetes.io/dockercfg") {
    check_docker_config(errors, data, secret, ".dockercfg");
  } else if (secret.type == "kubernetes.io/dockerconfigjson") {
    check_docker_config(errors, data, secret, ".dockerconfigjson");
  } else if (secret.type == "kubernetes.io/basic-auth") {
    if (!secret.data.contains("username") && !secret.data.contains("password")) {
      errors.required(odd.key("username"));
      errors.required(odd.key("password"));
    }
  } else if (secret.type == "kubernetes.io/ssh-auth") {
    if (secret.data.get("ssh-privatekey").empty()) errors.required(odd.key("ssh-privatekey"));
  } else if (secret.type == "kubernetes.io/tls") {
    require("tls.crt");
    require("tls.key");
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateSecretUpdate
void check_secret_update(FieldErrors& errors, const Secret& before, const Secret& after) {
  constexpr std::string_view kText = "field is immutable when `immutable` is set";
  check_object_meta_update(errors, before, after);
  if (before.type != after.type) {
    errors.invalid(FieldPath("type"), after.type, "field is immutable");
  }
  if (before.immutable.value_or(false)) {
    if (!after.immutable.value_or(false)) errors.forbidden(FieldPath("immutable"), kText);
    if (!(before.data == after.data)) errors.forbidden(FieldPath("data"), kText);
  }
  check_secret(errors, after);
}

// ---- Service ----

// k8s 1.30 pkg/apis/core/validation: ValidateNonSpecialIP
void check_special_ip(FieldErrors& errors, const FieldPath& path, std::string_view ip) {
  const std::string text(ip);
  unsigned char b[16] = {};
  const bool v6 = is_v6(ip);
  if (inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), b) != 1) return;
  const auto rest_is = [&](int from, int to, unsigned char value) {
    for (int i = from; i < to; ++i) {
      if (b[i] != value) return false;
    }
    return true;
  };
  const bool unspecified = v6 ? rest_is(0, 16, 0) : rest_is(0, 4, 0);
  const bool loopback = v6 ? rest_is(0, 15, 0) && b[15] == 1 : b[0] == 127;
  const bool local = v6 ? b[0] == 0xfe && (b[1] & 0xc0) == 0x80 : b[0] == 169 && b[1] == 254;
  const bool multicast =
      v6 ? b[0] == 0xff && (b[1] & 0x0f) == 2 : b[0] == 224 && b[1] == 0 && b[2] == 0;
  if (unspecified) errors.invalid(path, ip, "may not be unspecified (0.0.0.0 or ::)");
  if (loopback) errors.invalid(path, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  if (local) {
    errors.invalid(path, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (multicast) {
    errors.invalid(path, ip,
                   "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

// k8s 1.30 pkg/apis/core/validation: validateServicePort
void check_service_port(FieldErrors& errors, const FieldPath& path, const ServicePort& port,
                        bool named, std::set<std::string_view>& names) {
  const FieldPath name = path.child("name");
  if (named && port.name.empty()) {
    errors.required(name);
  } else if (!port.name.empty()) {
    check_dns_label(errors, name, port.name);
    if (!names.insert(port.name).second) errors.duplicate(name, port.name);
  }
  check_port_number(errors, path.child("port"), port.port);
  if (!is_one_of(port.protocol, {"SCTP", "TCP", "UDP"})) {
    errors.not_supported(path.child("protocol"), port.protocol, {"SCTP", "TCP", "UDP"});
  }
  const FieldPath target = path.child("targetPort");
  if (port.target_port.is_string) {
    errors.all_invalid(target, port.target_port.text, port_name_errors(port.target_port.text));
  } else {
    check_port_number(errors, target, port.target_port.number);
  }
  if (port.app_protocol) {
    check_qualified_name(errors, path.child("appProtocol"), *port.app_protocol);
  }
}

void check_duplicate_ports(FieldErrors& errors, const FieldPath& path,
                           const std::vector<ServicePort>& ports) {
  std::set<std::pair<std::string_view, std::int32_t>> seen;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath at = path.index(i);
    if (ports[i].node_port != 0 && !seen.insert({ports[i].protocol, ports[i].node_port}).second) {
      errors.raw(at.child("nodePort"), fmt::format("Duplicate value: {}", ports[i].node_port));
    }
  }
  seen.clear();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (seen.insert({ports[i].protocol, ports[i].port}).second) continue;
    ServicePort key;
    key.protocol = ports[i].protocol;
    key.port = ports[i].port;
    errors.raw(path.index(i), "Duplicate value: " + go_syntax(core_tree(key)));
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateServiceClusterIPsRelatedFields
void check_cluster_ips(FieldErrors& errors, const FieldPath& path, const ServiceSpec& spec) {
  if (spec.type == "ExternalName") return;
  const FieldPath list = path.child("clusterIPs");
  const FieldPath families = path.child("ipFamilies");
  const std::vector<Str>& ips = spec.cluster_ips;
  const std::string shown = go_syntax(core_tree(ips));
  if (!spec.cluster_ip.empty()) {
    if (ips.empty()) {
      errors.required(list);
    } else if (ips[0] != spec.cluster_ip) {
      errors.invalid_value(list, shown, "first value must match `clusterIP`");
    }
  } else if (!ips.empty()) {
    errors.invalid_value(list, shown, "must be empty when `clusterIP` is not specified");
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spec.ip_families.size(); ++i) {
    const Str& family = spec.ip_families[i];
    if (!is_one_of(family, {"IPv4", "IPv6"})) {
      errors.not_supported(families.index(i), family, {"IPv4", "IPv6"});
    }
    if (!seen.insert(family).second) errors.duplicate(families.index(i), family);
  }
  if (spec.ip_family_policy &&
      !is_one_of(*spec.ip_family_policy, {"PreferDualStack", "RequireDualStack", "SingleStack"})) {
    errors.not_supported(path.child("ipFamilyPolicy"), *spec.ip_family_policy,
                         {"PreferDualStack", "RequireDualStack", "SingleStack"});
  }
  bool wrong = false;
  for (std::size_t i = 0; i < ips.size(); ++i) {
    if (i == 0 && ips[0] == "None") {
      if (ips.size() > 1) {
        wrong = true;
        errors.invalid_value(list, shown, "'None' must be the first and only value");
      }
      continue;
    }
    wrong = wrong || !is_ip(ips[i]);
    check_ip(errors, list.index(i), ips[i]);
  }
  if (ips.size() > 2) errors.invalid_value(list, shown, "may only hold up to 2 values");
  if (wrong) return;
  if (ips.size() > 1 && (ips.size() > 2 || is_v6(ips[0]) == is_v6(ips[1]))) {
    errors.invalid_value(list, shown, "may specify no more than one IP for each IP family");
  }
  if (is_headless(spec)) return;
  for (std::size_t i = 0; i < std::min(ips.size(), spec.ip_families.size()); ++i) {
    const bool v6 = spec.ip_families[i] == "IPv6";
    if ((v6 || spec.ip_families[i] == "IPv4") && v6 != is_v6(ips[i])) {
      errors.invalid(list.index(i), ips[i],
                     fmt::format("expected an {} value as indicated by `ipFamilies[{}]`",
                                 spec.ip_families[i], i));
    }
  }
}

void check_affinity_config(FieldErrors& errors, const FieldPath& path, const ServiceSpec& spec) {
  constexpr std::int32_t kMost = 86400;
  const FieldPath affinity = path.child("sessionAffinity");
  const FieldPath config = path.child("sessionAffinityConfig");
  if (!is_one_of(spec.session_affinity, {"ClientIP", "None"})) {
    errors.not_supported(affinity, spec.session_affinity, {"ClientIP", "None"});
  }
  if (spec.session_affinity != "ClientIP") return;
  const std::int32_t timeout = spec.session_affinity_config->client_ip->timeout_seconds.value_or(0);
  if (timeout <= 0 || timeout > kMost) {
    errors.invalid(config.child("timeoutSeconds"), timeout,
                   fmt::format("must be greater than 0 and less than {}", kMost));
  }
}

void check_external_policy(FieldErrors& errors, const FieldPath& path, const ServiceSpec& spec) {
  const FieldPath policy = path.child("externalTrafficPolicy");
  if (!is_externally_accessible(spec)) {
    if (!spec.external_traffic_policy.empty()) {
      errors.invalid(policy, spec.external_traffic_policy,
                     "may only be set for externally-accessible services");
    }
  } else if (!is_one_of(spec.external_traffic_policy, {"Cluster", "Local"})) {
    errors.not_supported(policy, spec.external_traffic_policy, {"Cluster", "Local"});
  }
  const FieldPath health = path.child("healthCheckNodePort");
  if (!needs_health_check_port(spec)) {
    if (spec.health_check_node_port != 0) {
      errors.invalid(health, spec.health_check_node_port,
                     "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is "
                     "'Local'");
    }
  } else if (spec.health_check_node_port == 0) {
    errors.required(health);
  } else {
    check_port_number(errors, health, spec.health_check_node_port);
  }
}

void check_source_ranges(FieldErrors& errors, const FieldPath& path, const ServiceSpec& spec) {
  if (spec.load_balancer_source_ranges.empty()) return;
  const FieldPath ranges = path.child("LoadBalancerSourceRanges");
  if (spec.type != "LoadBalancer") {
    errors.forbidden(ranges, "may only be used when `type` is 'LoadBalancer'");
  }
  for (const Str& range : spec.load_balancer_source_ranges) {
    std::string_view text = range;
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (is_cidr(text)) continue;
    std::string all;
    for (const Str& one : spec.load_balancer_source_ranges) {
      if (!all.empty()) all.append(" ");
      all.append(one.view());
    }
    errors.invalid(ranges, fmt::format("[{}]", all),
                   "must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 ");
    return;
  }
}

void check_balancer_class(FieldErrors& errors, const FieldPath& path, const ServiceSpec& spec) {
  if (!spec.load_balancer_class) return;
  const FieldPath at = path.child("loadBalancerClass");
  if (spec.type == "LoadBalancer") {
    check_qualified_name(errors, at, *spec.load_balancer_class);
  } else {
    errors.forbidden(at, "may only be used when `type` is 'LoadBalancer'");
  }
}

/// What each type allows and needs.
void check_service_type(FieldErrors& errors, const FieldPath& path, const ServiceSpec& spec) {
  if (spec.ports.empty() && !is_headless(spec) && spec.type != "ExternalName") {
    errors.required(path.child("ports"));
  }
  if (is_headless(spec) && (spec.type == "LoadBalancer" || spec.type == "NodePort")) {
    const FieldPath ips = path.child("clusterIPs");
    errors.invalid(ips.index(0), "None",
                   fmt::format("may not be set to 'None' for {} services", spec.type));
  }
  if (spec.type != "ExternalName") return;
  constexpr std::string_view kNever = "may not be set for ExternalName services";
  if (!spec.cluster_ips.empty()) errors.forbidden(path.child("clusterIPs"), kNever);
  if (!spec.ip_families.empty()) errors.forbidden(path.child("ipFamilies"), kNever);
  if (spec.ip_family_policy) errors.forbidden(path.child("ipFamilyPolicy"), kNever);
  std::string_view name = spec.external_name;
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty()) return errors.required(path.child("externalName"));
  check_dns_subdomain(errors, path.child("externalName"), name);
}

// k8s 1.30 pkg/apis/core/validation: ValidateService
void check_service(FieldErrors& errors, const Service& service) {
  check_object_meta(errors, service);
  const FieldPath path("spec");
  const ServiceSpec& spec = service.spec;
  check_service_type(errors, path, spec);
  const FieldPath ports = path.child("ports");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < spec.ports.size(); ++i) {
    check_service_port(errors, ports.index(i), spec.ports[i], spec.ports.size() > 1, names);
  }
  check_labels(errors, path.child("selector"), spec.selector);
  check_affinity_config(errors, path, spec);
  check_cluster_ips(errors, path, spec);
  const FieldPath external = path.child("externalIPs");
  for (std::size_t i = 0; i < spec.external_ips.size(); ++i) {
    check_ip(errors, external.index(i), spec.external_ips[i]);
    check_special_ip(errors, external.index(i), spec.external_ips[i]);
  }
  if (!is_one_of(spec.type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"})) {
    errors.not_supported(path.child("type"), spec.type,
                         {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  }
  for (std::size_t i = 0; i < spec.ports.size() && spec.type == "ClusterIP"; ++i) {
    if (spec.ports[i].node_port != 0) {
      const FieldPath at = ports.index(i);
      errors.forbidden(at.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
    }
  }
  check_duplicate_ports(errors, ports, spec.ports);
  check_source_ranges(errors, path, spec);
  if (spec.allocate_load_balancer_node_ports && spec.type != "LoadBalancer") {
    errors.forbidden(path.child("allocateLoadBalancerNodePorts"),
                     "may only be used when `type` is 'LoadBalancer'");
  }
  check_balancer_class(errors, path, spec);
  check_external_policy(errors, path, spec);
  if (spec.internal_traffic_policy &&
      !is_one_of(*spec.internal_traffic_policy, {"Cluster", "Local"})) {
    errors.not_supported(path.child("internalTrafficPolicy"), *spec.internal_traffic_policy,
                         {"Cluster", "Local"});
  }
  if (spec.traffic_distribution && *spec.traffic_distribution != "PreferClose") {
    errors.not_supported(path.child("trafficDistribution"), *spec.traffic_distribution,
                         {"PreferClose"});
  }
}

// k8s 1.30 pkg/apis/core/validation: validateUpgradeDowngradeClusterIPs
void check_cluster_ip_update(FieldErrors& errors, const ServiceSpec& before,
                             const ServiceSpec& after) {
  if (before.type == "ExternalName" || after.type == "ExternalName") return;
  if (is_headless(before) && is_headless(after)) return;
  const FieldPath list("spec.clusterIPs");
  const std::string shown = go_syntax(core_tree(after.cluster_ips));
  if (after.cluster_ips.empty() && !before.cluster_ips.empty()) {
    errors.invalid_value(list.index(0), shown, "primary clusterIP can not be unset");
  }
  const bool same_size = before.cluster_ips.size() == after.cluster_ips.size();
  const std::size_t compared =
      same_size ? after.cluster_ips.size()
                : std::min<std::size_t>({1, before.cluster_ips.size(), after.cluster_ips.size()});
  for (std::size_t i = 0; i < compared; ++i) {
    if (before.cluster_ips[i] != after.cluster_ips[i]) {
      errors.invalid_value(list.index(i), shown, "may not change once set");
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateServiceUpdate
void check_service_change(FieldErrors& errors, const Service& before, const Service& after) {
  check_object_meta_update(errors, before, after);
  check_cluster_ip_update(errors, before.spec, after.spec);
  const bool keeps_families = before.spec.type != "ExternalName" &&
                              after.spec.type != "ExternalName" && !is_headless(before.spec) &&
                              !is_headless(after.spec);
  if (keeps_families && !before.spec.ip_families.empty() && !after.spec.ip_families.empty() &&
      before.spec.ip_families[0] != after.spec.ip_families[0]) {
    std::string shown = "[]core.IPFamily{";
    for (const Str& family : after.spec.ip_families) {
      if (shown.back() != '{') shown.append(", ");
      shown.append(go_quote(family));
    }
    const FieldPath families("spec.ipFamilies");
    errors.invalid_value(families.index(0), shown.append("}"), "may not change once set");
  }
  if (before.spec.type == "LoadBalancer" && after.spec.type == "LoadBalancer" &&
      before.spec.load_balancer_class != after.spec.load_balancer_class) {
    errors.invalid_value(FieldPath("spec.loadBalancerClass"),
                         after.spec.load_balancer_class ? go_quote(*after.spec.load_balancer_class)
                                                        : std::string("null"),
                         "may not change once set");
  }
  if (needs_health_check_port(before.spec) && needs_health_check_port(after.spec) &&
      before.spec.health_check_node_port != after.spec.health_check_node_port) {
    errors.forbidden(FieldPath("spec.healthCheckNodePort"), "field is immutable");
  }
  check_service(errors, after);
}

// ---- Endpoints and EndpointSlice ----

// k8s 1.30 pkg/apis/core/validation: validateEndpointAddress
void check_address(FieldErrors& errors, const FieldPath& path, const EndpointAddress& address) {
  check_ip(errors, path.child("ip"), address.ip);
  if (!address.hostname.empty()) {
    check_dns_label(errors, path.child("hostname"), address.hostname);
  }
  if (address.node_name) check_dns_subdomain(errors, path.child("nodeName"), *address.node_name);
  check_special_ip(errors, path.child("ip"), address.ip);
}

// k8s 1.30 pkg/apis/core/validation: validateEndpointSubsets
void check_endpoints(FieldErrors& errors, const Endpoints& endpoints) {
  check_object_meta(errors, endpoints);
  const FieldPath subsets("subsets");
  for (std::size_t i = 0; i < endpoints.subsets.size(); ++i) {
    const EndpointSubset& subset = endpoints.subsets[i];
    const FieldPath at = subsets.index(i);
    if (subset.addresses.empty() && subset.not_ready_addresses.empty()) {
      errors.required(at, "must specify `addresses` or `notReadyAddresses`");
    }
    const FieldPath ready = at.child("addresses");
    for (std::size_t k = 0; k < subset.addresses.size(); ++k) {
      check_address(errors, ready.index(k), subset.addresses[k]);
    }
    const FieldPath waiting = at.child("notReadyAddresses");
    for (std::size_t k = 0; k < subset.not_ready_addresses.size(); ++k) {
      check_address(errors, waiting.index(k), subset.not_ready_addresses[k]);
    }
    const FieldPath ports = at.child("ports");
    for (std::size_t k = 0; k < subset.ports.size(); ++k) {
      const EndpointPort& port = subset.ports[k];
      const FieldPath here = ports.index(k);
      if (subset.ports.size() > 1 && port.name.empty()) {
        errors.required(here.child("name"));
      } else if (!port.name.empty()) {
        check_dns_label(errors, here.child("name"), port.name);
      }
      check_port_number(errors, here.child("port"), port.port);
      if (!is_one_of(port.protocol, {"SCTP", "TCP", "UDP"})) {
        errors.not_supported(here.child("protocol"), port.protocol, {"SCTP", "TCP", "UDP"});
      }
      if (port.app_protocol) {
        check_qualified_name(errors, here.child("appProtocol"), *port.app_protocol);
      }
    }
  }
}

void check_slice_ports(FieldErrors& errors, const FieldPath& path,
                       const std::vector<SlicePort>& ports) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath at = path.index(i);
    const Str& name = *ports[i].name;
    if (!name.empty()) check_dns_label(errors, at.child("name"), name);
    if (!names.insert(name).second) errors.duplicate(at.child("name"), name);
    if (!is_one_of(*ports[i].protocol, {"SCTP", "TCP", "UDP"})) {
      errors.not_supported(at.child("protocol"), *ports[i].protocol, {"SCTP", "TCP", "UDP"});
    }
    if (ports[i].app_protocol) {
      check_qualified_name(errors, at.child("appProtocol"), *ports[i].app_protocol);
    }
  }
}

// k8s 1.30 pkg/apis/discovery/validation: ValidateEndpointSlice
void check_slice(FieldErrors& errors, const EndpointSlice& slice) {
  constexpr std::size_t kMostAddresses = 100;
  check_object_meta(errors, slice);
  const FieldPath type("addressType");
  if (slice.address_type.empty()) {
    errors.required(type);
  } else if (!is_one_of(slice.address_type, {"FQDN", "IPv4", "IPv6"})) {
    errors.not_supported(type, slice.address_type, {"FQDN", "IPv4", "IPv6"});
  }
  const FieldPath list("endpoints");
  for (std::size_t i = 0; i < slice.endpoints.size(); ++i) {
    const SliceEndpoint& endpoint = slice.endpoints[i];
    const FieldPath at = list.index(i);
    const FieldPath addresses = at.child("addresses");
    if (endpoint.addresses.empty()) {
      errors.required(addresses, "must contain at least 1 address");
    } else if (endpoint.addresses.size() > kMostAddresses) {
      errors.raw(addresses, fmt::format("Too many: {}: must have at most {} items",
                                        endpoint.addresses.size(), kMostAddresses));
    }
    for (std::size_t k = 0; k < endpoint.addresses.size(); ++k) {
      const FieldPath here = addresses.index(k);
      const Str& address = endpoint.addresses[k];
      if (slice.address_type == "FQDN") {
        check_dns_subdomain(errors, here, address);
        continue;
      }
      if (slice.address_type == "IPv4" && (!is_ip(address) || is_v6(address))) {
        errors.invalid(here, address, "must be a valid IPv4 address");
      } else if (slice.address_type == "IPv6" && (!is_ip(address) || !is_v6(address))) {
        errors.invalid(here, address, "must be a valid IPv6 address");
      }
      check_special_ip(errors, here, address);
    }
    if (endpoint.node_name) {
      check_dns_subdomain(errors, at.child("nodeName"), *endpoint.node_name);
    }
    if (endpoint.hostname) check_dns_label(errors, at.child("hostname"), *endpoint.hostname);
  }
  check_slice_ports(errors, FieldPath("ports"), slice.ports);
}

}  // namespace

void check_service_create(FieldErrors& errors, const Object& object) {
  switch (object.kind) {
    case Kind::Secret:
      check_secret(errors, to<Secret>(object));
      break;
    case Kind::Service:
      check_service(errors, to<Service>(object));
      break;
    case Kind::Endpoints:
      check_endpoints(errors, to<Endpoints>(object));
      break;
    case Kind::EndpointSlice:
      check_slice(errors, to<EndpointSlice>(object));
      break;
    default:
      break;
  }
}

void check_service_update(FieldErrors& errors, const Object& before, const Object& after) {
  switch (after.kind) {
    case Kind::Secret:
      check_secret_update(errors, to<Secret>(before), to<Secret>(after));
      break;
    case Kind::Service:
      check_service_change(errors, to<Service>(before), to<Service>(after));
      break;
    case Kind::Endpoints:
      check_object_meta_update(errors, before, after);
      check_endpoints(errors, to<Endpoints>(after));
      break;
    case Kind::EndpointSlice: {
      check_slice(errors, to<EndpointSlice>(after));
      const Str& type = to<EndpointSlice>(after).address_type;
      if (to<EndpointSlice>(before).address_type != type) {
        errors.invalid(FieldPath("addressType"), type, "field is immutable");
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace sim
