// Which files a table of files × pods has rows for: a directory, all that is below one, a pattern,
// or, when nothing is asked, where the images of this cluster serve from, what volumes are mounted
// at and what anybody wrote. A path has a row when any container has something there, even where a
// mount hides it, or once had.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/file_sight.h"

namespace ui {

struct FileRow {
  std::string path;
  bool directory = false;
  int depth = 0;  // how many of the directories above it have rows
  friend bool operator==(const FileRow&, const FileRow&) = default;
};

struct FileQuestion {
  std::string where;   // "/etc", "/etc/*.conf"; empty: what is of interest
  bool deep = false;   // all below a directory, not only what is in it
  std::string filter;  // letters that a path must have, or a pattern for its last part
  friend bool operator==(const FileQuestion&, const FileQuestion&) = default;
};

class FileList {
 public:
  static constexpr std::size_t kMostRows = 20'000;

  /// Sorted by path, a directory before all that is in it. Asking the same of the same world again
  /// costs nothing.
  const std::vector<FileRow>& rows(FileSight& sight, const FileQuestion& question);
  /// There are more than kMostRows.
  bool cut() const { return cut_; }
  /// Directories of interest, for a list to choose from.
  const std::vector<std::string>& places(FileSight& sight);

 private:
  std::optional<FileQuestion> question_;
  std::uint64_t version_ = 0;
  std::vector<FileRow> rows_;
  bool cut_ = false;
  std::uint64_t places_version_ = 0;
  std::vector<std::string> places_;
};

}  // namespace ui
