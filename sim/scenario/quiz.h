// A lesson in a terminal, for those without a window: narration, questions that must be answered
// before the outcome is shown, tasks that are done by typing commands. What a learner did is kept
// as results, which a trainer collects and tabulates for a class.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace sim {

/// What a learner did at one question or task.
struct Answer {
  std::string step;
  bool task = false;
  bool right = false;  // a question: the first answer was right; a task: the goals hold
  int tries = 0;       // answers given; commands typed
  int hints = 0;       // asked for
  bool shown = false;  // the solution was asked for
  std::vector<std::string>
      chosen;  // a question: ids of options, or references that were said to see
};

/// The results of one learner with one lesson. No personal data but the name the learner types.
struct Results {
  std::string learner;
  std::string scenario;  // id
  std::int64_t revision = 1;
  std::int64_t seconds = 0;  // of the learner's time
  bool finished = false;
  std::vector<Answer> answers;
};
/// How many questions and tasks there were, how many were right at once and done, hints together.
struct Score {
  int questions = 0, right = 0, tasks = 0, done = 0, hints = 0;
};
Score score_of(const Results& results);
std::string to_json(const Results& results);
/// Throws InputError with the place of every mistake.
Results parse_results(const std::string& text, const std::string& file);

struct QuizOptions {
  std::string language = "en";
  bool colour = false;
  std::function<std::optional<std::string>(const std::string& prompt)> read;  // nullopt: the end
  std::function<void(const std::string& text)> print;
};
/// Plays the lesson; ends when it is over or nothing more is typed.
Results quiz(const Scenario& scenario, const QuizOptions& options);

/// The results of a class as a table: a row for each learner and lesson, in the order of names.
/// `form`: "table", "md" or "json".
std::string class_table(std::vector<Results> results, const std::string& form);

}  // namespace sim
