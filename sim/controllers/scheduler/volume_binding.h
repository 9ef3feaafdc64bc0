// VolumeBinding: a pod goes only where its volumes can be reached. Claims that are bound already
// hold it to their volumes' nodes; claims that waited for it are given a volume, or are handed to
// their provisioner, once the node is chosen, and the pod waits until that is done.
// k8s 1.30 pkg/scheduler/framework/plugins/volumebinding
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/incoming.h"
#include "sim/model/storage_types.h"

namespace sim::scheduler {

/// What is to be done for a pod's claims when it goes to a node.
struct VolumeDecisions {
  std::vector<std::pair<Id, Id>> bindings;  // a PersistentVolume and the claim that gets it
  std::vector<Id> provisions;               // claims for which a volume is to be made there
  bool empty() const { return bindings.empty() && provisions.empty(); }
};

class VolumeBinder {
 public:
  explicit VolumeBinder(const Incoming& incoming);

  /// Whether the pod names any claim.
  bool active() const { return active_; }
  /// Why the pod can go nowhere as its claims are, or empty. k8s: PreFilter
  const std::string& refusal() const { return refusal_; }
  /// Volumes that lie on certain nodes leave only those; null when all are to be looked at.
  /// k8s: GetEligibleNodes
  const std::set<Str>* named_nodes() const { return names_nodes_ ? &named_nodes_ : nullptr; }

  Verdict check(Id node, Diagnosis& diagnosis) const;
  /// Of a node that check() lets pass.
  VolumeDecisions decisions(Id node) const;

 private:
  void read_claims();
  void read_named_nodes();
  std::string wrong_with(const Volume& volume, const Str& name,
                         const PersistentVolumeClaim* claim) const;
  bool find_volumes(const Node& node, VolumeDecisions& decisions,
                    std::vector<const char*>& reasons) const;
  Id matching_volume(const PersistentVolumeClaim& claim, const Node& node,
                     const std::set<Id>& taken) const;
  const char* why_not_provisioned(const PersistentVolumeClaim& claim, const Node& node) const;

  const Incoming& incoming_;
  bool active_ = false;
  std::string refusal_;
  std::vector<Id> bound_;    // claims
  std::vector<Id> delayed_;  // claims that wait for the pod
  bool names_nodes_ = false;
  std::set<Str> named_nodes_;
};

/// Whether a volume can be reached from a node. k8s 1.30 component-helpers/storage/volume:
/// CheckNodeAffinity
bool is_reachable(const PersistentVolume& volume, const Node& node);

/// How far the volumes of a pod are that has got its node. k8s: checkBindings
struct BindingState {
  bool done = false;
  std::string failure;  // it cannot be done: the pod is to be scheduled anew
};
BindingState binding_state(const World& world, const Pod& pod, Id node);

}  // namespace sim::scheduler
