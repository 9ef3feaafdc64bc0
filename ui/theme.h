// Colours by what they mean, in a light and a dark set, and the contrast between two of them. No
// meaning rests on a colour alone: beside each stands a sign or a word. The hues are those that
// colour-blind eyes tell apart (blue, orange, purple), never red against green.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ui {

struct Colour {
  std::uint8_t r = 0, g = 0, b = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

enum class Shade { Light, Dark };

struct Theme {
  Shade shade = Shade::Dark;
  bool projector = false;

  Colour back;                        // behind all panes
  Colour panel;                       // of a pane
  Colour raised;                      // of a field, a button, a box in a picture
  Colour text;                        // on any of the three above
  Colour dim;                         // less important text, on the same
  Colour line;                        // borders, grids
  Colour accent;                      // what can be pressed, what is chosen
  Colour on_accent;                   // text on it
  Colour good, bad, warn, note;       // text and signs, on the three grounds
  Colour selected;                    // ground of what is picked; `text` stands on it
  Colour image, layer, volume, host;  // where a file lies: text and signs, on the three grounds
};

Theme make_theme(Shade shade, bool projector);

/// WCAG 2.1 relative luminance contrast, from 1 to 21.
double contrast(Colour a, Colour b);

/// Every pair of a theme that text is shown in, with the least contrast it must have.
struct Pair {
  std::string_view name;
  Colour text;
  Colour ground;
  double least;
};
std::vector<Pair> pairs_of(const Theme& theme);

}  // namespace ui
