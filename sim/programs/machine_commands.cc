// What the first word of a command stands for: a function, a builtin, a shell, a program that runs
// others, a script, or a program of the System.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/machine.h"
#include "sim/programs/shell_parser.h"

namespace sim::shell {
namespace {

// Stages of a Command frame.
constexpr int kDispatch = 0;
constexpr int kExternal = 1;  // a program of the System that waits
constexpr int kBuiltin = 2;   // a builtin that waits
constexpr int kChild = 90;    // its work is a frame above it

constexpr int kNotFound = 127;
constexpr int kCannotRun = 126;

}  // namespace

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::size_t leading_number(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text.substr(0, 6)) {
    if (c >= '0' && c <= '9') n = n * 10 + static_cast<std::size_t>(c - '0');
  }
  return n;
}

bool is_shell(std::string_view path) {
  const std::string_view name = base_name(path);
  return name == "bash" || name == "sh" || name == "ash" || name == "dash";
}

void Machine::step_command(Frame& frame) {
  switch (frame.stage) {
    case kDispatch:
      dispatch(frame);
      return;
    case kExternal:
      run_program(frame);
      return;
    case kBuiltin: {
      const auto status = run_builtin(frame);
      if (status) finish(*status, true);
      return;
    }
    default:
      finish(in_.status, true);
  }
}

void Machine::dispatch(Frame& frame) {
  const std::string name = frame.words[0];
  const auto builtin = [&] {
    frame.stage = kBuiltin;
    const auto status = run_builtin(frame);
    // A builtin may have ended the frame itself (exit, return, break).
    if (status) finish(*status, true);
  };
  const bool by_shell = frame.run_by.empty() || frame.run_by == "command";
  if (frame.run_by.empty()) {
    if (run_alias(frame)) return;
    const auto function = in_.shell.functions.find(name);
    if (function != in_.shell.functions.end()) {
      const NodePtr body = function->second->children[0];
      call_function(frame, body);
      return;
    }
  }
  if (by_shell && is_builtin(name, in_.shell.ash)) return builtin();
  if (run_wrapper(frame) || run_shell(frame)) return;
  if (system_.has_program(name)) return run_program(frame);
  // The person's own machine has a program for each of these too.
  if (!by_shell && system_.has_gnu_tools() && is_builtin(name, true)) return builtin();
  if (name.find('/') != std::string::npos && run_file(frame, name)) return;
  not_found(frame);
}

void Machine::not_found(Frame& frame) {
  const std::string& name = frame.words[0];
  const bool by_shell = frame.run_by.empty() || frame.run_by == "command" || frame.run_by == "exec";
  const bool is_path = name.find('/') != std::string::npos;
  constexpr std::string_view kNoSuchFile = "No such file or directory";
  if (frame.run_by == "xargs") {
    write(2, fmt::format("xargs: {}: {}\n", name, kNoSuchFile));
  } else if (!by_shell && !system_.has_gnu_tools()) {
    write(2, fmt::format("{}: can't execute '{}': {}\n", frame.run_by, name, kNoSuchFile));
  } else if (frame.run_by == "env") {
    write(2, fmt::format("env: '{}': {}\n", name, kNoSuchFile));
  } else if (!by_shell) {
    write(2, fmt::format("{}: failed to run command '{}': {}\n", frame.run_by, name, kNoSuchFile));
  } else if (in_.shell.ash) {
    complain(fmt::format("{}: not found", name));
  } else {
    complain(fmt::format("{}: {}", name, is_path ? kNoSuchFile : "command not found"));
  }
  finish(kNotFound, true);
}

bool Machine::expands_aliases() const {
  return in_.fed || in_.shell.ash || in_.shell.options.count("expand_aliases") != 0;
}

/// A prompt's aliases. They are put in the place of the first word when the command runs, not when
/// it is read: the same for all but an alias that opens a quote or a loop.
bool Machine::run_alias(Frame& frame) {
  if (in_.shell.aliases.empty() || !expands_aliases()) return false;
  const std::string& name = frame.words[0];
  const auto alias = in_.shell.aliases.find(name);
  if (alias == in_.shell.aliases.end()) return false;
  for (const Frame& other : in_.stack) {
    // Inside its own expansion a name stands for itself.
    if (!other.state.notes.empty() && other.state.notes[0] == name) return false;
  }
  std::string text = alias->second;
  for (std::size_t i = 1; i < frame.words.size(); ++i) text += " " + quoted(frame.words[i]);
  frame.state.notes = {name};
  frame.stage = kChild;
  charge(text.size());
  push_program(std::make_shared<const Program>(parse(text, in_.line)), frame.tested);
  return true;
}

void Machine::call_function(Frame& frame, const NodePtr& body) {
  if (in_.shell.function_depth >= kDeepestFunction) {
    complain(fmt::format("{}: maximum function nesting level exceeded ({})", frame.words[0],
                         kDeepestFunction));
    discard(1);
    return;
  }
  frame.stage = kChild;
  Frame function;
  function.kind = Frame::Kind::Function;
  function.node = body;
  function.tested = frame.tested;
  function.saved_arguments = in_.shell.arguments;
  charge(sizeof(std::string) * (in_.shell.arguments.size() + frame.words.size()));
  in_.shell.arguments.assign(frame.words.begin() + 1, frame.words.end());
  ++in_.shell.function_depth;
  in_.stack.push_back(std::move(function));
}

// ---- Programs ----

Process Machine::process_view(const std::vector<std::string>& argv) const {
  Process view;
  view.argv = argv;
  for (const auto& [name, variable] : in_.shell.variables) {
    const bool plain = !variable.is_array && !variable.is_map;
    if (variable.exported && variable.set && plain) view.env[name] = variable.value.str();
  }
  view.cwd = in_.shell.cwd;
  view.pid = in_.shell.pid;
  return view;
}

namespace {

/// Descriptors as files, for as long as a program runs that got their names: /dev/stdin, and what
/// <(…) stands for.
class Lent {
 public:
  explicit Lent(FileSystem& files)
      : files_(files), mounts_(files.mounts.size()), volumes_(files.volumes.size()) {}
  ~Lent() {
    files_.mounts.resize(mounts_);
    files_.volumes.resize(volumes_);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  void add(const std::string& name, std::string_view text, Time now) {
    VolumeView view;
    view.name = "descriptors";
    view.read_only = true;
    const Path inside = {"file"};
    view.tree.put(inside, make_file(text, now));
    Mount mount;
    mount.at = parse_path(name);
    mount.source = "devtmpfs";
    mount.fs_type = "devtmpfs";
    mount.volume = static_cast<int>(files_.volumes.size());
    mount.sub_path = inside;
    files_.volumes.push_back(std::move(view));
    files_.mounts.push_back(std::move(mount));
  }

 private:
  FileSystem& files_;
  std::size_t mounts_;
  std::size_t volumes_;
};

}  // namespace

void Machine::run_program(Frame& frame) {
  if (frame.stage != kExternal) {
    frame.stage = kExternal;
    frame.state = CommandState{};
    frame.state.started = system_.now();
  }
  charge(in_.shell.variables.size() * kVariableCost);
  const bool reads = reads_input(frame.words);
  const Process view = process_view(frame.words);
  const Time started = frame.state.started;
  Lent lent(system_.files());
  for (const std::string& word : frame.words) {
    const auto number = descriptor_of(word);
    const Input* input = number ? input_of(*number) : nullptr;
    if (input) lent.add(word, input->text->substr(input->at), system_.now());
  }
  Step step =
      system_.run(frame.words, reads ? input_text(false) : std::string(), view, frame.state);
  in_.status = 0;
  for (const Chunk& chunk : step.output) write(chunk.err ? 2 : 1, chunk.text);
  if (!step.done) {
    frame.state = std::move(step.state);
    frame.state.started = started;
    block(step.wait);
    return;
  }
  if (reads) input_text(true);
  if (step.took.ns > 0) in_.ready_at = system_.now() + step.took;
  // What could not be written has made it fail.
  finish(step.exit != 0 ? step.exit : in_.status, true);
}

// ---- Shells ----

/// bash -c, sh FILE: a shell inside this one.
bool Machine::run_shell(Frame& frame) {
  if (!is_shell(frame.words[0]) || !system_.has_program(frame.words[0])) return false;
  const std::vector<std::string> words = frame.words;
  frame.stage = kChild;
  if (!may_fork()) return true;
  push_subshell(true);
  top().tested = false;
  start_shell(words, true);
  return true;
}

/// The options of a new shell; false after a message about a wrong one.
bool Machine::read_options(std::vector<std::string>& argv, std::size_t* at, bool* has_command,
                           bool* from_input) {
  Shell& shell = in_.shell;
  for (; *at < argv.size(); ++*at) {
    const std::string option = argv[*at];
    if (option.size() < 2 || (option[0] != '-' && option[0] != '+')) break;
    if (option == "--") {
      ++*at;
      break;
    }
    if (option.rfind("--", 0) == 0) continue;  // --login, --norc
    const bool on = option[0] == '-';
    for (const char letter : option.substr(1)) {
      if (letter == 'c') {
        *has_command = true;
      } else if (letter == 's') {
        *from_input = true;
      } else if (letter == 'o') {
        const std::string name = *at + 1 < argv.size() ? argv[++*at] : "";
        if (!set_option(shell, name, on)) {
          write(2, fmt::format("{}: {}: invalid option name\n", argv[0], name));
          return false;
        }
      } else if (letter == 'l' || letter == 'i' || letter == 'r' || letter == 'D') {
        // A login or an interactive shell: no different here.
      } else if (!set_option(shell, letter, on)) {
        write(2, fmt::format("{}: -{}: invalid option\n", argv[0], letter));
        return false;
      }
    }
  }
  return true;
}

void Machine::start_shell(std::vector<std::string> argv, bool inherit) {
  // The frame for it is on top already; what is not exported is forgotten.
  Shell fresh;
  Shell& old = in_.shell;
  for (auto& [name, variable] : old.variables) {
    if (!variable.exported || !variable.set || variable.is_array || variable.is_map) continue;
    Variable kept;
    kept.value = variable.value;
    kept.exported = true;
    fresh.variable_bytes += kVariableCost + kept.value.size();
    fresh.variables.emplace(name, std::move(kept));
  }
  Variable ifs;
  ifs.value = " \t\n";
  fresh.variables["IFS"] = ifs;
  Variable level;
  level.value = "1";
  level.exported = true;
  if (const auto above = fresh.variables.find("SHLVL"); above != fresh.variables.end()) {
    level.value = fmt::format("{}", leading_number(above->second.value) + 1);
  }
  fresh.variables["SHLVL"] = level;
  fresh.cwd = old.cwd;
  fresh.descriptors = old.descriptors;
  fresh.subshell_depth = old.subshell_depth;
  fresh.random_stream = old.random_stream;
  fresh.umask = old.umask;
  if (base_name(argv[0]) == "bash") {
    for (const std::string& name : old.exported_functions) {
      const auto function = old.functions.find(name);
      if (function != old.functions.end()) fresh.functions.insert(*function);
    }
    fresh.exported_functions = old.exported_functions;
  }
  fresh.pid = inherit ? old.own_pid : process_.pid;
  fresh.own_pid = fresh.pid;
  fresh.name = argv[0];
  fresh.ash = base_name(argv[0]) != "bash";
  in_.shell = std::move(fresh);
  Shell& shell = in_.shell;
  in_.line = 1;
  in_.background_pid = 0;

  const auto fail = [&](std::string_view why, int status) {
    if (!why.empty()) write(2, fmt::format("{}: {}\n", argv[0], why));
    top().program = std::make_shared<const Program>();
    exit_shell(status);
  };
  constexpr int kUsage = 2;
  bool has_command = false;
  bool from_input = false;
  std::size_t i = 1;
  if (!read_options(argv, &i, &has_command, &from_input)) return fail("", kUsage);
  std::string text;
  std::vector<std::string> label;
  if (has_command) {
    if (i >= argv.size()) return fail("-c: option requires an argument", kUsage);
    text = argv[i++];
    shell.from_option = true;
    if (i < argv.size()) shell.name = argv[i++];
    if (!shell.ash) label = {"-c"};
  } else if (i < argv.size() && !from_input) {
    const Path path = parse_path(argv[i], shell.cwd);
    const auto stat = system_.files().stat(path);
    if (stat && stat.value.type == FileType::Directory) {
      return fail(fmt::format("{}: Is a directory", argv[i]), kCannotRun);
    }
    Io<std::string> read = system_.files().read(path);
    if (!read) {
      const int status = read.error == Errno::NotFound ? kNotFound : kCannotRun;
      return fail(shell.ash ? fmt::format("can't open '{}': {}", argv[i], to_string(read.error))
                            : fmt::format("{}: {}", argv[i], to_string(read.error)),
                  shell.ash ? kUsage : status);
    }
    text = std::move(read.value);
    shell.name = argv[i++];
    shell.from_file = true;
  } else {
    text = input_text(true);
  }
  shell.arguments.assign(argv.begin() + static_cast<std::ptrdiff_t>(std::min(i, argv.size())),
                         argv.end());
  charge(text.size());
  top().program = std::make_shared<const Program>(parse(text));
  top().words = std::move(label);
  top().run_by = "shell";
}

/// A path that names no program of the System: a script, or a mistake.
bool Machine::run_file(Frame& frame, const std::string& name) {
  const Path path = parse_path(name, in_.shell.cwd);
  const auto stat = system_.files().stat(path);
  if (!stat && stat.error == Errno::NotFound) return false;
  std::string wrong;
  if (!stat) {
    wrong = std::string(to_string(stat.error));
  } else if (stat.value.type == FileType::Directory) {
    wrong = in_.shell.ash ? "Permission denied" : "Is a directory";
  } else if ((stat.value.mode & 0111) == 0) {
    wrong = "Permission denied";
  }
  if (!wrong.empty()) {
    complain(fmt::format("{}: {}", name, wrong));
    finish(kCannotRun, true);
    return true;
  }
  // The programs of an image are files too; beyond those, only scripts can run.
  const auto read = system_.files().read(path);
  const bool script = read && read.value.substr(0, 2) == "#!";
  const std::string program(base_name(name));
  if (!script && system_.has_program(program)) {
    frame.words[0] = program;
    run_program(frame);
    return true;
  }
  std::vector<std::string> words;
  if (script) {
    std::string line = read.value.substr(2, read.value.find('\n') - 2);
    if (line.size() > 256) line.resize(256);
    std::string word;
    for (const char c : line + " ") {
      if (c != ' ' && c != '\t' && c != '\r') {
        word += c;
      } else if (!word.empty()) {
        words.push_back(std::exchange(word, {}));
      }
    }
    if (!words.empty() && base_name(words[0]) == "env") words.erase(words.begin());
    if (!words.empty()) words[0] = std::string(base_name(words[0]));
    if (words.empty() || !system_.has_program(words[0])) {
      complain(fmt::format("{}: cannot execute: required file not found", name));
      finish(kNotFound, true);
      return true;
    }
  } else {
    const std::string_view start = std::string_view(read.value).substr(0, 80);
    if (!read || start.find('\0') != std::string_view::npos) {
      complain(fmt::format("{}: cannot execute binary file: Exec format error", name));
      finish(kCannotRun, true);
      return true;
    }
    words = {in_.shell.ash ? "sh" : "bash"};
  }
  words.push_back(name);
  words.insert(words.end(), frame.words.begin() + 1, frame.words.end());
  frame.words = std::move(words);
  if (!run_shell(frame)) run_program(frame);
  return true;
}

}  // namespace sim::shell
