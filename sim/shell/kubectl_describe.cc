// k8s 1.32 kubectl/pkg/cmd/describe
#include "sim/base/format.h"
#include "sim/shell/describe.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_work.h"

namespace sim::kubectl {
namespace {

/// Describes every object whose name begins so; false when there is none.
bool describe_matching(Call& call, const Flags& flags, bool show_events, Step& step) {
  const Targets all = find_targets(call, flags, {flags.args[0]});
  bool found = false;
  for (const Ref ref : all.refs) {
    const Object& object = *call.world.store().get(ref);
    if (object.meta.name.view().rfind(flags.args[1], 0) != 0) continue;
    say(step, describe(call.world, object, show_events) + "\n");
    found = true;
  }
  return found;
}

}  // namespace

Step describe_verb(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"all-namespaces,A", "chunk-size=", "selector,l=", "show-events"};
  set.numbers = {"chunk-size"};
  set.files = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("describe", flags.error);
  if (flags.args.empty() && !flags.has("filename") && !flags.has("kustomize")) {
    return fail(
        "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a "
        "complete list of supported resources.");
  }
  const Targets targets = find_targets(call, flags, flags.args);
  if (!targets.error.empty()) return fail(targets.error);
  // Events belong to the description of one object.
  const bool one = targets.refs.size() <= 1 && targets.missing.empty();
  const bool show_events = flags.is_on("show-events", one);
  Step step;
  const bool not_found = !targets.missing.empty() && targets.missing.front().reason == "NotFound";
  if (not_found && flags.args.size() == 2 &&
      flags.args[0].find_first_of(",/") == std::string::npos &&
      describe_matching(call, flags, show_events, step)) {
    return step;
  }
  bool first = true;
  for (const Ref ref : targets.refs) {
    if (!first) say(step, "\n\n");
    first = false;
    say(step, describe(call.world, *call.world.store().get(ref), show_events));
  }
  if (targets.refs.empty() && targets.missing.empty()) {
    warn(step, flags.is_on("all-namespaces") ? "No resources found\n"
                                             : fmt::format("No resources found in {} namespace.\n",
                                                           namespace_of(call, flags)));
  }
  Failures failures;
  failures.add(targets.missing);
  failures.tell(step);
  return step;
}

}  // namespace sim::kubectl
