#include "sim/world/volume_memory.h"

namespace sim {

VolumeWork VolumeMemory::work(Actor actor, Id id) const {
  const VolumeWork* known = works_.find(std::tuple(actor, id));
  return known ? *known : VolumeWork();
}

AttachWork VolumeMemory::attach(Id node, const Str& volume) const {
  const AttachWork* known = attaches_.find(std::tuple(node, volume));
  return known ? *known : AttachWork();
}

void VolumeMemory::set(Actor actor, Id id, const VolumeWork& work) {
  if (work == VolumeWork()) {
    works_.erase(std::tuple(actor, id));
  } else {
    works_.set({actor, id}, work);
  }
}

void VolumeMemory::set(Id node, const Str& volume, const AttachWork& work) {
  if (work == AttachWork()) {
    attaches_.erase(std::tuple(node, volume));
  } else {
    attaches_.set({node, volume}, work);
  }
}

}  // namespace sim
