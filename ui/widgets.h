// The few widgets that all panels use. Each tells the probe what it says and where it is, so that a
// driver can find it by name and tests can read it.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "ui/panel.h"

namespace ui {

ImU32 colour(Colour c, float alpha = 1.0F);
ImVec4 vector_of(Colour c, float alpha = 1.0F);

/// Notes the item that was drawn last under a name.
void mark(Context& context, const std::string& id, std::string_view label, bool enabled = true);
/// The same for a part of a picture.
void mark_rect(Context& context, const std::string& id, std::string_view label, ImVec2 from,
               ImVec2 to, bool enabled = true);

/// A button; `id` names it to drivers.
bool button(Context& context, const std::string& id, const std::string& label, bool enabled = true);
/// A button for what the person most likely wants next.
bool main_button(Context& context, const std::string& id, const std::string& label,
                 bool enabled = true);
bool choice(Context& context, const std::string& id, const std::string& label, bool chosen,
            bool enabled = true);
bool menu_item(Context& context, const std::string& id, const std::string& label,
               const char* shortcut = nullptr, bool checked = false, bool enabled = true);
bool begin_menu(Context& context, const std::string& id, const std::string& label,
                bool enabled = true);
/// A row that can be picked, over the whole width.
bool row(Context& context, const std::string& id, const std::string& label, bool picked);

void text(Context& context, std::string_view words);
void text(Context& context, std::string_view words, Colour ink);
/// How many mistakes a text that is edited has; words for none may be left out.
void mistake_count(Context& context, std::size_t count, bool say_none = true);
/// Scrolls the field of text that comes next to a line, once: `line` is 0 then, as when there is
/// none.
void scroll_next_to(int* line);
void heading(Context& context, std::string_view words);
void mono(Context& context, std::string_view words);
void mono(Context& context, std::string_view words, Colour ink);
/// A short explanation while the mouse rests on the last item.
void tip(Context& context, std::string_view words);

/// A bar between two panes that can be dragged: changes `share` by what it was moved, out of
/// `length` pixels. `vertical`: the bar stands upright.
void splitter(Context& context, const char* id, bool vertical, ImVec2 at, float extent,
              float length, float* share, bool grows_backward);

/// Sets Dear ImGui's colours and sizes.
void apply_theme(const Theme& theme, float scale);

}  // namespace ui
