// What somebody wants done: writes, wake-ups and Kubernetes Events, each write with its why.
// Controllers, typed commands, faults and scenario steps all return Plans; apply()
// (sim/world/world.h) is the one function that carries them out. A Plan may hold several writes;
// they happen in order at one instant.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/hash_index.h"
#include "sim/model/meta.h"
#include "sim/world/eviction_memory.h"
#include "sim/world/scheduling_queue.h"
#include "sim/world/task.h"
#include "sim/world/volume_memory.h"

namespace sim {

class World;

struct Write {
  enum class Op : std::uint8_t { Create, Update, Erase };
  Op op = Op::Create;
  Ref ref;           // of the row; for Create the id it will get
  ObjectPtr object;  // null for Erase
  Str why;           // a short clause: "scaled up to 2", "container exited"
};

struct Wake {
  Time when{};
  Actor actor{};
  Ref key;
  bool quiet = false;
};

/// A Kubernetes Event to be recorded; repetition is folded as the recorders do.
/// k8s 1.30 client-go/tools/record, client-go/tools/events
struct EventNote {
  Ref about;  // must exist, or be created by the same plan
  Str type;   // "Normal", "Warning"
  Str reason;
  Str message;
  Str component;   // "kubelet", "deployment-controller", "default-scheduler"
  Str host;        // of a kubelet: its node
  Str field_path;  // "spec.containers{writer}"
  Str action;      // set: recorded through events.k8s.io, as the scheduler does ("Scheduling",
                   // "Binding")
};

/// What the scheduler remembers from now on of one pod.
struct QueueNote {
  Id pod = 0;
  QueuedPod entry;
};

/// What the eviction controllers remember from now on of one pod.
struct TermNote {
  Id pod = 0;
  PodTerm term;
};

/// What an actor remembers from now on of its work on one key, and …
struct VolumeNote {
  Actor actor{};
  Id id = 0;
  VolumeWork work;
};

/// … what the attach/detach controller does of one volume on one node.
struct AttachNote {
  Id node = 0;
  Str volume;
  AttachWork work;
};

struct Plan {
  std::vector<Write> writes;
  std::vector<Wake> wakes;
  std::vector<EventNote> events;
  std::vector<QueueNote> queue;            // the scheduler's notes to itself, and …
  std::optional<std::uint32_t> next_node;  // … where it begins to look for a node next time
  std::vector<TermNote> terms;             // the eviction controllers' notes to themselves, and …
  std::optional<Str> tainted_zone;         // … the zone of which they taint a node now
  std::vector<VolumeNote> volume_notes;    // the notes to themselves of those that handle volumes
  std::vector<AttachNote> attach_notes;

  bool empty() const {
    return writes.empty() && wakes.empty() && events.empty() && queue.empty() && !next_node &&
           terms.empty() && !tainted_zone && volume_notes.empty() && attach_notes.empty();
  }
  /// Adds a row; answers the id that it will have.
  Id create(const World& world, ObjectPtr object, Str why);
  void update(Ref ref, ObjectPtr object, Str why);
  void erase(Ref ref, Str why);
  void wake(Time when, Actor actor, Ref key, bool quiet = false);
  void event(EventNote note);
  /// The object that this plan last writes for the row, or null: reading one's own writes.
  ObjectPtr pending(Ref ref) const;
  /// Takes writes out again.
  template <class Is>
  void drop_writes(Is is) {
    std::erase_if(writes, is);
    places_ = {};
    placed_ = 0;
  }
  /// Adds another plan behind this one. Not for plans that create rows of the same kind (their ids
  /// would clash): make those one after the other with create().
  void append(Plan other);

 private:
  std::size_t last_write_of(Ref ref) const;

  // Where the writes of each row are, once there are many: noted when somebody asks.
  mutable HashIndex<std::uint32_t> places_;
  mutable std::size_t placed_ = 0;
  std::array<Id, kKindCount> created_{};  // how many rows of each kind this plan creates
};

/// Adds an Event to a plan.
void note_event(Plan& plan, Ref about, std::string_view component, std::string_view type,
                std::string_view reason, std::string message, std::string_view host = {});

}  // namespace sim
