#include "sim/graph/route.h"

#include <utility>

#include "sim/world/file_view.h"

namespace sim {
namespace {

std::size_t given_layer(const FileSystem& files) { return files.root.image->size() - 1; }

Place in_volume(const ContainerInstance& instance, int mount, Path inner) {
  Place place;
  place.where = Place::Where::Volume;
  const InstanceMount& wanted = instance.mounts[static_cast<std::size_t>(mount)];
  place.row =
      wanted.disk == 0 ? Ref{Kind::Machine, instance.machine} : Ref{Kind::Disk, wanted.disk};
  place.inner = std::move(inner);
  return place;
}

Place in_layer(Id id, Path inner) {
  Place place;
  place.where = Place::Where::Layer;
  place.row = {Kind::ContainerInstance, id};
  place.inner = std::move(inner);
  return place;
}

Place in_image(const FileSystem& files, const ContainerInstance& instance, Id id, int layer,
               Path inner) {
  Place place;
  place.inner = std::move(inner);
  // The last layer holds what kubelet and runtime give. A directory that it shares with the image
  // is the image's.
  int at = layer;
  if (layer == static_cast<int>(given_layer(files))) {
    const EntryPtr given = (*files.root.image)[given_layer(files)].find(place.inner);
    if (given && given->type == FileType::Directory) {
      for (int below = layer - 1; below >= 0 && at == layer; --below) {
        if ((*files.root.image)[static_cast<std::size_t>(below)].find(place.inner)) at = below;
      }
    }
    if (at == layer) {
      place.where = Place::Where::Given;
      place.row = {Kind::ContainerInstance, id};
      return place;
    }
  }
  place.where = Place::Where::Image;
  place.image = instance.image;
  place.layer = at;
  return place;
}

Path behind(const Path& path, const Mount& mount) {
  Path inner = mount.sub_path;
  inner.insert(inner.end(), path.begin() + static_cast<std::ptrdiff_t>(mount.at.size()),
               path.end());
  return inner;
}

/// What the mount that serves the path hides there.
std::optional<Place> below_mount(const FileSystem& files, const ContainerInstance& instance, Id id,
                                 const Path& path, int serving) {
  for (std::size_t i = files.mounts.size(); i-- > 0;) {
    const Mount& mount = files.mounts[i];
    if (static_cast<int>(i) == serving || !is_within(path, mount.at)) continue;
    Path inner = behind(path, mount);
    const VolumeView& volume = files.volumes[static_cast<std::size_t>(mount.volume)];
    if (volume.tree.find(inner)) {
      return in_volume(instance, static_cast<int>(i), std::move(inner));
    }
  }
  const Overlay::Found found = files.root.find(path);
  if (found.from == Overlay::From::Writable) return in_layer(id, path);
  if (found.from == Overlay::From::Image) return in_image(files, instance, id, found.layer, path);
  return std::nullopt;
}

}  // namespace

Route route_in(const FileSystem& files, const ContainerInstance& instance, Id id,
               const Path& path) {
  Route route;
  const Io<Stat> stat = files.stat(path);
  route.error = stat.error;
  if (stat) {
    route.type = stat.value.type;
    const Landing& landing = stat.value.landing;
    switch (landing.where) {
      case Landing::Where::Image:
        route.place = in_image(files, instance, id, landing.layer, landing.path);
        break;
      case Landing::Where::Volume:
        route.mount = landing.mount;
        route.place = in_volume(instance, landing.mount, landing.path);
        break;
      case Landing::Where::WritableLayer:
      case Landing::Where::Nowhere:
        route.place = in_layer(id, landing.path);
        break;
    }
  } else {
    const Io<Stat> link = files.stat(path, false);
    route.broken_link = link && link.value.type == FileType::Symlink;
    const Path real = files.real_path(path);
    route.mount = files.mount_of(real);
    if (route.mount < 0) {
      route.place = in_layer(id, real);
    } else {
      const Mount& mount = files.mounts[static_cast<std::size_t>(route.mount)];
      // A mount point behind a symlink: the part below it cannot be told by its length.
      Path inner = is_within(real, mount.at) ? behind(real, mount) : mount.sub_path;
      route.place = in_volume(instance, route.mount, std::move(inner));
      route.under = below_mount(files, instance, id, real, route.mount);
    }
  }
  if (route.mount < 0) {
    route.read_only = files.read_only_root;
  } else {
    const Mount& mount = files.mounts[static_cast<std::size_t>(route.mount)];
    route.read_only =
        mount.read_only || files.volumes[static_cast<std::size_t>(mount.volume)].read_only;
  }
  return route;
}

Route route_of(const World& world, const ContainerInstance& instance, Id id, const Path& path) {
  return route_in(file_system_of(world, instance, Plan()), instance, id, path);
}

const Tree* tree_of(const Object& row) {
  switch (row.kind) {
    case Kind::ContainerInstance:
      return &static_cast<const ContainerInstance&>(row).writable;
    case Kind::Disk:
      return &static_cast<const Disk&>(row).tree;
    case Kind::Machine:
      return &static_cast<const Machine&>(row).host_files;
    default:
      return nullptr;
  }
}

EntryPtr entry_at(const World& world, const Place& place) {
  if (place.where == Place::Where::Image) {
    const Image* image = world.settings().images.find(place.image);
    const auto layer = static_cast<std::size_t>(place.layer);
    if (!image || !image->layers || layer >= image->layers->size()) return nullptr;
    return (*image->layers)[layer].find(place.inner);
  }
  if (place.where == Place::Where::Nowhere) return nullptr;
  const Object* row = world.store().get(place.row);
  if (!row) return nullptr;
  if (place.where == Place::Where::Given) {
    const FileSystem files = file_system_of(world, place.row.id);
    return (*files.root.image)[given_layer(files)].find(place.inner);
  }
  const EntryPtr entry = tree_of(*row)->find(place.inner);
  return entry && entry->type != FileType::Whiteout ? entry : nullptr;
}

bool is_awake(const World& world, const ContainerInstance& instance) {
  const Machine* machine = world.get<Machine>(instance.machine);
  return machine && machine->powered && machine->reachable && !machine->booting_until;
}

Id awake_instance(const World& world, Id pod, std::string_view container) {
  const Id id = running_instance(world, pod, container);
  return id != 0 && is_awake(world, *world.get<ContainerInstance>(id)) ? id : 0;
}

}  // namespace sim
