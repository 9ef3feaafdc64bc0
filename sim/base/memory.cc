#include "sim/base/memory.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#ifdef PODSIGHT_SANITIZED

// A sanitizer watches each piece, and has to hand it out itself.
void sim::tune_memory() {}

#else

namespace sim {
namespace {

constexpr std::size_t kRegion = std::size_t{1} << 38;  // of addresses; memory comes as it is used
constexpr std::size_t kSlab = std::size_t{1} << 16;    // pieces of one size
constexpr std::size_t kStep = 16;                      // sizes go up by this, and all is aligned
constexpr std::size_t kLargest = 1024;
constexpr std::size_t kClasses = kLargest / kStep + 1;
constexpr std::size_t kSmallStart = std::size_t{16} << 20;  // before pages become large

std::uintptr_t region = 0;  // 0: there is none
std::atomic<std::size_t> slabs_used{0};
// What size each slab's pieces have, in steps. As the region, it takes memory as it is used.
std::array<std::uint8_t, kRegion / kSlab> class_of_slab;
static_assert(kClasses <= 256);

struct Piece {
  Piece* next;
};
struct List {
  Piece* free;  // given back
  char* fresh;  // never used yet …
  char* end;    // … up to here
};
thread_local std::array<List, kClasses> lists;

bool holds(const void* piece) {
  return region != 0 && reinterpret_cast<std::uintptr_t>(piece) - region < kRegion;
}

/// A slab more for pieces of a size; false when the region is used up.
bool refill(List& list, std::size_t of) {
  const std::size_t slab = slabs_used.fetch_add(1, std::memory_order_relaxed);
  if (slab >= kRegion / kSlab) {
    slabs_used.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  class_of_slab[slab] = static_cast<std::uint8_t>(of);
  list.fresh = reinterpret_cast<char*>(region + slab * kSlab);
  list.end = list.fresh + kSlab / (of * kStep) * (of * kStep);
  return true;
}

[[maybe_unused]] void* take(std::size_t size) {
  if (region != 0 && size <= kLargest) {
    const std::size_t of = size == 0 ? 1 : (size + kStep - 1) / kStep;
    List& list = lists[of];
    if (Piece* piece = list.free) {
      list.free = piece->next;
      return piece;
    }
    if (list.fresh != list.end || refill(list, of)) {
      void* piece = list.fresh;
      list.fresh += of * kStep;
      return piece;
    }
  }
  return std::malloc(size == 0 ? 1 : size);
}

[[maybe_unused]] void give_back(void* memory) noexcept {
  if (!holds(memory)) {
    std::free(memory);
    return;
  }
  const std::size_t slab = (reinterpret_cast<std::uintptr_t>(memory) - region) / kSlab;
  List& list = lists[class_of_slab[slab]];
  Piece* piece = static_cast<Piece*>(memory);
  piece->next = list.free;
  list.free = piece;
}

}  // namespace

void tune_memory() {
  if (region != 0) return;
  void* addresses = mmap(nullptr, kRegion, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (addresses == MAP_FAILED) return;
#ifdef MADV_HUGEPAGE
  madvise(static_cast<char*>(addresses) + kSmallStart, kRegion - kSmallStart, MADV_HUGEPAGE);
#endif
  region = reinterpret_cast<std::uintptr_t>(addresses);
}

}  // namespace sim

void* operator new(std::size_t size) {
  void* memory = sim::take(size);
  if (!memory) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return sim::take(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return sim::take(size); }
void operator delete(void* memory) noexcept { sim::give_back(memory); }
void operator delete[](void* memory) noexcept { sim::give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { sim::give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { sim::give_back(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { sim::give_back(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { sim::give_back(memory); }

#endif
