#include "sim/shell/kubectl.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/kubectl_help.h"
#include "sim/shell/kubectl_info.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {
namespace {

using Words = std::vector<std::string>;

struct Entry {
  std::string_view name;
  Step (*run)(Call& call, const Words& words);
};
constexpr Entry kVerbs[] = {
    {"annotate", annotate},
    {"api-resources", api_resources},
    {"api-versions", api_versions},
    {"apply", apply},
    {"attach", attach},
    {"cluster-info", cluster_info},
    {"config", config},
    {"cordon", [](Call& call, const Words& words) { return cordon(call, words, true); }},
    {"cp", cp},
    {"create", create},
    {"delete", delete_verb},
    {"describe", describe_verb},
    {"drain", drain},
    {"edit", edit},
    {"events", events},
    {"exec", exec},
    {"autoscale", autoscale},
    {"expose", expose},
    {"get", get},
    {"kustomize", kustomize_verb},
    {"label", label},
    {"logs", logs},
    {"patch", patch},
    {"port-forward", port_forward},
    {"replace", replace},
    {"rollout", rollout},
    {"run", run_verb},
    {"scale", scale},
    {"set", set},
    {"taint", taint},
    {"top", top},
    {"uncordon", [](Call& call, const Words& words) { return cordon(call, words, false); }},
    {"version", version},
    {"wait", wait},
};

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t change = corner + (lower(a[i - 1]) == lower(b[k - 1]) ? 0 : 1);
      corner = row[k];
      row[k] = std::min({row[k] + 1, row[k - 1] + 1, change});
    }
  }
  return row[b.size()];
}

/// github.com/spf13/cobra: SuggestionsFor
Step unknown_command(const std::string& word) {
  constexpr std::size_t kNear = 2;
  constexpr std::size_t kLongest = 64;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMeant = {
      {{"list", "get"}, {"ps", "get"}, {"rm", "delete"}, {"list", "wait"}, {"ps", "wait"}}};
  std::string suggestions;
  for (const Verb& verb : all_verbs()) {
    if (verb.group.empty()) continue;
    std::string typed = word;
    for (char& c : typed) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    }
    const bool near = word.size() <= kLongest && distance(word, verb.path) <= kNear;
    const bool begins = verb.path.substr(0, typed.size()) == typed;
    const bool meant =
        std::find(kMeant.begin(), kMeant.end(),
                  std::pair<std::string_view, std::string_view>(typed, verb.path)) != kMeant.end();
    if (near || begins || meant) suggestions += fmt::format("\t{}\n", verb.path);
  }
  Step step;
  warn(step, fmt::format("error: unknown command \"{}\" for \"kubectl\"\n", word));
  if (!suggestions.empty()) warn(step, fmt::format("\nDid you mean this?\n{}", suggestions));
  step.exit = 1;
  return step;
}

Step show(std::string_view text, int exit = 0) {
  Step step;
  say(step, text);
  step.exit = exit;
  return step;
}

/// `kubectl help [VERB [SUBCOMMAND]]`.
Step help(const Words& words) {
  std::string path;
  const Verb* found = nullptr;
  for (const std::string& word : words) {
    if (!word.empty() && word[0] == '-') continue;
    if (word == "options" && path.empty()) return show(options_help());
    const Verb* next = find_verb(path.empty() ? word : fmt::format("{} {}", path, word));
    if (!next && path.empty()) {
      return show(
          fmt::format("Unknown help topic [`{}`]\n\n\n{}", fmt::join(words, " "), general_help()));
    }
    if (!next) break;
    found = next;
    path = std::string(next->path);
  }
  return show(found ? verb_help(*found) : general_help());
}

/// A verb of which only its subcommands do anything.
bool is_only_a_group(std::string_view verb) {
  return verb == "rollout" || verb == "set" || verb == "config" || verb == "create secret" ||
         verb == "create service";
}

/// The words behind a verb, its subcommand in front.
Step run_found(const Verb& verb, Words words, Call& call) {
  const Verb* found = follow_subcommands(verb, &words);
  const Flags flags = parse_flags(words, flag_specs(*found));
  if (flags.error.empty() && flags.is_on("help")) return show(verb_help(*found));
  if (!found->is_modelled) {
    return fail(fmt::format("podsight does not model \"kubectl {}\"", found->path));
  }
  if (is_only_a_group(found->path)) {
    if (!flags.error.empty()) return flag_error(found->path, flags.error);
    // Of a subcommand's subcommand the words begin behind its name.
    const std::size_t behind = found == &verb ? 0 : 1;
    if (flags.args.size() == behind) return show(verb_help(*found), 1);
    const auto first = flags.args.begin() + static_cast<std::ptrdiff_t>(behind);
    return usage_error(found->path, fmt::format("unknown command \"{}\"",
                                                fmt::join(first, flags.args.end(), " ")));
  }
  if (const std::string context = flags.get("context"); !context.empty() && context != "podsight") {
    return fail(fmt::format("context \"{}\" does not exist", context));
  }
  for (const Entry& entry : kVerbs) {
    if (entry.name == verb.path) return entry.run(call, words);
  }
  return unknown_command(std::string(verb.path));
}

}  // namespace

Step run(const std::vector<std::string>& argv, Call& call) {
  Words words(argv.begin() + 1, argv.end());
  const std::size_t at = find_word(words, 0, {});
  if (at == words.size()) {
    const Flags flags = parse_flags(words, {});
    if (!flags.error.empty()) {
      return fail(fmt::format("{}\nSee 'kubectl --help' for usage.", flags.error));
    }
    return show(general_help());
  }
  const std::string name = words[at];
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  if (name == "help") return help(words);
  if (name == "options") return show(options_help());
  const Verb* verb = find_verb(name);
  if (verb && !verb->group.empty()) return run_found(*verb, std::move(words), call);
  // Flags that stand before no command are looked at first.
  const Flags before = parse_flags(Words(argv.begin() + 1, argv.begin() + 1 + at), {});
  if (!before.error.empty()) {
    return fail(fmt::format("{}\nSee 'kubectl --help' for usage.", before.error));
  }
  return unknown_command(name);
}

}  // namespace sim::kubectl
