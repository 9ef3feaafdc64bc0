// kubectl set: image, env, resources, serviceaccount and selector of what has a pod template.
// k8s 1.32 kubectl/pkg/cmd/set
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/format.h"
#include "sim/model/labels.h"
#include "sim/model/quantity.h"
#include "sim/shell/kubectl_change.h"
#include "sim/shell/kubectl_set_env.h"

namespace sim::kubectl {
namespace {

FlagSet flag_set(FlagSpecs own) {
  own.insert(own.end(),
             {"all", "dry-run=?unchanged", "field-manager=", "local", "record", "selector,l="});
  return {std::move(own), {}, {}, true, true};
}

/// An object that is to be changed, from the server or, with --local, from a file.
struct Edited {
  std::optional<Ref> ref;
  Kind kind{};
  Json json;
};

/// The pod spec in an object's JSON, or null.
Json* pod_spec(Json& object) {
  for (const char* path : {"/spec/template/spec", "/spec"}) {
    const Json::json_pointer at(path);
    if (object.contains(at) && object[at].is_object() && object[at].contains("containers")) {
      return &object[at];
    }
  }
  return nullptr;
}

/// One `set` subcommand on its way through its objects.
class Setting {
 public:
  Setting(Change& change, std::string_view operation, std::string_view failing)
      : change_(change), operation_(operation), failing_(failing) {}

  /// What the words or -f name; kubectl changes nothing when one of them is missing.
  std::optional<Step> find(const std::vector<std::string>& names);
  /// Changes each pod spec; an empty text from `edit` means that all went well.
  void change_pod_specs(const std::function<std::string(const Edited&, Json&)>& edit,
                        bool even_if_same = false);

 private:
  void write(const Edited& subject, const Json& after);

  Change& change_;
  std::string_view operation_;
  std::string_view failing_;
  std::vector<Edited> subjects_;
};

std::optional<Step> Setting::find(const std::vector<std::string>& names) {
  const Flags& flags = change_.flags();
  if (flags.is_on("local")) {
    if (!names.empty()) {
      return fail(
          "you must specify resources by --filename when --local is set.\nExample resource "
          "specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'");
    }
    for (const Item& item : read_items(change_, false, change_.work.failures)) {
      subjects_.push_back({std::nullopt, item.kind, *item.json});
    }
  } else {
    TargetOptions options;
    options.name_required = true;
    const Targets targets = find_selected(change_.call(), flags, names, options);
    if (!targets.error.empty()) return fail(targets.error);
    change_.work.failures.add(targets.missing);
    for (const Ref& ref : targets.refs) {
      subjects_.push_back({ref, ref.kind, encode(*change_.call().world.store().get(ref))});
    }
  }
  if (change_.work.failures.any()) return change_.finish();
  return std::nullopt;
}

void Setting::write(const Edited& subject, const Json& after) {
  if (!subject.ref || change_.dry_run() == DryRun::Client) {
    change_.done(after, operation_);
    return;
  }
  const Answer answer = replace_json(change_.call(), *subject.ref, after, change_.write_options());
  if (answer.error) {
    change_.failed(fmt::format("{} {}", failing_, status_message(*answer.error, subject.kind)));
  } else {
    change_.done(answer, operation_);
  }
}

void Setting::change_pod_specs(const std::function<std::string(const Edited&, Json&)>& edit,
                               bool even_if_same) {
  for (const Edited& subject : subjects_) {
    Json after = subject.json;
    Json* spec = pod_spec(after);
    const std::string name = printed_name(after);
    const std::string object_name =
        fmt::format("{}/{}", info(subject.kind).plural, name.substr(name.find('/') + 1));
    if (!spec) {
      change_.failed(
          fmt::format("error: {} the object is not a pod or does not have a pod template: *v1.{}",
                      object_name, info(subject.kind).name));
      continue;
    }
    if (const std::string error = edit(subject, *spec); !error.empty()) {
      change_.failed(fmt::format("error: {} {}", object_name, error));
      continue;
    }
    if (after == subject.json && !even_if_same) continue;
    change_.record(after);
    write(subject, after);
  }
}

/// Containers and then init containers, as pointers into the spec.
std::vector<Json*> containers_of(Json& spec, std::string_view wanted) {
  std::vector<Json*> found;
  for (const char* field : {"containers", "initContainers"}) {
    if (!spec.contains(field) || !spec[field].is_array()) continue;
    for (Json& container : spec[field]) {
      if (container.is_object() && fits(text_at(container, "name"), wanted)) {
        found.push_back(&container);
      }
    }
  }
  return found;
}

Step set_image(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set({}));
  if (!flags.error.empty()) return flag_error("set image", flags.error);
  Change change(call, flags, "set image");
  if (std::optional<Step> step = change.begin()) return *step;
  std::vector<std::string> names;
  std::vector<std::string> pairs;
  std::string error;
  if (!split_pairs(flags.args, "image", &names, &pairs, &error)) return fail(error);
  std::map<std::string, std::string> images;
  std::vector<std::string> invalid;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      invalid.push_back(pair);
    } else {
      images[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
  }
  if (!invalid.empty()) {
    return fail(fmt::format("invalid image format: {}", fmt::join(invalid, ", ")));
  }
  Setting setting(change, "image updated", "failed to patch image update to pod template:");
  if (std::optional<Step> step = setting.find(names)) return *step;

  if (flags.is_on("all") && !flags.get("selector").empty()) {
    change.failed("cannot set --all and --selector at the same time");
  }
  if (images.empty()) {
    change.failed("at least one image update is required");
  } else if (images.size() > 1 && images.count("*")) {
    change.failed(
        "all containers are already specified by *, but saw more than one "
        "container_name=container_image pairs");
  }
  if (flags.is_on("local") && change.dry_run() == DryRun::Server) {
    change.failed("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
  if (change.work.failures.any()) return change.finish();
  setting.change_pod_specs([&](const Edited&, Json& spec) {
    for (const auto& [name, image] : images) {
      // Here only "*" alone is a wildcard.
      std::vector<Json*> found = containers_of(spec, "*");
      if (name != "*") {
        std::erase_if(found, [&wanted = name](const Json* container) {
          return text_at(*container, "name") != wanted;
        });
      }
      for (Json* container : found) (*container)["image"] = image;
      if (found.empty()) {
        change.failed(fmt::format("error: unable to find container named \"{}\"", name));
      }
    }
    return std::string();
  });
  return change.finish();
}

/// "cpu=100m,memory=256Mi". k8s 1.32 kubectl/pkg/generate/versioned: populateResourceListV1
Json parse_resources(const std::string& text, std::string* error) {
  Json resources = Json::object();
  std::string_view rest = text;
  while (!text.empty() && error->empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view pair = rest.substr(0, comma);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.find('=', equals + 1) != std::string_view::npos) {
      *error = fmt::format("Invalid argument syntax {}, expected <resource>=<value>", pair);
      break;
    }
    const std::string_view amount = pair.substr(equals + 1);
    const std::optional<Quantity> quantity = Quantity::parse(amount);
    if (!quantity) {
      *error = std::string(quantity_error(amount));
      break;
    }
    resources[std::string(pair.substr(0, equals))] = quantity->text();
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return resources;
}

Step set_resources(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set({"containers,c=", "limits=", "requests="}));
  if (!flags.error.empty()) return flag_error("set resources", flags.error);
  Change change(call, flags, "set resources");
  if (std::optional<Step> step = change.begin()) return *step;
  Setting setting(change, "resource requirements updated",
                  "failed to patch resources update to pod template");
  if (std::optional<Step> step = setting.find(flags.args)) return *step;

  if (flags.is_on("local") && change.dry_run() == DryRun::Server) {
    return fail("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
  if (flags.is_on("all") && !flags.get("selector").empty()) {
    return fail("cannot set --all and --selector at the same time");
  }
  if (flags.get("limits").empty() && flags.get("requests").empty()) {
    return fail(
        "you must specify an update to requests or limits (in the form of --requests/--limits)");
  }
  std::string error;
  const Json limits = parse_resources(flags.get("limits"), &error);
  const Json requests = parse_resources(flags.get("requests"), &error);
  if (!error.empty()) return fail(error);
  const std::string wanted = flags.get("containers", "*");
  setting.change_pod_specs([&](const Edited&, Json& spec) {
    const std::vector<Json*> found = containers_of(spec, wanted);
    for (Json* container : found) {
      Json resources = (*container)["resources"];
      if (!resources.is_object()) resources = Json::object();
      for (const auto& [field, amounts] : {std::pair{"limits", &limits}, {"requests", &requests}}) {
        if (amounts->empty()) continue;
        if (!resources[field].is_object()) resources[field] = Json::object();
        resources[field].update(*amounts);
      }
      (*container)["resources"] = std::move(resources);
    }
    if (found.empty()) {
      change.failed(fmt::format("error: unable to find container named {}", wanted));
    }
    return std::string();
  });
  return change.finish();
}

Step set_service_account(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set({}));
  if (!flags.error.empty()) return flag_error("set serviceaccount", flags.error);
  Change change(call, flags, "set serviceaccount");
  if (std::optional<Step> step = change.begin()) return *step;
  if (flags.args.empty()) return fail("serviceaccount is required");
  const std::string account = flags.args.back();
  Setting setting(change, "serviceaccount updated", "failed to patch ServiceAccountName");
  if (std::optional<Step> step = setting.find({flags.args.begin(), flags.args.end() - 1})) {
    return *step;
  }
  setting.change_pod_specs(
      [&](const Edited&, Json& spec) {
        spec["serviceAccountName"] = account;
        // The server keeps the old name of the field equal to the new one.
        if (spec.contains("serviceAccount")) spec["serviceAccount"] = account;
        return std::string();
      },
      true);
  return change.finish();
}

Step set_selector(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set({"resource-version="}));
  if (!flags.error.empty()) return flag_error("set selector", flags.error);
  Change change(call, flags, "set selector");
  if (std::optional<Step> step = change.begin()) return *step;
  if (flags.args.empty()) return fail("one selector is required");
  std::string error;
  if (!parse_selector(flags.args.back(), &error)) {
    return fail(
        fmt::format("couldn't parse the selector string \"{}\": {}", flags.args.back(), error));
  }
  TargetOptions options;
  options.name_required = true;
  const Targets targets =
      find_selected(call, flags, {flags.args.begin(), flags.args.end() - 1}, options);
  if (!targets.error.empty()) return fail(targets.error);
  // Services have a selector of this kind; nothing that podsight holds has.
  for (std::size_t i = 0; i < targets.refs.size(); ++i) {
    change.failed("setting a selector is only supported for Services");
  }
  change.work.failures.add(targets.missing);
  return change.finish();
}

Step set_env(Call& call, const std::vector<std::string>& words) {
  const Flags flags =
      read_flags(words, flag_set({"containers,c=", "env,e=", "from=", "keys=", "list", "overwrite",
                                  "prefix=", "resolve"}));
  if (!flags.error.empty()) return flag_error("set env", flags.error);
  Change change(call, flags, "set env");
  if (std::optional<Step> step = change.begin()) return *step;
  std::vector<std::string> names;
  EnvChange env;
  if (const std::string error = read_env_change(change, &names, &env); !error.empty()) {
    return fail(error);
  }
  if (flags.has("from")) {
    if (std::optional<Step> step = add_env_from(change, env)) return *step;
  }
  for (EnvVar& variable : env.set) variable.name = flags.get("prefix") + variable.name.str();
  Setting setting(change, "env updated", "failed to patch env update to pod template:");
  if (std::optional<Step> step = setting.find(names)) return *step;

  const bool lists = flags.is_on("list");
  const std::string wanted = flags.get("containers", "*");
  setting.change_pod_specs([&](const Edited& subject, Json& spec) -> std::string {
    const std::vector<Json*> found = containers_of(spec, wanted);
    const std::string printed = printed_name(subject.json);
    const std::string name = printed.substr(printed.find('/') + 1);
    if (found.empty()) {
      warn(change.step, fmt::format("Warning: {}/{} does not have any containers matching \"{}\"\n",
                                    info(subject.kind).name, name, wanted));
    }
    const Json before = spec;
    for (Json* container : found) {
      if (!flags.is_on("overwrite", true)) {
        if (std::string error = check_no_overwrite(*container, env); !error.empty()) return error;
      }
      change_env(*container, env);
      if (!lists) continue;
      say(change.step, fmt::format("# {} {}, container {}\n", info(subject.kind).name, name,
                                   text_at(*container, "name")));
      list_env(change, subject.json, *container);
    }
    if (lists) spec = before;  // a list changes nothing
    return "";
  });
  return change.finish();
}

}  // namespace

Step set(Call& call, const std::vector<std::string>& words) {
  // The subcommand stands in front and is one of the known ones: see run_found() in kubectl.cc.
  const std::string& what = words.front();
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (what == "image") return set_image(call, rest);
  if (what == "env") return set_env(call, rest);
  if (what == "resources") return set_resources(call, rest);
  if (what == "selector") return set_selector(call, rest);
  SIM_CHECK(what == "serviceaccount" || what == "sa");
  return set_service_account(call, rest);
}

}  // namespace sim::kubectl
