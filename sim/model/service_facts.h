// What a Service's type and addresses say of it. k8s 1.30 pkg/api/v1/service, pkg/registry/core/
// service: ExternallyAccessible, NeedsHealthCheck, needsClusterIP, needsNodePort
#pragma once

#include "sim/model/service_types.h"

namespace sim {

inline bool is_headless(const ServiceSpec& spec) { return spec.cluster_ip == "None"; }
inline bool needs_cluster_ip(const ServiceSpec& spec) { return spec.type != "ExternalName"; }
inline bool needs_node_port(const ServiceSpec& spec) {
  return spec.type == "NodePort" ||
         (spec.type == "LoadBalancer" && spec.allocate_load_balancer_node_ports.value_or(true));
}
inline bool is_externally_accessible(const ServiceSpec& spec) {
  return spec.type == "LoadBalancer" || spec.type == "NodePort" ||
         (spec.type == "ClusterIP" && !spec.external_ips.empty());
}
inline bool needs_health_check_port(const ServiceSpec& spec) {
  return spec.type == "LoadBalancer" && spec.external_traffic_policy == "Local";
}

}  // namespace sim
