// PersistentVolumes behind claims, from the claim to the mount.
// k8s 1.30 pkg/kubelet/volumemanager/{populator,reconciler}, pkg/volume/util/operationexecutor:
// GenerateVerifyControllerAttachedVolumeFunc, GenerateMountVolumeFunc; pkg/volume/csi
#include <algorithm>
#include <charconv>

#include "sim/base/format.h"
#include "sim/base/nearest.h"
#include "sim/controllers/kubelet/volume_sources.h"
#include "sim/model/node_match.h"
#include "sim/model/volume_facts.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/heartbeat.h"

namespace sim::kubelet {
namespace {

constexpr Duration kReconcile = milliseconds(100);  // k8s: reconcilerLoopSleepPeriod

/// A kubelet that nobody hears: what it waits for may never come.
bool is_silent(const Machine& machine) { return !machine.reachable || machine.silent_since; }

/// One claim's way to a mount.
class ClaimMounter {
 public:
  ClaimMounter(Worker& worker, const Volume& volume, PendingVolume& pending, MountedVolume& made)
      : worker_(worker), volume_(volume), pending_(pending), made_(made) {}

  std::optional<NotReady> run() {
    if (std::string wrong = find(); !wrong.empty()) {
      NotReady why;
      why.retry = NotReady::Retry::Sync;
      why.message = std::move(wrong);
      return why;
    }
    driver_ = driver_of(pv_->spec);
    made_.volume = pv_->meta.name;
    made_.read_only = read_only();
    if (is_attachable(worker_.world, pv_->spec)) {
      made_.device = attached_name(pv_->spec);
      pending_.device = made_.device;
      if (!pending_.attached) {
        if (std::optional<NotReady> why = wait_for_attach()) return why;
        pending_.attached = true;
        pending_.back_off = {};
      }
    }
    if (std::optional<NotReady> why = check()) return why;
    if (std::optional<NotReady> why = wait_for_mount()) return why;
    return mount();
  }

 private:
  std::string find();
  std::string find_volume(const PersistentVolumeClaim& claim);
  bool read_only() const;
  std::optional<NotReady> wait_for_attach();
  std::optional<NotReady> check() const;
  std::optional<NotReady> check_driver() const;
  std::optional<NotReady> wait_for_mount();
  std::optional<NotReady> mount();
  std::optional<NotReady> map_device();
  std::string refused_options() const;
  std::optional<NotReady> mount_local();
  void give_to_group();
  VolumeFace face() const;
  bool is_mounted_by_other() const;
  bool is_staged() const;

  NotReady failure(std::string_view operation, std::string_view wrong) const {
    if (!is_block(pv_->spec.volume_mode)) return mount_failure(operation, pv_->meta.name, wrong);
    const bool sets_up = operation == "MountVolume.MountDevice" || operation == "MountVolume.SetUp";
    const std::string map =
        sets_up ? "MapVolume.SetUpDevice" : "MapVolume" + std::string(operation.substr(11));
    NotReady why = mount_failure(map, pv_->meta.name, wrong);
    why.reason = "FailedMapVolume";
    return why;
  }
  static NotReady wait_until(Time at) {
    NotReady why;
    why.retry = NotReady::Retry::At;
    why.at = at;
    return why;
  }
  /// The pod's other sandboxes' volumes on this node.
  template <class Take>
  void each_other(Take take) const {
    for (const Id id : worker_.world.store().sandboxes_on(worker_.machine_id)) {
      if (id == worker_.sandbox_id) continue;
      const PodSandbox& sandbox = *worker_.world.get<PodSandbox>(id);
      for (const MountedVolume& other : sandbox.volumes) take(other);
    }
  }

  Worker& worker_;
  const Volume& volume_;
  PendingVolume& pending_;
  MountedVolume& made_;
  const PersistentVolume* pv_ = nullptr;
  const Driver* driver_ = nullptr;
};

// k8s 1.30 pkg/kubelet/volumemanager/populator: createVolumeSpec, getPVCExtractPV, getPVSpec
std::string ClaimMounter::find() {
  const Str& ns = worker_.pod.meta.ns;
  const Str name = claim_name(worker_.pod.meta.name, volume_);
  const auto wrong = [&](std::string_view what) {
    return fmt::format("error processing PVC {}/{}: {}", ns, name, what);
  };
  const auto* claim = worker_.world.find<PersistentVolumeClaim>(ns, name);
  if (!claim) {
    return wrong(fmt::format(
        "failed to fetch PVC from API server: persistentvolumeclaims \"{}\" not found", name));
  }
  if (claim->meta.deletion_timestamp) return wrong("PVC is being deleted");
  if (claim->status.phase != "Bound") return wrong("PVC is not bound");
  if (claim->spec.volume_name.empty()) return wrong("PVC has empty pvc.Spec.VolumeName");
  if (volume_.volume_source.ephemeral) {
    const OwnerReference* owner = claim->meta.controller();
    if (!owner || !(owner->uid == worker_.pod.meta.uid)) {
      return fmt::format("PVC {}/{} was not created for pod {}/{} (pod is not owner)", ns, name, ns,
                         worker_.pod.meta.name);
    }
  }
  const std::string without = find_volume(*claim);
  if (!without.empty()) return wrong(without);
  const Uses uses = uses_of(worker_.spec, volume_.name);
  if (uses.mount && is_block(pv_->spec.volume_mode)) {
    return fmt::format("volume {} has volumeMode Block, but is specified in volumeMounts",
                       volume_.name);
  }
  if (uses.device && !is_block(pv_->spec.volume_mode)) {
    return fmt::format("volume {} has volumeMode {}, but is specified in volumeDevices",
                       volume_.name, pv_->spec.volume_mode.value_or(Str("Filesystem")));
  }
  return "";
}

std::string ClaimMounter::find_volume(const PersistentVolumeClaim& claim) {
  const Str& name = claim.spec.volume_name;
  pv_ = worker_.world.find<PersistentVolume>("", name);
  if (!pv_) {
    return fmt::format("failed to fetch PV {} from API server: persistentvolumes \"{}\" not found",
                       name, name);
  }
  if (!pv_->spec.claim_ref) {
    return fmt::format(
        "found PV object {} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to "
        "the "
        "claim",
        name);
  }
  if (!(pv_->spec.claim_ref->uid == claim.meta.uid)) {
    return fmt::format(
        "found PV object {} but its pv.Spec.ClaimRef.UID {} does not point to claim.UID {}", name,
        to_string(pv_->spec.claim_ref->uid), to_string(claim.meta.uid));
  }
  return "";
}

bool ClaimMounter::read_only() const {
  const auto& claim = volume_.volume_source.persistent_volume_claim;
  if (claim && claim->read_only) return true;
  const PersistentVolumeSource& source = pv_->spec.source;
  return (source.csi && source.csi->read_only) || (source.nfs && source.nfs->read_only);
}

/// Whether another pod of the node has the volume, so that it is attached and known to be.
bool ClaimMounter::is_staged() const {
  bool found = false;
  each_other([&](const MountedVolume& other) {
    found = found || (!made_.device.empty() && other.device == made_.device);
  });
  return found;
}

bool ClaimMounter::is_mounted_by_other() const {
  bool found = false;
  each_other([&](const MountedVolume& other) { found = found || other.volume == pv_->meta.name; });
  return found;
}

// The node must have told that it uses the volume before the controller's word is taken; that is
// looked at all the time. The controller's word is asked for with growing delays, silently.
std::optional<NotReady> ClaimMounter::wait_for_attach() {
  const World& world = worker_.world;
  const Node* node = world.find<Node>("", worker_.pod.node_name);
  if (!node) return wait_until(worker_.next_sync());
  if (!is_staged()) {
    const auto& in_use = node->status.volumes_in_use;
    const Time told = report_at_or_after(world, worker_.machine, pending_.since);
    const bool listed = std::find(in_use.begin(), in_use.end(), made_.device) != in_use.end();
    if (!listed || world.now() < told) {
      const Time beat = world.now() < told
                            ? told
                            : report_at_or_after(world, worker_.machine, world.now() + Duration{1});
      worker_.plan.wake(beat, Actor::NodeStatus, {Kind::Machine, worker_.machine_id},
                        is_silent(worker_.machine));
      return wait_until(beat + kReconcile);
    }
  }
  const auto& attached = node->status.volumes_attached;
  const bool is_attached =
      std::any_of(attached.begin(), attached.end(),
                  [&](const AttachedVolume& volume) { return volume.name == made_.device; });
  if (is_attached) return std::nullopt;
  return NotReady();  // silently
}

// k8s 1.30 pkg/volume/csi: newCsiDriverClient; the drivers' own checks of a volume's capability
std::optional<NotReady> ClaimMounter::check_driver() const {
  const auto& csi = pv_->spec.source.csi;
  if (!csi) return std::nullopt;
  if (!driver_ || !is_running(worker_.world, *driver_)) {
    return failure("MountVolume.MountDevice",
                   fmt::format("kubernetes.io/csi: attacher.MountDevice failed to create "
                               "newCsiDriverClient: driver name {} not found in the list of "
                               "registered CSI drivers",
                               csi->driver));
  }
  const auto& modes = pv_->spec.access_modes;
  const Str first = modes.empty() ? Str() : modes.front();
  std::uint8_t mode = kNone;
  if (first == "ReadWriteOnce") mode = kRWO;
  if (first == "ReadOnlyMany") mode = kROX;
  if (first == "ReadWriteMany") mode = kRWX;
  if (first == "ReadWriteOncePod") mode = kRWOP;
  const std::uint8_t accepted =
      is_block(pv_->spec.volume_mode) ? driver_->block_modes : driver_->modes;
  if (mode != kNone && (accepted & mode) == 0) {
    return failure(driver_->attach_required ? "MountVolume.MountDevice" : "MountVolume.SetUp",
                   "rpc error: code = InvalidArgument desc = Volume capability not supported");
  }
  return std::nullopt;
}

std::optional<NotReady> ClaimMounter::check() const {
  const PersistentVolumeSpec& spec = pv_->spec;
  if (spec.node_affinity && spec.node_affinity->required) {
    const Node* node = worker_.world.find<Node>("", worker_.pod.node_name);
    const auto& terms = spec.node_affinity->required->node_selector_terms;
    const bool here = node && std::any_of(terms.begin(), terms.end(), [&](const auto& term) {
                        return NodeTerm(term).matches(*node);
                      });
    if (!here) return failure("MountVolume.NodeAffinity check", "no matching NodeSelectorTerms");
  }
  if (!spec.mount_options.empty() && spec.source.host_path) {
    return failure("MountVolume.MountOptionSupport check",
                   "mount options are not supported for this volume type");
  }
  if (!driver_ && !spec.source.csi) {
    return failure("MountVolume.SetUp", "no volume plugin matched");
  }
  // k8s 1.30 operation_generator.go: checkMountForReadWriteOncePod
  if (spec.access_modes.size() == 1 && spec.access_modes[0] == "ReadWriteOncePod" &&
      is_mounted_by_other()) {
    return failure("MountVolume.SetUp",
                   "volume uses the ReadWriteOncePod access mode and is already in use by another "
                   "pod");
  }
  return check_driver();
}

/// The driver's own time, for the first pod of the node; for others it is mounted already.
std::optional<NotReady> ClaimMounter::wait_for_mount() {
  if (!driver_) return std::nullopt;
  const Duration takes = driver_takes(worker_.world, *driver_, driver_->mount);
  if (takes.ns <= 0) return std::nullopt;
  if (!pending_.mounted_at) {
    if (is_mounted_by_other()) return std::nullopt;
    pending_.mounted_at = worker_.now() + takes;
  }
  if (*pending_.mounted_at <= worker_.now()) return std::nullopt;
  return wait_until(*pending_.mounted_at);
}

std::optional<NotReady> ClaimMounter::mount_local() {
  const PersistentVolumeSource& source = pv_->spec.source;
  made_.disk = shared_host_files(worker_.world);
  if (source.host_path) {
    const std::string wrong =
        check_host_path(worker_, source.host_path->path, source.host_path->type.value_or(Str()));
    if (!wrong.empty()) return failure("MountVolume.SetUp", wrong);
    made_.host = parse_path(source.host_path->path);
    return std::nullopt;
  }
  made_.host = parse_path(source.local->path);
  const Tree files = host_files_of(worker_.world, worker_.plan, worker_.machine_id);
  if (files.find(made_.host)) return std::nullopt;
  return failure("MountVolume.NewMounter initialization",
                 fmt::format("path \"{}\" does not exist", source.local->path));
}

/// k8s 1.30 operation_generator.go: GenerateMapVolumeFunc
std::optional<NotReady> ClaimMounter::map_device() {
  if (!pv_->spec.source.csi) {
    return failure("MountVolume.SetUp", "no volume plugin matched");
  }
  made_.disk = contents_of(worker_.world, pv_->spec);
  if (made_.disk == 0) {
    made_.disk = worker_.plan.create(worker_.world, new_contents(worker_.world, pv_->spec),
                                     "it was mapped for the first time");
  }
  const std::string_view done = "MapVolume.MapPodDevice succeeded";
  const std::string global = fmt::format(
      "/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices/{}/dev", pv_->meta.name);
  const std::string own = fmt::format("/var/lib/kubelet/pods/{}/volumeDevices/kubernetes.io~csi",
                                      to_string(worker_.pod.meta.uid));
  worker_.event(
      "Normal", "SuccessfulMountVolume",
      fmt::format("{} for volume \"{}\" globalMapPath \"{}\"", done, pv_->meta.name, global));
  worker_.event(
      "Normal", "SuccessfulMountVolume",
      fmt::format("{} for volume \"{}\" volumeMapPath \"{}\"", done, pv_->meta.name, own));
  return std::nullopt;
}

std::optional<NotReady> ClaimMounter::mount() {
  if (is_block(pv_->spec.volume_mode)) return map_device();
  if (pv_->spec.source.host_path || pv_->spec.source.local) {
    if (std::optional<NotReady> why = mount_local()) return why;
  } else {
    const std::string wrong = refused_options();
    if (!wrong.empty()) return failure("MountVolume.SetUp", wrong);
    made_.disk = contents_of(worker_.world, pv_->spec);
    if (made_.disk == 0) {
      made_.disk = worker_.plan.create(worker_.world, new_contents(worker_.world, pv_->spec),
                                       "it was mounted for the first time");
    }
    made_.face = face();
  }
  give_to_group();
  return std::nullopt;
}

// k8s 1.30 pkg/volume/csi/csi_mounter.go: supportsFSGroup; pkg/volume/local: SetUpAt
void ClaimMounter::give_to_group() {
  const auto& context = worker_.spec.security_context;
  if (!context || !context->fs_group || made_.read_only) return;
  const PersistentVolumeSpec& spec = pv_->spec;
  if (const auto& csi = spec.source.csi) {
    const CSIDriver* row = worker_.world.find<CSIDriver>("", csi->driver);
    const Str policy = row ? row->spec.fs_group_policy.value_or(Str("ReadWriteOnceWithFSType"))
                           : Str("ReadWriteOnceWithFSType");
    const bool once = has_mode(spec.access_modes, "ReadWriteOnce");
    if (policy == "None") return;
    if (policy != "File" && (csi->fs_type.empty() || !once)) return;
  } else if (!spec.source.local) {
    return;
  }
  const auto group = static_cast<std::uint32_t>(*context->fs_group);
  const bool lazily = context->fs_group_change_policy == Str("OnRootMismatch");
  if (spec.source.csi) {
    auto disk = std::make_shared<Disk>(*worker_.disk(made_.disk));
    disk->tree = owned_by_group(disk->tree, group, lazily);
    worker_.plan.update({Kind::Disk, made_.disk}, std::move(disk), "its pod's group owns it");
    return;
  }
  Tree files = host_files_of(worker_.world, worker_.plan, worker_.machine_id);
  const EntryPtr root = files.find(made_.host);
  if (!root || root->type != FileType::Directory) return;
  files.put(made_.host, owned_by_group(Tree(root), group, lazily).root());
  put_host_files(worker_.world, worker_.plan, worker_.machine_id, std::move(files),
                 "its pod's group owns it");
}

std::optional<std::uint32_t> number_of(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

// Mountpoint for S3 1.7 doc/CONFIGURATION.md: the options of a mount
void read_option(std::string_view option, VolumeRules& rules) {
  if (option.substr(0, 2) == "--") option.remove_prefix(2);
  std::size_t end = option.find('=');
  if (end == std::string_view::npos) end = option.find(' ');
  const std::string_view name = option.substr(0, end);
  const std::string_view value =
      end == std::string_view::npos ? std::string_view() : option.substr(end + 1);
  if (name == "allow-delete") rules.may_delete = true;
  if (name == "allow-overwrite") rules.may_overwrite = true;
  if (name == "allow-other") rules.others = true;
  if (name == "uid") rules.uid = number_of(value, 10);
  if (name == "gid") rules.gid = number_of(value, 10);
  const auto mode = number_of(value, 8);
  if (name == "file-mode" && mode) rules.file_mode = static_cast<std::uint16_t>(*mode & 07777);
  if (name == "dir-mode" && mode) rules.directory_mode = static_cast<std::uint16_t>(*mode & 07777);
}

/// What mount-s3 says of an option that it does not have; empty: it has them all.
/// Mountpoint for S3 1.7 mountpoint-s3/src/cli.rs; clap 4
std::string unknown_option(const std::vector<Str>& options) {
  static const std::vector<std::string> known = {"allow-delete",
                                                 "allow-other",
                                                 "allow-overwrite",
                                                 "allow-root",
                                                 "auto-unmount",
                                                 "aws-max-attempts",
                                                 "bucket-type",
                                                 "cache",
                                                 "debug",
                                                 "debug-crt",
                                                 "dir-mode",
                                                 "dual-stack",
                                                 "endpoint-url",
                                                 "expected-bucket-owner",
                                                 "file-mode",
                                                 "force-path-style",
                                                 "gid",
                                                 "log-directory",
                                                 "log-metrics",
                                                 "max-cache-size",
                                                 "max-threads",
                                                 "maximum-throughput-gbps",
                                                 "metadata-ttl",
                                                 "no-log",
                                                 "no-sign-request",
                                                 "part-size",
                                                 "prefix",
                                                 "profile",
                                                 "read-only",
                                                 "region",
                                                 "requester-pays",
                                                 "sse",
                                                 "sse-kms-key-id",
                                                 "storage-class",
                                                 "transfer-acceleration",
                                                 "uid",
                                                 "upload-checksums",
                                                 "user-agent-prefix"};
  for (std::string_view option : options) {
    if (option.substr(0, 2) == "--") option.remove_prefix(2);
    const std::string name(option.substr(0, option.find_first_of("= ")));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest(name, known);
    const std::string tip =
        near.empty() ? "" : fmt::format("  tip: a similar argument exists: '--{}'\n\n", near);
    return fmt::format(
        "error: unexpected argument '--{}' found\n\n{}Usage: mount-s3 {} <BUCKET_NAME> "
        "<DIRECTORY>\n\nFor more information, try '--help'.\n",
        name, tip, near.empty() ? "[OPTIONS]" : "--" + near);
  }
  return "";
}

// s3 csi v1.7.0 pkg/driver/node: NodePublishVolume
std::string ClaimMounter::refused_options() const {
  if (!driver_->whole_objects) return "";
  const std::string wrong = unknown_option(pv_->spec.mount_options);
  if (wrong.empty()) return "";
  const std::string name = contents_name(pv_->spec);
  return fmt::format(
      "rpc error: code = Internal desc = Could not mount \"{}\" at "
      "\"/var/lib/kubelet/pods/{}/volumes/kubernetes.io~csi/{}/mount\": Mount failed: Failed to "
      "start service output: {}",
      name.substr(name.find('/') + 1), to_string(worker_.pod.meta.uid), pv_->meta.name, wrong);
}

VolumeFace ClaimMounter::face() const {
  VolumeFace made;
  const PersistentVolumeSpec& spec = pv_->spec;
  if (spec.source.nfs) {
    made.source = fmt::format("{}:{}", spec.source.nfs->server, spec.source.nfs->path);
  } else {
    made.source = Str(driver_->device);
  }
  const Str fs_type = spec.source.csi ? spec.source.csi->fs_type : Str();
  made.fs_type = !fs_type.empty() && driver_->attach_required && driver_->fs_type == "ext4"
                     ? fs_type
                     : Str(driver_->fs_type);
  made.shown_size = driver_->real_capacity ? 0 : driver_->shown_size;
  std::string options = "relatime";
  for (const Str& option : spec.mount_options) {
    if (driver_->whole_objects || option == "ro" || option == "rw") continue;
    options += fmt::format(",{}", option);
  }
  made.options = Str(options);
  if (driver_->whole_objects) {
    made.rules.whole_objects = true;
    made.rules.others = false;
    made.rules.file_mode = 0644;
    made.rules.directory_mode = 0755;
    made.rules.uid = 0;
    made.rules.gid = 0;
    made.options = Str("nosuid,nodev,noatime,user_id=0,group_id=0,default_permissions");
    for (const Str& option : spec.mount_options) read_option(option, made.rules);
    if (made.rules.others) made.options = Str(made.options.str() + ",allow_other");
  } else if (driver_->fixed_identity) {
    // An access point acts in the name of its own user.
    const auto& handle = spec.source.csi->volume_handle;
    made.rules.as_owner = handle.view().find("::fsap-") != std::string_view::npos;
  }
  return made;
}

bool wants_read_only(const PersistentVolumeSpec& spec) {
  return std::any_of(spec.mount_options.begin(), spec.mount_options.end(), [](const Str& option) {
    return option == "ro" || option == "read-only" || option == "--read-only";
  });
}

}  // namespace

std::optional<NotReady> set_up_claim(Worker& worker, const Volume& volume, PendingVolume& pending,
                                     MountedVolume& made) {
  std::optional<NotReady> why = ClaimMounter(worker, volume, pending, made).run();
  if (!why) {
    const auto* pv = worker.world.find<PersistentVolume>("", made.volume);
    made.read_only = made.read_only || (pv && wants_read_only(pv->spec));
  }
  return why;
}

Duration unmount_time(const Worker& worker) {
  Duration longest{};
  for (const MountedVolume& volume : worker.sandbox->volumes) {
    if (volume.volume.empty()) continue;
    const auto* pv = worker.world.find<PersistentVolume>("", volume.volume);
    const Driver* driver = pv ? driver_of(pv->spec) : nullptr;
    if (!driver) continue;
    longest = std::max(longest, driver_takes(worker.world, *driver, driver->unmount));
  }
  return longest;
}

bool is_unmount_blocked(const Worker& worker) {
  return std::any_of(
      worker.sandbox->volumes.begin(), worker.sandbox->volumes.end(),
      [&](const MountedVolume& volume) {
        const auto* pv = volume.volume.empty()
                             ? nullptr
                             : worker.world.find<PersistentVolume>("", volume.volume);
        const Driver* driver = pv && pv->spec.source.csi ? driver_of(pv->spec) : nullptr;
        return driver && is_installed(worker.world, *driver) && !is_running(worker.world, *driver);
      });
}

// k8s 1.30 pkg/kubelet/volumemanager: GetVolumesInUse
std::vector<Str> volumes_in_use(const World& world, Id machine) {
  std::vector<Str> devices;
  for (const Id id : world.store().sandboxes_on(machine)) {
    const PodSandbox& sandbox = *world.get<PodSandbox>(id);
    for (const MountedVolume& volume : sandbox.volumes) {
      if (!volume.device.empty()) devices.push_back(volume.device);
    }
    for (const PendingVolume& volume : sandbox.pending_volumes) {
      if (!volume.device.empty()) devices.push_back(volume.device);
    }
  }
  std::sort(devices.begin(), devices.end());
  devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
  return devices;
}

void report_volumes_in_use(Plan& plan, const World& world, const PodSandbox& sandbox) {
  const auto has_device = [](const auto& volume) { return !volume.device.empty(); };
  const bool any =
      std::any_of(sandbox.volumes.begin(), sandbox.volumes.end(), has_device) ||
      std::any_of(sandbox.pending_volumes.begin(), sandbox.pending_volumes.end(), has_device);
  if (!any) return;
  const Machine& machine = *world.get<Machine>(sandbox.machine);
  plan.wake(report_at_or_after(world, machine, world.now() + Duration{1}), Actor::NodeStatus,
            {Kind::Machine, sandbox.machine});
}

bool is_coming(const Worker& worker, const PendingVolume& pending) {
  if (pending.mounted_at && *pending.mounted_at > worker.now()) return true;
  if (pending.device.empty() || pending.attached || is_silent(worker.machine)) return false;
  if (pending.back_off.ns == 0) return true;  // the node is about to tell of it
  for (const Id id : worker.world.store().attachments_to(worker.pod.node_name)) {
    const auto& attachment = *worker.world.get<VolumeAttachment>(id);
    const auto& name = attachment.spec.source.persistent_volume_name;
    const auto* pv = name ? worker.world.find<PersistentVolume>("", *name) : nullptr;
    if (!pv || attached_name(pv->spec) != pending.device) continue;
    const Driver* driver = driver_of(pv->spec);
    return driver && is_running(worker.world, *driver);
  }
  return false;
}

}  // namespace sim::kubelet
