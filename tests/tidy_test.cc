// The rules of the house that a program can check: which room may include which, that includes make
// no circle, how long lines are, what no file may hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace sim::testing {
namespace {

namespace fs = std::filesystem;

/// Room → rooms it may include beside itself. An arrow not in this table does not exist.
const std::map<std::string, std::set<std::string>>& rooms() {
  static const std::map<std::string, std::set<std::string>> table = {
      {"base", {}},
      {"model", {"base"}},
      {"files", {"base"}},
      {"programs", {"files", "base"}},
      {"world", {"programs", "model", "files", "base"}},
      {"controllers", {"world", "programs", "model", "files", "base"}},
      {"engine", {"controllers", "world", "programs", "model", "files", "base"}},
      {"graph", {"world", "programs", "model", "files", "base"}},
      {"shell", {"graph", "world", "programs", "model", "files", "base"}},
      {"scenario", {"engine", "shell", "graph", "world", "programs", "model", "files", "base"}},
      {"survive",
       {"scenario", "engine", "shell", "graph", "world", "programs", "model", "files", "base"}},
      {"ui",
       {"survive", "scenario", "engine", "shell", "graph", "world", "programs", "model", "files",
        "base"}},
  };
  return table;
}

std::string room_of(const std::string& file) {
  if (file.rfind("ui/", 0) == 0) return "ui";
  if (file.rfind("sim/", 0) != 0) return "";
  const std::size_t slash = file.find('/', 4);
  return slash == std::string::npos ? "" : file.substr(4, slash - 4);
}

struct Source {
  std::string file;  // relative to the repository
  std::vector<std::string> lines;
  std::vector<std::string> includes;  // our own
};

const std::vector<Source>& sources() {
  static const std::vector<Source> all = [] {
    std::vector<Source> found;
    static const std::regex include("^#include \"(.*)\"");
    for (const char* top : {"sim", "ui", "tests"}) {
      for (const auto& entry : fs::recursive_directory_iterator(source_path(top))) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".h" && extension != ".cc") continue;
        Source source;
        source.file = fs::relative(entry.path(), source_path("")).string();
        std::ifstream stream(entry.path());
        for (std::string line; std::getline(stream, line);) {
          std::smatch match;
          if (std::regex_search(line, match, include)) source.includes.push_back(match[1]);
          source.lines.push_back(line);
        }
        found.push_back(std::move(source));
      }
    }
    std::sort(found.begin(), found.end(),
              [](const Source& a, const Source& b) { return a.file < b.file; });
    return found;
  }();
  return all;
}

std::size_t width(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

TEST(Tidy, RoomsIncludeOnlyWhatTheTableAllows) {
  for (const Source& source : sources()) {
    const std::string room = room_of(source.file);
    if (room.empty()) continue;
    ASSERT_TRUE(rooms().count(room)) << source.file << " is in no known room";
    for (const std::string& include : source.includes) {
      const std::string other = room_of(include);
      EXPECT_TRUE(other == room || rooms().at(room).count(other))
          << source.file << " must not include " << include;
    }
  }
}

TEST(Tidy, ControllersDoNotIncludeEachOther) {
  for (const Source& source : sources()) {
    if (room_of(source.file) != "controllers") continue;
    const std::string folder = fs::path(source.file).parent_path().string();
    const std::string stem = fs::path(source.file).stem().string();
    const std::string own = stem.substr(0, stem.find('_'));
    for (const std::string& include : source.includes) {
      if (room_of(include) != "controllers") continue;
      const bool same_folder =
          folder != "sim/controllers" && fs::path(include).parent_path().string() == folder;
      const bool same_name = fs::path(include).stem().string().rfind(own, 0) == 0;
      EXPECT_TRUE(same_folder || same_name) << source.file << " includes " << include;
    }
  }
}

TEST(Tidy, PanelsDoNotIncludeEachOther) {
  std::set<std::string> panels;  // headers
  for (const Source& source : sources()) {
    for (const std::string& line : source.lines) {
      if (line.find(": public Panel {") != std::string::npos) panels.insert(source.file);
    }
  }
  EXPECT_FALSE(panels.empty());
  for (const Source& source : sources()) {
    if (room_of(source.file) != "ui" || source.file == "ui/panels.cc") continue;
    for (const std::string& include : source.includes) {
      const bool own = fs::path(include).stem() == fs::path(source.file).stem();
      EXPECT_FALSE(panels.count(include) && !own) << source.file << " includes " << include;
    }
  }
}

TEST(Tidy, IncludesMakeNoCircle) {
  std::map<std::string, std::vector<std::string>> graph;
  for (const Source& source : sources()) graph[source.file] = source.includes;
  std::map<std::string, int> state;  // 1: on the way, 2: done
  std::function<bool(const std::string&)> circles = [&](const std::string& file) {
    if (state[file] == 1) return true;
    if (state[file] == 2) return false;
    state[file] = 1;
    for (const std::string& include : graph[file]) {
      if (circles(include)) return true;
    }
    state[file] = 2;
    return false;
  };
  for (const Source& source : sources()) EXPECT_FALSE(circles(source.file)) << source.file;
}

TEST(Tidy, NothingElseLiesAtTheTop) {
  const std::set<std::string> expected = {"CMakeLists.txt", "LICENSE", "README.md", "sim", "ui",
                                          "scenarios",      "tests"};
  for (const auto& entry : std::filesystem::directory_iterator(source_path(""))) {
    const std::string name = entry.path().filename().string();
    if (name[0] == '.' || name.rfind("build", 0) == 0) continue;  // as .gitignore says
    EXPECT_TRUE(expected.count(name)) << name;
  }
}

TEST(Tidy, LinesAreAtMostAHundredColumns) {
  for (const Source& source : sources()) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      // Text that must stand on one line as it is: raw strings, test tables.
      if (line.find("R\"") != std::string::npos || source.file.rfind("tests/", 0) == 0) continue;
      if (source.file == "sim/scenario/default_cluster.cc") continue;
      EXPECT_LE(width(line), 100u) << source.file << ":" << i + 1;
    }
  }
}

TEST(Tidy, HeadersOpenWithProseAndGuardThemselves) {
  for (const Source& source : sources()) {
    if (source.file.substr(source.file.size() - 2) != ".h") continue;
    ASSERT_FALSE(source.lines.empty()) << source.file;
    EXPECT_EQ(source.lines.front().rfind("// ", 0), 0u) << source.file << " opens without prose";
    EXPECT_NE(std::find(source.lines.begin(), source.lines.end(), "#pragma once"),
              source.lines.end())
        << source.file;
  }
}

TEST(Tidy, NothingDecidesByClockChanceOrAddress) {
  static const std::regex banned(
      "\\b(std::rand|rand\\(\\)|random_device|system_clock|steady_clock|high_resolution_clock|"
      "unordered_map|unordered_set|gettimeofday|time\\(nullptr\\))");
  for (const Source& source : sources()) {
    if (room_of(source.file).empty()) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(source.lines[i], banned))
          << source.file << ":" << i + 1 << ": " << source.lines[i];
    }
  }
}

TEST(Tidy, NothingIsLeftToDo) {
  // Spelt apart, so that this file passes its own rule.
  const std::string marks[] = {std::string("TO") + "DO", std::string("FIX") + "ME",
                               std::string("XX") + "X:"};
  for (const Source& source : sources()) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      for (const std::string& mark : marks) {
        EXPECT_EQ(source.lines[i].find(mark), std::string::npos) << source.file << ":" << i + 1;
      }
    }
  }
}

TEST(Tidy, EveryFileIsBuilt) {
  std::ifstream stream(source_path("CMakeLists.txt"));
  const std::string build((std::istreambuf_iterator<char>(stream)), {});
  for (const Source& source : sources()) {
    const std::string& file = source.file;
    if (file.substr(file.size() - 3) != ".cc" || file.rfind("tests/fuzz/", 0) == 0) continue;
    EXPECT_NE(build.find(file), std::string::npos) << file << " is not in CMakeLists.txt";
  }
}

}  // namespace
}  // namespace sim::testing
