// k8s 1.32 client-go/util/jsonpath: parser. It goes through the text as that one does, so that odd
// expressions mean the same and fail with the same words.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/go_print.h"
#include "sim/shell/jsonpath_tree.h"

namespace sim::kubectl {
namespace {

using Node = JsonPathNode;
using Nodes = JsonPath;

Node make_node(Node::Type type, std::string text = "") {
  Node node;
  node.type = type;
  node.text = std::move(text);
  return node;
}

Node make_literal(Json value, bool once) {
  Node node;
  node.type = Node::Type::Literal;
  node.literal = std::make_shared<const Json>(std::move(value));
  node.once = once;
  return node;
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_word(char32_t c) {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= 0xAA && c != 0xFFFD);
}

std::string trim_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

bool read_integer(std::string_view text, std::int64_t* value) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto end = std::from_chars(text.data(), text.data() + text.size(), *value);
  return end.ec == std::errc() && end.ptr == text.data() + text.size() && !text.empty();
}

class Parser {
 public:
  Parser(std::string_view text, int depth, std::string* error)
      : text_(text), depth_(depth), error_(error) {}

  /// The parts of a template: texts and {…} lists, in order.
  bool parse(Nodes* root) {
    root_ = root;
    return parse_text();
  }

 private:
  static constexpr char32_t kEnd = 0xFFFFFFFF;

  bool fail(std::string message) {
    *error_ = std::move(message);
    return false;
  }
  bool starts(std::string_view prefix) const { return text_.substr(at_, prefix.size()) == prefix; }
  std::string take() {
    std::string taken(text_.substr(start_, at_ - start_));
    start_ = at_;
    return taken;
  }
  char32_t next() {
    if (at_ >= text_.size()) {
      width_ = 0;
      return kEnd;
    }
    char32_t rune = 0;
    width_ = next_rune(text_.substr(at_), &rune);
    at_ += width_;
    return rune;
  }
  void back() { at_ -= width_; }

  bool parse_text() {
    for (;;) {
      const std::size_t brace = text_.find('{', at_);
      at_ = std::min(brace, text_.size());
      if (at_ > start_) root_->push_back(make_literal(take(), true));
      if (brace == std::string_view::npos) return true;
      ++at_;
      take();
      Nodes list;
      if (!parse_inside(list)) return false;
      Node node;
      node.branches.push_back(std::move(list));
      root_->push_back(std::move(node));
    }
  }

  /// What stands between { and }.
  bool parse_inside(Nodes& list) {
    for (;;) {
      if (starts("}")) {
        ++at_;
        take();
        return true;
      }
      bool ok = true;
      if (starts("[?(")) {
        ok = parse_filter(list);
      } else if (starts("..")) {
        ok = parse_recursive(list);
      } else {
        const char32_t c = next();
        if (c == kEnd || c == '\r' || c == '\n') return fail("unclosed action");
        if (c == ' ' || c == '@' || c == '$') {
          take();
        } else if (c == '[') {
          ok = parse_array(list);
        } else if (c == '"' || c == '\'') {
          ok = parse_quote(list, c);
        } else if (c == '.') {
          parse_field(list);
        } else if (c == '+' || c == '-' || is_digit(c)) {
          back();
          ok = parse_number(list);
        } else if (is_word(c)) {
          back();
          parse_identifier(list);
        } else {
          return fail(fmt::format("unrecognized character in action: U+{:04X} '{}'",
                                  static_cast<std::uint32_t>(c), utf8(c)));
        }
      }
      if (!ok) return false;
    }
  }

  static bool ends_word(char32_t c) {
    switch (c) {
      case kEnd:
      case ' ':
      case '\t':
      case '\r':
      case '\n':
      case '.':
      case ',':
      case '[':
      case ']':
      case '$':
      case '@':
      case '{':
      case '}':
        return true;
      default:
        return false;
    }
  }

  void parse_identifier(Nodes& list) {
    while (!ends_word(next())) {
    }
    back();
    const std::string word = take();
    if (word == "true" || word == "false") {
      list.push_back(make_literal(word == "true", false));
    } else {
      list.push_back(make_node(Node::Type::Identifier, word));
    }
  }

  bool parse_recursive(Nodes& list) {
    if (!list.empty() && list.back().type == Node::Type::Recursive) {
      return fail("invalid multiple recursive descent");
    }
    at_ += 2;
    take();
    list.push_back(make_node(Node::Type::Recursive));
    const char32_t c = next();
    back();
    if (is_word(c)) parse_field(list);
    return true;
  }

  bool parse_number(Nodes& list) {
    char32_t c = next();
    if (c != '+' && c != '-') back();
    do {
      c = next();
    } while (c == '.' || is_digit(c));
    back();
    const std::string word = take();
    std::int64_t whole = 0;
    if (read_integer(word, &whole)) {
      list.push_back(make_literal(whole, false));
      return true;
    }
    double real = 0;
    const char* first = word.data() + (word.front() == '+' ? 1 : 0);
    const auto end = std::from_chars(first, word.data() + word.size(), real);
    if (end.ec != std::errc() || end.ptr != word.data() + word.size()) {
      return fail("cannot parse number " + word);
    }
    list.push_back(make_literal(real, false));
    return true;
  }

  bool parse_quote(Nodes& list, char32_t quote) {
    for (;;) {
      const char32_t c = next();
      if (c == kEnd || c == '\n') return fail("unterminated quoted string");
      if (c == quote && text_[at_ - 2] != '\\') break;
    }
    const std::string quoted = take();
    const char mark = static_cast<char>(quote);
    const std::string inside = quoted.substr(1, quoted.size() - 2);
    std::string text = inside;
    // An opening quote behind a backslash is its own end.
    const bool single = quoted.size() < 2;
    const bool plain = inside.find('\\') == std::string::npos && inside.find(mark) == inside.npos;
    if (single || (!plain && !go_unquote(inside, mark, &text))) {
      return fail(fmt::format("unquote string {} error invalid syntax", quoted));
    }
    list.push_back(make_literal(text, true));
    return true;
  }

  void parse_field(Nodes& list) {
    take();
    for (;;) {
      const char32_t c = next();
      if (c == '\\') {
        next();
      } else if (ends_word(c)) {
        break;
      }
    }
    back();
    std::string name = take();
    if (name == "*") {
      list.push_back(make_node(Node::Type::Wildcard));
      return;
    }
    name.erase(std::remove(name.begin(), name.end(), '\\'), name.end());
    list.push_back(make_node(Node::Type::Field, std::move(name)));
  }

  /// Reads an expression as if it stood in braces of its own.
  bool parse_action(const std::string& action, Nodes* list) {
    if (depth_ >= kDeepestJsonPath) return fail("the expression is nested too deeply");
    const std::string braced = "{" + action + "}";
    Nodes root;
    if (!Parser(braced, depth_ + 1, error_).parse(&root)) return false;
    *list = std::move(root.front().branches.front());
    return true;
  }

  bool parse_array(Nodes& list) {
    for (;;) {
      const char32_t c = next();
      if (c == kEnd || c == '\n') return fail("unterminated array");
      if (c == ']') break;
    }
    std::string inside = take();
    inside = inside.substr(1, inside.size() - 2);
    if (inside == "*") inside = ":";
    if (inside.find(',') != std::string::npos) return parse_union(list, inside);
    if (inside.size() >= 2 && inside.front() == '\'' && inside.back() == '\'' &&
        inside.find('\'', 1) == inside.size() - 1) {
      Nodes nodes;
      if (!parse_action("." + inside.substr(1, inside.size() - 2), &nodes)) return false;
      for (Node& node : nodes) list.push_back(std::move(node));
      return true;
    }
    return parse_slice(list, inside);
  }

  bool parse_union(Nodes& list, std::string_view inside) {
    Node node = make_node(Node::Type::Union);
    for (;;) {
      const std::size_t comma = inside.find(',');
      Nodes branch;
      if (!parse_action(fmt::format("[{}]", trim_spaces(inside.substr(0, comma))), &branch)) {
        return false;
      }
      node.branches.push_back(std::move(branch));
      if (comma == std::string_view::npos) break;
      inside.remove_prefix(comma + 1);
    }
    list.push_back(std::move(node));
    return true;
  }

  bool parse_slice(Nodes& list, std::string_view inside) {
    Node node = make_node(Node::Type::Slice);
    std::string_view rest = inside;
    for (std::size_t i = 0; i < 3; ++i) {
      JsonPathBound& bound = node.bounds[i];
      bool given = i == 0;
      if (i > 0 && !rest.empty() && rest.front() == ':') {
        rest.remove_prefix(1);
        given = true;
      }
      std::size_t end = given && !rest.empty() && rest.front() == '-' ? 1 : 0;
      while (given && end < rest.size() && is_digit(static_cast<unsigned char>(rest[end]))) ++end;
      const std::string_view number = rest.substr(0, end);
      rest.remove_prefix(end);
      if (!number.empty()) {
        bound.known = true;
        if (!read_integer(number, &bound.value)) {
          return fail(fmt::format("array index {} is not a number", number));
        }
      } else if (i == 1 && !given) {
        // Beyond the largest number it wraps, as in Go.
        const auto next = static_cast<std::uint64_t>(node.bounds[0].value) + 1;
        bound = {true, true, static_cast<std::int64_t>(next)};
      }
    }
    if (!rest.empty()) return fail(fmt::format("invalid array index {}", inside));
    list.push_back(std::move(node));
    return true;
  }

  bool parse_filter(Nodes& list) {
    at_ += 3;
    take();
    bool open = false;
    bool closed = false;
    char32_t pair = 0;
    for (bool done = false; !done;) {
      const char32_t c = next();
      if (c == kEnd || c == '\n') return fail("unterminated filter");
      if (c == '"' || c == '\'') {
        if (!open) {
          open = true;
          pair = c;
        } else if (text_[at_ - 2] != '\\' && c == pair) {
          closed = true;
        }
      } else if (c == ')') {
        done = open == closed;
      }
    }
    if (next() != ']') return fail("unclosed array expect ]");
    std::string inside = take();
    inside = inside.substr(0, inside.size() - 2);
    constexpr std::string_view kSigns = "!<>=";
    const std::size_t sign = inside.find_first_of(kSigns);
    std::size_t value = sign == 0 || sign == std::string::npos
                            ? std::string::npos
                            : inside.find_first_not_of(kSigns, sign);
    // With signs to the end, the last one is the value.
    if (sign != 0 && sign != std::string::npos && value == std::string::npos &&
        inside.size() > sign + 1) {
      value = inside.size() - 1;
    }
    Node node = make_node(Node::Type::Filter);
    node.branches.resize(2);
    if (value == std::string::npos) {
      node.text = "exists";
      if (!parse_action(inside, &node.branches[0])) return false;
    } else {
      node.text = inside.substr(sign, value - sign);
      if (!parse_action(inside.substr(0, sign), &node.branches[0])) return false;
      if (!parse_action(inside.substr(value), &node.branches[1])) return false;
    }
    list.push_back(std::move(node));
    return true;
  }

  std::string_view text_;
  int depth_;
  std::string* error_;
  Nodes* root_ = nullptr;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  std::size_t width_ = 0;
};

}  // namespace

bool parse_jsonpath(std::string_view text, JsonPath* path, std::string* error) {
  return Parser(text, 0, error).parse(path);
}

}  // namespace sim::kubectl
