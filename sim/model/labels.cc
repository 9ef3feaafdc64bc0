#include "sim/model/labels.h"

#include <algorithm>
#include <charconv>

#include "sim/base/format.h"
#include "sim/model/go_text.h"

namespace sim {
namespace {

// ---- names and values ----

constexpr std::string_view kQualifiedNameFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr std::string_view kQualifiedNameWords =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character";
constexpr std::string_view kLabelValueWords =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character";
constexpr std::string_view kLabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kLabelWords =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character";
constexpr std::string_view kSubdomainFormat =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr std::string_view kSubdomainWords =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character";

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alphanumeric(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_qualified(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) {
    return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_label(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string max_length_error(int length) {
  return fmt::format("must be no more than {} characters", length);
}

/// k8s 1.30 apimachinery/pkg/util/validation: RegexError
std::string regex_error(std::string_view words, std::string_view format,
                        std::initializer_list<std::string_view> examples) {
  std::string text(words);
  text.append(" (e.g. ");
  bool first = true;
  for (const std::string_view example : examples) {
    text.append(first ? "'" : " or '").append(example).append("', ");
    first = false;
  }
  return text.append("regex used for validation is '").append(format).append("')");
}

std::string name_format_error() {
  return regex_error(kQualifiedNameWords, kQualifiedNameFormat, {"MyName", "my.name", "123-abc"});
}

// ---- what people type ----

enum class Token {
  Error,
  End,
  ClosedPar,
  Comma,
  DoesNotExist,
  DoubleEquals,
  Equals,
  GreaterThan,
  Identifier,
  In,
  LessThan,
  NotEquals,
  NotIn,
  OpenPar
};

struct Lexeme {
  Token token;
  std::string text;
};

Token literal(std::string_view text) {
  if (text == ")") return Token::ClosedPar;
  if (text == ",") return Token::Comma;
  if (text == "!") return Token::DoesNotExist;
  if (text == "==") return Token::DoubleEquals;
  if (text == "=") return Token::Equals;
  if (text == ">") return Token::GreaterThan;
  if (text == "in") return Token::In;
  if (text == "<") return Token::LessThan;
  if (text == "!=") return Token::NotEquals;
  if (text == "notin") return Token::NotIn;
  if (text == "(") return Token::OpenPar;
  return Token::Error;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_special(char c) {
  return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '>' || c == '<';
}

/// k8s 1.30 apimachinery/pkg/labels: Lexer
std::vector<Lexeme> scan(std::string_view text) {
  std::vector<Lexeme> lexemes;
  // A zero byte ends the text there as well.
  text = text.substr(0, text.find('\0'));
  std::size_t at = 0;
  for (;;) {
    while (at < text.size() && is_space(text[at])) ++at;
    if (at == text.size()) break;
    const std::size_t from = at;
    if (is_special(text[at])) {
      Token token = Token::Error;
      std::size_t end = at;
      while (end < text.size() && is_special(text[end])) {
        const Token longer = literal(text.substr(from, end + 1 - from));
        if (longer == Token::Error && token != Token::Error) break;
        token = longer;
        ++end;
      }
      at = end;
      std::string word(text.substr(from, end - from));
      if (token == Token::Error) word = fmt::format("error expected: keyword found '{}'", word);
      lexemes.push_back({token, std::move(word)});
      continue;
    }
    while (at < text.size() && !is_special(text[at]) && !is_space(text[at])) ++at;
    const std::string_view word = text.substr(from, at - from);
    const Token token = literal(word);
    lexemes.push_back({token == Token::Error ? Token::Identifier : token, std::string(word)});
  }
  lexemes.push_back({Token::End, std::string()});
  return lexemes;
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text.append(between);
    text.append(part);
  }
  return text;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// As field.Invalid prints a string.
std::string invalid(std::string_view path, std::string_view value, std::string_view detail) {
  return fmt::format("{}: Invalid value: {}: {}", path, go_quote(value), detail);
}

/// k8s 1.30 apimachinery/pkg/labels: Parser
class Parser {
 public:
  explicit Parser(std::string_view text) : lexemes_(scan(text)) {}

  std::optional<std::vector<Requirement>> parse() {
    std::vector<Requirement> requirements;
    for (;;) {
      const Token token = look_ahead();
      if (token == Token::End) return requirements;
      if (token != Token::Identifier && token != Token::DoesNotExist) {
        return fail(fmt::format("found '{}', expected: !, identifier, or 'end of string'",
                                lexemes_[position_].text));
      }
      std::optional<Requirement> requirement = parse_requirement();
      if (!requirement) {
        error_ = "unable to parse requirement: " + error_;
        return std::nullopt;
      }
      requirements.push_back(std::move(*requirement));
      const Lexeme& next = consume();
      if (next.token == Token::End) return requirements;
      if (next.token != Token::Comma) {
        return fail(fmt::format("found '{}', expected: ',' or 'end of string'", next.text));
      }
      const Token after = look_ahead();
      if (after != Token::Identifier && after != Token::DoesNotExist) {
        return fail(
            fmt::format("found '{}', expected: identifier after ','", lexemes_[position_].text));
      }
    }
  }
  const std::string& error() const { return error_; }

 private:
  std::nullopt_t fail(std::string error) {
    error_ = std::move(error);
    return std::nullopt;
  }
  /// The next token where a key or value stands: there `in` and `notin` are ordinary words.
  Token look_ahead() const { return as_value(lexemes_[position_].token); }
  const Lexeme& consume() {
    const Lexeme& lexeme = lexemes_[position_];
    if (position_ + 1 < lexemes_.size()) ++position_;
    return lexeme;
  }
  static Token as_value(Token token) {
    return token == Token::In || token == Token::NotIn ? Token::Identifier : token;
  }

  std::optional<Requirement> parse_requirement() {
    Requirement requirement;
    bool unary = false;
    const Lexeme* lexeme = &consume();
    if (lexeme->token == Token::DoesNotExist) {
      requirement.op = Requirement::Op::DoesNotExist;
      unary = true;
      lexeme = &consume();
    }
    if (as_value(lexeme->token) != Token::Identifier) {
      return fail(fmt::format("found '{}', expected: identifier", lexeme->text));
    }
    requirement.key = lexeme->text;
    const std::vector<std::string> errors = qualified_name_errors(lexeme->text);
    if (!errors.empty()) return fail(invalid("<nil>", lexeme->text, join(errors, "; ")));
    if (!unary && (look_ahead() == Token::End || look_ahead() == Token::Comma)) {
      requirement.op = Requirement::Op::Exists;
      unary = true;
    }
    if (unary) return requirement;
    if (!parse_operator(requirement.op)) return std::nullopt;
    const bool is_set = requirement.op == Requirement::Op::In ||  //
                        requirement.op == Requirement::Op::NotIn;
    std::vector<std::string> values;
    if (!(is_set ? parse_values(values) : parse_exact_value(values))) return std::nullopt;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (!check_values(requirement, values)) return std::nullopt;
    for (const std::string& value : values) requirement.values.emplace_back(value);
    return requirement;
  }

  bool parse_operator(Requirement::Op& op) {
    const Lexeme& lexeme = consume();
    if (lexeme.token == Token::In) {
      op = Requirement::Op::In;
    } else if (lexeme.token == Token::NotIn) {
      op = Requirement::Op::NotIn;
    } else if (lexeme.token == Token::Equals) {
      op = Requirement::Op::Equals;
    } else if (lexeme.token == Token::DoubleEquals) {
      op = Requirement::Op::DoubleEquals;
    } else if (lexeme.token == Token::NotEquals) {
      op = Requirement::Op::NotEquals;
    } else if (lexeme.token == Token::GreaterThan) {
      op = Requirement::Op::GreaterThan;
    } else if (lexeme.token == Token::LessThan) {
      op = Requirement::Op::LessThan;
    } else {
      fail(fmt::format("found '{}', expected: in, notin, =, ==, !=, gt, lt", lexeme.text));
      return false;
    }
    return true;
  }

  bool parse_values(std::vector<std::string>& values) {
    const Lexeme& open = consume();
    if (open.token != Token::OpenPar) {
      fail(fmt::format("found '{}' expected: '('", open.text));
      return false;
    }
    const Token token = look_ahead();
    if (token == Token::ClosedPar) {
      consume();
      return true;
    }
    if (token != Token::Identifier && token != Token::Comma) {
      fail(fmt::format("found '{}', expected: ',', ')' or identifier", lexemes_[position_].text));
      return false;
    }
    for (;;) {
      const Lexeme& lexeme = consume();
      if (as_value(lexeme.token) == Token::Identifier) {
        values.push_back(lexeme.text);
        if (look_ahead() == Token::Comma) continue;
        if (look_ahead() == Token::ClosedPar) break;
        fail(fmt::format("found '{}', expected: ',' or ')'", lexemes_[position_].text));
        return false;
      }
      if (lexeme.token != Token::Comma) {
        fail(fmt::format("found '{}', expected: ',', or identifier", lexeme.text));
        return false;
      }
      if (values.empty()) values.emplace_back();  // "(,"
      if (look_ahead() == Token::ClosedPar) {     // ",)"
        values.emplace_back();
        break;
      }
      if (look_ahead() == Token::Comma) {  // ",,"
        consume();
        values.emplace_back();
      }
    }
    consume();
    return true;
  }

  bool parse_exact_value(std::vector<std::string>& values) {
    if (look_ahead() == Token::End || look_ahead() == Token::Comma) {
      values.emplace_back();
      return true;
    }
    const Lexeme& lexeme = consume();
    if (as_value(lexeme.token) != Token::Identifier) {
      fail(fmt::format("found '{}', expected: identifier", lexeme.text));
      return false;
    }
    values.push_back(lexeme.text);
    return true;
  }

  /// k8s 1.30 apimachinery/pkg/labels: NewRequirement
  bool check_values(const Requirement& requirement, const std::vector<std::string>& values) {
    std::vector<std::string> errors;
    const Requirement::Op op = requirement.op;
    if ((op == Requirement::Op::In || op == Requirement::Op::NotIn) && values.empty()) {
      errors.emplace_back(
          "values: Invalid value: []string{}: for 'in', 'notin' operators, values set can't be "
          "empty");
    }
    if (op == Requirement::Op::GreaterThan || op == Requirement::Op::LessThan) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (parse_int(values[i])) continue;
        errors.push_back(invalid(fmt::format("values[{}]", i), values[i],
                                 "for 'Gt', 'Lt' operators, the value must be an integer"));
      }
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::vector<std::string> found = label_value_errors(values[i]);
      if (found.empty()) continue;
      errors.push_back(
          invalid(fmt::format("values[{}][{}]", i, requirement.key), values[i], join(found, "; ")));
    }
    if (errors.empty()) return true;
    // An aggregate of several errors prints in brackets.
    fail(errors.size() == 1 ? errors[0] : "[" + join(errors, ", ") + "]");
    return false;
  }

  std::vector<Lexeme> lexemes_;
  std::size_t position_ = 0;
  std::string error_;
};

bool contains(const std::vector<Str>& values, const Str& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool holds(const Requirement& requirement, const StringMap& labels) {
  const Str* value = labels.find(requirement.key);
  switch (requirement.op) {
    case Requirement::Op::In:
    case Requirement::Op::Equals:
    case Requirement::Op::DoubleEquals:
      return value && contains(requirement.values, *value);
    case Requirement::Op::NotIn:
    case Requirement::Op::NotEquals:
      return !value || !contains(requirement.values, *value);
    case Requirement::Op::Exists:
      return value != nullptr;
    case Requirement::Op::DoesNotExist:
      return value == nullptr;
    case Requirement::Op::GreaterThan:
    case Requirement::Op::LessThan: {
      if (!value || requirement.values.size() != 1) return false;
      const std::optional<std::int64_t> number = parse_int(value->view());
      const std::optional<std::int64_t> bound = parse_int(requirement.values[0].view());
      if (!number || !bound) return false;
      return requirement.op == Requirement::Op::GreaterThan ? *number > *bound : *number < *bound;
    }
  }
  return false;
}

std::optional<Requirement::Op> operator_of(std::string_view op) {
  if (op == "In") return Requirement::Op::In;
  if (op == "NotIn") return Requirement::Op::NotIn;
  if (op == "Exists") return Requirement::Op::Exists;
  if (op == "DoesNotExist") return Requirement::Op::DoesNotExist;
  return std::nullopt;
}

void sort_by_key(std::vector<Requirement>& requirements) {
  std::stable_sort(requirements.begin(), requirements.end(),
                   [](const Requirement& a, const Requirement& b) { return a.key < b.key; });
}

}  // namespace

bool Selector::matches(const StringMap& labels) const {
  return std::all_of(requirements.begin(), requirements.end(),
                     [&](const Requirement& requirement) { return holds(requirement, labels); });
}

/// k8s 1.30 apimachinery/pkg/labels: Requirement.String
std::string Selector::text() const {
  std::vector<Requirement> sorted = requirements;
  sort_by_key(sorted);
  std::string text;
  for (const Requirement& requirement : sorted) {
    if (!text.empty()) text += ',';
    std::vector<Str> values = requirement.values;
    std::sort(values.begin(), values.end());
    std::string joined;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) joined += ',';
      joined.append(values[i].view());
    }
    const std::string_view key = requirement.key.view();
    switch (requirement.op) {
      case Requirement::Op::In:
        text.append(key).append(" in (").append(joined).append(")");
        break;
      case Requirement::Op::NotIn:
        text.append(key).append(" notin (").append(joined).append(")");
        break;
      case Requirement::Op::Exists:
        text.append(key);
        break;
      case Requirement::Op::DoesNotExist:
        text.append("!").append(key);
        break;
      case Requirement::Op::GreaterThan:
        text.append(key).append(">").append(joined);
        break;
      case Requirement::Op::LessThan:
        text.append(key).append("<").append(joined);
        break;
      case Requirement::Op::Equals:
        text.append(key).append("=").append(joined);
        break;
      case Requirement::Op::DoubleEquals:
        text.append(key).append("==").append(joined);
        break;
      case Requirement::Op::NotEquals:
        text.append(key).append("!=").append(joined);
        break;
    }
  }
  return text;
}

std::optional<Selector> parse_selector(std::string_view text, std::string* error) {
  Parser parser(text);
  std::optional<std::vector<Requirement>> requirements = parser.parse();
  if (!requirements) {
    if (error) *error = parser.error();
    return std::nullopt;
  }
  sort_by_key(*requirements);
  return Selector{std::move(*requirements)};
}

bool matches(const LabelSelector* selector, const StringMap& labels) {
  if (!selector) return false;
  for (const StringMap::Item& item : selector->match_labels) {
    const Str* value = labels.find(item.first);
    if (!value || !(*value == item.second)) return false;
  }
  for (const LabelSelectorRequirement& expression : selector->match_expressions) {
    const std::optional<Requirement::Op> op = operator_of(expression.op);
    if (!op || !holds(Requirement{expression.key, *op, expression.values}, labels)) return false;
  }
  return true;
}

/// k8s 1.30 apimachinery/pkg/apis/meta/v1: LabelSelectorAsSelector
Selector to_selector(const LabelSelector& selector) {
  Selector result;
  for (const StringMap::Item& item : selector.match_labels) {
    result.requirements.push_back({item.first, Requirement::Op::Equals, {item.second}});
  }
  for (const LabelSelectorRequirement& expression : selector.match_expressions) {
    const std::optional<Requirement::Op> op = operator_of(expression.op);
    // Validation refuses any other operator; an In of no value matches nothing.
    result.requirements.push_back(op ? Requirement{expression.key, *op, expression.values}
                                     : Requirement{expression.key, Requirement::Op::In, {}});
  }
  sort_by_key(result.requirements);
  return result;
}

std::string format_label_selector(const LabelSelector* selector) {
  if (!selector) return "<none>";
  std::string text = to_selector(*selector).text();
  return text.empty() ? "<none>" : text;
}

std::vector<std::string> qualified_name_errors(std::string_view text) {
  std::vector<std::string> errors;
  std::string_view name = text;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, slash);
    name = text.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      errors.push_back("a qualified name " + name_format_error() +
                       " with an optional DNS subdomain prefix and '/' (e.g. "
                       "'example.com/MyName')");
      return errors;
    }
    if (prefix.empty()) {
      errors.emplace_back("prefix part must be non-empty");
    } else {
      for (const std::string& error : dns1123_subdomain_errors(prefix)) {
        errors.push_back("prefix part " + error);
      }
    }
  }
  if (name.empty()) {
    errors.emplace_back("name part must be non-empty");
  } else if (name.size() > 63) {
    errors.push_back("name part " + max_length_error(63));
  }
  if (!is_qualified(name)) errors.push_back("name part " + name_format_error());
  return errors;
}

std::vector<std::string> label_value_errors(std::string_view text) {
  std::vector<std::string> errors;
  if (text.size() > 63) errors.push_back(max_length_error(63));
  if (!text.empty() && !is_qualified(text)) {
    errors.push_back(regex_error(kLabelValueWords, fmt::format("({})?", kQualifiedNameFormat),
                                 {"MyValue", "my_value", "12345"}));
  }
  return errors;
}

std::vector<std::string> dns1123_label_errors(std::string_view text) {
  std::vector<std::string> errors;
  if (text.size() > 63) errors.push_back(max_length_error(63));
  if (!is_label(text)) {
    if (is_subdomain(text)) {
      errors.emplace_back("must not contain dots");
    } else {
      errors.push_back(regex_error(kLabelWords, kLabelFormat, {"my-name", "123-abc"}));
    }
  }
  return errors;
}

std::vector<std::string> dns1123_subdomain_errors(std::string_view text) {
  std::vector<std::string> errors;
  if (text.size() > 253) errors.push_back(max_length_error(253));
  if (!is_subdomain(text)) {
    errors.push_back(regex_error(kSubdomainWords, kSubdomainFormat, {"example.com"}));
  }
  return errors;
}

}  // namespace sim
