// Programs that run other programs, which may wait: env, timeout, nohup, xargs.
#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/machine.h"

namespace sim::shell {
namespace {

constexpr int kChild = 90;  // the stage of a command whose work is a frame above it
constexpr int kNotFound = 127;
constexpr int kCannotRun = 126;

/// "5", "1.5m", "2h": what timeout takes.
std::optional<Duration> parse_timeout(const std::string& text) {
  std::string spelled = text;
  if (!spelled.empty() && spelled.back() == 'd') {
    spelled.pop_back();
    const auto hours_of_day = parse_duration(spelled + "h");
    if (!hours_of_day || hours_of_day->ns > hours(24 * 365 * 10).ns) return std::nullopt;
    return *hours_of_day * 24;
  }
  if (!spelled.empty() &&
      (spelled.back() == '.' || (spelled.back() >= '0' && spelled.back() <= '9'))) {
    spelled += 's';
  }
  return parse_duration(spelled);
}

}  // namespace

bool is_wrapper(std::string_view path) {
  const std::string_view name = base_name(path);
  return name == "env" || name == "timeout" || name == "nohup" || name == "xargs";
}

bool Machine::run_wrapper(Frame& frame) {
  if (!is_wrapper(frame.words[0]) || !system_.has_program(frame.words[0])) return false;
  std::vector<std::string>& words = frame.words;
  const std::string name(base_name(words[0]));
  if (name == "xargs") {
    run_xargs(frame);
    return true;
  }
  if (name == "timeout") {
    const std::size_t depth = in_.stack.size();
    run_timeout(frame);
    return in_.stack.size() != depth || frame.stage == kChild;
  }
  std::size_t first = 1;
  if (name == "env") {
    for (; first < words.size(); ++first) {
      const std::string& word = words[first];
      if (word == "-u" && first + 1 < words.size()) {
        ++first;
      } else if (word == "--") {
        ++first;
        break;
      } else if (word != "-i" && word != "-" && word.find('=', 1) == std::string::npos) {
        break;
      }
    }
  }
  // Without a command, or with an option that only the program knows.
  if (first >= words.size() || (words[first].size() > 1 && words[first][0] == '-')) return false;
  if (name == "env") run_env(frame, first);
  frame.run_by = name;
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first));
  return true;
}

/// What env changes of the environment, for as long as the frame lives.
void Machine::run_env(Frame& frame, std::size_t first) {
  const std::vector<std::string>& words = frame.words;
  SavedVariables old;
  undo_ = &old;
  for (std::size_t i = 1; i < first; ++i) {
    const std::size_t equal = words[i].find('=', 1);
    if (words[i] == "-i" || words[i] == "-") {
      std::vector<std::string> names;
      for (const auto& [variable, row] : in_.shell.variables) {
        if (row.exported) names.push_back(variable);
      }
      for (const std::string& variable : names) edit(variable).exported = false;
    } else if (words[i] == "-u" && i + 1 < first) {
      if (find(words[++i])) edit(words[i]).exported = false;
    } else if (equal != std::string::npos) {
      const std::string variable = words[i].substr(0, equal);
      Variable& row = edit(variable);
      row = Variable();
      row.value = Str(std::string_view(words[i]).substr(equal + 1));
      row.exported = true;
      in_.shell.variable_bytes += row.value.size();
    }
  }
  undo_ = nullptr;
  frame.saved_variables.insert(frame.saved_variables.end(), std::make_move_iterator(old.begin()),
                               std::make_move_iterator(old.end()));
}

void Machine::run_timeout(Frame& frame) {
  const std::vector<std::string>& words = frame.words;
  std::size_t i = 1;
  int signal = signal_number("TERM");
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    const bool names_signal = words[i].rfind("-s", 0) == 0;
    std::string text = words[i].substr(2);
    if ((names_signal || words[i] == "-k") && text.empty() && i + 1 < words.size())
      text = words[++i];
    if (names_signal && signal_number(text) > 0) signal = signal_number(text);
  }
  if (i + 1 >= words.size()) return;  // the program says how it is used
  const auto duration = parse_timeout(words[i]);
  if (!duration || duration->ns < 0) {
    constexpr int kFailed = 125;
    write(2, system_.has_gnu_tools() ? fmt::format("timeout: invalid time interval '{}'\n"
                                                   "Try 'timeout --help' for more information.\n",
                                                   words[i])
                                     : fmt::format("timeout: invalid number '{}'\n", words[i]));
    finish(system_.has_gnu_tools() ? kFailed : 1, true);
    return;
  }
  Frame limited;
  limited.kind = Frame::Kind::Timeout;
  limited.tested = true;
  limited.state.number = signal;
  limited.words.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
  if (duration->ns > 0 && duration->ns < kNever.ns - system_.now().ns) {
    limited.deadline = system_.now() + *duration;
  }
  frame.stage = kChild;
  in_.stack.push_back(std::move(limited));
}

namespace {

/// What xargs was asked for.
struct Each {
  std::size_t most = 5000;
  std::string placeholder;
  bool skip_empty = false;
  bool by_line = false;
  bool shows = false;
  std::optional<char> separator;
};

std::vector<std::string> items_of(const std::string& input, const Each& each) {
  std::vector<std::string> items;
  std::string item;
  bool has_item = false;
  char quote = '\0';
  bool escaped_letter = false;
  const bool whole_lines = !each.placeholder.empty() || each.by_line;
  for (const char c : input) {
    if (items.size() > kMostWords) break;
    const bool ends = each.separator ? c == *each.separator
                      : whole_lines  ? c == '\n'
                                     : c == ' ' || c == '\t' || c == '\n';
    if (!each.separator && escaped_letter) {
      escaped_letter = false;
      item += c;
    } else if (!each.separator && quote == '\0' && c == '\\') {
      escaped_letter = true;
      has_item = true;
    } else if (!each.separator && quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
      has_item = true;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && ends) {
      if (has_item || each.separator) items.push_back(item);
      item.clear();
      has_item = false;
    } else {
      item += c;
      has_item = true;
    }
  }
  if (has_item) items.push_back(item);
  return items;
}

}  // namespace

void Machine::run_xargs(Frame& frame) {
  const std::vector<std::string>& words = frame.words;
  Each each;
  std::size_t i = 1;
  for (; i < words.size() && words[i].size() > 1 && words[i][0] == '-'; ++i) {
    if (words[i] == "--") {
      ++i;
      break;
    }
    if (words[i] == "--no-run-if-empty") each.skip_empty = true;
    if (words[i] == "--null") each.separator = '\0';
    if (words[i][1] == '-') continue;
    std::string letters = words[i].substr(1);
    for (std::size_t at = 0; at < letters.size(); ++at) {
      const char letter = letters[at];
      if (letter == 'r') each.skip_empty = true;
      if (letter == '0') each.separator = '\0';
      if (letter == 't') each.shows = true;
      if (std::string_view("nILPdEs").find(letter) == std::string_view::npos) continue;
      std::string text = letters.substr(at + 1);
      if (text.empty() && i + 1 < words.size()) text = words[++i];
      if (letter == 'n') each.most = std::max<std::size_t>(leading_number(text), 1);
      if (letter == 'L') {
        each.most = std::max<std::size_t>(leading_number(text), 1);
        each.by_line = true;
      }
      if (letter == 'I') each.placeholder = text.empty() ? "{}" : text;
      if (letter == 'd' && !text.empty()) {
        each.separator = text == "\\n" ? '\n' : text == "\\t" ? '\t' : text[0];
      }
      break;
    }
  }
  std::vector<std::string> command(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  if (command.empty()) command = {"echo"};
  std::vector<std::string> items = items_of(input_text(true), each);
  Frame made;
  made.kind = Frame::Kind::Each;
  made.tested = true;
  if (items.empty() && (each.skip_empty || !each.placeholder.empty())) made.stage = 1;
  made.commands = {std::move(command), std::move(items)};
  made.state.number = static_cast<std::int64_t>(each.placeholder.empty() ? each.most : 1);
  made.state.notes = {"", each.placeholder, each.shows ? "t" : ""};
  made.saved_descriptors = in_.shell.descriptors;
  in_.shell.descriptors[0] = Descriptor();
  frame.stage = kChild;
  in_.stack.push_back(std::move(made));
}

/// One command of xargs after the other. `stage` is 1 once there is nothing more to run.
void Machine::step_each(Frame& frame) {
  const std::vector<std::string>& items = frame.commands[1];
  const std::string& placeholder = frame.state.notes[1];
  if (frame.state.stage > 0) {
    constexpr int kGaveUp = 124;
    constexpr int kSomeFailed = 123;
    const int status = in_.status;
    if (status == kNotFound || status == kCannotRun) return finish(status);
    if (status == 255) {
      write(2, fmt::format("xargs: {}: exited with status 255; aborting\n", frame.commands[0][0]));
      return finish(kGaveUp);
    }
    if (status != 0) frame.status = kSomeFailed;
    if (frame.index >= items.size()) frame.stage = 1;
  }
  if (frame.stage == 1) return finish(frame.status);
  frame.state.stage = 1;
  std::vector<std::string> made = frame.commands[0];
  std::size_t bytes = sizeof(std::string) * made.size();
  if (!placeholder.empty()) {
    std::string line = items[frame.index++];
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    for (std::string& word : made) {
      for (std::size_t at = word.find(placeholder);
           at != std::string::npos && word.size() < kMostOutput;
           at = word.find(placeholder, at + line.size())) {
        word.replace(at, placeholder.size(), line);
      }
      bytes += word.size();
    }
  } else {
    const std::size_t end =
        std::min(items.size(), frame.index + static_cast<std::size_t>(frame.state.number));
    for (; frame.index < end; ++frame.index) {
      bytes += items[frame.index].size() + sizeof(std::string);
      made.push_back(items[frame.index]);
    }
  }
  charge(bytes);
  if (frame.state.notes[2] == "t") write(2, fmt::format("{}\n", fmt::join(made, " ")));
  push_command(std::move(made), true);
  top().run_by = "xargs";
}

}  // namespace sim::shell
