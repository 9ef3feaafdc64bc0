#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/drivers.h"
#include "sim/world/file_view.h"

namespace sim::kubelet {
namespace {

constexpr int kMostLinks = 40;

/// Follows the symlinks of a path inside a volume; false: it leads out of it.
bool resolve(const Tree& tree, const Path& path, Path& out, int links = 0) {
  out.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == "..") {
      if (out.empty()) return false;
      out.pop_back();
      continue;
    }
    out.push_back(path[i]);
    const EntryPtr entry = tree.find(out);
    if (!entry || entry->type != FileType::Symlink) continue;
    if (links >= kMostLinks || (!entry->target.empty() && entry->target.view()[0] == '/')) {
      return false;
    }
    out.pop_back();
    // ".." keeps its meaning until the link before it is followed.
    Path rest = out;
    std::string_view target = entry->target;
    while (!target.empty()) {
      const std::size_t slash = std::min(target.find('/'), target.size());
      if (slash != 0 && target.substr(0, slash) != ".") rest.emplace_back(target.substr(0, slash));
      target.remove_prefix(std::min(slash + 1, target.size()));
    }
    rest.insert(rest.end(), path.begin() + static_cast<std::ptrdiff_t>(i) + 1, path.end());
    return resolve(tree, rest, out, links + 1);
  }
  return true;
}

Tree tree_of(const Worker& worker, const InstanceMount& mount) {
  return mount.disk == 0 ? worker.machine_copy()->host_files : worker.disk(mount.disk)->tree;
}

/// Makes a directory and those above it that are missing, all with the same mode.
/// k8s 1.30 pkg/volume/util/subpath: doSafeMakeDir
void make_directory_in(Worker& worker, const InstanceMount& mount, const Path& path,
                       std::uint16_t mode) {
  const auto make = [&](Tree& tree) {
    for (std::size_t depth = 1; depth <= path.size(); ++depth) {
      const Path part(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
      if (!tree.find(part)) tree.put(part, make_directory(worker.now(), mode));
    }
  };
  if (mount.disk == 0) {
    auto next = worker.machine_copy();
    make(next->host_files);
    worker.plan.update({Kind::Machine, worker.machine_id}, std::move(next), "a directory was made");
    return;
  }
  auto next = std::make_shared<Disk>(*worker.disk(mount.disk));
  make(next->tree);
  worker.plan.update({Kind::Disk, mount.disk}, std::move(next), "a directory was made");
}

/// The part of a volume that a mount shows. A directory that is missing is made.
/// k8s 1.30 pkg/kubelet: makeMounts; pkg/volume/util/subpath
std::string prepare_sub_path(Worker& worker, const Container& container, const VolumeMount& wanted,
                             const std::string& below, bool is_read_only, InstanceMount& mount) {
  const Path base = mount.sub_path;
  const Tree tree = tree_of(worker, mount);
  Path inside;
  const EntryPtr root = tree.find(base);
  // The volume is the directory at `base`; links lead inside it.
  const Tree part = root && root->type == FileType::Directory ? Tree(root) : Tree();
  if (!resolve(part, parse_path(below), inside)) {
    return fmt::format("failed to prepare subPath for volumeMount \"{}\" of container \"{}\"",
                       wanted.name, container.name);
  }
  mount.sub_path.insert(mount.sub_path.end(), inside.begin(), inside.end());
  if (tree.find(mount.sub_path)) return "";
  if (is_read_only || (mount.disk != 0 && worker.disk(mount.disk)->read_only)) {
    return fmt::format(
        "failed to create subPath directory for volumeMount \"{}\" of container \"{}\"",
        wanted.name, container.name);
  }
  make_directory_in(worker, mount, mount.sub_path, part.root()->mode);
  return "";
}

/// A subPath of a ConfigMap and the like stays what it was when the container started: it is bound
/// to the files, and an update makes new ones.
void pin(Worker& worker, InstanceMount& mount) {
  if (mount.disk == 0) return;
  const auto disk = worker.disk(mount.disk);
  if (disk->medium != Disk::Medium::Projection) return;
  auto own = std::make_shared<Disk>(*disk);
  own->meta = ObjectMeta();
  own->meta.name = disk->meta.name;
  own->meta.ns = disk->meta.ns;
  mount.disk = worker.plan.create(worker.world, std::move(own), "a subPath was bound");
}

/// The mount point of a mount that lies in another volume has to be there: the runtime makes it,
/// and it stays. Answers what is wrong.
std::string make_mount_point(Worker& worker, const ContainerInstance& instance, std::size_t index) {
  const InstanceMount& mount = instance.mounts[index];
  const InstanceMount* parent = nullptr;
  for (std::size_t i = 0; i < index; ++i) {
    const InstanceMount& other = instance.mounts[i];
    if (other.at.size() < mount.at.size() && is_within(mount.at, other.at)) parent = &other;
  }
  if (!parent) return "";
  Path path = parent->sub_path;
  path.insert(path.end(), mount.at.begin() + static_cast<std::ptrdiff_t>(parent->at.size()),
              mount.at.end());
  if (tree_of(worker, *parent).find(path)) return "";
  const bool projection =
      parent->disk != 0 && worker.disk(parent->disk)->medium == Disk::Medium::Projection;
  // The kubelet itself makes those in its own read-only volumes.
  // k8s 1.30 pkg/volume/util: MakeNestedMountpoints
  if (!projection && parent->read_only) {
    return fmt::format(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        "runc create failed: unable to start container process: error during container init: error "
        "mounting \"{0}\" to rootfs at \"{0}\": create mount destination for {0} mount: mkdirat "
        "{0}: read-only file system: unknown",
        to_string(mount.at));
  }
  make_directory_in(worker, *parent, path, 0755);
  return "";
}

}  // namespace

MountFailure mount_all(Worker& worker, const Container& container, const StringMap& declared,
                       ContainerInstance& instance) {
  MountFailure failure;
  for (const VolumeMount& wanted : mounts_of(worker.pod, container)) {
    const auto& volumes = worker.spec.volumes;
    const bool named = wanted.name == worker.pod.api_access_volume ||
                       std::any_of(volumes.begin(), volumes.end(), [&](const Volume& volume) {
                         return volume.name == wanted.name;
                       });
    const auto known = std::find_if(worker.sandbox->volumes.begin(), worker.sandbox->volumes.end(),
                                    [&](const MountedVolume& v) { return v.name == wanted.name; });
    if (!named || known == worker.sandbox->volumes.end()) continue;
    InstanceMount mount;
    mount.at = parse_path(wanted.mount_path);
    mount.disk = known->disk;
    mount.read_only = wanted.read_only || known->read_only;
    mount.face = known->face;
    mount.sub_path = known->host;
    if (mount.disk != 0 && !worker.disk(mount.disk)) {
      // The PersistentVolume's contents were deleted while the pod had them.
      failure.runtime = fmt::format(
          "failed to generate container spec: failed to stat "
          "\"/var/lib/kubelet/pods/{}/volumes/kubernetes.io~csi/{}/mount\": stale NFS file handle",
          to_string(worker.pod.meta.uid), known->volume);
      return failure;
    }
    std::string below = wanted.sub_path.str();
    if (!wanted.sub_path_expr.empty()) {
      std::vector<std::string> missing;
      below = expand_strictly(wanted.sub_path_expr, declared, missing);
      std::sort(missing.begin(), missing.end());
      if (!missing.empty()) {
        failure.config = fmt::format("missing value for {}", fmt::join(missing, ", "));
        return failure;
      }
    }
    if (!below.empty()) {
      pin(worker, mount);
      failure.config = prepare_sub_path(worker, container, wanted, below, known->read_only, mount);
      if (!failure.config.empty()) return failure;
    }
    instance.mounts.push_back(std::move(mount));
  }
  for (const VolumeDevice& wanted : container.volume_devices) {
    const auto known = std::find_if(worker.sandbox->volumes.begin(), worker.sandbox->volumes.end(),
                                    [&](const MountedVolume& v) { return v.name == wanted.name; });
    if (known == worker.sandbox->volumes.end()) continue;
    InstanceMount mount;
    mount.at = parse_path(wanted.device_path);
    mount.disk = known->disk;
    mount.sub_path = {Str(kDevice)};
    mount.read_only = known->read_only;
    mount.device = true;
    instance.mounts.push_back(std::move(mount));
  }
  // Parents first, so that a child is not hidden. The order in the spec decides between equals.
  std::stable_sort(
      instance.mounts.begin(), instance.mounts.end(),
      [](const InstanceMount& a, const InstanceMount& b) { return a.at.size() < b.at.size(); });
  for (std::size_t i = 0; i < instance.mounts.size(); ++i) {
    failure.runtime = make_mount_point(worker, instance, i);
    if (!failure.runtime.empty()) return failure;
  }
  // The runtime makes a working directory that is missing.
  const Path cwd = parse_path(instance.working_dir);
  if (cwd.empty()) return failure;
  FileSystem files = file_system_of(worker.world, instance, worker.plan);
  files.uid = 0;
  if (!files.stat(cwd)) {
    files.read_only_root = false;
    for (std::size_t depth = 1; depth <= cwd.size(); ++depth) {
      const Path part(cwd.begin(), cwd.begin() + static_cast<std::ptrdiff_t>(depth));
      if (!files.stat(part)) files.make_directory(part, 0755, worker.now());
    }
    instance.writable = files.root.writable;
  }
  return failure;
}

void unmount_all(Worker& worker, const ContainerInstance& instance) {
  for (const InstanceMount& mount : instance.mounts) {
    if (mount.disk == 0) continue;
    const auto& volumes = worker.sandbox->volumes;
    const bool shared =
        std::any_of(volumes.begin(), volumes.end(),
                    [&](const MountedVolume& volume) { return volume.disk == mount.disk; });
    const auto disk = worker.disk(mount.disk);
    if (shared || !disk || disk->sandbox != worker.sandbox_id) continue;
    worker.plan.erase({Kind::Disk, mount.disk}, "its container is gone");
  }
}

}  // namespace sim::kubelet
