#include "ui/terminal_panel.h"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "sim/base/format.h"
#include "sim/programs/process.h"
#include "sim/scenario/interactive.h"
#include "ui/widgets.h"

namespace ui {
namespace {

// More than this of one output is cut in the middle of the window's text, not in the session.
constexpr std::size_t kMostShown = 200'000;
constexpr std::size_t kMostEntries = 200;
constexpr std::size_t kMostTold = 12;  // entries out of sight whose text scripts still find

/// As much of an output as had come by then.
std::string_view output_at(const Entry& entry, sim::Time now) {
  if (now >= entry.end) return entry.output;
  std::size_t size = 0;
  for (const auto& [time, length] : entry.progress) {
    if (time <= now) size = length;
  }
  return std::string_view(entry.output).substr(0, size);
}

}  // namespace

void TerminalPanel::draw(Context& context) {
  context_ = &context;
  const float prompt_height = ImGui::GetFrameHeightWithSpacing() +
                              (offered_.empty() ? 0.0F : ImGui::GetTextLineHeightWithSpacing());
  ImGui::BeginChild("entries", {0, -prompt_height}, false,
                    ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoBackground);
  entries(context);
  ImGui::EndChild();
  mark(context, "terminal.entries", "");
  prompt(context);
  context_ = nullptr;
}

void TerminalPanel::entries(Context& context) {
  Session& session = context.session;
  const std::vector<Entry>& all = session.line().entries;
  const std::size_t count = std::min(session.entries_shown(), all.size());
  const sim::Time now = session.world().now();
  std::size_t bytes = 0;
  if (count == 0) {
    text(context,
         context.in("Type kubectl commands as in a workshop; `sim help` tells of faults and time.",
                    "워크숍에서처럼 kubectl 명령을 입력하세요. 장애와 시간 명령은 `sim help`로 볼 "
                    "수 있습니다."),
         context.theme.dim);
  }
  if (extents_line_ != session.line().serial || extents_size_ != ImGui::GetFontSize()) {
    extents_line_ = session.line().serial;
    extents_size_ = ImGui::GetFontSize();
    extents_.clear();
  }
  if (extents_.size() > all.size()) extents_.clear();  // another lesson was opened
  if (extents_.size() < count) extents_.resize(count);
  for (std::size_t i = count - std::min(count, kMostEntries); i < count; ++i) {
    const std::string_view output = output_at(all[i], now).substr(0, kMostShown);
    bytes += output.size();
    Extent& extent = extents_[i];
    // What is out of sight only takes its room.
    const bool known = extent.height > 0 && extent.bytes == output.size();
    const ImVec2 room = {extent.width, extent.height};
    if (known && !ImGui::IsRectVisible(room)) {
      if (i + kMostTold >= count) {
        context.probe.say(all[i].command);
        context.probe.say(output);
      }
      ImGui::Dummy(room);
      continue;
    }
    entry(context, i, output);
    extent = {ImGui::GetItemRectSize().x, ImGui::GetItemRectSize().y, output.size()};
  }
  // What is new is scrolled to; who has scrolled up to read is left alone otherwise.
  if (count != shown_ || bytes != shown_bytes_) ImGui::SetScrollHereY(1.0F);
  shown_ = count;
  shown_bytes_ = bytes;
}

void TerminalPanel::entry(Context& context, std::size_t index, std::string_view output) {
  Session& session = context.session;
  const Entry& entry = session.line().entries[index];
  ImGui::PushID(static_cast<int>(index));
  ImGui::BeginGroup();
  ImGui::PushFont(context.fonts.mono);
  const std::string command = fmt::format(
      "{} $ {}", sim::to_clock(entry.begin - session.world().settings().start), entry.command);
  context.probe.say(command);
  ImGui::PushStyleColor(ImGuiCol_Text, vector_of(context.theme.accent));
  ImGui::TextUnformatted(command.data(), command.data() + command.size());
  ImGui::PopStyleColor();
  if (!output.empty()) {
    context.probe.say(output);
    const std::size_t end = output.back() == '\n' ? output.size() - 1 : output.size();
    ImGui::TextUnformatted(output.data(), output.data() + end);
  }
  ImGui::PopFont();
  if (entry.exit != 0 && session.world().now() >= entry.end) {
    text(context,
         fmt::format(fmt::runtime(context.in("✗ exit status {}", "✗ 종료 코드 {}")), entry.exit),
         context.theme.bad);
  }
  ImGui::EndGroup();
  // Copying: the command or its output, by the right mouse button.
  mark(context, fmt::format("terminal.entry.{}", index), "");
  if (ImGui::BeginPopupContextItem("copy")) {
    if (menu_item(context, "terminal.copy", context.in("Copy the command", "명령 복사"))) {
      ImGui::SetClipboardText(entry.command.c_str());
    }
    if (menu_item(context, "terminal.copy.output", context.in("Copy the output", "출력 복사"))) {
      ImGui::SetClipboardText(entry.output.c_str());
    }
    if (menu_item(context, "terminal.again", context.in("Type it again", "다시 입력"))) {
      input_ = entry.command;
      focus_ = true;
    }
    ImGui::EndPopup();
  }
  ImGui::PopID();
}

void TerminalPanel::prompt(Context& context) {
  Session& session = context.session;
  if (!offered_.empty()) {
    std::string all;
    for (const std::string& word : offered_) {
      if (all.size() + word.size() > 180) {
        all += " …";
        break;
      }
      all += word + "  ";
    }
    mono(context, all, context.theme.dim);
  }
  if (session.following()) {
    const std::string clock =
        fmt::format(fmt::runtime(context.in("◷ waiting: {} of {}", "◷ 대기 중: {} / {}")),
                    sim::to_clock(session.elapsed()), sim::to_clock(session.head().elapsed()));
    ImGui::AlignTextToFramePadding();
    text(context, clock, context.theme.warn);
    ImGui::SameLine();
    if (main_button(context, "terminal.skip", context.in("Skip the wait", "건너뛰기"))) {
      session.show_head();
    }
    return;
  }
  const std::optional<std::string>& asked = session.terminal().command_prompt();
  const std::string sign = !pending_.empty() ? ">"
                           : asked           ? *asked
                                             : sim::to_clock(session.elapsed()) + " $";
  context.probe.say(sign);
  ImGui::PushFont(context.fonts.mono);
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(sign.c_str());
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-1);
  if (focus_ || context.wishes.show_panel == "terminal") {
    ImGui::SetKeyboardFocusHere();
    focus_ = false;
  }
  const bool entered = ImGui::InputText("##input", &input_,
                                        ImGuiInputTextFlags_EnterReturnsTrue |
                                            ImGuiInputTextFlags_CallbackCompletion |
                                            ImGuiInputTextFlags_CallbackHistory,
                                        on_edit, this);
  ImGui::PopFont();
  mark(context, "terminal.input", input_);
  if (entered) submit(context);
}

void TerminalPanel::submit(Context& context) {
  focus_ = true;
  offered_.clear();
  const bool going_on = !pending_.empty();
  std::string lines = going_on ? pending_ + "\n" + input_ : input_;
  input_.clear();
  pending_.clear();
  const bool blank = lines.find_first_not_of(" \t\n") == std::string::npos;
  if (blank && !context.session.terminal().command_prompt()) return;
  if (!context.session.terminal().command_prompt() && sim::needs_more(lines)) {
    pending_ = std::move(lines);
    return;
  }
  if (!blank && (history_.empty() || history_.back() != lines)) history_.push_back(lines);
  recalled_ = history_.size();
  context.session.type(std::move(lines));
}

int TerminalPanel::on_edit(ImGuiInputTextCallbackData* data) {
  auto& panel = *static_cast<TerminalPanel*>(data->UserData);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackCompletion) panel.complete(*data);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackHistory) {
    panel.recall(*data, data->EventKey == ImGuiKey_UpArrow ? -1 : 1);
  }
  return 0;
}

void TerminalPanel::complete(ImGuiInputTextCallbackData& data) {
  const std::string before(data.Buf, static_cast<std::size_t>(data.CursorPos));
  std::vector<std::string> found = sim::completions(context_->session.terminal(), before);
  offered_.clear();
  if (found.empty()) return;
  std::string common = found.front();
  for (const std::string& word : found) {
    const auto differ = std::mismatch(common.begin(), common.end(), word.begin(), word.end()).first;
    common.erase(differ, common.end());
  }
  const std::size_t space = before.find_last_of(" \t");
  const std::size_t begin = space == std::string::npos ? 0 : space + 1;
  if (common.size() >= before.size() - begin) {
    if (found.size() == 1 && (common.empty() || (common.back() != '/' && common.back() != '='))) {
      common += ' ';
    }
    data.DeleteChars(static_cast<int>(begin), data.CursorPos - static_cast<int>(begin));
    data.InsertChars(static_cast<int>(begin), common.c_str());
  }
  if (found.size() > 1) offered_ = std::move(found);
}

void TerminalPanel::recall(ImGuiInputTextCallbackData& data, int direction) {
  if (history_.empty()) return;
  if (recalled_ >= history_.size()) {
    if (direction > 0) return;
    recalled_ = history_.size();
    typed_.assign(data.Buf, static_cast<std::size_t>(data.BufTextLen));
  }
  if (direction < 0 && recalled_ > 0) --recalled_;
  if (direction > 0) ++recalled_;
  const std::string& line = recalled_ < history_.size() ? history_[recalled_] : typed_;
  data.DeleteChars(0, data.BufTextLen);
  data.InsertChars(0, line.c_str());
}

}  // namespace ui
