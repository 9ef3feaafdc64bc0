// For who writes a lesson: the text of the scenario, its mistakes as they are made with their line,
// any step played at once from what stands there, and what was typed by hand taken over as steps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/input_error.h"
#include "ui/panel.h"

namespace ui {

class AuthorPanel : public Panel {
 public:
  const char* id() const override { return "author"; }
  const char* title(Language language) const override { return pick(language, "Author", "작성"); }
  void draw(Context& context) override;

 private:
  void load(Context& context);
  void changed();
  void buttons(Context& context);
  void save(Context& context);
  void record(Context& context);
  void preview(Context& context);

  std::string file_;
  std::string text_;
  std::string saved_;  // what the file holds
  std::vector<sim::Diagnostic> mistakes_;
  std::vector<std::string> step_ids_;           // of the last text that could be read
  std::size_t step_ = 0;                        // to be previewed
  std::size_t recorded_ = 0;                    // entries of the terminal taken over so far
  std::optional<std::uint64_t> recorded_line_;  // its serial
  std::string note_;
  int jump_line_ = 0;  // to be scrolled to
  bool loaded_ = false;
};

}  // namespace ui
