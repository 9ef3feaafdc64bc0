// {a,b} and {1..3}: before anything else is expanded, on the tree.
#pragma once

#include <vector>

#include "sim/programs/shell_program.h"

namespace sim::shell {

/// The words that one stands for; false when it would make more of them than a shell should.
bool expand_braces(const Word& word, std::vector<Word>* words);

}  // namespace sim::shell
