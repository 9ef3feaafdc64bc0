// The builtins that set variables, arguments and options.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/builtins.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

constexpr int kUsage = 2;

struct OptionName {
  std::string_view name;
  char letter;        // 0: by name only
  bool Shell::*flag;  // null: known, and of no consequence here
  bool on = false;    // what it is then
};

// As `set -o` lists them.
constexpr OptionName kOptions[] = {
    {"allexport", 'a', &Shell::all_export},
    {"braceexpand", 'B', nullptr, true},
    {"emacs", 0, nullptr},
    {"errexit", 'e', &Shell::exit_on_error},
    {"errtrace", 'E', nullptr},
    {"functrace", 'T', nullptr},
    {"hashall", 'h', nullptr, true},
    {"histexpand", 'H', nullptr},
    {"history", 0, nullptr},
    {"ignoreeof", 0, nullptr},
    {"interactive-comments", 0, nullptr, true},
    {"keyword", 'k', nullptr},
    {"monitor", 'm', nullptr},
    {"noclobber", 'C', &Shell::no_clobber},
    {"noexec", 'n', nullptr},
    {"noglob", 'f', &Shell::no_globbing},
    {"nolog", 0, nullptr},
    {"notify", 'b', nullptr},
    {"nounset", 'u', &Shell::unset_is_error},
    {"onecmd", 't', nullptr},
    {"physical", 'P', nullptr},
    {"pipefail", 0, &Shell::pipe_fail},
    {"posix", 0, nullptr},
    {"privileged", 'p', nullptr},
    {"verbose", 'v', nullptr},
    {"vi", 0, nullptr},
    {"xtrace", 'x', &Shell::trace},
};

bool set_row(Shell& shell, const OptionName& row, bool on) {
  if (row.flag) shell.*row.flag = on;
  return true;
}

/// NAME[index] → its parts; false when it is no name.
bool split_element(const std::string& word, std::string* name, std::optional<std::string>* index) {
  const std::size_t open = word.find('[');
  *name = word.substr(0, open);
  if (open != std::string::npos) {
    if (word.back() != ']') return false;
    *index = word.substr(open + 1, word.size() - open - 2);
  }
  return is_name(*name);
}

std::string assignment_text(const Variable& variable) {
  if (!variable.set) return "";
  if (variable.is_map) {
    std::string text = "=(";
    for (const auto& [key, element] : variable.keyed) {
      text += fmt::format("[{}]={} ", quoted(key), double_quoted(element));
    }
    return text + ")";
  }
  if (!variable.is_array) return "=" + double_quoted(variable.value);
  std::string text = "=(";
  for (const auto& [at, element] : variable.elements) {
    text += fmt::format("{}[{}]={}", text.size() > 2 ? " " : "", at, double_quoted(element));
  }
  return text + ")";
}

}  // namespace

bool set_option(Shell& shell, char letter, bool on) {
  for (const OptionName& row : kOptions) {
    if (row.letter == letter && letter != 0) return set_row(shell, row, on);
  }
  return false;
}

bool set_option(Shell& shell, std::string_view name, bool on) {
  for (const OptionName& row : kOptions) {
    if (row.name == name) return set_row(shell, row, on);
  }
  return false;
}

std::string Builtins::declaration(const std::string& name, const Variable& variable) const {
  std::string flags;
  if (variable.is_array) flags += 'a';
  if (variable.is_map) flags += 'A';
  if (variable.integer) flags += 'i';
  if (variable.read_only) flags += 'r';
  if (variable.exported) flags += 'x';
  if (flags.empty()) flags = "-";
  return fmt::format("declare -{} {}{}\n", flags, name, assignment_text(variable));
}

void Builtins::show_variables(std::string_view command, bool (*wanted)(const Variable&)) {
  std::string text;
  for (const auto& [name, variable] : shell.variables) {
    if (!wanted(variable)) continue;
    if (!shell.ash) {
      text += declaration(name, variable);
    } else if (variable.set) {
      text += fmt::format("{} {}='{}'\n", command, name, variable.value);
    } else {
      text += fmt::format("{} {}\n", command, name);
    }
  }
  out(text);
}

// ---- export, declare, local, readonly ----

Builtins::Status Builtins::export_names() {
  Options given;
  std::size_t first = 1;
  if (!options(shell.ash ? "pn" : "fnp", &given, &first)) return kUsage;
  if (first >= words.size()) {
    show_variables("export", [](const Variable& variable) { return variable.exported; });
    return 0;
  }
  int status = 0;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (has_option(given, "f")) {
      if (shell.functions.count(words[i]) == 0) {
        complain(fmt::format("{}: not a function", words[i]));
        status = 1;
      } else if (has_option(given, "n")) {
        shell.exported_functions.erase(words[i]);
      } else {
        shell.exported_functions.insert(words[i]);
      }
      continue;
    }
    Variable wanted;
    wanted.exported = !has_option(given, "n");
    if (declare_name(words[i], wanted, has_option(given, "n") ? "x" : "", false)) continue;
    status = 1;
    if (!shell.ash) continue;
    machine.exit_shell(kUsage);
    return std::nullopt;
  }
  return status;
}

/// Inside a function, `local`: the variable is put back when the function ends.
void Builtins::make_local(const std::string& name) {
  bool exported = false;
  if (const Variable* old = machine.find(name)) exported = old->exported;
  for (std::size_t at = in.stack.size(); at > 0; --at) {
    Frame& each = in.stack[at - 1];
    if (is_barrier(each)) break;  // the subshell's variables end with it
    if (each.kind != Frame::Kind::Function) continue;
    for (const auto& [saved, variable] : each.saved_variables) {
      if (saved == name) return;  // it is local already
    }
    machine.remember(each.saved_variables, name);
    break;
  }
  const Variable* old = machine.find(name);
  if (old && old->read_only) return;
  machine.unset(name);
  Variable& made = machine.edit(name);
  made.set = false;
  made.exported = exported;
}

/// One argument of declare and its kin: NAME or NAME=value. False after a message.
bool Builtins::declare_name(const std::string& word, const Variable& wanted,
                            std::string_view taken_away, bool local) {
  std::size_t equal = word.find('=');
  const bool has_value = equal != std::string::npos;
  const bool append = has_value && equal > 0 && word[equal - 1] == '+';
  std::string name;
  std::optional<std::string> index;
  if (!split_element(word.substr(0, append ? equal - 1 : equal), &name, &index)) {
    complain(shell.ash ? fmt::format("{}: bad variable name", word.substr(0, equal))
                       : fmt::format("`{}': not a valid identifier", word));
    return false;
  }
  const bool array_assigned =
      frame.node && std::any_of(frame.node->assignments.begin(), frame.node->assignments.end(),
                                [&](const Assignment& each) { return each.name == name; });
  if (local && !array_assigned) make_local(name);
  const Variable* old = machine.find(name);
  if (old && old->read_only && (has_value || taken_away.find('r') != std::string_view::npos)) {
    const bool says_who = words[0] == "declare" || words[0] == "local" || words[0] == "typeset";
    const std::string_view why = shell.ash ? "is read only" : "readonly variable";
    if (says_who) {
      complain(fmt::format("{}: {}", name, why));
    } else {
      machine.complain(fmt::format("{}: {}", name, why));
    }
    return false;
  }
  if (old && ((wanted.is_map && old->is_array) || (wanted.is_array && old->is_map))) {
    complain(fmt::format("{}: cannot convert {} array", name,
                         old->is_map ? "associative to indexed" : "indexed to associative"));
    return false;
  }
  const bool is_new = !old;
  Variable& variable = machine.edit(name);
  if (is_new) variable.set = false;
  if (wanted.integer) variable.integer = true;
  if (taken_away.find('i') != std::string_view::npos) variable.integer = false;
  if (wanted.is_map && !variable.is_map) {
    variable.is_map = true;
  } else if (wanted.is_array && !variable.is_array) {
    variable.is_array = true;
    if (!variable.value.empty()) variable.elements[0] = variable.value;
    variable.value = Str();
  }
  if (has_value) {
    const std::string text = word.substr(equal + 1);
    bool done = false;
    if (index && variable.is_map) {
      done = machine.assign_key(name, *index, text, append);
    } else if (index) {
      const auto at = machine.calculate(*index);
      done = at && machine.assign(name, text, append, *at);
    } else {
      done = machine.assign(name, text, append);
    }
    if (!done) return false;
  }
  Variable& after = machine.edit(name);
  if (wanted.exported) after.exported = true;
  if (wanted.read_only) after.read_only = true;
  if (taken_away.find('x') != std::string_view::npos) after.exported = false;
  return true;
}

Builtins::Status Builtins::declare() {
  const std::string& name = words[0];
  const bool is_readonly = name == "readonly";
  if (name == "local" && shell.function_depth == 0) {
    complain(shell.ash ? "not in a function" : "can only be used in a function");
    return 1;
  }
  std::string added;
  std::string taken;
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1; ++i) {
    const bool minus = words[i][0] == '-';
    if (!minus && (words[i][0] != '+' || is_readonly)) break;
    if (words[i] == "--") {
      ++i;
      break;
    }
    for (const char letter : words[i].substr(1)) {
      if (std::string_view(is_readonly ? "aApf" : "aAfFgipxr").find(letter) ==
          std::string_view::npos) {
        complain(fmt::format("{}{}: invalid option", words[i][0], letter));
        return wrong_use();
      }
      (minus ? added : taken) += letter;
    }
  }
  const auto has = [&](char letter) { return added.find(letter) != std::string::npos; };
  const bool shows = has('p') || (i >= words.size() && added.empty() && taken.empty());
  if (has('F') || has('f')) {
    int status = 0;
    const auto show = [&](const std::string& function, const NodePtr& node) {
      if (has('F')) {
        out(i < words.size() ? function + "\n" : fmt::format("declare -f {}\n", function));
      } else {
        out(fmt::format("{} () \n{}\n", function, node->texts[0]));
      }
    };
    for (std::size_t at = i; at < words.size(); ++at) {
      const auto found = shell.functions.find(words[at]);
      if (found == shell.functions.end()) {
        status = 1;
      } else if (!is_readonly) {
        show(found->first, found->second);
      }
    }
    if (i >= words.size()) {
      for (const auto& [function, node] : shell.functions) show(function, node);
    }
    return status;
  }
  if (shows && i < words.size() && !is_readonly) {
    int status = 0;
    for (; i < words.size(); ++i) {
      if (const Variable* variable = machine.find(words[i])) {
        out(declaration(words[i], *variable));
      } else {
        complain(fmt::format("{}: not found", words[i]));
        status = 1;
      }
    }
    return status;
  }
  if (i >= words.size()) {
    if (is_readonly) {
      show_variables("readonly", [](const Variable& variable) { return variable.read_only; });
    } else if (has('x')) {
      show_variables("declare", [](const Variable& variable) { return variable.exported; });
    } else if (has('r')) {
      show_variables("declare", [](const Variable& variable) { return variable.read_only; });
    } else if (has('a')) {
      show_variables("declare", [](const Variable& variable) { return variable.is_array; });
    } else if (has('A')) {
      show_variables("declare", [](const Variable& variable) { return variable.is_map; });
    } else if (name != "local") {
      show_variables("declare", [](const Variable&) { return true; });
    }
    return 0;
  }
  Variable wanted;
  wanted.exported = has('x');
  wanted.read_only = has('r') || is_readonly;
  wanted.integer = has('i');
  wanted.is_array = has('a');
  wanted.is_map = has('A');
  const bool local = shell.function_depth > 0 && !has('g') && !is_readonly;
  int status = 0;
  for (; i < words.size(); ++i) {
    if (!declare_name(words[i], wanted, taken, local)) status = 1;
  }
  if (status != 0 && shell.ash && is_readonly) {
    machine.exit_shell(kUsage);
    return std::nullopt;
  }
  return status;
}

// ---- unset, set, shift, let ----

Builtins::Status Builtins::unset() {
  Options given;
  std::size_t first = 1;
  if (!options(shell.ash ? "fv" : "fnv", &given, &first)) return kUsage;
  int status = 0;
  for (std::size_t i = first; i < words.size(); ++i) {
    std::string name;
    std::optional<std::string> index;
    const bool valid = split_element(words[i], &name, &index);
    const Variable* variable = machine.find(name);
    if (has_option(given, "f") || (!variable && !has_option(given, "v"))) {
      shell.functions.erase(words[i]);
      continue;
    }
    if (!valid) {
      complain(fmt::format("`{}': not a valid identifier", words[i]));
      status = 1;
    } else if (variable && variable->read_only) {
      if (shell.ash) return fail(fmt::format("{}: is read only", name));
      complain(fmt::format("{}: cannot unset: readonly variable", name));
      status = 1;
    } else if (index && *index != "@" && *index != "*") {
      machine.unset_element(name, *index);
    } else {
      machine.unset(name);
    }
  }
  return status;
}

Builtins::Status Builtins::set() {
  if (words.size() == 1) {
    std::string text;
    for (const auto& [name, variable] : shell.variables) {
      if (!variable.set) continue;
      text += name;
      text += variable.is_array || variable.is_map ? assignment_text(variable)
              : shell.ash                          ? fmt::format("='{}'", variable.value)
              : variable.value.empty()             ? "="
                                                   : "=" + quoted(variable.value);
      text += '\n';
    }
    out(text);
    return 0;
  }
  std::size_t i = 1;
  for (; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      ++i;
      shell.arguments.clear();
      break;
    }
    if (word == "-") {
      shell.trace = false;
      ++i;
      break;
    }
    if (word.size() < 2 || (word[0] != '-' && word[0] != '+')) break;
    const bool on = word[0] == '-';
    for (const char letter : word.substr(1)) {
      if (letter == 'o') {
        if (i + 1 < words.size()) {
          if (!set_option(shell, std::string_view(words[++i]), on)) {
            if (shell.ash) return fail(fmt::format("illegal option -o {}", words[i]));
            return fail(fmt::format("{}: invalid option name", words[i]), kUsage);
          }
          continue;
        }
        for (const OptionName& row : kOptions) {
          const bool is_on = row.flag ? shell.*row.flag : row.on;
          out(on ? fmt::format("{:<15}\t{}\n", row.name, is_on ? "on" : "off")
                 : fmt::format("set {}o {}\n", is_on ? '-' : '+', row.name));
        }
      } else if (!set_option(shell, letter, on)) {
        if (shell.ash) return fail(fmt::format("illegal option {}{}", word[0], letter));
        complain(fmt::format("{}{}: invalid option", word[0], letter));
        return wrong_use();
      }
    }
  }
  if (i < words.size()) {
    shell.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  }
  return 0;
}

Builtins::Status Builtins::shift() {
  std::int64_t count = 1;
  if (words.size() > 1) {
    const auto given = whole_number(words[1]);
    if (!given) {
      return fail(shell.ash ? fmt::format("Illegal number: {}", words[1])
                            : fmt::format("{}: numeric argument required", words[1]));
    }
    if (words.size() > 2) {
      complain("too many arguments");
      machine.discard(1);
      return std::nullopt;
    }
    count = *given;
  }
  if (count < 0) return fail(fmt::format("{}: shift count out of range", words[1]));
  std::vector<std::string>& all = shell.arguments;
  if (count > static_cast<std::int64_t>(all.size())) {
    return shell.ash ? fail("can't shift that many") : Status(1);
  }
  machine.charge(all.size() * sizeof(std::string));
  all.erase(all.begin(), all.begin() + count);
  return 0;
}

Builtins::Status Builtins::let() {
  if (words.size() == 1) return fail("expression expected");
  std::optional<std::int64_t> value;
  for (std::size_t i = 1; i < words.size(); ++i) {
    value = machine.calculate(words[i], "let: ");
    if (!value) return 1;
  }
  return *value != 0 ? 0 : 1;
}

Builtins::Status Builtins::getopts() {
  if (words.size() < 3) return wrong_use();
  std::string spec = words[1];
  const bool silent = !spec.empty() && spec[0] == ':';
  if (silent) spec.erase(0, 1);
  const std::string& name = words[2];
  std::vector<std::string> arguments = shell.arguments;
  machine.charge(arguments.size() * sizeof(std::string));
  if (words.size() > 3) {
    arguments.assign(words.begin() + 3, words.end());
  }
  const auto at_text = whole_number(machine.value("OPTIND").value_or("1"));
  std::size_t at = at_text && *at_text > 0 ? static_cast<std::size_t>(*at_text) - 1 : 0;
  if (!is_name(name)) return fail(fmt::format("`{}': not a valid identifier", name));
  const auto place = [&](std::string_view letter, std::optional<std::string> value) {
    if (value) {
      machine.assign("OPTARG", *value);
    } else {
      machine.unset("OPTARG");
    }
    machine.assign("OPTIND", fmt::format("{}", at + 1));
    return machine.assign(name, letter) ? 0 : 1;
  };
  // OPTIND=1 begins again.
  if (at != shell.option_word) shell.option_letter = 0;
  if (shell.option_letter == 0) {
    const bool ends = at >= arguments.size() || arguments[at].size() < 2 ||
                      arguments[at][0] != '-' || arguments[at] == "--";
    if (ends) {
      if (at < arguments.size() && arguments[at] == "--") ++at;
      place("?", std::nullopt);
      shell.option_word = at;
      return 1;
    }
    shell.option_letter = 1;
  }
  const std::string word = at < arguments.size() ? arguments[at] : "";
  const char letter = shell.option_letter < word.size() ? word[shell.option_letter] : '?';
  const auto next_word = [&] {
    ++at;
    shell.option_letter = 0;
  };
  ++shell.option_letter;
  const std::size_t found = spec.find(letter);
  int status = 0;
  if (letter == ':' || found == std::string::npos) {
    if (shell.option_letter >= word.size()) next_word();
    if (!silent) {
      machine.write(2, shell.ash ? fmt::format("Illegal option -{}\n", letter)
                                 : fmt::format("{}: illegal option -- {}\n", shell.name, letter));
    }
    status = place("?", silent ? std::optional<std::string>(std::string(1, letter)) : std::nullopt);
  } else if (found + 1 < spec.size() && spec[found + 1] == ':') {
    std::optional<std::string> value;
    if (shell.option_letter < word.size()) value = word.substr(shell.option_letter);
    next_word();
    if (!value && at < arguments.size()) value = arguments[at++];
    if (value) {
      status = place(std::string(1, letter), value);
    } else if (silent) {
      status = place(":", std::string(1, letter));
    } else {
      machine.write(2, shell.ash ? fmt::format("No arg for -{} option\n", letter)
                                 : fmt::format("{}: option requires an argument -- {}\n",
                                               shell.name, letter));
      status = place("?", std::nullopt);
    }
  } else {
    if (shell.option_letter >= word.size()) next_word();
    status = place(std::string(1, letter), std::nullopt);
  }
  shell.option_word = at;
  return status;
}

}  // namespace sim::shell
