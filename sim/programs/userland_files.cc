#include <algorithm>

#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that change files: touch, rm, mkdir, cp, mv, ln and their like.

namespace sim::userland {
namespace {

void touch(Call& call) {
  const auto options =
      parse_options(call, "camfhd:t:r:", {{"no-create", 'c'}, {"date", 'd'}, {"reference", 'r'}});
  if (!options) return;
  if (options->operands.empty()) {
    call.show_usage(call.gnu() ? "missing file operand" : "");
    return;
  }
  Time when = call.now();
  if (options->has('d')) {
    std::string text = options->value('d');
    std::replace(text.begin(), text.end(), ' ', 'T');
    if (text.size() == 10) text += "T00:00:00";
    if (text.size() == 16) text += ":00";
    if (!text.empty() && text.back() != 'Z') text += 'Z';
    const auto parsed = parse_rfc3339(text);
    if (!parsed) {
      call.complain(fmt::format("invalid date '{}'", options->value('d')),
                    fmt::format("invalid date format '{}'", options->value('d')));
      return;
    }
    when = *parsed;
  }
  if (options->has('r')) {
    const Io<Stat> stat = call.files().stat(call.path(options->value('r')));
    if (!stat) {
      call.complain(fmt::format("{}: {}", options->value('r'), to_string(stat.error)));
      return;
    }
    when = stat.value.modified;
  }
  for (const std::string& name : options->operands) {
    const Path path = call.path(name);
    const bool there = bool(call.files().stat(path));
    if (options->has('c') && !there) continue;
    Errno error = Errno::Ok;
    if (!there && name.size() > 1 && name.back() == '/') {
      error = Errno::IsDirectory;  // nothing is there to be a directory
    } else {
      error = call.files().touch(path, when).error;
    }
    if (error == Errno::Ok) continue;
    call.complain(fmt::format("{}: {}", name, to_string(error)),
                  why(there ? "setting times of" : "cannot touch", name, error));
  }
}

/// Removes a tree; complains of what stays. `name` is how it is printed.
class Remover {
 public:
  Remover(Call& call, bool recursive, bool force, bool verbose)
      : call_(call), recursive_(recursive), force_(force), verbose_(verbose) {}

  bool remove(const std::string& name, int depth = 0) {
    const Path path = call_.path(name);
    const Io<Stat> stat = call_.files().stat(path, false);
    if (!stat) {
      if (force_ && (stat.error == Errno::NotFound || stat.error == Errno::NotDirectory))
        return true;
      return complain(name, stat.error);
    }
    if (stat.value.type != FileType::Directory) {
      return removed(name, call_.files().remove(path).error, false);
    }
    if (!recursive_) {
      call_.complain(fmt::format("'{}' is a directory", name),
                     why("cannot remove", name, Errno::IsDirectory));
      return false;
    }
    const Io<std::vector<Str>> names = call_.files().list(path);
    if (!names) return complain(name, names.error);
    if (depth > kDeepestWalk) return complain(name, Errno::NameTooLong);
    bool all = true;
    for (const Str& child : names.value) all = remove(join(name, child), depth + 1) && all;
    // A directory of which something stays is not tried: its own complaint would only hide why.
    return all && removed(name, call_.files().remove_directory(path).error, true);
  }

 private:
  bool removed(const std::string& name, Errno error, bool directory) {
    if (error != Errno::Ok) return complain(name, error);
    if (verbose_) {
      call_.out(call_.gnu() ? fmt::format("removed {}'{}'\n", directory ? "directory " : "", name)
                            : fmt::format("removed '{}'\n", name));
    }
    return true;
  }
  bool complain(const std::string& name, Errno error) {
    call_.complain(why("can't remove", name, error), why("cannot remove", name, error));
    return false;
  }
  Call& call_;
  bool recursive_;
  bool force_;
  bool verbose_;
};

void rm(Call& call) {
  const auto options = parse_options(
      call, "fiRrv", {{"force", 'f'}, {"recursive", 'r'}, {"verbose", 'v'}, {"interactive", 'i'}});
  if (!options) return;
  if (options->operands.empty()) {
    if (!options->has('f')) call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  Remover remover(call, options->has('r') || options->has('R'), options->has('f'),
                  options->has('v'));
  for (const std::string& name : options->operands) {
    const std::string_view last = last_component(name);
    if (last == "." || last == "..") {
      call.complain("can't remove '.' or '..'",
                    fmt::format("refusing to remove '.' or '..' directory: skipping '{}'", name));
    } else {
      remover.remove(name);
    }
  }
}

std::optional<std::uint16_t> octal_mode(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  unsigned mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<unsigned>(c - '0');
  }
  return mode > 07777 ? std::nullopt
                      : std::optional<std::uint16_t>(static_cast<std::uint16_t>(mode));
}

/// "u+rwx,go-w", "a=r", "755" applied to a mode; empty when it is none.
std::optional<std::uint16_t> changed_mode(std::string_view text, std::uint16_t before,
                                          bool directory) {
  if (const auto octal = octal_mode(text)) return octal;
  unsigned mode = before;
  while (!text.empty()) {
    const std::size_t end = text.find(',');
    std::string_view clause = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    unsigned who = 0;
    while (!clause.empty() && std::string_view("ugoa").find(clause[0]) != std::string_view::npos) {
      who |= clause[0] == 'u'   ? 04700U
             : clause[0] == 'g' ? 02070U
             : clause[0] == 'o' ? 01007U
                                : 07777U;
      clause.remove_prefix(1);
    }
    if (who == 0) who = 07777;
    if (clause.empty() || std::string_view("+-=").find(clause[0]) == std::string_view::npos) {
      return std::nullopt;
    }
    const char op = clause[0];
    unsigned bits = 0;
    for (const char c : clause.substr(1)) {
      switch (c) {
        case 'r':
          bits |= 0444;
          break;
        case 'w':
          bits |= 0222;
          break;
        case 'x':
          bits |= 0111;
          break;
        case 'X':
          bits |= directory || (mode & 0111) != 0 ? 0111 : 0;
          break;
        case 's':
          bits |= 06000;
          break;
        case 't':
          bits |= 01000;
          break;
        default:
          return std::nullopt;
      }
    }
    bits &= who;
    mode = op == '+' ? mode | bits : op == '-' ? mode & ~bits : (mode & ~who) | bits;
  }
  return static_cast<std::uint16_t>(mode & 07777);
}

void mkdir(Call& call) {
  const auto options =
      parse_options(call, "pm:v", {{"parents", 'p'}, {"mode", 'm'}, {"verbose", 'v'}});
  if (!options) return;
  if (options->operands.empty()) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  std::uint16_t mode = 0755;
  if (options->has('m')) {
    const auto wanted = changed_mode(options->value('m'), 0777, true);
    if (!wanted) {
      call.complain(fmt::format("invalid mode '{}'", options->value('m')));
      return;
    }
    mode = *wanted;
  }
  const auto refuse = [&](const std::string& name, Errno error) {
    call.complain(why("can't create directory", name, error),
                  why("cannot create directory", name, error));
  };
  for (const std::string& name : options->operands) {
    const Path path = call.path(name);
    if (!options->has('p')) {
      const Errno error = call.files().make_directory(path, mode, call.now()).error;
      if (error != Errno::Ok) refuse(name, error);
      continue;
    }
    Path parent;
    for (std::size_t i = 0; i < path.size(); ++i) {
      parent.push_back(path[i]);
      const Io<Stat> stat = call.files().stat(parent);
      if (stat && stat.value.type == FileType::Directory) continue;
      const bool last = i + 1 == path.size();
      const Errno error =
          stat ? (last ? Errno::Exists : Errno::NotDirectory)
               : call.files().make_directory(parent, last ? mode : 0755, call.now()).error;
      if (error == Errno::Ok) continue;
      // Only busybox names the whole path.
      refuse(call.gnu() && !last && name[0] != '/' && parent.size() > call.process.cwd.size()
                 ? to_string(parent).substr(
                       call.process.cwd.empty() ? 1 : to_string(call.process.cwd).size() + 1)
             : call.gnu() && !last ? to_string(parent)
                                   : name,
             error);
      break;
    }
  }
}

void rmdir(Call& call) {
  const auto options =
      parse_options(call, "p", {{"parents", 'p'}, {"ignore-fail-on-non-empty", 'p'}});
  if (!options) return;
  if (options->operands.empty()) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  for (const std::string& operand : options->operands) {
    std::string name = operand;
    for (;;) {
      const Errno error = call.files().remove_directory(call.path(name)).error;
      if (error != Errno::Ok) {
        call.complain(fmt::format("'{}': {}", name, to_string(error)),
                      why("failed to remove", name, error));
        break;
      }
      const std::size_t slash = name.find_last_not_of('/') == std::string::npos
                                    ? std::string::npos
                                    : name.rfind('/', name.find_last_not_of('/'));
      if (!options->has('p') || slash == std::string::npos || slash == 0) break;
      name.erase(slash);
    }
  }
}

/// Copies for cp, and for mv between file systems.
class Copier {
 public:
  struct Rules {
    bool recursive = false;
    bool follow = true;
    bool preserve = false;
    bool force = false;
    bool no_clobber = false;
    bool verbose = false;
  };
  Copier(Call& call, Rules rules) : call_(call), rules_(rules) {}

  bool copy(const std::string& from, const std::string& to, int depth = 0) {
    FileSystem& files = call_.files();
    const Path source = call_.path(from);
    const Path target = call_.path(to);
    const Io<Stat> stat = files.stat(source, rules_.follow);
    if (!stat) {
      return complain(why("can't stat", from, stat.error), why("cannot stat", from, stat.error));
    }
    const Io<Stat> there = files.stat(target);
    if (there && files.real_path(source) == files.real_path(target) &&
        stat.value.type != FileType::Symlink) {
      return complain(fmt::format("'{}' and '{}' are the same file", from, to));
    }
    if (stat.value.type == FileType::Directory) return copy_directory(from, to, stat.value, depth);
    if (there && there.value.type == FileType::Directory) {
      return complain(why("can't create", to, Errno::IsDirectory),
                      fmt::format("cannot overwrite directory '{}' with non-directory", to));
    }
    if (there && rules_.no_clobber) return true;
    Errno error = Errno::Ok;
    if (stat.value.type == FileType::Symlink) {
      if (files.stat(target, false)) files.remove(target);
      error = files.make_symlink(stat.value.target, target, call_.now()).error;
      if (error != Errno::Ok) {
        return complain(why("can't create symlink", to, error),
                        why("cannot create symbolic link", to, error));
      }
      return true;
    }
    const Io<std::string> bytes = files.read(source);
    if (!bytes) {
      return complain(
          why("can't open", from, bytes.error),
          fmt::format("cannot open '{}' for reading: {}", from, to_string(bytes.error)));
    }
    const Time when = rules_.preserve ? stat.value.modified : call_.now();
    error = put(target, stat.value, bytes.value, when);
    if (error == Errno::AccessDenied && rules_.force && files.remove(target)) {
      error = put(target, stat.value, bytes.value, when);
    }
    if (error == Errno::NoSpace) {
      return complain(fmt::format("write error: {}", to_string(error)),
                      why("error writing", to, error));
    }
    if (error != Errno::Ok) {
      return complain(why("can't create", to, error),
                      there
                          ? fmt::format("cannot create regular file '{}': {}", to, to_string(error))
                          : why("cannot create regular file", to, error));
    }
    if (!there || rules_.preserve) files.change_mode(target, stat.value.mode, call_.now());
    tell(from, to);
    return true;
  }

 private:
  Errno put(const Path& target, const Stat& stat, const std::string& bytes, Time when) {
    // What cannot be read of a large file are zeros.
    return call_.files().write_span(target, {0, bytes, stat.size - bytes.size()}, when).error;
  }
  bool copy_directory(const std::string& from, const std::string& to, const Stat& stat, int depth) {
    FileSystem& files = call_.files();
    if (!rules_.recursive) {
      return complain(fmt::format("omitting directory '{}'", from),
                      fmt::format("-r not specified; omitting directory '{}'", from));
    }
    const Path source = files.real_path(call_.path(from));
    if (depth == 0) {
      top_ = files.real_path(call_.path(to));
      first_ = from;
    } else if (source == top_) {  // what is being made, met again
      return complain(
          fmt::format("recursion detected, omitting directory '{}'", from),
          fmt::format("cannot copy a directory, '{}', into itself, '{}'", first_, from));
    }
    if (depth > kDeepestWalk) return complain(why("can't stat", from, Errno::NameTooLong));
    const Path target = call_.path(to);
    const Io<Stat> there = files.stat(target);
    if (there && there.value.type != FileType::Directory) {
      return complain(
          fmt::format("target '{}' is not a directory", to),
          fmt::format("cannot overwrite non-directory '{}' with directory '{}'", to, from));
    }
    if (!there) {
      const Errno error = files.make_directory(target, stat.mode | 0700, call_.now()).error;
      if (error != Errno::Ok) {
        return complain(why("can't create directory", to, error),
                        why("cannot create directory", to, error));
      }
      tell(from, to);
    }
    bool all = true;
    for (const Str& name : files.list(source).value) {
      all = copy(join(from, name), join(to, name), depth + 1) && all;
    }
    if (rules_.preserve && !there) files.touch(target, stat.modified);
    return all;
  }
  void tell(const std::string& from, const std::string& to) {
    if (rules_.verbose) call_.out(fmt::format("'{}' -> '{}'\n", from, to));
  }
  bool complain(std::string_view busybox) { return complain(busybox, busybox); }
  bool complain(std::string_view busybox, std::string_view gnu) {
    call_.complain(busybox, gnu);
    return false;
  }
  Call& call_;
  Rules rules_;
  Path top_;           // of the copy
  std::string first_;  // what it is a copy of
};

/// Pairs each source of `cp a b dir` with where it goes; empty after a complaint.
std::vector<std::pair<std::string, std::string>> pairs_of(Call& call, const Options& options) {
  std::vector<std::string> names = options.operands;
  std::string target = options.value('t');
  if (!options.has('t')) {
    if (names.size() < 2) {
      call.show_usage(!call.gnu() ? ""
                      : names.empty()
                          ? "missing file operand"
                          : fmt::format("missing destination file operand after '{}'", names[0]));
      return {};
    }
    target = names.back();
    names.pop_back();
  }
  const Io<Stat> stat = call.files().stat(call.path(target));
  const bool directory = stat && stat.value.type == FileType::Directory && !options.has('T');
  const bool into = directory || names.size() > 1 || options.has('t');
  if (!directory && into && call.gnu()) {
    const Errno error = stat ? Errno::NotDirectory : stat.error;
    call.complain(fmt::format("target '{}': {}", target, to_string(error)));
    return {};
  }
  if (!into && !stat && target.size() > 1 && target.back() == '/') {
    const Io<Stat> source = call.files().stat(call.path(names[0]));
    if (source && source.value.type != FileType::Directory) {
      call.complain(why("can't create", target, Errno::IsDirectory),
                    fmt::format("cannot create regular file '{}': Not a directory", target));
      return {};
    }
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& name : names) {
    pairs.emplace_back(name, into ? join(target, last_component(name)) : target);
  }
  return pairs;
}

void cp(Call& call) {
  const auto options = parse_options(call, "pdRrfilsLHPaunvTt:",
                                     {{"archive", 'a'},
                                      {"recursive", 'r'},
                                      {"force", 'f'},
                                      {"verbose", 'v'},
                                      {"preserve", 'p'},
                                      {"no-clobber", 'n'},
                                      {"no-dereference", 'P'}});
  if (!options) return;
  Copier::Rules rules;
  rules.recursive = options->has('r') || options->has('R') || options->has('a');
  const char follow = options->last_of("LHPdaRr");
  rules.follow = follow == 0 || follow == 'L' || follow == 'H' || options->has('L');
  rules.preserve = options->has('p') || options->has('a');
  rules.force = options->has('f');
  rules.no_clobber = options->has('n');
  rules.verbose = options->has('v');
  Copier copier(call, rules);
  for (const auto& [from, to] : pairs_of(call, *options)) copier.copy(from, to);
}

void mv(Call& call) {
  const auto options =
      parse_options(call, "finTvt:", {{"force", 'f'}, {"no-clobber", 'n'}, {"verbose", 'v'}});
  if (!options) return;
  FileSystem& files = call.files();
  for (const auto& [from, to] : pairs_of(call, *options)) {
    const Path source = call.path(from);
    const Path target = call.path(to);
    if (options->has('n') && files.stat(target, false)) continue;
    Errno error = files.rename(source, target, call.now()).error;
    if (error == Errno::CrossDevice) {
      // Another file system: copy, then remove.
      Copier::Rules rules;
      rules.recursive = rules.preserve = true;
      rules.follow = false;
      if (!Copier(call, rules).copy(from, to)) continue;
      Remover(call, true, false, false).remove(from);
      error = Errno::Ok;
    }
    if (error != Errno::Ok) {
      const bool there = bool(files.stat(source, false));
      call.complain(why("can't rename", from, error),
                    !there
                        ? why("cannot stat", from, Errno::NotFound)
                        : fmt::format("cannot move '{}' to '{}': {}", from, to, to_string(error)));
    } else if (options->has('v')) {
      call.out(fmt::format("{}'{}' -> '{}'\n", call.gnu() ? "renamed " : "", from, to));
    }
  }
}

void ln(Call& call) {
  const auto options =
      parse_options(call, "sfnbvTt:", {{"symbolic", 's'}, {"force", 'f'}, {"no-dereference", 'n'}});
  if (!options) return;
  std::vector<std::string> names = options->operands;
  if (names.empty()) {
    call.show_usage(call.gnu() ? "missing file operand" : "");
    return;
  }
  if (names.size() == 1) names.emplace_back(".");
  const std::string last = names.back();
  names.pop_back();
  FileSystem& files = call.files();
  const Io<Stat> stat = files.stat(call.path(last), !options->has('n'));
  const bool directory = stat && stat.value.type == FileType::Directory && !options->has('T');
  if (!directory && names.size() > 1 && call.gnu()) {
    const Errno error = stat ? Errno::NotDirectory : stat.error;
    call.complain(fmt::format("target '{}': {}", last, to_string(error)));
    return;
  }
  for (const std::string& name : names) {
    const std::string link = directory ? join(last, last_component(name)) : last;
    const Path path = call.path(link);
    if (options->has('f') && files.stat(path, false)) files.remove(path);
    Errno error = Errno::Ok;
    if (options->has('s')) {
      error = files.make_symlink(name, path, call.now()).error;
    } else {
      // Trees have no inodes that two names could share: a hard link is a copy.
      const Io<Stat> source = files.stat(call.path(name));
      const Io<std::string> bytes = files.read(call.path(name));
      error = !source                                    ? source.error
              : source.value.type == FileType::Directory ? Errno::NotPermitted
              : files.stat(path, false)
                  ? Errno::Exists
                  : files
                        .write_span(path, {0, bytes.value, source.value.size - bytes.value.size()},
                                    source.value.modified)
                        .error;
    }
    if (error == Errno::Ok) continue;
    const bool missing = !options->has('s') && !files.stat(call.path(name));
    call.complain(fmt::format("{}: {}", missing ? name : link, to_string(error)),
                  missing             ? why("failed to access", name, error)
                  : options->has('s') ? why("failed to create symbolic link", link, error)
                                      : why("failed to create hard link", link, error));
  }
}

void chmod(Call& call) {
  const auto options = parse_options(call, "+Rvcf", {{"recursive", 'R'}});
  if (!options) return;
  if (options->operands.size() < 2) {
    call.show_usage(!call.gnu() ? ""
                    : options->operands.empty()
                        ? "missing operand"
                        : fmt::format("missing operand after '{}'", options->operands[0]));
    return;
  }
  const std::string wanted = options->operands[0];
  FileSystem& files = call.files();
  std::vector<std::string> todo(options->operands.rbegin(), options->operands.rend() - 1);
  while (!todo.empty()) {
    const std::string name = todo.back();
    todo.pop_back();
    const Path path = call.path(name);
    const Io<Stat> stat = files.stat(path);
    if (!stat) {
      call.complain(fmt::format("{}: {}", name, to_string(stat.error)),
                    fmt::format("cannot access '{}': {}", name, to_string(stat.error)));
      continue;
    }
    const bool directory = stat.value.type == FileType::Directory;
    const auto mode = changed_mode(wanted, stat.value.mode, directory);
    if (!mode) {
      if (call.gnu()) {
        call.show_usage(fmt::format("invalid mode: '{}'", wanted));
      } else {
        call.complain(fmt::format("invalid mode '{}'", wanted));
      }
      return;
    }
    const Errno error = files.change_mode(path, *mode, call.now()).error;
    if (error != Errno::Ok) {
      call.complain(fmt::format("{}: {}", name, to_string(error)),
                    why("changing permissions of", name, error));
    }
    if (!directory || !options->has('R')) continue;
    const std::vector<Str> names = files.list(path).value;
    for (auto child = names.rbegin(); child != names.rend(); ++child) {
      const std::string below = join(name, *child);
      if (files.stat(call.path(below), false).value.type != FileType::Symlink)
        todo.push_back(below);
    }
  }
}

/// truncate -s SIZE FILE, fallocate -l SIZE FILE
void resize(Call& call) {
  const bool truncate = call.name() == "truncate";
  const auto options =
      parse_options(call, truncate ? "cs:" : "l:o:", {{"size", 's'}, {"length", 'l'}});
  if (!options) return;
  const std::string wanted = options->value(truncate ? 's' : 'l');
  const auto size = size_number(wanted);
  if (options->operands.empty() || wanted.empty()) {
    call.show_usage(!call.gnu()      ? ""
                    : wanted.empty() ? truncate
                                           ? "you must specify either '--size' or '--reference'"
                                           : "required length argument"
                                     : "missing file operand");
    return;
  }
  if (!size) {
    call.complain(fmt::format("invalid number '{}'", wanted),
                  fmt::format("Invalid number: '{}'", wanted));
    return;
  }
  for (const std::string& name : options->operands) {
    const Path path = call.path(name);
    const Io<Stat> stat = call.files().stat(path);
    if (!stat && options->has('c')) continue;
    if (stat && !truncate && stat.value.size >= *size) continue;
    const std::uint64_t kept = stat ? std::min(stat.value.size, *size) : 0;
    const Errno error = call.files().write_span(path, {kept, "", *size - kept}, call.now()).error;
    if (error != Errno::Ok) {
      call.complain(fmt::format("{}: {}", name, to_string(error)),
                    fmt::format("cannot open '{}' for writing: {}", name, to_string(error)));
    }
  }
}

/// Everything is on disk at once here.
void sync(Call&) {}

void readlink(Call& call) {
  const bool real = call.name() == "realpath";
  const auto options = parse_options(call, "fnvem", {{"canonicalize", 'f'}});
  if (!options) return;
  for (const std::string& name : options->operands) {
    const Path path = call.path(name);
    const Io<Stat> stat = call.files().stat(path, real);
    if (real || options->has('f')) {
      const Path parent(path.begin(), path.empty() ? path.end() : path.end() - 1);
      if (real && !stat && (!call.gnu() || !call.files().stat(parent))) {
        call.complain(fmt::format("{}: {}", name, to_string(stat.error)));
        continue;
      }
      call.out(to_string(call.files().real_path(path)));
    } else if (stat && stat.value.type == FileType::Symlink) {
      call.out(stat.value.target);
    } else {
      call.step.exit = 1;
      continue;
    }
    if (!options->has('n')) call.out("\n");
  }
}

}  // namespace

const std::vector<Listed>& file_programs() {
  static const std::vector<Listed> programs = {
      {"touch", touch, "[-cham] [-d DATE] [-t DATE] [-r FILE] FILE..."},
      {"rm", rm, "[-irf] FILE..."},
      {"mkdir", mkdir, "[-m MODE] [-p] DIRECTORY..."},
      {"rmdir", rmdir, "[-p] DIRECTORY..."},
      {"cp", cp,
       "[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY "
       "}"},
      {"mv", mv, "[-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }"},
      {"ln", ln, "[-sfnbtv] [-S SUF] TARGET... LINK|DIR"},
      {"chmod", chmod, "[-Rcvf] MODE[,MODE]... FILE..."},
      {"truncate", resize, "[-c] -s SIZE FILE..."},
      {"fallocate", resize, "[-o OFS] -l LEN FILE"},
      {"sync", sync, ""},
      {"readlink", readlink, "[-fnv] FILE"},
      {"realpath", readlink, "FILE..."},
  };
  return programs;
}

}  // namespace sim::userland
