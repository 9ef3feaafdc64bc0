#include "ui/theme.h"

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr Colour hex(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 0xff),
          static_cast<std::uint8_t>(value & 0xff)};
}

double linear(std::uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(Colour colour) {
  return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
}

Theme light() {
  Theme theme;
  theme.shade = Shade::Light;
  theme.back = hex(0xe4e8ee);
  theme.panel = hex(0xfbfcfd);
  theme.raised = hex(0xeef1f5);
  theme.text = hex(0x14181f);
  theme.dim = hex(0x4a5361);
  theme.line = hex(0xb4bcc8);
  theme.accent = hex(0x0b57a4);
  theme.on_accent = hex(0xffffff);
  theme.good = hex(0x005a8c);
  theme.bad = hex(0xa3320b);
  theme.warn = hex(0x7a4a00);
  theme.note = hex(0x6a2a8a);
  theme.selected = hex(0xcfe3f9);
  theme.image = hex(0x45505f);
  theme.layer = hex(0x96400a);
  theme.volume = hex(0x00568f);
  theme.host = hex(0x6a2a8a);
  return theme;
}

Theme dark() {
  Theme theme;
  theme.shade = Shade::Dark;
  theme.back = hex(0x0d1015);
  theme.panel = hex(0x161b22);
  theme.raised = hex(0x222933);
  theme.text = hex(0xe9edf3);
  theme.dim = hex(0xacb6c4);
  theme.line = hex(0x3c4655);
  theme.accent = hex(0x6db3f7);
  theme.on_accent = hex(0x0a1420);
  theme.good = hex(0x71bff2);
  theme.bad = hex(0xffa37a);
  theme.warn = hex(0xf2c14e);
  theme.note = hex(0xd6a8f0);
  theme.selected = hex(0x244468);
  theme.image = hex(0xb6c0cd);
  theme.layer = hex(0xffb060);
  theme.volume = hex(0x71bff2);
  theme.host = hex(0xd6a8f0);
  return theme;
}

}  // namespace

Theme make_theme(Shade shade, bool projector) {
  Theme theme = shade == Shade::Light ? light() : dark();
  theme.projector = projector;
  if (!projector) return theme;
  // Old projectors wash out what is grey.
  const bool is_light = shade == Shade::Light;
  theme.panel = is_light ? hex(0xffffff) : hex(0x000000);
  theme.back = is_light ? hex(0xffffff) : hex(0x000000);
  theme.raised = is_light ? hex(0xf4f6f9) : hex(0x151a21);
  theme.text = is_light ? hex(0x000000) : hex(0xffffff);
  theme.dim = is_light ? hex(0x2b323c) : hex(0xd5dce5);
  theme.line = is_light ? hex(0x5b6572) : hex(0x8b96a5);
  if (is_light) {
    theme.good = hex(0x00466e);
    theme.bad = hex(0x852504);
    theme.warn = hex(0x5e3900);
    theme.volume = hex(0x00466e);
    theme.layer = hex(0x762f02);
    theme.image = hex(0x333c49);
    theme.note = theme.host = hex(0x541a72);
    theme.accent = hex(0x084684);
  }
  return theme;
}

double contrast(Colour a, Colour b) {
  const double high = std::max(luminance(a), luminance(b));
  const double low = std::min(luminance(a), luminance(b));
  return (high + 0.05) / (low + 0.05);
}

std::vector<Pair> pairs_of(const Theme& theme) {
  // WCAG AA asks 4.5 of text; a projector in a lit room needs AAA.
  const double text = 7.0;
  const double sign = theme.projector ? 7.0 : 4.5;
  std::vector<Pair> pairs = {{"text on what is picked", theme.text, theme.selected, text},
                             {"text on the accent", theme.on_accent, theme.accent, sign},
                             {"a line on a pane", theme.line, theme.panel, 1.5}};
  for (const Colour ground : {theme.back, theme.panel, theme.raised}) {
    pairs.push_back({"text", theme.text, ground, text});
    pairs.push_back({"dim text", theme.dim, ground, sign});
    pairs.push_back({"accent", theme.accent, ground, sign});
    pairs.push_back({"good", theme.good, ground, sign});
    pairs.push_back({"bad", theme.bad, ground, sign});
    pairs.push_back({"warn", theme.warn, ground, sign});
    pairs.push_back({"note", theme.note, ground, sign});
    pairs.push_back({"image", theme.image, ground, sign});
    pairs.push_back({"layer", theme.layer, ground, sign});
    pairs.push_back({"volume", theme.volume, ground, sign});
    pairs.push_back({"host", theme.host, ground, sign});
  }
  return pairs;
}

}  // namespace ui
