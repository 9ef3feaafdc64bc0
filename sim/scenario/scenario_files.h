// Which files a person means by some paths: files as they are, folders as the scenarios in them.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sim {

/// Whether a file of a folder is one of its scenarios: *.json, but for the schema.
bool is_scenario_file(const std::string& path);

/// A folder stands for its scenarios, in the order of their names. Throws InputError for a folder
/// without any.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

/// Calls back for each file that is saved, until the program is stopped (Ctrl-C).
[[noreturn]] void watch_files(const std::vector<std::string>& files,
                              const std::function<void(const std::string&)>& saved);

}  // namespace sim
