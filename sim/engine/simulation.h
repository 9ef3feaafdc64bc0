// The simulation: a world and the loop that moves it. step() takes the next task due, lets its
// controller decide, applies the plan and wakes whoever watches what changed. Nothing else makes
// time pass.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "sim/world/fault.h"
#include "sim/world/world.h"

namespace sim {

class Simulation {
 public:
  explicit Simulation(World world) : world_(std::move(world)) {}

  const World& world() const { return world_; }

  /// Notes a command or a fault; plans carried out with the returned revision as cause follow from
  /// it.
  std::uint64_t command(std::string_view by, std::string_view text);
  /// Applies a plan and wakes whoever watches what it changed.
  void carry_out(Plan plan, const Cause& cause);

  /// Takes one task due at or before `limit`; false when there is none.
  bool step(Time limit);
  /// Runs everything due up to and at `time`; the clock then stands there.
  void run_until(Time time);
  /// Runs until any row changes or `limit` is reached; true when something changed.
  bool run_until_change(Time limit);
  /// Runs until nothing but routine is pending, or `limit`; true when settled.
  bool run_until_settled(Time limit);

  /// Called with the world whenever its clock is about to leave an instant, and where it goes to:
  /// between two calls nothing can be seen. Empty: nobody watches.
  using Watch = std::function<void(const World& world, Time next)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

  /// Judges what planned faults wait for and no object tells (PlannedFault::question). Asked when
  /// the clock is about to leave an instant in which something has changed. Empty: they wait on.
  using Judge = std::function<bool(const World& world, const PlannedFault& planned)>;
  void judge(Judge judge) { judge_ = std::move(judge); }

 private:
  void leave_instant(Time next);
  void ask_judge();

  World world_;
  Watch watch_;
  Judge judge_;
  std::uint64_t judged_ = 0;  // the last revision that was judged
};

/// What the actor of a task wants: the dispatch from Actor to controller, also for "what would it
/// do next?".
Plan decide(const World& world, const Task& task);

}  // namespace sim
