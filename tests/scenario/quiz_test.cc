// A lesson in a terminal: what is shown before and after an answer, tasks, hints, and the results
// that a trainer collects.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/scenario/author.h"
#include "sim/scenario/quiz.h"
#include "tests/support/complaint.h"

namespace sim::testing {
namespace {

struct Sitting {
  Results results;
  std::string shown;
};

Sitting sit(const std::vector<std::string>& typed, const std::string& language = "en") {
  const Scenario scenario = parse_scenario(starter_scenario("t"), "t.json");
  Sitting sitting;
  std::size_t next = 0;
  QuizOptions options;
  options.language = language;
  options.print = [&](const std::string& text) { sitting.shown += text; };
  options.read = [&](const std::string& prompt) -> std::optional<std::string> {
    sitting.shown += prompt;
    if (next == typed.size()) return std::nullopt;
    sitting.shown += typed[next] + "\n";
    return typed[next++];
  };
  sitting.results = quiz(scenario, options);
  return sitting;
}

TEST(Quiz, AWrongAnswerIsRefutedAfterTheOutcome) {
  const Sitting sitting = sit({"", "1", "", "kubectl exec app -- touch /scratch/note"});
  EXPECT_TRUE(sitting.results.finished);
  ASSERT_EQ(sitting.results.answers.size(), 2u);
  EXPECT_FALSE(sitting.results.answers[0].right);
  EXPECT_EQ(sitting.results.answers[0].chosen, std::vector<std::string>{"yes"});
  EXPECT_TRUE(sitting.results.answers[1].right);
  EXPECT_EQ(sitting.results.answers[1].tries, 1);
  const std::size_t asked = sitting.shown.find("? Is /tmp/note there after the restart?");
  const std::size_t happened = sitting.shown.find("sim container kill");
  const std::size_t refuted = sitting.shown.find("its container is made anew");
  EXPECT_LT(asked, happened);
  EXPECT_LT(happened, refuted);
  EXPECT_NE(sitting.shown.find("Questions answered right at once: 0 of 1. Tasks done: 1 of 1."),
            std::string::npos)
      << sitting.shown;
}

TEST(Quiz, HintsGoalsAndTheSolutionAreForTheAsking) {
  const Sitting sitting = sit({"", "2", "", "hint", "hint", "hint", "goals", "solution",
                               "kubectl exec app -- touch /tmp/note", "skip"});
  ASSERT_EQ(sitting.results.answers.size(), 2u);
  EXPECT_TRUE(sitting.results.answers[0].right);
  const Answer& task = sitting.results.answers[1];
  EXPECT_FALSE(task.right);
  EXPECT_EQ(task.hints, 2);
  EXPECT_EQ(task.tries, 1);
  EXPECT_TRUE(task.shown);
  for (const char* text :
       {"Write under /scratch.", "There are no more hints", "· The pod sees /scratch/note.",
        "$ kubectl exec app -- touch /scratch/note"}) {
    EXPECT_NE(sitting.shown.find(text), std::string::npos) << text << "\n" << sitting.shown;
  }
}

TEST(Quiz, OnlyANumberThatIsShownIsAnAnswer) {
  const Sitting sitting = sit({"", "3", "yes", "0", "1 2", "", "99999999999999999999"});
  EXPECT_FALSE(sitting.results.finished);
  EXPECT_TRUE(sitting.results.answers.empty());
  EXPECT_NE(sitting.shown.find("Ended before the last step."), std::string::npos);
}

TEST(Quiz, SpeaksKorean) {
  EXPECT_NE(sit({"", "1", ""}, "ko").shown.find("그렇지 않습니다."), std::string::npos);
}

TEST(Results, AreReadAsTheyWereWritten) {
  Results results = sit({"", "1", "", "hint", "kubectl exec app -- touch /scratch/note"}).results;
  results.learner = "Kim \"K\"";
  results.seconds = 75;
  const Results read = parse_results(to_json(results), "r.json");
  EXPECT_EQ(to_json(read), to_json(results));
  EXPECT_EQ(class_table({read, results}, "table"),
            "LEARNER  LESSON  QUESTIONS  TASKS  HINTS  TIME  FINISHED\n"
            "Kim \"K\"  t       0/1        1/1    1      1:15  yes\n"
            "Kim \"K\"  t       0/1        1/1    1      1:15  yes\n");
  EXPECT_NE(class_table({read}, "md").find("| Kim \"K\" | t | 0/1 | 1/1 | 1 | 1:15 | yes |"),
            std::string::npos);
  EXPECT_NE(class_table({read}, "json").find("\"right\": 0"), std::string::npos);
}

TEST(Results, NamesInKoreanStandInTheirColumn) {
  Results korean;
  korean.learner = "이영희";
  korean.scenario = "t";
  Results odd = korean;
  odd.learner = "a|b\n";
  EXPECT_EQ(class_table({korean, odd}, "table"),
            "LEARNER  LESSON  QUESTIONS  TASKS  HINTS  TIME  FINISHED\n"
            "a|b      t       0/0        0/0    0      0:00  no\n"
            "이영희   t       0/0        0/0    0      0:00  no\n");
  EXPECT_NE(class_table({odd}, "md").find("| a\\|b  | t | 0/0 |"), std::string::npos);
}

TEST(Results, MistakesHaveTheirPlace) {
  const std::string said = complaint_of([] {
    parse_results("{\"podsightResults\": 1, \"learner\": 3, \"scenario\": \"t\", \"answers\": []}",
                  "r.json");
  });
  EXPECT_NE(said.find("r.json:1:24"), std::string::npos) << said;
}

}  // namespace
}  // namespace sim::testing
