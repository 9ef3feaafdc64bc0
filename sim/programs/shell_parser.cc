#include "sim/programs/shell_parser.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/shell_braces.h"
#include "sim/programs/shell_grammar.h"

namespace sim::shell {

Program Parser::parse_all() {
  Program program;
  while (true) {
    skip_newlines();
    if (peek().kind == Token::Kind::End) break;
    NodePtr node = parse_line();
    if (failed_) break;
    program.commands.push_back(std::move(node));
  }
  program.errors = errors_;
  program.warnings = warnings_;
  program.incomplete = incomplete_;
  return program;
}

Word Parser::parse_text(bool keep_quotes) {
  Word word;
  lex_double_quoted(word, '\0', keep_quotes ? Quotes::Literal : Quotes::Plain);
  return word;
}

bool Parser::at_closing_word() {
  static constexpr std::string_view kClosing[] = {"then", "elif", "else", "fi",
                                                  "do",   "done", "esac", "}"};
  if (peek().kind != Token::Kind::Word || !token_.plain) return false;
  return std::find(std::begin(kClosing), std::end(kClosing), token_.text) != std::end(kClosing);
}

std::shared_ptr<Node> Parser::make(Node::Kind kind) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->line = peek().line;
  return node;
}

bool Parser::parse_list_item(Node& list) {
  const std::size_t start = peek().start;
  NodePtr node = parse_and_or();
  if (failed_) return false;
  list.children.push_back(std::move(node));
  const bool background = at_operator("&");
  list.flags.push_back(background);
  if (background) {
    list.texts.resize(list.children.size());
    list.texts.back() = source_text(start, token_.start);
  }
  return true;
}

std::string Parser::source_text(std::size_t from, std::size_t to) const {
  constexpr std::size_t kLongestShown = 4096;
  std::string text(text_.substr(from, std::min(to - from, kLongestShown)));
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\n')) text.pop_back();
  return text;
}

NodePtr Parser::parse_line() {
  auto list = make(Node::Kind::List);
  while (!failed_) {
    if (!parse_list_item(*list)) return nullptr;
    if (at_operator("&") || at_operator(";")) {
      take();
      const Token::Kind kind = peek().kind;
      if (kind == Token::Kind::Newline || kind == Token::Kind::End || at_operator(")")) break;
      continue;
    }
    break;
  }
  if (failed_) return nullptr;
  const Token& token = peek();
  if (token.kind == Token::Kind::Newline) {
    take();
  } else if (token.kind != Token::Kind::End && !(closer_ == ')' && at_operator(")"))) {
    fail_unexpected(token);
    return nullptr;
  }
  if (failed_) return nullptr;
  if (list->children.size() == 1 && !list->flags[0]) return list->children[0];
  return list;
}

NodePtr Parser::parse_list() {
  const Deeper deeper(*this);
  auto list = make(Node::Kind::List);
  skip_newlines();
  while (!failed_) {
    if (peek().kind == Token::Kind::End || at_closing_word() || at_operator(")") ||
        at_operator(";;") || at_operator(";&") || at_operator(";;&")) {
      break;
    }
    if (!parse_list_item(*list)) return nullptr;
    if (at_operator("&") || at_operator(";") || peek().kind == Token::Kind::Newline) {
      take();
      skip_newlines();
      continue;
    }
    break;
  }
  if (list->children.empty()) {
    fail_unexpected(peek());
    return nullptr;
  }
  return list;
}

NodePtr Parser::parse_and_or() {
  auto node = make(Node::Kind::AndOr);
  node->children.push_back(parse_pipeline());
  node->flags.push_back(false);
  while (!failed_ && (at_operator("&&") || at_operator("||"))) {
    node->flags.push_back(take().text == "||");
    skip_newlines();
    node->children.push_back(parse_pipeline());
  }
  if (failed_) return nullptr;
  return node->children.size() == 1 ? node->children[0] : NodePtr(node);
}

NodePtr Parser::parse_pipeline() {
  auto node = make(Node::Kind::Pipeline);
  while (!failed_) {
    if (at_word("!")) {
      take();
      node->negated = !node->negated;
    } else if (at_word("time")) {
      take();
      if (at_word("-p")) node->name = take().text;
      node->timed = true;
    } else {
      break;
    }
  }
  if ((node->timed || node->negated) && (peek().kind == Token::Kind::Newline ||
                                         peek().kind == Token::Kind::End || at_operator(";"))) {
    node->children.push_back(make(Node::Kind::Simple));
    node->flags.push_back(false);
    return node;
  }
  while (!failed_) {
    node->children.push_back(parse_command());
    if (failed_) return nullptr;
    if (!at_operator("|") && !at_operator("|&")) {
      node->flags.push_back(false);
      break;
    }
    node->flags.push_back(take().text == "|&");
    skip_newlines();
  }
  if (failed_) return nullptr;
  if (node->children.size() == 1 && !node->negated && !node->timed) return node->children[0];
  return node;
}

NodePtr Parser::parse_command() {
  const Deeper deeper(*this);
  if (failed_) return nullptr;
  const Token& token = peek();
  if (failed_) return nullptr;
  std::shared_ptr<Node> node;
  if (token.kind == Token::Kind::Operator && token.text == "(") {
    node = parse_parenthesis();
  } else if (token.kind == Token::Kind::Word && token.plain) {
    const std::string& word = token.text;
    if (word == "if") {
      node = parse_if();
    } else if (word == "while" || word == "until") {
      node = parse_while();
    } else if (word == "for") {
      node = parse_for();
    } else if (word == "case") {
      node = parse_case();
    } else if (word == "{") {
      node = parse_group();
    } else if (word == "[[") {
      node = parse_condition_command();
    } else if (word == "function") {
      return parse_function_keyword();
    } else if (at_closing_word()) {
      fail_unexpected(token);
      return nullptr;
    }
  }
  if (!node && !failed_) return parse_simple();
  if (failed_) return nullptr;
  parse_redirections(*node);
  if (failed_) return nullptr;
  return node;
}

void Parser::parse_redirections(Node& node) {
  while (!failed_ && at_redirection()) parse_redirection(node);
}

bool Parser::at_redirection() {
  if (peek().kind == Token::Kind::Number) return true;
  if (token_.kind != Token::Kind::Operator) return false;
  static constexpr std::string_view kOperators[] = {"<",  ">",  ">>", "<<", "<<-", "<<<",
                                                    "<&", ">&", "<>", ">|", "&>",  "&>>"};
  return std::find(std::begin(kOperators), std::end(kOperators), token_.text) !=
         std::end(kOperators);
}

void Parser::parse_redirection(Node& node) {
  Redirection redirection;
  if (peek().kind == Token::Kind::Number) {
    const std::string digits = take().text;
    redirection.fd = 0;
    for (const char c : digits) redirection.fd = redirection.fd * 10 + (c - '0');
  }
  const Token op = take();
  if (failed_) return;
  if (peek().kind != Token::Kind::Word && peek().kind != Token::Kind::Number) {
    fail_unexpected(peek());
    return;
  }
  Token target = take();
  if (target.kind == Token::Kind::Number) add_text(target.word, target.text, false);
  using Op = Redirection::Op;
  if (op.text == "<<" || op.text == "<<-") {
    PendingDocument document;
    document.body = std::make_shared<Word>();
    document.strip = op.text == "<<-";
    document.line = op.line;
    for (const Part& part : target.word.parts) {
      if (part.quoted) document.quoted = true;
      document.delimiter += part.kind == Part::Kind::Parameter ? "$" + part.text : part.text;
    }
    redirection.op = Op::HereText;
    redirection.target = document.body;
    documents_.push_back(std::move(document));
    node.redirections.push_back(std::move(redirection));
    return;
  }
  if (op.text == "<") {
    redirection.op = Op::In;
  } else if (op.text == ">" || op.text == ">|") {
    redirection.op = Op::Out;
    redirection.overwrites = op.text == ">|";
  } else if (op.text == ">>") {
    redirection.op = Op::Append;
  } else if (op.text == "<>") {
    redirection.op = Op::ReadWrite;
  } else if (op.text == "&>") {
    redirection.op = Op::Both;
  } else if (op.text == "&>>") {
    redirection.op = Op::BothAppend;
  } else if (op.text == "<<<") {
    redirection.op = Op::HereText;
    redirection.add_line = true;
  } else {
    redirection.op = Op::Duplicate;
    if (redirection.fd < 0) redirection.fd = op.text == "<&" ? 0 : 1;
    // >&file is &>file.
    const bool number = target.plain && std::all_of(target.text.begin(), target.text.end(),
                                                    [](char c) { return is_digit(c) || c == '-'; });
    if (op.text == ">&" && target.plain && !number) redirection.op = Op::Both;
  }
  redirection.target = std::make_shared<const Word>(std::move(target.word));
  node.redirections.push_back(std::move(redirection));
}

NodePtr Parser::parse_simple() {
  auto node = make(Node::Kind::Simple);
  while (!failed_) {
    if (at_redirection()) {
      parse_redirection(*node);
      continue;
    }
    if (peek().kind != Token::Kind::Word) break;
    const bool assignment = node->words.empty() && token_.value_start != std::string::npos;
    Token token = take();
    if (assignment || (token.value_start == pos_ && current() == '(' && is_declaration(*node))) {
      parse_assignment(*node, token, !assignment);
      continue;
    }
    if (node->words.empty() && node->assignments.empty() && node->redirections.empty() &&
        at_operator("(")) {
      if (!token.plain) {
        fail_unexpected(peek());
        return nullptr;
      }
      take();
      if (!at_operator(")")) {
        fail_unexpected(peek());
        return nullptr;
      }
      take();
      return parse_function_body(token.text, token.line);
    }
    if (!expand_braces(token.word, &node->words)) {
      fail({fmt::format("line {}: brace expansion: too many words", token.line)});
    }
  }
  if (failed_) return nullptr;
  if (node->words.empty() && node->assignments.empty() && node->redirections.empty()) {
    fail_unexpected(peek());
    return nullptr;
  }
  return node;
}

bool Parser::is_declaration(const Node& node) {
  if (node.words.empty() || node.words[0].parts.size() != 1) return false;
  const std::string& name = node.words[0].parts[0].text;
  return name == "declare" || name == "local" || name == "readonly" || name == "typeset" ||
         name == "export";
}

void Parser::parse_assignment(Node& node, Token& token, bool as_argument) {
  Assignment assignment = std::move(token.assignment);
  if (token.value_start == pos_ && current() == '(') {
    assignment.is_array = true;
    ++pos_;
    while (!failed_) {
      skip_newlines();
      if (at_operator(")")) {
        take();
        break;
      }
      if (peek().kind == Token::Kind::End) {
        fail_unmatched(')', token.line);
        return;
      }
      if (peek().kind != Token::Kind::Word) {
        fail_unexpected(peek());
        return;
      }
      Token element = take();
      if (WordPtr index = take_index(element.word)) {
        assignment.element_indexes.resize(assignment.elements.size());
        assignment.element_indexes.push_back(std::move(index));
        assignment.elements.push_back(std::move(element.word));
      } else if (!expand_braces(element.word, &assignment.elements)) {
        fail({fmt::format("line {}: brace expansion: too many words", element.line)});
      }
    }
    assignment.element_indexes.resize(assignment.elements.size());
    // `local a=(…)` both declares and sets.
    if (as_argument) {
      Word name;
      add_text(name, assignment.name, false);
      node.words.push_back(std::move(name));
    }
  } else {
    // The first two parts are the name and the divider.
    assignment.value.parts.assign(token.word.parts.begin() + 1, token.word.parts.end());
  }
  node.assignments.push_back(std::move(assignment));
}

WordPtr Parser::take_index(Word& word) {
  const auto is_text = [](const Part& part) {
    return part.kind == Part::Kind::Text && !part.quoted;
  };
  if (word.parts.empty() || !is_text(word.parts[0]) || word.parts[0].text[0] != '[') {
    return nullptr;
  }
  for (std::size_t i = 0; i < word.parts.size(); ++i) {
    const std::size_t close =
        is_text(word.parts[i]) ? word.parts[i].text.find("]=") : std::string::npos;
    if (close == std::string::npos) continue;
    Word index;
    index.parts.assign(word.parts.begin(), word.parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    index.parts.back().text.resize(close);
    index.parts.front().text.erase(0, 1);
    word.parts.erase(word.parts.begin(), word.parts.begin() + static_cast<std::ptrdiff_t>(i));
    word.parts.front().text.erase(0, close + 2);
    return std::make_shared<const Word>(std::move(index));
  }
  return nullptr;
}

NodePtr Parser::parse_function_keyword() {
  take();
  if (peek().kind != Token::Kind::Word) {
    fail_unexpected(peek());
    return nullptr;
  }
  const Token name = take();
  if (at_operator("(")) {
    take();
    if (!at_operator(")")) {
      fail_unexpected(peek());
      return nullptr;
    }
    take();
  }
  return parse_function_body(name.text, name.line);
}

NodePtr Parser::parse_function_body(const std::string& name, int line) {
  auto node = make(Node::Kind::Function);
  node->line = line;
  node->name = name;
  skip_newlines();
  const std::size_t start = peek().start;
  NodePtr body = parse_command();
  if (failed_) return nullptr;
  if (body->kind == Node::Kind::Simple) {
    fail_unexpected(peek());
    return nullptr;
  }
  node->children.push_back(std::move(body));
  peek();
  if (failed_) return nullptr;
  node->texts.push_back(source_text(start, has_token_ ? token_.start : pos_));
  return node;
}

std::shared_ptr<Node> Parser::parse_parenthesis() {
  auto node = make(Node::Kind::Subshell);
  const std::size_t start = token_.start;
  if (start + 1 < text_.size() && text_[start + 1] == '(') {
    const std::size_t end = arithmetic_end(start + 2);
    if (end != std::string::npos) {
      has_token_ = false;
      node->kind = Node::Kind::Arithmetic;
      node->words.push_back(arithmetic_word(text_.substr(start + 2, end - start - 2)));
      skip_to(end + 2);
      return node;
    }
    if (!closes(start)) {
      fail_unmatched(')', node->line);
      return nullptr;
    }
  }
  take();
  const char closer = std::exchange(closer_, '\0');
  node->children.push_back(parse_list());
  closer_ = closer;
  if (failed_) return nullptr;
  if (!at_operator(")")) {
    fail_unexpected(peek());
    return nullptr;
  }
  take();
  return node;
}

std::shared_ptr<Node> Parser::parse_group() {
  auto node = make(Node::Kind::Group);
  take();
  node->children.push_back(parse_list());
  if (failed_ || !expect_word("}")) return nullptr;
  return node;
}

std::shared_ptr<Node> Parser::parse_if() {
  auto node = make(Node::Kind::If);
  take();
  while (!failed_) {
    node->children.push_back(parse_list());
    if (failed_ || !expect_word("then")) return nullptr;
    node->children.push_back(parse_list());
    if (failed_) return nullptr;
    if (at_word("elif")) {
      take();
      continue;
    }
    if (at_word("else")) {
      take();
      node->children.push_back(parse_list());
      if (failed_) return nullptr;
    }
    if (!expect_word("fi")) return nullptr;
    break;
  }
  return node;
}

std::shared_ptr<Node> Parser::parse_while() {
  auto node = make(Node::Kind::While);
  if (take().text == "until") node->kind = Node::Kind::Until;
  node->children.push_back(parse_list());
  if (failed_ || !expect_word("do")) return nullptr;
  node->children.push_back(parse_list());
  if (failed_ || !expect_word("done")) return nullptr;
  return node;
}

std::shared_ptr<Node> Parser::parse_for() {
  auto node = make(Node::Kind::For);
  take();
  if (at_operator("(") && token_.start + 1 < text_.size() && text_[token_.start + 1] == '(') {
    const std::size_t start = token_.start + 2;
    const std::size_t end = arithmetic_end(start);
    if (end == std::string::npos) {
      fail_unexpected(peek());
      return nullptr;
    }
    node->kind = Node::Kind::ForArithmetic;
    has_token_ = false;
    const std::string_view expressions = text_.substr(start, end - start);
    std::string_view rest = expressions;
    skip_to(end + 2);
    for (int i = 0; i < 3; ++i) {
      const std::size_t semicolon = rest.find(';');
      if ((semicolon == std::string::npos) != (i == 2)) {
        fail({fmt::format("line {}: syntax error: arithmetic expression required", node->line),
              fmt::format("line {}: syntax error: `(({}))'", node->line, expressions)});
        return nullptr;
      }
      node->words.push_back(arithmetic_word(rest.substr(0, semicolon)));
      if (i < 2) rest.remove_prefix(semicolon + 1);
    }
    if (at_operator(";")) take();
  } else {
    if (peek().kind != Token::Kind::Word) {
      fail_unexpected(peek());
      return nullptr;
    }
    node->name = take().text;
    skip_newlines();
    if (at_word("in")) {
      take();
      while (!failed_ && peek().kind == Token::Kind::Word) {
        if (!expand_braces(take().word, &node->words)) {
          fail({fmt::format("line {}: brace expansion: too many words", node->line)});
        }
      }
      if (!at_operator(";") && peek().kind != Token::Kind::Newline) {
        fail_unexpected(peek());
        return nullptr;
      }
      take();
    } else {
      node->over_arguments = true;
      if (at_operator(";")) take();
    }
  }
  skip_newlines();
  if (failed_) return nullptr;
  if (at_word("{")) {
    take();
    node->children.push_back(parse_list());
    if (failed_ || !expect_word("}")) return nullptr;
    return node;
  }
  if (!expect_word("do")) return nullptr;
  node->children.push_back(parse_list());
  if (failed_ || !expect_word("done")) return nullptr;
  return node;
}

std::shared_ptr<Node> Parser::parse_case() {
  auto node = make(Node::Kind::Case);
  take();
  if (peek().kind != Token::Kind::Word) {
    fail_unexpected(peek());
    return nullptr;
  }
  Token subject = take();
  node->name = subject.text;
  node->words.push_back(std::move(subject.word));
  skip_newlines();
  if (!expect_word("in")) return nullptr;
  skip_newlines();
  const char closer = std::exchange(closer_, '\0');
  while (!failed_ && !at_word("esac")) {
    CaseItem item;
    if (at_operator("(")) take();
    while (!failed_) {
      if (peek().kind != Token::Kind::Word) {
        fail_unexpected(peek());
        break;
      }
      item.patterns.push_back(take().word);
      if (!at_operator("|")) break;
      take();
    }
    if (!failed_ && !at_operator(")")) fail_unexpected(peek());
    if (failed_) break;
    take();
    skip_newlines();
    const bool empty =
        at_operator(";;") || at_operator(";&") || at_operator(";;&") || at_word("esac");
    if (!empty) item.body = parse_list();
    if (failed_) break;
    bool last = false;
    if (at_operator(";;")) {
      take();
    } else if (at_operator(";&")) {
      take();
      item.end = CaseItem::End::FallThrough;
    } else if (at_operator(";;&")) {
      take();
      item.end = CaseItem::End::TestNext;
    } else {
      last = true;
    }
    node->items.push_back(std::move(item));
    skip_newlines();
    if (last) break;
  }
  closer_ = closer;
  if (failed_ || !expect_word("esac")) return nullptr;
  return node;
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_name_char);
}

Program parse(std::string_view text, int first_line) {
  Parser parser(text, first_line, 0);
  Program program = parser.parse_all();
  // A line end that is escaped asks for the next line.
  std::size_t slashes = 0;
  while (slashes < text.size() && text[text.size() - 1 - slashes] == '\\') ++slashes;
  if (slashes % 2 == 1) program.incomplete = true;
  return program;
}

}  // namespace sim::shell
