// The filters about volumes that do not bind any: VolumeRestrictions (a claim for one pod alone,
// disks that two pods cannot share), NodeVolumeLimits (how many volumes a driver attaches to a
// node) and VolumeZone (volumes whose labels name a zone).
// k8s 1.30 pkg/scheduler/framework/plugins/{volumerestrictions,nodevolumelimits,volumezone}
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/controllers/scheduler/diagnosis.h"
#include "sim/controllers/scheduler/incoming.h"

namespace sim::scheduler {

class VolumeLimits {
 public:
  explicit VolumeLimits(const Incoming& incoming);

  /// Why the pod can go nowhere, or empty. k8s: the PreFilter of VolumeRestrictions
  const std::string& refusal() const { return refusal_; }
  /// … and that of VolumeZone, which comes after VolumeBinding's.
  const std::string& zone_refusal() const { return zone_refusal_; }

  bool active() const { return active_; }
  /// VolumeRestrictions and NodeVolumeLimits.
  Verdict check(const Candidate& node, Diagnosis& diagnosis) const;
  /// VolumeZone.
  Verdict check_zone(const Candidate& node, Diagnosis& diagnosis) const;

 private:
  using Handle = std::pair<Str, std::string>;  // driver and volume

  void read_restrictions();
  void read_zones();
  void add_volumes(const Pod& pod, std::set<Handle>& volumes) const;
  bool is_in_use() const;
  bool is_free(const Candidate& node) const;
  bool has_room(const Candidate& node) const;

  const Incoming& incoming_;
  bool active_ = false;
  std::vector<Id> sole_users_;        // other pods of its ReadWriteOncePod claims
  std::vector<const Volume*> disks_;  // that two pods on a node cannot share
  std::set<Handle> wanted_;           // volumes of CSI drivers
  std::vector<std::pair<Str, std::set<Str>>> zones_;
  std::string refusal_;
  std::string zone_refusal_;
};

}  // namespace sim::scheduler
