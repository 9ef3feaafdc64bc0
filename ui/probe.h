// What the window shows, as text: every widget notes what it says and where it can be clicked. The
// driver clicks by these names and tests read these texts; the fonts learn here which letters are
// needed. Kept for one frame.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ui {

struct Rect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool empty() const { return x1 <= x0 || y1 <= y0; }
};

struct Item {
  std::string id;     // "lesson.run"
  std::string label;  // what it says
  Rect rect;          // the part of it that can be seen
  bool enabled = true;
};

class Probe {
 public:
  /// Called with every text that is shown; see Fonts::need.
  std::function<void(std::string_view)> on_text;

  /// When nobody asks what is shown, nothing is kept of it.
  void listen(bool listens) { listens_ = listens; }

  void begin_frame() {
    texts_.clear();
    items_.clear();
    panel_.clear();
  }
  /// The texts that follow belong to this panel.
  void enter(std::string_view panel) { panel_ = panel; }
  void say(std::string_view text) {
    if (on_text) on_text(text);
    if (!listens_) return;
    std::string& all = texts_[panel_];
    all += text;
    all += '\n';
  }
  void item(std::string id, std::string_view label, const Rect& rect, bool enabled) {
    say(label);
    if (!listens_) return;
    items_.push_back({std::move(id), std::string(label), rect, enabled});
  }

  /// Everything that a panel says in this frame, a line each; empty when it is not shown.
  const std::string& text_of(const std::string& panel) const {
    static const std::string none;
    const auto found = texts_.find(panel);
    return found == texts_.end() ? none : found->second;
  }
  const std::map<std::string, std::string>& texts() const { return texts_; }
  /// The last one of that name; null when nothing that can be seen has it.
  const Item* find(std::string_view id) const {
    for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
      if (item->id == id && !item->rect.empty()) return &*item;
    }
    return nullptr;
  }
  const std::vector<Item>& items() const { return items_; }

 private:
  bool listens_ = true;
  std::string panel_;
  std::map<std::string, std::string> texts_;
  std::vector<Item> items_;
};

}  // namespace ui
