// The letters: a proportional and a fixed-width font of Debian's, with Korean merged in once a text
// needs it: the common syllables, and each rare letter that is shown. Texts are announced by
// need(), and between two frames refresh() draws what was missing.
#pragma once

#include <set>
#include <string>
#include <string_view>

struct ImFont;

namespace ui {

class Fonts {
 public:
  ImFont* text = nullptr;
  ImFont* bold = nullptr;
  ImFont* mono = nullptr;

  /// Letters of a text that is to be shown.
  void need(std::string_view utf8);
  /// Builds the atlas when the scale or the letters changed; true when the texture must be uploaded
  /// again. Only between frames.
  bool refresh(float scale);
  /// What is not on this machine, as a sentence for a person; empty: all fonts are there.
  const std::string& missing() const { return missing_; }

 private:
  std::set<char32_t> wanted_;
  std::size_t drawn_ = 0;
  float scale_ = 0;
  std::string missing_;
};

}  // namespace ui
