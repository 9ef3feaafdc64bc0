#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/volumes/binder.h"
#include "sim/controllers/volumes/common.h"
#include "sim/controllers/volumes/matching.h"
#include "sim/model/pod_facts.h"
#include "sim/model/volume_facts.h"
#include "sim/world/drivers.h"
#include "sim/world/storage_admission.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kComponent = "persistentvolume-controller";
constexpr Duration kResync = seconds(15);  // k8s 1.30: PVClaimBinderSyncPeriod

class ClaimWorker {
 public:
  ClaimWorker(const World& world, Id id)
      : world_(world),
        ref_{Kind::PersistentVolumeClaim, id},
        claim_(*world.get<PersistentVolumeClaim>(id)) {}

  Plan take() {
    if (claim_.meta.annotations.contains(kBindCompleted)) {
      sync_bound();
    } else {
      sync_unbound();
      if (!claim_.meta.annotations.contains(kBindCompleted)) look_again();
    }
    return std::move(plan_);
  }

 private:
  void sync_unbound();
  void sync_unnamed();
  void sync_named();
  void sync_bound();
  void tell_delayed();
  void provision(const Str& storage_class);
  bool assign_default_class();
  void bind(Id volume);
  void set_status(std::string_view phase, const PersistentVolume* volume);
  void lose(std::string_view reason, std::string message);
  void event(std::string_view type, std::string_view reason, std::string message) {
    note_event(plan_, ref_, kComponent, type, reason, std::move(message));
  }
  void write(const char* why) {
    plan_.update(ref_, std::make_shared<PersistentVolumeClaim>(claim_), why);
  }
  /// At the next resync, which is the same moment for all claims.
  void look_again() {
    const Time start = world_.settings().start;
    const std::int64_t beats = (world_.now() - start).ns / kResync.ns + 1;
    plan_.wake(start + kResync * beats, Actor::ClaimBinder, ref_, true);
  }

  const World& world_;
  const Ref ref_;
  PersistentVolumeClaim claim_;  // as this plan leaves it
  Plan plan_;
};

/// k8s 1.30: updateClaimStatus
void ClaimWorker::set_status(std::string_view phase, const PersistentVolume* volume) {
  PersistentVolumeClaimStatus next = claim_.status;
  next.phase = Str(phase);
  if (!volume) {
    next.access_modes.clear();
    next.capacity = {};
  } else {
    next.access_modes = volume->spec.access_modes;
    if (claim_.status.phase != phase) next.capacity = volume->spec.capacity;
  }
  if (next == claim_.status) return;
  claim_.status = std::move(next);
  write(phase == "Bound"     ? "the claim is bound"
        : phase == "Pending" ? "the claim waits"
                             : "the claim has lost its volume");
}

void ClaimWorker::lose(std::string_view reason, std::string message) {
  if (claim_.status.phase == "Lost") return;
  set_status("Lost", nullptr);
  event("Warning", reason, std::move(message));
}

/// Four writes, in this order: the volume, its status, the claim, its status. k8s 1.30: bind
void ClaimWorker::bind(Id id) {
  const Ref volume_ref{Kind::PersistentVolume, id};
  PersistentVolume volume = *world_.get<PersistentVolume>(id);
  const Box<ObjectReference>& ref = volume.spec.claim_ref;
  if (!is_reserved_for(volume, claim_) || ref->uid != claim_.meta.uid) {
    if (!is_reserved_for(volume, claim_)) volume.meta.annotations.set(kBoundByController, "yes");
    ObjectReference next;
    next.kind = "PersistentVolumeClaim";
    next.api_version = "v1";
    next.ns = claim_.meta.ns;
    next.name = claim_.meta.name;
    next.uid = claim_.meta.uid;
    next.resource_version = Str(std::to_string(claim_.meta.resource_version));
    volume.spec.claim_ref = std::move(next);
    plan_.update(volume_ref, std::make_shared<PersistentVolume>(volume), "given to a claim");
  }
  if (volume.status.phase != "Bound" || !volume.status.message.empty()) {
    set_phase(volume, "Bound", "", world_.now());
    plan_.update(volume_ref, std::make_shared<PersistentVolume>(volume), "the volume is bound");
  }
  bool changed = false;
  if (claim_.spec.volume_name != volume.meta.name) {
    claim_.spec.volume_name = volume.meta.name;
    claim_.meta.annotations.set(kBoundByController, "yes");
    changed = true;
  }
  if (!claim_.meta.annotations.contains(kBindCompleted)) {
    claim_.meta.annotations.set(kBindCompleted, "yes");
    changed = true;
  }
  if (changed) write("given a volume");
  set_status("Bound", &volume);
}

/// k8s 1.30: syncUnboundClaim
void ClaimWorker::sync_unbound() {
  if (claim_.spec.volume_name.empty()) {
    sync_unnamed();
  } else {
    sync_named();
  }
}

void ClaimWorker::sync_unnamed() {
  const Str storage_class = class_of(claim_);
  const bool delayed =
      is_delayed(storage_class.empty() ? nullptr : world_.find<StorageClass>("", storage_class));
  if (const Id found = find_volume(world_, claim_, delayed)) {
    bind(found);
    return;
  }
  if (assign_default_class()) return;
  if (delayed && !claim_.meta.annotations.contains(kSelectedNode)) {
    tell_delayed();
  } else if (!storage_class.empty()) {
    provision(storage_class);
    return;
  } else {
    event("Normal", "FailedBinding",
          "no persistent volumes available for this claim and no storage class is set");
  }
  set_status("Pending", nullptr);
}

void ClaimWorker::sync_named() {
  const Id id = world_.store().find(Kind::PersistentVolume, "", claim_.spec.volume_name);
  if (id == 0) {
    set_status("Pending", nullptr);
    return;
  }
  const PersistentVolume& volume = *world_.get<PersistentVolume>(id);
  if (!volume.spec.claim_ref) {
    const std::string wrong = mismatch(volume, claim_);
    if (wrong.empty()) {
      bind(id);
      return;
    }
    event("Warning", "VolumeMismatch",
          fmt::format("Cannot bind to requested volume \"{}\": {}", volume.meta.name, wrong));
    set_status("Pending", nullptr);
    return;
  }
  if (is_reserved_for(volume, claim_)) {
    bind(id);
    return;
  }
  event("Warning", "FailedBinding",
        fmt::format("volume \"{}\" already bound to a different claim.", volume.meta.name));
  if (!claim_.meta.annotations.contains(kBoundByController)) set_status("Pending", nullptr);
}

/// k8s 1.30: syncBoundClaim
void ClaimWorker::sync_bound() {
  if (claim_.spec.volume_name.empty()) {
    lose("ClaimLost",
         "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
    return;
  }
  const Id id = world_.store().find(Kind::PersistentVolume, "", claim_.spec.volume_name);
  if (id == 0) {
    lose("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    return;
  }
  const Box<ObjectReference>& ref = world_.get<PersistentVolume>(id)->spec.claim_ref;
  if (!ref || ref->uid == claim_.meta.uid) {
    bind(id);
    return;
  }
  lose("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
}

/// k8s 1.30: emitEventForUnboundDelayBindingClaim
void ClaimWorker::tell_delayed() {
  std::string names;
  int count = 0;
  for (const Id id : world_.store().pods_of_claim(claim_.meta.ns, claim_.meta.name)) {
    const Pod& pod = *world_.get<Pod>(id);
    if (!pod.node_name.empty() || has_ended(pod)) continue;
    if (count++ != 0) names += ",";
    names += pod.meta.name.view();
  }
  if (count == 0) {
    event("Normal", "WaitForFirstConsumer",
          "waiting for first consumer to be created before binding");
  } else {
    event("Normal", "WaitForPodScheduled",
          fmt::format("waiting for pod{} {} to be scheduled", count > 1 ? "s" : "", names));
  }
}

/// k8s 1.30: assignDefaultStorageClass
bool ClaimWorker::assign_default_class() {
  if (claim_.spec.storage_class_name || claim_.meta.annotations.contains(kStorageClassAnnotation)) {
    return false;
  }
  const StorageClass* by_default = default_class(world_);
  if (!by_default) return false;
  claim_.spec.storage_class_name = by_default->meta.name;
  write("given the default class");
  return true;
}

/// k8s 1.30: provisionClaim, provisionClaimOperationExternal
void ClaimWorker::provision(const Str& name) {
  const StorageClass* storage_class = world_.find<StorageClass>("", name);
  if (!storage_class) {
    event("Warning", "ProvisioningFailed",
          fmt::format("storageclass.storage.k8s.io \"{}\" not found", name));
    return;
  }
  const Driver* driver = find_driver(storage_class->provisioner);
  // An in-tree provisioner whose work a CSI driver has taken over goes by the driver's name.
  const Str provisioner = driver && driver->csi ? Str(driver->name) : storage_class->provisioner;
  if (provisioner.view().substr(0, 14) == "kubernetes.io/") {
    event("Warning", "ProvisioningFailed",
          fmt::format("no volume plugin matched name: {}", provisioner));
    return;
  }
  StringMap& notes = claim_.meta.annotations;
  if (notes.get(kStorageProvisioner) != provisioner ||
      notes.get(kBetaStorageProvisioner) != provisioner) {
    notes.set(kBetaStorageProvisioner, provisioner);
    notes.set(kStorageProvisioner, provisioner);
    write("a driver is to make a volume");
  }
  event("Normal", "ExternalProvisioning",
        fmt::format("Waiting for a volume to be created either by the external provisioner '{}' or "
                    "manually by the system administrator. If volume creation is delayed, please "
                    "verify that the provisioner is running and correctly registered.",
                    provisioner));
}

}  // namespace

Plan reconcile_claim(const World& world, Id claim) {
  if (!world.get<PersistentVolumeClaim>(claim)) return {};
  return ClaimWorker(world, claim).take();
}

}  // namespace sim::volumes
