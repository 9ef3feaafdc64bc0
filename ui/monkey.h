// Random clicks, drags, keys and commands from a seed: what no person would do on purpose. The same
// seed does the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ui/inputs.h"
#include "ui/probe.h"
#include "ui/session.h"

namespace ui {

class Monkey {
 public:
  explicit Monkey(std::uint64_t seed) : seed_(seed) {}

  void begin_frame();
  /// Chooses what to do next from what is shown.
  void end_frame(const Probe& probe, Session& session);

 private:
  std::uint64_t below(std::uint64_t bound);

  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  int wait_ = 0;  // frames until the next act
  Inputs inputs_;
  int release_ = 0;  // frames until the button or key is let go
  float x_ = 0, y_ = 0, dx_ = 0, dy_ = 0;
};

}  // namespace ui
