#include "sim/files/tree.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/hash.h"
#include "sim/base/input_error.h"

namespace sim {
namespace {

constexpr std::uint64_t kBlock = 4096;

std::uint64_t blocks(std::uint64_t bytes) { return (bytes + kBlock - 1) / kBlock * kBlock; }

/// What an entry adds to the usage of the directory that holds it.
Usage share_of(const Entry& entry) {
  Usage usage;
  usage.bytes = entry.disk_bytes();
  usage.entries = 1 + entry.below.entries;
  usage.held = entry.bytes.size() + entry.below.held;
  usage.height = 1 + entry.below.height;
  return usage;
}

void add(Usage& sum, const Usage& part) {
  sum.bytes += part.bytes;
  sum.entries += part.entries;
  sum.held += part.held;
  sum.height = std::max(sum.height, part.height);
}

Usage sum_of(const Entry& directory) {
  Usage sum;
  for (const auto& [name, entry] : directory.children) add(sum, share_of(*entry));
  return sum;
}

auto place_of(const Entry& directory, std::string_view name) {
  return std::lower_bound(directory.children.begin(), directory.children.end(), name,
                          [](const std::pair<Str, EntryPtr>& item, std::string_view n) {
                            return item.first.view() < n;
                          });
}

/// The entry with every usage below it counted. What Tree made is counted already; what was put
/// together by hand has children and a count of none.
EntryPtr counted(EntryPtr entry) {
  if (entry->children.empty() || entry->below.entries != 0) return entry;
  auto copy = std::make_shared<Entry>(*entry);
  for (auto& [name, child] : copy->children) child = counted(std::move(child));
  copy->below = sum_of(*copy);
  return copy;
}

/// The entry to change in place: our own when nobody shares it, else a copy put in its stead.
Entry& edit(EntryPtr& entry) {
  if (entry.use_count() != 1) entry = std::make_shared<const Entry>(*entry);
  return const_cast<Entry&>(*entry);
}

EntryPtr* edit_child(Entry& directory, std::string_view name) {
  const auto at = place_of(directory, name);
  if (at == directory.children.end() || at->first != name) return nullptr;
  return &directory.children[static_cast<std::size_t>(at - directory.children.begin())].second;
}

/// Counts a directory anew after one child went from `before` to `after` (either may be nothing).
void recount(Entry& directory, const Usage& before, const Usage& after) {
  Usage& below = directory.below;
  below.bytes += after.bytes - before.bytes;
  below.entries += after.entries - before.entries;
  below.held += after.held - before.held;
  if (after.height >= below.height) {
    below.height = after.height;
  } else if (before.height == below.height) {
    below.height = sum_of(directory).height;
  }
}

void put_below(Entry& directory, const Path& path, std::size_t depth, EntryPtr entry) {
  const Str& name = path[depth];
  EntryPtr* slot = edit_child(directory, name);
  Usage before;
  if (slot) {
    before = share_of(**slot);
  } else {
    const auto at = place_of(directory, name) - directory.children.begin();
    directory.children.insert(directory.children.begin() + at, {name, nullptr});
    slot = &directory.children[static_cast<std::size_t>(at)].second;
  }
  if (depth + 1 == path.size()) {
    *slot = std::move(entry);
  } else {
    if (!*slot || (*slot)->type != FileType::Directory) *slot = make_directory(entry->modified);
    put_below(edit(*slot), path, depth + 1, std::move(entry));
  }
  recount(directory, before, share_of(**slot));
}

void erase_below(Entry& directory, const Path& path, std::size_t depth) {
  EntryPtr* slot = edit_child(directory, path[depth]);
  const Usage before = share_of(**slot);
  Usage after;
  if (depth + 1 == path.size()) {
    directory.children.erase(place_of(directory, path[depth]));
  } else {
    erase_below(edit(*slot), path, depth + 1);
    after = share_of(**slot);
  }
  recount(directory, before, after);
}

bool same_entry(const Entry& a, const Entry& b) {
  if (a.type != b.type || a.mode != b.mode || a.uid != b.uid || a.gid != b.gid ||
      a.modified != b.modified || a.bytes != b.bytes || a.size != b.size || a.target != b.target ||
      a.opaque != b.opaque || a.children.size() != b.children.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (a.children[i].first != b.children[i].first) return false;
    if (a.children[i].second == b.children[i].second) continue;
    if (!same_entry(*a.children[i].second, *b.children[i].second)) return false;
  }
  return true;
}

void hash_entry(Fingerprint& print, const Entry& entry) {
  print.add(static_cast<std::uint64_t>(entry.type));
  print.add(static_cast<std::uint64_t>(entry.mode));
  print.add(static_cast<std::uint64_t>(entry.uid));
  print.add(static_cast<std::uint64_t>(entry.gid));
  print.add(static_cast<std::uint64_t>(entry.modified.ns));
  print.add(entry.bytes.view());
  print.add(entry.size);
  print.add(entry.target.view());
  print.add(static_cast<std::uint64_t>(entry.opaque));
  print.add(static_cast<std::uint64_t>(entry.children.size()));
  for (const auto& [name, child] : entry.children) {
    print.add(name.view());
    hash_entry(print, *child);
  }
}

}  // namespace

Path parse_path(std::string_view text, const Path& cwd) {
  Path path;
  if (text.empty() || text.front() != '/') path = cwd;
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const std::string_view part = text.substr(0, slash);
    text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      path.emplace_back(part);
    } else if (!path.empty()) {
      path.pop_back();
    }
  }
  return path;
}

std::string to_string(const Path& path) {
  if (path.empty()) return "/";
  std::string text;
  for (const Str& part : path) {
    text += '/';
    text += part.view();
  }
  return text;
}

bool is_within(const Path& path, const Path& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

const EntryPtr* Entry::child(std::string_view name) const {
  const auto at = place_of(*this, name);
  return at != children.end() && at->first == name ? &at->second : nullptr;
}

std::uint64_t Entry::disk_bytes() const {
  return type == FileType::File ? blocks(length()) : below.bytes;
}

Tree::Tree() {
  static const EntryPtr empty = make_directory(Time{});
  root_ = empty;
}

Tree::Tree(EntryPtr root) : root_(counted(std::move(root))) {}

const EntryPtr& LateTree::root() const {
  std::call_once(once_, [this] { root_ = counted(make()); });
  return root_;
}

/// What is to be changed is our own.
EntryPtr& Tree::edit_root() {
  if (late_) {
    root_ = late_->root();
    late_.reset();
  }
  return root_;
}

EntryPtr Tree::find(const Path& path) const {
  const EntryPtr* entry = &root();
  for (const Str& name : path) {
    if ((*entry)->type != FileType::Directory) return nullptr;
    entry = (*entry)->child(name);
    if (!entry) return nullptr;
  }
  return *entry;
}

void Tree::put(const Path& path, EntryPtr entry) {
  SIM_CHECK(entry != nullptr);
  entry = counted(std::move(entry));
  EntryPtr& root = edit_root();
  if (path.empty()) {
    root = std::move(entry);
    return;
  }
  if (path.size() > kDeepest) throw InputError("a path has too many parts");
  if (root->type != FileType::Directory) root = make_directory(entry->modified);
  put_below(edit(root), path, 0, std::move(entry));
}

bool Tree::erase(const Path& path) {
  if (!find(path)) return false;
  EntryPtr& root = edit_root();
  if (path.empty()) {
    root = Tree().root_;
  } else {
    erase_below(edit(root), path, 0);
  }
  return true;
}

std::uint64_t Tree::hash() const {
  Fingerprint print;
  hash_entry(print, *root());
  return print.value;
}

bool Tree::same(const Tree& other) const { return same_entry(*root(), *other.root()); }

EntryPtr make_file(Str bytes, Time modified, std::uint16_t mode) {
  Entry entry;
  entry.mode = mode;
  entry.modified = modified;
  entry.size = bytes.size();
  entry.bytes = std::move(bytes);
  return std::make_shared<const Entry>(std::move(entry));
}

EntryPtr make_sized_file(std::uint64_t size, Time modified, std::uint16_t mode) {
  Entry entry;
  entry.mode = mode;
  entry.modified = modified;
  entry.size = size;
  return std::make_shared<const Entry>(std::move(entry));
}

EntryPtr make_directory(Time modified, std::uint16_t mode) {
  Entry entry;
  entry.type = FileType::Directory;
  entry.mode = mode;
  entry.modified = modified;
  return std::make_shared<const Entry>(std::move(entry));
}

EntryPtr make_block_device(std::uint64_t size, Time modified) {
  Entry entry;
  entry.type = FileType::BlockDevice;
  entry.mode = 0660;
  entry.gid = 6;  // disk
  entry.modified = modified;
  entry.size = size;
  return std::make_shared<const Entry>(std::move(entry));
}

EntryPtr make_symlink(std::string_view target, Time modified) {
  Entry entry;
  entry.type = FileType::Symlink;
  entry.mode = 0777;
  entry.modified = modified;
  entry.target = target;
  return std::make_shared<const Entry>(std::move(entry));
}

EntryPtr make_whiteout() {
  static const EntryPtr whiteout = [] {
    Entry entry;
    entry.type = FileType::Whiteout;
    entry.mode = 0;
    return std::make_shared<const Entry>(std::move(entry));
  }();
  return whiteout;
}

}  // namespace sim
