#include "ui/why_panel.h"

#include <imgui.h>

#include "sim/base/format.h"
#include "sim/graph/sentences.h"
#include "ui/paint.h"
#include "ui/widgets.h"

namespace ui {

WhyText why_text(FileSight& sight, sim::Uid pod, const std::string& container,
                 const std::string& path, std::string_view language) {
  const sim::Why& why = sight.why(pod, container, path);
  const sim::Chronicle& chronicle = sight.chronicle();
  WhyText text;
  text.visible = why.visible;
  text.code = std::string(name_of(why.code));
  text.sentence = sentence(why, language);
  text.way = sight.chain(pod, container, path, language).lines;
  for (const sim::Evidence& one : why.evidence) text.evidence.push_back(to_string(one));
  for (const sim::Happening& one : why.history) {
    text.history.push_back({one.time, sim::to_clock(one.time - why.start),
                            history_line(chronicle, one, language), one.origin.text, one.revision});
  }
  text.cure = advice(why, language);
  if (!text.cure.empty()) text.trial = trial_of(chronicle, pod, why);
  return text;
}

void WhyPanel::all_containers(Context& context) {
  const std::string& path = context.selection.path;
  const bool korean = context.view.language == Language::Korean;
  mono(context, path);
  const std::vector<sim::Viewer>& viewers = sight_->viewers();
  if (viewers.empty()) {
    text(context, context.in("There is no container yet.", "아직 컨테이너가 없습니다."),
         context.theme.dim);
    return;
  }
  const Looks& looks = sight_->looks(path);
  heading(context,
          korean ? fmt::format("컨테이너 {}개 중 {}개에서 보입니다", viewers.size(), looks.seen)
                 : fmt::format("{} of {} containers see it", looks.seen, viewers.size()));
  if (looks.files > 1) {
    text(context,
         korean ? fmt::format("이 경로에 서로 다른 파일 {}개가 있습니다.", looks.files)
                : fmt::format("They are {} different files of one path.", looks.files),
         context.theme.warn);
  }
  ImGui::BeginChild("why.list", {0, 0}, false, ImGuiWindowFlags_NoBackground);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(viewers.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const sim::Viewer& viewer = viewers[static_cast<std::size_t>(i)];
      const auto* pod = sight_->world().get<sim::Pod>(viewer.pod);
      const Look& look = looks.of[static_cast<std::size_t>(i)];
      const std::string word =
          sight_->reasons_are_cheap()
              ? word_of(sight_->why(pod->meta.uid, viewer.container.str(), path).code, korean)
              : std::string(words_of(look.status, context.language()));
      ImGui::PushStyleColor(ImGuiCol_Text, vector_of(colour_of(context.theme, look.status)));
      // The word first: it must never be cut off.
      std::string label = fmt::format("{}  {}   ", mark_text(look), word);
      const Pen pen{ImGui::GetWindowDrawList(), context.fonts.text, ImGui::GetFontSize()};
      label += fitted(pen, fmt::format("{} · {}", pod->meta.name, viewer.container),
                      ImGui::GetContentRegionAvail().x - pen.width(label), Keep::End);
      const std::string id =
          fmt::format("why.of.{}/{}/{}", pod->meta.ns, pod->meta.name, viewer.container);
      const bool pressed = row(context, id, label, false);
      ImGui::PopStyleColor();
      if (pressed) {
        context.selection.pick_pod(pod->meta.uid, {sim::Kind::Pod, viewer.pod},
                                   viewer.container.str());
      }
    }
  }
  ImGui::EndChild();
}

/// What would help, and a button that tries it in a future of its own.
void WhyPanel::cure(Context& context) {
  text(context, text_.cure);
  const sim::CureTrial& trial = text_.trial;
  const bool can = trial.trouble == sim::CureTrial::Trouble::None;
  if (main_button(context, "why.try", context.in("⎇ Try this cure", "⎇ 이 방법 시험하기"), can)) {
    context.session.try_out({"a cure", "해결책 시험"}, trial.lines);
    // The pod that was asked may be replaced: all that see the file are shown.
    context.selection.pick_file(trial.path);
    context.selection.pod.reset();
    context.selection.container.clear();
    return;
  }
  if (!can) {
    const bool alone = trial.trouble == sim::CureTrial::Trouble::NoController;
    text(context,
         alone
             ? context.in("What a pod mounts cannot be changed, and no controller makes this one.",
                          "Pod의 마운트는 바꿀 수 없고, 이 Pod를 새로 만들 컨트롤러도 없습니다.")
             : context.in("This takes more than a command or two: try it in the terminal.",
                          "명령 한두 개로 해결되지 않습니다. 터미널에서 직접 시도해 보세요."),
         context.theme.dim);
    return;
  }
  std::string lines;
  for (const std::string& line : trial.lines) lines += "$ " + line + "\n";
  tip(context, lines);
}

void WhyPanel::answer(Context& context) {
  const Selection& selection = context.selection;
  const std::string asked = fmt::format("{}\n{}\n{}\n{}", selection.path, to_string(*selection.pod),
                                        selection.container, context.language());
  if (asked_ != asked || version_ != sight_->version()) {
    asked_ = asked;
    version_ = sight_->version();
    text_ =
        why_text(*sight_, *selection.pod, selection.container, selection.path, context.language());
  }
  const Theme& theme = context.theme;
  if (button(context, "why.all", context.in("← all containers", "← 모든 컨테이너"))) {
    context.selection.pod.reset();
    context.selection.container.clear();
    return;
  }
  mono(context, selection.path);
  ImGui::Spacing();
  ImGui::PushFont(context.fonts.bold);
  text(context, fmt::format("{} {}", text_.visible ? "✓" : "✗", text_.code),
       text_.visible ? theme.good : theme.bad);
  ImGui::PopFont();
  text(context, text_.sentence);
  const auto part = [&](const char* en, const char* ko) {
    ImGui::Spacing();
    heading(context, context.in(en, ko));
  };
  if (!text_.cure.empty()) {
    part("What would help", "해결 방법");
    cure(context);
  }
  if (!text_.way.empty()) part("Way", "경로");
  for (const std::string& line : text_.way) text(context, line);
  if (!text_.history.empty()) part("History", "이력");
  for (std::size_t i = 0; i < text_.history.size(); ++i) {
    const WhyText::Past& one = text_.history[i];
    if (button(context, fmt::format("why.go.{}", i), one.clock)) {
      context.selection.change = one.revision;
      context.session.show(one.time);
    }
    tip(context, context.in("Go to this moment", "이 시점으로 이동"));
    ImGui::SameLine();
    text(context, one.line);
    if (!one.command.empty()) mono(context, "$ " + one.command, theme.dim);
  }
  if (!text_.evidence.empty()) part("Evidence", "근거");
  for (const std::string& line : text_.evidence) text(context, line, theme.dim);
}

void WhyPanel::draw(Context& context) {
  sight_->follow(context.session.world());
  if (context.selection.path.empty()) {
    text(context,
         context.in("Pick a file in the table, or a cell of it: here stands who sees the file, and "
                    "why the others do not.",
                    "표에서 파일이나 칸을 클릭하세요. 어느 컨테이너에서 보이고, 나머지에서는 왜 안 "
                    "보이는지 알려 줍니다."),
         context.theme.dim);
  } else if (!context.selection.pod) {
    all_containers(context);
  } else {
    answer(context);
  }
}

}  // namespace ui
