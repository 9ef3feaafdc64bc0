// What the controllers of volumes keep in their memory: what is under way and until when, how often
// it failed, what they have told already. It is theirs alone, no row of the API: a Plan says what
// to remember, apply() does it.
// k8s 1.30 pkg/util/goroutinemap/exponentialbackoff, pkg/controller/volume/attachdetach/cache
#pragma once

#include <cstdint>
#include <tuple>

#include "sim/base/sorted_map.h"
#include "sim/base/str.h"
#include "sim/base/time.h"
#include "sim/world/task.h"

namespace sim {

/// One operation of an actor on its key: provisioning, deleting, attaching, …
struct VolumeWork {
  Time until{};  // under way: it ends then; 0: nothing is under way
  Time retry{};  // it failed: not again before then
  Duration back_off{};
  friend bool operator==(const VolumeWork&, const VolumeWork&) = default;
};

/// What the attach/detach controller knows of one volume on one node, beside what the API shows.
/// The DaemonSet controller keeps its back-off of pods that fail on a node here as well, under a
/// name that no volume has.
struct AttachWork {
  Time unwanted{};  // nobody wants it there any more: since then
  Time retry{};     // the last try failed: not again before then
  Duration back_off{};
  bool told = false;  // that it is attached elsewhere
  friend bool operator==(const AttachWork&, const AttachWork&) = default;
};

class VolumeMemory {
 public:
  VolumeWork work(Actor actor, Id id) const;
  AttachWork attach(Id node, const Str& volume) const;

  /// Only apply() calls these.
  void set(Actor actor, Id id, const VolumeWork& work);
  void set(Id node, const Str& volume, const AttachWork& work);

 private:
  SortedMap<std::tuple<Actor, Id>, VolumeWork> works_;
  SortedMap<std::tuple<Id, Str>, AttachWork> attaches_;
};

}  // namespace sim
