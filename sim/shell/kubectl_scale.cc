// `kubectl scale`. k8s 1.32 kubectl/pkg/cmd/scale, kubectl/pkg/scale
#include <algorithm>
#include <cstdint>
#include <limits>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/shell/kubectl_work.h"
#include "sim/world/scale.h"

namespace sim::kubectl {
namespace {

struct Wanted {
  std::int64_t replicas = 0;
  std::int64_t current = -1;  // the size that must be there before; -1: any
  std::string version;        // the resource version that must be there before
  DryRun dry_run = DryRun::None;
};

/// Scales one object; the answer is an error, or empty with `after` set.
std::optional<Step> scale_one(Call& call, const Subject& subject, const Wanted& wanted,
                              ObjectPtr* after) {
  const ObjectPtr object = call.world.store().share(subject.ref);
  if (!object) return fail(not_found(subject.ref.kind, subject.name));
  const std::optional<Scale> present = scale_of(*object);
  if (wanted.dry_run == DryRun::Client) {
    *after = scaled(*object, static_cast<std::int32_t>(wanted.replicas));
    return std::nullopt;
  }
  if (!present) {
    return fail(ApiError{404, "NotFound", "the server could not find the requested resource"});
  }
  if (wanted.current != -1 && present->wanted != wanted.current) {
    return fail(fmt::format("Expected replicas to be {}, was {}", wanted.current, present->wanted));
  }
  const std::string version = std::to_string(object->meta.resource_version);
  if (!wanted.version.empty() && wanted.version != version) {
    return fail(fmt::format("Expected resource version to be {}, was {}", wanted.version, version));
  }
  if (wanted.replicas > std::numeric_limits<std::int32_t>::max()) {
    return fail(ApiError{
        400, "BadRequest",
        fmt::format("Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal "
                    "number {} into Go struct field ScaleSpec.spec.replicas of type int32",
                    wanted.replicas)});
  }
  const ApiResult result = api_update(call.world, call.plan, subject.ref,
                                      scaled(*object, static_cast<std::int32_t>(wanted.replicas)),
                                      Str(fmt::format("scaled to {}", wanted.replicas)),
                                      wanted.dry_run == DryRun::Server);
  if (!result) return fail(*result.error);
  *after = result.object;
  return std::nullopt;
}

/// "a", or "[a, b]": how Go shows an error made of several.
std::string joined(const std::vector<ApiError>& errors) {
  std::vector<std::string> messages;
  for (const ApiError& error : errors) messages.push_back(error.message);
  if (messages.size() == 1) return messages.front();
  return fmt::format("[{}]", fmt::join(messages, ", "));
}

}  // namespace

Step scale(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"all",       "current-replicas=", "dry-run=?client",
             "replicas=", "resource-version=", "selector,l=",
             "timeout="};
  set.numbers = {"replicas", "current-replicas"};
  set.durations = {"timeout"};
  set.prints = set.files = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("scale", flags.error);
  if (!flags.has("replicas")) return fail("required flag(s) \"replicas\" not set");
  std::string error;
  const std::optional<DryRun> dry_run = dry_run_of(flags, &error);
  if (!dry_run) return fail(error);
  if (error = wrong_output_form(flags); !error.empty()) return fail(error);
  Wanted wanted;
  wanted.replicas = *flags.number("replicas");
  wanted.current = flags.number("current-replicas").value_or(-1);
  wanted.version = flags.get("resource-version");
  wanted.dry_run = *dry_run;
  if (wanted.replicas < 0) {
    return fail(
        "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  }
  if (wanted.current < -1) {
    return fail("The --current-replicas must specify an integer of -1 or greater");
  }

  CommandState& state = call.state;
  Work work;
  if (state.stage == 0) {
    TargetOptions options;
    options.name_required = true;
    const Targets targets = find_selected(call, flags, flags.args, options);
    if (!targets.error.empty()) return fail(targets.error);
    if (!wanted.version.empty() && targets.refs.size() > 1) {
      return fail("cannot use --resource-version with multiple resources");
    }
    if (targets.refs.empty()) {
      return fail(targets.missing.empty()
                      ? std::string("no objects passed to scale")
                      : fmt::format("no objects passed to scale {}", joined(targets.missing)));
    }
    work = Work(call.world, targets);
  } else {
    work = Work(state);
  }

  // While it waits for an object to get there, `stage` is one more than its place in the list and
  // `number` the time until when.
  const Duration patience = duration_of(flags, "timeout");
  Step step;
  bool waiting = state.stage > 0;
  for (std::size_t i = waiting ? static_cast<std::size_t>(state.stage - 1) : 0;
       i < work.subjects.size(); ++i, waiting = false) {
    const Subject& subject = work.subjects[i];
    ObjectPtr after;
    if (!waiting) {
      if (const auto wrong = scale_one(call, subject, wanted, &after)) {
        return followed_by(std::move(step), *wrong);
      }
      state.number = (call.world.now() + patience).ns;
    } else {
      after = call.world.store().share(subject.ref);
      if (!after) {
        return followed_by(std::move(step), fail(not_found(subject.ref.kind, subject.name)));
      }
    }
    if (patience.ns != 0 && *dry_run == DryRun::None) {
      const Scale now = *scale_of(*after);
      if (now.wanted == wanted.replicas && now.present != wanted.replicas) {
        const Time until{state.number};
        if (call.world.now() >= until) {
          return followed_by(
              std::move(step),
              fail(fmt::format("timed out waiting for \"{}\" to be synced", subject.name)));
        }
        state.stage = static_cast<int>(i) + 1;
        work.keep(state);
        step.done = false;
        step.wait.until = std::min(call.world.now() + seconds(1), until);
        return step;
      }
    }
    // With -o the object is shown as it was found; only a dry run of the client shows the new size.
    const ObjectPtr found = call.world.store().share(subject.ref);
    report(step, *dry_run == DryRun::Client || !found ? *after : *found, "scaled", flags, *dry_run);
  }
  work.failures.tell(step);
  return step;
}

}  // namespace sim::kubectl
