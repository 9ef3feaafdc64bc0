// Results of learners: their file, and the table of a class.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/utf8.h"
#include "sim/model/manifest.h"
#include "sim/scenario/quiz.h"
#include "sim/scenario/reader.h"

namespace sim {
namespace {

std::string minutes_text(std::int64_t seconds) {
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

/// A name that somebody typed, as a cell of a table.
std::string one_line(const std::string& name, bool markdown) {
  std::string text;
  for (const char c : name) {
    if (markdown && c == '|') text += '\\';
    text += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return text;
}

}  // namespace

Score score_of(const Results& results) {
  Score score;
  for (const Answer& answer : results.answers) {
    (answer.task ? score.tasks : score.questions) += 1;
    if (answer.right) (answer.task ? score.done : score.right) += 1;
    score.hints += answer.hints + (answer.shown ? 1 : 0);
  }
  return score;
}

std::string to_json(const Results& results) {
  nlohmann::ordered_json all = {{"podsightResults", 1},         {"learner", results.learner},
                                {"scenario", results.scenario}, {"revision", results.revision},
                                {"seconds", results.seconds},   {"finished", results.finished}};
  all["answers"] = nlohmann::ordered_json::array();
  for (const Answer& answer : results.answers) {
    nlohmann::ordered_json row = {{"step", answer.step},
                                  {"kind", answer.task ? "task" : "question"},
                                  {"right", answer.right},
                                  {"tries", answer.tries}};
    if (answer.task) {
      row["hints"] = answer.hints;
      row["solutionShown"] = answer.shown;
    } else {
      row["chosen"] = answer.chosen;
    }
    all["answers"].push_back(std::move(row));
  }
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Results parse_results(const std::string& text, const std::string& file) {
  const Document document = parse_json(text, file);
  Reader reader(document, file);
  const Cursor root(reader, &document.json, "");
  Results results;
  if (root.keys(
          {"podsightResults", "learner", "scenario", "revision", "seconds", "finished", "answers"},
          {"podsightResults", "learner", "scenario", "answers"})) {
    root["podsightResults"].integer(1, 1, 1);
    results.learner = root["learner"].string();
    results.scenario = root["scenario"].string();
    results.revision = root["revision"].integer(1, INT32_MAX, 1);
    results.seconds = root["seconds"].integer(0, INT32_MAX, 0);
    results.finished = root["finished"].boolean(false);
    for (const Cursor& row : root["answers"].items()) {
      if (!row.keys({"step", "kind", "right", "tries", "hints", "solutionShown", "chosen"},
                    {"step", "kind", "right"})) {
        continue;
      }
      Answer answer;
      answer.step = row["step"].string();
      answer.task = row["kind"].word({"question", "task"}) == "task";
      answer.right = row["right"].boolean(false);
      answer.tries = static_cast<int>(row["tries"].integer(0, INT32_MAX, 0));
      answer.hints = static_cast<int>(row["hints"].integer(0, 1000, 0));
      answer.shown = row["solutionShown"].boolean(false);
      if (row["chosen"]) answer.chosen = row["chosen"].strings();
      results.answers.push_back(std::move(answer));
    }
  }
  reader.finish();
  return results;
}

std::string class_table(std::vector<Results> results, const std::string& form) {
  std::sort(results.begin(), results.end(), [](const Results& a, const Results& b) {
    return std::tie(a.learner, a.scenario, a.seconds) < std::tie(b.learner, b.scenario, b.seconds);
  });
  if (form == "json") {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Results& one : results) {
      const Score score = score_of(one);
      all.push_back({{"learner", one.learner},
                     {"scenario", one.scenario},
                     {"finished", one.finished},
                     {"questions", score.questions},
                     {"right", score.right},
                     {"tasks", score.tasks},
                     {"done", score.done},
                     {"hints", score.hints},
                     {"seconds", one.seconds}});
    }
    return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  const bool markdown = form == "md";
  std::vector<std::string> names = {markdown ? "Learner" : "LEARNER"};
  std::string rest = markdown ? "Lesson | Questions | Tasks | Hints | Time | Finished |\n"
                              : "LESSON\tQUESTIONS\tTASKS\tHINTS\tTIME\tFINISHED\n";
  for (const Results& one : results) {
    const Score score = score_of(one);
    names.push_back(one_line(one.learner, markdown));
    rest += fmt::format(fmt::runtime(markdown ? "{} | {}/{} | {}/{} | {} | {} | {} |\n"
                                              : "{}\t{}/{}\t{}/{}\t{}\t{}\t{}\n"),
                        one.scenario, score.right, score.questions, score.done, score.tasks,
                        score.hints, minutes_text(one.seconds), one.finished ? "yes" : "no");
  }
  if (!markdown) rest = align(rest, {});
  std::size_t widest = 0;
  for (const std::string& name : names) widest = std::max(widest, terminal_width(name));
  std::string text;
  std::size_t at = 0;
  for (const std::string& name : names) {
    const std::size_t end = rest.find('\n', at) + 1;
    const std::string line = rest.substr(at, end - at);
    text += markdown ? fmt::format("| {} | {}", name, line)
                     : name + std::string(widest - terminal_width(name) + 2, ' ') + line;
    if (markdown && at == 0) text += "|---|---|---|---|---|---|---|\n";
    at = end;
  }
  return text;
}

}  // namespace sim
