#include "sim/model/go_compare.h"

#include <algorithm>
#include <utility>

namespace sim {
namespace {

using Shape = GoTree::Shape;

bool equal(const GoTree& a, const GoTree& b) {
  return a.shape == b.shape && a.text == b.text && a.is_nil == b.is_nil && a.keys == b.keys &&
         std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), equal);
}

void add_part(Pair& pair, std::string key, Pair part) {
  pair.leaves.same += part.leaves.same;
  pair.leaves.different += part.leaves.different;
  pair.below += part.below + 1;
  pair.depth = std::max(pair.depth, part.depth + 1);
  pair.keys.push_back(std::move(key));
  pair.parts.push_back(std::move(part));
}

void compare_lists(Pair& pair) {
  const std::vector<GoTree>& x = pair.before->parts;
  const std::vector<GoTree>& y = pair.after->parts;
  const auto at = [](const std::vector<GoTree>& list, std::int64_t i) {
    return &list[static_cast<std::size_t>(i)];
  };
  const std::vector<Edit> edits = edit_script(
      static_cast<std::int64_t>(x.size()), static_cast<std::int64_t>(y.size()),
      [&](std::int64_t i, std::int64_t j) { return compare(at(x, i), at(y, j)).leaves; });
  std::int64_t i = 0;
  std::int64_t j = 0;
  for (const Edit edit : edits) {
    const GoTree* one = edit == Edit::Inserted ? nullptr : at(x, i++);
    const GoTree* other = edit == Edit::Removed ? nullptr : at(y, j++);
    add_part(pair, {}, compare(one, other));
  }
}

void compare_maps(Pair& pair) {
  const GoTree& x = *pair.before;
  const GoTree& y = *pair.after;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < x.keys.size() || j < y.keys.size()) {
    const bool in_x = i < x.keys.size() && (j == y.keys.size() || x.keys[i] <= y.keys[j]);
    const bool in_y = j < y.keys.size() && (i == x.keys.size() || y.keys[j] <= x.keys[i]);
    std::string key = in_x ? x.keys[i] : y.keys[j];
    const GoTree* one = in_x ? &x.parts[i++] : nullptr;
    const GoTree* other = in_y ? &y.parts[j++] : nullptr;
    add_part(pair, std::move(key), compare(one, other));
  }
}

void count_leaf(Pair& pair, bool same) { (same ? pair.leaves.same : pair.leaves.different) = 1; }

}  // namespace

Pair compare(const GoTree* before, const GoTree* after) {
  Pair pair;
  pair.before = before;
  pair.after = after;
  if (!before || !after) {
    count_leaf(pair, false);
    return pair;
  }
  if (before->whole) {
    count_leaf(pair, equal(*before, *after));
    return pair;
  }
  switch (before->shape) {
    case Shape::Bool:
    case Shape::Int:
    case Shape::Text:
      count_leaf(pair, before->text == after->text);
      return pair;
    case Shape::Struct:
      for (std::size_t i = 0; i < before->parts.size(); ++i) {
        add_part(pair, before->keys[i], compare(&before->parts[i], &after->parts[i]));
      }
      return pair;
    case Shape::List:
    case Shape::Map:
    case Shape::Pointer:
      break;
  }
  if (before->is_nil || after->is_nil) {
    count_leaf(pair, before->is_nil && after->is_nil);
  } else if (before->shape == Shape::List) {
    compare_lists(pair);
  } else if (before->shape == Shape::Map) {
    compare_maps(pair);
  } else {
    add_part(pair, {}, compare(&before->parts[0], &after->parts[0]));
  }
  return pair;
}

}  // namespace sim
