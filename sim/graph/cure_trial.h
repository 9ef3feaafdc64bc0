// How the cure of an answer is tried: the commands that a person would type, a line each, and where
// the file is to be looked for afterwards. Whoever tries it does so on a copy of the cluster.
#pragma once

#include <string>
#include <vector>

#include "sim/graph/why.h"

namespace sim {

struct CureTrial {
  enum class Trouble : std::uint8_t {
    None,
    NoLines,       // it is no matter of a command or two
    NoController,  // what a pod mounts cannot be changed, and nothing would make it anew
  };
  Trouble trouble = Trouble::None;
  std::vector<std::string> lines;
  std::string path;  // where the file is then, when it helps
};

CureTrial trial_of(const Chronicle& chronicle, Uid pod, const Why& why);

}  // namespace sim
