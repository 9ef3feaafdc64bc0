#include "sim/survive/rules.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/base/nearest.h"

namespace sim {
namespace {

/// `*` stands for any characters, `?` for one; the rest for itself.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw InputError(
      fmt::format("--fail-on \"{}\": {}\nA rule is VERDICT:EVENT:PATH, for example "
                  "lost:pod-delete:/var/lib/mysql or unreachable>5m:node-crash:*",
                  text, why));
}

bool is_against(const FailRule& rule, const Outcome& outcome) {
  switch (rule.verdict) {
    case FailRule::Verdict::Lost:
      return outcome.fate == Fate::Lost;
    case FailRule::Verdict::Stuck:
      return !outcome.stuck.empty();
    case FailRule::Verdict::Unreachable:
      return outcome.fate == Fate::Unreachable ||
             (outcome.fate == Fate::Kept && rule.longer_than && outcome.gap > *rule.longer_than);
  }
  return false;
}

void check_against(const Survival& survival, const FailRule& rule) {
  const bool tried = std::any_of(survival.trials.begin(), survival.trials.end(),
                                 [&](Trial trial) { return matches(rule.event, name_of(trial)); });
  if (!tried) refuse(rule.text, fmt::format("\"{}\" is none of the events tried", rule.event));
  if (has_wildcard(rule.path)) return;
  std::vector<std::string> paths;
  for (const WorkloadSurvival& workload : survival.workloads) {
    for (const ContainerSurvival& container : workload.containers) {
      for (const SurvivingPath& path : container.paths) paths.push_back(path.path);
    }
  }
  if (std::find(paths.begin(), paths.end(), rule.path) != paths.end()) return;
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  refuse(rule.text,
         fmt::format("no container has the path {}; {}", rule.path, hint_for(rule.path, paths)));
}

}  // namespace

FailRule parse_rule(const std::string& text) {
  FailRule rule;
  rule.text = text;
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
  if (second == std::string::npos) refuse(text, "it has fewer than three parts");
  std::string verdict = text.substr(0, first);
  rule.event = text.substr(first + 1, second - first - 1);
  rule.path = text.substr(second + 1);
  if (const std::size_t longer = verdict.find('>'); longer != std::string::npos) {
    rule.longer_than = parse_duration(verdict.substr(longer + 1));
    if (!rule.longer_than || rule.longer_than->ns < 0) {
      refuse(text, fmt::format("\"{}\" is no duration", verdict.substr(longer + 1)));
    }
    verdict.resize(longer);
    if (verdict != "unreachable") refuse(text, "only \"unreachable\" takes a duration");
  }
  if (verdict == "lost") {
    rule.verdict = FailRule::Verdict::Lost;
  } else if (verdict == "unreachable") {
    rule.verdict = FailRule::Verdict::Unreachable;
  } else if (verdict == "stuck") {
    rule.verdict = FailRule::Verdict::Stuck;
  } else {
    refuse(text, fmt::format("\"{}\" is no verdict; {}", verdict,
                             hint_for(verdict, {"lost", "unreachable", "stuck"})));
  }
  const std::vector<std::string> names = trial_names();
  if (std::none_of(names.begin(), names.end(),
                   [&](const std::string& name) { return matches(rule.event, name); })) {
    refuse(text, fmt::format("\"{}\" is no event; {}", rule.event, hint_for(rule.event, names)));
  }
  if (rule.path.empty() || (rule.path.front() != '/' && rule.path.front() != '*')) {
    refuse(text,
           fmt::format("\"{}\" is no absolute path: begin it with \"/\" or \"*\"", rule.path));
  }
  return rule;
}

std::vector<Objection> objections(const Survival& survival, const std::vector<FailRule>& rules) {
  for (const FailRule& rule : rules) check_against(survival, rule);
  std::vector<Objection> found;
  for (std::size_t w = 0; w < survival.workloads.size(); ++w) {
    const WorkloadSurvival& workload = survival.workloads[w];
    for (std::size_t c = 0; c < workload.containers.size(); ++c) {
      const ContainerSurvival& container = workload.containers[c];
      for (std::size_t p = 0; p < container.paths.size(); ++p) {
        const SurvivingPath& path = container.paths[p];
        if (path.scratch) continue;
        for (std::size_t t = 0; t < path.outcomes.size(); ++t) {
          for (std::size_t r = 0; r < rules.size(); ++r) {
            const FailRule& rule = rules[r];
            if (path.layer ? rule.path != path.path : !matches(rule.path, path.path)) continue;
            if (!matches(rule.event, name_of(survival.trials[t]))) continue;
            if (!is_against(rule, path.outcomes[t])) continue;
            found.push_back({r, w, c, p, t});
            break;
          }
        }
      }
    }
  }
  return found;
}

std::string text_of(const Survival& survival, const std::vector<FailRule>& rules,
                    const Objection& objection) {
  const FailRule& rule = rules[objection.rule];
  const WorkloadSurvival& workload = survival.workloads[objection.workload];
  const ContainerSurvival& container = workload.containers[objection.container];
  const SurvivingPath& path = container.paths[objection.path];
  const Outcome& outcome = path.outcomes[objection.trial];
  std::string reason = rule.verdict == FailRule::Verdict::Stuck ? outcome.stuck : outcome.why;
  if (rule.verdict == FailRule::Verdict::Unreachable && outcome.fate == Fate::Kept) {
    reason = human_duration(outcome.gap);
    if (!outcome.meanwhile.empty()) reason += ": " + outcome.meanwhile;
  }
  return fmt::format("{}: {} {}/{}, {}: {} ({}): {}", rule.text, workload.kind, workload.ns,
                     workload.name, container.name, path.path,
                     name_of(survival.trials[objection.trial]), reason);
}

}  // namespace sim
