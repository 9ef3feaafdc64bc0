// Why a picked container sees a picked file, or not: the answer in a sentence, the links of its
// way, what it rests on, the file's history with the commands behind it, and the smallest cure.
// With a file alone it lists who sees it, each with a word.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/graph/cure_trial.h"
#include "ui/file_sight.h"
#include "ui/panel.h"

namespace ui {

/// One answer as lines for a person, worked out once.
struct WhyText {
  bool visible = false;
  std::string code;
  std::string sentence;
  std::vector<std::string> way;
  std::vector<std::string> evidence;
  struct Past {
    sim::Time time{};
    std::string clock;
    std::string line;
    std::string command;
    std::uint64_t revision = 0;
  };
  std::vector<Past> history;
  std::string cure;
  sim::CureTrial trial;
};
WhyText why_text(FileSight& sight, sim::Uid pod, const std::string& container,
                 const std::string& path, std::string_view language);

class WhyPanel : public Panel {
 public:
  explicit WhyPanel(std::shared_ptr<FileSight> sight) : sight_(std::move(sight)) {}
  const char* id() const override { return "why"; }
  const char* title(Language language) const override { return pick(language, "Why", "이유"); }
  void draw(Context& context) override;

 private:
  void all_containers(Context& context);
  void answer(Context& context);
  void cure(Context& context);

  std::shared_ptr<FileSight> sight_;
  std::string asked_;
  std::uint64_t version_ = 0;
  WhyText text_;
};

}  // namespace ui
