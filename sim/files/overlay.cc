#include "sim/files/overlay.h"

#include <algorithm>

namespace sim {
namespace {

/// What one layer says about a path.
struct InLayer {
  EntryPtr entry;       // null: the layer says nothing about it
  bool sealed = false;  // layers below are not seen here: whiteout, opaque, or a file in the way
};

/// `below`: leave the last component out of account (what would be seen if it were gone here).
InLayer look(const Tree& layer, const Path& path, bool below = false) {
  InLayer result;
  const EntryPtr* entry = &layer.root();
  for (std::size_t i = 0;; ++i) {
    const bool last = i == path.size();
    if ((*entry)->type == FileType::Whiteout) {
      result.sealed = true;
      return result;
    }
    if ((*entry)->type != FileType::Directory) {
      result.sealed = true;
      if (last) result.entry = *entry;
      return result;
    }
    result.sealed = result.sealed || (*entry)->opaque;
    if (last) {
      result.entry = *entry;
      return result;
    }
    if (below && i + 1 == path.size()) return result;
    entry = (*entry)->child(path[i]);
    if (!entry) return result;
  }
}

/// The topmost entry in the image layers.
Overlay::Found find_in_image(const Overlay& overlay, const Path& path) {
  Overlay::Found found;
  if (!overlay.image) return found;
  for (std::size_t i = overlay.image->size(); i-- > 0;) {
    InLayer here = look((*overlay.image)[i], path);
    if (here.entry) {
      found.entry = std::move(here.entry);
      found.from = Overlay::From::Image;
      found.layer = static_cast<int>(i);
      return found;
    }
    if (here.sealed) return found;
  }
  return found;
}

/// True when an image layer would show something at the path if the writable layer had nothing.
bool is_below(const Overlay& overlay, const Path& path) {
  if (path.empty()) return overlay.image && !overlay.image->empty();
  if (look(overlay.writable, path, true).sealed) return false;
  return find_in_image(overlay, path).entry != nullptr;
}

EntryPtr without_children(const Entry& directory) {
  Entry copy = directory;
  copy.children.clear();
  copy.below = {};
  copy.opaque = false;
  return std::make_shared<const Entry>(std::move(copy));
}

/// Makes the directories above a path exist in the writable layer, as they are seen.
void copy_up_parents(Overlay& overlay, const Path& path, Time now) {
  Path parent;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    parent.push_back(path[i]);
    const Overlay::Found found = overlay.find(parent);
    if (found.from == Overlay::From::Writable && found.entry->type == FileType::Directory) continue;
    if (found.from == Overlay::From::Image && found.entry->type == FileType::Directory) {
      overlay.writable.put(parent, without_children(*found.entry));
    } else {
      overlay.put(parent, make_directory(now));
    }
  }
}

}  // namespace

Overlay::Found Overlay::find(const Path& path) const {
  const InLayer top = look(writable, path);
  Found found;
  if (top.entry) {
    found.entry = top.entry;
    found.from = From::Writable;
    return found;
  }
  return top.sealed ? found : find_in_image(*this, path);
}

std::vector<Str> Overlay::list(const Path& path) const {
  // Set to false by a whiteout, to true by an entry: the topmost layer that names it decides.
  std::vector<std::pair<Str, bool>> names;
  const auto take = [&](const Tree& layer) {
    const InLayer here = look(layer, path);
    if (here.entry && here.entry->type == FileType::Directory) {
      for (const auto& [name, entry] : here.entry->children) {
        names.emplace_back(name, entry->type != FileType::Whiteout);
      }
    }
    return !here.sealed;
  };
  bool deeper = take(writable);
  for (std::size_t i = image ? image->size() : 0; deeper && i-- > 0;) deeper = take((*image)[i]);
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Str> visible;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0 && names[i].first == names[i - 1].first) continue;
    if (names[i].second) visible.push_back(names[i].first);
  }
  return visible;
}

void Overlay::copy_up(const Path& path) {
  const Found found = find(path);
  if (found.from != From::Image) return;
  copy_up_parents(*this, path, found.entry->modified);
  writable.put(path, found.entry->type == FileType::Directory ? without_children(*found.entry)
                                                              : found.entry);
}

void Overlay::put(const Path& path, EntryPtr entry) {
  copy_up_parents(*this, path, entry->modified);
  if (entry->type == FileType::Directory && !entry->opaque && is_below(*this, path)) {
    // A new directory in the place of an old one must not show what the old one held.
    Entry opaque = *entry;
    opaque.opaque = true;
    entry = std::make_shared<const Entry>(std::move(opaque));
  }
  writable.put(path, std::move(entry));
}

void Overlay::erase(const Path& path) {
  if (path.empty() || !find(path).entry) return;
  if (is_below(*this, path)) {
    copy_up_parents(*this, path, Time{});
    writable.put(path, make_whiteout());
  } else {
    writable.erase(path);
  }
}

}  // namespace sim
