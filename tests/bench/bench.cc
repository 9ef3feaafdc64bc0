// What podsight's speed rests on: the event queue, the copy of a world, bringing up a large
// cluster, and asking it who sees a file.
//   build-release/podsight_bench
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/base/queue.h"
#include "sim/engine/cluster.h"
#include "sim/graph/visibility.h"
#include "sim/scenario/scenario.h"
#include "sim/world/api.h"

namespace sim {
namespace {

/// The hold model: take the next event, put one in at a drawn later time, with so many pending.
void hold_model(benchmark::State& state) {
  struct Small {
    std::uint64_t who;
    std::uint64_t cause;
    std::uint64_t what;
  };
  Queue<Small> queue;
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t i = 0; i < pending; ++i) {
    queue.push({static_cast<std::int64_t>(draw_below(1000000, 1, "hold", 0, i))}, {i, 0, 0});
  }
  std::uint64_t n = 0;
  for (auto _ : state) {
    const auto entry = queue.pop();
    const Duration later{static_cast<std::int64_t>(mix(++n) % 1000000)};
    queue.push(entry.when + later, entry.what);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hold_model)->Arg(1000)->Arg(100000);

/// A cluster of so many nodes, all up.
Simulation cluster_of(int nodes) {
  ClusterSpecification cluster = default_cluster().cluster;
  cluster.settings.journal_limit = 10000;
  const std::vector<std::string> images = {
      "public.ecr.aws/aws-containers/retail-store-sample-assets:0.4.0"};
  cluster.nodes.clear();
  for (int i = 0; i < nodes; ++i) {
    NodeSpecification node;
    node.name = fmt::format("node-{:05}", i);
    node.labels.set("topology.kubernetes.io/zone", Str(fmt::format("zone-{}", i % 3)));
    node.capacity.set("cpu", *Quantity::parse("32"));
    node.capacity.set("memory", *Quantity::parse("128Gi"));
    node.images = images;
    cluster.nodes.push_back(std::move(node));
  }
  return make_cluster(cluster);
}

std::shared_ptr<Deployment> deployment(int number, int replicas) {
  auto made = std::make_shared<Deployment>();
  made->meta.name = Str(fmt::format("web-{:05}", number));
  made->meta.ns = "default";
  made->spec.replicas = replicas;
  made->spec.selector.edit().match_labels.set("app", made->meta.name);
  PodTemplateSpec& pods = made->spec.pod_template.edit();
  pods.meta.labels.set("app", made->meta.name);
  Container container;
  container.name = "web";
  container.image = "public.ecr.aws/aws-containers/retail-store-sample-assets:0.4.0";
  container.image_pull_policy = "IfNotPresent";
  container.resources.requests.set("cpu", *Quantity::parse("100m"));
  container.resources.requests.set("memory", *Quantity::parse("128Mi"));
  pods.spec.containers.push_back(std::move(container));
  return made;
}

/// Creates Deployments of 15 pods each and runs until all are Running.
void bring_up(Simulation& simulation, int deployments) {
  for (int i = 0; i < deployments; ++i) {
    Plan plan;
    const ApiResult result =
        api_create(simulation.world(), plan, deployment(i, 15), "the benchmark wants it");
    if (result.error) throw std::runtime_error(result.error->message);
    simulation.carry_out(std::move(plan), {0, "bench"});
  }
  simulation.run_until_settled(simulation.world().now() + hours(2));
}

std::int64_t running(const World& world) {
  std::int64_t count = 0;
  for (const auto& [id, row] : world.store().table(Kind::Pod)) {
    count += static_cast<const Pod&>(row).status.phase == "Running";
  }
  return count;
}

void cold_start(benchmark::State& state) {
  const int nodes = static_cast<int>(state.range(0));
  const int deployments = static_cast<int>(state.range(1));
  std::int64_t pods = 0;
  for (auto _ : state) {
    Simulation simulation = cluster_of(nodes);
    bring_up(simulation, deployments);
    pods = running(simulation.world());
  }
  state.counters["pods_running"] = static_cast<double>(pods);
  state.SetItemsProcessed(state.iterations() * pods);
}
BENCHMARK(cold_start)
    ->Args({50, 100})
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

void copy_world(benchmark::State& state) {
  Simulation simulation = cluster_of(static_cast<int>(state.range(0)));
  bring_up(simulation, static_cast<int>(state.range(1)));
  for (auto _ : state) {
    World copy = simulation.world();
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(copy_world)->Args({500, 1000})->Unit(benchmark::kMicrosecond);

/// A copy, and one command's worth of writes to it: what a what-if really costs.
void copy_and_write(benchmark::State& state) {
  Simulation simulation = cluster_of(static_cast<int>(state.range(0)));
  bring_up(simulation, static_cast<int>(state.range(1)));
  int number = 0;
  for (auto _ : state) {
    Simulation fork(simulation.world());
    Plan plan;
    api_create(fork.world(), plan, deployment(1000000 + number++, 1), "a what-if");
    fork.carry_out(std::move(plan), {0, "bench"});
    benchmark::DoNotOptimize(fork);
  }
}
BENCHMARK(copy_and_write)->Args({500, 1000})->Unit(benchmark::kMicrosecond);

/// A large world with one file in every image and one written in one pod.
const World& large_world(const benchmark::State& state) {
  static std::map<std::pair<std::int64_t, std::int64_t>, Simulation> made;
  const std::pair size(state.range(0), state.range(1));
  auto at = made.find(size);
  if (at == made.end()) {
    at = made.emplace(size, cluster_of(static_cast<int>(size.first))).first;
    bring_up(at->second, static_cast<int>(size.second));
  }
  return at->second.world();
}

const Path& asked_path() {
  static const Path path = parse_path("/usr/share/nginx/html/assets/gentleman.jpg");
  return path;
}

/// The first question to a world: who looks, where the path leads for each, and the graph.
void see_first(benchmark::State& state) {
  const World& world = large_world(state);
  std::size_t seen = 0;
  for (auto _ : state) {
    Sight sight;
    sight.follow(world);
    const std::vector<const Route*> routes = sight.routes(asked_path());
    const Visibility graph(world, sight.viewers(), routes, asked_path(), true);
    seen = graph.who_sees(0).size();
  }
  state.counters["containers_that_see"] = static_cast<double>(seen);
}
BENCHMARK(see_first)
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3);

/// Asking again after a step that changed one pod.
void see_again(benchmark::State& state) {
  Simulation simulation(large_world(state));
  Sight sight;
  sight.follow(simulation.world());
  sight.routes(asked_path());
  int number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Plan plan;
    api_create(simulation.world(), plan, deployment(2000000 + number++, 1), "the benchmark");
    simulation.carry_out(std::move(plan), {0, "bench"});
    simulation.run_until_settled(simulation.world().now() + minutes(5));
    state.ResumeTiming();
    sight.follow(simulation.world());
    std::size_t seen = 0;
    for (const Route* route : sight.routes(asked_path())) seen += route && route->exists();
    benchmark::DoNotOptimize(seen);
  }
}
BENCHMARK(see_again)
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(20);

void graph_build(benchmark::State& state) {
  const World& world = large_world(state);
  Sight sight;
  sight.follow(world);
  const std::vector<const Route*> routes = sight.routes(asked_path());
  for (auto _ : state) {
    const Visibility graph(world, sight.viewers(), routes, asked_path(), true);
    benchmark::DoNotOptimize(graph.vertices().size());
  }
}
BENCHMARK(graph_build)
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);

}  // namespace
}  // namespace sim

BENCHMARK_MAIN();
