// How full a machine is: its disk and its memory, and what of them each pod and container uses.
// Programs of the model use no memory worth counting; what counts is what they keep in volumes that
// lie in memory, and what a fault has filled.
#pragma once

#include <cstdint>
#include <string>

#include "sim/world/world.h"

namespace sim {

std::uint64_t disk_capacity(const Machine& machine);
std::uint64_t memory_capacity(const Machine& machine);
/// Images, writable layers, logs, emptyDirs, the node's own files, and the rest.
std::uint64_t disk_used(const World& world, Id machine);
/// What programs and volumes in memory use.
std::uint64_t memory_used(const World& world, Id machine);

/// What one pod has on its node's disk. k8s 1.30 pkg/kubelet/server/stats: calcEphemeralStorage
std::uint64_t disk_used_by_pod(const World& world, Id sandbox);
std::uint64_t memory_used_by_pod(const World& world, Id sandbox);
/// Of one container: its writable layer and its log; what it mounts of the pod's memory volumes.
std::uint64_t disk_used_by(const ContainerInstance& instance);
std::uint64_t memory_used_by(const World& world, const Plan& plan,
                             const ContainerInstance& instance);

/// The beats of its kubelet's eviction manager. k8s 1.30 pkg/kubelet: evictionMonitoringPeriod
Time pressure_beat_at_or_after(const World& world, const Machine& machine, Time time);

/// The zone that a machine stands in; empty when nobody says.
std::string zone_of(const World& world, const Machine& machine);

}  // namespace sim
