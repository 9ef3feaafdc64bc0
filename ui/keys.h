// The keys of the whole program, in one table: it is looked through each frame and shown by F1.
#pragma once

#include <vector>

namespace ui {

enum class Act {
  Play,
  StepBack,
  StepForward,
  CommandBack,
  CommandForward,
  Now,
  Fork,
  NextStep,
  RestartStep,
  Projector,
  Larger,
  Smaller,
  UsualSize,
  Keys,
  Screenshot,
  Terminal,
  Faults,
  Quit,
};

struct Shortcut {
  Act act;
  int key;  // of GLFW
  bool ctrl;
  bool while_typing;  // also while a text field has the keyboard
  const char* name;
  const char* english;
  const char* korean;
};

const std::vector<Shortcut>& shortcuts();
/// Whether it was pressed in this frame and is meant.
bool is_pressed(const Shortcut& shortcut);

}  // namespace ui
