// HashIndex against a plain list of pairs: what it finds, that copies are values, and that hashes
// with much in common do it no harm.
#include "sim/base/hash_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/base/hash.h"

namespace sim::testing {
namespace {

using Index = HashIndex<std::uint32_t>;

std::vector<std::uint32_t> all(const Index& index, std::uint64_t hash) {
  std::vector<std::uint32_t> found;
  index.each(hash, [&](std::uint32_t value) { found.push_back(value); });
  std::sort(found.begin(), found.end());
  return found;
}

TEST(HashIndex, FindsWhatAListFinds) {
  Index index;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> list;
  std::uint64_t state = 1;
  for (std::uint32_t step = 0; step < 6000; ++step) {
    state = mix(state);
    if (state % 4 != 0 || list.empty()) {
      // A few keys have many values.
      const std::uint64_t hash = state % 7 == 0 ? mix(state % 5) : state;
      index.add(hash, step);
      list.emplace_back(hash, step);
    } else {
      const std::size_t at = (state >> 20) % list.size();
      index.erase(list[at].first, list[at].second);
      list[at] = list.back();
      list.pop_back();
    }
  }
  EXPECT_EQ(index.size(), list.size());
  for (const auto& [hash, value] : list) {
    EXPECT_TRUE(index.contains(hash, value));
    const std::uint32_t wanted = value;
    EXPECT_EQ(index.find(hash, [=](std::uint32_t found) { return found == wanted; }), value);
    EXPECT_FALSE(index.contains(hash ^ (std::uint64_t{1} << 40), value));
  }
  Index other;
  std::reverse(list.begin(), list.end());
  for (const auto& [hash, value] : list) other.add(hash, value);
  EXPECT_TRUE(index == other);
  other.erase(list[0].first, list[0].second);
  EXPECT_FALSE(index == other);
}

TEST(HashIndex, ACopyIsAValue) {
  Index index;
  for (std::uint32_t i = 1; i <= 3000; ++i) index.add(mix(i), i);
  const Index before = index;
  Index fork = index;
  for (std::uint32_t i = 1; i <= 3000; i += 2) fork.erase(mix(i), i);
  for (std::uint32_t i = 3001; i <= 6000; ++i) index.add(mix(i), i);
  EXPECT_EQ(before.size(), 3000u);
  EXPECT_EQ(fork.size(), 1500u);
  EXPECT_EQ(index.size(), 6000u);
  for (std::uint32_t i = 1; i <= 3000; ++i) {
    EXPECT_TRUE(before.contains(mix(i), i));
    EXPECT_EQ(fork.contains(mix(i), i), i % 2 == 0);
    EXPECT_TRUE(index.contains(mix(i), i));
  }
  EXPECT_FALSE(before.contains(mix(4000), 4000));
}

TEST(HashIndex, EqualAndNearlyEqualHashes) {
  Index index;
  std::vector<std::uint32_t> values;
  for (std::uint32_t i = 0; i < 500; ++i) {
    index.add(42, i);
    values.push_back(i);
  }
  // Only the last of the bits that count differ.
  for (std::uint32_t i = 0; i < 500; ++i) index.add((std::uint64_t{i} << 32) | 1u, 1000 + i);
  index.erase(std::uint64_t{7} << 32, 1);  // no such entry
  EXPECT_EQ(index.size(), 1000u);
  values.push_back(1000);  // its first 32 bits are the same
  EXPECT_EQ(all(index, 42), values);
  EXPECT_EQ(all(index, std::uint64_t{77} << 32), std::vector<std::uint32_t>{1077});
}

}  // namespace
}  // namespace sim::testing
