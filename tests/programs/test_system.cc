#include "tests/programs/test_system.h"

#include <algorithm>
#include <map>

#include "sim/base/format.h"

namespace sim::testing {
namespace {

constexpr std::string_view kPrograms[] = {
    "bash", "cat", "echo", "env",   "false", "grep",    "head",  "ls", "mkdir", "printf", "rm",
    "seq",  "sh",  "slow", "sleep", "sort",  "timeout", "touch", "tr", "true",  "wc",     "xargs"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

int number_of(const std::string& text) {
  int value = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9' && value < 100000) value = value * 10 + (c - '0');
  }
  return value;
}

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

TestSystem::TestSystem() {
  files_.root.image = std::make_shared<const std::vector<Tree>>();
  for (const char* directory : {"/etc", "/tmp", "/work", "/work/sub"}) {
    files_.make_directory(parse_path(directory), 0755, Time{});
  }
  put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  put("/work/a", "one\ntwo\nthree\n");
  put("/work/b", "four\n");
  put("/work/sub/c", "five\n");
}

void TestSystem::put(const std::string& path, std::string_view text, std::uint16_t mode) {
  files_.write(parse_path(path), text, false, now_);
  files_.change_mode(parse_path(path), mode, now_);
}

std::string TestSystem::read(const std::string& path) const {
  const auto read = files_.read(parse_path(path));
  return read ? read.value : fmt::format("({})", to_string(read.error));
}

bool TestSystem::has_program(std::string_view name) const {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) {
    if (name.substr(0, slash) != "/bin" && name.substr(0, slash) != "/usr/bin") return false;
    name = name.substr(slash + 1);
  }
  return std::find(std::begin(kPrograms), std::end(kPrograms), name) != std::end(kPrograms);
}

Step TestSystem::run(const std::vector<std::string>& argv, const std::string& input,
                     const Process& process, const CommandState& state) {
  ++calls;
  Step step;
  const std::string name = base_name(argv[0]);
  const std::vector<std::string> operands(argv.begin() + 1, argv.end());
  const auto out = [&](std::string_view text) { append(step.output, false, text); };
  const auto fail = [&](const std::string& text) {
    append(step.output, true, fmt::format("{}: {}\n", name, text));
    step.exit = 1;
  };
  const auto path = [&](const std::string& text) { return parse_path(text, process.cwd); };
  // The files named, or the input when there are none.
  const auto text = [&](std::size_t first) {
    std::string all;
    if (first >= operands.size()) return input;
    for (std::size_t i = first; i < operands.size(); ++i) {
      if (operands[i] == "-") {
        all += input;
        continue;
      }
      const auto read = files_.read(path(operands[i]));
      if (read) {
        all += read.value;
      } else {
        fail(fmt::format("{}: {}", operands[i], to_string(read.error)));
      }
    }
    return all;
  };
  const std::size_t needed = name == "tr"                                         ? 2
                             : name == "grep" || name == "seq" || name == "sleep" ? 1
                                                                                  : 0;
  const bool empty = std::count(operands.begin(), operands.end(), "") > 0;
  if (operands.size() < needed || (needed > 0 && empty)) {
    fail("usage");
    return step;
  }
  if (name == "true") return step;
  if (name == "false") {
    step.exit = 1;
  } else if (name == "echo") {
    out(fmt::format("{}\n", fmt::join(operands, " ")));
  } else if (name == "printf") {
    out(operands.empty() ? "" : operands[0]);
  } else if (name == "cat") {
    out(text(0));
  } else if (name == "env") {
    for (const auto& [variable, value] : process.env) out(fmt::format("{}={}\n", variable, value));
  } else if (name == "ls") {
    for (const std::string& operand : operands.empty() ? std::vector<std::string>{"."} : operands) {
      const auto stat = files_.stat(path(operand));
      if (!stat) {
        fail(fmt::format("cannot access '{}': {}", operand, to_string(stat.error)));
        step.exit = 2;
      } else if (stat.value.type == FileType::Directory) {
        for (const Str& entry : files_.list(path(operand)).value) out(entry + "\n");
      } else {
        out(operand + "\n");
      }
    }
  } else if (name == "touch" || name == "mkdir" || name == "rm") {
    for (const std::string& operand : operands) {
      if (operand.empty() || operand[0] == '-') continue;
      const Errno error = name == "touch"   ? files_.touch(path(operand), now_).error
                          : name == "mkdir" ? files_.make_directory(path(operand), 0755, now_).error
                                            : files_.remove(path(operand)).error;
      if (error != Errno::Ok) fail(fmt::format("{}: {}", operand, to_string(error)));
    }
  } else if (name == "wc") {
    const std::string all = text(operands.empty() || operands[0].rfind("-", 0) != 0 ? 0 : 1);
    const bool bytes = !operands.empty() && operands[0] == "-c";
    out(fmt::format("{}\n", bytes ? static_cast<std::ptrdiff_t>(all.size())
                                  : std::count(all.begin(), all.end(), '\n')));
  } else if (name == "head") {
    const bool given = operands.size() > 1 && operands[0] == "-n";
    const std::size_t most = given ? static_cast<std::size_t>(number_of(operands[1])) : 10;
    std::size_t shown = 0;
    for (const std::string& line : lines_of(text(given ? 2 : 0))) {
      if (shown++ < most) out(line + "\n");
    }
  } else if (name == "sort") {
    std::vector<std::string> lines = lines_of(text(0));
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) out(line + "\n");
  } else if (name == "grep") {
    step.exit = 1;
    const bool quiet = operands.size() > 1 && operands[0] == "-q";
    for (const std::string& line : lines_of(text(quiet ? 2 : 1))) {
      if (line.find(operands[quiet ? 1 : 0]) == std::string::npos) continue;
      step.exit = 0;
      if (!quiet) out(line + "\n");
    }
  } else if (name == "tr") {
    const bool removes = operands[0] == "-d";
    std::string made;
    for (const char c : input) {
      if (removes && operands[1].find(c) != std::string::npos) continue;
      const bool upper = !removes && operands[0] == "a-z" && c >= 'a' && c <= 'z';
      const std::size_t at = removes || upper ? std::string::npos : operands[0].find(c);
      made += upper                     ? static_cast<char>(c - 'a' + 'A')
              : at != std::string::npos ? operands[1][at]
                                        : c;
    }
    out(made);
  } else if (name == "seq") {
    const int from = operands.size() > 1 ? number_of(operands[0]) : 1;
    for (int i = from; i <= number_of(operands.back()); ++i) out(fmt::format("{}\n", i));
  } else if (name == "sleep") {
    const auto wanted = parse_duration(
        operands[0].back() >= '0' && operands[0].back() <= '9' ? operands[0] + "s" : operands[0]);
    if (!wanted) {
      fail(fmt::format("invalid time interval '{}'", operands[0]));
      return step;
    }
    step.state = state;
    step.state.stage = 1;
    step.wait.until = state.started + *wanted;
    step.done = now_ >= step.wait.until;
  } else if (name == "slow") {  // says that it is done, and takes a second for it
    out("slow\n");
    step.took = seconds(1);
  } else {
    append(step.output, true, fmt::format("{}: usage\n", name));
    step.exit = 2;
  }
  return step;
}

Ran run_to_end(Process& process, TestSystem& system) {
  Ran ran;
  const Time start = system.now();
  while (true) {
    ++ran.turns;
    ran.output += text_of(advance(process, system));
    if (process.done) break;
    const Time until = std::min(process.wait.until, system.now() + hours(24));
    if (until > start + hours(24)) {
      ran.output += "(it waits for ever)\n";
      break;
    }
    system.set_now(std::max(until, system.now()));
  }
  ran.status = process.exit;
  ran.took = system.now() - start;
  return ran;
}

Ran run(TestSystem& system, std::vector<std::string> argv) {
  Process process = make_process(std::move(argv), {{"HOME", "/root"}, {"PATH", "/bin:/usr/bin"}},
                                 parse_path("/work"));
  process.pid = 100;
  return run_to_end(process, system);
}

Ran bash(const std::string& script) {
  TestSystem system;
  return run(system, {"bash", "-c", script});
}

Ran ash(const std::string& script) {
  TestSystem system;
  system.gnu = false;
  return run(system, {"sh", "-c", script});
}

}  // namespace sim::testing
