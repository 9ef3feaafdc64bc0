#include "ui/keys.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <imgui.h>

namespace ui {

const std::vector<Shortcut>& shortcuts() {
  static const std::vector<Shortcut> all = {
      {Act::NextStep, GLFW_KEY_ENTER, true, true, "Ctrl+Enter", "take the lesson's next step",
       "학습의 다음 단계 실행"},
      {Act::RestartStep, GLFW_KEY_F5, false, true, "F5", "back to before the last step",
       "마지막 단계 앞으로 돌아가기"},
      {Act::Play, GLFW_KEY_SPACE, false, false, "Space", "let time pass, or stop it",
       "시간 흐르게 하기, 멈추기"},
      {Act::StepBack, GLFW_KEY_LEFT, true, false, "Ctrl+←", "one change back", "변화 하나 뒤로"},
      {Act::StepForward, GLFW_KEY_RIGHT, true, false, "Ctrl+→", "one change forward",
       "변화 하나 앞으로"},
      {Act::CommandBack, GLFW_KEY_UP, true, false, "Ctrl+↑", "one command back", "명령 하나 뒤로"},
      {Act::CommandForward, GLFW_KEY_DOWN, true, false, "Ctrl+↓", "one command forward",
       "명령 하나 앞으로"},
      {Act::Now, GLFW_KEY_END, true, true, "Ctrl+End", "back to now", "지금으로"},
      {Act::Fork, GLFW_KEY_F, true, false, "Ctrl+F", "fork at the moment that is shown",
       "보고 있는 때에서 갈라지기"},
      {Act::Terminal, GLFW_KEY_F2, false, true, "F2", "to the terminal", "터미널로"},
      {Act::Projector, GLFW_KEY_F6, false, true, "F6", "projector: large type, high contrast",
       "프로젝터: 큰 글자, 높은 대비"},
      {Act::Larger, GLFW_KEY_EQUAL, true, true, "Ctrl++", "larger", "크게"},
      {Act::Smaller, GLFW_KEY_MINUS, true, true, "Ctrl+−", "smaller", "작게"},
      {Act::UsualSize, GLFW_KEY_0, true, true, "Ctrl+0", "usual size", "보통 크기"},
      {Act::Screenshot, GLFW_KEY_F12, false, true, "F12", "save a picture: podsight.png",
       "그림으로 저장: podsight.png"},
      {Act::Keys, GLFW_KEY_F1, false, true, "F1", "this list", "이 목록"},
      {Act::Quit, GLFW_KEY_Q, true, true, "Ctrl+Q", "end the program", "끝내기"},
  };
  return all;
}

bool is_pressed(const Shortcut& shortcut) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput && !shortcut.while_typing) return false;
  if (io.KeyCtrl != shortcut.ctrl) return false;
  // A plain space presses the button that has the keyboard.
  if (!shortcut.ctrl && shortcut.key == GLFW_KEY_SPACE && ImGui::IsAnyItemFocused()) return false;
  return ImGui::IsKeyPressed(shortcut.key, false);
}

}  // namespace ui
