// What the controllers of volumes share: their events, and the phases of volumes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sim/model/storage_types.h"
#include "sim/world/world.h"

namespace sim::volumes {

/// k8s 1.30 pkg/registry/core/persistentvolume: the time of the last change of phase
inline void set_phase(PersistentVolume& volume, std::string_view phase, std::string_view message,
                      Time now) {
  if (volume.status.phase != phase) volume.status.last_phase_transition_time = now;
  volume.status.phase = Str(phase);
  volume.status.message = Str(message);
}

/// The time to wait after one more failure. k8s 1.30 pkg/util/goroutinemap/exponentialbackoff
inline Duration next_back_off(Duration present, Duration first, Duration longest) {
  if (present.ns == 0) return first;
  return present + present < longest ? present + present : longest;
}

}  // namespace sim::volumes
