// Colours that can be read: every pair of text and ground that the window uses, in all four looks.
#include "ui/theme.h"

#include <gtest/gtest.h>

namespace sim::testing {
namespace {

TEST(Theme, ContrastIsMeasuredAsWcagDoes) {
  EXPECT_NEAR(ui::contrast({0, 0, 0}, {255, 255, 255}), 21.0, 0.001);
  EXPECT_NEAR(ui::contrast({119, 119, 119}, {255, 255, 255}), 4.48, 0.01);
  EXPECT_NEAR(ui::contrast({10, 20, 30}, {10, 20, 30}), 1.0, 0.001);
}

TEST(Theme, EveryTextCanBeRead) {
  for (const ui::Shade shade : {ui::Shade::Light, ui::Shade::Dark}) {
    for (const bool projector : {false, true}) {
      for (const ui::Pair& pair : ui::pairs_of(ui::make_theme(shade, projector))) {
        EXPECT_GE(ui::contrast(pair.text, pair.ground), pair.least)
            << pair.name << (shade == ui::Shade::Light ? ", light" : ", dark")
            << (projector ? ", projector" : "");
      }
    }
  }
}

}  // namespace
}  // namespace sim::testing
