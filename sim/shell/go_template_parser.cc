// Go 1.23 text/template/parse
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/shell/go_print.h"
#include "sim/shell/go_template_tree.h"

namespace sim::kubectl::go_template_tree {
namespace {

constexpr int kDeepest = 100;

enum class Type {
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
  Type type = Type::End;
  std::size_t at = 0;
  int line = 1;
  std::string text;
};

constexpr std::array<std::string_view, 11> kKeywords = {"block",    "break", "continue", "define",
                                                        "else",     "end",   "if",       "range",
                                                        "template", "with",  "nil"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
bool is_word(char c) {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string rune_text(std::string_view text) {
  if (text.empty()) return "U+FFFFFFFFFFFFFFFF";
  char32_t rune = 0;
  next_rune(text, &rune);
  return fmt::format("U+{:04X} '{}'", static_cast<std::uint32_t>(rune), utf8(rune));
}

// ---- words ----

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// All tokens, up to the end or the first mistake.
  std::vector<Token> read() {
    while (!ended_) read_text();
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  bool starts(std::string_view prefix) const { return rest().substr(0, prefix.size()) == prefix; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void emit(Type type, std::size_t length) {
    emit(type, at_, std::string(text_.substr(at_, length)));
    at_ += length;
  }
  void emit(Type type, std::size_t at, std::string text) {
    for (; counted_ < at; ++counted_) line_ += text_[counted_] == '\n';
    tokens_.push_back({type, at, line_, std::move(text)});
  }
  void fail(std::string message) {
    emit(Type::Error, at_, std::move(message));
    ended_ = true;
  }

  void read_text() {
    const std::size_t open = text_.find("{{", at_);
    std::string_view text = text_.substr(at_, open - at_);
    const std::size_t start = at_;
    at_ = std::min(open, text_.size());
    // "{{- " takes away the white space before it.
    const bool trims = text_.size() > at_ + 3 && text_[at_ + 2] == '-' && is_space(text_[at_ + 3]);
    if (open != std::string_view::npos && trims) {
      while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    }
    if (!text.empty()) emit(Type::Text, start, std::string(text));
    if (open == std::string_view::npos) {
      emit(Type::End, at_, "");
      ended_ = true;
      return;
    }
    const std::size_t length = trims ? 4 : 2;
    if (text_.substr(at_ + length, 2) == "/*") return read_comment(length);
    emit(Type::Open, at_, "{{");
    at_ += length;
    depth_ = 0;
    while (!ended_) {
      if (read_close()) return;
      read_inside();
    }
  }

  void read_comment(std::size_t length) {
    at_ += length;
    const std::size_t end = text_.find("*/", at_);
    if (end == std::string_view::npos) return fail("unclosed comment");
    at_ = end + 2;
    std::size_t close = 0;
    bool trims = false;
    if (!closes(&close, &trims)) return fail("comment ends before closing delimiter");
    at_ += close;
    if (trims) skip_spaces();
  }

  bool closes(std::size_t* length, bool* trims) const {
    *trims = at_ + 1 < text_.size() && is_space(text_[at_]) && text_[at_ + 1] == '-' &&
             text_.substr(at_ + 2, 2) == "}}";
    *length = *trims ? 4 : 2;
    return *trims || starts("}}");
  }
  bool read_close() {
    std::size_t length = 0;
    bool trims = false;
    if (!closes(&length, &trims)) return false;
    if (depth_ > 0) {
      fail("unclosed left paren");
      return false;
    }
    emit(Type::Close, at_ + length - 2, "}}");
    at_ += length;
    if (trims) skip_spaces();
    return true;
  }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  void read_inside() {
    if (at_ >= text_.size()) return fail("unclosed action");
    const char c = peek();
    const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (is_space(c)) {
      std::size_t length = 0;
      while (at_ + length < text_.size() && is_space(text_[at_ + length])) ++length;
      // The last space may belong to " -}}".
      if (text_.substr(at_ + length, 3) == "-}}" && length > 1) --length;
      return emit(Type::Space, length);
    }
    if (c == '=') return emit(Type::Assign, 1);
    if (c == ':') return second == '=' ? emit(Type::Declare, 2) : fail("expected :=");
    if (c == '|') return emit(Type::Bar, 1);
    if (c == '"') return read_quoted('"', Type::String, "unterminated quoted string");
    if (c == '\'') return read_quoted('\'', Type::CharConstant, "unterminated character constant");
    if (c == '`') {
      const std::size_t end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) return fail("unterminated raw quoted string");
      return emit(Type::RawString, end + 1 - at_);
    }
    if (c == '$') return read_name(1, Type::Variable);
    if (c == '.' && !is_digit(second)) {
      if (ends_word(at_ + 1)) return emit(Type::Dot, 1);
      return read_name(1, Type::Field);
    }
    if (c == '.' || c == '+' || c == '-' || is_digit(c)) return read_number();
    if (is_word(c)) return read_name(0, Type::Identifier);
    if (c == '(') {
      ++depth_;
      return emit(Type::LeftParen, 1);
    }
    if (c == ')') {
      if (--depth_ < 0) return fail("unexpected right paren");
      return emit(Type::RightParen, 1);
    }
    if (c > ' ' && c < 0x7F) return emit(Type::Char, 1);
    fail("unrecognized character in action: " + rune_text(rest()));
  }

  /// Whether what stands at a place may follow a word.
  bool ends_word(std::size_t at) const {
    if (at >= text_.size() || is_space(text_[at])) return true;
    constexpr std::string_view kEnds = ".,|:)(";
    return kEnds.find(text_[at]) != std::string_view::npos || text_.substr(at, 2) == "}}";
  }

  void read_name(std::size_t prefix, Type type) {
    std::size_t length = prefix;
    while (at_ + length < text_.size() && is_word(text_[at_ + length])) ++length;
    if (!ends_word(at_ + length)) {
      return fail("bad character " + rune_text(text_.substr(at_ + length)));
    }
    if (type == Type::Identifier) {
      const std::string_view word = text_.substr(at_, length);
      if (word == "true" || word == "false") type = Type::Bool;
      if (std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end()) {
        type = word == "nil" ? Type::Nil : Type::Keyword;
      }
    }
    emit(type, length);
  }

  void read_quoted(char quote, Type type, std::string_view unclosed) {
    for (std::size_t i = at_ + 1; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == '\\') {
        ++i;
        if (i >= text_.size() || text_[i] == '\n') break;
      } else if (text_[i] == quote) {
        return emit(type, i + 1 - at_);
      }
    }
    fail(std::string(unclosed));
  }

  void read_number() {
    std::size_t length = peek() == '+' || peek() == '-' ? 1 : 0;
    const bool hex = text_.substr(at_ + length, 2) == "0x" || text_.substr(at_ + length, 2) == "0X";
    if (hex) length += 2;
    const auto digits = [&] {
      while (at_ + length < text_.size() &&
             (is_digit(text_[at_ + length]) || text_[at_ + length] == '_' ||
              (hex && is_hex(text_[at_ + length])))) {
        ++length;
      }
    };
    digits();
    if (!hex && text_.substr(at_ + length, 1) == ".") {
      ++length;
      digits();
    }
    if (!hex && at_ + length < text_.size() && (text_[at_ + length] | 0x20) == 'e') {
      ++length;
      if (at_ + length < text_.size() && (text_[at_ + length] == '+' || text_[at_ + length] == '-'))
        ++length;
      digits();
    }
    if (at_ + length < text_.size() && is_word(text_[at_ + length])) {
      return fail("bad number syntax: " + go_quote(text_.substr(at_, length + 1)));
    }
    emit(Type::Number, length);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;  // up to where lines are counted
  int line_ = 1;
  int depth_ = 0;
  bool ended_ = false;
  std::vector<Token> tokens_;
};

// ---- sentences ----

/// After the first mistake nothing but the end of the text is seen, so that every part ends at
/// once.
class Parser {
 public:
  Parser(std::string_view text, std::string* error) : tokens_(Lexer(text).read()), error_(error) {
    Token end;
    end.at = text.size();
    tokens_.push_back(end);
  }

  std::optional<Template> read() {
    Template made;
    Ending ending = Ending::Text;
    made.body = read_blocks(&made, &ending);
    if (ending != Ending::Text) {
      fail(ending == Ending::End ? "unexpected {{end}}" : "unexpected {{else}}");
    }
    if (failed_) return std::nullopt;
    return made;
  }

 private:
  enum class Ending { Text, End, Else };

  void fail(const std::string& message) {
    if (!failed_) *error_ = fmt::format("template: output:{}: {}", line_, message);
    failed_ = true;
    at_ = tokens_.size() - 1;
  }

  static std::string show(const Token& token) {
    switch (token.type) {
      case Type::End:
        return "EOF";
      case Type::Error:
        return token.text;
      case Type::Keyword:
      case Type::Nil:
      case Type::Dot:
        return fmt::format("<{}>", token.text);
      default:
        return token.text.size() > 10 ? go_quote(token.text.substr(0, 10)) + "..."
                                      : go_quote(token.text);
    }
  }
  void unexpected(const Token& token, std::string_view context) {
    if (token.type == Type::Error) {
      std::string extra;
      if (action_line_ != 0 && action_line_ != token.line) {
        const std::string_view ending = " action";
        const bool action = token.text.size() >= ending.size() &&
                            token.text.substr(token.text.size() - ending.size()) == ending;
        extra = fmt::format("{} started at output:{}", action ? "" : " in action", action_line_);
      }
      return fail(token.text + extra);
    }
    fail(fmt::format("unexpected {} in {}", show(token), context));
  }

  const Token& next() {
    const Token& token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    line_ = token.line;
    return token;
  }
  const Token& peek() {
    line_ = tokens_[at_].line;
    return tokens_[at_];
  }
  void skip_space() {
    while (tokens_[at_].type == Type::Space) next();
  }
  const Token& next_word() {
    skip_space();
    return next();
  }
  const Token& peek_word() {
    skip_space();
    return peek();
  }
  void expect_close(std::string_view context) {
    const Token& token = next_word();
    if (token.type != Type::Close) unexpected(token, context);
  }

  /// Blocks up to an {{end}}, an {{else}} or the end of the text.
  std::vector<Block> read_blocks(Template* into, Ending* ending) {
    std::vector<Block> blocks;
    for (;;) {
      const Token& token = next();
      if (token.type == Type::End) {
        *ending = Ending::Text;
        return blocks;
      }
      if (token.type == Type::Text) {
        Block block;
        block.at = token.at;
        block.text = token.text;
        blocks.push_back(std::move(block));
        continue;
      }
      if (token.type != Type::Open) {
        unexpected(token, "input");
        continue;
      }
      action_line_ = token.line;
      const Token& word = peek_word();
      if (word.type == Type::Keyword) {
        const std::string name = word.text;
        const std::size_t at = word.at;
        next();
        if (name == "end") {
          expect_close("end");
          *ending = Ending::End;
          return blocks;
        }
        if (name == "else") {
          const Token& then = peek_word();
          if (then.type != Type::Keyword || (then.text != "if" && then.text != "with")) {
            expect_close("else");
          }
          *ending = Ending::Else;
          return blocks;
        }
        read_keyword(name, at, into, blocks);
      } else {
        Block block;
        block.kind = Block::Kind::Action;
        block.at = word.at;
        block.pipe = read_pipe("command", Type::Close);
        blocks.push_back(std::move(block));
      }
      action_line_ = 0;
    }
  }

  void read_keyword(const std::string& name, std::size_t at, Template* into,
                    std::vector<Block>& blocks) {
    if (name == "if" || name == "with" || name == "range") {
      blocks.push_back(read_control(name, at, into));
    } else if (name == "break" || name == "continue") {
      if (ranges_ == 0) fail(fmt::format("{{{{{}}}}} outside {{{{range}}}}", name));
      expect_close(fmt::format("{{{{{}}}}}", name));
      Block block;
      block.kind = name == "break" ? Block::Kind::Break : Block::Kind::Continue;
      block.at = at;
      blocks.push_back(std::move(block));
    } else if (name == "template") {
      Block block;
      block.kind = Block::Kind::Template;
      block.at = peek_word().at;
      block.text = read_name("template clause");
      if (peek_word().type == Type::Close) {
        next();
      } else {
        block.pipe = read_pipe("template clause", Type::Close);
      }
      blocks.push_back(std::move(block));
    } else {
      // define, and block: a definition that is used at once.
      Block use;
      use.kind = Block::Kind::Template;
      use.at = peek_word().at;
      use.text = read_name(name == "define" ? "define clause" : "block clause");
      if (name == "define") {
        expect_close("define clause");
      } else {
        use.pipe = read_pipe("block clause", Type::Close);
      }
      const std::vector<std::string> outside = std::exchange(variables_, {"$"});
      const int ranges = std::exchange(ranges_, 0);
      deepen();
      Ending ending = Ending::Text;
      std::vector<Block> body = read_blocks(into, &ending);
      --depth_;
      if (ending == Ending::Text) fail("unexpected EOF");
      if (ending == Ending::Else) fail("unexpected {{else}} in " + name + " clause");
      variables_ = outside;
      ranges_ = ranges;
      into->defined[use.text] = std::move(body);
      if (name == "block") blocks.push_back(std::move(use));
    }
  }

  std::string read_name(std::string_view context) {
    const Token& token = next_word();
    if (token.type == Type::String || token.type == Type::RawString) return unquote(token);
    unexpected(token, context);
    return "";
  }

  std::string unquote(const Token& token) {
    const std::string inside = token.text.substr(1, token.text.size() - 2);
    if (token.type == Type::RawString) return inside;
    std::string text;
    if (!go_unquote(inside, '"', &text)) fail("invalid syntax");
    return text;
  }

  void deepen() {
    if (++depth_ > kDeepest) fail("the template is nested too deeply");
  }

  Block read_control(const std::string& name, std::size_t at, Template* into) {
    deepen();
    const std::size_t outside = variables_.size();
    Block block;
    block.kind = name == "if"     ? Block::Kind::If
                 : name == "with" ? Block::Kind::With
                                  : Block::Kind::Range;
    block.at = at;
    block.pipe = read_pipe(name, Type::Close);
    ranges_ += name == "range";
    Ending ending = Ending::Text;
    block.body = read_blocks(into, &ending);
    ranges_ -= name == "range";
    if (ending == Ending::Else) {
      const Token& word = tokens_[at_];
      // "{{else if …}}" is an if inside the else, and shares its end.
      if (name != "range" && word.type == Type::Keyword && word.text == name) {
        next();
        block.otherwise.push_back(read_control(name, word.at, into));
        ending = Ending::End;
      } else {
        if (word.type == Type::Keyword) unexpected(next(), "input");
        block.otherwise = read_blocks(into, &ending);
        if (ending == Ending::Else) fail("expected end; found {{else}}");
      }
    }
    if (ending == Ending::Text) fail("unexpected EOF");
    variables_.resize(outside);
    --depth_;
    return block;
  }

  Pipe read_pipe(std::string_view context, Type end) {
    deepen();
    Pipe pipe;
    pipe.at = peek_word().at;
    read_declarations(pipe, context);
    while (!failed_) {
      const Token& token = peek_word();
      if (token.type == end) {
        next();
        break;
      }
      switch (token.type) {
        case Type::Bool:
        case Type::CharConstant:
        case Type::Dot:
        case Type::Field:
        case Type::Identifier:
        case Type::Number:
        case Type::Nil:
        case Type::RawString:
        case Type::String:
        case Type::Variable:
        case Type::LeftParen:
          pipe.commands.push_back(read_command());
          break;
        default:
          unexpected(next(), context);
      }
    }
    if (pipe.commands.empty()) fail(fmt::format("missing value for {}", context));
    if (failed_) return pipe;
    for (std::size_t i = 0; i < pipe.commands.size(); ++i) {
      const Operand::Kind kind = pipe.commands[i].operands.front().kind;
      if (i > 0 && (kind == Operand::Kind::Constant || kind == Operand::Kind::Dot ||
                    kind == Operand::Kind::Nil)) {
        fail(fmt::format("non executable command in pipeline stage {}", i + 1));
      }
      pipe.text += i > 0 ? " | " : "";
      pipe.text += pipe.commands[i].text;
    }
    --depth_;
    return pipe;
  }

  void read_declarations(Pipe& pipe, std::string_view context) {
    for (;;) {
      const Token& variable = peek_word();
      if (variable.type != Type::Variable) return;
      const std::size_t back = at_;
      const std::string name = variable.text;
      next();
      const Token& after = peek_word();
      if (after.type == Type::Assign || after.type == Type::Declare) {
        pipe.assigns = after.type == Type::Assign;
        next();
        pipe.variables.push_back(name);
        variables_.push_back(name);
        pipe.text = fmt::format("{} {} ", fmt::join(pipe.variables, ", "), after.text);
        return;
      }
      if (after.type == Type::Char && after.text == ",") {
        next();
        pipe.variables.push_back(name);
        variables_.push_back(name);
        if (context != "range" || pipe.variables.size() >= 2) {
          fail(fmt::format("too many declarations in {}", context));
        }
        const Type then = peek_word().type;
        if (then != Type::Variable && then != Type::Close && then != Type::RightParen) {
          fail("range can only initialize variables");
        }
        continue;
      }
      at_ = back;
      return;
    }
  }

  Command read_command() {
    Command command;
    command.at = peek_word().at;
    for (;;) {
      skip_space();
      if (std::optional<Operand> operand = read_operand()) {
        command.operands.push_back(std::move(*operand));
      }
      const Token& token = peek();
      if (token.type == Type::Space) {
        next();
        continue;
      }
      if (token.type == Type::Bar) {
        next();
      } else if (token.type != Type::Close && token.type != Type::RightParen) {
        unexpected(next(), "operand");
      }
      break;
    }
    if (command.operands.empty()) fail("empty command");
    for (const Operand& operand : command.operands) {
      if (!command.text.empty()) command.text += ' ';
      command.text += operand.text;
    }
    return command;
  }

  std::optional<Operand> read_operand() {
    std::optional<Operand> operand = read_term();
    if (!operand || peek().type != Type::Field) return operand;
    if (operand->kind == Operand::Kind::Constant || operand->kind == Operand::Kind::Nil ||
        operand->kind == Operand::Kind::Dot) {
      fail(fmt::format("unexpected . after term {}", go_quote(operand->text)));
    }
    operand->at = peek().at;
    while (peek().type == Type::Field) {
      const Token& field = next();
      operand->fields.push_back(field.text.substr(1));
      operand->text += field.text;
    }
    return operand;
  }

  std::optional<Operand> read_term() {
    const Token& token = peek();
    Operand operand;
    operand.at = token.at;
    operand.text = token.text;
    const auto constant = [&](Json value) {
      operand.kind = Operand::Kind::Constant;
      operand.constant = std::make_shared<const Json>(std::move(value));
    };
    switch (token.type) {
      case Type::Identifier:
        if (!is_function(token.text)) {
          fail(fmt::format("function {} not defined", go_quote(token.text)));
        }
        operand.kind = Operand::Kind::Function;
        operand.name = token.text;
        break;
      case Type::Dot:
        break;
      case Type::Nil:
        operand.kind = Operand::Kind::Nil;
        break;
      case Type::Variable:
        if (std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
          fail(fmt::format("undefined variable {}", go_quote(token.text)));
        }
        operand.kind = Operand::Kind::Variable;
        operand.name = token.text;
        break;
      case Type::Field:
        operand.kind = Operand::Kind::Field;
        operand.fields.push_back(token.text.substr(1));
        break;
      case Type::Bool:
        constant(token.text == "true");
        break;
      case Type::Number:
        constant(number(token.text));
        break;
      case Type::CharConstant: {
        std::string text;
        char32_t rune = 0;
        const std::string inside = token.text.substr(1, token.text.size() - 2);
        if (inside.empty() || !go_unquote(inside, '\'', &text) ||
            next_rune(text, &rune) != text.size()) {
          fail(fmt::format("malformed character constant: {}", token.text));
        }
        constant(static_cast<std::int64_t>(rune));
        break;
      }
      case Type::String:
      case Type::RawString:
        constant(unquote(token));
        break;
      case Type::LeftParen: {
        next();
        operand.kind = Operand::Kind::Pipe;
        operand.pipe =
            std::make_shared<const Pipe>(read_pipe("parenthesized pipeline", Type::RightParen));
        operand.text = fmt::format("({})", operand.pipe->text);
        return operand;
      }
      default:
        return std::nullopt;
    }
    next();
    return operand;
  }

  Json number(const std::string& text) {
    std::string digits = text;
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    const bool negative = digits.front() == '-';
    if (digits.front() == '+' || negative) digits.erase(0, 1);
    const bool hex = digits.size() > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x';
    const char* first = digits.data() + (hex ? 2 : 0);
    const char* last = digits.data() + digits.size();
    const bool octal =
        digits.size() > 1 && digits[0] == '0' && digits.find_first_of(".eE") == std::string::npos;
    std::uint64_t whole = 0;
    const auto end = std::from_chars(first, last, whole, hex ? 16 : octal ? 8 : 10);
    constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
    if (end.ec == std::errc() && end.ptr == last && whole <= (negative ? kMost : kMost - 1)) {
      return negative ? static_cast<std::int64_t>(0 - whole) : static_cast<std::int64_t>(whole);
    }
    double real = 0;
    const auto real_end = std::from_chars(first, last, real);
    if (hex || real_end.ec != std::errc() || real_end.ptr != last) {
      fail(fmt::format("illegal number syntax: {}", go_quote(text)));
    }
    return negative ? -real : real;
  }

  std::vector<Token> tokens_;
  std::string* error_;
  bool failed_ = false;
  std::size_t at_ = 0;
  int line_ = 1;
  int action_line_ = 0;
  int depth_ = 0;
  int ranges_ = 0;
  std::vector<std::string> variables_ = {"$"};
};

}  // namespace

std::optional<Template> parse_template(std::string_view text, std::string* error) {
  return Parser(text, error).read();
}

std::string place(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 when there is none
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return fmt::format("output:{}:{}", lines + 1, at - line_start);
}

}  // namespace sim::kubectl::go_template_tree
