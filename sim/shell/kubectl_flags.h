// Command lines as kubectl reads them: flags anywhere before "--", long and short, joined and
// apart. k8s 1.30 github.com/spf13/pflag
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::kubectl {

/// One flag of a verb, as text: "namespace,n=" takes a value, "all-namespaces,A" is a switch, and
/// "dry-run=?client" may be given without a value and then has this one.
using FlagSpecs = std::vector<std::string_view>;

struct Flags {
  std::vector<std::string> args;          // what is no flag
  std::vector<std::string> after_dashes;  // behind "--"
  bool has_dashes = false;
  std::string error;  // kubectl's words, without "error: "
  std::map<std::string, std::vector<std::string>> values;

  bool has(std::string_view name) const { return values.find(std::string(name)) != values.end(); }
  /// The last value, or the fallback.
  std::string get(std::string_view name, std::string_view fallback = "") const;
  const std::vector<std::string>& all(std::string_view name) const;
  bool is_on(std::string_view name, bool fallback = false) const;
  std::optional<long long> number(std::string_view name) const;
};

/// Reads the words behind the verb. `specs` are the verb's own flags; the global ones are known
/// anyway.
Flags parse_flags(const std::vector<std::string>& words, const FlagSpecs& specs);
/// Whether a word that begins with '-' is a flag whose value is the word behind it.
bool takes_next_word(std::string_view word, const FlagSpecs& specs);

}  // namespace sim::kubectl
