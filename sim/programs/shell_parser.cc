#include "sim/programs/shell_parser.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "sim/base/format.h"

namespace sim::shell {
namespace {

constexpr int kDeepest = 60;
constexpr std::size_t kMostBraceWords = 20000;
constexpr std::size_t kLongestBraceWord = 1u << 16;
constexpr std::size_t kMostBraceBytes = 1u << 20;
constexpr std::size_t kMostText = 4u << 20;
constexpr std::size_t kLongestIndex = 4096;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_meta(char c) {
  return is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '<' || c == '>' ||
         c == '(' || c == ')';
}
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_letter(c) || is_digit(c); }
bool is_special_parameter(char c) {
  return std::string_view("@*#?-$!").find(c) != std::string_view::npos;
}

constexpr std::string_view kReserved[] = {"if",   "then",  "elif", "else", "fi",       "do",  "done",
                                          "case", "esac",  "for",  "{",    "}",        "!",   "[[",
                                          "time", "while", "in",   "until", "function"};

/// Adds bytes to a word, joining them to the last text of the same sort.
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

// ---- Brace expansion: {a,b} and {1..3}, before anything else, on the tree ----

struct Atom {
  bool is_char = false;
  char c = 0;
  Part part;
};
using Atoms = std::vector<Atom>;

Atom char_atom(char c) {
  Atom atom;
  atom.is_char = true;
  atom.c = c;
  return atom;
}

struct BraceExpander {
  std::size_t bytes = 0;
  bool too_much = false;

  static bool is(const Atom& atom, char c) { return atom.is_char && atom.c == c; }

  /// For each opening bracket the one that closes it, or npos.
  static std::vector<std::size_t> closings(const Atoms& atoms) {
    std::vector<std::size_t> closing(atoms.size(), std::string::npos);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < atoms.size(); ++i) {
      if (is(atoms[i], '{')) open.push_back(i);
      if (is(atoms[i], '}') && !open.empty()) {
        closing[open.back()] = i;
        open.pop_back();
      }
    }
    return closing;
  }

  static std::optional<std::int64_t> number(std::string_view text) {
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 15) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    return negative ? -value : value;
  }

  /// {1..5}, {a..e}, {01..10..2}.
  std::optional<std::vector<Atoms>> sequence(const Atoms& atoms, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
      if (!atoms[i].is_char) return std::nullopt;
      text += atoms[i].c;
    }
    std::vector<std::string> fields;
    std::size_t at = 0;
    while (true) {
      const std::size_t dots = text.find("..", at);
      fields.push_back(text.substr(at, dots == std::string::npos ? dots : dots - at));
      if (dots == std::string::npos) break;
      at = dots + 2;
    }
    if (fields.size() != 2 && fields.size() != 3) return std::nullopt;
    std::int64_t step = 1;
    if (fields.size() == 3) {
      const auto given = number(fields[2]);
      if (!given) return std::nullopt;
      step = std::max<std::int64_t>(1, *given < 0 ? -*given : *given);
    }
    auto low = number(fields[0]);
    auto high = number(fields[1]);
    bool letters = false;
    if (!low || !high) {
      if (fields[0].size() != 1 || fields[1].size() != 1) return std::nullopt;
      if (!is_letter(fields[0][0]) || !is_letter(fields[1][0])) return std::nullopt;
      letters = true;
      low = fields[0][0];
      high = fields[1][0];
    }
    const auto padded = [](const std::string& field) {
      const std::size_t digits = field[0] == '-' ? 1 : 0;
      return field.size() > digits + 1 && field[digits] == '0';
    };
    std::size_t width = 0;
    if (!letters && (padded(fields[0]) || padded(fields[1]))) {
      width = std::max(fields[0].size(), fields[1].size());
    }
    std::vector<Atoms> made;
    const std::int64_t count = (*low <= *high ? *high - *low : *low - *high) / step + 1;
    if (count > static_cast<std::int64_t>(kMostBraceWords)) {
      too_much = true;
      return made;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t value = *low <= *high ? *low + i * step : *low - i * step;
      Atoms word;
      std::string shown = letters ? std::string(1, static_cast<char>(value))
                          : width ? fmt::format("{:0{}}", value, width)
                                  : fmt::format("{}", value);
      for (const char c : shown) word.push_back(char_atom(c));
      made.push_back(std::move(word));
    }
    return made;
  }

  std::vector<Atoms> expand(const Atoms& atoms, int depth) {
    if (depth > kDeepest || too_much) return {atoms};
    const std::vector<std::size_t> closing = closings(atoms);
    for (std::size_t open = 0; open < atoms.size(); ++open) {
      if (!is(atoms[open], '{')) continue;
      const std::size_t close = closing[open];
      if (close == std::string::npos) continue;
      std::vector<std::size_t> commas;
      int level = 0;
      for (std::size_t i = open + 1; i < close; ++i) {
        if (is(atoms[i], '{')) ++level;
        if (is(atoms[i], '}')) --level;
        if (level == 0 && is(atoms[i], ',')) commas.push_back(i);
      }
      std::vector<Atoms> middles;
      if (commas.empty()) {
        auto made = sequence(atoms, open + 1, close);
        if (!made) continue;
        middles = std::move(*made);
      } else {
        commas.push_back(close);
        std::size_t from = open + 1;
        for (const std::size_t comma : commas) {
          const Atoms piece(atoms.begin() + static_cast<std::ptrdiff_t>(from),
                            atoms.begin() + static_cast<std::ptrdiff_t>(comma));
          for (Atoms& each : expand(piece, depth + 1)) middles.push_back(std::move(each));
          from = comma + 1;
        }
      }
      const Atoms tail(atoms.begin() + static_cast<std::ptrdiff_t>(close) + 1, atoms.end());
      const std::vector<Atoms> tails = expand(tail, depth + 1);
      std::vector<Atoms> all;
      for (const Atoms& middle : middles) {
        for (const Atoms& end : tails) {
          Atoms word(atoms.begin(), atoms.begin() + static_cast<std::ptrdiff_t>(open));
          word.insert(word.end(), middle.begin(), middle.end());
          word.insert(word.end(), end.begin(), end.end());
          bytes += word.size();
          if (all.size() >= kMostBraceWords || bytes > kMostBraceBytes) {
            too_much = true;
            return all;
          }
          all.push_back(std::move(word));
        }
      }
      return all;
    }
    return {atoms};
  }
};

bool may_have_braces(const Word& word) {
  bool open = false;
  bool inside = false;
  std::size_t size = word.parts.size();
  for (const Part& part : word.parts) size += part.text.size();
  if (size > kLongestBraceWord) return false;
  for (const Part& part : word.parts) {
    if (part.kind != Part::Kind::Text || part.quoted) continue;
    open = open || part.text.find('{') != std::string::npos;
    inside = inside || part.text.find(',') != std::string::npos ||
             part.text.find("..") != std::string::npos;
  }
  return open && inside;
}

/// False when it would make more words than a shell should.
bool expand_braces(const Word& word, std::vector<Word>* words) {
  if (!may_have_braces(word)) {
    words->push_back(word);
    return true;
  }
  Atoms atoms;
  for (const Part& part : word.parts) {
    if (part.kind == Part::Kind::Text && !part.quoted) {
      for (const char c : part.text) atoms.push_back(char_atom(c));
    } else {
      Atom atom;
      atom.part = part;
      atoms.push_back(std::move(atom));
    }
  }
  BraceExpander expander;
  for (Atoms& made : expander.expand(atoms, 0)) {
    Word expanded;
    expanded.assignment = word.assignment;
    for (Atom& atom : made) {
      if (atom.is_char) {
        add_text(expanded, std::string_view(&atom.c, 1), false);
      } else {
        expanded.parts.push_back(std::move(atom.part));
      }
    }
    // An empty alternative makes no word at all: {a,} is "a" and nothing.
    if (!expanded.parts.empty()) words->push_back(std::move(expanded));
  }
  return !expander.too_much;
}

// ---- The parser ----

struct Token {
  enum class Kind { Word, Operator, Newline, End, Number };  // Number: the 2 of 2>
  Kind kind = Kind::End;
  std::string text;  // the operator; of a word its source
  Word word;
  bool plain = false;  // a word of unquoted text alone
  int line = 1;
  std::size_t start = 0;
  std::size_t value_start = std::string::npos;  // of NAME=value: where the value begins
  Assignment assignment;                        // name, index and append, when value_start is set
};

class Parser {
 public:
  Parser(std::string_view text, int first_line, int depth)
      : text_(text.substr(0, kMostText)),
        line_(first_line),
        first_line_(first_line),
        depth_(depth) {
    if (text.size() > kMostText) fail({"syntax error: the script is too long"});
  }

  Program parse_all() {
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

  /// A text with substitutions and no other syntax: here-documents, arithmetic.
  Word parse_text(bool keep_quotes) {
    Word word;
    lex_double_quoted(word, '\0', keep_quotes ? Quotes::Literal : Quotes::Plain);
    return word;
  }

  bool failed() const { return failed_; }
  const std::vector<std::string>& errors() const { return errors_; }
  bool incomplete() const { return incomplete_; }

 private:
  enum class Quotes { Delimiter, Literal, Plain };

  struct PendingDocument {
    std::shared_ptr<Word> body;
    std::string delimiter;
    bool strip = false;
    bool quoted = false;
    int line = 1;
  };

  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDeepest) parser_.fail({"syntax error: nested too deeply"});
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  // -- Errors --
  void fail(std::vector<std::string> errors) {
    if (failed_) return;
    failed_ = true;
    errors_ = std::move(errors);
    has_token_ = false;
  }
  int last_line() const {
    std::string_view body = text_;
    if (!body.empty() && body.back() == '\n') body.remove_suffix(1);
    return first_line_ + static_cast<int>(std::count(body.begin(), body.end(), '\n')) + 1;
  }
  void fail_at_end() {
    if (failed_) return;
    incomplete_ = true;
    fail({fmt::format("line {}: syntax error: unexpected end of file", last_line())});
  }
  void fail_unmatched(char wanted, int line) {
    if (failed_) return;
    incomplete_ = true;
    fail({fmt::format("line {}: unexpected EOF while looking for matching `{}'", line, wanted)});
  }
  void fail_unexpected(const Token& token) {
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

  // -- Characters --
  bool at_end() const { return pos_ >= text_.size(); }
  char current() const { return at_end() ? '\0' : text_[pos_]; }
  char ahead(std::size_t n) const { return pos_ + n < text_.size() ? text_[pos_ + n] : '\0'; }
  char next() {
    const char c = text_[pos_++];
    if (c == '\n') ++line_;
    return c;
  }

  // -- Tokens --
  const Token& peek() {
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
  Token take() {
    peek();
    has_token_ = false;
    return std::exchange(token_, Token());
  }
  bool at_operator(std::string_view text) {
    return peek().kind == Token::Kind::Operator && token_.text == text;
  }
  bool at_word(std::string_view text) {
    return peek().kind == Token::Kind::Word && token_.plain && token_.text == text;
  }
  void skip_newlines() {
    while (peek().kind == Token::Kind::Newline) take();
  }
  bool expect_word(std::string_view text) {
    if (!at_word(text)) {
      fail_unexpected(peek());
      return false;
    }
    take();
    return true;
  }

  Token lex() {
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
          "&>>", "<<<", "<<-", ";;&", "&&", "||", ";;", ";&", "|&", "<<", ">>",
          "<&",  ">&",  "<>",  ">|",  "&>", ";",  "&",  "|",  "<",  ">",  "(",  ")"};
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

  bool at_process_substitution() const { return current() == '<' && ahead(1) == '('; }

  /// NAME=, NAME+=, NAME[index]= at the start of a word.
  void lex_assignment_prefix(Token& token) {
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

  void lex_word(Token& token) {
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

  void lex_word_parts(Word& word, bool assignment, bool* plain) {
    bool tilde_here = true;
    while (!at_end() && !failed_) {
      const char c = current();
      if (is_meta(c) && !at_process_substitution()) break;
      if (c == '~' && tilde_here) {
        std::size_t end = pos_ + 1;
        while (end < text_.size() && (is_name_char(text_[end]) || text_[end] == '-')) ++end;
        const char after = end < text_.size() ? text_[end] : '\0';
        const bool ends = after == '\0' || after == '/' || is_meta(after) ||
                          (assignment && after == ':');
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

  void lex_process_substitution(Word& word) {
    const Deeper deeper(*this);
    if (failed_) return;
    Part part;
    part.kind = Part::Kind::File;
    pos_ += 2;
    part.program = std::make_shared<const Program>(parse_inside());
    word.parts.push_back(std::move(part));
  }

  void lex_single_quoted(Word& word) {
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

  /// Quoted text counts even when it is empty.
  static void add_quoted(Word& word, std::string_view text) { add_text(word, text, true); }

  void lex_quoted_string(Word& word) {
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

  /// Up to `end` (or the end of the text): the inside of double quotes and the like.
  void lex_double_quoted(Word& word, char end, Quotes quotes) {
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

  void lex_ansi_quoted(Word& word) {
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

  void lex_backquote(Word& word, bool quoted) {
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

  /// Where the "))" is that closes arithmetic beginning at `from`, or npos when it is none.
  std::size_t arithmetic_end(std::size_t from) const {
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

  /// Whether as many parentheses close as open from here on.
  bool closes(std::size_t from) const {
    int level = 0;
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (text_[i] == '(') ++level;
      if (text_[i] == ')' && --level == 0) return true;
    }
    return false;
  }

  Word arithmetic_word(std::string_view source) {
    Parser inner(source, line_, depth_ + 1);
    Word word = inner.parse_text(false);
    if (inner.failed()) fail(inner.errors());
    return word;
  }

  void skip_to(std::size_t position) {
    const std::string_view passed = text_.substr(pos_, position - pos_);
    line_ += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
    pos_ = position;
  }

  void lex_dollar(Word& word, bool quoted) {
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
          part.argument = std::make_shared<const Word>(
              arithmetic_word(text_.substr(pos_ + 3, end - pos_ - 3)));
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

  /// The commands of $(…), up to and with the closing parenthesis.
  Program parse_inside() {
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

  /// The word behind an operator in ${…}, up to one of `ends`.
  Word braced_word(std::string_view ends, bool quoted, bool quotes_count) {
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

  void lex_braced(Word& word, bool quoted) {
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

  /// The operator of ${…} and its words; false when there is no such operator.
  bool lex_operator(Part& part, bool quoted) {
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
        part.op =
            doubled('#') ? ParameterOp::RemoveLongestFront : ParameterOp::RemoveShortestFront;
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
        part.argument = std::make_shared<const Word>(
            replaced_word(quoted, part.op == ParameterOp::ReplaceAll));
        if (current() == '/') {
          ++pos_;
          part.replacement = std::make_shared<const Word>(braced_word("}", quoted, true));
        }
        return true;
      default:
        return false;
    }
  }

  /// The pattern of ${x/a/b}. In ${x//a/b} a slash right at its start belongs to it.
  Word replaced_word(bool quoted, bool all) {
    Word word;
    if (all && current() == '/') {
      next();
      add_text(word, "/", false);
    }
    const Word rest = braced_word("/}", quoted, true);
    word.parts.insert(word.parts.end(), rest.parts.begin(), rest.parts.end());
    return word;
  }

  // -- Here-documents --
  void read_documents() {
    std::vector<PendingDocument> documents = std::exchange(documents_, {});
    for (PendingDocument& document : documents) {
      std::string body;
      bool found = false;
      const int first = line_;
      while (!at_end()) {
        const std::size_t end = text_.find('\n', pos_);
        std::string_view line =
            text_.substr(pos_, end == std::string::npos ? end : end - pos_);
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

  // -- Grammar --
  /// Words that end a list: then, done, }, …
  bool at_closing_word() {
    static constexpr std::string_view kClosing[] = {"then", "elif", "else", "fi",
                                                    "do",   "done", "esac", "}"};
    if (peek().kind != Token::Kind::Word || !token_.plain) return false;
    return std::find(std::begin(kClosing), std::end(kClosing), token_.text) != std::end(kClosing);
  }

  std::shared_ptr<Node> make(Node::Kind kind) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->line = peek().line;
    return node;
  }

  bool parse_list_item(Node& list) {
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

  /// The source between two places, without blanks at its end; not more than anybody wants to see.
  std::string source_text(std::size_t from, std::size_t to) const {
    constexpr std::size_t kLongestShown = 4096;
    std::string text(text_.substr(from, std::min(to - from, kLongestShown)));
    while (!text.empty() && (is_blank(text.back()) || text.back() == '\n')) text.pop_back();
    return text;
  }

  /// One line at the top: commands up to its end.
  NodePtr parse_line() {
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

  /// Commands up to a word or operator that closes what they are in.
  NodePtr parse_list() {
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

  NodePtr parse_and_or() {
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

  NodePtr parse_pipeline() {
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
    if ((node->timed || node->negated) && (peek().kind == Token::Kind::Newline || peek().kind == Token::Kind::End ||
                        at_operator(";"))) {
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

  NodePtr parse_command() {
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

  void parse_redirections(Node& node) {
    while (!failed_ && at_redirection()) parse_redirection(node);
  }

  bool at_redirection() {
    if (peek().kind == Token::Kind::Number) return true;
    if (token_.kind != Token::Kind::Operator) return false;
    static constexpr std::string_view kOperators[] = {"<",  ">",  ">>",  "<<",  "<<-", "<<<",
                                                      "<&", ">&", "<>", ">|", "&>",  "&>>"};
    return std::find(std::begin(kOperators), std::end(kOperators), token_.text) !=
           std::end(kOperators);
  }

  void parse_redirection(Node& node) {
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

  NodePtr parse_simple() {
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

  /// Whether arguments of the command may be arrays: declare a=(…).
  static bool is_declaration(const Node& node) {
    if (node.words.empty() || node.words[0].parts.size() != 1) return false;
    const std::string& name = node.words[0].parts[0].text;
    return name == "declare" || name == "local" || name == "readonly" || name == "typeset" ||
           name == "export";
  }

  void parse_assignment(Node& node, Token& token, bool as_argument) {
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

  /// [index]=value inside of a=(…): takes the index off the word; null when it has none.
  static WordPtr take_index(Word& word) {
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

  NodePtr parse_function_keyword() {
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

  NodePtr parse_function_body(const std::string& name, int line) {
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

  std::shared_ptr<Node> parse_parenthesis() {
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

  std::shared_ptr<Node> parse_group() {
    auto node = make(Node::Kind::Group);
    take();
    node->children.push_back(parse_list());
    if (failed_ || !expect_word("}")) return nullptr;
    return node;
  }

  std::shared_ptr<Node> parse_if() {
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

  std::shared_ptr<Node> parse_while() {
    auto node = make(Node::Kind::While);
    if (take().text == "until") node->kind = Node::Kind::Until;
    node->children.push_back(parse_list());
    if (failed_ || !expect_word("do")) return nullptr;
    node->children.push_back(parse_list());
    if (failed_ || !expect_word("done")) return nullptr;
    return node;
  }

  std::shared_ptr<Node> parse_for() {
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

  std::shared_ptr<Node> parse_case() {
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
      const bool empty = at_operator(";;") || at_operator(";&") || at_operator(";;&") ||
                         at_word("esac");
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

  // -- [[ ]] --
  using ConditionPtr = std::shared_ptr<const Condition>;

  std::shared_ptr<Node> parse_condition_command() {
    auto node = make(Node::Kind::Condition);
    take();
    node->condition = parse_condition_or();
    if (failed_ || !expect_word("]]")) return nullptr;
    return node;
  }

  ConditionPtr join(Condition::Kind kind, ConditionPtr first, ConditionPtr second) {
    auto made = std::make_shared<Condition>();
    made->kind = kind;
    made->first = std::move(first);
    made->second = std::move(second);
    return made;
  }

  ConditionPtr parse_condition_or() {
    const Deeper deeper(*this);
    ConditionPtr left = parse_condition_and();
    int terms = 0;
    while (!failed_ && at_operator("||")) {
      if (++terms > kDeepest) fail({"syntax error: nested too deeply"});
      take();
      skip_newlines();
      left = join(Condition::Kind::Or, left, parse_condition_and());
    }
    return left;
  }

  ConditionPtr parse_condition_and() {
    ConditionPtr left = parse_condition_term();
    int terms = 0;
    while (!failed_ && at_operator("&&")) {
      if (++terms > kDeepest) fail({"syntax error: nested too deeply"});
      take();
      skip_newlines();
      left = join(Condition::Kind::And, left, parse_condition_term());
    }
    return left;
  }

  ConditionPtr parse_condition_term() {
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
        fail_condition(fmt::format("unexpected argument `{}' to conditional unary operator",
                                   shown(peek())));
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
      fail_condition(fmt::format("unexpected argument `{}' to conditional binary operator",
                                 shown(peek())));
      return nullptr;
    }
    made->right = take().word;
    return made;
  }

  bool at_binary_operator() {
    static constexpr std::string_view kOperators[] = {"=",   "==",  "!=",  "=~",  "<",   ">",
                                                      "-eq", "-ne", "-lt", "-le", "-gt", "-ge",
                                                      "-nt", "-ot", "-ef"};
    if (peek().kind != Token::Kind::Word && peek().kind != Token::Kind::Operator) return false;
    return std::find(std::begin(kOperators), std::end(kOperators), token_.text) !=
           std::end(kOperators);
  }
  static std::string shown(const Token& token) {
    return token.kind == Token::Kind::Newline || token.kind == Token::Kind::End ? "newline"
                                                                               : token.text;
  }
  void fail_condition(std::string_view text) {
    if (peek().kind == Token::Kind::End) return fail_at_end();
    fail({fmt::format("line {}: {}", peek().line, text)});
  }

  /// Behind =~ parentheses and bars belong to the word.
  Word lex_regular_expression() {
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

  std::string_view text_;
  std::size_t pos_ = 0;
  int line_;
  int first_line_;
  int depth_;
  char closer_ = '\0';  // what the end of the text would leave open
  Token token_;
  bool has_token_ = false;
  bool ended_ = false;  // the line end behind the text has been given
  std::vector<PendingDocument> documents_;
  bool failed_ = false;
  bool incomplete_ = false;
  std::vector<std::string> errors_;
  std::vector<std::string> warnings_;
};

}  // namespace

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
