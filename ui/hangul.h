// The Korean syllables that texts are written with: the 2,350 of KS X 1001, out of the 11,172 that
// Unicode has. Drawing all of those into a font's atlas would take seconds.
#pragma once

#include <vector>

namespace ui {

std::vector<char32_t> common_syllables();

}  // namespace ui
