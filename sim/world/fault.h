// What may break, and how it is mended: one vocabulary for scenario steps (`"fault"`), for `sim` in
// the shell, for faults that are to come at a time or when a condition holds, and for random ones.
// A fault is carried out as a Plan like anything else that changes the world.
//
// Most of what faults change is in the Machine, the ContainerInstance or the Disk that they hit;
// what is down or slow beside these (the image registry, a storage driver, the API server) is an
// Outage row for as long as it lasts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/meta.h"
#include "sim/world/condition.h"
#include "sim/world/drivers.h"
#include "sim/world/plan.h"
#include "sim/world/timing.h"

namespace sim {

enum class FaultKind : std::uint8_t {
  ContainerKill,
  ContainerOom,
  ContainerHang,
  ContainerResume,
  PodDelete,
  NodeStop,
  NodeStart,
  NodeReboot,
  NodeShutdown,
  NodeDelete,
  NodeCut,
  NodeHeal,
  DiskFill,
  DiskFree,
  MemoryFill,
  MemoryFree,
  ZoneStop,
  ZoneStart,
  ZoneCut,
  ZoneHeal,
  RegistryDown,
  RegistryUp,
  DriverDown,
  DriverSlow,
  DriverUp,
  ApiSlow,
  ApiNormal,
  HealAll,
};

/// Whom a fault hits.
enum class FaultTarget : std::uint8_t { Pod, Node, Zone, Driver, Nothing };

struct FaultInfo {
  FaultKind kind;
  std::string_view name;   // in a scenario: "nodeDown"
  std::string_view words;  // after `sim`: "node stop"
  FaultTarget target;
  FaultKind undo;         // what ends it; its own kind: nothing does, or it ends by itself
  std::string_view does;  // one line for people
};
/// All of them, in the order of FaultKind.
std::span<const FaultInfo> fault_table();
const FaultInfo& info(FaultKind kind);
/// By its name in a scenario; nothing when there is none.
std::optional<FaultKind> fault_named(std::string_view name);

struct Fault {
  FaultKind kind{};
  Str target;       // a pod, node, zone or driver
  Str ns;           // of a pod
  Str container;    // of a pod; empty: its first
  Duration time{};  // of what is slow: how much; of a shutdown: how long it may take; 0: as usual
  std::int64_t percent = 0;  // of a disk or memory: how full; 0: as usual
};

/// As one types it after `sim`: "node stop node-a", "container kill web-1 -n shop -c app".
std::string to_text(const Fault& fault);
/// The reverse; `ns` is meant where no -n stands. Nothing, and what is wrong, when it is no fault.
std::optional<Fault> parse_fault(const std::vector<std::string>& words, std::string_view ns,
                                 std::string* wrong);

/// Carries a fault out.
struct Struck {
  std::string wrong;  // why nothing happened; empty: it did
  std::string said;   // what a person who did it is told; mostly nothing
};
Struck strike(const World& world, Plan& plan, const Fault& fault);

/// Takes the power from a machine now. Its disk keeps what is on it.
void power_off(const World& world, Plan& plan, Id machine, std::string_view why);
/// Ends a container as the kernel does when its memory is used up.
void kill_for_memory(const World& world, Plan& plan, Id instance, std::string_view why);

/// Something that is down, or slow by `delay`, as long as the row is there. meta.name: "registry",
/// "api", "driver/NAME".
struct Outage : Object {
  static constexpr Kind kKind = Kind::Outage;
  Outage() : Object(kKind) {}
  Duration delay{};  // 0: it is down
};
inline constexpr std::string_view kRegistryOutage = "registry";
inline constexpr std::string_view kApiOutage = "api";
std::string driver_outage(std::string_view driver);
/// What is wrong with a thing now; null: nothing.
const Outage* outage_of(const World& world, std::string_view name);
/// Whether a driver is installed and answers.
bool is_running(const World& world, const Driver& driver);
/// How long a driver takes now for what usually takes it so long.
Duration driver_takes(const World& world, const Driver& driver, Duration usual);
/// How long things take while the API server needs so much longer for each request.
Timing slowed_by(const Timing& usual, Duration delay);

/// A series of random faults; each ends by itself after a while, and all at `until`.
struct Chaos {
  std::uint64_t seed = 0;
  std::vector<FaultKind> kinds;  // drawn from these
  Time until{};
  Duration every = seconds(30);  // on average
  Duration lasts = minutes(1);   // on average
  std::uint64_t struck = 0;      // how many there were so far
};
/// What random faults are drawn from unless somebody says otherwise.
std::vector<FaultKind> usual_chaos();

/// A fault that is to come: at a time, or when a condition holds. Carried out it is gone.
struct PlannedFault : Object {
  static constexpr Kind kKind = Kind::PlannedFault;
  PlannedFault() : Object(kKind) {}
  Fault fault;
  std::optional<Time> at;
  std::optional<ObjectCondition> when;
  Str question;                // the same of what no object tells: who runs the world judges it
  std::optional<Chaos> chaos;  // instead of `fault`: the next of the series comes at `at`
};
/// Notes a fault that is to come.
void plan_fault(const World& world, Plan& plan, PlannedFault planned);

}  // namespace sim
