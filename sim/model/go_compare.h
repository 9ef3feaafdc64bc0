// Two Go values side by side: at which places they are equal and at which not. A list is matched by
// an edit script, a map by its keys. github.com/google/go-cmp 0.6: cmp/compare.go
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/edit_script.h"
#include "sim/model/go_tree.h"

namespace sim {

/// Two values that stand at one place; one of them may be missing.
struct Pair {
  const GoTree* before = nullptr;
  const GoTree* after = nullptr;
  Likeness leaves;
  std::int64_t below = 0;         // all pairs under this one
  std::int64_t depth = 0;         // of the deepest
  std::vector<std::string> keys;  // of a struct or a map
  std::vector<Pair> parts;

  const GoTree& either() const { return before ? *before : *after; }
  GoTree::Shape shape() const { return either().shape; }
  bool is_leaf() const { return depth == 0; }
};

/// Both of one type; the trees must outlive the pair.
Pair compare(const GoTree* before, const GoTree* after);

}  // namespace sim
