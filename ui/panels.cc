#include "ui/panels.h"

#include "ui/author_panel.h"
#include "ui/cluster_view.h"
#include "ui/files_matrix.h"
#include "ui/inspector.h"
#include "ui/lesson_panel.h"
#include "ui/terminal_panel.h"
#include "ui/timeline_panel.h"
#include "ui/why_panel.h"

namespace ui {

std::vector<Placed> make_panels() {
  std::vector<Placed> panels;
  // Whoever asks who sees a file asks the same memory of it.
  const auto sight = std::make_shared<FileSight>();
  panels.push_back({Place::Cluster, std::make_unique<ClusterView>(sight)});
  panels.push_back({Place::Files, std::make_unique<FilesMatrix>(sight)});
  panels.push_back({Place::Inspector, std::make_unique<WhyPanel>(sight)});
  panels.push_back({Place::Inspector, std::make_unique<Inspector>(sight)});
  panels.push_back({Place::Lesson, std::make_unique<LessonPanel>()});
  panels.push_back({Place::Files, std::make_unique<AuthorPanel>()});
  panels.push_back({Place::Timeline, std::make_unique<TimelinePanel>()});
  panels.push_back({Place::Terminal, std::make_unique<TerminalPanel>()});
  return panels;
}

}  // namespace ui
