// The tables of the kinds in storage_types.h. k8s 1.30 pkg/printers/internalversion
#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/snapshot_types.h"
#include "sim/model/storage_types.h"
#include "sim/model/volume_facts.h"
#include "sim/shell/printers_kinds.h"

namespace sim::kubectl {
namespace {

std::string yes_no(bool value) { return value ? "true" : "false"; }

std::string phase_of(const ObjectMeta& meta, const Str& phase) {
  return meta.deletion_timestamp ? "Terminating" : phase.str();
}

std::string join(const std::vector<Str>& words) { return fmt::format("{}", fmt::join(words, ",")); }

/// A kind of the size of a volume; "0" when it has none.
std::string storage_text(const ResourceList& amounts) { return amounts.get("storage").text(); }

// k8s 1.30 pkg/apis/storage/v1/util: IsDefaultAnnotation
bool is_default(const StorageClass& storage_class) {
  const StringMap& notes = storage_class.meta.annotations;
  return notes.get("storageclass.kubernetes.io/is-default-class") == "true" ||
         notes.get("storageclass.beta.kubernetes.io/is-default-class") == "true";
}

Columns volume_cells(const PersistentVolume& volume, const std::string& since) {
  const PersistentVolumeSpec& spec = volume.spec;
  const std::string claim =
      spec.claim_ref ? fmt::format("{}/{}", spec.claim_ref->ns, spec.claim_ref->name) : "";
  return {
      {volume.meta.name.str(), storage_text(spec.capacity), access_modes_text(spec.access_modes),
       spec.reclaim_policy.str(), phase_of(volume.meta, volume.status.phase), claim,
       class_of(volume).str(), spec.volume_attributes_class_name.value_or("<unset>").str(),
       volume.status.reason.str(), since},
      {spec.volume_mode.value_or("<unset>").str()}};
}

Columns claim_cells(const PersistentVolumeClaim& claim, const std::string& since) {
  const PersistentVolumeClaimSpec& spec = claim.spec;
  const bool bound = !spec.volume_name.empty();
  return {{claim.meta.name.str(), phase_of(claim.meta, claim.status.phase), spec.volume_name.str(),
           bound ? storage_text(claim.status.capacity) : "",
           bound ? access_modes_text(claim.status.access_modes) : "", class_of(claim).str(),
           spec.volume_attributes_class_name.value_or("<unset>").str(), since},
          {spec.volume_mode.value_or("<unset>").str()}};
}

Columns class_cells(const StorageClass& storage_class, const std::string& since) {
  return {{storage_class.meta.name.str() + (is_default(storage_class) ? " (default)" : ""),
           storage_class.provisioner.str(), storage_class.reclaim_policy.value_or("Delete").str(),
           storage_class.volume_binding_mode.value_or("Immediate").str(),
           yes_no(storage_class.allow_volume_expansion.value_or(false)), since},
          {}};
}

Columns driver_cells(const CSIDriver& driver, const std::string& since) {
  const CSIDriverSpec& spec = driver.spec;
  std::vector<Str> audiences;
  for (const TokenRequest& request : spec.token_requests) audiences.push_back(request.audience);
  return {
      {driver.meta.name.str(), yes_no(spec.attach_required.value_or(true)),
       yes_no(spec.pod_info_on_mount.value_or(false)),
       yes_no(spec.storage_capacity.value_or(false)),
       audiences.empty() ? "<unset>" : join(audiences),
       yes_no(spec.requires_republish.value_or(false)),
       spec.volume_lifecycle_modes.empty() ? "<none>" : join(spec.volume_lifecycle_modes), since},
      {}};
}

std::string text_or_nothing(const std::optional<Str>& text) { return text ? text->str() : ""; }

// external-snapshotter client/config/crd: additionalPrinterColumns
Columns snapshot_cells(const World& world, const VolumeSnapshot& snapshot,
                       const std::string& since) {
  const VolumeSnapshotSpec& spec = snapshot.spec;
  const VolumeSnapshotStatus status = snapshot.status ? *snapshot.status : VolumeSnapshotStatus();
  return {{snapshot.meta.name.str(), status.ready_to_use ? yes_no(*status.ready_to_use) : "",
           text_or_nothing(spec.source.persistent_volume_claim_name),
           text_or_nothing(spec.source.volume_snapshot_content_name),
           status.restore_size ? status.restore_size->text() : "",
           text_or_nothing(spec.volume_snapshot_class_name),
           text_or_nothing(status.bound_volume_snapshot_content_name),
           status.creation_time ? age(world, status.creation_time) : "", since},
          {}};
}

Columns content_cells(const VolumeSnapshotContent& content, const std::string& since) {
  const VolumeSnapshotContentSpec& spec = content.spec;
  const VolumeSnapshotContentStatus status =
      content.status ? *content.status : VolumeSnapshotContentStatus();
  return {
      {content.meta.name.str(), status.ready_to_use ? yes_no(*status.ready_to_use) : "",
       status.restore_size ? std::to_string(*status.restore_size) : "", spec.deletion_policy.str(),
       spec.driver.str(), text_or_nothing(spec.volume_snapshot_class_name),
       spec.volume_snapshot_ref.name.str(), spec.volume_snapshot_ref.ns.str(), since},
      {}};
}

}  // namespace

std::string access_modes_text(const std::vector<Str>& modes) {
  constexpr std::pair<std::string_view, std::string_view> kShort[] = {{"ReadWriteOnce", "RWO"},
                                                                      {"ReadOnlyMany", "ROX"},
                                                                      {"ReadWriteMany", "RWX"},
                                                                      {"ReadWriteOncePod", "RWOP"}};
  std::string text;
  for (const auto& [mode, name] : kShort) {
    if (std::find(modes.begin(), modes.end(), mode) == modes.end()) continue;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

Columns storage_header(Kind kind) {
  switch (kind) {
    case Kind::PersistentVolume:
      return {{"NAME", "CAPACITY", "ACCESS MODES", "RECLAIM POLICY", "STATUS", "CLAIM",
               "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "REASON", "AGE"},
              {"VOLUMEMODE"}};
    case Kind::PersistentVolumeClaim:
      return {{"NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS",
               "VOLUMEATTRIBUTESCLASS", "AGE"},
              {"VOLUMEMODE"}};
    case Kind::StorageClass:
      return {{"NAME", "PROVISIONER", "RECLAIMPOLICY", "VOLUMEBINDINGMODE", "ALLOWVOLUMEEXPANSION",
               "AGE"},
              {}};
    case Kind::VolumeAttachment:
      return {{"NAME", "ATTACHER", "PV", "NODE", "ATTACHED", "AGE"}, {}};
    case Kind::CSIDriver:
      return {{"NAME", "ATTACHREQUIRED", "PODINFOONMOUNT", "STORAGECAPACITY", "TOKENREQUESTS",
               "REQUIRESREPUBLISH", "MODES", "AGE"},
              {}};
    case Kind::CSINode:
      return {{"NAME", "DRIVERS", "AGE"}, {}};
    case Kind::VolumeSnapshot:
      return {{"NAME", "READYTOUSE", "SOURCEPVC", "SOURCESNAPSHOTCONTENT", "RESTORESIZE",
               "SNAPSHOTCLASS", "SNAPSHOTCONTENT", "CREATIONTIME", "AGE"},
              {}};
    case Kind::VolumeSnapshotContent:
      return {{"NAME", "READYTOUSE", "RESTORESIZE", "DELETIONPOLICY", "DRIVER",
               "VOLUMESNAPSHOTCLASS", "VOLUMESNAPSHOT", "VOLUMESNAPSHOTNAMESPACE", "AGE"},
              {}};
    case Kind::VolumeSnapshotClass:
      return {{"NAME", "DRIVER", "DELETIONPOLICY", "AGE"}, {}};
    default:
      return {};
  }
}

Columns storage_cells(const World& world, const Object& object) {
  const std::string since = age(world, object.meta.creation_timestamp);
  switch (object.kind) {
    case Kind::PersistentVolume:
      return volume_cells(static_cast<const PersistentVolume&>(object), since);
    case Kind::PersistentVolumeClaim:
      return claim_cells(static_cast<const PersistentVolumeClaim&>(object), since);
    case Kind::StorageClass:
      return class_cells(static_cast<const StorageClass&>(object), since);
    case Kind::VolumeAttachment: {
      const auto& attachment = static_cast<const VolumeAttachment&>(object);
      return {{object.meta.name.str(), attachment.spec.attacher.str(),
               attachment.spec.source.persistent_volume_name.value_or(Str()).str(),
               attachment.spec.node_name.str(), yes_no(attachment.status.attached), since},
              {}};
    }
    case Kind::CSIDriver:
      return driver_cells(static_cast<const CSIDriver&>(object), since);
    case Kind::CSINode: {
      const auto& node = static_cast<const CSINode&>(object);
      return {{object.meta.name.str(), std::to_string(node.spec.drivers.size()), since}, {}};
    }
    case Kind::VolumeSnapshot:
      return snapshot_cells(world, static_cast<const VolumeSnapshot&>(object), since);
    case Kind::VolumeSnapshotContent:
      return content_cells(static_cast<const VolumeSnapshotContent&>(object), since);
    case Kind::VolumeSnapshotClass: {
      const auto& snapshot_class = static_cast<const VolumeSnapshotClass&>(object);
      return {{object.meta.name.str(), snapshot_class.driver.str(),
               snapshot_class.deletion_policy.str(), since},
              {}};
    }
    default:
      return {};
  }
}

}  // namespace sim::kubectl
