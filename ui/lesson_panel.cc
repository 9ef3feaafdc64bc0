#include "ui/lesson_panel.h"

#include <imgui.h>

#include "sim/base/format.h"
#include "sim/graph/sentences.h"
#include "sim/scenario/expect.h"
#include "ui/markdown.h"
#include "ui/widgets.h"

namespace ui {
namespace {

// Sizes settle within these: a step's text is measured in the frame that first shows it.
constexpr int kScrollFrames = 3;

}  // namespace

std::string command_of(const sim::Action& action) {
  switch (action.kind) {
    case sim::Action::Kind::Shell:
      return action.script;
    case sim::Action::Kind::Kubectl:
      return "kubectl " + action.script;
    case sim::Action::Kind::Exec:
      return fmt::format("kubectl exec {} -- {}", action.pod, fmt::join(action.argv, " "));
    case sim::Action::Kind::Apply:
      return "kubectl apply -f step.json";
    case sim::Action::Kind::Fault: {
      sim::Fault fault = action.fault;
      if (!action.pod.empty()) fault.target = sim::Str(action.pod);
      const std::string text = sim::to_text(fault);
      return action.at ? fmt::format("sim at {} {}", sim::to_string(*action.at), text)
                       : fmt::format("sim {}", text);
    }
    case sim::Action::Kind::Load:
      return "sim load " + action.script;
    case sim::Action::Kind::Advance:
      return fmt::format("sim advance {}", sim::to_string(action.time));
  }
  return "";
}

void LessonPanel::draw(Context& context) {
  const Session& session = context.session;
  const sim::Scenario& scenario = session.scenario();
  if (!session.has_lesson()) {
    draw_markdown(
        context,
        context.in("No lesson is open. Open one in the menu **Lesson**, or type commands "
                   "in the terminal.",
                   "열린 학습이 없습니다. **학습** 메뉴에서 열거나 터미널에 명령을 입력하세요."));
    return;
  }
  const LessonState& lesson = session.lesson();
  const std::size_t count = scenario.steps.size();
  std::string dots;
  for (std::size_t i = 0; i < count; ++i) dots += i < lesson.next ? "●" : "○";
  text(context,
       fmt::format(fmt::runtime(context.in("step {} of {}  {}", "{} / {} 단계  {}")),
                   std::min(lesson.next + 1, count), count, dots),
       context.theme.dim);
  // What is to be pressed next stays in reach, however much there is to read.
  const float footer_height = ImGui::GetFrameHeightWithSpacing() + ImGui::GetStyle().ItemSpacing.y;
  ImGui::BeginChild("story", {0, -footer_height}, false, ImGuiWindowFlags_NoBackground);
  if (lesson.taken.empty()) draw_markdown(context, scenario.summary.in(context.language()));
  const bool coming = session.following();
  if (lesson.taken.size() != steps_shown_ && !coming) {
    steps_shown_ = lesson.taken.size();
    scroll_frames_ = kScrollFrames;
  }
  for (std::size_t i = 0; i < lesson.taken.size(); ++i) {
    const bool last = i + 1 == lesson.taken.size();
    // The outcome of the step that is still coming to its end is not told before.
    if (last && coming) {
      text(context, context.in("◷ It is running…", "◷ 실행 중…"), context.theme.warn);
      break;
    }
    ImGui::PushID(static_cast<int>(i));
    if (last && scroll_frames_ > 0) {
      ImGui::SetScrollHereY(0.0F);
      --scroll_frames_;
    }
    taken_step(context, lesson.taken[i], last);
    ImGui::PopID();
  }
  if (!coming && session.line().what_if) {
    what_if(context, session.line());
  } else if (!coming) {
    next_step(context);
  }
  ImGui::EndChild();
  mark(context, "lesson.story", "");
  footer(context);
}

void LessonPanel::footer(Context& context) {
  Session& session = context.session;
  const sim::Scenario& scenario = session.scenario();
  const LessonState& lesson = session.lesson();
  ImGui::Separator();
  if (session.following()) {
    if (main_button(context, "lesson.skip", context.in("Skip the wait", "건너뛰기"))) {
      session.show_head();
    }
    return;
  }
  if (session.line().what_if) {
    if (main_button(context, "lesson.discard",
                    context.in("Back to the lesson", "학습으로 돌아가기"))) {
      session.discard_line();
    }
    return;
  }
  if (lesson.next >= scenario.steps.size()) {
    if (button(context, "lesson.again", context.in("Begin anew", "처음부터"))) {
      session.restart();
      context.selection.clear();
    }
    return;
  }
  const sim::ScenarioStep& step = scenario.steps[lesson.next];
  const bool ready = session.may_take_step();
  const char* label = step.action ? context.in("▶ Run it", "▶ 실행") : context.in("Next", "다음");
  if (main_button(context, "lesson.run", label, ready)) session.take_step();
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  if (!ready) {
    text(context,
         step.task
             ? context.in("The goals are not reached yet.", "아직 목표를 달성하지 못했습니다.")
             : context.in("First say what you expect.", "먼저 예상 답을 고르세요."),
         context.theme.warn);
  } else {
    text(context, context.in("Ctrl+Enter", "Ctrl+Enter"), context.theme.dim);
  }
}

/// What was typed, what was expected, what explains it.
void LessonPanel::outcome(Context& context, const sim::ScenarioStep& step,
                          const sim::StepResult& result) {
  if (!result.command.empty()) mono(context, result.command, context.theme.accent);
  for (const sim::CheckResult& check : result.checks) {
    std::string label = check.label;
    for (const sim::Expectation& wanted : step.expect) {
      if (wanted.pointer == check.pointer) label = sim::label_of(wanted, context.language());
    }
    text(context,
         check.held ? fmt::format("✓ {}", label) : fmt::format("✗ {}: {}", label, check.detail),
         check.held ? context.theme.good : context.theme.bad);
  }
  for (const std::string& line : result.explanations) draw_markdown(context, "→ " + line);
}

/// What else could have come in the place of a step: a button each.
void LessonPanel::what_ifs(Context& context, const std::string& step) {
  Session& session = context.session;
  if (session.line().what_if) return;
  for (const sim::Fork& fork : session.scenario().forks) {
    if (fork.before != step) continue;
    const std::string& title = fork.title.empty() ? fork.id : fork.title.in(context.language());
    if (button(context, "lesson.what-if." + fork.id,
               fmt::format("⎇ {}: {}", context.in("What if", "만약"), title),
               session.may_try(fork))) {
      session.try_what_if(fork);
      return;
    }
  }
}

/// The story of a what-if that is being tried.
void LessonPanel::what_if(Context& context, const Line& line) {
  ImGui::Separator();
  heading(context, fmt::format("⎇ {}: {}", context.in("What if", "만약"),
                               line.title.in(context.language())));
  for (std::size_t i = 0; i < line.outcome.size() && i < line.what_if->steps.size(); ++i) {
    const sim::ScenarioStep& step = line.what_if->steps[i];
    if (!step.title.empty()) heading(context, step.title.in(context.language()));
    if (!step.say.empty()) draw_markdown(context, step.say.in(context.language()));
    outcome(context, step, line.outcome[i]);
  }
}

void LessonPanel::taken_step(Context& context, const TakenStep& taken, bool last) {
  const Session& session = context.session;
  const sim::Scenario& scenario = session.scenario();
  const sim::ScenarioStep& step = scenario.steps[taken.step];
  const std::string language = context.language();
  const std::string title =
      fmt::format("{}. {}", taken.step + 1, step.title.empty() ? step.id : step.title.in(language));
  ImGui::Separator();
  if (!last) {
    // What is done is folded: a click opens it.
    context.probe.say(title);
    const std::string label = fmt::format("{}###step", title);
    const bool open = ImGui::TreeNode(label.c_str());
    mark(context, fmt::format("lesson.step.{}", step.id), title);
    if (!open) return;
  } else {
    heading(context, title);
  }
  if (!step.say.empty()) draw_markdown(context, step.say.in(language));
  if (step.predict) {
    const sim::Prediction& predict = *step.predict;
    draw_markdown(context, "**" + predict.ask.in(language) + "**");
    for (std::size_t i = 0; i < taken.result.options.size(); ++i) {
      const sim::OptionResult& option = taken.result.options[i];
      const bool cells = !predict.matrix_pods.empty();
      const bool said =
          cells ? i < taken.cells.size() && taken.cells[i] : taken.answer && *taken.answer == i;
      const std::string name =
          cells ? predict.matrix_pods[i] : predict.options[i].text.in(language);
      std::string line;
      if (cells) {
        line = fmt::format(
            fmt::runtime(context.in("{} {}: you said {}, it {}", "{} {}: 예상 {}, 실제 {}")),
            said == option.holds ? "✓" : "✗", name,
            said ? context.in("sees it", "보임") : context.in("does not", "안 보임"),
            option.holds ? context.in("sees it", "보임") : context.in("does not", "안 보임"));
      } else {
        line = fmt::format("{} {}{}", option.holds ? "✓" : "·", name,
                           said ? context.in("   ◀ your answer", "   ◀ 내 답") : "");
      }
      text(context, line,
           option.holds && !cells ? context.theme.good
           : said != option.holds ? context.theme.bad
                                  : context.theme.text);
      if (said && !option.holds && !cells) {
        const auto belief = scenario.misconceptions.find(predict.options[i].misconception);
        const std::string feedback =
            !predict.options[i].feedback.empty()      ? predict.options[i].feedback.in(language)
            : belief != scenario.misconceptions.end() ? belief->second.refute.in(language)
                                                      : "";
        if (!feedback.empty()) draw_markdown(context, feedback);
      }
    }
  }
  outcome(context, step, taken.result);
  what_ifs(context, step.id);
  if (button(context, fmt::format("lesson.back.{}", step.id),
             context.in("Back to before this step", "이 단계 직전으로"))) {
    context.session.back_to_step(taken.result.id.empty() ? 0 : taken.step);
  }
  if (!last) ImGui::TreePop();
}

void LessonPanel::next_step(Context& context) {
  Session& session = context.session;
  const sim::Scenario& scenario = session.scenario();
  const LessonState& lesson = session.lesson();
  ImGui::Separator();
  if (lesson.next >= scenario.steps.size()) {
    heading(context, context.in("The lesson is done.", "학습을 마쳤습니다."));
    return;
  }
  const sim::ScenarioStep& step = scenario.steps[lesson.next];
  const std::string language = context.language();
  if (!context.wishes.left_at.empty() &&
      button(context, "lesson.continue",
             fmt::format("{} ({})",
                         context.in("Go on where you left off", "지난번에 멈춘 곳부터 계속"),
                         context.wishes.left_at))) {
    context.wishes.go_on = true;
  }
  heading(context, fmt::format("{}. {}", lesson.next + 1,
                               step.title.empty() ? step.id : step.title.in(language)));
  if (!step.say.empty()) draw_markdown(context, step.say.in(language));
  if (step.predict) question(context, *step.predict);
  if (step.task) task(context, *step.task);
  if (step.action) mono(context, command_of(*step.action), context.theme.accent);
  what_ifs(context, step.id);
}

void LessonPanel::task(Context& context, const sim::Exercise& task) {
  Session& session = context.session;
  const std::string language = context.language();
  draw_markdown(context, task.ask.in(language));
  heading(context, context.in("Goals", "목표"));
  const std::vector<sim::CheckResult>& goals = session.goals();
  for (std::size_t i = 0; i < goals.size() && i < task.goals.size(); ++i) {
    const bool held = goals[i].held;
    text(context, fmt::format("{} {}", held ? "☑" : "☐", sim::label_of(task.goals[i], language)),
         held ? context.theme.good : context.theme.text);
  }
  const std::size_t shown = std::min(session.lesson().hints, task.hints.size());
  for (std::size_t i = 0; i < shown; ++i) {
    draw_markdown(context, fmt::format("{}. {}", i + 1, task.hints[i].in(language)));
  }
  if (shown < task.hints.size()) {
    const std::string label =
        fmt::format("{} {}/{}", context.in("Hint", "힌트"), shown, task.hints.size());
    if (button(context, "lesson.hint", label)) session.show_hint();
  } else if (button(context, "lesson.solution", context.in("Show the solution", "풀이 보기"))) {
    session.show_solution();
  }
}

void LessonPanel::question(Context& context, const sim::Prediction& predict) {
  Session& session = context.session;
  const LessonState& lesson = session.lesson();
  const std::string language = context.language();
  draw_markdown(context, "**" + predict.ask.in(language) + "**");
  if (!predict.matrix_pods.empty()) {
    const std::vector<bool> cells = lesson.cells;
    for (std::size_t i = 0; i < predict.matrix_pods.size(); ++i) {
      const bool sees = i < cells.size() && cells[i];
      const std::string label = fmt::format("{} {}", sees ? "☑" : "☐", predict.matrix_pods[i]);
      if (button(context, "predict." + predict.matrix_pods[i], label)) {
        session.answer_cell(i, !sees);
      }
    }
    if (cells.empty() &&
        button(context, "predict.none", context.in("None of them", "아무 Pod에서도 안 보임"))) {
      session.answer_cell(0, false);
    }
    return;
  }
  const std::optional<std::size_t> answer = lesson.answer;
  for (std::size_t i = 0; i < predict.options.size(); ++i) {
    const sim::Prediction::Option& option = predict.options[i];
    const std::string name = "predict." + (option.id.empty() ? std::to_string(i) : option.id);
    if (choice(context, name, option.text.in(language), answer && *answer == i)) {
      session.answer(i);
    }
  }
}

}  // namespace ui
