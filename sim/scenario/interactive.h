// The interactive shell: a prompt with the virtual time, history, and completion of verbs, kinds,
// names and files. Where standard input is no terminal, lines are read plainly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/terminal.h"

namespace sim {

/// Reads and runs lines until `exit` or the end of input, and notes them in the transcript. Returns
/// the status of the last command.
int interact(Terminal& terminal, Transcript* transcript);

/// What the last word of a line that is being typed could become: verbs, kinds, names, files.
std::vector<std::string> completions(const Terminal& terminal, std::string_view line);

}  // namespace sim
