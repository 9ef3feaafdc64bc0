// The course as a whole: each lesson begins with a question and ends with a task and what is to be
// remembered; each is in the tables of scenarios/README.md, and each misconception is met.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/scenario/scenario_files.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

using Json = nlohmann::json;

std::map<std::string, Json> course() {
  std::map<std::string, Json> lessons;
  for (const std::string& file : scenario_files({source_path("scenarios")})) {
    lessons[std::filesystem::path(file).stem().string()] = Json::parse(read_file(file));
  }
  return lessons;
}

std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> all;
  std::istringstream line(row);
  for (std::string cell; std::getline(line, cell, '|');) {
    const std::size_t begin = cell.find_first_not_of(' ');
    const std::size_t end = cell.find_last_not_of(' ');
    all.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  all.erase(all.begin());
  return all;
}

/// The rows of the table of the page for authors whose head begins with these words.
std::vector<std::vector<std::string>> table(const std::string& head) {
  const std::string page = read_file(source_path("scenarios/README.md"));
  const std::size_t at = page.find("\n| " + head);
  EXPECT_NE(at, std::string::npos) << head;
  std::istringstream lines(page.substr(at + 1));
  std::vector<std::vector<std::string>> rows;
  int number = 0;
  for (std::string line; std::getline(lines, line) && line.rfind("|", 0) == 0;) {
    if (++number > 2) rows.push_back(cells(line));
  }
  return rows;
}

/// Words apart by ", ", out of their `code` signs; a dash is none.
std::set<std::string> words(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  std::istringstream stream(text);
  std::set<std::string> all;
  for (std::string word; std::getline(stream, word, ',');) {
    word.erase(std::remove(word.begin(), word.end(), ' '), word.end());
    if (word != "–") all.insert(word);
  }
  return all;
}

/// A lesson that follows a published chapter, or its first half, begins as that does.
bool follows_a_chapter(const Json& lesson) {
  const Json& meta = lesson["meta"];
  return meta.contains("sources") &&
         std::any_of(meta["sources"].begin(), meta["sources"].end(), [](const Json& source) {
           return source.get<std::string>().rfind("EKS Workshop", 0) == 0;
         });
}

TEST(Course, EachLessonBeginsWithAQuestionAndEndsWithATaskAndWhatToRemember) {
  for (const auto& [name, lesson] : course()) {
    SCOPED_TRACE(name);
    const Json& steps = lesson["steps"];
    ASSERT_GE(steps.size(), 3u);
    const Json& first = steps.front();
    if (!follows_a_chapter(lesson)) {
      EXPECT_TRUE(first.contains("predict"));
      EXPECT_TRUE(first.contains("say"));
    }
    const Json& task = steps[steps.size() - 2];
    ASSERT_TRUE(task.contains("task"));
    EXPECT_TRUE(task["task"].contains("hints"));
    const Json& last = steps.back();
    EXPECT_EQ(last["id"], "remember");
    EXPECT_TRUE(last.contains("say"));
    EXPECT_FALSE(last.contains("do") || last.contains("predict") || last.contains("expect"));
  }
}

TEST(Course, EachLessonSaysWhatItIs) {
  std::set<std::string> ids;
  const std::map<std::string, Json> lessons = course();
  for (const auto& [name, lesson] : lessons) ids.insert(lesson["id"].get<std::string>());
  EXPECT_EQ(ids.size(), lessons.size());
  for (const auto& [name, lesson] : lessons) {
    SCOPED_TRACE(name);
    const Json& meta = lesson["meta"];
    EXPECT_GE(meta["minutes"], 5);
    EXPECT_LE(meta["minutes"], 15);
    EXPECT_EQ(meta["locales"], Json({"en", "ko"}));
    EXPECT_FALSE(meta.value("objectives", Json::array()).empty());
    EXPECT_FALSE(meta.value("sources", Json::array()).empty());
    EXPECT_TRUE(lesson.contains("summary"));
    for (const Json& other : meta.value("requires", Json::array())) {
      EXPECT_EQ(ids.count(other.get<std::string>()), 1u) << other;
    }
  }
}

TEST(Course, EachMisconceptionIsMet) {
  const std::map<std::string, Json> lessons = course();
  const auto rows = table("| belief | lessons |");
  ASSERT_EQ(rows.size(), 27u);
  std::map<std::string, std::set<std::string>> met;  // lesson → L…
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i][0], "L" + std::to_string(i + 1));
    const std::set<std::string> names = words(rows[i][2]);
    EXPECT_FALSE(names.empty()) << rows[i][0];
    for (const std::string& name : names) {
      ASSERT_EQ(lessons.count(name), 1u) << name;
      EXPECT_FALSE(lessons.at(name)["misconceptions"].empty()) << name;
      met[name].insert(rows[i][0]);
    }
  }
  // The table of the lessons says the same, and has each of them once, with its own title.
  std::set<std::string> listed;
  for (const std::vector<std::string>& row : table("lesson | file |")) {
    const std::string file = *words(row[1]).begin();
    const std::string name = file.substr(0, file.find(".json"));
    SCOPED_TRACE(name);
    ASSERT_EQ(lessons.count(name), 1u);
    EXPECT_TRUE(listed.insert(name).second);
    const std::string title = lessons.at(name)["title"]["en"];
    EXPECT_TRUE(row[0] == title || row[0] == "Chapter: " + title) << row[0];
    EXPECT_EQ(words(row[2]), met[name]);
  }
  EXPECT_EQ(listed.size(), lessons.size());
}

}  // namespace
}  // namespace sim::testing
