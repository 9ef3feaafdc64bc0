// Why a file is, or is not, where somebody looks for it: one answer with a stable code, the
// sentence a person reads (English and Korean) and the evidence behind it. It is worked out from
// the world and its journal, never stored. `see`, `why`, expectations and reports all ask here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/world.h"

namespace sim {

enum class WhyCode {
  // It is there …
  InImage,           // in the image's read-only layers
  InContainerLayer,  // in this container's own writable layer
  InVolume,          // in a volume mounted here
  // … or it is not.
  NeverWrittenHere,   // nobody wrote it where this container looks
  HiddenByMount,      // it is in the image or the layer, below a mount
  LostWithContainer,  // it was in the writable layer of an earlier instance of this container
  LostWithPod,        // it was in a layer or an emptyDir of a pod that is gone
  VolumeNotMounted,   // it is in a volume that this container does not mount there
  PodNotRunning,      // nothing runs here that could look
};

std::string_view name_of(WhyCode code);  // "IN_IMAGE"
std::optional<WhyCode> parse_why_code(std::string_view name);
std::vector<std::string> why_code_names();

struct Why {
  WhyCode code = WhyCode::NeverWrittenHere;
  bool visible = false;
  std::string en;
  std::string ko;
  std::vector<std::string>
      evidence;  // objects and fields: "Pod assets/x: spec.containers[0].volumeMounts[0]"
  const std::string& in(std::string_view language) const { return language == "ko" ? ko : en; }
};

/// About one container of one pod (which may be gone; then it is known by its uid from the
/// journal). An empty container name means the first one.
Why why(const World& world, Uid pod, std::string_view container, std::string_view path);

/// Whether the container sees the path now; false when nothing runs.
bool sees(const World& world, Uid pod, std::string_view container, std::string_view path);

}  // namespace sim
