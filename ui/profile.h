// What is kept between runs, as the XDG folders have it: how the window looks, and how far each
// lesson was taken. Files that cannot be read are as if they were not there; nothing of a lesson's
// state is kept, only which steps were taken and what was answered: playing them again is exact.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ui/view.h"

namespace ui {

struct Progress {
  std::string step;                            // the next one
  std::map<std::string, std::string> answers;  // by step: the option's id
  friend bool operator==(const Progress&, const Progress&) = default;
};

class Profile {
 public:
  /// Keeps nothing.
  Profile() = default;
  /// Both files in this folder.
  explicit Profile(const std::string& folder);
  /// Where XDG_CONFIG_HOME and XDG_DATA_HOME say, or in ~/.config and ~/.local/share.
  static Profile of_person();

  void load(View* view) const;
  void save(const View& view) const;
  std::optional<Progress> progress_of(const std::string& lesson) const;
  void keep(const std::string& lesson, const Progress& progress) const;

 private:
  std::string settings_file_;  // empty: nothing is kept
  std::string progress_file_;
};

}  // namespace ui
