// Text in columns, as Go's tabwriter sets it: cells end in a tab, a column is as wide as its widest
// cell plus padding, and only runs of consecutive lines that have the column share its width.
#pragma once

#include <string>
#include <string_view>

namespace sim {

struct ColumnStyle {
  int min_width = 0;
  int padding = 2;
  bool discard_empty = false;  // columns whose cells are all empty take no room
};

/// Lays out text whose cells end in '\t' and lines in '\n'. Widths are counted in code points.
/// Same result as Go text/tabwriter with tab width 8, pad character ' ' and the given style.
std::string align(std::string_view text, const ColumnStyle& style);

}  // namespace sim
