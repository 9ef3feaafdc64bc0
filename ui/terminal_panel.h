// The terminal: what was typed on this line of time and what it printed, up to the moment that is
// shown, and a prompt with history and completion. A command that waits is seen waiting: its output
// comes as the clock gets there, and the rest of the wait can be skipped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/panel.h"

namespace ui {

class TerminalPanel : public Panel {
 public:
  const char* id() const override { return "terminal"; }
  const char* title(Language language) const override {
    return pick(language, "Terminal (simulated)", "터미널 (시뮬레이션)");
  }
  void draw(Context& context) override;

 private:
  struct Extent {  // of an entry as it was drawn last
    float width = 0;
    float height = 0;
    std::size_t bytes = 0;
  };

  void entries(Context& context);
  void entry(Context& context, std::size_t index, std::string_view output);
  void prompt(Context& context);
  void submit(Context& context);
  static int on_edit(struct ImGuiInputTextCallbackData* data);
  void complete(struct ImGuiInputTextCallbackData& data);
  void recall(struct ImGuiInputTextCallbackData& data, int direction);

  std::string input_;
  std::string pending_;  // lines of a command that goes on
  std::vector<std::string> history_;
  std::size_t recalled_ = 0;          // history_.size(): the line that is being typed
  std::string typed_;                 // that line, while others are recalled
  std::vector<std::string> offered_;  // completions, when there are several
  Context* context_ = nullptr;        // while a frame is drawn: the text field calls back
  std::vector<Extent> extents_;
  std::uint64_t extents_line_ = 0;  // whose they are
  float extents_size_ = 0;          // the size of the letters then
  std::size_t shown_ = 0;
  std::size_t shown_bytes_ = 0;
  bool focus_ = false;
};

}  // namespace ui
