// How pods are found and what is kept from view: Service, Endpoints, EndpointSlice and Secret.
// Secret::data holds base64, as in JSON. See sim/model/pod_types.h for how fields are named.
// k8s 1.30 api/core/v1, api/discovery/v1: types.go
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/model/cluster_types.h"

namespace sim {

struct Secret : Object {
  static constexpr Kind kKind = Kind::Secret;
  Secret() : Object(kKind) {}
  std::optional<bool> immutable;
  StringMap data;
  StringMap string_data;
  Str type;
  friend bool operator==(const Secret&, const Secret&) = default;
};

struct ServicePort {
  Str name;
  Str protocol;
  std::optional<Str> app_protocol;
  std::int32_t port = 0;
  IntOrString target_port;
  std::int32_t node_port = 0;
  friend bool operator==(const ServicePort&, const ServicePort&) = default;
};

struct ClientIPConfig {
  std::optional<std::int32_t> timeout_seconds;
  friend bool operator==(const ClientIPConfig&, const ClientIPConfig&) = default;
};

struct SessionAffinityConfig {
  Box<ClientIPConfig> client_ip;
  friend bool operator==(const SessionAffinityConfig&, const SessionAffinityConfig&) = default;
};

struct ServiceSpec {
  std::vector<ServicePort> ports;
  StringMap selector;
  Str cluster_ip;
  std::vector<Str> cluster_ips;
  Str type;
  std::vector<Str> external_ips;
  Str session_affinity;
  Str load_balancer_ip;
  std::vector<Str> load_balancer_source_ranges;
  Str external_name;
  Str external_traffic_policy;
  std::int32_t health_check_node_port = 0;
  bool publish_not_ready_addresses = false;
  Box<SessionAffinityConfig> session_affinity_config;
  std::vector<Str> ip_families;
  std::optional<Str> ip_family_policy;
  std::optional<bool> allocate_load_balancer_node_ports;
  std::optional<Str> load_balancer_class;
  std::optional<Str> internal_traffic_policy;
  std::optional<Str> traffic_distribution;
  friend bool operator==(const ServiceSpec&, const ServiceSpec&) = default;
};

struct LoadBalancerIngress {
  Str ip;
  Str hostname;
  std::optional<Str> ip_mode;
  friend bool operator==(const LoadBalancerIngress&, const LoadBalancerIngress&) = default;
};

struct LoadBalancerStatus {
  std::vector<LoadBalancerIngress> ingress;
  friend bool operator==(const LoadBalancerStatus&, const LoadBalancerStatus&) = default;
};

struct ServiceStatus {
  LoadBalancerStatus load_balancer;
  friend bool operator==(const ServiceStatus&, const ServiceStatus&) = default;
};

struct Service : Object {
  static constexpr Kind kKind = Kind::Service;
  Service() : Object(kKind) {}
  ServiceSpec spec;
  ServiceStatus status;
  friend bool operator==(const Service&, const Service&) = default;
};

struct EndpointAddress {
  Str ip;
  Str hostname;
  std::optional<Str> node_name;
  Box<ObjectReference> target_ref;
  friend bool operator==(const EndpointAddress&, const EndpointAddress&) = default;
};

struct EndpointPort {
  Str name;
  std::int32_t port = 0;
  Str protocol;
  std::optional<Str> app_protocol;
  friend bool operator==(const EndpointPort&, const EndpointPort&) = default;
};

struct EndpointSubset {
  std::vector<EndpointAddress> addresses;
  std::vector<EndpointAddress> not_ready_addresses;
  std::vector<EndpointPort> ports;
  friend bool operator==(const EndpointSubset&, const EndpointSubset&) = default;
};

struct Endpoints : Object {
  static constexpr Kind kKind = Kind::Endpoints;
  Endpoints() : Object(kKind) {}
  std::vector<EndpointSubset> subsets;
  friend bool operator==(const Endpoints&, const Endpoints&) = default;
};

struct EndpointConditions {
  std::optional<bool> ready;
  std::optional<bool> serving;
  std::optional<bool> terminating;
  friend bool operator==(const EndpointConditions&, const EndpointConditions&) = default;
};

struct SliceEndpoint {
  std::vector<Str> addresses;
  EndpointConditions conditions;
  std::optional<Str> hostname;
  Box<ObjectReference> target_ref;
  StringMap deprecated_topology;
  std::optional<Str> node_name;
  std::optional<Str> zone;
  friend bool operator==(const SliceEndpoint&, const SliceEndpoint&) = default;
};

struct SlicePort {
  std::optional<Str> name;
  std::optional<Str> protocol;
  std::optional<std::int32_t> port;
  std::optional<Str> app_protocol;
  friend bool operator==(const SlicePort&, const SlicePort&) = default;
};

struct EndpointSlice : Object {
  static constexpr Kind kKind = Kind::EndpointSlice;
  EndpointSlice() : Object(kKind) {}
  Str address_type;
  std::vector<SliceEndpoint> endpoints;
  std::vector<SlicePort> ports;
  friend bool operator==(const EndpointSlice&, const EndpointSlice&) = default;
};

}  // namespace sim
