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
    root.heap.push_back(entry);
    std::push_heap(root.heap.begin(), root.heap.end(), Later());
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
      std::pop_heap(root.heap.begin(), root.heap.end(), Later());
      entry = root.heap.back();
      root.heap.pop_back();
    }
    root.last_popped = entry.when;
    return entry;
  }

 private:
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };
  struct Root {
    std::vector<Entry> heap;  // by Later
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
