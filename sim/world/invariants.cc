// What must hold of every world at every moment, and the world as text.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/format.h"
#include "sim/model/json.h"
#include "sim/model/volume_facts.h"
#include "sim/world/fault.h"
#include "sim/world/load.h"
#include "sim/world/node_group.h"
#include "sim/world/world.h"

namespace sim {
namespace {

/// Whether a volume that is set up for the pod is what the mount shows, or holds it.
bool leads_to(const PodSandbox& sandbox, const InstanceMount& mount) {
  return std::any_of(sandbox.volumes.begin(), sandbox.volumes.end(),
                     [&](const MountedVolume& volume) {
                       if (volume.disk != mount.disk) return false;
                       return mount.disk != 0 || is_within(mount.sub_path, volume.host);
                     });
}

/// A volume that one node may have is attached to no other. k8s: IsMultiAttachAllowed
std::string check_attachments(const World& world) {
  std::map<Str, Str> nodes;  // by PersistentVolume
  for (const auto& [id, row] : world.store().table(Kind::VolumeAttachment)) {
    const auto& attachment = static_cast<const VolumeAttachment&>(row);
    const auto& name = attachment.spec.source.persistent_volume_name;
    const auto* volume = name ? world.find<PersistentVolume>("", *name) : nullptr;
    if (!volume || !attachment.status.attached || is_multi_attachable(volume->spec)) continue;
    const auto known = nodes.emplace(*name, attachment.spec.node_name).first;
    if (known->second != attachment.spec.node_name) {
      return fmt::format("volume {} is attached to {} and {}", *name, known->second,
                         attachment.spec.node_name);
    }
  }
  return "";
}

std::string check_machines(const World& world) {
  const Store& store = world.store();
  for (const auto& [id, row] : store.table(Kind::PodSandbox)) {
    const auto& sandbox = static_cast<const PodSandbox&>(row);
    if (!store.get<Machine>(sandbox.machine)) {
      return fmt::format("sandbox {} of pod {} is on no machine", id, row.meta.name);
    }
    for (const MountedVolume& volume : sandbox.volumes) {
      const Disk* disk = store.get<Disk>(volume.disk);
      // A PersistentVolume's contents can be deleted under a node that nobody hears of.
      if (volume.disk != 0 && !disk && volume.volume.empty()) {
        return fmt::format("volume {} of pod {} has no contents", volume.name, row.meta.name);
      }
      // What a pod sees must lie on its own node or be reachable from everywhere.
      if (disk && disk->machine != 0 && disk->machine != sandbox.machine) {
        return fmt::format("volume {} of pod {} lies on another node", volume.name, row.meta.name);
      }
      if (disk && disk->sandbox != 0 && disk->sandbox != id) {
        return fmt::format("volume {} of pod {} is another pod's", volume.name, row.meta.name);
      }
    }
  }
  for (const auto& [id, row] : store.table(Kind::ContainerInstance)) {
    const auto& instance = static_cast<const ContainerInstance&>(row);
    const PodSandbox* sandbox = store.get<PodSandbox>(instance.sandbox);
    if (!sandbox) return fmt::format("container instance {} is in no sandbox", id);
    if (sandbox->pod != instance.pod || sandbox->machine != instance.machine) {
      return fmt::format("container instance {} and its sandbox disagree", id);
    }
    for (const InstanceMount& mount : instance.mounts) {
      const Disk* disk = mount.disk ? store.get<Disk>(mount.disk) : nullptr;
      if (disk && disk->sandbox != 0 && disk->sandbox != instance.sandbox) {
        return fmt::format("container instance {} mounts another pod's volume", id);
      }
      // A subPath of a ConfigMap and the like is bound to files that are the container's own.
      const bool own = disk && disk->sandbox == instance.sandbox;
      if (!own && !leads_to(*sandbox, mount)) {
        return fmt::format("container instance {} mounts what no volume of its pod leads to", id);
      }
    }
    const bool started = instance.state != ContainerInstance::State::Created;
    const bool ended = instance.state == ContainerInstance::State::Exited;
    if (started && !instance.started_at && !ended) {
      return fmt::format("container instance {} runs but never started", id);
    }
    if (ended != instance.finished_at.has_value()) {
      return fmt::format("container instance {}: its end and its state disagree", id);
    }
  }
  for (const auto& [id, row] : store.table(Kind::Disk)) {
    const auto& disk = static_cast<const Disk&>(row);
    if (disk.sandbox != 0 && !store.get<PodSandbox>(disk.sandbox)) {
      return fmt::format("disk {} outlives the pod whose life it shares", id);
    }
  }
  return "";
}

std::string check_objects(const World& world) {
  const Store& store = world.store();
  for (int k = 0; k < kApiKindCount; ++k) {
    const Kind kind = static_cast<Kind>(k);
    for (const auto& [id, row] : store.table(kind)) {
      const std::string who =
          fmt::format("{} {}/{}", info(kind).singular, row.meta.ns, row.meta.name);
      if (row.meta.name.empty()) return fmt::format("{} {} has no name", info(kind).singular, id);
      if (!row.meta.uid) return who + " has no uid";
      if (!(store.find(row.meta.uid) == Ref{kind, id})) return who + ": another has its uid";
      if (row.meta.ns.empty() == info(kind).namespaced)
        return who + ": namespace and kind disagree";
      if (!row.meta.creation_timestamp || *row.meta.creation_timestamp > world.now()) {
        return who + " was created in the future";
      }
      if (row.meta.resource_version == 0 || row.meta.resource_version > world.revision()) {
        return who + " has a resourceVersion that never was";
      }
      if (kind != Kind::Event && info(kind).namespaced && !store.find<Namespace>("", row.meta.ns)) {
        return who + ": its namespace is gone";
      }
      int controllers = 0;
      for (const OwnerReference& owner : row.meta.owner_references) {
        controllers += owner.controller == true;
      }
      if (controllers > 1) return who + " has two controllers";
    }
  }
  return "";
}

}  // namespace

std::string check_invariants(const World& world) {
  if (std::string wrong = world.store().check_indexes(); !wrong.empty()) return wrong;
  if (std::string wrong = check_objects(world); !wrong.empty()) return wrong;
  if (std::string wrong = check_machines(world); !wrong.empty()) return wrong;
  if (std::string wrong = check_attachments(world); !wrong.empty()) return wrong;
  if (world.busy() < 0) return "fewer than no tasks are pending";
  if (world.next_due() < world.now()) return "a task was due in the past";
  return "";
}

namespace {

std::string dump_instance(const ContainerInstance& instance) {
  return fmt::format("pod {} sandbox {} attempt {} state {} exit {} layer {:016x} log {:016x}",
                     instance.pod, instance.sandbox, instance.attempt,
                     static_cast<int>(instance.state), instance.exit_code, instance.writable.hash(),
                     fnv1a64(instance.log));
}

std::string dump_row(const Object& object) {
  if (is_api_kind(object.kind)) return encode(object).dump();
  switch (object.kind) {
    case Kind::Machine: {
      const auto& machine = static_cast<const Machine&>(object);
      return fmt::format("powered {} reachable {} boots {} images {} files {:016x}",
                         machine.powered, machine.reachable, machine.boots, machine.images.size(),
                         machine.host_files.hash());
    }
    case Kind::PodSandbox: {
      const auto& sandbox = static_cast<const PodSandbox&>(object);
      std::string text = fmt::format("pod {} machine {} ip {} ready {}", sandbox.pod,
                                     sandbox.machine, sandbox.ip, sandbox.ready);
      for (const ContainerRecord& record : sandbox.containers) {
        text += fmt::format(" {}:{}:{}:{}", record.name, record.instance, record.restarts,
                            record.waiting_reason);
      }
      return text;
    }
    case Kind::ContainerInstance:
      return dump_instance(static_cast<const ContainerInstance&>(object));
    case Kind::Disk: {
      const auto& disk = static_cast<const Disk&>(object);
      return fmt::format("machine {} sandbox {} volume {} files {:016x}", disk.machine,
                         disk.sandbox, disk.volume, disk.tree.hash());
    }
    case Kind::Outage:
      return to_string(static_cast<const Outage&>(object).delay);
    case Kind::PlannedFault:
      return to_text(static_cast<const PlannedFault&>(object).fault);
    case Kind::Load:
      return to_text(static_cast<const Load&>(object));
    case Kind::ScalingMemory:
      return to_text(static_cast<const ScalingMemory&>(object));
    case Kind::NodeGroup:
      return to_text(static_cast<const NodeGroup&>(object));
    case Kind::ClusterAutoscaler:
      return to_text(static_cast<const ClusterAutoscaler&>(object));
    default:
      return "";
  }
}

}  // namespace

std::string dump(const World& world) {
  std::string text = fmt::format("time {} revision {} fingerprint {:016x}\n",
                                 to_clock(world.elapsed()), world.revision(), world.fingerprint());
  for (int kind = 0; kind < kKindCount; ++kind) {
    for (const auto& [id, row] : world.store().table(static_cast<Kind>(kind))) {
      text += fmt::format("{} {} {}/{}: {}\n", info(row.kind).name, id, row.meta.ns, row.meta.name,
                          dump_row(row));
    }
  }
  return text;
}

}  // namespace sim
