// Files × pods: who sees what, and in what it lies. Rows are files of a directory, of a pattern or
// of interest; columns pods, or their containers; each cell has a sign, a letter for where the file
// lies, and a colour that repeats them. A click on a cell asks why. Only what is in view is worked
// out, so that thousands of files cost what the pane shows.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ui/file_list.h"
#include "ui/file_sight.h"
#include "ui/paint.h"
#include "ui/panel.h"

namespace ui {

/// A column: a pod with those of its containers that look, or one of them.
struct FileColumn {
  sim::Id pod = 0;
  sim::Uid uid;
  std::string ns;
  std::string name;
  std::string container;  // empty: all of the pod's
  std::vector<std::size_t> viewers;
};
struct ColumnQuestion {
  std::string filter;  // letters that "namespace/pod" must have
  bool containers = false;
  friend bool operator==(const ColumnQuestion&, const ColumnQuestion&) = default;
};
inline constexpr std::size_t kMostColumns = 300;
/// With more pods than this, the table waits until some are named.
inline constexpr std::size_t kMostUnnamed = 5'000;

/// In order of namespace and pod. `left_out` gets how many pods have no room.
std::vector<FileColumn> columns_of(FileSight& sight, const ColumnQuestion& question,
                                   std::size_t* left_out);
/// What a cell shows of a pod with several containers: the one that sees most.
Look look_of(FileSight& sight, const FileColumn& column, const std::string& path);

class FilesMatrix : public Panel {
 public:
  explicit FilesMatrix(std::shared_ptr<FileSight> sight) : sight_(std::move(sight)) {}
  const char* id() const override { return "files"; }
  const char* title(Language language) const override {
    return pick(language, "Files × pods", "파일 × Pod");
  }
  void draw(Context& context) override;

 private:
  void controls(Context& context);
  void update_columns(Context& context);
  void grid(Context& context);
  void header(Context& context, const Area& pane, float names, float cell, float scroll);
  void legend(Context& context);
  std::string row_name(const FileRow& row) const;

  std::shared_ptr<FileSight> sight_;
  FileList list_;
  FileQuestion question_;
  ColumnQuestion column_question_;
  ColumnQuestion columns_for_;
  std::uint64_t columns_version_ = 0;
  std::vector<FileColumn> columns_;
  std::vector<std::string> given_names_;  // by column: the lesson's name of the pod
  std::size_t left_out_ = 0;
  float legend_height_ = 40;  // it wraps: as it was in the frame before
  std::array<char, 512> where_{};
  std::array<char, 128> filter_{};
  std::array<char, 128> pods_{};
};

}  // namespace ui
