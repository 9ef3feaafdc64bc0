#include "sim/graph/see.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/programs/shell_pattern.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

constexpr std::size_t kMostColumns = 100;
constexpr std::size_t kMostPatternViewers = 2000;
constexpr std::int64_t kPatternWork = 1 << 20;

bool is_wanted(const World& world, const Viewer& viewer, const SeeQuestion& question) {
  const Pod& pod = *world.get<Pod>(viewer.pod);
  return (question.ns.empty() || pod.meta.ns == question.ns) &&
         (question.container.empty() || viewer.container == question.container);
}

void expand(const FileSystem& files, const std::vector<std::string>& parts, std::size_t at,
            const Path& path, std::int64_t& work, std::set<std::string>& found) {
  if (found.size() > kMostColumns || work <= 0) return;
  if (at == parts.size()) {
    if (files.stat(path, false)) found.insert(to_string(path));
    return;
  }
  if (!shell::has_pattern_letters(parts[at])) {
    Path next = path;
    next.emplace_back(parts[at]);
    expand(files, parts, at + 1, next, work, found);
    return;
  }
  const Io<std::vector<Str>> names = files.list(path);
  if (!names) return;
  for (const Str& name : names.value) {
    const bool dot = name.view().front() == '.' && parts[at].front() != '.';
    if (dot || !shell::fits(parts[at], name, work)) continue;
    Path next = path;
    next.push_back(name);
    expand(files, parts, at + 1, next, work, found);
  }
}

std::vector<std::string> parts_of(const std::string& pattern) {
  std::vector<std::string> parts;
  for (const Str& part : parse_path(pattern)) parts.push_back(part.str());
  return parts;
}

/// When what a cell shows came to be so.
std::optional<Duration> since(const World& world, const MatrixRow& row, const Cell& cell) {
  const Time start = world.settings().start;
  const auto* instance = world.get<ContainerInstance>(row.instance);
  std::optional<Time> at;
  if (instance) at = instance->started_at ? instance->started_at : instance->created_at;
  if (is_seen(cell.status)) {
    for (const Happening& one : cell.why.history) {
      const bool made =
          one.what == Happening::What::Created || one.what == Happening::What::CopiedUp;
      // Before the container looked it saw nothing.
      if (made && (!at || one.time > *at)) at = one.time;
    }
  } else if (cell.why.when) {
    const Time moment = start + *cell.why.when;
    if (!at || moment > *at || cell.status == Status::Unreachable) at = moment;
  }
  if (!at) {
    const Ref pod = world.store().find(row.uid);
    if (pod) at = world.store().get(pod)->meta.creation_timestamp;
  }
  if (!at) return std::nullopt;
  return std::max(*at - start, Duration{});
}

}  // namespace

std::string_view to_string(Status status) { return words_of(status, "en"); }

std::string_view words_of(Status status, std::string_view language) {
  constexpr std::string_view english[] = {"present", "read-only", "stale",
                                          "absent",  "hidden",    "unreachable"};
  constexpr std::string_view korean[] = {"있음", "읽기 전용", "오래됨",
                                         "없음", "가려짐",    "닿지 않음"};
  const auto index = static_cast<std::size_t>(status);
  return language == "ko" ? korean[index] : english[index];
}

std::string_view mark_of(Status status) {
  constexpr std::string_view marks[] = {"✓", "✓", "◷", "✗", "▨", "–"};
  return marks[static_cast<std::size_t>(status)];
}

bool is_seen(Status status) { return status <= Status::ReadOnly; }

Status status_of(const Route* route) {
  if (!route) return Status::Unreachable;
  if (route->exists()) return route->read_only ? Status::ReadOnly : Status::Present;
  return route->under ? Status::Hidden : Status::Absent;
}

Status refined(Status status, const Why& why) {
  const bool behind = why.code == WhyCode::NotRefreshedYet || why.code == WhyCode::PinnedBySubPath;
  return behind || (why.stale && why.visible) ? Status::Stale : status;
}

std::size_t Matrix::seen(std::size_t column) const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const MatrixRow& row) { return row.cells[column].file >= 0; }));
}

int Matrix::files(std::size_t column) const {
  int count = 0;
  for (const MatrixRow& row : rows) count = std::max(count, row.cells[column].file + 1);
  return count;
}

std::vector<std::string> expand_pattern(const Sight& sight, const SeeQuestion& question,
                                        const std::string& pattern) {
  if (!shell::has_pattern_letters(pattern)) return {to_string(parse_path(pattern))};
  const World& world = sight.world();
  const std::vector<std::string> parts = parts_of(pattern);
  std::set<std::string> found;
  std::int64_t work = kPatternWork;
  std::size_t looked_at = 0;
  for (const Viewer& viewer : sight.viewers()) {
    if (viewer.instance == 0 || !is_wanted(world, viewer, question)) continue;
    if (++looked_at > kMostPatternViewers || found.size() > kMostColumns) break;
    expand(file_system_of(world, viewer.instance), parts, 0, {}, work, found);
  }
  if (found.size() > kMostColumns) {
    throw InputError(fmt::format("\"{}\" means more than {} files", pattern, kMostColumns));
  }
  return {found.begin(), found.end()};
}

Matrix see(Sight& sight, const SeeQuestion& question, const Chronicle* chronicle) {
  const World& world = sight.world();
  Matrix matrix;
  matrix.at = world.elapsed();
  for (const std::string& pattern : question.paths) {
    for (std::string& path : expand_pattern(sight, question, pattern)) {
      if (std::find(matrix.paths.begin(), matrix.paths.end(), path) == matrix.paths.end()) {
        matrix.paths.push_back(std::move(path));
      }
    }
  }
  const std::vector<Viewer>& all = sight.viewers();
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_wanted(world, all[i], question)) wanted.push_back(i);
  }
  std::stable_sort(wanted.begin(), wanted.end(), [&](std::size_t a, std::size_t b) {
    if (all[a].pod == all[b].pod) return false;
    const ObjectMeta& one = world.get<Pod>(all[a].pod)->meta;
    const ObjectMeta& other = world.get<Pod>(all[b].pod)->meta;
    return std::tie(one.ns, one.name) < std::tie(other.ns, other.name);
  });
  std::vector<int> row_of(all.size(), -1);
  for (const std::size_t i : wanted) {
    const Pod& pod = *world.get<Pod>(all[i].pod);
    row_of[i] = static_cast<int>(matrix.rows.size());
    matrix.rows.push_back({pod.meta.uid, pod.meta.ns, pod.meta.name, all[i].container,
                           pod.node_name, all[i].instance, std::vector<Cell>(matrix.paths.size())});
  }
  matrix.detailed = chronicle && matrix.rows.size() * matrix.paths.size() <= kMostDetailed;
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) {
    const Path path = parse_path(matrix.paths[column]);
    const std::vector<const Route*> routes = sight.routes(path);
    const Visibility graph(world, all, routes, path, true);
    std::map<Place, int> files;
    for (const auto& [key, other] : graph.elsewhere()) {
      const int row = row_of[key.first];
      if (row >= 0) matrix.rows[static_cast<std::size_t>(row)].cells[column].elsewhere = other;
    }
    for (const std::size_t i : wanted) {
      MatrixRow& row = matrix.rows[static_cast<std::size_t>(row_of[i])];
      Cell& cell = row.cells[column];
      cell.status = status_of(routes[i]);
      if (routes[i] && routes[i]->exists()) {
        cell.file =
            files.try_emplace(routes[i]->place, static_cast<int>(files.size())).first->second;
      }
      if (!matrix.detailed) continue;
      cell.why = why(*chronicle, row.uid, row.container, matrix.paths[column]);
      cell.status = refined(cell.status, cell.why);
      cell.since = since(world, row, cell);
    }
  }
  return matrix;
}

Matrix see(const World& world, const SeeQuestion& question) {
  Sight sight;
  sight.follow(world);
  const Chronicle chronicle(world);
  return see(sight, question, &chronicle);
}

}  // namespace sim
