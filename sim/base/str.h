// Str: an immutable string that is one pointer wide and costs a counter to copy. Objects are copied
// at every change of the world, and most of their text (names, namespaces, reasons) never changes;
// with Str a copy shares it. The empty string owns nothing.
//
// Comparison is by content, bytewise; nothing depends on addresses. Safe to share between threads.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace sim {

class Str {
 public:
  Str() noexcept = default;
  Str(std::string_view text) : rep_(make(text)) {}               // NOLINT: implicit by intent
  Str(const char* text) : Str(std::string_view(text)) {}         // NOLINT
  Str(const std::string& text) : Str(std::string_view(text)) {}  // NOLINT
  /// Text that is hardly ever made twice (a name with a number in it): nobody looks whether it is
  /// there already.
  static Str unlike_others(std::string_view text) {
    Str made;
    if (!text.empty()) made.rep_ = allocate(text);
    return made;
  }
  Str(const Str& other) noexcept : rep_(other.rep_) { retain(); }
  Str(Str&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Str& operator=(const Str& other) noexcept {
    Str copy(other);
    std::swap(rep_, copy.rep_);
    return *this;
  }
  Str& operator=(Str&& other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Str() { release(); }

  std::string_view view() const noexcept {
    return rep_ ? std::string_view(text_of(rep_), rep_->size) : std::string_view();
  }
  operator std::string_view() const noexcept { return view(); }  // NOLINT
  std::string str() const { return std::string(view()); }
  bool empty() const noexcept { return rep_ == nullptr; }
  std::size_t size() const noexcept { return rep_ ? rep_->size : 0; }

  friend bool operator==(const Str& a, const Str& b) noexcept {
    return a.rep_ == b.rep_ || a.view() == b.view();
  }
  friend bool operator==(const Str& a, std::string_view b) noexcept { return a.view() == b; }
  friend bool operator==(const Str& a, const char* b) noexcept { return a.view() == b; }
  friend bool operator==(const Str& a, const std::string& b) noexcept { return a.view() == b; }
  friend std::strong_ordering operator<=>(const Str& a, const Str& b) noexcept {
    return a.view() <=> b.view();
  }
  friend std::strong_ordering operator<=>(const Str& a, std::string_view b) noexcept {
    return a.view() <=> b;
  }

 private:
  struct Rep {
    std::atomic<std::uint32_t> refs;
    std::uint32_t size;
  };
  static const char* text_of(const Rep* rep) noexcept {
    return reinterpret_cast<const char*>(rep + 1);
  }
  static Rep* make(std::string_view text);
  static Rep* allocate(std::string_view text);
  static void destroy(Rep* rep) noexcept;
  void retain() noexcept {
    if (rep_) rep_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  void release() noexcept {
    if (rep_ && rep_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(rep_);
  }

  Rep* rep_ = nullptr;
};

inline std::string operator+(const Str& a, std::string_view b) { return a.str().append(b); }
inline std::string operator+(std::string a, const Str& b) { return std::move(a.append(b.view())); }

}  // namespace sim

template <>
struct std::hash<sim::Str> {
  std::size_t operator()(const sim::Str& text) const noexcept {
    return std::hash<std::string_view>()(text.view());
  }
};
