// Changes to the text of a scenario that keep everything else in it as the author wrote it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/input_error.h"

namespace ui {

/// A text as far as it can be read.
struct Draft {
  std::vector<sim::Diagnostic> mistakes;  // in the order of the file; none: it can be played
  std::vector<std::string> steps;         // their names; empty when there are mistakes
};
Draft read_draft(const std::string& text, const std::string& file);

/// The text with a step put behind the last one: `lines` are typed in a shell, then the cluster
/// settles. Nothing when the text has no list "steps" at its top.
std::optional<std::string> with_step(std::string_view text, const std::string& lines);

}  // namespace ui
