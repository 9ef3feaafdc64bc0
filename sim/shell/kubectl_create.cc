// kubectl create: from manifests, and from the flags of its subcommands.
// k8s 1.32 kubectl/pkg/cmd/create
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/validate_errors.h"
#include "sim/shell/kubectl_create.h"
#include "sim/shell/kubectl_raw.h"

namespace sim::kubectl {
namespace {

Step create_namespace(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, create_flags({}));
  Creation creation(call, flags, "namespace");
  if (std::optional<Step> step = creation.begin()) return *step;
  return creation.make(std::make_shared<Namespace>(), "");
}

Step create_service_account(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, create_flags({}));
  Creation creation(call, flags, "serviceaccount");
  if (std::optional<Step> step = creation.begin()) return *step;
  return creation.make(std::make_shared<ServiceAccount>(), "failed to create serviceaccount: ");
}

/// A container's name after its image: "nginx" of "docker.io/library/nginx:1.25".
/// k8s 1.32 kubectl/pkg/cmd/create: create_deployment.go, buildPodSpec
std::string container_name(const World& world, std::string_view image, std::size_t index) {
  std::string_view base = image.substr(image.rfind('/') + 1);
  base = base.substr(0, base.find(':'));
  base = base.substr(0, base.find('@'));
  std::string name(base);
  if (name.find_first_of("_.") == std::string::npos) return name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  return fmt::format("{}-{}", name,
                     draw_suffix(5, world.settings().seed, "container name",
                                 static_cast<std::uint64_t>(world.now().ns), index));
}

Step create_deployment(Call& call, const std::vector<std::string>& words) {
  const Flags flags =
      read_flags(words, create_flags({"image=", "port=", "replicas,r="}, {"port", "replicas"}));
  if (flags.error.empty() && !flags.has("image")) {
    return fail("required flag(s) \"image\" not set");
  }
  for (const auto& [name, shown] : {std::pair{"port", "--port"}, {"replicas", "-r, --replicas"}}) {
    const long long number = flags.number(name).value_or(0);
    if (number == static_cast<std::int32_t>(number)) continue;
    return flag_error("create deployment",
                      fmt::format("invalid argument \"{0}\" for \"{1}\" flag: strconv.ParseInt: "
                                  "parsing \"{0}\": value out of range",
                                  number, shown));
  }
  Creation creation(call, flags, "deployment");
  if (std::optional<Step> step = creation.begin()) return *step;
  const std::vector<std::string> images = list_flag(flags, "image");
  if (images.size() > 1 && !flags.after_dashes.empty()) {
    return fail("cannot specify multiple --image options and command");
  }
  auto deployment = std::make_shared<Deployment>();
  const StringMap labels = {{"app", creation.name()}};
  deployment->meta.labels = labels;
  DeploymentSpec& spec = deployment->spec;
  spec.replicas = static_cast<std::int32_t>(flags.number("replicas").value_or(1));
  spec.selector.edit().match_labels = labels;
  PodTemplateSpec& pod = spec.pod_template.edit();
  pod.meta.labels = labels;
  for (const std::string& image : images) {
    Container container;
    container.name = container_name(call.world, image, pod.spec.containers.size());
    container.image = image;
    container.command.assign(flags.after_dashes.begin(), flags.after_dashes.end());
    pod.spec.containers.push_back(std::move(container));
  }
  const auto port = flags.number("port");
  if (port && *port >= 0) {
    ContainerPort exposed;
    exposed.container_port = static_cast<std::int32_t>(*port);
    pod.spec.containers.front().ports.push_back(exposed);
  }
  return creation.make(deployment, "failed to create deployment: ");
}

/// Subcommands that make kinds which podsight does not hold.
bool makes_unknown_kind(std::string_view word) {
  constexpr std::string_view kAll[] = {
      "clusterrole", "clusterrolebinding", "ingress", "ing", "quota", "resourcequota",
      "role",        "rolebinding",        "token"};
  return std::find(std::begin(kAll), std::end(kAll), word) != std::end(kAll);
}

/// k8s 1.30 kubectl/pkg/cmd/create: CreateOptions.Validate, kubectl/pkg/rawhttp: RawPost
Step create_raw(Call& call, const Flags& flags) {
  const std::vector<std::string> files = flags.all("filename");
  if (files.size() != 1) return fail("--raw can only use a single local file or stdin");
  std::string error;
  const std::string body =
      files.front() == "-" ? call.input : read_file(call, files.front(), &error);
  return error.empty() ? post_raw(call, flags.get("raw"), body) : fail(error);
}

Step create_from_files(Call& call, const std::vector<std::string>& words) {
  const FlagSet set = {{"dry-run=?unchanged", "edit", "field-manager=", "raw=", "record",
                        "save-config", "selector,l=", "validate=?strict", "windows-line-endings"},
                       {},
                       {},
                       true,
                       true};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("create", flags.error);
  if (!flags.args.empty()) {
    return usage_error("create", fmt::format("Unexpected args: [{}]", fmt::join(flags.args, " ")));
  }
  if (flags.has("edit")) return fail("podsight has no `create --edit`");
  if (flags.has("raw")) return create_raw(call, flags);
  Change change(call, flags, "create");
  if (std::optional<Step> step = change.begin()) return *step;
  std::string error;
  const std::optional<Validation> validation = validation_of(flags, &error);
  if (!validation) return fail(error);
  Failures unread;
  const std::vector<Item> items = read_items(change, *validation != Validation::Ignore, unread);
  if (items.empty() && !unread.any()) return fail("no objects passed to create");
  for (const Item& item : items) {
    change.record(*item.json);
    if (flags.is_on("save-config")) annotate_last_applied(*item.json);
    if (change.dry_run() == DryRun::Client) {
      change.done(*item.json, "created");
      continue;
    }
    const Answer answer = create_json(call, *item.json, change.write_options(*validation));
    if (answer.error) {
      change.refused(*answer.error, item.kind, with_source("creating", item.file));
    } else {
      change.done(answer, "created");
    }
  }
  change.work.failures.add(unread);
  return change.finish();
}

}  // namespace

FlagSet create_flags(FlagSpecs own, std::vector<std::string_view> numbers) {
  own.insert(own.end(),
             {"dry-run=?unchanged", "field-manager=", "save-config", "validate=?strict"});
  return {std::move(own), std::move(numbers), {}, true, false};
}

Creation::Creation(Call& call, const Flags& flags, std::string_view kind)
    : call_(call),
      flags_(flags),
      path_(fmt::format("create {}", kind)),
      change_(call, flags_, path_) {}

std::optional<Step> Creation::begin() {
  if (!flags_.error.empty()) return flag_error(path_, flags_.error);
  if (flags_.args.size() != 1) {
    return usage_error(path_,
                       fmt::format("exactly one NAME is required, got {}", flags_.args.size()));
  }
  return change_.begin();
}

Step Creation::make(const std::shared_ptr<Object>& object, std::string_view failing) {
  if (object->meta.name.empty()) object->meta.name = name();
  if (info(object->kind).namespaced && flags_.has("namespace")) {
    object->meta.ns = flags_.get("namespace");
  }
  if (flags_.is_on("save-config")) {
    Json json = encode(*object);
    object->meta.annotations.set(kLastApplied, annotate_last_applied(json));
  }
  if (change_.dry_run() == DryRun::Client) {
    change_.done(encode(*object), "created");
    return change_.finish();
  }
  if (info(object->kind).namespaced) object->meta.ns = namespace_of(call_, flags_);
  const Kind kind = object->kind;
  const Answer answer = create_object(call_, object, change_.write_options());
  if (!answer.error) {
    change_.done(answer, "created");
  } else if (failing.empty()) {
    change_.refused(*answer.error, kind);
  } else {
    change_.failed(fmt::format("{}{}", failing, status_message(*answer.error, kind)));
  }
  return change_.finish();
}

Step create(Call& call, const std::vector<std::string>& words) {
  const std::string_view what = words.empty() ? "" : std::string_view(words.front());
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (what == "namespace" || what == "ns") return create_namespace(call, rest);
  if (what == "deployment" || what == "deploy") return create_deployment(call, rest);
  if (what == "configmap" || what == "cm") return create_config_map(call, rest);
  if (what == "secret") return create_secret(call, rest);
  if (what == "service" || what == "svc") return create_service(call, rest);
  if (what == "serviceaccount" || what == "sa") return create_service_account(call, rest);
  if (what == "job") return create_job(call, rest);
  if (what == "cronjob" || what == "cj") return create_cron_job(call, rest);
  if (what == "poddisruptionbudget" || what == "pdb") return create_budget(call, rest);
  if (what == "priorityclass" || what == "pc") return create_priority_class(call, rest);
  if (makes_unknown_kind(what)) {
    return fail(
        fmt::format("podsight holds no objects of the kind that `kubectl create {}` makes", what));
  }
  return create_from_files(call, words);
}

}  // namespace sim::kubectl
