// Text and time of sim/base: durations and dates as Go and Kubernetes write them, columns, the
// nearest word, errors with their place, files written whole.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/base/columns.h"
#include "sim/base/file_io.h"
#include "sim/base/input_error.h"
#include "sim/base/nearest.h"
#include "sim/base/time.h"

namespace sim {
namespace {

TEST(Durations, ReadAsGoReadsThem) {
  const std::vector<std::pair<const char*, std::int64_t>> good = {
      {"0", 0},
      {"1s", 1'000'000'000},
      {"1m30s", 90'000'000'000},
      {"100ms", 100'000'000},
      {"1.5h", 5'400'000'000'000},
      {"-2s", -2'000'000'000},
      {"1us", 1000},
      {"3ns", 3},
      {".5s", 500'000'000},
  };
  for (const auto& [text, ns] : good) {
    const auto read = parse_duration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->ns, ns) << text;
  }
  for (const char* text : {"", "1", "s", "1x", "1s ", "--1s", "99999999999h", "1h1", "."}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Durations, PrintAsGoPrintsThem) {
  EXPECT_EQ(to_string(seconds(0)), "0s");
  EXPECT_EQ(to_string(milliseconds(100)), "100ms");
  EXPECT_EQ(to_string(seconds(90)), "1m30s");
  EXPECT_EQ(to_string(hours(1)), "1h0m0s");
  EXPECT_EQ(to_string(milliseconds(1500)), "1.5s");
  for (std::int64_t ns : {1LL, 999LL, 1'000'001LL, 61'000'000'001LL}) {
    EXPECT_EQ(parse_duration(to_string(Duration{ns}))->ns, ns);
  }
}

TEST(Durations, AgesAsKubectlShowsThem) {
  const std::vector<std::pair<Duration, const char*>> ages = {
      {seconds(0), "0s"},      {seconds(59), "59s"},      {seconds(119), "119s"},
      {seconds(120), "2m"},    {seconds(303), "5m3s"},    {minutes(9), "9m"},
      {minutes(10), "10m"},    {minutes(179), "179m"},    {hours(3), "3h"},
      {minutes(200), "3h20m"}, {hours(8), "8h"},          {hours(47), "47h"},
      {hours(48), "2d"},       {hours(24 * 400), "400d"}, {hours(24 * 365 * 9), "9y"},
  };
  for (const auto& [age, text] : ages) EXPECT_EQ(human_duration(age), text);
}

TEST(Dates, GoThereAndBack) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2024-02-29T12:34:56Z", "2025-01-01T00:00:00Z",
                           "2099-12-31T23:59:59Z"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_rfc3339(*time), text);
  }
  EXPECT_EQ(to_rfc1123(*parse_rfc3339("2025-01-01T00:00:00Z")), "Wed, 01 Jan 2025 00:00:00 +0000");
  EXPECT_EQ(to_rfc3339(*parse_rfc3339("2025-01-01T09:00:00+09:00")), "2025-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339_micro(*parse_rfc3339("2025-01-01T00:00:00.123456Z")),
            "2025-01-01T00:00:00.123456Z");
  for (const char* text : {"", "2025", "2025-13-01T00:00:00Z", "2025-02-30T00:00:00Z",
                           "2025-01-01 00:00:00", "2025-01-01T25:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Dates, CalendarKnowsWeekdaysAndLeapYears) {
  const Calendar day = calendar(*parse_rfc3339("2024-02-29T01:02:03Z"));
  EXPECT_EQ(day.year, 2024);
  EXPECT_EQ(day.month, 2);
  EXPECT_EQ(day.day, 29);
  EXPECT_EQ(day.hour, 1);
  EXPECT_EQ(day.weekday, 4);
  EXPECT_EQ(day.year_day, 60);
}

TEST(Columns, AreAsWideAsTheirWidestCellAndPadding) {
  EXPECT_EQ(align("NAME\tREADY\t\nlong-name\t1/1\t\n", {0, 3, false}),
            "NAME        READY   \nlong-name   1/1     \n");
  // A line without the column ends the run that shares its width.
  EXPECT_EQ(align("a\tb\nlonger\tb\n\nc\td\n", {0, 1, false}), "a      b\nlonger b\n\nc d\n");
  EXPECT_EQ(align("한\tx\n12\ty\n", {0, 1, false}), "한  x\n12 y\n");
}

TEST(Nearest, FindsLikelySlipsAndNothingElse) {
  const std::vector<std::string> words = {"deployment", "pods", "replicaset", "node"};
  EXPECT_EQ(nearest("deploymnet", words), "deployment");
  EXPECT_EQ(nearest("nodde", words), "node");
  EXPECT_EQ(nearest("xyzzy", words), "");
  EXPECT_EQ(nearest("", words), "");
}

TEST(InputErrors, SayFileLineColumnPointerAndCure) {
  const Diagnostic wrong{
      "a.json", 3, 7, "/steps/0", "unknown key \"sya\"", "did you mean \"say\"?"};
  const std::string text = wrong.text();
  for (const char* part : {"a.json:3:7", "/steps/0", "unknown key", "did you mean"}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  EXPECT_EQ(position_of("ab\ncd\n", 4).line, 2);
  EXPECT_EQ(position_of("ab\ncd\n", 4).column, 2);
  EXPECT_EQ(position_of("한글x", 6).column, 3);
}

TEST(Files, AreWrittenWholeOrNotAtAll) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "podsight-text-test";
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "a.txt").string();
  write_file(file, "one");
  write_file(file, "two");
  EXPECT_EQ(read_file(file), "two");
  int entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    (void)entry;
    ++entries;
  }
  EXPECT_EQ(entries, 1) << "a temporary file was left";
  EXPECT_THROW(read_file(file, 2), InputError);
  EXPECT_THROW(read_file((folder / "none").string()), InputError);
  EXPECT_THROW(read_file(folder.string()), InputError);
  EXPECT_THROW(write_file((folder / "no" / "such").string(), "x"), InputError);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sim
