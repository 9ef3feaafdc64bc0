// What a shell remembers by name, and what it says.
#include <algorithm>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_arithmetic.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

constexpr std::string_view kBashVersion = "5.2.15(1)-release";

std::size_t bytes_of(const Variable& variable) {
  std::size_t bytes = kVariableCost + variable.value.size();
  for (const auto& [at, element] : variable.elements) bytes += kVariableCost + element.size();
  for (const auto& [key, element] : variable.keyed) {
    bytes += kVariableCost + key.size() + element.size();
  }
  return bytes;
}

}  // namespace

// ---- Messages ----

std::string Machine::prefix() const {
  const Shell& shell = in_.shell;
  if (shell.ash) {
    return shell.from_file ? fmt::format("{}: line {}: ", shell.name, in_.line) : shell.name + ": ";
  }
  // bash 5.2 error.c: get_name_for_error, which goes by where the function came from.
  std::string_view name = shell.name;
  for (std::size_t at = in_.stack.size(); at > 0; --at) {
    const Frame& frame = in_.stack[at - 1];
    if (frame.kind == Frame::Kind::Source) {
      name = frame.words[0];
      break;
    }
    if (frame.kind == Frame::Kind::Function && shell.from_option) {
      name = "environment";
      break;
    }
    if (frame.run_by == "shell") break;
  }
  return fmt::format("{}: line {}: ", name, in_.line);
}

void Machine::complain(std::string_view text) {
  std::string line = prefix();
  line.append(text).append("\n");
  write(2, line);
}

void Machine::trace(std::string_view text) {
  std::string start = value("PS4").value_or("+ ");
  // The first letter once for each script inside a script.
  std::size_t depth = 0;
  for (const Frame& frame : in_.stack) {
    const bool inside =
        frame.kind == Frame::Kind::Source || frame.kind == Frame::Kind::Trap ||
        (frame.captures && !frame.is_pipe_stage) ||
        (frame.kind == Frame::Kind::Program && !frame.words.empty() && frame.words[0] == "eval");
    if (inside) ++depth;
  }
  if (!start.empty() && !in_.shell.ash) start.insert(0, depth, start[0]);
  write(2, start.append(text).append("\n"));
}

// ---- Variables ----

const Variable* Machine::find(const std::string& name) const {
  const auto found = in_.shell.variables.find(name);
  if (found != in_.shell.variables.end()) return &found->second;
  if (name != "PIPESTATUS" || in_.shell.ash) return nullptr;
  special_ = Variable();
  special_.is_array = true;
  for (const int status : in_.pipe_statuses) {
    special_.elements[static_cast<std::int64_t>(special_.elements.size())] =
        Str(fmt::format("{}", status));
  }
  return &special_;
}

std::optional<std::string> Machine::value(const std::string& name) {
  const Shell& shell = in_.shell;
  if (const Variable* variable = find(name)) {
    if (!variable->set) return std::nullopt;
    if (variable->is_map) {
      const auto zero = variable->keyed.find("0");
      if (zero == variable->keyed.end()) return std::nullopt;
      return zero->second.str();
    }
    if (!variable->is_array) return variable->value.str();
    const auto first = variable->elements.find(0);
    if (first == variable->elements.end()) return std::nullopt;
    return first->second.str();
  }
  if (name.empty()) return std::nullopt;
  if (name[0] >= '0' && name[0] <= '9') {
    if (name.size() > 6) return std::nullopt;
    std::size_t index = 0;
    for (const char c : name) index = index * 10 + static_cast<std::size_t>(c - '0');
    if (index == 0) return shell.name;
    if (index > shell.arguments.size()) return std::nullopt;
    return shell.arguments[index - 1];
  }
  if (name == "?") return fmt::format("{}", in_.status);
  if (name == "#") return fmt::format("{}", shell.arguments.size());
  if (name == "$") return fmt::format("{}", shell.pid);
  if (name == "PPID") return fmt::format("{}", shell.pid == 1 ? 0 : 1);
  if (name == "!") {
    if (in_.background_pid == 0) return std::nullopt;
    return fmt::format("{}", in_.background_pid);
  }
  if (name == "-") {
    std::string flags;
    if (shell.all_export) flags += 'a';
    if (shell.exit_on_error) flags += 'e';
    if (shell.no_globbing) flags += 'f';
    if (!shell.ash) flags += 'h';
    if (shell.unset_is_error) flags += 'u';
    if (shell.trace) flags += 'x';
    if (!shell.ash) flags += 'B';
    if (shell.from_option) flags += 'c';
    return flags;
  }
  if (name == "LINENO") return fmt::format("{}", in_.line);
  if (name == "RANDOM") {
    return fmt::format("{}",
                       draw_below(32768, system_.seed(), "RANDOM",
                                  mix(static_cast<std::uint64_t>(shell.pid)) ^ shell.random_stream,
                                  in_.shell.random_draws++));
  }
  if (shell.ash) return std::nullopt;
  if (name == "BASHPID") return fmt::format("{}", shell.own_pid);
  if (name == "SECONDS") return fmt::format("{}", (system_.now() - in_.start).seconds());
  if (name == "EPOCHSECONDS") return fmt::format("{}", system_.now().ns / 1'000'000'000);
  if (name == "UID" || name == "EUID") return fmt::format("{}", system_.files().uid);
  if (name == "BASH") return "/bin/bash";
  if (name == "BASH_VERSION") return std::string(kBashVersion);
  if (name == "BASH_SUBSHELL") return fmt::format("{}", shell.subshell_depth);
  if (name == "FUNCNAME") {
    for (std::size_t at = in_.stack.size(); at > 1; --at) {
      if (in_.stack[at - 1].kind == Frame::Kind::Function) return in_.stack[at - 2].words[0];
    }
  }
  return std::nullopt;
}

void Machine::remember(SavedVariables& saved, const std::string& name) {
  const Variable* variable = find(name);
  if (variable) charge((variable->elements.size() + variable->keyed.size()) * kVariableCost);
  saved.emplace_back(name, variable ? std::optional<Variable>(*variable) : std::nullopt);
}

void restore_variables(Shell& shell, SavedVariables& saved) {
  for (auto row = saved.rbegin(); row != saved.rend(); ++row) {
    const auto old = shell.variables.find(row->first);
    if (old != shell.variables.end()) {
      shell.variable_bytes -= std::min(shell.variable_bytes, bytes_of(old->second));
    }
    if (row->second) {
      shell.variable_bytes += bytes_of(*row->second);
      shell.variables[row->first] = std::move(*row->second);
    } else {
      shell.variables.erase(row->first);
    }
  }
  saved.clear();
}

Variable& Machine::edit(const std::string& name) {
  if (undo_) remember(*undo_, name);
  Shell& shell = in_.shell;
  const auto [row, is_new] = shell.variables.try_emplace(name);
  if (is_new) {
    shell.variable_bytes += kVariableCost;
    row->second.exported = shell.all_export;
  }
  return row->second;
}

/// Whether a variable may take so many more bytes; complains when not.
bool Machine::may_assign(const std::string& name, std::size_t bytes) {
  const Variable* old = find(name);
  if (old && old->read_only) {
    complain(fmt::format("{}: {}", name, in_.shell.ash ? "is read only" : "readonly variable"));
    return false;
  }
  charge(bytes);
  if (in_.shell.variable_bytes + bytes + kVariableCost > kMostVariables) {
    complain(fmt::format("{}: cannot allocate memory", name));
    return false;
  }
  return true;
}

bool Machine::assign(const std::string& name, std::string_view text, bool append,
                     std::optional<std::int64_t> index) {
  const Variable* old = find(name);
  if (old && old->is_map) {
    return assign_key(name, index ? fmt::format("{}", *index) : "0", text, append);
  }
  std::string calculated;
  if (old && old->integer) {
    std::string expression(text);
    if (append && !index) expression = fmt::format("{}+({})", value(name).value_or("0"), text);
    const auto number = calculate(expression);
    if (!number) return false;
    calculated = fmt::format("{}", *number);
    text = calculated;
    append = append && index;
  }
  if (!may_assign(name, text.size())) return false;
  Shell& shell = in_.shell;
  Variable& variable = edit(name);
  variable.set = true;
  const auto put = [&](Str& place) {
    const std::size_t before = place.size();
    if (append) charge(before);
    place = append ? Str(place.str().append(text)) : Str(text);
    shell.variable_bytes += place.size();
    shell.variable_bytes -= std::min(shell.variable_bytes, before);
  };
  if (!index && !variable.is_array) {
    put(variable.value);
    return true;
  }
  if (!variable.is_array) {
    variable.is_array = true;
    if (!variable.value.empty()) {
      variable.elements[0] = variable.value;
      shell.variable_bytes += kVariableCost;
    }
    variable.value = Str();
  }
  std::int64_t at = index.value_or(0);
  if (at < 0 && !variable.elements.empty()) at += variable.elements.rbegin()->first + 1;
  if (at < 0) {
    complain(fmt::format("{}[{}]: bad array subscript", name, *index));
    return false;
  }
  const auto [element, is_new] = variable.elements.try_emplace(at);
  if (is_new) shell.variable_bytes += kVariableCost;
  put(element->second);
  return true;
}

bool Machine::assign_key(const std::string& name, const std::string& key, std::string_view text,
                         bool append) {
  if (!may_assign(name, key.size() + text.size())) return false;
  Variable& variable = edit(name);
  variable.set = true;
  variable.is_map = true;
  const auto [element, is_new] = variable.keyed.try_emplace(key);
  in_.shell.variable_bytes += text.size() + (is_new ? kVariableCost + key.size() : 0);
  element->second = append ? Str(element->second.str().append(text)) : Str(text);
  return true;
}

bool Machine::clear_array(const std::string& name, bool is_map) {
  if (!may_assign(name, 0)) return false;
  Variable& variable = edit(name);
  Shell& shell = in_.shell;
  shell.variable_bytes -= std::min(shell.variable_bytes, bytes_of(variable) - kVariableCost);
  variable.value = Str();
  variable.elements.clear();
  variable.keyed.clear();
  variable.set = true;
  variable.is_array = !is_map;
  variable.is_map = is_map;
  return true;
}

bool Machine::assign_array(const std::string& name, const std::vector<std::string>& values,
                           bool append) {
  std::size_t bytes = 0;
  for (const std::string& text : values) bytes += text.size() + kVariableCost;
  if (!may_assign(name, bytes)) return false;
  const Variable* old = find(name);
  if (!append || !old) {
    if (!clear_array(name, false)) return false;
  }
  Variable& variable = edit(name);
  variable.set = true;
  if (!variable.is_array) {
    variable.is_array = true;
    if (!variable.value.empty()) variable.elements[0] = variable.value;
    variable.value = Str();
  }
  std::int64_t at = variable.elements.empty() ? 0 : variable.elements.rbegin()->first + 1;
  for (const std::string& text : values) variable.elements[at++] = Str(text);
  in_.shell.variable_bytes += bytes;
  return true;
}

void Machine::unset(const std::string& name) {
  const Variable* old = find(name);
  if (!old) return;
  Shell& shell = in_.shell;
  shell.variable_bytes -= std::min(shell.variable_bytes, bytes_of(*old));
  if (undo_) remember(*undo_, name);
  shell.variables.erase(name);
}

void Machine::unset_element(const std::string& name, const std::string& index) {
  const Variable* old = find(name);
  if (!old) return;
  std::size_t freed = 0;
  if (old->is_map) {
    const auto found = old->keyed.find(index);
    if (found == old->keyed.end()) return;
    freed = kVariableCost + found->first.size() + found->second.size();
    edit(name).keyed.erase(index);
  } else {
    auto at = calculate(index);
    if (!at) return;
    if (*at < 0 && !old->elements.empty()) *at += old->elements.rbegin()->first + 1;
    const auto found = old->elements.find(*at);
    if (found == old->elements.end()) return;
    freed = kVariableCost + found->second.size();
    edit(name).elements.erase(*at);
  }
  in_.shell.variable_bytes -= std::min(in_.shell.variable_bytes, freed);
}

std::optional<std::int64_t> Machine::calculate(std::string_view expression, std::string_view who) {
  charge(expression.size() + 64);
  Arithmetic variables;
  variables.get = [this](const std::string& name, std::optional<std::int64_t> index) {
    charge(64);
    if (const std::size_t open = name.find('['); open != std::string::npos) {
      const Variable* map = find(name.substr(0, open));
      if (!map) return std::string();
      const auto found = map->keyed.find(name.substr(open + 1));
      return found == map->keyed.end() ? std::string() : found->second.str();
    }
    const Variable* variable = find(name);
    if (index && variable && variable->is_array) {
      std::int64_t at = *index;
      if (at < 0 && !variable->elements.empty()) at += variable->elements.rbegin()->first + 1;
      const auto found = variable->elements.find(at);
      return found == variable->elements.end() ? std::string() : found->second.str();
    }
    return value(name).value_or("");
  };
  variables.set = [this](const std::string& name, std::optional<std::int64_t> index,
                         std::int64_t number) {
    if (const std::size_t open = name.find('['); open != std::string::npos) {
      return assign_key(name.substr(0, open), name.substr(open + 1), fmt::format("{}", number),
                        false);
    }
    const Variable* variable = find(name);
    if (variable && variable->read_only) return false;
    return assign(name, fmt::format("{}", number), false, index);
  };
  variables.is_map = [this](const std::string& name) {
    const Variable* variable = find(name);
    return variable && variable->is_map;
  };
  std::string error;
  const auto result = evaluate(expression, variables, &error);
  if (!result) complain(fmt::format("{}{}", who, error));
  return result;
}

}  // namespace sim::shell
