#include "ui/author_panel.h"

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <filesystem>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/scenario/author.h"
#include "ui/scenario_edit.h"
#include "ui/widgets.h"

namespace ui {
namespace {

constexpr std::size_t kMostMistakes = 20;  // shown
/// Where a text is kept that was not saved yet: beside its file.
std::string draft_of(const std::string& file) { return file + ".draft"; }

}  // namespace

void AuthorPanel::load(Context& context) {
  file_ = context.session.scenario().file;
  text_ = saved_ = sim::starter_scenario("my-lesson");
  note_.clear();
  std::error_code none;
  if (!file_.empty() && context.session.has_lesson()) {
    try {
      text_ = saved_ = sim::read_file(file_);
      if (std::filesystem::exists(draft_of(file_), none)) {
        text_ = sim::read_file(draft_of(file_));
        note_ = context.in("This is the draft that was not saved last time.",
                           "지난번에 저장하지 않은 초안입니다.");
      }
    } catch (const sim::InputError& error) {
      note_ = error.what();
    }
  } else {
    file_ = "my-lesson.json";
  }
  loaded_ = true;
  changed();
}

void AuthorPanel::changed() {
  Draft draft = read_draft(text_, std::filesystem::path(file_).filename().string());
  mistakes_ = std::move(draft.mistakes);
  if (!mistakes_.empty()) return;
  step_ids_ = std::move(draft.steps);
  step_ = std::min(step_, step_ids_.empty() ? 0 : step_ids_.size() - 1);
}

void AuthorPanel::draw(Context& context) {
  // Another lesson was opened; a preview of this very text is none.
  const std::string& open = context.session.scenario().file;
  if (!loaded_ || (!open.empty() && open != file_)) load(context);
  buttons(context);
  if (!note_.empty()) text(context, note_, context.theme.note);
  mistake_count(context, mistakes_.size());
  for (std::size_t i = 0; i < mistakes_.size() && i < kMostMistakes; ++i) {
    ImGui::PushID(static_cast<int>(i));
    if (row(context, fmt::format("author.mistake.{}", i), mistakes_[i].text(), false)) {
      jump_line_ = mistakes_[i].line;
    }
    ImGui::PopID();
  }
  ImGui::PushFont(context.fonts.mono);
  scroll_next_to(&jump_line_);
  const bool edited =
      ImGui::InputTextMultiline("##text", &text_, {-1, -1}, ImGuiInputTextFlags_AllowTabInput);
  ImGui::PopFont();
  mark(context, "author.text", "");
  context.probe.say(text_);
  if (!edited) return;
  changed();
  note_.clear();
  if (context.wishes.may_write && text_ != saved_) {
    try {
      sim::write_file(draft_of(file_), text_);
    } catch (const sim::InputError& error) {
      note_ = error.what();
    }
  }
}

void AuthorPanel::buttons(Context& context) {
  const bool dirty = text_ != saved_;
  const std::string save_label = fmt::format("{}{}", context.in("Save", "저장"), dirty ? " •" : "");
  if (button(context, "author.save", save_label, dirty && context.wishes.may_write)) save(context);
  tip(context, file_);
  ImGui::SameLine();
  if (button(context, "author.revert", context.in("Revert", "되돌리기"), dirty)) {
    text_ = saved_;
    std::error_code none;
    if (context.wishes.may_write) std::filesystem::remove(draft_of(file_), none);
    changed();
  }
  ImGui::SameLine();
  if (button(context, "author.record",
             context.in("Add what was typed", "입력한 명령을 단계로 추가")))
    record(context);
  tip(context, context.in("Each command typed in the terminal becomes a step at the end.",
                          "터미널에 입력한 명령을 하나씩 마지막 단계 뒤에 추가합니다."));
  const std::string at = step_ < step_ids_.size() ? step_ids_[step_] : "";
  if (button(context, "author.step.back", "◂", step_ > 0)) --step_;
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  const std::string which =
      fmt::format("{}/{} {}", step_ids_.empty() ? 0 : step_ + 1, step_ids_.size(), at);
  context.probe.say(which);
  ImGui::TextUnformatted(which.c_str());
  ImGui::SameLine();
  if (button(context, "author.step.forward", "▸", step_ + 1 < step_ids_.size())) ++step_;
  ImGui::SameLine();
  if (button(context, "author.preview", context.in("Play up to it", "여기까지 실행"),
             mistakes_.empty())) {
    preview(context);
  }
}

void AuthorPanel::save(Context& context) {
  try {
    // Through a temporary file and a new name: see sim/base/file_io.h.
    sim::write_file(file_, text_);
    saved_ = text_;
    std::error_code none;
    std::filesystem::remove(draft_of(file_), none);
    note_ = fmt::format(fmt::runtime(context.in("Saved to {}.", "{}에 저장했습니다.")), file_);
  } catch (const sim::InputError& error) {
    note_ = error.what();
  }
}

void AuthorPanel::record(Context& context) {
  const Line& line = context.session.line();
  if (recorded_line_ != line.serial) {
    recorded_line_ = line.serial;
    recorded_ = 0;
  }
  std::size_t added = 0;
  for (; recorded_ < line.entries.size(); ++recorded_) {
    const Entry& entry = line.entries[recorded_];
    if (entry.by_lesson) continue;
    if (std::optional<std::string> longer = with_step(text_, entry.command)) {
      text_ = std::move(*longer);
      ++added;
    }
  }
  changed();
  note_ = fmt::format(fmt::runtime(context.in("Steps added: {}.", "추가한 단계: {}개")), added);
}

void AuthorPanel::preview(Context& context) {
  try {
    context.wishes.preview =
        std::make_shared<const sim::Scenario>(sim::parse_scenario(text_, file_));
    context.wishes.preview_step = step_;
  } catch (const sim::InputError& error) {
    note_ = error.what();
  }
}

}  // namespace ui
