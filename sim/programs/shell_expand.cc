#include "sim/programs/shell_expand.h"

#include <algorithm>
#include <cctype>

#include "sim/base/format.h"
#include "sim/base/regex.h"
#include "sim/programs/builtins.h"
#include "sim/programs/shell_parser.h"
#include "sim/programs/shell_pattern.h"

namespace sim::shell {
namespace {

constexpr int kFirstFile = 63;  // the descriptor of the first <(…)

}  // namespace

void Expander::problem(std::string_view text, int severity, int status) {
  if (stopped()) return;
  machine_.complain(text);
  failed_ = true;
  severity_ = severity;
  status_ = status;
}

std::optional<int> Expander::last_status() const {
  if (next_result_ == 0) return std::nullopt;
  return frame_.result_statuses[next_result_ - 1];
}

void Expander::expand(const Word& word, Marked& made) {
  if (++depth_ > 200) problem("expansion nested too deeply", 1, 1);
  for (const Part& part : word.parts) {
    if (stopped()) break;
    machine_.charge(32 + part.text.size());
    expand_part(part, made);
    if (made.text.size() > kLongestWord) problem("word too long", 1, 1);
  }
  --depth_;
}

void Expander::expand_part(const Part& part, Marked& made) {
  switch (part.kind) {
    case Part::Kind::Text:
      if (part.quoted) made.mark('e');
      made.add(part.text, part.quoted ? 'q' : 'l');
      return;
    case Part::Kind::Tilde: {
      std::string home = machine_.value("HOME").value_or("/root");
      if (!part.text.empty() && part.text != "root") home = "~" + part.text;
      if (part.text == "root") home = "/root";
      made.mark('e');
      made.add(home, 'q');
      return;
    }
    case Part::Kind::Arithmetic: {
      const auto value = number(*part.argument);
      if (!value) return;
      if (part.quoted) made.mark('e');
      made.add(fmt::format("{}", *value), part.quoted ? 'q' : 'x');
      return;
    }
    case Part::Kind::Command: {
      std::string text = output_of(part);
      if (stopped()) return;
      text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
      while (!text.empty() && text.back() == '\n') text.pop_back();
      if (part.quoted) made.mark('e');
      made.add(text, part.quoted ? 'q' : 'x');
      return;
    }
    case Part::Kind::File: {
      std::string text = output_of(part);
      if (stopped()) return;
      made.mark('e');
      made.add(fmt::format("/dev/fd/{}", kFirstFile - static_cast<int>(files_.size())), 'q');
      files_.push_back(std::move(text));
      return;
    }
    case Part::Kind::Parameter:
      expand_parameter(part, made);
      return;
  }
}

std::string Expander::output_of(const Part& part) {
  if (stopped()) return {};
  if (next_result_ == frame_.results.size()) {
    pending_ = part.program;
    return {};
  }
  machine_.charge(frame_.results[next_result_].size());
  return frame_.results[next_result_++];
}

std::optional<std::int64_t> Expander::number(const Word& word, std::string_view who) {
  const std::string text = single(word);
  return stopped() ? std::nullopt : calculated(text, who);
}

std::optional<std::int64_t> Expander::calculated(std::string_view text, std::string_view who) {
  const auto value = machine_.calculate(text, who);
  if (!value && !stopped()) {
    failed_ = true;
    severity_ = 1;
    status_ = 1;
  }
  return value;
}

std::string Expander::plain(const Marked& marked) {
  std::string text;
  text.reserve(marked.text.size());
  for (std::size_t i = 0; i < marked.text.size(); ++i) {
    if (marked.marks[i] == 'e') continue;
    text += marked.marks[i] == 'b' ? ' ' : marked.text[i];
  }
  return text;
}

std::string Expander::single(const Word& word) {
  Marked made;
  expand(word, made);
  return plain(made);
}

std::string Expander::pattern(const Word& word) {
  Marked made;
  expand(word, made);
  std::string text;
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    const char mark = made.marks[i];
    if (mark == 'e') continue;
    if (mark == 'q' && std::string_view("*?[]\\-!^").find(made.text[i]) != std::string_view::npos) {
      text += '\\';
    }
    text += mark == 'b' ? ' ' : made.text[i];
  }
  return text;
}

std::string Expander::regular_expression(const Word& word) {
  Marked made;
  expand(word, made);
  std::string text;
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    const char mark = made.marks[i];
    if (mark == 'e') continue;
    if (mark == 'q' &&
        std::string_view(".[]\\*^$+?(){}|").find(made.text[i]) != std::string_view::npos) {
      text += '\\';
    }
    text += mark == 'b' ? ' ' : made.text[i];
  }
  return text;
}

void Expander::fields(const Word& word, std::vector<std::string>* made) {
  Marked marked;
  expand(word, marked);
  if (stopped()) return;
  split(marked, made);
  if (made->size() > kMostWords) problem("argument list too long", 1, 1);
}

void Expander::split(const Marked& marked, std::vector<std::string>* made) {
  const auto ifs_value = machine_.value("IFS");
  const std::string ifs = ifs_value.value_or(" \t\n");
  Marked field;
  bool something = false;    // the field exists, though maybe empty
  bool after_blank = false;  // the last field was ended by a blank of IFS
  const auto end_field = [&] {
    add_field(field, made);
    field = Marked();
    something = false;
  };
  for (std::size_t i = 0; i < marked.text.size(); ++i) {
    const char c = marked.text[i];
    const char mark = marked.marks[i];
    if (mark == 'e') {
      something = true;
      continue;
    }
    if (mark == 'b') {
      if (something) end_field();
      after_blank = false;
      continue;
    }
    if (mark == 'x' && ifs.find(c) != std::string::npos) {
      if (c == ' ' || c == '\t' || c == '\n') {
        if (something) {
          end_field();
          after_blank = true;
        }
      } else if (something || !after_blank) {
        end_field();
        after_blank = false;
      } else {
        after_blank = false;
      }
      continue;
    }
    field.add(std::string_view(&c, 1), mark);
    something = true;
    after_blank = false;
  }
  if (something) end_field();
}

void Expander::add_field(const Marked& field, std::vector<std::string>* made) {
  bool may_match = false;
  if (!machine_.shell().no_globbing) {
    for (std::size_t i = 0; i < field.text.size(); ++i) {
      const char c = field.text[i];
      may_match = may_match || (field.marks[i] != 'q' && (c == '*' || c == '?' || c == '['));
    }
  }
  if (may_match) {
    std::string wanted;
    for (std::size_t i = 0; i < field.text.size(); ++i) {
      const char c = field.text[i];
      if (field.marks[i] == 'q' && std::string_view("*?[]\\").find(c) != std::string_view::npos) {
        wanted += '\\';
      }
      wanted += c;
    }
    const std::size_t before = made->size();
    match_files(wanted, made);
    if (made->size() != before) return;
    const std::set<std::string>& options = machine_.shell().options;
    if (options.count("nullglob") != 0) return;
    if (options.count("failglob") != 0) {
      problem(fmt::format("no match: {}", field.text), 1, 1);
      return;
    }
  }
  made->push_back(field.text);
}

void Expander::match_files(const std::string& wanted, std::vector<std::string>* found) {
  const bool absolute = wanted[0] == '/';
  const bool dots = machine_.shell().options.count("dotglob") != 0;
  std::vector<std::string> prefixes = {absolute ? "/" : ""};
  std::size_t at = absolute ? 1 : 0;
  while (at <= wanted.size() && !prefixes.empty()) {
    std::size_t end = wanted.find('/', at);
    const bool last = end == std::string::npos;
    if (last) end = wanted.size();
    const std::string piece = wanted.substr(at, end - at);
    at = end + 1;
    std::vector<std::string> next;
    for (const std::string& prefix : prefixes) {
      if (next.size() > kMostWords || work_ <= 0) break;
      const Path here = parse_path(prefix, machine_.shell().cwd);
      if (piece.empty()) {
        // A slash at the end: only directories.
        const auto stat = machine_.system().files().stat(here);
        if (stat && stat.value.type == FileType::Directory) {
          next.push_back(last ? prefix : prefix + (prefix.empty() ? "" : "/"));
        }
        continue;
      }
      if (!has_pattern_letters(piece)) {
        std::string name;
        for (std::size_t i = 0; i < piece.size(); ++i) {
          if (piece[i] == '\\' && i + 1 < piece.size()) ++i;
          name += piece[i];
        }
        if (machine_.system().files().stat(parse_path(prefix + name, machine_.shell().cwd),
                                           false)) {
          next.push_back(prefix + name + (last ? "" : "/"));
        }
        continue;
      }
      const auto names = machine_.system().files().list(here);
      machine_.charge(names.value.size() * 64);
      for (const Str& name : names.value) {
        if (name.view()[0] == '.' && piece[0] != '.' && !dots) continue;
        if (!fits(piece, name, work_)) continue;
        if (!last) {
          const auto stat =
              machine_.system().files().stat(parse_path(prefix + name.str(), machine_.shell().cwd));
          if (!stat || stat.value.type != FileType::Directory) continue;
        }
        next.push_back(prefix + name.str() + (last ? "" : "/"));
      }
    }
    prefixes = std::move(next);
    if (last) break;
  }
  std::sort(prefixes.begin(), prefixes.end());
  found->insert(found->end(), prefixes.begin(), prefixes.end());
}

/// NAME=(…).
bool Expander::assign_elements(const Assignment& assignment) {
  const std::string& name = assignment.name;
  const bool indexed =
      std::any_of(assignment.element_indexes.begin(), assignment.element_indexes.end(),
                  [](const WordPtr& index) { return index != nullptr; });
  const Variable* old = machine_.find(name);
  const bool is_map = old && old->is_map;
  if (!indexed && !is_map) {
    std::vector<std::string> values;
    for (const Word& element : assignment.elements) {
      fields(element, &values);
      if (stopped()) return false;
    }
    return machine_.assign_array(name, values, assignment.append);
  }
  // All is expanded before anything is changed.
  struct Element {
    std::optional<std::string> index;
    std::string value;
  };
  std::vector<Element> elements;
  for (std::size_t i = 0; i < assignment.elements.size(); ++i) {
    Element element;
    if (assignment.element_indexes[i]) element.index = single(*assignment.element_indexes[i]);
    element.value = single(assignment.elements[i]);
    if (stopped()) return false;
    elements.push_back(std::move(element));
  }
  if (!assignment.append && !machine_.clear_array(name, is_map)) return false;
  if (is_map) {
    // Without [key]= words are keys and values in turn.
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const bool pair = !elements[i].index;
      const std::string key = pair ? elements[i].value : *elements[i].index;
      if (pair) ++i;
      if (!machine_.assign_key(name, key, i < elements.size() ? elements[i].value : "", false)) {
        return false;
      }
    }
    return true;
  }
  std::int64_t next = 0;
  if (assignment.append && old && !old->elements.empty()) next = old->elements.rbegin()->first + 1;
  for (const Element& element : elements) {
    if (element.index) {
      const auto at = machine_.calculate(*element.index);
      if (!at) return false;
      next = *at;
    }
    if (!machine_.assign(name, element.value, false, next++)) return false;
  }
  return true;
}

void Expander::assign(const Assignment& assignment, bool for_command) {
  const std::string& name = assignment.name;
  const auto fail_line = [&] {
    if (for_command && !machine_.shell().ash) return;
    failed_ = true;
    severity_ = 1;
    status_ = 1;
  };
  if (assignment.is_array) {
    if (!assign_elements(assignment) && !stopped()) fail_line();
    return;
  }
  const Variable* variable = machine_.find(name);
  if (assignment.index && variable && variable->is_map) {
    const std::string key = single(*assignment.index);
    const std::string value = single(assignment.value);
    if (!stopped() && !machine_.assign_key(name, key, value, assignment.append)) fail_line();
    return;
  }
  std::optional<std::int64_t> index;
  if (assignment.index) {
    index = number(*assignment.index);
    if (!index) return;
  }
  const std::string value = single(assignment.value);
  if (stopped()) return;
  if (!machine_.assign(name, value, assignment.append, index)) fail_line();
}

/// [[ text =~ expression ]].
bool Expander::matches_expression(const std::string& text, const std::string& expression) {
  // The engine's work is the product of both at the most.
  constexpr std::size_t kMostSearch = 32u << 20;
  const std::size_t cost = (text.size() + 1) * (expression.size() + 1);
  if (text.size() > kMostSearch || expression.size() > kMostSearch || cost > kMostSearch) {
    problem("[[: regular expression too slow for so long a text", 0, 2);
    return false;
  }
  machine_.charge(cost);
  std::string error;
  const Regex::Syntax syntax{true, machine_.shell().options.count("nocasematch") != 0};
  const auto regex = Regex::compile(expression, syntax, &error);
  if (!regex) {
    failed_ = true;
    severity_ = 0;
    status_ = 2;
    return false;
  }
  const auto spans = regex->search(text);
  std::vector<std::string> groups;
  for (const auto& span : spans) {
    groups.push_back(
        span.start == std::string_view::npos ? "" : text.substr(span.start, span.end - span.start));
  }
  machine_.assign_array("BASH_REMATCH", groups, false);
  return !spans.empty();
}

namespace {

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

bool Expander::condition(const Condition& wanted, bool of_case) {
  if (stopped()) return false;
  const bool traces = machine_.shell().trace && !of_case;
  switch (wanted.kind) {
    case Condition::Kind::And:
      return condition(*wanted.first) && condition(*wanted.second);
    case Condition::Kind::Or:
      return condition(*wanted.first) || condition(*wanted.second);
    case Condition::Kind::Not:
      return !condition(*wanted.first);
    case Condition::Kind::NotEmpty: {
      const std::string text = single(wanted.left);
      if (traces && !stopped()) machine_.trace(fmt::format("[[ -n {} ]]", quoted(text)));
      return !text.empty();
    }
    case Condition::Kind::Unary: {
      const std::string text = single(wanted.left);
      if (stopped()) return false;
      if (traces) machine_.trace(fmt::format("[[ {} {} ]]", wanted.op, quoted(text)));
      if (wanted.op == "-v") return is_set(text);
      if (wanted.op == "-z") return text.empty();
      if (wanted.op == "-n") return !text.empty();
      return test_file(machine_, wanted.op[1], text);
    }
    case Condition::Kind::Binary:
      break;
  }
  const std::string left = single(wanted.left);
  if (stopped()) return false;
  if (wanted.op == "=" || wanted.op == "==" || wanted.op == "!=") {
    const std::string right = pattern(wanted.right);
    if (stopped()) return false;
    if (traces) machine_.trace(fmt::format("[[ {} {} {} ]]", quoted(left), wanted.op, right));
    const bool any_case = machine_.shell().options.count("nocasematch") != 0;
    const bool same =
        any_case ? fits(lower_case(right), lower_case(left), work_) : fits(right, left, work_);
    return same == (wanted.op != "!=");
  }
  if (wanted.op == "=~") {
    const std::string right = regular_expression(wanted.right);
    if (stopped()) return false;
    if (traces) machine_.trace(fmt::format("[[ {} =~ {} ]]", quoted(left), right));
    return matches_expression(left, right);
  }
  const std::string right = single(wanted.right);
  if (stopped()) return false;
  if (traces) {
    machine_.trace(fmt::format("[[ {} {} {} ]]", quoted(left), wanted.op, quoted(right)));
  }
  if (wanted.op == "<") return left < right;
  if (wanted.op == ">") return left > right;
  if (wanted.op == "-nt" || wanted.op == "-ot" || wanted.op == "-ef") {
    return compare_files(machine_, wanted.op, left, right);
  }
  const auto a = machine_.calculate(left, "[[: ");
  const auto b = a ? machine_.calculate(right, "[[: ") : a;
  if (!a || !b) {
    failed_ = true;
    return false;
  }
  if (wanted.op == "-eq") return *a == *b;
  if (wanted.op == "-ne") return *a != *b;
  if (wanted.op == "-lt") return *a < *b;
  if (wanted.op == "-le") return *a <= *b;
  if (wanted.op == "-gt") return *a > *b;
  return *a >= *b;
}

}  // namespace sim::shell
