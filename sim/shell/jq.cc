// jq and yq, the filters that chapters pipe objects through: paths, iteration, pipes, select,
// comparisons, a few functions. yq is the one of Mike Farah: YAML in, YAML out. jq 1.6
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/manifest.h"
#include "sim/shell/host_call.h"

namespace sim {
namespace {

constexpr int kDeepest = 100;
constexpr std::size_t kMostResults = 1'000'000;

struct Filter {
  enum class Kind {
    Identity,
    Literal,
    Variable,
    Field,    // left, then .text
    Index,    // left, then [right]
    Iterate,  // left, then []
    Pipe,
    Comma,
    Compare,
    And,
    Or,
    List,    // [left]
    Object,  // {members}
    Call     // text(left)
  };
  Kind kind = Kind::Identity;
  std::string text;
  bool optional = false;
  Json literal;
  std::unique_ptr<Filter> left, right;
  std::vector<std::pair<std::string, std::unique_ptr<Filter>>> members;
};
using FilterPtr = std::unique_ptr<Filter>;

FilterPtr filter(Filter::Kind kind, FilterPtr left = nullptr, FilterPtr right = nullptr) {
  auto made = std::make_unique<Filter>();
  made->kind = kind;
  made->left = std::move(left);
  made->right = std::move(right);
  return made;
}

constexpr std::pair<std::string_view, int> kFunctions[] = {
    {"select", 1}, {"map", 1},  {"length", 0}, {"keys", 0}, {"not", 0},
    {"first", 0},  {"last", 0}, {"empty", 0},  {"type", 0}, {"tostring", 0}};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}
  FilterPtr parse() {
    skip();
    FilterPtr all = at_ == text_.size() ? filter(Filter::Kind::Identity) : pipe();
    skip();
    return at_ == text_.size() ? std::move(all) : nullptr;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool next_is(std::string_view token) {
    skip();
    return text_.substr(at_, token.size()) == token;
  }
  bool take(std::string_view token) {
    if (!next_is(token)) return false;
    at_ += token.size();
    return true;
  }
  static bool is_letter(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  std::string word() {
    std::string read;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || (!read.empty() && text_[at_] >= '0' && text_[at_] <= '9'))) {
      read += text_[at_++];
    }
    return read;
  }
  bool take_word(std::string_view wanted) {
    skip();
    const std::size_t here = at_;
    if (word() == wanted) return true;
    at_ = here;
    return false;
  }

  FilterPtr pipe() {
    if (++depth_ > kDeepest) return nullptr;
    FilterPtr left = comma();
    if (left && take("|")) {
      FilterPtr right = pipe();
      left = right ? filter(Filter::Kind::Pipe, std::move(left), std::move(right)) : nullptr;
    }
    --depth_;
    return left;
  }
  FilterPtr comma() {
    FilterPtr left = either();
    while (left && take(",")) left = joined(Filter::Kind::Comma, std::move(left), either());
    return left;
  }
  FilterPtr either() {
    FilterPtr left = both();
    while (left && take_word("or")) left = joined(Filter::Kind::Or, std::move(left), both());
    return left;
  }
  FilterPtr both() {
    FilterPtr left = comparison();
    while (left && take_word("and")) {
      left = joined(Filter::Kind::And, std::move(left), comparison());
    }
    return left;
  }
  FilterPtr comparison() {
    FilterPtr left = postfix();
    for (const char* op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!left || !take(op)) continue;
      FilterPtr made = joined(Filter::Kind::Compare, std::move(left), postfix());
      if (made) made->text = op;
      return made;
    }
    return left;
  }
  static FilterPtr joined(Filter::Kind kind, FilterPtr left, FilterPtr right) {
    return right ? filter(kind, std::move(left), std::move(right)) : nullptr;
  }

  std::optional<std::string> quoted() {
    // The same escapes as JSON's.
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return std::nullopt;
    const Json json = Json::parse(text_.substr(at_, end + 1 - at_), nullptr, false);
    if (!json.is_string()) return std::nullopt;
    at_ = end + 1;
    return json.get<std::string>();
  }

  FilterPtr primary() {
    skip();
    if (at_ >= text_.size()) return nullptr;
    const char c = text_[at_];
    if (c == '.') {
      FilterPtr made = filter(Filter::Kind::Identity);
      if (at_ + 1 < text_.size() && (is_letter(text_[at_ + 1]) || text_[at_ + 1] == '"')) {
        return made;  // the field is read by postfix()
      }
      ++at_;
      return made;
    }
    if (c == '"') {
      const std::optional<std::string> text = quoted();
      if (!text) return nullptr;
      FilterPtr made = filter(Filter::Kind::Literal);
      made->literal = *text;
      return made;
    }
    if (c == '$') {
      ++at_;
      FilterPtr made = filter(Filter::Kind::Variable);
      made->text = word();
      return made->text.empty() ? nullptr : std::move(made);
    }
    if (take("(")) {
      FilterPtr inner = pipe();
      return inner && take(")") ? std::move(inner) : nullptr;
    }
    if (take("[")) {
      if (take("]")) return filter(Filter::Kind::List);
      FilterPtr inner = pipe();
      return inner && take("]") ? filter(Filter::Kind::List, std::move(inner)) : nullptr;
    }
    if (c == '{') return object();
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    return call();
  }
  FilterPtr number() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && ((text_[end] >= '0' && text_[end] <= '9') || text_[end] == '.')) {
      ++end;
    }
    FilterPtr made = filter(Filter::Kind::Literal);
    made->literal = Json::parse(text_.substr(at_, end - at_), nullptr, false);
    at_ = end;
    return made->literal.is_number() ? std::move(made) : nullptr;
  }
  FilterPtr object() {
    take("{");
    FilterPtr made = filter(Filter::Kind::Object);
    if (take("}")) return made;
    do {
      skip();
      std::string key;
      if (at_ < text_.size() && text_[at_] == '"') {
        const std::optional<std::string> text = quoted();
        if (!text) return nullptr;
        key = *text;
      } else {
        key = word();
      }
      if (key.empty()) return nullptr;
      FilterPtr value;
      if (take(":")) {
        value = either();
      } else {
        value = filter(Filter::Kind::Field, filter(Filter::Kind::Identity));
        value->text = key;
      }
      if (!value) return nullptr;
      made->members.emplace_back(std::move(key), std::move(value));
    } while (take(","));
    return take("}") ? std::move(made) : nullptr;
  }
  FilterPtr call() {
    const std::string name = word();
    FilterPtr made = filter(Filter::Kind::Literal);
    if (name == "null") return made;
    if (name == "true" || name == "false") {
      made->literal = name == "true";
      return made;
    }
    for (const auto& [known, arguments] : kFunctions) {
      if (known != name) continue;
      made->kind = Filter::Kind::Call;
      made->text = name;
      if (arguments == 0) return made;
      if (!take("(")) return nullptr;
      made->left = pipe();
      return made->left && take(")") ? std::move(made) : nullptr;
    }
    return nullptr;
  }

  FilterPtr postfix() {
    FilterPtr left = primary();
    while (left) {
      if (at_ < text_.size() && text_[at_] == '.' && at_ + 1 < text_.size() &&
          (is_letter(text_[at_ + 1]) || text_[at_ + 1] == '"' || text_[at_ + 1] == '[')) {
        ++at_;
        if (text_[at_] == '[') continue;
        FilterPtr made = filter(Filter::Kind::Field, std::move(left));
        if (text_[at_] == '"') {
          const std::optional<std::string> text = quoted();
          if (!text) return nullptr;
          made->text = *text;
        } else {
          made->text = word();
        }
        left = std::move(made);
      } else if (at_ < text_.size() && text_[at_] == '[') {
        ++at_;
        if (take("]")) {
          left = filter(Filter::Kind::Iterate, std::move(left));
        } else {
          FilterPtr index = pipe();
          if (!index || !take("]")) return nullptr;
          left = filter(Filter::Kind::Index, std::move(left), std::move(index));
        }
      } else if (at_ < text_.size() && text_[at_] == '?') {
        ++at_;
        left->optional = true;
      } else {
        break;
      }
    }
    return left;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::string_view type_name(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "boolean";
  if (value.is_number()) return "number";
  if (value.is_string()) return "string";
  return value.is_array() ? "array" : "object";
}

using Values = std::vector<Json>;

class Run {
 public:
  explicit Run(const std::map<std::string, Json>& variables) : variables_(variables) {}
  const std::string& error() const { return error_; }

  Values values(const Filter* at, const Json& input) {
    Values all;
    if (!at || !error_.empty()) return all;
    switch (at->kind) {
      case Filter::Kind::Identity:
        return {input};
      case Filter::Kind::Literal:
        return {at->literal};
      case Filter::Kind::Variable: {
        const auto found = variables_.find(at->text);
        if (found == variables_.end()) {
          fail(fmt::format("${} is not defined", at->text));
          return all;
        }
        return {found->second};
      }
      case Filter::Kind::Field:
        for (const Json& value : values(at->left.get(), input)) field(*at, value, all);
        return all;
      case Filter::Kind::Index:
        for (const Json& value : values(at->left.get(), input)) {
          for (const Json& key : values(at->right.get(), input)) index(*at, value, key, all);
        }
        return all;
      case Filter::Kind::Iterate:
        for (const Json& value : values(at->left.get(), input)) iterate(*at, value, all);
        return all;
      case Filter::Kind::Pipe:
        for (const Json& value : values(at->left.get(), input)) {
          add(all, values(at->right.get(), value));
        }
        return all;
      case Filter::Kind::Comma:
        all = values(at->left.get(), input);
        add(all, values(at->right.get(), input));
        return all;
      case Filter::Kind::List: {
        Json list = Json::array();
        for (Json& value : values(at->left.get(), input)) list.push_back(std::move(value));
        return {list};
      }
      case Filter::Kind::Object: {
        Json object = Json::object();
        for (const auto& [name, member] : at->members) {
          const Values found = values(member.get(), input);
          object[name] = found.empty() ? Json() : found.front();
        }
        return {object};
      }
      case Filter::Kind::Compare:
      case Filter::Kind::And:
      case Filter::Kind::Or:
        for (const Json& right : values(at->right.get(), input)) {
          for (const Json& left : values(at->left.get(), input)) {
            all.push_back(decide(*at, left, right));
          }
        }
        return all;
      case Filter::Kind::Call:
        call(*at, input, all);
        return all;
    }
    return all;
  }

 private:
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }
  void add(Values& all, Values more) {
    if (all.size() + more.size() > kMostResults) return fail("too many results");
    for (Json& value : more) all.push_back(std::move(value));
  }
  static bool truth(const Json& value) { return !value.is_null() && value != false; }

  void field(const Filter& at, const Json& value, Values& all) {
    if (value.is_null()) return all.push_back(nullptr);
    if (!value.is_object()) {
      if (!at.optional) fail(fmt::format("Cannot index {} with \"{}\"", type_name(value), at.text));
      return;
    }
    all.push_back(value.contains(at.text) ? value[at.text] : Json());
  }
  void index(const Filter& at, const Json& value, const Json& key, Values& all) {
    if (value.is_null()) return all.push_back(nullptr);
    if (value.is_array() && key.is_number_integer()) {
      std::int64_t place = key.get<std::int64_t>();
      if (place < 0) place += static_cast<std::int64_t>(value.size());
      const bool there = place >= 0 && place < static_cast<std::int64_t>(value.size());
      return all.push_back(there ? value[static_cast<std::size_t>(place)] : Json());
    }
    if (value.is_object() && key.is_string()) {
      const std::string name = key.get<std::string>();
      return all.push_back(value.contains(name) ? value[name] : Json());
    }
    if (!at.optional) {
      fail(fmt::format("Cannot index {} with {}", type_name(value), type_name(key)));
    }
  }
  void iterate(const Filter& at, const Json& value, Values& all) {
    if (!value.is_structured()) {
      if (!at.optional) {
        fail(fmt::format("Cannot iterate over {}{}", type_name(value),
                         value.is_null() ? "" : fmt::format(" ({})", value.dump())));
      }
      return;
    }
    for (const Json& item : value) all.push_back(item);
  }
  static Json decide(const Filter& at, const Json& left, const Json& right) {
    if (at.kind == Filter::Kind::And) return truth(left) && truth(right);
    if (at.kind == Filter::Kind::Or) return truth(left) || truth(right);
    if (at.text == "==") return left == right;
    if (at.text == "!=") return left != right;
    if (at.text == "<") return left < right;
    if (at.text == "<=") return left <= right;
    if (at.text == ">") return right < left;
    return right <= left;
  }
  void call(const Filter& at, const Json& input, Values& all) {
    if (at.text == "empty") return;
    if (at.text == "not") return all.push_back(!truth(input));
    if (at.text == "type") return all.push_back(std::string(type_name(input)));
    if (at.text == "tostring") {
      return all.push_back(input.is_string() ? input : Json(input.dump()));
    }
    if (at.text == "select") {
      for (const Json& verdict : values(at.left.get(), input)) {
        if (truth(verdict)) all.push_back(input);
      }
      return;
    }
    if (at.text == "length") {
      if (input.is_null()) return all.push_back(0);
      if (input.is_boolean()) return fail(fmt::format("boolean ({}) has no length", input.dump()));
      if (input.is_number()) return all.push_back(input);
      if (!input.is_string()) return all.push_back(input.size());
      std::int64_t letters = 0;
      for (const char c : input.get<std::string>()) letters += (c & 0xc0) != 0x80;
      return all.push_back(letters);
    }
    if (!input.is_structured()) {
      return fail(fmt::format("{} ({}) has no keys", type_name(input), input.dump()));
    }
    if (at.text == "keys") {
      Json keys = Json::array();
      std::size_t place = 0;
      for (auto item = input.begin(); item != input.end(); ++item, ++place) {
        keys.push_back(input.is_object() ? Json(item.key()) : Json(place));
      }
      return all.push_back(std::move(keys));
    }
    if (at.text == "map") {
      Json list = Json::array();
      for (const Json& item : input) {
        for (Json& value : values(at.left.get(), item)) list.push_back(std::move(value));
      }
      return all.push_back(std::move(list));
    }
    if (!input.is_array())
      return fail(fmt::format("Cannot index {} with number", type_name(input)));
    if (input.empty()) return all.push_back(nullptr);
    all.push_back(at.text == "first" ? input.front() : input.back());
  }

  const std::map<std::string, Json>& variables_;
  std::string error_;
};

struct Arguments {
  std::optional<std::string> filter;
  std::vector<std::string> files;
  bool raw = false, compact = false, exit_status = false, no_input = false, json_output = false;
  std::map<std::string, Json> variables;
};

bool read_arguments(HostCall& call, bool yaml, Arguments* read) {
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    const bool has_two = i + 2 < call.argv.size();
    if (word == "--arg" && has_two && !yaml) {
      read->variables[call.argv[i + 1]] = call.argv[i + 2];
      i += 2;
    } else if (word == "--argjson" && has_two && !yaml) {
      Json value = Json::parse(call.argv[i + 2], nullptr, false);
      if (value.is_discarded()) {
        call.fail(fmt::format("jq: Invalid JSON text passed to --argjson\n"), 2);
        return false;
      }
      read->variables[call.argv[i + 1]] = std::move(value);
      i += 2;
    } else if (yaml && (word == "-o=json" || word == "-oj")) {
      read->json_output = true;
    } else if (word == "--raw-output") {
      read->raw = true;
    } else if (word.size() > 1 && word[0] == '-') {
      for (const char c : word.substr(1)) {
        if (c == 'r') {
          read->raw = true;
        } else if (c == 'c' && !yaml) {
          read->compact = true;
        } else if (c == 'e') {
          read->exit_status = true;
        } else if (c == 'n') {
          read->no_input = true;
        } else {
          call.unmodelled(fmt::format("the option {}", word));
          call.step.exit = 2;
          return false;
        }
      }
    } else if (!read->filter) {
      read->filter = word;
    } else {
      read->files.push_back(word);
    }
  }
  if (!read->filter) read->filter = ".";
  return true;
}

/// The documents of one input; false after a mistake, which has been told.
bool read_input(HostCall& call, const std::string& text, bool yaml, Values* inputs) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return true;
  if (!yaml) {
    Json one = Json::parse(text, nullptr, false);
    if (!one.is_discarded()) {
      inputs->push_back(std::move(one));
      return true;
    }
    if (text[begin] != '{' && text[begin] != '[') {
      call.fail("jq: parse error: Invalid numeric literal at line 1, column 1\n", 2);
      return false;
    }
  }
  try {
    for (Document& document :
         parse_documents_as({.old_booleans = false, .take_apart = false}, text, "STDIN")) {
      inputs->push_back(std::move(document.json));
    }
  } catch (const InputError& wrong) {
    call.fail(fmt::format("{}: {}\n", yaml ? "Error" : "jq: parse error", wrong.what()),
              yaml ? 1 : 2);
    return false;
  }
  return true;
}

/// The documents of all inputs; false after a mistake, which has been told.
bool read_inputs(HostCall& call, const Arguments& arguments, bool yaml, Values* inputs) {
  if (arguments.no_input) {
    inputs->push_back(nullptr);
    return true;
  }
  if (arguments.files.empty()) return read_input(call, call.input, yaml, inputs);
  for (const std::string& file : arguments.files) {
    const Io<std::string> text = call.files().read(call.path(file));
    if (!text) {
      call.fail(fmt::format("jq: error: Could not open {}: {}\n", file, to_string(text.error)), 2);
      return false;
    }
    if (!read_input(call, text.value, yaml, inputs)) return false;
  }
  return true;
}

void run_filter(HostCall& call, bool yaml) {
  Arguments arguments;
  if (!read_arguments(call, yaml, &arguments)) return;
  const FilterPtr filter = Parser(*arguments.filter).parse();
  if (!filter) {
    call.unmodelled(fmt::format("the filter {}", *arguments.filter));
    call.step.exit = 3;
    return;
  }
  Values inputs;
  if (!read_inputs(call, arguments, yaml, &inputs)) return;
  Run run(arguments.variables);
  bool first = true;
  Json last;
  for (const Json& input : inputs) {
    const Values results = run.values(filter.get(), input);
    bool new_document = true;
    for (const Json& value : results) {
      const bool plain = (arguments.raw || yaml) && value.is_string();
      if (plain) {
        call.out(value.get<std::string>() + "\n");
      } else if (yaml && !arguments.json_output) {
        if (new_document && !first) call.out("---\n");
        call.out(to_yaml(value));
      } else {
        call.out(
            value.dump(arguments.compact ? -1 : 2, ' ', false, Json::error_handler_t::replace) +
            "\n");
      }
      first = new_document = false;
      last = value;
    }
    if (!run.error().empty()) {
      call.fail(fmt::format("{}: {}\n", yaml ? "Error" : "jq: error (at <stdin>:0)", run.error()),
                yaml ? 1 : 5);
      return;
    }
  }
  if (arguments.exit_status) {
    if (first) {
      call.step.exit = 4;
    } else if (last.is_null() || last == false) {
      call.step.exit = 1;
    }
  }
}

}  // namespace

void run_jq(HostCall& call) { run_filter(call, false); }
void run_yq(HostCall& call) { run_filter(call, true); }

}  // namespace sim
