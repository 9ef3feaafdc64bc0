#include "ui/markdown.h"

#include <imgui.h>

#include "ui/widgets.h"

namespace ui {
namespace {

std::vector<Span> spans_of(std::string_view text) {
  std::vector<Span> spans;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) spans.push_back({Span::Kind::Plain, plain, {}});
    plain.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '`') {
      const std::size_t end = text.find('`', i + 1);
      if (end != std::string_view::npos && end > i + 1) {
        flush();
        spans.push_back({Span::Kind::Code, std::string(text.substr(i + 1, end - i - 1)), {}});
        i = end + 1;
        continue;
      }
    }
    if (text.substr(i, 2) == "**") {
      const std::size_t end = text.find("**", i + 2);
      if (end != std::string_view::npos && end > i + 2) {
        flush();
        spans.push_back({Span::Kind::Bold, std::string(text.substr(i + 2, end - i - 2)), {}});
        i = end + 2;
        continue;
      }
    }
    if (text[i] == '[') {
      const std::size_t middle = text.find("](", i);
      const std::size_t end =
          middle == std::string_view::npos ? middle : text.find(')', middle + 2);
      if (end != std::string_view::npos) {
        flush();
        spans.push_back({Span::Kind::Link, std::string(text.substr(i + 1, middle - i - 1)),
                         std::string(text.substr(middle + 2, end - middle - 2))});
        i = end + 1;
        continue;
      }
    }
    plain += text[i++];
  }
  flush();
  return spans;
}

/// The length of "- " or "12. " at the beginning of a line; 0: it is no item.
std::size_t bullet_length(std::string_view line) {
  if (line.substr(0, 2) == "- " || line.substr(0, 2) == "* ") return 2;
  std::size_t digits = 0;
  while (digits < line.size() && digits < 3 && line[digits] >= '0' && line[digits] <= '9') ++digits;
  return digits > 0 && line.substr(digits, 2) == ". " ? digits + 2 : 0;
}

/// Lays words of several fonts out in lines.
class Flow {
 public:
  Flow(Context& context, float indent)
      : context_(context),
        at_(ImGui::GetCursorScreenPos()),
        indent_(indent),
        width_(ImGui::GetContentRegionAvail().x),
        x_(indent) {}

  void add(const Span& span) {
    ImFont* font = span.kind == Span::Kind::Bold   ? context_.fonts.bold
                   : span.kind == Span::Kind::Code ? context_.fonts.mono
                                                   : context_.fonts.text;
    ImGui::PushFont(font);
    std::string_view rest = span.text;
    while (!rest.empty()) {
      const std::size_t blanks = rest.find_first_not_of(' ');
      if (blanks == std::string_view::npos) {
        space();
        break;
      }
      if (blanks > 0) space();
      rest = rest.substr(blanks);
      const std::string_view word = rest.substr(0, rest.find(' '));
      rest = rest.substr(word.size());
      put(span, word);
    }
    ImGui::PopFont();
  }
  void finish() {
    const float height = y_ + ImGui::GetTextLineHeight();
    ImGui::Dummy({width_, height});
  }

 private:
  void space() {
    if (x_ > indent_) x_ += ImGui::CalcTextSize(" ").x;
  }
  void put(const Span& span, std::string_view word) {
    const ImVec2 size = ImGui::CalcTextSize(word.data(), word.data() + word.size());
    if (x_ > indent_ && x_ + size.x > width_) {
      x_ = indent_;
      y_ += ImGui::GetTextLineHeightWithSpacing();
    }
    // A word longer than the line is broken where it must be.
    if (size.x > width_ - indent_ && word.size() > 4) {
      std::size_t fits = word.size();
      while (fits > 1 &&
             (is_middle(word, fits) ||
              ImGui::CalcTextSize(word.data(), word.data() + fits).x > width_ - indent_)) {
        --fits;
      }
      if (fits < word.size()) {
        put(span, word.substr(0, fits));
        put(span, word.substr(fits));
        return;
      }
    }
    const ImVec2 at = {at_.x + x_, at_.y + y_};
    const Theme& theme = context_.theme;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const bool link = span.kind == Span::Kind::Link;
    if (span.kind == Span::Kind::Code) {
      draw.AddRectFilled({at.x - 2, at.y - 1}, {at.x + size.x + 2, at.y + size.y + 1},
                         colour(theme.raised), 3);
    }
    draw.AddText(at, colour(link ? theme.accent : theme.text), word.data(),
                 word.data() + word.size());
    if (link) {
      draw.AddLine({at.x, at.y + size.y}, {at.x + size.x, at.y + size.y}, colour(theme.accent));
      const bool over = ImGui::IsMouseHoveringRect(at, {at.x + size.x, at.y + size.y});
      if (over && ImGui::IsWindowHovered()) {
        ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
        ImGui::SetTooltip("%s", span.address.c_str());
        if (ImGui::IsMouseClicked(0)) ImGui::SetClipboardText(span.address.c_str());
      }
    }
    x_ += size.x;
  }
  static bool is_middle(std::string_view word, std::size_t at) {
    return at < word.size() && (static_cast<unsigned char>(word[at]) & 0xc0) == 0x80;
  }

  Context& context_;
  ImVec2 at_;
  float indent_;
  float width_;
  float x_;
  float y_ = 0;
};

}  // namespace

std::vector<Block> read_markdown(std::string_view text) {
  std::vector<Block> blocks;
  std::string paragraph;  // lines that belong together
  std::string bullet;
  const auto flush = [&] {
    if (!paragraph.empty()) {
      Block block;
      block.kind = bullet.empty() ? Block::Kind::Paragraph : Block::Kind::Item;
      block.bullet = bullet;
      block.spans = spans_of(paragraph);
      blocks.push_back(std::move(block));
    }
    paragraph.clear();
    bullet.clear();
  };
  bool in_code = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.substr(0, 3) == "```") {
      flush();
      in_code = !in_code;
      if (in_code) blocks.push_back({Block::Kind::Code, {}, {}, {}});
      continue;
    }
    if (in_code) {
      blocks.back().code += std::string(line) + "\n";
      continue;
    }
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
      flush();
      continue;
    }
    const std::string_view words = line.substr(begin);
    if (const std::size_t length = bullet_length(words); length > 0) {
      flush();
      bullet = length == 2 && (words[0] == '-' || words[0] == '*')
                   ? "•"
                   : std::string(words.substr(0, length - 1));
      paragraph = words.substr(length);
      continue;
    }
    if (!paragraph.empty()) paragraph += ' ';
    paragraph += words;
  }
  flush();
  return blocks;
}

void draw_markdown(Context& context, std::string_view text) {
  context.probe.say(text);
  for (const Block& block : read_markdown(text)) {
    if (block.kind == Block::Kind::Code) {
      ImGui::PushFont(context.fonts.mono);
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const ImVec2 size = ImGui::CalcTextSize(block.code.c_str());
      ImGui::GetWindowDrawList()->AddRectFilled(
          {at.x - 2, at.y - 2}, {at.x + ImGui::GetContentRegionAvail().x, at.y + size.y},
          colour(context.theme.raised), 4);
      ImGui::TextUnformatted(block.code.c_str());
      ImGui::PopFont();
      continue;
    }
    float indent = 0;
    if (block.kind == Block::Kind::Item) {
      indent = ImGui::CalcTextSize("00. ").x;
      const ImVec2 at = ImGui::GetCursorScreenPos();
      ImGui::GetWindowDrawList()->AddText(at, colour(context.theme.text), block.bullet.c_str());
    }
    Flow flow(context, indent);
    for (const Span& span : block.spans) flow.add(span);
    flow.finish();
  }
}

}  // namespace ui
