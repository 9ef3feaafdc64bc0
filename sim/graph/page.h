// One self-contained HTML file: moments of a run with narration, commands, pods × files and the
// picture of the cluster, and a slider over them. It loads nothing from anywhere, works with the
// keyboard alone, follows the browser's light or dark, and escapes all that it shows.
#pragma once

#include <string>
#include <utility>
#include <vector>

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

struct Page {
  std::string title;
  std::string subtitle;
  std::string language = "en";
  std::vector<Moment> moments;
  std::size_t first = 0;  // which is shown first
};

std::string to_html(const Page& page);

}  // namespace sim
