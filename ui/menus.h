// The menu bar: lessons, faults, looks, help. A fault is a command that a person could type.
#pragma once

#include <string>
#include <vector>

#include "ui/fault_menu.h"
#include "ui/panel.h"

namespace ui {

class Menus {
 public:
  void bar(Context& context);
  /// Windows that stand over everything: keys, a file to open.
  void dialogs(Context& context);
  void toggle_keys() { keys_open_ = !keys_open_; }

 private:
  void lessons(Context& context);
  void faults(Context& context);
  void view(Context& context);
  void keys(Context& context);
  void open_dialog(Context& context);

  FaultMenu deeds_;
  bool keys_open_ = false;
  bool file_open_ = false;
  std::string file_;
  std::string listed_for_;            // the scenario that `lessons_` was read beside
  std::vector<std::string> lessons_;  // files
};

/// Scenario files beside `file` and in the folder "scenarios", sorted, each once.
std::vector<std::string> lesson_files(const std::string& file);

}  // namespace ui
