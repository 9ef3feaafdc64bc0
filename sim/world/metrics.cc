#include "sim/world/metrics.h"

#include <algorithm>
#include <memory>

#include "sim/model/pod_facts.h"
#include "sim/model/service_types.h"
#include "sim/world/api.h"
#include "sim/world/heartbeat.h"
#include "sim/world/node_usage.h"

namespace sim {
namespace {

constexpr std::string_view kNamespace = "kube-system";
constexpr Duration kFirstLook = seconds(4);
// Of a container younger than this nothing can be told.
constexpr Duration kFreshAge = seconds(10);
// What a container uses that has nothing to do (its memory: node_usage.h), and what a node's own
// programs use.
constexpr std::int64_t kIdleCpu = 1;
constexpr Amounts kSystem{50, 400LL << 20};

/// The look that tells first of a container that started then.
/// metrics-server 0.7 pkg/storage/pod.go: Store
Time first_told(const World& world, Time started) {
  const Time look = scrape_at_or_after(world, started);
  return look - started >= kFreshAge ? look : look + kScrapePeriod;
}

std::vector<const ContainerInstance*> running(const World& world, const PodSandbox& sandbox) {
  std::vector<const ContainerInstance*> all;
  for (const auto* records : {&sandbox.init_containers, &sandbox.containers}) {
    for (const ContainerRecord& record : *records) {
      const auto* instance = world.get<ContainerInstance>(record.instance);
      if (instance && !record.stale && instance->state == ContainerInstance::State::Running) {
        all.push_back(instance);
      }
    }
  }
  return all;
}

const PodSandbox* heard_sandbox(const World& world, Id pod) {
  const auto* sandbox = world.get<PodSandbox>(world.store().sandbox_of(pod));
  if (!sandbox) return nullptr;
  const Machine* machine = world.get<Machine>(sandbox->machine);
  return machine && !machine->silent_since ? sandbox : nullptr;
}

/// A container cannot use more than its limit.
void cap(Amounts& usage, const Pod& pod, std::string_view name) {
  for (const auto* containers : {&pod.spec->containers, &pod.spec->init_containers}) {
    for (const Container& container : *containers) {
      if (container.name != name) continue;
      if (const Quantity* limit = container.resources.limits.find("cpu")) {
        usage.milli_cpu = std::min(usage.milli_cpu, limit->milli_value());
      }
      if (const Quantity* limit = container.resources.limits.find("memory")) {
        usage.memory = std::min(usage.memory, limit->value());
      }
    }
  }
}

}  // namespace

bool has_metrics_server(const World& world) {
  return world.find<Service>(kNamespace, kMetricsServer) != nullptr;
}

Time metrics_server_since(const World& world) {
  const auto* service = world.find<Service>(kNamespace, kMetricsServer);
  return service ? service->meta.creation_timestamp.value_or(Time{}) : Time{};
}

void install_metrics_server(const World& world, Plan& plan) {
  if (has_metrics_server(world)) return;
  auto service = std::make_shared<Service>();
  service->meta.name = Str(kMetricsServer);
  service->meta.ns = Str(kNamespace);
  service->meta.labels.set("k8s-app", Str(kMetricsServer));
  service->spec.selector.set("k8s-app", Str(kMetricsServer));
  ServicePort port;
  port.name = "https";
  port.port = 443;
  service->spec.ports.push_back(std::move(port));
  api_create(world, plan, std::move(service), "metrics-server was installed");
}

void uninstall_metrics_server(const World& world, Plan& plan) {
  if (const Id id = world.store().find(Kind::Service, kNamespace, kMetricsServer)) {
    api_delete(world, plan, {Kind::Service, id}, {}, "metrics-server was removed");
  }
}

Time scrape_at_or_after(const World& world, Time time) {
  return tick_at_or_after(world.settings().start + kFirstLook, kScrapePeriod, time);
}

Amounts PodUsage::total() const {
  Amounts sum;
  for (const ContainerUsage& each : containers) {
    sum.milli_cpu += each.usage.milli_cpu;
    sum.memory += each.usage.memory;
  }
  return sum;
}

Meter::Meter(const World& world)
    : world_(world), look_(scrape_at_or_after(world, world.now() + Duration{1}) - kScrapePeriod) {}

/// What falls to one pod: of a load that is shared, as much as to each other that was ready.
Amounts Meter::share(const Load& load, Id load_id, Id pod) {
  const auto [at, is_new] = shares_.try_emplace(load_id);
  auto& [each, pods] = at->second;
  if (is_new) {
    for (const Id id : pods_under(world_, load)) {
      const Pod& other = *world_.get<Pod>(id);
      const PodCondition* ready = pod_condition(other, "Ready");
      if (!is_active(other) || !ready || ready->status != "True") continue;
      if (ready->last_transition_time.value_or(Time{}) <= look_) pods.push_back(id);
    }
    each = average_amount(load, look_ - kScrapePeriod, look_);
    const auto sharing = static_cast<std::int64_t>(pods.size());
    if (!load.per_pod && sharing > 1) {
      each.milli_cpu = (each.milli_cpu + sharing / 2) / sharing;
      each.memory = (each.memory + sharing / 2) / sharing;
    }
  }
  return std::binary_search(pods.begin(), pods.end(), pod) ? each : Amounts();
}

std::optional<PodUsage> Meter::of_pod(Id id) {
  const Pod* pod = world_.get<Pod>(id);
  const PodSandbox* sandbox = pod ? heard_sandbox(world_, id) : nullptr;
  if (!sandbox || !has_metrics_server(world_)) return std::nullopt;
  const Time since = metrics_server_since(world_);
  PodUsage told;
  told.at = look_;
  told.window = kScrapePeriod;
  for (const ContainerInstance* instance : running(world_, *sandbox)) {
    const Time started = std::max(instance->started_at.value_or(since), since);
    if (first_told(world_, started) > look_) return std::nullopt;
    told.window = std::min(told.window, look_ - started);
    Amounts usage;
    usage.milli_cpu = kIdleCpu;
    usage.memory = static_cast<std::int64_t>(memory_used_by(world_, Plan(), *instance));
    told.containers.push_back({instance->meta.name, usage});
  }
  if (told.containers.empty()) return std::nullopt;
  if (const Load* load = load_of(world_, *pod)) {
    const Id load_id = world_.store().find(Kind::Load, load->meta.ns, load->meta.name);
    const Amounts more = share(*load, load_id, id);
    const Str& whose =
        load->container.empty() ? pod->spec->containers.front().name : load->container;
    for (ContainerUsage& each : told.containers) {
      if (each.name != whose) continue;
      each.usage.milli_cpu = std::max(each.usage.milli_cpu, more.milli_cpu);
      each.usage.memory = std::max(each.usage.memory, more.memory);
      cap(each.usage, *pod, each.name);
    }
  }
  return told;
}

std::optional<Amounts> Meter::of_node(Id id) {
  const Node* node = world_.get<Node>(id);
  const Id machine_id = node ? world_.store().find(Kind::Machine, "", node->meta.name) : 0;
  const Machine* machine = world_.get<Machine>(machine_id);
  if (!machine || machine->silent_since || !has_metrics_server(world_)) return std::nullopt;
  const Time since =
      std::max(metrics_server_since(world_), node->meta.creation_timestamp.value_or(Time{}));
  if (first_told(world_, since) > look_) return std::nullopt;
  Amounts sum = kSystem;
  sum.memory += static_cast<std::int64_t>(machine->other_memory);
  for (const Id sandbox : world_.store().sandboxes_on(machine_id)) {
    const auto pod = of_pod(world_.get<PodSandbox>(sandbox)->pod);
    if (!pod) continue;
    const Amounts own = pod->total();
    sum.milli_cpu += own.milli_cpu;
    sum.memory += own.memory;
  }
  return sum;
}

std::optional<Time> told_first_at(const World& world, Id pod) {
  const PodSandbox* sandbox = heard_sandbox(world, pod);
  if (!sandbox || !has_metrics_server(world)) return std::nullopt;
  const Time since = metrics_server_since(world);
  Time at{};
  for (const ContainerInstance* instance : running(world, *sandbox)) {
    at = std::max(at, first_told(world, std::max(instance->started_at.value_or(since), since)));
  }
  return at == Time{} ? std::nullopt : std::optional<Time>(at);
}

}  // namespace sim
