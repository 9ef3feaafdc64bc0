// Box<T>: a value that may be absent and is shared until it is edited. It stands for the pointers
// of the Kubernetes API types (`*PodSecurityContext`): absent is not the same as empty. It is one
// pointer wide and costs a counter to copy; `edit()` makes the value exist and be ours alone before
// it is changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace sim {

template <class T>
class Box {
 public:
  Box() noexcept = default;
  Box(T value) : rep_(new Rep(std::move(value))) {}  // NOLINT: implicit
  Box(const Box& other) noexcept : rep_(other.rep_) {
    if (rep_) rep_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  Box(Box&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Box& operator=(const Box& other) noexcept {
    Box copy(other);
    std::swap(rep_, copy.rep_);
    return *this;
  }
  Box& operator=(Box&& other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Box() { release(); }

  explicit operator bool() const noexcept { return rep_ != nullptr; }
  bool has_value() const noexcept { return rep_ != nullptr; }
  const T& operator*() const { return rep_->value; }
  const T* operator->() const { return &rep_->value; }
  /// The value to change; created empty when absent, copied when shared.
  T& edit() {
    if (!rep_) {
      rep_ = new Rep();
    } else if (rep_->refs.load(std::memory_order_acquire) != 1) {
      Box own(rep_->value);
      std::swap(rep_, own.rep_);
    }
    return rep_->value;
  }
  void reset() noexcept {
    release();
    rep_ = nullptr;
  }
  /// Whether both share one value, so that they are equal without a look.
  bool shares(const Box& other) const noexcept { return rep_ == other.rep_; }

  friend bool operator==(const Box& a, const Box& b) {
    if (a.rep_ == b.rep_) return true;
    return a.rep_ && b.rep_ && a.rep_->value == b.rep_->value;
  }

 private:
  struct Rep {
    Rep() = default;
    explicit Rep(T from) : value(std::move(from)) {}
    std::atomic<std::uint32_t> refs{1};
    T value{};
  };
  void release() noexcept {
    if (rep_ && rep_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete rep_;
  }

  Rep* rep_ = nullptr;
};

}  // namespace sim
