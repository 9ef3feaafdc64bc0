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
       "마지막 단계 직전으로 되돌리기"},
      {Act::Play, GLFW_KEY_SPACE, false, false, "Space", "let time pass, or stop it",
       "시간 재생 / 정지"},
      {Act::StepBack, GLFW_KEY_LEFT, true, false, "Ctrl+←", "one change back", "이전 변경으로"},
      {Act::StepForward, GLFW_KEY_RIGHT, true, false, "Ctrl+→", "one change forward",
       "다음 변경으로"},
      {Act::CommandBack, GLFW_KEY_UP, true, false, "Ctrl+↑", "one command back", "이전 명령으로"},
      {Act::CommandForward, GLFW_KEY_DOWN, true, false, "Ctrl+↓", "one command forward",
       "다음 명령으로"},
      {Act::Now, GLFW_KEY_END, true, true, "Ctrl+End", "back to now", "현재로"},
      {Act::Fork, GLFW_KEY_F, true, false, "Ctrl+F", "fork at the moment that is shown",
       "보고 있는 시점에서 분기"},
      {Act::Terminal, GLFW_KEY_F2, false, true, "F2", "to the terminal", "터미널로"},
      {Act::Faults, GLFW_KEY_F4, false, true, "F4",
       "faults for what is picked: the menu of a right click",
       "선택한 대상의 장애 메뉴 (오른쪽 클릭)"},
      {Act::Projector, GLFW_KEY_F6, false, true, "F6", "projector: large type, high contrast",
       "프로젝터 모드: 큰 글자, 고대비"},
      {Act::Larger, GLFW_KEY_EQUAL, true, true, "Ctrl++", "larger", "크게"},
      {Act::Smaller, GLFW_KEY_MINUS, true, true, "Ctrl+−", "smaller", "작게"},
      {Act::UsualSize, GLFW_KEY_0, true, true, "Ctrl+0", "usual size", "보통 크기"},
      {Act::Screenshot, GLFW_KEY_F12, false, true, "F12", "save a picture: podsight.png",
       "화면 저장: podsight.png"},
      {Act::Keys, GLFW_KEY_F1, false, true, "F1", "this list", "단축키 목록"},
      {Act::Quit, GLFW_KEY_Q, true, true, "Ctrl+Q", "end the program", "종료"},
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
