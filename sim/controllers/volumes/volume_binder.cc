#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/volumes/binder.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/pod_facts.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/drivers.h"
#include "sim/world/file_view.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kComponent = "persistentvolume-controller";
constexpr Duration kRecycling = seconds(4);  // a pod that removes the files and ends

/// k8s 1.30 pkg/volume/hostpath: newDeleter
bool is_below_tmp(std::string_view path) {
  const std::size_t at = path.find("/tmp/");
  return at != std::string_view::npos && at + 5 < path.size();
}

class VolumeWorker {
 public:
  VolumeWorker(const World& world, Id id)
      : world_(world),
        ref_{Kind::PersistentVolume, id},
        volume_(*world.get<PersistentVolume>(id)) {}

  Plan take() {
    sync();
    return std::move(plan_);
  }

 private:
  void sync();
  void sync_elsewhere();
  void release();
  void reclaim();
  void remove();
  void recycle();
  void scrub();
  std::string users() const;
  void move_to(std::string_view phase, const char* why, std::string_view message = {}) {
    if (volume_.status.phase == phase && volume_.status.message == message) return;
    set_phase(volume_, phase, message, world_.now());
    write(why);
  }
  void fail(std::string_view reason, std::string message) {
    if (volume_.status.phase == "Failed") return;
    move_to("Failed", "the volume could not be reclaimed", message);
    event("Warning", reason, std::move(message));
  }
  void event(std::string_view type, std::string_view reason, std::string message) {
    note_event(plan_, ref_, kComponent, type, reason, std::move(message));
  }
  void write(const char* why) {
    plan_.update(ref_, std::make_shared<PersistentVolume>(volume_), why);
  }

  const World& world_;
  const Ref ref_;
  PersistentVolume volume_;  // as this plan leaves it
  Plan plan_;
};

/// k8s 1.30: syncVolume
void VolumeWorker::sync() {
  const Box<ObjectReference>& ref = volume_.spec.claim_ref;
  if (!ref || !ref->uid) {
    move_to("Available", "no claim has the volume");
    return;
  }
  const Id id = world_.store().find(Kind::PersistentVolumeClaim, ref->ns, ref->name);
  const auto* claim = world_.get<PersistentVolumeClaim>(id);
  const Ref claim_ref{Kind::PersistentVolumeClaim, id};
  if (!claim || claim->meta.uid != ref->uid) {
    release();
  } else if (claim->spec.volume_name.empty()) {
    if (is_block(claim->spec.volume_mode) == is_block(volume_.spec.volume_mode)) {
      plan_.wake(world_.now(), Actor::ClaimBinder, claim_ref);
      return;
    }
    event("Warning", "VolumeMismatch",
          fmt::format("Cannot bind PersistentVolume to requested PersistentVolumeClaim \"{}\" due "
                      "to incompatible volumeMode.",
                      claim->meta.name));
    note_event(plan_, claim_ref, kComponent, "Warning", "VolumeMismatch",
               fmt::format("Cannot bind PersistentVolume \"{}\" to requested PersistentVolumeClaim "
                           "due to incompatible volumeMode.",
                           volume_.meta.name));
  } else if (claim->spec.volume_name == volume_.meta.name) {
    move_to("Bound", "the volume is bound");
  } else {
    sync_elsewhere();
  }
}

/// Its claim has another volume.
void VolumeWorker::sync_elsewhere() {
  if (volume_.meta.annotations.contains(kProvisionedBy) &&
      volume_.spec.reclaim_policy == "Delete") {
    release();
    return;
  }
  // k8s 1.30: unbindVolume
  if (volume_.meta.annotations.contains(kBoundByController)) {
    volume_.meta.annotations.erase(kBoundByController);
    volume_.spec.claim_ref.reset();
  } else {
    volume_.spec.claim_ref.edit().uid = {};
  }
  write("its claim has another volume");
  move_to("Available", "no claim has the volume");
}

void VolumeWorker::release() {
  if (volume_.status.phase != "Released" && volume_.status.phase != "Failed") {
    move_to("Released", "its claim is gone");
  }
  reclaim();
}

/// k8s 1.30: reclaimVolume
void VolumeWorker::reclaim() {
  const Str& policy = volume_.spec.reclaim_policy;
  if (policy == "Retain") return;
  if (policy == "Delete") {
    remove();
  } else if (policy == "Recycle") {
    recycle();
  } else {
    fail("VolumeUnknownReclaimPolicy", "Volume has unrecognized PersistentVolumeReclaimPolicy");
  }
}

/// k8s 1.30: deleteVolumeOperation, doDeleteVolume
void VolumeWorker::remove() {
  if (volume_.meta.deletion_timestamp) return;
  const Str provisioner = volume_.meta.annotations.get(kProvisionedBy);
  // A volume of an external provisioner waits for that.
  if (!provisioner.empty() && provisioner.view().substr(0, 14) != "kubernetes.io/") return;
  const Box<HostPathVolumeSource>& host_path = volume_.spec.source.host_path;
  if (!host_path) {
    fail("VolumeFailedDelete", fmt::format("error getting deleter volume plugin for volume \"{}\": "
                                           "no deletable volume plugin matched",
                                           volume_.meta.name));
    return;
  }
  if (!is_below_tmp(host_path->path)) {
    fail("VolumeFailedDelete",
         fmt::format("host_path deleter only supports /tmp/.+ but received provided {}",
                     host_path->path));
    return;
  }
  // The directory is removed where the controller runs, which is no node: the nodes' files stay.
  api_delete(world_, plan_, ref_, {}, "its claim is gone");
}

/// Scheduled pods that use the claim. k8s 1.30: isVolumeUsed
std::string VolumeWorker::users() const {
  std::string names;
  const ObjectReference& ref = *volume_.spec.claim_ref;
  for (const Id id : world_.store().pods_of_claim(ref.ns, ref.name)) {
    const Pod& pod = *world_.get<Pod>(id);
    if (has_ended(pod)) continue;
    if (!names.empty()) names += ",";
    names += fmt::format("{}/{}", pod.meta.ns, pod.meta.name);
  }
  return names;
}

/// k8s 1.30: recycleVolumeOperation
void VolumeWorker::recycle() {
  if (const std::string names = users(); !names.empty()) {
    event("Normal", "VolumeFailedRecycle", fmt::format("Volume is used by pods: {}", names));
    plan_.wake(world_.now() + seconds(15), Actor::VolumeBinder, ref_, true);
    return;
  }
  const PersistentVolumeSource& source = volume_.spec.source;
  if (!source.host_path && !source.nfs) {
    fail("VolumeFailedRecycle", "No recycler plugin found for the volume!");
    return;
  }
  VolumeWork work = world_.volume_memory().work(Actor::VolumeBinder, ref_.id);
  if (work.until == Time{}) {
    work.until = world_.now() + kRecycling;
    plan_.volume_notes.push_back({Actor::VolumeBinder, ref_.id, work});
  }
  if (world_.now() < work.until) {
    plan_.wake(work.until, Actor::VolumeBinder, ref_);
    return;
  }
  plan_.volume_notes.push_back({Actor::VolumeBinder, ref_.id, {}});
  scrub();
  event("Normal", "VolumeRecycled", "Volume recycled");
  volume_.meta.annotations.erase(kBoundByController);
  volume_.spec.claim_ref.reset();
  write("the volume was recycled");
  move_to("Available", "no claim has the volume");
}

/// The recycler's pod runs on one node: it finds that node's directory.
void VolumeWorker::scrub() {
  if (const Id disk = contents_of(world_, volume_.spec)) {
    auto next = std::make_shared<Disk>(*world_.get<Disk>(disk));
    next->tree = Tree(make_directory(world_.now(), next->tree.root()->mode));
    plan_.update({Kind::Disk, disk}, std::move(next), "the volume was recycled");
    return;
  }
  if (!volume_.spec.source.host_path) return;
  const Path path = parse_path(volume_.spec.source.host_path->path);
  for (const auto& [id, row] : world_.store().table(Kind::Machine)) {
    const auto& machine = static_cast<const Machine&>(row);
    if (!machine.powered || !machine.reachable) continue;
    Tree files = host_files_of(world_, plan_, id);
    const EntryPtr entry = path.empty() ? nullptr : files.find(path);
    if (!entry || entry->type != FileType::Directory) return;
    files.put(path, make_directory(world_.now(), entry->mode));
    put_host_files(world_, plan_, id, std::move(files), "the volume was recycled");
    return;
  }
}

}  // namespace

Plan reconcile_volume(const World& world, Id volume) {
  if (!world.get<PersistentVolume>(volume)) return {};
  return VolumeWorker(world, volume).take();
}

}  // namespace sim::volumes
