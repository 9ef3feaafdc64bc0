// What one container sees: its overlay, with volumes mounted over it. Every operation resolves the
// path through symlinks and mounts as the kernel does (the longest mount point wins, a mount hides
// what is below it), answers with an errno, and every write says where it landed: that answer is
// what podsight exists to show.
//
// A FileSystem is a value: programs change their copy, and who runs them puts the changed trees
// back into the world (see sim/world/file_view.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/files/overlay.h"
#include "sim/files/tree.h"
#include "sim/files/volume_rules.h"

namespace sim {

enum class Errno : std::uint8_t {
  Ok,
  NotFound,
  Exists,
  NotDirectory,
  IsDirectory,
  NotEmpty,
  ReadOnly,
  NoSpace,
  TooManyLinks,
  CrossDevice,
  Busy,
  Invalid,
  NotPermitted,
  AccessDenied,
  NameTooLong,
  FileTooLarge,
  NotImplemented,
  InputOutput
};
/// strerror: "No such file or directory".
std::string_view to_string(Errno error);

/// Something mounted at a path. The tree is the volume's (or the part of it that subPath names).
struct Mount {
  Path at;
  Str source;   // as `mount` shows it: "tmpfs", "/dev/vda1", "overlay"
  Str fs_type;  // "tmpfs", "ext4", "overlay", "nfs4"
  Str options;  // as `mount` shows them, beside ro and rw; empty: "relatime"
  bool read_only = false;
  std::uint64_t shown_size = 0;  // what df shows of a volume without an end; 0: its capacity
  VolumeRules rules;
  int volume = -1;      // index into FileSystem::volumes
  Path sub_path;        // within the volume
  bool device = false;  // a block device at the path, not a file system
};

/// The contents of one volume as this container reaches it; one may be mounted at several paths.
struct VolumeView {
  Str name;  // who it is, for the caller: the key of its Disk row
  Tree tree;
  std::uint64_t capacity = 0;  // bytes; 0 = as large as the node's disk. A write beyond it: NoSpace
  bool read_only = false;      // whatever the mount says (ConfigMap, projected)
  bool lost = false;           // its device was taken away under the mount: InputOutput
};

/// Where something was found or written.
struct Landing {
  enum class Where : std::uint8_t { Nowhere, Image, WritableLayer, Volume };
  Where where = Where::Nowhere;
  int mount = -1;  // index into FileSystem::mounts when in a volume
  int layer = -1;  // image layer index when in the image
  Path path;       // within the layer or volume
};

struct Stat {
  FileType type = FileType::File;
  std::uint16_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;
  Time modified{};
  Str target;  // of a symlink
  Landing landing;
};

/// A result that is an error or a value.
template <class T>
struct Io {
  Errno error = Errno::Ok;
  T value{};
  explicit operator bool() const { return error == Errno::Ok; }
};

class FileSystem {
 public:
  Overlay root;
  bool read_only_root = false;
  std::vector<Mount>
      mounts;  // in the order mounted; a later one at the same path hides the earlier
  std::vector<VolumeView> volumes;
  std::uint64_t disk_free = UINT64_MAX;  // bytes left for the writable layer
  std::uint64_t disk_size = 0;           // of the node's disk, for df; 0: not known
  // Who acts: owner of what is made, and held to the permission bits unless it is root.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  // supplementary ones (fsGroup)

  /// `follow`: whether a symlink at the very end is followed (stat) or not (lstat).
  Io<Stat> stat(const Path& path, bool follow = true) const;
  /// Names in a directory, sorted bytewise.
  Io<std::vector<Str>> list(const Path& path) const;
  /// A file's bytes, zeros behind what is kept of it; up to 16 MiB.
  Io<std::string> read(const Path& path) const;

  /// Makes or replaces a file's bytes (`append` adds). Answers where they landed.
  Io<Landing> write(const Path& path, std::string_view bytes, bool append, Time now);
  /// Adds bytes to a file that is open: write() has opened it, and it was not closed since.
  Io<Landing> write_open(const Path& path, std::string_view bytes, Time now);
  /// Puts bytes, and so many zeros behind them, at an offset (dd, truncate). What lies before
  /// stays; what lies behind is cut off, or stays with `keep_rest`, and always on a block device.
  struct Span {
    std::uint64_t at = 0;
    std::string_view bytes;
    std::uint64_t zeros = 0;
    bool keep_rest = false;
  };
  Io<Landing> write_span(const Path& path, const Span& span, Time now);
  /// Makes the file when missing, else sets its time.
  Io<Landing> touch(const Path& path, Time now);
  Io<Landing> make_directory(const Path& path, std::uint16_t mode, Time now);
  Io<Landing> make_symlink(std::string_view target, const Path& path, Time now);
  Io<Landing> remove(const Path& path);            // a file or symlink (unlink)
  Io<Landing> remove_directory(const Path& path);  // an empty one (rmdir)
  Io<Landing> rename(const Path& from, const Path& to,
                     Time now);  // CrossDevice between file systems
  Io<Landing> change_mode(const Path& path, std::uint16_t mode, Time now);

  /// The mount that serves a path (symlinks in it already resolved), or -1 for the root file
  /// system.
  int mount_of(const Path& path) const;
  /// Bytes used and total of the file system that serves the path, for df.
  struct Space {
    std::uint64_t used = 0;
    std::uint64_t total = 0;
  };
  Space space(const Path& path) const;
  /// The path with every symlink in it followed, as far as it exists.
  Path real_path(const Path& path) const;
};

}  // namespace sim
