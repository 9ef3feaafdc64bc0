#include "sim/world/node_usage.h"

#include <algorithm>

#include "sim/world/heartbeat.h"

namespace sim {
namespace {

// What the main process of any container and its runtime keep in memory.
constexpr std::uint64_t kProcess = 1ULL << 20;

std::uint64_t amount(const Machine& machine, std::string_view resource) {
  if (!machine.registration) return 0;
  const std::int64_t bytes = machine.registration->status.capacity.get(resource).value();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
}

}  // namespace

std::uint64_t disk_capacity(const Machine& machine) { return amount(machine, "ephemeral-storage"); }
std::uint64_t memory_capacity(const Machine& machine) { return amount(machine, "memory"); }

std::uint64_t disk_used_by(const ContainerInstance& instance) {
  return instance.writable.usage().bytes + instance.log.size();
}

std::uint64_t disk_used_by_pod(const World& world, Id sandbox) {
  std::uint64_t bytes = 0;
  for (const Id id : world.store().instances_of(sandbox)) {
    bytes += disk_used_by(*world.get<ContainerInstance>(id));
  }
  for (const Id id : world.store().disks_of(sandbox)) {
    const Disk& disk = *world.get<Disk>(id);
    const bool on_disk = disk.medium == Disk::Medium::NodeDisk ||
                         (disk.medium == Disk::Medium::Projection && !disk.in_memory);
    if (on_disk) bytes += disk.tree.usage().bytes;
  }
  return bytes;
}

std::uint64_t disk_used(const World& world, Id id) {
  const Machine& machine = *world.get<Machine>(id);
  std::uint64_t bytes = machine.other_bytes + machine.host_files.usage().bytes;
  for (const Str& name : machine.images) {
    if (const Image* image = world.settings().images.find(name)) bytes += image->size;
  }
  for (const Id sandbox : world.store().sandboxes_on(id)) {
    bytes += disk_used_by_pod(world, sandbox);
  }
  return bytes;
}

std::uint64_t memory_used_by_pod(const World& world, Id sandbox) {
  std::uint64_t bytes = 0;
  for (const Id id : world.store().instances_of(sandbox)) {
    const auto& instance = *world.get<ContainerInstance>(id);
    if (instance.state == ContainerInstance::State::Running) bytes += kProcess;
  }
  for (const Id id : world.store().disks_of(sandbox)) {
    const Disk& disk = *world.get<Disk>(id);
    if (disk.medium == Disk::Medium::Memory) bytes += disk.tree.usage().bytes;
  }
  return bytes;
}

std::uint64_t memory_used(const World& world, Id id) {
  std::uint64_t bytes = world.get<Machine>(id)->other_memory;
  for (const Id sandbox : world.store().sandboxes_on(id)) {
    bytes += memory_used_by_pod(world, sandbox);
  }
  return bytes;
}

std::uint64_t memory_used_by(const World& world, const Plan& plan,
                             const ContainerInstance& instance) {
  std::uint64_t bytes = kProcess;
  std::vector<Id> counted;
  for (const InstanceMount& mount : instance.mounts) {
    if (mount.disk == 0 || mount.read_only) continue;
    if (std::find(counted.begin(), counted.end(), mount.disk) != counted.end()) continue;
    counted.push_back(mount.disk);
    auto disk = share_as<Disk>(plan.pending({Kind::Disk, mount.disk}));
    if (!disk) disk = world.store().share<Disk>(mount.disk);
    if (disk && disk->medium == Disk::Medium::Memory) bytes += disk->tree.usage().bytes;
  }
  return bytes;
}

Time pressure_beat_at_or_after(const World& world, const Machine& machine, Time time) {
  constexpr Duration kPeriod = seconds(10);
  const std::int64_t phase = (1'700 + 2'300 * std::int64_t{machine.number}) % 10'000;
  return tick_at_or_after(world.settings().start + milliseconds(phase), kPeriod, time);
}

std::string zone_of(const World& world, const Machine& machine) {
  const Node* node = world.find<Node>("", machine.meta.name);
  if (!node) node = machine.registration.get();
  return node ? node->meta.labels.get(kZoneLabel).str() : "";
}

}  // namespace sim
