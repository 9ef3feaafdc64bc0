// What a run of a scenario found, as plain data, and its forms: text for people, JSON and JUnit for
// machines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/time.h"
#include "sim/graph/difference.h"
#include "sim/scenario/scenario.h"

namespace sim {

struct CheckResult {
  std::string id;       // of the expectation; may be empty
  std::string pointer;  // its place in the file
  std::string label;    // what was expected, in the reader's language
  bool held = false;
  std::string detail;  // when it did not hold: what was there instead
};

struct OptionResult {
  std::string label;
  bool holds = false;
  std::string refutation;  // of the misconception behind it
};

struct StepResult {
  std::string id;
  std::string pointer;
  Duration began{};
  Duration ended{};
  std::string title;
  std::string say;
  std::string ask;  // the prediction's question
  std::vector<OptionResult> options;
  std::string command;  // as typed; may have several lines
  std::string output;
  int exit = 0;
  std::vector<CheckResult> checks;
  std::vector<std::string> explanations;
};

/// A what-if beside the main line, and what came of it.
struct ForkResult {
  std::string id;
  std::string title;
  std::string before;  // the step of the main line that it stands in for
  std::vector<StepResult> steps;
  std::vector<FileDifference> differences;  // from the main line after that step to its own end
};

struct Report {
  std::string file;
  std::string id;
  std::string title;
  std::uint64_t seed = 0;
  std::vector<StepResult> steps;
  std::vector<ForkResult> forks;
  Duration elapsed{};
  std::uint64_t fingerprint = 0;
  std::uint64_t forgotten = 0;  // changes that the history has let go, to keep within its bounds

  int held() const;
  int failed() const;
};

struct TextStyle {
  bool colour = false;
  bool quiet = false;  // only what failed, and the summary
  std::string language = "en";
};
std::string to_text(const Report& report, const TextStyle& style);
/// One object per scenario; a report file holds an array of them.
std::string to_json(const std::vector<Report>& reports);
std::string to_junit(const std::vector<Report>& reports);
/// A text in a cell of a Markdown table.
std::string escape_cell(const std::string& text);
/// A summary for a page that shows Markdown, such as the one of a CI run.
std::string to_markdown(const std::vector<Report>& reports);
/// The commands and what they printed, as `[{"command", "output", "exit", "t"}, …]`.
std::string to_transcript(const Report& report);

}  // namespace sim
