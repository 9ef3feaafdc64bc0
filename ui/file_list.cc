#include "ui/file_list.h"

#include <algorithm>
#include <map>
#include <set>

#include "sim/model/pod_spec.h"
#include "sim/programs/shell_pattern.h"

namespace ui {

using namespace sim;

namespace {

constexpr std::size_t kMostPlaces = 200;
constexpr std::int64_t kPatternWork = 1 << 20;
constexpr std::size_t kMostViewers = 5'000;  // whose files are looked through

/// A tree and where it stands in some containers.
struct Root {
  EntryPtr entry;
  Path at;
};

/// Every tree that any running container has: the layers of an image once for all its containers.
std::vector<Root> roots_of(FileSight& sight) {
  const World& world = sight.world();
  std::set<std::pair<const Entry*, Path>> known;
  std::vector<Root> roots;
  const auto add = [&](const EntryPtr& entry, const Path& at) {
    if (entry && known.emplace(entry.get(), at).second) roots.push_back({entry, at});
  };
  std::set<std::string_view> images;
  std::size_t looked_at = 0;
  for (const Viewer& viewer : sight.viewers()) {
    const auto* instance = world.get<ContainerInstance>(viewer.instance);
    if (!instance) continue;
    if (++looked_at > kMostViewers) break;
    if (images.insert(instance->image.view()).second) {
      const Image* image = world.settings().images.find(instance->image);
      if (image && image->layers) {
        for (const Tree& layer : *image->layers) add(layer.root(), {});
      }
    }
    if (!instance->writable.root()->children.empty()) add(instance->writable.root(), {});
    for (const InstanceMount& mount : instance->mounts) {
      if (mount.disk != 0) {
        const Disk* disk = world.get<Disk>(mount.disk);
        if (disk) add(disk->tree.find(mount.sub_path), mount.at);
      } else if (const Machine* machine = world.get<Machine>(instance->machine)) {
        add(machine->host_files.find(mount.sub_path), mount.at);
      }
    }
  }
  return roots;
}

class Gatherer {
 public:
  /// True when there is no room for more.
  bool full() const { return found_.size() > FileList::kMostRows; }
  void add(const Path& path, bool directory) {
    if (!full() && !path.empty()) found_.emplace(to_string(path), directory);
  }
  /// What is at or below `from`, seen from a root; `deep`: all of it.
  void walk(const Entry& entry, const Path& path, const Path& from, bool deep) {
    for (const auto& [name, child] : entry.children) {
      if (full()) return;
      Path at = path;
      at.push_back(name);
      const bool inside = is_within(at, from);
      if (!inside && !is_within(from, at)) continue;
      const bool directory = child->type == FileType::Directory;
      if (inside && at != from) add(at, directory);
      // One level inside, unless all is asked for.
      if (directory && (!inside || at == from || deep)) walk(*child, at, from, deep);
    }
  }
  void take(const std::vector<Root>& roots, const Path& from, bool deep) {
    for (const Root& root : roots) {
      if (is_within(root.at, from)) {
        // The mount point itself, or the directory on the way to it.
        if (root.at.size() > from.size()) {
          const std::size_t depth = deep ? root.at.size() : from.size() + 1;
          add({root.at.begin(), root.at.begin() + static_cast<std::ptrdiff_t>(depth)}, true);
          if (!deep) continue;
        }
      } else if (!is_within(from, root.at)) {
        continue;
      }
      if (root.entry->type == FileType::Directory) {
        walk(*root.entry, root.at, from, deep);
      } else if (is_within(root.at, from)) {
        add(root.at, false);
      }
    }
  }
  std::vector<FileRow> rows() const {
    std::vector<FileRow> rows;
    for (const auto& [path, directory] : found_) rows.push_back({path, directory});
    return rows;
  }

 private:
  std::map<std::string, bool> found_;
};

bool fits(const FileRow& row, const std::string& filter) {
  if (filter.empty()) return true;
  if (!shell::has_pattern_letters(filter)) return row.path.find(filter) != std::string::npos;
  std::int64_t work = kPatternWork;
  return shell::fits(filter, row.path.substr(row.path.rfind('/') + 1), work);
}

/// "/a/b/c" stands behind "/a/b" and before "/a/b.d".
void arrange(std::vector<FileRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const FileRow& a, const FileRow& b) {
    return std::lexicographical_compare(
        a.path.begin(), a.path.end(), b.path.begin(), b.path.end(), [](char x, char y) {
          const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
          return rank(x) < rank(y);
        });
  });
  std::vector<const std::string*> above;  // the directories that the row is in
  for (FileRow& row : rows) {
    while (!above.empty() && row.path.compare(0, above.back()->size() + 1, *above.back() + "/")) {
      above.pop_back();
    }
    row.depth = static_cast<int>(above.size());
    if (row.directory) above.push_back(&row.path);
  }
}

std::vector<FileRow> match(FileSight& sight, const std::string& pattern, bool* cut) {
  // The part before the first pattern is a directory; what is below it is held against the rest.
  const Path parts = parse_path(pattern);
  Path from;
  for (const Str& part : parts) {
    if (shell::has_pattern_letters(part.str())) break;
    from.push_back(part);
  }
  Gatherer gatherer;
  gatherer.take(roots_of(sight), from, true);
  *cut = gatherer.full();
  std::vector<FileRow> rows;
  for (const FileRow& row : gatherer.rows()) {
    const Path path = parse_path(row.path);
    if (path.size() != parts.size()) continue;
    bool all = true;
    for (std::size_t i = from.size(); i < parts.size() && all; ++i) {
      std::int64_t work = kPatternWork;
      all = shell::fits(parts[i].str(), path[i].str(), work);
    }
    if (all) rows.push_back(row);
  }
  return rows;
}

}  // namespace

const std::vector<std::string>& FileList::places(FileSight& sight) {
  if (places_version_ == sight.version()) return places_;
  places_version_ = sight.version();
  const World& world = sight.world();
  std::set<std::string> found;
  const auto add = [&](const Path& path) {
    if (!path.empty() && found.size() < kMostPlaces) found.insert(to_string(path));
  };
  std::set<std::string_view> images;
  std::size_t looked_at = 0;
  for (const Viewer& viewer : sight.viewers()) {
    const auto* instance = world.get<ContainerInstance>(viewer.instance);
    if (!instance) continue;
    if (++looked_at > kMostViewers) break;
    for (const InstanceMount& mount : instance->mounts) {
      if (to_string(mount.at) != kApiAccessMountPath) add(mount.at);
    }
    if (!images.insert(instance->image.view()).second) continue;
    const Image* image = world.settings().images.find(instance->image);
    if (!image) continue;
    add(parse_path(image->process.http_root));
    add(parse_path(image->working_dir));
  }
  if (sight.reasons_are_cheap()) {
    for (const std::string& path : sight.written()) {
      Path parent = parse_path(path);
      if (!parent.empty()) parent.pop_back();
      add(parent);
    }
  }
  places_.assign(found.begin(), found.end());
  return places_;
}

const std::vector<FileRow>& FileList::rows(FileSight& sight, const FileQuestion& question) {
  if (question_ == question && version_ == sight.version()) return rows_;
  question_ = question;
  version_ = sight.version();
  cut_ = false;
  if (shell::has_pattern_letters(question.where)) {
    rows_ = match(sight, question.where, &cut_);
  } else {
    Gatherer gatherer;
    const std::vector<Root> roots = roots_of(sight);
    const Path from = parse_path(question.where);
    if (!question.where.empty()) {
      gatherer.take(roots, from, question.deep);
    } else {
      for (const std::string& place : places(sight)) {
        gatherer.add(parse_path(place), true);
        gatherer.take(roots, parse_path(place), true);
      }
    }
    if (sight.reasons_are_cheap()) {
      for (const std::string& text : sight.written()) {
        const Path path = parse_path(text);
        const bool inside =
            question.where.empty() ||
            (is_within(path, from) &&
             (question.deep ? path.size() > from.size() : path.size() == from.size() + 1));
        if (inside) gatherer.add(path, false);
      }
    }
    cut_ = gatherer.full();
    rows_ = gatherer.rows();
  }
  rows_.erase(std::remove_if(rows_.begin(), rows_.end(),
                             [&](const FileRow& row) { return !fits(row, question.filter); }),
              rows_.end());
  if (rows_.size() > kMostRows) rows_.resize(kMostRows);
  arrange(rows_);
  return rows_;
}

}  // namespace ui
