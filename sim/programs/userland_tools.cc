#include "sim/programs/userland_tools.h"

#include <algorithm>
#include <cctype>

#include "sim/base/format.h"

namespace sim::userland {
namespace {

void add(Output& output, bool err, std::string_view text) {
  if (text.empty()) return;
  if (output.empty() || output.back().err != err) output.push_back({err, ""});
  std::string& last = output.back().text;
  last.append(text.substr(0, kMostOutput > last.size() ? kMostOutput - last.size() : 0));
}

/// The name in field 0 of the line whose field 2 is the id.
std::string name_in(Call& call, std::string_view file, std::uint32_t id) {
  const std::string number = std::to_string(id);
  const Io<std::string> text = call.files().read(parse_path(file));
  if (text) {
    for (const std::string_view line : lines_of(text.value)) {
      const std::size_t first = line.find(':');
      if (first == std::string_view::npos) continue;
      const std::size_t second = line.find(':', first + 1);
      if (second == std::string_view::npos) continue;
      if (line.substr(second + 1, line.find(':', second + 1) - second - 1) == number) {
        return std::string(line.substr(0, first));
      }
    }
  }
  return id == 0 ? "root" : number;
}

}  // namespace

bool Call::full() const {
  return !step.output.empty() && step.output.back().text.size() >= kMostOutput;
}

void Call::out(std::string_view text) { add(step.output, false, text); }
void Call::err(std::string_view text) { add(step.output, true, text); }

void Call::complain(std::string_view text, int exit) {
  err(fmt::format("{}: {}\n", name(), text));
  step.exit = std::max(step.exit, exit);
}

void Call::complain(std::string_view busybox, std::string_view gnu_text, int exit) {
  complain(gnu() ? gnu_text : busybox, exit);
}

void Call::show_usage(std::string_view reason, int exit) {
  if (!reason.empty()) err(fmt::format("{}: {}\n", name(), reason));
  if (gnu()) {
    err(fmt::format("Try '{} --help' for more information.\n", name()));
  } else {
    err(fmt::format("BusyBox v1.36.1 multi-call binary.\n\nUsage: {}{}{}\n", name(),
                    usage.empty() ? "" : " ", usage));
  }
  step.exit = std::max(step.exit, exit);
}

void Call::wait(Time until, bool on_change, CommandState kept) {
  step.done = false;
  step.wait.until = until;
  step.wait.on_change = on_change;
  step.state = std::move(kept);
}

std::string Options::value(char letter, std::string_view otherwise) const {
  const auto at = values_.find(letter);
  return at == values_.end() ? std::string(otherwise) : at->second.back();
}

const std::vector<std::string>& Options::values(char letter) const {
  static const std::vector<std::string> none;
  const auto at = values_.find(letter);
  return at == values_.end() ? none : at->second;
}

char Options::last_of(std::string_view letters) const {
  const std::size_t at = order_.find_last_of(letters);
  return at == std::string::npos ? '\0' : order_[at];
}

std::optional<Options> parse_options(Call& call, std::string_view spec,
                                     const std::vector<std::pair<std::string, char>>& longs,
                                     int exit, const std::vector<std::string>* words) {
  const bool in_order = !spec.empty() && spec[0] == '+';
  if (in_order) spec.remove_prefix(1);
  Options options;
  const auto add_value = [&](char letter, std::string value) {
    options.values_[letter].push_back(std::move(value));
    options.order_ += letter;
  };
  const auto wants_value = [&](char letter) {
    const std::size_t at = spec.find(letter);
    return at != std::string_view::npos && at + 1 < spec.size() && spec[at + 1] == ':';
  };
  const std::vector<std::string>& argv = words ? *words : call.argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word == "--") {
      options.operands.insert(options.operands.end(),
                              argv.begin() + static_cast<std::ptrdiff_t>(i) + 1, argv.end());
      break;
    }
    if (word.size() < 2 || word[0] != '-') {
      if (in_order) {
        options.operands.insert(options.operands.end(),
                                argv.begin() + static_cast<std::ptrdiff_t>(i), argv.end());
        break;
      }
      options.operands.push_back(word);
      continue;
    }
    if (word[1] == '-') {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
      if (name == "help") {
        call.out(
            fmt::format("Usage: {}{}{}\n", call.name(), call.usage.empty() ? "" : " ", call.usage));
        return std::nullopt;
      }
      const auto known = std::find_if(longs.begin(), longs.end(),
                                      [&](const auto& item) { return item.first == name; });
      if (known == longs.end()) {
        call.show_usage(fmt::format("unrecognized option '{}'", word.substr(0, equals)), exit);
        return std::nullopt;
      }
      if (!wants_value(known->second)) {
        add_value(known->second, "");
      } else if (equals != std::string::npos) {
        add_value(known->second, word.substr(equals + 1));
      } else if (i + 1 < argv.size()) {
        add_value(known->second, argv[++i]);
      } else {
        call.show_usage(fmt::format("option '{}' requires an argument", word), exit);
        return std::nullopt;
      }
      continue;
    }
    for (std::size_t j = 1; j < word.size(); ++j) {
      const char letter = word[j];
      if (letter == ':' || spec.find(letter) == std::string_view::npos) {
        call.show_usage(fmt::format("invalid option -- '{}'", letter), exit);
        return std::nullopt;
      }
      if (!wants_value(letter)) {
        add_value(letter, "");
        continue;
      }
      if (j + 1 < word.size()) {
        add_value(letter, word.substr(j + 1));
      } else if (i + 1 < argv.size()) {
        add_value(letter, argv[++i]);
      } else {
        call.show_usage(fmt::format("option requires an argument -- '{}'", letter), exit);
        return std::nullopt;
      }
      break;
    }
  }
  return options;
}

std::vector<std::string> numbers_spelt_out(const Call& call, std::string_view option,
                                           std::string_view letters) {
  std::vector<std::string> words;
  bool operands = false;
  for (const std::string& word : call.argv) {
    const bool number = word.size() > 1 && word[0] == '-' &&
                        word.find_first_not_of("0123456789", 1) == std::string::npos;
    const bool is_value = words.size() > 1 && words.back().size() == 2 && words.back()[0] == '-' &&
                          letters.find(words.back()[1]) != std::string_view::npos;
    if (!words.empty() && word.rfind('-', 0) != 0 && !is_value) operands = true;
    if (number && !operands && !is_value) {
      words.emplace_back(option);
      words.push_back(word.substr(1));
    } else {
      words.push_back(word);
    }
  }
  return words;
}

std::optional<std::string> read_operand(Call& call, const std::string& name,
                                        const Reading& reading) {
  if (name == "-" || name == "/dev/stdin") return call.input;
  Io<std::string> bytes = call.files().read(call.path(name));
  if (bytes) return std::move(bytes.value);
  std::string_view text = call.gnu() ? reading.gnu : reading.busybox;
  if (bytes.error == Errno::IsDirectory) {
    if (!call.gnu() && reading.busybox_is_silent) return "";
    const std::string_view own = call.gnu() ? reading.gnu_directory : reading.busybox_directory;
    if (!own.empty()) text = own;
  }
  call.complain(fmt::format(fmt::runtime(text), name, to_string(bytes.error)), reading.exit);
  return std::nullopt;
}

bool write_operand(Call& call, const std::string& name, std::string_view bytes,
                   const Reading& reading) {
  const Errno error = call.files().write(call.path(name), bytes, false, call.now()).error;
  if (error == Errno::Ok) return true;
  call.complain(
      fmt::format(fmt::runtime(call.gnu() ? reading.gnu : reading.busybox), name, to_string(error)),
      reading.exit);
  return false;
}

std::optional<std::int64_t> to_number(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

std::optional<std::int64_t> whole_number(Call& call, std::string_view text) {
  const std::optional<std::int64_t> number = to_number(text);
  if (!number) call.complain(fmt::format("invalid number '{}'", text));
  return number;
}

std::optional<std::uint64_t> size_number(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  const std::optional<std::int64_t> number = to_number(text.substr(0, end));
  if (!number) return std::nullopt;
  const std::string_view suffix = end == std::string_view::npos ? "" : text.substr(end);
  constexpr std::pair<std::string_view, std::uint64_t> kSuffixes[] = {
      {"", 1},
      {"c", 1},
      {"w", 2},
      {"b", 512},
      {"k", 1u << 10},
      {"K", 1u << 10},
      {"kB", 1000},
      {"KB", 1000},
      {"kD", 1000},
      {"KiB", 1u << 10},
      {"M", 1u << 20},
      {"m", 1u << 20},
      {"MB", 1000000},
      {"MD", 1000000},
      {"MiB", 1u << 20},
      {"G", 1u << 30},
      {"g", 1u << 30},
      {"GB", 1000000000},
      {"GD", 1000000000},
      {"GiB", 1u << 30},
      {"T", std::uint64_t{1} << 40}};
  for (const auto& [known, factor] : kSuffixes) {
    if (known != suffix) continue;
    const auto value = static_cast<std::uint64_t>(*number);
    if (value > (std::uint64_t{1} << 62) / factor) return std::nullopt;
    return value * factor;
  }
  return std::nullopt;
}

std::vector<std::string_view> lines_of(std::string_view text, char end_of_line) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < kMostLines) {
    const std::size_t end = text.find(end_of_line);
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string why(std::string_view what, std::string_view name, Errno error) {
  return fmt::format("{} '{}': {}", what, name, to_string(error));
}

std::string join(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') path += '/';
  return path.append(name);
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view last_component(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1);
}

std::string mode_text(const Stat& stat) {
  std::string text = stat.type == FileType::Directory     ? "d"
                     : stat.type == FileType::Symlink     ? "l"
                     : stat.type == FileType::BlockDevice ? "b"
                                                          : "-";
  for (int shift = 6; shift >= 0; shift -= 3) {
    const int bits = stat.mode >> shift & 7;
    text += (bits & 4) != 0 ? 'r' : '-';
    text += (bits & 2) != 0 ? 'w' : '-';
    text += (bits & 1) != 0 ? 'x' : '-';
  }
  const auto special = [&](int bit, std::size_t at, char letter) {
    if ((stat.mode & bit) == 0) return;
    text[at] = text[at] == 'x' ? letter : static_cast<char>(letter - 'a' + 'A');
  };
  special(04000, 3, 's');
  special(02000, 6, 's');
  special(01000, 9, 't');
  return text;
}

std::string user_name(Call& call, std::uint32_t uid) { return name_in(call, "/etc/passwd", uid); }
std::string group_name(Call& call, std::uint32_t gid) { return name_in(call, "/etc/group", gid); }

std::string human_size(std::uint64_t bytes, bool gnu) {
  constexpr std::string_view kUnits = "KMGTPE";
  if (bytes < 1024) return std::to_string(bytes);
  std::size_t unit = 0;
  std::uint64_t size = 1024;
  while (bytes / size >= 1024) {
    size *= 1024;
    ++unit;
  }
  if (!gnu) {  // busybox: to the nearest tenth
    std::uint64_t whole = bytes / size;
    std::uint64_t tenths = (bytes % size / (size / 1024) * 10 + 512) / 1024;
    if (tenths >= 10) {
      ++whole;
      tenths = 0;
    }
    return fmt::format("{}.{}{}", whole, tenths, kUnits[unit]);
  }
  // coreutils: up to the next tenth below ten, up to the next whole above
  const std::uint64_t rest = bytes % size;
  const std::uint64_t scale = size / 1024;  // keeps the product within 64 bits
  std::uint64_t tenths =
      bytes / size * 10 + (rest / scale * 10 + (rest % scale != 0 ? 1 : 0) + 1023) / 1024;
  if (tenths < 100) return fmt::format("{}.{}{}", tenths / 10, tenths % 10, kUnits[unit]);
  const std::uint64_t whole = bytes / size + (rest != 0 ? 1 : 0);
  if (whole >= 1024 && unit + 1 < kUnits.size()) return fmt::format("1.0{}", kUnits[unit + 1]);
  return fmt::format("{}{}", whole, kUnits[unit]);
}

namespace {

// A program that runs a shell that runs a program …: each of them stands on our own stack.
struct Nesting {
  static constexpr int kDeepest = 8;
  static constexpr int kMost = 10000;
  int depth = 0;
  int runs = 0;  // since the outermost began
};
thread_local Nesting nesting;

/// A shell's process inside this call, with what it prints.
void run_shell(Call& call, const std::vector<std::string>& argv) {
  constexpr int kBudget = 20000;
  constexpr int kNoFork = 254;
  if (nesting.depth == 0) nesting.runs = 0;
  if (nesting.depth >= Nesting::kDeepest || nesting.runs >= Nesting::kMost) {
    call.complain("fork: retry: Resource temporarily unavailable", kNoFork);
    return;
  }
  ++nesting.depth;
  ++nesting.runs;
  Process inner =
      call.state.child ? *call.state.child : make_process(argv, call.process.env, call.process.cwd);
  inner.input = call.input;
  for (const Chunk& chunk : advance(inner, call.system, kBudget)) {
    add(call.step.output, chunk.err, chunk.text);
  }
  --nesting.depth;
  if (inner.done) {
    call.step.exit = inner.exit;
    return;
  }
  CommandState kept;
  kept.stage = 1;
  const Wait wait = inner.wait;
  kept.child = std::make_shared<const Process>(std::move(inner));
  call.wait(wait.until, wait.on_change, std::move(kept));
}

}  // namespace

void run_as_shell(Call& call) { run_shell(call, call.argv); }

void run_builtin(Call& call) {
  std::vector<std::string> argv = {"sh", "-c", call.name() + " \"$@\""};
  argv.insert(argv.end(), call.argv.begin(), call.argv.end());
  run_shell(call, argv);
  // No shell is to be seen in what it says.
  constexpr std::string_view kShell = "sh: ";
  for (Chunk& chunk : call.step.output) {
    if (!chunk.err || chunk.text.rfind(kShell, 0) != 0) continue;
    chunk.text.replace(0, kShell.size(), call.name() + ": ");
  }
}

int run_inside(Call& call, const std::vector<std::string>& argv, const std::string& input) {
  Step inner = call.system.run(argv, input, call.process, CommandState{});
  for (const Chunk& chunk : inner.output) add(call.step.output, chunk.err, chunk.text);
  call.step.took = call.step.took + inner.took;
  return inner.exit;
}

}  // namespace sim::userland
