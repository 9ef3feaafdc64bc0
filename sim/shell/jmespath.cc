#include "sim/shell/jmespath.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sim/base/format.h"

namespace sim {
namespace {

constexpr int kDeepest = 100;

struct Node {
  enum class Kind {
    Current,
    Field,
    Index,
    Literal,
    Sub,         // left, then right on its result
    Pipe,        // the same, but a projection on the left ends
    Project,     // right on each item of left
    ProjectMap,  // on each value of an object
    Filter,      // right on each item of left for which condition holds
    Flatten,     // left's lists of lists made one
    List,        // [a, b]
    Object,      // {a: b}
    Compare,
    And,
    Or,
    Not
  };
  Kind kind = Kind::Current;
  std::string text;  // Field, Compare
  std::int64_t index = 0;
  Json literal;
  std::unique_ptr<Node> left, right, condition;
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> members;
};
using NodePtr = std::unique_ptr<Node>;

NodePtr node(Node::Kind kind, NodePtr left = nullptr, NodePtr right = nullptr) {
  auto made = std::make_unique<Node>();
  made->kind = kind;
  made->left = std::move(left);
  made->right = std::move(right);
  return made;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  NodePtr parse() {
    NodePtr all = pipe();
    skip();
    if (all && at_ != text_.size()) fail();
    return error_.empty() ? std::move(all) : nullptr;
  }
  const std::string& error() const { return error_; }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool take(std::string_view token) {
    skip();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  bool next_is(std::string_view token) {
    skip();
    return text_.substr(at_, token.size()) == token;
  }
  void fail() {
    if (error_.empty()) {
      error_ = fmt::format("Bad value for --query {}: podsight reads it up to column {}", text_,
                           at_ + 1);
    }
  }
  NodePtr failed() {
    fail();
    return nullptr;
  }

  NodePtr pipe() {
    if (++depth_ > kDeepest) return failed();
    NodePtr left = either();
    while (left && next_is("|") && !next_is("||")) {
      take("|");
      NodePtr right = either();
      if (!right) return nullptr;
      left = node(Node::Kind::Pipe, std::move(left), std::move(right));
    }
    --depth_;
    return left;
  }
  NodePtr either() {
    NodePtr left = both();
    while (left && take("||")) left = node(Node::Kind::Or, std::move(left), both());
    return left;
  }
  NodePtr both() {
    NodePtr left = comparison();
    while (left && take("&&")) left = node(Node::Kind::And, std::move(left), comparison());
    return left;
  }
  NodePtr comparison() {
    NodePtr left = term();
    for (const char* op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (left && take(op)) {
        NodePtr made = node(Node::Kind::Compare, std::move(left), term());
        made->text = op;
        return made;
      }
    }
    return left;
  }
  NodePtr term() {
    if (take("!")) return node(Node::Kind::Not, term());
    return postfix(primary());
  }

  NodePtr primary() {
    skip();
    if (at_ >= text_.size()) return failed();
    const char c = text_[at_];
    if (take("@")) return node(Node::Kind::Current);
    if (take("(")) {
      NodePtr inner = pipe();
      if (!take(")")) return failed();
      return inner;
    }
    if (c == '\'' || c == '`') return literal(c);
    if (c == '[') return multi_list_or_projection();
    if (c == '{') return multi_object();
    if (c == '*') {
      ++at_;
      return projection(Node::Kind::ProjectMap, node(Node::Kind::Current));
    }
    return field();
  }

  NodePtr literal(char quote) {
    const std::size_t end = text_.find(quote, ++at_);
    if (end == std::string_view::npos) return failed();
    const std::string_view inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    NodePtr made = node(Node::Kind::Literal);
    if (quote == '\'') {
      made->literal = std::string(inside);
    } else {
      made->literal = Json::parse(inside, nullptr, false);
      if (made->literal.is_discarded()) made->literal = std::string(inside);
    }
    return made;
  }

  std::string name() {
    skip();
    std::string word;
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t end = text_.find('"', ++at_);
      if (end == std::string_view::npos) return "";
      word = text_.substr(at_, end - at_);
      at_ = end + 1;
      return word;
    }
    while (at_ < text_.size() &&
           (text_[at_] == '_' || (text_[at_] >= '0' && text_[at_] <= '9' && !word.empty()) ||
            (text_[at_] >= 'a' && text_[at_] <= 'z') || (text_[at_] >= 'A' && text_[at_] <= 'Z'))) {
      word += text_[at_++];
    }
    return word;
  }
  NodePtr field() {
    NodePtr made = node(Node::Kind::Field);
    made->text = name();
    if (made->text.empty() || next_is("(")) return failed();
    return made;
  }

  NodePtr multi_object() {
    take("{");
    NodePtr made = node(Node::Kind::Object);
    do {
      std::string key = name();
      if (key.empty() || !take(":")) return failed();
      NodePtr value = pipe();
      if (!value) return nullptr;
      made->members.emplace_back(std::move(key), std::move(value));
    } while (take(","));
    return take("}") ? std::move(made) : failed();
  }
  NodePtr multi_list_or_projection() {
    const std::size_t here = at_;
    take("[");
    skip();
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '*' || c == '?' || c == ']' || c == '-' || (c >= '0' && c <= '9')) {
      at_ = here;
      return node(Node::Kind::Current);  // the brackets are read by postfix()
    }
    NodePtr made = node(Node::Kind::List);
    do {
      NodePtr value = pipe();
      if (!value) return nullptr;
      made->members.emplace_back("", std::move(value));
    } while (take(","));
    return take("]") ? std::move(made) : failed();
  }

  /// What follows a projection belongs to each of its items.
  NodePtr projection(Node::Kind kind, NodePtr left) {
    NodePtr made = node(kind, std::move(left));
    made->right = postfix(node(Node::Kind::Current));
    return made->right ? std::move(made) : nullptr;
  }

  NodePtr postfix(NodePtr left) {
    if (++depth_ > kDeepest) return failed();
    while (left) {
      if (take(".")) {
        skip();
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        if (c == '*') {
          ++at_;
          left = projection(Node::Kind::ProjectMap, std::move(left));
          continue;
        }
        NodePtr right = c == '[' ? multi_list_or_projection() : c == '{' ? multi_object() : field();
        if (!right) return nullptr;
        left = node(Node::Kind::Sub, std::move(left), std::move(right));
      } else if (at_ < text_.size() && text_[at_] == '[') {
        left = brackets(std::move(left));
      } else {
        break;
      }
    }
    --depth_;
    return left;
  }
  NodePtr brackets(NodePtr left) {
    take("[");
    if (take("]")) {
      return projection(Node::Kind::Project, node(Node::Kind::Flatten, std::move(left)));
    }
    if (take("*")) {
      if (!take("]")) return failed();
      return projection(Node::Kind::Project, std::move(left));
    }
    if (take("?")) {
      NodePtr condition = pipe();
      if (!condition || !take("]")) return failed();
      NodePtr made = projection(Node::Kind::Filter, std::move(left));
      if (made) made->condition = std::move(condition);
      return made;
    }
    const bool negative = take("-");
    std::int64_t number = 0;
    int digits = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && digits < 9; ++digits) {
      number = number * 10 + (text_[at_++] - '0');
    }
    if (digits == 0 || !take("]")) return failed();
    NodePtr made = node(Node::Kind::Index);
    made->index = negative ? -number : number;
    return node(Node::Kind::Sub, std::move(left), std::move(made));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string error_;
};

bool truth(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  return value.is_number() || !value.empty();
}

Json evaluate(const Node* at, const Json& value);

Json project(const Node& at, const Json& list) {
  if (!list.is_array()) return nullptr;
  Json results = Json::array();
  for (const Json& item : list) {
    if (at.condition && !truth(evaluate(at.condition.get(), item))) continue;
    Json result = evaluate(at.right.get(), item);
    if (!result.is_null()) results.push_back(std::move(result));
  }
  return results;
}

Json compare(const std::string& op, const Json& a, const Json& b) {
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (!a.is_number() || !b.is_number()) return nullptr;
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return b < a;
  return b <= a;
}

Json evaluate(const Node* at, const Json& value) {
  if (!at) return nullptr;
  switch (at->kind) {
    case Node::Kind::Current:
      return value;
    case Node::Kind::Field:
      return value.is_object() && value.contains(at->text) ? value[at->text] : Json();
    case Node::Kind::Index: {
      if (!value.is_array()) return nullptr;
      const auto size = static_cast<std::int64_t>(value.size());
      const std::int64_t index = at->index < 0 ? at->index + size : at->index;
      return index < 0 || index >= size ? Json() : value[static_cast<std::size_t>(index)];
    }
    case Node::Kind::Literal:
      return at->literal;
    case Node::Kind::Sub:
    case Node::Kind::Pipe: {
      const Json left = evaluate(at->left.get(), value);
      return at->kind == Node::Kind::Sub && left.is_null() ? Json()
                                                           : evaluate(at->right.get(), left);
    }
    case Node::Kind::Project:
    case Node::Kind::Filter:
      return project(*at, evaluate(at->left.get(), value));
    case Node::Kind::ProjectMap: {
      const Json left = evaluate(at->left.get(), value);
      if (!left.is_object()) return nullptr;
      Json values = Json::array();
      for (const Json& item : left) values.push_back(item);
      return project(*at, values);
    }
    case Node::Kind::Flatten: {
      const Json left = evaluate(at->left.get(), value);
      if (!left.is_array()) return nullptr;
      Json flat = Json::array();
      for (const Json& item : left) {
        if (item.is_array()) {
          flat.insert(flat.end(), item.begin(), item.end());
        } else {
          flat.push_back(item);
        }
      }
      return flat;
    }
    case Node::Kind::List: {
      if (value.is_null()) return nullptr;
      Json list = Json::array();
      for (const auto& [name, member] : at->members) {
        list.push_back(evaluate(member.get(), value));
      }
      return list;
    }
    case Node::Kind::Object: {
      if (value.is_null()) return nullptr;
      Json object = Json::object();
      for (const auto& [name, member] : at->members) object[name] = evaluate(member.get(), value);
      return object;
    }
    case Node::Kind::Compare:
      return compare(at->text, evaluate(at->left.get(), value), evaluate(at->right.get(), value));
    case Node::Kind::And: {
      Json left = evaluate(at->left.get(), value);
      return truth(left) ? evaluate(at->right.get(), value) : left;
    }
    case Node::Kind::Or: {
      Json left = evaluate(at->left.get(), value);
      return truth(left) ? left : evaluate(at->right.get(), value);
    }
    case Node::Kind::Not:
      return !truth(evaluate(at->left.get(), value));
  }
  return nullptr;
}

}  // namespace

std::optional<Json> search_jmespath(std::string_view expression, const Json& document,
                                    std::string* error) {
  Parser parser(expression);
  const NodePtr root = parser.parse();
  if (!root) {
    *error = parser.error();
    return std::nullopt;
  }
  return evaluate(root.get(), document);
}

}  // namespace sim
