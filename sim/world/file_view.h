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

/// Nodes that are one machine in truth, as those of kind and minikube can be, have the same files:
/// the Disk row that holds them. 0: every node has its own.
Id shared_host_files(const World& world);
inline constexpr const char* kSharedHostFiles = "host files";
/// The files of a node, as the plan leaves them, and how they are changed.
Tree host_files_of(const World& world, const Plan& plan, Id machine);
void put_host_files(const World& world, Plan& plan, Id machine, Tree files, Str why);

/// The newest instance of a container of a pod that is running; 0: none. An empty name means the
/// first container (or the one the annotation kubectl.kubernetes.io/default-container names).
Id running_instance(const World& world, Id pod, std::string_view container);

}  // namespace sim
