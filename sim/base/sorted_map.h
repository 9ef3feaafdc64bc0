// SortedMap<K, V>: a map in key order that is copied on write, for indexes (name → id, node →
// pods). It is a list of sorted chunks; copying it copies one pointer, a write clones the list and
// one chunk when they are shared. Keys need < and ==. Iteration is in order of the keys.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace sim {

template <class K, class V>
class SortedMap {
 public:
  using Item = std::pair<K, V>;

  std::size_t size() const { return root_ ? root_->size : 0; }
  bool empty() const { return size() == 0; }

  /// The value, or null; it lives until the next write to this map. `Key` is anything that compares
  /// with K by < in both directions.
  template <class Key>
  const V* find(const Key& key) const {
    const Iterator at = lower_bound(key);
    return at != end() && !(key < (*at).first) ? &(*at).second : nullptr;
  }
  template <class Key>
  bool contains(const Key& key) const {
    return find(key) != nullptr;
  }

  void set(K key, V value) {
    Root& root = edit_root();
    if (root.chunks.empty()) {
      root.chunks.push_back(std::make_shared<Chunk>());
      root.firsts.push_back(key);
    }
    // The last chunk whose first key is not above `key`; the first chunk when all are.
    std::size_t index = chunk_for(root, key);
    Chunk& chunk = edit_chunk(root, index);
    auto at = position(chunk, key);
    if (at != chunk.end() && !(key < at->first)) {
      at->second = std::move(value);
      return;
    }
    if (at == chunk.begin()) root.firsts[index] = key;
    if (chunk.size() == chunk.capacity()) {
      // Little by little: most chunks are full, or never written again.
      const auto offset = at - chunk.begin();
      chunk.reserve(chunk.size() + kGrowth);
      at = chunk.begin() + offset;
    }
    chunk.insert(at, Item(std::move(key), std::move(value)));
    ++root.size;
    if (chunk.size() > kChunkItems) {
      // Appending in order is the usual case (ids grow), so the split leaves the left chunk fuller.
      auto right = std::make_shared<Chunk>(std::make_move_iterator(chunk.begin() + kSplitAt),
                                           std::make_move_iterator(chunk.end()));
      chunk.erase(chunk.begin() + kSplitAt, chunk.end());
      chunk.shrink_to_fit();
      const auto next = static_cast<std::ptrdiff_t>(index) + 1;
      root.firsts.insert(root.firsts.begin() + next, right->front().first);
      root.chunks.insert(root.chunks.begin() + next, std::move(right));
    }
  }

  /// True when the key was there.
  template <class Key>
  bool erase(const Key& key) {
    if (!contains(key)) return false;
    Root& root = edit_root();
    const std::size_t index = chunk_for(root, key);
    Chunk& chunk = edit_chunk(root, index);
    chunk.erase(position(chunk, key));
    --root.size;
    if (chunk.empty()) {
      const auto gone = static_cast<std::ptrdiff_t>(index);
      root.chunks.erase(root.chunks.begin() + gone);
      root.firsts.erase(root.firsts.begin() + gone);
    } else {
      root.firsts[index] = chunk.front().first;
    }
    return true;
  }

  class Iterator {
   public:
    Iterator(const SortedMap* map, std::size_t chunk, std::size_t item)
        : map_(map), chunk_(chunk), item_(item) {}
    const Item& operator*() const { return (*map_->root_->chunks[chunk_])[item_]; }
    const Item* operator->() const { return &**this; }
    Iterator& operator++() {
      if (++item_ == map_->root_->chunks[chunk_]->size()) {
        ++chunk_;
        item_ = 0;
      }
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.chunk_ == b.chunk_ && a.item_ == b.item_;
    }

   private:
    const SortedMap* map_;
    std::size_t chunk_;
    std::size_t item_;
  };
  Iterator begin() const { return Iterator(this, 0, 0); }
  Iterator end() const { return Iterator(this, root_ ? root_->chunks.size() : 0, 0); }
  /// The first item whose key is not below `key`.
  template <class Key>
  Iterator lower_bound(const Key& key) const {
    if (!root_ || root_->chunks.empty()) return end();
    const std::size_t index = chunk_for(*root_, key);
    const Chunk& chunk = *root_->chunks[index];
    const auto at = position(chunk, key);
    if (at == chunk.end()) return Iterator(this, index + 1, 0);
    return Iterator(this, index, static_cast<std::size_t>(at - chunk.begin()));
  }

 private:
  static constexpr std::size_t kChunkItems = 128;
  static constexpr std::ptrdiff_t kSplitAt = 96;
  static constexpr std::size_t kGrowth = 16;
  using Chunk = std::vector<Item>;
  struct Root {
    std::vector<std::shared_ptr<Chunk>> chunks;  // none of them empty, but while set() runs
    std::vector<K> firsts;  // the first key of each chunk: looked through without touching them
    std::size_t size = 0;
  };

  template <class Key>
  static std::size_t chunk_for(const Root& root, const Key& key) {
    const auto above = std::partition_point(root.firsts.begin(), root.firsts.end(),
                                            [&](const K& first) { return !(key < first); });
    return above == root.firsts.begin() ? 0
                                        : static_cast<std::size_t>(above - root.firsts.begin()) - 1;
  }
  template <class C, class Key>
  static auto position(C& chunk, const Key& key) {
    return std::lower_bound(chunk.begin(), chunk.end(), key,
                            [](const Item& item, const Key& k) { return item.first < k; });
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
    if (chunk.use_count() != 1) chunk = std::make_shared<Chunk>(*chunk);
    return *chunk;
  }

  std::shared_ptr<Root> root_;
};

}  // namespace sim
