// When the window draws: while something moves, a few frames after anything has happened, and now
// and then while a text is typed, for its cursor. Otherwise nothing is drawn and the program
// sleeps.
#pragma once

#include <algorithm>

namespace ui {

class Wake {
 public:
  /// How long to wait for something to happen, in seconds.
  double patience(bool moving) const { return moving || awake_ > 0 ? 0 : kIdle; }
  /// Whether to draw now that the wait is over; `happened`: something ended it.
  bool draws(bool happened, bool moving, bool typing) {
    if (happened) awake_ = kAwake;
    if (!moving && awake_ == 0) return typing;
    awake_ = std::max(0, awake_ - 1);
    return true;
  }

 private:
  static constexpr double kIdle = 0.25;
  static constexpr int kAwake = 6;  // frames: sizes find their places, letters are fetched

  int awake_ = kAwake;
};

}  // namespace ui
