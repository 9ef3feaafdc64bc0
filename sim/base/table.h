// Table<T>: rows with dense 32-bit ids that are copied on write. Copying a table copies one
// pointer; the first write after a copy clones the list of chunks and the one chunk that changes,
// and nothing else. Ids start at 1 and are never given twice; 0 means none. Iteration is in order
// of ids, which is the order of creation.
//
// A row is a shared_ptr<const T>: readers may keep an old row for as long as they like.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/base/check.h"

namespace sim {

using Id = std::uint32_t;

template <class T>
class Table {
 public:
  using Row = std::shared_ptr<const T>;

  /// How many rows there are.
  std::size_t size() const { return root_ ? root_->size : 0; }
  bool empty() const { return size() == 0; }
  /// The id that the next add() gives.
  Id next_id() const { return root_ ? root_->next : 1; }

  /// The row, or null when there is none with that id.
  const T* get(Id id) const {
    const Row* row = find(id);
    return row ? row->get() : nullptr;
  }
  /// The row to keep beyond the next write, or null.
  Row share(Id id) const {
    const Row* row = find(id);
    return row ? *row : nullptr;
  }
  bool contains(Id id) const { return get(id) != nullptr; }

  Id add(Row row) {
    const Id id = next_id();
    put(id, std::move(row));
    return id;
  }
  /// Sets the row of an id, whether or not it was there (playing a journal brings rows back).
  void put(Id id, Row row) {
    SIM_CHECK(id != 0 && row != nullptr);
    Root& root = edit_root();
    const std::size_t chunk_index = (id - 1) / kChunkRows;
    if (root.chunks.size() <= chunk_index) root.chunks.resize(chunk_index + 1);
    Row& slot = edit_chunk(root, chunk_index)[(id - 1) % kChunkRows];
    if (!slot) ++root.size;
    slot = std::move(row);
    if (root.next <= id) root.next = id + 1;
  }
  /// Removes the row; it is fine when it is not there.
  void erase(Id id) {
    if (!contains(id)) return;
    Root& root = edit_root();
    edit_chunk(root, (id - 1) / kChunkRows)[(id - 1) % kChunkRows] = nullptr;
    --root.size;
  }

  class Iterator {
   public:
    Iterator(const Table* table, Id id) : table_(table), id_(id) { settle(); }
    std::pair<Id, const T&> operator*() const { return {id_, *table_->get(id_)}; }
    Iterator& operator++() {
      ++id_;
      settle();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.id_ == b.id_; }

   private:
    void settle() {
      const Id end = table_->next_id();
      while (id_ < end) {
        const std::size_t chunk_index = (id_ - 1) / kChunkRows;
        const auto& chunk = table_->root_->chunks[chunk_index];
        if (!chunk) {
          id_ = static_cast<Id>((chunk_index + 1) * kChunkRows + 1);
        } else if (!(*chunk)[(id_ - 1) % kChunkRows]) {
          ++id_;
        } else {
          return;
        }
      }
      id_ = end;
    }
    const Table* table_;
    Id id_;
  };
  /// Iterates over pairs of id and row. Not valid beyond the next write to this table.
  Iterator begin() const { return Iterator(this, 1); }
  Iterator end() const { return Iterator(this, next_id()); }

 private:
  static constexpr std::size_t kChunkRows = 64;
  using Chunk = std::array<Row, kChunkRows>;
  struct Root {
    std::vector<std::shared_ptr<Chunk>> chunks;
    std::size_t size = 0;
    Id next = 1;
  };

  const Row* find(Id id) const {
    if (!root_ || id == 0 || id >= root_->next) return nullptr;
    const auto& chunk = root_->chunks[(id - 1) / kChunkRows];
    return chunk ? &(*chunk)[(id - 1) % kChunkRows] : nullptr;
  }
  Root& edit_root() {
    if (!root_) {
      root_ = std::make_shared<Root>();
    } else if (root_.use_count() != 1) {
      root_ = std::make_shared<Root>(*root_);
    }
    return *root_;
  }
  static Chunk& edit_chunk(Root& root, std::size_t index) {
    std::shared_ptr<Chunk>& chunk = root.chunks[index];
    if (!chunk) {
      chunk = std::make_shared<Chunk>();
    } else if (chunk.use_count() != 1) {
      chunk = std::make_shared<Chunk>(*chunk);
    }
    return *chunk;
  }

  std::shared_ptr<Root> root_;
};

}  // namespace sim
