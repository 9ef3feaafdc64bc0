#include "sim/controllers/volumes/resizer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/volume_facts.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kPendingMessage =
    "Waiting for user to (re-)start a pod to finish file system resize of volume on node.";
constexpr std::int64_t kSyncPeriod = 90'000;  // a kubelet's syncs of a pod come within so many ms

class Resizer {
 public:
  Resizer(const World& world, Id id, const PersistentVolumeClaim& claim, Id volume_id,
          const Driver& driver)
      : world_(world),
        ref_{Kind::PersistentVolumeClaim, id},
        claim_(claim),
        volume_ref_{Kind::PersistentVolume, volume_id},
        volume_(*world.get<PersistentVolume>(volume_id)),
        driver_(driver),
        component_(fmt::format("external-resizer {}", driver.name)) {}

  Plan take() {
    if (capacity_of(volume_) < storage_request(claim_)) {
      expand_volume();
    } else {
      expand_file_system();
    }
    return std::move(plan_);
  }

 private:
  void expand_volume();
  void expand_file_system();
  void finish();
  Id user() const;
  void grow_contents(const Quantity& size);
  bool has_condition(std::string_view type) const {
    return std::any_of(claim_.status.conditions.begin(), claim_.status.conditions.end(),
                       [&](const auto& each) { return each.type == type; });
  }
  void set_condition(std::string_view type, std::string_view message) {
    claim_.status.conditions.clear();
    PersistentVolumeClaimCondition condition;
    condition.type = Str(type);
    condition.status = "True";
    condition.last_transition_time = world_.now();
    condition.message = Str(message);
    claim_.status.conditions.push_back(std::move(condition));
  }
  void write(const char* why) {
    plan_.update(ref_, std::make_shared<PersistentVolumeClaim>(claim_), why);
  }
  void remember(const VolumeWork& work) {
    plan_.volume_notes.push_back({Actor::Resizer, ref_.id, work});
  }

  const World& world_;
  const Ref ref_;
  PersistentVolumeClaim claim_;  // as this plan leaves it
  const Ref volume_ref_;
  const PersistentVolume& volume_;
  const Driver& driver_;
  const std::string component_;
  Plan plan_;
};

/// csi external-resizer pkg/controller: resizePVC
void Resizer::expand_volume() {
  VolumeWork work = world_.volume_memory().work(Actor::Resizer, ref_.id);
  if (!has_condition("Resizing")) {
    note_event(plan_, ref_, "volume_expand", "Normal", "ExternalExpanding",
               "waiting for an external controller to expand this PVC");
    if (!driver_.expands || !is_running(world_, driver_)) return;
    note_event(plan_, ref_, component_, "Normal", "Resizing",
               fmt::format("External resizer is resizing volume {}", volume_.meta.name));
    set_condition("Resizing", "");
    write("the volume is being made larger");
    work.until = world_.now() + driver_takes(world_, driver_, driver_.expand);
    remember(work);
  }
  if (world_.now() < work.until) {
    plan_.wake(work.until, Actor::Resizer, ref_);
    return;
  }
  std::int64_t size = storage_request(claim_).value();
  const std::int64_t rest = size % driver_.size_unit;
  if (rest != 0 && __builtin_add_overflow(size, driver_.size_unit - rest, &size)) return;
  const Quantity grown = Quantity::of(size, Quantity::Format::BinarySI);
  auto next = std::make_shared<PersistentVolume>(volume_);
  next->spec.capacity.set("storage", grown);
  plan_.update(volume_ref_, std::move(next), "the volume was made larger");
  remember({});
  if (driver_.expands_on_node && !is_block(claim_.spec.volume_mode)) {
    set_condition("FileSystemResizePending", kPendingMessage);
    write("its file system is to grow");
    note_event(plan_, ref_, component_, "Normal", "FileSystemResizeRequired",
               "Require file system resize of volume on node");
    return;
  }
  grow_contents(grown);
  claim_.status.capacity.set("storage", grown);
  claim_.status.conditions.clear();
  write("its volume was made larger");
  note_event(plan_, ref_, component_, "Normal", "VolumeResizeSuccessful",
             "Resize volume succeeded");
}

/// A running pod whose kubelet has the volume mounted; 0: none.
Id Resizer::user() const {
  for (const Id id : world_.store().pods_of_claim(claim_.meta.ns, claim_.meta.name)) {
    const Pod& pod = *world_.get<Pod>(id);
    if (!pod.node_name.empty() && pod.status.phase == "Running" && !pod.meta.deletion_timestamp) {
      return id;
    }
  }
  return 0;
}

/// Within one of the kubelet's regular syncs of the pod.
void Resizer::expand_file_system() {
  if (!has_condition("FileSystemResizePending")) return;
  VolumeWork work = world_.volume_memory().work(Actor::Resizer, ref_.id);
  const Id pod = user();
  if (pod == 0) {
    remember({});
    return;
  }
  if (work.until == Time{}) {
    const std::uint64_t wait =
        draw_below(static_cast<std::uint64_t>(kSyncPeriod), world_.settings().seed, "resize",
                   claim_.meta.uid.low, static_cast<std::uint64_t>(world_.now().ns));
    work.until = world_.now() + milliseconds(static_cast<std::int64_t>(wait) + 1);
    remember(work);
  }
  if (world_.now() < work.until) {
    plan_.wake(work.until, Actor::Resizer, ref_);
    return;
  }
  const Str node = world_.get<Pod>(pod)->node_name;
  const std::string message = fmt::format(
      "MountVolume.NodeExpandVolume succeeded for volume \"{}\" {}", volume_.meta.name, node);
  for (const Ref about : {Ref{Kind::Pod, pod}, ref_}) {
    note_event(plan_, about, "kubelet", "Normal", "FileSystemResizeSuccessful", message, node);
  }
  grow_contents(capacity_of(volume_));
  claim_.status.capacity.set("storage", capacity_of(volume_));
  claim_.status.conditions.clear();
  write("its file system has grown");
  remember({});
}

void Resizer::grow_contents(const Quantity& size) {
  const Id id = contents_of(world_, volume_.spec);
  const Disk* disk = world_.get<Disk>(id);
  if (!disk || !driver_.real_capacity) return;
  auto next = std::make_shared<Disk>(*disk);
  const auto bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(size.value(), 0));
  const EntryPtr device = next->tree.find({Str(kDevice)});
  if (device && device->type == FileType::BlockDevice) {
    Entry grown = *device;
    grown.size = bytes;
    next->tree.put({Str(kDevice)}, std::make_shared<const Entry>(std::move(grown)));
  } else {
    next->capacity = bytes;
  }
  plan_.update({Kind::Disk, id}, std::move(next), "the volume was made larger");
}

}  // namespace

Plan resize(const World& world, Id id) {
  Plan plan;
  const auto* claim = world.get<PersistentVolumeClaim>(id);
  if (!claim) {
    plan.volume_notes.push_back({Actor::Resizer, id, {}});
    return plan;
  }
  if (claim->status.phase != "Bound" ||
      !(claim->status.capacity.get("storage") < storage_request(*claim))) {
    return plan;
  }
  const Id volume = world.store().find(Kind::PersistentVolume, "", claim->spec.volume_name);
  if (volume == 0) return plan;
  const Driver* driver = driver_of(world.get<PersistentVolume>(volume)->spec);
  return driver ? Resizer(world, id, *claim, volume, *driver).take() : plan;
}

}  // namespace sim::volumes
