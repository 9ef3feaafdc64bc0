// One self-contained HTML file: moments of a run with narration, commands, pods × files and the
// picture of the cluster, and a slider over them; the run's what-ifs as tabs beside it. It loads
// nothing from anywhere, works with the keyboard alone, follows the browser's light or dark, and
// escapes all that it shows.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/graph/difference.h"
#include "sim/graph/see.h"

namespace sim {

struct Moment {
  Duration at{};
  std::string title;
  std::string say;
  std::string command;
  std::string output;
  std::vector<std::pair<bool, std::string>> checks;  // whether each held, and what it was
  std::vector<std::string> notes;
  Matrix matrix;
  std::string picture;  // an SVG
};

/// What else could have come: other steps in the place of one, and who sees what at their end and
/// at the end of the step that they replace.
struct Future {
  std::string title;
  std::string instead;  // the title of that step
  Duration parted{};    // the end of that step
  std::vector<Moment> moments;
  std::vector<FileDifference> files;  // of all containers
};

struct Page {
  std::string title;
  std::string subtitle;
  std::string language = "en";
  std::vector<Moment> moments;
  std::size_t first = 0;  // which is shown first
  std::vector<Future> futures;
};

std::string to_html(const Page& page);

}  // namespace sim
