#include "ui/inputs.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>

namespace ui {

void Inputs::put(ImVec2 mouse) {
  ImGuiIO& io = ImGui::GetIO();
  io.MousePos = mouse;
  for (int i = 0; i < 3; ++i) io.MouseDown[i] = i == button;
  io.MouseWheel = wheel;
  wheel = 0;
  const auto held = [&](int key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
  for (int key = 0; key < static_cast<int>(IM_ARRAYSIZE(io.KeysDown)); ++key) {
    io.KeysDown[key] = held(key);
  }
  io.KeyCtrl = held(GLFW_KEY_LEFT_CONTROL);
  io.KeyShift = held(GLFW_KEY_LEFT_SHIFT);
  io.KeyAlt = held(GLFW_KEY_LEFT_ALT);
  if (!typed.empty()) io.AddInputCharactersUTF8(typed.c_str());
  typed.clear();
}

}  // namespace ui
