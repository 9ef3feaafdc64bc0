// The cluster as a picture: nodes with their pods, containers, mounts and volumes, and whether each
// container sees the files asked for. It is one SVG whose text never overlaps: everything stands on
// a grid that is laid out here, and lines run in lanes of their own. Colour is never the only sign.
#pragma once

#include <string>
#include <string_view>

#include "sim/graph/see.h"
#include "sim/world/world.h"

namespace sim {

/// What a picture shows besides the cluster: the answers of this matrix, at its containers. Pods
/// that the matrix does not list are left out.
/// `inside_page`: the page has the style already.
std::string to_svg(const World& world, const Matrix& matrix, std::string_view language,
                   bool inside_page = false);

/// The colours of pictures and pages, for light and dark, as CSS.
std::string_view picture_style();
/// Text as HTML and SVG take it; what is no UTF-8 or no character becomes the replacement
/// character.
std::string escape_markup(std::string_view text);

}  // namespace sim
