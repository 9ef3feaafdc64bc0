#include "sim/controllers/endpoints.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/model/service_types.h"
#include "sim/world/api.h"
#include "sim/world/node_index.h"
#include "sim/world/pod_control.h"

namespace sim::endpoints {
namespace {

constexpr std::string_view kHeadless = "service.kubernetes.io/headless";
constexpr std::string_view kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";
constexpr std::string_view kOverCapacity = "endpoints.kubernetes.io/over-capacity";
constexpr std::string_view kServiceName = "kubernetes.io/service-name";
constexpr std::string_view kManagedBy = "endpointslice.kubernetes.io/managed-by";
constexpr const char* kManager = "endpointslice-controller.k8s.io";
constexpr std::size_t kMostAddresses = 1000;
constexpr std::size_t kMostPerSlice = 100;

bool selects(const Service& service, const Pod& pod) {
  return std::all_of(service.spec.selector.begin(), service.spec.selector.end(),
                     [&](const StringMap::Item& item) {
                       const Str* value = pod.meta.labels.find(item.first);
                       return value && *value == item.second;
                     });
}

// The number behind a targetPort; none when no container has a port of that name.
// k8s 1.30 pkg/api/v1/pod: FindPort
std::optional<std::int32_t> find_port(const Pod& pod, const ServicePort& port) {
  if (!port.target_port.is_string) return port.target_port.number;
  const auto search = [&](const std::vector<Container>& containers,
                          bool sidecars) -> std::optional<std::int32_t> {
    for (const Container& container : containers) {
      if (sidecars && container.restart_policy != Str("Always")) continue;
      for (const ContainerPort& one : container.ports) {
        if (one.name == port.target_port.text && one.protocol == port.protocol) {
          return one.container_port;
        }
      }
    }
    return std::nullopt;
  };
  if (const auto found = search(pod.spec->containers, false)) return found;
  return search(pod.spec->init_containers, true);
}

ObjectReference reference_to(const Pod& pod) {
  ObjectReference reference;
  reference.kind = "Pod";
  reference.ns = pod.meta.ns;
  reference.name = pod.meta.name;
  reference.uid = pod.meta.uid;
  return reference;
}

struct PortKey {
  Str name;
  Str protocol;
  std::int32_t port = 0;
  std::optional<Str> app_protocol;
  friend auto operator<=>(const PortKey&, const PortKey&) = default;
};

// One look at one Service: what it finds and what it decides.
class Sync {
 public:
  Sync(const World& world, const Service& service) : world_(world), service_(service) {
    for (const Id id : world.store().selectable(service)) {
      auto pod = world.store().share<Pod>(id);
      if (!selects(service, *pod) || has_ended(*pod) || pod->status.pod_ip.empty()) continue;
      const PodCondition* ready = pod_condition(*pod, "Ready");
      if (ready && ready->last_transition_time) {
        changed_ = std::max(changed_, *ready->last_transition_time);
      }
      pods_.push_back(std::move(pod));
    }
    changed_ = std::max(changed_, service.meta.creation_timestamp.value_or(Time{}));
  }

  Plan run() {
    write_endpoints();
    write_slices();
    return std::move(plan_);
  }

 private:
  bool is_headless() const {
    return service_.spec.cluster_ip == "None" || service_.spec.cluster_ip.empty();
  }
  bool shows_unready() const { return service_.spec.publish_not_ready_addresses; }

  std::optional<Str> hostname(const Pod& pod) const {
    const bool named = !pod.spec->hostname.empty() && pod.spec->subdomain == service_.meta.name;
    return named ? std::optional<Str>(pod.spec->hostname) : std::nullopt;
  }

  /// The ports of the Service that a pod has; none when it has none of them at all.
  std::optional<std::vector<PortKey>> ports_of(const Pod& pod) const {
    std::vector<PortKey> ports;
    for (const ServicePort& port : service_.spec.ports) {
      const std::optional<std::int32_t> number = find_port(pod, port);
      if (number) ports.push_back({port.name, port.protocol, *number, port.app_protocol});
    }
    const bool may_be_without = service_.spec.ports.empty() && service_.spec.cluster_ip == "None";
    if (ports.empty() && !may_be_without) return std::nullopt;
    return ports;
  }

  StringMap labels() const {
    StringMap labels = service_.meta.labels;
    if (is_headless()) {
      labels.set(Str(kHeadless), Str());
    } else {
      labels.erase(kHeadless);
    }
    return labels;
  }

  // k8s 1.30 pkg/controller/endpoint: syncService
  void write_endpoints() {
    std::map<std::vector<PortKey>, EndpointSubset> subsets;
    std::size_t count = 0;
    bool too_many = false;
    for (const auto& pod : pods_) {
      if (pod->meta.deletion_timestamp && !shows_unready()) continue;
      const auto ports = ports_of(*pod);
      if (!ports) continue;
      if (count == kMostAddresses) {
        too_many = true;
        break;
      }
      ++count;
      EndpointAddress address;
      address.ip = pod->status.pod_ip;
      address.hostname = hostname(*pod).value_or(Str());
      if (!pod->node_name.empty()) address.node_name = pod->node_name;
      address.target_ref = reference_to(*pod);
      EndpointSubset& subset = subsets[*ports];
      auto& list =
          shows_unready() || is_ready(*pod) ? subset.addresses : subset.not_ready_addresses;
      list.push_back(std::move(address));
    }
    std::vector<EndpointSubset> packed;
    for (auto& [ports, subset] : subsets) {
      for (const PortKey& port : ports) {
        subset.ports.push_back({port.name, port.port, port.protocol, port.app_protocol});
      }
      for (auto* list : {&subset.addresses, &subset.not_ready_addresses}) {
        std::stable_sort(
            list->begin(), list->end(),
            [](const EndpointAddress& a, const EndpointAddress& b) { return a.ip < b.ip; });
      }
      packed.push_back(std::move(subset));
    }
    const Id id = world_.store().find(Kind::Endpoints, service_.meta.ns, service_.meta.name);
    const auto* before = world_.get<Endpoints>(id);
    auto wanted = before ? std::make_shared<Endpoints>(*before) : std::make_shared<Endpoints>();
    wanted->meta.name = service_.meta.name;
    wanted->meta.ns = service_.meta.ns;
    wanted->meta.labels = labels();
    wanted->subsets = std::move(packed);
    if (too_many) {
      wanted->meta.annotations.set(Str(kOverCapacity), "truncated");
    } else {
      wanted->meta.annotations.erase(kOverCapacity);
    }
    if (before && *before == *wanted) return;
    wanted->meta.annotations.set(Str(kTriggerTime), to_rfc3339(changed_));
    if (before) {
      api_update(world_, plan_, {Kind::Endpoints, id}, std::move(wanted), "its pods changed");
    } else {
      api_create(world_, plan_, std::move(wanted), "a Service has endpoints");
    }
  }

  // k8s 1.30 staging endpointslice: podToEndpoint
  SliceEndpoint endpoint_of(const Pod& pod) const {
    SliceEndpoint endpoint;
    endpoint.addresses = {pod.status.pod_ip};
    const bool serving = is_ready(pod);
    const bool terminating = pod.meta.deletion_timestamp.has_value();
    endpoint.conditions = {shows_unready() || (serving && !terminating), serving, terminating};
    endpoint.hostname = hostname(pod);
    endpoint.target_ref = reference_to(pod);
    if (pod.node_name.empty()) return endpoint;
    endpoint.node_name = pod.node_name;
    const Node* node = world_.find<Node>("", pod.node_name);
    const Str* zone = node ? node->meta.labels.find(kZoneLabel) : nullptr;
    if (zone) endpoint.zone = *zone;
    return endpoint;
  }

  // k8s 1.30 staging endpointslice: reconcile, with slices filled in order
  void write_slices() {
    using Ports = std::vector<PortKey>;
    std::map<Ports, std::vector<SliceEndpoint>> groups;
    for (const auto& pod : pods_) {
      if (const auto ports = ports_of(*pod)) groups[*ports].push_back(endpoint_of(*pod));
    }
    std::vector<std::pair<Ports, std::vector<SliceEndpoint>>> wanted;
    for (auto& [ports, endpoints] : groups) {
      for (std::size_t at = 0; at < endpoints.size(); at += kMostPerSlice) {
        const std::size_t end = std::min(endpoints.size(), at + kMostPerSlice);
        wanted.emplace_back(ports, std::vector<SliceEndpoint>(
                                       endpoints.begin() + static_cast<std::ptrdiff_t>(at),
                                       endpoints.begin() + static_cast<std::ptrdiff_t>(end)));
      }
    }
    if (wanted.empty()) wanted.emplace_back();  // a Service without endpoints has an empty slice
    std::vector<Id> slices;
    for (const Id id : world_.store().controlled_by(service_.meta.uid, Kind::EndpointSlice)) {
      const auto& slice = *world_.get<EndpointSlice>(id);
      if (slice.meta.labels.get(kManagedBy) == kManager && !slice.meta.deletion_timestamp) {
        slices.push_back(id);
      }
    }
    for (std::size_t i = 0; i < wanted.size() || i < slices.size(); ++i) {
      if (i >= wanted.size()) {
        api_delete(world_, plan_, {Kind::EndpointSlice, slices[i]}, {}, "it holds nothing");
      } else {
        write_slice(i < slices.size() ? slices[i] : 0, wanted[i].first,
                    std::move(wanted[i].second));
      }
    }
  }

  void write_slice(Id id, const std::vector<PortKey>& ports, std::vector<SliceEndpoint> endpoints) {
    const auto* before = id != 0 ? world_.get<EndpointSlice>(id) : nullptr;
    auto slice =
        before ? std::make_shared<EndpointSlice>(*before) : std::make_shared<EndpointSlice>();
    slice->meta.labels = labels();
    slice->meta.labels.set(Str(kServiceName), service_.meta.name);
    slice->meta.labels.set(Str(kManagedBy), kManager);
    slice->address_type = "IPv4";
    slice->endpoints = std::move(endpoints);
    slice->ports.clear();
    for (const PortKey& port : ports) {
      slice->ports.push_back({port.name, port.protocol, port.port, port.app_protocol});
    }
    if (before && *before == *slice) return;
    if (!slice->endpoints.empty() || before) {
      slice->meta.annotations.set(Str(kTriggerTime), to_rfc3339(changed_));
    }
    if (before) {
      api_update(world_, plan_, {Kind::EndpointSlice, id}, std::move(slice), "its pods changed");
      return;
    }
    slice->meta.ns = service_.meta.ns;
    slice->meta.generate_name = service_.meta.name + "-";
    slice->meta.owner_references = {controller_reference(service_)};
    api_create(world_, plan_, std::move(slice), "a Service has endpoints");
  }

  const World& world_;
  const Service& service_;
  Plan plan_;
  std::vector<std::shared_ptr<const Pod>> pods_;  // that have an address, in order of creation
  Time changed_{};                                // when the last of them changed
};

// The Endpoints of a Service that is gone go as well; its slices it owned.
Plan clean_up(const World& world, Id id) {
  Plan plan;
  const ObjectPtr service = just_erased(world, {Kind::Service, id});
  if (!service) return plan;
  const ObjectMeta& meta = service->meta;
  const Id found = world.store().find(Kind::Endpoints, meta.ns, meta.name);
  if (found != 0 && world.store().find(Kind::Service, meta.ns, meta.name) == 0) {
    api_delete(world, plan, {Kind::Endpoints, found}, {}, "its Service is gone");
  }
  return plan;
}

}  // namespace

Plan reconcile(const World& world, Id id) {
  const Service* service = world.get<Service>(id);
  if (!service) return clean_up(world, id);
  // Somebody else keeps the endpoints of a Service without a selector.
  if (service->spec.selector.empty() || service->spec.type == "ExternalName") return {};
  const Namespace* ns = world.find<Namespace>("", service->meta.ns);
  if (!ns || ns->meta.deletion_timestamp || service->meta.deletion_timestamp) return {};
  return Sync(world, *service).run();
}

}  // namespace sim::endpoints
