#include "ui/monkey.h"

#include <imgui.h>

#include <algorithm>

#include "sim/base/draw.h"
#include "ui/keys.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace ui {
namespace {

constexpr const char* kCommands[] = {
    "kubectl get pods -A",
    "kubectl scale -n assets --replicas=3 deployment/assets",
    "kubectl scale -n assets --replicas=1 deployment/assets",
    "kubectl rollout restart -n assets deployment/assets",
    "kubectl delete pod -n assets --all",
    "kubectl create deployment web --image=nginx --replicas=2",
    "kubectl exec -it -n assets deployment/assets -- bash",
    "exit",
    "sim advance 45s",
    "sim node stop node-a",
    "sim node start node-a",
    "kubectl describe nodes",
    "for i in 1 2 3; do echo",
    "kubectl get nonsense",
    "\xed\x95\x9c\xea\xb8\x80 'unfinished",
};
constexpr std::size_t kMostLines = 40;  // typed in one run of a line: the rest only looks

}  // namespace

std::uint64_t Monkey::below(std::uint64_t bound) {
  return sim::draw_below(bound, seed_, "monkey", 0, drawn_++);
}

void Monkey::begin_frame() {
  ImGuiIO& io = ImGui::GetIO();
  io.MousePos = {x_, y_};
  for (int i = 0; i < 3; ++i) io.MouseDown[i] = i == button_;
  io.MouseWheel = std::exchange(wheel_, 0.0F);
  const auto held = [&](int key) {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  };
  for (int key = 0; key < static_cast<int>(IM_ARRAYSIZE(io.KeysDown)); ++key) {
    io.KeysDown[key] = held(key);
  }
  io.KeyCtrl = held(GLFW_KEY_LEFT_CONTROL);
  io.KeyShift = held(GLFW_KEY_LEFT_SHIFT);
  io.KeyAlt = false;
  if (!typed_.empty()) io.AddInputCharactersUTF8(typed_.c_str());
  typed_.clear();
}

void Monkey::end_frame(const Probe& probe, Session& session) {
  x_ += dx_;
  y_ += dy_;
  if (release_ > 0 && --release_ == 0) {
    button_ = -1;
    keys_.clear();
    dx_ = dy_ = 0;
  }
  if (--wait_ > 0 || release_ > 0) return;
  wait_ = 2 + static_cast<int>(below(4));
  const std::uint64_t what = below(100);
  const std::vector<Item>& items = probe.items();
  if (what < 60 && !items.empty()) {
    const Item& item = items[below(items.size())];
    if (item.rect.empty()) return;
    const float w = item.rect.x1 - item.rect.x0;
    const float h = item.rect.y1 - item.rect.y0;
    x_ = item.rect.x0 + w * static_cast<float>(below(100)) / 100.0F;
    y_ = item.rect.y0 + h * static_cast<float>(below(100)) / 100.0F;
    button_ = what < 54 ? 0 : 1;
    release_ = 2;
  } else if (what < 68) {
    // A drag, anywhere.
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    x_ = size.x * static_cast<float>(below(1000)) / 1000.0F;
    y_ = size.y * static_cast<float>(below(1000)) / 1000.0F;
    dx_ = static_cast<float>(below(41)) - 20.0F;
    dy_ = static_cast<float>(below(41)) - 20.0F;
    button_ = 0;
    release_ = 4 + static_cast<int>(below(10));
  } else if (what < 72) {
    wheel_ = static_cast<float>(below(7)) - 3.0F;
  } else if (what < 88) {
    if (below(2) == 0) {
      const Shortcut& shortcut = shortcuts()[below(shortcuts().size())];
      keys_ = {shortcut.key};
      if (shortcut.ctrl) keys_.push_back(GLFW_KEY_LEFT_CONTROL);
    } else {
      constexpr int kKeys[] = {GLFW_KEY_TAB,   GLFW_KEY_ENTER, GLFW_KEY_ESCAPE, GLFW_KEY_UP,
                               GLFW_KEY_DOWN,  GLFW_KEY_LEFT,  GLFW_KEY_RIGHT,  GLFW_KEY_BACKSPACE,
                               GLFW_KEY_SPACE, GLFW_KEY_HOME,  GLFW_KEY_END,    GLFW_KEY_DELETE};
      keys_ = {kKeys[below(std::size(kKeys))]};
    }
    release_ = 2;
  } else if (what < 94) {
    typed_ = kCommands[below(std::size(kCommands))];
  } else if (session.line().entries.size() < kMostLines) {
    session.type(kCommands[below(std::size(kCommands))]);
  }
}

}  // namespace ui
