// How a volume's back end departs from what a local file system does: what a program may do in it,
// and who its files belong to.
#pragma once

#include <cstdint>
#include <optional>

namespace sim {

struct VolumeRules {
  // Mountpoint for S3: an object is written once, from its beginning to its end, and exists when
  // the file is closed. Nothing is appended, renamed or linked, no mode is changed.
  bool whole_objects = false;
  bool may_delete = false;     // its mount option allow-delete
  bool may_overwrite = false;  // allow-overwrite
  bool others = true;          // FUSE without allow-other: nobody but root may look in
  // What every entry shows, whatever is stored: the mount options uid, gid, file-mode, dir-mode.
  std::optional<std::uint32_t> uid, gid;
  std::optional<std::uint16_t> file_mode, directory_mode;
  // NFS behind an access point: whoever acts is taken for the owner of the volume's root.
  bool as_owner = false;

  bool shows_others() const { return uid || gid || file_mode || directory_mode || !others; }
  friend bool operator==(const VolumeRules&, const VolumeRules&) = default;
};

}  // namespace sim
