#include "sim/scenario/report.h"

#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/graph/picture.h"

namespace sim {
namespace {

struct Words {
  std::string_view failed, held_all, held_some, time_passed, expected, instead, forgotten;
};
const Words& words_of(const std::string& language) {
  static const Words en = {"FAILED",
                           "All {} expectations held.",
                           "{} of {} expectations failed.",
                           "virtual time passed",
                           "expected",
                           "instead of step {}",
                           "The history was thinned to stay within its bounds: of its first {} "
                           "changes nothing can be told any more."};
  static const Words ko = {
      "실패",
      "기대 {}개가 모두 맞았습니다.",
      "기대 {}개가 어긋났습니다(전체 {}개).",
      "흐른 가상 시간",
      "기대",
      "단계 {} 대신",
      "이력을 정해진 한도 안에 두려고 처음 변경 {}개를 버렸습니다. 그에 대해서는 "
      "더 이상 답할 수 없습니다."};
  return language == "ko" ? ko : en;
}

/// Writes the parts of a report with or without colour.
class Printer {
 public:
  explicit Printer(const TextStyle& style) : style_(style) {}

  void bold(std::string_view text) { paint("1", text); }
  void dim(std::string_view text) { paint("2", text); }
  void good(std::string_view text) { paint("32", text); }
  void bad(std::string_view text) { paint("31;1", text); }
  void plain(std::string_view text) { out_ += text; }
  /// Every line of the text behind some spaces.
  void indented(std::string_view text, int spaces) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      std::size_t end = text.find('\n', begin);
      if (end == std::string_view::npos) end = text.size();
      if (end > begin) out_.append(static_cast<std::size_t>(spaces), ' ');
      out_ += text.substr(begin, end - begin);
      out_ += '\n';
      begin = end + 1;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void paint(std::string_view code, std::string_view text) {
    if (style_.colour) {
      out_ += fmt::format("\x1b[{}m{}\x1b[0m", code, text);
    } else {
      out_ += text;
    }
  }
  const TextStyle& style_;
  std::string out_;
};

void print_check(Printer& out, const CheckResult& check, const Words& words) {
  out.plain("  ");
  if (check.held) {
    out.good("✓");
    out.plain(fmt::format(" {}\n", check.label));
    return;
  }
  out.bad(fmt::format("✗ {}", words.failed));
  out.plain(fmt::format(" {}\n", check.label));
  out.indented(check.detail, 4);
  out.plain("    ");
  out.dim(check.pointer);
  out.plain("\n");
}

void print_step(Printer& out, const StepResult& step, const Words& words) {
  out.plain("\n");
  out.dim(to_clock(step.began));
  out.plain("  ");
  out.bold(step.title.empty() ? step.id : step.title);
  out.plain("\n");
  out.indented(step.say, 2);
  if (!step.ask.empty()) {
    out.plain("\n  ");
    out.bold(fmt::format("? {}", step.ask));
    out.plain("\n");
    for (const OptionResult& option : step.options)
      out.plain(fmt::format("    · {}\n", option.label));
  }
  if (!step.command.empty()) {
    out.plain("\n");
    std::string_view rest = step.command;
    bool first = true;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      out.plain("  ");
      out.dim(first ? "$ " : "  ");
      out.bold(line);
      out.plain("\n");
      first = false;
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    out.indented(step.output, 2);
  }
  if (!step.options.empty()) {
    out.plain("\n");
    for (const OptionResult& option : step.options) {
      out.plain("  ");
      if (option.holds) {
        out.good("▸ ");
        out.bold(option.label);
      } else {
        out.plain("  ");
        out.dim(option.label);
      }
      out.plain("\n");
      if (!option.holds && !option.refutation.empty()) {
        out.plain("      ");
        out.dim(option.refutation);
        out.plain("\n");
      }
    }
  }
  if (!step.checks.empty() || !step.explanations.empty()) out.plain("\n");
  for (const CheckResult& check : step.checks) print_check(out, check, words);
  for (const std::string& explanation : step.explanations) {
    out.plain("  → ");
    out.plain(explanation);
    out.plain("\n");
  }
}

void print_steps(Printer& out, const std::vector<StepResult>& steps, const TextStyle& style,
                 const Words& words) {
  for (const StepResult& step : steps) {
    if (!style.quiet) {
      print_step(out, step, words);
      continue;
    }
    for (const CheckResult& check : step.checks) {
      if (!check.held) print_check(out, check, words);
    }
  }
}

int count_checks(const std::vector<StepResult>& steps, bool held) {
  int count = 0;
  for (const StepResult& step : steps) {
    for (const CheckResult& check : step.checks) count += check.held == held;
  }
  return count;
}

int count_checks(const Report& report, bool held) {
  int count = count_checks(report.steps, held);
  for (const ForkResult& fork : report.forks) count += count_checks(fork.steps, held);
  return count;
}

// Virtual seconds: the time attribute of JUnit, which tools show as a duration.
std::string seconds_text(Duration duration) {
  return fmt::format("{}.{:03}", duration.ms() / 1000, duration.ms() % 1000);
}

nlohmann::ordered_json json_of(const std::vector<StepResult>& steps) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const StepResult& step : steps) {
    nlohmann::ordered_json entry;
    entry["id"] = step.id;
    entry["t"] = static_cast<double>(step.ended.ms()) / 1000.0;
    if (!step.command.empty()) {
      entry["command"] = step.command;
      entry["output"] = step.output;
      entry["exit"] = step.exit;
    }
    entry["checks"] = nlohmann::ordered_json::array();
    for (const CheckResult& check : step.checks) {
      nlohmann::ordered_json row;
      if (!check.id.empty()) row["id"] = check.id;
      row["expected"] = check.label;
      row["held"] = check.held;
      row["pointer"] = check.pointer;
      if (!check.held) row["detail"] = check.detail;
      entry["checks"].push_back(std::move(row));
    }
    if (!step.explanations.empty()) entry["why"] = step.explanations;
    all.push_back(std::move(entry));
  }
  return all;
}

/// Lines as they are, in a list item; the fence is longer than any in the text.
std::string fenced(const std::string& text) {
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  std::string out = "  " + fence + "\n  ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out + "\n  " + fence + "\n";
}

void add_cases(const Report& report, const std::vector<StepResult>& steps, std::string& out) {
  for (const StepResult& step : steps) {
    int number = 0;
    for (const CheckResult& check : step.checks) {
      ++number;
      const std::string name =
          fmt::format("{}#{}", step.id, check.id.empty() ? std::to_string(number) : check.id);
      out += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"",
                         escape_markup(report.id), escape_markup(name), escape_markup(report.file));
      if (check.held) {
        out += "/>\n";
        continue;
      }
      out += fmt::format(">\n      <failure message=\"{}\">{}\n{}</failure>\n    </testcase>\n",
                         escape_markup(check.label), escape_markup(check.detail),
                         escape_markup(check.pointer));
    }
  }
}

}  // namespace

int Report::held() const { return count_checks(*this, true); }

int Report::failed() const { return count_checks(*this, false); }

std::string to_text(const Report& report, const TextStyle& style) {
  const Words& words = words_of(style.language);
  Printer out(style);
  out.bold(report.title);
  out.plain("  ");
  out.dim(fmt::format("{}, seed {}", report.file, report.seed));
  out.plain("\n");
  print_steps(out, report.steps, style, words);
  for (const ForkResult& fork : report.forks) {
    if (!style.quiet) {
      out.plain("\n");
      out.bold(fmt::format("↳ {}", fork.title));
      out.plain("  ");
      out.dim(fmt::format(fmt::runtime(words.instead), fork.before));
      out.plain("\n");
    }
    print_steps(out, fork.steps, style, words);
    if (style.quiet) continue;
    for (const FileDifference& difference : fork.differences) {
      out.plain("\n");
      out.indented(to_text(difference, style.language), 2);
    }
  }
  if (!style.quiet) out.plain("\n");
  const int total = report.held() + report.failed();
  if (report.failed() == 0) {
    out.good(fmt::format(fmt::runtime(words.held_all), total));
  } else {
    out.bad(fmt::format(fmt::runtime(words.held_some), report.failed(), total));
  }
  out.plain(fmt::format(" {}: {}. fingerprint {:016x}\n", words.time_passed,
                        to_clock(report.elapsed), report.fingerprint));
  if (report.forgotten > 0) {
    out.plain(fmt::format(fmt::runtime(words.forgotten), report.forgotten));
    out.plain("\n");
  }
  return out.take();
}

std::string to_json(const std::vector<Report>& reports) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Report& report : reports) {
    nlohmann::ordered_json one;
    one["scenario"] = report.id;
    one["file"] = report.file;
    one["title"] = report.title;
    one["seed"] = report.seed;
    one["held"] = report.held();
    one["failed"] = report.failed();
    one["virtualSeconds"] = static_cast<double>(report.elapsed.ms()) / 1000.0;
    one["fingerprint"] = fmt::format("{:016x}", report.fingerprint);
    if (report.forgotten > 0) one["forgottenChanges"] = report.forgotten;
    one["steps"] = json_of(report.steps);
    for (const ForkResult& fork : report.forks) {
      nlohmann::ordered_json entry;
      entry["id"] = fork.id;
      entry["title"] = fork.title;
      entry["before"] = fork.before;
      entry["steps"] = json_of(fork.steps);
      entry["files"] = nlohmann::ordered_json::array();
      for (const FileDifference& file : fork.differences) {
        entry["files"].push_back({{"path", file.path},
                                  {"seenInMainLine", file.seen_before},
                                  {"containersInMainLine", file.all_before},
                                  {"seen", file.seen_after},
                                  {"containers", file.all_after}});
      }
      one["forks"].push_back(std::move(entry));
    }
    all.push_back(std::move(one));
  }
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string to_junit(const std::vector<Report>& reports) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Report& report : reports) {
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
        "time=\"{}\">\n",
        escape_markup(report.id), report.held() + report.failed(), report.failed(),
        seconds_text(report.elapsed));
    add_cases(report, report.steps, out);
    for (const ForkResult& fork : report.forks) add_cases(report, fork.steps, out);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string escape_cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::string to_markdown(const std::vector<Report>& reports) {
  std::string out =
      "| | Scenario | Expectations | Virtual time | Fingerprint |\n|---|---|---|---|---|\n";
  std::string failures;
  for (const Report& report : reports) {
    const bool good = report.failed() == 0;
    out += fmt::format("| {} | {} (`{}`) | {} of {} held | {} | `{:016x}` |\n",
                       good ? "✅ held" : "❌ failed", escape_cell(report.title), report.id,
                       report.held(), report.held() + report.failed(), to_clock(report.elapsed),
                       report.fingerprint);
    const auto add = [&](const std::vector<StepResult>& steps) {
      for (const StepResult& step : steps) {
        for (const CheckResult& check : step.checks) {
          if (check.held) continue;
          failures +=
              fmt::format("\n- **{}**, step `{}` at {}: {}\n  `{}` in {}\n\n", report.id, step.id,
                          to_clock(step.ended), check.label, check.pointer, report.file);
          failures += fenced(check.detail);
        }
      }
    };
    add(report.steps);
    for (const ForkResult& fork : report.forks) add(fork.steps);
  }
  return failures.empty() ? out : out + "\n### What did not hold\n" + failures;
}

std::string to_transcript(const Report& report) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const StepResult& step : report.steps) {
    if (!step.say.empty()) all.push_back({{"comment", step.say}});
    if (step.command.empty()) continue;
    nlohmann::ordered_json entry;
    entry["command"] = step.command;
    entry["output"] = step.output;
    entry["exit"] = step.exit;
    entry["t"] = static_cast<double>(step.ended.ms() / 100) / 10.0;
    all.push_back(std::move(entry));
  }
  return all.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace sim
