// Column<T>: a dense array of small plain values indexed by id, copied on write by chunks. It
// stands beside a Table where a scan must be fast (free room per node) or where a mark per id is
// kept (when a key is next due). A value that was never set is `T()`.
#pragma once

#include <array>
#include <memory>
#include <type_traits>
#include <vector>

#include "sim/base/table.h"

namespace sim {

template <class T>
class Column {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  T get(Id id) const { return at(id); }
  /// The value in place: for scans. It lives until the next write to this column.
  const T& at(Id id) const {
    static const T none{};
    const std::size_t index = id / kChunk;
    if (!root_ || root_->size() <= index || !(*root_)[index]) return none;
    return (*(*root_)[index])[id % kChunk];
  }
  void set(Id id, T value) {
    if (!root_) {
      root_ = std::make_shared<Root>();
    } else if (root_.use_count() != 1) {
      root_ = std::make_shared<Root>(*root_);
    }
    const std::size_t index = id / kChunk;
    if (root_->size() <= index) root_->resize(index + 1);
    std::shared_ptr<Chunk>& chunk = (*root_)[index];
    if (!chunk) {
      chunk = std::make_shared<Chunk>();
    } else if (chunk.use_count() != 1) {
      chunk = std::make_shared<Chunk>(*chunk);
    }
    (*chunk)[id % kChunk] = value;
  }

 private:
  static constexpr std::size_t kChunk = 256;
  using Chunk = std::array<T, kChunk>;
  using Root = std::vector<std::shared_ptr<Chunk>>;
  std::shared_ptr<Root> root_;
};

}  // namespace sim
