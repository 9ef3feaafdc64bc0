#include "sim/controllers/volumes/snapshots.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/go_text.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/snapshots.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kComponent = "snapshot-controller";
constexpr Duration kFirstRetry = seconds(1);  // --retry-interval-start
constexpr Duration kLongestRetry = minutes(5);
constexpr Duration kResync = minutes(15);  // --resync-period
constexpr const char* kDefaultClass = "snapshot.storage.kubernetes.io/is-default-class";
constexpr const char* kClaimAsSource = "snapshot.storage.kubernetes.io/pvc-as-source-protection";
constexpr const char* kAsSource =
    "snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection";
constexpr const char* kBound = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection";

/// external-snapshotter: IsSnapshotDeletionCandidate
bool is_to_be_deleted(const VolumeSnapshot& snapshot) {
  return snapshot.meta.deletion_timestamp &&
         (has_finalizer(snapshot, kAsSource) || has_finalizer(snapshot, kBound));
}

class SnapshotWorker {
 public:
  SnapshotWorker(const World& world, Id id)
      : world_(world),
        ref_{Kind::VolumeSnapshot, id},
        snapshot_(*world.get<VolumeSnapshot>(id)),
        key_(fmt::format("{}/{}", snapshot_.meta.ns, snapshot_.meta.name)),
        content_name_(fmt::format("snapcontent-{}", to_string(snapshot_.meta.uid))) {}

  Plan take() {
    const VolumeWork before = world_.volume_memory().work(Actor::Snapshot, ref_.id);
    sync();
    VolumeWork work;
    if (failed_) {
      work = before;
      if (before.retry <= world_.now()) {
        work.back_off = next_back_off(before.back_off, kFirstRetry, kLongestRetry);
        work.retry = world_.now() + work.back_off;
      }
      plan_.wake(work.retry, Actor::Snapshot, ref_, true);
    }
    if (!(work == before)) plan_.volume_notes.push_back({Actor::Snapshot, ref_.id, work});
    return std::move(plan_);
  }

 private:
  void sync();
  bool find_class();
  std::string default_class();
  void sync_unready();
  void sync_ready();
  std::string make_content();
  void bind(const VolumeSnapshotContent& content);
  void end();
  void release_claim(bool without_this);
  std::string find_volume(const PersistentVolume** volume) const;
  const PersistentVolumeClaim* claim() const {
    const auto& name = snapshot_.spec.source.persistent_volume_claim_name;
    return name ? world_.find<PersistentVolumeClaim>(snapshot_.meta.ns, *name) : nullptr;
  }
  const VolumeSnapshotContent* named_content() const;
  void fail(std::string_view reason, std::string message, bool unready = true);
  void write(const char* why) {
    plan_.update(ref_, std::make_shared<VolumeSnapshot>(snapshot_), why);
  }
  void event(std::string_view type, std::string_view reason, std::string message) {
    note_event(plan_, ref_, kComponent, type, reason, std::move(message));
  }

  const World& world_;
  const Ref ref_;
  VolumeSnapshot snapshot_;  // as this plan leaves it
  const std::string key_;
  const std::string content_name_;  // of the one that is made for it
  bool failed_ = false;             // to be tried again
  Plan plan_;
};

/// external-snapshotter: updateSnapshotErrorStatusWithEvent
void SnapshotWorker::fail(std::string_view reason, std::string message, bool unready) {
  failed_ = true;
  const auto& status = snapshot_.status;
  if (status && status->error && status->error->message == Str(message)) return;
  VolumeSnapshotStatus& next = snapshot_.status.edit();
  next.error = VolumeSnapshotError{world_.now(), Str(message)};
  if (unready) next.ready_to_use = false;
  write("the snapshot has an error");
  event("Warning", reason, std::move(message));
}

const VolumeSnapshotContent* SnapshotWorker::named_content() const {
  const auto& given = snapshot_.spec.source.volume_snapshot_content_name;
  return world_.find<VolumeSnapshotContent>("", given ? *given : Str(content_name_));
}

/// external-snapshotter: syncSnapshot
void SnapshotWorker::sync() {
  if (snapshot_.meta.deletion_timestamp) {
    release_claim(false);
    end();
    return;
  }
  if (!find_class()) return;
  release_claim(false);
  const VolumeSnapshotSource& source = snapshot_.spec.source;
  if (source.persistent_volume_claim_name.has_value() ==
      source.volume_snapshot_content_name.has_value()) {
    fail("SnapshotValidationError",
         "Exactly one of PersistentVolumeClaimName and VolumeSnapshotContentName should be "
         "specified");
    return;
  }
  const VolumeSnapshotContent* content = named_content();
  bool changed = add_finalizer(snapshot_, kAsSource);
  if (content && content->spec.deletion_policy == "Delete") {
    changed = add_finalizer(snapshot_, kBound) || changed;
  }
  if (changed) write("the snapshot is protected");
  if (!is_snapshot_ready(snapshot_) || !snapshot_.status->bound_volume_snapshot_content_name) {
    sync_unready();
  } else {
    sync_ready();
  }
}

/// external-snapshotter: checkAndUpdateSnapshotClass
bool SnapshotWorker::find_class() {
  if (const auto& name = snapshot_.spec.volume_snapshot_class_name) {
    if (world_.find<VolumeSnapshotClass>("", *name)) return true;
    fail("GetSnapshotClassFailed",
         fmt::format("Failed to get snapshot class with error volumesnapshotclass.snapshot.storage."
                     "k8s.io \"{}\" not found",
                     *name),
         false);
    return false;
  }
  if (snapshot_.spec.source.volume_snapshot_content_name) return true;
  const std::string wrong = default_class();
  if (wrong.empty()) return true;
  fail("SetDefaultSnapshotClassFailed",
       fmt::format("Failed to set default snapshot class with error {}", wrong), false);
  return false;
}

/// external-snapshotter: SetDefaultSnapshotClass
std::string SnapshotWorker::default_class() {
  const PersistentVolume* volume = nullptr;
  if (std::string wrong = find_volume(&volume); !wrong.empty()) return wrong;
  if (!volume->spec.source.csi) {
    return fmt::format("snapshotting non-CSI volumes is not supported, snapshot:{}", key_);
  }
  std::vector<Str> found;
  for (const Id id : world_.store().list(Kind::VolumeSnapshotClass)) {
    const auto& each = *world_.get<VolumeSnapshotClass>(id);
    if (each.driver == volume->spec.source.csi->driver &&
        each.meta.annotations.get(kDefaultClass) == "true") {
      found.push_back(each.meta.name);
    }
  }
  if (found.empty()) return "cannot find default snapshot class";
  if (found.size() > 1) {
    return fmt::format("{} default snapshot classes were found", found.size());
  }
  snapshot_.spec.volume_snapshot_class_name = found.front();
  write("given the default class");
  return "";
}

/// external-snapshotter: getVolumeFromVolumeSnapshot
std::string SnapshotWorker::find_volume(const PersistentVolume** volume) const {
  const PersistentVolumeClaim* source = claim();
  if (!source) {
    const auto& name = snapshot_.spec.source.persistent_volume_claim_name;
    if (!name) return "the snapshot source PVC name is not specified";
    return fmt::format("failed to retrieve PVC {} from the lister: {}", *name,
                       go_quote(fmt::format("persistentvolumeclaim \"{}\" not found", *name)));
  }
  if (source->status.phase != "Bound") {
    return fmt::format("the PVC {} is not yet bound to a PV, will not attempt to take a snapshot",
                       source->meta.name);
  }
  *volume = world_.find<PersistentVolume>("", source->spec.volume_name);
  if (!*volume) {
    const Str& name = source->spec.volume_name;
    return fmt::format("failed to retrieve PV {} from the API server: {}", name,
                       go_quote(fmt::format("persistentvolumes \"{}\" not found", name)));
  }
  return is_reserved_for(**volume, *source) ? "" : "claim in dataSource not bound or invalid";
}

/// external-snapshotter: syncReadySnapshot
void SnapshotWorker::sync_ready() {
  const auto* content =
      world_.find<VolumeSnapshotContent>("", *snapshot_.status->bound_volume_snapshot_content_name);
  if (!content) {
    fail("SnapshotContentMissing", "VolumeSnapshotContent is missing");
  } else if (!is_bound_to(*content, snapshot_)) {
    fail("SnapshotMisbound", "VolumeSnapshotContent is not bound to the VolumeSnapshot correctly");
  }
}

/// external-snapshotter: syncUnreadySnapshot
void SnapshotWorker::sync_unready() {
  const VolumeSnapshotContent* content = named_content();
  const bool given = snapshot_.spec.source.volume_snapshot_content_name.has_value();
  if (content) {
    if (given != content->spec.source.snapshot_handle.has_value()) {
      fail("SnapshotContentMismatch",
           given ? "VolumeSnapshotContent is dynamically provisioned while expecting a "
                   "pre-provisioned one"
                 : fmt::format("VolumeSnapshotContent {} is pre-provisioned while expecting a "
                               "dynamically provisioned one",
                               content->meta.name));
      return;
    }
    const ObjectReference& ref = content->spec.volume_snapshot_ref;
    if (ref.name != snapshot_.meta.name || ref.ns != snapshot_.meta.ns ||
        (ref.uid ? ref.uid != snapshot_.meta.uid : !given)) {
      fail("SnapshotContentMisbound",
           fmt::format("VolumeSnapshotContent [{}] is bound to a different snapshot",
                       content->meta.name));
      return;
    }
    bind(*content);
    return;
  }
  if (given) {
    fail("SnapshotContentMissing", "VolumeSnapshotContent is missing");
    return;
  }
  const std::string wrong = make_content();
  if (!wrong.empty()) {
    fail("SnapshotContentCreationFailed",
         fmt::format("Failed to create snapshot content with error {}", wrong));
  }
}

/// external-snapshotter: createSnapshotContent, ensurePVCFinalizer
std::string SnapshotWorker::make_content() {
  const auto refused = [](std::string_view name, std::string_view why) {
    return fmt::format("snapshot controller failed to update {} on API server: {}", name, why);
  };
  const PersistentVolumeClaim* source = claim();
  if (!source) return refused(snapshot_.meta.name, "cannot get claim from snapshot");
  if (!has_finalizer(*source, kClaimAsSource)) {
    if (source->meta.deletion_timestamp) {
      return refused(source->meta.name,
                     "cannot add finalizer on claim because it is being deleted");
    }
    auto held = std::make_shared<PersistentVolumeClaim>(*source);
    add_finalizer(*held, kClaimAsSource);
    const Id id =
        world_.store().find(Kind::PersistentVolumeClaim, source->meta.ns, source->meta.name);
    plan_.update({Kind::PersistentVolumeClaim, id}, std::move(held), "a snapshot is made of it");
  }
  const PersistentVolume* volume = nullptr;
  if (const std::string wrong = find_volume(&volume); !wrong.empty()) {
    return fmt::format("failed to get input parameters to create snapshot {}: {}",
                       snapshot_.meta.name, go_quote(wrong));
  }
  if (!volume->spec.source.csi) {
    return fmt::format("cannot find CSI PersistentVolumeSource for volume {}", volume->meta.name);
  }
  const Str& class_name = *snapshot_.spec.volume_snapshot_class_name;
  const auto& snapshot_class = *world_.find<VolumeSnapshotClass>("", class_name);
  auto content = std::make_shared<VolumeSnapshotContent>();
  content->meta.name = content_name_;
  ObjectReference& ref = content->spec.volume_snapshot_ref;
  ref.kind = "VolumeSnapshot";
  ref.api_version = Str(api_version(Kind::VolumeSnapshot));
  ref.ns = snapshot_.meta.ns;
  ref.name = snapshot_.meta.name;
  ref.uid = snapshot_.meta.uid;
  ref.resource_version = Str(std::to_string(snapshot_.meta.resource_version));
  content->spec.source.volume_handle = volume->spec.source.csi->volume_handle;
  content->spec.source_volume_mode = volume->spec.volume_mode;
  content->spec.volume_snapshot_class_name = class_name;
  content->spec.deletion_policy = snapshot_class.deletion_policy;
  content->spec.driver = snapshot_class.driver;
  const ApiResult made = api_create(world_, plan_, content, "a snapshot was asked for");
  if (!made) return made.error->message;
  event("Normal", "CreatingSnapshot",
        fmt::format("Waiting for a snapshot {} to be created by the CSI driver.", key_));
  bind(*content);
  return "";
}

/// Takes over what the content says. external-snapshotter: checkandBindSnapshotContent,
/// updateSnapshotStatus
void SnapshotWorker::bind(const VolumeSnapshotContent& content) {
  if (!content.spec.volume_snapshot_ref.uid) {
    auto next = std::make_shared<VolumeSnapshotContent>(content);
    next->spec.volume_snapshot_ref.uid = snapshot_.meta.uid;
    if (const auto& name = snapshot_.spec.volume_snapshot_class_name) {
      next->spec.volume_snapshot_class_name = name;
    }
    const Id id = world_.store().find(Kind::VolumeSnapshotContent, "", content.meta.name);
    plan_.update({Kind::VolumeSnapshotContent, id}, std::move(next), "bound to its snapshot");
  }
  VolumeSnapshotStatus next = snapshot_.status ? *snapshot_.status : VolumeSnapshotStatus();
  const bool was_created = next.creation_time.has_value();
  const bool was_ready = next.ready_to_use.value_or(false);
  const VolumeSnapshotContentStatus known =
      content.status ? *content.status : VolumeSnapshotContentStatus();
  if (!next.bound_volume_snapshot_content_name) {
    next.bound_volume_snapshot_content_name = content.meta.name;
  }
  if (!next.creation_time && known.creation_time) next.creation_time = Time{*known.creation_time};
  next.ready_to_use = known.ready_to_use.value_or(false);
  if (known.restore_size && (!next.restore_size || next.restore_size->value() == 0)) {
    next.restore_size = Quantity::of(*known.restore_size, Quantity::Format::BinarySI);
  }
  next.error = known.error;
  if (snapshot_.status && next == *snapshot_.status) return;
  snapshot_.status = next;
  if (!was_created && next.creation_time) {
    event("Normal", "SnapshotCreated",
          fmt::format("Snapshot {} was successfully created by the CSI driver.", key_));
  }
  if (!was_ready && *next.ready_to_use) {
    event("Normal", "SnapshotReady", fmt::format("Snapshot {} is ready to use.", key_));
  }
  write("its content says so");
}

/// external-snapshotter: processSnapshotWithDeletionTimestamp
void SnapshotWorker::end() {
  if (!is_to_be_deleted(snapshot_)) return;
  const VolumeSnapshotContent* content = content_of(world_, snapshot_);
  if (!content && snapshot_.spec.source.persistent_volume_claim_name) {
    content = world_.find<VolumeSnapshotContent>("", content_name_);
    if (content && !is_bound_to(*content, snapshot_)) content = nullptr;
  }
  bool deletes = false;
  if (content) {
    for (const Id id : world_.store().list(Kind::PersistentVolumeClaim, snapshot_.meta.ns)) {
      const auto& each = *world_.get<PersistentVolumeClaim>(id);
      const auto& source = each.spec.data_source;
      if (!source || source->kind != "VolumeSnapshot" || source->name != snapshot_.meta.name ||
          each.status.phase != "Pending") {
        continue;
      }
      event("Warning", "SnapshotDeletePending", "Snapshot is being used to restore a PVC");
      const Duration since = world_.now() - world_.settings().start;
      plan_.wake(world_.settings().start + kResync * (since.ns / kResync.ns + 1), Actor::Snapshot,
                 ref_, true);
      return;
    }
    const Ref content_ref{Kind::VolumeSnapshotContent,
                          world_.store().find(Kind::VolumeSnapshotContent, "", content->meta.name)};
    if (!content->meta.annotations.contains(kBeingDeleted)) {
      auto next = std::make_shared<VolumeSnapshotContent>(*content);
      next->meta.annotations.set(kBeingDeleted, "yes");
      plan_.update(content_ref, std::move(next), "its snapshot is being deleted");
    }
    deletes = content->spec.deletion_policy == "Delete";
    if (deletes && !content->meta.deletion_timestamp) {
      api_delete(world_, plan_, content_ref, {}, "its snapshot is being deleted");
    }
  }
  release_claim(true);
  api_remove_finalizer(world_, plan_, ref_, kAsSource, "no claim is restored from the snapshot");
  if (!deletes) api_remove_finalizer(world_, plan_, ref_, kBound, "the snapshot has no content");
}

/// external-snapshotter: checkandRemovePVCFinalizer, isPVCBeingUsed
void SnapshotWorker::release_claim(bool without_this) {
  const PersistentVolumeClaim* source = claim();
  if (!source || !has_finalizer(*source, kClaimAsSource)) return;
  for (const Id id : world_.store().list(Kind::VolumeSnapshot, snapshot_.meta.ns)) {
    if (id == ref_.id && without_this) continue;
    const VolumeSnapshot& each = *world_.get<VolumeSnapshot>(id);
    if (each.spec.source.persistent_volume_claim_name == source->meta.name &&
        !is_snapshot_ready(each)) {
      return;
    }
  }
  const Id id =
      world_.store().find(Kind::PersistentVolumeClaim, source->meta.ns, source->meta.name);
  api_remove_finalizer(world_, plan_, {Kind::PersistentVolumeClaim, id}, kClaimAsSource,
                       "no snapshot is being made of it");
}

}  // namespace

Plan reconcile_snapshot(const World& world, Id id) {
  if (!world.get<VolumeSnapshot>(id)) {
    Plan plan;
    plan.volume_notes.push_back({Actor::Snapshot, id, {}});
    return plan;
  }
  if (!has_snapshot_controller(world)) return {};
  return SnapshotWorker(world, id).take();
}

}  // namespace sim::volumes
