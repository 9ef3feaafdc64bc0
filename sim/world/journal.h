// What happened, one row per change. A row is at once the watch event, the resourceVersion, the
// line of the timeline, the diff on the screen and the step to undo. Its cause is the revision of
// the change that led to it, back to the command that a person typed.
//
// The journal is a value: copies share all rows written before they parted. With a limit or a
// budget it keeps a window, as etcd does after compaction.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/base/str.h"
#include "sim/base/time.h"
#include "sim/model/meta.h"
#include "sim/world/task.h"

namespace sim {

struct Change {
  std::uint64_t revision = 0;
  Time time{};
  std::uint64_t cause = 0;  // revision of the change that led here; 0: the start of the world
  Str by;                   // who: "kubectl", "kubelet", "replicaset-controller", "fault", …
  Str why;                  // for a row: a short clause; for a command: its text as typed
  Ref ref;                  // none for a command or a fault: those change nothing themselves
  ObjectPtr before;         // null: added
  ObjectPtr after;          // null: deleted
};

/// What a change holds that nothing else does, about: itself, its words, and the row that it
/// replaced.
std::uint64_t weight_of(const Change& change);

class Journal {
 public:
  /// Revisions run from first() to last(), without gaps; both 0 while empty.
  std::uint64_t first() const;
  std::uint64_t last() const;
  /// The change of a revision from first() to last().
  const Change& at(std::uint64_t revision) const;
  void append(Change change);  // its revision must be last() + 1
  /// Keep at most about this many changes; 0: all.
  void set_limit(std::uint64_t changes) { limit_ = changes; }
  /// Keep at most about so many bytes of changes and of rows that are no more; 0: all.
  void set_budget(std::uint64_t bytes) { budget_ = bytes; }
  /// How many bytes are kept, about: a count that is the same on every machine, not a measurement.
  std::uint64_t bytes() const { return root_ ? root_->bytes : 0; }

 private:
  static constexpr std::size_t kBlock = 256;
  struct Block {
    std::vector<Change> changes;
    std::uint64_t bytes = 0;
  };
  struct Root {
    std::vector<std::shared_ptr<Block>> blocks;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t bytes = 0;
  };
  static void drop(Root& root, std::size_t blocks);

  std::shared_ptr<Root> root_;
  std::uint64_t limit_ = 0;
  std::uint64_t budget_ = 0;
};

}  // namespace sim
