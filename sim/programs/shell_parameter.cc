// ${…}: what a parameter stands for, and its operators.
#include <algorithm>
#include <cctype>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/builtins.h"
#include "sim/programs/shell_expand.h"
#include "sim/programs/shell_parser.h"
#include "sim/programs/shell_pattern.h"

namespace sim::shell {
namespace {

bool is_list_name(const std::string& name) { return name == "@" || name == "*"; }

std::string joined(const std::vector<std::string>& values, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) text += between;
    text += values[i];
  }
  return text;
}

/// How long any text is that the pattern fits, where that is always the same.
std::optional<std::size_t> fixed_length(std::string_view wanted) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == '*') return std::nullopt;
    if (wanted[i] == '[') {
      const std::size_t close = wanted.find(']', i + 2);
      if (close == std::string_view::npos || wanted.find("[:", i + 1) < close ||
          wanted.find('\\', i) < close) {
        return std::nullopt;
      }
      i = close;
    } else if (wanted[i] == '\\') {
      ++i;
    }
    ++length;
  }
  return length;
}

}  // namespace

/// What -v asks: NAME or NAME[index].
bool Expander::is_set(const std::string& name) {
  const std::size_t open = name.find('[');
  const Variable* variable = machine_.find(name.substr(0, open));
  if (open == std::string::npos || !variable || name.back() != ']') {
    return machine_.value(name).has_value();
  }
  const std::string index = name.substr(open + 1, name.size() - open - 2);
  if (variable->is_map) return variable->keyed.count(index) != 0;
  const auto at = machine_.calculate(index);
  return at && variable->elements.count(*at) != 0;
}

/// The values that a parameter stands for, before its operator.
bool Expander::values_of(const Part& part, std::vector<std::string>* values, bool* is_list,
                         bool* is_set) {
  std::string name = part.text;
  *is_list = false;
  *is_set = true;
  if (is_list_name(name)) {
    *is_list = true;
    *values = machine_.shell().arguments;
    *is_set = !values->empty();
    return true;
  }
  if (name == "?" && next_result_ > 0) {
    values->push_back(fmt::format("{}", frame_.result_statuses[next_result_ - 1]));
    return true;
  }
  if (name == "?") {
    values->push_back(fmt::format("{}", frame_.entry_status));
    return true;
  }
  const bool all = part.index && part.index->parts.size() == 1 &&
                   part.index->parts[0].kind == Part::Kind::Text && !part.index->parts[0].quoted &&
                   is_list_name(part.index->parts[0].text);
  if (part.op == ParameterOp::Names) {
    *is_list = true;
    for (const auto& [known, variable] : machine_.shell().variables) {
      if (known.rfind(name, 0) == 0) values->push_back(known);
    }
    return true;
  }
  if (part.indirect && all) {  // ${!a[@]}: its indexes
    *is_list = true;
    if (const Variable* array = machine_.find(name)) {
      for (const auto& [at, element] : array->elements) values->push_back(fmt::format("{}", at));
      for (const auto& [key, element] : array->keyed) values->push_back(key);
      if (!array->is_array && !array->is_map && array->set) values->push_back("0");
    }
    *is_set = !values->empty();
    return true;
  }
  if (part.indirect) {
    const auto target = machine_.value(name);
    if (!target ||
        (!is_name(*target) && target->find_first_not_of("0123456789") != std::string::npos)) {
      problem(fmt::format("{}: invalid indirect expansion", name), 1, 1);
      return false;
    }
    name = *target;
  }
  const Variable* variable = machine_.find(name);
  if (part.index) {
    if (all) {
      *is_list = true;
      if (variable && variable->is_array) {
        for (const auto& [at, element] : variable->elements) values->push_back(element.str());
      } else if (variable && variable->is_map) {
        for (const auto& [key, element] : variable->keyed) values->push_back(element.str());
      } else if (const auto value = machine_.value(name)) {
        values->push_back(*value);
      }
      machine_.charge(values->size() * kVariableCost);
      *is_set = !values->empty();
      return true;
    }
    if (variable && variable->is_map) {
      const std::string key = single(*part.index);
      if (stopped()) return false;
      const auto found = variable->keyed.find(key);
      *is_set = found != variable->keyed.end();
      values->push_back(*is_set ? found->second.str() : "");
      return true;
    }
    const auto at = number(*part.index);
    if (!at) return false;
    if (variable && variable->is_array) {
      std::int64_t wanted = *at;
      if (wanted < 0 && !variable->elements.empty()) {
        wanted += variable->elements.rbegin()->first + 1;
      }
      const auto found = variable->elements.find(wanted);
      *is_set = found != variable->elements.end();
      values->push_back(*is_set ? found->second.str() : "");
      return true;
    }
    const auto value = *at == 0 || *at == -1 ? machine_.value(name) : std::nullopt;
    *is_set = value.has_value();
    values->push_back(value.value_or(""));
    return true;
  }
  const auto value = machine_.value(name);
  *is_set = value.has_value();
  values->push_back(value.value_or(""));
  return true;
}

void Expander::add_values(const std::vector<std::string>& values, bool is_list, bool starred,
                          bool is_quoted, Marked& made) {
  if (!is_list) {
    if (is_quoted) made.mark('e');
    for (const std::string& value : values) made.add(value, is_quoted ? 'q' : 'x');
    return;
  }
  if (starred && is_quoted) {
    const std::string ifs = machine_.value("IFS").value_or(" ");
    made.mark('e');
    made.add(joined(values, ifs.substr(0, 1)), 'q');
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) made.mark('b');
    if (is_quoted) made.mark('e');
    made.add(values[i], is_quoted ? 'q' : 'x');
    machine_.charge(values[i].size() + 32);
    if (made.text.size() > kLongestWord) return problem("word too long", 1, 1);
  }
}

/// What a shell that must end answers. bash 5.2 jumps out of a -c in a way that makes it 127.
int Expander::status_of_end() const {
  const Shell& shell = machine_.shell();
  return shell.from_option && shell.own_pid == shell.pid ? 127 : 1;
}

/// The word of ${x-word}: what is not quoted in it may be split.
void Expander::expand_argument(const Part& part, Marked& made) {
  const std::size_t before = made.marks.size();
  expand(*part.argument, made);
  if (part.quoted) return;
  std::replace(made.marks.begin() + static_cast<std::ptrdiff_t>(before), made.marks.end(), 'l',
               'x');
}

void Expander::expand_parameter(const Part& part, Marked& made) {
  if (part.op == ParameterOp::Bad) {
    problem(fmt::format("{}: bad substitution", part.text), 1, 1);
    return;
  }
  std::vector<std::string> values;
  bool is_list = false;
  bool is_set = true;
  if (!values_of(part, &values, &is_list, &is_set)) return;
  bool starred = part.text == "*";
  if (part.index && part.index->parts.size() == 1) starred = part.index->parts[0].text == "*";
  std::string shown = part.text;
  if (part.index && part.index->parts.size() == 1) shown += "[" + part.index->parts[0].text + "]";

  const bool no_value =
      !is_set || (part.colon && std::all_of(values.begin(), values.end(),
                                            [](const std::string& v) { return v.empty(); }));
  switch (part.op) {
    case ParameterOp::Default:
      if (!no_value) break;
      if (part.quoted) made.mark('e');
      expand_argument(part, made);
      return;
    case ParameterOp::Alternative:
      if (part.quoted && !is_list) made.mark('e');
      if (!no_value) expand_argument(part, made);
      return;
    case ParameterOp::Assign: {
      if (!no_value) break;
      const std::string value = single(*part.argument);
      if (stopped()) return;
      if (!is_name(part.text)) {
        problem(fmt::format("${}: cannot assign in this way", part.text), 1, 1);
        return;
      }
      if (!machine_.assign(part.text, value)) {
        failed_ = true;
        severity_ = 1;
        return;
      }
      values = {value};
      break;
    }
    case ParameterOp::Error: {
      if (!no_value) break;
      std::string text = single(*part.argument);
      if (stopped()) return;
      if (text.empty()) text = part.colon ? "parameter null or not set" : "parameter not set";
      problem(fmt::format("{}: {}", shown, text), 2, status_of_end());
      return;
    }
    case ParameterOp::Plain:
    case ParameterOp::Length:
    case ParameterOp::Transform:
    case ParameterOp::Names:
    case ParameterOp::RemoveShortestFront:
    case ParameterOp::RemoveLongestFront:
    case ParameterOp::RemoveShortestBack:
    case ParameterOp::RemoveLongestBack:
    case ParameterOp::ReplaceFirst:
    case ParameterOp::ReplaceAll:
    case ParameterOp::ReplaceFront:
    case ParameterOp::ReplaceBack:
    case ParameterOp::Substring:
    case ParameterOp::UpperFirst:
    case ParameterOp::UpperAll:
    case ParameterOp::LowerFirst:
    case ParameterOp::LowerAll:
    case ParameterOp::Bad:
      if (!is_set && machine_.shell().unset_is_error && !is_list) {
        const bool digit = shown[0] >= '0' && shown[0] <= '9';
        problem(fmt::format("{}{}: unbound variable", digit ? "$" : "", shown), 2, status_of_end());
        return;
      }
      break;
  }
  if (part.op == ParameterOp::Length) {
    const std::size_t length = is_list ? values.size() : values[0].size();
    if (!is_list) {
      // Letters, not bytes.
      const auto letters = std::count_if(values[0].begin(), values[0].end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      });
      values = {fmt::format("{}", letters)};
    } else {
      values = {fmt::format("{}", length)};
    }
    add_values(values, false, false, part.quoted, made);
    return;
  }
  if (part.op == ParameterOp::Substring && is_list) {
    const auto from = number(*part.argument);
    if (!from) return;
    std::int64_t size = static_cast<std::int64_t>(values.size());
    std::int64_t begin = *from;
    // $0 is the first of $@.
    const bool arguments = is_list_name(part.text);
    if (arguments && begin == 0) {
      values.insert(values.begin(), machine_.shell().name);
      ++size;
    } else if (arguments && begin > 0) {
      --begin;
    }
    if (begin < 0) begin += size;
    begin = std::clamp<std::int64_t>(begin, 0, size);
    std::int64_t count = size - begin;
    if (part.replacement) {
      const auto wanted = number(*part.replacement);
      if (!wanted) return;
      count = std::clamp<std::int64_t>(*wanted, 0, count);
    }
    values = std::vector<std::string>(values.begin() + begin, values.begin() + begin + count);
  } else {
    for (std::string& value : values) {
      value = with_operator(part, value);
      if (stopped()) return;
    }
  }
  add_values(values, is_list, starred, part.quoted, made);
}

std::string Expander::with_operator(const Part& part, const std::string& value) {
  switch (part.op) {
    case ParameterOp::RemoveShortestFront:
    case ParameterOp::RemoveLongestFront: {
      const std::string wanted = pattern(*part.argument);
      if (stopped()) return value;
      const bool longest = part.op == ParameterOp::RemoveLongestFront;
      for (std::size_t n = 0; n <= value.size() && work_ > 0; ++n) {
        const std::size_t length = longest ? value.size() - n : n;
        if (fits(wanted, std::string_view(value).substr(0, length), work_)) {
          return value.substr(length);
        }
      }
      return value;
    }
    case ParameterOp::RemoveShortestBack:
    case ParameterOp::RemoveLongestBack: {
      const std::string wanted = pattern(*part.argument);
      if (stopped()) return value;
      const bool longest = part.op == ParameterOp::RemoveLongestBack;
      for (std::size_t n = 0; n <= value.size() && work_ > 0; ++n) {
        const std::size_t from = longest ? n : value.size() - n;
        if (fits(wanted, std::string_view(value).substr(from), work_)) return value.substr(0, from);
      }
      return value;
    }
    case ParameterOp::ReplaceFirst:
    case ParameterOp::ReplaceAll:
    case ParameterOp::ReplaceFront:
    case ParameterOp::ReplaceBack:
      return replaced(part, value);
    case ParameterOp::Substring: {
      const auto from = number(*part.argument);
      if (!from) return value;
      const auto size = static_cast<std::int64_t>(value.size());
      const std::int64_t begin = *from < 0 ? *from + size : *from;
      std::int64_t end = size;
      if (part.replacement) {
        const auto length = number(*part.replacement);
        if (!length) return value;
        if (*length < 0) {
          end = size + *length;
        } else if (*length < size) {
          end = std::min(size, std::clamp<std::int64_t>(begin, 0, size) + *length);
        }
        if (begin >= 0 && begin <= size && end < begin) {
          problem(fmt::format("{}: substring expression < 0", *length), 1, 1);
          return value;
        }
      }
      if (begin < 0 || begin >= size) return "";
      return value.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    }
    case ParameterOp::UpperFirst:
    case ParameterOp::UpperAll:
    case ParameterOp::LowerFirst:
    case ParameterOp::LowerAll: {
      const std::string wanted = pattern(*part.argument);
      if (stopped()) return value;
      const bool upper = part.op == ParameterOp::UpperFirst || part.op == ParameterOp::UpperAll;
      const bool all = part.op == ParameterOp::UpperAll || part.op == ParameterOp::LowerAll;
      std::string made = value;
      for (char& c : made) {
        if (wanted.empty() || fits(wanted, std::string_view(&c, 1), work_)) {
          const auto letter = static_cast<unsigned char>(c);
          c = static_cast<char>(upper ? std::toupper(letter) : std::tolower(letter));
        }
        if (!all) break;
      }
      return made;
    }
    case ParameterOp::Transform:
      return transformed(part.argument->parts[0].text[0], value);
    case ParameterOp::Plain:
    case ParameterOp::Names:
    case ParameterOp::Length:
    case ParameterOp::Default:
    case ParameterOp::Assign:
    case ParameterOp::Error:
    case ParameterOp::Alternative:
    case ParameterOp::Bad:
      return value;
  }
  return value;
}

std::string Expander::replaced(const Part& part, const std::string& value) {
  const std::string wanted = pattern(*part.argument);
  const std::string with = part.replacement ? single(*part.replacement) : "";
  if (stopped()) return value;
  if (wanted.empty()) return part.op == ParameterOp::ReplaceFront ? with + value : value;
  const auto only_length = fixed_length(wanted);
  std::string made;
  std::size_t at = 0;
  const std::string_view text(value);
  const bool front = part.op == ParameterOp::ReplaceFront;
  while (at <= text.size()) {
    // The longest piece here that the pattern fits.
    std::size_t length = std::string_view::npos;
    const std::size_t left = text.size() - at;
    const std::size_t longest = only_length ? *only_length : left;
    for (std::size_t n = longest + 1; n-- > (only_length ? longest : 0) && n <= left;) {
      if (part.op == ParameterOp::ReplaceBack && n != left) break;
      if (fits(wanted, text.substr(at, n), work_)) {
        length = n;
        break;
      }
    }
    if (work_ <= 0) {
      problem("pattern too slow for so long a text", 1, 1);
      return value;
    }
    if (length == std::string_view::npos || length == 0) {
      if (at < text.size()) made += text[at];
      ++at;
      if (front) break;
      continue;
    }
    made += with;
    if (made.size() > kLongestWord) {
      problem("word too long", 1, 1);
      return value;
    }
    at += length;
    if (part.op != ParameterOp::ReplaceAll) break;
  }
  if (at < text.size()) made += text.substr(at);
  return made;
}

/// ${x@Q} and its like.
std::string Expander::transformed(char letter, const std::string& value) {
  std::string made = value;
  switch (letter) {
    case 'Q':
      made = quoted(value);
      // Here quotes stand even where they need not.
      if (made == value) made = fmt::format("'{}'", value);
      return made;
    case 'E': {
      bool stop = false;
      return unescaped(value, false, &stop);
    }
    case 'u':
      if (!made.empty()) {
        made[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(made[0])));
      }
      return made;
    default:
      for (char& c : made) {
        const auto byte = static_cast<unsigned char>(c);
        c = static_cast<char>(letter == 'U' ? std::toupper(byte) : std::tolower(byte));
      }
      return made;
  }
}

}  // namespace sim::shell
