#include "sim/base/str.h"

#include <array>
#include <cstring>
#include <new>

#include "sim/base/check.h"
#include "sim/base/hash.h"

namespace sim {
namespace {

// Longer text is hardly ever made twice.
constexpr std::size_t kLongestShared = 128;
constexpr std::size_t kSets = 2048;

}  // namespace

Str::Rep* Str::allocate(std::string_view text) {
  SIM_CHECK(text.size() < UINT32_MAX);
  void* memory = ::operator new(sizeof(Rep) + text.size());
  Rep* rep = new (memory) Rep{{1}, static_cast<std::uint32_t>(text.size())};
  std::memcpy(static_cast<char*>(memory) + sizeof(Rep), text.data(), text.size());
  return rep;
}

// Most text is one of few words: reasons, phases, condition types, the names of one pod. A thread
// remembers what it made lately, two texts for each hash, and gives out the same again: what is
// met a second time stays, what is new takes the other place.
Str::Rep* Str::make(std::string_view text) {
  if (text.empty()) return nullptr;
  if (text.size() > kLongestShared) return allocate(text);

  struct Recent {
    std::array<std::array<Str, 2>, kSets> sets;
    bool* ended;
    explicit Recent(bool* flag) : ended(flag) {}
    ~Recent() { *ended = true; }
  };
  // Text is made after the end of it as well, by what is destroyed later.
  thread_local bool ended = false;
  if (ended) return allocate(text);
  thread_local Recent recent(&ended);
  auto& [known, last] = recent.sets[lookup_hash(text) % kSets];
  if (known.view() != text) {
    if (last.view() == text) {
      std::swap(known, last);
    } else {
      Str made;
      made.rep_ = allocate(text);
      last = std::move(made);
      last.retain();
      return last.rep_;
    }
  }
  known.retain();
  return known.rep_;
}

void Str::destroy(Rep* rep) noexcept {
  rep->~Rep();
  ::operator delete(rep);
}

}  // namespace sim
