// A window in which nothing happens is not drawn.
#include "ui/wake.h"

#include <gtest/gtest.h>

namespace sim::testing {
namespace {

using ui::Wake;

int frames_until_asleep(Wake& wake) {
  int frames = 0;
  while (frames < 100 && wake.patience(false) == 0) frames += wake.draws(false, false, false);
  return frames;
}

TEST(Wake, SleepsWhenNothingHappens) {
  Wake wake;
  const int frames = frames_until_asleep(wake);
  EXPECT_GT(frames, 0);
  EXPECT_LT(frames, 20);
  EXPECT_GT(wake.patience(false), 0.1);
  EXPECT_FALSE(wake.draws(false, false, false));
  EXPECT_FALSE(wake.draws(false, false, false));
}

TEST(Wake, DrawsAtOnceWhatHappensAndAFewFramesMore) {
  Wake wake;
  frames_until_asleep(wake);
  EXPECT_TRUE(wake.draws(true, false, false));
  EXPECT_EQ(wake.patience(false), 0);
  EXPECT_GT(frames_until_asleep(wake), 1);
}

TEST(Wake, DrawsWhileSomethingMovesWithoutWaiting) {
  Wake wake;
  frames_until_asleep(wake);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(wake.patience(true), 0);
    EXPECT_TRUE(wake.draws(false, true, false));
  }
  EXPECT_FALSE(wake.draws(false, false, false));
}

TEST(Wake, TheCursorOfATextBlinks) {
  Wake wake;
  frames_until_asleep(wake);
  EXPECT_GT(wake.patience(false), 0.1);
  EXPECT_TRUE(wake.draws(false, false, true));
  EXPECT_FALSE(wake.draws(false, false, false));
}

}  // namespace
}  // namespace sim::testing
