// What the timeline shows, as data: changes in lanes, gathered so that as many fit as there is room
// for, and the chain of causes of one of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/world/world.h"
#include "ui/language.h"

namespace ui {

enum class Lane { Commands, Faults, Objects, Nodes, Storage };
inline constexpr int kLaneCount = 5;
const char* name_of(Lane lane, Language language);
/// The lane of a change; routine (leases, events) has none.
bool lane_of(const sim::Change& change, Lane* lane);

/// Changes of one lane that lie so near to each other that they share a mark.
struct Tick {
  sim::Time time{};         // of the first
  std::uint64_t first = 0;  // revisions
  std::uint64_t last = 0;
  std::size_t count = 0;
};

struct Timeline {
  sim::Time begin{};
  sim::Time end{};
  std::array<std::vector<Tick>, kLaneCount> lanes;
};

/// At most `columns` ticks in each lane.
Timeline timeline_of(const sim::World& head, std::size_t columns);

/// One line about a change: who, what, to which object, why.
std::string describe(const sim::World& world, const sim::Change& change, Language language);
/// The change and what led to it, back to a command: at most `most`.
std::vector<std::uint64_t> chain_of(const sim::World& world, std::uint64_t revision,
                                    std::size_t most);
/// The next (+1) or previous (-1) revision that has a lane; 0: there is none.
std::uint64_t neighbour(const sim::World& world, std::uint64_t revision, int direction);

/// Objects of the API that only one of two worlds has, or whose spec differs, a line each: "+ Pod
/// shop/web-2"; at most so many, and then how many more.
std::vector<std::string> object_differences(const sim::World& before, const sim::World& after,
                                            std::size_t most, Language language);

}  // namespace ui
