// `kubectl top`: what pods and nodes use, as metrics-server tells it.
// k8s 1.32 kubectl/pkg/cmd/top, kubectl/pkg/metricsutil
#include <algorithm>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/pod_facts.h"
#include "sim/shell/field_selector.h"
#include "sim/shell/kubectl_work.h"
#include "sim/world/metrics.h"

namespace sim::kubectl {
namespace {

constexpr std::string_view kTopHelp =
    "Display resource (CPU/memory) usage.\n"
    "\n"
    " The top command allows you to see the resource consumption for nodes or pods.\n"
    "\n"
    " This command requires Metrics Server to be correctly configured and working on the server.\n"
    "\n"
    "Available Commands:\n"
    "  node          Display resource (CPU/memory) usage of nodes\n"
    "  pod           Display resource (CPU/memory) usage of pods\n"
    "\n"
    "Usage:\n"
    "  kubectl top [flags] [options]\n"
    "\n"
    "Use \"kubectl top <command> --help\" for more information about a given command.\n"
    "Use \"kubectl options\" for a list of global command-line options (applies to all "
    "commands).\n";

constexpr ColumnStyle kStyle{6, 3, false};
constexpr Duration kPatience = minutes(2);  // k8s: metricsCreationDelay
constexpr std::int64_t kMebibyte = 1 << 20;

std::string cpu_text(std::int64_t milli) { return fmt::format("{}m", milli); }
std::string memory_text(std::int64_t bytes) { return fmt::format("{}Mi", bytes / kMebibyte); }

std::string percent(std::int64_t used, std::int64_t available) {
  if (available <= 0) return "<unknown>";
  return fmt::format("{}%",
                     static_cast<std::int64_t>(static_cast<__int128>(used) * 100 / available));
}

void cell(std::string& row, std::string_view text) { row += fmt::format("{}\t", text); }

/// What is asked about.
struct Asked {
  std::vector<Id> ids;
  bool by_name = false;
};

/// One line of the table of pods, and what it is sorted by.
struct Line {
  Str ns, pod, container;
  Amounts used;
};

/// The highest first, or by name. k8s: NewPodMetricsSorter, NewNodeMetricsSorter
template <class T>
void sort_by(std::vector<T>& lines, const std::string& by) {
  if (by.empty()) return;
  std::stable_sort(lines.begin(), lines.end(), [&](const T& a, const T& b) {
    return by == "cpu" ? a.used.milli_cpu > b.used.milli_cpu : a.used.memory > b.used.memory;
  });
}

Step not_there(std::string_view kind, std::string_view name) {
  ApiError error;
  error.code = 404;
  error.reason = "NotFound";
  error.message = fmt::format("{}.metrics.k8s.io \"{}\" not found", kind, name);
  return fail(error);
}

Step top_pods(Call& call, const Flags& flags, const Asked& asked) {
  const World& world = call.world;
  const bool all = flags.is_on("all-namespaces");
  const bool containers = flags.is_on("containers");
  std::string wrong;
  const auto fields = parse_field_selector(flags.get("field-selector"), &wrong);
  if (!fields) return fail(wrong);
  Meter meter(world);
  std::vector<Line> lines;
  Amounts sum;
  std::vector<const Pod*> silent;
  std::size_t told_pods = 0;
  for (const Id id : asked.ids) {
    const Pod& pod = *world.get<Pod>(id);
    if (!fields->matches(pod)) continue;
    const std::optional<PodUsage> told = meter.of_pod(id);
    if (!told) {
      if (asked.by_name) {
        return not_there("podmetrics", fmt::format("{}/{}", pod.meta.ns, pod.meta.name));
      }
      if (!has_ended(pod)) silent.push_back(&pod);
      continue;
    }
    ++told_pods;
    const Amounts total = told->total();
    sum.milli_cpu += total.milli_cpu;
    sum.memory += total.memory;
    if (!containers) lines.push_back({pod.meta.ns, pod.meta.name, Str(), total});
    for (const ContainerUsage& each :
         containers ? told->containers : std::vector<ContainerUsage>()) {
      lines.push_back({pod.meta.ns, pod.meta.name, each.name, each.usage});
    }
  }
  if (told_pods == 0) {
    if (silent.empty()) {
      Step step;
      warn(step,
           all ? "No resources found\n"
               : fmt::format("No resources found in {} namespace.\n", namespace_of(call, flags)));
      return step;
    }
    for (const Pod* pod : silent) {
      const Duration age = world.now() - pod->meta.creation_timestamp.value_or(world.now());
      if (age <= kPatience) continue;
      return fail(fmt::format("Metrics not available for pod {}/{}, age: {}", pod->meta.ns,
                              pod->meta.name, to_string(age)));
    }
    return fail("metrics not available yet");
  }
  sort_by(lines, flags.get("sort-by"));
  std::string rows;
  const auto add = [&](std::string_view ns, std::string_view pod, std::string_view container,
                       std::string_view cpu, std::string_view memory) {
    if (all) cell(rows, ns);
    cell(rows, pod);
    if (containers) cell(rows, container);
    cell(rows, cpu);
    cell(rows, memory);
    rows += "\n";
  };
  if (!flags.is_on("no-headers")) {
    add("NAMESPACE", containers ? "POD" : "NAME", "NAME", "CPU(cores)", "MEMORY(bytes)");
  }
  for (const Line& line : lines) {
    add(line.ns, line.pod, line.container, cpu_text(line.used.milli_cpu),
        memory_text(line.used.memory));
  }
  if (flags.is_on("sum")) {
    add("", "", "", "________", "________");
    add("", "", "", cpu_text(sum.milli_cpu), memory_text(sum.memory));
  }
  Step step;
  say(step, align(rows, kStyle));
  return step;
}

struct NodeLine {
  const Node* node = nullptr;
  std::optional<Amounts> told;
  Amounts used;  // for sorting
};

Step top_nodes(Call& call, const Flags& flags, const Asked& asked) {
  const World& world = call.world;
  Meter meter(world);
  std::vector<NodeLine> lines;
  bool any = false;
  for (const Id id : asked.ids) {
    NodeLine line;
    line.node = world.get<Node>(id);
    line.told = meter.of_node(id);
    line.used = line.told.value_or(Amounts());
    any = any || line.told;
    if (!line.told && asked.by_name) return not_there("nodemetrics", line.node->meta.name);
    lines.push_back(line);
  }
  if (!any) return fail("metrics not available yet");
  sort_by(lines, flags.get("sort-by"));
  std::string rows;
  if (!flags.is_on("no-headers")) {
    for (const char* head : {"NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"}) {
      cell(rows, head);
    }
    rows += "\n";
  }
  // Those of which nothing is told come last.
  for (const bool told : {true, false}) {
    for (const NodeLine& line : lines) {
      if (line.told.has_value() != told) continue;
      cell(rows, line.node->meta.name);
      const ResourceList& has =
          flags.is_on("show-capacity") ? line.node->status.capacity : line.node->status.allocatable;
      cell(rows, told ? cpu_text(line.used.milli_cpu) : "<unknown>");
      cell(rows, told ? percent(line.used.milli_cpu, has.get("cpu").milli_value()) : "<unknown>");
      cell(rows, told ? memory_text(line.used.memory) : "<unknown>");
      cell(rows, told ? percent(line.used.memory, has.get("memory").value()) : "<unknown>");
      rows += "\n";
    }
  }
  Step step;
  say(step, align(rows, kStyle));
  return step;
}

}  // namespace

Step top(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"all-namespaces,A", "containers",  "field-selector=",
             "no-headers",       "selector,l=", "show-capacity",
             "sort-by=",         "sum",         "use-protocol-buffers"};
  const Flags flags = read_flags(words, set);
  if (flags.args.empty()) {
    Step step;
    warn(step, kTopHelp);
    step.exit = 1;
    return step;
  }
  const std::string& what = flags.args.front();
  const bool pods = what == "pod" || what == "pods" || what == "po";
  if (!pods && what != "node" && what != "nodes" && what != "no") {
    return usage_error("top", fmt::format("unknown command \"{}\"", what));
  }
  const std::string_view verb = pods ? "top pod" : "top node";
  if (!flags.error.empty()) return flag_error(verb, flags.error);
  const std::string by = flags.get("sort-by");
  if (!by.empty() && by != "cpu" && by != "memory") {
    return fail("--sort-by accepts only cpu or memory");
  }
  if (flags.args.size() > 2) {
    return usage_error(verb, fmt::format("unexpected arguments: [{}]",
                                         fmt::join(flags.args.begin() + 2, flags.args.end(), " ")));
  }
  if (flags.args.size() == 2 && !flags.get("selector").empty()) {
    return fail("only one of NAME or --selector can be provided");
  }
  if (!has_metrics_server(call.world)) return fail("Metrics API not available");
  const Kind kind = pods ? Kind::Pod : Kind::Node;
  const bool everywhere = !pods || flags.is_on("all-namespaces");
  const std::string ns = everywhere ? "" : namespace_of(call, flags);
  Asked asked;
  if (flags.args.size() == 2) {
    const std::string& name = flags.args.back();
    const Id id = call.world.store().find(kind, ns, name);
    if (id == 0) {
      return pods ? not_there("podmetrics", fmt::format("{}/{}", ns, name))
                  : not_there("nodemetrics", name);
    }
    asked.ids = {id};
    asked.by_name = true;
  } else {
    std::string wrong;
    const auto selector = parse_selector(flags.get("selector"), &wrong);
    if (!selector) return fail(wrong);
    for (const Id id : call.world.store().list(kind, ns)) {
      if (selector->matches(call.world.store().get({kind, id})->meta.labels)) {
        asked.ids.push_back(id);
      }
    }
  }
  return pods ? top_pods(call, flags, asked) : top_nodes(call, flags, asked);
}

}  // namespace sim::kubectl
