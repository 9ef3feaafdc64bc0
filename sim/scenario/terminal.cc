#include "sim/scenario/terminal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/sim_command.h"

namespace sim {
namespace {

// No command may keep a person waiting for ever: this much virtual time, then it is ended.
constexpr Duration kLongestCommand = hours(24 * 30);
// A command that waits for changes is looked at again after each; this many, then it is ended.
constexpr int kMostWaits = 1000000;
// How much virtual time passes between two looks at whether a person wants it to stop.
constexpr Duration kPiece = seconds(10);

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_comment(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  return begin != std::string_view::npos && line[begin] == '#';
}

}  // namespace

Terminal::Terminal(Simulation& simulation, std::string directory)
    : simulation_(simulation), session_(std::move(directory)), shell_(make_script("", "")) {
  simulation.judge([](const World& now, const PlannedFault& planned) {
    return question_holds(now, planned.question);
  });
  shell_.cwd = parse_path("/work");
  shell_.env = {{"HOME", "/work"},
                {"PATH", "/usr/local/bin:/usr/bin:/bin"},
                {"USER", "user"},
                {"SHELL", "/bin/bash"},
                {"PWD", "/work"}};
}

Terminal::Terminal(Simulation& simulation, const Terminal& other)
    : simulation_(simulation),
      session_(other.session_),
      shell_(other.shell_),
      interrupt_(other.interrupt_),
      ended_(other.ended_) {}

void Terminal::write_file(const std::string& name, std::string_view text) {
  session_.files.write(parse_path(name, parse_path("/work")), text, false, world().now());
}

bool Terminal::wait(const Wait& wanted, Time limit, std::string* output) {
  const Time until = std::min(wanted.until, limit);
  if (!wanted.on_change) {
    // In pieces, so that a person can stop it.
    while (world().now() < until && !(interrupt_ && interrupt_())) {
      simulation_.run_until(interrupt_ ? std::min(until, world().now() + kPiece) : until);
    }
  } else if (world().next_due() == kNever && wanted.until == kNever) {
    *output += "podsight: nothing will ever happen that this command waits for\n";
    return false;
  } else {
    simulation_.run_until_change(until);
  }
  if (world().now() >= limit) {
    *output +=
        fmt::format("podsight: ended after {} of virtual time\n", to_string(kLongestCommand));
    return false;
  }
  return true;
}

Terminal::Result Terminal::run(std::string_view lines) {
  Result result;
  if (session_.prompt) {
    session_.typed = lines;
    session_.prompt.reset();
  } else {
    feed(shell_, lines);
  }
  const Time limit = world().now() + kLongestCommand;
  for (int waits = 0;; ++waits) {
    HostSystem host(world(), session_);
    result.output += text_of(advance(shell_, host));
    if (result.progress.empty() || result.progress.back().second < result.output.size()) {
      result.progress.emplace_back(world().now(), result.output.size());
    }
    Plan plan = host.take_plan();
    if (!plan.empty()) {
      const std::uint64_t command = simulation_.command("user", host.last_command());
      simulation_.carry_out(std::move(plan), {command, "kubectl"});
    }
    if (shell_.done) break;
    if (session_.prompt) {
      result.time = world().now();
      return result;
    }
    const bool stopped = interrupt_ && interrupt_();
    if (stopped || waits >= kMostWaits || !wait(shell_.wait, limit, &result.output)) {
      interrupt(shell_);
      result.exit = stopped ? 130 : 124;
      result.time = world().now();
      return result;
    }
  }
  result.exit = shell_.exit;
  result.time = world().now();
  ended_ = has_exited(shell_);
  return result;
}

std::vector<ScriptBlock> script_blocks(std::string_view script) {
  std::vector<ScriptBlock> blocks;
  std::string text;
  bool all_comments = true;
  int line_number = 0;
  int first_line = 1;
  const auto finish = [&] {
    if (!text.empty()) blocks.push_back({text, all_comments, first_line});
    text.clear();
    all_comments = true;
  };
  std::string_view rest = script;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    ++line_number;
    // The first line may say which shell it is for.
    if (line_number == 1 && line.substr(0, 2) == "#!") continue;
    // A blank line inside quotes or a here-document belongs to its command.
    if (is_blank(line) && (text.empty() || all_comments || !needs_more(text))) {
      finish();
      continue;
    }
    if (text.empty()) {
      first_line = line_number;
    } else {
      text += "\n";
    }
    text += line;
    all_comments = all_comments && is_comment(line);
  }
  finish();
  return blocks;
}

int run_script(Terminal& terminal, std::string_view script, Transcript* transcript) {
  const Time start = terminal.world().now();
  int status = 0;
  for (const ScriptBlock& block : script_blocks(script)) {
    if (block.narration) {
      fmt::print("{}\n\n", block.text);
      transcript->add_comment(block.text);
      continue;
    }
    std::string_view rest = block.text;
    for (bool first = true; !rest.empty(); first = false) {
      fmt::print("{}{}\n", first ? "$ " : "  ", next_line(rest));
    }
    const Terminal::Result result = terminal.run(block.text);
    fmt::print("{}\n", result.output);
    status = result.exit;
    transcript->add(block.text, result, start);
    if (terminal.ended()) break;
  }
  return status;
}

void Transcript::add_comment(std::string text) {
  Entry entry;
  entry.comment = true;
  entry.command = std::move(text);
  entries_.push_back(std::move(entry));
}

void Transcript::add(std::string command, const Terminal::Result& result, Time start) {
  Entry entry;
  entry.command = std::move(command);
  entry.output = result.output;
  entry.exit = result.exit;
  entry.tenths = (result.time - start).ms() / 100;
  entries_.push_back(std::move(entry));
}

std::string Transcript::text() const {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Entry& entry : entries_) {
    nlohmann::ordered_json row;
    if (entry.comment) {
      row["comment"] = entry.command;
    } else {
      row["command"] = entry.command;
      row["output"] = entry.output;
      row["exit"] = entry.exit;
      row["t"] = static_cast<double>(entry.tenths) / 10.0;
    }
    all.push_back(std::move(row));
  }
  return all.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace sim
