// The words of a Go template. Go 1.23 text/template/parse: lex
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sim::kubectl::go_template_tree {

enum class TokenType {
  Error,
  End,
  Text,
  Open,   // {{
  Close,  // }}
  Space,
  Char,  // a comma, and what is no part of the language
  Assign,
  Declare,
  Bar,
  LeftParen,
  RightParen,
  Bool,
  Number,
  CharConstant,
  String,
  RawString,
  Dot,
  Field,
  Variable,
  Identifier,
  Keyword,
  Nil,
};

struct Token {
  TokenType type = TokenType::End;
  std::size_t at = 0;
  int line = 1;
  std::string text;
};

/// All words of a template, up to the end or the first mistake (an Error with its message).
std::vector<Token> read_tokens(std::string_view text);

}  // namespace sim::kubectl::go_template_tree
