// kubectl apply: objects as their manifests want them, by a three-way patch that the annotation of
// the last application makes possible. k8s 1.32 kubectl/pkg/cmd/apply: apply.go, patcher.go
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/manifest.h"
#include "sim/model/merge.h"
#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {
namespace {

constexpr int kUntilGone = 1;  // --force has deleted an object, to make it anew

const FlagSet& flag_set() {
  static const FlagSet set = {
      {"all", "cascade=?background", "dry-run=?unchanged", "field-manager=", "force",
       "force-conflicts", "grace-period=", "openapi-patch", "overwrite", "prune",
       "prune-allowlist=", "record", "selector,l=", "server-side",
       "subresource=", "timeout=", "validate=?strict", "wait"},
      {"grace-period"},
      {"timeout"},
      true,
      true};
  return set;
}

/// What the flags may not ask for together; empty when they are fine.
std::string wrong_flags(const Change& change) {
  const Flags& flags = change.flags();
  const bool server_side = flags.is_on("server-side");
  if (flags.is_on("force-conflicts") && !server_side) {
    return "--force-conflicts only works with --server-side";
  }
  if (server_side && change.dry_run() == DryRun::Client) {
    return "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server "
           "instead?)";
  }
  if (server_side && flags.is_on("force")) return "--force cannot be used with --server-side";
  if (flags.is_on("force") && change.dry_run() == DryRun::Server) {
    return "--dry-run=server cannot be used with --force";
  }
  if (flags.is_on("all") && !flags.get("selector").empty()) {
    return "cannot set --all and --selector at the same time";
  }
  if (flags.is_on("prune") && !flags.is_on("all") && flags.get("selector").empty()) {
    return "all resources selected for prune without explicitly passing --all. To prune all "
           "resources, pass the --all flag. If you did not mean to prune all resources, specify a "
           "label selector";
  }
  if (flags.is_on("prune")) return "podsight does not prune: delete what is no longer wanted";
  return "";
}

/// Nulls in a manifest ask for nothing when the object is made.
void remove_nulls(Json& json) {
  if (json.is_object()) {
    for (auto item = json.begin(); item != json.end();) {
      if (item->is_null()) {
        item = json.erase(item);
      } else {
        remove_nulls(*item);
        ++item;
      }
    }
  } else if (json.is_array()) {
    for (Json& item : json) remove_nulls(item);
  }
}

Json last_applied(const Object& live) {
  const Str* text = live.meta.annotations.find(kLastApplied);
  if (!text) return Json::object();
  try {
    Json json = parse_json(text->view(), "").json;
    return json.is_object() ? json : Json::object();
  } catch (const InputError&) {
    return Json::object();  // somebody has written something else into it
  }
}

/// How kubectl names an object in the text about a patch that was refused.
std::string object_info(const Item& item) {
  const KindInfo& kind = info(item.kind);
  return fmt::format(
      "Resource: \"{0}/{1}, Resource={2}\", GroupVersionKind: \"{0}/{1}, Kind={3}\"\n"
      "Name: \"{4}\", Namespace: \"{5}\"",
      kind.group, kind.version, kind.plural, kind.name, item.name, item.ns);
}

class Application {
 public:
  Application(Change& change, Validation validation) : change_(change) {
    options_ = change.write_options(validation);
  }

  /// False when it has to wait until an object is gone.
  bool apply(Item& item);
  /// Makes the object anew that --force had deleted.
  void create_again(Item& item);

 private:
  void create(Item& item);
  bool update(Item& item, Ref ref, const Object& live);
  void apply_on_server(Item& item, std::optional<Ref> ref, const Object* live);
  bool refuse_unknown_fields(const Item& item);
  void warn_if_deleting(const Object& object);
  bool force(Item& item, Ref ref, const Json& body);

  Change& change_;
  WriteOptions options_;
};

bool Application::apply(Item& item) {
  if (item.name.empty()) {
    const Json& meta = (*item.json)["metadata"];
    if (meta.is_object() && meta.contains("generateName") && meta["generateName"].is_string()) {
      change_.failed(fmt::format("from {}: cannot use generate name with apply",
                                 meta["generateName"].get<std::string>()));
    } else {
      change_.failed(
          fmt::format("error when retrieving current configuration of:\n{}\nfrom server "
                      "for: \"{}\": resource name may not be empty",
                      object_info(item), item.file));
    }
    return true;
  }
  const std::optional<Ref> ref = find_object(change_.call(), item.kind, item.ns, item.name);
  const ObjectPtr live = ref ? current_object(change_.call(), *ref) : nullptr;
  if (change_.flags().is_on("server-side")) {
    apply_on_server(item, ref, live.get());
    return true;
  }
  annotate_last_applied(*item.json);
  if (live) return update(item, *ref, *live);
  create(item);
  return true;
}

void Application::create(Item& item) {
  remove_nulls(*item.json);
  if (change_.dry_run() == DryRun::Client) {
    change_.done(*item.json, "created");
    return;
  }
  const Answer answer = create_json(change_.call(), *item.json, options_);
  if (answer.error) {
    change_.refused(*answer.error, item.kind, with_source("creating", item.file));
  } else {
    change_.done(answer, "created");
  }
}

void Application::warn_if_deleting(const Object& object) {
  if (!object.meta.deletion_timestamp) return;
  warn(change_.step,
       fmt::format("Warning: Detected changes to resource {} which is currently being deleted.\n",
                   object.meta.name));
}

bool Application::update(Item& item, Ref ref, const Object& live) {
  const Json live_json = encode(live);
  if (change_.dry_run() == DryRun::Client) {
    change_.done(live_json, "configured");
    return true;
  }
  if (!live.meta.annotations.contains(kLastApplied)) {
    warn(change_.step,
         fmt::format("Warning: resource {}/{} is missing the {} annotation which is required by "
                     "kubectl apply. kubectl apply should only be used on resources created "
                     "declaratively by either kubectl create --save-config or kubectl apply. The "
                     "missing annotation will be patched automatically.\n",
                     info(item.kind).plural, item.name, kLastApplied));
  }
  const Json original = last_applied(live);
  std::string error;
  const Json patch = three_way_patch(original, *item.json, live_json, item.kind, &error);
  const auto applying = [&](std::string_view shown) {
    return fmt::format("error when applying patch:\n{}\nto:\n{}\nfor: \"{}\": {}", shown,
                       object_info(item), item.file, with_source("patching", item.file));
  };
  if (!error.empty()) {
    change_.failed(
        fmt::format("{}error when creating patch with:\noriginal:\n{}\nmodified:\n{}\n"
                    "current:\n{}\nfor: \"{}\": {}",
                    applying(""), go_json(original), go_json(*item.json), go_json(live_json),
                    item.file, error));
    return true;
  }
  if (patch.empty()) {
    warn_if_deleting(live);
    if (change_.dry_run() == DryRun::None) {
      change_.done(ref, "unchanged");
    } else {
      change_.done(live_json, "unchanged");
    }
    return true;
  }
  const Answer answer = patch_json(change_.call(), ref, patch, PatchType::Strategic, "", options_);
  if (!answer.error) {
    warn_if_deleting(*answer.object);
    change_.done(answer, "configured");
    return true;
  }
  if (answer.error->code == 422 && change_.flags().is_on("force")) {
    return force(item, ref, *item.json);
  }
  change_.refused(*answer.error, item.kind, applying(go_json(patch)));
  return true;
}

bool Application::force(Item& item, Ref ref, const Json& body) {
  // What cannot be made again is not deleted. A valid object is only refused because it is there.
  WriteOptions dry = options_;
  dry.dry_run = true;
  const Answer trial = create_json(change_.call(), body, dry);
  if (trial.error && trial.error->code != 409) {
    change_.refused(*trial.error, item.kind, with_source("creating", item.file));
    return true;
  }
  const DeleteOptions options = delete_options(change_.flags().number("grace-period"));
  const ApiResult result =
      api_delete(change_.call().world, change_.call().plan, ref, options, options_.why);
  if (!result.error) return false;
  change_.refused(*result.error, item.kind, with_source("patching", item.file));
  return true;
}

void Application::create_again(Item& item) {
  change_.record(*item.json);
  annotate_last_applied(*item.json);
  remove_nulls(*item.json);
  const Answer answer = create_json(change_.call(), *item.json, options_);
  if (answer.error) {
    change_.refused(*answer.error, item.kind, with_source("patching", item.file));
  } else {
    change_.done(answer, "configured");
  }
}

/// Server-side apply knows the fields of its kinds and refuses others in its own words.
/// sigs.k8s.io/structured-merge-diff/v4/typed
bool Application::refuse_unknown_fields(const Item& item) {
  for (const DecodeError& error : decode(*item.json).errors) {
    if (!error.strict) continue;
    change_.refused({500, "",
                     fmt::format("failed to create typed patch object ({}{}{}; {}, Kind={}): .{}: "
                                 "field not declared in schema",
                                 item.ns, item.ns.empty() ? "" : "/", item.name,
                                 api_version(item.kind), info(item.kind).name, error.path)},
                    item.kind);
    return true;
  }
  return false;
}

/// Fields that `kubectl apply` owned before are kubectl's own on the server too, so that those of
/// them that the manifest has no more are taken away.
void Application::apply_on_server(Item& item, std::optional<Ref> ref, const Object* live) {
  if (refuse_unknown_fields(item)) return;
  Answer answer;
  if (!live) {
    answer = create_json(change_.call(), *item.json, options_);
  } else {
    Json wanted = *item.json;
    if (live->meta.annotations.contains(kLastApplied)) annotate_last_applied(wanted);
    std::string error;
    const Json patch =
        three_way_patch(last_applied(*live), wanted, encode(*live), item.kind, &error);
    if (!error.empty()) return change_.failed(error);
    answer = patch_json(change_.call(), *ref, patch, PatchType::Strategic, "", options_);
  }
  if (answer.error) {
    change_.refused(*answer.error, item.kind);
  } else {
    change_.done(answer, "serverside-applied");
  }
}

/// kubectl apply view-last-applied. k8s 1.32 kubectl/pkg/cmd/apply: apply_view_last_applied.go
Step view_last_applied(const Call& call, const std::vector<std::string>& words) {
  const std::string_view path = "apply view-last-applied";
  const FlagSet set = {{"all", "output,o=", "selector,l="}, {}, {}, false, true};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error(path, flags.error);
  const std::string form = flags.get("output", "yaml");
  if (form != "yaml" && form != "json") {
    return usage_error(path, fmt::format("Unexpected -o output mode: {}, the flag 'output' must be "
                                         "one of yaml|json",
                                         form));
  }
  TargetOptions options;
  options.name_required = true;
  const Targets targets = find_selected(call, flags, flags.args, options);
  if (!targets.error.empty()) return fail(targets.error);
  Step step;
  Failures failures;
  failures.add(targets.missing);
  std::string text;
  for (const Ref& ref : targets.refs) {
    const Object& object = *call.world.store().get(ref);
    // k8s 1.32: of an object that was never applied nothing is said
    if (!object.meta.annotations.contains(kLastApplied)) continue;
    const Json config = last_applied(object);
    text += form == "yaml" ? to_yaml(config) : config.dump(2) + "\n";
  }
  if (!failures.any()) say(step, text);
  failures.tell(step);
  return step;
}

}  // namespace

Step apply(Call& call, const std::vector<std::string>& words) {
  if (!words.empty() && words.front() == "view-last-applied") {
    return view_last_applied(call, {words.begin() + 1, words.end()});
  }
  const Flags flags = read_flags(words, flag_set());
  if (!flags.error.empty()) return flag_error("apply", flags.error);
  if (!flags.args.empty()) {
    return usage_error("apply", fmt::format("Unexpected args: [{}]", fmt::join(flags.args, " ")));
  }
  Change change(call, flags, "apply");
  change.show_as_list();
  if (std::optional<Step> step = change.begin()) return *step;
  std::string error = wrong_flags(change);
  const std::optional<Validation> validation = validation_of(flags, &error);
  if (!error.empty()) return fail(error);

  const bool again = call.state.stage == kUntilGone;
  // What could not be read has been noted in the first call.
  const Failures noted = change.work.failures;
  std::vector<Item> items =
      read_items(change, *validation != Validation::Ignore, change.work.failures);
  if (again) change.work.failures = noted;
  if (items.empty() && !change.work.failures.any()) return fail("no objects passed to apply");
  Application application(change, *validation);
  std::size_t next = again ? static_cast<std::size_t>(call.state.number) : 0;
  if (again && next < items.size()) {
    Item& item = items[next];
    if (find_object(call, item.kind, item.ns, item.name)) {
      return change.wait(kUntilGone, {call.world.now() + seconds(1), false});
    }
    application.create_again(item);
    ++next;
  }
  for (; next < items.size(); ++next) {
    change.record(*items[next].json);
    if (application.apply(items[next])) continue;
    call.state.number = static_cast<std::int64_t>(next);
    return change.wait(kUntilGone, {call.world.now(), false});
  }
  return change.finish();
}

}  // namespace sim::kubectl
