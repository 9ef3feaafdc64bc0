#include "sim/graph/place_name.h"

#include <algorithm>
#include <array>
#include <optional>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/model/pod_spec.h"
#include "sim/model/service_types.h"

namespace sim {
namespace {

Str node_of(const Chronicle& chronicle, Id machine) {
  const auto row = chronicle.last<Machine>(machine);
  return row ? row->meta.name : Str();
}

/// A claim and what it is bound to.
void add_claim(const World& world, std::string_view ns, PlaceName& name) {
  name.shared = true;
  const auto* claim = world.find<PersistentVolumeClaim>(ns, name.source);
  if (!claim) return;
  name.persistent = claim->spec.volume_name;
  name.storage_class = claim->spec.storage_class_name.value_or(Str());
  name.access_modes = claim->spec.access_modes;
}

/// The key that a file of a ConfigMap or Secret comes from; nothing: no key makes it.
std::optional<std::string> key_of(const std::vector<KeyToPath>& items, const Path& file) {
  if (items.empty()) {
    return file.size() == 1 ? std::optional(file[0].str()) : std::nullopt;
  }
  for (const KeyToPath& item : items) {
    if (parse_path(item.path) == file) return item.key.str();
  }
  return std::nullopt;
}

void look_in_config(const World& world, const Pod& pod, std::string_view name,
                    const std::vector<KeyToPath>& items, const Path& file, Source& source) {
  source.object = fmt::format("ConfigMap {}/{}", pod.meta.ns, name);
  const auto* map = world.find<ConfigMap>(pod.meta.ns, name);
  const std::optional<std::string> key = key_of(items, file);
  if (!map || !key) return;
  if (const Str* text = map->data.find(*key)) {
    source.has = source.known = true;
    source.bytes = text->str();
  } else if (const Str* coded = map->binary_data.find(*key)) {
    source.has = source.known = true;
    source.bytes = decode_base64(*coded).value_or(std::string());
  }
}

void look_in_secret(const World& world, const Pod& pod, std::string_view name,
                    const std::vector<KeyToPath>& items, const Path& file, Source& source) {
  source.object = fmt::format("Secret {}/{}", pod.meta.ns, name);
  const auto* secret = world.find<Secret>(pod.meta.ns, name);
  const std::optional<std::string> key = key_of(items, file);
  const Str* coded = secret && key ? secret->data.find(*key) : nullptr;
  if (!coded) return;
  source.has = source.known = true;
  source.bytes = decode_base64(*coded).value_or(std::string());
}

void look_in_downward(const std::vector<DownwardAPIVolumeFile>& items, const Path& file,
                      Source& source) {
  source.object = "the pod's own fields";
  source.has = std::any_of(items.begin(), items.end(),
                           [&](const auto& item) { return parse_path(item.path) == file; });
}

}  // namespace

const Volume* find_volume(const PodSpec& spec, std::string_view name) {
  for (const Volume& volume : spec.volumes) {
    if (volume.name == name) return &volume;
  }
  return nullptr;
}

const Container* find_container(const PodSpec& spec, std::string_view name) {
  for (const auto* containers : {&spec.containers, &spec.init_containers}) {
    for (const Container& container : *containers) {
      if (name.empty() || container.name == name) return &container;
    }
  }
  return nullptr;
}

const VolumeMount* mount_over(const Container& container, const Path& path) {
  const VolumeMount* best = nullptr;
  std::size_t longest = 0;
  for (const VolumeMount& mount : container.volume_mounts) {
    const Path at = parse_path(mount.mount_path);
    if (is_within(path, at) && (!best || at.size() >= longest)) {
      best = &mount;
      longest = at.size();
    }
  }
  return best;
}

PlaceName name_volume(const World& world, const Pod& pod, const Volume& volume) {
  PlaceName name;
  name.where = Place::Where::Volume;
  name.volume = volume.name;
  name.pod = pod.meta.name;
  name.kind = "volume";
  const VolumeSource& source = volume.volume_source;
  if (source.empty_dir) {
    name.kind = "emptyDir";
    name.memory = source.empty_dir->medium == "Memory";
  } else if (source.host_path) {
    name.kind = "hostPath";
    name.source = source.host_path->path;
    name.shared = true;
  } else if (source.config_map) {
    name.kind = "ConfigMap";
    name.source = source.config_map->local_object_reference.name;
  } else if (source.secret) {
    name.kind = "Secret";
    name.source = source.secret->secret_name;
  } else if (source.projected) {
    name.kind = "projected";
  } else if (source.downward_api) {
    name.kind = "downward API";
  } else if (source.persistent_volume_claim) {
    name.kind = "PersistentVolumeClaim";
    name.source = source.persistent_volume_claim->claim_name;
    add_claim(world, pod.meta.ns, name);
  } else if (source.ephemeral) {
    name.kind = "ephemeral";
    name.source = fmt::format("{}-{}", pod.meta.name, volume.name);
    add_claim(world, pod.meta.ns, name);
    name.shared = false;  // the claim goes with the pod
  } else if (source.nfs) {
    name.kind = "NFS";
    name.source = fmt::format("{}:{}", source.nfs->server, source.nfs->path);
    name.shared = true;
  } else if (source.csi) {
    name.kind = "CSI";
    name.source = source.csi->driver;
  }
  return name;
}

PlaceName name_place(const Chronicle& chronicle, const Pod& pod, const ContainerInstance& instance,
                     const Route& route) {
  if (route.place.where != Place::Where::Volume) {
    PlaceName name;
    name.where = route.place.where;
    name.pod = pod.meta.name;
    name.container = instance.meta.name;
    name.image = instance.image;
    name.node = node_of(chronicle, instance.machine);
    return name;
  }
  const InstanceMount& mount = instance.mounts[static_cast<std::size_t>(route.mount)];
  const PodSpec spec = full_spec(pod);
  const Container* container = find_container(spec, instance.meta.name);
  const auto disk = chronicle.last<Disk>(mount.disk);
  Str volume = disk ? disk->volume : Str();
  if (container) {
    for (const VolumeMount& wanted : container->volume_mounts) {
      if (parse_path(wanted.mount_path) == mount.at) volume = wanted.name;
    }
    for (const VolumeDevice& wanted : container->volume_devices) {
      if (parse_path(wanted.device_path) == mount.at) volume = wanted.name;
    }
  }
  PlaceName name;
  name.where = Place::Where::Volume;
  name.kind = "volume";
  if (const Volume* known = find_volume(spec, volume)) {
    name = name_volume(chronicle.world(), pod, *known);
  }
  name.volume = volume;
  name.container = instance.meta.name;
  name.pod = pod.meta.name;
  name.at = to_string(mount.at);
  const Id machine = mount.disk == 0 ? instance.machine : disk ? disk->machine : 0;
  name.node = machine == 0 ? Str() : node_of(chronicle, machine);
  return name;
}

PlaceName name_place(const Chronicle& chronicle, const Place& place) {
  PlaceName name;
  name.where = place.where;
  name.image = place.image;
  if (place.row.kind == Kind::ContainerInstance) {
    if (const auto instance = chronicle.last<ContainerInstance>(place.row.id)) {
      name.container = instance->meta.name;
      name.image = instance->image;
      if (const auto pod = chronicle.last<Pod>(instance->pod)) name.pod = pod->meta.name;
      name.node = node_of(chronicle, instance->machine);
    }
  } else if (place.row.kind == Kind::Machine) {
    name.kind = "hostPath";
    name.source = to_string(place.inner);
    name.node = node_of(chronicle, place.row.id);
    name.shared = true;
  } else if (place.row.kind == Kind::Disk) {
    const auto disk = chronicle.last<Disk>(place.row.id);
    const auto sandbox = disk ? chronicle.last<PodSandbox>(disk->sandbox) : nullptr;
    const auto pod = sandbox ? chronicle.last<Pod>(sandbox->pod) : nullptr;
    if (pod) {
      const PodSpec spec = full_spec(*pod);
      if (const Volume* known = find_volume(spec, disk->volume)) {
        name = name_volume(chronicle.world(), *pod, *known);
      }
    } else if (disk) {
      name.kind = "PersistentVolume";
      name.source = disk->meta.name;
      name.shared = true;
    }
    if (disk && disk->machine != 0) name.node = node_of(chronicle, disk->machine);
  }
  return name;
}

Source source_of(const World& world, const Pod& pod, const Volume& volume, const Path& file) {
  Source source;
  const VolumeSource& from = volume.volume_source;
  source.mirrors = from.config_map || from.secret || from.downward_api || from.projected;
  if (from.config_map) {
    look_in_config(world, pod, from.config_map->local_object_reference.name, from.config_map->items,
                   file, source);
  } else if (from.secret) {
    look_in_secret(world, pod, from.secret->secret_name, from.secret->items, file, source);
  } else if (from.downward_api) {
    look_in_downward(from.downward_api->items, file, source);
  } else if (from.projected) {
    for (const VolumeProjection& part : from.projected->sources) {
      Source one;
      if (part.config_map) {
        look_in_config(world, pod, part.config_map->local_object_reference.name,
                       part.config_map->items, file, one);
      } else if (part.secret) {
        look_in_secret(world, pod, part.secret->local_object_reference.name, part.secret->items,
                       file, one);
      } else if (part.downward_api) {
        look_in_downward(part.downward_api->items, file, one);
      } else if (part.service_account_token) {
        one.object = "the service account's token";
        one.has = parse_path(part.service_account_token->path) == file;
      }
      one.mirrors = true;
      // A later source writes over an earlier one.
      if (one.has || !source.has) source = one;
    }
  }
  return source;
}

}  // namespace sim
