// What the kubelet does for each sort of volume that is neither an emptyDir nor a mirror of API
// objects: directories of the node, PersistentVolumes behind claims, inline volumes of drivers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/controllers/kubelet/worker.h"

namespace sim::kubelet {

/// Why a volume is not there yet.
struct NotReady {
  enum class Retry {
    Later,  // with a delay that doubles, as operations on volumes do
    Sync,   // when the pod is synchronised again
    At      // at a certain moment: something is under way
  };
  Retry retry = Retry::Later;
  std::string_view reason;  // of the event; empty: nothing is told
  std::string message;
  Time at{};
};
/// How the containers of a pod use one of its volumes.
struct Uses {
  bool mount = false;
  bool device = false;
};
Uses uses_of(const PodSpec& spec, const Str& volume);
/// "<operation> failed for volume "x" : <wrong>". k8s 1.30 pkg/volume/util/operationexecutor
NotReady mount_failure(std::string_view operation, std::string_view volume, std::string_view wrong);

// volume_sources.cc
/// Checks or makes what a hostPath volume asks for; answers what is wrong.
std::string check_host_path(Worker& worker, std::string_view path, std::string_view type);
/// A directory that another server exports.
std::optional<NotReady> set_up_nfs(Worker& worker, const NFSVolumeSource& source,
                                   PendingVolume& pending, MountedVolume& made);
/// A volume of a driver that lives with the pod.
std::optional<NotReady> set_up_inline(Worker& worker, const Volume& volume, PendingVolume& pending,
                                      MountedVolume& made);
/// The tree as it is after the pod's group was given everything in it.
/// k8s 1.30 pkg/volume: SetVolumeOwnership
Tree owned_by_group(const Tree& tree, std::uint32_t group, bool only_if_root_differs);

// persistent.cc
/// The volume behind a claim: looks it up, waits until it is attached, mounts it.
std::optional<NotReady> set_up_claim(Worker& worker, const Volume& volume, PendingVolume& pending,
                                     MountedVolume& made);
/// How long it takes to unmount what the pod has mounted.
Duration unmount_time(const Worker& worker);
/// Whether a volume of the pod cannot be unmounted now: its driver does not answer.
bool is_unmount_blocked(const Worker& worker);
/// What a machine's pods have, or wait for, among its attached volumes, sorted.
std::vector<Str> volumes_in_use(const World& world, Id machine);
/// The node's next report tells that the pod's volumes are in use no more.
void report_volumes_in_use(Plan& plan, const World& world, const PodSandbox& sandbox);
/// Whether what a volume waits for is under way, so that it will be there before long.
bool is_coming(const Worker& worker, const PendingVolume& pending);

}  // namespace sim::kubelet
