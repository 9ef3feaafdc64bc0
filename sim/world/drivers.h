// What storage drivers do, as one table of data (drivers.cc) that a reader can check against its
// sources, and what follows from it for a volume. A driver is installed in a cluster or not: then
// its CSIDriver object exists and every node's CSINode lists it (a provisioner without CSI has its
// configuration in a ConfigMap instead).
//
// The real contents of a volume are one Disk row (sim/world/machine.h) that lies on no machine and
// in no sandbox, named by contents_name(). A driver makes it when it provisions the volume; of a
// volume that somebody wrote down by hand it is made when it is first mounted. Volumes of the types
// hostPath and local lie among the files of their node instead.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/storage_types.h"
#include "sim/world/plan.h"

namespace sim {

/// Access modes as bits.
enum Modes : std::uint8_t { kNone = 0, kRWO = 1, kROX = 2, kRWX = 4, kRWOP = 8 };

/// The shape of the handle that a driver gives a volume which it has provisioned.
enum class HandleShape : std::uint8_t {
  None,         // it provisions nothing
  VolumeName,   // "pvc-<uid>"
  Ebs,          // "vol-" and 17 hex digits
  AccessPoint,  // "fs-…::fsap-…"
  FileSystem,   // "fs-…"
  OpenZfs,      // "fsvol-…"
  NodePath      // a directory of the node that was selected; no handle
};

/// What a deleted volume leaves behind.
enum class OnDelete : std::uint8_t {
  Erase,  // its files are gone
  Keep,   // its files stay in the file system, but nothing leads to them any more
  Refuse  // it cannot delete volumes
};

struct Driver {
  std::string_view name;
  bool csi = true;

  // Provisioning.
  HandleShape handle = HandleShape::None;
  std::uint8_t modes = kRWO;           // accepted for file systems
  std::uint8_t block_modes = kNone;    // accepted for volumeMode Block
  std::string_view mode_error{};       // what it says of others
  std::string_view topology_key{};     // a volume can be reached only where this label is the same
  std::string_view fs_type{};          // what is on a volume
  std::string_view default_fs_type{};  // what its provisioner writes into the volume's csi.fsType
  std::int64_t size_unit = 1;          // sizes are rounded up to whole units, …
  std::int64_t least_size = 0;         // … to no less than this, …
  std::int64_t only_size = 0;          // … or must be exactly this (0: any)
  bool expands = false;
  bool expands_on_node = false;  // the file system must grow as well, on the node
  bool clones = false;
  bool snapshots = false;
  OnDelete on_delete = OnDelete::Erase;
  std::string_view controller{};  // the pod that its provisioner's events name

  // As its CSIDriver and CSINode objects say.
  bool attach_required = false;
  bool pod_info_on_mount = false;
  std::string_view fs_group_policy = "ReadWriteOnceWithFSType";
  bool ephemeral = false;         // also lifecycle mode Ephemeral
  std::int32_t attach_limit = 0;  // per node; 0: none

  // How long things take, beside what Kubernetes itself needs.
  Duration provision{}, remove{}, attach{}, detach{}, mount{}, unmount{}, expand{}, snapshot{};

  // What a program sees.
  bool real_capacity = true;     // its size is what `df` shows; a write beyond it fails
  std::uint64_t shown_size = 0;  // what `df` shows when it is not
  std::string_view device{};     // the file system's source in `df` and `mount`
  bool whole_objects = false;    // S3: no append, no overwrite, no rename, no links, no chmod; a
                                 // file can be removed only with the mount option allow-delete
  bool fixed_identity = false;   // who owns files is the driver's to say: chown fails
};

/// All known drivers and in-tree volume types.
std::span<const Driver> drivers();
/// By the name of a CSI driver or provisioner, or of an in-tree plugin ("kubernetes.io/nfs"); null
/// when podsight knows none.
const Driver* find_driver(std::string_view name);
/// What stands behind a volume; null for types that podsight does not know.
const Driver* driver_of(const PersistentVolumeSpec& volume);
/// Whether it runs in this cluster.
bool is_installed(const World& world, const Driver& driver);
/// Its external provisioner, as events name it: "ebs.csi.aws.com_ebs-csi-controller-…_<uuid>".
Str provisioner_identity(const World& world, const Driver& driver);

/// In the tree of a volume whose volumeMode is Block: the device.
inline constexpr const char* kDevice = "device";

/// The name of the Disk row that holds a volume's contents: "<driver>/<volumeHandle>",
/// "nfs/<server>:<path>"; empty for volumes that lie on their node.
std::string contents_name(const PersistentVolumeSpec& volume);
/// The Disk row; 0: there is none yet (or the volume lies on its node).
Id contents_of(const World& world, const PersistentVolumeSpec& volume);
/// The contents of a volume that is new: a file system as its driver makes it, or a bare device.
std::shared_ptr<Object> new_contents(const World& world, const PersistentVolumeSpec& volume);

/// Whether a volume must be attached to a node before it can be mounted there: its CSIDriver object
/// says so, and so does the lack of one. k8s 1.30 pkg/volume/csi: CanAttach
bool is_attachable(const World& world, const PersistentVolumeSpec& volume);
/// "kubernetes.io/csi/<driver>^<handle>": in a node's volumesInUse and volumesAttached.
Str attached_name(const PersistentVolumeSpec& volume);
/// "csi-<sha256>". k8s 1.30 pkg/volume/csi: getAttachmentName
Str attachment_name(const PersistentVolumeSpec& volume, std::string_view node);
/// How many volumes of the driver a node takes; negative: any number.
std::int32_t attach_limit(const World& world, std::string_view driver, std::string_view node);

/// Adds to the plan all that makes a driver known to the cluster; nothing when it is installed.
void install_driver(const World& world, Plan& plan, const Driver& driver);
void uninstall_driver(const World& world, Plan& plan, const Driver& driver);
/// What the drivers of the cluster put on a node that joins: its topology labels, and the CSINode
/// that its kubelet makes once the node (with the given uid) is there.
void label_for_drivers(const World& world, Node& node);
std::shared_ptr<CSINode> csi_node_of(const World& world, const Node& node);

}  // namespace sim
