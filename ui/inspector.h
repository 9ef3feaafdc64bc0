// Any object as kubectl shows it: described, as YAML, with its events, its owners and what it owns;
// and the files of any container, each entry with where it comes from.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/files/file_system.h"
#include "ui/file_sight.h"
#include "ui/manifest_editor.h"
#include "ui/panel.h"

namespace ui {

enum class Facet : std::uint8_t { Describe, Yaml, Edit, Events, Owners, Files };

/// What a facet shows of an object, in the words of kubectl; not for Files.
std::string facet_text(const sim::World& world, sim::Ref object, Facet facet);

/// One entry of a directory as a container sees it.
struct FileEntry {
  std::string name;
  std::string path;
  bool directory = false;
  std::uint64_t size = 0;
  std::string note;  // of a symbolic link: where it leads
  Lies lies = Lies::Nowhere;
  std::string from;  // "image layer 2", "emptyDir at /tmp"
};
/// The entries of a directory, at most kMostEntries.
std::vector<FileEntry> entries_of(const sim::World& world, sim::Id instance,
                                  const sim::FileSystem& files, const std::string& directory,
                                  bool korean);
inline constexpr std::size_t kMostEntries = 2'000;

class Inspector : public Panel {
 public:
  explicit Inspector(std::shared_ptr<FileSight> sight) : sight_(std::move(sight)) {}
  const char* id() const override { return "inspector"; }
  const char* title(Language language) const override {
    return pick(language, "Inspector", "상세");
  }
  void draw(Context& context) override;

 private:
  void chooser(Context& context);
  void facets(Context& context);
  void lines(Context& context);
  void files(Context& context, const sim::Pod& pod);
  void list_rows(Context& context, const std::string& directory, int depth);
  void file_row(Context& context, const FileEntry& entry, int depth);

  std::shared_ptr<FileSight> sight_;
  sim::Kind kind_ = sim::Kind::Pod;
  Facet facet_ = Facet::Describe;
  // What the text below was made for.
  std::optional<sim::Ref> shown_;
  Facet shown_facet_ = Facet::Describe;
  std::uint64_t shown_version_ = 0;
  std::int64_t shown_second_ = 0;  // ages are shown in seconds
  std::vector<std::string> lines_;
  ManifestEditor editor_;
  // The files of a container.
  sim::Id instance_ = 0;
  std::uint64_t files_version_ = 0;
  bool files_korean_ = false;
  std::optional<sim::FileSystem> files_;
  std::map<std::string, std::vector<FileEntry>> directories_;
  std::set<std::string> open_;                          // directories that are unfolded
  std::vector<std::pair<const FileEntry*, int>> rows_;  // what is unfolded, with its depth
};

}  // namespace ui
