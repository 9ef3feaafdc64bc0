#include "sim/programs/shell_syntax.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/format.h"

namespace sim::shell {
namespace {

constexpr int kMaxDepth = 100;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }
bool is_meta(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '<' ||
         c == '>' || c == '(' || c == ')';
}

/// Thrown inside the parser alone; parse() turns it into a Parsed.
struct SyntaxError {
  std::string message;
  int line;
  bool unfinished;
};

struct HereDocument {
  std::shared_ptr<Node> node;
  std::size_t redirection;
  std::string delimiter;
  bool quoted;
  bool strip_tabs;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  NodePtr script() {
    NodePtr list = parse_list({});
    skip_blank_lines();
    if (!at_end()) unexpected();
    finish_here_documents();
    return list;
  }

  Word quoted_text() {
    Word word;
    parse_double_quoted(word, '\0');
    return word;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool looking_at(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  int line() const {
    return 1 + static_cast<int>(std::count(
                   text_.begin(),
                   text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size())), '\n'));
  }
  [[noreturn]] void fail(std::string message, bool unfinished = false) const {
    throw SyntaxError{std::move(message), line(), unfinished};
  }
  [[noreturn]] void unexpected() const {
    if (at_end()) fail("syntax error: unexpected end of file", true);
    std::string token(1, peek());
    if (peek() == '\n') token = "newline";
    if (is_meta(peek()) && peek(1) == peek() && peek() != '\n') token += peek();
    if (!is_meta(peek())) {
      std::size_t end = at_;
      while (end < text_.size() && !is_meta(text_[end])) ++end;
      token = std::string(text_.substr(at_, end - at_));
    }
    fail(fmt::format("syntax error near unexpected token `{}'", token));
  }

  struct Deeper {
    explicit Deeper(Parser& p) : parser(p) {
      if (++parser.depth_ > kMaxDepth) parser.fail("syntax error: nested too deeply");
    }
    ~Deeper() { --parser.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    Parser& parser;
  };

  void skip_blanks() {
    for (;;) {
      if (peek() == ' ' || peek() == '\t' || peek() == '\r') {
        ++at_;
      } else if (peek() == '\\' && peek(1) == '\n') {
        at_ += 2;
      } else if (peek() == '#' && (at_ == 0 || is_meta(text_[at_ - 1]))) {
        while (!at_end() && peek() != '\n') ++at_;
      } else {
        return;
      }
    }
  }
  void skip_newline() {
    ++at_;
    finish_here_documents();
  }
  void skip_blank_lines() {
    for (;;) {
      skip_blanks();
      if (peek() != '\n' || at_end()) return;
      skip_newline();
    }
  }

  /// Takes the bodies of the here-documents that the line just ended has announced.
  void finish_here_documents() {
    for (HereDocument& here : std::exchange(pending_, {})) {
      std::string body;
      bool ended = false;
      while (!at_end()) {
        std::size_t end = text_.find('\n', at_);
        if (end == std::string_view::npos) end = text_.size();
        std::string_view row = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        if (here.strip_tabs) {
          while (!row.empty() && row.front() == '\t') row.remove_prefix(1);
        }
        if (row == here.delimiter) {
          ended = true;
          break;
        }
        body.append(row);
        body += '\n';
      }
      if (!ended) {
        fail(fmt::format("here-document delimited by end-of-file (wanted `{}')", here.delimiter),
             true);
      }
      Word& target = here.node->redirections[here.redirection].target;
      if (here.quoted) {
        Part part;
        part.quoted = true;
        part.text = std::move(body);
        target = {std::move(part)};
      } else {
        Parser inner(body);
        inner.depth_ = depth_;
        target = inner.quoted_text();
      }
    }
  }

  /// The reserved word here, if one stands here as a word of its own.
  std::string_view reserved() const {
    static constexpr std::array<std::string_view, 18> kWords = {
        "if",   "then", "elif", "else", "fi", "for", "while", "until",    "do",
        "done", "case", "esac", "in",   "{",  "}",   "!",     "function", "[["};
    for (const std::string_view word : kWords) {
      if (!looking_at(word)) continue;
      const char next = peek(word.size());
      if (next == '\0' || is_meta(next)) return word;
    }
    return "";
  }
  void expect(std::string_view word) {
    skip_blank_lines();
    if (reserved() != word) unexpected();
    at_ += word.size();
  }

  /// Commands up to one of the reserved words (or ")" or ";;"), which stays.
  NodePtr parse_list(const std::vector<std::string_view>& until) {
    Deeper deeper(*this);
    auto list = std::make_shared<Node>();
    list->line = line();
    for (;;) {
      skip_blank_lines();
      if (at_end() || peek() == ')' || looking_at(";;")) break;
      const std::string_view word = reserved();
      if (!word.empty() && std::find(until.begin(), until.end(), word) != until.end()) break;
      list->children.push_back(parse_and_or());
      skip_blanks();
      if (looking_at(";;")) break;
      if (peek() == ';' || peek() == '&') {
        ++at_;
      } else if (peek() == '\n') {
        skip_newline();
      } else if (!at_end() && peek() != ')') {
        unexpected();
      }
    }
    return list;
  }

  NodePtr parse_and_or() {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::AndOr;
    node->line = line();
    node->children.push_back(parse_pipeline());
    for (;;) {
      skip_blanks();
      if (!looking_at("&&") && !looking_at("||")) break;
      node->operators.emplace_back(text_.substr(at_, 2));
      at_ += 2;
      skip_blank_lines();
      if (at_end()) unexpected();
      node->children.push_back(parse_pipeline());
    }
    return node->children.size() == 1 ? node->children.front() : node;
  }

  NodePtr parse_pipeline() {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::Pipeline;
    node->line = line();
    skip_blanks();
    while (reserved() == "!") {
      ++at_;
      node->negated = !node->negated;
      skip_blanks();
    }
    node->children.push_back(parse_command());
    for (;;) {
      skip_blanks();
      if (peek() != '|' || peek(1) == '|') break;
      ++at_;
      if (peek() == '&') ++at_;
      skip_blank_lines();
      if (at_end()) unexpected();
      node->children.push_back(parse_command());
    }
    return node->children.size() == 1 && !node->negated ? node->children.front() : node;
  }

  NodePtr parse_command() {
    Deeper deeper(*this);
    skip_blanks();
    auto node = std::make_shared<Node>();
    node->line = line();
    const std::string_view word = reserved();
    if (word == "if") {
      parse_if(*node);
    } else if (word == "while" || word == "until") {
      at_ += 5;
      node->kind = Node::Kind::While;
      node->negated = word == "until";
      node->children.push_back(not_empty(parse_list({"do"})));
      parse_body(*node);
    } else if (word == "for") {
      parse_for(*node);
    } else if (word == "case") {
      parse_case(*node);
    } else if (word == "{") {
      ++at_;
      node->kind = Node::Kind::Group;
      node->children.push_back(not_empty(parse_list({"}"})));
      expect("}");
    } else if (word == "[[") {
      parse_test(*node);
    } else if (word == "function") {
      at_ += 8;
      skip_blanks();
      parse_function(*node, parse_name());
    } else if (looking_at("((")) {
      node->kind = Node::Kind::Arith;
      at_ += 2;
      node->texts.push_back(parse_arithmetic());
    } else if (peek() == '(') {
      ++at_;
      node->kind = Node::Kind::Subshell;
      node->children.push_back(not_empty(parse_list({})));
      skip_blank_lines();
      if (peek() != ')') unexpected();
      ++at_;
    } else if (!word.empty() && word != "in" && word != "!") {
      unexpected();
    } else {
      parse_simple(node);
      return node;
    }
    parse_redirections(node);
    return node;
  }

  NodePtr not_empty(NodePtr list) {
    if (list->children.empty()) unexpected();
    return list;
  }

  void parse_body(Node& node) {
    expect("do");
    node.children.push_back(not_empty(parse_list({"done"})));
    expect("done");
  }

  void parse_if(Node& node) {
    node.kind = Node::Kind::If;
    at_ += 2;
    for (;;) {
      node.children.push_back(not_empty(parse_list({"then"})));
      expect("then");
      node.children.push_back(not_empty(parse_list({"elif", "else", "fi"})));
      skip_blank_lines();
      if (reserved() == "elif") {
        at_ += 4;
        continue;
      }
      if (reserved() == "else") {
        at_ += 4;
        node.has_else = true;
        node.children.push_back(not_empty(parse_list({"fi"})));
      }
      expect("fi");
      return;
    }
  }

  std::string parse_name() {
    std::string name;
    while (is_name(peek()) || peek() == '-') name += text_[at_++];
    if (name.empty()) unexpected();
    return name;
  }

  void parse_for(Node& node) {
    at_ += 3;
    skip_blanks();
    if (looking_at("((")) {
      at_ += 2;
      node.kind = Node::Kind::ForArith;
      const std::string all = parse_arithmetic();
      std::size_t begin = 0;
      for (int i = 0; i < 3; ++i) {
        const std::size_t end = i < 2 ? all.find(';', begin) : all.size();
        if (end == std::string::npos) fail("syntax error: arithmetic expression required");
        node.texts.push_back(all.substr(begin, end - begin));
        begin = end + 1;
      }
      skip_blanks();
      if (peek() == ';') ++at_;
      parse_body(node);
      return;
    }
    node.kind = Node::Kind::For;
    node.name = parse_name();
    skip_blank_lines();
    if (reserved() == "in") {
      at_ += 2;
      node.has_words = true;
      for (;;) {
        skip_blanks();
        if (at_end() || peek() == ';' || peek() == '\n') break;
        if (is_meta(peek())) unexpected();
        node.words.push_back(parse_word());
      }
    }
    skip_blanks();
    if (peek() == ';') ++at_;
    parse_body(node);
  }

  void parse_case(Node& node) {
    at_ += 4;
    node.kind = Node::Kind::Case;
    skip_blanks();
    node.words.push_back(parse_word());
    expect("in");
    for (;;) {
      skip_blank_lines();
      if (at_end()) unexpected();
      if (reserved() == "esac") break;
      if (peek() == '(') ++at_;
      std::vector<Word> patterns;
      for (;;) {
        skip_blanks();
        patterns.push_back(parse_word());
        skip_blanks();
        if (peek() != '|') break;
        ++at_;
      }
      if (peek() != ')') unexpected();
      ++at_;
      node.patterns.push_back(std::move(patterns));
      node.children.push_back(parse_list({"esac"}));
      skip_blank_lines();
      if (looking_at(";;")) at_ += 2;
    }
    expect("esac");
  }

  void parse_function(Node& node, std::string name) {
    node.kind = Node::Kind::Function;
    node.name = std::move(name);
    skip_blanks();
    if (looking_at("()")) at_ += 2;
    skip_blank_lines();
    node.children.push_back(parse_command());
  }

  void parse_test(Node& node) {
    at_ += 2;
    node.kind = Node::Kind::Test;
    for (;;) {
      skip_blank_lines();
      if (at_end()) fail("unexpected EOF while looking for `]]'", true);
      if (looking_at("]]") && (peek(2) == '\0' || is_meta(peek(2)))) {
        at_ += 2;
        return;
      }
      if (looking_at("&&") || looking_at("||")) {
        node.words.push_back(operator_word(text_.substr(at_, 2)));
        at_ += 2;
      } else if (peek() == '(' || peek() == ')' || peek() == '<' || peek() == '>') {
        node.words.push_back(operator_word(text_.substr(at_, 1)));
        ++at_;
      } else if (is_meta(peek())) {
        unexpected();
      } else {
        node.words.push_back(parse_word());
      }
    }
  }
  static Word operator_word(std::string_view text) {
    Part part;
    part.text = std::string(text);
    return {part};
  }

  /// After "((": up to the matching "))".
  std::string parse_arithmetic() {
    std::string expression;
    int depth = 0;
    while (!at_end()) {
      if (looking_at("))") && depth == 0) {
        at_ += 2;
        return expression;
      }
      if (peek() == '(') ++depth;
      if (peek() == ')') --depth;
      if (depth < 0) unexpected();
      expression += text_[at_++];
    }
    fail("unexpected EOF while looking for matching `)'", true);
  }

  bool parse_redirection(const std::shared_ptr<Node>& node) {
    const std::size_t start = at_;
    int fd = -1;
    if (peek() >= '0' && peek() <= '9' && (peek(1) == '>' || peek(1) == '<')) {
      fd = peek() - '0';
      ++at_;
    }
    Redirection made;
    if (looking_at("&>>") || looking_at("&>")) {
      made.both = true;
      made.kind = looking_at("&>>") ? Redirection::Kind::Append : Redirection::Kind::Write;
      at_ += made.kind == Redirection::Kind::Append ? 3 : 2;
    } else if (looking_at("<<<")) {
      at_ += 3;
      made.kind = Redirection::Kind::HereText;
      made.fd = 0;
      made.newline = true;
    } else if (looking_at("<<")) {
      at_ += 2;
      HereDocument here{node, node->redirections.size(), "", false, false};
      if (peek() == '-') {
        here.strip_tabs = true;
        ++at_;
      }
      skip_blanks();
      parse_delimiter(here);
      made.kind = Redirection::Kind::HereText;
      made.fd = 0;
      node->redirections.push_back(std::move(made));
      pending_.push_back(std::move(here));
      return true;
    } else if (looking_at(">&")) {
      at_ += 2;
      made.kind = Redirection::Kind::DuplicateOut;
      made.fd = fd < 0 ? 1 : fd;
    } else if (looking_at(">>")) {
      at_ += 2;
      made.kind = Redirection::Kind::Append;
      made.fd = fd < 0 ? 1 : fd;
    } else if (peek() == '>') {
      at_ += peek(1) == '|' ? 2 : 1;
      made.kind = Redirection::Kind::Write;
      made.fd = fd < 0 ? 1 : fd;
    } else if (peek() == '<' && peek(1) != '(') {
      ++at_;
      made.kind = Redirection::Kind::Read;
      made.fd = 0;
    } else {
      at_ = start;
      return false;
    }
    skip_blanks();
    if (at_end() || (is_meta(peek()))) unexpected();
    made.target = parse_word();
    node->redirections.push_back(std::move(made));
    return true;
  }

  void parse_delimiter(HereDocument& here) {
    while (!at_end() && !is_meta(peek())) {
      const char c = text_[at_++];
      if (c == '\'' || c == '"') {
        here.quoted = true;
        while (!at_end() && peek() != c) here.delimiter += text_[at_++];
        if (at_end()) fail(fmt::format("unexpected EOF while looking for matching `{}'", c), true);
        ++at_;
      } else if (c == '\\' && !at_end()) {
        here.quoted = true;
        here.delimiter += text_[at_++];
      } else {
        here.delimiter += c;
      }
    }
    if (here.delimiter.empty()) unexpected();
  }

  void parse_redirections(const std::shared_ptr<Node>& node) {
    skip_blanks();
    while (parse_redirection(node)) skip_blanks();
  }

  bool parse_assignment(Node& node) {
    std::size_t end = at_;
    if (!is_name_start(peek())) return false;
    while (end < text_.size() && is_name(text_[end])) ++end;
    const bool append = text_.substr(end, 2) == "+=";
    if (!append && (end >= text_.size() || text_[end] != '=')) return false;
    Assignment made;
    made.name = std::string(text_.substr(at_, end - at_));
    made.append = append;
    at_ = end + (append ? 2 : 1);
    if (peek() == '(') fail("arrays are not modelled");
    if (!at_end() && !is_meta(peek())) made.value = parse_word();
    node.assignments.push_back(std::move(made));
    return true;
  }

  void parse_simple(const std::shared_ptr<Node>& node) {
    node->kind = Node::Kind::Simple;
    for (;;) {
      skip_blanks();
      if (at_end()) break;
      if (parse_redirection(node)) continue;
      if (node->words.empty() && parse_assignment(*node)) continue;
      if (is_meta(peek())) {
        // name() begins a function.
        if (looking_at("()") && node->words.size() == 1 && node->assignments.empty() &&
            node->words[0].size() == 1 && node->words[0][0].kind == Part::Kind::Text) {
          const std::string name = node->words[0][0].text;
          node->words.clear();
          parse_function(*node, name);
          return;
        }
        break;
      }
      node->words.push_back(parse_word());
    }
    if (node->words.empty() && node->assignments.empty() && node->redirections.empty())
      unexpected();
  }

  void add_text(Word& word, char c, bool quoted) {
    if (word.empty() || word.back().kind != Part::Kind::Text || word.back().quoted != quoted) {
      Part part;
      part.quoted = quoted;
      word.push_back(std::move(part));
    }
    word.back().text += c;
  }

  Word parse_word() {
    Word word;
    while (!at_end()) {
      const char c = peek();
      if (is_meta(c)) break;
      if (c == '\\') {
        ++at_;
        if (at_end()) {
          add_text(word, '\\', true);
        } else if (peek() == '\n') {
          ++at_;
        } else {
          add_text(word, text_[at_++], true);
        }
      } else if (c == '\'') {
        ++at_;
        parse_single_quoted(word);
      } else if (c == '"') {
        ++at_;
        const std::size_t before = word.size();
        parse_double_quoted(word, '"');
        if (word.size() == before) add_empty(word);
      } else if (c == '$' && peek(1) == '\'') {
        at_ += 2;
        parse_ansi_quoted(word);
      } else if (c == '$' || c == '`') {
        parse_dollar(word, false);
      } else {
        add_text(word, text_[at_++], false);
      }
    }
    return word;
  }

  static void add_empty(Word& word) {
    Part part;
    part.quoted = true;
    word.push_back(std::move(part));
  }

  void parse_single_quoted(Word& word) {
    const std::size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) fail("unexpected EOF while looking for matching `''", true);
    Part part;
    part.quoted = true;
    part.text = std::string(text_.substr(at_, end - at_));
    word.push_back(std::move(part));
    at_ = end + 1;
  }

  void parse_ansi_quoted(Word& word) {
    Part part;
    part.quoted = true;
    while (!at_end() && peek() != '\'') {
      char c = text_[at_++];
      if (c == '\\' && !at_end()) {
        c = text_[at_++];
        switch (c) {
          case 'n':
            c = '\n';
            break;
          case 't':
            c = '\t';
            break;
          case 'r':
            c = '\r';
            break;
          case 'e':
            c = '\x1b';
            break;
          case '0':
            c = '\0';
            break;
          default:
            break;
        }
      }
      part.text += c;
    }
    if (at_end()) fail("unexpected EOF while looking for matching `''", true);
    ++at_;
    word.push_back(std::move(part));
  }

  /// Up to `end`, which is taken; '\0' means the end of the text.
  void parse_double_quoted(Word& word, char end) {
    while (!at_end()) {
      const char c = peek();
      if (end != '\0' && c == end) {
        ++at_;
        return;
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        const char next = peek(1);
        if (next == '\n') {
          at_ += 2;
        } else if (next == '$' || next == '`' || next == '\\' || (next == '"' && end == '"')) {
          add_text(word, next, true);
          at_ += 2;
        } else {
          add_text(word, '\\', true);
          ++at_;
        }
      } else if (c == '$' || c == '`') {
        parse_dollar(word, true);
      } else {
        add_text(word, c, true);
        ++at_;
      }
    }
    if (end != '\0') fail(fmt::format("unexpected EOF while looking for matching `{}'", end), true);
  }

  void parse_dollar(Word& word, bool quoted) {
    Deeper deeper(*this);
    if (peek() == '`') {
      ++at_;
      std::string inner;
      while (!at_end() && peek() != '`') {
        if (peek() == '\\' && (peek(1) == '`' || peek(1) == '\\' || peek(1) == '$')) ++at_;
        inner += text_[at_++];
      }
      if (at_end()) fail("unexpected EOF while looking for matching ``'", true);
      ++at_;
      Parser parser(inner);
      parser.depth_ = depth_;
      add_command(word, parser.script(), quoted);
      return;
    }
    const char next = peek(1);
    if (looking_at("$((")) {
      const std::size_t start = at_;
      at_ += 3;
      // $((…) …) is a command substitution that begins with a subshell.
      try {
        Part part;
        part.kind = Part::Kind::Arithmetic;
        part.quoted = quoted;
        part.text = parse_arithmetic();
        word.push_back(std::move(part));
        return;
      } catch (const SyntaxError&) {
        at_ = start;
      }
    }
    if (next == '(') {
      at_ += 2;
      NodePtr inner = parse_list({});
      skip_blank_lines();
      if (peek() != ')') fail("unexpected EOF while looking for matching `)'", at_end());
      ++at_;
      add_command(word, std::move(inner), quoted);
      return;
    }
    if (next == '{') {
      at_ += 2;
      parse_braced(word, quoted);
      return;
    }
    Part part;
    part.kind = Part::Kind::Variable;
    part.quoted = quoted;
    if (is_name_start(next)) {
      ++at_;
      while (is_name(peek())) part.text += text_[at_++];
    } else if (next != '\0' &&
               std::string_view("?$#@*!-0123456789").find(next) != std::string_view::npos) {
      part.text = std::string(1, next);
      at_ += 2;
    } else {
      add_text(word, '$', quoted);
      ++at_;
      return;
    }
    word.push_back(std::move(part));
  }

  static void add_command(Word& word, NodePtr command, bool quoted) {
    Part part;
    part.kind = Part::Kind::Command;
    part.quoted = quoted;
    part.command = std::move(command);
    word.push_back(std::move(part));
  }

  /// After "${".
  void parse_braced(Word& word, bool quoted) {
    Part part;
    part.kind = Part::Kind::Variable;
    part.quoted = quoted;
    if (peek() == '#' && peek(1) != '}') {
      part.op = "len";
      ++at_;
    }
    if (is_name_start(peek())) {
      while (is_name(peek())) part.text += text_[at_++];
    } else if (std::string_view("?$#@*!-0123456789").find(peek()) != std::string_view::npos &&
               !at_end()) {
      while (peek() >= '0' && peek() <= '9') part.text += text_[at_++];
      if (part.text.empty()) part.text += text_[at_++];
    } else {
      fail("bad substitution");
    }
    if (peek() == '}') {
      ++at_;
      word.push_back(std::move(part));
      return;
    }
    for (const std::string_view op :
         {":-", ":=", ":+", ":?", "##", "%%", "//", "-", "=", "+", "?", "#", "%", "/"}) {
      if (!looking_at(op)) continue;
      part.op = std::string(op);
      at_ += op.size();
      part.word = parse_braced_word(op.front() == '/');
      if (op.front() == '/' && at_ > 0 && text_[at_ - 1] == '/') {
        part.replacement = parse_braced_word(false);
      }
      word.push_back(std::move(part));
      return;
    }
    if (at_end()) fail("unexpected EOF while looking for matching `}'", true);
    fail("bad substitution");
  }

  /// Up to "}" (or "/" when asked), which is taken.
  Word parse_braced_word(bool until_slash) {
    Word word;
    while (!at_end()) {
      const char c = peek();
      if (c == '}' || (until_slash && c == '/')) {
        ++at_;
        return word;
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        add_text(word, text_[at_++], true);
      } else if (c == '\'') {
        ++at_;
        parse_single_quoted(word);
      } else if (c == '"') {
        ++at_;
        parse_double_quoted(word, '"');
      } else if (c == '$' || c == '`') {
        parse_dollar(word, false);
      } else {
        add_text(word, c, false);
        ++at_;
      }
    }
    fail("unexpected EOF while looking for matching `}'", true);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<HereDocument> pending_;
};

}  // namespace

Parsed parse(std::string_view text) {
  Parsed parsed;
  try {
    parsed.script = Parser(text).script();
  } catch (const SyntaxError& error) {
    parsed.error = error.message;
    parsed.line = error.line;
    parsed.unfinished = error.unfinished;
  }
  return parsed;
}

Word parse_quoted(std::string_view text, std::string* error) {
  try {
    return Parser(text).quoted_text();
  } catch (const SyntaxError& wrong) {
    *error = wrong.message;
    return {};
  }
}

}  // namespace sim::shell
