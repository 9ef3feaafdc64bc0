#include <algorithm>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/kubelet/volume_sources.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/file_view.h"
#include "sim/world/node_usage.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/util/goroutinemap/exponentialbackoff: initialDurationBeforeRetry,
// maxDurationBeforeRetry
constexpr Duration kFirstBackOff = milliseconds(500);
constexpr Duration kLongestBackOff{(2 * 60 + 2) * 1'000'000'000LL};
// k8s 1.30 pkg/kubelet: evictionMonitoringPeriod, VolumeStatsAggPeriod
constexpr Duration kEvictionPeriod = seconds(10);
constexpr std::int64_t kStatsPeriod = 60'000;  // milliseconds, and up to as much again

std::uint64_t memory_limit(const Worker& worker) {
  std::int64_t limit = 0;
  for (const Container& container : worker.spec.containers) {
    const Quantity* own = container.resources.limits.find("memory");
    if (!own) return 0;
    limit += own->value();
  }
  return static_cast<std::uint64_t>(std::max<std::int64_t>(limit, 0));
}

std::shared_ptr<Disk> new_disk(const Worker& worker, const Volume& volume) {
  auto disk = std::make_shared<Disk>();
  disk->meta.name = fmt::format("{} of pod {}", volume.name, worker.pod.meta.name);
  disk->meta.ns = worker.pod.meta.ns;
  disk->machine = worker.machine_id;
  disk->sandbox = worker.sandbox_id;
  disk->volume = volume.name;
  return disk;
}

std::uint64_t allocatable_memory(const Worker& worker) {
  const Node* node = worker.world.find<Node>("", worker.pod.node_name);
  const std::int64_t bytes = node ? node->status.allocatable.get("memory").value() : 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
}

/// An empty emptyDir: everybody's, or its group's as well. k8s 1.30 pkg/volume/emptydir: setupDir
Tree empty_tree(const Worker& worker) {
  const EntryPtr root = make_directory(worker.now(), 0777);
  const auto& context = worker.spec.security_context;
  if (!context || !context->fs_group) return Tree(root);
  Entry own = *root;
  own.gid = static_cast<std::uint32_t>(*context->fs_group);
  own.mode |= 02000;
  return Tree(std::make_shared<const Entry>(std::move(own)));
}

std::shared_ptr<Disk> empty_dir(const Worker& worker, const Volume& volume) {
  auto disk = new_disk(worker, volume);
  disk->tree = empty_tree(worker);
  const EmptyDirVolumeSource& source = *volume.volume_source.empty_dir;
  if (source.medium.empty()) return disk;
  // In memory the limit is the file system's size; on disk it is only watched.
  // k8s 1.30 pkg/volume/emptydir: calculateEmptyDirMemorySize
  disk->medium = Disk::Medium::Memory;
  std::uint64_t capacity = allocatable_memory(worker);
  const auto bound = [&](std::uint64_t bytes) {
    if (bytes != 0) capacity = capacity == 0 ? bytes : std::min(capacity, bytes);
  };
  bound(memory_limit(worker));
  if (source.size_limit) {
    bound(static_cast<std::uint64_t>(std::max<std::int64_t>(source.size_limit->value(), 0)));
  }
  disk->capacity = capacity;
  return disk;
}

MountedVolume* mounted(Worker& worker, const Str& name) {
  for (MountedVolume& volume : worker.sandbox->volumes) {
    if (volume.name == name) return &volume;
  }
  return nullptr;
}

/// Turns a volume's source into a thing that containers can mount: here alone, one branch for each
/// sort of source. Answers why it cannot, or cannot yet.
std::optional<NotReady> set_up(Worker& worker, const Volume& volume, PendingVolume& pending,
                               MountedVolume& made) {
  constexpr std::string_view kSetUp = "MountVolume.SetUp";
  const VolumeSource& source = volume.volume_source;
  if (source.empty_dir) {
    auto disk = empty_dir(worker, volume);
    made.memory = disk->medium == Disk::Medium::Memory;
    made.disk = worker.plan.create(worker.world, std::move(disk), "the emptyDir was made");
    return std::nullopt;
  }
  if (const std::optional<Contents> contents = projection_of(worker, volume)) {
    if (!contents->error.empty()) return mount_failure(kSetUp, volume.name, contents->error);
    auto disk = new_disk(worker, volume);
    disk->medium = Disk::Medium::Projection;
    disk->read_only = true;
    // k8s 1.30 pkg/volume/{configmap,secret,projected,downwardapi}: wrappedVolumeSpec
    disk->in_memory = !source.config_map;
    disk->tree = atomic_tree(worker, *contents);
    made.source_version = version_of(*contents);
    made.disk = worker.plan.create(worker.world, std::move(disk), "the volume was written");
    return std::nullopt;
  }
  if (source.host_path) {
    const HostPathVolumeSource& host = *source.host_path;
    const std::string wrong = check_host_path(worker, host.path, host.type.value_or(Str()));
    if (!wrong.empty()) return mount_failure(kSetUp, volume.name, wrong);
    made.disk = shared_host_files(worker.world);
    made.host = parse_path(host.path);
    return std::nullopt;
  }
  if (source.persistent_volume_claim || source.ephemeral) {
    return set_up_claim(worker, volume, pending, made);
  }
  if (source.nfs) return set_up_nfs(worker, *source.nfs, pending, made);
  if (source.csi) return set_up_inline(worker, volume, pending, made);
  return mount_failure(kSetUp, volume.name, "no volume plugin matched");
}

/// A volume could not be set up: tells why and tries again, later each time.
/// k8s 1.30 pkg/util/goroutinemap/exponentialbackoff
void put_off(Worker& worker, PendingVolume& pending, const NotReady& why) {
  if (why.retry == NotReady::Retry::Sync) {
    pending.retry_at = worker.next_sync();
  } else if (why.retry == NotReady::Retry::At) {
    pending.retry_at = why.at;
  } else {
    if (!why.reason.empty()) worker.event("Warning", why.reason, why.message);
    pending.back_off = pending.back_off.ns == 0
                           ? kFirstBackOff
                           : std::min(pending.back_off + pending.back_off, kLongestBackOff);
    pending.retry_at = worker.now() + pending.back_off;
  }
}

/// A volume that no container mounts is neither made nor waited for.
/// k8s 1.30 pkg/kubelet/volumemanager/populator: processPodVolumes
bool is_mounted_by_any(const Worker& worker, const Str& name) {
  if (name == worker.pod.api_access_volume) {
    const auto mounts = [&](const Container& container) {
      const std::vector<VolumeMount> all = mounts_of(worker.pod, container);
      return std::any_of(all.begin(), all.end(),
                         [&](const VolumeMount& mount) { return mount.name == name; });
    };
    const PodSpec& spec = worker.spec;
    return std::any_of(spec.containers.begin(), spec.containers.end(), mounts) ||
           std::any_of(spec.init_containers.begin(), spec.init_containers.end(), mounts);
  }
  const Uses uses = uses_of(worker.spec, name);
  return uses.mount || uses.device;
}

bool mirrors_objects(const Worker& worker, const Volume& volume) {
  const VolumeSource& source = volume.volume_source;
  return source.config_map || source.secret || source.downward_api ||
         (source.projected && volume.name != worker.pod.api_access_volume);
}

std::int64_t bytes_of(const std::optional<Quantity>& quantity) {
  return quantity ? quantity->value() : 0;
}

bool is_on_disk(const Volume& volume) {
  const auto& source = volume.volume_source.empty_dir;
  return source && source->medium.empty();
}

bool has_limits(const Worker& worker) {
  for (const Volume& volume : worker.spec.volumes) {
    if (is_on_disk(volume) && bytes_of(volume.volume_source.empty_dir->size_limit) > 0) return true;
  }
  return std::any_of(worker.spec.containers.begin(), worker.spec.containers.end(),
                     [](const Container& container) {
                       return container.resources.limits.find("ephemeral-storage") != nullptr;
                     });
}

std::int64_t used_by(const Worker& worker, const ContainerRecord& record) {
  const auto instance = worker.instance(record);
  if (!instance) return 0;
  return static_cast<std::int64_t>(disk_used_by(*instance));
}

/// What exceeds its limit, in the kubelet's words. k8s 1.30 pkg/kubelet/eviction:
/// localStorageEviction
std::optional<std::string> exceeded(const Worker& worker) {
  std::int64_t all = 0;
  for (const Volume& volume : worker.spec.volumes) {
    const bool counts = is_on_disk(volume) || volume.volume_source.config_map;
    for (const MountedVolume& known : worker.sandbox->volumes) {
      const auto disk = counts && known.name == volume.name ? worker.disk(known.disk) : nullptr;
      if (!disk) continue;
      const auto bytes = static_cast<std::int64_t>(disk->tree.usage().bytes);
      all += bytes;
      if (!is_on_disk(volume)) continue;
      const auto& limit = volume.volume_source.empty_dir->size_limit;
      if (bytes_of(limit) > 0 && bytes > limit->value()) {
        return fmt::format("Usage of EmptyDir volume \"{}\" exceeds the limit \"{}\". ",
                           volume.name, limit->text());
      }
    }
  }
  std::optional<Quantity> total;
  for (const Container& container : worker.spec.containers) {
    const Quantity* limit = container.resources.limits.find("ephemeral-storage");
    if (limit) total = total ? *total + *limit : *limit;
  }
  if (!total) return std::nullopt;
  for (const ContainerRecord& record : worker.sandbox->containers) all += used_by(worker, record);
  if (all > total->value()) {
    return fmt::format(
        "Pod ephemeral local storage usage exceeds the total limit of containers {}. ",
        total->text());
  }
  for (const ContainerRecord& record : worker.sandbox->containers) {
    const Quantity* limit = worker.container(record).resources.limits.find("ephemeral-storage");
    if (limit && used_by(worker, record) > limit->value()) {
      return fmt::format("Container {} exceeded its local ephemeral storage limit \"{}\". ",
                         record.name, limit->text());
    }
  }
  return std::nullopt;
}

/// A sync that could not even begin with some volumes fails at once.
/// k8s 1.30 pkg/kubelet/volumemanager: WaitForAttachAndMount
void tell_unprocessed(Worker& worker, std::vector<std::string> names,
                      const std::vector<std::string>& reasons) {
  std::vector<std::string> unmounted;
  for (const Volume& volume : volumes_of(worker.pod)) {
    if (mounted(worker, volume.name) || !is_mounted_by_any(worker, volume.name)) continue;
    unmounted.push_back(volume.name.str());
  }
  std::sort(unmounted.begin(), unmounted.end());
  std::sort(names.begin(), names.end());
  worker.event(
      "Warning", "FailedMount",
      fmt::format("Unable to attach or mount volumes: unmounted volumes=[{}], unattached "
                  "volumes=[], failed to process volumes=[{}]: {}",
                  fmt::join(unmounted, " "), fmt::join(names, " "), fmt::join(reasons, "; ")));
}

}  // namespace

bool set_up_volumes(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  if (sandbox.volumes_ready) return true;
  if (sandbox.volumes_at && *sandbox.volumes_at > worker.now()) {
    worker.look_again(*sandbox.volumes_at, false);
    return false;
  }
  std::vector<PendingVolume> still;
  std::vector<std::string> unprocessed;
  std::vector<std::string> reasons;
  for (const Volume& volume : volumes_of(worker.pod)) {
    if (mounted(worker, volume.name) || !is_mounted_by_any(worker, volume.name)) continue;
    const auto& waiting = sandbox.pending_volumes;
    const auto known = std::find_if(waiting.begin(), waiting.end(),
                                    [&](const auto& one) { return one.name == volume.name; });
    PendingVolume pending;
    if (known != waiting.end()) {
      pending = *known;
    } else {
      pending.name = volume.name;
      pending.since = worker.now();
    }
    if (known == waiting.end() || pending.retry_at <= worker.now()) {
      MountedVolume made;
      made.name = volume.name;
      const std::optional<NotReady> why = set_up(worker, volume, pending, made);
      if (!why) {
        sandbox.volumes.push_back(std::move(made));
        continue;
      }
      put_off(worker, pending, *why);
      if (why->retry == NotReady::Retry::Sync) {
        unprocessed.push_back(volume.name.str());
        reasons.push_back(why->message);
      }
    }
    still.push_back(std::move(pending));
  }
  if (!unprocessed.empty()) tell_unprocessed(worker, unprocessed, reasons);
  for (const PendingVolume& pending : still) {
    worker.look_again(pending.retry_at, !is_coming(worker, pending));
  }
  sandbox.pending_volumes = std::move(still);
  sandbox.volumes_ready = sandbox.pending_volumes.empty();
  return sandbox.volumes_ready;
}

// k8s 1.30 pkg/kubelet: a sync remounts what mirrors API objects; the next comes after 60 to 90 s.
void refresh_volumes(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  bool any = false;
  for (const Volume& volume : worker.spec.volumes) {
    any = any || (mirrors_objects(worker, volume) && mounted(worker, volume.name));
  }
  if (!any) return;
  const auto next_refresh = [&] {
    const Duration period = worker.timing().config_refresh;
    const std::uint64_t jitter =
        draw_below(static_cast<std::uint64_t>(std::max<std::int64_t>(period.ms() / 2, 1)),
                   worker.world.settings().seed, "sync", worker.pod.meta.uid.low,
                   static_cast<std::uint64_t>(worker.now().ns));
    return worker.now() + period + milliseconds(static_cast<std::int64_t>(jitter));
  };
  if (!sandbox.refresh_at) sandbox.refresh_at = next_refresh();
  if (*sandbox.refresh_at <= worker.now()) {
    sandbox.refresh_at = next_refresh();
    for (const Volume& volume : worker.spec.volumes) {
      MountedVolume* known = mounted(worker, volume.name);
      if (!known || known->disk == 0 || !mirrors_objects(worker, volume)) continue;
      const std::optional<Contents> contents = projection_of(worker, volume);
      if (!contents) continue;
      if (!contents->error.empty()) {
        worker.event("Warning", "FailedMount",
                     fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}", volume.name,
                                 contents->error));
        continue;
      }
      const std::uint64_t version = version_of(*contents);
      if (version == known->source_version) continue;
      known->source_version = version;
      auto disk = std::make_shared<Disk>(*worker.disk(known->disk));
      disk->tree = atomic_tree(worker, *contents);
      worker.plan.update({Kind::Disk, known->disk}, std::move(disk), "its source has changed");
    }
  }
  worker.look_again(*sandbox.refresh_at, true);
}

/// k8s 1.30 pkg/volume/util: GetPodVolumeNames
Uses uses_of(const PodSpec& spec, const Str& volume) {
  Uses uses;
  for (const auto* containers : {&spec.containers, &spec.init_containers}) {
    for (const Container& container : *containers) {
      for (const VolumeMount& mount : container.volume_mounts) {
        uses.mount = uses.mount || mount.name == volume;
      }
      for (const VolumeDevice& device : container.volume_devices) {
        uses.device = uses.device || device.name == volume;
      }
    }
  }
  return uses;
}

void empty_memory_volumes(Worker& worker) {
  for (const MountedVolume& volume : worker.sandbox->volumes) {
    if (!volume.memory) continue;
    auto disk = std::make_shared<Disk>(*worker.disk(volume.disk));
    disk->tree = empty_tree(worker);
    worker.plan.update({Kind::Disk, volume.disk}, std::move(disk), "it was mounted anew");
  }
}

// k8s 1.30 pkg/kubelet: SyncTerminatedPod
void tear_down_volumes(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  for (const Id id : worker.world.store().instances_of(worker.sandbox_id)) {
    const auto pending =
        share_as<ContainerInstance>(worker.plan.pending({Kind::ContainerInstance, id}));
    const ContainerInstance& row = pending ? *pending : *worker.world.get<ContainerInstance>(id);
    if (row.mounts.empty()) continue;
    auto next = std::make_shared<ContainerInstance>(row);
    next->mounts.clear();
    worker.plan.update({Kind::ContainerInstance, id}, std::move(next), "the pod has ended");
  }
  for (const Id id : worker.world.store().disks_of(worker.sandbox_id)) {
    worker.plan.erase({Kind::Disk, id}, "the pod has ended");
  }
  report_volumes_in_use(worker.plan, worker.world, sandbox);
  sandbox.volumes.clear();
  sandbox.pending_volumes.clear();
  sandbox.cleaned = true;
}

std::optional<std::string> over_limit(Worker& worker) {
  if (!has_limits(worker)) return std::nullopt;
  // The usage is that of the last look; the eviction manager acts on it at its next round.
  const Time start = worker.world.settings().start;
  const auto next_usage = [&] {
    const std::uint64_t jitter = draw_below(
        static_cast<std::uint64_t>(kStatsPeriod), worker.world.settings().seed, "volume-stats",
        worker.pod.meta.uid.low, static_cast<std::uint64_t>(worker.now().ns));
    const Duration since = worker.now() - start + milliseconds(kStatsPeriod) +
                           milliseconds(static_cast<std::int64_t>(jitter));
    return start + kEvictionPeriod * ((since.ns + kEvictionPeriod.ns - 1) / kEvictionPeriod.ns);
  };
  std::optional<Time>& at = worker.sandbox->usage_at;
  if (!at) at = next_usage();
  if (*at <= worker.now()) {
    if (std::optional<std::string> words = exceeded(worker)) return words;
    at = next_usage();
  }
  worker.look_again(*at, true);
  return std::nullopt;
}

}  // namespace sim::kubelet
