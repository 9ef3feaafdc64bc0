#include "sim/programs/builtins.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

constexpr int kUsage = 2;
constexpr int kNotFound = 127;
constexpr int kStarted = 1;  // of CommandState::stage: its child frame has been pushed

struct Known {
  std::string_view name;
  Builtins::Status (Builtins::*run)();
  bool ash;  // busybox's ash has it too
  std::string_view usage;
};

// Sorted by name. Usages: bash 5.2.
constexpr Known kKnown[] = {
    {".", &Builtins::source, true, ". filename [arguments]"},
    {":", &Builtins::colon, true, ""},
    {"[", &Builtins::test, true, "[ arg... ]"},
    {"alias", &Builtins::alias, true, "alias [-p] [name[=value] ... ]"},
    {"bg", &Builtins::background, true, "bg [job_spec ...]"},
    {"break", &Builtins::leave_loop, true, "break [n]"},
    {"builtin", &Builtins::command, false, "builtin [shell-builtin [arg ...]]"},
    {"cd", &Builtins::change_directory, true, "cd [-L|[-P [-e]] [-@]] [dir]"},
    {"command", &Builtins::command, true, "command [-pVv] command [arg ...]"},
    {"continue", &Builtins::leave_loop, true, "continue [n]"},
    {"declare", &Builtins::declare, false,
     "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]"},
    {"echo", &Builtins::echo, true, "echo [-neE] [arg ...]"},
    {"eval", &Builtins::eval, true, "eval [arg ...]"},
    {"exec", &Builtins::exec, true,
     "exec [-cl] [-a name] [command [argument ...]] [redirection ...]"},
    {"exit", &Builtins::exit, true, "exit [n]"},
    {"export", &Builtins::export_names, true, "export [-fn] [name[=value] ...] or export -p"},
    {"false", &Builtins::no, true, ""},
    {"fg", &Builtins::foreground, true, "fg [job_spec]"},
    {"getopts", &Builtins::getopts, true, "getopts optstring name [arg ...]"},
    {"hash", &Builtins::hash, true, "hash [-lr] [-p pathname] [-dt] [name ...]"},
    {"jobs", &Builtins::jobs, true, "jobs [-lnprs] [jobspec ...] or jobs -x command [args]"},
    {"kill", &Builtins::kill, true,
     "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"},
    {"let", &Builtins::let, true, "let arg [arg ...]"},
    {"local", &Builtins::declare, true, "local [option] name[=value] ..."},
    {"mapfile", &Builtins::read_lines, false,
     "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] "
     "[array]"},
    {"printf", &Builtins::print, true, "printf [-v var] format [arguments]"},
    {"pwd", &Builtins::print_directory, true, "pwd [-LP]"},
    {"read", &Builtins::read, true,
     "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] "
     "[-u fd] [name ...]"},
    {"readarray", &Builtins::read_lines, false,
     "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c "
     "quantum] [array]"},
    {"readonly", &Builtins::declare, true, "readonly [-aAf] [name[=value] ...] or readonly -p"},
    {"return", &Builtins::give_back, true, "return [n]"},
    {"set", &Builtins::set, true, "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"},
    {"shift", &Builtins::shift, true, "shift [n]"},
    {"shopt", &Builtins::shopt, false, "shopt [-pqsu] [-o] [optname ...]"},
    {"source", &Builtins::source, true, "source filename [arguments]"},
    {"test", &Builtins::test, true, "test [expr]"},
    {"times", &Builtins::times, true, ""},
    {"trap", &Builtins::trap, true, "trap [-lp] [[arg] signal_spec ...]"},
    {"true", &Builtins::colon, true, ""},
    {"type", &Builtins::type, true, "type [-afptP] name [name ...]"},
    {"typeset", &Builtins::declare, false,
     "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]"},
    {"ulimit", &Builtins::ulimit, true, "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]"},
    {"umask", &Builtins::umask, true, "umask [-p] [-S] [mode]"},
    {"unalias", &Builtins::unalias, true, "unalias [-a] name [name ...]"},
    {"unset", &Builtins::unset, true, "unset [-f] [-v] [-n] [name ...]"},
    {"wait", &Builtins::wait, true, "wait [-fn] [-p var] [id ...]"},
};

const Known* known(std::string_view name) {
  const auto found =
      std::lower_bound(std::begin(kKnown), std::end(kKnown), name,
                       [](const Known& row, std::string_view wanted) { return row.name < wanted; });
  return found != std::end(kKnown) && found->name == name ? &*found : nullptr;
}

constexpr std::string_view kKeywords[] = {
    "if",    "then", "elif", "else", "fi", "do", "done", "case", "esac",     "for",    "while",
    "until", "in",   "{",    "}",    "!",  "[[", "]]",   "time", "function", "select", "coproc"};

bool is_keyword(std::string_view name) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
}

/// Where a program lies: what its directory in $PATH holds, else where such programs lie.
std::string path_of(Machine& machine, const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::string all = machine.value("PATH").value_or("");
  for (std::size_t at = 0; at <= all.size();) {
    const std::size_t end = std::min(all.find(':', at), all.size());
    const std::string path = fmt::format("{}/{}", all.substr(at, end - at), name);
    const auto stat = machine.system().files().stat(parse_path(path));
    if (stat && stat.value.type == FileType::File && (stat.value.mode & 0111) != 0) return path;
    at = end + 1;
  }
  return (machine.system().has_gnu_tools() ? "/usr/bin/" : "/bin/") + name;
}

}  // namespace

bool is_builtin(std::string_view name, bool ash) {
  const Known* row = known(name);
  return row && (row->ash || !ash);
}

bool is_special_builtin(std::string_view name) {
  static constexpr std::string_view kSpecial[] = {
      ".",        ":",      "break", "continue", "eval",   "exec",  "exit", "export",
      "readonly", "return", "set",   "shift",    "source", "times", "trap", "unset"};
  return std::find(std::begin(kSpecial), std::end(kSpecial), name) != std::end(kSpecial);
}

std::optional<int> Machine::run_builtin(Frame& frame) {
  const Known* row = known(frame.words[0]);
  Builtins builtins{*this, frame, frame.words};
  return (builtins.*row->run)();
}

// ---- Shared ----

void Builtins::complain(std::string_view text) {
  if (shell.ash) {
    machine.write(2, fmt::format("{}: {}: line {}: {}\n", shell.name, words[0], in.line, text));
  } else {
    machine.complain(fmt::format("{}: {}", words[0], text));
  }
}

void Builtins::complain_as_program(std::string_view text) {
  if (shell.ash) {
    machine.write(2, fmt::format("sh: {}\n", text));
  } else {
    complain(text);
  }
}

Builtins::Status Builtins::fail(std::string_view text, int status) {
  complain(text);
  if (shell.ash && is_special_builtin(words[0])) {
    machine.exit_shell(kUsage);
    return std::nullopt;
  }
  return status;
}

Builtins::Status Builtins::wrong_use() {
  if (!shell.ash)
    machine.write(2, fmt::format("{}: usage: {}\n", words[0], known(words[0])->usage));
  return kUsage;
}

bool Builtins::options(std::string_view letters, Options* given, std::size_t* first) {
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    if (words[i] == "--") {
      ++i;
      break;
    }
    for (std::size_t at = 1; at < words[i].size(); ++at) {
      const char letter = words[i][at];
      const std::size_t place = letters.find(letter);
      if (letter == ':' || place == std::string_view::npos) {
        complain(shell.ash ? fmt::format("illegal option -{}", letter)
                           : fmt::format("-{}: invalid option", letter));
        wrong_use();
        return false;
      }
      std::string text;
      if (place + 1 < letters.size() && letters[place + 1] == ':') {
        text = words[i].substr(at + 1);
        if (text.empty() && i + 1 >= words.size()) {
          complain(fmt::format("-{}: option requires an argument", letter));
          wrong_use();
          return false;
        }
        if (text.empty()) text = words[++i];
        given->emplace_back(letter, std::move(text));
        break;
      }
      given->emplace_back(letter, std::move(text));
    }
  }
  *first = i;
  return true;
}

bool has_option(const Options& given, std::string_view letters) {
  return std::any_of(given.begin(), given.end(), [&](const auto& option) {
    return letters.find(option.first) != std::string_view::npos;
  });
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

/// Runs commands of another text in this shell, and ends with them.
Builtins::Status Builtins::run(ProgramPtr program, std::string label) {
  constexpr int kChild = 90;
  frame.stage = kChild;
  machine.push_program(std::move(program), frame.tested);
  machine.top().words = {std::move(label)};
  return std::nullopt;
}

// ---- Flow ----

Builtins::Status Builtins::colon() { return 0; }
Builtins::Status Builtins::no() { return 1; }

Builtins::Status Builtins::exit() {
  int status = in.status;
  if (words.size() > 1) {
    const auto given = whole_number(words[1]);
    if (!given) {
      complain(shell.ash ? fmt::format("Illegal number: {}", words[1])
                         : fmt::format("{}: numeric argument required", words[1]));
      machine.exit_shell(kUsage);
      return std::nullopt;
    }
    if (words.size() > 2 && !shell.ash) {
      complain("too many arguments");
      machine.discard(1);
      return std::nullopt;
    }
    status = static_cast<int>(*given & 255);
  }
  machine.exit_shell(status);
  return std::nullopt;
}

Builtins::Status Builtins::give_back() {
  int status = in.status;
  const bool inside = shell.function_depth > 0 ||
                      std::any_of(in.stack.begin(), in.stack.end(), [](const Frame& each) {
                        return each.kind == Frame::Kind::Source;
                      });
  if (!inside && !shell.ash) {
    complain("can only `return' from a function or sourced script");
    return kUsage;
  }
  if (words.size() > 1) {
    const auto given = whole_number(words[1]);
    if (!given) {
      complain(shell.ash ? fmt::format("Illegal number: {}", words[1])
                         : fmt::format("{}: numeric argument required", words[1]));
    }
    status = given ? static_cast<int>(*given & 255) : kUsage;
  }
  machine.return_from(status);
  return std::nullopt;
}

Builtins::Status Builtins::leave_loop() {
  bool in_loop = false;
  for (std::size_t at = in.stack.size(); at > 0 && !in_loop; --at) {
    const Frame& each = in.stack[at - 1];
    if (is_barrier(each) || each.kind == Frame::Kind::Function) break;
    in_loop = is_loop(each);
  }
  if (!in_loop) {
    if (!shell.ash) complain("only meaningful in a `for', `while', or `until' loop");
    return 0;
  }
  std::int64_t count = 1;
  const bool again = words[0] == "continue";
  if (words.size() > 1) {
    const auto given = whole_number(words[1]);
    if (!given) {
      complain(fmt::format("{}: numeric argument required", words[1]));
      machine.exit_shell(128);
      return std::nullopt;
    }
    if (*given <= 0) {
      complain(fmt::format("{}: loop count out of range", words[1]));
      machine.leave_loops(static_cast<int>(in.stack.size()), false);
      in.status = 1;
      return std::nullopt;
    }
    count = std::min<std::int64_t>(*given, static_cast<std::int64_t>(in.stack.size()));
  }
  machine.leave_loops(static_cast<int>(count), again);
  return std::nullopt;
}

Builtins::Status Builtins::eval() {
  std::string text;
  for (std::size_t i = 1; i < words.size(); ++i) text += (i > 1 ? " " : "") + words[i];
  machine.charge(text.size());
  return run(std::make_shared<const Program>(parse(text, in.line)), "eval");
}

Builtins::Status Builtins::source() {
  if (words.size() < 2) {
    complain("filename argument required");
    return wrong_use();
  }
  std::size_t first = words[1] == "--" && words.size() > 2 ? 2 : 1;
  const std::string& name = words[first];
  Io<std::string> read;
  const auto number = descriptor_of(name);
  Input* input = number ? machine.input_of(*number) : nullptr;
  if (input) {
    read.value = input->text->substr(input->at);
    input->at = input->text->size();
  } else {
    read = machine.system().files().read(parse_path(name, shell.cwd));
  }
  if (!read) {
    if (shell.ash) return fail(fmt::format("can't open '{}': {}", name, to_string(read.error)));
    machine.complain(fmt::format("{}: {}", name, to_string(read.error)));
    return 1;
  }
  machine.charge(read.value.size());
  constexpr int kChild = 90;
  Frame inside;
  inside.kind = Frame::Kind::Source;
  inside.tested = frame.tested;
  inside.program = std::make_shared<const Program>(parse(read.value));
  inside.words = {name};
  if (++first < words.size()) {
    inside.saved_arguments = shell.arguments;
    shell.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  }
  frame.stage = kChild;
  in.status = 0;
  in.stack.push_back(std::move(inside));
  return std::nullopt;
}

Builtins::Status Builtins::exec() {
  if (frame.state.stage == kStarted) {
    machine.exit_shell(in.status);
    return std::nullopt;
  }
  Options given;
  std::size_t first = 1;
  if (!options("cla:", &given, &first)) return kUsage;
  if (first == words.size()) return 0;
  std::vector<std::string> command(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  System& system = machine.system();
  const std::string& name = command[0];
  const bool file =
      name.find('/') != std::string::npos && system.files().stat(parse_path(name, shell.cwd));
  if (!file && !system.has_program(name)) {
    if (name.find('/') != std::string::npos) {
      machine.complain(fmt::format("{}: No such file or directory", name));
    } else {
      complain(fmt::format("{}: not found", name));
    }
    machine.exit_shell(kNotFound);
    return std::nullopt;
  }
  frame.state.stage = kStarted;
  machine.push_command(std::move(command), true);
  machine.top().run_by = "exec";
  return std::nullopt;
}

// ---- Which command ----

Builtins::Status Builtins::command() {
  if (frame.state.stage == kStarted) return in.status;
  Options given;
  std::size_t first = 1;
  const bool only_builtins = words[0] == "builtin";
  if (!options(only_builtins ? "" : "pvV", &given, &first)) return kUsage;
  if (first == words.size()) return 0;
  if (has_option(given, "vV")) {
    bool any = false;
    for (std::size_t i = first; i < words.size(); ++i) {
      const std::string& name = words[i];
      const bool shown = has_option(given, "V");
      const bool own =
          is_keyword(name) || shell.functions.count(name) != 0 || is_builtin(name, shell.ash);
      const auto named = shell.aliases.find(name);
      std::string text;
      if (named != shell.aliases.end() && machine.expands_aliases()) {
        text = shown ? fmt::format("{} is aliased to `{}'", name, named->second)
                     : fmt::format("alias {}={}", name, quoted(named->second));
      } else if (own) {
        text = !shown ? name
                      : fmt::format("{} is a {}", name,
                                    is_keyword(name)                   ? "shell keyword"
                                    : shell.functions.count(name) != 0 ? "function"
                                                                       : "shell builtin");
      } else if (machine.system().has_program(name)) {
        const std::string path = path_of(machine, name);
        text = shown ? fmt::format("{} is {}", name, path) : path;
      } else {
        if (shown) complain(fmt::format("{}: not found", name));
        continue;
      }
      any = true;
      out(text + "\n");
    }
    return any ? 0 : shell.ash ? kNotFound : 1;
  }
  std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  if (!is_builtin(rest[0], shell.ash) && only_builtins) {
    return fail(fmt::format("{}: not a shell builtin", rest[0]));
  }
  frame.state.stage = kStarted;
  machine.push_command(std::move(rest), frame.tested);
  // Functions are passed over; builtins are not.
  Frame& made = machine.top();
  made.run_by = "command";
  return std::nullopt;
}

Builtins::Status Builtins::type() {
  Options given;
  std::size_t first = 1;
  if (!options(shell.ash ? "" : "aftpP", &given, &first)) return kUsage;
  int status = 0;
  const bool word = has_option(given, "t");
  const bool path_only = has_option(given, "pP");
  for (std::size_t i = first; i < words.size(); ++i) {
    const std::string& name = words[i];
    const auto named = shell.aliases.find(name);
    const auto function = shell.functions.find(name);
    std::string text;
    if (path_only && !has_option(given, "P") &&
        (is_keyword(name) || function != shell.functions.end() || is_builtin(name, shell.ash))) {
      continue;
    }
    if (!path_only && named != shell.aliases.end() && machine.expands_aliases()) {
      text = word ? "alias" : fmt::format("{} is aliased to `{}'", name, named->second);
    } else if (!path_only && is_keyword(name)) {
      text = word ? "keyword" : fmt::format("{} is a shell keyword", name);
    } else if (!path_only && function != shell.functions.end()) {
      text = word        ? "function"
             : shell.ash ? fmt::format("{} is a function", name)
                         : fmt::format("{} is a function\n{} () \n{}", name, name,
                                       function->second->texts[0]);
    } else if (!path_only && is_builtin(name, shell.ash)) {
      text = word ? "builtin" : fmt::format("{} is a shell builtin", name);
    } else if (machine.system().has_program(name)) {
      const std::string path = path_of(machine, name);
      text = word ? "file" : path_only ? path : fmt::format("{} is {}", name, path);
    } else {
      status = shell.ash ? kNotFound : 1;
      if (shell.ash) {
        out(fmt::format("{}: not found\n", name));
      } else if (!word && !path_only) {
        complain(fmt::format("{}: not found", name));
      }
      continue;
    }
    out(text + "\n");
  }
  return status;
}

Builtins::Status Builtins::hash() {
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& name = words[i];
    if (name[0] == '-' || is_builtin(name, shell.ash) || shell.functions.count(name) != 0 ||
        machine.system().has_program(name)) {
      continue;
    }
    complain(fmt::format("{}: not found", name));
    status = 1;
  }
  return status;
}

}  // namespace sim::shell
