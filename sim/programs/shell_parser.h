// The grammar of the shell: text to tree. Any bytes give a Program; mistakes are in it, in bash's
// words. Nesting is bounded, so that no text exhausts the stack.
#pragma once

#include <string>
#include <string_view>

#include "sim/programs/shell_program.h"

namespace sim::shell {

/// `first_line` is the number of the text's first line in error messages.
Program parse(std::string_view text, int first_line = 1);
/// True for letters, digits and underscores that begin with no digit.
bool is_name(std::string_view text);

}  // namespace sim::shell
