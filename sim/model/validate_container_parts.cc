#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

// ---- environment ----

/// "metadata.labels['key']" taken apart.
struct Subscripted {
  std::string_view path;
  std::string_view key;
  bool found = false;
};

// k8s 1.30 pkg/fieldpath: SplitMaybeSubscriptedPath
Subscripted split_subscript(std::string_view text) {
  const std::size_t open = text.find("['");
  const bool closed = text.size() >= 2 && text.substr(text.size() - 2) == "']";
  if (!closed || open == std::string_view::npos || open == 0 || open + 4 > text.size()) {
    return {text, {}, false};
  }
  return {text.substr(0, open), text.substr(open + 2, text.size() - open - 4), true};
}

// k8s 1.30 pkg/apis/core/pods: ConvertDownwardAPIFieldLabel
std::string conversion_error(const ObjectFieldSelector& field, const Subscripted& parts) {
  if (field.api_version != "v1") {
    return fmt::format("unsupported pod version: {}", field.api_version);
  }
  if (parts.found) {
    if (is_one_of(parts.path, {"metadata.annotations", "metadata.labels"})) return {};
    return fmt::format("field label does not support subscript: {}", field.field_path);
  }
  if (is_one_of(parts.path,
                {"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
                 "metadata.uid", "spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName",
                 "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs",
                 "status.podIP", "status.podIPs", "spec.host"})) {
    return {};
  }
  return fmt::format("field label not supported: {}", field.field_path);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_huge_page_field(std::string_view resource) {
  return resource.substr(0, 19) == "requests.hugepages-" ||
         resource.substr(0, 17) == "limits.hugepages-";
}

// k8s 1.30 pkg/apis/core/validation: validateContainerResourceDivisor
void check_divisor(FieldErrors& errors, const FieldPath& path, std::string_view resource,
                   const Quantity& divisor) {
  if (divisor.is_zero()) return;
  const std::string text = divisor.text();
  const auto refuse = [&](std::string_view values, std::string_view what) {
    errors.invalid(
        path, resource,
        fmt::format("only divisor's values {} are supported with the {} resource", values, what));
  };
  if (is_one_of(resource, {"limits.cpu", "requests.cpu"})) {
    if (!is_one_of(text, {"1m", "1"})) refuse("1m and 1", "cpu");
    return;
  }
  if (is_one_of(text, {"1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi",
                       "1Ei"})) {
    return;
  }
  constexpr std::string_view kSizes = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";
  if (is_one_of(resource, {"limits.memory", "requests.memory"})) refuse(kSizes, "memory");
  if (is_one_of(resource, {"limits.ephemeral-storage", "requests.ephemeral-storage"})) {
    refuse(kSizes, "local ephemeral storage");
  }
  if (is_huge_page_field(resource)) refuse(kSizes, "hugepages");
}

/// A key of a ConfigMap or a Secret.
template <class Selector>
void check_key_selector(FieldErrors& errors, const FieldPath& path, const Selector& selector) {
  check_dns_subdomain(errors, path.child("name"), selector.local_object_reference.name);
  if (selector.key.empty()) {
    errors.required(path.child("key"));
  } else {
    errors.all_invalid(path.child("key"), selector.key, config_key_errors(selector.key));
  }
}

// k8s 1.30 pkg/apis/core/validation: validateEnvVarValueFrom
void check_value_from(FieldErrors& errors, const FieldPath& path, const EnvVar& variable) {
  if (!variable.value_from) return;
  const EnvVarSource& source = *variable.value_from;
  int sources = 0;
  if (source.field_ref) {
    ++sources;
    check_field_ref(errors, path.child("fieldRef"), *source.field_ref, false);
  }
  if (source.resource_field_ref) {
    ++sources;
    check_resource_ref(errors, path.child("resourceFieldRef"), *source.resource_field_ref, false);
  }
  if (source.config_map_key_ref) {
    ++sources;
    check_key_selector(errors, path.child("configMapKeyRef"), *source.config_map_key_ref);
  }
  if (source.secret_key_ref) {
    ++sources;
    check_key_selector(errors, path.child("secretKeyRef"), *source.secret_key_ref);
  }
  if (sources == 0) {
    errors.invalid(path, "",
                   "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or "
                   "`secretKeyRef`");
  } else if (!variable.value.empty()) {
    errors.invalid(path, "", "may not be specified when `value` is not empty");
  } else if (sources > 1) {
    errors.invalid(path, "", "may not have more than one field specified at a time");
  }
}

void check_source_name(FieldErrors& errors, const FieldPath& path, std::string_view name) {
  if (name.empty()) {
    errors.required(path);
  } else {
    check_dns_subdomain(errors, path, name, true);
  }
}

// ---- handlers ----

// k8s 1.30 pkg/apis/core/validation: ValidatePortNumOrName
void check_port(FieldErrors& errors, const FieldPath& path, const IntOrString& port) {
  if (port.is_string) {
    errors.all_invalid(path, port.text, port_name_errors(port.text));
  } else {
    check_port_number(errors, path, port.number);
  }
}

// k8s 1.30 pkg/apis/core/validation: validateHTTPGetAction
void check_http(FieldErrors& errors, const FieldPath& path, const HTTPGetAction& action) {
  if (action.path.empty()) errors.required(path.child("path"));
  check_port(errors, path.child("port"), action.port);
  if (!is_one_of(action.scheme, {"HTTP", "HTTPS"})) {
    errors.not_supported(path.child("scheme"), action.scheme, {"HTTP", "HTTPS"});
  }
  for (const HTTPHeader& header : action.http_headers) {
    const std::string_view name = header.name;
    const bool fits = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!fits) {
      errors.invalid(path.child("httpHeaders"), name,
                     "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. "
                     "'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
    }
  }
}

/// What a probe and a lifecycle hook may do. k8s 1.30 pkg/apis/core/validation: commonHandler
struct Handler {
  const ExecAction* exec = nullptr;
  const HTTPGetAction* http = nullptr;
  const TCPSocketAction* tcp = nullptr;
  const GRPCAction* grpc = nullptr;
  const SleepAction* sleep = nullptr;
};

template <class T>
const T* pointer(const Box<T>& box) {
  return box ? &*box : nullptr;
}

// k8s 1.30 pkg/apis/core/validation: validateHandler
void check_handler(FieldErrors& errors, const FieldPath& path, const Handler& handler,
                   std::int64_t grace) {
  bool any = false;
  // True for the first action, which alone is looked into.
  const auto is_first = [&](std::string_view name, bool set) {
    if (!set) return false;
    if (any) errors.forbidden(path.child(name), "may not specify more than 1 handler type");
    return !std::exchange(any, true);
  };
  if (is_first("exec", handler.exec) && handler.exec->command.empty()) {
    errors.required(path.child("exec.command"));
  }
  if (is_first("httpGet", handler.http)) check_http(errors, path.child("httpGet"), *handler.http);
  if (is_first("tcpSocket", handler.tcp)) {
    check_port(errors, path.child("tcpSocket.port"), handler.tcp->port);
  }
  if (is_first("grpc", handler.grpc)) {
    check_port_number(errors, path.child("grpc.port"), handler.grpc->port);
  }
  if (is_first("sleep", handler.sleep)) {
    const std::int64_t wait = handler.sleep->seconds;
    if (wait <= 0 || wait > grace) {
      errors.invalid(path.child("sleep"), wait,
                     fmt::format("must be greater than 0 and less than "
                                 "terminationGracePeriodSeconds ({})",
                                 grace));
    }
  }
  if (!any) errors.required(path, "must specify a handler type");
}

void check_hook(FieldErrors& errors, const FieldPath& path, const LifecycleHandler& hook,
                std::int64_t grace) {
  check_handler(errors, path,
                {pointer(hook.exec), pointer(hook.http_get), pointer(hook.tcp_socket), nullptr,
                 pointer(hook.sleep)},
                grace);
}

// k8s 1.30 pkg/apis/core/validation: validateProbe
void check_probe(FieldErrors& errors, const FieldPath& path, const Probe& probe,
                 std::int64_t grace) {
  const ProbeHandler& handler = probe.probe_handler;
  check_handler(errors, path,
                {pointer(handler.exec), pointer(handler.http_get), pointer(handler.tcp_socket),
                 pointer(handler.grpc), nullptr},
                grace);
  check_not_negative(errors, path.child("initialDelaySeconds"), probe.initial_delay_seconds);
  check_not_negative(errors, path.child("timeoutSeconds"), probe.timeout_seconds);
  check_not_negative(errors, path.child("periodSeconds"), probe.period_seconds);
  check_not_negative(errors, path.child("successThreshold"), probe.success_threshold);
  check_not_negative(errors, path.child("failureThreshold"), probe.failure_threshold);
  const std::optional<std::int64_t>& own = probe.termination_grace_period_seconds;
  if (own && *own <= 0) {
    errors.invalid(path.child("terminationGracePeriodSeconds"), *own, "must be greater than 0");
  }
}

void check_success_threshold(FieldErrors& errors, const FieldPath& path, const Probe& probe) {
  if (probe.success_threshold == 1) return;
  errors.invalid(path.child("successThreshold"), probe.success_threshold, "must be 1");
}

}  // namespace

// k8s 1.30 pkg/apis/core/validation: validateObjectFieldSelector
void check_field_ref(FieldErrors& errors, const FieldPath& path, const ObjectFieldSelector& field,
                     bool volume) {
  if (field.api_version.empty()) return errors.required(path.child("apiVersion"));
  if (field.field_path.empty()) return errors.required(path.child("fieldPath"));
  const Subscripted parts = split_subscript(field.field_path);
  if (const std::string error = conversion_error(field, parts); !error.empty()) {
    return errors.invalid(path.child("fieldPath"), field.field_path,
                          fmt::format("error converting fieldPath: {}", error));
  }
  if (parts.found) {
    const bool annotations = parts.path == "metadata.annotations";
    check_qualified_name(errors, path, annotations ? lower(parts.key) : std::string(parts.key));
    return;
  }
  const std::string_view name = parts.path == "spec.host" ? "spec.nodeName" : parts.path;
  const FieldPath at = path.child("fieldPath");
  if (volume) {
    if (!is_one_of(name, {"metadata.annotations", "metadata.labels", "metadata.name",
                          "metadata.namespace", "metadata.uid"})) {
      errors.not_supported(at, name,
                           {"metadata.annotations", "metadata.labels", "metadata.name",
                            "metadata.namespace", "metadata.uid"});
    }
  } else if (!is_one_of(name, {"metadata.name", "metadata.namespace", "metadata.uid",
                               "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
                               "status.hostIPs", "status.podIP", "status.podIPs"})) {
    errors.not_supported(at, name,
                         {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
                          "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
                          "status.podIP", "status.podIPs"});
  }
}

// k8s 1.30 pkg/apis/core/validation: validateContainerResourceFieldSelector
void check_resource_ref(FieldErrors& errors, const FieldPath& path,
                        const ResourceFieldSelector& field, bool volume) {
  if (volume && field.container_name.empty()) {
    errors.required(path.child("containerName"));
  } else if (field.resource.empty()) {
    errors.required(path.child("resource"));
  } else if (!is_one_of(field.resource,
                        {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
                         "requests.ephemeral-storage", "requests.memory"}) &&
             !is_huge_page_field(field.resource)) {
    errors.not_supported(path.child("resource"), field.resource,
                         {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
                          "requests.ephemeral-storage", "requests.memory"});
  }
  check_divisor(errors, path.child("divisor"), field.resource, field.divisor);
}

// k8s 1.30 pkg/apis/core/validation: ValidateEnv
void check_env(FieldErrors& errors, const FieldPath& path, const std::vector<EnvVar>& env) {
  for (std::size_t i = 0; i < env.size(); ++i) {
    const FieldPath at = path.index(i);
    if (env[i].name.empty()) {
      errors.required(at.child("name"));
    } else {
      errors.all_invalid(at.child("name"), env[i].name, env_name_errors(env[i].name));
    }
    check_value_from(errors, at.child("valueFrom"), env[i]);
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateEnvFrom
void check_env_from(FieldErrors& errors, const FieldPath& path,
                    const std::vector<EnvFromSource>& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const EnvFromSource& source = sources[i];
    const FieldPath at = path.index(i);
    if (!source.prefix.empty()) {
      errors.all_invalid(at.child("prefix"), source.prefix, env_name_errors(source.prefix));
    }
    if (source.config_map_ref) {
      check_source_name(errors, at.child("configMapRef.name"),
                        source.config_map_ref->local_object_reference.name);
    }
    if (source.secret_ref) {
      check_source_name(errors, at.child("secretRef.name"),
                        source.secret_ref->local_object_reference.name);
    }
    if (!source.config_map_ref && !source.secret_ref) {
      errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
    } else if (source.config_map_ref && source.secret_ref) {
      errors.invalid(path, "", "may not have more than one field specified at a time");
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateLifecycle
void check_lifecycle(FieldErrors& errors, const FieldPath& path, const Lifecycle& lifecycle,
                     std::int64_t grace) {
  if (lifecycle.post_start) {
    check_hook(errors, path.child("postStart"), *lifecycle.post_start, grace);
  }
  if (lifecycle.pre_stop) check_hook(errors, path.child("preStop"), *lifecycle.pre_stop, grace);
}

// k8s 1.30 pkg/apis/core/validation: validateLivenessProbe, validateReadinessProbe,
// validateStartupProbe
void check_probes(FieldErrors& errors, const FieldPath& path, const Container& container,
                  std::int64_t grace) {
  if (container.liveness_probe) {
    const FieldPath at = path.child("livenessProbe");
    check_probe(errors, at, *container.liveness_probe, grace);
    check_success_threshold(errors, at, *container.liveness_probe);
  }
  if (container.readiness_probe) {
    const FieldPath at = path.child("readinessProbe");
    const Probe& probe = *container.readiness_probe;
    check_probe(errors, at, probe, grace);
    if (probe.termination_grace_period_seconds) {
      errors.invalid(at.child("terminationGracePeriodSeconds"),
                     *probe.termination_grace_period_seconds,
                     "must not be set for readinessProbes");
    }
  }
  if (container.startup_probe) {
    const FieldPath at = path.child("startupProbe");
    check_probe(errors, at, *container.startup_probe, grace);
    check_success_threshold(errors, at, *container.startup_probe);
  }
}

}  // namespace sim
