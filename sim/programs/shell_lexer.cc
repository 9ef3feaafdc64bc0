// Characters, quotes and tokens.
#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/shell_grammar.h"

namespace sim::shell {
namespace {

constexpr std::size_t kLongestIndex = 256;
constexpr std::size_t kMostText = 4u << 20;

}  // namespace

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_char(char c) { return is_letter(c) || is_digit(c); }
bool is_meta(char c) {
  return is_blank(c) || std::string_view("\n;&|<>()").find(c) != std::string_view::npos;
}
bool is_special_parameter(char c) {
  return std::string_view("@*#?-$!").find(c) != std::string_view::npos;
}

void add_text(Word& word, std::string_view text, bool quoted) {
  if (!word.parts.empty()) {
    Part& last = word.parts.back();
    if (last.kind == Part::Kind::Text && last.quoted == quoted) {
      last.text += text;
      return;
    }
  }
  Part part;
  part.quoted = quoted;
  part.text = std::string(text);
  word.parts.push_back(std::move(part));
}

Parser::Parser(std::string_view text, int first_line, int depth)
    : text_(text.substr(0, kMostText)), line_(first_line), first_line_(first_line), depth_(depth) {
  if (text.size() > kMostText) fail({"syntax error: the script is too long"});
}

void Parser::fail(std::vector<std::string> errors) {
  if (failed_) return;
  failed_ = true;
  errors_ = std::move(errors);
  has_token_ = false;
}

int Parser::last_line() const {
  std::string_view body = text_;
  if (!body.empty() && body.back() == '\n') body.remove_suffix(1);
  return first_line_ + static_cast<int>(std::count(body.begin(), body.end(), '\n')) + 1;
}

void Parser::fail_at_end() {
  if (failed_) return;
  incomplete_ = true;
  fail({fmt::format("line {}: syntax error: unexpected end of file", last_line())});
}

void Parser::fail_unmatched(char wanted, int line) {
  if (failed_) return;
  incomplete_ = true;
  fail({fmt::format("line {}: unexpected EOF while looking for matching `{}'", line, wanted)});
}

void Parser::fail_unexpected(const Token& token) {
  if (failed_) return;
  if (token.kind == Token::Kind::End) {
    if (closer_ != 0) {
      fail_unmatched(closer_, last_line());
    } else {
      fail_at_end();
    }
    return;
  }
  const std::string shown = token.kind == Token::Kind::Newline ? "newline" : token.text;
  const std::size_t at = std::min(token.start, text_.size());
  std::size_t from = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
  from = from == std::string::npos ? 0 : from + 1;
  const std::size_t to = text_.find('\n', at);
  const std::string_view line =
      text_.substr(from, to == std::string::npos ? to : std::max(to, from) - from);
  fail({fmt::format("line {}: syntax error near unexpected token `{}'", token.line, shown),
        fmt::format("line {}: `{}'", token.line, line)});
}

char Parser::next() {
  const char c = text_[pos_++];
  if (c == '\n') ++line_;
  return c;
}

const Token& Parser::peek() {
  if (failed_) {
    token_ = Token();
    return token_;
  }
  if (!has_token_) {
    token_ = lex();
    has_token_ = !failed_;
    if (failed_) token_ = Token();
  }
  return token_;
}

Token Parser::take() {
  peek();
  has_token_ = false;
  return std::exchange(token_, Token());
}

bool Parser::at_operator(std::string_view text) {
  return peek().kind == Token::Kind::Operator && token_.text == text;
}

bool Parser::at_word(std::string_view text) {
  return peek().kind == Token::Kind::Word && token_.plain && token_.text == text;
}

void Parser::skip_newlines() {
  while (peek().kind == Token::Kind::Newline) take();
}

bool Parser::expect_word(std::string_view text) {
  if (!at_word(text)) {
    fail_unexpected(peek());
    return false;
  }
  take();
  return true;
}

Token Parser::lex() {
  while (!at_end()) {
    if (is_blank(current()) || current() == '\r') {
      ++pos_;
    } else if (current() == '\\' && ahead(1) == '\n') {
      next();
      next();
    } else if (current() == '#') {
      while (!at_end() && current() != '\n') ++pos_;
    } else {
      break;
    }
  }
  Token token;
  token.line = line_;
  token.start = pos_;
  if (at_end()) {
    // The last line ends too, whether it says so or not.
    if (!text_.empty() && text_.back() != '\n' && !std::exchange(ended_, true)) {
      token.kind = Token::Kind::Newline;
      token.text = "\n";
    }
    read_documents();
    return token;
  }
  const char c = current();
  if (c == '\n') {
    next();
    token.kind = Token::Kind::Newline;
    token.text = "\n";
    read_documents();
    return token;
  }
  if (is_meta(c) && !at_process_substitution()) {
    static constexpr std::string_view kOperators[] = {
        "&>>", "<<<", "<<-", ";;&", "&&", "||", ";;", ";&", "|&", "<<", ">>", "<&",
        ">&",  "<>",  ">|",  "&>",  ";",  "&",  "|",  "<",  ">",  "(",  ")"};
    for (const std::string_view op : kOperators) {
      if (text_.substr(pos_, op.size()) != op) continue;
      token.kind = Token::Kind::Operator;
      token.text = std::string(op);
      pos_ += op.size();
      return token;
    }
  }
  // 2> and the like: digits right before the operator.
  std::size_t digits = pos_;
  while (digits < text_.size() && is_digit(text_[digits])) ++digits;
  if (digits > pos_ && digits - pos_ < 5 && digits < text_.size() &&
      (text_[digits] == '<' || text_[digits] == '>')) {
    token.kind = Token::Kind::Number;
    token.text = std::string(text_.substr(pos_, digits - pos_));
    pos_ = digits;
    return token;
  }
  token.kind = Token::Kind::Word;
  lex_word(token);
  return token;
}

void Parser::lex_assignment_prefix(Token& token) {
  std::size_t at = pos_;
  if (at >= text_.size() || !is_letter(text_[at])) return;
  while (at < text_.size() && is_name_char(text_[at])) ++at;
  Assignment assignment;
  assignment.name = std::string(text_.substr(pos_, at - pos_));
  if (at < text_.size() && text_[at] == '[') {
    int level = 0;
    std::size_t close = at;
    for (; close < text_.size(); ++close) {
      const char c = text_[close];
      if (c == '\n' || c == ';' || (is_blank(c) && level == 0) || close - at > kLongestIndex) {
        return;
      }
      if (c == '[') ++level;
      if (c == ']' && --level == 0) break;
    }
    if (close >= text_.size()) return;
    Parser inner(text_.substr(at + 1, close - at - 1), line_, depth_ + 1);
    assignment.index = std::make_shared<const Word>(inner.parse_text(false));
    if (inner.failed()) return;
    at = close + 1;
  }
  if (at < text_.size() && text_[at] == '+') {
    assignment.append = true;
    ++at;
  }
  if (at >= text_.size() || text_[at] != '=') return;
  token.assignment = std::move(assignment);
  token.value_start = at + 1;
}

void Parser::lex_word(Token& token) {
  lex_assignment_prefix(token);
  Word& word = token.word;
  bool plain = true;
  if (token.value_start != std::string::npos) {
    // The name itself is kept as text in front, for places where it is no assignment.
    add_text(word, text_.substr(pos_, token.value_start - pos_), false);
    pos_ = token.value_start;
    word.assignment = true;
    Part divider;  // parts from the second on are the value
    divider.quoted = false;
    word.parts.push_back(divider);
  }
  lex_word_parts(word, word.assignment, &plain);
  token.plain = plain && token.value_start == std::string::npos;
  token.text = std::string(text_.substr(token.start, pos_ - token.start));
  if (token.plain && token.text.find("\\\n") != std::string::npos) {
    token.text = word.parts.empty() ? "" : word.parts.front().text;
  }
}

void Parser::lex_word_parts(Word& word, bool assignment, bool* plain) {
  bool tilde_here = true;
  while (!at_end() && !failed_) {
    const char c = current();
    if (is_meta(c) && !at_process_substitution()) break;
    if (c == '~' && tilde_here) {
      std::size_t end = pos_ + 1;
      while (end < text_.size() && (is_name_char(text_[end]) || text_[end] == '-')) ++end;
      const char after = end < text_.size() ? text_[end] : '\0';
      const bool ends =
          after == '\0' || after == '/' || is_meta(after) || (assignment && after == ':');
      if (ends) {
        Part part;
        part.kind = Part::Kind::Tilde;
        part.text = std::string(text_.substr(pos_ + 1, end - pos_ - 1));
        word.parts.push_back(std::move(part));
        pos_ = end;
        tilde_here = false;
        continue;
      }
    }
    tilde_here = assignment && c == ':';
    switch (c) {
      case '\\':
        if (ahead(1) == '\n') {
          next();
          next();
          break;
        }
        ++pos_;
        *plain = false;
        if (at_end()) {
          incomplete_ = true;
          add_text(word, "\\", false);
        } else {
          const char escaped = next();
          add_text(word, std::string_view(&escaped, 1), true);
        }
        break;
      case '\'':
        *plain = false;
        lex_single_quoted(word);
        break;
      case '"': {
        *plain = false;
        lex_quoted_string(word);
        break;
      }
      case '$':
        *plain = false;
        lex_dollar(word, false);
        break;
      case '`':
        *plain = false;
        lex_backquote(word, false);
        break;
      case '<':
        *plain = false;
        lex_process_substitution(word);
        break;
      default:
        next();
        add_text(word, std::string_view(&c, 1), false);
    }
  }
}

void Parser::lex_single_quoted(Word& word) {
  const int line = line_;
  ++pos_;
  const std::size_t end = text_.find('\'', pos_);
  if (end == std::string::npos) {
    fail_unmatched('\'', line);
    return;
  }
  const std::string_view inside = text_.substr(pos_, end - pos_);
  line_ += static_cast<int>(std::count(inside.begin(), inside.end(), '\n'));
  add_quoted(word, inside);
  pos_ = end + 1;
}

void Parser::lex_quoted_string(Word& word) {
  const int line = line_;
  ++pos_;
  const std::size_t before = word.parts.size();
  lex_double_quoted(word, '"', Quotes::Delimiter);
  if (failed_) return;
  if (at_end()) {
    fail_unmatched('"', line);
    return;
  }
  ++pos_;
  if (word.parts.size() == before) add_quoted(word, "");
}

void Parser::lex_double_quoted(Word& word, char end, Quotes quotes) {
  const Deeper deeper(*this);
  std::string run;
  const auto flush = [&] {
    if (!run.empty()) add_text(word, run, true);
    run.clear();
  };
  while (!at_end() && !failed_) {
    const char c = current();
    if (end != '\0' && c == end) break;
    if (c == '\\') {
      const char after = ahead(1);
      if (after == '\n') {
        next();
        next();
        continue;
      }
      const bool escapes = after == '$' || after == '`' || after == '\\' ||
                           (after == '"' && quotes == Quotes::Delimiter);
      if (escapes) {
        run += after;
        pos_ += 2;
        continue;
      }
      run += c;
      ++pos_;
      continue;
    }
    if (c == '$') {
      flush();
      lex_dollar(word, true);
      continue;
    }
    if (c == '`') {
      flush();
      lex_backquote(word, true);
      continue;
    }
    // In arithmetic, quotes only group.
    if (quotes == Quotes::Plain && c == '"') {
      ++pos_;
      continue;
    }
    run += next();
  }
  flush();
}

void Parser::lex_ansi_quoted(Word& word) {
  const int line = line_;
  ++pos_;
  std::string made;
  while (!at_end() && current() != '\'') {
    const char c = next();
    if (c != '\\' || at_end()) {
      made += c;
      continue;
    }
    const char e = next();
    switch (e) {
      case 'n':
        made += '\n';
        break;
      case 't':
        made += '\t';
        break;
      case 'r':
        made += '\r';
        break;
      case 'a':
        made += '\a';
        break;
      case 'b':
        made += '\b';
        break;
      case 'e':
      case 'E':
        made += '\033';
        break;
      case 'f':
        made += '\f';
        break;
      case 'v':
        made += '\v';
        break;
      case 'x': {
        int value = 0;
        int digits = 0;
        while (digits < 2 && std::isxdigit(static_cast<unsigned char>(current()))) {
          const char d = next();
          value = value * 16 + (is_digit(d) ? d - '0' : (d | 32) - 'a' + 10);
          ++digits;
        }
        if (value != 0) made += static_cast<char>(value);
        break;
      }
      case '0':
      case '1':
      case '2':
      case '3': {
        int value = e - '0';
        for (int digits = 1; digits < 3 && current() >= '0' && current() <= '7'; ++digits) {
          value = value * 8 + (next() - '0');
        }
        if (value != 0) made += static_cast<char>(value);
        break;
      }
      case '\\':
      case '\'':
      case '"':
      case '?':
        made += e;
        break;
      default:
        made += '\\';
        made += e;
    }
  }
  if (at_end()) {
    fail_unmatched('\'', line);
    return;
  }
  ++pos_;
  add_quoted(word, made);
}

void Parser::read_documents() {
  std::vector<PendingDocument> documents = std::exchange(documents_, {});
  for (PendingDocument& document : documents) {
    std::string body;
    bool found = false;
    const int first = line_;
    while (!at_end()) {
      const std::size_t end = text_.find('\n', pos_);
      std::string_view line = text_.substr(pos_, end == std::string::npos ? end : end - pos_);
      pos_ = end == std::string::npos ? text_.size() : end + 1;
      if (end != std::string::npos) ++line_;
      if (document.strip) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      if (line == document.delimiter) {
        found = true;
        break;
      }
      body += line;
      body += '\n';
    }
    if (!found) {
      incomplete_ = true;
      warnings_.push_back(
          fmt::format("line {}: warning: here-document at line {} delimited by end-of-file "
                      "(wanted `{}')",
                      last_line() - 1, document.line, document.delimiter));
    }
    if (document.quoted) {
      add_text(*document.body, body, true);
      continue;
    }
    Parser inner(body, first, depth_ + 1);
    *document.body = inner.parse_text(true);
    if (inner.failed()) fail(inner.errors());
  }
}

}  // namespace sim::shell
