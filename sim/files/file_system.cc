#include "sim/files/file_system.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sim {
namespace {

constexpr int kMostSymlinks = 40;           // Linux: MAXSYMLINKS
constexpr std::size_t kLongestPath = 4095;  // Linux: PATH_MAX with its final zero
constexpr std::size_t kLongestName = 255;   // Linux: NAME_MAX
constexpr std::uint64_t kLongestRead = 16u << 20;
constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 43;  // sums of sizes fit 64 bits
constexpr std::uint64_t kMostEntries = 1u << 20;  // per tree, as a disk has so many inodes
// Bytes kept per file and per tree, beside zeros at the end of a file, which cost nothing. More
// than that does not fit any disk, so that no series of commands exhausts the machine that podsight
// runs on.
constexpr std::uint64_t kMostHeldPerFile = 16u << 20;
constexpr std::uint64_t kMostHeldPerTree = 64u << 20;
constexpr std::uint64_t kUnknownDisk = std::uint64_t{100} << 30;

enum Access : unsigned { kExecute = 1, kWrite = 2, kRead = 4 };

/// Where a path leads, every symlink followed as asked.
struct Place {
  Errno error = Errno::Ok;
  Path path;       // as the container sees it
  int mount = -1;  // that serves it; -1: the root file system
  Path inner;      // within the layer or volume
  Overlay::Found found;
  bool is_virtual = false;  // a directory that is there only because something is mounted below it
  bool is_mount_point = false;

  bool exists() const { return found.entry != nullptr; }
  FileType type() const { return found.entry->type; }
};

/// The device that a path names without any file being there, as /dev does in each container.
bool is_null_device(const Path& path) {
  return path.size() == 2 && path[0] == "dev" && path[1] == "null";
}

EntryPtr null_device() {
  static const EntryPtr entry = make_sized_file(0, Time{}, 0666);
  return entry;
}

EntryPtr virtual_directory() {
  static const EntryPtr entry = make_directory(Time{});
  return entry;
}

/// Walks paths through the mounts of one file system.
class Walker {
 public:
  explicit Walker(const FileSystem& fs) : fs_(fs), points_(fs.mounts.size()) {
    // A runtime mounts parents before what lies in them, whatever order they were asked for in, and
    // resolves symlinks of the image in a mount point.
    // containerd 1.7 pkg/cri/opts: orderedMounts
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < fs.mounts.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return fs.mounts[a].at.size() < fs.mounts[b].at.size();
    });
    for (const std::size_t i : order) {
      points_[i] = as_far_as_there(fs.mounts[i].at);
      mounted_.push_back(i);
    }
  }

  int mount_of(const Path& path) const {
    int best = -1;
    for (const std::size_t i : mounted_) {
      if (!is_within(path, points_[i])) continue;
      // Mounted later, or deeper.
      if (best < 0 || points_[i].size() >= points_[static_cast<std::size_t>(best)].size()) {
        best = static_cast<int>(i);
      }
    }
    return best;
  }
  bool is_mount_point(const Path& path) const {
    return std::any_of(mounted_.begin(), mounted_.end(),
                       [&](std::size_t i) { return points_[i] == path; });
  }
  /// Whether something is mounted at the path or below it.
  bool holds_mount(const Path& path) const {
    return std::any_of(mounted_.begin(), mounted_.end(),
                       [&](std::size_t i) { return is_within(points_[i], path); });
  }
  /// The names that mount points give to a directory's listing.
  void add_mount_names(const Path& directory, std::vector<Str>& names) const {
    for (const std::size_t i : mounted_) {
      const Path& point = points_[i];
      if (point.size() > directory.size() && is_within(point, directory)) {
        names.push_back(point[directory.size()]);
      }
    }
  }

  /// What is at a path whose directories hold no symlink.
  Place look(Path path) const {
    Place place;
    place.path = std::move(path);
    place.mount = mount_of(place.path);
    place.is_mount_point = is_mount_point(place.path);
    if (place.mount < 0) {
      place.inner = place.path;
      place.found = fs_.root.find(place.inner);
    } else {
      const auto index = static_cast<std::size_t>(place.mount);
      const Mount& mount = fs_.mounts[index];
      place.inner = mount.sub_path;
      place.inner.insert(place.inner.end(),
                         place.path.begin() + static_cast<std::ptrdiff_t>(points_[index].size()),
                         place.path.end());
      if (const VolumeView* volume = volume_of(mount))
        place.found.entry = volume->tree.find(place.inner);
    }
    if (place.exists() && place.mount >= 0) show_owner(place);
    if (!place.exists() && holds_mount(place.path)) {
      place.is_virtual = true;
      place.found.entry = virtual_directory();
    }
    if (!place.exists() && is_null_device(place.path)) place.found.entry = null_device();
    return place;
  }

  /// Where the path leads. A missing last component is no error: `exists()` tells.
  Place walk(const Path& path, bool follow_last) const {
    std::size_t length = 0;
    for (const Str& name : path) {
      length += name.size() + 1;
      if (name.size() > kLongestName) return failed(Errno::NameTooLong);
    }
    if (length > kLongestPath) return failed(Errno::NameTooLong);
    std::vector<std::string> rest;  // components to go, the next one at the back
    for (auto name = path.rbegin(); name != path.rend(); ++name) rest.push_back(name->str());
    Place here = look({});
    int links = 0;
    while (!rest.empty()) {
      if (here.type() != FileType::Directory) return failed(Errno::NotDirectory);
      if (!may(here, kExecute)) return failed(Errno::AccessDenied);
      const std::string name = std::move(rest.back());
      rest.pop_back();
      Path next = here.path;
      if (name == "..") {
        if (!next.empty()) next.pop_back();
      } else if (name != ".") {
        next.emplace_back(name);
      }
      Place there = look(std::move(next));
      if (is_lost(there)) return failed(Errno::InputOutput);
      if (!there.exists()) {
        if (rest.empty()) return there;
        // An image need not have a /dev for its containers to have this one.
        there.path.emplace_back(rest.back());
        if (rest.size() == 1 && is_null_device(there.path)) return look(std::move(there.path));
        return failed(Errno::NotFound);
      }
      if (there.type() == FileType::Symlink && (follow_last || !rest.empty())) {
        if (++links > kMostSymlinks) return failed(Errno::TooManyLinks);
        const std::string_view target = there.found.entry->target.view();
        if (target.empty()) return failed(Errno::NotFound);
        if (target.size() > kLongestPath) return failed(Errno::NameTooLong);
        push_components(rest, target);
        if (target.front() == '/') here = look({});
        continue;
      }
      here = std::move(there);
    }
    return here;
  }

  /// Whether the device behind what is mounted here is gone.
  bool is_lost(const Place& place) const {
    if (place.mount < 0) return false;
    const VolumeView* volume = volume_of(fs_.mounts[static_cast<std::size_t>(place.mount)]);
    return volume && volume->lost;
  }
  /// The path with its symlinks followed for as long as it exists.
  Path as_far_as_there(const Path& path) const {
    Place here = look({});
    for (std::size_t i = 0; i < path.size(); ++i) {
      const auto rest = path.begin() + static_cast<std::ptrdiff_t>(i);
      const auto stop = [&] {
        here.path.insert(here.path.end(), rest, path.end());
        return here.path;
      };
      if (here.type() != FileType::Directory || !may(here, kExecute)) return stop();
      Path both = here.path;
      both.push_back(*rest);
      Place next;
      const bool is_dots = *rest == "." || *rest == "..";
      if (!is_dots) next = look(both);
      if (is_lost(next)) return stop();
      if (is_dots || (next.exists() && next.type() == FileType::Symlink)) next = walk(both, true);
      if (next.error != Errno::Ok) return stop();
      here = std::move(next);
      if (here.exists()) continue;
      here.path.insert(here.path.end(), rest + 1, path.end());
      return here.path;
    }
    return here.path;
  }

  /// Who acts in the file system that serves a place.
  struct Actor {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
  };
  Actor actor_at(const Place& place) const {
    if (rules_of(place).as_owner) {
      const VolumeView* volume = volume_of(fs_.mounts[static_cast<std::size_t>(place.mount)]);
      if (volume) return {volume->tree.root()->uid, volume->tree.root()->gid};
    }
    return {fs_.uid, fs_.gid};
  }
  bool may(const Place& place, unsigned wanted) const {
    const Actor actor = actor_at(place);
    if (actor.uid == 0) return true;
    const Entry& entry = *place.found.entry;
    const bool in_group = entry.gid == actor.gid ||
                          (actor.uid == fs_.uid && std::find(fs_.groups.begin(), fs_.groups.end(),
                                                             entry.gid) != fs_.groups.end());
    const unsigned shift = entry.uid == actor.uid ? 6 : in_group ? 3 : 0;
    return ((static_cast<unsigned>(entry.mode) >> shift) & wanted) == wanted;
  }
  const VolumeRules& rules_of(const Place& place) const {
    static const VolumeRules usual;
    return place.mount < 0 ? usual : fs_.mounts[static_cast<std::size_t>(place.mount)].rules;
  }
  /// Owner, group and mode of what is made at a place. Below a directory with the set-group-ID bit
  /// its group goes on. Linux: inode_init_owner
  Entry made_at(const Place& place, Entry entry) const {
    const Actor actor = actor_at(place);
    entry.uid = actor.uid;
    entry.gid = actor.gid;
    if (place.path.empty()) return entry;
    const Place parent = look(parent_of(place.path));
    if (parent.exists() && (parent.found.entry->mode & 02000) != 0) {
      entry.gid = parent.found.entry->gid;
      if (entry.type == FileType::Directory) entry.mode |= 02000;
    }
    return entry;
  }

  const VolumeView* volume_of(const Mount& mount) const {
    return mount.volume >= 0 && static_cast<std::size_t>(mount.volume) < fs_.volumes.size()
               ? &fs_.volumes[static_cast<std::size_t>(mount.volume)]
               : nullptr;
  }
  /// Why nothing can be changed in the file system that serves the place, or Ok.
  Errno may_change(const Place& place) const {
    if (place.mount < 0) return fs_.read_only_root ? Errno::ReadOnly : Errno::Ok;
    const Mount& mount = fs_.mounts[static_cast<std::size_t>(place.mount)];
    const VolumeView* volume = volume_of(mount);
    if (!volume) return Errno::NotPermitted;  // /proc and the like
    return mount.read_only || volume->read_only ? Errno::ReadOnly : Errno::Ok;
  }
  /// Whether an entry may be made in or taken from the directory above the place.
  Errno may_change_parent(const Place& place) const {
    if (place.path.empty()) return Errno::Ok;
    const Place parent = look(parent_of(place.path));
    return parent.exists() && !may(parent, kWrite | kExecute) ? Errno::AccessDenied : Errno::Ok;
  }

  static Path parent_of(Path path) {
    path.pop_back();
    return path;
  }

 private:
  static Place failed(Errno error) {
    Place place;
    place.error = error;
    return place;
  }
  /// What the mount's options say of who owns what is there.
  void show_owner(Place& place) const {
    const VolumeRules& rules = rules_of(place);
    if (!rules.shows_others()) return;
    Entry shown = *place.found.entry;
    if (rules.uid) shown.uid = *rules.uid;
    if (rules.gid) shown.gid = *rules.gid;
    const auto& mode = shown.type == FileType::Directory ? rules.directory_mode : rules.file_mode;
    if (mode && shown.type != FileType::Symlink) shown.mode = *mode;
    // FUSE asks for allow_other before it lets anybody else in.
    if (!rules.others && fs_.uid != 0) shown.mode = 0;
    place.found.entry = std::make_shared<const Entry>(std::move(shown));
  }
  static void push_components(std::vector<std::string>& rest, std::string_view target) {
    std::size_t end = target.size();
    while (end > 0) {
      std::size_t start = end;
      while (start > 0 && target[start - 1] != '/') --start;
      if (start < end) rest.emplace_back(target.substr(start, end - start));
      end = start > 0 ? start - 1 : 0;
    }
  }

  const FileSystem& fs_;
  std::vector<Path> points_;          // per mount, its mount point with symlinks followed
  std::vector<std::size_t> mounted_;  // in the order mounted
};

Landing landing_of(const Place& place) {
  Landing landing;
  landing.path = place.inner;
  if (place.mount >= 0) {
    landing.where = Landing::Where::Volume;
    landing.mount = place.mount;
  } else if (place.found.from == Overlay::From::Image) {
    landing.where = Landing::Where::Image;
    landing.layer = place.found.layer;
  } else if (place.found.from == Overlay::From::Writable || place.is_virtual) {
    // The runtime makes a missing mount point in the container's own layer.
    landing.where = Landing::Where::WritableLayer;
  }
  return landing;
}

/// One change of one file system: room for it, the change itself, the time of the directory above.
class Change {
 public:
  Change(FileSystem& fs, const Place& place) : fs_(fs), place_(place) {}

  Tree& tree() {
    return place_.mount < 0
               ? fs_.root.writable
               : fs_.volumes[static_cast<std::size_t>(
                                 fs_.mounts[static_cast<std::size_t>(place_.mount)].volume)]
                     .tree;
  }
  /// Bytes of disk that may still be used, beyond what the entry here takes now.
  std::uint64_t room() {
    const std::uint64_t capacity = capacity_of_volume();
    const std::uint64_t used = tree().usage().bytes;
    const std::uint64_t left = capacity == 0     ? fs_.disk_free
                               : capacity > used ? capacity - used
                                                 : 0;
    const std::uint64_t freed = here_now();
    return left > UINT64_MAX - freed ? UINT64_MAX : left + freed;
  }
  /// False when there is no room for it (nothing has changed then).
  bool put(EntryPtr entry, Time now, bool new_name) {
    const EntryPtr here = tree().find(place_.inner);
    const std::uint64_t taken = here ? here->disk_bytes() : 0;
    if (entry->disk_bytes() > taken && entry->disk_bytes() > room()) return false;
    const Usage usage = tree().usage();
    if (new_name && usage.entries + entry->below.entries >= kMostEntries) return false;
    if (place_.inner.size() + entry->below.height > Tree::kDeepest) return false;
    const std::uint64_t held = entry->bytes.size();
    const std::uint64_t held_now = here ? here->bytes.size() : 0;
    if (held > held_now &&
        (held > kMostHeldPerFile || usage.held - held_now + held > kMostHeldPerTree)) {
      return false;
    }
    settle([&] {
      if (place_.mount < 0) {
        fs_.root.put(place_.inner, std::move(entry));
      } else {
        tree().put(place_.inner, std::move(entry));
      }
    });
    if (new_name) touch_parent(now);
    return true;
  }
  void erase() {
    settle([&] {
      if (place_.mount < 0) {
        fs_.root.erase(place_.inner);
      } else {
        tree().erase(place_.inner);
      }
    });
  }
  /// Changes attributes of a directory, keeping what is in it.
  template <class Edit>
  void edit_directory(Edit edit) {
    if (place_.mount < 0) {
      fs_.root.copy_up(place_.inner);
      if (!fs_.root.writable.find(place_.inner)) fs_.root.put(place_.inner, virtual_directory());
    }
    EntryPtr entry = tree().find(place_.inner);
    if (!entry) entry = virtual_directory();
    Entry changed = *entry;
    edit(changed);
    tree().put(place_.inner, std::make_shared<const Entry>(std::move(changed)));
  }
  void touch_parent(Time now) {
    Place parent = place_;
    if (parent.inner.empty()) return;
    parent.inner.pop_back();
    Change(fs_, parent).edit_directory([&](Entry& directory) { directory.modified = now; });
  }

 private:
  std::uint64_t capacity_of_volume() const {
    if (place_.mount < 0) return 0;
    const Mount& mount = fs_.mounts[static_cast<std::size_t>(place_.mount)];
    return fs_.volumes[static_cast<std::size_t>(mount.volume)].capacity;
  }
  std::uint64_t here_now() {
    const EntryPtr entry = tree().find(place_.inner);
    return entry ? entry->disk_bytes() : 0;
  }
  /// Runs the change and takes what it used from the node's disk, or gives it back.
  template <class Do>
  void settle(Do change) {
    const std::uint64_t before = tree().usage().bytes;
    change();
    const std::uint64_t after = tree().usage().bytes;
    if (capacity_of_volume() != 0 || fs_.disk_free == UINT64_MAX) return;
    if (after <= before) {
      fs_.disk_free += before - after;
    } else {
      fs_.disk_free -= std::min(fs_.disk_free, after - before);
    }
  }

  FileSystem& fs_;
  const Place& place_;
};

template <class T>
Io<T> fail(Errno error) {
  Io<T> io;
  io.error = error;
  return io;
}

/// Where a change landed: never in the image.
Io<Landing> landed(const Place& place, Errno error = Errno::Ok) {
  Io<Landing> io;
  io.error = error;
  io.value.where = place.mount < 0 ? Landing::Where::WritableLayer : Landing::Where::Volume;
  io.value.mount = place.mount;
  io.value.path = place.inner;
  return io;
}

/// A regular file to write: where it is or will be.
Place open_for_write(const Walker& walker, const Path& path) {
  Place place = walker.walk(path, true);
  if (place.error != Errno::Ok) return place;
  if (place.exists() && place.type() == FileType::Directory) {
    place.error = Errno::IsDirectory;
  } else if (is_null_device(place.path)) {
    return place;
  } else if (place.exists() && !walker.may(place, kWrite)) {
    place.error = Errno::AccessDenied;
  } else if (!place.exists() && walker.may_change_parent(place) != Errno::Ok) {
    place.error = Errno::AccessDenied;
  } else {
    place.error = walker.may_change(place);
  }
  return place;
}

bool discards(const Place& place) {
  return is_null_device(place.path) && place.found.entry == null_device();
}

/// Why a file that is there cannot be written again, or Ok.
/// Mountpoint for S3 1.7 doc/SEMANTICS.md: file operations
Errno may_rewrite(const Walker& walker, const Place& place, bool append) {
  const VolumeRules& rules = walker.rules_of(place);
  if (!rules.whole_objects || !place.exists()) return Errno::Ok;
  if (append) return Errno::Invalid;
  return rules.may_overwrite ? Errno::Ok : Errno::NotPermitted;
}

/// The bytes without the zeros at their end, where that spares something.
std::string_view without_zeros(std::string_view bytes) {
  constexpr std::size_t kSmall = 4096;
  if (bytes.size() <= kSmall) return bytes;
  const std::size_t last = bytes.find_last_not_of('\0');
  return bytes.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// A file with the attributes it had, or those of a new one.
Entry attributes_for(const Walker& walker, const Place& place, Time now) {
  Entry entry = walker.made_at(place, Entry());
  if (place.exists()) {
    entry.type = place.found.entry->type;
    entry.mode = place.found.entry->mode;
    entry.uid = place.found.entry->uid;
    entry.gid = place.found.entry->gid;
  }
  entry.modified = now;
  return entry;
}

Io<Landing> put_file(FileSystem& fs, const Place& place, Entry entry, Time now) {
  Change change(fs, place);
  const std::uint64_t room = change.room();
  const std::uint64_t length = entry.length();
  if (entry.disk_bytes() <= room) {
    const bool fits =
        change.put(std::make_shared<const Entry>(std::move(entry)), now, !place.exists());
    return fits ? landed(place) : fail<Landing>(Errno::NoSpace);
  }
  // The disk takes what it can, and the write fails after that.
  const std::uint64_t kept = std::min(length, room / 4096 * 4096);
  entry.size = kept;
  if (entry.bytes.size() > kept) entry.bytes = entry.bytes.view().substr(0, kept);
  change.put(std::make_shared<const Entry>(std::move(entry)), now, !place.exists());
  return landed(place, Errno::NoSpace);
}

}  // namespace

std::string_view to_string(Errno error) {
  // glibc's strerror
  constexpr std::array<std::string_view, 18> kTexts = {"Success",
                                                       "No such file or directory",
                                                       "File exists",
                                                       "Not a directory",
                                                       "Is a directory",
                                                       "Directory not empty",
                                                       "Read-only file system",
                                                       "No space left on device",
                                                       "Too many levels of symbolic links",
                                                       "Invalid cross-device link",
                                                       "Device or resource busy",
                                                       "Invalid argument",
                                                       "Operation not permitted",
                                                       "Permission denied",
                                                       "File name too long",
                                                       "File too large",
                                                       "Function not implemented",
                                                       "Input/output error"};
  return kTexts[static_cast<std::size_t>(error)];
}

Io<Stat> FileSystem::stat(const Path& path, bool follow) const {
  const Place place = Walker(*this).walk(path, follow);
  if (place.error != Errno::Ok) return fail<Stat>(place.error);
  if (!place.exists()) return fail<Stat>(Errno::NotFound);
  const Entry& entry = *place.found.entry;
  Io<Stat> io;
  io.value.type = entry.type;
  io.value.mode = entry.mode;
  io.value.uid = entry.uid;
  io.value.gid = entry.gid;
  io.value.size = entry.type == FileType::Symlink     ? entry.target.size()
                  : entry.type == FileType::Directory ? 4096
                                                      : entry.length();
  io.value.modified = entry.modified;
  io.value.target = entry.target;
  io.value.landing = landing_of(place);
  return io;
}

Io<std::vector<Str>> FileSystem::list(const Path& path) const {
  const Walker walker(*this);
  const Place place = walker.walk(path, true);
  if (place.error != Errno::Ok) return fail<std::vector<Str>>(place.error);
  if (!place.exists()) return fail<std::vector<Str>>(Errno::NotFound);
  if (place.type() != FileType::Directory) return fail<std::vector<Str>>(Errno::NotDirectory);
  if (!walker.may(place, kRead)) return fail<std::vector<Str>>(Errno::AccessDenied);
  Io<std::vector<Str>> io;
  if (place.mount < 0) {
    io.value = root.list(place.inner);
  } else if (!place.is_virtual) {
    for (const auto& [name, entry] : place.found.entry->children) {
      if (entry->type != FileType::Whiteout) io.value.push_back(name);
    }
  }
  const std::size_t before = io.value.size();
  walker.add_mount_names(place.path, io.value);
  if (io.value.size() != before) {
    std::sort(io.value.begin(), io.value.end());
    io.value.erase(std::unique(io.value.begin(), io.value.end()), io.value.end());
  }
  return io;
}

Io<std::string> FileSystem::read(const Path& path) const {
  const Walker walker(*this);
  const Place place = walker.walk(path, true);
  if (place.error != Errno::Ok) return fail<std::string>(place.error);
  if (!place.exists()) return fail<std::string>(Errno::NotFound);
  if (place.type() == FileType::Directory) return fail<std::string>(Errno::IsDirectory);
  const Entry& entry = *place.found.entry;
  if (!walker.may(place, kRead)) return fail<std::string>(Errno::AccessDenied);
  Io<std::string> io;
  io.value = entry.bytes.str();
  io.value.resize(static_cast<std::size_t>(std::min(entry.length(), kLongestRead)), '\0');
  return io;
}

namespace {

/// Writes a part of a file that has been opened.
Io<Landing> put_span(FileSystem& fs, const Walker& walker, const Place& place,
                     FileSystem::Span span, Time now) {
  const Entry nothing;
  const Entry& old = place.exists() ? *place.found.entry : nothing;
  const bool device = old.type == FileType::BlockDevice;
  if (span.at > kLargestFile || span.zeros > kLargestFile || span.bytes.size() > kLargestFile) {
    return fail<Landing>(Errno::FileTooLarge);
  }
  std::uint64_t end = span.at + span.bytes.size() + span.zeros;
  Errno error = Errno::Ok;
  if (device && end > old.size) {
    // A device takes what it can, and the write fails after that.
    error = Errno::NoSpace;
    end = old.size;
    if (span.at >= end) return fail<Landing>(error);
    span.bytes = span.bytes.substr(0, end - span.at);
  }
  if (end > kLargestFile) return fail<Landing>(Errno::FileTooLarge);
  const bool keep_rest = device || span.keep_rest;
  const std::string_view held = old.bytes;
  std::string_view bytes = without_zeros(span.bytes);
  // Behind the last byte that is kept there are zeros.
  std::uint64_t kept =
      bytes.empty() ? std::min<std::uint64_t>(held.size(), span.at) : span.at + bytes.size();
  if (keep_rest && held.size() > end) kept = held.size();
  if (kept > std::max<std::uint64_t>(kMostHeldPerFile, held.size())) {
    return fail<Landing>(Errno::NoSpace);
  }
  std::string whole(held.substr(0, std::min<std::uint64_t>(held.size(), span.at)));
  if (kept > whole.size()) {
    whole.resize(kept, '\0');
    if (!bytes.empty()) bytes.copy(whole.data() + span.at, bytes.size());
    if (keep_rest && held.size() > end) {
      held.substr(end).copy(whole.data() + end, held.size() - end);
    }
  }
  Entry entry = attributes_for(walker, place, now);
  entry.size = keep_rest ? std::max(end, old.length()) : end;
  entry.bytes = std::move(whole);
  Io<Landing> io = put_file(fs, place, std::move(entry), now);
  if (io.error == Errno::Ok) io.error = error;
  return io;
}

}  // namespace

Io<Landing> FileSystem::write(const Path& path, std::string_view bytes, bool append, Time now) {
  const Walker walker(*this);
  const Place place = open_for_write(walker, path);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (discards(place)) return {};
  const Errno error = may_rewrite(walker, place, append);
  if (error != Errno::Ok) return fail<Landing>(error);
  const std::uint64_t at =
      append && place.exists() && place.type() == FileType::File ? place.found.entry->length() : 0;
  return put_span(*this, walker, place, {at, bytes}, now);
}

Io<Landing> FileSystem::write_open(const Path& path, std::string_view bytes, Time now) {
  const Walker walker(*this);
  const Place place = open_for_write(walker, path);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (discards(place)) return {};
  const std::uint64_t at = place.exists() ? place.found.entry->length() : 0;
  return put_span(*this, walker, place, {at, bytes}, now);
}

Io<Landing> FileSystem::write_span(const Path& path, const Span& span, Time now) {
  const Walker walker(*this);
  const Place place = open_for_write(walker, path);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (discards(place)) return {};
  const Errno error = may_rewrite(walker, place, span.at != 0 || span.keep_rest);
  if (error != Errno::Ok) return fail<Landing>(error);
  return put_span(*this, walker, place, span, now);
}

Io<Landing> FileSystem::touch(const Path& path, Time now) {
  const Walker walker(*this);
  const Place place = walker.walk(path, true);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (discards(place)) return {};
  if (!place.exists()) return write(path, "", false, now);
  const Errno error = walker.may_change(place);
  if (error != Errno::Ok) return fail<Landing>(error);
  if (place.found.entry->uid != walker.actor_at(place).uid && !walker.may(place, kWrite)) {
    return fail<Landing>(Errno::AccessDenied);
  }
  if (walker.rules_of(place).whole_objects) return fail<Landing>(Errno::NotPermitted);
  Change change(*this, place);
  if (place.type() == FileType::Directory) {
    change.edit_directory([&](Entry& entry) { entry.modified = now; });
    return landed(place);
  }
  Entry entry = *place.found.entry;
  entry.modified = now;
  return put_file(*this, place, std::move(entry), now);
}

Io<Landing> FileSystem::make_directory(const Path& path, std::uint16_t mode, Time now) {
  const Walker walker(*this);
  const Place place = walker.walk(path, false);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (place.exists()) return fail<Landing>(Errno::Exists);
  Errno error = walker.may_change(place);
  if (error == Errno::Ok) error = walker.may_change_parent(place);
  if (error != Errno::Ok) return fail<Landing>(error);
  Entry entry = walker.made_at(place, *sim::make_directory(now, mode));
  const bool fits =
      Change(*this, place).put(std::make_shared<const Entry>(std::move(entry)), now, true);
  return fits ? landed(place) : fail<Landing>(Errno::NoSpace);
}

Io<Landing> FileSystem::make_symlink(std::string_view target, const Path& path, Time now) {
  const Walker walker(*this);
  const Place place = walker.walk(path, false);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (target.empty()) return fail<Landing>(Errno::NotFound);
  if (target.size() > kLongestPath) return fail<Landing>(Errno::NameTooLong);
  if (place.exists()) return fail<Landing>(Errno::Exists);
  Errno error = walker.may_change(place);
  if (error == Errno::Ok) error = walker.may_change_parent(place);
  if (error != Errno::Ok) return fail<Landing>(error);
  if (walker.rules_of(place).whole_objects) return fail<Landing>(Errno::NotPermitted);
  Entry entry = walker.made_at(place, *sim::make_symlink(target, now));
  const bool fits =
      Change(*this, place).put(std::make_shared<const Entry>(std::move(entry)), now, true);
  return fits ? landed(place) : fail<Landing>(Errno::NoSpace);
}

Io<Landing> FileSystem::remove(const Path& path) {
  const Walker walker(*this);
  const Place place = walker.walk(path, false);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  // The kernel asks whether it may write there before it looks the name up (do_unlinkat).
  const Errno read_only = walker.may_change(place);
  if (read_only != Errno::Ok && !place.is_mount_point) return fail<Landing>(read_only);
  if (!place.exists()) return fail<Landing>(Errno::NotFound);
  if (place.type() == FileType::Directory) return fail<Landing>(Errno::IsDirectory);
  const Errno error = walker.may_change_parent(place);
  if (error != Errno::Ok) return fail<Landing>(error);
  if (place.is_mount_point) return fail<Landing>(Errno::Busy);
  if (discards(place)) return fail<Landing>(Errno::Busy);
  const VolumeRules& rules = walker.rules_of(place);
  if (rules.whole_objects && !rules.may_delete) return fail<Landing>(Errno::NotPermitted);
  Change(*this, place).erase();
  return landed(place);
}

Io<Landing> FileSystem::remove_directory(const Path& path) {
  if (path.empty()) return fail<Landing>(Errno::Busy);
  const Walker walker(*this);
  const Place place = walker.walk(path, false);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  const Errno read_only = walker.may_change(place);
  if (read_only != Errno::Ok && !place.is_mount_point) return fail<Landing>(read_only);
  if (!place.exists()) return fail<Landing>(Errno::NotFound);
  if (place.type() != FileType::Directory) return fail<Landing>(Errno::NotDirectory);
  Errno error = walker.may_change_parent(place);
  if (error != Errno::Ok) return fail<Landing>(error);
  if (place.is_mount_point) return fail<Landing>(Errno::Busy);
  const Io<std::vector<Str>> names = list(place.path);
  // Nobody needs leave to read a directory in order to find that it is empty.
  if (names.error == Errno::Ok && !names.value.empty()) return fail<Landing>(Errno::NotEmpty);
  if (names.error != Errno::Ok && !place.found.entry->children.empty()) {
    return fail<Landing>(Errno::NotEmpty);
  }
  Change(*this, place).erase();
  return landed(place);
}

Io<Landing> FileSystem::rename(const Path& from_path, const Path& to_path, Time now) {
  if (from_path.empty() || to_path.empty()) return fail<Landing>(Errno::Busy);
  const Walker walker(*this);
  const Place from = walker.walk(from_path, false);
  if (from.error != Errno::Ok) return fail<Landing>(from.error);
  const Place to = walker.walk(to_path, false);
  if (to.error != Errno::Ok) return fail<Landing>(to.error);
  if (!from.exists()) return fail<Landing>(Errno::NotFound);
  // A mount point is served by its own file system; the name to move is in the one above. Mount
  // tables hold paths, so a directory with a mount below it stays where it is as well.
  if (walker.holds_mount(from.path) || walker.holds_mount(to.path)) {
    return fail<Landing>(Errno::Busy);
  }
  if (from.mount != to.mount || discards(from) || discards(to)) {
    return fail<Landing>(Errno::CrossDevice);
  }
  Errno error = walker.may_change(from);
  if (error == Errno::Ok) error = walker.may_change_parent(from);
  if (error == Errno::Ok) error = walker.may_change_parent(to);
  if (error != Errno::Ok) return fail<Landing>(error);
  if (walker.rules_of(from).whole_objects) return fail<Landing>(Errno::NotImplemented);
  if (from.path == to.path) return landed(to);
  const bool directory = from.type() == FileType::Directory;
  if (is_within(to.path, from.path)) return fail<Landing>(Errno::Invalid);
  if (is_within(from.path, to.path)) return fail<Landing>(Errno::NotEmpty);
  if (to.exists()) {
    if (directory && to.type() != FileType::Directory) return fail<Landing>(Errno::NotDirectory);
    if (!directory && to.type() == FileType::Directory) return fail<Landing>(Errno::IsDirectory);
    if (directory) {
      const Io<std::vector<Str>> names = list(to.path);
      if (names.error != Errno::Ok || !names.value.empty()) return fail<Landing>(Errno::NotEmpty);
    }
  }
  EntryPtr entry = from.found.entry;
  if (from.mount < 0 && directory) {
    // overlayfs moves only directories of which no layer below knows (redirect_dir is off).
    Overlay below = root;
    below.writable = Tree();
    if (from.found.from == Overlay::From::Image ||
        (!entry->opaque && below.find(from.inner).entry != nullptr)) {
      return fail<Landing>(Errno::CrossDevice);
    }
  }
  if (from.mount < 0 && from.found.from == Overlay::From::Image &&
      entry->disk_bytes() > Change(*this, to).room()) {
    return fail<Landing>(Errno::NoSpace);
  }
  if (to.inner.size() + entry->below.height > Tree::kDeepest) {
    return fail<Landing>(Errno::NameTooLong);
  }
  Change change(*this, to);
  // Nothing may fail between the two halves: a whiteout and the parents of `to` need inodes too.
  const std::uint64_t inodes = entry->below.entries + to.inner.size() + 2;
  if (change.tree().usage().entries + inodes >= kMostEntries) return fail<Landing>(Errno::NoSpace);
  Change(*this, from).erase();
  Change(*this, from).touch_parent(now);
  change.put(entry, now, true);
  return landed(to);
}

Io<Landing> FileSystem::change_mode(const Path& path, std::uint16_t mode, Time now) {
  const Walker walker(*this);
  const Place place = walker.walk(path, true);
  if (place.error != Errno::Ok) return fail<Landing>(place.error);
  if (!place.exists()) return fail<Landing>(Errno::NotFound);
  const Errno error = walker.may_change(place);
  if (error != Errno::Ok) return fail<Landing>(error);
  const std::uint32_t actor = walker.actor_at(place).uid;
  if (actor != 0 && place.found.entry->uid != actor) return fail<Landing>(Errno::NotPermitted);
  if (walker.rules_of(place).whole_objects) return fail<Landing>(Errno::NotPermitted);
  if (discards(place)) return {};
  if (place.type() == FileType::Directory) {
    Change(*this, place).edit_directory([&](Entry& entry) { entry.mode = mode; });
    return landed(place);
  }
  Entry entry = *place.found.entry;
  entry.mode = mode;
  return put_file(*this, place, std::move(entry), now);
}

int FileSystem::mount_of(const Path& path) const { return Walker(*this).mount_of(path); }

FileSystem::Space FileSystem::space(const Path& path) const {
  const Walker walker(*this);
  const int index = walker.mount_of(real_path(path));
  Space space;
  if (index >= 0) {
    const VolumeView* volume = walker.volume_of(mounts[static_cast<std::size_t>(index)]);
    if (!volume) return space;
    const std::uint64_t shown = mounts[static_cast<std::size_t>(index)].shown_size;
    if (shown != 0) {
      space.total = shown;
      space.used = std::min(volume->tree.usage().bytes, shown);
      return space;
    }
    if (volume->capacity != 0 && volume->capacity != UINT64_MAX) {
      space.total = volume->capacity;
      space.used = std::min(volume->tree.usage().bytes, volume->capacity);
      return space;
    }
  }
  // Disk of the node: all of its containers, images and volumes share it.
  const bool known = disk_free != UINT64_MAX;
  space.total = disk_size != 0 ? disk_size : kUnknownDisk;
  const std::uint64_t own = root.writable.usage().bytes;
  if (known) {
    space.total = std::max(space.total, disk_free);
    space.used = space.total - disk_free;
  } else {
    space.used = std::min(own, space.total);
  }
  return space;
}

Path FileSystem::real_path(const Path& path) const { return Walker(*this).as_far_as_there(path); }

}  // namespace sim
