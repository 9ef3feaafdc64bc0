#include "sim/controllers/scheduler/volume_limits.h"

#include <algorithm>
#include <array>

#include "sim/base/format.h"
#include "sim/model/volume_facts.h"
#include "sim/world/drivers.h"

namespace sim::scheduler {
namespace {

constexpr std::array<std::string_view, 4> kZoneLabels = {
    kZoneLabel, kRegionLabel, "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region"};

// The label that took an old one's place. k8s 1.30 plugins/volumezone: translateToGALabel
std::string_view newer_label(std::string_view label) {
  if (label == kZoneLabels[2]) return kZoneLabel;
  if (label == kZoneLabels[3]) return kRegionLabel;
  return label;
}

// k8s 1.30 cloud-provider/volume/helpers: LabelZonesToSet
std::set<Str> split_zones(std::string_view text) {
  std::set<Str> zones;
  while (true) {
    const std::size_t end = text.find("__");
    zones.insert(Str(text.substr(0, end)));
    if (end == std::string_view::npos) return zones;
    text.remove_prefix(end + 2);
  }
}

bool is_exclusive_disk(const VolumeSource& source) {
  return source.gce_persistent_disk || source.aws_elastic_block_store || source.rbd || source.iscsi;
}

// k8s 1.30 plugins/volumerestrictions: isVolumeConflict
bool disks_clash(const VolumeSource& a, const VolumeSource& b) {
  if (a.gce_persistent_disk && b.gce_persistent_disk) {
    return a.gce_persistent_disk->pd_name == b.gce_persistent_disk->pd_name &&
           !(a.gce_persistent_disk->read_only && b.gce_persistent_disk->read_only);
  }
  if (a.aws_elastic_block_store && b.aws_elastic_block_store) {
    return a.aws_elastic_block_store->volume_id == b.aws_elastic_block_store->volume_id;
  }
  if (a.iscsi && b.iscsi) {
    return a.iscsi->iqn == b.iscsi->iqn && !(a.iscsi->read_only && b.iscsi->read_only);
  }
  if (!a.rbd || !b.rbd) return false;
  const auto& monitors = a.rbd->monitors;
  const bool common = std::any_of(monitors.begin(), monitors.end(), [&](const Str& monitor) {
    const auto& others = b.rbd->monitors;
    return std::find(others.begin(), others.end(), monitor) != others.end();
  });
  return common && a.rbd->pool == b.rbd->pool && a.rbd->image == b.rbd->image &&
         !(a.rbd->read_only && b.rbd->read_only);
}

}  // namespace

VolumeLimits::VolumeLimits(const Incoming& incoming) : incoming_(incoming) {
  for (const Volume& volume : incoming.spec.volumes) {
    if (is_exclusive_disk(volume.volume_source)) disks_.push_back(&volume);
    active_ =
        active_ || volume.volume_source.persistent_volume_claim || volume.volume_source.ephemeral;
  }
  active_ = active_ || !disks_.empty();
  if (!active_) return;
  read_restrictions();
  read_zones();
  add_volumes(incoming.pod, wanted_);
}

// k8s 1.30 plugins/volumerestrictions: readWriteOncePodPVCsForPod, IsPVCUsedByPods
void VolumeLimits::read_restrictions() {
  const World& world = incoming_.world;
  const Str& ns = incoming_.pod.meta.ns;
  for (const Volume& volume : incoming_.spec.volumes) {
    const auto& source = volume.volume_source.persistent_volume_claim;
    if (!source) continue;
    const auto* claim = world.find<PersistentVolumeClaim>(ns, source->claim_name);
    if (!claim) {
      refusal_ = fmt::format("persistentvolumeclaim \"{}\" not found", source->claim_name);
      return;
    }
    if (!has_mode(claim->spec.access_modes, "ReadWriteOncePod")) continue;
    for (const Id id : world.store().pods_of_claim(ns, source->claim_name)) {
      if (world.get<Pod>(id) != &incoming_.pod) sole_users_.push_back(id);
    }
  }
}

// k8s 1.30 plugins/volumezone: getPVbyPod, getTopologies
void VolumeLimits::read_zones() {
  const World& world = incoming_.world;
  for (const Str& name : claims_of(incoming_.pod)) {
    const auto* claim = world.find<PersistentVolumeClaim>(incoming_.pod.meta.ns, name);
    if (!claim || claim->spec.volume_name.empty()) continue;  // VolumeBinding tells
    const auto* volume = world.find<PersistentVolume>("", claim->spec.volume_name);
    if (!volume) {
      zone_refusal_ = fmt::format("persistentvolume \"{}\" not found", claim->spec.volume_name);
      return;
    }
    for (const std::string_view label : kZoneLabels) {
      if (const Str* value = volume->meta.labels.find(label)) {
        zones_.emplace_back(Str(label), split_zones(*value));
      }
    }
  }
}

// k8s 1.30 plugins/nodevolumelimits/csi.go: filterAttachableVolumes
void VolumeLimits::add_volumes(const Pod& pod, std::set<Handle>& volumes) const {
  const World& world = incoming_.world;
  for (const Str& name : claims_of(pod)) {
    const auto* claim = world.find<PersistentVolumeClaim>(pod.meta.ns, name);
    if (!claim) continue;
    const auto* volume = claim->spec.volume_name.empty()
                             ? nullptr
                             : world.find<PersistentVolume>("", claim->spec.volume_name);
    if (volume) {
      if (const auto& csi = volume->spec.source.csi) {
        volumes.emplace(csi->driver, csi->volume_handle.str());
      }
      continue;
    }
    // Not there yet: its class tells whose it will be.
    const Str storage_class = class_of(*claim);
    const auto* row = storage_class.empty() ? nullptr : world.find<StorageClass>("", storage_class);
    if (row) {
      volumes.emplace(row->provisioner, fmt::format("claim {}/{}", claim->meta.ns, name));
    }
  }
}

bool VolumeLimits::is_in_use() const {
  return std::any_of(sole_users_.begin(), sole_users_.end(), [&](Id id) {
    return incoming_.place_of(id, *incoming_.world.get<Pod>(id)) != 0;
  });
}

bool VolumeLimits::is_free(const Candidate& node) const {
  for (const Id id : incoming_.pods_on(node.id)) {
    for (const Volume& other : incoming_.world.get<Pod>(id)->spec->volumes) {
      const bool clash = std::any_of(disks_.begin(), disks_.end(), [&](const Volume* own) {
        return disks_clash(own->volume_source, other.volume_source);
      });
      if (clash) return false;
    }
  }
  return true;
}

// k8s 1.30 plugins/nodevolumelimits/csi.go: Filter
bool VolumeLimits::has_room(const Candidate& node) const {
  const World& world = incoming_.world;
  const Str& name = incoming_.node(node.id).meta.name;
  std::map<Str, std::int64_t> limits;
  for (const auto& [driver, handle] : wanted_) {
    const std::int32_t limit = attach_limit(world, driver, name);
    if (limit >= 0) limits[driver] = limit;
  }
  if (limits.empty()) return true;
  std::set<Handle> all;
  for (const Id id : incoming_.pods_on(node.id)) add_volumes(*world.get<Pod>(id), all);
  // A volume that is there already counts once, and a driver with nothing new is not asked.
  std::set<Str> asked;
  for (const Handle& each : wanted_) {
    if (all.insert(each).second) asked.insert(each.first);
  }
  std::map<Str, std::int64_t> counts;
  for (const Handle& each : all) ++counts[each.first];
  return std::all_of(limits.begin(), limits.end(), [&](const auto& limit) {
    return asked.count(limit.first) == 0 || counts[limit.first] <= limit.second;
  });
}

Verdict VolumeLimits::check(const Candidate& node, Diagnosis& diagnosis) const {
  if (!disks_.empty() && !is_free(node)) {
    diagnosis.count(Plugin::VolumeRestrictions, "node(s) had no available disk");
    return Verdict::Rejected;
  }
  if (is_in_use()) {
    diagnosis.count(Plugin::VolumeRestrictions,
                    "node has pod using PersistentVolumeClaim with the same name and "
                    "ReadWriteOncePod access mode");
    return Verdict::Rejected;
  }
  if (!has_room(node)) {
    diagnosis.count(Plugin::NodeVolumeLimits, "node(s) exceed max volume count");
    return Verdict::Rejected;
  }
  return Verdict::Fits;
}

// k8s 1.30 plugins/volumezone: Filter
Verdict VolumeLimits::check_zone(const Candidate& node, Diagnosis& diagnosis) const {
  if (zones_.empty()) return Verdict::Fits;
  const StringMap& labels = incoming_.node(node.id).meta.labels;
  const bool zoned = std::any_of(kZoneLabels.begin(), kZoneLabels.end(),
                                 [&](std::string_view label) { return labels.contains(label); });
  if (!zoned) return Verdict::Fits;
  for (const auto& [label, values] : zones_) {
    const Str* value = labels.find(label);
    if (!value) value = labels.find(newer_label(label));
    if (value && values.count(*value) != 0) continue;
    diagnosis.count(Plugin::VolumeZone, "node(s) had no available volume zone");
    return Verdict::Unresolvable;
  }
  return Verdict::Fits;
}

}  // namespace sim::scheduler
