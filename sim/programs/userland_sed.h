// A script of sed, read once and run over each line. userland_sed_script.cc reads it,
// userland_sed.cc runs it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/regex.h"
#include "sim/programs/userland_tools.h"

namespace sim::userland::sed {

struct Address {
  enum class Kind : std::uint8_t { None, Line, Last, Match, Step, Plus, Multiple };
  Kind kind = Kind::None;
  std::int64_t number = 0;
  std::int64_t step = 0;               // first~step
  std::shared_ptr<const Regex> regex;  // null: the last one used
};

/// What stands for a match: text, and groups in between.
struct Part {
  enum class Kind : std::uint8_t { Text, Group, Upper, Lower, UpperOne, LowerOne, AsItIs };
  Kind kind = Kind::Text;
  std::string text;
  std::size_t group = 0;
};

struct Command {
  Address first, second;
  bool negated = false;
  char name = '\0';
  std::string text;      // of a, i, c; the name of a file; a label
  std::size_t jump = 0;  // of b, t, T and {: the command to go on with
  int exit = 0;          // of q and Q
  // s
  std::shared_ptr<const Regex> regex;
  std::vector<Part> replacement;
  bool global = false;
  int prints = 0;
  std::int64_t which = 1;
  std::string file;
  std::string map;  // y: what each byte becomes
};

struct Source {
  std::string text;
  std::string file;  // of -f; empty: an expression
};

/// The commands, or nothing after a complaint.
std::optional<std::vector<Command>> read_script(Call& call, const std::vector<Source>& sources,
                                                bool extended);

}  // namespace sim::userland::sed
