// The lists of small pieces: nothing overlaps, everything is aligned, and pieces may be given back
// by another thread.
#include "sim/base/memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "sim/base/hash.h"

namespace sim::testing {
namespace {

using Piece = std::pair<unsigned char*, std::size_t>;

unsigned char mark_of(const Piece& piece) {
  return static_cast<unsigned char>(mix(reinterpret_cast<std::uintptr_t>(piece.first)));
}
Piece make(std::size_t size) {
  const Piece piece{static_cast<unsigned char*>(operator new(size)), size};
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece.first) % 16, 0u);
  std::memset(piece.first, mark_of(piece), size);
  return piece;
}
void check_and_free(const Piece& piece) {
  const unsigned char mark = mark_of(piece);
  for (std::size_t i = 0; i < piece.second; ++i) ASSERT_EQ(piece.first[i], mark);
  operator delete(piece.first);
}

TEST(Memory, PiecesDoNotOverlap) {
  tune_memory();
  std::vector<Piece> pieces;
  std::uint64_t state = 3;
  for (int step = 0; step < 20000; ++step) {
    state = mix(state);
    if (state % 3 != 0 || pieces.empty()) {
      pieces.push_back(make((state >> 8) % (state % 50 == 0 ? 5000 : 400)));
    } else {
      std::swap(pieces[(state >> 8) % pieces.size()], pieces.back());
      check_and_free(pieces.back());
      pieces.pop_back();
    }
  }
  for (const Piece& piece : pieces) check_and_free(piece);
}

TEST(Memory, AnotherThreadMayGiveBack) {
  tune_memory();
  std::vector<Piece> pieces;
  std::thread([&] {
    for (std::size_t i = 0; i < 3000; ++i) pieces.push_back(make(i % 1100));
  }).join();
  for (const Piece& piece : pieces) check_and_free(piece);
  std::vector<Piece> again;
  for (std::size_t i = 0; i < 3000; ++i) again.push_back(make(i % 1100));
  for (const Piece& piece : again) check_and_free(piece);
}

}  // namespace
}  // namespace sim::testing
