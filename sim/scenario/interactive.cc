#include "sim/scenario/interactive.h"

#include <editline/readline.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <sstream>
#include <vector>

#include "sim/base/format.h"
#include "sim/shell/kubectl.h"

namespace sim {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) { interrupted = 1; }
bool take_interrupt() {
  const bool was = interrupted != 0;
  interrupted = 0;
  return was;
}

// The line editor calls back without a word of whose line it is; there is one prompt in a program.
Terminal* at_prompt = nullptr;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  if (line.empty() || line.back() == ' ') words.emplace_back();
  return words;
}

char** complete_line(const char*, int, int end) {
  rl_attempted_completion_over = 1;
  const std::vector<std::string> found =
      completions(*at_prompt, {rl_line_buffer, static_cast<std::size_t>(end)});
  if (found.empty()) return nullptr;
  // First what all have in common, then each: as the library wants it, in memory that it frees.
  std::string common = found.front();
  for (const std::string& word : found) {
    std::size_t same = 0;
    while (same < common.size() && same < word.size() && common[same] == word[same]) ++same;
    common.resize(same);
  }
  auto** list = static_cast<char**>(std::malloc((found.size() + 2) * sizeof(char*)));
  if (!list) return nullptr;
  list[0] = strdup(common.c_str());
  for (std::size_t i = 0; i < found.size(); ++i) list[i + 1] = strdup(found[i].c_str());
  list[found.size() + 1] = nullptr;
  return list;
}

std::string prompt(const Terminal& terminal) {
  if (terminal.command_prompt()) return *terminal.command_prompt();
  return fmt::format("{} $ ", to_clock(terminal.world().elapsed()));
}

std::optional<std::string> read_line(const std::string& text, bool edited) {
  if (edited) {
    char* line = readline(text.c_str());
    if (!line) return std::nullopt;
    std::string read(line);
    std::free(line);
    return read;
  }
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

}  // namespace

std::vector<std::string> completions(const Terminal& terminal, std::string_view line) {
  const std::vector<std::string> words = words_of(std::string(line));
  const std::string& last = words.back();
  std::vector<std::string> found;
  const auto offer = [&](const std::string& word) {
    if (word.rfind(last, 0) == 0) found.push_back(word);
  };
  if (words.size() == 1) {
    for (const char* word : {"kubectl", "sim", "ls", "cat", "echo", "grep", "sleep", "exit"}) {
      offer(word);
    }
    return found;
  }
  if (words.front() == "kubectl") {
    found = kubectl::complete(terminal.world(), terminal.session(), words);
    if (!found.empty()) return found;
  }
  if (words.front() == "sim" && words.size() == 2) {
    for (const char* word : {"node", "container", "advance", "why", "see", "owners", "help"}) {
      offer(word);
    }
    return found;
  }
  const auto names = terminal.session().files.list(parse_path("/work"));
  for (const Str& name : names.value) offer(name.str());
  return found;
}

int interact(Terminal& terminal, Transcript* transcript) {
  const bool edited = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  at_prompt = &terminal;
  if (edited) {
    rl_attempted_completion_function = complete_line;
    std::signal(SIGINT, on_interrupt);
    terminal.set_interrupt(take_interrupt);
    terminal.attend();
    fmt::print(
        "podsight: a simulated Kubernetes 1.30. Type kubectl commands; `sim help` for faults and "
        "time; `exit` to end.\n");
  }
  const Time start = terminal.world().now();
  int status = 0;
  std::string lines;
  while (!terminal.ended()) {
    std::optional<std::string> line = read_line(lines.empty() ? prompt(terminal) : "> ", edited);
    // Ctrl-D ends a shell inside a container first.
    if (!line && terminal.command_prompt()) {
      line = "exit";
      lines.clear();
    }
    if (!line) break;
    lines += lines.empty() ? *line : "\n" + *line;
    if (needs_more(lines)) continue;
    if (lines.find_first_not_of(" \t\n") == std::string::npos) {
      lines.clear();
      continue;
    }
    if (edited) add_history(lines.c_str());
    const Terminal::Result result = terminal.run(lines);
    fmt::print("{}", result.output);
    std::fflush(stdout);
    status = result.exit;
    transcript->add(lines, result, start);
    lines.clear();
  }
  if (edited) fmt::print("\n");
  at_prompt = nullptr;
  return status;
}

}  // namespace sim
