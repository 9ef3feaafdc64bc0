#include "sim/scenario/scenario_files.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>

#include "sim/base/format.h"
#include "sim/base/input_error.h"

namespace sim {

namespace fs = std::filesystem;

bool is_scenario_file(const std::string& path) {
  const fs::path file(path);
  return file.extension() == ".json" && file.filename() != "schema.json";
}

std::vector<std::string> scenario_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      const std::string file = entry.path().string();
      if (is_scenario_file(file)) inside.push_back(file);
    }
    if (inside.empty()) {
      throw InputError(fmt::format("{}: no scenarios (*.json) in this folder", path));
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

void watch_files(const std::vector<std::string>& files,
                 const std::function<void(const std::string&)>& saved) {
  const auto stamp = [](const std::string& file) {
    std::error_code error;
    return fs::last_write_time(file, error);
  };
  std::vector<fs::file_time_type> stamps;
  for (const std::string& file : files) stamps.push_back(stamp(file));
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    for (std::size_t i = 0; i < files.size(); ++i) {
      const fs::file_time_type now = stamp(files[i]);
      if (now == stamps[i]) continue;
      stamps[i] = now;
      saved(files[i]);
      std::fflush(stdout);
    }
  }
}

}  // namespace sim
