// The grammar of [[ ]].
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/shell_grammar.h"

namespace sim::shell {

std::shared_ptr<Node> Parser::parse_condition_command() {
  auto node = make(Node::Kind::Condition);
  take();
  node->condition = parse_condition_or();
  if (failed_ || !expect_word("]]")) return nullptr;
  return node;
}

Parser::ConditionPtr Parser::join(Condition::Kind kind, ConditionPtr first, ConditionPtr second) {
  auto made = std::make_shared<Condition>();
  made->kind = kind;
  made->first = std::move(first);
  made->second = std::move(second);
  return made;
}

Parser::ConditionPtr Parser::parse_condition_or() {
  const Deeper deeper(*this);
  ConditionPtr left = parse_condition_and();
  int terms = 0;
  while (!failed_ && at_operator("||")) {
    if (++terms > kDeepestNesting) fail({"syntax error: nested too deeply"});
    take();
    skip_newlines();
    left = join(Condition::Kind::Or, left, parse_condition_and());
  }
  return left;
}

Parser::ConditionPtr Parser::parse_condition_and() {
  ConditionPtr left = parse_condition_term();
  int terms = 0;
  while (!failed_ && at_operator("&&")) {
    if (++terms > kDeepestNesting) fail({"syntax error: nested too deeply"});
    take();
    skip_newlines();
    left = join(Condition::Kind::And, left, parse_condition_term());
  }
  return left;
}

Parser::ConditionPtr Parser::parse_condition_term() {
  const Deeper deeper(*this);
  if (failed_) return nullptr;
  skip_newlines();
  if (at_word("!")) {
    take();
    return join(Condition::Kind::Not, parse_condition_term(), nullptr);
  }
  if (at_operator("(")) {
    take();
    ConditionPtr inside = parse_condition_or();
    if (!failed_ && !at_operator(")")) {
      fail_condition(fmt::format("unexpected token `{}', expected `)'", shown(peek())));
    }
    take();
    return inside;
  }
  if (peek().kind != Token::Kind::Word || at_word("]]")) {
    fail_unexpected(peek());
    return nullptr;
  }
  auto made = std::make_shared<Condition>();
  const Token first = take();
  if (first.plain && first.text.size() == 2 && first.text[0] == '-' && is_letter(first.text[1]) &&
      !at_binary_operator()) {
    if (peek().kind != Token::Kind::Word || at_word("]]")) {
      fail_condition(
          fmt::format("unexpected argument `{}' to conditional unary operator", shown(peek())));
      return nullptr;
    }
    made->kind = Condition::Kind::Unary;
    made->op = first.text;
    made->left = take().word;
    return made;
  }
  made->left = first.word;
  if (at_word("]]") || at_operator("&&") || at_operator("||") || at_operator(")")) return made;
  if (!at_binary_operator()) {
    const bool is_word = peek().kind == Token::Kind::Word;
    fail_condition(is_word ? "conditional binary operator expected"
                           : fmt::format("unexpected token `{}', conditional binary operator "
                                         "expected",
                                         shown(peek())));
    return nullptr;
  }
  const Token op = take();
  made->kind = Condition::Kind::Binary;
  made->op = op.text;
  if (made->op == "=~") {
    made->right = lex_regular_expression();
    return made;
  }
  if (peek().kind != Token::Kind::Word || at_word("]]")) {
    fail_condition(
        fmt::format("unexpected argument `{}' to conditional binary operator", shown(peek())));
    return nullptr;
  }
  made->right = take().word;
  return made;
}

bool Parser::at_binary_operator() {
  static constexpr std::string_view kOperators[] = {"=",   "==",  "!=",  "=~",  "<",
                                                    ">",   "-eq", "-ne", "-lt", "-le",
                                                    "-gt", "-ge", "-nt", "-ot", "-ef"};
  if (peek().kind != Token::Kind::Word && peek().kind != Token::Kind::Operator) return false;
  return std::find(std::begin(kOperators), std::end(kOperators), token_.text) !=
         std::end(kOperators);
}

std::string Parser::shown(const Token& token) {
  return token.kind == Token::Kind::Newline || token.kind == Token::Kind::End ? "newline"
                                                                              : token.text;
}

void Parser::fail_condition(std::string_view text) {
  if (peek().kind == Token::Kind::End) return fail_at_end();
  fail({fmt::format("line {}: {}", peek().line, text)});
}

Word Parser::lex_regular_expression() {
  Word word;
  while (is_blank(current())) ++pos_;
  int level = 0;
  while (!at_end() && !failed_) {
    const char c = current();
    if (c == '\n' || (level == 0 && (is_blank(c) || c == ')'))) break;
    if (level == 0 && c == '&' && ahead(1) == '&') break;
    if (c == '\\') {
      ++pos_;
      if (at_end()) break;
      add_text(word, "\\", false);
      const char escaped = next();
      add_text(word, std::string_view(&escaped, 1), false);
    } else if (c == '\'') {
      lex_single_quoted(word);
    } else if (c == '"') {
      lex_quoted_string(word);
    } else if (c == '$' && (is_name_char(ahead(1)) || ahead(1) == '{' || ahead(1) == '(')) {
      lex_dollar(word, false);
    } else if (c == '`') {
      lex_backquote(word, false);
    } else {
      if (c == '(') ++level;
      if (c == ')') --level;
      next();
      add_text(word, std::string_view(&c, 1), false);
    }
  }
  return word;
}

}  // namespace sim::shell
