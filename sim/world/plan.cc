#include "sim/world/plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/base/hash.h"
#include "sim/world/world.h"

namespace sim {

std::string_view to_string(Actor actor) {
  switch (actor) {
    case Actor::Deployment:
      return "deployment-controller";
    case Actor::ReplicaSet:
      return "replicaset-controller";
    case Actor::Scheduler:
      return "scheduler";
    case Actor::Kubelet:
      return "kubelet";
    case Actor::Process:
      return "process";
    case Actor::Namespace:
      return "namespace-controller";
    case Actor::ServiceAccount:
      return "serviceaccount-controller";
    case Actor::GarbageCollector:
      return "garbage-collector";
    case Actor::EventExpiry:
      return "event-expiry";
    case Actor::NodeLifecycle:
      return "node-lifecycle-controller";
    case Actor::NodeStatus:
      return "kubelet-node-status";
    case Actor::TaintEviction:
      return "taint-eviction-controller";
    case Actor::PodCollector:
      return "pod-garbage-collector";
    case Actor::ClaimBinder:
      return "persistentvolume-binder";
    case Actor::VolumeBinder:
      return "persistentvolume-binder";
    case Actor::Provisioner:
      return "external-provisioner";
    case Actor::VolumeDeleter:
      return "external-provisioner";
    case Actor::Resizer:
      return "external-resizer";
    case Actor::ClaimProtection:
      return "pvc-protection-controller";
    case Actor::VolumeProtection:
      return "pv-protection-controller";
    case Actor::EphemeralVolume:
      return "ephemeral-volume-controller";
    case Actor::AttachDetach:
      return "attachdetach-controller";
    case Actor::Attacher:
      return "external-attacher";
    case Actor::StatefulSet:
      return "statefulset-controller";
    case Actor::DaemonSet:
      return "daemonset-controller";
    case Actor::Job:
      return "job-controller";
    case Actor::CronJob:
      return "cronjob-controller";
    case Actor::JobExpiry:
      return "ttl-after-finished-controller";
    case Actor::Endpoints:
      return "endpoints-controller";
    case Actor::Disruption:
      return "disruption-controller";
    case Actor::Faults:
      return "fault";
    case Actor::NodePressure:
      return "kubelet-eviction-manager";
    case Actor::Autoscaler:
      return "horizontal-pod-autoscaler";
    case Actor::Snapshot:
      return "snapshot-controller";
    case Actor::Snapshotter:
      return "external-snapshotter";
    case Actor::NodeGroup:
      return "node-group";
    case Actor::ClusterAutoscaler:
      return "cluster-autoscaler";
  }
  return "";
}

Id Plan::create(const World& world, ObjectPtr object, Str why) {
  const Kind kind = object->kind;
  const Id id = next_id(world, kind) + created_[static_cast<std::size_t>(kind)]++;
  writes.push_back({Write::Op::Create, {kind, id}, std::move(object), std::move(why)});
  return id;
}

void Plan::update(Ref ref, ObjectPtr object, Str why) {
  writes.push_back({Write::Op::Update, ref, std::move(object), std::move(why)});
}

void Plan::erase(Ref ref, Str why) {
  writes.push_back({Write::Op::Erase, ref, nullptr, std::move(why)});
}

void Plan::wake(Time when, Actor actor, Ref key, bool quiet) {
  wakes.push_back({when, actor, key, quiet});
}

void Plan::event(EventNote note) { events.push_back(std::move(note)); }

/// Behind the last write of a row; 0: there is none.
std::size_t Plan::last_write_of(Ref ref) const {
  constexpr std::size_t kMany = 64;
  if (writes.size() < kMany) {
    std::size_t at = writes.size();
    while (at > 0 && writes[at - 1].ref != ref) --at;
    return at;
  }
  const auto hash_of = [](Ref of) {
    return mix(std::uint64_t{of.id} << 8 | static_cast<std::uint64_t>(of.kind));
  };
  for (; placed_ < writes.size(); ++placed_) {
    places_.add(hash_of(writes[placed_].ref), static_cast<std::uint32_t>(placed_));
  }
  std::size_t last = 0;
  places_.each(hash_of(ref), [&](std::uint32_t at) {
    if (writes[at].ref == ref) last = std::max<std::size_t>(last, at + 1);
  });
  return last;
}

ObjectPtr Plan::pending(Ref ref) const {
  const std::size_t place = last_write_of(ref);
  return place == 0 ? nullptr : writes[place - 1].object;
}

void Plan::append(Plan other) {
  std::move(other.writes.begin(), other.writes.end(), std::back_inserter(writes));
  std::move(other.wakes.begin(), other.wakes.end(), std::back_inserter(wakes));
  std::move(other.events.begin(), other.events.end(), std::back_inserter(events));
  std::move(other.queue.begin(), other.queue.end(), std::back_inserter(queue));
  std::move(other.terms.begin(), other.terms.end(), std::back_inserter(terms));
  std::move(other.volume_notes.begin(), other.volume_notes.end(), std::back_inserter(volume_notes));
  std::move(other.attach_notes.begin(), other.attach_notes.end(), std::back_inserter(attach_notes));
  if (other.next_node) next_node = other.next_node;
  if (other.tainted_zone) tainted_zone = std::move(other.tainted_zone);
  for (std::size_t kind = 0; kind < created_.size(); ++kind) created_[kind] += other.created_[kind];
}

void note_event(Plan& plan, Ref about, std::string_view component, std::string_view type,
                std::string_view reason, std::string message, std::string_view host) {
  EventNote note;
  note.about = about;
  note.component = Str(component);
  note.type = Str(type);
  note.reason = Str(reason);
  note.message = Str(message);
  note.host = Str(host);
  plan.event(std::move(note));
}

}  // namespace sim
