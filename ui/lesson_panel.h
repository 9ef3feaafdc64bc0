// The lesson: what is told, the question that must be answered before anything is shown, the next
// command as a button, and then what came of it beside what was predicted.
#pragma once

#include <string>

#include "ui/panel.h"

namespace ui {

class LessonPanel : public Panel {
 public:
  const char* id() const override { return "lesson"; }
  const char* title(Language language) const override { return pick(language, "Lesson", "학습"); }
  void draw(Context& context) override;

 private:
  void what_ifs(Context& context, const std::string& step);
  void what_if(Context& context, const Line& line);
  void outcome(Context& context, const sim::ScenarioStep& step, const sim::StepResult& result);
  void taken_step(Context& context, const TakenStep& taken, bool last);
  void next_step(Context& context);
  void footer(Context& context);
  void task(Context& context, const sim::Exercise& task);
  void question(Context& context, const sim::Prediction& predict);

  std::size_t steps_shown_ = 0;
  int scroll_frames_ = 0;  // until the step that was just taken stands at the top
};

/// What a step will type, for the label of its button; pods are named by their references.
std::string command_of(const sim::Action& action);

}  // namespace ui
