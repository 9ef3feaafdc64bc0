// The one table of kubectl's verbs and their flags: what --help prints, what completion offers, and
// where a command line's verb and subcommand stand. The texts are our own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_flags.h"

namespace sim::kubectl {

struct Verb {
  std::string_view path;   // "get", "rollout status"
  std::string_view group;  // the heading in the list of verbs; empty for a subcommand
  std::string_view usage;  // what follows the path
  std::string_view says;
  std::string_view flags;       // its own, by name
  bool is_modelled = true;      // false: kubectl has it, podsight does not
  std::string_view alias = {};  // of a subcommand: "pods,po"
};

/// In the order of kubectl's own list, subcommands behind their verb.
const std::vector<Verb>& all_verbs();
/// The row of a verb or of a subcommand (by any of its names), or null.
const Verb* find_verb(std::string_view path);
std::vector<const Verb*> subcommands(const Verb& verb);
/// Where the first word stands that is no flag and no flag's value; words.size() when there is
/// none. github.com/spf13/cobra: stripFlags
std::size_t find_word(const std::vector<std::string>& words, std::size_t from,
                      const FlagSpecs& specs);
/// The row that a command line means: the verb's own, or that of its subcommand, or of that one's.
/// `words` stand behind the verb; the names of subcommands are brought to their front.
const Verb* follow_subcommands(const Verb& verb, std::vector<std::string>* words);

/// The flags that every verb takes, and a verb's own, as parse_flags() takes them.
const FlagSpecs& global_flag_specs();
FlagSpecs flag_specs(const Verb& verb);
/// "--namespace" and all the others that a verb takes, for completion.
std::vector<std::string> flag_words(const Verb& verb);

std::string general_help();
std::string verb_help(const Verb& verb);
/// `kubectl options`: the flags that every verb takes.
std::string options_help();

}  // namespace sim::kubectl
