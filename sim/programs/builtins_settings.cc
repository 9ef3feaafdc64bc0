// The builtins for where a shell is and how it behaves.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/builtins.h"

namespace sim::shell {
namespace {

constexpr int kUsage = 2;

// Options of shopt that change something here; the others are known and stay as they are.
constexpr std::string_view kActive[] = {"dotglob", "expand_aliases", "failglob", "nocasematch",
                                        "nullglob"};
constexpr std::string_view kPassive[] = {"autocd",
                                         "cdspell",
                                         "checkhash",
                                         "checkjobs",
                                         "checkwinsize",
                                         "cmdhist",
                                         "complete_fullquote",
                                         "direxpand",
                                         "execfail",
                                         "extdebug",
                                         "extglob",
                                         "extquote",
                                         "force_fignore",
                                         "globasciiranges",
                                         "globstar",
                                         "gnu_errfmt",
                                         "histappend",
                                         "histreedit",
                                         "histverify",
                                         "hostcomplete",
                                         "huponexit",
                                         "inherit_errexit",
                                         "interactive_comments",
                                         "lastpipe",
                                         "lithist",
                                         "localvar_inherit",
                                         "localvar_unset",
                                         "login_shell",
                                         "mailwarn",
                                         "no_empty_cmd_completion",
                                         "nocaseglob",
                                         "noexpand_translation",
                                         "patsub_replacement",
                                         "progcomp",
                                         "promptvars",
                                         "restricted_shell",
                                         "shift_verbose",
                                         "sourcepath",
                                         "varredir_close",
                                         "xpg_echo"};

bool is_listed(std::string_view name) {
  return std::find(std::begin(kActive), std::end(kActive), name) != std::end(kActive) ||
         std::find(std::begin(kPassive), std::end(kPassive), name) != std::end(kPassive);
}

}  // namespace

// ---- Where we are ----

Builtins::Status Builtins::change_directory() {
  Options given;
  std::size_t first = 1;
  if (!options("LPe@", &given, &first)) return kUsage;
  if (words.size() > first + 1 && !shell.ash) return fail("too many arguments");
  std::string target;
  bool shows = false;
  if (first >= words.size()) {
    const auto home = machine.value("HOME");
    if (!home) return shell.ash ? Status(0) : fail("HOME not set");
    target = *home;
  } else {
    target = words[first];
  }
  if (target == "-") {
    const auto old = machine.value("OLDPWD");
    if (!old) return fail("OLDPWD not set");
    target = *old;
    shows = true;
  }
  FileSystem& files = machine.system().files();
  Path path = parse_path(target, shell.cwd);
  const auto stat = files.stat(path);
  Errno error = stat.error;
  if (stat && stat.value.type != FileType::Directory) error = Errno::NotDirectory;
  if (error == Errno::Ok) error = files.list(path).error;
  if (error != Errno::Ok) {
    if (!shell.ash) return fail(fmt::format("{}: {}", target, to_string(error)));
    complain(fmt::format("can't cd to {}: {}", target, to_string(error)));
    return kUsage;
  }
  if (has_option(given, "P")) path = files.real_path(path);
  if (!machine.assign("OLDPWD", to_string(shell.cwd))) return 1;
  shell.cwd = path;
  if (!machine.assign("PWD", to_string(path))) return 1;
  shell.variables["OLDPWD"].exported = true;
  shell.variables["PWD"].exported = true;
  if (shows) out(to_string(path) + "\n");
  return 0;
}

Builtins::Status Builtins::print_directory() {
  Options given;
  std::size_t first = 1;
  if (!options("LP", &given, &first)) return kUsage;
  const Path path =
      has_option(given, "P") ? machine.system().files().real_path(shell.cwd) : shell.cwd;
  out(to_string(path) + "\n");
  return 0;
}

// ---- Odds and ends ----

Builtins::Status Builtins::umask() {
  Options given;
  std::size_t first = 1;
  if (!options("pS", &given, &first)) return kUsage;
  if (first >= words.size()) {
    if (has_option(given, "S")) {
      const auto allowed = [&](int shift) {
        const int bits = ~shell.umask >> shift & 7;
        std::string text;
        if ((bits & 4) != 0) text += 'r';
        if ((bits & 2) != 0) text += 'w';
        if ((bits & 1) != 0) text += 'x';
        return text;
      };
      out(fmt::format("u={},g={},o={}\n", allowed(6), allowed(3), allowed(0)));
    } else {
      out(fmt::format("{}{:04o}\n", has_option(given, "p") ? "umask " : "", shell.umask));
    }
    return 0;
  }
  int mask = 0;
  for (const char c : words[first]) {
    if (c < '0' || c > '7' || mask > 077) {
      return fail(fmt::format("{}: octal number out of range", words[first]));
    }
    mask = mask * 8 + (c - '0');
  }
  shell.umask = mask;
  return 0;
}

Builtins::Status Builtins::times() {
  // Virtual time passes for everybody at once; nobody uses up a processor.
  out("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n");
  return 0;
}

/// What a container has by default; limits are shown, and a wish to change them is heard.
Builtins::Status Builtins::ulimit() {
  static const std::map<char, std::string_view> limits = {
      {'c', "0"},    {'d', "unlimited"}, {'e', "0"},         {'f', "unlimited"},
      {'l', "8192"}, {'m', "unlimited"}, {'n', "1048576"},   {'p', "8"},
      {'s', "8192"}, {'t', "unlimited"}, {'u', "unlimited"}, {'v', "unlimited"}};
  char wanted = 'f';
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    for (const char letter : words[i].substr(1)) {
      if (letter == 'S' || letter == 'H') continue;
      if (limits.count(letter) == 0) {
        complain(fmt::format("-{}: invalid option", letter));
        return wrong_use();
      }
      wanted = letter;
    }
  }
  if (i < words.size()) {
    if (words[i] == "unlimited" || words[i] == "soft" || words[i] == "hard") return 0;
    return whole_number(words[i]) ? Status(0) : fail(fmt::format("{}: invalid number", words[i]));
  }
  out(fmt::format("{}\n", limits.at(wanted)));
  return 0;
}

Builtins::Status Builtins::alias() {
  const auto show = [&](const std::string& name, const std::string& text) {
    out(fmt::format("{}{}='{}'\n", shell.ash ? "" : "alias ", name, text));
  };
  int status = 0;
  bool any = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-p") continue;
    any = true;
    const std::size_t equal = words[i].find('=', 1);
    const std::string name = words[i].substr(0, equal);
    if (equal == std::string::npos) {
      const auto found = shell.aliases.find(name);
      if (found != shell.aliases.end()) {
        show(found->first, found->second);
      } else {
        complain(fmt::format("{}: not found", name));
        status = 1;
      }
    } else if (shell.aliases.size() < 1000) {
      shell.aliases[name] = words[i].substr(equal + 1);
    }
  }
  if (!any) {
    for (const auto& [name, text] : shell.aliases) show(name, text);
  }
  return status;
}

Builtins::Status Builtins::unalias() {
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-a") {
      shell.aliases.clear();
    } else if (shell.aliases.erase(words[i]) == 0) {
      complain(fmt::format("{}: not found", words[i]));
      status = 1;
    }
  }
  return words.size() > 1 ? status : wrong_use();
}

Builtins::Status Builtins::shopt() {
  Options given;
  std::size_t first = 1;
  if (!options("pqsuo", &given, &first)) return kUsage;
  const bool sets = has_option(given, "s");
  const bool clears = has_option(given, "u");
  std::vector<std::string> names(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  const bool all = names.empty();
  if (all) {
    names.assign(std::begin(kActive), std::end(kActive));
    names.insert(names.end(), std::begin(kPassive), std::end(kPassive));
    std::sort(names.begin(), names.end());
  }
  int status = 0;
  for (const std::string& name : names) {
    if (!is_listed(name)) {
      complain(fmt::format("{}: invalid shell option name", name));
      status = 1;
      continue;
    }
    const bool on = shell.options.count(name) != 0;
    if (!all && sets) {
      shell.options.insert(name);
    } else if (!all && clears) {
      shell.options.erase(name);
    } else if ((all && sets && !on) || (all && clears && on)) {
      continue;
    } else {
      if (!on && !all) status = 1;
      if (has_option(given, "q")) continue;
      if (has_option(given, "p")) {
        out(fmt::format("shopt -{} {}\n", on ? 's' : 'u', name));
      } else {
        out(fmt::format("{:<15}\t{}\n", name, on ? "on" : "off"));
      }
    }
  }
  return status;
}

}  // namespace sim::shell
