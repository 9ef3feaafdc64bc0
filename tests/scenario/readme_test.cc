// What the README shows works: its scenario plays as it stands there.
#include <gtest/gtest.h>

#include <string>

#include "sim/base/file_io.h"
#include "sim/scenario/play.h"
#include "sim/survive/survive.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

TEST(Readme, ItsScenarioHolds) {
  const std::string text = read_file(source_path("README.md"));
  const std::string mark = "```json\n";
  const std::size_t begin = text.find(mark);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = text.find("```", begin + mark.size());
  const std::string json = text.substr(begin + mark.size(), end - begin - mark.size());
  const Report report = play(parse_scenario(json, "README.md"), {});
  EXPECT_EQ(report.held(), 2);
  EXPECT_EQ(report.failed(), 0) << to_text(report, {});
}

TEST(Readme, NamesEveryRoomAndCommand) {
  const std::string text = read_file(source_path("README.md"));
  for (const char* word :
       {"scenarios/run",  "tests/run",    "podsight run",    "podsight check",  "podsight shell",
        "podsight see",   "podsight why", "podsight diff",   "--report html=",  "--report junit=",
        "--report json=", "--transcript", "sim/base",        "sim/model",       "sim/files",
        "sim/programs",   "sim/world",    "sim/controllers", "sim/engine",      "sim/graph",
        "sim/shell",      "sim/scenario", "sim/survive",     "podsight survive"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

// The table of the section on `podsight survive`, up to where the README breaks off.
TEST(Readme, ItsTableOfWhatSurvivesIsTrue) {
  const std::string text = read_file(source_path("README.md"));
  const std::string command = "$ podsight survive tests/survive/manifests/redis.yaml\n";
  const std::size_t begin = text.find(command) + command.size();
  ASSERT_GT(begin, command.size());
  const std::string shown = text.substr(begin, text.find("…\n", begin) - begin);
  SurviveRequest request;
  request.paths = {source_path("tests/survive/manifests/redis.yaml")};
  EXPECT_EQ(survive(request).text.substr(0, shown.size()), shown);
}

}  // namespace
}  // namespace sim::testing
