// Letters: every sign that the window's own texts use is in the fonts, Korean among them, and only
// the Korean letters that are needed are drawn.
#include "ui/fonts.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include <filesystem>

#include "sim/base/file_io.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

namespace fs = std::filesystem;

std::string sources_of_window() {
  std::string all;
  for (const auto& entry : fs::directory_iterator(source_path("ui"))) {
    if (entry.path().extension() == ".cc" || entry.path().extension() == ".h") {
      all += read_file(entry.path().string());
    }
  }
  return all;
}

/// Code points of three bytes in UTF-8: all that is neither ASCII nor Latin.
std::set<ImWchar> letters_of(const std::string& text) {
  std::set<ImWchar> letters;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(i) < 0xe0 || byte(i) > 0xef) continue;
    letters.insert(static_cast<ImWchar>((byte(i) & 0x0f) << 12 | (byte(i + 1) & 0x3f) << 6 |
                                        (byte(i + 2) & 0x3f)));
  }
  return letters;
}

TEST(Fonts, HaveEverySignThatTheWindowUses) {
  ImGui::CreateContext();
  {
    ui::Fonts fonts;
    const std::string texts = sources_of_window();
    fonts.need(texts);
    ASSERT_TRUE(fonts.refresh(1.0F));
    ASSERT_EQ(fonts.missing(), "") << "these packages are needed";
    const std::set<ImWchar> letters = letters_of(texts);
    EXPECT_GT(letters.size(), 100u);
    for (const ImWchar letter : letters) {
      EXPECT_TRUE(fonts.text->FindGlyphNoFallback(letter)) << std::hex << "U+" << letter;
    }
    // Nothing changed: nothing is drawn anew. Another letter, or another size: it is.
    EXPECT_FALSE(fonts.refresh(1.0F));
    const ImWchar rare = 0xbdc1;
    EXPECT_FALSE(fonts.text->FindGlyphNoFallback(rare));
    fonts.need("\xeb\xb7\x81");
    EXPECT_TRUE(fonts.refresh(1.0F));
    EXPECT_TRUE(fonts.text->FindGlyphNoFallback(rare));
    EXPECT_TRUE(fonts.mono->FindGlyphNoFallback(rare));
    EXPECT_TRUE(fonts.refresh(1.5F));
    // What is no UTF-8 is no letter.
    fonts.need("\xeb\xb7");
    fonts.need("\xff\xfe\xed");
  }
  ImGui::DestroyContext();
}

}  // namespace
}  // namespace sim::testing
