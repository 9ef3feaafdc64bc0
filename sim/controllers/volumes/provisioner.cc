#include "sim/controllers/volumes/provisioner.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/controllers/volumes/common.h"
#include "sim/model/volume_facts.h"
#include "sim/world/api.h"
#include "sim/world/drivers.h"
#include "sim/world/fault.h"
#include "sim/world/file_view.h"
#include "sim/world/snapshots.h"

namespace sim::volumes {
namespace {

constexpr Duration kFirstRetry = seconds(1);  // --retry-interval-start
constexpr Duration kLongestRetry = minutes(5);
constexpr std::string_view kLocalPath = "/opt/local-path-provisioner";

std::uint8_t bit_of(std::string_view mode) {
  if (mode == "ReadWriteOnce") return kRWO;
  if (mode == "ReadOnlyMany") return kROX;
  if (mode == "ReadWriteMany") return kRWX;
  return mode == "ReadWriteOncePod" ? kRWOP : kNone;
}

/// FNV-1 of 32 bits. csi external-provisioner pkg/controller/topology.go
std::uint32_t fnv1_32(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash *= 16777619U;
    hash ^= static_cast<unsigned char>(c);
  }
  return hash;
}

/// Claims of a StatefulSet go round the zones by their ordinal; claims of one of its pods share
/// one. csi external-provisioner pkg/controller/topology.go: getPVCNameHashAndIndexOffset
std::uint32_t spread_of(std::string_view name) {
  std::uint32_t index = 0;
  const std::size_t dash = name.rfind('-');
  if (dash != std::string_view::npos) {
    const std::string_view digits = name.substr(dash + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), index);
    if (error == std::errc() && end == digits.end() && !digits.empty()) {
      name = name.substr(0, dash);
      const std::size_t second = name.rfind('-');
      if (second != std::string_view::npos) name = name.substr(second + 1);
    } else {
      index = 0;
    }
  }
  return fnv1_32(name) + index;
}

class Provisioner {
 public:
  Provisioner(const World& world, Id id, const PersistentVolumeClaim& claim,
              const StorageClass& storage_class, const Driver& driver)
      : world_(world),
        ref_{Kind::PersistentVolumeClaim, id},
        claim_(claim),
        class_(storage_class),
        driver_(driver),
        identity_(provisioner_identity(world, driver)),
        name_(fmt::format("pvc-{}", to_string(claim.meta.uid))),
        node_(claim.meta.annotations.get(kSelectedNode)) {}

  Plan take() {
    if (is_wanted()) go_on();
    return std::move(plan_);
  }

 private:
  bool is_wanted() const;
  void go_on();
  std::string begin();
  std::string check_modes() const;
  std::string check_parameters() const;
  std::string choose_size();
  std::string choose_zone();
  std::string find_source();
  std::string find_source_claim(std::string_view name);
  std::string find_source_snapshot(std::string_view name);
  void finish();
  void fill_source(PersistentVolumeSpec& spec) const;
  std::shared_ptr<Object> contents(const PersistentVolumeSpec& spec) const;
  void make_directory_on_node(const PersistentVolumeSpec& spec);
  void fail(const std::string& wrong);
  void give_node_back();
  std::string parameter(std::string_view name) const { return class_.parameters.get(name).str(); }
  void event(std::string_view type, std::string_view reason, std::string message) {
    note_event(plan_, ref_, identity_, type, reason, std::move(message));
  }
  void remember(const VolumeWork& work) {
    plan_.volume_notes.push_back({Actor::Provisioner, ref_.id, work});
  }

  const World& world_;
  const Ref ref_;
  const PersistentVolumeClaim& claim_;
  const StorageClass& class_;
  const Driver& driver_;
  const Str identity_;
  const Str name_;  // of the volume
  const Str node_;  // selected by the scheduler, or none
  std::int64_t size_ = 0;
  Str zone_;
  std::optional<Tree> copied_;
  bool reschedule_ = false;  // the scheduler is to look for another node
  Plan plan_;
};

/// lib controller.go: shouldProvision
bool Provisioner::is_wanted() const {
  if (!claim_.spec.volume_name.empty() || claim_.meta.deletion_timestamp) return false;
  if (claim_.meta.annotations.get(kStorageProvisioner) != driver_.name) return false;
  if (is_delayed(&class_) && node_.empty()) return false;
  return world_.store().find(Kind::PersistentVolume, "", name_) == 0;
}

/// lib controller.go: provisionClaimOperation
void Provisioner::go_on() {
  VolumeWork work = world_.volume_memory().work(Actor::Provisioner, ref_.id);
  if (work.retry > world_.now()) {
    plan_.wake(work.retry, Actor::Provisioner, ref_, true);
    return;
  }
  const bool begins = work.until == Time{};
  if (begins) {
    event("Normal", "Provisioning",
          fmt::format("External provisioner is provisioning volume for claim \"{}/{}\"",
                      claim_.meta.ns, claim_.meta.name));
    work.until = world_.now() + driver_takes(world_, driver_, driver_.provision);
    work.retry = Time{};
  }
  if (const std::string wrong = begin(); !wrong.empty()) {
    fail(wrong);
    return;
  }
  if (world_.now() < work.until) {
    if (begins) remember(work);
    plan_.wake(work.until, Actor::Provisioner, ref_);
    return;
  }
  finish();
}

/// All that can be wrong; decides size, zone and what is copied.
std::string Provisioner::begin() {
  if (!node_.empty() && !world_.find<Node>("", node_)) {
    reschedule_ = true;
    return fmt::format("node \"{}\" not found", node_);
  }
  if (claim_.spec.selector) return "claim Selector is not supported";
  if (driver_.handle == HandleShape::None) {
    return "rpc error: code = Unimplemented desc = ";
  }
  if (std::string wrong = check_modes(); !wrong.empty()) return wrong;
  if (std::string wrong = check_parameters(); !wrong.empty()) return wrong;
  if (std::string wrong = choose_size(); !wrong.empty()) return wrong;
  if (std::string wrong = choose_zone(); !wrong.empty()) return wrong;
  return find_source();
}

std::string Provisioner::check_modes() const {
  const bool block = is_block(claim_.spec.volume_mode);
  const std::uint8_t accepted = block ? driver_.block_modes : driver_.modes;
  for (const Str& mode : claim_.spec.access_modes) {
    if ((bit_of(mode) & accepted) == 0) return std::string(driver_.mode_error);
  }
  return "";
}

std::string Provisioner::check_parameters() const {
  if (driver_.handle == HandleShape::AccessPoint) {
    // efs pkg/driver/controller.go: CreateVolume
    for (const char* needed : {"provisioningMode", "fileSystemId"}) {
      if (!class_.parameters.contains(needed)) {
        return fmt::format("rpc error: code = InvalidArgument desc = Missing {} parameter", needed);
      }
    }
    if (parameter("provisioningMode") != "efs-ap") {
      return fmt::format(
          "rpc error: code = InvalidArgument desc = Provisioning mode {} is not "
          "supported. Only Access point provisioning: 'efs-ap' is supported",
          parameter("provisioningMode"));
    }
  }
  if (driver_.handle == HandleShape::NodePath && node_.empty()) {
    return "configuration error, no node was specified";
  }
  return "";
}

std::string Provisioner::choose_size() {
  size_ = std::max(storage_request(claim_).value(), driver_.least_size);
  // fsx openzfs: a whole file system may have any size.
  const bool fixed = driver_.only_size != 0 && parameter("ResourceType") != "filesystem";
  if (fixed && size_ != driver_.only_size) {
    return "rpc error: code = InvalidArgument desc = resourceType Volume expects storage capacity "
           "to be 1Gi";
  }
  const std::int64_t rest = size_ % driver_.size_unit;
  if (rest != 0 && __builtin_add_overflow(size_, driver_.size_unit - rest, &size_)) {
    return "rpc error: code = OutOfRange desc = the volume would be too large";
  }
  return "";
}

/// Where the volume comes to be: the selected node's zone, or one of those that the nodes have.
std::string Provisioner::choose_zone() {
  if (driver_.topology_key.empty() || driver_.handle == HandleShape::NodePath) return "";
  if (!node_.empty()) {
    const Str zone = world_.find<Node>("", node_)->meta.labels.get(driver_.topology_key);
    if (zone.empty()) {
      return fmt::format(
          "error generating accessibility requirements: no topology key found on "
          "CSINode {}",
          node_);
    }
    zone_ = zone;
    return "";
  }
  std::set<Str> zones;
  for (const TopologySelectorTerm& term : class_.allowed_topologies) {
    for (const auto& each : term.match_label_expressions) {
      if (each.key == driver_.topology_key || each.key == kZoneLabel) {
        zones.insert(each.values.begin(), each.values.end());
      }
    }
  }
  if (zones.empty()) {
    for (const auto& [id, row] : world_.store().table(Kind::Node)) {
      const Str* zone = row.meta.labels.find(driver_.topology_key);
      if (zone) zones.insert(*zone);
    }
  }
  if (zones.empty()) {
    return "error generating accessibility requirements: no available topology found";
  }
  auto at = zones.begin();
  std::advance(at, spread_of(claim_.meta.name) % zones.size());
  zone_ = *at;
  return "";
}

std::string Provisioner::find_source() {
  Str kind;
  Str name;
  if (claim_.spec.data_source) {
    kind = claim_.spec.data_source->kind;
    name = claim_.spec.data_source->name;
  } else if (claim_.spec.data_source_ref) {
    kind = claim_.spec.data_source_ref->kind;
    name = claim_.spec.data_source_ref->name;
  } else {
    return "";
  }
  const auto prefix =
      fmt::format("error getting handle for DataSource Type {} by Name {}: ", kind, name);
  if (kind == "PersistentVolumeClaim") {
    const std::string wrong = find_source_claim(name);
    return wrong.empty() ? "" : prefix + wrong;
  }
  if (kind == "VolumeSnapshot") {
    const std::string wrong = find_source_snapshot(name);
    return wrong.empty() ? "" : prefix + wrong;
  }
  return "";
}

/// csi external-provisioner: getSnapshotSource
std::string Provisioner::find_source_snapshot(std::string_view name) {
  if (!has_snapshot_controller(world_)) {
    return fmt::format(
        "error getting snapshot {0} from api server: the server could not find the requested "
        "resource (get volumesnapshots.snapshot.storage.k8s.io {0})",
        name);
  }
  const auto* snapshot = world_.find<VolumeSnapshot>(claim_.meta.ns, name);
  if (!snapshot) {
    return fmt::format(
        "error getting snapshot {0} from api server: volumesnapshots.snapshot.storage.k8s.io "
        "\"{0}\" not found",
        name);
  }
  if (snapshot->meta.deletion_timestamp) {
    return fmt::format("snapshot {} is currently being deleted", name);
  }
  const VolumeSnapshotContent* content = content_of(world_, *snapshot);
  if (!content || content->spec.driver != driver_.name) {
    return fmt::format("snapshot {} not bound", name);
  }
  if (!is_snapshot_ready(*snapshot)) return fmt::format("snapshot {} is not Ready", name);
  if (!content->status || !content->status->snapshot_handle) {
    return fmt::format("snapshot handle {} is not available", name);
  }
  const auto& least = snapshot->status->restore_size;
  if (least && storage_request(claim_) < *least) {
    return fmt::format(
        "requested volume size {} is less than the size {} for the source snapshot {}",
        storage_request(claim_).value(), least->value(), name);
  }
  const auto& mode = content->spec.source_volume_mode;
  if (mode && is_block(mode) != is_block(claim_.spec.volume_mode) &&
      content->meta.annotations.get("snapshot.storage.kubernetes.io/allow-volume-mode-change") !=
          "true") {
    return fmt::format(
        "requested volume {}/{} modifies the mode of the source volume but does not have "
        "permission to do so. snapshot.storage.kubernetes.io/allow-volume-mode-change annotation "
        "is not present on snapshotcontent {}",
        claim_.meta.ns, claim_.meta.name, content->meta.name);
  }
  const Id disk = snapshot_contents(world_, driver_.name, *content->status->snapshot_handle);
  if (disk == 0) {
    return fmt::format("rpc error: code = NotFound desc = snapshot {} not found",
                       *content->status->snapshot_handle);
  }
  copied_ = world_.get<Disk>(disk)->tree;
  return "";
}

/// csi external-provisioner: getPVCSource
std::string Provisioner::find_source_claim(std::string_view name) {
  const auto* source = world_.find<PersistentVolumeClaim>(claim_.meta.ns, name);
  if (!source) {
    return fmt::format(
        "error getting PVC {} (namespace \"{}\") from api server: "
        "persistentvolumeclaims \"{}\" not found",
        name, claim_.meta.ns, name);
  }
  if (source->status.phase != "Bound") {
    return fmt::format("the PVC DataSource {} must have a status of Bound.  Got {}", name,
                       source->status.phase);
  }
  if (source->meta.deletion_timestamp) {
    return fmt::format("the PVC DataSource {} is currently being deleted", name);
  }
  const auto* volume = world_.find<PersistentVolume>("", source->spec.volume_name);
  if (!volume || !volume->spec.source.csi || volume->spec.source.csi->driver != driver_.name) {
    return fmt::format("the source volume {} for PVC {} is not of driver {}",
                       source->spec.volume_name, name, driver_.name);
  }
  if (!driver_.clones) {
    return fmt::format("CSI driver does not support clone operations: plugin {}", driver_.name);
  }
  if (is_block(source->spec.volume_mode) != is_block(claim_.spec.volume_mode)) {
    return fmt::format("the volume modes of PVC {} and {} differ", name, claim_.meta.name);
  }
  if (storage_request(claim_) < capacity_of(*volume)) {
    return fmt::format(
        "new PVC request must be greater than or equal in size to the specified PVC "
        "data source, requested {} but source is {}",
        storage_request(claim_).value(), capacity_of(*volume).value());
  }
  const Id disk = contents_of(world_, volume->spec);
  copied_ = disk != 0 ? world_.get<Disk>(disk)->tree : Tree();
  return "";
}

void Provisioner::fail(const std::string& wrong) {
  event("Warning", "ProvisioningFailed",
        fmt::format("failed to provision volume with StorageClass \"{}\": {}", class_.meta.name,
                    wrong));
  if (reschedule_) {
    remember({});
    give_node_back();
    return;
  }
  VolumeWork work = world_.volume_memory().work(Actor::Provisioner, ref_.id);
  work.until = Time{};
  work.back_off = next_back_off(work.back_off, kFirstRetry, kLongestRetry);
  work.retry = world_.now() + work.back_off;
  remember(work);
  plan_.wake(work.retry, Actor::Provisioner, ref_, true);
}

/// lib controller.go: rescheduleProvisioning
void Provisioner::give_node_back() {
  auto next = std::make_shared<PersistentVolumeClaim>(claim_);
  next->meta.annotations.erase(kSelectedNode);
  plan_.update(ref_, std::move(next), "its volume cannot be made for this node");
}

void Provisioner::fill_source(PersistentVolumeSpec& spec) const {
  const std::string uid = to_string(claim_.meta.uid);
  if (driver_.handle == HandleShape::NodePath) {
    HostPathVolumeSource path;
    path.path = fmt::format("{}/{}_{}_{}", kLocalPath, name_, claim_.meta.ns, claim_.meta.name);
    path.type = Str("DirectoryOrCreate");
    spec.source.host_path = std::move(path);
    return;
  }
  const std::string digits = sha256_hex(fmt::format("{}/{}", driver_.name, uid)).substr(0, 17);
  CSIPersistentVolumeSource csi;
  csi.driver = Str(driver_.name);
  switch (driver_.handle) {
    case HandleShape::Ebs:
      csi.volume_handle = fmt::format("vol-{}", digits);
      break;
    case HandleShape::AccessPoint:
      csi.volume_handle = fmt::format("{}::fsap-{}", parameter("fileSystemId"), digits);
      break;
    case HandleShape::FileSystem:
      csi.volume_handle = fmt::format("fs-{}", digits);
      break;
    case HandleShape::OpenZfs:
      csi.volume_handle =
          fmt::format("{}-{}", parameter("ResourceType") == "filesystem" ? "fs" : "fsvol", digits);
      break;
    default:
      csi.volume_handle = name_;
      break;
  }
  if (!is_block(claim_.spec.volume_mode)) {
    const Str* wanted = class_.parameters.find("csi.storage.k8s.io/fstype");
    csi.fs_type = wanted ? *wanted : Str(driver_.default_fs_type);
  }
  const std::uint64_t number =
      draw_below(9000, world_.settings().seed, "provisioner-identity", fnv1a64(driver_.name), 0);
  csi.volume_attributes.set("storage.kubernetes.io/csiProvisionerIdentity",
                            Str(fmt::format("{}-{}-{}", world_.settings().start.ns / 1'000'000,
                                            1000 + number, driver_.name)));
  spec.source.csi = std::move(csi);
}

std::shared_ptr<Object> Provisioner::contents(const PersistentVolumeSpec& spec) const {
  std::shared_ptr<Object> made = new_contents(world_, spec);
  if (copied_) {
    Tree& tree = static_cast<Disk&>(*made).tree;
    const EntryPtr device = tree.find({Str(kDevice)});
    tree = *copied_;
    if (device && device->type == FileType::BlockDevice && tree.find({Str(kDevice)})) {
      // The bytes of the source on a device that may be larger.
      Entry copy = *tree.find({Str(kDevice)});
      copy.size = device->size;
      tree.put({Str(kDevice)}, std::make_shared<const Entry>(std::move(copy)));
    }
  }
  return made;
}

/// local-path-provisioner's helper pod: mkdir -m 0777
void Provisioner::make_directory_on_node(const PersistentVolumeSpec& spec) {
  const Id id = world_.store().find(Kind::Machine, "", node_);
  const Machine* machine = world_.get<Machine>(id);
  if (!machine) return;
  const Path path = parse_path(spec.source.host_path->path);
  Tree files = host_files_of(world_, plan_, id);
  if (files.find(path)) return;
  files.put(path, make_directory(world_.now(), 0777));
  put_host_files(world_, plan_, id, std::move(files), "a volume was made on the node");
}

void Provisioner::finish() {
  auto volume = std::make_shared<PersistentVolume>();
  volume->meta.name = name_;
  StringMap& notes = volume->meta.annotations;
  notes.set(kProvisionedBy, Str(driver_.name));
  if (driver_.csi) {
    notes.set("volume.kubernetes.io/provisioner-deletion-secret-name", "");
    notes.set("volume.kubernetes.io/provisioner-deletion-secret-namespace", "");
  } else {
    notes.set("local.path.provisioner/selected-node", node_);
  }
  PersistentVolumeSpec& spec = volume->spec;
  spec.capacity.set("storage", Quantity::of(size_, Quantity::Format::BinarySI));
  spec.access_modes = claim_.spec.access_modes;
  spec.reclaim_policy = class_.reclaim_policy.value_or(Str("Delete"));
  spec.storage_class_name = class_.meta.name;
  spec.mount_options = class_.mount_options;
  spec.volume_mode = claim_.spec.volume_mode;
  fill_source(spec);
  ObjectReference owner;
  owner.kind = "PersistentVolumeClaim";
  owner.api_version = "v1";
  owner.ns = claim_.meta.ns;
  owner.name = claim_.meta.name;
  owner.uid = claim_.meta.uid;
  owner.resource_version = Str(std::to_string(claim_.meta.resource_version));
  spec.claim_ref = std::move(owner);
  const Str place = driver_.handle == HandleShape::NodePath ? node_ : zone_;
  if (!place.empty()) {
    NodeSelectorTerm term;
    term.match_expressions.push_back({Str(driver_.topology_key), "In", {place}});
    NodeSelector selector;
    selector.node_selector_terms.push_back(std::move(term));
    VolumeNodeAffinity affinity;
    affinity.required = std::move(selector);
    spec.node_affinity = std::move(affinity);
  }
  if (driver_.handle == HandleShape::NodePath) {
    make_directory_on_node(spec);
  } else if (contents_of(world_, spec) == 0) {
    plan_.create(world_, contents(spec), "a volume was made");
  }
  remember({});
  const ApiResult made = api_create(world_, plan_, volume, "a volume was made for a claim");
  if (!made) {
    fail(made.error->message);
    return;
  }
  event("Normal", "ProvisioningSucceeded",
        fmt::format("Successfully provisioned volume {}", name_));
}

/// The files of a volume that lies on a node: removed there, if the node can be reached.
bool remove_directory(const World& world, Plan& plan, const PersistentVolume& volume) {
  const Str node = volume.meta.annotations.get("local.path.provisioner/selected-node");
  const Id id = world.store().find(Kind::Machine, "", node);
  const Machine* machine = world.get<Machine>(id);
  if (!machine || !volume.spec.source.host_path) return true;
  if (!machine->powered || !machine->reachable) return false;
  Tree files = host_files_of(world, plan, id);
  if (files.erase(parse_path(volume.spec.source.host_path->path))) {
    put_host_files(world, plan, id, std::move(files), "a volume was deleted");
  }
  return true;
}

}  // namespace

Plan provision(const World& world, Id id) {
  const auto* claim = world.get<PersistentVolumeClaim>(id);
  if (!claim) {
    Plan plan;
    plan.volume_notes.push_back({Actor::Provisioner, id, {}});
    return plan;
  }
  const auto* storage_class = world.find<StorageClass>("", class_of(*claim));
  if (!storage_class) return {};
  const Driver* driver = find_driver(storage_class->provisioner);
  if (!driver || !is_running(world, *driver)) return {};
  return Provisioner(world, id, *claim, *storage_class, *driver).take();
}

/// lib controller.go: shouldDelete, deleteVolumeOperation
Plan delete_volume(const World& world, Id id) {
  Plan plan;
  const Ref ref{Kind::PersistentVolume, id};
  const auto* volume = world.get<PersistentVolume>(id);
  if (!volume) {
    plan.volume_notes.push_back({Actor::VolumeDeleter, id, {}});
    return plan;
  }
  const Driver* driver = find_driver(volume->meta.annotations.get(kProvisionedBy));
  if (!driver || !is_running(world, *driver) || volume->meta.deletion_timestamp ||
      volume->status.phase != "Released" || volume->spec.reclaim_policy != "Delete") {
    return plan;
  }
  VolumeWork work = world.volume_memory().work(Actor::VolumeDeleter, id);
  if (work.retry > world.now()) {
    plan.wake(work.retry, Actor::VolumeDeleter, ref);
    return plan;
  }
  const auto fail = [&](std::string wrong) {
    note_event(plan, ref, provisioner_identity(world, *driver), "Warning", "VolumeFailedDelete",
               std::move(wrong));
    work.until = Time{};
    work.back_off = next_back_off(work.back_off, kFirstRetry, kLongestRetry);
    work.retry = world.now() + work.back_off;
    plan.volume_notes.push_back({Actor::VolumeDeleter, id, work});
    plan.wake(work.retry, Actor::VolumeDeleter, ref, work.back_off > seconds(60));
  };
  // csi external-provisioner: canDeleteVolume
  const std::vector<Id> attachments = world.store().attachments_of(volume->meta.name);
  if (!attachments.empty()) {
    fail(fmt::format("persistentvolume {} is still attached to node {}", volume->meta.name,
                     world.get<VolumeAttachment>(attachments.front())->spec.node_name));
    return plan;
  }
  if (work.until == Time{}) {
    work.until = world.now() + driver_takes(world, *driver, driver->remove);
    work.retry = Time{};
    plan.volume_notes.push_back({Actor::VolumeDeleter, id, work});
  }
  if (world.now() < work.until) {
    plan.wake(work.until, Actor::VolumeDeleter, ref);
    return plan;
  }
  if (driver->handle == HandleShape::NodePath && !remove_directory(world, plan, *volume)) {
    fail("failed to delete volume " + volume->meta.name.str() +
         ": create process timeout after 120 seconds");
    return plan;
  }
  const Id disk = contents_of(world, volume->spec);
  if (disk != 0 && driver->on_delete == OnDelete::Erase) {
    plan.erase({Kind::Disk, disk}, "the volume was deleted");
  }
  plan.volume_notes.push_back({Actor::VolumeDeleter, id, {}});
  api_delete(world, plan, ref, {}, "the volume was deleted");
  return plan;
}

}  // namespace sim::volumes
