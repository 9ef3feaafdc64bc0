// The rest of the API's kinds: Namespace, Node, ConfigMap, ServiceAccount, Event and Lease. See
// sim/model/pod_types.h for how fields are named. ConfigMap::binary_data holds base64, as in JSON.
// k8s 1.30 api/core/v1: types.go, api/coordination/v1: types.go
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/model/pod_types.h"

namespace sim {

struct NamespaceSpec {
  std::vector<Str> finalizers;
  friend bool operator==(const NamespaceSpec&, const NamespaceSpec&) = default;
};

struct NamespaceCondition {
  Str type;
  Str status;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const NamespaceCondition&, const NamespaceCondition&) = default;
};

struct NamespaceStatus {
  Str phase;
  std::vector<NamespaceCondition> conditions;
  friend bool operator==(const NamespaceStatus&, const NamespaceStatus&) = default;
};

struct Taint {
  Str key;
  Str value;
  Str effect;
  std::optional<Time> time_added;
  friend bool operator==(const Taint&, const Taint&) = default;
};

struct NodeSpec {
  Str pod_cidr;
  std::vector<Str> pod_cidrs;
  Str provider_id;
  bool unschedulable = false;
  std::vector<Taint> taints;
  friend bool operator==(const NodeSpec&, const NodeSpec&) = default;
};

struct NodeCondition {
  Str type;
  Str status;
  std::optional<Time> last_heartbeat_time;
  std::optional<Time> last_transition_time;
  Str reason;
  Str message;
  friend bool operator==(const NodeCondition&, const NodeCondition&) = default;
};

struct NodeAddress {
  Str type;
  Str address;
  friend bool operator==(const NodeAddress&, const NodeAddress&) = default;
};

struct DaemonEndpoint {
  std::int32_t port = 0;
  friend bool operator==(const DaemonEndpoint&, const DaemonEndpoint&) = default;
};

struct NodeDaemonEndpoints {
  DaemonEndpoint kubelet_endpoint;
  friend bool operator==(const NodeDaemonEndpoints&, const NodeDaemonEndpoints&) = default;
};

struct NodeSystemInfo {
  Str machine_id;
  Str system_uuid;
  Str boot_id;
  Str kernel_version;
  Str os_image;
  Str container_runtime_version;
  Str kubelet_version;
  Str kube_proxy_version;
  Str operating_system;
  Str architecture;
  friend bool operator==(const NodeSystemInfo&, const NodeSystemInfo&) = default;
};

struct ContainerImage {
  std::vector<Str> names;
  std::int64_t size_bytes = 0;
  friend bool operator==(const ContainerImage&, const ContainerImage&) = default;
};

struct AttachedVolume {
  Str name;
  Str device_path;
  friend bool operator==(const AttachedVolume&, const AttachedVolume&) = default;
};

struct NodeStatus {
  ResourceList capacity;
  ResourceList allocatable;
  Str phase;
  std::vector<NodeCondition> conditions;
  std::vector<NodeAddress> addresses;
  NodeDaemonEndpoints daemon_endpoints;
  NodeSystemInfo node_info;
  std::vector<ContainerImage> images;
  std::vector<Str> volumes_in_use;
  std::vector<AttachedVolume> volumes_attached;
  friend bool operator==(const NodeStatus&, const NodeStatus&) = default;
};

struct ObjectReference {
  Str kind;
  Str ns;
  Str name;
  Uid uid;
  Str api_version;
  Str resource_version;
  Str field_path;
  friend bool operator==(const ObjectReference&, const ObjectReference&) = default;
};

struct EventSource {
  Str component;
  Str host;
  friend bool operator==(const EventSource&, const EventSource&) = default;
};

struct EventSeries {
  std::int32_t count = 0;
  MicroTime last_observed_time;
  friend bool operator==(const EventSeries&, const EventSeries&) = default;
};

struct LeaseSpec {
  std::optional<Str> holder_identity;
  std::optional<std::int32_t> lease_duration_seconds;
  std::optional<MicroTime> acquire_time;
  std::optional<MicroTime> renew_time;
  std::optional<std::int32_t> lease_transitions;
  friend bool operator==(const LeaseSpec&, const LeaseSpec&) = default;
};

struct Namespace : Object {
  static constexpr Kind kKind = Kind::Namespace;
  Namespace() : Object(kKind) {}
  NamespaceSpec spec;
  NamespaceStatus status;
  friend bool operator==(const Namespace&, const Namespace&) = default;
};

struct Node : Object {
  static constexpr Kind kKind = Kind::Node;
  Node() : Object(kKind) {}
  NodeSpec spec;
  NodeStatus status;
  friend bool operator==(const Node&, const Node&) = default;
};

struct ConfigMap : Object {
  static constexpr Kind kKind = Kind::ConfigMap;
  ConfigMap() : Object(kKind) {}
  std::optional<bool> immutable;
  StringMap data;
  StringMap binary_data;
  friend bool operator==(const ConfigMap&, const ConfigMap&) = default;
};

struct ServiceAccount : Object {
  static constexpr Kind kKind = Kind::ServiceAccount;
  ServiceAccount() : Object(kKind) {}
  std::vector<ObjectReference> secrets;
  std::vector<LocalObjectReference> image_pull_secrets;
  std::optional<bool> automount_service_account_token;
  friend bool operator==(const ServiceAccount&, const ServiceAccount&) = default;
};

struct Event : Object {
  static constexpr Kind kKind = Kind::Event;
  Event() : Object(kKind) {}
  ObjectReference involved_object;
  Str reason;
  Str message;
  EventSource source;
  std::optional<Time> first_timestamp;
  std::optional<Time> last_timestamp;
  std::int32_t count = 0;
  Str type;
  std::optional<MicroTime> event_time;
  Box<EventSeries> series;
  Str action;
  Box<ObjectReference> related;
  Str reporting_component;
  Str reporting_instance;
  friend bool operator==(const Event&, const Event&) = default;
};

struct Lease : Object {
  static constexpr Kind kKind = Kind::Lease;
  Lease() : Object(kKind) {}
  LeaseSpec spec;
  friend bool operator==(const Lease&, const Lease&) = default;
};

}  // namespace sim
