#include "sim/graph/difference.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "sim/base/format.h"
#include "sim/graph/sentences.h"

namespace sim {
namespace {

using Key = std::tuple<Str, Str, Str>;

std::map<Key, const Cell*> cells_of(const Matrix& matrix, const std::string& path) {
  std::map<Key, const Cell*> cells;
  const auto at = std::find(matrix.paths.begin(), matrix.paths.end(), path);
  if (at == matrix.paths.end()) return cells;
  const auto column = static_cast<std::size_t>(at - matrix.paths.begin());
  for (const MatrixRow& row : matrix.rows) {
    cells[{row.ns, row.pod, row.container}] = &row.cells[column];
  }
  return cells;
}

std::size_t seen(const std::map<Key, const Cell*>& cells) {
  return static_cast<std::size_t>(std::count_if(
      cells.begin(), cells.end(), [](const auto& item) { return item.second->file >= 0; }));
}

bool is_same(const Cell& a, const Cell& b) {
  return a.status == b.status && a.why.code == b.why.code && a.elsewhere == b.elsewhere;
}

/// Calls `found` with each file that the second tree has anew or otherwise than the first.
void walk(const EntryPtr& before, const EntryPtr& after, const Path& path, int depth,
          const std::function<void(const Path&)>& found) {
  if (before == after || !after || depth > 64) return;
  if (after->type != FileType::Directory) {
    if (after->type != FileType::Whiteout && !path.empty()) found(path);
    return;
  }
  const bool both = before && before->type == FileType::Directory;
  for (const auto& [name, child] : after->children) {
    const EntryPtr* old = both ? before->child(name) : nullptr;
    Path next = path;
    next.push_back(name);
    walk(old ? *old : nullptr, child, next, depth + 1, found);
  }
}

/// Where containers mount a row's files, by any instance that the journal knows.
std::set<std::pair<Path, Path>> mounts_of(const Chronicle& chronicle, Ref row) {
  std::set<std::pair<Path, Path>> mounts;
  const Journal& journal = chronicle.world().journal();
  for (std::uint64_t r = journal.first(); r <= journal.last() && r > 0; ++r) {
    const auto* instance = as<ContainerInstance>(journal.at(r).after);
    if (!instance) continue;
    for (const InstanceMount& mount : instance->mounts) {
      const Ref of =
          mount.disk == 0 ? Ref{Kind::Machine, instance->machine} : Ref{Kind::Disk, mount.disk};
      if (of == row) mounts.insert({mount.at, mount.sub_path});
    }
  }
  return mounts;
}

std::string cell_words(const std::optional<Cell>& cell, std::string_view language) {
  const bool ko = language == "ko";
  if (!cell) return ko ? "컨테이너 없음" : "not there";
  return fmt::format("{} {}", mark_of(cell->status), words_of(cell->status, language));
}

}  // namespace

bool FileDifference::any() const {
  return std::any_of(rows.begin(), rows.end(),
                     [](const RowDifference& row) { return row.differs; });
}

std::vector<FileDifference> differences(const Matrix& before, const Matrix& after, Rows rows) {
  std::vector<std::string> paths = before.paths;
  for (const std::string& path : after.paths) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  std::vector<FileDifference> all;
  for (const std::string& path : paths) {
    const std::map<Key, const Cell*> old = cells_of(before, path);
    const std::map<Key, const Cell*> now = cells_of(after, path);
    FileDifference difference;
    difference.path = path;
    difference.all_before = old.size();
    difference.all_after = now.size();
    difference.seen_before = seen(old);
    difference.seen_after = seen(now);
    std::set<Key> keys;
    for (const auto& [key, cell] : old) keys.insert(key);
    for (const auto& [key, cell] : now) keys.insert(key);
    for (const Key& key : keys) {
      const auto one = old.find(key);
      const auto other = now.find(key);
      RowDifference row;
      row.differs =
          one == old.end() || other == now.end() || !is_same(*one->second, *other->second);
      if (!row.differs && rows == Rows::Differing) continue;
      std::tie(row.ns, row.pod, row.container) = key;
      if (one != old.end()) row.before = *one->second;
      if (other != now.end()) row.after = *other->second;
      difference.rows.push_back(std::move(row));
    }
    all.push_back(std::move(difference));
  }
  return all;
}

std::string to_text(const FileDifference& difference, std::string_view language) {
  const bool ko = language == "ko";
  std::string text =
      ko ? fmt::format("{}  컨테이너 {}개 중 {}개 → {}개 중 {}개에서 보임\n", difference.path,
                       difference.all_before, difference.seen_before, difference.all_after,
                       difference.seen_after)
         : fmt::format("{}  seen by {} of {} containers → {} of {}\n", difference.path,
                       difference.seen_before, difference.all_before, difference.seen_after,
                       difference.all_after);
  for (const RowDifference& row : difference.rows) {
    text += fmt::format("  {}/{} {}: {} → {}\n", row.ns, row.pod, row.container,
                        cell_words(row.before, language), cell_words(row.after, language));
    if (row.after && row.after->why.path == difference.path) {
      text += fmt::format("    {}\n", sentence(row.after->why, language));
    }
  }
  return text;
}

std::vector<std::string> written_paths(const Chronicle& chronicle, std::uint64_t from,
                                       std::size_t most) {
  std::vector<std::string> paths;
  const auto add = [&](const Path& path) {
    std::string text = to_string(path);
    if (paths.size() >= most || std::find(paths.begin(), paths.end(), text) != paths.end()) return;
    paths.push_back(std::move(text));
  };
  const Journal& journal = chronicle.world().journal();
  std::map<Ref, std::set<std::pair<Path, Path>>> mounts;
  for (std::uint64_t r = std::max(journal.first(), from); r <= journal.last() && r > 0; ++r) {
    if (paths.size() >= most) break;
    const Change& change = journal.at(r);
    if (!change.ref || !change.before || !change.after || is_api_kind(change.ref.kind)) continue;
    const Tree* before = tree_of(*change.before);
    const Tree* after = tree_of(*change.after);
    if (!before || before->root() == after->root()) continue;
    const auto* disk = as<Disk>(change.after);
    if (disk && disk->medium == Disk::Medium::Projection) continue;
    walk(before->root(), after->root(), {}, 0, [&](const Path& inner) {
      if (change.ref.kind == Kind::ContainerInstance) return add(inner);
      auto [at, is_new] = mounts.try_emplace(change.ref);
      if (is_new) at->second = mounts_of(chronicle, change.ref);
      for (const auto& [point, sub_path] : at->second) {
        if (!is_within(inner, sub_path)) continue;
        Path path = point;
        path.insert(path.end(), inner.begin() + static_cast<std::ptrdiff_t>(sub_path.size()),
                    inner.end());
        add(path);
      }
    });
  }
  return paths;
}

}  // namespace sim
