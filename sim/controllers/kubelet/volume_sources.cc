#include "sim/controllers/kubelet/volume_sources.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/files/file_system.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"

namespace sim::kubelet {

NotReady mount_failure(std::string_view operation, std::string_view volume,
                       std::string_view wrong) {
  NotReady why;
  why.reason = "FailedMount";
  why.message = fmt::format("{} failed for volume \"{}\" : {}", operation, volume, wrong);
  return why;
}

// k8s 1.30 pkg/volume/hostpath: checkTypeInternal
std::string check_host_path(Worker& worker, std::string_view path_text, std::string_view type) {
  const Path path = parse_path(path_text);
  FileSystem files;
  files.root.writable = host_files_of(worker.world, worker.plan, worker.machine_id);
  const Io<Stat> there = files.stat(path);
  const bool directory = there && there.value.type == FileType::Directory;
  const auto wrong = [&](std::string_view what) {
    return fmt::format("hostPath type check failed: {} is not a {}", path_text, what);
  };
  if (type == "Directory" && !directory) return wrong("directory");
  if (type == "File" && (!there || directory)) return wrong("file");
  // The nodes that are modelled have neither sockets nor devices that a path could name.
  if (type == "Socket") return wrong("socket file");
  if (type == "CharDevice") return wrong("character device");
  if (type == "BlockDevice") return wrong("block device");
  if (type == "DirectoryOrCreate" && there && !directory) return wrong("directory");
  if (type == "FileOrCreate" && directory) return wrong("file");
  if (there) return "";
  if (type == "FileOrCreate") {
    const Errno error = files.write(path, "", false, worker.now()).error;
    if (error != Errno::Ok) {
      // Go's words for strerror's.
      return fmt::format(
          "open {}: {}", path_text,
          error == Errno::NotFound ? "no such file or directory" : "not a directory");
    }
  } else {
    // One without a type is made by the container runtime when it is not there.
    files.root.writable.put(path, make_directory(worker.now()));
  }
  put_host_files(worker.world, worker.plan, worker.machine_id, files.root.writable,
                 "hostPath was made");
  return "";
}

namespace {

EntryPtr with_group(const EntryPtr& entry, std::uint32_t group) {
  Entry own = *entry;
  own.gid = group;
  if (own.type == FileType::File) own.mode |= 0660;
  if (own.type == FileType::Directory) own.mode |= 02770;
  for (auto& [name, child] : own.children) child = with_group(child, group);
  return std::make_shared<const Entry>(std::move(own));
}

/// k8s 1.30 pkg/volume: skipPermissionChange, requiresPermissionChange
bool has_group(const Entry& root, std::uint32_t group) {
  return root.gid == group && (root.mode & 02770) == 02770;
}

}  // namespace

Tree owned_by_group(const Tree& tree, std::uint32_t group, bool only_if_root_differs) {
  if (only_if_root_differs && has_group(*tree.root(), group)) return tree;
  return Tree(with_group(tree.root(), group));
}

std::optional<NotReady> set_up_nfs(Worker& worker, const NFSVolumeSource& source,
                                   PendingVolume& pending, MountedVolume& made) {
  PersistentVolumeSpec volume;
  volume.source.nfs = source;
  const Driver* driver = driver_of(volume);
  if (!pending.mounted_at && driver && driver->mount.ns > 0) {
    pending.mounted_at = worker.now() + driver->mount;
  }
  if (pending.mounted_at && *pending.mounted_at > worker.now()) {
    NotReady why;
    why.retry = NotReady::Retry::At;
    why.at = *pending.mounted_at;
    return why;
  }
  made.disk = contents_of(worker.world, volume);
  if (made.disk == 0) {
    made.disk =
        worker.plan.create(worker.world, new_contents(worker.world, volume), "it was mounted");
  }
  made.read_only = source.read_only;
  VolumeFace face;
  face.source = fmt::format("{}:{}", source.server, source.path);
  face.fs_type = "nfs4";
  face.shown_size = driver ? driver->shown_size : 0;
  made.face = std::move(face);
  return std::nullopt;
}

// k8s 1.30 pkg/volume/csi: supportsVolumeLifecycleMode, SetUpAt
std::optional<NotReady> set_up_inline(Worker& worker, const Volume& volume, PendingVolume& pending,
                                      MountedVolume& made) {
  const CSIVolumeSource& source = *volume.volume_source.csi;
  const CSIDriver* row = worker.world.find<CSIDriver>("", source.driver);
  const auto unsupported = [&](std::string_view detail) {
    return mount_failure("MountVolume.NewMounter initialization", volume.name,
                         fmt::format("volume mode \"Ephemeral\" not supported by driver {} ({})",
                                     source.driver, detail));
  };
  if (!row) return unsupported("no CSIDriver object");
  const auto& modes = row->spec.volume_lifecycle_modes;
  if (std::find(modes.begin(), modes.end(), Str("Ephemeral")) == modes.end()) {
    std::vector<std::string> quoted;
    for (const Str& mode : modes) quoted.push_back(fmt::format("\"{}\"", mode));
    return unsupported(fmt::format("only supports [{}]", fmt::join(quoted, " ")));
  }
  const Driver* driver = find_driver(source.driver);
  if (!driver || !is_running(worker.world, *driver)) {
    return mount_failure("MountVolume.SetUp", volume.name,
                         fmt::format("kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: "
                                     "driver name {} not found in the list of registered CSI "
                                     "drivers",
                                     source.driver));
  }
  const Duration takes = driver_takes(worker.world, *driver, driver->mount);
  if (!pending.mounted_at && takes.ns > 0) pending.mounted_at = worker.now() + takes;
  if (pending.mounted_at && *pending.mounted_at > worker.now()) {
    NotReady why;
    why.retry = NotReady::Retry::At;
    why.at = *pending.mounted_at;
    return why;
  }
  auto disk = std::make_shared<Disk>();
  disk->meta.name = fmt::format("{} of pod {}", volume.name, worker.pod.meta.name);
  disk->meta.ns = worker.pod.meta.ns;
  disk->machine = worker.machine_id;
  disk->sandbox = worker.sandbox_id;
  disk->volume = volume.name;
  disk->tree = Tree(make_directory(worker.now(), 0777));
  made.disk = worker.plan.create(worker.world, std::move(disk), "it was mounted");
  made.read_only = source.read_only.value_or(false);
  VolumeFace face;
  face.source = Str(driver->device);
  face.fs_type = Str(driver->fs_type);
  face.shown_size = driver->shown_size;
  face.rules.whole_objects = driver->whole_objects;
  made.face = std::move(face);
  return std::nullopt;
}

}  // namespace sim::kubelet
