// A directory tree as a value. Entries are immutable and shared; changing a file copies the path to
// it and nothing else, so an image layer, a container's writable layer and a volume are each one
// pointer, and yesterday's tree stays as it was for as long as somebody holds it.
//
// A Tree knows nothing of layers being above each other (see overlay.h) or of mounts (see
// file_system.h); a whiteout is only an entry that says "hidden below".
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/str.h"
#include "sim/base/time.h"

namespace sim {

/// A path in its normal form: components without "", "." and "..". The root has none.
using Path = std::vector<Str>;

/// "/a//b/./../c" → {a, c}; relative text is taken from `cwd`. ".." at the root stays there.
Path parse_path(std::string_view text, const Path& cwd = {});
std::string to_string(const Path& path);  // "/a/c"; "/" for the root
/// True when `path` is `prefix` or below it.
bool is_within(const Path& path, const Path& prefix);

enum class FileType : std::uint8_t { File, Directory, Symlink, Whiteout, BlockDevice };

struct Entry;
using EntryPtr = std::shared_ptr<const Entry>;

/// What a directory holds, itself not counted.
struct Usage {
  std::uint64_t bytes = 0;  // of files, each rounded up to 4 KiB blocks as `du` counts
  std::uint64_t entries = 0;
  std::uint64_t held = 0;    // bytes that are truly kept in memory
  std::uint32_t height = 0;  // how many levels of directories and files lie below
};

struct Entry {
  FileType type = FileType::File;
  std::uint16_t mode = 0644;  // permission bits
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  Time modified{};
  // A file's bytes; zeros follow up to `size`, which alone is kept where nothing else matters
  // (pictures in an image, what dd wrote from /dev/zero).
  Str bytes;
  std::uint64_t size = 0;
  Str target;                                      // of a symlink
  bool opaque = false;                             // a directory that hides everything below it
  std::vector<std::pair<Str, EntryPtr>> children;  // of a directory, sorted by name
  Usage below;  // of a directory, kept by Tree, so that asking how full a volume is costs nothing

  const EntryPtr* child(std::string_view name) const;
  /// Bytes that a reader finds.
  std::uint64_t length() const { return size > bytes.size() ? size : bytes.size(); }
  /// Bytes of disk, in whole blocks; a directory's are those of what is below it.
  std::uint64_t disk_bytes() const;
};

/// A tree that is put together when somebody first looks into it: nearly nobody ever reads what
/// every pod has. Safe to share between threads.
class LateTree {
 public:
  LateTree() = default;
  LateTree(const LateTree&) = delete;
  LateTree& operator=(const LateTree&) = delete;
  virtual ~LateTree() = default;
  const EntryPtr& root() const;

 private:
  /// Called once.
  virtual EntryPtr make() const = 0;
  mutable std::once_flag once_;
  mutable EntryPtr root_;
};

class Tree {
 public:
  Tree();  // an empty directory, mode 0755
  explicit Tree(EntryPtr root);
  explicit Tree(std::shared_ptr<const LateTree> late) : late_(std::move(late)) {}

  const EntryPtr& root() const { return late_ ? late_->root() : root_; }
  /// The entry at the path, symlinks not followed; null when there is none or a parent is no
  /// directory.
  EntryPtr find(const Path& path) const;
  /// Puts an entry at the path. Missing parents are made as directories with mode 0755; a parent
  /// that is a file gives way to a directory. More than kDeepest components throw an InputError.
  void put(const Path& path, EntryPtr entry);
  /// Removes the entry and all below it; false when there was none.
  bool erase(const Path& path);

  using Usage = sim::Usage;
  Usage usage() const { return root()->below; }
  /// Beyond this depth nothing is kept: 4096 bytes of path hold no more.
  static constexpr std::size_t kDeepest = 4096;
  /// A stable hash of everything in it, for fingerprints and tests.
  std::uint64_t hash() const;

  friend bool operator==(const Tree& a, const Tree& b) {
    return (a.root_ == b.root_ && a.late_ == b.late_) || a.same(b);
  }

 private:
  bool same(const Tree& other) const;
  EntryPtr& edit_root();
  EntryPtr root_;  // null while the tree is to be made late
  std::shared_ptr<const LateTree> late_;
};

EntryPtr make_file(Str bytes, Time modified, std::uint16_t mode = 0644);
EntryPtr make_sized_file(std::uint64_t size, Time modified, std::uint16_t mode = 0644);
EntryPtr make_directory(Time modified, std::uint16_t mode = 0755);
EntryPtr make_block_device(std::uint64_t size, Time modified);
EntryPtr make_symlink(std::string_view target, Time modified);
EntryPtr make_whiteout();

}  // namespace sim
