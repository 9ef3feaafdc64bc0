// kubectl create: from manifests, and from the flags of its subcommands.
// k8s 1.32 kubectl/pkg/cmd/create
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/model/validate_errors.h"
#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {
namespace {

/// The flags that every subcommand has, beside its own.
FlagSet flag_set(FlagSpecs own, std::vector<std::string_view> numbers = {}) {
  own.insert(own.end(),
             {"dry-run=?unchanged", "field-manager=", "save-config", "validate=?strict"});
  return {std::move(own), std::move(numbers), {}, true, false};
}

/// One subcommand on its way: `create KIND NAME`.
class Creation {
 public:
  Creation(Call& call, const Flags& flags, std::string_view kind)
      : call_(call),
        flags_(flags),
        path_(fmt::format("create {}", kind)),
        change_(call, flags_, path_) {}

  /// The answer when there is nothing to be made. Words behind "--" are no names.
  std::optional<Step> begin() {
    if (!flags_.error.empty()) return flag_error(path_, flags_.error);
    if (flags_.args.size() != 1) {
      return usage_error(path_,
                         fmt::format("exactly one NAME is required, got {}", flags_.args.size()));
    }
    return change_.begin();
  }

  const std::string& name() const { return flags_.args.front(); }

  /// Makes the object; `failing` is what kubectl puts before the server's message, and with it the
  /// server's message is only a part of its own.
  Step make(const std::shared_ptr<Object>& object, std::string_view failing) {
    object->meta.name = name();
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
      change_.failed(fmt::format("{}: {}", failing, status_message(*answer.error, kind)));
    }
    return change_.finish();
  }

 private:
  Call& call_;
  const Flags& flags_;
  std::string path_;
  Change change_;
};

Step create_namespace(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set({}));
  Creation creation(call, flags, "namespace");
  if (std::optional<Step> step = creation.begin()) return *step;
  return creation.make(std::make_shared<Namespace>(), "");
}

Step create_service_account(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, flag_set({}));
  Creation creation(call, flags, "serviceaccount");
  if (std::optional<Step> step = creation.begin()) return *step;
  return creation.make(std::make_shared<ServiceAccount>(), "failed to create serviceaccount");
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
      read_flags(words, flag_set({"image=", "port=", "replicas,r="}, {"port", "replicas"}));
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
  return creation.make(deployment, "failed to create deployment");
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const bool there = i + k <= bytes.size();
      text += there ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

/// The data of a ConfigMap from --from-file, --from-literal and --from-env-file.
/// k8s 1.32 kubectl/pkg/cmd/create: create_configmap.go; kubectl/pkg/util: env_file.go
class ConfigData {
 public:
  ConfigData(const Call& call, ConfigMap& map, std::string_view name)
      : call_(call), map_(map), name_(name) {}

  const std::string& error() const { return error_; }

  void add_literal(const std::string& source) {
    const std::size_t equals = source.find('=');
    if (equals == 0 || equals == std::string::npos) {
      complain(fmt::format("invalid literal source {}, expected key=value", source));
      return;
    }
    add(source.substr(0, equals), source.substr(equals + 1));
  }

  void add_file(const std::string& source) {
    const auto equals = std::count(source.begin(), source.end(), '=');
    const std::size_t at = source.find('=');
    if (equals > 1) return complain("key names or file paths cannot contain '='");
    if (equals == 1 && at == 0) {
      return complain(fmt::format("key name for file path {} missing", source.substr(1)));
    }
    if (equals == 1 && at + 1 == source.size()) {
      return complain(fmt::format("file path for key name {} missing", source.substr(0, at)));
    }
    const std::string file = equals == 1 ? source.substr(at + 1) : source;
    const Path path = parse_path(file, call_.process.cwd);
    const Io<Stat> found = files().stat(path);
    if (!found) return complain(fmt::format("error reading {}: {}", file, go_errno(found.error)));
    if (found.value.type != FileType::Directory) {
      const std::string name = path.empty() ? file : path.back().str();
      return add_bytes(equals == 1 ? source.substr(0, at) : name, file, path);
    }
    if (equals == 1) return complain("cannot give a key name for a directory path");
    for (const Str& child : files().list(path).value) {
      Path below = path;
      below.push_back(child);
      const Io<Stat> stat = files().stat(below, false);
      if (stat && stat.value.type == FileType::File) add_bytes(child.str(), file, below);
    }
  }

  void add_env_file(const std::string& file) {
    const Path path = parse_path(file, call_.process.cwd);
    const Io<Stat> found = files().stat(path);
    if (!found) return complain(fmt::format("error reading {}: {}", file, go_errno(found.error)));
    if (found.value.type == FileType::Directory) {
      return complain("env config file cannot be a directory");
    }
    const Io<std::string> text = files().read(path);
    std::string_view rest = text.value;
    if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);
    while (!rest.empty() && error_.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      add_env_line(line);
    }
  }

 private:
  const FileSystem& files() const { return call_.session.files; }

  /// As Go words it: "no such file or directory".
  static std::string go_errno(Errno error) {
    std::string text(to_string(error));
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
      text[0] = static_cast<char>(text[0] + 32);
    return text;
  }

  void complain(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  void add_env_line(std::string_view line) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t\v\f")));
    if (line.empty() || line.front() == '#') return;
    const std::size_t equals = line.find('=');
    const std::string key(line.substr(0, equals));
    const std::vector<std::string> wrong = env_name_errors(key);
    if (!wrong.empty()) {
      return complain(
          fmt::format("\"{}\" is not a valid key name: {}", key, fmt::join(wrong, ";")));
    }
    if (equals != std::string_view::npos) return add(key, std::string(line.substr(equals + 1)));
    // A name alone takes the value that it has in the terminal's environment.
    const auto at = call_.process.env.find(key);
    add(key, at == call_.process.env.end() ? "" : at->second);
  }

  bool may_add(const std::string& key) {
    if (const auto wrong = config_key_errors(key); !wrong.empty()) {
      complain(fmt::format("\"{}\" is not a valid key name for a ConfigMap: {}", key,
                           fmt::join(wrong, ",")));
      return false;
    }
    for (const auto& [data, where] :
         {std::pair{&map_.data, "Data"}, std::pair{&map_.binary_data, "BinaryData"}}) {
      if (!data->contains(key)) continue;
      complain(fmt::format(
          "cannot add key \"{}\", another key by that name already exists in {} for ConfigMap "
          "\"{}\"",
          key, where, name_));
      return false;
    }
    return true;
  }

  void add(const std::string& key, const std::string& value) {
    if (may_add(key)) map_.data.set(key, value);
  }

  void add_bytes(const std::string& key, const std::string& shown, const Path& path) {
    const Io<std::string> bytes = files().read(path);
    if (!bytes) return complain(fmt::format("open {}: {}", shown, go_errno(bytes.error)));
    if (find_bad_utf8(bytes.value) == std::string_view::npos) return add(key, bytes.value);
    if (may_add(key)) map_.binary_data.set(key, base64(bytes.value));
  }

  const Call& call_;
  ConfigMap& map_;
  std::string name_;
  std::string error_;
};

Step create_config_map(Call& call, const std::vector<std::string>& words) {
  const Flags flags =
      read_flags(words, flag_set({"append-hash", "from-env-file=", "from-file=", "from-literal="}));
  Creation creation(call, flags, "configmap");
  if (std::optional<Step> step = creation.begin()) return *step;
  if (flags.has("from-env-file") && (flags.has("from-file") || flags.has("from-literal"))) {
    return fail("from-env-file cannot be combined with from-file or from-literal");
  }
  if (flags.is_on("append-hash")) return fail("podsight appends no hash to a name");
  auto map = std::make_shared<ConfigMap>();
  ConfigData data(call, *map, creation.name());
  for (const std::string& source : list_flag(flags, "from-file")) data.add_file(source);
  for (const std::string& source : flags.all("from-literal")) data.add_literal(source);
  for (const std::string& source : list_flag(flags, "from-env-file")) data.add_env_file(source);
  if (!data.error().empty()) return fail(data.error());
  return creation.make(map, "failed to create configmap");
}

/// Subcommands that make kinds which podsight does not hold.
bool makes_unknown_kind(std::string_view word) {
  constexpr std::string_view kAll[] = {"clusterrole",
                                       "clusterrolebinding",
                                       "cj",
                                       "cronjob",
                                       "ingress",
                                       "ing",
                                       "job",
                                       "pdb",
                                       "pc",
                                       "poddisruptionbudget",
                                       "priorityclass",
                                       "quota",
                                       "resourcequota",
                                       "role",
                                       "rolebinding",
                                       "secret",
                                       "service",
                                       "svc",
                                       "token"};
  return std::find(std::begin(kAll), std::end(kAll), word) != std::end(kAll);
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
  for (const char* flag : {"edit", "raw"}) {
    if (flags.has(flag)) return fail(fmt::format("podsight has no `create --{}`", flag));
  }
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

Step create(Call& call, const std::vector<std::string>& words) {
  const std::string_view what = words.empty() ? "" : std::string_view(words.front());
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (what == "namespace" || what == "ns") return create_namespace(call, rest);
  if (what == "deployment" || what == "deploy") return create_deployment(call, rest);
  if (what == "configmap" || what == "cm") return create_config_map(call, rest);
  if (what == "serviceaccount" || what == "sa") return create_service_account(call, rest);
  if (makes_unknown_kind(what)) {
    return fail(
        fmt::format("podsight holds no objects of the kind that `kubectl create {}` makes", what));
  }
  return create_from_files(call, words);
}

}  // namespace sim::kubectl
