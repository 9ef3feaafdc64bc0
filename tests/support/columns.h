// Some columns of a table as kubectl prints it, with single spaces between them.
#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace sim::testing {

/// The columns by number, from 1; words are what stands between spaces.
inline std::string pick(const std::string& table, const std::vector<std::size_t>& columns) {
  std::istringstream lines(table);
  std::string picked;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> row;
    for (std::string word; words >> word;) row.push_back(word);
    std::string text;
    for (const std::size_t column : columns) {
      if (column <= row.size()) text += (text.empty() ? "" : " ") + row[column - 1];
    }
    picked += text + "\n";
  }
  return picked;
}

}  // namespace sim::testing
