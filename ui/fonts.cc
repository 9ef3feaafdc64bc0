#include "ui/fonts.h"

#include <imgui.h>

#include <array>
#include <filesystem>
#include <vector>

#include "ui/hangul.h"

namespace ui {
namespace {

constexpr float kTextSize = 17.0F;
constexpr float kMonoSize = 16.0F;

// Where Debian's packages fonts-dejavu-core and fonts-noto-cjk put them.
constexpr const char* kText = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
constexpr const char* kBold = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
constexpr const char* kMono = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf";
constexpr const char* kKorean = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
constexpr const char* kKoreanBold = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";
// That font counts its size with wider gaps between lines: this makes both letters equally large.
constexpr float kKoreanSize = 1.22F;
constexpr int kKoreanFace = 1;  // of the collection: the first is Japanese

// Latin, Greek, punctuation, arrows, mathematical signs, boxes, shapes, symbols.
constexpr std::array<ImWchar, 15> kLetters = {0x0020, 0x024f, 0x0370, 0x03ff, 0x2010,
                                              0x206f, 0x2070, 0x20bf, 0x2190, 0x22ff,
                                              0x2300, 0x23ff, 0x2500, 0x27bf, 0};

bool is_east_asian(char32_t c) {
  return (c >= 0x1100 && c <= 0x11ff) || (c >= 0x2e80 && c <= 0x9fff) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xff00 && c <= 0xffef);
}

/// The code point at `at`, which moves behind it; 0 for a byte that begins none.
char32_t next(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  if (first < 0xe0 || first >= 0xf0) {
    ++at;  // nothing here that needs more than the letters above
    return 0;
  }
  const char32_t c = (first & 0x0f) << 12 | (byte(at + 1) & 0x3f) << 6 | (byte(at + 2) & 0x3f);
  at += 3;
  return c;
}

}  // namespace

void Fonts::need(std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = next(utf8, at);
    if (!is_east_asian(c)) continue;
    // Where one is needed others will be: drawn together, they cost one atlas and not many.
    if (wanted_.empty()) {
      const std::vector<char32_t> common = common_syllables();
      wanted_.insert(common.begin(), common.end());
    }
    wanted_.insert(c);
  }
}

bool Fonts::refresh(float scale) {
  if (text && scale == scale_ && drawn_ == wanted_.size()) return false;
  scale_ = scale;
  drawn_ = wanted_.size();
  missing_.clear();
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  // The ranges must live until the atlas is built, which is below.
  ImVector<ImWchar> korean;
  ImFontGlyphRangesBuilder builder;
  for (const char32_t c : wanted_) builder.AddChar(static_cast<ImWchar>(c));
  builder.BuildRanges(&korean);
  const auto load = [&](const char* latin, const char* east_asian, float size) {
    ImFontConfig config;
    config.OversampleH = 2;
    config.PixelSnapH = true;
    const float pixels = static_cast<float>(static_cast<int>(size * scale + 0.5F));
    ImFont* font = nullptr;
    if (std::filesystem::exists(latin)) {
      font = atlas.AddFontFromFileTTF(latin, pixels, &config, kLetters.data());
    } else {
      config.SizePixels = pixels;
      font = atlas.AddFontDefault(&config);
      missing_ = "fonts-dejavu-core";
    }
    if (wanted_.empty()) return font;
    if (!std::filesystem::exists(east_asian)) {
      if (missing_.find("noto") == std::string::npos) {
        missing_ += missing_.empty() ? "fonts-noto-cjk" : " fonts-noto-cjk";
      }
      return font;
    }
    ImFontConfig merged;
    merged.MergeMode = true;
    merged.OversampleH = 1;
    merged.PixelSnapH = true;
    merged.FontNo = kKoreanFace;
    atlas.AddFontFromFileTTF(east_asian, pixels * kKoreanSize, &merged, korean.Data);
    return font;
  };
  text = load(kText, kKorean, kTextSize);
  bold = load(kBold, kKoreanBold, kTextSize);
  mono = load(kMono, kKorean, kMonoSize);
  atlas.Build();
  ImGui::GetIO().FontDefault = text;
  return true;
}

}  // namespace ui
