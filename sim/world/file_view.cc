#include "sim/world/file_view.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"

namespace sim {
namespace {

// Names of VolumeViews, from which put_back() knows whose tree it is.
std::string disk_name(Id disk) { return fmt::format("disk/{}", disk); }
constexpr std::string_view kHost = "host";

std::shared_ptr<const std::vector<Tree>> layers_of(const World& world, const Str& image) {
  static const auto none = std::make_shared<const std::vector<Tree>>();
  const Image* known = world.settings().images.find(image);
  return known && known->layers ? known->layers : none;
}

int volume_index(FileSystem& files, const VolumeView& wanted) {
  for (std::size_t i = 0; i < files.volumes.size(); ++i) {
    if (files.volumes[i].name == wanted.name) return static_cast<int>(i);
  }
  files.volumes.push_back(wanted);
  return static_cast<int>(files.volumes.size()) - 1;
}

Mount mount_of(const World& world, FileSystem& files, const ContainerInstance& instance,
               const InstanceMount& wanted) {
  Mount mount;
  mount.at = wanted.at;
  mount.sub_path = wanted.sub_path;
  mount.read_only = wanted.read_only;
  VolumeView view;
  if (wanted.disk == 0) {  // a directory of the node itself
    view.name = kHost;
    view.tree = world.get<Machine>(instance.machine)->host_files;
    mount.source = "/dev/vda1";
    mount.fs_type = "ext4";
  } else {
    const Disk& disk = *world.get<Disk>(wanted.disk);
    view.name = disk_name(wanted.disk);
    view.tree = disk.tree;
    view.capacity = disk.capacity;
    view.read_only = disk.read_only;
    const bool on_disk = disk.medium == Disk::Medium::NodeDisk;
    mount.source = on_disk ? "/dev/vda1" : "tmpfs";
    mount.fs_type = on_disk ? "ext4" : "tmpfs";
  }
  mount.volume = volume_index(files, view);
  return mount;
}

/// A row to change: as the plan leaves it so far, or as it is stored.
template <class T>
std::shared_ptr<T> editable(const World& world, const Plan& plan, Id id) {
  if (const auto pending = share_as<T>(plan.pending({T::kKind, id}))) {
    return std::make_shared<T>(*pending);
  }
  return std::make_shared<T>(*world.get<T>(id));
}

}  // namespace

FileSystem file_system_of(const World& world, Id id) {
  const ContainerInstance& instance = *world.get<ContainerInstance>(id);
  FileSystem files;
  files.root.image = layers_of(world, instance.image);
  files.root.writable = instance.writable;
  files.read_only_root = instance.read_only_root;
  for (const InstanceMount& wanted : instance.mounts) {
    files.mounts.push_back(mount_of(world, files, instance, wanted));
  }
  return files;
}

void put_back(const World& world, Plan& plan, Id id, const FileSystem& changed, Str why) {
  const ContainerInstance& instance = *world.get<ContainerInstance>(id);
  if (changed.root.writable.root() != instance.writable.root()) {
    auto next = editable<ContainerInstance>(world, plan, id);
    next->writable = changed.root.writable;
    plan.update({Kind::ContainerInstance, id}, std::move(next), why);
  }
  for (const VolumeView& volume : changed.volumes) {
    if (volume.name == kHost) {
      const Machine& machine = *world.get<Machine>(instance.machine);
      if (volume.tree.root() == machine.host_files.root()) continue;
      auto next = editable<Machine>(world, plan, instance.machine);
      next->host_files = volume.tree;
      plan.update({Kind::Machine, instance.machine}, std::move(next), why);
      continue;
    }
    for (const InstanceMount& mount : instance.mounts) {
      if (mount.disk == 0 || volume.name != disk_name(mount.disk)) continue;
      if (volume.tree.root() != world.get<Disk>(mount.disk)->tree.root()) {
        auto next = editable<Disk>(world, plan, mount.disk);
        next->tree = volume.tree;
        plan.update({Kind::Disk, mount.disk}, std::move(next), why);
      }
      break;  // several mounts of one volume are one tree
    }
  }
}

Id running_instance(const World& world, Id pod_id, std::string_view container) {
  const Id sandbox_id = world.store().sandbox_of(pod_id);
  const PodSandbox* sandbox = world.get<PodSandbox>(sandbox_id);
  const Pod* pod = world.get<Pod>(pod_id);
  if (!sandbox) return 0;
  std::string name(container);
  if (name.empty() && pod) {
    name = pod->meta.annotations.get("kubectl.kubernetes.io/default-container").str();
    if (name.empty() && !pod->spec->containers.empty()) name = pod->spec->containers[0].name.str();
  }
  const auto running = [&](const std::vector<ContainerRecord>& records) -> Id {
    for (const ContainerRecord& record : records) {
      if (record.name != name || record.instance == 0) continue;
      const ContainerInstance* instance = world.get<ContainerInstance>(record.instance);
      if (instance && instance->state == ContainerInstance::State::Running) return record.instance;
    }
    return 0;
  };
  const Id found = running(sandbox->containers);
  return found != 0 ? found : running(sandbox->init_containers);
}

}  // namespace sim
