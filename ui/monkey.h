// Random clicks, drags, keys, commands, edits, sizes and lessons from a seed: what no person would
// do on purpose. The same seed does the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ui/app.h"
#include "ui/inputs.h"

namespace ui {

class Window;

class Monkey {
 public:
  explicit Monkey(std::uint64_t seed) : seed_(seed) {}

  void begin_frame();
  /// Chooses what to do next from what is shown.
  void end_frame(App& app, Window& window);
  /// What it has done so far: "12 clicks, 3 lessons, …".
  std::string deeds() const;

 private:
  std::uint64_t below(std::uint64_t bound);
  float share() { return static_cast<float>(below(1000)) / 1000.0F; }
  void click(const std::vector<Item>& items);
  void drag();
  void press_keys();
  void change_the_lesson(App& app);

  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  int wait_ = 0;  // frames until the next act
  Inputs inputs_;
  int release_ = 0;  // frames until the button or key is let go
  float x_ = 0, y_ = 0, dx_ = 0, dy_ = 0;
  bool in_field_ = false;  // a field was clicked: words come next
  int clicks_ = 0, keys_ = 0, texts_ = 0, lines_ = 0, sizes_ = 0, lessons_ = 0;
};

}  // namespace ui
