#include "sim/scenario/quiz.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/scenario/player.h"

namespace sim {
namespace {

struct Phrases {
  std::string_view of_steps, choose, choose_pods, what_choice, right, wrong, is_right, task_help,
      met, not_yet, no_more_hints, solution, go_on, score, after, quit;
};
const Phrases& phrases_of(const std::string& language) {
  static const Phrases en = {"step {} of {}",
                             "Your answer (a number): ",
                             "Which of them see it? (numbers, or \"none\"): ",
                             "Type one of the numbers that are shown.",
                             "Right.",
                             "Not so.",
                             "What happens: {}",
                             "Type commands. Besides: hint, goals, solution, skip.",
                             "Done: all goals are reached.",
                             "not yet",
                             "There are no more hints; \"solution\" shows one.",
                             "One way to do it:",
                             "(Enter to go on) ",
                             "Questions answered right at once: {} of {}. Tasks done: {} of {}.",
                             "Before you see what happens:",
                             "Ended before the last step."};
  static const Phrases ko = {"{}/{} 단계",
                             "답(번호): ",
                             "파일이 보이는 것은? (번호들, 없으면 \"none\"): ",
                             "위에 있는 번호 가운데 하나를 입력하세요.",
                             "맞습니다.",
                             "그렇지 않습니다.",
                             "실제로는: {}",
                             "명령을 입력하세요. hint, goals, solution, skip도 쓸 수 있습니다.",
                             "완료: 목표를 모두 이루었습니다.",
                             "아직",
                             "힌트는 더 없습니다. solution을 입력하면 풀이가 나옵니다.",
                             "이렇게 할 수 있습니다:",
                             "(계속하려면 Enter) ",
                             "한 번에 맞힌 질문: {}/{}. 끝낸 과제: {}/{}.",
                             "결과를 보기 전에:",
                             "마지막 단계 전에 끝났습니다."};
  return language == "ko" ? ko : en;
}

std::string trimmed(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

/// Numbers from 1 to `most`, between blanks or commas; nothing when anything else is there.
std::optional<std::vector<std::size_t>> numbers_of(const std::string& line, std::size_t most) {
  std::vector<std::size_t> numbers;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t,", at)) != std::string::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t,", at), line.size());
    const std::string word = line.substr(at, end - at);
    if (word.size() > 4 || word.find_first_not_of("0123456789") != std::string::npos) {
      return std::nullopt;
    }
    const auto number = static_cast<std::size_t>(std::stoul(word));
    if (number < 1 || number > most) return std::nullopt;
    numbers.push_back(number - 1);
    at = end;
  }
  return numbers;
}

class Quiz {
 public:
  Quiz(const Scenario& scenario, const QuizOptions& options)
      : scenario_(scenario),
        options_(options),
        phrases_(phrases_of(options.language)),
        player_(scenario, play_) {
    play_.language = options.language;
  }

  Results run() {
    results_.scenario = scenario_.id;
    results_.revision = scenario_.revision;
    player_.prepare();
    bold(scenario_.title.in(options_.language));
    say("\n");
    if (!scenario_.summary.empty()) say(scenario_.summary.in(options_.language) + "\n");
    std::size_t number = 0;
    for (const ScenarioStep& step : scenario_.steps) {
      if (ended_) break;
      take(step, ++number);
    }
    results_.finished = !ended_;
    if (ended_) say(fmt::format("\n{}\n", phrases_.quit));
    score();
    return std::move(results_);
  }

 private:
  void say(const std::string& text) { options_.print(text); }
  void bold(const std::string& text) {
    say(options_.colour ? fmt::format("\x1b[1m{}\x1b[0m", text) : text);
  }
  std::optional<std::string> ask(std::string_view prompt) {
    std::optional<std::string> line = options_.read(std::string(prompt));
    if (!line) ended_ = true;
    return line;
  }

  void take(const ScenarioStep& step, std::size_t number) {
    StepResult result = player_.open(step);
    say("\n");
    bold(result.title.empty() ? result.id : result.title);
    say(fmt::format("  ({})\n",
                    fmt::format(fmt::runtime(phrases_.of_steps), number, scenario_.steps.size())));
    if (!result.say.empty()) say(result.say + "\n");
    std::optional<Answer> answer;
    if (step.predict) {
      answer = predict(*step.predict, result);
      if (ended_) return;
    }
    if (step.task) {
      work(step, &result);
      if (ended_) return;
    }
    if (step.action) {
      player_.act(*step.action, &result);
      say("\n$ ");
      bold(result.command);
      say("\n" + result.output);
    }
    if (step.until || step.until_settled) player_.wait(step, &result);
    player_.close(step, &result);
    if (answer) settle(*step.predict, result, std::move(*answer));
    for (const std::string& explanation : result.explanations) say("  → " + explanation + "\n");
    if (!step.task && &step != &scenario_.steps.back()) ask(phrases_.go_on);
  }

  std::optional<Answer> predict(const Prediction& question, const StepResult& result) {
    say(fmt::format("\n{}\n", phrases_.after));
    bold("? " + result.ask);
    say("\n");
    const bool matrix = !question.matrix_pods.empty();
    const std::size_t count = matrix ? question.matrix_pods.size() : question.options.size();
    for (std::size_t i = 0; i < count; ++i) {
      say(fmt::format(
          "  {}. {}\n", i + 1,
          matrix ? question.matrix_pods[i] : question.options[i].text.in(options_.language)));
    }
    Answer answer;
    answer.step = result.id;
    for (;;) {
      const auto line = ask(matrix ? phrases_.choose_pods : phrases_.choose);
      if (!line) return std::nullopt;
      const std::string word = trimmed(*line);
      const bool none = matrix && word == "none";
      const auto chosen = numbers_of(none ? "" : word, count);
      if (!chosen || (!none && chosen->empty()) || (!matrix && chosen->size() != 1)) {
        say(fmt::format("{}\n", phrases_.what_choice));
        continue;
      }
      answer.tries = 1;
      for (const std::size_t i : *chosen) {
        answer.chosen.push_back(matrix ? question.matrix_pods[i] : question.options[i].id);
      }
      return answer;
    }
  }

  bool chose(const Answer& answer, const std::string& id) const {
    return std::find(answer.chosen.begin(), answer.chosen.end(), id) != answer.chosen.end();
  }

  void settle(const Prediction& question, const StepResult& result, Answer answer) {
    const bool matrix = !question.matrix_pods.empty();
    answer.right = true;
    std::string truth;
    std::string refutation;
    for (std::size_t i = 0; i < result.options.size(); ++i) {
      const OptionResult& option = result.options[i];
      const bool chosen = chose(answer, matrix ? option.label : question.options[i].id);
      answer.right = answer.right && chosen == option.holds;
      if (option.holds) truth += (truth.empty() ? "" : ", ") + option.label;
      if (chosen && !option.holds && !option.refutation.empty()) refutation = option.refutation;
    }
    say("\n");
    bold(std::string(answer.right ? phrases_.right : phrases_.wrong));
    say("\n");
    if (!answer.right) {
      if (!refutation.empty()) say("  " + refutation + "\n");
      say("  " + fmt::format(fmt::runtime(phrases_.is_right), truth.empty() ? "–" : truth) + "\n");
    }
    results_.answers.push_back(std::move(answer));
  }

  void show_goals(const Exercise& task, const StepResult& result) {
    std::vector<CheckResult> goals;
    player_.met(task, result, &goals);
    for (const CheckResult& goal : goals) {
      say(fmt::format("  {} {}\n", goal.held ? "✓" : "·", goal.label));
    }
  }

  /// The goals hold, and what was built stands the probes; says which it does not stand.
  bool done(const Exercise& task, const StepResult& result) {
    if (!player_.met(task, result, nullptr)) return false;
    std::vector<CheckResult> probes;
    if (player_.stands(task, &probes)) return true;
    for (const CheckResult& probe : probes) {
      if (!probe.held) say(fmt::format("  {}: {}\n", phrases_.not_yet, probe.label));
    }
    return false;
  }

  void show_solution(const Exercise& task) {
    say(fmt::format("{}\n", phrases_.solution));
    const std::unique_ptr<Player> line = player_.fork();
    StepResult shown;
    for (const Action& action : task.solutions.front().actions) line->act(action, &shown);
    std::string indented = "  $ ";
    for (const char c : shown.command) {
      indented += c;
      if (c == '\n') indented += "    ";
    }
    say(indented + "\n");
  }

  void work(const ScenarioStep& step, StepResult* result) {
    const Exercise& task = *step.task;
    say("\n");
    bold("▸ " + result->ask);
    say(fmt::format("\n{}\n", phrases_.task_help));
    Answer answer;
    answer.step = step.id;
    answer.task = true;
    std::string lines;
    while (!(answer.right = done(task, *result))) {
      const auto line = ask(lines.empty() ? to_clock(player_.world().elapsed()) + " $ " : "> ");
      if (!line) break;
      const std::string word = trimmed(*line);
      if (lines.empty()) {
        if (word.empty()) continue;
        if (word == "skip") break;
        if (word == "goals") {
          show_goals(task, *result);
          continue;
        }
        if (word == "hint") {
          if (static_cast<std::size_t>(answer.hints) < task.hints.size()) {
            const auto next = static_cast<std::size_t>(answer.hints++);
            say("  " + task.hints[next].in(options_.language) + "\n");
          } else {
            say(fmt::format("  {}\n", phrases_.no_more_hints));
          }
          continue;
        }
        if (word == "solution") {
          answer.shown = true;
          show_solution(task);
          continue;
        }
      }
      lines += lines.empty() ? *line : "\n" + *line;
      if (needs_more(lines)) continue;
      ++answer.tries;
      type(lines, step, result);
      lines.clear();
    }
    if (answer.right) {
      bold(std::string(phrases_.met));
      say("\n");
    }
    results_.answers.push_back(std::move(answer));
  }

  /// Runs what was typed; then the cluster gets the time to come to rest, as a person would wait.
  void type(const std::string& lines, const ScenarioStep& step, StepResult* result) {
    const Terminal::Result done = player_.terminal().run(lines);
    say(done.output);
    result->output = done.output;
    result->exit = done.exit;
    const Time limit = player_.world().now() + step.within;
    const std::unique_ptr<Player> later = player_.fork();
    later->simulation().run_until_settled(limit);
    if (later->met(*step.task, *result, nullptr)) {
      player_.simulation().run_until_settled(limit);
    }
  }

  void score() {
    const Score all = score_of(results_);
    say(fmt::format("\n{}\n", fmt::format(fmt::runtime(phrases_.score), all.right, all.questions,
                                          all.done, all.tasks)));
  }

  const Scenario& scenario_;
  const QuizOptions& options_;
  const Phrases& phrases_;
  PlayOptions play_;
  Player player_;
  Results results_;
  bool ended_ = false;
};

}  // namespace

Results quiz(const Scenario& scenario, const QuizOptions& options) {
  return Quiz(scenario, options).run();
}

}  // namespace sim
