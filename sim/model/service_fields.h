// The fields of the kinds in service_types.h: a continuation of sim/model/fields.h, with
// the same rules. Heavy: include it only from the .cc files that visit.
#pragma once

#include "sim/model/fields.h"
#include "sim/model/service_types.h"

namespace sim {

template <>
constexpr std::string_view go_struct_name<Secret>() {
  return "Secret";
}
template <class Self, class Visitor>
void visit_fields(const Secret*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Immutable", "immutable", s.immutable, {});
  v("Data", "data", s.data, {.go_type = "[]uint8"});
  v("StringData", "stringData", s.string_data, {});
  v("Type", "type", s.type, {.go_type = "v1.SecretType"});
}

template <>
constexpr std::string_view go_struct_name<ServicePort>() {
  return "ServicePort";
}
template <class Self, class Visitor>
void visit_fields(const ServicePort*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("Protocol", "protocol", s.protocol, {.go_type = "v1.Protocol"});
  v("AppProtocol", "appProtocol", s.app_protocol, {});
  v("Port", "port", s.port, {.always = true});
  v("TargetPort", "targetPort", s.target_port, {});
  v("NodePort", "nodePort", s.node_port, {});
}

template <>
constexpr std::string_view go_struct_name<ClientIPConfig>() {
  return "ClientIPConfig";
}
template <class Self, class Visitor>
void visit_fields(const ClientIPConfig*, Self& s, Visitor& v) {
  v("TimeoutSeconds", "timeoutSeconds", s.timeout_seconds, {});
}

template <>
constexpr std::string_view go_struct_name<SessionAffinityConfig>() {
  return "SessionAffinityConfig";
}
template <class Self, class Visitor>
void visit_fields(const SessionAffinityConfig*, Self& s, Visitor& v) {
  v("ClientIP", "clientIP", s.client_ip, {});
}

template <>
constexpr std::string_view go_struct_name<ServiceSpec>() {
  return "ServiceSpec";
}
template <class Self, class Visitor>
void visit_fields(const ServiceSpec*, Self& s, Visitor& v) {
  v("Ports", "ports", s.ports, {});
  v("Selector", "selector", s.selector, {});
  v("ClusterIP", "clusterIP", s.cluster_ip, {});
  v("ClusterIPs", "clusterIPs", s.cluster_ips, {});
  v("Type", "type", s.type, {.go_type = "v1.ServiceType"});
  v("ExternalIPs", "externalIPs", s.external_ips, {});
  v("SessionAffinity", "sessionAffinity", s.session_affinity, {.go_type = "v1.ServiceAffinity"});
  v("LoadBalancerIP", "loadBalancerIP", s.load_balancer_ip, {});
  v("LoadBalancerSourceRanges", "loadBalancerSourceRanges", s.load_balancer_source_ranges, {});
  v("ExternalName", "externalName", s.external_name, {});
  v("ExternalTrafficPolicy", "externalTrafficPolicy", s.external_traffic_policy,
    {.go_type = "v1.ServiceExternalTrafficPolicy"});
  v("HealthCheckNodePort", "healthCheckNodePort", s.health_check_node_port, {});
  v("PublishNotReadyAddresses", "publishNotReadyAddresses", s.publish_not_ready_addresses, {});
  v("SessionAffinityConfig", "sessionAffinityConfig", s.session_affinity_config, {});
  v("IPFamilies", "ipFamilies", s.ip_families, {.go_type = "v1.IPFamily"});
  v("IPFamilyPolicy", "ipFamilyPolicy", s.ip_family_policy, {.go_type = "v1.IPFamilyPolicy"});
  v("AllocateLoadBalancerNodePorts", "allocateLoadBalancerNodePorts",
    s.allocate_load_balancer_node_ports, {});
  v("LoadBalancerClass", "loadBalancerClass", s.load_balancer_class, {});
  v("InternalTrafficPolicy", "internalTrafficPolicy", s.internal_traffic_policy,
    {.go_type = "v1.ServiceInternalTrafficPolicy"});
  v("TrafficDistribution", "trafficDistribution", s.traffic_distribution, {});
}

template <>
constexpr std::string_view go_struct_name<LoadBalancerIngress>() {
  return "LoadBalancerIngress";
}
template <class Self, class Visitor>
void visit_fields(const LoadBalancerIngress*, Self& s, Visitor& v) {
  v("IP", "ip", s.ip, {});
  v("Hostname", "hostname", s.hostname, {});
  v("IPMode", "ipMode", s.ip_mode, {.go_type = "v1.LoadBalancerIPMode"});
}

template <>
constexpr std::string_view go_struct_name<LoadBalancerStatus>() {
  return "LoadBalancerStatus";
}
template <class Self, class Visitor>
void visit_fields(const LoadBalancerStatus*, Self& s, Visitor& v) {
  v("Ingress", "ingress", s.ingress, {});
}

template <>
constexpr std::string_view go_struct_name<ServiceStatus>() {
  return "ServiceStatus";
}
template <class Self, class Visitor>
void visit_fields(const ServiceStatus*, Self& s, Visitor& v) {
  v("LoadBalancer", "loadBalancer", s.load_balancer, {.always = true});
}

template <>
constexpr std::string_view go_struct_name<Service>() {
  return "Service";
}
template <class Self, class Visitor>
void visit_fields(const Service*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Spec", "spec", s.spec, {});
  v("Status", "status", s.status, {});
}

template <>
constexpr std::string_view go_struct_name<EndpointAddress>() {
  return "EndpointAddress";
}
template <class Self, class Visitor>
void visit_fields(const EndpointAddress*, Self& s, Visitor& v) {
  v("IP", "ip", s.ip, {.always = true});
  v("Hostname", "hostname", s.hostname, {});
  v("NodeName", "nodeName", s.node_name, {});
  v("TargetRef", "targetRef", s.target_ref, {});
}

template <>
constexpr std::string_view go_struct_name<EndpointPort>() {
  return "EndpointPort";
}
template <class Self, class Visitor>
void visit_fields(const EndpointPort*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("Port", "port", s.port, {.always = true});
  v("Protocol", "protocol", s.protocol, {.go_type = "v1.Protocol"});
  v("AppProtocol", "appProtocol", s.app_protocol, {});
}

template <>
constexpr std::string_view go_struct_name<EndpointSubset>() {
  return "EndpointSubset";
}
template <class Self, class Visitor>
void visit_fields(const EndpointSubset*, Self& s, Visitor& v) {
  v("Addresses", "addresses", s.addresses, {});
  v("NotReadyAddresses", "notReadyAddresses", s.not_ready_addresses, {});
  v("Ports", "ports", s.ports, {});
}

template <>
constexpr std::string_view go_struct_name<Endpoints>() {
  return "Endpoints";
}
template <class Self, class Visitor>
void visit_fields(const Endpoints*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("Subsets", "subsets", s.subsets, {});
}

template <>
constexpr std::string_view go_struct_name<EndpointConditions>() {
  return "EndpointConditions";
}
template <class Self, class Visitor>
void visit_fields(const EndpointConditions*, Self& s, Visitor& v) {
  v("Ready", "ready", s.ready, {});
  v("Serving", "serving", s.serving, {});
  v("Terminating", "terminating", s.terminating, {});
}

template <>
constexpr std::string_view go_struct_name<SliceEndpoint>() {
  return "Endpoint";
}
template <class Self, class Visitor>
void visit_fields(const SliceEndpoint*, Self& s, Visitor& v) {
  v("Addresses", "addresses", s.addresses, {.always = true});
  v("Conditions", "conditions", s.conditions, {});
  v("Hostname", "hostname", s.hostname, {});
  v("TargetRef", "targetRef", s.target_ref, {});
  v("DeprecatedTopology", "deprecatedTopology", s.deprecated_topology, {});
  v("NodeName", "nodeName", s.node_name, {});
  v("Zone", "zone", s.zone, {});
}

template <>
constexpr std::string_view go_struct_name<SlicePort>() {
  return "EndpointPort";
}
template <class Self, class Visitor>
void visit_fields(const SlicePort*, Self& s, Visitor& v) {
  v("Name", "name", s.name, {});
  v("Protocol", "protocol", s.protocol, {.go_type = "v1.Protocol"});
  v("Port", "port", s.port, {});
  v("AppProtocol", "appProtocol", s.app_protocol, {});
}

template <>
constexpr std::string_view go_struct_name<EndpointSlice>() {
  return "EndpointSlice";
}
template <class Self, class Visitor>
void visit_fields(const EndpointSlice*, Self& s, Visitor& v) {
  v("ObjectMeta", "metadata", s.meta, {});
  v("AddressType", "addressType", s.address_type, {.go_type = "v1.AddressType", .always = true});
  v("Endpoints", "endpoints", s.endpoints, {.always = true});
  v("Ports", "ports", s.ports, {.always = true});
}

}  // namespace sim
