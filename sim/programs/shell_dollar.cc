// Parameters, substitutions and arithmetic: what begins with $ or `.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/shell_grammar.h"

namespace sim::shell {

void Parser::lex_process_substitution(Word& word) {
  const Deeper deeper(*this);
  if (failed_) return;
  Part part;
  part.kind = Part::Kind::File;
  pos_ += 2;
  part.program = std::make_shared<const Program>(parse_inside());
  word.parts.push_back(std::move(part));
}

void Parser::lex_backquote(Word& word, bool quoted) {
  const Deeper deeper(*this);
  const int line = line_;
  ++pos_;
  std::string inside;
  while (!at_end() && current() != '`') {
    if (current() == '\\' && pos_ + 1 < text_.size()) {
      const char after = ahead(1);
      if (after == '`' || after == '\\' || after == '$' || (quoted && after == '"')) {
        inside += after;
        pos_ += 2;
        continue;
      }
    }
    inside += next();
  }
  if (at_end()) {
    fail_unmatched('`', line);
    return;
  }
  ++pos_;
  if (failed_) return;
  Parser inner(inside, line, depth_ + 1);
  Program program = inner.parse_all();
  program.incomplete = false;
  for (std::string& error : program.errors) error = fmt::format("command substitution: {}", error);
  Part part;
  part.kind = Part::Kind::Command;
  part.quoted = quoted;
  part.program = std::make_shared<const Program>(std::move(program));
  word.parts.push_back(std::move(part));
}

std::size_t Parser::arithmetic_end(std::size_t from) const {
  int level = 0;
  for (std::size_t i = from; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\\') {
      ++i;
    } else if (c == '\'' || c == '"') {
      const std::size_t close = text_.find(c, i + 1);
      if (close == std::string::npos) return close;
      i = close;
    } else if (c == '(') {
      ++level;
    } else if (c == ')') {
      if (level == 0) return i + 1 < text_.size() && text_[i + 1] == ')' ? i : std::string::npos;
      --level;
    }
  }
  return std::string::npos;
}

bool Parser::closes(std::size_t from) const {
  int level = 0;
  for (std::size_t i = from; i < text_.size(); ++i) {
    if (text_[i] == '(') ++level;
    if (text_[i] == ')' && --level == 0) return true;
  }
  return false;
}

Word Parser::arithmetic_word(std::string_view source) {
  Parser inner(source, line_, depth_ + 1);
  Word word = inner.parse_text(false);
  if (inner.failed()) fail(inner.errors());
  return word;
}

void Parser::skip_to(std::size_t position) {
  const std::string_view passed = text_.substr(pos_, position - pos_);
  line_ += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
  pos_ = position;
}

void Parser::lex_dollar(Word& word, bool quoted) {
  const Deeper deeper(*this);
  if (failed_) return;
  const char after = ahead(1);
  Part part;
  part.quoted = quoted;
  if (after == '(') {
    if (ahead(2) == '(') {
      const std::size_t end = arithmetic_end(pos_ + 3);
      if (end != std::string::npos) {
        part.kind = Part::Kind::Arithmetic;
        part.argument =
            std::make_shared<const Word>(arithmetic_word(text_.substr(pos_ + 3, end - pos_ - 3)));
        skip_to(end + 2);
        word.parts.push_back(std::move(part));
        return;
      }
    }
    pos_ += 2;
    part.kind = Part::Kind::Command;
    part.program = std::make_shared<const Program>(parse_inside());
    word.parts.push_back(std::move(part));
    return;
  }
  if (after == '{') {
    lex_braced(word, quoted);
    return;
  }
  if (after == '\'' && !quoted) {
    ++pos_;
    lex_ansi_quoted(word);
    return;
  }
  if (after == '"' && !quoted) {
    ++pos_;
    lex_quoted_string(word);
    return;
  }
  part.kind = Part::Kind::Parameter;
  if (is_letter(after)) {
    std::size_t end = pos_ + 1;
    while (end < text_.size() && is_name_char(text_[end])) ++end;
    part.text = std::string(text_.substr(pos_ + 1, end - pos_ - 1));
    pos_ = end;
  } else if (is_digit(after) || is_special_parameter(after)) {
    part.text = std::string(1, after);
    pos_ += 2;
  } else {
    ++pos_;
    add_text(word, "$", quoted);
    return;
  }
  word.parts.push_back(std::move(part));
}

Program Parser::parse_inside() {
  Program program;
  // Here the lexer stands inside a word: the parser's state is put aside.
  const bool had_token = std::exchange(has_token_, false);
  Token saved = std::exchange(token_, Token());
  std::vector<PendingDocument> documents = std::exchange(documents_, {});
  const char closer = std::exchange(closer_, ')');
  while (!failed_) {
    skip_newlines();
    if (failed_) break;
    if (at_operator(")")) {
      take();
      break;
    }
    if (peek().kind == Token::Kind::End) {
      fail_unexpected(peek());
      break;
    }
    NodePtr node = parse_line();
    if (!failed_) program.commands.push_back(std::move(node));
  }
  closer_ = closer;
  documents_ = std::move(documents);
  token_ = std::move(saved);
  has_token_ = had_token && !failed_;
  return program;
}

Word Parser::braced_word(std::string_view ends, bool quoted, bool quotes_count) {
  Word word;
  bool first = true;
  while (!at_end() && !failed_ && ends.find(current()) == std::string_view::npos) {
    const char c = current();
    if (c == '\\') {
      const char after = ahead(1);
      if (after == '\n') {
        next();
        next();
        continue;
      }
      ++pos_;
      if (at_end()) break;
      const bool escapes = !quoted || quotes_count || after == '$' || after == '`' ||
                           after == '"' || after == '\\' || after == '}';
      if (!escapes) add_text(word, "\\", true);
      const char escaped = next();
      add_text(word, std::string_view(&escaped, 1), true);
    } else if (c == '\'' && (!quoted || quotes_count)) {
      lex_single_quoted(word);
    } else if (c == '"') {
      lex_quoted_string(word);
    } else if (c == '$') {
      lex_dollar(word, quoted && !quotes_count);
    } else if (c == '`') {
      lex_backquote(word, quoted && !quotes_count);
    } else if (c == '~' && first && !quoted) {
      ++pos_;
      Part part;
      part.kind = Part::Kind::Tilde;
      word.parts.push_back(std::move(part));
    } else {
      next();
      add_text(word, std::string_view(&c, 1), quoted && !quotes_count);
    }
    first = false;
  }
  return word;
}

void Parser::lex_braced(Word& word, bool quoted) {
  const int line = line_;
  const std::size_t start = pos_;
  pos_ += 2;
  Part part;
  part.kind = Part::Kind::Parameter;
  part.quoted = quoted;
  const auto bad = [&] {
    // Whatever it is, it ends at the brace that closes it.
    int level = 0;
    while (!at_end() && !(current() == '}' && level == 0)) {
      if (current() == '{') ++level;
      if (current() == '}') --level;
      next();
    }
    if (at_end()) {
      fail_unmatched('}', line);
      return;
    }
    ++pos_;
    part.op = ParameterOp::Bad;
    part.text = std::string(text_.substr(start, pos_ - start));
    word.parts.push_back(part);
  };
  if (current() == '#' && ahead(1) != '}' &&
      (is_name_char(ahead(1)) || (is_special_parameter(ahead(1)) && ahead(2) == '}'))) {
    part.op = ParameterOp::Length;
    ++pos_;
  } else if (current() == '!' && (is_name_char(ahead(1)))) {
    part.indirect = true;
    ++pos_;
  }
  std::size_t end = pos_;
  if (is_letter(current())) {
    while (end < text_.size() && is_name_char(text_[end])) ++end;
  } else if (is_digit(current())) {
    while (end < text_.size() && is_digit(text_[end])) ++end;
  } else if (is_special_parameter(current())) {
    ++end;
  }
  if (end == pos_) return bad();
  part.text = std::string(text_.substr(pos_, end - pos_));
  pos_ = end;
  if (current() == '[' && is_letter(part.text[0])) {
    ++pos_;
    part.index = std::make_shared<const Word>(braced_word("]", false, true));
    if (failed_) return;
    if (current() != ']') return bad();
    ++pos_;
  }
  if (part.indirect && !part.index && (current() == '*' || current() == '@') && ahead(1) == '}') {
    part.op = ParameterOp::Names;
    Word all;
    add_text(all, std::string_view(text_).substr(pos_, 1), false);
    part.index = std::make_shared<const Word>(std::move(all));
    ++pos_;
  }
  if (current() == '}') {
    ++pos_;
    word.parts.push_back(std::move(part));
    return;
  }
  if (part.op == ParameterOp::Length || at_end()) return bad();
  if (!lex_operator(part, quoted)) return bad();
  if (failed_) return;
  if (at_end()) {
    fail_unmatched('}', line);
    return;
  }
  ++pos_;
  word.parts.push_back(std::move(part));
}

bool Parser::lex_operator(Part& part, bool quoted) {
  const auto doubled = [&](char c) {
    ++pos_;
    if (current() != c) return false;
    ++pos_;
    return true;
  };
  const auto argument = [&](bool quotes_count) {
    part.argument = std::make_shared<const Word>(braced_word("}", quoted, quotes_count));
  };
  char c = current();
  if (c == ':') {
    const char after = ahead(1);
    if (after != '-' && after != '=' && after != '?' && after != '+') {
      ++pos_;
      part.op = ParameterOp::Substring;
      part.argument = std::make_shared<const Word>(braced_word(":}", quoted, true));
      if (current() == ':') {
        ++pos_;
        part.replacement = std::make_shared<const Word>(braced_word("}", quoted, true));
      }
      return true;
    }
    part.colon = true;
    ++pos_;
    c = after;
  }
  switch (c) {
    case '-':
    case '=':
    case '?':
    case '+':
      part.op = c == '-'   ? ParameterOp::Default
                : c == '=' ? ParameterOp::Assign
                : c == '?' ? ParameterOp::Error
                           : ParameterOp::Alternative;
      ++pos_;
      argument(false);
      return true;
    case '#':
      part.op = doubled('#') ? ParameterOp::RemoveLongestFront : ParameterOp::RemoveShortestFront;
      argument(true);
      return true;
    case '%':
      part.op = doubled('%') ? ParameterOp::RemoveLongestBack : ParameterOp::RemoveShortestBack;
      argument(true);
      return true;
    case '^':
      part.op = doubled('^') ? ParameterOp::UpperAll : ParameterOp::UpperFirst;
      argument(true);
      return true;
    case ',':
      part.op = doubled(',') ? ParameterOp::LowerAll : ParameterOp::LowerFirst;
      argument(true);
      return true;
    case '@':
      if (std::string_view("QUuLE").find(ahead(1)) == std::string_view::npos || ahead(2) != '}') {
        return false;
      }
      ++pos_;
      part.op = ParameterOp::Transform;
      argument(true);
      return true;
    case '/':
      part.op = ParameterOp::ReplaceFirst;
      ++pos_;
      if (current() == '/') part.op = ParameterOp::ReplaceAll;
      if (current() == '#') part.op = ParameterOp::ReplaceFront;
      if (current() == '%') part.op = ParameterOp::ReplaceBack;
      if (part.op != ParameterOp::ReplaceFirst) ++pos_;
      part.argument =
          std::make_shared<const Word>(replaced_word(quoted, part.op == ParameterOp::ReplaceAll));
      if (current() == '/') {
        ++pos_;
        part.replacement = std::make_shared<const Word>(braced_word("}", quoted, true));
      }
      return true;
    default:
      return false;
  }
}

Word Parser::replaced_word(bool quoted, bool all) {
  Word word;
  if (all && current() == '/') {
    next();
    add_text(word, "/", false);
  }
  const Word rest = braced_word("/}", quoted, true);
  word.parts.insert(word.parts.end(), rest.parts.begin(), rest.parts.end());
  return word;
}

}  // namespace sim::shell
