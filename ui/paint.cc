#include "ui/paint.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "ui/widgets.h"

namespace ui {

float Pen::width(std::string_view text) const {
  return font->CalcTextSizeA(size, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

void Pen::put(float x, float y, ImU32 ink, std::string_view text) const {
  if (text.empty()) return;
  draw->AddText(font, size, {std::floor(x), std::floor(y)}, ink, text.data(),
                text.data() + text.size());
}

std::string fitted(const Pen& pen, std::string_view text, float width, Keep keep) {
  // Letters stand side by side: how wide each beginning of the text is tells all.
  const float scale = pen.size / pen.font->FontSize;
  std::vector<std::pair<std::size_t, float>> letters;  // where each begins, and at what width
  letters.reserve(text.size() + 1);
  float all = 0;
  for (std::size_t at = 0; at < text.size();) {
    letters.emplace_back(at, all);
    char32_t letter = 0;
    at += std::max<std::size_t>(sim::decode_utf8(text.substr(at), &letter), 1);
    all += pen.font->GetCharAdvance(static_cast<ImWchar>(letter)) * scale;
  }
  if (all <= width) return std::string(text);
  const std::size_t count = letters.size();
  letters.emplace_back(text.size(), all);
  constexpr ImWchar kEllipsis = 0x2026;
  const float room = width - pen.font->GetCharAdvance(kEllipsis) * scale;
  const auto parts = [&](std::size_t kept) {
    const std::size_t left = keep == Keep::Start ? kept : keep == Keep::End ? 0 : kept / 2;
    return std::pair(letters[left], letters[count - (kept - left)]);
  };
  std::size_t low = 0;
  std::size_t high = count;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    const auto [left, right] = parts(middle);
    if (left.second + all - right.second <= room) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  if (low < 2) return {};
  const auto [left, right] = parts(low);
  std::string cut;
  cut.reserve(text.size());
  cut += text.substr(0, left.first);
  cut += "…";
  cut += text.substr(right.first);
  return cut;
}

Colour colour_of(const Theme& theme, Health health) {
  switch (health) {
    case Health::Ready:
      return theme.good;
    case Health::Done:
      return theme.dim;
    case Health::Pending:
    case Health::NotReady:
      return theme.warn;
    case Health::Failing:
    case Health::Lost:
      return theme.bad;
    case Health::Terminating:
      return theme.note;
  }
  return theme.dim;
}

Colour colour_of(const Theme& theme, Lies lies) {
  switch (lies) {
    case Lies::Image:
    case Lies::Given:
      return theme.image;
    case Lies::Layer:
      return theme.layer;
    case Lies::PodVolume:
    case Lies::Source:
    case Lies::Shared:
      return theme.volume;
    case Lies::Host:
      return theme.host;
    case Lies::Nowhere:
      break;
  }
  return theme.dim;
}

Colour colour_of(const Theme& theme, sim::Status status) {
  switch (status) {
    case sim::Status::Present:
    case sim::Status::ReadOnly:
      return theme.good;
    case sim::Status::Stale:
      return theme.warn;
    case sim::Status::Absent:
    case sim::Status::Hidden:
      return theme.bad;
    case sim::Status::Unreachable:
      break;
  }
  return theme.dim;
}

void draw_sign(ImDrawList& draw, ImVec2 c, float r, Health health, const Theme& theme) {
  const ImU32 ink = colour(colour_of(theme, health));
  const ImU32 ground = colour(theme.panel);
  const float thick = std::max(1.5f, r / 4);
  const auto check = [&](ImU32 with) {
    const ImVec2 points[] = {{c.x - r * 0.5f, c.y},
                             {c.x - r * 0.1f, c.y + r * 0.42f},
                             {c.x + r * 0.52f, c.y - r * 0.4f}};
    draw.AddPolyline(points, 3, with, 0, thick);
  };
  const int corners = r < 8 ? 10 : 16;  // enough to look round
  switch (health) {
    case Health::Ready:
      draw.AddCircleFilled(c, r, ink, corners);
      check(ground);
      break;
    case Health::Done:
      draw.AddRect({c.x - r, c.y - r}, {c.x + r, c.y + r}, ink, 0, 0, thick);
      check(ink);
      break;
    case Health::Pending:  // a clock
      draw.AddCircle(c, r - thick / 2, ink, corners, thick);
      draw.AddLine(c, {c.x, c.y - r * 0.6f}, ink, thick);
      draw.AddLine(c, {c.x + r * 0.5f, c.y}, ink, thick);
      break;
    case Health::NotReady:  // half full
      draw.AddCircle(c, r - thick / 2, ink, corners, thick);
      draw.PathArcTo(c, r - thick / 2, 1.5708f, 4.7124f, 10);
      draw.PathFillConvex(ink);
      break;
    case Health::Failing:  // a warning triangle
      draw.AddTriangleFilled({c.x, c.y - r}, {c.x + r, c.y + r * 0.85f}, {c.x - r, c.y + r * 0.85f},
                             ink);
      draw.AddLine({c.x, c.y - r * 0.4f}, {c.x, c.y + r * 0.25f}, ground, thick);
      draw.AddRectFilled({c.x - thick / 2, c.y + r * 0.42f},
                         {c.x + thick / 2, c.y + r * 0.42f + thick}, ground);
      break;
    case Health::Terminating:  // a circle crossed out
      draw.AddCircle(c, r - thick / 2, ink, corners, thick);
      draw.AddLine({c.x - r * 0.45f, c.y - r * 0.45f}, {c.x + r * 0.45f, c.y + r * 0.45f}, ink,
                   thick);
      draw.AddLine({c.x + r * 0.45f, c.y - r * 0.45f}, {c.x - r * 0.45f, c.y + r * 0.45f}, ink,
                   thick);
      break;
    case Health::Lost:  // an empty diamond
      draw.AddQuad({c.x, c.y - r}, {c.x + r, c.y}, {c.x, c.y + r}, {c.x - r, c.y}, ink, thick);
      draw.AddLine({c.x - r * 0.4f, c.y}, {c.x + r * 0.4f, c.y}, ink, thick);
      break;
  }
}

std::string mark_text(const Look& look) {
  std::string text(sim::mark_of(look.status));
  if (sim::is_seen(look.status) || look.status == sim::Status::Stale) {
    const std::string_view letter = letter_of(look.lies);
    if (!letter.empty()) text += fmt::format(" {}", letter);
  }
  if (look.status == sim::Status::ReadOnly) text += "r";
  return text;
}

void dashed_rect(ImDrawList& draw, const Area& area, ImU32 ink, float thickness) {
  const float dash = 4 * thickness;
  const auto line = [&](ImVec2 from, ImVec2 to) {
    const float length = std::max(std::fabs(to.x - from.x), std::fabs(to.y - from.y));
    const ImVec2 unit = {(to.x - from.x) / std::max(length, 1.f),
                         (to.y - from.y) / std::max(length, 1.f)};
    // A side of a thousand dashes is one line to the eye.
    const float step = std::max(2 * dash, length / 200);
    for (float at = 0; at < length; at += step) {
      const float end = std::min(at + step / 2, length);
      draw.AddLine({from.x + unit.x * at, from.y + unit.y * at},
                   {from.x + unit.x * end, from.y + unit.y * end}, ink, thickness);
    }
  };
  line({area.x, area.y}, {area.right(), area.y});
  line({area.right(), area.y}, {area.right(), area.bottom()});
  line({area.x, area.bottom()}, {area.right(), area.bottom()});
  line({area.x, area.y}, {area.x, area.bottom()});
}

void cylinder(ImDrawList& draw, const Area& area, ImU32 fill, ImU32 ink, float thickness) {
  constexpr int kSteps = 16;
  constexpr float kPi = 3.14159265f;
  const float rx = area.w / 2;
  const float ry = std::min(area.h / 8, 8.f);
  const float cx = area.x + rx;
  std::vector<ImVec2> outline;
  for (int i = 0; i <= kSteps; ++i) {  // the upper edge, from left to right
    const float angle = kPi - kPi * static_cast<float>(i) / kSteps;
    outline.push_back({cx + rx * std::cos(angle), area.y + ry - ry * std::sin(angle)});
  }
  for (int i = 0; i <= kSteps; ++i) {  // the lower one, back
    const float angle = kPi * static_cast<float>(i) / kSteps;
    outline.push_back({cx + rx * std::cos(angle), area.bottom() - ry + ry * std::sin(angle)});
  }
  const int count = static_cast<int>(outline.size());
  draw.AddConvexPolyFilled(outline.data(), count, fill);
  draw.AddPolyline(outline.data(), count, ink, ImDrawFlags_Closed, thickness);
  std::vector<ImVec2> lip;
  for (int i = 0; i <= kSteps; ++i) {
    const float angle = kPi - kPi * static_cast<float>(i) / kSteps;
    lip.push_back({cx + rx * std::cos(angle), area.y + ry + ry * std::sin(angle)});
  }
  draw.AddPolyline(lip.data(), static_cast<int>(lip.size()), ink, 0, thickness);
}

}  // namespace ui
