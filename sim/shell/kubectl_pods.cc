#include "sim/shell/kubectl_pods.h"

#include <algorithm>
#include <tuple>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {
namespace {

constexpr std::string_view kDefaultContainer = "kubectl.kubernetes.io/default-container";

/// When a pod became ready; empty when it is not.
std::optional<Time> ready_since(const Pod& pod) {
  for (const PodCondition& condition : pod.status.conditions) {
    if (condition.type == "Ready" && condition.status == "True") {
      return condition.last_transition_time.value_or(Time{}).whole_seconds();
    }
  }
  return std::nullopt;
}

struct Restarts {
  std::int32_t containers = 0;
  std::int32_t sidecars = 0;
};

Restarts most_restarts(const Pod& pod) {
  Restarts most;
  for (const ContainerStatus& status : pod.status.container_statuses) {
    most.containers = std::max(most.containers, status.restart_count);
  }
  for (const Container& container : pod.spec->init_containers) {
    if (container.restart_policy != Str("Always")) continue;
    for (const ContainerStatus& status : pod.status.init_container_statuses) {
      if (status.name == container.name) {
        most.sidecars = std::max(most.sidecars, status.restart_count);
      }
    }
  }
  return most;
}

Time created(const Pod& pod) {
  return pod.meta.creation_timestamp.value_or(kNever).whole_seconds();
}

/// Smaller is better. k8s 1.32 kubectl/pkg/util/podutils: ActivePods, reversed
bool better_to_attach(const Pod* a, const Pod* b) {
  const auto rank = [](const Pod& pod) {
    const Str& phase = pod.status.phase;
    const std::optional<Time> ready = ready_since(pod);
    const Restarts restarts = most_restarts(pod);
    // The later a pod goes, the better.
    const std::int64_t goes =
        pod.meta.deletion_timestamp ? -pod.meta.deletion_timestamp->whole_seconds().ns : 0;
    return std::tuple(pod.node_name.empty(),
                      phase == "Running"   ? 0
                      : phase == "Unknown" ? 1
                                           : 2,
                      !ready, pod.meta.deletion_timestamp.has_value(), goes,
                      ready.value_or(Time{}).ns, restarts.containers, restarts.sidecars,
                      created(pod).ns);
  };
  return rank(*a) < rank(*b);
}

/// k8s 1.32 kubectl/pkg/util/podutils: ByLogging
bool better_to_read(const Pod* a, const Pod* b) {
  const auto rank = [](const Pod& pod) {
    const Str& phase = pod.status.phase;
    const std::optional<Time> ready = ready_since(pod);
    const Restarts restarts = most_restarts(pod);
    return std::tuple(pod.node_name.empty(),
                      phase == "Pending"   ? 2
                      : phase == "Unknown" ? 1
                                           : 0,
                      !ready, ready.value_or(Time{}).ns, -restarts.containers, -restarts.sidecars,
                      created(pod).ns);
  };
  return rank(*a) < rank(*b);
}

const LabelSelector* selector_of(const Object& object) {
  if (const auto* deployment = as<Deployment>(&object)) {
    return deployment->spec.selector ? &*deployment->spec.selector : nullptr;
  }
  if (const auto* set = as<ReplicaSet>(&object)) {
    return set->spec.selector ? &*set->spec.selector : nullptr;
  }
  if (const auto* set = as<StatefulSet>(&object)) {
    return set->spec.selector ? &*set->spec.selector : nullptr;
  }
  if (const auto* set = as<DaemonSet>(&object)) {
    return set->spec.selector ? &*set->spec.selector : nullptr;
  }
  if (const auto* job = as<Job>(&object)) {
    return job->spec.selector ? &*job->spec.selector : nullptr;
  }
  return nullptr;
}

/// k8s 1.32 kubectl/pkg/polymorphichelpers: SelectorsForObject
bool has_pods(Kind kind) {
  return kind == Kind::Deployment || kind == Kind::ReplicaSet || kind == Kind::StatefulSet ||
         kind == Kind::DaemonSet || kind == Kind::Job;
}

}  // namespace

PodChoice choose_pods(const Call& call, const Flags& flags, const std::string& word, PodUse use) {
  PodChoice choice;
  std::vector<std::string> words;
  if (!word.empty()) {
    words = word.find('/') != std::string::npos ? std::vector<std::string>{word}
                                                : std::vector<std::string>{"pods", word};
  }
  Flags own = flags;
  for (const char* name : {"selector", "all"}) own.values.erase(name);
  // For logs, -f is no file.
  if (use == PodUse::Logs) own.values.erase("filename");
  const Targets targets = find_targets(call, own, words);
  choice.error = targets.error;
  choice.missing = targets.missing;
  if (!choice.error.empty() || targets.refs.empty()) return choice;

  const Ref ref = targets.refs.front();
  const Object& object = *call.world.store().get(ref);
  if (ref.kind == Kind::Pod) {
    choice.is_pod = true;
    choice.pods = {ref.id};
    return choice;
  }
  if (!has_pods(ref.kind)) {
    choice.error =
        fmt::format("cannot {0} *v1.{1}: selector for *v1.{1} not implemented",
                    use == PodUse::Attach ? "attach to" : "get the logs from", info(ref.kind).name);
    return choice;
  }
  std::vector<std::pair<const Pod*, Id>> ids;
  for (const Id id : call.world.store().list(Kind::Pod, object.meta.ns)) {
    const Pod* pod = call.world.get<Pod>(id);
    if (matches(selector_of(object), pod->meta.labels)) ids.emplace_back(pod, id);
  }
  const auto better = use == PodUse::Attach ? better_to_attach : better_to_read;
  std::stable_sort(ids.begin(), ids.end(),
                   [&](const auto& a, const auto& b) { return better(a.first, b.first); });
  for (const auto& [pod, id] : ids) choice.pods.push_back(id);
  return choice;
}

std::string container_names(const Pod& pod) {
  std::vector<std::string> names;
  for (const Container& container : pod.spec->containers) names.push_back(container.name.str());
  for (const EphemeralContainer& container : pod.spec->ephemeral_containers) {
    names.push_back(fmt::format("{} (ephem)", container.ephemeral_container_common.name));
  }
  for (const Container& container : pod.spec->init_containers) {
    names.push_back(fmt::format("{} (init)", container.name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

bool has_container(const Pod& pod, std::string_view name) {
  const auto named = [&](const Container& container) { return container.name == name; };
  const PodSpec& spec = *pod.spec;
  return std::any_of(spec.containers.begin(), spec.containers.end(), named) ||
         std::any_of(spec.init_containers.begin(), spec.init_containers.end(), named) ||
         std::any_of(spec.ephemeral_containers.begin(), spec.ephemeral_containers.end(),
                     [&](const EphemeralContainer& container) {
                       return container.ephemeral_container_common.name == name;
                     });
}

std::string default_container(const Pod& pod, PodUse use, bool quiet, Step& step) {
  const Str preset = pod.meta.annotations.get(kDefaultContainer);
  if (!preset.empty()) {
    if (has_container(pod, preset)) return preset.str();
    if (use == PodUse::Logs) {
      warn(step, fmt::format("Default container name \"{}\" not found in pod {}\n", preset,
                             pod.meta.name));
    }
  }
  const PodSpec& spec = *pod.spec;
  if (spec.containers.empty()) return "";
  const std::string name = spec.containers.front().name.str();
  const bool others = spec.containers.size() > 1 || !spec.init_containers.empty() ||
                      !spec.ephemeral_containers.empty();
  if (others && !quiet) {
    warn(step, fmt::format("Defaulted container \"{}\" out of: {}\n", name, container_names(pod)));
  }
  return name;
}

std::string kubelet_error(const World& world, const Pod& pod, std::string* address) {
  std::string host = pod.node_name.str();
  if (const Node* node = world.find<Node>("", pod.node_name)) {
    for (const NodeAddress& known : node->status.addresses) {
      if (known.type == "InternalIP") host = known.address.str();
    }
  }
  *address = fmt::format("{}:10250", host);
  const Machine* machine = world.find<Machine>("", pod.node_name);
  if (machine && machine->powered && machine->reachable && !machine->booting_until) return "";
  return fmt::format("dial tcp {}: connect: no route to host", *address);
}

}  // namespace sim::kubectl
