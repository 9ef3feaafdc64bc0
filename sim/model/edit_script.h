// A way from one list to another by removing, inserting and changing items: good rather than the
// shortest, found in time that grows with the lists. github.com/google/go-cmp 0.6: internal/diff
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace sim {

enum class Edit : std::uint8_t { Same, Removed, Inserted, Changed };

/// How many parts of two items are equal and how many are not.
struct Likeness {
  std::int64_t same = 0;
  std::int64_t different = 0;
  bool equal() const { return different == 0; }
  /// Enough alike to be shown as one item that changed.
  bool similar() const { return same + 1 >= different; }
};

/// `compare` takes an index into each list.
std::vector<Edit> edit_script(std::int64_t before_size, std::int64_t after_size,
                              const std::function<Likeness(std::int64_t, std::int64_t)>& compare);

}  // namespace sim
