// Queue<T>: what will fall due, in the order (time, sequence). Two things due at one time come out
// in the order they were put in. Entries are small plain values, so the queue copies with the
// world; a copy shares until one side changes. What is due at the very instant that is being worked
// on takes a first-in-first-out path and never touches the heap.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/base/check.h"
#include "sim/base/time.h"

namespace sim {

template <class T>
class Queue {
  static_assert(std::is_trivially_copyable_v<T>, "a task is plain data, never a closure");

 public:
  struct Entry {
    Time when;
    std::uint64_t sequence;
    T what;
  };

  bool empty() const {
    return !root_ || (root_->heap.empty() && root_->now_head == root_->now.size());
  }
  std::size_t size() const {
    return root_ ? root_->heap.size() + root_->now.size() - root_->now_head : 0;
  }
  /// When the next entry is due; kNever when there is none.
  Time next_time() const {
    if (empty()) return kNever;
    const Root& root = *root_;
    if (root.now_head < root.now.size()) return root.now[root.now_head].when;
    return root.heap.front().when;
  }

  /// Puts `what` in for `when`, which must not lie before the last entry popped.
  void push(Time when, T what) {
    Root& root = edit();
    const Entry entry{when, root.next_sequence++, what};
    if (when == root.last_popped && (root.heap.empty() || root.heap.front().when > when)) {
      root.now.push_back(entry);
      return;
    }
    rise(root.heap, entry);
  }

  /// Takes the next entry out; there must be one.
  Entry pop() {
    SIM_CHECK(!empty());
    Root& root = edit();
    Entry entry;
    if (root.now_head < root.now.size()) {
      entry = root.now[root.now_head++];
      if (root.now_head == root.now.size()) {
        root.now.clear();
        root.now_head = 0;
      }
    } else {
      entry = root.heap.front();
      const Entry last = root.heap.back();
      root.heap.pop_back();
      if (!root.heap.empty()) sink(root.heap, last);
    }
    root.last_popped = entry.when;
    return entry;
  }

 private:
  // Each entry comes before its four children: half as deep as with two, and four lie together.
  static constexpr std::size_t kChildren = 4;

  static bool comes_before(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when < b.when : a.sequence < b.sequence;
  }
  /// Puts an entry in at the end and lets it rise to its place.
  static void rise(std::vector<Entry>& heap, const Entry& entry) {
    std::size_t at = heap.size();
    // A long one grows by a quarter: twice as long would be mostly empty.
    constexpr std::size_t kLong = 1 << 14;
    if (at == heap.capacity() && at >= kLong) heap.reserve(at + at / 4);
    heap.push_back(entry);
    while (at != 0) {
      const std::size_t parent = (at - 1) / kChildren;
      if (!comes_before(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }
  /// Lets an entry sink from the top, whose own has been taken, to its place.
  static void sink(std::vector<Entry>& heap, const Entry& entry) {
    const std::size_t size = heap.size();
    std::size_t at = 0;
    for (;;) {
      const std::size_t first = at * kChildren + 1;
      if (first >= size) break;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < std::min(first + kChildren, size); ++child) {
        if (comes_before(heap[child], heap[least])) least = child;
      }
      if (!comes_before(heap[least], entry)) break;
      heap[at] = heap[least];
      at = least;
    }
    heap[at] = entry;
  }
  struct Root {
    std::vector<Entry> heap;  // its first comes before all others
    std::vector<Entry> now;   // all at last_popped, from now_head on
    std::size_t now_head = 0;
    std::uint64_t next_sequence = 0;
    Time last_popped{INT64_MIN};
  };
  Root& edit() {
    if (!root_) {
      root_ = std::make_shared<Root>();
    } else if (root_.use_count() != 1) {
      root_ = std::make_shared<Root>(*root_);
    }
    return *root_;
  }

  std::shared_ptr<Root> root_;
};

}  // namespace sim
