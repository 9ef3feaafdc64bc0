#include "ui/files_matrix.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <tuple>

#include "sim/base/format.h"
#include "ui/widgets.h"

namespace ui {

using sim::Id;
using sim::Status;
using sim::Viewer;

std::vector<FileColumn> columns_of(FileSight& sight, const ColumnQuestion& question,
                                   std::size_t* left_out) {
  const sim::World& world = sight.world();
  const std::vector<Viewer>& viewers = sight.viewers();
  std::vector<FileColumn> columns;
  *left_out = 0;
  Id refused = 0;
  for (std::size_t i = 0; i < viewers.size(); ++i) {
    const Viewer& viewer = viewers[i];
    if (viewer.pod == refused) continue;
    const bool of_last = !columns.empty() && columns.back().pod == viewer.pod;
    if (of_last && !question.containers) {
      columns.back().viewers.push_back(i);
      continue;
    }
    const sim::Pod& pod = *world.get<sim::Pod>(viewer.pod);
    if (!question.filter.empty() &&
        fmt::format("{}/{}", pod.meta.ns, pod.meta.name).find(question.filter) ==
            std::string::npos) {
      refused = viewer.pod;
      continue;
    }
    if (columns.size() >= kMostColumns) {
      if (refused != viewer.pod) ++*left_out;
      refused = viewer.pod;
      continue;
    }
    columns.push_back({viewer.pod,
                       pod.meta.uid,
                       pod.meta.ns.str(),
                       pod.meta.name.str(),
                       question.containers ? viewer.container.str() : "",
                       {i}});
  }
  std::stable_sort(columns.begin(), columns.end(), [](const FileColumn& a, const FileColumn& b) {
    return std::tie(a.ns, a.name) < std::tie(b.ns, b.name);
  });
  return columns;
}

Look look_of(FileSight& sight, const FileColumn& column, const std::string& path) {
  Look best;
  for (const std::size_t viewer : column.viewers) {
    const Look look = sight.look(viewer, path);
    if (viewer == column.viewers.front() ||
        static_cast<int>(look.status) < static_cast<int>(best.status)) {
      best = look;
    }
  }
  return best;
}

namespace {

void set(std::array<char, 512>& field, const std::string& text) {
  const std::size_t length = std::min(text.size(), field.size() - 1);
  std::memcpy(field.data(), text.data(), length);
  field[length] = '\0';
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

void FilesMatrix::controls(Context& context) {
  const float width = ImGui::GetContentRegionAvail().x;
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const float arrow = ImGui::GetFrameHeight();
  // Where to look: a directory, a pattern, or nothing for what is of interest.
  if (button(context, "files.up", "↑", !question_.where.empty())) {
    set(where_, question_.where == "/" ? "" : parent_of(question_.where));
  }
  tip(context, context.in("The directory above", "상위 디렉터리"));
  ImGui::SameLine(0, gap / 2);
  const float up = ImGui::GetItemRectSize().x + gap / 2;
  ImGui::SetNextItemWidth(std::max(width - up - arrow, 60.f));
  ImGui::InputTextWithHint("##files.where",
                           context.in("files of interest — or /dir, /dir/*.conf",
                                      "관심 있는 파일 — 또는 /dir, /dir/*.conf"),
                           where_.data(), where_.size());
  mark(context, "files.where", where_.data());
  ImGui::SameLine(0, 0);
  if (ImGui::ArrowButton("##files.places", ImGuiDir_Down)) ImGui::OpenPopup("files.list");
  mark(context, "files.places", "");
  if (ImGui::BeginPopup("files.list")) {
    if (menu_item(context, "files.place.", context.in("files of interest", "관심 있는 파일"))) {
      set(where_, "");
    }
    if (menu_item(context, "files.place./", "/")) set(where_, "/");
    for (const std::string& place : list_.places(*sight_)) {
      if (menu_item(context, "files.place." + place, place)) set(where_, place);
    }
    ImGui::EndPopup();
  }
  const float third = std::max((width - 3 * gap) / 4, 40.f);
  ImGui::SetNextItemWidth(third);
  ImGui::InputTextWithHint("##files.filter", context.in("file…", "파일…"), filter_.data(),
                           filter_.size());
  mark(context, "files.filter", filter_.data());
  ImGui::SameLine();
  ImGui::SetNextItemWidth(third);
  ImGui::InputTextWithHint("##files.pods", context.in("pod…", "Pod…"), pods_.data(), pods_.size());
  mark(context, "files.pods", pods_.data());
  ImGui::SameLine();
  ImGui::Checkbox(context.in("below###files.deep", "하위###files.deep"), &question_.deep);
  mark(context, "files.deep", context.in("below", "하위"));
  tip(context, context.in("All files below the directory", "하위 디렉터리의 파일까지 모두"));
  ImGui::SameLine();
  ImGui::Checkbox(context.in("containers###files.containers", "컨테이너###files.containers"),
                  &column_question_.containers);
  mark(context, "files.containers", context.in("containers", "컨테이너"));
  tip(context, context.in("A column for each container", "컨테이너별로 열을 나눕니다"));
  question_.where = where_.data();
  question_.filter = filter_.data();
  column_question_.filter = pods_.data();
}

void FilesMatrix::update_columns(Context& context) {
  if (columns_version_ == sight_->version() && columns_for_ == column_question_) return;
  columns_version_ = sight_->version();
  columns_for_ = column_question_;
  columns_ = columns_of(*sight_, column_question_, &left_out_);
  given_names_.assign(columns_.size(), {});
  for (const auto& [name, uid] : context.session.bound()) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].uid == uid) given_names_[i] = name;
    }
  }
}

std::string FilesMatrix::row_name(const FileRow& row) const {
  std::string name = row.path;
  // Below a directory that has a row, the name alone says it.
  if (row.depth > 0) {
    return std::string(static_cast<std::size_t>(row.depth) * 3, ' ') +
           name.substr(name.rfind('/') + 1) + (row.directory ? "/" : "");
  }
  const std::string& where = question_.where;
  if (where.size() > 1 && name.size() > where.size() && name.compare(0, where.size(), where) == 0 &&
      name[where.size()] == '/') {
    name = name.substr(where.size() + 1);
  }
  return row.directory ? name + "/" : name;
}

void FilesMatrix::header(Context& context, const Area& pane, float names, float cell,
                         float scroll) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Theme& theme = context.theme;
  const float size = ImGui::GetFontSize() * 0.88f;
  const Pen bold{&draw, context.fonts.bold, size};
  const Pen words{&draw, context.fonts.text, size};
  draw.AddRectFilled({pane.x, pane.y}, {pane.right(), pane.bottom()}, colour(theme.panel));
  draw.PushClipRect({pane.x + names, pane.y}, {pane.right(), pane.bottom()}, true);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const float x = pane.x + names + static_cast<float>(i) * cell - scroll;
    if (x + cell < pane.x + names || x > pane.right()) continue;
    const FileColumn& column = columns_[i];
    const bool picked = context.selection.pod == column.uid;
    if (picked) {
      draw.AddRectFilled({x, pane.y}, {x + cell - 1, pane.bottom()}, colour(theme.selected));
    }
    // The lesson's name for it when there is one; the end of a name tells replicas apart.
    const std::string& given = given_names_[i];
    const bool named = !given.empty() || !column.container.empty();
    const std::string upper = !given.empty()              ? given
                              : !column.container.empty() ? column.container
                                                          : column.name;
    bold.put(x + 3, pane.y + 2, colour(theme.text),
             fitted(bold, upper, cell - 6, named ? Keep::Start : Keep::End));
    words.put(x + 3, pane.y + 2 + size * 1.2f, colour(theme.dim),
              fitted(words, named ? column.name : column.ns, cell - 6, Keep::End));
    mark_rect(context, fmt::format("files.pod.{}/{}", column.ns, column.name),
              fmt::format("{} {}", upper, column.name), {x, pane.y}, {x + cell, pane.bottom()});
    if (ImGui::IsMouseHoveringRect({x, pane.y}, {x + cell, pane.bottom()}) &&
        ImGui::IsWindowHovered()) {
      ImGui::SetTooltip("%s/%s %s", column.ns.c_str(), column.name.c_str(),
                        column.container.c_str());
      if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
        context.selection.pick_pod(column.uid, {sim::Kind::Pod, column.pod}, column.container);
      }
    }
  }
  draw.PopClipRect();
  draw.AddLine({pane.x, pane.bottom()}, {pane.right(), pane.bottom()}, colour(theme.line));
}

void FilesMatrix::grid(Context& context) {
  const Theme& theme = context.theme;
  const std::vector<FileRow>& rows = list_.rows(*sight_, question_);
  const float footer = legend_height_ + ImGui::GetStyle().ItemSpacing.y;
  ImGui::BeginChild("files.grid", {0, -footer}, false,
                    ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoBackground);
  const ImVec2 corner = ImGui::GetWindowPos();
  const float right = corner.x + ImGui::GetWindowContentRegionMax().x + ImGui::GetScrollX();
  const float width = ImGui::GetWindowWidth();
  const float line = std::floor(ImGui::GetFontSize() * 1.55f);
  const float head = std::floor(ImGui::GetFontSize() * 0.88f * 2.5f) + 4;
  // Names get what the columns leave, and never less than two fifths.
  const auto columns = std::max(static_cast<float>(columns_.size()), 1.f);
  const float room = width - context.scaled(16);
  const float least = std::min(room * 0.42f, context.scaled(380));
  const float cell = std::clamp((room - least) / columns, context.scaled(58), context.scaled(96));
  const float names = std::max(least, room - cell * columns);
  const float total_width = names + cell * static_cast<float>(columns_.size());
  ImGui::Dummy({total_width, head + line * static_cast<float>(rows.size()) + 4});
  const float scroll_x = ImGui::GetScrollX();
  const float scroll_y = ImGui::GetScrollY();
  const float bottom = corner.y + ImGui::GetWindowHeight();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float size = ImGui::GetFontSize();
  const Pen words{&draw, context.fonts.text, size};
  const Pen bold{&draw, context.fonts.bold, size};
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool hovered = ImGui::IsWindowHovered() && mouse.y > corner.y + head;
  const auto first = static_cast<std::size_t>(std::max(0.f, scroll_y / line));
  for (std::size_t i = first; i < rows.size(); ++i) {
    const float y = corner.y + head + static_cast<float>(i) * line - scroll_y;
    if (y > bottom) break;
    const FileRow& row = rows[i];
    const bool row_picked = context.selection.path == row.path;
    if (row_picked) {
      draw.AddRectFilled({corner.x, y}, {std::min(right, corner.x + width), y + line},
                         colour(theme.selected));
    }
    draw.PushClipRect({corner.x + names, corner.y + head}, {corner.x + width, bottom}, true);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const float x = corner.x + names + static_cast<float>(c) * cell - scroll_x;
      if (x + cell < corner.x + names || x > corner.x + width) continue;
      const FileColumn& column = columns_[c];
      const Look look = look_of(*sight_, column, row.path);
      const bool picked = context.selection.pod == column.uid &&
                          (column.container.empty() || context.selection.container.empty() ||
                           column.container == context.selection.container);
      const Area area{x, y, cell - 1, line - 1};
      if (picked && !row_picked) {
        draw.AddRectFilled({area.x, area.y}, {area.right(), area.bottom()},
                           colour(theme.selected, 0.5f));
      }
      const std::string mark = mark_text(look);
      const Colour c_ink = sim::is_seen(look.status) && look.lies != Lies::Nowhere
                               ? colour_of(theme, look.lies)
                               : colour_of(theme, look.status);
      bold.put(x + (cell - bold.width(mark)) / 2, y + (line - size) / 2, colour(c_ink), mark);
      if (picked && row_picked) {
        draw.AddRect({area.x, area.y}, {area.right(), area.bottom()}, colour(theme.accent), 3, 0,
                     context.scaled(2));
      }
      const std::string name =
          fmt::format("files.cell.{}.{}/{}{}{}", row.path, column.ns, column.name,
                      column.container.empty() ? "" : "/", column.container);
      mark_rect(context, name,
                fmt::format("{} {}", mark, words_of(look.status, context.language())),
                {area.x, area.y}, {area.right(), area.bottom()});
      if (hovered && mouse.x > corner.x + names && area.contains(mouse.x, mouse.y)) {
        draw.AddRect({area.x, area.y}, {area.right(), area.bottom()}, colour(theme.accent), 3);
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
          context.selection.pick_file(row.path);
          const std::string container =
              column.container.empty() && column.viewers.size() > 1
                  ? sight_->viewers()[column.viewers.front()].container.str()
                  : column.container;
          context.selection.pick_pod(column.uid, {sim::Kind::Pod, column.pod}, container);
          context.wishes.show_panel = "why";
        }
        const bool korean = context.view.language == Language::Korean;
        ImGui::SetTooltip("%s\n%s/%s\n%s%s%s", row.path.c_str(), column.ns.c_str(),
                          column.name.c_str(),
                          std::string(words_of(look.status, context.language())).c_str(),
                          look.lies == Lies::Nowhere ? "" : ": ",
                          look.lies == Lies::Nowhere ? "" : word_of(look.lies, korean));
      }
    }
    draw.PopClipRect();
    // The name stays where it is while the columns are scrolled.
    const Area name_area{corner.x, y, names - 4, line};
    draw.PushClipRect({corner.x, corner.y + head}, {corner.x + names, bottom}, true);
    const Pen& pen = row.directory ? bold : words;
    pen.put(corner.x + 6, y + (line - size) / 2, colour(row.directory ? theme.accent : theme.text),
            fitted(pen, row_name(row), names - 14, row.depth > 0 ? Keep::Start : Keep::End));
    draw.PopClipRect();
    mark_rect(context, "files.row." + row.path, row.path, {name_area.x, name_area.y},
              {name_area.right(), name_area.bottom()});
    if (hovered && mouse.x <= corner.x + names && name_area.contains(mouse.x, mouse.y)) {
      draw.AddRect({name_area.x, name_area.y}, {name_area.right(), name_area.bottom() - 1},
                   colour(theme.accent), 3);
      ImGui::SetTooltip("%s", row.path.c_str());
      if (row.directory && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        set(where_, row.path);
      } else if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
        context.selection.pick_file(row.path);
        context.selection.pod.reset();
        context.selection.container.clear();
      }
    }
  }
  header(context, {corner.x, corner.y, width, head}, names, cell, scroll_x);
  const Pen small{&draw, context.fonts.text, ImGui::GetFontSize() * 0.88f};
  const std::string count =
      fmt::format("{}{}", rows.size(), list_.cut() ? "+" : "") + context.in(" files", "개 파일");
  small.put(corner.x + 6, corner.y + 2, colour(theme.dim), count);
  if (left_out_ > 0) {
    const std::string more = fmt::format("+{}{}", left_out_, context.in(" pods", "개 Pod"));
    small.put(corner.x + 6, corner.y + 2 + small.size * 1.2f, colour(theme.warn), more);
  }
  context.probe.say(count);
  if (rows.empty()) {
    const char* none = context.in("No container has such a file.", "조건에 맞는 파일이 없습니다.");
    words.put(corner.x + 6, corner.y + head + 8, colour(theme.dim), none);
    context.probe.say(none);
  }
  ImGui::EndChild();
}

void FilesMatrix::legend(Context& context) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float size = ImGui::GetFontSize() * 0.85f;
  const Pen words{&draw, context.fonts.text, size};
  const Pen bold{&draw, context.fonts.bold, size};
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float right = start.x + ImGui::GetContentRegionAvail().x;
  ImVec2 at = start;
  const auto entry = [&](std::string_view sign, std::string_view text, Colour c) {
    const float width = bold.width(sign) + words.width(text) + size * 0.5f;
    if (at.x + width > right && at.x > start.x) {
      at = {start.x, at.y + size * 1.35f};
    }
    bold.put(at.x, at.y, colour(c), sign);
    words.put(at.x + bold.width(sign) + size * 0.3f, at.y, colour(context.theme.dim), text);
    at.x += width + size * 0.6f;
  };
  for (const Status status :
       {Status::Present, Status::Absent, Status::Hidden, Status::Stale, Status::Unreachable}) {
    entry(sim::mark_of(status), words_of(status, context.language()),
          colour_of(context.theme, status));
  }
  const char* short_words[] = {"",
                               context.in("image", "이미지"),
                               context.in("kubelet", "kubelet"),
                               context.in("container layer", "쓰기 레이어"),
                               "emptyDir",
                               context.in("ConfigMap…", "ConfigMap…"),
                               context.in("shared volume", "공유 볼륨"),
                               context.in("node's disk", "노드 디스크")};
  for (const Lies lies :
       {Lies::Image, Lies::Layer, Lies::PodVolume, Lies::Shared, Lies::Source, Lies::Host}) {
    entry(letter_of(lies), short_words[static_cast<std::size_t>(lies)],
          colour_of(context.theme, lies));
  }
  entry("r", context.in("read-only", "읽기 전용"), context.theme.good);
  legend_height_ = at.y - start.y + size * 1.25f;
  ImGui::Dummy({1, legend_height_});
}

void FilesMatrix::draw(Context& context) {
  sight_->follow(context.session.world());
  if (ImGui::GetContentRegionAvail().x < 60) return;
  controls(context);
  const std::size_t pods = context.session.world().store().count(sim::Kind::Pod);
  if (pods > kMostUnnamed && column_question_.filter.empty()) {
    text(context,
         fmt::format(fmt::runtime(context.in(
                         "There are {} pods. Write a part of a name into \"pod…\" above.",
                         "Pod가 {}개입니다. 위의 \"Pod…\" 칸에 이름 일부를 입력하세요.")),
                     pods),
         context.theme.dim);
    return;
  }
  update_columns(context);
  grid(context);
  legend(context);
}

}  // namespace ui
