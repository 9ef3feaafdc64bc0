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

void Monkey::begin_frame() { inputs_.put({x_, y_}); }

void Monkey::end_frame(const Probe& probe, Session& session) {
  x_ += dx_;
  y_ += dy_;
  if (release_ > 0 && --release_ == 0) {
    inputs_.button = -1;
    inputs_.keys.clear();
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
    inputs_.button = what < 54 ? 0 : 1;
    release_ = 2;
  } else if (what < 68) {
    // A drag, anywhere.
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    x_ = size.x * static_cast<float>(below(1000)) / 1000.0F;
    y_ = size.y * static_cast<float>(below(1000)) / 1000.0F;
    dx_ = static_cast<float>(below(41)) - 20.0F;
    dy_ = static_cast<float>(below(41)) - 20.0F;
    inputs_.button = 0;
    release_ = 4 + static_cast<int>(below(10));
  } else if (what < 72) {
    inputs_.wheel = static_cast<float>(below(7)) - 3.0F;
  } else if (what < 88) {
    if (below(2) == 0) {
      const Shortcut& shortcut = shortcuts()[below(shortcuts().size())];
      inputs_.keys = {shortcut.key};
      if (shortcut.ctrl) inputs_.keys.push_back(GLFW_KEY_LEFT_CONTROL);
    } else {
      constexpr int kKeys[] = {GLFW_KEY_TAB,   GLFW_KEY_ENTER, GLFW_KEY_ESCAPE, GLFW_KEY_UP,
                               GLFW_KEY_DOWN,  GLFW_KEY_LEFT,  GLFW_KEY_RIGHT,  GLFW_KEY_BACKSPACE,
                               GLFW_KEY_SPACE, GLFW_KEY_HOME,  GLFW_KEY_END,    GLFW_KEY_DELETE};
      inputs_.keys = {kKeys[below(std::size(kKeys))]};
    }
    release_ = 2;
  } else if (what < 94) {
    inputs_.typed = kCommands[below(std::size(kCommands))];
  } else if (session.line().entries.size() < kMostLines) {
    session.type(kCommands[below(std::size(kCommands))]);
  }
}

}  // namespace ui
