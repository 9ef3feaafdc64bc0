// The real program in a real window: what a person does is in scripts/, a line each. A screen is
// needed: tests/run starts one that nobody looks at.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

namespace fs = std::filesystem;

struct Ran {
  int status = -1;
  std::string output;
};

bool has_screen() {
  const char* display = std::getenv("DISPLAY");
  return display && *display;
}

Ran run(const std::string& arguments) {
  // The drivers of software OpenGL keep what they have until the end.
  const std::string command =
      fmt::format("cd '{}' && LIBGL_ALWAYS_SOFTWARE=1 ASAN_OPTIONS=detect_leaks=0 '{}' {} 2>&1",
                  source_path(""), PODSIGHT_GUI_PROGRAM, arguments);
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) {
    ran.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string temporary(const std::string& name) {
  return (fs::path(::testing::TempDir()) / name).string();
}

#define NEEDS_A_SCREEN() \
  if (!has_screen()) GTEST_SKIP() << "no screen: tests/run starts one with xvfb-run"

class Window : public ::testing::TestWithParam<const char*> {};

TEST_P(Window, DoesWhatTheScriptSays) {
  NEEDS_A_SCREEN();
  const std::string name = GetParam();
  const std::string scenario = name == "terminal"  ? ""
                               : name == "what_if" ? "tests/ui/what_if.json "
                                                   : "scenarios/divewatch.json ";
  const Ran ran = run(scenario + "--script tests/ui/scripts/" + name + ".ui");
  EXPECT_EQ(ran.status, 0) << ran.output;
}
INSTANTIATE_TEST_SUITE_P(Scripts, Window,
                         ::testing::Values("divewatch", "see", "terminal", "fork", "author",
                                           "looks", "faults", "trials", "what_if"));

TEST(Window, AnExpectationThatFailsSaysWhere) {
  NEEDS_A_SCREEN();
  const std::string script = temporary("wrong.ui");
  write_file(script, "# one\nexpect lesson shows step 9 of 12\n");
  const Ran ran = run("scenarios/divewatch.json --script " + script);
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.output.find("wrong.ui:2: lesson does not show \"step 9 of 12\""), std::string::npos)
      << ran.output;
}

TEST(Window, WhatIsWrongWithTheInputIsToldBeforeAWindowOpens) {
  const std::string script = temporary("typo.ui");
  write_file(script, "wait settled\nclik lesson.run\n");
  const Ran typo = run("--script " + script);
  EXPECT_EQ(typo.status, 2);
  EXPECT_NE(typo.output.find("typo.ui:2: \"clik\" is no command of a driver script; did you mean "
                             "\"click\"?"),
            std::string::npos)
      << typo.output;
  EXPECT_EQ(run("--size 10x10").status, 2);
  EXPECT_EQ(run("nowhere.json").status, 2);
  EXPECT_EQ(run("--help").status, 0);
}

TEST(Window, SavesWhatItShows) {
  NEEDS_A_SCREEN();
  const std::string picture = temporary("shown.png");
  fs::remove(picture);
  const Ran ran = run("scenarios/divewatch.json --size 1280x720 --screenshot " + picture);
  EXPECT_EQ(ran.status, 0) << ran.output;
  // The size stands in the header of a PNG, at byte 16: two numbers, the high byte first.
  const std::string bytes = read_file(picture);
  ASSERT_GT(bytes.size(), 10000u);
  const auto number = [&](std::size_t at) {
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      value = value * 256 + static_cast<unsigned char>(bytes[i]);
    return value;
  };
  EXPECT_EQ(number(16), 1280);
  EXPECT_EQ(number(20), 720);
}

TEST(Window, KeepsLooksAndProgressBetweenRuns) {
  NEEDS_A_SCREEN();
  const std::string folder = temporary("profile");
  fs::remove_all(folder);
  const std::string first = temporary("first.ui");
  write_file(first,
             "speed fast\nclick predict.image\nclick lesson.run\nwait settled\nclick lesson.run\n"
             "wait settled\nclick bar.language\nwait 3\n");
  const std::string profile = "scenarios/divewatch.json --profile " + folder + " --script ";
  Ran ran = run(profile + first);
  EXPECT_EQ(ran.status, 0) << ran.output;
  const std::string second = temporary("second.ui");
  write_file(second,
             "speed fast\nexpect lesson shows 1 / 12 단계\nclick lesson.continue\n"
             "wait settled\nexpect lesson shows 3 / 12 단계\n");
  ran = run(profile + second);
  EXPECT_EQ(ran.status, 0) << ran.output;
}

// These few run under the sanitizers as well, where a frame takes long.
TEST(Screen, StandsWhatNobodyWouldDo) {
  NEEDS_A_SCREEN();
  const Ran ran = run("scenarios/divewatch.json --size 960x600 --monkey 7 --frames 300");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_NE(ran.output.find("300 frames: "), std::string::npos) << ran.output;
}

TEST(Screen, ALargeClusterOpensWhileItIsLookedAtAndCanBeStopped) {
  NEEDS_A_SCREEN();
  const std::string scenario = temporary("large.json");
  const std::string made =
      fmt::format("'{}' 12 60 4 > '{}'", source_path("tests/ui/large_world"), scenario);
  ASSERT_EQ(std::system(made.c_str()), 0);
  const std::string script = temporary("large.ui");
  write_file(
      script,
      "speed fast\nexpect cluster shows 12 nodes  240 pods\nexpect lesson shows step 1 of 1\n"
      "click terminal.input\ntype kubectl delete deployment --all && sleep 80000\n"
      "key enter\nwait until banner shows pods so far\nclick banner.stop\nwait settled\n"
      "expect terminal shows exit status 130\n");
  const Ran ran = run(scenario + " --size 960x600 --script " + script);
  EXPECT_EQ(ran.status, 0) << ran.output;
}

}  // namespace
}  // namespace sim::testing
