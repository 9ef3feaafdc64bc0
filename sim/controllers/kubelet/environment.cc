#include <algorithm>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/model/service_types.h"

namespace sim::kubelet {
namespace {

/// Replaces $(NAME); `value_of` answers null for a name that is to stay as it is.
template <class ValueOf>
std::string expand_with(std::string_view text, ValueOf value_of) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    if (text[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    const std::size_t end = text[i + 1] == '(' ? text.find(')', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += '$';
      continue;
    }
    if (const Str* value = value_of(text.substr(i + 2, end - i - 2))) {
      out += value->view();
    } else {
      out += text.substr(i, end - i + 1);
    }
    i = end;
  }
  return out;
}

/// k8s 1.30 apimachinery/pkg/util/validation: IsEnvVarName
bool is_variable_name(std::string_view name) {
  if (name.empty() || name == "." || name.substr(0, 2) == "..") return false;
  if (name.front() >= '0' && name.front() <= '9') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

/// What a ConfigMap or Secret holds under its keys; nothing when there is none of that name.
std::optional<StringMap> values_of(const Worker& worker, bool secret, const Str& name) {
  if (!secret) {
    const ConfigMap* config = worker.world.find<ConfigMap>(worker.pod.meta.ns, name);
    return config ? std::optional(config->data) : std::nullopt;
  }
  const Secret* found = worker.world.find<Secret>(worker.pod.meta.ns, name);
  if (!found) return std::nullopt;
  StringMap values;
  for (const auto& [key, value] : found->data) {
    values.set(key, Str(decode_base64(value).value_or(std::string())));
  }
  return values;
}

/// Adds the keys of a ConfigMap or Secret as variables; answers what is missing.
std::string add_all(Worker& worker, const EnvFromSource& from, StringMap& variables) {
  const bool secret = from.secret_ref.has_value();
  if (!secret && !from.config_map_ref) return "";
  const Str& name = secret ? from.secret_ref->local_object_reference.name
                           : from.config_map_ref->local_object_reference.name;
  const bool optional = secret ? from.secret_ref->optional.value_or(false)
                               : from.config_map_ref->optional.value_or(false);
  const std::optional<StringMap> values = values_of(worker, secret, name);
  if (!values) {
    return optional ? ""
                    : fmt::format("{} \"{}\" not found", secret ? "secret" : "configmap", name);
  }
  std::vector<std::string> skipped;
  for (const auto& [key, value] : *values) {
    std::string variable = fmt::format("{}{}", from.prefix, key);
    if (is_variable_name(variable)) {
      variables.set(Str(variable), value);
    } else {
      skipped.push_back(std::move(variable));
    }
  }
  if (!skipped.empty()) {
    worker.event("Warning", "InvalidEnvironmentVariableNames",
                 fmt::format("Keys [{}] from the EnvFrom {} {}/{} were skipped since they are "
                             "considered invalid environment variable names.",
                             fmt::join(skipped, ", "), secret ? "secret" : "configMap",
                             worker.pod.meta.ns, name));
  }
  return "";
}

/// The value of one key of a ConfigMap or Secret; answers what is missing.
std::string add_key(const Worker& worker, const Str& variable, bool secret, const Str& name,
                    const Str& key, bool optional, StringMap& variables) {
  const std::optional<StringMap> values = values_of(worker, secret, name);
  if (!values) {
    return optional ? ""
                    : fmt::format("{} \"{}\" not found", secret ? "secret" : "configmap", name);
  }
  if (const Str* value = values->find(key)) {
    variables.set(variable, *value);
    return "";
  }
  return optional ? ""
                  : fmt::format("couldn't find key {} in {} {}/{}", key,
                                secret ? "Secret" : "ConfigMap", worker.pod.meta.ns, name);
}

/// Adds one variable; answers what is missing.
std::string add_one(const Worker& worker, const Container& container, const EnvVar& wanted,
                    const StringMap& service, StringMap& variables) {
  if (!wanted.value_from) {
    const auto value_of = [&](std::string_view name) {
      const Str* value = variables.find(name);
      return value ? value : service.find(name);
    };
    variables.set(wanted.name, Str(expand_with(wanted.value, value_of)));
    return "";
  }
  const EnvVarSource& from = *wanted.value_from;
  if (from.field_ref) {
    variables.set(wanted.name, Str(field_value(worker, from.field_ref->field_path)));
  } else if (from.resource_field_ref) {
    variables.set(wanted.name, Str(resource_value(worker, &container, *from.resource_field_ref)));
  } else if (from.config_map_key_ref) {
    const ConfigMapKeySelector& ref = *from.config_map_key_ref;
    return add_key(worker, wanted.name, false, ref.local_object_reference.name, ref.key,
                   ref.optional.value_or(false), variables);
  } else if (from.secret_key_ref) {
    const SecretKeySelector& ref = *from.secret_key_ref;
    return add_key(worker, wanted.name, true, ref.local_object_reference.name, ref.key,
                   ref.optional.value_or(false), variables);
  }
  return "";
}

}  // namespace

std::string expand(std::string_view text, const StringMap& variables) {
  return expand_with(text, [&](std::string_view name) { return variables.find(name); });
}

std::string expand_strictly(std::string_view text, const StringMap& variables,
                            std::vector<std::string>& missing) {
  static const Str kNothing;
  return expand_with(text, [&](std::string_view name) {
    const Str* value = variables.find(name);
    if (value && !value->empty()) return value;
    missing.emplace_back(name);
    return &kNothing;
  });
}

// k8s 1.30 pkg/kubelet: makeEnvironmentVariables
Environment environment_of(Worker& worker, const Container& container) {
  Environment made;
  for (const EnvFromSource& from : container.env_from) {
    made.error = add_all(worker, from, made.declared);
    if (!made.error.empty()) return made;
  }
  static const StringMap service = {{"KUBERNETES_SERVICE_HOST", "10.96.0.1"},
                                    {"KUBERNETES_SERVICE_PORT", "443"},
                                    {"KUBERNETES_SERVICE_PORT_HTTPS", "443"},
                                    {"KUBERNETES_PORT", "tcp://10.96.0.1:443"},
                                    {"KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443"},
                                    {"KUBERNETES_PORT_443_TCP_PROTO", "tcp"},
                                    {"KUBERNETES_PORT_443_TCP_PORT", "443"},
                                    {"KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1"}};
  for (const EnvVar& wanted : container.env) {
    made.error = add_one(worker, container, wanted, service, made.declared);
    if (!made.error.empty()) return made;
  }
  if (made.declared.empty()) {
    made.declared = service;
  } else {
    for (const auto& [key, value] : service) {
      if (!made.declared.find(key)) made.declared.set(key, value);
    }
  }
  // What the container runtime and the image give, unless the pod says otherwise.
  static const StringMap basis = [] {
    StringMap all = service;
    all.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    all.set("HOME", "/root");
    return all;
  }();
  made.variables = basis;
  if (const Image* image = worker.world.settings().images.find(container.image)) {
    for (const auto& [key, value] : image->env) made.variables.set(key, value);
  }
  for (const auto& [key, value] : made.declared) {
    const Str* known = made.variables.find(key);
    if (!known || *known != value) made.variables.set(key, value);
  }
  return made;
}

}  // namespace sim::kubelet
