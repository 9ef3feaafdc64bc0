// What differs between two worlds, for panels that keep what they worked out: asking again after a
// step costs what the step changed.
#pragma once

#include <optional>
#include <vector>

#include "sim/world/world.h"

namespace ui {

/// The rows that changed from `before` to `now`, each once, when `now` came out of `before`; none
/// when that is not so (another line of history, an earlier moment) or cannot be told.
std::optional<std::vector<sim::Ref>> changed_rows(const sim::World& before, const sim::World& now);

}  // namespace ui
