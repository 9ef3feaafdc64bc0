#include "sim/graph/why.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/graph/cure.h"
#include "sim/graph/unreachable.h"
#include "sim/model/pod_spec.h"
#include "sim/world/drivers.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

// Pods of other owners that are looked at for the file; more would make a question slow.
constexpr int kMostOthers = 512;
constexpr std::size_t kLongestHistory = 40;

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

std::string object_of(const Object& object) {
  const std::string_view kind = info(object.kind).name;
  return object.meta.ns.empty() ? fmt::format("{} {}", kind, object.meta.name)
                                : fmt::format("{} {}/{}", kind, object.meta.ns, object.meta.name);
}

/// Finds the answer for one container; each step either knows or passes on.
class Inquiry {
 public:
  Inquiry(const Chronicle& chronicle, std::shared_ptr<const Pod> pod, Id id,
          std::string_view container, std::string_view path)
      : chronicle_(chronicle),
        world_(chronicle.world()),
        pod_(std::move(pod)),
        id_(id),
        spec_(full_spec(*pod_)),
        path_(parse_path(path)) {
    why_.path = to_string(path_);
    why_.ns = pod_->meta.ns;
    why_.pod = pod_->meta.name;
    why_.start = world_.settings().start;
    std::string wanted(container);
    if (wanted.empty()) {
      wanted = pod_->meta.annotations.get("kubectl.kubernetes.io/default-container").str();
    }
    container_ = find_container(spec_, wanted);
    why_.container = container_ ? container_->name : Str(wanted);
  }

  Why answer() {
    decide();
    why_.visible = is_seen(why_.code);
    finish_history();
    return std::move(why_);
  }

 private:
  void decide() {
    if (!container_) {
      why_.code = WhyCode::NoSuchContainer;
      return;
    }
    if (!world_.store().find(pod_->meta.uid)) {
      if (lost_with_pod()) return cure_without_files();
      why_.code = WhyCode::PodNotRunning;
      why_.reason = "deleted";
      name_preemptor(*pod_);
      return;
    }
    instance_id_ = running_instance(world_, id_, why_.container);
    if (instance_id_ == 0) return explain_unreachable(chronicle_, *pod_, id_, why_);
    const auto& instance = *world_.get<ContainerInstance>(instance_id_);
    if (!is_awake(world_, instance)) return node_down(instance);
    const FileSystem files = file_system_of(world_, instance_id_);
    const Route route = route_in(files, instance, instance_id_, path_);
    why_.here = name_place(chronicle_, *pod_, instance, route);
    why_.read_only = route.read_only;
    if (route.exists()) return found(instance, route);
    missing(files, instance, route);
    if (why_.cure.kind == Cure::Kind::None) why_.cure = cure_for(chronicle_, *pod_, files, why_);
  }

  void cure_without_files() { why_.cure = cure_for(chronicle_, *pod_, FileSystem(), why_); }

  void evidence(std::string object, std::string field, std::string value,
                std::uint64_t revision = 0) {
    why_.evidence.push_back({std::move(object), std::move(field), std::move(value), revision});
  }
  /// The mount that the answer speaks of, and what stands behind its volume.
  void mount_evidence(const PlaceName& place) {
    for (std::size_t c = 0; c < spec_.containers.size(); ++c) {
      const Container& container = spec_.containers[c];
      if (container.name != why_.container) continue;
      for (std::size_t m = 0; m < container.volume_mounts.size(); ++m) {
        if (container.volume_mounts[m].mount_path != place.at) continue;
        evidence(object_of(*pod_), fmt::format("spec.containers[{}].volumeMounts[{}]", c, m),
                 fmt::format("{} from {}", place.at, container.volume_mounts[m].name));
      }
    }
    for (std::size_t v = 0; v < spec_.volumes.size(); ++v) {
      if (spec_.volumes[v].name != place.volume) continue;
      evidence(
          object_of(*pod_), fmt::format("spec.volumes[{}]", v),
          place.source.empty() ? place.kind.str() : fmt::format("{} {}", place.kind, place.source));
    }
    if (place.persistent.empty()) return;
    evidence(fmt::format("PersistentVolumeClaim {}/{}", pod_->meta.ns, place.source),
             "spec.volumeName", place.persistent.str());
  }
  void journal_evidence(const Change& change) {
    evidence("", "", change.why.str(), change.revision);
  }
  void at_moment(const Change& change, Time when) {
    why_.when = when - why_.start;
    why_.command = chronicle_.origin_of_end(change).text;
    journal_evidence(change);
  }

  void node_down(const ContainerInstance& instance) {
    why_.code = WhyCode::NodeDown;
    const Machine& machine = *world_.get<Machine>(instance.machine);
    why_.here.node = machine.meta.name;
    if (machine.silent_since) why_.when = *machine.silent_since - why_.start;
    if (machine.powered && !machine.booting_until) {
      why_.code = WhyCode::NodeCutOff;
      evidence(fmt::format("Node {}", machine.meta.name), "network", "cut off");
      why_.cure.kind = Cure::Kind::HealNetwork;
      return;
    }
    evidence(fmt::format("Node {}", machine.meta.name), "power",
             machine.powered ? "it is starting" : "off");
    why_.cure.kind = Cure::Kind::StartNode;
  }

  void found(const ContainerInstance& instance, const Route& route) {
    switch (route.place.where) {
      case Place::Where::Image:
        why_.code = WhyCode::InImage;
        evidence(object_of(*pod_), "image", instance.image.str());
        break;
      case Place::Where::Given:
        why_.code = WhyCode::GivenByKubelet;
        break;
      case Place::Where::Volume:
        why_.code = WhyCode::InVolume;
        mount_evidence(why_.here);
        look_for_staleness(instance, route);
        add_history(route.place, false);
        break;
      default:
        why_.code = WhyCode::InContainerLayer;
        evidence(object_of(*pod_), "container", instance.meta.name.str());
        add_history(route.place, image_has(instance, route.place.inner));
        break;
    }
  }

  bool image_has(const ContainerInstance& instance, const Path& inner) const {
    const Image* image = world_.settings().images.find(instance.image);
    return image && image->layers && Overlay{image->layers, Tree()}.find(inner).entry;
  }

  /// The file of a ConfigMap and the like that the path asks for, without the links of the volume.
  std::optional<Path> mirrored_file(const ContainerInstance& instance, const Route& route) const {
    if (route.mount < 0) return std::nullopt;
    const InstanceMount& mount = instance.mounts[static_cast<std::size_t>(route.mount)];
    if (!is_within(path_, mount.at)) return std::nullopt;
    const VolumeMount* wanted = container_ ? mount_over(*container_, mount.at) : nullptr;
    Path file = wanted ? parse_path(wanted->sub_path) : Path();
    file.insert(file.end(), path_.begin() + static_cast<std::ptrdiff_t>(mount.at.size()),
                path_.end());
    return file;
  }
  bool pinned(const ContainerInstance& instance, const Route& route) const {
    return route.mount >= 0 &&
           !instance.mounts[static_cast<std::size_t>(route.mount)].sub_path.empty();
  }
  Source source_behind(const ContainerInstance& instance, const Route& route) const {
    const Volume* volume = find_volume(spec_, why_.here.volume);
    const std::optional<Path> file = mirrored_file(instance, route);
    if (!volume || !file || file->empty()) return {};
    return source_of(world_, *pod_, *volume, *file);
  }

  void look_for_staleness(const ContainerInstance& instance, const Route& route) {
    const Source source = source_behind(instance, route);
    if (!source.mirrors) return;
    const EntryPtr entry = entry_at(world_, route.place);
    if (!entry || entry->type != FileType::File) return;
    why_.stale = !source.has || (source.known && entry->bytes != source.bytes);
    if (!why_.stale) return;
    why_.reason = source.object;
    evidence(source.object, "data", "has changed since it was written here");
    why_.cure.kind =
        pinned(instance, route) ? Cure::Kind::RestartContainer : Cure::Kind::WaitForRefresh;
  }

  void missing(const FileSystem& files, const ContainerInstance& instance, const Route& route) {
    if (route.error == Errno::InputOutput) {
      why_.code = WhyCode::VolumeNotAttached;
      why_.detached = true;
      why_.here.node = pod_->node_name;
      mount_evidence(why_.here);
      evidence(fmt::format("PersistentVolume {}", why_.here.persistent), "attached to",
               "not this node any more");
      return;
    }
    if (route.error == Errno::AccessDenied) {
      why_.code = WhyCode::NotPermitted;
      evidence(object_of(*pod_), "container", fmt::format("runs as user {}", instance.user));
      why_.reason = fmt::format("{}", instance.user);
      return;
    }
    if (route.broken_link || route.error == Errno::TooManyLinks) {
      why_.code = WhyCode::BrokenLink;
      const Io<Stat> link = files.stat(path_, false);
      if (link) why_.reason = link.value.target.str();
      return;
    }
    if (route.under) return hidden(*route.under);
    if (why_.here.where == Place::Where::Volume) {
      const Source source = source_behind(instance, route);
      if (source.mirrors) return not_mirrored(source, instance, route);
    }
    if (removed(instance, route)) return;
    if (lost_with_container()) return;
    if (in_other_place(instance, route)) return;
    if (lost_with_pod()) return;
    if (lost_with_volume()) return;
    why_.code = WhyCode::NeverWrittenHere;
  }

  void hidden(const Place& under) {
    why_.code = WhyCode::HiddenByMount;
    why_.there = name_place(chronicle_, under);
    mount_evidence(why_.here);
    add_history(under, false);
  }

  void not_mirrored(const Source& source, const ContainerInstance& instance, const Route& route) {
    why_.reason = source.object;
    mount_evidence(why_.here);
    if (!source.has) {
      why_.code = WhyCode::NotInSource;
      evidence(source.object, "data", "no such key");
    } else if (pinned(instance, route)) {
      why_.code = WhyCode::PinnedBySubPath;
    } else {
      why_.code = WhyCode::NotRefreshedYet;
      evidence(source.object, "data", "has the key");
    }
  }

  /// It was in the very place where this container looks.
  bool removed(const ContainerInstance& instance, const Route& route) {
    const bool below =
        route.place.where == Place::Where::Layer && image_has(instance, route.place.inner);
    const std::vector<Happening> all = happenings(chronicle_, route.place, below);
    add_history(route.place, below);
    if (all.empty()) return false;
    const Happening& last = all.back();
    const bool emptied = last.what == Happening::What::Emptied;
    if (!emptied && last.what != Happening::What::Removed &&
        last.what != Happening::What::HiddenBelow) {
      return false;
    }
    why_.code = emptied ? WhyCode::LostWithReboot : WhyCode::DeletedHere;
    at_moment(world_.journal().at(last.revision), last.time);
    if (last.what == Happening::What::HiddenBelow) {
      why_.there = PlaceName();
      why_.there->where = Place::Where::Image;
      why_.there->image = instance.image;
    }
    if (route.place.where == Place::Where::Volume) mount_evidence(why_.here);
    return true;
  }

  bool lost_with_container() {
    std::vector<Id> earlier = chronicle_.instances_of(id_, why_.container);
    std::reverse(earlier.begin(), earlier.end());
    for (const Id id : earlier) {
      if (id == instance_id_) continue;
      const auto row = chronicle_.last<ContainerInstance>(id);
      if (!row || !layer_has(*row)) continue;
      Place place;
      place.where = Place::Where::Layer;
      place.row = {Kind::ContainerInstance, id};
      place.inner = path_;
      why_.code = WhyCode::LostWithContainer;
      why_.there = name_place(chronicle_, place);
      add_history(place, image_has(*row, path_));
      why_.when = row->finished_at.value_or(world_.now()) - why_.start;
      for (const Change* change : chronicle_.of(place.row)) {
        const auto* after = as<ContainerInstance>(change->after);
        if (after && after->state == ContainerInstance::State::Exited) {
          at_moment(*change, row->finished_at.value_or(change->time));
          break;
        }
      }
      return true;
    }
    return false;
  }

  bool layer_has(const ContainerInstance& instance) const {
    const EntryPtr entry = instance.writable.find(path_);
    return entry && entry->type != FileType::Whiteout;
  }

  /// Another container that sees the file where this one does not: of this pod, of its owner's
  /// pods, of the others in the namespace.
  bool in_other_place(const ContainerInstance& own, const Route& route) {
    if (in_pod(*pod_, id_, true, own, route)) return true;
    for (const bool of_owner : {true, false}) {
      int looked_at = 0;
      for (const Id id : world_.store().list(Kind::Pod, pod_->meta.ns)) {
        const Pod& other = *world_.get<Pod>(id);
        if (other.meta.uid == pod_->meta.uid || same_owner(other, *pod_) != of_owner) continue;
        if (++looked_at > kMostOthers) break;
        if (in_pod(other, id, false, own, route)) return true;
      }
    }
    return false;
  }

  bool in_pod(const Pod& other, Id id, bool own_pod, const ContainerInstance& own,
              const Route& route) {
    for (const Id instance_id : world_.store().instances_of(world_.store().sandbox_of(id))) {
      const auto& instance = *world_.get<ContainerInstance>(instance_id);
      if (instance.state != ContainerInstance::State::Running || instance_id == instance_id_) {
        continue;
      }
      if (!is_awake(world_, instance)) continue;
      const Route there = route_of(world_, instance, instance_id, path_);
      if (!there.exists() || there.place.where == Place::Where::Given) continue;
      // What another image holds says nothing of this container, unless it should be the same.
      if (there.place.where == Place::Where::Image && !same_owner(other, *pod_)) continue;
      if (there.place.where == Place::Where::Image && own_pod) continue;
      told_of_other(other, instance, there, own, route);
      return true;
    }
    return false;
  }

  void told_of_other(const Pod& other, const ContainerInstance& instance, const Route& there,
                     const ContainerInstance& own, const Route& route) {
    why_.code = WhyCode::NeverWrittenHere;
    why_.there = name_place(chronicle_, other, instance, there);
    add_history(there.place, image_has(instance, there.place.inner));
    evidence(object_of(other), "container", instance.meta.name.str());
    if (there.place.where == Place::Where::Volume) {
      const bool mounted = route.place.where == Place::Where::Volume;
      if (!mounted) {
        why_.code = WhyCode::VolumeNotMounted;
      } else if (why_.here.kind == why_.there->kind && why_.here.source == why_.there->source &&
                 !why_.here.node.empty() && why_.here.shared && instance.machine != own.machine) {
        why_.code = WhyCode::OnOtherNode;
      }
      if (mounted) mount_evidence(why_.here);
    }
    if (there.place.where == Place::Where::Layer) find_decoy(other);
  }

  /// An emptyDir of the pod: people take it for the place of a write that went to the layer.
  void find_decoy(const Pod& other) {
    const PodSpec spec = full_spec(other);
    const Container* container = find_container(spec, why_.there->container);
    if (!container) return;
    for (const VolumeMount& mount : container->volume_mounts) {
      const Volume* volume = find_volume(spec, mount.name);
      if (!volume || !volume->volume_source.empty_dir) continue;
      why_.decoy = mount.mount_path.str();
      return;
    }
  }

  /// A former pod of the same owner (or this one) that had it, in a layer or a volume that went
  /// with it.
  bool lost_with_pod() {
    const std::vector<const Change*>& gone = chronicle_.gone();
    for (auto at = gone.rbegin(); at != gone.rend(); ++at) {
      const Change& change = **at;
      Place place;
      place.row = change.ref;
      std::shared_ptr<const Pod> owner;
      std::string mounted_at;
      if (const auto* instance = as<ContainerInstance>(change.before)) {
        if (instance->meta.name != why_.container || !layer_has(*instance)) continue;
        owner = chronicle_.last<Pod>(instance->pod);
        place.where = Place::Where::Layer;
        place.inner = path_;
      } else if (const auto* disk = as<Disk>(change.before)) {
        const auto sandbox = chronicle_.last<PodSandbox>(disk->sandbox);
        owner = sandbox ? chronicle_.last<Pod>(sandbox->pod) : nullptr;
        if (!owner) continue;
        const std::optional<Path> inside = path_in(*owner, disk->volume, mounted_at);
        if (!inside || !disk->tree.find(*inside)) continue;
        place.where = Place::Where::Volume;
        place.inner = *inside;
      }
      if (!owner || !same_owner(*owner, *pod_)) continue;
      why_.code = WhyCode::LostWithPod;
      why_.there = name_place(chronicle_, place);
      why_.there->at = mounted_at;
      add_history(place, false);
      at_moment(change, change.time);
      name_preemptor(*owner);
      name_autoscaler(*owner);
      return true;
    }
    return false;
  }

  /// Whom a pod had to make room for, as the scheduler's event tells.
  void name_preemptor(const Pod& lost) {
    constexpr std::string_view kBefore = "Preempted by pod ";
    for (const Id id : world_.store().events_about(lost.meta.uid)) {
      const std::string_view text = world_.get<Event>(id)->message.view();
      if (text.substr(0, kBefore.size()) != kBefore) continue;
      const std::string_view rest = text.substr(kBefore.size());
      const std::optional<Uid> uid = parse_uid(rest.substr(0, rest.find(' ')));
      const auto preemptor = uid ? chronicle_.pod(*uid, nullptr) : nullptr;
      if (!preemptor) continue;
      why_.preemptor = preemptor->meta.name;
      evidence(object_of(lost), "event Preempted", std::string(text));
    }
  }

  /// Who evicted a pod to be rid of its node, as its event tells.
  void name_autoscaler(const Pod& lost) {
    for (const Id id : world_.store().events_about(lost.meta.uid)) {
      const Event& event = *world_.get<Event>(id);
      if (event.reason != "ScaleDown") continue;
      why_.scaled_down = lost.node_name;
      evidence(object_of(lost), "event ScaleDown", event.message.str());
    }
  }

  /// The path inside a volume of a pod, by the mounts of its container's spec.
  std::optional<Path> path_in(const Pod& pod, std::string_view volume, std::string& at) const {
    const PodSpec spec = full_spec(pod);
    const Container* container = find_container(spec, why_.container);
    const VolumeMount* mount = container ? mount_over(*container, path_) : nullptr;
    if (!mount || mount->name != volume) return std::nullopt;
    at = mount->mount_path.str();
    const Path point = parse_path(at);
    Path inside = parse_path(mount->sub_path);
    inside.insert(inside.end(), path_.begin() + static_cast<std::ptrdiff_t>(point.size()),
                  path_.end());
    return inside;
  }

  /// A volume that the same claim was bound to before, and that had the file. Its driver may keep
  /// the files; nothing leads to them any more.
  bool lost_with_volume() {
    if (why_.here.where != Place::Where::Volume || !why_.here.shared) return false;
    const VolumeMount* mount = mount_over(*container_, path_);
    if (!mount) return false;
    const Path point = parse_path(mount->mount_path);
    Path inside = parse_path(mount->sub_path);
    inside.insert(inside.end(), path_.begin() + static_cast<std::ptrdiff_t>(point.size()),
                  path_.end());
    const std::vector<const Change*>& volumes = chronicle_.gone_volumes();
    for (auto at = volumes.rbegin(); at != volumes.rend(); ++at) {
      const PersistentVolumeSpec& spec = static_cast<const PersistentVolume&>(*(*at)->before).spec;
      if (!spec.claim_ref || spec.claim_ref->name != why_.here.source ||
          spec.claim_ref->ns != pod_->meta.ns) {
        continue;
      }
      const Id disk = former_contents(spec);
      const auto row = chronicle_.last<Disk>(disk);
      if (!row || !row->tree.find(inside)) continue;
      why_.code = WhyCode::LostWithVolume;
      const Place place{Place::Where::Volume, {Kind::Disk, disk}, Str(), -1, inside};
      why_.there = name_place(chronicle_, place);
      add_history(place, false);
      at_moment(**at, (*at)->time);
      return true;
    }
    return false;
  }
  Id former_contents(const PersistentVolumeSpec& spec) const {
    if (const Id kept = contents_of(world_, spec)) return kept;
    const std::string name = contents_name(spec);
    for (const Change* change : chronicle_.gone()) {
      if (change->ref.kind == Kind::Disk && change->before->meta.name == name) {
        return change->ref.id;
      }
    }
    return 0;
  }

  void add_history(const Place& place, bool image_has_it) {
    for (Happening& one : happenings(chronicle_, place, image_has_it)) {
      why_.history.push_back(std::move(one));
    }
  }
  void finish_history() {
    auto& all = why_.history;
    std::stable_sort(all.begin(), all.end(), [](const Happening& a, const Happening& b) {
      return a.revision < b.revision;
    });
    all.erase(std::unique(all.begin(), all.end(),
                          [](const Happening& a, const Happening& b) {
                            return a.revision == b.revision && a.place == b.place;
                          }),
              all.end());
    if (all.size() > kLongestHistory) {
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kLongestHistory));
    }
  }

  const Chronicle& chronicle_;
  const World& world_;
  std::shared_ptr<const Pod> pod_;
  Id id_;
  PodSpec spec_;
  Path path_;
  const Container* container_ = nullptr;
  Id instance_id_ = 0;
  Why why_;
};

}  // namespace

std::string to_string(const Evidence& evidence) {
  std::string text = evidence.object;
  if (!evidence.field.empty())
    text += fmt::format("{}{}", text.empty() ? "" : ": ", evidence.field);
  if (!evidence.value.empty())
    text += fmt::format("{}{}", text.empty() ? "" : " = ", evidence.value);
  if (evidence.revision != 0) {
    text = fmt::format("journal {}{}{}", evidence.revision, text.empty() ? "" : ": ", text);
  }
  return text;
}

Why why(const Chronicle& chronicle, Uid uid, std::string_view container, std::string_view path) {
  Id id = 0;
  std::shared_ptr<const Pod> pod = chronicle.pod(uid, &id);
  if (!pod) {
    Why unknown;
    unknown.code = WhyCode::PodNotRunning;
    unknown.path = to_string(parse_path(path));
    unknown.container = Str(container);
    unknown.reason = "unknown";
    unknown.start = chronicle.world().settings().start;
    return unknown;
  }
  return Inquiry(chronicle, std::move(pod), id, container, path).answer();
}

Why why(const World& world, Uid pod, std::string_view container, std::string_view path) {
  return why(Chronicle(world), pod, container, path);
}

bool sees(const World& world, Uid pod, std::string_view container, std::string_view path) {
  const Ref ref = world.store().find(pod);
  if (!ref || ref.kind != Kind::Pod) return false;
  const Id instance = awake_instance(world, ref.id, container);
  return instance != 0 && static_cast<bool>(file_system_of(world, instance).stat(parse_path(path)));
}

}  // namespace sim
