// overlayfs as a function of its layers: image layers from bottom to top, and the writable layer of
// one container above them. Reading finds the topmost entry; a whiteout hides what is below;
// writing copies the file up first; removing what an image holds leaves a whiteout. Image layers
// never change.
#pragma once

#include <vector>

#include "sim/files/tree.h"

namespace sim {

struct Overlay {
  std::shared_ptr<const std::vector<Tree>>
      image;  // bottom first; shared by every container of the image
  Tree writable;

  enum class From { Nowhere, Image, Writable };
  struct Found {
    EntryPtr entry;  // for a directory: the topmost one's own attributes, its children not merged
    From from = From::Nowhere;
    int layer = -1;  // index into `image` when from == Image
  };
  Found find(const Path& path) const;
  /// The merged names in a directory, sorted, whiteouts taken out.
  std::vector<Str> list(const Path& path) const;
  /// Copies what is at the path (and the directories above it) into the writable layer.
  void copy_up(const Path& path);
  void put(const Path& path, EntryPtr entry);
  /// Removes the entry, leaving a whiteout where an image layer has one.
  void erase(const Path& path);
};

}  // namespace sim
