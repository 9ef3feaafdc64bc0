// Every lesson in scenarios/ replays with all its expectations held, in both languages, and the
// same each time; its reports can be read by machines.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/scenario/play.h"
#include "sim/scenario/prove.h"
#include "sim/scenario/scenario_files.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

std::vector<std::string> lessons() {
  std::vector<std::string> names;
  for (const std::string& file : scenario_files({source_path("scenarios")})) {
    names.push_back(std::filesystem::path(file).filename().string());
  }
  return names;
}

class Lesson : public ::testing::TestWithParam<std::string> {
 protected:
  Scenario scenario() const { return load_scenario(source_path("scenarios/" + GetParam())); }
};

TEST_P(Lesson, HoldsWhatItExpects) {
  const Scenario lesson = scenario();
  std::string wrong;
  const Report report =
      play(lesson, {}, [&](const World& world) { wrong = check_invariants(world); });
  EXPECT_EQ(wrong, "");
  EXPECT_GT(report.held(), 3);
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
}

TEST_P(Lesson, IsTheSameEachTimeAndInKorean) {
  const Scenario lesson = scenario();
  const Report one = play(lesson, {});
  EXPECT_EQ(to_json({play(lesson, {})}), to_json({one}));
  PlayOptions options;
  options.language = "ko";
  const Report korean = play(lesson, options);
  EXPECT_EQ(korean.fingerprint, one.fingerprint);
  TextStyle style;
  style.language = "ko";
  EXPECT_NE(to_text(korean, style).find("기대"), std::string::npos);
  for (const StepResult& step : korean.steps) {
    for (const char* english : {" is ", " the ", " and "}) {
      EXPECT_EQ(step.say.find(english), std::string::npos) << step.say;
    }
  }
}

TEST_P(Lesson, HoldsWithOtherSeeds) {
  const Scenario lesson = scenario();
  const std::uint64_t own = play(lesson, {}).fingerprint;
  for (std::uint64_t seed = 100; seed < 102; ++seed) {
    PlayOptions options;
    options.seed = seed;
    const Report report = play(lesson, options);
    EXPECT_EQ(report.failed(), 0) << "seed " << seed << "\n" << to_text(report, {});
    EXPECT_NE(report.fingerprint, own);
  }
}

TEST_P(Lesson, IsProved) {
  const std::string file = source_path("scenarios/" + GetParam());
  const Proof proof = prove(scenario(), read_file(file), "en");
  for (const Diagnostic& mistake : proof.mistakes) ADD_FAILURE() << mistake.text();
  EXPECT_GT(proof.proved, 3);
}

TEST_P(Lesson, ReportsToMachines) {
  const Report report = play(scenario(), {});
  const auto json = nlohmann::json::parse(to_json({report}));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["held"], report.held());
  EXPECT_EQ(json[0]["steps"].size(), report.steps.size());
  const std::string junit = to_junit({report});
  const std::string head = "<testsuite name=\"" + report.id + "\" tests=\"" +
                           std::to_string(report.held()) + "\" failures=\"0\"";
  EXPECT_NE(junit.find(head), std::string::npos) << junit;
  const auto transcript = nlohmann::json::parse(to_transcript(report));
  EXPECT_GT(transcript.size(), 3u);
}

TEST(Report, AFailureSaysWhatWasThereInstead) {
  Scenario lesson = load_scenario(source_path("scenarios/restart.json"));
  // Expect the opposite of each predicate.
  for (ScenarioStep& step : lesson.steps) {
    step.task.reset();
    for (Expectation& expectation : step.expect) {
      Expectation opposite;
      opposite.kind = Expectation::Kind::Not;
      opposite.pointer = expectation.pointer;
      opposite.parts = {expectation};
      expectation = opposite;
    }
  }
  lesson.fingerprint.clear();
  const Report report = play(lesson, {});
  EXPECT_EQ(report.held(), 0);
  EXPECT_GT(report.failed(), 3);
  EXPECT_NE(to_text(report, {}).find("FAILED"), std::string::npos);
  EXPECT_NE(to_junit({report}).find("<failure message="), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, Lesson, ::testing::ValuesIn(lessons()),
                         [](const ::testing::TestParamInfo<std::string>& row) {
                           std::string name = row.param.substr(0, row.param.find('.'));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace sim::testing
