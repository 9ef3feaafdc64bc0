// Where a path leads in one container: to a layer of its image, its writable layer or a volume, and
// what lies there. A Route is worked out from the rows of the world by the same file system that
// programs use, so it agrees with what `ls` shows.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/files/file_system.h"
#include "sim/world/world.h"

namespace sim {

/// A point in a layer or a volume, whoever looks at it. Two containers that reach the same place
/// see the same file.
struct Place {
  enum class Where : std::uint8_t { Nowhere, Image, Given, Layer, Volume };
  Where where = Where::Nowhere;
  Ref row;         // Given, Layer: the ContainerInstance; Volume: the Disk, or the Machine whose
                   // directory it is
  Str image;       // Image: its normal name …
  int layer = -1;  // … and which of its layers, bottom first
  Path inner;      // within the layer or volume
  friend auto operator<=>(const Place&, const Place&) = default;
  friend bool operator==(const Place&, const Place&) = default;
};

struct Route {
  Errno error = Errno::Ok;
  FileType type = FileType::File;  // of what is there
  Place place;                     // where the path leads, whether or not anything is there
  int mount = -1;                  // of the instance, when the place is in a volume
  bool read_only = false;
  bool broken_link = false;    // a symlink is there, and leads to nothing
  std::optional<Place> under;  // nothing is there, but below the mount there is something
  bool exists() const { return error == Errno::Ok; }
};

/// The instance must be of this world.
Route route_of(const World& world, const ContainerInstance& instance, Id id, const Path& path);
/// The same in a file system that file_system_of() gave for the instance.
Route route_in(const FileSystem& files, const ContainerInstance& instance, Id id, const Path& path);

/// The entry at a place as the world stands; null: none.
EntryPtr entry_at(const World& world, const Place& place);
/// The tree of a row that holds files: a writable layer, a volume, a node's directories.
const Tree* tree_of(const Object& row);

/// Whether the machine that the instance is on has power.
bool is_awake(const World& world, const ContainerInstance& instance);
/// The running instance of a pod's container, on a machine that answers; 0: none does.
Id awake_instance(const World& world, Id pod, std::string_view container);

}  // namespace sim
