#include "sim/graph/why.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/format.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

struct Name {
  WhyCode code;
  std::string_view name;
};
constexpr std::array<Name, 9> kNames = {{
    {WhyCode::InImage, "IN_IMAGE"},
    {WhyCode::InContainerLayer, "IN_CONTAINER_LAYER"},
    {WhyCode::InVolume, "IN_VOLUME"},
    {WhyCode::NeverWrittenHere, "NEVER_WRITTEN_HERE"},
    {WhyCode::HiddenByMount, "HIDDEN_BY_MOUNT"},
    {WhyCode::LostWithContainer, "LOST_WITH_CONTAINER"},
    {WhyCode::LostWithPod, "LOST_WITH_POD"},
    {WhyCode::VolumeNotMounted, "VOLUME_NOT_MOUNTED"},
    {WhyCode::PodNotRunning, "POD_NOT_RUNNING"},
}};

/// What a pod's volume is called for people: "emptyDir volume tmp-volume".
struct VolumeWords {
  std::string en;
  std::string ko;
};

VolumeWords volume_words(const Pod& pod, std::string_view name) {
  for (const Volume& volume : pod.spec->volumes) {
    if (volume.name != name) continue;
    const VolumeSource& source = volume.volume_source;
    std::string_view type = "volume";
    if (source.empty_dir) type = "emptyDir";
    if (source.host_path) type = "hostPath";
    if (source.config_map) type = "ConfigMap";
    if (source.secret) type = "Secret";
    if (source.projected) type = "projected";
    if (source.downward_api) type = "downward API";
    if (source.persistent_volume_claim) type = "PersistentVolumeClaim";
    return {fmt::format("the {} volume \"{}\"", type, name),
            fmt::format("{} 볼륨 \"{}\"", type, name)};
  }
  return {fmt::format("the volume \"{}\"", name), fmt::format("볼륨 \"{}\"", name)};
}

/// The last that the journal knows of a pod with this uid.
std::shared_ptr<const Pod> last_pod(const World& world, Uid uid) {
  if (const Ref ref = world.store().find(uid); ref && ref.kind == Kind::Pod) {
    return world.store().share<Pod>(ref.id);
  }
  const Journal& journal = world.journal();
  for (std::uint64_t r = journal.last(); r >= journal.first() && r > 0; --r) {
    const Change& change = journal.at(r);
    if (change.ref.kind == Kind::Pod && change.before && change.before->meta.uid == uid) {
      return share_as<Pod>(change.before);
    }
  }
  return nullptr;
}

const Container* container_of(const Pod& pod, std::string_view name) {
  for (const Container& container : pod.spec->containers) {
    if (name.empty() || container.name == name) return &container;
  }
  for (const Container& container : pod.spec->init_containers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

/// Where a path of a container leads, by its spec: the mount with the longest path that covers it.
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

/// What an instance row says of a path in its own writable layer.
bool layer_has(const ContainerInstance& instance, const Path& path) {
  const EntryPtr entry = instance.writable.find(path);
  return entry && entry->type != FileType::Whiteout;
}

bool same_owner(const Pod& a, const Pod& b) {
  const OwnerReference* one = a.meta.controller();
  const OwnerReference* other = b.meta.controller();
  if (!one || !other) return a.meta.name == b.meta.name && a.meta.ns == b.meta.ns;
  if (one->uid == other->uid) return true;
  // Two ReplicaSets of one Deployment share the name up to the hash.
  const std::string_view x = one->name.view();
  const std::string_view y = other->name.view();
  return one->kind == other->kind && x.substr(0, x.rfind('-')) == y.substr(0, y.rfind('-'));
}

std::string clock_of(const World& world, Time time) {
  return to_clock(time - world.settings().start);
}

/// Finds the answer for one container; each step either knows or passes on.
class Inquiry {
 public:
  Inquiry(const World& world, std::shared_ptr<const Pod> pod, std::string_view container,
          std::string_view path)
      : world_(world),
        pod_(std::move(pod)),
        path_text_(to_string(parse_path(path))),
        path_(parse_path(path)),
        spec_(container_of(*pod_, container)) {
    name_ = spec_ ? spec_->name.str() : std::string(container);
    who_ = fmt::format("{}", pod_->meta.name);
  }

  Why answer() {
    const Ref ref = world_.store().find(pod_->meta.uid);
    if (!ref) return gone();
    const Id instance = running_instance(world_, ref.id, name_);
    if (instance == 0) return not_running();
    const FileSystem files = file_system_of(world_, instance);
    const Io<Stat> stat = files.stat(path_);
    if (stat) return found(files, stat.value.landing);
    return missing(files, instance);
  }

 private:
  Why made(WhyCode code, std::string en, std::string ko) {
    Why why;
    why.code = code;
    why.visible =
        code == WhyCode::InImage || code == WhyCode::InContainerLayer || code == WhyCode::InVolume;
    why.en = std::move(en);
    why.ko = std::move(ko);
    why.evidence = evidence_;
    return why;
  }

  Why found(const FileSystem& files, const Landing& landing) {
    switch (landing.where) {
      case Landing::Where::Image:
        evidence_.push_back(fmt::format("image {}", spec_ ? spec_->image.view() : ""));
        return made(WhyCode::InImage,
                    fmt::format("{} is in the image of container \"{}\": every container of this "
                                "image has it.",
                                path_text_, name_),
                    fmt::format("{}은(는) 컨테이너 \"{}\"의 이미지에 들어 있어서, 같은 이미지로 뜬 "
                                "컨테이너라면 어디서나 보입니다.",
                                path_text_, name_));
      case Landing::Where::Volume: {
        const VolumeView& volume = files.volumes[static_cast<std::size_t>(
            files.mounts[static_cast<std::size_t>(landing.mount)].volume)];
        const VolumeMount* mount = spec_ ? mount_over(*spec_, path_) : nullptr;
        const VolumeWords words =
            volume_words(*pod_, mount ? mount->name.view() : volume.name.view());
        const std::string at = to_string(files.mounts[static_cast<std::size_t>(landing.mount)].at);
        evidence_.push_back(fmt::format("Pod {}/{}: mount {}", pod_->meta.ns, pod_->meta.name, at));
        return made(
            WhyCode::InVolume, fmt::format("{} is in {}, mounted at {}.", path_text_, words.en, at),
            fmt::format("{}은(는) {}에 마운트된 {}에 들어 있습니다.", path_text_, at, words.ko));
      }
      case Landing::Where::WritableLayer:
      case Landing::Where::Nowhere:
        evidence_.push_back(
            fmt::format("Pod {}/{}: container {}", pod_->meta.ns, pod_->meta.name, name_));
        return made(
            WhyCode::InContainerLayer,
            fmt::format("{} is in the writable layer of container \"{}\" in pod {}: no other "
                        "container sees it, and it is lost when this container restarts.",
                        path_text_, name_, who_),
            fmt::format("{}은(는) Pod {}에 있는 컨테이너 \"{}\"의 쓰기 레이어에 있습니다. 다른 "
                        "컨테이너에서는 보이지 않고, 이 컨테이너가 다시 시작되면 사라집니다.",
                        path_text_, who_, name_));
    }
    return {};
  }

  Why missing(const FileSystem& files, Id instance) {
    if (const int mount = covering_mount(files); mount >= 0) {
      const Overlay::Found below = files.root.find(path_);
      if (below.entry) {
        const std::string at = to_string(files.mounts[static_cast<std::size_t>(mount)].at);
        evidence_.push_back(fmt::format("Pod {}/{}: mount {}", pod_->meta.ns, pod_->meta.name, at));
        return made(
            WhyCode::HiddenByMount,
            fmt::format("{} is in the image, but the volume mounted at {} hides "
                        "everything below it.",
                        path_text_, at),
            fmt::format("{}은(는) 이미지에 있지만, {}에 마운트된 볼륨이 그 아래를 모두 가립니다.",
                        path_text_, at));
      }
    }
    if (std::optional<Why> lost = lost_with_container(instance)) return *lost;
    if (std::optional<Why> elsewhere = in_other_place()) return *elsewhere;
    if (std::optional<Why> lost = lost_with_pod()) return *lost;
    return made(WhyCode::NeverWrittenHere,
                fmt::format("Nothing has ever written {} where container \"{}\" of pod {} looks.",
                            path_text_, name_, who_),
                fmt::format("Pod {}의 컨테이너 \"{}\"가 보는 곳에 {}을(를) 쓴 적이 없습니다.", who_,
                            name_, path_text_));
  }

  int covering_mount(const FileSystem& files) const {
    int best = -1;
    for (std::size_t i = 0; i < files.mounts.size(); ++i) {
      const Path& at = files.mounts[i].at;
      if (is_within(path_, at) &&
          (best < 0 || at.size() >= files.mounts[static_cast<std::size_t>(best)].at.size())) {
        best = static_cast<int>(i);
      }
    }
    return best;
  }

  std::optional<Why> lost_with_container(Id current) {
    const Journal& journal = world_.journal();
    for (std::uint64_t r = journal.last(); r >= journal.first() && r > 0; --r) {
      const Change& change = journal.at(r);
      if (change.ref.kind != Kind::ContainerInstance || change.ref.id == current) continue;
      const Object* row = change.after ? change.after.get() : change.before.get();
      const auto& instance = *static_cast<const ContainerInstance*>(row);
      const Object* sandbox_owner = row;
      if (sandbox_owner->meta.name != name_ ||
          instance.pod != world_.store().find(pod_->meta.uid).id || !layer_has(instance, path_)) {
        continue;
      }
      const std::string when = clock_of(world_, instance.finished_at.value_or(change.time));
      evidence_.push_back(fmt::format("journal {}: {}", change.revision, change.why));
      return made(
          WhyCode::LostWithContainer,
          fmt::format("{} was in the writable layer of an earlier instance of container \"{}\", "
                      "which ended at {}; the new instance began with the image alone.",
                      path_text_, name_, when),
          fmt::format(
              "{}은(는) {}에 끝난 컨테이너 \"{}\"의 이전 인스턴스 쓰기 레이어에 있었습니다. "
              "새 인스턴스는 이미지만 가지고 시작합니다.",
              path_text_, when, name_));
    }
    return std::nullopt;
  }

  /// Another running pod of the same owner that has the file where this one has not.
  std::optional<Why> in_other_place() {
    for (const Id id : world_.store().list(Kind::Pod, pod_->meta.ns)) {
      const Pod& other = *world_.get<Pod>(id);
      if (other.meta.uid == pod_->meta.uid || !same_owner(other, *pod_)) continue;
      const Id instance = running_instance(world_, id, name_);
      if (instance == 0) continue;
      const FileSystem files = file_system_of(world_, instance);
      const Io<Stat> stat = files.stat(path_);
      if (!stat) continue;
      return told_of_other(other, files, stat.value.landing);
    }
    return std::nullopt;
  }

  Why told_of_other(const Pod& other, const FileSystem& files, const Landing& landing) {
    evidence_.push_back(fmt::format("Pod {}/{}", other.meta.ns, other.meta.name));
    if (landing.where == Landing::Where::Volume) {
      const std::string at = to_string(files.mounts[static_cast<std::size_t>(landing.mount)].at);
      const VolumeMount* mount = spec_ ? mount_over(*spec_, path_) : nullptr;
      const VolumeWords words = volume_words(other, mount ? mount->name.view() : "");
      const bool mounted_here = spec_ && mount_over(*spec_, path_);
      return made(
          mounted_here ? WhyCode::NeverWrittenHere : WhyCode::VolumeNotMounted,
          fmt::format("{} is in {} of pod {}, mounted at {}; pod {} has a volume of its "
                      "own.",
                      path_text_, words.en, other.meta.name, at, who_),
          fmt::format("{}은(는) Pod {}의 {}({}에 마운트)에 있고, Pod {}에는 따로 자기 볼륨이 "
                      "있습니다.",
                      path_text_, other.meta.name, words.ko, at, who_));
    }
    return made(
        WhyCode::NeverWrittenHere,
        fmt::format("{} was written in pod {} and went to the writable layer of its container "
                    "\"{}\", not into {}; pod {} has a container and a writable layer of its own.",
                    path_text_, other.meta.name, name_, volumes_en(other), who_),
        fmt::format(
            "{}은(는) Pod {}에서 썼고, {} 그 Pod의 컨테이너 \"{}\" 쓰기 레이어에 들어갔습니다. "
            "Pod {}에는 자기 컨테이너와 자기 쓰기 레이어가 따로 있습니다.",
            path_text_, other.meta.name, volumes_ko(other), name_, who_));
  }

  /// "the emptyDir at /tmp": what people take for the place of the write.
  std::string volumes_en(const Pod& pod) const {
    if (spec_) {
      for (const VolumeMount& mount : spec_->volume_mounts) {
        for (const Volume& volume : pod.spec->volumes) {
          if (volume.name == mount.name && volume.volume_source.empty_dir) {
            return fmt::format("the emptyDir at {}", mount.mount_path);
          }
        }
      }
    }
    return "any volume";
  }
  std::string volumes_ko(const Pod& pod) const {
    if (spec_) {
      for (const VolumeMount& mount : spec_->volume_mounts) {
        for (const Volume& volume : pod.spec->volumes) {
          if (volume.name == mount.name && volume.volume_source.empty_dir) {
            return fmt::format("{}의 emptyDir이 아니라", mount.mount_path);
          }
        }
      }
    }
    return "볼륨이 아니라";
  }

  /// A former pod of the same owner (or this one) that had it, in a layer or a volume that went
  /// with it.
  std::optional<Why> lost_with_pod() {
    const Journal& journal = world_.journal();
    for (std::uint64_t r = journal.last(); r >= journal.first() && r > 0; --r) {
      const Change& change = journal.at(r);
      if (change.after || !change.before) continue;  // only what has gone
      if (change.ref.kind == Kind::ContainerInstance) {
        const auto& instance = static_cast<const ContainerInstance&>(*change.before);
        if (instance.meta.name != name_ || !layer_has(instance, path_)) continue;
        const std::shared_ptr<const Pod> owner = pod_of(instance.pod);
        if (!owner || !same_owner(*owner, *pod_)) continue;
        return lost(change, *owner, "the writable layer of its container", "컨테이너 쓰기 레이어");
      }
      if (change.ref.kind == Kind::Disk) {
        const auto& disk = static_cast<const Disk&>(*change.before);
        if (disk.sandbox == 0) continue;
        const std::optional<Path> inside = path_in(disk.volume);
        if (!inside || !disk.tree.find(*inside)) continue;
        const std::shared_ptr<const Pod> owner = pod_of_sandbox(disk.sandbox);
        if (!owner || !same_owner(*owner, *pod_)) continue;
        const VolumeWords words = volume_words(*owner, disk.volume);
        return lost(change, *owner, words.en, words.ko);
      }
    }
    return std::nullopt;
  }

  Why lost(const Change& change, const Pod& owner, std::string_view where_en,
           std::string_view where_ko) {
    evidence_.push_back(fmt::format("journal {}: {}", change.revision, change.why));
    const std::string when = clock_of(world_, change.time);
    return made(WhyCode::LostWithPod,
                fmt::format("{} was in {} of pod {}, and went with that pod at {}.", path_text_,
                            where_en, owner.meta.name, when),
                fmt::format("{}은(는) Pod {}의 {}에 있었고, {}에 그 Pod와 함께 사라졌습니다.",
                            path_text_, owner.meta.name, where_ko, when));
  }

  /// The path inside a volume, by the mounts of the container's spec.
  std::optional<Path> path_in(std::string_view volume) const {
    const VolumeMount* mount = spec_ ? mount_over(*spec_, path_) : nullptr;
    if (!mount || mount->name != volume) return std::nullopt;
    const Path at = parse_path(mount->mount_path);
    Path inside = parse_path(mount->sub_path);
    inside.insert(inside.end(), path_.begin() + static_cast<std::ptrdiff_t>(at.size()),
                  path_.end());
    return inside;
  }

  std::shared_ptr<const Pod> pod_of(Id id) const {
    if (std::shared_ptr<const Pod> pod = world_.store().share<Pod>(id)) return pod;
    const Journal& journal = world_.journal();
    for (std::uint64_t r = journal.last(); r >= journal.first() && r > 0; --r) {
      const Change& change = journal.at(r);
      if (change.ref == Ref{Kind::Pod, id} && change.before) return share_as<Pod>(change.before);
    }
    return nullptr;
  }
  std::shared_ptr<const Pod> pod_of_sandbox(Id id) const {
    const Journal& journal = world_.journal();
    for (std::uint64_t r = journal.last(); r >= journal.first() && r > 0; --r) {
      const Change& change = journal.at(r);
      if (change.ref == Ref{Kind::PodSandbox, id}) {
        const Object* row = change.after ? change.after.get() : change.before.get();
        return pod_of(static_cast<const PodSandbox*>(row)->pod);
      }
    }
    return nullptr;
  }

  Why gone() {
    if (std::optional<Why> lost = lost_with_pod()) return *lost;
    return made(
        WhyCode::PodNotRunning,
        fmt::format("Pod {} is gone: nothing runs there that could see {}.", who_, path_text_),
        fmt::format("Pod {}은(는) 이제 없어서 {}을(를) 볼 수 있는 것이 없습니다.", who_,
                    path_text_));
  }

  Why not_running() {
    std::string reason = pod_->status.phase.str();
    for (const ContainerStatus& status : pod_->status.container_statuses) {
      if (status.name == name_ && status.state.waiting) reason = status.state.waiting->reason.str();
    }
    evidence_.push_back(fmt::format("Pod {}/{}: status", pod_->meta.ns, pod_->meta.name));
    return made(
        WhyCode::PodNotRunning,
        fmt::format("Container \"{}\" of pod {} is not running ({}).", name_, who_, reason),
        fmt::format("Pod {}의 컨테이너 \"{}\"가 실행 중이 아닙니다({}).", who_, name_, reason));
  }

  const World& world_;
  std::shared_ptr<const Pod> pod_;
  std::string path_text_;
  Path path_;
  const Container* spec_;
  std::string name_;
  std::string who_;
  std::vector<std::string> evidence_;
};

}  // namespace

std::string_view name_of(WhyCode code) {
  for (const Name& name : kNames) {
    if (name.code == code) return name.name;
  }
  return "";
}

std::optional<WhyCode> parse_why_code(std::string_view text) {
  for (const Name& name : kNames) {
    if (name.name == text) return name.code;
  }
  return std::nullopt;
}

std::vector<std::string> why_code_names() {
  std::vector<std::string> names;
  for (const Name& name : kNames) names.emplace_back(name.name);
  return names;
}

Why why(const World& world, Uid pod, std::string_view container, std::string_view path) {
  std::shared_ptr<const Pod> row = last_pod(world, pod);
  if (!row) {
    Why unknown;
    unknown.code = WhyCode::PodNotRunning;
    unknown.en = "There is no such pod.";
    unknown.ko = "그런 Pod는 없습니다.";
    return unknown;
  }
  return Inquiry(world, std::move(row), container, path).answer();
}

bool sees(const World& world, Uid pod, std::string_view container, std::string_view path) {
  const Ref ref = world.store().find(pod);
  if (!ref || ref.kind != Kind::Pod) return false;
  const Id instance = running_instance(world, ref.id, container);
  if (instance == 0) return false;
  return static_cast<bool>(file_system_of(world, instance).stat(parse_path(path)));
}

}  // namespace sim
