#include "sim/world/file_view.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/world/node_usage.h"

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

/// k8s 1.30 pkg/kubelet: managedHostsFileContent
std::string hosts_text(const PodSpec& spec, const PodSandbox& sandbox) {
  std::string text =
      "# Kubernetes-managed hosts file.\n"
      "127.0.0.1\tlocalhost\n"
      "::1\tlocalhost ip6-localhost ip6-loopback\n"
      "fe00::0\tip6-localnet\n"
      "fe00::0\tip6-mcastprefix\n"
      "fe00::1\tip6-allnodes\n"
      "fe00::2\tip6-allrouters\n";
  const Str& name = spec.hostname.empty() ? sandbox.meta.name : spec.hostname;
  text += spec.subdomain.empty() ? fmt::format("{}\t{}\n", sandbox.ip, name)
                                 : fmt::format("{0}\t{1}.{2}.{3}.svc.cluster.local\t{1}\n",
                                               sandbox.ip, name, spec.subdomain, sandbox.meta.ns);
  if (!spec.host_aliases.empty()) text += "\n# Entries added by HostAliases.\n";
  for (const HostAlias& alias : spec.host_aliases) {
    text += fmt::format("{}\t{}\n", alias.ip, fmt::join(alias.hostnames, "\t"));
  }
  return text;
}

/// The files that kubelet and runtime give every container beside its volumes. They hide those of
/// the image, and changes of them are the container's own.
Tree given_files(const World& world, const ContainerInstance& instance) {
  Tree tree;
  const Pod* pod = world.get<Pod>(instance.pod);
  const PodSandbox* sandbox = world.get<PodSandbox>(instance.sandbox);
  if (!pod || !sandbox) return tree;
  const PodSpec& spec = *pod->spec;
  const Time made = instance.created_at.value_or(world.now());
  for (const auto* containers : {&spec.containers, &spec.init_containers}) {
    for (const Container& container : *containers) {
      if (container.name != instance.meta.name) continue;
      const Path log = parse_path(container.termination_message_path);
      if (!log.empty()) tree.put(log, make_file("", made, 0666));
    }
  }
  if (spec.host_network) return tree;
  const Str etc("etc");
  tree.put(
      {etc, Str("hostname")},
      make_file(fmt::format("{}\n", spec.hostname.empty() ? sandbox->meta.name : spec.hostname),
                made));
  tree.put({etc, Str("hosts")}, make_file(hosts_text(spec, *sandbox), made));
  if (spec.dns_policy == "ClusterFirst") {
    tree.put({etc, Str("resolv.conf")},
             make_file(fmt::format("search {}.svc.cluster.local svc.cluster.local cluster.local\n"
                                   "nameserver 10.96.0.10\noptions ndots:5\n",
                                   sandbox->meta.ns),
                       made));
  }
  return tree;
}

int volume_index(FileSystem& files, const VolumeView& wanted) {
  for (std::size_t i = 0; i < files.volumes.size(); ++i) {
    if (files.volumes[i].name == wanted.name) return static_cast<int>(i);
  }
  files.volumes.push_back(wanted);
  return static_cast<int>(files.volumes.size()) - 1;
}

/// A row as the plan leaves it so far, or as it is stored.
template <class T>
std::shared_ptr<const T> row_of(const World& world, const Plan& plan, Id id) {
  if (auto pending = share_as<T>(plan.pending({T::kKind, id}))) return pending;
  return world.store().share<T>(id);
}

/// Whether a volume that must be attached was taken from its node while it is mounted there: by
/// force, because nobody heard the node. Nothing can be read from it or written to it any more.
bool is_taken_away(const World& world, const Plan& plan, const ContainerInstance& instance,
                   Id disk) {
  const auto sandbox = row_of<PodSandbox>(world, plan, instance.sandbox);
  const auto machine = row_of<Machine>(world, plan, instance.machine);
  if (!sandbox || !machine) return false;
  for (const MountedVolume& volume : sandbox->volumes) {
    if (volume.disk != disk || volume.device.empty()) continue;
    for (const Id id : world.store().attachments_of(volume.volume)) {
      const auto& attachment = *world.get<VolumeAttachment>(id);
      if (attachment.spec.node_name == machine->meta.name && attachment.status.attached) {
        return false;
      }
    }
    return true;
  }
  return false;
}

/// The end of a volume that does not lie on the node's disk and has none of its own.
std::uint64_t end_elsewhere(const World& world, const Plan& plan, const ContainerInstance& instance,
                            const InstanceMount& wanted, const Disk& disk) {
  constexpr std::uint64_t kEndless = UINT64_MAX;
  if (wanted.face) return wanted.face->shown_size != 0 ? wanted.face->shown_size : kEndless;
  if (disk.medium != Disk::Medium::Memory) return 0;
  return memory_capacity(*row_of<Machine>(world, plan, instance.machine));
}

Mount mount_of(const World& world, const Plan& plan, FileSystem& files,
               const ContainerInstance& instance, const InstanceMount& wanted) {
  Mount mount;
  mount.at = wanted.at;
  mount.sub_path = wanted.sub_path;
  mount.read_only = wanted.read_only;
  mount.device = wanted.device;
  VolumeView view;
  if (wanted.disk == 0) {  // a directory of the node itself
    view.name = kHost;
    view.tree = row_of<Machine>(world, plan, instance.machine)->host_files;
    mount.source = "/dev/vda1";
    mount.fs_type = "ext4";
  } else {
    // A volume that was deleted under its mount has nothing in it any more.
    static const Disk gone = [] {
      Disk empty;
      empty.read_only = true;
      return empty;
    }();
    const auto row = row_of<Disk>(world, plan, wanted.disk);
    const Disk& disk = row ? *row : gone;
    view.name = disk_name(wanted.disk);
    view.tree = disk.tree;
    view.capacity = disk.capacity;
    view.read_only = disk.read_only;
    if (view.capacity == 0) view.capacity = end_elsewhere(world, plan, instance, wanted, disk);
    view.lost = wanted.face && is_taken_away(world, plan, instance, wanted.disk);
    const bool on_disk = disk.medium == Disk::Medium::NodeDisk ||
                         (disk.medium == Disk::Medium::Projection && !disk.in_memory);
    mount.source = on_disk ? "/dev/vda1" : "tmpfs";
    mount.fs_type = on_disk ? "ext4" : "tmpfs";
  }
  if (wanted.face) {
    mount.source = wanted.face->source;
    mount.fs_type = wanted.face->fs_type;
    mount.options = wanted.face->options;
    mount.shown_size = wanted.face->shown_size;
    mount.rules = wanted.face->rules;
  }
  mount.volume = volume_index(files, view);
  return mount;
}

/// A row to change.
template <class T>
std::shared_ptr<T> editable(const World& world, const Plan& plan, Id id) {
  return std::make_shared<T>(*row_of<T>(world, plan, id));
}

}  // namespace

FileSystem file_system_of(const World& world, Id id) {
  return file_system_of(world, *world.get<ContainerInstance>(id), Plan());
}

FileSystem file_system_of(const World& world, const ContainerInstance& instance, const Plan& plan) {
  FileSystem files;
  std::vector<Tree> layers = *layers_of(world, instance.image);
  layers.push_back(given_files(world, instance));
  files.root.image = std::make_shared<const std::vector<Tree>>(std::move(layers));
  files.root.writable = instance.writable;
  files.read_only_root = instance.read_only_root;
  files.uid = instance.user;
  files.gid = instance.group;
  files.groups = instance.groups;
  for (const InstanceMount& wanted : instance.mounts) {
    files.mounts.push_back(mount_of(world, plan, files, instance, wanted));
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
      const Disk* disk = world.get<Disk>(mount.disk);
      if (disk && volume.tree.root() != disk->tree.root()) {
        auto next = editable<Disk>(world, plan, mount.disk);
        next->tree = volume.tree;
        plan.update({Kind::Disk, mount.disk}, std::move(next), why);
      }
      break;  // several mounts of one volume are one tree
    }
  }
}

Id shared_host_files(const World& world) {
  return world.store().find(Kind::Disk, "", kSharedHostFiles);
}

Tree host_files_of(const World& world, const Plan& plan, Id machine) {
  const Id shared = shared_host_files(world);
  return shared != 0 ? row_of<Disk>(world, plan, shared)->tree
                     : row_of<Machine>(world, plan, machine)->host_files;
}

void put_host_files(const World& world, Plan& plan, Id machine, Tree files, Str why) {
  if (const Id shared = shared_host_files(world)) {
    auto next = editable<Disk>(world, plan, shared);
    next->tree = std::move(files);
    plan.update({Kind::Disk, shared}, std::move(next), std::move(why));
    return;
  }
  auto next = editable<Machine>(world, plan, machine);
  next->host_files = std::move(files);
  plan.update({Kind::Machine, machine}, std::move(next), std::move(why));
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
