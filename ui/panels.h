// Which panels there are, and in which pane each stands. Panels that share a pane are its tabs.
#pragma once

#include <memory>
#include <vector>

#include "ui/panel.h"

namespace ui {

enum class Place { Cluster, Files, Lesson, Inspector, Timeline, Terminal };

struct Placed {
  Place place;
  std::unique_ptr<Panel> panel;
};

std::vector<Placed> make_panels();

}  // namespace ui
