#include "sim/graph/sight.h"

#include <algorithm>

#include "sim/model/pod_spec.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

/// Files that kubelet and runtime put over the image's: see file_view.cc.
bool is_given(const Path& path, const Path& log) {
  static const std::vector<Path> given = {parse_path("/etc/hostname"), parse_path("/etc/hosts"),
                                          parse_path("/etc/resolv.conf"), parse_path("/etc"),
                                          parse_path("/dev")};
  if (is_within(path, log) || is_within(log, path)) return true;
  return std::any_of(given.begin(), given.end(), [&](const Path& one) {
    return path == one || (one.size() > 1 && is_within(path, one)) || is_within(one, path);
  });
}

const std::shared_ptr<const std::vector<Tree>>& no_layers() {
  static const auto none = std::make_shared<const std::vector<Tree>>();
  return none;
}

/// The image alone, without a container.
FileSystem image_files(const World& world, const Str& image) {
  FileSystem files;
  const Image* known = world.settings().images.find(image);
  files.root.image = known && known->layers ? known->layers : no_layers();
  return files;
}

bool is_up(const World& world, const ContainerInstance& instance) {
  return instance.state == ContainerInstance::State::Running && is_awake(world, instance);
}

}  // namespace

/// Where a container's termination message goes.
const Path& Sight::log_of(const ContainerInstance& instance) {
  static const Path none;
  const Pod* pod = world_->get<Pod>(instance.pod);
  if (!pod || !pod->spec) return none;
  if (log_spec_.shares(pod->spec) && log_container_ == instance.meta.name) return log_;
  for (const auto* containers : {&pod->spec->init_containers, &pod->spec->containers}) {
    for (const Container& container : *containers) {
      if (container.name != instance.meta.name) continue;
      log_spec_ = pod->spec;
      log_container_ = container.name;
      log_ = parse_path(container.termination_message_path);
      return log_;
    }
  }
  return none;
}

Sight::PodFact Sight::look_at_pod(Id id) const {
  const World& world = *world_;
  PodFact fact;
  const Pod& pod = *world.get<Pod>(id);
  fact.sandbox = world.store().sandbox_of(id);
  const PodSandbox* sandbox = world.get<PodSandbox>(fact.sandbox);
  const auto running = [&](const std::vector<ContainerRecord>& records, const Str& name) -> Id {
    for (const ContainerRecord& record : records) {
      if (record.name != name || record.instance == 0) continue;
      const auto* instance = world.get<ContainerInstance>(record.instance);
      if (instance && instance->state == ContainerInstance::State::Running) return record.instance;
    }
    return 0;
  };
  for (const Container& container : pod.spec->containers) {
    const Id instance = sandbox ? running(sandbox->containers, container.name) : 0;
    fact.viewers.push_back({id, instance, container.name});
  }
  for (const Container& container : pod.spec->init_containers) {
    const Id instance = sandbox ? running(sandbox->init_containers, container.name) : 0;
    if (instance != 0) fact.viewers.push_back({id, instance, container.name});
  }
  return fact;
}

/// Whether all that a path in this instance depends on is what it was.
bool Sight::is_same(const World& before, Id id) const {
  const auto* now = world_->get<ContainerInstance>(id);
  if (!now || now != before.get<ContainerInstance>(id)) return false;
  for (const InstanceMount& mount : now->mounts) {
    if (mount.disk != 0 && before.get<Disk>(mount.disk) != world_->get<Disk>(mount.disk)) {
      return false;
    }
  }
  const auto* machine = world_->get<Machine>(now->machine);
  const auto* former = before.get<Machine>(now->machine);
  if (machine == former) return true;
  return machine && former && machine->powered == former->powered &&
         machine->reachable == former->reachable &&
         machine->booting_until.has_value() == former->booting_until.has_value() &&
         machine->host_files.root() == former->host_files.root();
}

void Sight::look_at_instance(Id id) {
  ++looked_into_;
  InstanceFact& fact = instances_[id];
  ++fact.version;
  const auto* instance = world_->get<ContainerInstance>(id);
  fact.profile = -1;
  fact.awake = instance && is_up(*world_, *instance);
  if (!fact.awake || instance->user != 0 || !instance->writable.root()->children.empty()) return;
  const Path& log = log_of(*instance);
  // Nearly always it is one more of the same kind as the one made before it.
  if (const std::int32_t guess = instances_[id - 1].profile; guess >= 0) {
    const Profile& known = profiles_[static_cast<std::size_t>(guess)];
    const auto& mounts = instance->mounts;
    if (known.image == instance->image && known.read_only_root == instance->read_only_root &&
        known.log == log &&
        std::equal(mounts.begin(), mounts.end(), known.mounts.begin(), known.mounts.end(),
                   [](const InstanceMount& mount, const Path& at) { return mount.at == at; })) {
      fact.profile = guess;
      return;
    }
  }
  Profile profile;
  profile.image = instance->image;
  profile.read_only_root = instance->read_only_root;
  for (const InstanceMount& mount : instance->mounts) profile.mounts.push_back(mount.at);
  profile.log = log;
  const auto known = profile_ids_.find(profile);
  if (known != profile_ids_.end()) {
    fact.profile = known->second;
    return;
  }
  const FileSystem files = image_files(*world_, profile.image);
  profile.plain = std::all_of(profile.mounts.begin(), profile.mounts.end(),
                              [&](const Path& at) { return files.real_path(at) == at; });
  fact.profile = static_cast<std::int32_t>(profiles_.size());
  profile_ids_[profile] = fact.profile;
  profiles_.push_back(std::move(profile));
}

void Sight::follow(const World& world) {
  const std::optional<World> before = std::move(world_);
  world_ = world;
  const Store& store = world.store();
  pods_.resize(store.table(Kind::Pod).next_id());
  instances_.resize(store.table(Kind::ContainerInstance).next_id());
  viewers_.clear();
  viewers_.reserve(store.count(Kind::Pod));
  for (const auto& [id, row] : store.table(Kind::Pod)) {
    PodFact& fact = pods_[id];
    const bool same = before && &row == before->get<Pod>(id) && fact.sandbox != 0 &&
                      store.get<PodSandbox>(fact.sandbox) == before->get<PodSandbox>(fact.sandbox);
    if (!same) {
      ++looked_into_;
      fact = look_at_pod(id);
    }
    for (Viewer& viewer : fact.viewers) {
      if (viewer.instance != 0) {
        const bool known = instances_[viewer.instance].version != 0;
        if (!known || !before || !is_same(*before, viewer.instance)) {
          look_at_instance(viewer.instance);
          const auto* instance = world.get<ContainerInstance>(viewer.instance);
          // It may have ended without a word to the sandbox yet.
          if (!instance || instance->state != ContainerInstance::State::Running) {
            viewer.instance = 0;
            fact.sandbox = 0;
          }
        }
      }
      viewers_.push_back(viewer);
    }
  }
}

/// The route of a path that meets nothing but the image; null when it may meet more.
std::shared_ptr<const Route> Sight::plain_route(const Profile& profile, const Path& path) const {
  if (!profile.plain || is_given(path, profile.log)) return nullptr;
  for (const Path& at : profile.mounts) {
    if (is_within(path, at) || is_within(at, path)) return nullptr;
  }
  const FileSystem files = image_files(*world_, profile.image);
  if (files.real_path(path) != path) return nullptr;
  const Io<Stat> stat = files.stat(path);
  auto route = std::make_shared<Route>();
  route->error = stat.error;
  route->read_only = profile.read_only_root;
  if (!stat) {
    const Io<Stat> link = files.stat(path, false);
    if (link) return nullptr;
    return route;
  }
  if (stat.value.landing.where != Landing::Where::Image) return nullptr;
  route->type = stat.value.type;
  route->place.where = Place::Where::Image;
  route->place.image = profile.image;
  route->place.layer = stat.value.landing.layer;
  route->place.inner = stat.value.landing.path;
  return route;
}

Sight::Memo& Sight::memo_of(const Path& path) {
  ++asked_;
  for (Memo& memo : memos_) {
    if (memo.path != path) continue;
    memo.asked = asked_;
    return memo;
  }
  if (memos_.size() >= most_paths_) {
    memos_.erase(std::min_element(memos_.begin(), memos_.end(),
                                  [](const Memo& a, const Memo& b) { return a.asked < b.asked; }));
  }
  memos_.push_back({path, asked_, {}, {}});
  return memos_.back();
}

std::vector<const Route*> Sight::routes(const Path& path) {
  Memo& memo = memo_of(path);
  memo.routes.resize(instances_.size());
  memo.plain.resize(profiles_.size());
  std::vector<const Route*> all;
  all.reserve(viewers_.size());
  for (const Viewer& viewer : viewers_) {
    const InstanceFact& fact = instances_[viewer.instance];
    if (viewer.instance == 0 || !fact.awake) {
      all.push_back(nullptr);
      continue;
    }
    auto& [version, route] = memo.routes[viewer.instance];
    if (version != fact.version) {
      version = fact.version;
      route = nullptr;
      if (fact.profile >= 0) {
        auto& plain = memo.plain[static_cast<std::size_t>(fact.profile)];
        if (!plain) plain = plain_route(profiles_[static_cast<std::size_t>(fact.profile)], path);
        route = *plain;
      }
      if (!route) {
        ++looked_into_;
        route = std::make_shared<const Route>(route_of(
            *world_, *world_->get<ContainerInstance>(viewer.instance), viewer.instance, path));
      }
    }
    all.push_back(route.get());
  }
  return all;
}

}  // namespace sim
