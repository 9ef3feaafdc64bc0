// Go 1.23 text/template/parse
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/go_text.h"
#include "sim/shell/go_print.h"
#include "sim/shell/go_template_lexer.h"
#include "sim/shell/go_template_tree.h"

namespace sim::kubectl::go_template_tree {
namespace {

constexpr int kDeepest = 100;

using Type = TokenType;

/// After the first mistake nothing but the end of the text is seen, so that every part ends at
/// once.
class Parser {
 public:
  Parser(std::string_view text, std::string* error) : tokens_(read_tokens(text)), error_(error) {
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
