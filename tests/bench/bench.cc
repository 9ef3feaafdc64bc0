// What podsight's speed rests on: the event queue, the copy of a world, bringing up a large
// cluster, and asking it who sees a file.
//   build-release/podsight_bench
//   build-release/podsight_bench --table    the README's table, in Markdown
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/base/memory.h"
#include "sim/base/queue.h"
#include "sim/engine/cluster.h"
#include "sim/graph/visibility.h"
#include "sim/model/controller_types.h"
#include "sim/scenario/scenario.h"
#include "sim/world/api.h"
#include "sim/world/fault.h"

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
  state.SetLabel(fmt::format("event queue, hold model, {} pending", state.range(0)));
}
BENCHMARK(hold_model)->Arg(1000)->Arg(100000);

std::string size_of(const benchmark::State& state) {
  return fmt::format("{} nodes, {} pods in {} Deployments", state.range(0), 15 * state.range(1),
                     state.range(1));
}

/// The most memory that the process has had so far, in MB.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1000;
}

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
  state.counters["peak_MB"] = peak_memory();
  state.SetItemsProcessed(state.iterations() * pods);
  state.SetLabel(size_of(state) + ", all Running");
}
BENCHMARK(cold_start)
    ->Args({50, 100})
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

/// All pods of a large cluster with one of its three zones lost for ten minutes, then healed.
void zone_loss(benchmark::State& state) {
  Simulation simulation = cluster_of(static_cast<int>(state.range(0)));
  bring_up(simulation, static_cast<int>(state.range(1)));
  const auto hit = [&](FaultKind kind) {
    Fault fault;
    fault.kind = kind;
    fault.target = "zone-1";
    Plan plan;
    const Struck struck = strike(simulation.world(), plan, fault);
    if (!struck.wrong.empty()) throw std::runtime_error(struck.wrong);
    simulation.carry_out(std::move(plan), {0, "bench"});
  };
  for (auto _ : state) {
    hit(FaultKind::ZoneCut);
    simulation.run_until(simulation.world().now() + minutes(10));
    hit(FaultKind::ZoneHeal);
    simulation.run_until_settled(simulation.world().now() + hours(1));
  }
  state.counters["pods_running"] = static_cast<double>(running(simulation.world()));
  state.SetLabel("one of three zones cut off for ten minutes and healed: " + size_of(state));
}
BENCHMARK(zone_loss)
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

/// A DaemonSet comes to every node.
void daemons(benchmark::State& state) {
  for (auto _ : state) {
    Simulation simulation = cluster_of(static_cast<int>(state.range(0)));
    const auto like = deployment(0, 1);
    auto set = std::make_shared<DaemonSet>();
    set->meta.name = "agent";
    set->meta.ns = "default";
    set->spec.selector = like->spec.selector;
    set->spec.pod_template = like->spec.pod_template;
    Plan plan;
    const ApiResult result = api_create(simulation.world(), plan, set, "the benchmark wants it");
    if (result.error) throw std::runtime_error(result.error->message);
    simulation.carry_out(std::move(plan), {0, "bench"});
    simulation.run_until_settled(simulation.world().now() + hours(2));
    state.counters["pods_running"] = static_cast<double>(running(simulation.world()));
  }
  state.SetLabel(fmt::format("a DaemonSet comes to all of {} nodes", state.range(0)));
}
BENCHMARK(daemons)->Arg(500)->Arg(5000)->Unit(benchmark::kMillisecond)->Iterations(1);

void copy_world(benchmark::State& state) {
  Simulation simulation = cluster_of(static_cast<int>(state.range(0)));
  bring_up(simulation, static_cast<int>(state.range(1)));
  for (auto _ : state) {
    World copy = simulation.world();
    benchmark::DoNotOptimize(copy);
  }
  state.SetLabel("copy of a world: " + size_of(state));
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
  state.SetLabel("the same, and one Deployment created in the copy: " + size_of(state));
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
  state.SetLabel("who sees a file, the first question: " + size_of(state));
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
  state.SetLabel("the same after a change: " + size_of(state));
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
  state.SetLabel("the graph of one file: " + size_of(state));
}
BENCHMARK(graph_build)
    ->Args({500, 1000})
    ->Args({5000, 10000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);

/// The rows of a table in Markdown; of repeated runs the median.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override {
    fmt::print("One of {} cores of {:.1f} GHz.\n\n| work | measured |\n|---|---|\n",
               context.cpu_info.num_cpus, context.cpu_info.cycles_per_second / 1e9);
    return true;
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const bool aggregate = run.run_type == Run::RT_Aggregate;
      if (run.error_occurred ||
          (aggregate ? run.aggregate_name != "median" : run.repetitions > 1)) {
        continue;
      }
      fmt::print("| {} | {} |\n", run.report_label, measured(run));
    }
    std::fflush(stdout);
  }

 private:
  static std::string measured(const Run& run) {
    const auto counter = [&](const char* name) {
      const auto at = run.counters.find(name);
      return at == run.counters.end() ? 0.0 : at->second.value;
    };
    const double seconds =
        run.GetAdjustedRealTime() / benchmark::GetTimeUnitMultiplier(run.time_unit);
    const double items = counter("items_per_second");
    if (items > 0 && seconds < 1e-6) return fmt::format("{:.1f} M events/s", items / 1e6);
    if (seconds < 1e-5) return fmt::format("{:.1f} µs", seconds * 1e6);
    const std::string time = seconds < 1e-3 ? fmt::format("{:.0f} µs", seconds * 1e6)
                             : seconds < 1  ? fmt::format("{:.1f} ms", seconds * 1e3)
                                            : fmt::format("{:.1f} s", seconds);
    const double memory = counter("peak_MB");
    return memory > 0 ? fmt::format("{}, {:.0f} MB", time, memory) : time;
  }
};

}  // namespace
}  // namespace sim

int main(int argc, char** argv) {
  sim::tune_memory();
  const auto wants_table = [](const char* word) { return std::string_view(word) == "--table"; };
  char** end = std::remove_if(argv, argv + argc, wants_table);
  const bool table = end != argv + argc;
  argc = static_cast<int>(end - argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  sim::TableReporter reporter;
  benchmark::RunSpecifiedBenchmarks(table ? &reporter : nullptr);
  return 0;
}
