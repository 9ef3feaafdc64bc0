// From the world to what a container sees, and back. A container instance's file system is its
// image's layers, its writable layer and its mounts; after a program has changed a copy, the trees
// that differ go back as rows.
#pragma once

#include <string>
#include <vector>

#include "sim/files/file_system.h"
#include "sim/world/world.h"

namespace sim {

/// What the instance's processes see now. The instance must exist.
FileSystem file_system_of(const World& world, Id instance);
/// The same of an instance that may not be stored yet; what the plan writes counts as there.
FileSystem file_system_of(const World& world, const ContainerInstance& instance, const Plan& plan);
/// Adds to the plan the writes that turn what file_system_of() gave into `changed`.
void put_back(const World& world, Plan& plan, Id instance, const FileSystem& changed, Str why);

/// The newest instance of a container of a pod that is running; 0: none. An empty name means the
/// first container (or the one the annotation kubectl.kubernetes.io/default-container names).
Id running_instance(const World& world, Id pod, std::string_view container);

}  // namespace sim
