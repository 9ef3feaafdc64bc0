// What mouse and keyboard do in a frame, when it is not a person's hands that move them.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

namespace ui {

struct Inputs {
  int button = -1;  // that is held down
  float wheel = 0;
  std::vector<int> keys;  // that are held down
  std::string typed;

  /// Gives them to the frame that begins; what was typed and turned is done then.
  void put(ImVec2 mouse);
};

}  // namespace ui
