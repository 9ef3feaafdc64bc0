// The one vocabulary of causes: why a container sees a file, or why not. `see`, `why`,
// expectations, reports and the desktop program all use these codes; they are stable, and the list
// is open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

enum class WhyCode : std::uint8_t {
  // It is there …
  InImage,           // in the image's read-only layers
  GivenByKubelet,    // one of the files that kubelet and runtime give every container
  InContainerLayer,  // in this container's own writable layer
  InVolume,          // in a volume mounted here
  // … or the container runs, and it is not.
  NeverWrittenHere,   // nobody wrote it where this container looks
  DeletedHere,        // it was where this container looks, and somebody removed it
  HiddenByMount,      // it is in the image, the layer or a volume, below a mount
  LostWithContainer,  // it was in the writable layer of an earlier instance of this container
  LostWithPod,        // it was in a layer or an emptyDir of a pod that is gone
  LostWithReboot,     // it was in memory, and the machine restarted
  LostWithVolume,     // it was in a volume that has been deleted
  VolumeNotMounted,   // it is in a volume that this container does not mount there
  OnOtherNode,        // it is on the disk of another node
  NotInSource,        // the ConfigMap, Secret, … behind the volume has no such key
  NotRefreshedYet,    // its source has it; the kubelet has not written it here yet
  PinnedBySubPath,    // its source has it; a subPath stays what it was at the start
  BrokenLink,         // a symbolic link is there, and leads to nothing
  NotPermitted,       // a directory on the way may not be searched by the container's user
  // Nothing runs that could look.
  ClaimNotBound,      // the pod waits for a claim that has no volume
  VolumeNotAttached,  // the pod waits for a volume that is not attached to its node
  VolumeNotReady,     // the pod waits for another volume
  ImageNotPulled,     // the container waits for its image
  PodNotScheduled,    // the pod has no node
  PodEvicted,         // the pod was evicted from its node
  PodShutDown,        // its node shut down and ended it, or took it no more
  NodeDown,           // the machine is off
  NodeCutOff,         // the node's network is cut off: nobody outside can look
  NoSuchContainer,    // the pod has no such container
  PodNotRunning,      // anything else: not started yet, ended, between two runs, gone
};

std::string_view name_of(WhyCode code);  // "IN_IMAGE"
std::optional<WhyCode> parse_why_code(std::string_view name);
std::vector<std::string> why_code_names();

/// Whether a container with this answer sees the file.
bool is_seen(WhyCode code);
/// Whether nothing runs that could see anything.
bool is_unreachable(WhyCode code);

}  // namespace sim
