#include "ui/widgets.h"

#include <imgui_internal.h>

#include <algorithm>

#include "sim/base/format.h"

namespace ui {
namespace {

constexpr float kBar = 6.0F;  // of a splitter, at scale 1

std::string with_id(const std::string& label, const std::string& id) { return label + "###" + id; }

void plain_text(Context& context, std::string_view words) {
  context.probe.say(words);
  ImGui::PushTextWrapPos(0.0F);
  ImGui::TextUnformatted(words.data(), words.data() + words.size());
  ImGui::PopTextWrapPos();
}

}  // namespace

ImU32 colour(Colour c, float alpha) {
  return IM_COL32(c.r, c.g, c.b, static_cast<int>(alpha * 255.0F + 0.5F));
}

ImVec4 vector_of(Colour c, float alpha) {
  return {static_cast<float>(c.r) / 255.0F, static_cast<float>(c.g) / 255.0F,
          static_cast<float>(c.b) / 255.0F, alpha};
}

void mark_rect(Context& context, const std::string& id, std::string_view label, ImVec2 from,
               ImVec2 to, bool enabled) {
  const ImRect clip = ImGui::GetCurrentWindow()->ClipRect;
  context.probe.item(id, label,
                     {std::max(from.x, clip.Min.x), std::max(from.y, clip.Min.y),
                      std::min(to.x, clip.Max.x), std::min(to.y, clip.Max.y)},
                     enabled);
}

void mark(Context& context, const std::string& id, std::string_view label, bool enabled) {
  mark_rect(context, id, label, ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), enabled);
}

bool button(Context& context, const std::string& id, const std::string& label, bool enabled) {
  ImGui::BeginDisabled(!enabled);
  const bool pressed = ImGui::Button(with_id(label, id).c_str());
  ImGui::EndDisabled();
  mark(context, id, label, enabled);
  return pressed && enabled;
}

bool main_button(Context& context, const std::string& id, const std::string& label, bool enabled) {
  if (!enabled) return button(context, id, label, false);
  ImGui::PushStyleColor(ImGuiCol_Button, vector_of(context.theme.accent));
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, vector_of(context.theme.accent, 0.88F));
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, vector_of(context.theme.accent, 0.76F));
  ImGui::PushStyleColor(ImGuiCol_Text, vector_of(context.theme.on_accent));
  const bool pressed = button(context, id, label, true);
  ImGui::PopStyleColor(4);
  return pressed;
}

bool choice(Context& context, const std::string& id, const std::string& label, bool chosen,
            bool enabled) {
  // A long answer is wrapped, which ImGui's own radio button cannot do.
  const float mark_width = ImGui::GetFrameHeight();
  const float width = std::max(ImGui::GetContentRegionAvail().x, mark_width * 2);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 padding = ImGui::GetStyle().FramePadding;
  const float wrap = width - mark_width - padding.x;
  const ImVec2 size = ImGui::CalcTextSize(label.c_str(), nullptr, false, wrap);
  ImGui::BeginDisabled(!enabled);
  const bool pressed = ImGui::InvisibleButton(id.c_str(), {width, size.y + padding.y * 2});
  ImGui::EndDisabled();
  const bool hovered = ImGui::IsItemHovered() || ImGui::IsItemFocused();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (chosen || (hovered && enabled)) {
    draw.AddRectFilled(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(),
                       colour(chosen ? context.theme.selected : context.theme.raised),
                       ImGui::GetStyle().FrameRounding);
  }
  const float middle = padding.y + ImGui::GetFontSize() * 0.5F;
  const ImVec2 centre = {at.x + mark_width * 0.5F, at.y + middle};
  const float radius = ImGui::GetFontSize() * 0.34F;
  draw.AddCircle(centre, radius, colour(context.theme.dim), 20, 1.5F);
  if (chosen) draw.AddCircleFilled(centre, radius * 0.6F, colour(context.theme.text), 20);
  draw.AddText(nullptr, 0.0F, {at.x + mark_width, at.y + padding.y}, colour(context.theme.text),
               label.c_str(), nullptr, wrap);
  mark(context, id, label, enabled);
  return pressed && enabled;
}

bool menu_item(Context& context, const std::string& id, const std::string& label,
               const char* shortcut, bool checked, bool enabled) {
  // What cannot be chosen, and why, is still to be read: dim, and no fainter.
  if (!enabled) ImGui::PushStyleColor(ImGuiCol_Text, vector_of(context.theme.dim));
  ImGui::PushStyleVar(ImGuiStyleVar_DisabledAlpha, 1.0F);
  const bool chosen = ImGui::MenuItem(with_id(label, id).c_str(), shortcut, checked, enabled);
  ImGui::PopStyleVar();
  if (!enabled) ImGui::PopStyleColor();
  mark(context, id, label, enabled);
  return chosen;
}

bool begin_menu(Context& context, const std::string& id, const std::string& label, bool enabled) {
  const bool open = ImGui::BeginMenu(with_id(label, id).c_str(), enabled);
  // Inside its own pop-up the last item is another one: the name goes with a closed menu, and with
  // an open one by the place it had.
  if (!open) mark(context, id, label, enabled);
  if (open) context.probe.say(label);
  return open;
}

bool row(Context& context, const std::string& id, const std::string& label, bool picked) {
  const bool pressed = ImGui::Selectable(with_id(label, id).c_str(), picked);
  mark(context, id, label, true);
  return pressed;
}

void text(Context& context, std::string_view words) { plain_text(context, words); }

void text(Context& context, std::string_view words, Colour ink) {
  ImGui::PushStyleColor(ImGuiCol_Text, vector_of(ink));
  plain_text(context, words);
  ImGui::PopStyleColor();
}

void mistake_count(Context& context, std::size_t count, bool say_none) {
  if (count == 0) {
    text(context, say_none ? context.in("✓ No mistake.", "✓ 오류가 없습니다.") : "",
         context.theme.good);
  } else {
    text(context, fmt::format(fmt::runtime(context.in("✗ Mistakes: {}", "✗ 오류 {}개")), count),
         context.theme.bad);
  }
}

void scroll_next_to(int* line) {
  if (*line <= 0) return;
  // The field scrolls inside a child window of its own name.
  ImGui::SetNextWindowScroll(
      {0, std::max(0.0F, static_cast<float>(*line - 3) * ImGui::GetTextLineHeight())});
  *line = 0;
}

void heading(Context& context, std::string_view words) {
  ImGui::PushFont(context.fonts.bold);
  plain_text(context, words);
  ImGui::PopFont();
}

void mono(Context& context, std::string_view words) {
  ImGui::PushFont(context.fonts.mono);
  plain_text(context, words);
  ImGui::PopFont();
}

void mono(Context& context, std::string_view words, Colour ink) {
  ImGui::PushStyleColor(ImGuiCol_Text, vector_of(ink));
  mono(context, words);
  ImGui::PopStyleColor();
}

void tip(Context& context, std::string_view words) {
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
  context.probe.say(words);
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(ImGui::GetFontSize() * 28.0F);
  ImGui::TextUnformatted(words.data(), words.data() + words.size());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

void splitter(Context& context, const char* id, bool vertical, ImVec2 at, float extent,
              float length, float* share, bool grows_backward) {
  const float bar = context.scaled(kBar);
  ImGui::SetCursorScreenPos(at);
  const ImVec2 size = vertical ? ImVec2(bar, extent) : ImVec2(extent, bar);
  ImGui::InvisibleButton(id, size);
  const bool held = ImGui::IsItemActive();
  if (held || ImGui::IsItemHovered()) {
    ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    ImGui::GetWindowDrawList()->AddRectFilled(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(),
                                              colour(context.theme.accent, held ? 1.0F : 0.6F));
  }
  mark(context, id, "", true);
  if (!held || length <= 0) return;
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  const float by = (vertical ? moved.x : moved.y) / length;
  *share = std::clamp(*share + (grows_backward ? -by : by), 0.12F, 0.88F);
}

void apply_theme(const Theme& theme, float scale) {
  // From a fresh style each time: sizes would grow with every change otherwise.
  ImGuiStyle style;
  style.WindowPadding = {8, 6};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 5};
  style.ItemInnerSpacing = {6, 4};
  style.ScrollbarSize = 13;
  style.FrameRounding = 4;
  style.PopupRounding = 4;
  style.TabRounding = 4;
  style.GrabRounding = 4;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.FrameBorderSize = theme.shade == Shade::Light || theme.projector ? 1 : 0;
  style.ScaleAllSizes(scale);
  const auto set = [&](ImGuiCol which, Colour c, float alpha = 1.0F) {
    style.Colors[which] = vector_of(c, alpha);
  };
  set(ImGuiCol_Text, theme.text);
  set(ImGuiCol_TextDisabled, theme.dim);
  set(ImGuiCol_WindowBg, theme.back);
  set(ImGuiCol_ChildBg, theme.panel);
  set(ImGuiCol_PopupBg, theme.panel);
  set(ImGuiCol_Border, theme.line);
  set(ImGuiCol_FrameBg, theme.raised);
  set(ImGuiCol_FrameBgHovered, theme.selected);
  set(ImGuiCol_FrameBgActive, theme.selected);
  set(ImGuiCol_MenuBarBg, theme.raised);
  set(ImGuiCol_ScrollbarBg, theme.panel);
  set(ImGuiCol_ScrollbarGrab, theme.line);
  set(ImGuiCol_ScrollbarGrabHovered, theme.dim);
  set(ImGuiCol_ScrollbarGrabActive, theme.dim);
  set(ImGuiCol_CheckMark, theme.accent);
  set(ImGuiCol_SliderGrab, theme.accent);
  set(ImGuiCol_SliderGrabActive, theme.accent);
  set(ImGuiCol_Button, theme.raised);
  set(ImGuiCol_ButtonHovered, theme.selected);
  set(ImGuiCol_ButtonActive, theme.selected);
  set(ImGuiCol_Header, theme.selected);
  set(ImGuiCol_HeaderHovered, theme.selected);
  set(ImGuiCol_HeaderActive, theme.selected);
  set(ImGuiCol_Separator, theme.line);
  set(ImGuiCol_Tab, theme.raised);
  set(ImGuiCol_TabHovered, theme.selected);
  set(ImGuiCol_TabActive, theme.selected);
  set(ImGuiCol_TabUnfocused, theme.raised);
  set(ImGuiCol_TabUnfocusedActive, theme.selected);
  set(ImGuiCol_TableHeaderBg, theme.raised);
  set(ImGuiCol_TableBorderStrong, theme.line);
  set(ImGuiCol_TableBorderLight, theme.line, 0.6F);
  set(ImGuiCol_TableRowBg, theme.panel);
  set(ImGuiCol_TableRowBgAlt, theme.raised, 0.5F);
  set(ImGuiCol_TextSelectedBg, theme.selected);
  set(ImGuiCol_NavHighlight, theme.accent);
  set(ImGuiCol_TitleBg, theme.raised);
  set(ImGuiCol_TitleBgActive, theme.raised);
  ImGui::GetStyle() = style;
}

}  // namespace ui
