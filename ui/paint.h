// Drawing that several panels' pictures share: text that fits its room, signs that tell states
// apart without colour, dashed lines.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "sim/graph/see.h"
#include "ui/cluster_boxes.h"
#include "ui/cluster_layout.h"
#include "ui/file_sight.h"
#include "ui/theme.h"

namespace ui {

/// Letters of one font and size on one list.
struct Pen {
  ImDrawList* draw = nullptr;
  ImFont* font = nullptr;
  float size = 0;

  float width(std::string_view text) const;
  void put(float x, float y, ImU32 ink, std::string_view text) const;
};

/// Which end of a text is left out where there is no room for all of it.
enum class Keep { Start, End, Both };
/// Cut with an ellipsis to the width; empty when not even two letters fit.
std::string fitted(const Pen& pen, std::string_view text, float width, Keep keep);

Colour colour_of(const Theme& theme, Health health);
Colour colour_of(const Theme& theme, Lies lies);
Colour colour_of(const Theme& theme, sim::Status status);
/// A sign of its own shape for each state, within a circle.
void draw_sign(ImDrawList& draw, ImVec2 centre, float radius, Health health, const Theme& theme);
/// "✓ I", "✗", "▨", …
std::string mark_text(const Look& look);

void dashed_rect(ImDrawList& draw, const Area& area, ImU32 ink, float thickness);
/// The outline of a cylinder, as volumes are drawn.
void cylinder(ImDrawList& draw, const Area& area, ImU32 fill, ImU32 ink, float thickness);

}  // namespace ui
