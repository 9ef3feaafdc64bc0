#include "sim/base/columns.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sim {
namespace {

struct Cell {
  std::string_view text;
  int width = 0;          // in code points
  std::size_t block = 0;  // its column block, for all but the last cell of a line
};

struct Line {
  std::vector<Cell> cells;
  bool newline = true;  // the last line of a text may have none
};

struct Block {
  int width;  // of its widest cell, padding included
  bool empty = true;
};

int code_points(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::string align(std::string_view text, const ColumnStyle& style) {
  // Go 1.22 text/tabwriter: format, without its recursion. A line that has a column has all columns
  // before it too, so a block of column n is a run of lines with more than n + 1 cells.
  std::vector<Line> lines;
  std::vector<Block> blocks;
  std::vector<std::size_t> open;  // per column, the block that the next line may join
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\n\f");
    std::string_view rest = text.substr(0, end);
    const bool break_all = end != std::string_view::npos && text[end] == '\f';
    Line line;
    line.newline = end != std::string_view::npos;
    for (;;) {
      const std::size_t tab = rest.find('\t');
      Cell cell;
      cell.text = rest.substr(0, tab);
      cell.width = code_points(cell.text);
      line.cells.push_back(cell);
      if (tab == std::string_view::npos) break;
      rest.remove_prefix(tab + 1);
    }
    const std::size_t columns = line.cells.size() - 1;
    if (open.size() > columns) open.resize(columns);
    for (std::size_t column = 0; column < columns; ++column) {
      if (open.size() == column) {
        open.push_back(blocks.size());
        blocks.push_back({style.min_width});
      }
      Cell& cell = line.cells[column];
      cell.block = open[column];
      Block& block = blocks[cell.block];
      block.width = std::max(block.width, cell.width + style.padding);
      block.empty = block.empty && cell.width == 0;
    }
    if (break_all) open.clear();
    lines.push_back(std::move(line));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }

  std::string out;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const Cell& cell = line.cells[i];
      out += cell.text;
      if (i + 1 == line.cells.size()) break;
      const Block& block = blocks[cell.block];
      const int width = style.discard_empty && block.empty ? 0 : block.width;
      out.append(static_cast<std::size_t>(std::max(0, width - cell.width)), ' ');
    }
    if (line.newline) out += '\n';
  }
  return out;
}

}  // namespace sim
