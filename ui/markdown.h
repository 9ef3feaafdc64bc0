// The small part of Markdown that lessons are written in: paragraphs, lists ("- ", "1. "), fenced
// code, **bold**, `code`, [text](address). Read into plain data; whatever is not of it stays text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ui {

struct Span {
  enum class Kind { Plain, Bold, Code, Link } kind = Kind::Plain;
  std::string text;
  std::string address;  // of a link
  friend bool operator==(const Span&, const Span&) = default;
};

struct Block {
  enum class Kind { Paragraph, Item, Code } kind = Kind::Paragraph;
  std::string bullet;       // of an item: "•" or "2."
  std::vector<Span> spans;  // of a paragraph or an item
  std::string code;
  friend bool operator==(const Block&, const Block&) = default;
};

std::vector<Block> read_markdown(std::string_view text);

struct Context;
/// Draws it, wrapped to the room there is.
void draw_markdown(Context& context, std::string_view text);

}  // namespace ui
