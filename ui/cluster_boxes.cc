#include "ui/cluster_boxes.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/graph/place_name.h"
#include "sim/model/pod_facts.h"
#include "sim/model/volume_facts.h"
#include "sim/shell/printers.h"
#include "ui/cluster_layout.h"

namespace ui {
namespace {

using namespace sim;

constexpr std::size_t kMostWritten = 3;

/// Names of files in a layer, the first few; what it hides of the image has a minus.
void name_entries(const Entry& directory, std::vector<std::string>& names) {
  for (const auto& [name, entry] : directory.children) {
    if (names.size() >= kMostWritten) return;
    if (entry->type == FileType::Directory) {
      name_entries(*entry, names);
    } else {
      names.push_back((entry->type == FileType::Whiteout ? "−" : "+") + name.str());
    }
  }
}

std::string short_image(std::string_view image) {
  const std::size_t slash = image.rfind('/');
  return std::string(slash == std::string_view::npos ? image : image.substr(slash + 1));
}

const ContainerStatus* status_of(const std::vector<ContainerStatus>& statuses,
                                 std::string_view name) {
  for (const ContainerStatus& status : statuses) {
    if (status.name == name) return &status;
  }
  return nullptr;
}

bool is_starting(std::string_view reason) {
  return reason == "ContainerCreating" || reason == "PodInitializing" || reason.empty();
}

/// What the API says of a container, with its health when its node is well.
void tell_state(const ContainerStatus* status, ContainerBox& box) {
  box.word = box.init ? "" : "Waiting";
  box.health = Health::Pending;
  if (!status) return;
  box.restarts = status->restart_count;
  const ContainerState& state = status->state;
  if (state.running) {
    box.word = "Running";
    box.health = status->ready || box.init ? Health::Ready : Health::NotReady;
  } else if (state.waiting) {
    box.word = state.waiting->reason.str();
    if (!is_starting(state.waiting->reason)) box.health = Health::Failing;
  } else if (state.terminated) {
    const ContainerStateTerminated& end = *state.terminated;
    box.word = end.reason.empty() ? "Terminated" : end.reason.str();
    if (end.exit_code != 0) box.word += fmt::format(" ({})", end.exit_code);
    box.health = end.exit_code == 0 ? Health::Done : Health::Failing;
  }
}

ContainerBox container_box(const World& world, const Pod& pod, const Container& container,
                           bool init, const PodSandbox* sandbox, bool node_up) {
  ContainerBox box;
  box.name = container.name;
  box.init = init;
  box.image = short_image(container.image);
  tell_state(status_of(init ? pod.status.init_container_statuses : pod.status.container_statuses,
                       container.name),
             box);
  const ContainerInstance* instance = nullptr;
  if (sandbox) {
    for (const ContainerRecord& record : init ? sandbox->init_containers : sandbox->containers) {
      if (record.name != container.name) continue;
      box.instance = record.instance;
      instance = world.get<ContainerInstance>(record.instance);
    }
  }
  if (instance) {
    box.runs = instance->state == ContainerInstance::State::Running && is_awake(world, *instance);
    const Entry& layer = *instance->writable.root();
    box.written_entries = layer.below.entries;
    name_entries(layer, box.written);
  }
  if (!node_up && box.health != Health::Done) box.health = Health::Lost;
  for (const VolumeMount& mount : container.volume_mounts) {
    const Volume* volume = find_volume(*pod.spec, mount.name);
    if (!volume) continue;
    const PlaceName name = name_volume(world, pod, *volume);
    MountLine line;
    line.at = mount.mount_path.str();
    line.kind = name.kind == "PersistentVolumeClaim" ? "claim" : name.kind.str();
    line.source = name.source.empty() ? name.volume.str() : name.source.str();
    line.volume = volume_key(world, pod, *volume);
    line.read_only = mount.read_only;
    line.memory = name.memory;
    const Path at = parse_path(mount.mount_path);
    for (std::size_t i = 0; instance && i < instance->mounts.size(); ++i) {
      const InstanceMount& one = instance->mounts[i];
      if (one.at != at) continue;
      line.part = static_cast<int>(i);
      line.read_only = line.read_only || one.read_only;
      if (const Disk* disk = world.get<Disk>(one.disk)) {
        const EntryPtr entry = disk->tree.find(one.sub_path);
        if (entry) line.entries = entry->below.entries;
      }
    }
    box.mounts.push_back(std::move(line));
  }
  return box;
}

/// Whose replica a pod is: that of the Deployment above its ReplicaSet, or of its controller. The
/// pods of a StatefulSet have one place each.
std::string lineage_of(const World& world, const Pod& pod) {
  const OwnerReference* owner = pod.meta.controller();
  if (!owner) return {};
  if (owner->kind == "ReplicaSet") {
    const auto* set = world.find<ReplicaSet>(pod.meta.ns, owner->name);
    const OwnerReference* above = set ? set->meta.controller() : nullptr;
    if (above) owner = above;
  }
  std::string lineage = fmt::format("{}/{}/{}", pod.meta.ns, owner->kind, owner->name);
  if (owner->kind == "StatefulSet") lineage += fmt::format("/{}", pod.meta.name);
  if (owner->kind == "DaemonSet") lineage += fmt::format("/{}", pod.node_name);
  return lineage;
}

/// The one node that a PersistentVolume can be used on; 0: it is not held to one.
Id only_node(const World& world, const PersistentVolume& volume) {
  if (!volume.spec.node_affinity || !volume.spec.node_affinity->required) return 0;
  const auto& terms = volume.spec.node_affinity->required->node_selector_terms;
  if (terms.size() != 1) return 0;
  for (const NodeSelectorRequirement& one : terms[0].match_expressions) {
    if (one.key == kHostnameLabel && one.op == "In" && one.values.size() == 1) {
      return world.store().find(Kind::Node, "", one.values[0]);
    }
  }
  return 0;
}

std::string modes_text(const std::vector<Str>& modes) {
  std::string text;
  for (const Str& mode : modes) {
    if (!text.empty()) text += ",";
    text += mode == "ReadWriteOnce"      ? "RWO"
            : mode == "ReadOnlyMany"     ? "ROX"
            : mode == "ReadWriteMany"    ? "RWX"
            : mode == "ReadWriteOncePod" ? "RWOP"
                                         : mode.view();
  }
  return text;
}

void add_facts(VolumeBox& box, const Str& storage_class, const Quantity& size,
               const std::vector<Str>& modes) {
  std::string facts = storage_class.empty() ? "" : fmt::format("class {}", storage_class);
  for (const std::string& fact : {size.text(), modes_text(modes)}) {
    if (fact.empty() || fact == "0") continue;
    if (!facts.empty()) facts += " · ";
    facts += fact;
  }
  box.lines.push_back(std::move(facts));
}

}  // namespace

const char* word_of(Health health, bool korean) {
  constexpr const char* english[] = {"ready",   "completed",   "pending", "not ready",
                                     "failing", "terminating", "lost"};
  constexpr const char* in_korean[] = {"준비됨", "완료",    "대기 중", "준비 안 됨",
                                       "실패",   "종료 중", "유실"};
  const auto index = static_cast<std::size_t>(health);
  return korean ? in_korean[index] : english[index];
}

Health worst_of(const Counts& counts) {
  for (const Health health : {Health::Lost, Health::Failing, Health::NotReady, Health::Pending,
                              Health::Terminating, Health::Ready}) {
    if (counts[static_cast<std::size_t>(health)] > 0) return health;
  }
  return Health::Done;
}

float PodBox::height() const {
  float lines = 1.4f;  // its own name and state
  float gaps = 4;
  for (const ContainerBox& one : containers) {
    // An init container is one line; the others have their layers and mounts.
    lines += one.init ? 1.f : 3.f + static_cast<float>(one.mounts.size());
    gaps += one.init ? 2.f : 10.f;
  }
  return lines * Measure::kLine + gaps;
}

float VolumeBox::height() const {
  return static_cast<float>(lines.size() + 1) * Measure::kLine + 18;
}

int NodeBox::total() const {
  int sum = 0;
  for (const int count : pods) sum += count;
  return sum;
}

Health health_of(const World&, const Pod& pod, bool node_up) {
  const PodStatus& status = pod.status;
  if (status.phase == "Succeeded") return Health::Done;
  if (!node_up) return Health::Lost;
  if (pod.meta.deletion_timestamp) return Health::Terminating;
  if (status.phase == "Failed") return Health::Failing;
  for (const auto* statuses : {&status.init_container_statuses, &status.container_statuses}) {
    for (const ContainerStatus& one : *statuses) {
      if (one.state.waiting && !is_starting(one.state.waiting->reason)) return Health::Failing;
      if (one.state.terminated && one.state.terminated->exit_code != 0) return Health::Failing;
    }
  }
  if (status.phase == "Pending" || status.phase.empty()) return Health::Pending;
  return is_ready(pod) ? Health::Ready : Health::NotReady;
}

PodBox pod_box(const World& world, Id id, bool node_up) {
  const Pod& pod = *world.get<Pod>(id);
  PodBox box;
  box.id = id;
  box.uid = pod.meta.uid;
  box.ns = pod.meta.ns;
  box.name = pod.meta.name;
  box.node = pod.node_name.empty() ? 0 : world.store().find(Kind::Node, "", pod.node_name);
  box.health = health_of(world, pod, node_up);
  box.word = kubectl::pod_status(pod);
  box.lineage = lineage_of(world, pod);
  const auto* sandbox = world.get<PodSandbox>(world.store().sandbox_of(id));
  for (const Container& one : pod.spec->init_containers) {
    box.containers.push_back(container_box(world, pod, one, true, sandbox, node_up));
  }
  for (const Container& one : pod.spec->containers) {
    box.containers.push_back(container_box(world, pod, one, false, sandbox, node_up));
  }
  return box;
}

NodeBox node_box(const World& world, Id id) {
  const Node& node = *world.get<Node>(id);
  NodeBox box;
  box.id = id;
  box.name = node.meta.name;
  box.zone = node.meta.labels.get(kZoneLabel).str();
  const auto* machine = world.find<Machine>("", node.meta.name);
  const bool off = !machine || !machine->powered || machine->booting_until;
  box.up = !off && machine->reachable;
  box.word = is_ready(node) ? "Ready" : "NotReady";
  if (node.spec.unschedulable) box.word += ",SchedulingDisabled";
  box.health = !box.up ? Health::Lost : !is_ready(node) ? Health::NotReady : Health::Ready;
  if (node.meta.deletion_timestamp) box.health = Health::Terminating;
  return box;
}

VolumeBox claim_box(const World& world, Id id) {
  const auto& claim = *world.get<PersistentVolumeClaim>(id);
  VolumeBox box;
  box.key = fmt::format("claim/{}/{}", claim.meta.ns, claim.meta.name);
  box.kind = "claim";
  box.name = claim.meta.ns == "default" ? claim.meta.name.str()
                                        : fmt::format("{}/{}", claim.meta.ns, claim.meta.name);
  box.object = {Kind::PersistentVolumeClaim, id};
  box.word = claim.status.phase.empty() ? "Pending" : claim.status.phase.str();
  box.health = box.word == "Bound"     ? Health::Ready
               : box.word == "Pending" ? Health::Pending
                                       : Health::Lost;
  if (claim.meta.deletion_timestamp) {
    box.health = Health::Terminating;
    box.word = "Terminating";
  }
  const Id volume = world.store().find(Kind::PersistentVolume, "", claim.spec.volume_name);
  box.lines.push_back(claim.spec.volume_name.empty() ? "–" : claim.spec.volume_name.str());
  Quantity size = storage_request(claim);
  if (const auto* persistent = world.get<PersistentVolume>(volume)) {
    box.persistent = {Kind::PersistentVolume, volume};
    box.node = only_node(world, *persistent);
    size = capacity_of(*persistent);
  }
  add_facts(box, class_of(claim), size, claim.spec.access_modes);
  return box;
}

VolumeBox persistent_box(const World& world, Id id) {
  const auto& volume = *world.get<PersistentVolume>(id);
  VolumeBox box;
  box.key = fmt::format("volume/{}", volume.meta.name);
  box.kind = "PersistentVolume";
  box.name = volume.meta.name.str();
  box.object = box.persistent = {Kind::PersistentVolume, id};
  box.word = volume.status.phase.empty() ? "Pending" : volume.status.phase.str();
  box.health = box.word == "Failed"     ? Health::Failing
               : box.word == "Released" ? Health::NotReady
               : box.word == "Pending"  ? Health::Pending
                                        : Health::Ready;
  if (volume.meta.deletion_timestamp) box.health = Health::Terminating;
  box.node = only_node(world, volume);
  box.lines.push_back(volume.spec.reclaim_policy.empty() ? "–" : volume.spec.reclaim_policy.str());
  add_facts(box, class_of(volume), capacity_of(volume), volume.spec.access_modes);
  return box;
}

std::string volume_key(const World& world, const Pod& pod, const Volume& volume) {
  const VolumeSource& source = volume.volume_source;
  if (const Str claim = claim_name(pod.meta.name, volume); !claim.empty()) {
    return fmt::format("claim/{}/{}", pod.meta.ns, claim);
  }
  if (source.host_path) {
    const bool placed =
        !pod.node_name.empty() && world.store().find(Kind::Node, "", pod.node_name) != 0;
    return placed ? fmt::format("hostPath/{}/{}", pod.node_name, source.host_path->path) : "";
  }
  return source.nfs ? fmt::format("NFS/{}:{}", source.nfs->server, source.nfs->path) : "";
}

VolumeBox box_of_volume(const World& world, const Pod& pod, const Volume& volume) {
  VolumeBox box;
  box.key = volume_key(world, pod, volume);
  if (box.key.empty()) return box;
  const Str claim = claim_name(pod.meta.name, volume);
  const VolumeSource& source = volume.volume_source;
  if (!claim.empty()) {
    const Id id = world.store().find(Kind::PersistentVolumeClaim, pod.meta.ns, claim);
    if (id != 0) return claim_box(world, id);
    box.kind = "claim";
    box.name = pod.meta.ns == "default" ? claim.str() : fmt::format("{}/{}", pod.meta.ns, claim);
    box.word = "NotFound";
    box.health = Health::Failing;
    box.lines = {"–", "–"};
  } else if (source.host_path) {
    box.node = world.store().find(Kind::Node, "", pod.node_name);
    box.kind = "hostPath";
    box.name = source.host_path->path.str();
    box.object = {Kind::Node, box.node};
  } else if (source.nfs) {
    box.kind = "NFS";
    box.name = fmt::format("{}:{}", source.nfs->server, source.nfs->path);
  }
  return box;
}

}  // namespace ui
