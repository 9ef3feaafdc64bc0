// How two Go values differ, in the layout of the go-cmp library, which the API server uses when it
// refuses a change: unchanged parts are shortened, what is gone has a minus, what is new a plus.
// github.com/google/go-cmp 0.6: cmp.Diff
#pragma once

#include <string>

#include "sim/model/go_tree.h"

namespace sim {

/// Empty when they are equal, else lines that each end in a newline. Both are of one type.
std::string go_difference(const GoTree& before, const GoTree& after);

}  // namespace sim
