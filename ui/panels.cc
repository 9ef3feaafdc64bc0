#include "ui/panels.h"

#include "ui/author_panel.h"
#include "ui/lesson_panel.h"
#include "ui/terminal_panel.h"
#include "ui/timeline_panel.h"

namespace ui {

std::vector<Placed> make_panels() {
  std::vector<Placed> panels;
  panels.push_back({Place::Lesson, std::make_unique<LessonPanel>()});
  panels.push_back({Place::Files, std::make_unique<AuthorPanel>()});
  panels.push_back({Place::Timeline, std::make_unique<TimelinePanel>()});
  panels.push_back({Place::Terminal, std::make_unique<TerminalPanel>()});
  return panels;
}

}  // namespace ui
