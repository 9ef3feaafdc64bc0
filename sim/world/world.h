// The world: everything that is true at one moment, as one copyable value. A copy costs a few dozen
// pointers and shares all rows; a fork, a what-if, a snapshot and a step back are each "keep a
// copy".
//
// One function changes it: apply(). Everything else takes a const World& and returns a Plan.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/base/column.h"
#include "sim/base/hash.h"
#include "sim/base/queue.h"
#include "sim/files/image.h"
#include "sim/world/journal.h"
#include "sim/world/plan.h"
#include "sim/world/store.h"
#include "sim/world/timing.h"

namespace sim {

/// What does not change while a world runs.
struct Settings {
  std::uint64_t seed = 0;
  Time start{1735689600LL * 1'000'000'000};  // 2025-01-01T00:00:00Z
  Timing timing;
  ImageCatalog images;
  StringMap provisioners;     // by driver: what its provisioner calls itself; drawn where absent
  bool shuffle_ties = false;  // draw ties by `shuffle_seed`, to expose order dependence
  std::uint64_t shuffle_seed = 0;
  std::uint64_t journal_limit = 0;   // changes kept; 0: all
  std::uint64_t history_budget = 0;  // bytes of them; 0: all
};

class World {
 public:
  explicit World(std::shared_ptr<const Settings> settings);

  const Settings& settings() const { return *settings_; }
  /// How long things take now: longer while the API server is slow.
  const Timing& timing() const { return slowed_ ? *slowed_ : settings_->timing; }
  Time now() const { return now_; }
  Duration elapsed() const { return now_ - settings_->start; }
  std::uint64_t revision() const { return journal_.last(); }
  const Store& store() const { return store_; }
  const Journal& journal() const { return journal_; }
  const SchedulingQueue& scheduling_queue() const { return scheduling_queue_; }
  const EvictionMemory& eviction_memory() const { return eviction_memory_; }
  const VolumeMemory& volume_memory() const { return volume_memory_; }
  std::uint64_t fingerprint() const { return fingerprint_.value; }

  // Shorthands.
  template <class T>
  const T* get(Id id) const {
    return store_.get<T>(id);
  }
  template <class T>
  const T* find(std::string_view ns, std::string_view name) const {
    return store_.find<T>(ns, name);
  }

  /// When the next task is due; kNever when nothing is.
  Time next_due() const { return queue_.next_time(); }
  /// Tasks pending that are not routine. 0: the world is settled.
  std::int64_t busy() const { return busy_; }

 private:
  friend std::uint64_t apply(World&, Plan, const struct Cause&);
  friend std::uint64_t record_command(World&, std::string_view, std::string_view);
  friend bool take_due(World&, Time, Task*);
  friend void wake(World&, const Wake&, std::uint64_t);
  friend void advance_clock(World&, Time);
  friend std::string check_invariants(const World&);
  struct Writer;

  std::shared_ptr<const Settings> settings_;
  std::shared_ptr<const Timing> slowed_;  // null: as the settings say
  Time now_;
  Store store_;
  Journal journal_;
  SchedulingQueue scheduling_queue_;
  EvictionMemory eviction_memory_;
  VolumeMemory volume_memory_;
  Fingerprint fingerprint_;
  Queue<Task> queue_;
  // For each actor (and, for the garbage collector, kind) and id: when its wake is due; 0: none.
  std::array<Column<std::int64_t>, kActorCount + kKindCount> pending_;
  std::int64_t busy_ = 0;
};

/// On whose account a plan is applied.
struct Cause {
  std::uint64_t revision = 0;  // of the change that led to it
  std::string_view by;         // who decided: "kubelet", "kubectl", …
};

/// Carries out a plan: gives uids, resource versions, generations and creation times, writes rows
/// and journal, records Events, queues wake-ups. Returns the revision before the first new change.
/// Rows that a plan updates or erases must exist.
/// Taken by value: objects that nobody else holds are stamped in place.
std::uint64_t apply(World& world, Plan plan, const Cause& cause);
/// Notes a command or a fault in the journal; what follows from it names this revision as its
/// cause.
std::uint64_t record_command(World& world, std::string_view by, std::string_view text);

/// Takes the next task due at or before `limit`, moving the clock to it; false when there is none.
bool take_due(World& world, Time limit, Task* task);
/// Queues a wake-up unless an earlier one for the same key is pending.
void wake(World& world, const Wake& wake, std::uint64_t cause);
/// Moves the clock forward, up to the next task due.
void advance_clock(World& world, Time to);

/// A copy of a row, of its own type, to be changed and put into a plan.
std::shared_ptr<Object> copy_of(const Object& object);

/// The id that the next row of a kind gets.
Id next_id(const World& world, Kind kind);
/// The uid that a new object gets, unless it has one.
Uid draw_uid(const World& world, const Object& object);
/// Empty when the world is sound: indexes, owners, uids, mounts, sandboxes, queue; else what is
/// not.
std::string check_invariants(const World& world);
/// Everything in the world as text, for goldens and for comparing worlds.
std::string dump(const World& world);

}  // namespace sim
