// The inspector's editor: an object's manifest, changed in place and applied as the command that a
// person would type, its mistakes at their lines; and how many replicas there are, on a slider.
#pragma once

#include <string>
#include <vector>

#include "ui/manifest_check.h"
#include "ui/panel.h"

namespace ui {

class ManifestEditor {
 public:
  /// The manifest of an object that exists.
  void draw(Context& context, sim::Ref ref);
  /// A slider, for what has replicas; nothing for anything else.
  void scale(Context& context, sim::Ref ref);

 private:
  void load(Context& context, sim::Ref ref);

  sim::Ref ref_;
  std::uint64_t line_ = 0;     // whose object it is: the serial
  std::uint64_t version_ = 0;  // of the world that the text was taken from or tried on
  std::string text_;
  std::string stored_;  // as the API server has it
  std::vector<ManifestMistake> mistakes_;
  int jump_line_ = 0;  // to be scrolled to
  sim::Ref scaled_;
  int replicas_ = 0;
  bool sliding_ = false;
};

}  // namespace ui
