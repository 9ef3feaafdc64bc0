#include "ui/world_changes.h"

#include <algorithm>

namespace ui {
namespace {

using sim::Change;
using sim::Journal;

/// Beyond this, looking at all rows is cheaper than at all changes.
constexpr std::uint64_t kMostChanges = 200'000;

/// Whether both journals hold the same changes up to this revision, which both have. Every change
/// of a row has an object of its own, which lives as long as a journal has it: the same object
/// means the same past. Commands have none, so the nearest change of a row before decides.
bool is_same_past(const Journal& a, const Journal& b, std::uint64_t revision) {
  const std::uint64_t first = std::max(a.first(), b.first());
  for (; revision >= first && revision > 0; --revision) {
    const Change& one = a.at(revision);
    const Change& other = b.at(revision);
    if (one.ref != other.ref || one.time != other.time || one.cause != other.cause ||
        one.why != other.why) {
      return false;
    }
    if (one.after || one.before) return one.after == other.after && one.before == other.before;
  }
  return first <= 1;
}

}  // namespace

std::optional<std::vector<sim::Ref>> changed_rows(const sim::World& before, const sim::World& now) {
  const std::uint64_t from = before.revision();
  const std::uint64_t to = now.revision();
  if (from > to || to - from > kMostChanges || &before.settings() != &now.settings()) {
    return std::nullopt;
  }
  if (from > 0 && (now.journal().first() > from || before.journal().first() > from)) {
    return std::nullopt;
  }
  if (from > 0 && !is_same_past(before.journal(), now.journal(), from)) return std::nullopt;
  std::vector<sim::Ref> rows;
  for (std::uint64_t revision = from + 1; revision <= to; ++revision) {
    const sim::Ref ref = now.journal().at(revision).ref;
    if (ref.id != 0) rows.push_back(ref);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace ui
