#include "sim/controllers/volumes/attach_detach.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/pod_facts.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/drivers.h"

namespace sim::volumes {
namespace {

constexpr std::string_view kComponent = "attachdetach-controller";
constexpr std::string_view kOutOfService = "node.kubernetes.io/out-of-service";
constexpr Duration kMaxWaitForUnmount = minutes(6);
constexpr Duration kAttachTimeout = minutes(2);
constexpr Duration kPoll = milliseconds(500);  // pkg/volume/csi: waitForVolumeAttachment
constexpr Duration kFirstRetry = milliseconds(500);
constexpr Duration kLongestRetry = seconds(122);

/// A volume that pods of a node need attached to it.
struct Wanted {
  Id volume = 0;
  std::vector<Id> pods;  // in order of creation
};

/// The volume behind a claim, if it is one that must be attached; 0: none.
/// k8s 1.30 pkg/controller/volume/attachdetach/util: CreateVolumeSpec
Id attachable_volume(const World& world, const Str& ns, const Str& name) {
  const auto* claim = world.find<PersistentVolumeClaim>(ns, name);
  if (!claim || claim->status.phase != "Bound" || claim->spec.volume_name.empty()) return 0;
  const Id id = world.store().find(Kind::PersistentVolume, "", claim->spec.volume_name);
  const auto* volume = world.get<PersistentVolume>(id);
  if (!volume || !volume->spec.claim_ref || volume->spec.claim_ref->uid != claim->meta.uid) {
    return 0;
  }
  return is_attachable(world, volume->spec) ? id : 0;
}

std::vector<Wanted> wanted_on(const World& world, const Str& node) {
  std::vector<Wanted> all;
  for (const Id pod_id : world.store().pods_on(node)) {
    const Pod& pod = *world.get<Pod>(pod_id);
    if (lets_go(pod)) continue;
    for (const Str& claim : claims_of(pod)) {
      const Id volume = attachable_volume(world, pod.meta.ns, claim);
      if (volume == 0) continue;
      auto at = std::find_if(all.begin(), all.end(),
                             [&](const Wanted& each) { return each.volume == volume; });
      if (at == all.end()) at = all.insert(all.end(), Wanted{volume, {}});
      at->pods.push_back(pod_id);
    }
  }
  return all;
}

class NodeWorker {
 public:
  NodeWorker(const World& world, Id id, const Node& node)
      : world_(world),
        ref_{Kind::Node, id},
        node_(node),
        wanted_(wanted_on(world, node.meta.name)) {
    attached_ = node.status.volumes_attached;
  }

  Plan take() {
    for (const Id id : world_.store().attachments_to(node_.meta.name)) see_to_detaching(id);
    for (const Wanted& wanted : wanted_) see_to_attaching(wanted);
    if (!(attached_ == node_.status.volumes_attached)) {
      auto next = std::make_shared<Node>(node_);
      next->status.volumes_attached = std::move(attached_);
      plan_.update(ref_, std::move(next), "what is attached to the node has changed");
    }
    return std::move(plan_);
  }

 private:
  void see_to_detaching(Id id);
  void see_to_attaching(const Wanted& wanted);
  void see_to_attachment(const Wanted& wanted, const PersistentVolume& volume,
                         const VolumeAttachment& attachment, AttachWork work);
  bool waits_for_other(const Wanted& wanted, const PersistentVolume& volume, AttachWork work);
  std::string used_by(const PersistentVolume& volume, const Pod& pod,
                      const std::vector<Str>& nodes) const;
  bool is_mounted(const PersistentVolume* volume) const;
  bool may_force(const AttachWork& work) const;
  void list_attached(const PersistentVolume& volume);
  void unlist_attached(const PersistentVolume& volume);
  void tell(const Wanted& wanted, std::string_view type, std::string_view reason,
            const std::string& message) {
    for (const Id pod : wanted.pods) {
      note_event(plan_, {Kind::Pod, pod}, kComponent, type, reason, message);
    }
  }
  void fail(const Wanted& wanted, const PersistentVolume& volume, const std::string& wrong) {
    tell(wanted, "Warning", "FailedAttachVolume",
         fmt::format("AttachVolume.Attach failed for volume \"{}\" : {}", volume.meta.name, wrong));
  }
  AttachWork work(const Str& volume) const {
    return world_.volume_memory().attach(ref_.id, volume);
  }
  void remember(const Str& volume, const AttachWork& next) {
    if (!(next == work(volume))) plan_.attach_notes.push_back({ref_.id, volume, next});
  }
  void look_again(Time when, bool quiet) { plan_.wake(when, Actor::AttachDetach, ref_, quiet); }

  const World& world_;
  const Ref ref_;
  const Node& node_;
  std::vector<Wanted> wanted_;
  std::vector<AttachedVolume> attached_;  // as this plan leaves it
  Plan plan_;
};

/// Whether the node's kubelet says that it still has the volume.
bool NodeWorker::is_mounted(const PersistentVolume* volume) const {
  if (!volume) return false;
  const auto& in_use = node_.status.volumes_in_use;
  return std::find(in_use.begin(), in_use.end(), attached_name(volume->spec)) != in_use.end();
}

/// A node that is out of service has nothing mounted; one that does not answer is believed to
/// have nothing mounted after six minutes.
bool NodeWorker::may_force(const AttachWork& work) const {
  for (const Taint& taint : node_.spec.taints) {
    if (taint.key == kOutOfService) return true;
  }
  return !is_ready(node_) && world_.now() - work.unwanted >= kMaxWaitForUnmount;
}

void NodeWorker::list_attached(const PersistentVolume& volume) {
  attached_.push_back({attached_name(volume.spec), Str()});
}

void NodeWorker::unlist_attached(const PersistentVolume& volume) {
  const Str name = attached_name(volume.spec);
  std::erase_if(attached_, [&](const AttachedVolume& each) { return each.name == name; });
}

/// k8s 1.30 pkg/controller/volume/attachdetach/reconciler: reconcile, its first half
void NodeWorker::see_to_detaching(Id id) {
  const auto& attachment = *world_.get<VolumeAttachment>(id);
  if (attachment.meta.deletion_timestamp || !attachment.spec.source.persistent_volume_name) return;
  const Str& name = *attachment.spec.source.persistent_volume_name;
  const Id volume_id = world_.store().find(Kind::PersistentVolume, "", name);
  AttachWork next = work(name);
  const bool is_wanted = std::any_of(wanted_.begin(), wanted_.end(), [&](const Wanted& each) {
    return each.volume == volume_id && volume_id != 0;
  });
  if (is_wanted) return;
  if (next.unwanted == Time{}) next.unwanted = world_.now();
  const auto* volume = world_.get<PersistentVolume>(volume_id);
  if (is_mounted(volume) && !may_force(next)) {
    remember(name, next);
    const Time patience = next.unwanted + kMaxWaitForUnmount;
    if (patience > world_.now()) look_again(patience, true);
    return;
  }
  remember(name, {});
  if (volume) unlist_attached(*volume);
  api_delete(world_, plan_, {Kind::VolumeAttachment, id}, {},
             "no pod of the node needs the volume");
}

/// The same, its second half: attachDesiredVolumes
void NodeWorker::see_to_attaching(const Wanted& wanted) {
  const auto& volume = *world_.get<PersistentVolume>(wanted.volume);
  AttachWork next = work(volume.meta.name);
  next.unwanted = Time{};
  for (const Id id : world_.store().attachments_of(volume.meta.name)) {
    const auto& attachment = *world_.get<VolumeAttachment>(id);
    if (attachment.spec.node_name != node_.meta.name) continue;
    if (attachment.meta.deletion_timestamp) return;  // first it must be gone
    see_to_attachment(wanted, volume, attachment, next);
    return;
  }
  if (waits_for_other(wanted, volume, next)) return;
  auto made = std::make_shared<VolumeAttachment>();
  made->meta.name = attachment_name(volume.spec, node_.meta.name);
  made->spec.attacher = volume.spec.source.csi->driver;
  made->spec.node_name = node_.meta.name;
  made->spec.source.persistent_volume_name = volume.meta.name;
  api_create(world_, plan_, std::move(made), "a pod of the node needs the volume");
  next = {};
  next.retry = world_.now() + kAttachTimeout;
  remember(volume.meta.name, next);
  look_again(next.retry, true);
}

/// What has become of a request to attach.
void NodeWorker::see_to_attachment(const Wanted& wanted, const PersistentVolume& volume,
                                   const VolumeAttachment& attachment, AttachWork next) {
  const Str& name = volume.meta.name;
  if (attachment.status.attached) {
    const Str listed = attached_name(volume.spec);
    const bool known = std::any_of(attached_.begin(), attached_.end(),
                                   [&](const AttachedVolume& each) { return each.name == listed; });
    if (!known) {
      // It is seen at the next beat of a poll that began with the request.
      const Duration since =
          world_.now() - attachment.meta.creation_timestamp.value_or(world_.now());
      const Duration late{since.ns % kPoll.ns};
      if (since.ns == 0 || late.ns != 0) {
        remember(name, next);
        look_again(world_.now() + (kPoll - late), false);
        return;
      }
      list_attached(volume);
      tell(wanted, "Normal", "SuccessfulAttachVolume",
           fmt::format("AttachVolume.Attach succeeded for volume \"{}\" ", name));
    }
    remember(name, {});
    return;
  }
  const bool refused = static_cast<bool>(attachment.status.attach_error);
  const bool due =
      next.back_off.ns == 0 ? refused || world_.now() >= next.retry : world_.now() >= next.retry;
  if (due) {
    fail(wanted, volume,
         refused ? attachment.status.attach_error->message.str()
                 : fmt::format("timed out waiting for external-attacher of {} CSI driver to attach "
                               "volume {}",
                               attachment.spec.attacher, volume.spec.source.csi->volume_handle));
    next.back_off = next_back_off(next.back_off, kFirstRetry, kLongestRetry);
    next.retry = world_.now() + next.back_off + (refused ? Duration{} : kAttachTimeout);
  }
  remember(name, next);
  look_again(next.retry, true);
}

/// Whether a volume of one node at a time is still on another: told once.
/// k8s 1.30 pkg/controller/volume/attachdetach/reconciler: reportMultiAttachError
bool NodeWorker::waits_for_other(const Wanted& wanted, const PersistentVolume& volume,
                                 AttachWork next) {
  if (is_multi_attachable(volume.spec)) return false;
  std::vector<Str> nodes;
  for (const Id id : world_.store().attachments_of(volume.meta.name)) {
    const Str& node = world_.get<VolumeAttachment>(id)->spec.node_name;
    if (node != node_.meta.name) nodes.push_back(node);
  }
  if (nodes.empty()) return false;
  if (!next.told) {
    for (const Id id : wanted.pods) {
      note_event(plan_, {Kind::Pod, id}, kComponent, "Warning", "FailedAttachVolume",
                 fmt::format("Multi-Attach error for volume \"{}\" {}", volume.meta.name,
                             used_by(volume, *world_.get<Pod>(id), nodes)));
    }
    next.told = true;
  }
  remember(volume.meta.name, next);
  return true;
}

/// Who has the volume on other nodes, as a pod's user may know it.
std::string NodeWorker::used_by(const PersistentVolume& volume, const Pod& pod,
                                const std::vector<Str>& nodes) const {
  std::string names;
  int others = 0;
  const ObjectReference& claim = *volume.spec.claim_ref;
  for (const Id id : world_.store().pods_of_claim(claim.ns, claim.name)) {
    const Pod& user = *world_.get<Pod>(id);
    if (lets_go(user) || std::find(nodes.begin(), nodes.end(), user.node_name) == nodes.end()) {
      continue;
    }
    if (user.meta.ns != pod.meta.ns) {
      ++others;
      continue;
    }
    if (!names.empty()) names += ", ";
    names += user.meta.name.view();
  }
  if (names.empty() && others == 0) {
    return "Volume is already exclusively attached to one node and can't be attached to another";
  }
  if (names.empty()) {
    return fmt::format("Volume is already used by {} pod(s) in different namespaces", others);
  }
  std::string text = fmt::format("Volume is already used by pod(s) {}", names);
  if (others > 0) text += fmt::format(" and {} pod(s) in different namespaces", others);
  return text;
}

}  // namespace

bool lets_go(const Pod& pod) {
  if (has_ended(pod)) return true;
  if (!pod.meta.deletion_timestamp) return false;
  const auto& containers = pod.status.container_statuses;
  return std::all_of(containers.begin(), containers.end(), [](const ContainerStatus& status) {
    return status.state.terminated || status.state.waiting;
  });
}

Plan attach_detach(const World& world, Id id) {
  const Node* node = world.get<Node>(id);
  return node ? NodeWorker(world, id, *node).take() : Plan();
}

Plan detach_from_lost_node(const World& world, Id id) {
  Plan plan;
  const Ref ref{Kind::VolumeAttachment, id};
  const auto* attachment = world.get<VolumeAttachment>(id);
  if (!attachment || attachment->meta.deletion_timestamp ||
      world.find<Node>("", attachment->spec.node_name)) {
    return plan;
  }
  // Pods that are still bound to the node need it there, as far as anybody knows.
  for (const Wanted& wanted : wanted_on(world, attachment->spec.node_name)) {
    if (world.get<PersistentVolume>(wanted.volume)->meta.name ==
        attachment->spec.source.persistent_volume_name.value_or(Str())) {
      plan.volume_notes.push_back({Actor::AttachDetach, id, {}});
      return plan;
    }
  }
  VolumeWork work = world.volume_memory().work(Actor::AttachDetach, id);
  if (work.until == Time{}) {
    work.until = world.now() + kMaxWaitForUnmount;
    plan.volume_notes.push_back({Actor::AttachDetach, id, work});
  }
  if (world.now() < work.until) {
    plan.wake(work.until, Actor::Attacher, ref, true);
    return plan;
  }
  plan.volume_notes.push_back({Actor::AttachDetach, id, {}});
  api_delete(world, plan, ref, {}, "its node is gone");
  return plan;
}

}  // namespace sim::volumes
