#include "ui/monkey.h"

#include <imgui.h>

#include <algorithm>
#include <string_view>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "ui/keys.h"
#include "ui/menus.h"
#include "ui/window.h"

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
    "kubectl exec deployment/web -- touch /tmp/one /etc/nginx/two",
    "kubectl delete deployment --all -A --wait=false",
    "exit",
    "sim advance 45s",
    "sim node stop node-a",
    "sim node start node-a",
    "sim node reboot node-b",
    "kubectl drain node-b --ignore-daemonsets --delete-emptydir-data --timeout=20s",
    "kubectl uncordon node-b",
    "kubectl describe nodes",
    "for i in 1 2 3; do echo",
    "kubectl get nonsense",
    "\xed\x95\x9c\xea\xb8\x80 'unfinished",
};
/// What is typed into a field: parts of a scenario, of a path, of a pattern, of nothing at all.
constexpr const char* kTexts[] = {
    "{\"",
    "\"steps\": [",
    "}, {\"id\": \"x\", \"do\": {\"shell\": [\"kubectl get pods\"]}}",
    "]",
    "\"until\": \"settled\",",
    "/usr/share/nginx/html/assets/divewatch.jpg",
    "/tmp/*",
    "[a-",
    "assets",
    "\\",
    "\xea\xb9\x80\xec\xb9\x98",
    "\xc3",
    "999999999999999999999",
    "scenarios/divewatch.json",
    "\t",
};
constexpr int kKeys[] = {GLFW_KEY_TAB,   GLFW_KEY_ENTER, GLFW_KEY_ESCAPE, GLFW_KEY_UP,
                         GLFW_KEY_DOWN,  GLFW_KEY_LEFT,  GLFW_KEY_RIGHT,  GLFW_KEY_BACKSPACE,
                         GLFW_KEY_SPACE, GLFW_KEY_HOME,  GLFW_KEY_END,    GLFW_KEY_DELETE,
                         GLFW_KEY_A,     GLFW_KEY_X,     GLFW_KEY_V,      GLFW_KEY_Z};
/// Typed in one line of time: the rest only looks.
constexpr std::size_t kMostLines = 40;

/// Where something can be typed.
bool is_field(std::string_view id) {
  for (const std::string_view end : {".input", ".text", ".where", ".filter", ".pods", ".file"}) {
    if (id.size() > end.size() && id.substr(id.size() - end.size()) == end) return true;
  }
  return false;
}

std::string_view family(std::string_view id) { return id.substr(0, id.find('.')); }

}  // namespace

std::uint64_t Monkey::below(std::uint64_t bound) {
  return sim::draw_below(bound, seed_, "monkey", 0, drawn_++);
}

std::string Monkey::deeds() const {
  return fmt::format("{} clicks, {} keys, {} texts, {} commands, {} sizes, {} lessons", clicks_,
                     keys_, texts_, lines_, sizes_, lessons_);
}

void Monkey::begin_frame() { inputs_.put({x_, y_}); }

void Monkey::click(const std::vector<Item>& items) {
  // First a family, then one of it: the many cells of a table are one family.
  std::vector<std::string_view> families;
  for (const Item& item : items) {
    if (!item.rect.empty()) families.push_back(family(item.id));
  }
  std::sort(families.begin(), families.end());
  families.erase(std::unique(families.begin(), families.end()), families.end());
  if (families.empty()) return;
  const std::string_view chosen = families[below(families.size())];
  std::vector<const Item*> of_it;
  for (const Item& item : items) {
    if (!item.rect.empty() && family(item.id) == chosen) of_it.push_back(&item);
  }
  const Item& item = *of_it[below(of_it.size())];
  x_ = item.rect.x0 + (item.rect.x1 - item.rect.x0) * share();
  y_ = item.rect.y0 + (item.rect.y1 - item.rect.y0) * share();
  inputs_.button = below(8) == 0 ? 1 : 0;
  release_ = 2;
  in_field_ = inputs_.button == 0 && is_field(item.id);
  ++clicks_;
}

void Monkey::drag() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  x_ = size.x * share();
  y_ = size.y * share();
  dx_ = static_cast<float>(below(41)) - 20.0F;
  dy_ = static_cast<float>(below(41)) - 20.0F;
  inputs_.button = 0;
  release_ = 4 + static_cast<int>(below(10));
}

void Monkey::press_keys() {
  if (below(2) == 0) {
    const Shortcut& shortcut = shortcuts()[below(shortcuts().size())];
    inputs_.keys = {shortcut.key};
    if (shortcut.ctrl) inputs_.keys.push_back(GLFW_KEY_LEFT_CONTROL);
  } else {
    inputs_.keys = {kKeys[below(std::size(kKeys))]};
    if (below(5) == 0) inputs_.keys.push_back(GLFW_KEY_LEFT_CONTROL);
    if (below(5) == 0) inputs_.keys.push_back(GLFW_KEY_LEFT_SHIFT);
  }
  release_ = 2;
  ++keys_;
}

void Monkey::change_the_lesson(App& app) {
  const std::vector<std::string> files = lesson_files(app.session().scenario().file);
  if (files.empty()) return;
  app.wishes().open = files[below(files.size())];
  ++lessons_;
}

void Monkey::end_frame(App& app, Window& window) {
  x_ += dx_;
  y_ += dy_;
  if (release_ > 0 && --release_ == 0) {
    inputs_.button = -1;
    inputs_.keys.clear();
    dx_ = dy_ = 0;
  }
  if (--wait_ > 0 || release_ > 0) return;
  wait_ = 2 + static_cast<int>(below(4));
  Session& session = app.session();
  const std::uint64_t what = std::exchange(in_field_, false) ? 86 : below(100);
  if (what < 55) {
    click(app.probe().items());
  } else if (what < 62) {
    drag();
  } else if (what < 68) {
    inputs_.wheel = static_cast<float>(below(15)) - 7.0F;
  } else if (what < 84) {
    press_keys();
  } else if (what < 91) {
    inputs_.typed =
        below(3) == 0 ? kCommands[below(std::size(kCommands))] : kTexts[below(std::size(kTexts))];
    ++texts_;
  } else if (what < 96) {
    if (session.line().entries.size() >= kMostLines) return;
    session.type(kCommands[below(std::size(kCommands))]);
    ++lines_;
  } else if (what < 98) {
    window.resize(640 + static_cast<int>(below(1300)), 480 + static_cast<int>(below(700)));
    ++sizes_;
  } else if (what < 99) {
    const std::int64_t all = (session.head().now() - session.line().start()).ns;
    session.show(session.line().start() + sim::Duration{static_cast<std::int64_t>(
                                              below(static_cast<std::uint64_t>(all) + 1))});
  } else {
    change_the_lesson(app);
  }
}

}  // namespace ui
