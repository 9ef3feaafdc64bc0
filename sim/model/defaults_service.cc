// What the API server fills in for the kinds in service_types.h; a Service's addresses and node
// ports are given out in sim/world/services.cc. k8s 1.30 pkg/apis: SetDefaults_*
#include "sim/base/base64.h"
#include "sim/model/defaults.h"
#include "sim/model/service_facts.h"

namespace sim {
namespace {

constexpr std::int32_t kAffinitySeconds = 10800;

template <class T>
void set_if_empty(T& field, const char* value) {
  if (field.empty()) field = value;
}
template <class T, class V>
void set_if_absent(std::optional<T>& field, V value) {
  if (!field) field = value;
}

/// stringData can only be written: it becomes data.
/// k8s 1.30 pkg/apis/core/v1: Convert_v1_Secret_To_core_Secret
void default_secret(Secret& secret) {
  for (const auto& [key, value] : secret.string_data) {
    secret.data.set(key, encode_base64(value));
  }
  secret.string_data = {};
  set_if_empty(secret.type, "Opaque");
}

// k8s 1.30 pkg/apis/core/v1: SetDefaults_Service
void default_service(ServiceSpec& spec) {
  set_if_empty(spec.type, "ClusterIP");
  set_if_empty(spec.session_affinity, "None");
  if (spec.session_affinity == "None") spec.session_affinity_config.reset();
  if (spec.session_affinity == "ClientIP") {
    set_if_absent(spec.session_affinity_config.edit().client_ip.edit().timeout_seconds,
                  kAffinitySeconds);
  }
  for (ServicePort& port : spec.ports) {
    set_if_empty(port.protocol, "TCP");
    IntOrString& target = port.target_port;
    if (target.is_string ? target.text.empty() : target.number == 0) {
      target = IntOrString{false, port.port, Str()};
    }
  }
  if (is_externally_accessible(spec)) set_if_empty(spec.external_traffic_policy, "Cluster");
  if (spec.type != "ExternalName") set_if_absent(spec.internal_traffic_policy, Str("Cluster"));
  if (spec.type == "LoadBalancer") {
    set_if_absent(spec.allocate_load_balancer_node_ports, true);
  }
}

void default_endpoints(Endpoints& endpoints) {
  for (EndpointSubset& subset : endpoints.subsets) {
    for (EndpointPort& port : subset.ports) set_if_empty(port.protocol, "TCP");
  }
}

void default_slice(EndpointSlice& slice) {
  for (SlicePort& port : slice.ports) {
    set_if_absent(port.name, Str());
    set_if_absent(port.protocol, Str("TCP"));
  }
}

}  // namespace

void set_service_defaults(Object& object) {
  switch (object.kind) {
    case Kind::Secret:
      default_secret(static_cast<Secret&>(object));
      break;
    case Kind::Service:
      default_service(static_cast<Service&>(object).spec);
      break;
    case Kind::Endpoints:
      default_endpoints(static_cast<Endpoints&>(object));
      break;
    case Kind::EndpointSlice:
      default_slice(static_cast<EndpointSlice&>(object));
      break;
    default:
      break;
  }
}

}  // namespace sim
