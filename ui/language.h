// The two languages of the interface. A text stands with its translation where it is used:
// `context.in("Run", "실행")`.
#pragma once

#include <string>

namespace ui {

enum class Language { English, Korean };

inline const char* code_of(Language language) { return language == Language::Korean ? "ko" : "en"; }
inline const char* pick(Language language, const char* english, const char* korean) {
  return language == Language::Korean ? korean : english;
}

}  // namespace ui
