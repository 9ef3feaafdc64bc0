// kubectl replace: manifests in place of what is stored, --force by deleting it first. And edit,
// for which there is no editor. k8s 1.32 kubectl/pkg/cmd/replace
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {
namespace {

constexpr int kUntilGone = 1;

Step check_flags(const Flags& flags) {
  const bool force = flags.is_on("force");
  if (flags.number("grace-period").value_or(-1) >= 0 && !force) {
    return fail("--grace-period must have --force specified");
  }
  if (duration_of(flags, "timeout").ns != 0 && !force) {
    return fail("--timeout must have --force specified");
  }
  const std::string part = flags.get("subresource");
  if (!part.empty() && part != "status" && part != "scale") {
    return fail(
        fmt::format("invalid subresource value: \"{}\". Must be one of [status scale]", part));
  }
  return {};
}

Answer replace_item(Change& change, const Item& item, Validation validation) {
  const std::optional<Ref> ref = find_object(change.call(), item.kind, item.ns, item.name);
  const std::string part = change.flags().get("subresource");
  const WriteOptions options = change.write_options(validation);
  Answer answer;
  if (!ref) {
    answer.error = not_found(item.kind, item.name);
  } else if (part.empty()) {
    answer = replace_json(change.call(), *ref, *item.json, options);
  } else {
    // Of a part only that part is taken over, which is what a merge patch does.
    Json patch = Json::object();
    const char* key = part == "scale" ? "spec" : "status";
    if (item.json->contains(key)) patch[key] = (*item.json)[key];
    answer = patch_json(change.call(), *ref, patch, PatchType::Merge, part, options);
  }
  return answer;
}

void replace_all(Change& change, const std::vector<Item>& items, Validation validation) {
  for (const Item& item : items) {
    change.record(*item.json);
    if (change.flags().is_on("save-config")) annotate_last_applied(*item.json);
    if (change.dry_run() == DryRun::Client) {
      change.done(*item.json, "replaced");
      continue;
    }
    const Answer answer = replace_item(change, item, validation);
    if (answer.error) {
      change.refused(*answer.error, item.kind, with_source("replacing", item.file));
    } else {
      change.done(answer, "replaced");
    }
  }
}

/// Deletes what is there; false when a deletion was refused.
bool delete_all(Change& change, const std::vector<Item>& items) {
  const std::int64_t grace = change.flags().number("grace-period").value_or(-1);
  // k8s 1.32: a grace of 0 becomes 1, so that kubectl can wait for the end
  const DeleteOptions options = delete_options(grace == 0 ? 1 : grace);
  bool all = true;
  for (const Item& item : items) {
    const std::optional<Ref> ref = find_object(change.call(), item.kind, item.ns, item.name);
    if (!ref) continue;
    const ApiResult result = api_delete(change.call().world, change.call().plan, *ref, options,
                                        change.write_options().why);
    if (result.error) {
      change.refused(*result.error, item.kind, with_source("deleting", item.file));
      all = false;
    } else {
      say(change.step, fmt::format("{} \"{}\" deleted\n", printed_kind(item.kind), item.name));
    }
  }
  return all;
}

Step replace_by_force(Change& change, const std::vector<Item>& items, Validation validation) {
  Call& call = change.call();
  if (call.state.stage == 0) {
    if (!delete_all(change, items)) return change.finish();
    return change.wait(kUntilGone, {call.world.now(), false});
  }
  const Duration timeout = duration_of(change.flags(), "timeout");
  const Time limit = call.state.started + (timeout.ns == 0 ? minutes(5) : timeout);
  for (const Item& item : items) {
    if (!find_object(call, item.kind, item.ns, item.name)) continue;
    if (call.world.now() >= limit) return fail("timed out waiting for the condition");
    return change.wait(kUntilGone, {std::min(limit, call.world.now() + seconds(1)), false});
  }
  for (const Item& item : items) {
    change.record(*item.json);
    if (change.flags().is_on("save-config")) annotate_last_applied(*item.json);
    const Answer answer = create_json(call, *item.json, change.write_options(validation));
    if (answer.error) {
      change.refused(*answer.error, item.kind);
    } else {
      change.done(answer, "replaced");
    }
  }
  return change.finish();
}

}  // namespace

Step replace(Call& call, const std::vector<std::string>& words) {
  const FlagSet set = {{"cascade=?background", "dry-run=?unchanged", "field-manager=", "force",
                        "grace-period=", "raw=", "record", "save-config",
                        "subresource=", "timeout=", "validate=?strict", "wait"},
                       {"grace-period"},
                       {"timeout"},
                       true,
                       true};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("replace", flags.error);
  if (flags.has("raw")) return fail("podsight has no `replace --raw`");
  Change change(call, flags, "replace");
  if (std::optional<Step> step = change.begin()) return *step;
  if (Step wrong = check_flags(flags); wrong.exit != 0) return wrong;
  std::string error;
  const std::optional<Validation> validation = validation_of(flags, &error);
  if (!validation) return fail(error);
  const bool again = call.state.stage == kUntilGone;
  Failures unread;
  const std::vector<Item> items = read_items(change, *validation != Validation::Ignore, unread);
  if (again) return replace_by_force(change, items, *validation);
  if (flags.is_on("force") && !unread.any()) {
    if (!items.empty()) return replace_by_force(change, items, *validation);
    say(change.step, "No resources found\n");
    change.failed("no objects passed to replace");
  } else if (!flags.is_on("force")) {
    replace_all(change, items, *validation);
  }
  change.work.failures.add(unread);
  return change.finish();
}

Step edit(Call& call, const std::vector<std::string>& words) {
  const FlagSet set = {{"field-manager=", "output-patch", "record", "save-config",
                        "subresource=", "validate=?strict", "windows-line-endings"},
                       {},
                       {},
                       true,
                       true};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("edit", flags.error);
  TargetOptions options;
  options.name_required = true;
  const Targets targets = find_selected(call, flags, flags.args, options);
  if (!targets.error.empty()) return fail(targets.error);
  Step step;
  Failures failures;
  failures.add(targets.missing);
  if (!failures.any()) {
    failures.add(
        "unable to launch the editor: podsight has none. Change the manifest and apply it, or use "
        "kubectl patch, set, label or annotate");
  }
  failures.tell(step);
  return step;
}

}  // namespace sim::kubectl
