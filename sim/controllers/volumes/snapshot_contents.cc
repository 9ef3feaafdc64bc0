#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "sim/base/digest.h"
#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/controllers/volumes/snapshots.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/snapshots.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kComponent = "snapshot-controller";
constexpr Duration kFirstRetry = seconds(1);
constexpr Duration kLongestRetry = minutes(5);
constexpr const char* kContentBound =
    "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";

class ContentWorker {
 public:
  ContentWorker(const World& world, Id id)
      : world_(world),
        ref_{Kind::VolumeSnapshotContent, id},
        content_(*world.get<VolumeSnapshotContent>(id)),
        driver_(find_driver(content_.spec.driver)) {}

  Plan take() {
    if (has_snapshot_controller(world_)) pair();
    // A driver without snapshots has no snapshotter: its contents wait for ever.
    if (driver_ && driver_->snapshots && is_running(world_, *driver_)) handle();
    return std::move(plan_);
  }

 private:
  void pair();
  void handle();
  bool is_to_be_deleted() const;
  void remove();
  void make();
  void check();
  void fail(std::string_view reason, std::string message);
  void look_again();
  void write(const char* why) {
    plan_.update(ref_, std::make_shared<VolumeSnapshotContent>(content_), why);
  }
  void remember(const VolumeWork& work) {
    plan_.volume_notes.push_back({Actor::Snapshotter, ref_.id, work});
  }
  VolumeWork work() const { return world_.volume_memory().work(Actor::Snapshotter, ref_.id); }
  const PersistentVolume* volume() const;
  Duration takes(Duration usual) const { return driver_takes(world_, *driver_, usual); }

  const World& world_;
  const Ref ref_;
  VolumeSnapshotContent content_;  // as this plan leaves it
  const Driver* driver_;
  Plan plan_;
};

/// The snapshot controller's part. external-snapshotter: syncContent of the common controller
void ContentWorker::pair() {
  const VolumeSnapshotContentSource& source = content_.spec.source;
  if (source.volume_handle.has_value() == source.snapshot_handle.has_value()) {
    note_event(plan_, ref_, kComponent, "Warning", "ContentValidationError",
               "Exactly one of VolumeHandle and SnapshotHandle should be specified");
    return;
  }
  const ObjectReference& ref = content_.spec.volume_snapshot_ref;
  if (!ref.uid) return;  // it waits for its snapshot
  if (!content_.meta.deletion_timestamp && add_finalizer(content_, kContentBound)) {
    write("the content is protected");
  }
}

/// external-snapshotter: shouldDelete
bool ContentWorker::is_to_be_deleted() const {
  if (!content_.meta.deletion_timestamp) return false;
  const bool unbound =
      content_.spec.source.snapshot_handle && !content_.spec.volume_snapshot_ref.uid;
  return unbound || content_.meta.annotations.contains(kBeingDeleted);
}

/// The driver's part. external-snapshotter: syncContent of the sidecar
void ContentWorker::handle() {
  if (is_to_be_deleted()) {
    remove();
  } else if (content_.spec.source.volume_handle &&
             (!content_.status || !content_.status->snapshot_handle)) {
    make();
  } else if (!content_.status || !content_.status->ready_to_use.value_or(false)) {
    check();
  }
}

/// external-snapshotter: deleteCSISnapshotOperation, removeContentFinalizer
void ContentWorker::remove() {
  const bool deletes = content_.spec.deletion_policy == "Delete" && content_.status &&
                       content_.status->snapshot_handle;
  if (deletes) {
    const Time until = *content_.meta.deletion_timestamp + takes(driver_->remove);
    if (world_.now() < until) {
      plan_.wake(until, Actor::Snapshotter, ref_);
      return;
    }
    const Id disk =
        snapshot_contents(world_, content_.spec.driver, *content_.status->snapshot_handle);
    if (disk != 0) plan_.erase({Kind::Disk, disk}, "the snapshot was deleted");
    content_.status = VolumeSnapshotContentStatus();
    write("the snapshot was deleted");
  }
  remember({});
  api_remove_finalizer(world_, plan_, ref_, kContentBound, "nothing is left of the snapshot");
}

/// external-snapshotter: updateContentErrorStatusWithEvent
void ContentWorker::fail(std::string_view reason, std::string message) {
  look_again();
  const auto& status = content_.status;
  if (status && status->error && status->error->message == Str(message)) return;
  VolumeSnapshotContentStatus& next = content_.status.edit();
  next.error = VolumeSnapshotError{world_.now(), Str(message)};
  next.ready_to_use = false;
  write("the snapshot has an error");
  note_event(plan_, ref_, fmt::format("csi-snapshotter {}", driver_->name), "Warning", reason,
             std::move(message));
}

void ContentWorker::look_again() {
  VolumeWork next = work();
  if (next.retry <= world_.now()) {
    next.back_off = next_back_off(next.back_off, kFirstRetry, kLongestRetry);
    next.retry = world_.now() + next.back_off;
    remember(next);
  }
  plan_.wake(next.retry, Actor::Snapshotter, ref_, next.until == Time{});
}

/// The volume that the snapshot is made of.
const PersistentVolume* ContentWorker::volume() const {
  for (const Id id : world_.store().list(Kind::PersistentVolume)) {
    const auto& each = *world_.get<PersistentVolume>(id);
    const auto& csi = each.spec.source.csi;
    if (csi && csi->driver == content_.spec.driver &&
        csi->volume_handle == *content_.spec.source.volume_handle) {
      return &each;
    }
  }
  return nullptr;
}

/// The moment of the snapshot. external-snapshotter: createSnapshotOperation
void ContentWorker::make() {
  if (work().retry > world_.now()) {
    plan_.wake(work().retry, Actor::Snapshotter, ref_, true);
    return;
  }
  const PersistentVolume* source = volume();
  if (!source) {
    const Str& handle = *content_.spec.source.volume_handle;
    const std::string wrong = fmt::format(
        "rpc error: code = NotFound desc = source volume ID \\\"{}\\\" was not found", handle);
    fail("SnapshotCreationFailed",
         fmt::format("Failed to create snapshot: failed to take snapshot of the volume {}: \"{}\"",
                     handle, wrong));
    return;
  }
  const std::string uid = to_string(content_.spec.volume_snapshot_ref.uid);
  const Str handle =
      driver_->handle == HandleShape::Ebs
          ? Str(fmt::format("snap-{}",
                            sha256_hex(fmt::format("{}/{}", driver_->name, uid)).substr(0, 17)))
          : Str(fmt::format("snapshot-{}", uid));
  const Id disk = contents_of(world_, source->spec);
  auto kept = std::static_pointer_cast<Disk>(new_contents(world_, source->spec));
  if (disk != 0) kept->tree = world_.get<Disk>(disk)->tree;
  kept->meta.name = snapshot_name(content_.spec.driver, handle);
  plan_.create(world_, std::move(kept), "a snapshot was made");
  VolumeSnapshotContentStatus status;
  status.snapshot_handle = handle;
  status.creation_time = world_.now().ns;
  status.restore_size = capacity_of(*source).value();
  status.ready_to_use = takes(driver_->snapshot).ns == 0;
  content_.status = status;
  write("a snapshot was made");
  VolumeWork next;
  if (!*status.ready_to_use) {
    next.until = world_.now() + takes(driver_->snapshot);
    next.back_off = kFirstRetry;
    next.retry = world_.now() + next.back_off;
    plan_.wake(next.retry, Actor::Snapshotter, ref_);
  }
  remember(next);
}

/// Asks the driver whether the snapshot is there to be used.
/// external-snapshotter: checkandUpdateContentStatusOperation
void ContentWorker::check() {
  const VolumeWork now = work();
  if (now.retry > world_.now()) {
    plan_.wake(now.retry, Actor::Snapshotter, ref_, now.until == Time{});
    return;
  }
  const auto& given = content_.spec.source.snapshot_handle;
  const Str handle = given ? *given : *content_.status->snapshot_handle;
  const Id disk = snapshot_contents(world_, content_.spec.driver, handle);
  if (disk == 0) {
    fail("SnapshotContentCheckandUpdateFailed",
         fmt::format("Failed to check and update snapshot content: failed to list snapshot for "
                     "content {}: \"rpc error: code = NotFound desc = snapshot with ID {} does not "
                     "exist\"",
                     content_.meta.name, handle));
    return;
  }
  if (world_.now() < now.until) {
    look_again();
    return;
  }
  VolumeSnapshotContentStatus& status = content_.status.edit();
  status.snapshot_handle = handle;
  status.ready_to_use = true;
  status.error.reset();
  const Disk& kept = *world_.get<Disk>(disk);
  if (!status.creation_time) {
    status.creation_time = kept.meta.creation_timestamp.value_or(world_.now()).ns;
  }
  if (!status.restore_size) status.restore_size = static_cast<std::int64_t>(kept.capacity);
  write("the snapshot is ready");
  remember({});
}

}  // namespace

Plan reconcile_snapshot_content(const World& world, Id id) {
  if (!world.get<VolumeSnapshotContent>(id)) {
    Plan plan;
    plan.volume_notes.push_back({Actor::Snapshotter, id, {}});
    return plan;
  }
  return ContentWorker(world, id).take();
}

}  // namespace sim::volumes
