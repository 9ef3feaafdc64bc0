#include "sim/controllers/kubelet/pressure.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/pod_facts.h"
#include "sim/world/api.h"
#include "sim/world/eviction.h"
#include "sim/world/heartbeat.h"
#include "sim/world/node_usage.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet/eviction: DefaultEvictionHard; evictionPressureTransitionPeriod
constexpr std::uint64_t kMemoryThreshold = 100ULL << 20;
constexpr std::uint64_t kNodeFsPercent = 10;
constexpr std::uint64_t kImageFsPercent = 15;
constexpr Duration kTransition = minutes(5);
// k8s 1.30 pkg/kubelet: ImageGCPeriod, imageGCHighThresholdPercent, imageGCLowThresholdPercent
constexpr Duration kImageGc = minutes(5);
constexpr std::uint64_t kHighPercent = 85;
constexpr std::uint64_t kLowPercent = 80;

struct Signal {
  std::string_view resource;
  std::uint64_t capacity = 0;
  std::uint64_t available = 0;
  std::uint64_t threshold = 0;  // it is met below this
  bool met() const { return capacity != 0 && available < threshold; }
};

std::uint64_t room(std::uint64_t capacity, std::uint64_t used) {
  return capacity > used ? capacity - used : 0;
}

/// Images and containers lie on the same file system: the threshold for images is the first that
/// is met, and the one for the rest is told once it is met as well.
Signal disk_signal(const World& world, Id id) {
  Signal signal;
  signal.resource = "ephemeral-storage";
  signal.capacity = disk_capacity(*world.get<Machine>(id));
  signal.available = room(signal.capacity, disk_used(world, id));
  const std::uint64_t hard = signal.capacity / 100 * kNodeFsPercent;
  signal.threshold = signal.available < hard ? hard : signal.capacity / 100 * kImageFsPercent;
  return signal;
}

Signal memory_signal(const World& world, Id id) {
  Signal signal;
  signal.resource = "memory";
  signal.capacity = memory_capacity(*world.get<Machine>(id));
  signal.available = room(signal.capacity, memory_used(world, id));
  signal.threshold = kMemoryThreshold;
  return signal;
}

std::string bytes_text(std::uint64_t bytes) {
  return Quantity::of(static_cast<std::int64_t>(bytes), Quantity::Format::BinarySI).text();
}

std::uint64_t requested(const ResourceList& amounts, std::string_view resource) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(amounts.get(resource).value(), 0));
}

/// One look of one kubelet's eviction manager.
class Manager {
 public:
  Manager(const World& world, Id id, const Machine& machine)
      : world_(world), ref_{Kind::Machine, id}, machine_(machine), next_(machine) {}

  Plan take();

 private:
  void observe(std::optional<Time>& short_of, bool met);
  std::uint64_t remove_images(std::uint64_t wanted);
  void collect_images(const Signal& disk);
  void evict_for(const Signal& signal);
  std::string message(const Signal& signal, Id sandbox, const Pod& pod) const;
  void node_event(std::string_view reason, std::string message);
  void look_again(Time when) { plan_.wake(when, Actor::NodePressure, ref_, true); }

  const World& world_;
  const Ref ref_;
  const Machine& machine_;
  Machine next_;
  Plan plan_;
};

void Manager::node_event(std::string_view reason, std::string text) {
  const Id node = world_.store().find(Kind::Node, "", machine_.meta.name);
  if (node == 0 || !machine_.reachable) return;
  note_event(plan_, {Kind::Node, node}, "kubelet", "Warning", reason, text, machine_.meta.name);
}

/// Pressure is told from the first look that finds the threshold met until five minutes after the
/// last one that did.
void Manager::observe(std::optional<Time>& short_of, bool met) {
  const Time now = world_.now();
  if (met) {
    short_of = kNever;
    look_again(pressure_beat_at_or_after(world_, machine_, now + Duration{1}));
  } else if (short_of) {
    if (*short_of == kNever) short_of = now;
    const Time over = pressure_beat_at_or_after(world_, machine_, *short_of + kTransition);
    if (now >= over) {
      short_of.reset();
    } else {
      look_again(over);
    }
  }
}

/// Removes images that no container uses until so many bytes are free; answers how many are.
std::uint64_t Manager::remove_images(std::uint64_t wanted) {
  std::vector<Str> used;
  for (const Id sandbox_id : world_.store().sandboxes_on(ref_.id)) {
    for (const Id id : world_.store().instances_of(sandbox_id)) {
      used.push_back(world_.get<ContainerInstance>(id)->image);
    }
    // One that is being pulled is wanted.
    const PodSandbox& sandbox = *world_.get<PodSandbox>(sandbox_id);
    for (const auto* records : {&sandbox.containers, &sandbox.init_containers}) {
      for (const ContainerRecord& record : *records) {
        if (!record.pull_image.empty() && record.instance == 0) {
          used.push_back(Str(normal_image_name(record.pull_image)));
        }
      }
    }
  }
  std::uint64_t freed = 0;
  std::erase_if(next_.images, [&](const Str& name) {
    if (freed >= wanted || std::find(used.begin(), used.end(), name) != used.end()) return false;
    const Image* image = world_.settings().images.find(name);
    freed += image ? image->size : 0;
    return true;
  });
  return freed;
}

/// k8s 1.30 pkg/kubelet/images: GarbageCollect
void Manager::collect_images(const Signal& disk) {
  const std::uint64_t used = disk.capacity - std::min(disk.capacity, disk.available);
  if (disk.capacity == 0 || used < disk.capacity / 100 * kHighPercent) return;
  // Its rounds begin at looks of the manager: every thirtieth.
  const Time start = world_.settings().start;
  const std::int64_t rounds = (world_.now() - start).ns / kImageGc.ns;
  const Time round = pressure_beat_at_or_after(world_, machine_, start + kImageGc * rounds);
  if (world_.now() != round) {
    look_again(pressure_beat_at_or_after(world_, machine_, start + kImageGc * (rounds + 1)));
    return;
  }
  const std::uint64_t wanted = used - disk.capacity / 100 * kLowPercent;
  const std::uint64_t freed = remove_images(wanted);
  if (freed >= wanted) return;
  node_event("FreeDiskSpaceFailed",
             fmt::format("Failed to garbage collect required amount of images. Attempted to free "
                         "{} bytes, but only found {} bytes eligible to free.",
                         wanted, freed));
}

/// k8s 1.30 pkg/kubelet/eviction: evictionMessage
std::string Manager::message(const Signal& signal, Id sandbox_id, const Pod& pod) const {
  std::string text = fmt::format(
      "The node was low on resource: {}. Threshold quantity: {}, available: {}. ", signal.resource,
      bytes_text(signal.threshold), fmt::format("{}Ki", signal.available >> 10));
  for (const Id id : world_.store().instances_of(sandbox_id)) {
    const auto& instance = *world_.get<ContainerInstance>(id);
    if (instance.state != ContainerInstance::State::Running) continue;
    const bool disk = signal.resource != "memory";
    const std::uint64_t used =
        disk ? disk_used_by(instance) : memory_used_by(world_, Plan(), instance);
    for (const Container& container : pod.spec->containers) {
      if (container.name != instance.meta.name) continue;
      const Quantity* request = container.resources.requests.find(signal.resource);
      if (used <= requested(container.resources.requests, signal.resource)) continue;
      text +=
          fmt::format("Container {} was using {}, request is {}, has larger consumption of {}. ",
                      container.name, fmt::format("{}Ki", used >> 10),
                      request ? request->text() : "0", signal.resource);
    }
  }
  return text;
}

/// Ends the pod that is the first in line. k8s 1.30 pkg/kubelet/eviction: rankMemoryPressure,
/// rankDiskPressureFunc
void Manager::evict_for(const Signal& signal) {
  const bool disk = signal.resource != "memory";
  node_event("EvictionThresholdMet", fmt::format("Attempting to reclaim {}", signal.resource));
  // More than it asked for; then the lower priority; then by how much more; then the newer one.
  using Rank = std::tuple<bool, std::int64_t, std::int64_t, Id>;
  std::optional<Rank> first;
  Id chosen = 0;
  for (const Id id : world_.store().sandboxes_on(ref_.id)) {
    const PodSandbox& sandbox = *world_.get<PodSandbox>(id);
    const Pod* pod = sandbox.known ? sandbox.known.get() : world_.get<Pod>(sandbox.pod);
    if (!pod || has_ended(*pod) || !sandbox.reason.empty() || is_critical(*pod)) continue;
    std::uint64_t request = 0;
    for (const Container& container : pod->spec->containers) {
      request += requested(container.resources.requests, signal.resource);
    }
    const std::uint64_t used = disk ? disk_used_by_pod(world_, id) : memory_used_by_pod(world_, id);
    const Rank rank{used > request, -static_cast<std::int64_t>(pod->spec->priority.value_or(0)),
                    static_cast<std::int64_t>(used) - static_cast<std::int64_t>(request), id};
    if (!first || rank > *first) {
      first = rank;
      chosen = id;
    }
  }
  if (chosen == 0) return;
  auto sandbox = std::make_shared<PodSandbox>(*world_.get<PodSandbox>(chosen));
  const Id pod_id = sandbox->pod;
  const Pod& pod = sandbox->known ? *sandbox->known : *world_.get<Pod>(pod_id);
  const std::string text = message(signal, chosen, pod);
  sandbox->reason = "Evicted";
  sandbox->message = Str(text);
  plan_.update({Kind::PodSandbox, chosen}, std::move(sandbox), "the pod was evicted");
  plan_.wake(world_.now(), Actor::Kubelet, {Kind::Pod, pod_id});
  if (!machine_.reachable) return;
  note_event(plan_, {Kind::Pod, pod_id}, "kubelet", "Warning", "Evicted", text, machine_.meta.name);
  mark_disrupted(world_, plan_, pod_id, "TerminationByKubelet", text);
}

Plan Manager::take() {
  const Signal memory = memory_signal(world_, ref_.id);
  Signal disk = disk_signal(world_, ref_.id);
  collect_images(disk);
  observe(next_.short_of_memory, memory.met());
  observe(next_.short_of_disk, disk.met());
  if (disk.met()) {
    disk.available += remove_images(UINT64_MAX);
    if (!disk.met()) look_again(pressure_beat_at_or_after(world_, machine_, world_.now()));
  }
  // One pod at a time; memory comes first. k8s 1.30 pkg/kubelet/eviction: byEvictionPriority
  if (memory.met()) {
    evict_for(memory);
  } else if (disk.met()) {
    evict_for(disk);
  }
  const bool told = next_.short_of_memory.has_value() != machine_.short_of_memory.has_value() ||
                    next_.short_of_disk.has_value() != machine_.short_of_disk.has_value();
  if (next_.short_of_memory != machine_.short_of_memory ||
      next_.short_of_disk != machine_.short_of_disk || next_.images != machine_.images) {
    plan_.update(ref_, std::make_shared<Machine>(next_), "its eviction manager looked around");
  }
  if (told) {
    plan_.wake(report_at_or_after(world_, machine_, world_.now() + Duration{1}), Actor::NodeStatus,
               ref_);
  }
  return std::move(plan_);
}

}  // namespace

Plan watch_pressure(const World& world, Id id) {
  const Machine* machine = world.get<Machine>(id);
  if (!machine || !machine->powered || machine->booting_until) return {};
  const Time beat = pressure_beat_at_or_after(world, *machine, world.now());
  if (world.now() < beat) {
    Plan plan;
    plan.wake(beat, Actor::NodePressure, {Kind::Machine, id}, true);
    return plan;
  }
  return Manager(world, id, *machine).take();
}

}  // namespace sim::kubelet
