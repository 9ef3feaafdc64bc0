#include "sim/world/drivers.h"

#include <algorithm>
#include <utility>

#include "sim/base/digest.h"
#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/base/hash.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/world.h"

namespace sim {
namespace {

constexpr std::int64_t kMi = 1LL << 20;
constexpr std::int64_t kGi = 1LL << 30;
constexpr std::uint64_t kExbibytes8 = 9223372036854771712ULL;  // what NFS of EFS answers: 8.0E
constexpr std::string_view kUnsupported =
    "rpc error: code = InvalidArgument desc = Volume capabilities not supported";

// Sources: the drivers' pkg/driver (controller.go, node.go), their csidriver.yaml and README of
// mid-2024. How long things take in the clouds is typical, not specified.
constexpr Driver kDrivers[] = {
    // ebs v1.31.0: volumeCaps, isValidCapability, getVolumesLimit (a Nitro instance of the usual
    // sizes: 28 less three network interfaces), defaultFsType by its provisioner's flag.
    {.name = "ebs.csi.aws.com",
     .handle = HandleShape::Ebs,
     .modes = kRWO | kRWOP,
     .block_modes = kRWO | kRWOP | kRWX,
     .mode_error = kUnsupported,
     .topology_key = "topology.ebs.csi.aws.com/zone",
     .fs_type = "ext4",
     .default_fs_type = "ext4",
     .size_unit = kGi,
     .least_size = kGi,
     .expands = true,
     .expands_on_node = true,
     .snapshots = true,
     .controller = "ebs-csi-controller-6c5c8f8f7d-x2k4m",
     .attach_required = true,
     .fs_group_policy = "File",
     .attach_limit = 25,
     .provision = seconds(3),
     .remove = seconds(1),
     .attach = seconds(3),
     .detach = seconds(6),
     .mount = seconds(1),
     .unmount = milliseconds(300),
     .expand = seconds(5),
     .snapshot = seconds(40),
     .device = "/dev/nvme1n1"},
    // efs v2.0.2: volumeCapAccessModes, CreateVolume, DeleteVolume (delete-access-point-root-dir is
    // off), README ("doesn't really enforce any file system capacity").
    {.name = "efs.csi.aws.com",
     .handle = HandleShape::AccessPoint,
     .modes = kRWO | kRWOP | kRWX,
     .mode_error = kUnsupported,
     .fs_type = "nfs4",
     .on_delete = OnDelete::Keep,
     .controller = "efs-csi-controller-74547df74c-n8h2v",
     .fs_group_policy = "ReadWriteOnceWithFSType",
     .ephemeral = true,
     .provision = seconds(2),
     .remove = seconds(1),
     .mount = seconds(1),
     .unmount = milliseconds(300),
     .real_capacity = false,
     .shown_size = kExbibytes8,
     .device = "127.0.0.1:/",
     .fixed_identity = true},
    // fsx (Lustre): a file system of its own for each volume, in steps of its capacity.
    {.name = "fsx.csi.aws.com",
     .handle = HandleShape::FileSystem,
     .modes = kRWO | kRWOP | kRWX,
     .mode_error = kUnsupported,
     .fs_type = "lustre",
     .size_unit = 1200 * kGi,
     .least_size = 1200 * kGi,
     .expands = true,
     .controller = "fsx-csi-controller-7d5b9c8f6b-q7w2x",
     .provision = minutes(7),
     .remove = seconds(60),
     .mount = seconds(1),
     .unmount = milliseconds(300),
     .expand = minutes(5),
     .device = "198.19.255.7@tcp:/fsx"},
    // Trident with ontap-nas: NFS, a FlexVol for each volume; publishing keeps the export policy.
    {.name = "csi.trident.netapp.io",
     .handle = HandleShape::VolumeName,
     .modes = kRWO | kROX | kRWX | kRWOP,
     .mode_error = kUnsupported,
     .fs_type = "nfs4",
     .least_size = 20 * kMi,
     .expands = true,
     .clones = true,
     .snapshots = true,
     .controller = "trident-controller-5d6f7f8c9b-4kz5p",
     .attach_required = true,
     .provision = seconds(3),
     .remove = seconds(2),
     .attach = milliseconds(500),
     .detach = milliseconds(500),
     .mount = seconds(1),
     .unmount = milliseconds(300),
     .expand = seconds(2),
     .snapshot = seconds(1),
     .device = "198.19.255.1:/trident"},
    // fsx openzfs: a volume below the file system's root volume (ResourceType=volume), which asks
    // for exactly 1Gi, whatever quota it gets.
    {.name = "fsx.openzfs.csi.aws.com",
     .handle = HandleShape::OpenZfs,
     .modes = kRWO | kRWOP | kRWX,
     .mode_error = kUnsupported,
     .fs_type = "nfs4",
     .only_size = kGi,
     .clones = true,
     .snapshots = true,
     .controller = "fsx-openzfs-csi-controller-6f9b7d8c5-m2v6k",
     .provision = seconds(30),
     .remove = seconds(10),
     .mount = seconds(1),
     .unmount = milliseconds(300),
     .snapshot = seconds(5),
     .device = "198.19.255.5:/fsx"},
    // Mountpoint for S3 v1.7.0: CreateVolume is not implemented; doc/SEMANTICS.md of Mountpoint.
    {.name = "s3.csi.aws.com",
     .modes = kROX | kRWX,
     .mode_error = "rpc error: code = InvalidArgument desc = Volume capability not supported",
     .fs_type = "fuse",
     .on_delete = OnDelete::Refuse,
     .mount = seconds(1),
     .unmount = milliseconds(300),
     .real_capacity = false,
     .device = "mountpoint-s3",
     .whole_objects = true,
     .fixed_identity = true},
    // local-path-provisioner: a helper pod makes a directory of the node; no CSI.
    {.name = "rancher.io/local-path",
     .csi = false,
     .handle = HandleShape::NodePath,
     .modes = kRWO | kRWOP,
     .mode_error = "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes",
     .topology_key = "kubernetes.io/hostname",
     .controller = "local-path-provisioner-6d79b7c9c4-8xw2r",
     .provision = seconds(3),
     .remove = seconds(3),
     .real_capacity = false},
    // A driver for tests: it provisions, attaches and mounts at once.
    {.name = "disk.csi.example.com",
     .handle = HandleShape::VolumeName,
     .modes = kRWO | kRWOP,
     .block_modes = kRWO | kRWOP,
     .mode_error = kUnsupported,
     .fs_type = "ext4",
     .expands = true,
     .expands_on_node = true,
     .clones = true,
     .snapshots = true,
     .controller = "csi-disk-0",
     .attach_required = true,
     .fs_group_policy = "File",
     // With the kubelet's own part, as recorded: a pod is deleted in 1.6 to 1.8 s, not in 0.6 s,
     // and runs 1.1 to 1.2 s after the report that tells of its disk.
     .mount = milliseconds(650),
     .unmount = milliseconds(1100),
     .device = "/dev/vdb"},
    // In-tree volume types of PersistentVolumes. k8s 1.30 pkg/volume
    {.name = "kubernetes.io/host-path", .csi = false, .real_capacity = false},
    {.name = "kubernetes.io/local-volume",
     .csi = false,
     .on_delete = OnDelete::Refuse,
     .real_capacity = false},
    {.name = "kubernetes.io/nfs",
     .csi = false,
     .modes = kRWO | kROX | kRWX,
     .fs_type = "nfs4",
     .on_delete = OnDelete::Refuse,
     .mount = milliseconds(500),
     .unmount = milliseconds(100),
     .real_capacity = false,
     .shown_size = 1ULL << 40},
};

// What a provisioner without CSI brings along: where its configuration lies.
constexpr std::string_view kLocalPathNamespace = "local-path-storage";
constexpr std::string_view kLocalPathConfig = "local-path-config";

Uid drawn_uid(const World& world, std::string_view purpose, std::string_view whom) {
  Uid id;
  id.high = draw(world.settings().seed, purpose, fnv1a64(whom), 0);
  id.low = draw(world.settings().seed, purpose, fnv1a64(whom), 1);
  id.high = (id.high & ~0xf000ULL) | 0x4000ULL;
  id.low = (id.low & ~(3ULL << 62)) | (2ULL << 62);
  return id;
}

void add_to_csi_node(CSINode& node, const Driver& driver) {
  CSINodeDriver entry;
  entry.name = Str(driver.name);
  entry.node_id = node.meta.name;
  if (!driver.topology_key.empty()) entry.topology_keys.emplace_back(driver.topology_key);
  if (driver.attach_limit > 0) entry.allocatable.edit().count = driver.attach_limit;
  node.spec.drivers.push_back(std::move(entry));
}

/// The label that a driver's node plugin puts on its node: the zone under the driver's own key.
bool label(Node& node, const Driver& driver) {
  if (!driver.csi || driver.topology_key.empty()) return false;
  const Str* zone = node.meta.labels.find(kZoneLabel);
  if (!zone || node.meta.labels.get(driver.topology_key) == *zone) return false;
  node.meta.labels.set(Str(driver.topology_key), *zone);
  return true;
}

std::shared_ptr<CSIDriver> csi_driver(const Driver& driver) {
  auto made = std::make_shared<CSIDriver>();
  made->meta.name = Str(driver.name);
  made->spec.attach_required = driver.attach_required;
  made->spec.pod_info_on_mount = driver.pod_info_on_mount;
  made->spec.fs_group_policy = Str(driver.fs_group_policy);
  made->spec.volume_lifecycle_modes = {"Persistent"};
  if (driver.ephemeral) made->spec.volume_lifecycle_modes.emplace_back("Ephemeral");
  made->spec.storage_capacity = false;
  made->spec.requires_republish = false;
  made->spec.se_linux_mount = false;
  return made;
}

/// Which file system the driver makes on a new disk: mkfs.ext4 leaves a directory, mkfs.xfs none.
bool made_by_mkfs_ext(const PersistentVolumeSpec& volume, const Driver& driver) {
  const Str wanted = volume.source.csi ? volume.source.csi->fs_type : Str();
  return (wanted.empty() ? driver.default_fs_type : wanted.view()).substr(0, 3) == "ext";
}

void install_configuration(const World& world, Plan& plan) {
  if (!world.find<Namespace>("", kLocalPathNamespace)) {
    auto ns = std::make_shared<Namespace>();
    ns->meta.name = Str(kLocalPathNamespace);
    ns->meta.labels.set("kubernetes.io/metadata.name", ns->meta.name);
    ns->spec.finalizers = {"kubernetes"};
    ns->status.phase = "Active";
    plan.create(world, std::move(ns), "a driver was installed");
  }
  auto config = std::make_shared<ConfigMap>();
  config->meta.name = Str(kLocalPathConfig);
  config->meta.ns = Str(kLocalPathNamespace);
  config->data.set("config.json",
                   "{\n  \"nodePathMap\": [\n    {\n      \"node\": "
                   "\"DEFAULT_PATH_FOR_NON_LISTED_NODES\",\n      \"paths\": "
                   "[\"/opt/local-path-provisioner\"]\n    }\n  ]\n}");
  plan.create(world, std::move(config), "a driver was installed");
}

}  // namespace

std::span<const Driver> drivers() { return kDrivers; }

const Driver* find_driver(std::string_view name) {
  // Its in-tree forerunner is translated. k8s 1.30 csi-translation-lib
  if (name == "kubernetes.io/aws-ebs") name = "ebs.csi.aws.com";
  for (const Driver& driver : kDrivers) {
    if (driver.name == name) return &driver;
  }
  return nullptr;
}

const Driver* driver_of(const PersistentVolumeSpec& volume) {
  const PersistentVolumeSource& source = volume.source;
  if (source.csi) return find_driver(source.csi->driver);
  if (source.host_path) return find_driver("kubernetes.io/host-path");
  if (source.local) return find_driver("kubernetes.io/local-volume");
  if (source.nfs) return find_driver("kubernetes.io/nfs");
  return nullptr;
}

bool is_installed(const World& world, const Driver& driver) {
  if (driver.csi) return world.find<CSIDriver>("", driver.name) != nullptr;
  if (driver.handle != HandleShape::NodePath) return true;
  return world.find<ConfigMap>(kLocalPathNamespace, kLocalPathConfig) != nullptr;
}

Str provisioner_identity(const World& world, const Driver& driver) {
  if (const Str* given = world.settings().provisioners.find(driver.name)) return *given;
  return Str(fmt::format("{}_{}_{}", driver.name, driver.controller,
                         to_string(drawn_uid(world, "provisioner", driver.name))));
}

std::string contents_name(const PersistentVolumeSpec& volume) {
  const PersistentVolumeSource& source = volume.source;
  if (source.csi) {
    // Of S3 the bucket is the volume, whatever the handle says.
    const Str* bucket = source.csi->volume_attributes.find("bucketName");
    const bool is_bucket = bucket && source.csi->driver == "s3.csi.aws.com";
    return fmt::format("{}/{}", source.csi->driver,
                       is_bucket ? *bucket : source.csi->volume_handle);
  }
  if (source.nfs) return fmt::format("nfs/{}:{}", source.nfs->server, source.nfs->path);
  return "";
}

Id contents_of(const World& world, const PersistentVolumeSpec& volume) {
  const std::string name = contents_name(volume);
  return name.empty() ? 0 : world.store().find(Kind::Disk, "", name);
}

std::shared_ptr<Object> new_contents(const World& world, const PersistentVolumeSpec& volume) {
  auto disk = std::make_shared<Disk>();
  disk->meta.name = contents_name(volume);
  const Driver* driver = driver_of(volume);
  const auto capacity =
      static_cast<std::uint64_t>(std::max<std::int64_t>(volume.capacity.get("storage").value(), 0));
  if (is_block(volume.volume_mode)) {
    disk->tree.put({Str(kDevice)}, make_block_device(capacity, world.now()));
    return disk;
  }
  const bool is_disk = driver && driver->fs_type == "ext4";
  disk->tree = Tree(make_directory(world.now(), is_disk ? 0755 : 0777));
  if (is_disk && made_by_mkfs_ext(volume, *driver)) {
    disk->tree.put({Str("lost+found")}, make_directory(world.now(), 0700));
  }
  if (driver && driver->real_capacity) disk->capacity = capacity;
  return disk;
}

bool is_attachable(const World& world, const PersistentVolumeSpec& volume) {
  if (!volume.source.csi) return false;
  const CSIDriver* driver = world.find<CSIDriver>("", volume.source.csi->driver);
  return !driver || driver->spec.attach_required.value_or(true);
}

Str attached_name(const PersistentVolumeSpec& volume) {
  if (!volume.source.csi) return {};
  return Str(fmt::format("kubernetes.io/csi/{}^{}", volume.source.csi->driver,
                         volume.source.csi->volume_handle));
}

Str attachment_name(const PersistentVolumeSpec& volume, std::string_view node) {
  if (!volume.source.csi) return {};
  return Str(
      fmt::format("csi-{}", sha256_hex(fmt::format("{}{}{}", volume.source.csi->volume_handle,
                                                   volume.source.csi->driver, node))));
}

std::int32_t attach_limit(const World& world, std::string_view driver, std::string_view node) {
  const CSINode* known = world.find<CSINode>("", node);
  if (!known) return -1;
  for (const CSINodeDriver& entry : known->spec.drivers) {
    if (entry.name != driver) continue;
    return entry.allocatable ? entry.allocatable->count.value_or(-1) : -1;
  }
  return -1;
}

void install_driver(const World& world, Plan& plan, const Driver& driver) {
  if (is_installed(world, driver)) return;
  if (!driver.csi) {
    install_configuration(world, plan);
    return;
  }
  plan.create(world, csi_driver(driver), "a driver was installed");
  for (const auto& [id, row] : world.store().table(Kind::CSINode)) {
    auto next = std::make_shared<CSINode>(static_cast<const CSINode&>(row));
    std::erase_if(next->spec.drivers,
                  [&](const CSINodeDriver& entry) { return entry.name == driver.name; });
    add_to_csi_node(*next, driver);
    plan.update({Kind::CSINode, id}, std::move(next), "a driver registered");
  }
  for (const auto& [id, row] : world.store().table(Kind::Node)) {
    auto next = std::make_shared<Node>(static_cast<const Node&>(row));
    if (label(*next, driver)) {
      plan.update({Kind::Node, id}, std::move(next), "a driver registered");
    }
  }
}

void uninstall_driver(const World& world, Plan& plan, const Driver& driver) {
  if (!is_installed(world, driver)) return;
  if (!driver.csi) {
    const Id config = world.store().find(Kind::ConfigMap, kLocalPathNamespace, kLocalPathConfig);
    if (config != 0) plan.erase({Kind::ConfigMap, config}, "a driver was removed");
    return;
  }
  plan.erase({Kind::CSIDriver, world.store().find(Kind::CSIDriver, "", driver.name)},
             "a driver was removed");
  for (const auto& [id, row] : world.store().table(Kind::CSINode)) {
    auto next = std::make_shared<CSINode>(static_cast<const CSINode&>(row));
    const auto gone = std::erase_if(
        next->spec.drivers, [&](const CSINodeDriver& entry) { return entry.name == driver.name; });
    if (gone != 0) plan.update({Kind::CSINode, id}, std::move(next), "a driver was removed");
  }
}

void label_for_drivers(const World& world, Node& node) {
  for (const Driver& driver : kDrivers) {
    if (driver.csi && is_installed(world, driver)) label(node, driver);
  }
}

std::shared_ptr<CSINode> csi_node_of(const World& world, const Node& node) {
  auto made = std::make_shared<CSINode>();
  made->meta.name = node.meta.name;
  made->meta.annotations.set(
      "storage.alpha.kubernetes.io/migrated-plugins",
      "kubernetes.io/aws-ebs,kubernetes.io/azure-disk,kubernetes.io/azure-file,kubernetes.io/"
      "cinder,kubernetes.io/gce-pd,kubernetes.io/vsphere-volume");
  OwnerReference owner;
  owner.api_version = "v1";
  owner.kind = "Node";
  owner.name = node.meta.name;
  owner.uid = node.meta.uid;
  made->meta.owner_references.push_back(std::move(owner));
  for (const Driver& driver : kDrivers) {
    if (driver.csi && is_installed(world, driver)) add_to_csi_node(*made, driver);
  }
  return made;
}

}  // namespace sim
