// How much work there is. Programs of the model use next to no processor time and memory of their
// own; what a workload has to do, and what its pods therefore use, is a number that somebody sets:
// constant, or a line from one moment to the next. It is shared by the pods that are ready, or each
// pod has as much.
//
// What is used is never stored: it follows from the load, the pods and the clock. metrics.h says
// what the cluster is told of it, and when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/controller_types.h"
#include "sim/world/world.h"

namespace sim {

/// Amounts as they are used or asked for.
struct Amounts {
  std::int64_t milli_cpu = 0;
  std::int64_t memory = 0;
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

/// From `at` on so much is to be done. With `ramp`, it has grown or shrunk in a straight line from
/// what it was at the point before.
struct LoadPoint {
  Time at{};
  Amounts amount;
  bool ramp = false;
  friend bool operator==(const LoadPoint&, const LoadPoint&) = default;
};

/// The load on one workload or pod: meta.name is "Deployment/web", meta.ns its namespace.
struct Load : Object {
  static constexpr Kind kKind = Kind::Load;
  Load() : Object(kKind) {}
  Str container;                  // whose; empty: of each pod the first
  bool per_pod = false;           // each pod has it all
  std::vector<LoadPoint> points;  // in order of time; before the first: nothing
};
std::string to_text(const Load& load);

/// What there is to do at a moment, and on average from one to another.
Amounts amount_at(const Load& load, Time time);
Amounts average_amount(const Load& load, Time from, Time to);
/// When it changes next after a moment, or goes on changing; none when it stays as it is.
std::optional<Time> changes_after(const Load& load, Time time);

/// The load that a pod takes part in: its own, or that of whoever keeps it; null: none.
const Load* load_of(const World& world, const Pod& pod);
/// The pods that a load is on, in order of creation.
std::vector<Id> pods_under(const World& world, const Load& load);

/// What somebody wants a load to be from now on, as it is typed after its target:
/// "cpu=200m at 5m over 10m cpu=1500m memory=1Gi". Nothing, and what is wrong, when it is none.
std::optional<Load> parse_load(const std::vector<std::string>& words, std::string_view ns, Time now,
                               std::string* wrong);
/// Puts it in place of what was; one without points ends the load.
void set_load(const World& world, Plan& plan, Load load);

/// What the autoscaler of pods remembers of one HorizontalPodAutoscaler, whose id is the name: what
/// it has recommended, each value from its moment on (-1: nothing), and how it has scaled.
struct ScalingMemory : Object {
  static constexpr Kind kKind = Kind::ScalingMemory;
  ScalingMemory() : Object(kKind) {}
  struct Entry {
    Time at{};
    std::int32_t replicas = 0;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> recommendations;
  std::vector<Entry> ups, downs;  // by how many, each time
};
std::string to_text(const ScalingMemory& memory);

}  // namespace sim
