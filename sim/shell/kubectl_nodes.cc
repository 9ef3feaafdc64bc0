// `kubectl taint`, `cordon` and `uncordon`. k8s 1.32 kubectl/pkg/cmd/taint, kubectl/pkg/cmd/drain
#include <algorithm>
#include <array>

#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/shell/kubectl_nodes.h"

namespace sim::kubectl {
namespace {

struct TaintChange {
  std::vector<Taint> added;
  std::vector<Taint> removed;
};

std::string as_typed(const Taint& taint) {
  return taint.effect.empty() ? taint.key.str() : fmt::format("{}:{}", taint.key, taint.effect);
}

/// "key=value:effect", "key:effect" or "key"; on failure sets `error`.
Taint parse_taint(std::string_view text, std::string* error) {
  Taint taint;
  const std::size_t colon = text.find(':');
  std::string_view key = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view effect = text.substr(colon + 1);
    if (effect.find(':') != std::string_view::npos) {
      *error = fmt::format("invalid taint spec: {}", text);
      return taint;
    }
    if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
      *error = fmt::format("invalid taint effect: {}, unsupported taint effect", effect);
      return taint;
    }
    taint.effect = effect;
    if (const std::size_t equals = key.find('='); equals != std::string_view::npos) {
      const std::string_view value = key.substr(equals + 1);
      key = key.substr(0, equals);
      if (value.find('=') != std::string_view::npos) {
        *error = fmt::format("invalid taint spec: {}", text);
        return taint;
      }
      if (const auto wrong = label_value_errors(value); !wrong.empty()) {
        *error = fmt::format("invalid taint spec: {}, {}", text, fmt::join(wrong, "; "));
        return taint;
      }
      taint.value = value;
    }
  }
  if (const auto wrong = qualified_name_errors(key); !wrong.empty()) {
    *error = fmt::format("invalid taint spec: {}, {}", text, fmt::join(wrong, "; "));
  }
  taint.key = key;
  return taint;
}

bool is_same(const Taint& a, const Taint& b) { return a.key == b.key && a.effect == b.effect; }

/// Whether a taint to remove, with or without an effect, means this one.
bool means(const Taint& removed, const Taint& taint) {
  return removed.key == taint.key && (removed.effect.empty() || removed.effect == taint.effect);
}

/// k8s 1.32 kubectl/pkg/cmd/taint: parseTaints
TaintChange parse_taints(const std::vector<std::string>& words, std::string* error) {
  TaintChange change;
  for (const std::string& word : words) {
    if (word.back() == '-') {
      Taint taint = parse_taint(std::string_view(word).substr(0, word.size() - 1), error);
      taint.value = Str();
      change.removed.push_back(std::move(taint));
    } else {
      const Taint taint = parse_taint(word, error);
      if (error->empty() && taint.effect.empty()) {
        *error = fmt::format("invalid taint spec: {}", word);
      }
      const bool again = std::any_of(change.added.begin(), change.added.end(),
                                     [&](const Taint& other) { return is_same(other, taint); });
      if (error->empty() && again) {
        *error = fmt::format("duplicated taints with the same key and effect: {{{} {} {} <nil>}}",
                             taint.key, taint.value, taint.effect);
      }
      change.added.push_back(taint);
    }
    if (!error->empty()) break;
  }
  return change;
}

/// Changes a node's taints; the answer is kubectl's word for it, or empty with failures added.
/// k8s 1.32 kubectl/pkg/cmd/taint: reorganizeTaints
std::string_view change_taints(Node& node, const TaintChange& change, bool overwrite,
                               Failures& failures) {
  std::vector<Taint>& taints = node.spec.taints;
  std::vector<std::string> present;
  for (const Taint& added : change.added) {
    for (const Taint& old : taints) {
      if (is_same(old, added)) present.push_back(added.key.str());
    }
  }
  if (!overwrite && !present.empty()) {
    failures.add(
        fmt::format("node {} already has {} taint(s) with same effect(s) and --overwrite is false",
                    node.meta.name, fmt::join(present, ",")));
    return "";
  }
  std::vector<Taint> next = change.added;
  for (const Taint& old : taints) {
    const bool replaced = std::any_of(next.begin(), next.end(),
                                      [&](const Taint& taint) { return is_same(taint, old); });
    if (!replaced) next.push_back(old);
  }
  const bool added = next.size() != taints.size();
  bool removed = false;
  bool all_found = true;
  for (const Taint& gone : change.removed) {
    const std::size_t before = next.size();
    next.erase(std::remove_if(next.begin(), next.end(),
                              [&](const Taint& taint) { return means(gone, taint); }),
               next.end());
    removed = next.size() != before;
    if (!removed) {
      failures.add(fmt::format("taint \"{}\" not found", as_typed(gone)));
      all_found = false;
    }
  }
  if (!all_found) return "";
  taints = std::move(next);
  if ((added && removed) || overwrite) return "modified";
  return added ? "tainted" : "untainted";
}

/// Words before the first taint; a taint has "=" or ":" in it or "-" at its end.
bool is_taint(const std::string& word) {
  return word.find_first_of("=:") != std::string::npos || (!word.empty() && word.back() == '-');
}

/// What is wrong with the kind and the flags; `plain` is set when kubectl says it without "error:".
std::string check_taint(const World& world, const std::vector<std::string>& resources,
                        const TaintChange& change, const Flags& flags, bool* plain) {
  std::string kind = resources.front();
  std::transform(kind.begin(), kind.end(), kind.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::optional<Resource> resource = find_resource(world, kind);
  if (!resource) {
    *plain = true;
    return fmt::format("the server doesn't have a resource type \"{}\"", kind);
  }
  if (resource->kind != Kind::Node) {
    return fmt::format("invalid resource type {}, only node types are supported", kind);
  }
  std::vector<std::string> both;
  for (const Taint& added : change.added) {
    for (const Taint& removed : change.removed) {
      if (means(removed, added)) both.push_back(fmt::format("{}={}", removed.key, removed.effect));
    }
  }
  if (!both.empty()) {
    return fmt::format(
        "can not both modify and remove the following taint(s) in the same command: {}",
        fmt::join(both, ", "));
  }
  const bool all = flags.is_on("all");
  const bool selected = !flags.get("selector").empty();
  if (all && selected) {
    return "setting 'all' parameter with a non empty selector is prohibited";
  }
  if (!all && !selected && resources.size() < 2) {
    return "at least one resource name must be specified since 'all' parameter is not set";
  }
  return "";
}

}  // namespace

Step taint(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {
      "all", "dry-run=?client", "field-manager=", "overwrite", "selector,l=", "validate=?strict"};
  set.prints = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("taint", flags.error);
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags, &error);
  if (!dry_run) return fail(error);
  std::vector<std::string> resources, taints;
  for (const std::string& word : flags.args) {
    if (is_taint(word)) {
      taints.push_back(word);
    } else if (!taints.empty()) {
      return fail(fmt::format("all resources must be specified before taint changes: {}", word));
    } else {
      resources.push_back(word);
    }
  }
  if (resources.empty()) {
    return fail("one or more resources must be specified as <resource> <name>");
  }
  if (taints.empty()) return fail("at least one taint update is required");
  const TaintChange change = parse_taints(taints, &error);
  if (!error.empty()) return usage_error("taint", error);
  bool plain = false;
  if (error = check_taint(call.world, resources, change, flags, &plain); !error.empty()) {
    if (!plain) return fail(error);
    Step step;
    warn(step, error + "\n");
    step.exit = 1;
    return step;
  }
  if (error = wrong_output_form(flags); !error.empty()) return fail(error);

  const bool named = !flags.is_on("all") && flags.get("selector").empty();
  std::vector<std::string> whom = {"nodes"};
  if (named) whom.insert(whom.end(), resources.begin() + 1, resources.end());
  const Targets targets = find_targets(call, flags, whom);
  if (!targets.error.empty()) return fail(targets.error);
  Work work(call.world, targets);
  Step step;
  for (const Subject& subject : work.subjects) {
    auto node = std::make_shared<Node>(*call.world.get<Node>(subject.ref.id));
    const std::string_view done =
        change_taints(*node, change, flags.is_on("overwrite"), work.failures);
    if (done.empty()) continue;
    if (*dry_run == DryRun::Client) {
      report(step, *node, done, flags);
      continue;
    }
    const ApiResult result =
        api_update(call.world, call.plan, subject.ref, node, Str(done), *dry_run == DryRun::Server);
    if (result) {
      report(step, *result.object, done, flags);
    } else {
      work.failures.add(*result.error);
    }
  }
  work.failures.tell(step);
  return step;
}

std::optional<Step> find_nodes(const Call& call, const Flags& flags, std::vector<Subject>* nodes) {
  std::vector<std::vector<std::string>> lookups;
  for (const std::string& word : flags.args) {
    const bool typed = word.find('/') != std::string::npos;
    lookups.push_back(typed ? std::vector<std::string>{word}
                            : std::vector<std::string>{"nodes", word});
  }
  if (!flags.get("selector").empty()) lookups = {{"nodes"}};
  for (const std::vector<std::string>& lookup : lookups) {
    const Targets targets = find_targets(call, flags, lookup);
    if (!targets.error.empty()) return fail(targets.error);
    // The first one that is not there ends it before anything is done.
    if (!targets.missing.empty()) return fail(targets.missing.front());
    for (const Subject& subject : Work(call.world, targets).subjects) {
      if (subject.ref.kind != Kind::Node) {
        const KindInfo& known = info(subject.ref.kind);
        return fail(fmt::format("expected resource of type node, got \"{}/{}, Resource={}\"",
                                known.group, known.version, known.plural));
      }
      nodes->push_back(subject);
    }
  }
  return std::nullopt;
}

std::optional<Step> set_cordon(Call& call, const Flags& flags, const std::vector<Subject>& nodes,
                               bool on, DryRun dry_run, Step& step) {
  for (const Subject& subject : nodes) {
    const Node& node = *call.world.get<Node>(subject.ref.id);
    const std::string_view already = node.spec.unschedulable == on ? "already " : "";
    if (already.empty() && dry_run != DryRun::Client) {
      auto next = std::make_shared<Node>(node);
      next->spec.unschedulable = on;
      const ApiResult result = api_update(call.world, call.plan, subject.ref, next,
                                          on ? "the node was cordoned" : "the node was uncordoned",
                                          dry_run == DryRun::Server);
      if (!result) return fail(*result.error);
    }
    report(step, node, fmt::format("{}{}ed", already, on ? "cordon" : "uncordon"), flags, dry_run);
  }
  return std::nullopt;
}

Step cordon(Call& call, const std::vector<std::string>& words, bool on) {
  const std::string_view verb = on ? "cordon" : "uncordon";
  FlagSet set;
  set.own = {"dry-run=?client", "selector,l="};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error(verb, flags.error);
  const bool selected = !flags.get("selector").empty();
  if (flags.args.empty() && !selected) {
    return usage_error(verb, fmt::format("USAGE: {} NODE [flags]", verb));
  }
  if (!flags.args.empty() && selected) {
    return usage_error(verb, "cannot specify both a node name and a --selector option");
  }
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags, &error);
  if (!dry_run) return fail(error);
  std::vector<Subject> nodes;
  if (auto wrong = find_nodes(call, flags, &nodes)) return *std::move(wrong);
  Step step;
  if (auto wrong = set_cordon(call, flags, nodes, on, *dry_run, step)) return *std::move(wrong);
  return step;
}

}  // namespace sim::kubectl
