// Box<T>: a value that may be absent and is shared until it is edited. It stands for the pointers
// of the Kubernetes API types (`*PodSecurityContext`): absent is not the same as empty. Copying
// costs a counter; `edit()` makes the value exist and be ours alone before it is changed.
#pragma once

#include <memory>
#include <utility>

namespace sim {

template <class T>
class Box {
 public:
  Box() = default;
  Box(T value) : value_(std::make_shared<const T>(std::move(value))) {}  // NOLINT: implicit

  explicit operator bool() const { return value_ != nullptr; }
  bool has_value() const { return value_ != nullptr; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  /// The value to change; created empty when absent, copied when shared.
  T& edit() {
    if (!value_) {
      value_ = std::make_shared<const T>();
    } else if (value_.use_count() != 1) {
      value_ = std::make_shared<const T>(*value_);
    }
    return const_cast<T&>(*value_);
  }
  void reset() { value_.reset(); }

  friend bool operator==(const Box& a, const Box& b) {
    if (a.value_ == b.value_) return true;
    return a.value_ && b.value_ && *a.value_ == *b.value_;
  }

 private:
  std::shared_ptr<const T> value_;
};

}  // namespace sim
