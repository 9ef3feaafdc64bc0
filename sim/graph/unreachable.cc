#include "sim/graph/unreachable.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/pod_spec.h"
#include "sim/world/fault.h"

namespace sim {
namespace {

/// The message of the newest Event with this reason about an object; empty: none.
std::string last_event(const World& world, Uid about,
                       std::initializer_list<std::string_view> reasons,
                       std::string_view part = {}) {
  const std::vector<Id> events = world.store().events_about(about);
  for (auto id = events.rbegin(); id != events.rend(); ++id) {
    const Event& event = *world.get<Event>(*id);
    if (std::find(reasons.begin(), reasons.end(), event.reason.view()) == reasons.end()) continue;
    if (event.message.view().find(part) != std::string_view::npos) return event.message.str();
  }
  return "";
}

const PodCondition* condition_of(const Pod& pod, std::string_view type) {
  for (const PodCondition& condition : pod.status.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

std::string object_of(const Pod& pod) {
  return fmt::format("Pod {}/{}", pod.meta.ns, pod.meta.name);
}

/// The first claim of the pod that has no volume.
const Volume* unbound_claim(const World& world, const Pod& pod, const PodSpec& spec,
                            PlaceName& name) {
  for (const Volume& volume : spec.volumes) {
    name = name_volume(world, pod, volume);
    if (name.kind != "PersistentVolumeClaim" && name.kind != "ephemeral") continue;
    const auto* claim = world.find<PersistentVolumeClaim>(pod.meta.ns, name.source);
    if (!claim || claim->status.phase != "Bound") return &volume;
  }
  return nullptr;
}

bool explain_claim(const Chronicle& chronicle, const Pod& pod, const PodSpec& spec, Why& why) {
  const World& world = chronicle.world();
  PlaceName name;
  if (!unbound_claim(world, pod, spec, name)) return false;
  why.code = WhyCode::ClaimNotBound;
  why.here = name;
  const std::string object = fmt::format("PersistentVolumeClaim {}/{}", pod.meta.ns, name.source);
  const auto* claim = world.find<PersistentVolumeClaim>(pod.meta.ns, name.source);
  if (!claim) {
    why.reason = fmt::format("persistentvolumeclaim \"{}\" not found", name.source);
    why.evidence.push_back({object, "", "not found", 0});
  } else {
    why.reason = last_event(
        world, claim->meta.uid,
        {"ProvisioningFailed", "FailedBinding", "WaitForFirstConsumer", "ExternalProvisioning",
         "Provisioning", "WaitForPodScheduled", "VolumeMismatch"});
    if (why.reason.empty()) why.reason = fmt::format("{}", claim->status.phase);
    why.evidence.push_back({object, "status.phase", claim->status.phase.str(), 0});
  }
  why.cure.kind = Cure::Kind::ProvideClaim;
  why.cure.source = name.source.str();
  return true;
}

bool explain_attachment(const Chronicle& chronicle, const Pod& pod, const PodSpec& spec, Why& why) {
  const World& world = chronicle.world();
  for (const Volume& volume : spec.volumes) {
    const PlaceName name = name_volume(world, pod, volume);
    if (name.persistent.empty()) continue;
    std::string elsewhere;
    bool wanted = false;
    bool here = false;
    for (const auto& [id, row] : world.store().table(Kind::VolumeAttachment)) {
      const auto& attachment = static_cast<const VolumeAttachment&>(row);
      if (attachment.spec.source.persistent_volume_name.value_or(Str()) != name.persistent)
        continue;
      if (attachment.spec.node_name == pod.node_name) {
        wanted = true;
        here = here || attachment.status.attached;
      } else if (attachment.status.attached) {
        elsewhere = attachment.spec.node_name.str();
      }
    }
    if (here || (!wanted && elsewhere.empty())) continue;
    why.code = WhyCode::VolumeNotAttached;
    why.here = name;
    why.here.node = pod.node_name;
    why.reason = last_event(world, pod.meta.uid, {"FailedAttachVolume"}, name.persistent.view());
    if (why.reason.empty() && !elsewhere.empty()) {
      why.reason = fmt::format("it is attached to node {}", elsewhere);
    }
    why.evidence.push_back({fmt::format("PersistentVolume {}", name.persistent), "attached to",
                            elsewhere.empty() ? "no node yet" : elsewhere, 0});
    why.cure.kind = Cure::Kind::FreeVolume;
    why.cure.source = name.persistent.str();
    return true;
  }
  return false;
}

bool explain_volume(const Chronicle& chronicle, const Pod& pod, Id id, const PodSpec& spec,
                    Why& why) {
  const World& world = chronicle.world();
  const auto* sandbox = world.get<PodSandbox>(world.store().sandbox_of(id));
  if (!sandbox || sandbox->volumes_ready || sandbox->pending_volumes.empty()) return false;
  const Str& waiting = sandbox->pending_volumes.front().name;
  why.code = WhyCode::VolumeNotReady;
  if (const Volume* volume = find_volume(spec, waiting))
    why.here = name_volume(world, pod, *volume);
  why.here.volume = waiting;
  why.reason = last_event(world, pod.meta.uid, {"FailedMount"}, waiting.view());
  why.evidence.push_back(
      {object_of(pod), fmt::format("spec.volumes[{}]", waiting), "not set up", 0});
  why.cure.kind = Cure::Kind::ProvideSource;
  why.cure.source = why.here.source.str();
  return true;
}

/// The driver behind what the pod waits for is down: says so.
void blame_driver(const World& world, std::string_view name, Why& why) {
  const Driver* driver = find_driver(name);
  if (!driver || !is_installed(world, *driver) || is_running(world, *driver)) return;
  why.evidence.push_back({fmt::format("CSIDriver {}", name), "answers", "no", 0});
  why.cure.kind = Cure::Kind::MendDriver;
  why.cure.source = std::string(name);
}

void blame_driver(const World& world, const Pod& pod, Why& why) {
  const auto* volume = world.find<PersistentVolume>("", why.here.persistent);
  if (volume && volume->spec.source.csi) {
    blame_driver(world, volume->spec.source.csi->driver, why);
    return;
  }
  const auto* claim = world.find<PersistentVolumeClaim>(pod.meta.ns, why.here.source);
  const auto* wanted = claim && claim->spec.storage_class_name
                           ? world.find<StorageClass>("", *claim->spec.storage_class_name)
                           : nullptr;
  if (wanted) blame_driver(world, wanted->provisioner, why);
}

const ContainerStatus* status_of(const Pod& pod, std::string_view container) {
  for (const auto* statuses :
       {&pod.status.container_statuses, &pod.status.init_container_statuses}) {
    for (const ContainerStatus& status : *statuses) {
      if (status.name == container) return &status;
    }
  }
  return nullptr;
}

}  // namespace

void explain_unreachable(const Chronicle& chronicle, const Pod& pod, Id id, Why& why) {
  const PodSpec spec = full_spec(pod);
  why.code = WhyCode::PodNotRunning;
  if (pod.status.reason == "Evicted") {
    why.code = WhyCode::PodEvicted;
    why.reason = pod.status.message.str();
    why.here.node = pod.node_name;
    why.evidence.push_back({object_of(pod), "status.reason", "Evicted", 0});
    return;
  }
  if (pod.status.reason == "Terminated" || pod.status.reason == "NodeShutdown") {
    why.code = WhyCode::PodShutDown;
    why.reason = pod.status.message.str();
    why.here.node = pod.node_name;
    why.evidence.push_back({object_of(pod), "status.reason", pod.status.reason.str(), 0});
    return;
  }
  const bool ended = pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
  if (pod.node_name.empty() && !ended) {
    if (explain_claim(chronicle, pod, spec, why)) {
      blame_driver(chronicle.world(), pod, why);
      return;
    }
    why.code = WhyCode::PodNotScheduled;
    const PodCondition* scheduled = condition_of(pod, "PodScheduled");
    if (scheduled) why.reason = scheduled->message.str();
    why.evidence.push_back({object_of(pod), "spec.nodeName", "empty", 0});
    why.cure.kind = Cure::Kind::FixScheduling;
    return;
  }
  const ContainerStatus* status = status_of(pod, why.container);
  const bool waiting = status && status->state.waiting;
  const Str reason = waiting ? status->state.waiting->reason : Str();
  const bool creating =
      !ended && (!status || reason == "ContainerCreating" || reason == "PodInitializing");
  if (creating &&
      (explain_claim(chronicle, pod, spec, why) || explain_attachment(chronicle, pod, spec, why) ||
       explain_volume(chronicle, pod, id, spec, why))) {
    blame_driver(chronicle.world(), pod, why);
    return;
  }
  why.reason = reason.empty() ? pod.status.phase.str() : reason.str();
  if (status && status->state.terminated) why.reason = status->state.terminated->reason.str();
  why.evidence.push_back({object_of(pod), "status", why.reason, 0});
  if (reason == "ImagePullBackOff" || reason == "ErrImagePull" || reason == "InvalidImageName" ||
      reason == "ErrImageNeverPull") {
    why.code = WhyCode::ImageNotPulled;
    why.here.image = status->image;
    if (!status->state.waiting->message.empty()) why.reason = status->state.waiting->message.str();
    why.cure.kind = Cure::Kind::FixImage;
    if (outage_of(chronicle.world(), kRegistryOutage)) {
      why.evidence.push_back({"image registry", "answers", "no", 0});
      why.cure.kind = Cure::Kind::MendRegistry;
    }
  }
}

}  // namespace sim
