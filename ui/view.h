// How the window looks to this person: language, theme, scale, sizes of panes. Kept between runs
// (see profile.h); nothing in it is about the cluster.
#pragma once

#include "ui/language.h"
#include "ui/theme.h"

namespace ui {

/// Where the splitters stand, as shares of the window.
struct Splits {
  float right = 0.31F;      // width of the right column
  float files = 0.50F;      // width of the files pane, of what is left of that column
  float bottom = 0.46F;     // height of timeline and terminal
  float timeline = 0.52F;   // height of the timeline, of that
  float inspector = 0.40F;  // height of the inspector, of the right column
  friend bool operator==(const Splits&, const Splits&) = default;
};

struct View {
  Language language = Language::English;
  Shade shade = Shade::Light;
  bool projector = false;
  float scale = 1.0F;  // what the person chose; the projector mode multiplies it
  Splits splits;
  bool reduce_motion = false;

  friend bool operator==(const View&, const View&) = default;

  float effective_scale() const { return projector ? scale * 1.5F : scale; }
};

inline constexpr float kSmallestScale = 0.75F;
inline constexpr float kLargestScale = 3.0F;

}  // namespace ui
