#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/util/goroutinemap/exponentialbackoff: initialDurationBeforeRetry,
// maxDurationBeforeRetry
constexpr Duration kFirstBackOff = milliseconds(500);
constexpr Duration kLongestBackOff{(2 * 60 + 2) * 1'000'000'000LL};
constexpr std::string_view kPayload = "..data";

/// A file that a projection writes.
struct File {
  Path path;
  std::string bytes;
  std::uint16_t mode = 0644;
};

struct Contents {
  std::vector<File> files;
  std::string error;
};

std::uint16_t mode_of(std::optional<std::int32_t> own, std::optional<std::int32_t> all) {
  return static_cast<std::uint16_t>(own.value_or(all.value_or(420)) & 07777);
}

std::string decode_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+') value = 62;
    if (c == '/') value = 63;
    if (value < 0) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xff);
    }
  }
  return bytes;
}

void add_config(const Worker& worker, const Str& name, const std::vector<KeyToPath>& items,
                std::optional<std::int32_t> mode, bool optional, Contents& contents) {
  const ConfigMap* config = worker.world.find<ConfigMap>(worker.pod.meta.ns, name);
  if (!config) {
    if (!optional) contents.error = fmt::format("configmap \"{}\" not found", name);
    return;
  }
  const auto value_of = [&](const Str& key) -> std::optional<std::string> {
    if (const Str* text = config->data.find(key)) return text->str();
    if (const Str* binary = config->binary_data.find(key)) return decode_base64(*binary);
    return std::nullopt;
  };
  if (items.empty()) {
    for (const auto& [key, value] : config->data) {
      contents.files.push_back({{key}, value.str(), mode_of({}, mode)});
    }
    for (const auto& [key, value] : config->binary_data) {
      contents.files.push_back({{key}, decode_base64(value), mode_of({}, mode)});
    }
    return;
  }
  for (const KeyToPath& item : items) {
    const std::optional<std::string> value = value_of(item.key);
    if (value) {
      contents.files.push_back({parse_path(item.path), *value, mode_of(item.mode, mode)});
    } else if (!optional) {
      contents.error = "configmap references non-existent config key: " + item.key.str();
    }
  }
}

std::string map_text(const StringMap& map) {
  std::string text;
  for (const auto& [key, value] : map) text += fmt::format("{}=\"{}\"\n", key, value);
  return text;
}

void add_downward(const Worker& worker, const std::vector<DownwardAPIVolumeFile>& items,
                  std::optional<std::int32_t> mode, Contents& contents) {
  const ObjectMeta& meta = worker.pod.meta;
  for (const DownwardAPIVolumeFile& item : items) {
    std::string value;
    if (item.field_ref) {
      const std::string_view field = item.field_ref->field_path;
      if (field == "metadata.name") value = meta.name.str();
      if (field == "metadata.namespace") value = meta.ns.str();
      if (field == "metadata.uid") value = to_string(meta.uid);
      if (field == "metadata.labels") value = map_text(meta.labels);
      if (field == "metadata.annotations") value = map_text(meta.annotations);
      for (const auto& [prefix, map] :
           {std::pair<std::string_view, const StringMap*>("metadata.labels['", &meta.labels),
            {"metadata.annotations['", &meta.annotations}}) {
        if (field.substr(0, prefix.size()) != prefix) continue;
        std::string_view key = field.substr(prefix.size());
        value = map->get(key.substr(0, key.find('\''))).str();
      }
    }
    contents.files.push_back({parse_path(item.path), value, mode_of(item.mode, mode)});
  }
}

/// The contents of a volume that mirrors API objects, or what is missing; nothing for other
/// volumes.
std::optional<Contents> projection_of(const Worker& worker, const Volume& volume) {
  const VolumeSource& source = volume.volume_source;
  Contents contents;
  if (source.config_map) {
    add_config(worker, source.config_map->local_object_reference.name, source.config_map->items,
               source.config_map->default_mode, source.config_map->optional.value_or(false),
               contents);
    return contents;
  }
  if (source.secret) {
    if (!source.secret->optional.value_or(false)) {
      contents.error = fmt::format("secret \"{}\" not found", source.secret->secret_name);
    }
    return contents;
  }
  if (source.downward_api) {
    add_downward(worker, source.downward_api->items, source.downward_api->default_mode, contents);
    return contents;
  }
  if (!source.projected) return std::nullopt;
  const ProjectedVolumeSource& projected = *source.projected;
  const bool api_access = volume.name == worker.pod.api_access_volume;
  for (const VolumeProjection& part : projected.sources) {
    if (part.service_account_token) {
      contents.files.push_back({parse_path(part.service_account_token->path),
                                fmt::format("token of {}", worker.spec.service_account_name),
                                0600});
    }
    if (part.config_map) {
      // Every namespace gets kube-root-ca.crt; one that is a moment old may not have it yet.
      add_config(worker, part.config_map->local_object_reference.name, part.config_map->items,
                 projected.default_mode, api_access || part.config_map->optional.value_or(false),
                 contents);
    }
    if (part.secret && !part.secret->optional.value_or(false)) {
      contents.error =
          fmt::format("secret \"{}\" not found", part.secret->local_object_reference.name);
    }
    if (part.downward_api) {
      add_downward(worker, part.downward_api->items, projected.default_mode, contents);
    }
  }
  return contents;
}

std::uint64_t version_of(const Contents& contents) {
  std::uint64_t hash = 1;
  for (const File& file : contents.files) {
    hash = mix(hash ^ fnv1a64(to_string(file.path)) ^ mix(fnv1a64(file.bytes)) ^ file.mode);
  }
  return hash;
}

/// Writes files as the kubelet does: into a directory of their own, with `..data` pointing at it,
/// so that all of them change at one instant. k8s 1.30 pkg/volume/util: AtomicWriter
Tree atomic_tree(const Worker& worker, const Contents& contents) {
  Tree tree;
  const Calendar at = calendar(worker.now());
  const Str directory(fmt::format("..{:04}_{:02}_{:02}_{:02}_{:02}_{:02}.{}", at.year, at.month,
                                  at.day, at.hour, at.minute, at.second,
                                  version_of(contents) % 1000000000));
  tree.put({directory}, make_directory(worker.now()));
  tree.put({Str(kPayload)}, make_symlink(directory, worker.now()));
  for (const File& file : contents.files) {
    Path path = {directory};
    path.insert(path.end(), file.path.begin(), file.path.end());
    tree.put(path, make_file(file.bytes, worker.now(), file.mode));
    if (file.path.empty()) continue;
    tree.put({file.path.front()},
             make_symlink(fmt::format("{}/{}", kPayload, file.path.front()), worker.now()));
  }
  return tree;
}

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

std::shared_ptr<Disk> empty_dir(const Worker& worker, const Volume& volume) {
  auto disk = new_disk(worker, volume);
  disk->tree = Tree(make_directory(worker.now(), 0777));
  const EmptyDirVolumeSource& source = *volume.volume_source.empty_dir;
  if (source.medium.empty()) return disk;
  // In memory the limit is the file system's size; on disk it is only watched.
  disk->medium = Disk::Medium::Memory;
  std::uint64_t capacity = memory_limit(worker);
  if (source.size_limit && !source.size_limit->is_zero()) {
    const auto own = static_cast<std::uint64_t>(source.size_limit->value());
    capacity = capacity == 0 ? own : std::min(capacity, own);
  }
  disk->capacity = capacity;
  return disk;
}

/// Checks or makes the directory of a hostPath volume; answers what is wrong.
std::string host_path(Worker& worker, const HostPathVolumeSource& source) {
  const std::string_view type = source.type ? source.type->view() : std::string_view();
  const Path path = parse_path(source.path);
  const EntryPtr entry = worker.machine.host_files.find(path);
  const bool directory = entry && entry->type == FileType::Directory;
  const bool file = entry && entry->type == FileType::File;
  const bool create = (type == "DirectoryOrCreate" || type == "FileOrCreate" || type.empty());
  if (type == "Directory" && !directory) {
    return fmt::format("hostPath type check failed: {} is not a directory", source.path);
  }
  if (type == "File" && !file) {
    return fmt::format("hostPath type check failed: {} is not a file", source.path);
  }
  if (entry || !create) return "";
  // An untyped hostPath is made by the container runtime when it is not there.
  auto next = std::make_shared<Machine>(worker.machine);
  if (const auto pending =
          share_as<Machine>(worker.plan.pending({Kind::Machine, worker.machine_id}))) {
    *next = *pending;
  }
  next->host_files.put(
      path, type == "FileOrCreate" ? make_file("", worker.now()) : make_directory(worker.now()));
  worker.plan.update({Kind::Machine, worker.machine_id}, std::move(next), "hostPath was made");
  return "";
}

MountedVolume* mounted(Worker& worker, const Str& name) {
  for (MountedVolume& volume : worker.sandbox->volumes) {
    if (volume.name == name) return &volume;
  }
  return nullptr;
}

/// Sets one volume up; answers what is wrong.
std::string set_up(Worker& worker, const Volume& volume) {
  MountedVolume made;
  made.name = volume.name;
  const VolumeSource& source = volume.volume_source;
  if (source.empty_dir) {
    auto disk = empty_dir(worker, volume);
    made.memory = disk->medium == Disk::Medium::Memory;
    made.disk = worker.plan.create(worker.world, std::move(disk), "the emptyDir was made");
  } else if (const std::optional<Contents> contents = projection_of(worker, volume)) {
    if (!contents->error.empty()) return contents->error;
    auto disk = new_disk(worker, volume);
    disk->medium = Disk::Medium::Projection;
    disk->read_only = true;
    disk->tree = atomic_tree(worker, *contents);
    made.source_version = version_of(*contents);
    made.disk = worker.plan.create(worker.world, std::move(disk), "the volume was written");
  } else if (source.host_path) {
    if (std::string wrong = host_path(worker, *source.host_path); !wrong.empty()) return wrong;
  } else if (source.persistent_volume_claim) {
    return fmt::format("persistentvolumeclaim \"{}\" not found",
                       source.persistent_volume_claim->claim_name);
  } else {
    return "this kind of volume is not modelled";
  }
  worker.sandbox->volumes.push_back(std::move(made));
  return "";
}

}  // namespace

bool set_up_volumes(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  if (sandbox.volumes_ready) return true;
  if (sandbox.volumes_at && *sandbox.volumes_at > worker.now()) {
    worker.look_again(*sandbox.volumes_at, !sandbox.mount_error.empty());
    return false;
  }
  std::string error;
  for (const Volume& volume : worker.spec.volumes) {
    if (mounted(worker, volume.name)) continue;
    std::string wrong = set_up(worker, volume);
    if (wrong.empty()) continue;
    worker.event(
        "Warning", "FailedMount",
        fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}", volume.name, wrong));
    error = std::move(wrong);
  }
  if (error.empty()) {
    sandbox.volumes_ready = true;
    sandbox.mount_error = Str();
    return true;
  }
  sandbox.mount_back_off =
      sandbox.mount_back_off.ns == 0
          ? kFirstBackOff
          : std::min(sandbox.mount_back_off + sandbox.mount_back_off, kLongestBackOff);
  sandbox.mount_error = Str(error);
  sandbox.volumes_at = worker.now() + sandbox.mount_back_off;
  worker.look_again(*sandbox.volumes_at, true);
  return false;
}

void refresh_volumes(Worker& worker) {
  PodSandbox& sandbox = *worker.sandbox;
  bool any = false;
  for (const Volume& volume : worker.spec.volumes) {
    const VolumeSource& source = volume.volume_source;
    const bool mirrors = source.config_map || source.secret || source.downward_api ||
                         (source.projected && volume.name != worker.pod.api_access_volume);
    any = any || mirrors;
  }
  if (!any) return;
  if (!sandbox.refresh_at) sandbox.refresh_at = worker.now() + worker.timing().config_refresh;
  if (*sandbox.refresh_at <= worker.now()) {
    sandbox.refresh_at = worker.now() + worker.timing().config_refresh;
    for (const Volume& volume : worker.spec.volumes) {
      MountedVolume* known = mounted(worker, volume.name);
      if (!known || known->disk == 0 || volume.name == worker.pod.api_access_volume) continue;
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
      auto disk = std::make_shared<Disk>(*worker.world.get<Disk>(known->disk));
      disk->tree = atomic_tree(worker, *contents);
      worker.plan.update({Kind::Disk, known->disk}, std::move(disk), "its source has changed");
    }
  }
  worker.look_again(*sandbox.refresh_at, true);
}

std::vector<InstanceMount> mounts_of(const Worker& worker, const Container& container,
                                     const StringMap& environment) {
  std::vector<InstanceMount> mounts;
  for (const VolumeMount& wanted : container.volume_mounts) {
    const auto volume = std::find_if(worker.spec.volumes.begin(), worker.spec.volumes.end(),
                                     [&](const Volume& v) { return v.name == wanted.name; });
    const auto known = std::find_if(worker.sandbox->volumes.begin(), worker.sandbox->volumes.end(),
                                    [&](const MountedVolume& v) { return v.name == wanted.name; });
    if (volume == worker.spec.volumes.end() || known == worker.sandbox->volumes.end()) continue;
    InstanceMount mount;
    mount.at = parse_path(wanted.mount_path);
    mount.disk = known->disk;
    const std::string below = wanted.sub_path_expr.empty()
                                  ? wanted.sub_path.str()
                                  : expand(wanted.sub_path_expr, environment);
    if (volume->volume_source.host_path) {
      mount.sub_path = parse_path(volume->volume_source.host_path->path);
    }
    for (const Str& part : parse_path(below)) mount.sub_path.push_back(part);
    mount.read_only = wanted.read_only;
    mounts.push_back(std::move(mount));
  }
  // Parents first, so that a child is not hidden. The order in the spec decides between equals.
  std::stable_sort(
      mounts.begin(), mounts.end(),
      [](const InstanceMount& a, const InstanceMount& b) { return a.at.size() < b.at.size(); });
  return mounts;
}

std::optional<std::string> over_limit(const Worker& worker) {
  for (const Volume& volume : worker.spec.volumes) {
    const auto& source = volume.volume_source.empty_dir;
    if (!source || !source->size_limit || source->size_limit->is_zero() ||
        !source->medium.empty()) {
      continue;
    }
    for (const MountedVolume& known : worker.sandbox->volumes) {
      const Disk* disk = known.name == volume.name ? worker.world.get<Disk>(known.disk) : nullptr;
      if (!disk) continue;
      const auto limit = static_cast<std::uint64_t>(source->size_limit->value());
      if (disk->tree.usage().bytes <= limit) continue;
      return fmt::format("Usage of EmptyDir volume \"{}\" exceeds the limit \"{}\". ", volume.name,
                         source->size_limit->text());
    }
  }
  return std::nullopt;
}

}  // namespace sim::kubelet
