#include "sim/shell/kubectl_set_env.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/validate_errors.h"

namespace sim::kubectl {
namespace {

/// A variable as the API's JSON has it.
Json to_json(const EnvVar& variable) {
  Json json = {{"name", variable.name.str()}};
  if (!variable.value.empty()) json["value"] = variable.value.str();
  if (variable.value_from && variable.value_from->config_map_key_ref) {
    const ConfigMapKeySelector& ref = *variable.value_from->config_map_key_ref;
    json["valueFrom"]["configMapKeyRef"] = {{"name", ref.local_object_reference.name.str()},
                                            {"key", ref.key.str()}};
  }
  return json;
}

EnvVar variable(std::string_view name, std::string_view value) {
  EnvVar made;
  made.name = name;
  made.value = value;
  return made;
}

/// The lines KEY=VALUE of standard input; the rest of a line behind "#" is a comment.
void read_lines(std::string_view text, EnvChange* env) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    line = line.substr(0, line.find('#'));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    env->set.push_back(variable(line.substr(0, equals), line.substr(equals + 1)));
  }
}

std::string read_spec(Change& change, const std::string& spec, EnvChange* env) {
  const std::size_t equals = spec.find('=');
  if (spec == "-") {
    read_lines(change.call().input, env);
  } else if (equals != std::string::npos) {
    const std::string name = spec.substr(0, equals);
    if (const auto wrong = env_name_errors(name); !wrong.empty()) {
      return fmt::format("\"{}\" is not a valid key name: {}", name, fmt::join(wrong, ";"));
    }
    env->set.push_back(variable(name, std::string_view(spec).substr(equals + 1)));
  } else if (!spec.empty() && spec.back() == '-') {
    env->removed.push_back(spec.substr(0, spec.size() - 1));
  } else {
    return fmt::format("unknown environment variable: {}", spec);
  }
  return "";
}

/// k8s 1.32 kubectl/pkg/cmd/set: keyToEnvName
std::string env_name(std::string_view key) {
  std::string name(key);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    } else if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) {
      c = '_';
    }
  }
  return name;
}

/// Where a variable's value comes from. k8s 1.32 kubectl/pkg/cmd/set/env: GetEnvVarRefString
std::string source_text(const Json& from) {
  if (from.contains("configMapKeyRef")) {
    const Json& ref = from["configMapKeyRef"];
    return fmt::format("configmap {}, key {}", text_at(ref, "name"), text_at(ref, "key"));
  }
  if (from.contains("secretKeyRef")) {
    const Json& ref = from["secretKeyRef"];
    return fmt::format("secret {}, key {}", text_at(ref, "name"), text_at(ref, "key"));
  }
  if (from.contains("fieldRef")) {
    return fmt::format("field path {}", text_at(from["fieldRef"], "fieldPath"));
  }
  if (from.contains("resourceFieldRef")) {
    const Json& ref = from["resourceFieldRef"];
    const std::string container = text_at(ref, "containerName");
    return fmt::format("resource field {}{}{}", container, container.empty() ? "" : "/",
                       text_at(ref, "resource"));
  }
  return "invalid valueFrom";
}

/// A field of the object itself. k8s 1.32 kubectl/pkg/cmd/set/env: getFieldRef
std::optional<std::string> field_value(const Json& object, const std::string& path) {
  const Json& meta = object["metadata"];
  for (const char* key : {"name", "namespace", "uid"}) {
    if (path == fmt::format("metadata.{}", key)) return text_at(meta, key);
  }
  for (const char* key : {"labels", "annotations"}) {
    const std::string start = fmt::format("metadata.{}['", key);
    if (path.rfind(start, 0) != 0 || path.size() < start.size() + 2) continue;
    const std::string name = path.substr(start.size(), path.size() - start.size() - 2);
    const Json all = meta.contains(key) ? meta[key] : Json::object();
    return text_at(all, name.c_str());
  }
  return std::nullopt;
}

/// A variable's value, or why it has none. k8s 1.32 kubectl/pkg/cmd/set/env: GetEnvVarRefValue
std::optional<std::string> resolve(Change& change, const Json& object, const Json& from,
                                   std::string* error) {
  if (from.contains("configMapKeyRef")) {
    const Json& ref = from["configMapKeyRef"];
    const std::string name = text_at(ref, "name");
    const std::string key = text_at(ref, "key");
    const ConfigMap* map =
        change.call().world.find<ConfigMap>(namespace_of(change.call(), change.flags()), name);
    if (!map) {
      *error = not_found(Kind::ConfigMap, name).message;
    } else if (const Str* value = map->data.find(key)) {
      return value->str();
    } else {
      *error = fmt::format("key {} not found in config map {}", key, name);
    }
    return std::nullopt;
  }
  if (from.contains("fieldRef")) {
    const std::string path = text_at(from["fieldRef"], "fieldPath");
    std::optional<std::string> value = field_value(object, path);
    if (!value) *error = fmt::format("unsupported fieldPath: {}", path);
    return value;
  }
  *error = fmt::format("podsight cannot resolve {}", source_text(from));
  return std::nullopt;
}

}  // namespace

bool fits(std::string_view name, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  name.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (;;) {
    const std::size_t next = pattern.find('*');
    const std::string_view part = pattern.substr(0, next);
    if (next == std::string_view::npos) {
      return name.size() >= part.size() && name.substr(name.size() - part.size()) == part;
    }
    const std::size_t at = name.find(part);
    if (at == std::string_view::npos) return false;
    name.remove_prefix(at + part.size());
    pattern.remove_prefix(next + 1);
  }
}

std::string read_env_change(Change& change, std::vector<std::string>* names, EnvChange* env) {
  const Flags& flags = change.flags();
  if (flags.is_on("all") && !flags.get("selector").empty()) {
    return "cannot set --all and --selector at the same time";
  }
  std::vector<std::string> specs = flags.all("env");
  bool in_env = false;
  for (const std::string& word : flags.args) {
    const std::size_t equals = word.find('=', 1);
    const bool is_env = equals != std::string::npos || (!word.empty() && word.back() == '-');
    if (in_env && !is_env) {
      return fmt::format("all resources must be specified before environment changes: {}",
                         fmt::join(flags.args, " "));
    }
    in_env = is_env;
    (is_env ? specs : *names).push_back(word);
  }
  if (flags.is_on("local") && change.dry_run() == DryRun::Server) {
    return "cannot specify --local and --dry-run=server - did you mean --dry-run=client?";
  }
  if (!flags.has("filename") && names->empty()) {
    return "one or more resources must be specified as <resource> <name> or <resource>/<name>";
  }
  if (flags.is_on("list") && flags.has("output")) {
    return "--list and --output may not be specified together";
  }
  if (flags.has("keys") && !flags.has("from")) {
    return "when specifying --keys, a configmap or secret must be provided with --from";
  }
  for (const std::string& spec : specs) {
    if (std::string error = read_spec(change, spec, env); !error.empty()) return error;
  }
  for (const std::string& name : env->removed) {
    if (std::any_of(env->set.begin(), env->set.end(),
                    [&](const EnvVar& variable) { return variable.name == name; })) {
      return "can not both modify and remove the same environment variable in the same command";
    }
  }
  return "";
}

std::optional<Step> add_env_from(Change& change, EnvChange& env) {
  TargetOptions options;
  options.name_required = true;
  Flags flags = change.flags();
  flags.values.erase("filename");
  const Targets targets = find_selected(change.call(), flags, {flags.get("from")}, options);
  if (!targets.error.empty()) return fail(targets.error);
  if (!targets.missing.empty()) {
    change.work.failures.add(targets.missing);
    return change.finish();
  }
  const std::vector<std::string> keys = list_flag(flags, "keys");
  for (const Ref& ref : targets.refs) {
    const ConfigMap* map = as<ConfigMap>(change.call().world.store().get(ref));
    if (!map) return fail("unsupported resource specified in --from");
    for (const auto& [key, value] : map->data) {
      if (!keys.empty() && std::find(keys.begin(), keys.end(), key.str()) == keys.end()) continue;
      EnvVar added;
      const std::string name = env_name(key);
      if (name != key.str()) {
        warn(change.step, fmt::format("Warning: key {} transferred to {}\n", key, name));
      }
      added.name = name;
      ConfigMapKeySelector selector;
      selector.local_object_reference.name = map->meta.name;
      selector.key = key;
      added.value_from.edit().config_map_key_ref = selector;
      env.set.push_back(std::move(added));
    }
  }
  return std::nullopt;
}

std::string check_no_overwrite(const Json& container, const EnvChange& env) {
  const Json existing = container.contains("env") ? container["env"] : Json::array();
  for (const EnvVar& wanted : env.set) {
    for (const Json& old : existing) {
      const std::string value = text_at(old, "value");
      if (text_at(old, "name") != wanted.name.str() || wanted.value == value) continue;
      return fmt::format("'{}' already has a value ({}), and --overwrite is false", wanted.name,
                         value);
    }
  }
  return "";
}

/// What is there keeps its place. k8s 1.32 kubectl/pkg/cmd/set: updateEnv
void change_env(Json& container, const EnvChange& env) {
  std::vector<std::string> covered = env.removed;
  const auto is_covered = [&](const std::string& name) {
    return std::find(covered.begin(), covered.end(), name) != covered.end();
  };
  Json made = Json::array();
  if (container.contains("env") && container["env"].is_array()) {
    for (const Json& old : container["env"]) {
      const std::string name = text_at(old, "name");
      if (is_covered(name)) continue;
      const auto newer = std::find_if(env.set.begin(), env.set.end(),
                                      [&](const EnvVar& one) { return one.name == name; });
      if (newer == env.set.end()) {
        made.push_back(old);
      } else {
        covered.push_back(name);
        made.push_back(to_json(*newer));
      }
    }
  }
  for (const EnvVar& added : env.set) {
    if (is_covered(added.name.str())) continue;
    covered.push_back(added.name.str());
    made.push_back(to_json(added));
  }
  if (made.empty()) {
    container.erase("env");
  } else {
    container["env"] = std::move(made);
  }
}

void list_env(Change& change, const Json& object, const Json& container) {
  std::map<std::string, std::vector<std::string>> unresolved;  // why → whose
  const Json all = container.contains("env") ? container["env"] : Json::array();
  for (const Json& variable : all) {
    const std::string name = text_at(variable, "name");
    if (!variable.contains("valueFrom") || !variable["valueFrom"].is_object()) {
      say(change.step, fmt::format("{}={}\n", name, text_at(variable, "value")));
      continue;
    }
    const Json& from = variable["valueFrom"];
    std::string error;
    std::optional<std::string> value;
    if (change.flags().is_on("resolve")) value = resolve(change, object, from, &error);
    if (value) {
      say(change.step, fmt::format("{}={}\n", name, *value));
    } else {
      say(change.step, fmt::format("# {} from {}\n", name, source_text(from)));
      if (!error.empty()) unresolved[error].push_back(name);
    }
  }
  for (auto& [error, names] : unresolved) {
    std::sort(names.begin(), names.end());
    warn(change.step,
         fmt::format("error retrieving reference for {}: {}\n", fmt::join(names, ", "), error));
  }
}

}  // namespace sim::kubectl
