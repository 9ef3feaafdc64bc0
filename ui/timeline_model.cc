#include "ui/timeline_model.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/meta.h"

namespace ui {

const char* name_of(Lane lane, Language language) {
  switch (lane) {
    case Lane::Commands:
      return pick(language, "commands", "명령");
    case Lane::Faults:
      return pick(language, "faults", "장애");
    case Lane::Objects:
      return pick(language, "objects", "객체");
    case Lane::Nodes:
      return pick(language, "nodes", "노드");
    case Lane::Storage:
      return pick(language, "storage", "스토리지");
  }
  return "";
}

namespace {

bool lane_of(sim::Kind kind, Lane* lane) {
  using sim::Kind;
  switch (kind) {
    case Kind::Lease:
    case Kind::Event:
    case Kind::EndpointSlice:
    case Kind::Endpoints:
    case Kind::ScalingMemory:
    case Kind::ClusterAutoscaler:
      return false;
    case Kind::Node:
    case Kind::Machine:
    case Kind::NodeGroup:
    case Kind::CSINode:
    case Kind::PodSandbox:
    case Kind::ContainerInstance:
      *lane = Lane::Nodes;
      return true;
    case Kind::Outage:
    case Kind::PlannedFault:
      *lane = Lane::Faults;
      return true;
    case Kind::PersistentVolume:
    case Kind::PersistentVolumeClaim:
    case Kind::StorageClass:
    case Kind::VolumeAttachment:
    case Kind::CSIDriver:
    case Kind::Disk:
      *lane = Lane::Storage;
      return true;
    default:
      *lane = Lane::Objects;
      return true;
  }
}

}  // namespace

bool lane_of(const sim::Change& change, Lane* lane) {
  if (change.ref) return lane_of(change.ref.kind, lane);
  const bool fault = change.by == "fault" || change.why.view().substr(0, 4) == "sim ";
  *lane = fault ? Lane::Faults : Lane::Commands;
  return true;
}

Timeline timeline_of(const sim::World& head, std::size_t columns) {
  Timeline timeline;
  timeline.begin = head.settings().start;
  timeline.end = std::max(head.now(), timeline.begin + sim::seconds(1));
  const double span = static_cast<double>((timeline.end - timeline.begin).ns);
  std::array<std::size_t, kLaneCount> column{};
  const sim::Journal& journal = head.journal();
  for (std::uint64_t r = std::max<std::uint64_t>(journal.first(), 1); r <= journal.last(); ++r) {
    const sim::Change& change = journal.at(r);
    Lane lane{};
    if (!lane_of(change, &lane)) continue;
    const auto index = static_cast<std::size_t>(lane);
    const double share = static_cast<double>((change.time - timeline.begin).ns) / span;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(columns));
    std::vector<Tick>& ticks = timeline.lanes[index];
    if (ticks.empty() || at != column[index]) {
      ticks.push_back({change.time, r, r, 1});
      column[index] = at;
    } else {
      ticks.back().last = r;
      ++ticks.back().count;
    }
  }
  return timeline;
}

std::string describe(const sim::World& world, const sim::Change& change, Language language) {
  const std::string clock = sim::to_clock(change.time - world.settings().start);
  if (!change.ref) return fmt::format("{}  {} $ {}", clock, change.by, change.why);
  const sim::ObjectPtr& object = change.after ? change.after : change.before;
  const char* what = !change.before  ? pick(language, "added", "추가")
                     : !change.after ? pick(language, "deleted", "삭제")
                                     : pick(language, "changed", "변경");
  const sim::Str& name = object->meta.name;
  return fmt::format("{}  {}: {}{}{} {}{}{}", clock, change.by, sim::info(change.ref.kind).name,
                     name.empty() ? "" : " ", name, what, change.why.empty() ? "" : ": ",
                     change.why);
}

std::vector<std::uint64_t> chain_of(const sim::World& world, std::uint64_t revision,
                                    std::size_t most) {
  std::vector<std::uint64_t> chain;
  const sim::Journal& journal = world.journal();
  while (revision >= journal.first() && revision > 0 && revision <= journal.last() &&
         chain.size() < most) {
    chain.push_back(revision);
    const std::uint64_t cause = journal.at(revision).cause;
    if (cause >= revision) break;
    revision = cause;
  }
  return chain;
}

std::uint64_t neighbour(const sim::World& world, std::uint64_t revision, int direction) {
  const sim::Journal& journal = world.journal();
  Lane lane{};
  for (std::uint64_t r = direction > 0 ? revision + 1 : revision - 1;
       r >= journal.first() && r <= journal.last() && r > 0; r = direction > 0 ? r + 1 : r - 1) {
    if (lane_of(journal.at(r), &lane)) return r;
  }
  return 0;
}

std::vector<std::string> object_differences(const sim::World& before, const sim::World& after,
                                            std::size_t most, Language language) {
  constexpr std::size_t kMostRows = 20'000;  // of a kind: more would be felt
  std::vector<std::string> lines;
  std::size_t left_out = 0;
  const auto add = [&](const char* sign, const sim::Object& row) {
    if (lines.size() == most) {
      ++left_out;
      return;
    }
    lines.push_back(fmt::format("{} {} {}{}{}", sign, sim::info(row.kind).name, row.meta.ns,
                                row.meta.ns.empty() ? "" : "/", row.meta.name));
  };
  for (int i = 0; i < sim::kApiKindCount; ++i) {
    const auto kind = static_cast<sim::Kind>(i);
    Lane lane{};
    if (!lane_of(kind, &lane)) continue;
    if (before.store().count(kind) > kMostRows || after.store().count(kind) > kMostRows) continue;
    for (const auto& [id, row] : before.store().table(kind)) {
      const sim::Id other = after.store().find(kind, row.meta.ns, row.meta.name);
      if (other == 0) {
        add("−", row);
      } else if (after.store().get({kind, other})->meta.generation != row.meta.generation) {
        add("~", row);
      }
    }
    for (const auto& [id, row] : after.store().table(kind)) {
      if (before.store().find(kind, row.meta.ns, row.meta.name) == 0) add("+", row);
    }
  }
  if (left_out > 0) {
    lines.push_back(
        fmt::format(fmt::runtime(pick(language, "… and {} more", "… 외 {}개")), left_out));
  }
  return lines;
}

}  // namespace ui
