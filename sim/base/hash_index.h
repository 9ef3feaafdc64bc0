// HashIndex<V>: which values may carry a key, by a 64-bit hash of the key, copied on write. It
// keeps no keys, so an entry costs a dozen bytes and no order is kept: whoever asks compares each
// answer with the row itself, and sorts where the order shows. Several values may share a hash.
//
// It is an extendible hash table: a directory of buckets by the first bits of the hash; a full
// bucket parts in two. Copying it copies one pointer; a write clones the list of directory chunks,
// one chunk of the directory and one bucket when they are shared.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

namespace sim {

template <class V>
class HashIndex {
  static_assert(std::is_trivially_copyable_v<V>);

 public:
  std::size_t size() const { return root_ ? root_->size : 0; }

  /// The first value under the hash that `is` holds of; `V()` when there is none.
  template <class Is>
  V find(std::uint64_t hash, Is is) const {
    if (!root_) return V();
    const std::uint32_t tag = tag_of(hash);
    for (const Slot& slot : bucket(tag).slots) {
      if (slot.tag == tag && is(slot.value)) return slot.value;
    }
    return V();
  }
  /// Calls `f` with every value under the hash, in no order that means anything.
  template <class F>
  void each(std::uint64_t hash, F f) const {
    if (!root_) return;
    const std::uint32_t tag = tag_of(hash);
    for (const Slot& slot : bucket(tag).slots) {
      if (slot.tag == tag) f(slot.value);
    }
  }
  void add(std::uint64_t hash, V value) {
    const std::uint32_t tag = tag_of(hash);
    Root& root = edit_root();
    ++root.size;
    for (;;) {
      Bucket& into = edit_bucket(root, tag);
      if (into.slots.size() < kFull || !may_part(root, into)) {
        if (into.slots.size() == into.slots.capacity()) into.slots.reserve(into.slots.size() + 8);
        into.slots.push_back({tag, value});
        return;
      }
      part(root, tag);
    }
  }
  /// Removes one entry; it is fine when it is not there.
  void erase(std::uint64_t hash, V value) {
    if (!contains(hash, value)) return;
    const std::uint32_t tag = tag_of(hash);
    Root& root = edit_root();
    std::vector<Slot>& slots = edit_bucket(root, tag).slots;
    const auto at = std::find_if(slots.begin(), slots.end(), [&](const Slot& slot) {
      return slot.tag == tag && slot.value == value;
    });
    *at = slots.back();
    slots.pop_back();
    --root.size;
  }
  bool contains(std::uint64_t hash, V value) const {
    bool found = false;
    each(hash, [&](const V& other) { found = found || other == value; });
    return found;
  }
  /// Whether both hold the same entries.
  friend bool operator==(const HashIndex& a, const HashIndex& b) {
    if (a.size() != b.size()) return false;
    bool same = true;
    a.each_bucket([&](const Bucket& bucket) {
      for (const Slot& slot : bucket.slots) {
        same = same && b.contains(std::uint64_t{slot.tag} << 32, slot.value);
      }
    });
    return same;
  }

 private:
  static constexpr std::size_t kFull = 48;
  static constexpr std::size_t kFewest = 1024;  // places that a directory may always have
  static constexpr unsigned kChunkBits = 8;
  struct Slot {
    std::uint32_t tag;
    V value;
  };
  struct Bucket {
    unsigned depth = 0;  // how many first bits its entries have in common
    std::vector<Slot> slots;
  };
  using BucketPtr = std::shared_ptr<Bucket>;
  using Chunk = std::array<BucketPtr, 1u << kChunkBits>;
  struct Root {
    unsigned depth = 0;  // the directory has a place for each value of so many first bits
    std::vector<std::shared_ptr<Chunk>> chunks;
    std::size_t size = 0;
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  static std::size_t place(unsigned depth, std::uint32_t tag) {
    return depth == 0 ? 0 : tag >> (32 - depth);
  }
  static const BucketPtr& at(const Root& root, std::size_t index) {
    return (*root.chunks[index >> kChunkBits])[index % (1u << kChunkBits)];
  }
  static BucketPtr& edit_at(Root& root, std::size_t index) {
    std::shared_ptr<Chunk>& chunk = root.chunks[index >> kChunkBits];
    if (chunk.use_count() != 1) chunk = std::make_shared<Chunk>(*chunk);
    return (*chunk)[index % (1u << kChunkBits)];
  }
  const Bucket& bucket(std::uint32_t tag) const { return *at(*root_, place(root_->depth, tag)); }
  template <class F>
  void each_bucket(F f) const {
    if (!root_) return;
    const Bucket* last = nullptr;
    for (std::size_t i = 0; i < std::size_t{1} << root_->depth; ++i) {
      const Bucket* one = at(*root_, i).get();
      if (one != last) f(*one);
      last = one;
    }
  }

  Root& edit_root() {
    if (!root_) {
      root_ = std::make_shared<Root>();
      root_->chunks.push_back(std::make_shared<Chunk>());
      (*root_->chunks[0])[0] = std::make_shared<Bucket>();
    } else if (root_.use_count() != 1) {
      root_ = std::make_shared<Root>(*root_);
    }
    return *root_;
  }
  /// How many places of the directory lead to the bucket, and where the first of them is.
  static std::size_t width(const Root& root, const Bucket& bucket) {
    return std::size_t{1} << (root.depth - bucket.depth);
  }
  static Bucket& edit_bucket(Root& root, std::uint32_t tag) {
    const std::size_t index = place(root.depth, tag);
    const BucketPtr& old = at(root, index);
    const std::size_t places = width(root, *old);
    // Shared with another index when more hold it than the places of this directory.
    const std::shared_ptr<Chunk>& chunk = root.chunks[index >> kChunkBits];
    const bool shared =
        chunk.use_count() != 1 || old.use_count() != static_cast<std::ptrdiff_t>(places);
    if (!shared) return *old;
    const BucketPtr own = std::make_shared<Bucket>(*old);
    const std::size_t first = index / places * places;
    for (std::size_t i = first; i < first + places; ++i) edit_at(root, i) = own;
    return *own;
  }
  /// Hashes that have too much in common may not blow up the directory: their bucket only grows.
  static bool may_part(const Root& root, const Bucket& bucket) {
    const std::size_t places = std::size_t{1} << root.depth;
    if (bucket.depth == root.depth && places >= std::max(kFewest, root.size)) return false;
    const std::uint32_t tag = bucket.slots.front().tag;
    return std::any_of(bucket.slots.begin(), bucket.slots.end(),
                       [tag](const Slot& slot) { return slot.tag != tag; });
  }
  /// Parts the bucket of a tag by one more bit. It is ours alone.
  static void part(Root& root, std::uint32_t tag) {
    BucketPtr old = at(root, place(root.depth, tag));
    if (old->depth == root.depth) double_directory(root);
    const unsigned depth = old->depth + 1;
    const BucketPtr halves[2] = {std::make_shared<Bucket>(), std::make_shared<Bucket>()};
    for (const BucketPtr& half : halves) {
      half->depth = depth;
      half->slots.reserve(kFull / 2 + 8);
    }
    for (const Slot& slot : old->slots) {
      halves[(slot.tag >> (32 - depth)) & 1]->slots.push_back(slot);
    }
    const std::size_t places = width(root, *old);
    const std::size_t first = place(root.depth, tag) / places * places;
    for (std::size_t i = 0; i < places; ++i) {
      edit_at(root, first + i) = halves[i >= places / 2 ? 1 : 0];
    }
  }
  static void double_directory(Root& root) {
    const std::size_t places = std::size_t{1} << (root.depth + 1);
    std::vector<std::shared_ptr<Chunk>> chunks((places + (1u << kChunkBits) - 1) >> kChunkBits);
    for (auto& chunk : chunks) chunk = std::make_shared<Chunk>();
    for (std::size_t i = 0; i < places; ++i) {
      (*chunks[i >> kChunkBits])[i % (1u << kChunkBits)] = at(root, i / 2);
    }
    root.chunks = std::move(chunks);
    ++root.depth;
  }

  std::shared_ptr<Root> root_;
};

}  // namespace sim
