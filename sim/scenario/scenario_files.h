// Which files a person means by some paths: files as they are, folders as the scenarios in them.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sim {

/// A folder stands for its *.json files, in the order of their names, but for the schema. Throws
/// InputError for a path that is not there and a folder without scenarios.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

/// Calls back for each file that is saved, until the program is stopped (Ctrl-C).
[[noreturn]] void watch_files(const std::vector<std::string>& files,
                              const std::function<void(const std::string&)>& saved);

}  // namespace sim
