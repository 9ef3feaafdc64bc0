// The containers that a world is made of, against those of the standard library: every series of
// operations over a few keys, with copies taken on the way that must stay as they were.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/base/box.h"
#include "sim/base/column.h"
#include "sim/base/draw.h"
#include "sim/base/queue.h"
#include "sim/base/sorted_map.h"
#include "sim/base/string_map.h"
#include "sim/base/table.h"
#include "sim/base/time.h"

namespace sim {
namespace {

template <class T>
std::map<Id, T> contents(const Table<T>& table) {
  std::map<Id, T> found;
  for (const auto& [id, row] : table) found.emplace(id, row);
  return found;
}

template <class K, class V>
std::map<K, V> contents(const SortedMap<K, V>& map) {
  std::map<K, V> found;
  K last{};
  for (const auto& [key, value] : map) {
    EXPECT_TRUE(found.empty() || last < key);
    last = key;
    found.emplace(key, value);
  }
  return found;
}

TEST(Time, OneThatMayBeAbsentTakesNoMoreRoom) {
  static_assert(sizeof(std::optional<Time>) == sizeof(Time));
  static_assert(std::is_trivially_copyable_v<std::optional<Time>>);
  std::optional<Time> time;
  EXPECT_FALSE(time.has_value());
  EXPECT_EQ(time, std::nullopt);
  EXPECT_EQ(time.value_or(Time{5}), Time{5});
  EXPECT_THROW(static_cast<void>(time.value()), std::bad_optional_access);
  time = Time{};
  EXPECT_TRUE(time.has_value());
  EXPECT_EQ(time, Time{});
  EXPECT_GT(time, std::optional<Time>());
  EXPECT_LT(time, std::optional<Time>(kNever));
  *time = Time{7};
  EXPECT_EQ(time->ns, 7);
  std::optional<Time> copy = time;
  time.reset();
  EXPECT_NE(copy, time);
  copy = {};
  EXPECT_EQ(copy, time);
  EXPECT_EQ(copy.emplace(Time{3}), Time{3});
  copy = std::nullopt;
  EXPECT_FALSE(copy);
}

// Every series of six operations: put or erase one of three ids (two in one chunk, one in another)
// or copy. Each copy must equal the std::map of its moment for ever.
TEST(Table, EverySeriesOfOperationsIsThatOfAMap) {
  constexpr Id kIds[] = {1, 2, 65};
  constexpr int kOperations = 7;
  constexpr int kLength = 6;
  int series = 1;
  for (int i = 0; i < kLength; ++i) series *= kOperations;
  for (int number = 0; number < series; ++number) {
    Table<int> table;
    std::map<Id, int> model;
    std::vector<std::pair<Table<int>, std::map<Id, int>>> copies;
    int rest = number;
    for (int step = 0; step < kLength; ++step, rest /= kOperations) {
      const int operation = rest % kOperations;
      if (operation < 3) {
        table.put(kIds[operation], std::make_shared<const int>(step));
        model[kIds[operation]] = step;
      } else if (operation < 6) {
        table.erase(kIds[operation - 3]);
        model.erase(kIds[operation - 3]);
      } else {
        copies.emplace_back(table, model);
      }
    }
    ASSERT_EQ(contents(table), model) << number;
    ASSERT_EQ(table.size(), model.size()) << number;
    for (const auto& [copy, then] : copies) ASSERT_EQ(contents(copy), then) << number;
  }
}

TEST(Table, IdsAreNeverGivenTwice) {
  Table<int> table;
  const Id first = table.add(std::make_shared<const int>(1));
  table.erase(first);
  EXPECT_EQ(table.add(std::make_shared<const int>(2)), first + 1);
  EXPECT_EQ(table.get(first), nullptr);
  EXPECT_EQ(table.get(0), nullptr);
  EXPECT_EQ(table.get(1000000), nullptr);
}

TEST(Table, LongSeriesOverManyChunks) {
  Table<int> table;
  std::map<Id, int> model;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const Id id = static_cast<Id>(1 + draw_below(500, 1, "id", 0, i));
    if (draw_below(3, 1, "op", 0, i) != 0) {
      table.put(id, std::make_shared<const int>(static_cast<int>(i)));
      model[id] = static_cast<int>(i);
    } else {
      table.erase(id);
      model.erase(id);
    }
    if (i % 1000 == 0) {
      ASSERT_EQ(contents(table), model);
    }
  }
  EXPECT_EQ(contents(table), model);
}

TEST(SortedMap, EverySeriesOfOperationsIsThatOfAMap) {
  constexpr int kOperations = 7;
  constexpr int kLength = 6;
  int series = 1;
  for (int i = 0; i < kLength; ++i) series *= kOperations;
  for (int number = 0; number < series; ++number) {
    SortedMap<int, int> map;
    std::map<int, int> model;
    std::vector<std::pair<SortedMap<int, int>, std::map<int, int>>> copies;
    int rest = number;
    for (int step = 0; step < kLength; ++step, rest /= kOperations) {
      const int operation = rest % kOperations;
      if (operation < 3) {
        map.set(operation, step);
        model[operation] = step;
      } else if (operation < 6) {
        ASSERT_EQ(map.erase(operation - 3), model.erase(operation - 3) == 1);
      } else {
        copies.emplace_back(map, model);
      }
    }
    ASSERT_EQ(contents(map), model) << number;
    ASSERT_EQ(map.size(), model.size());
    for (const auto& [copy, then] : copies) ASSERT_EQ(contents(copy), then) << number;
  }
}

TEST(SortedMap, LongSeriesWithBoundsOverManyChunks) {
  SortedMap<int, int> map;
  std::map<int, int> model;
  for (std::uint64_t i = 0; i < 30000; ++i) {
    const int key = static_cast<int>(draw_below(2000, 2, "key", 0, i));
    if (draw_below(5, 2, "op", 0, i) < 3) {
      map.set(key, static_cast<int>(i));
      model[key] = static_cast<int>(i);
    } else {
      ASSERT_EQ(map.erase(key), model.erase(key) == 1);
    }
    const auto bound = model.lower_bound(key);
    const auto found = map.lower_bound(key);
    ASSERT_EQ(found == map.end(), bound == model.end());
    if (bound != model.end()) {
      ASSERT_EQ(found->first, bound->first);
    }
  }
  EXPECT_EQ(contents(map), model);
}

TEST(Column, KeepsWhatWasSetAndCopiesStay) {
  Column<int> column;
  std::map<Id, int> model;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const Id id = static_cast<Id>(draw_below(1000, 3, "id", 0, i));
    column.set(id, static_cast<int>(i));
    model[id] = static_cast<int>(i);
  }
  const Column<int> copy = column;
  column.set(5, -1);
  for (const auto& [id, value] : model) EXPECT_EQ(copy.get(id), value);
  EXPECT_EQ(column.get(5), -1);
  EXPECT_EQ(column.get(1000000), 0);
}

// What the queue promises: by time, and within one time in the order of putting in.
TEST(Queue, OrderIsTimeThenSequenceWithCopiesOnTheWay) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Queue<int> queue;
    std::multimap<std::int64_t, int> model;  // keeps the order of equal keys
    std::int64_t now = 0;
    for (std::uint64_t i = 0; i < 300; ++i) {
      if (model.empty() || draw_below(5, seed, "op", 0, i) < 3) {
        const auto when = now + static_cast<std::int64_t>(draw_below(4, seed, "when", 0, i));
        queue.push(Time{when}, static_cast<int>(i));
        model.emplace(when, static_cast<int>(i));
      } else {
        ASSERT_EQ(queue.next_time().ns, model.begin()->first);
        Queue<int> copy = queue;
        const auto entry = queue.pop();
        ASSERT_EQ(entry.what, model.begin()->second);
        ASSERT_EQ(copy.pop().what, entry.what);
        now = model.begin()->first;
        model.erase(model.begin());
      }
      ASSERT_EQ(queue.size(), model.size());
      ASSERT_EQ(queue.empty(), model.empty());
    }
  }
}

TEST(StringMap, IsSortedSharedUntilEditedAndComparedByContent) {
  StringMap labels{{"b", "2"}, {"a", "1"}};
  const StringMap copy = labels;
  labels.set("c", "3");
  labels.set("a", "9");
  EXPECT_TRUE(labels.erase("b"));
  EXPECT_FALSE(labels.erase("b"));
  std::string text;
  for (const auto& [key, value] : labels) text += key + "=" + value.str() + ";";
  EXPECT_EQ(text, "a=9;c=3;");
  EXPECT_EQ(copy, (StringMap{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(copy.get("b"), "2");
  EXPECT_EQ(copy.find("zz"), nullptr);
}

TEST(Str, ComparesBytewiseAndSharesCopies) {
  const Str a("alpha");
  const Str b = a;
  EXPECT_EQ(a.view().data(), b.view().data());
  EXPECT_LT(Str("a"), Str("b"));
  EXPECT_LT(Str(), Str("a"));
  EXPECT_EQ(Str(""), Str());
  EXPECT_EQ(Str("a\0b").size(), 1u);
  EXPECT_EQ(Str(std::string_view("a\0b", 3)).size(), 3u);
}

TEST(Box, AbsentIsNotEmptyAndEditingLeavesCopiesAlone) {
  Box<std::vector<int>> box;
  EXPECT_FALSE(box);
  EXPECT_FALSE(box == Box<std::vector<int>>(std::vector<int>{}));
  box.edit().push_back(1);
  const Box<std::vector<int>> copy = box;
  box.edit().push_back(2);
  EXPECT_EQ(copy->size(), 1u);
  EXPECT_EQ(box->size(), 2u);
  box.reset();
  EXPECT_FALSE(box);
}

TEST(Draw, DependsOnNothingButItsArguments) {
  EXPECT_EQ(draw(1, "a", 2, 3), draw(1, "a", 2, 3));
  EXPECT_NE(draw(1, "a", 2, 3), draw(1, "b", 2, 3));
  EXPECT_NE(draw(1, "a", 2, 3), draw(2, "a", 2, 3));
  EXPECT_NE(draw(1, "a", 2, 3), draw(1, "a", 2, 4));
  std::map<std::uint64_t, int> counts;
  for (std::uint64_t n = 0; n < 60000; ++n) ++counts[draw_below(6, 7, "die", 0, n)];
  ASSERT_EQ(counts.size(), 6u);
  for (const auto& [face, count] : counts) EXPECT_NEAR(count, 10000, 400) << face;
}

TEST(Draw, SuffixesUseTheSafeAlphabet) {
  std::set<std::string> seen;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    const std::string suffix = draw_suffix(5, 1, "name", 0, n);
    ASSERT_EQ(suffix.size(), 5u);
    ASSERT_EQ(suffix.find_first_not_of("bcdfghjklmnpqrstvwxz2456789"), std::string::npos);
    seen.insert(suffix);
  }
  EXPECT_GT(seen.size(), 990u);
}

}  // namespace
}  // namespace sim
