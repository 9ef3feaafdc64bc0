#include "sim/graph/cure.h"

#include <algorithm>

#include "sim/model/pod_spec.h"

namespace sim {
namespace {

std::string directory_of(const std::string& path) {
  Path parent = parse_path(path);
  if (!parent.empty()) parent.pop_back();
  return to_string(parent);
}

struct Mounted {
  std::string at;
  PlaceName name;
};

/// What a container of a pod mounts that can be written.
std::vector<Mounted> mounted_by(const World& world, const Pod& pod, std::string_view container) {
  const PodSpec spec = full_spec(pod);
  std::vector<Mounted> all;
  const Container* wanted = find_container(spec, container);
  if (!wanted) return all;
  for (const VolumeMount& mount : wanted->volume_mounts) {
    const Volume* volume = find_volume(spec, mount.name);
    if (!volume || mount.read_only) continue;
    PlaceName name = name_volume(world, pod, *volume);
    if (name.kind == "ConfigMap" || name.kind == "Secret" || name.kind == "projected" ||
        name.kind == "downward API") {
      continue;
    }
    all.push_back({mount.mount_path.str(), std::move(name)});
  }
  return all;
}

const Pod* pod_named(const World& world, std::string_view ns, std::string_view name) {
  return world.find<Pod>(ns, name);
}

class Doctor {
 public:
  Doctor(const Chronicle& chronicle, const Pod& pod, const FileSystem& files, const Why& why)
      : world_(chronicle.world()), pod_(pod), files_(files), why_(why) {}

  Cure cure() {
    switch (why_.code) {
      case WhyCode::NeverWrittenHere:
        return never_written();
      case WhyCode::DeletedHere:
        return deleted();
      case WhyCode::HiddenByMount:
        cure_.kind = Cure::Kind::MountElsewhere;
        cure_.at = why_.here.at;
        break;
      case WhyCode::LostWithContainer:
        return outlive_container();
      case WhyCode::LostWithPod:
      case WhyCode::LostWithVolume:
        return outlive_pod();
      case WhyCode::LostWithReboot:
        cure_.kind = Cure::Kind::UseDisk;
        cure_.at = why_.here.at;
        cure_.volume = why_.here.volume.str();
        break;
      case WhyCode::VolumeNotMounted:
        cure_.kind = Cure::Kind::MountHere;
        cure_.volume = why_.there ? why_.there->volume.str() : "";
        cure_.at = why_.there && !why_.there->at.empty() ? why_.there->at : directory_of(why_.path);
        break;
      case WhyCode::OnOtherNode:
        share(why_.here.at.empty() ? directory_of(why_.path) : why_.here.at, false);
        break;
      case WhyCode::NotInSource:
        cure_.kind = Cure::Kind::AddKey;
        cure_.source = why_.reason;
        break;
      case WhyCode::NotRefreshedYet:
        cure_.kind = Cure::Kind::WaitForRefresh;
        break;
      case WhyCode::PinnedBySubPath:
        cure_.kind = Cure::Kind::RestartContainer;
        break;
      case WhyCode::NotPermitted:
        cure_.kind = Cure::Kind::Allow;
        break;
      default:
        break;
    }
    return cure_;
  }

 private:
  void share(const std::string& at, bool covers_image) {
    cure_.kind = Cure::Kind::ShareVolume;
    cure_.at = at;
    cure_.hides_image = covers_image && hides_image(at);
  }
  bool hides_image(const std::string& at) const {
    if (at == "/") return true;
    const Path path = parse_path(at);
    return files_.root.image && !Overlay{files_.root.image, Tree()}.list(path).empty();
  }

  Cure never_written() {
    if (!why_.there) return cure_;
    const std::string directory = directory_of(why_.path);
    if (why_.there->pod == why_.pod) {  // another container of this pod
      const auto here = mounted_by(world_, pod_, why_.container);
      const auto there = mounted_by(world_, pod_, why_.there->container);
      for (const Mounted& one : here) {
        for (const Mounted& other : there) {
          if (one.name.volume != other.name.volume || one.at != other.at) continue;
          cure_.kind = Cure::Kind::WriteShared;
          cure_.at = one.at;
          cure_.volume = one.name.volume.str();
          return cure_;
        }
      }
      cure_.kind = Cure::Kind::ShareInPod;
      cure_.at = directory;
      cure_.hides_image = hides_image(directory);
      return cure_;
    }
    if (why_.there->where == Place::Where::Image) return cure_;
    if (const Pod* other = pod_named(world_, why_.ns, why_.there->pod)) {
      const auto here = mounted_by(world_, pod_, why_.container);
      const auto there = mounted_by(world_, *other, why_.there->container);
      for (const Mounted& one : here) {
        for (const Mounted& same : there) {
          const bool shared = one.name.shared && same.name.shared && one.at == same.at &&
                              one.name.kind == same.name.kind &&
                              one.name.source == same.name.source;
          const bool reaches = one.name.kind != "hostPath" || pod_.node_name == other->node_name;
          if (!shared || !reaches) continue;
          cure_.kind = Cure::Kind::WriteShared;
          cure_.at = one.at;
          cure_.volume = one.name.volume.str();
          return cure_;
        }
      }
    }
    const bool in_volume = why_.there->where == Place::Where::Volume && !why_.there->at.empty();
    share(in_volume ? why_.there->at : directory, !in_volume);
    return cure_;
  }

  Cure deleted() {
    const Overlay image{files_.root.image, Tree()};
    const bool back = why_.here.where != Place::Where::Volume &&
                      image.find(parse_path(why_.path)).entry != nullptr;
    cure_.kind = back ? Cure::Kind::RestartContainer : Cure::Kind::WriteAgain;
    return cure_;
  }

  Cure outlive_container() {
    const auto here = mounted_by(world_, pod_, why_.container);
    if (!here.empty()) {
      cure_.kind = Cure::Kind::KeepInVolume;
      cure_.at = here.front().at;
      cure_.volume = here.front().name.volume.str();
      return cure_;
    }
    cure_.kind = Cure::Kind::AddVolume;
    cure_.at = directory_of(why_.path);
    cure_.hides_image = hides_image(cure_.at);
    return cure_;
  }

  Cure outlive_pod() {
    for (const Mounted& one : mounted_by(world_, pod_, why_.container)) {
      if (!one.name.shared || one.name.kind == "hostPath") continue;
      cure_.kind = Cure::Kind::KeepInVolume;
      cure_.at = one.at;
      cure_.volume = one.name.volume.str();
      return cure_;
    }
    cure_.kind = Cure::Kind::UseClaim;
    cure_.at = why_.there && !why_.there->at.empty() ? why_.there->at : directory_of(why_.path);
    cure_.hides_image = hides_image(cure_.at) && (!why_.there || why_.there->at.empty());
    return cure_;
  }

  const World& world_;
  const Pod& pod_;
  const FileSystem& files_;
  const Why& why_;
  Cure cure_;
};

}  // namespace

Cure cure_for(const Chronicle& chronicle, const Pod& pod, const FileSystem& files, const Why& why) {
  return Doctor(chronicle, pod, files, why).cure();
}

}  // namespace sim
