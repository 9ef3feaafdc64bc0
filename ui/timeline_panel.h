// The timeline: every change of the line of time that is shown, in lanes; the moment that is shown
// as a line that can be dragged; the clock's buttons; the chain of causes of the chosen change; the
// lines of time beside each other, and two moments compared.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/panel.h"
#include "ui/timeline_model.h"

namespace ui {

class TimelinePanel : public Panel {
 public:
  const char* id() const override { return "timeline"; }
  const char* title(Language language) const override {
    return pick(language, "Timeline", "타임라인");
  }
  void draw(Context& context) override;

 private:
  void clock(Context& context);
  void lanes(Context& context);
  void causes(Context& context);
  void lines(Context& context);
  void comparison(Context& context);
  void compare(Context& context, const sim::World& before);
  void look_at(Context& context, float share);

  Timeline model_;
  std::uint64_t model_revision_ = 0;
  std::optional<std::uint64_t> model_line_;  // its serial
  std::size_t columns_ = 0;
  std::vector<std::string> compared_;  // lines of text, of the following
  std::uint64_t compared_version_ = 0;
  Pinned compared_pin_;
  Language compared_language_ = Language::English;
};

}  // namespace ui
