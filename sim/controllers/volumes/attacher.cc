#include "sim/controllers/volumes/attacher.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"

namespace sim::volumes {
namespace {

constexpr Duration kFirstRetry = seconds(1);  // --retry-interval-start
constexpr Duration kLongestRetry = minutes(5);

/// csi external-attacher pkg/controller/util.go: GetFinalizerName
Str finalizer_of(const Str& driver) {
  std::string name = "external-attacher/" + driver.str();
  std::replace(name.begin(), name.end(), '.', '-');
  return Str(name);
}

bool holds(const Object& object, const Str& finalizer) {
  const auto& all = object.meta.finalizers;
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

/// What keeps a volume from being attached; empty: nothing does.
std::string obstacle(const World& world, const VolumeAttachment& attachment) {
  const Str& node = attachment.spec.node_name;
  const CSINode* known = world.find<CSINode>("", node);
  if (!known) return fmt::format("csinode.storage.k8s.io \"{}\" not found", node);
  const bool listed = std::any_of(
      known->spec.drivers.begin(), known->spec.drivers.end(),
      [&](const CSINodeDriver& entry) { return entry.name == attachment.spec.attacher; });
  if (listed) return "";
  return fmt::format("CSINode {} does not contain driver {}", node, attachment.spec.attacher);
}

}  // namespace

Plan attach(const World& world, Id id) {
  Plan plan;
  const Ref ref{Kind::VolumeAttachment, id};
  const auto* attachment = world.get<VolumeAttachment>(id);
  if (!attachment) {
    plan.volume_notes.push_back({Actor::Attacher, id, {}});
    return plan;
  }
  const Driver* driver = find_driver(attachment->spec.attacher);
  if (!driver || !is_running(world, *driver)) return plan;
  const Str finalizer = finalizer_of(attachment->spec.attacher);
  if (attachment->meta.deletion_timestamp) {
    const Time until =
        *attachment->meta.deletion_timestamp + driver_takes(world, *driver, driver->detach);
    if (world.now() < until) {
      plan.wake(until, Actor::Attacher, ref);
    } else {
      api_remove_finalizer(world, plan, ref, finalizer, "the volume was detached");
    }
    return plan;
  }
  if (attachment->status.attached) return plan;

  auto next = std::make_shared<VolumeAttachment>(*attachment);
  if (!holds(*next, finalizer)) {
    next->meta.finalizers.push_back(finalizer);
    plan.update(ref, std::make_shared<VolumeAttachment>(*next), "the driver attaches the volume");
  }
  const Id volume_id = world.store().find(
      Kind::PersistentVolume, "", attachment->spec.source.persistent_volume_name.value_or(Str()));
  if (const auto* volume = world.get<PersistentVolume>(volume_id);
      volume && !holds(*volume, finalizer) && !volume->meta.deletion_timestamp) {
    auto held = std::make_shared<PersistentVolume>(*volume);
    held->meta.finalizers.push_back(finalizer);
    plan.update({Kind::PersistentVolume, volume_id}, std::move(held),
                "the driver attaches the volume");
  }
  VolumeWork work = world.volume_memory().work(Actor::Attacher, id);
  const Time until = std::max(work.retry, attachment->meta.creation_timestamp.value_or(Time{}) +
                                              driver_takes(world, *driver, driver->attach));
  if (world.now() < until) {
    plan.wake(until, Actor::Attacher, ref, work.retry == until);
    return plan;
  }
  if (const std::string wrong = obstacle(world, *attachment); !wrong.empty()) {
    next->status.attach_error = VolumeError{world.now(), Str(wrong)};
    plan.update(ref, std::move(next), "the volume could not be attached");
    work.back_off = next_back_off(work.back_off, kFirstRetry, kLongestRetry);
    work.retry = world.now() + work.back_off;
    plan.volume_notes.push_back({Actor::Attacher, id, work});
    plan.wake(work.retry, Actor::Attacher, ref, true);
    return plan;
  }
  next->status.attached = true;
  next->status.attach_error.reset();
  plan.update(ref, std::move(next), "the volume was attached");
  plan.volume_notes.push_back({Actor::Attacher, id, {}});
  return plan;
}

}  // namespace sim::volumes
