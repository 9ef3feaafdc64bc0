#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"

namespace sim::kubelet {
namespace {

std::string field_value(const Worker& worker, std::string_view path) {
  const ObjectMeta& meta = worker.pod.meta;
  if (path == "metadata.name") return meta.name.str();
  if (path == "metadata.namespace") return meta.ns.str();
  if (path == "metadata.uid") return to_string(meta.uid);
  if (path == "spec.nodeName") return worker.pod.node_name.str();
  if (path == "spec.serviceAccountName") return worker.spec.service_account_name.str();
  if (path == "status.podIP" || path == "status.podIPs") return worker.sandbox->ip.str();
  if (path == "status.hostIP" || path == "status.hostIPs") {
    const Node* node = worker.world.find<Node>("", worker.pod.node_name);
    if (!node) return "";
    for (const NodeAddress& address : node->status.addresses) {
      if (address.type == "InternalIP") return address.address.str();
    }
    return "";
  }
  for (const auto& [prefix, map] :
       {std::pair<std::string_view, const StringMap*>("metadata.labels['", &meta.labels),
        {"metadata.annotations['", &meta.annotations}}) {
    if (path.substr(0, prefix.size()) != prefix) continue;
    std::string_view key = path.substr(prefix.size());
    return map->get(key.substr(0, key.find('\''))).str();
  }
  return "";
}

std::string resource_value(const Worker& worker, const Container& own,
                           const ResourceFieldSelector& wanted) {
  const Container* container = &own;
  for (const Container& other : worker.spec.containers) {
    if (!wanted.container_name.empty() && other.name == wanted.container_name) container = &other;
  }
  const std::string_view resource = wanted.resource;
  const std::size_t dot = resource.find('.');
  const bool limit = resource.substr(0, dot) == "limits";
  const std::string_view name = dot == std::string_view::npos ? resource : resource.substr(dot + 1);
  const ResourceList& list = limit ? container->resources.limits : container->resources.requests;
  Quantity amount;
  if (const Quantity* found = list.find(name)) {
    amount = *found;
  } else if (limit) {
    // No limit: what the node can give. k8s 1.30 pkg/api/v1/resource: MergeContainerResourceLimits
    const Node* node = worker.world.find<Node>("", worker.pod.node_name);
    if (node) amount = node->status.allocatable.get(name);
  }
  if (name == "cpu") {
    const std::int64_t divisor =
        wanted.divisor.is_zero() ? 1000 : std::max<std::int64_t>(wanted.divisor.milli_value(), 1);
    return std::to_string((amount.milli_value() + divisor - 1) / divisor);
  }
  const std::int64_t divisor =
      wanted.divisor.is_zero() ? 1 : std::max<std::int64_t>(wanted.divisor.value(), 1);
  return std::to_string((amount.value() + divisor - 1) / divisor);
}

/// Adds the keys of a ConfigMap as variables; answers what is missing.
std::string add_all(const Worker& worker, const EnvFromSource& from, StringMap& variables) {
  if (from.secret_ref) {
    if (from.secret_ref->optional.value_or(false)) return "";
    return fmt::format("secret \"{}\" not found", from.secret_ref->local_object_reference.name);
  }
  if (!from.config_map_ref) return "";
  const Str& name = from.config_map_ref->local_object_reference.name;
  const ConfigMap* config = worker.world.find<ConfigMap>(worker.pod.meta.ns, name);
  if (!config) {
    if (from.config_map_ref->optional.value_or(false)) return "";
    return fmt::format("configmap \"{}\" not found", name);
  }
  for (const auto& [key, value] : config->data) {
    variables.set(Str(fmt::format("{}{}", from.prefix, key)), value);
  }
  return "";
}

/// Adds one variable; answers what is missing.
std::string add_one(const Worker& worker, const Container& container, const EnvVar& wanted,
                    StringMap& variables) {
  if (!wanted.value_from) {
    variables.set(wanted.name, Str(expand(wanted.value, variables)));
    return "";
  }
  const EnvVarSource& from = *wanted.value_from;
  if (from.field_ref) {
    variables.set(wanted.name, Str(field_value(worker, from.field_ref->field_path)));
  } else if (from.resource_field_ref) {
    variables.set(wanted.name, Str(resource_value(worker, container, *from.resource_field_ref)));
  } else if (from.config_map_key_ref) {
    const ConfigMapKeySelector& ref = *from.config_map_key_ref;
    const bool optional = ref.optional.value_or(false);
    const Str& name = ref.local_object_reference.name;
    const ConfigMap* config = worker.world.find<ConfigMap>(worker.pod.meta.ns, name);
    if (!config) return optional ? "" : fmt::format("configmap \"{}\" not found", name);
    const Str* value = config->data.find(ref.key);
    if (!value) {
      return optional ? ""
                      : fmt::format("couldn't find key {} in ConfigMap {}/{}", ref.key,
                                    worker.pod.meta.ns, name);
    }
    variables.set(wanted.name, *value);
  } else if (from.secret_key_ref && !from.secret_key_ref->optional.value_or(false)) {
    return fmt::format("secret \"{}\" not found", from.secret_key_ref->local_object_reference.name);
  }
  return "";
}

}  // namespace

std::string expand(std::string_view text, const StringMap& variables) {
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
    const std::string_view name = text.substr(i + 2, end - i - 2);
    if (const Str* value = variables.find(name)) {
      out += value->view();
    } else {
      out += text.substr(i, end - i + 1);
    }
    i = end;
  }
  return out;
}

Environment environment_of(const Worker& worker, const Container& container) {
  Environment made;
  StringMap& variables = made.variables;
  if (const Image* image = worker.world.settings().images.find(container.image)) {
    variables = image->env;
  }
  variables.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  variables.set("HOSTNAME",
                worker.spec.hostname.empty() ? worker.pod.meta.name : worker.spec.hostname);
  variables.set("HOME", "/root");
  for (const auto& [key, value] : {std::pair("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
                                   std::pair("KUBERNETES_SERVICE_PORT", "443"),
                                   std::pair("KUBERNETES_SERVICE_PORT_HTTPS", "443"),
                                   std::pair("KUBERNETES_PORT", "tcp://10.96.0.1:443"),
                                   std::pair("KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443"),
                                   std::pair("KUBERNETES_PORT_443_TCP_PROTO", "tcp"),
                                   std::pair("KUBERNETES_PORT_443_TCP_PORT", "443"),
                                   std::pair("KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1")}) {
    variables.set(key, value);
  }
  for (const EnvFromSource& from : container.env_from) {
    made.error = add_all(worker, from, variables);
    if (!made.error.empty()) return made;
  }
  for (const EnvVar& wanted : container.env) {
    made.error = add_one(worker, container, wanted, variables);
    if (!made.error.empty()) return made;
  }
  return made;
}

}  // namespace sim::kubelet
