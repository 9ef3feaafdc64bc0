#include "sim/programs/shell_expand.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "sim/base/draw.h"
#include "sim/base/format.h"

namespace sim::shell {
namespace {

constexpr std::size_t kMaxFields = 100000;
constexpr int kMaxArithmeticDepth = 100;

/// Text whose characters know whether they were quoted.
struct Marked {
  std::string text;
  std::string quoted;  // one character for each of text: '1' quoted, '0' not
  void add(std::string_view more, bool is_quoted) {
    text += more;
    quoted.append(more.size(), is_quoted ? '1' : '0');
  }
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

std::string pattern_of(const Marked& marked) {
  std::string pattern;
  for (std::size_t i = 0; i < marked.text.size(); ++i) {
    if (marked.quoted[i] == '1' || marked.text[i] == '\\') pattern += '\\';
    pattern += marked.text[i];
  }
  return pattern;
}

std::string remove_prefix(const std::string& value, const std::string& pattern, bool longest) {
  for (std::size_t n = 0; n <= value.size(); ++n) {
    const std::size_t length = longest ? value.size() - n : n;
    if (matches_pattern(pattern, std::string_view(value).substr(0, length))) {
      return value.substr(length);
    }
  }
  return value;
}

std::string remove_suffix(const std::string& value, const std::string& pattern, bool longest) {
  for (std::size_t n = 0; n <= value.size(); ++n) {
    const std::size_t begin = longest ? n : value.size() - n;
    if (matches_pattern(pattern, std::string_view(value).substr(begin)))
      return value.substr(0, begin);
  }
  return value;
}

std::string replace(const std::string& value, const std::string& pattern,
                    const std::string& replacement, bool all) {
  std::string out;
  std::size_t at = 0;
  while (at <= value.size()) {
    std::size_t length = std::string::npos;
    for (std::size_t n = value.size() - at; n > 0; --n) {
      if (matches_pattern(pattern, std::string_view(value).substr(at, n))) {
        length = n;
        break;
      }
    }
    if (length == std::string::npos) {
      if (at < value.size()) out += value[at];
      ++at;
      continue;
    }
    out += replacement;
    at += length;
    if (!all) {
      out += value.substr(at);
      return out;
    }
  }
  return out;
}

std::string value_of(Expansion& expansion, const Part& part) {
  bool is_set = false;
  const std::string value = parameter(expansion.interpreter, part.text, &is_set);
  const std::string& op = part.op;
  if (op.empty() || op == "len") {
    if (!is_set && expansion.interpreter.environment.unset_is_error && part.text != "@" &&
        part.text != "*") {
      expansion.error = fmt::format("{}: unbound variable", part.text);
    }
    return op == "len" ? std::to_string(value.size()) : value;
  }
  const bool missing = op.front() == ':' ? value.empty() : !is_set;
  const char what = op.back();
  if (op == ":-" || op == "-") {
    const std::string other = expand_text(expansion, part.word);
    return missing ? other : value;
  }
  if (op == ":=" || op == "=") {
    const std::string other = expand_text(expansion, part.word);
    if (!missing) return value;
    assign(expansion.interpreter, part.text, other);
    return other;
  }
  if (op == ":+" || op == "+") {
    const std::string other = expand_text(expansion, part.word);
    return missing ? "" : other;
  }
  if (op == ":?" || op == "?") {
    const std::string words = expand_text(expansion, part.word);
    if (missing) {
      expansion.error =
          fmt::format("{}: {}", part.text, words.empty() ? "parameter null or not set" : words);
    }
    return value;
  }
  const std::string pattern = expand_pattern(expansion, part.word);
  if (what == '#') return remove_prefix(value, pattern, op.size() == 2);
  if (what == '%') return remove_suffix(value, pattern, op.size() == 2);
  return replace(value, pattern, expand_text(expansion, part.replacement), op.size() == 2);
}

std::string text_of_part(Expansion& expansion, const Part& part) {
  switch (part.kind) {
    case Part::Kind::Text:
      return part.text;
    case Part::Kind::Variable:
      return value_of(expansion, part);
    case Part::Kind::Command:
      return expansion.next_capture < expansion.captures.size()
                 ? expansion.captures[expansion.next_capture++]
                 : "";
    case Part::Kind::Arithmetic:
      return std::to_string(arithmetic(expansion, part.text));
  }
  return "";
}

/// Fields under construction.
class Fields {
 public:
  void add(std::string_view text, bool quoted) {
    current_.add(text, quoted);
    if (quoted || !text.empty()) open_ = true;
  }
  /// Text that is cut at blanks.
  void add_split(std::string_view text) {
    for (const char c : text) {
      if (is_blank(c)) {
        end();
      } else {
        add(std::string_view(&c, 1), false);
      }
    }
  }
  void end() {
    if (open_ && done_.size() < kMaxFields) done_.push_back(std::move(current_));
    current_ = Marked();
    open_ = false;
  }
  std::vector<Marked> take() {
    end();
    return std::move(done_);
  }

 private:
  std::vector<Marked> done_;
  Marked current_;
  bool open_ = false;
};

std::vector<Marked> fields_of(Expansion& expansion, const Word& word) {
  Fields fields;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const Part& part = word[i];
    if (part.kind == Part::Kind::Variable && (part.text == "@" || part.text == "*") &&
        part.op.empty()) {
      const auto& all = expansion.interpreter.environment.positional;
      if (part.quoted && part.text == "*") {
        fields.add(fmt::format("{}", fmt::join(all, " ")), true);
        continue;
      }
      for (std::size_t n = 0; n < all.size(); ++n) {
        if (n > 0) fields.end();
        if (part.quoted) {
          fields.add(all[n], true);
        } else {
          fields.add_split(all[n]);
        }
      }
      continue;
    }
    std::string text = text_of_part(expansion, part);
    if (part.kind == Part::Kind::Text || part.quoted) {
      if (i == 0 && !part.quoted && !text.empty() && text.front() == '~' &&
          (text.size() == 1 || text[1] == '/')) {
        text.replace(0, 1, parameter(expansion.interpreter, "HOME"));
      }
      fields.add(text, part.quoted);
    } else {
      fields.add_split(text);
    }
  }
  return fields.take();
}

bool has_glob(const Marked& marked) {
  for (std::size_t i = 0; i < marked.text.size(); ++i) {
    const char c = marked.text[i];
    if (marked.quoted[i] == '0' && (c == '*' || c == '?' || c == '[')) return true;
  }
  return false;
}

/// The files a pattern names, sorted; none when it names none.
std::vector<std::string> glob(Expansion& expansion, const Marked& marked) {
  const std::string pattern = pattern_of(marked);
  const bool absolute = !marked.text.empty() && marked.text.front() == '/';
  std::vector<std::string> parts;
  std::string part;
  for (std::size_t i = 0; i <= pattern.size(); ++i) {
    if (i == pattern.size() || pattern[i] == '/') {
      if (!part.empty()) parts.push_back(part);
      part.clear();
    } else {
      part += pattern[i];
      if (pattern[i] == '\\' && i + 1 < pattern.size()) part += pattern[++i];
    }
  }
  std::vector<std::string> found = {absolute ? "/" : ""};
  FileSystem& files = expansion.system.files();
  const Path& cwd = expansion.interpreter.environment.cwd;
  for (const std::string& each : parts) {
    std::vector<std::string> next;
    for (const std::string& base : found) {
      const auto names = files.list(parse_path(base.empty() ? "." : base, cwd));
      if (!names) continue;
      for (const Str& name : names.value) {
        if (next.size() >= kMaxFields) break;
        const bool hidden = name.view().front() == '.' && each.front() != '.';
        if (hidden || !matches_pattern(each, name)) continue;
        next.push_back(base + (base.empty() || base.back() == '/' ? "" : "/") + name.str());
      }
    }
    found = std::move(next);
  }
  return parts.empty() ? std::vector<std::string>() : found;
}

/// {a,b} and {1..3} in unquoted text, before anything else.
std::vector<Word> expand_braces(const Word& word, int depth) {
  for (std::size_t i = 0; i < word.size() && depth < 8; ++i) {
    const Part& part = word[i];
    if (part.kind != Part::Kind::Text || part.quoted) continue;
    const std::size_t open = part.text.find('{');
    const std::size_t close = open == std::string::npos ? open : part.text.find('}', open);
    if (close == std::string::npos) continue;
    const std::string inside = part.text.substr(open + 1, close - open - 1);
    std::vector<std::string> choices;
    const std::size_t dots = inside.find("..");
    if (inside.find(',') != std::string::npos) {
      std::size_t begin = 0;
      for (;;) {
        const std::size_t comma = inside.find(',', begin);
        choices.push_back(inside.substr(begin, comma - begin));
        if (comma == std::string::npos) break;
        begin = comma + 1;
      }
    } else if (dots != std::string::npos) {
      int from = 0;
      int to = 0;
      const char* const end = inside.data() + inside.size();
      const auto first = std::from_chars(inside.data(), inside.data() + dots, from);
      const auto last = std::from_chars(inside.data() + dots + 2, end, to);
      const bool numbers = first.ec == std::errc() && first.ptr == inside.data() + dots &&
                           last.ec == std::errc() && last.ptr == end;
      if (!numbers || std::abs(static_cast<long>(to) - from) > 10000) continue;
      for (int n = from;; n += from <= to ? 1 : -1) {
        choices.push_back(std::to_string(n));
        if (n == to) break;
      }
    }
    if (choices.empty()) continue;
    std::vector<Word> all;
    for (const std::string& choice : choices) {
      Word made = word;
      made[i].text = part.text.substr(0, open) + choice + part.text.substr(close + 1);
      for (Word& more : expand_braces(made, depth + 1)) {
        if (all.size() < kMaxFields) all.push_back(std::move(more));
      }
    }
    return all;
  }
  return {word};
}

/// A small calculator: C's integer operators with their precedence.
class Calculator {
 public:
  Calculator(Expansion& expansion, std::string_view text) : expansion_(expansion), text_(text) {}

  std::int64_t whole() {
    const std::int64_t value = comma();
    skip();
    if (at_ < text_.size()) fail("syntax error in expression");
    return value;
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool take(std::string_view op) {
    skip();
    if (text_.substr(at_, op.size()) != op) return false;
    at_ += op.size();
    return true;
  }
  char peek(std::size_t n = 0) {
    skip();
    return at_ + n < text_.size() ? text_[at_ + n] : '\0';
  }
  void fail(std::string_view what) {
    if (expansion_.error.empty()) {
      expansion_.error = fmt::format("{}: {} (error token is \"{}\")", text_, what,
                                     text_.substr(std::min(at_, text_.size())));
    }
    at_ = text_.size();
  }

  std::int64_t comma() {
    std::int64_t value = assignment();
    while (take(",")) value = assignment();
    return value;
  }
  std::string name_here() {
    skip();
    std::size_t end = at_;
    while (end < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) {
      ++end;
    }
    return std::string(text_.substr(at_, end - at_));
  }
  std::int64_t assignment() {
    if (++depth_ > kMaxArithmeticDepth) {
      fail("expression recursion level exceeded");
      return 0;
    }
    const std::size_t start = at_;
    const std::string name = name_here();
    if (!name.empty() && !std::isdigit(static_cast<unsigned char>(name.front()))) {
      at_ += name.size();
      for (const std::string_view op : {"+=", "-=", "*=", "/=", "%=", "="}) {
        skip();
        if (text_.substr(at_, op.size()) != op || (op == "=" && peek(1) == '=')) continue;
        at_ += op.size();
        const std::int64_t right = assignment();
        std::int64_t value = op == "=" ? right : binary(op.front(), variable(name), right);
        assign(expansion_.interpreter, name, std::to_string(value));
        --depth_;
        return value;
      }
    }
    at_ = start;
    const std::int64_t value = ternary();
    --depth_;
    return value;
  }
  std::int64_t ternary() {
    const std::int64_t condition = logical_or();
    if (!take("?")) return condition;
    const std::int64_t yes = assignment();
    if (!take(":")) fail("`:' expected for conditional expression");
    const std::int64_t no = assignment();
    return condition != 0 ? yes : no;
  }
  std::int64_t logical_or() {
    std::int64_t value = logical_and();
    while (take("||")) {
      const std::int64_t right = logical_and();
      value = value != 0 || right != 0;
    }
    return value;
  }
  std::int64_t logical_and() {
    std::int64_t value = equality();
    while (take("&&")) {
      const std::int64_t right = equality();
      value = value != 0 && right != 0;
    }
    return value;
  }
  std::int64_t equality() {
    std::int64_t value = relation();
    for (;;) {
      if (take("==")) {
        value = value == relation();
      } else if (take("!=")) {
        value = value != relation();
      } else {
        return value;
      }
    }
  }
  std::int64_t relation() {
    std::int64_t value = sum();
    for (;;) {
      if (take("<=")) {
        value = value <= sum();
      } else if (take(">=")) {
        value = value >= sum();
      } else if (take("<")) {
        value = value < sum();
      } else if (take(">")) {
        value = value > sum();
      } else {
        return value;
      }
    }
  }
  std::int64_t sum() {
    std::int64_t value = product();
    for (;;) {
      const char c = peek();
      if ((c == '+' || c == '-') && peek(1) != c) {
        ++at_;
        value = binary(c, value, product());
      } else {
        return value;
      }
    }
  }
  std::int64_t product() {
    std::int64_t value = unary();
    for (;;) {
      const char c = peek();
      if (c != '*' && c != '/' && c != '%') return value;
      ++at_;
      value = binary(c, value, unary());
    }
  }
  std::int64_t binary(char op, std::int64_t a, std::int64_t b) {
    // Wraps around as the machine does, without undefined behaviour.
    const auto x = static_cast<std::uint64_t>(a);
    const auto y = static_cast<std::uint64_t>(b);
    switch (op) {
      case '+':
        return static_cast<std::int64_t>(x + y);
      case '-':
        return static_cast<std::int64_t>(x - y);
      case '*':
        return static_cast<std::int64_t>(x * y);
      default:
        break;
    }
    if (b == 0) {
      fail("division by 0");
      return 0;
    }
    if (b == -1) return op == '/' ? static_cast<std::int64_t>(0 - x) : 0;
    return op == '/' ? a / b : a % b;
  }
  std::int64_t unary() {
    if (++depth_ > kMaxArithmeticDepth) {
      fail("expression recursion level exceeded");
      return 0;
    }
    std::int64_t value = 0;
    if (take("++") || take("--")) {
      const std::int64_t step = text_[at_ - 1] == '+' ? 1 : -1;
      const std::string name = name_here();
      at_ += name.size();
      value = binary('+', variable(name), step);
      assign(expansion_.interpreter, name, std::to_string(value));
    } else if (take("!")) {
      value = unary() == 0;
    } else if (take("-")) {
      value = binary('-', 0, unary());
    } else if (take("+")) {
      value = unary();
    } else if (take("(")) {
      value = comma();
      if (!take(")")) fail("missing `)'");
    } else {
      value = primary();
    }
    --depth_;
    return value;
  }
  std::int64_t primary() {
    if (peek() == '$') ++at_;
    if (peek() == '{') {
      ++at_;
      const std::int64_t value = primary();
      if (!take("}")) fail("missing `}'");
      return value;
    }
    const std::string name = name_here();
    if (name.empty()) {
      fail("syntax error: operand expected");
      return 0;
    }
    at_ += name.size();
    if (std::isdigit(static_cast<unsigned char>(name.front())) && text_[at_ - name.size()] != '$') {
      return number(name);
    }
    const std::int64_t value = variable(name);
    if (take("++")) assign(expansion_.interpreter, name, std::to_string(value + 1));
    if (take("--")) assign(expansion_.interpreter, name, std::to_string(value - 1));
    return value;
  }
  std::int64_t number(const std::string& text) {
    int base = 10;
    std::string_view digits = text;
    if (digits.size() > 1 && digits[0] == '0') {
      base = digits[1] == 'x' || digits[1] == 'X' ? 16 : 8;
      digits.remove_prefix(base == 16 ? 2 : 1);
    }
    std::int64_t value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) {
      fail("value too great for base");
    }
    return value;
  }
  std::int64_t variable(const std::string& name) {
    const std::string text = parameter(expansion_.interpreter, name);
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  Expansion& expansion_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

bool matches_class(std::string_view pattern, std::size_t* at, char c) {
  std::size_t i = *at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  bool first = true;
  for (; i < pattern.size() && (first || pattern[i] != ']'); ++i) {
    first = false;
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      found = found || (c >= pattern[i] && c <= pattern[i + 2]);
      i += 2;
    } else {
      found = found || pattern[i] == c;
    }
  }
  if (i >= pattern.size()) return false;
  *at = i;
  return found != negated;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Greedy with one point to come back to: a later "*" never needs an earlier one moved.
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    bool ok = false;
    std::size_t next = p;
    if (p < pattern.size()) {
      const char c = pattern[p];
      if (c == '*') {
        star = p++;
        star_text = t;
        continue;
      }
      if (c == '?') {
        ok = true;
      } else if (c == '[' && pattern.find(']', p + 2) != std::string_view::npos) {
        ok = matches_class(pattern, &next, text[t]);
      } else if (c == '\\' && p + 1 < pattern.size()) {
        next = p + 1;
        ok = pattern[next] == text[t];
      } else {
        ok = c == text[t];
      }
    }
    if (ok) {
      p = next + 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string parameter(const Interpreter& interpreter, std::string_view name, bool* is_set) {
  const Environment& environment = interpreter.environment;
  if (is_set) *is_set = true;
  if (name == "?") return std::to_string(interpreter.status);
  if (name == "#") return std::to_string(environment.positional.size());
  if (name == "$" || name == "!") return "1";
  if (name == "-") return environment.exit_on_error ? "ehB" : "hB";
  if (name == "0") return environment.name;
  if (name == "@" || name == "*") return fmt::format("{}", fmt::join(environment.positional, " "));
  if (!name.empty() && name.front() >= '1' && name.front() <= '9') {
    std::size_t n = 0;
    std::from_chars(name.data(), name.data() + name.size(), n);
    if (n <= environment.positional.size()) return environment.positional[n - 1];
    if (is_set) *is_set = false;
    return "";
  }
  if (name == "PWD") return to_string(environment.cwd);
  if (name == "RANDOM") {
    return std::to_string(draw_below(32768, interpreter.randoms, "RANDOM", 0, 0));
  }
  const auto at = environment.variables.find(std::string(name));
  if (is_set) *is_set = at != environment.variables.end();
  return at == environment.variables.end() ? "" : at->second.value;
}

void assign(Interpreter& interpreter, const std::string& name, std::string value) {
  interpreter.environment.variables[name].value = std::move(value);
}

std::int64_t arithmetic(Expansion& expansion, std::string_view expression) {
  if (std::all_of(expression.begin(), expression.end(), is_blank)) return 0;
  return Calculator(expansion, expression).whole();
}

std::string expand_text(Expansion& expansion, const Word& word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    std::string part = text_of_part(expansion, word[i]);
    if (i == 0 && word[i].kind == Part::Kind::Text && !word[i].quoted && !part.empty() &&
        part.front() == '~' && (part.size() == 1 || part[1] == '/')) {
      part.replace(0, 1, parameter(expansion.interpreter, "HOME"));
    }
    text += part;
  }
  return text;
}

std::string expand_pattern(Expansion& expansion, const Word& word) {
  Marked marked;
  for (const Part& part : word) marked.add(text_of_part(expansion, part), part.quoted);
  return pattern_of(marked);
}

std::vector<std::string> expand_fields(Expansion& expansion, const Word& word) {
  std::vector<std::string> all;
  for (const Word& each : expand_braces(word, 0)) {
    for (const Marked& field : fields_of(expansion, each)) {
      if (all.size() >= kMaxFields) return all;
      if (has_glob(field)) {
        std::vector<std::string> found = glob(expansion, field);
        if (!found.empty()) {
          all.insert(all.end(), found.begin(), found.end());
          continue;
        }
      }
      all.push_back(field.text);
    }
  }
  return all;
}

void collect_commands(const Word& word, std::vector<NodePtr>& commands) {
  for (const Part& part : word) {
    if (part.kind == Part::Kind::Command) commands.push_back(part.command);
    collect_commands(part.word, commands);
    collect_commands(part.replacement, commands);
  }
}

}  // namespace sim::shell
