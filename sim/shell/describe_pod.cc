// Pods and pod templates in `kubectl describe`. k8s 1.30 kubectl/pkg/describe: describePod,
// DescribePodTemplate, describeContainers
#include <algorithm>
#include <vector>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/shell/describe_parts.h"
#include "sim/shell/printers.h"
#include "sim/world/api.h"

namespace sim::kubectl {
namespace {

std::string boolean(std::optional<bool> value) { return value.value_or(false) ? "true" : "false"; }
std::string title_boolean(bool value) { return value ? "True" : "False"; }

std::string int_or_string(const IntOrString& value) {
  return value.is_string ? value.text.str() : std::to_string(value.number);
}

std::string probe_text(const Probe& probe) {
  std::string text;
  const ProbeHandler& handler = probe.probe_handler;
  if (handler.exec) {
    text = fmt::format("exec [{}]", fmt::join(handler.exec->command, " "));
  } else if (handler.http_get) {
    std::string scheme = handler.http_get->scheme.str();
    for (char& c : scheme) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    std::string path = handler.http_get->path.str();
    if (!path.empty() && path.front() != '/') path.insert(0, "/");
    text = fmt::format("http-get {}://{}:{}{}", scheme, handler.http_get->host,
                       int_or_string(handler.http_get->port), path);
  } else if (handler.tcp_socket) {
    text = fmt::format("tcp-socket {}:{}", handler.tcp_socket->host,
                       int_or_string(handler.tcp_socket->port));
  } else if (handler.grpc) {
    text =
        fmt::format("grpc <pod>:{} {}", handler.grpc->port, handler.grpc->service.value_or(Str()));
  } else {
    text = "unknown";
  }
  return fmt::format("{} delay={}s timeout={}s period={}s #success={} #failure={}", text,
                     probe.initial_delay_seconds, probe.timeout_seconds, probe.period_seconds,
                     probe.success_threshold, probe.failure_threshold);
}

void describe_state(std::string& out, std::string_view title, const ContainerState& state) {
  if (state.running) {
    out += fmt::format("    {}:\tRunning\n      Started:\t{}\n", title,
                       describe_time(state.running->started_at));
  } else if (state.waiting) {
    out += fmt::format("    {}:\tWaiting\n", title);
    if (!state.waiting->reason.empty()) {
      out += fmt::format("      Reason:\t{}\n", state.waiting->reason);
    }
  } else if (state.terminated) {
    const ContainerStateTerminated& ended = *state.terminated;
    out += fmt::format("    {}:\tTerminated\n", title);
    if (!ended.reason.empty()) out += fmt::format("      Reason:\t{}\n", ended.reason);
    if (!ended.message.empty()) out += fmt::format("      Message:\t{}\n", ended.message);
    out += fmt::format("      Exit Code:\t{}\n", ended.exit_code);
    if (ended.signal > 0) out += fmt::format("      Signal:\t{}\n", ended.signal);
    out += fmt::format("      Started:\t{}\n      Finished:\t{}\n", describe_time(ended.started_at),
                       describe_time(ended.finished_at));
  } else {
    out += fmt::format("    {}:\tWaiting\n", title);
  }
}

void describe_command(std::string& out, std::string_view title, const std::vector<Str>& words) {
  if (words.empty()) return;
  out += fmt::format("    {}:\n", title);
  for (const Str& word : words) {
    std::string_view rest = word;
    for (;;) {
      const std::size_t end = rest.find('\n');
      out += fmt::format("      {}\n", rest.substr(0, end));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
}

void describe_resources(std::string& out, const ResourceRequirements& resources) {
  const auto list = [&](std::string_view title, const ResourceList& amounts) {
    if (amounts.empty()) return;
    out += fmt::format("    {}:\n", title);
    for (const auto& [name, amount] : amounts) {
      out += fmt::format("      {}:\t{}\n", name, amount.text());
    }
  };
  list("Limits", resources.limits);
  list("Requests", resources.requests);
}

std::string field_of(const Pod* pod, std::string_view path) {
  if (!pod) return "";
  if (path == "metadata.name") return pod->meta.name.str();
  if (path == "metadata.namespace") return pod->meta.ns.str();
  if (path == "metadata.uid") return to_string(pod->meta.uid);
  const auto keyed = [&](std::string_view prefix, const StringMap& map) -> std::optional<Str> {
    if (path.substr(0, prefix.size()) != prefix) return std::nullopt;
    std::string_view key = path.substr(prefix.size());
    key = key.substr(0, key.find('\''));
    return map.get(key);
  };
  if (const auto label = keyed("metadata.labels['", pod->meta.labels)) return label->str();
  if (const auto note = keyed("metadata.annotations['", pod->meta.annotations)) return note->str();
  return "";
}

void describe_environment(std::string& out, const Container& container, const Pod* pod) {
  if (!container.env_from.empty()) {
    out += "    Environment Variables from:\n";
    for (const EnvFromSource& source : container.env_from) {
      const bool config = source.config_map_ref.has_value();
      const Str name = config              ? source.config_map_ref->local_object_reference.name
                       : source.secret_ref ? source.secret_ref->local_object_reference.name
                                           : Str();
      const bool optional = config              ? source.config_map_ref->optional.value_or(false)
                            : source.secret_ref ? source.secret_ref->optional.value_or(false)
                                                : false;
      out +=
          fmt::format("      {}\t{}{}\tOptional: {}\n", name, config ? "ConfigMap" : "Secret",
                      source.prefix.empty() ? "" : fmt::format(" with prefix '{}'", source.prefix),
                      optional ? "true" : "false");
    }
  }
  if (container.env.empty()) {
    out += "    Environment:\t<none>\n";
    return;
  }
  out += "    Environment:\n";
  for (const EnvVar& variable : container.env) {
    if (!variable.value_from) {
      std::string_view rest = variable.value;
      bool first = true;
      do {
        const std::size_t end = rest.find('\n');
        out += first ? fmt::format("      {}:\t{}\n", variable.name, rest.substr(0, end))
                     : fmt::format("      \t{}\n", rest.substr(0, end));
        first = false;
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      } while (!rest.empty());
      continue;
    }
    const EnvVarSource& from = *variable.value_from;
    if (from.field_ref) {
      out += fmt::format("      {}:\t{} ({}:{})\n", variable.name,
                         field_of(pod, from.field_ref->field_path), from.field_ref->api_version,
                         from.field_ref->field_path);
    } else if (from.resource_field_ref) {
      const std::string_view resource = from.resource_field_ref->resource;
      std::string amount = "node allocatable";
      const bool limit = resource.substr(0, 7) == "limits.";
      const ResourceList& list = limit ? container.resources.limits : container.resources.requests;
      const std::string_view key =
          resource.substr(limit ? 7 : std::min<std::size_t>(9, resource.size()));
      if (const Quantity* found = list.find(key)) {
        amount = key == "cpu" ? std::to_string((found->milli_value() + 999) / 1000)
                              : std::to_string(found->value());
      } else if (!limit) {
        amount = "0";
      }
      out += fmt::format("      {}:\t{} ({})\n", variable.name, amount, resource);
    } else if (from.secret_key_ref) {
      out += fmt::format("      {}:\t<set to the key '{}' in secret '{}'>\tOptional: {}\n",
                         variable.name, from.secret_key_ref->key,
                         from.secret_key_ref->local_object_reference.name,
                         boolean(from.secret_key_ref->optional));
    } else if (from.config_map_key_ref) {
      out += fmt::format("      {}:\t<set to the key '{}' of config map '{}'>\tOptional: {}\n",
                         variable.name, from.config_map_key_ref->key,
                         from.config_map_key_ref->local_object_reference.name,
                         boolean(from.config_map_key_ref->optional));
    }
  }
}

void describe_mounts(std::string& out, const Container& container) {
  if (container.volume_mounts.empty()) {
    out += "    Mounts:\t<none>\n";
  } else {
    std::vector<VolumeMount> mounts = container.volume_mounts;
    std::stable_sort(mounts.begin(), mounts.end(), [](const VolumeMount& a, const VolumeMount& b) {
      return a.mount_path < b.mount_path;
    });
    out += "    Mounts:\n";
    for (const VolumeMount& mount : mounts) {
      std::string flags = mount.read_only ? "ro" : "rw";
      if (!mount.sub_path.empty()) flags += fmt::format(",path=\"{}\"", mount.sub_path);
      out += fmt::format("      {} from {} ({})\n", mount.mount_path, mount.name, flags);
    }
  }
  if (container.volume_devices.empty()) return;
  out += "    Devices:\n";
  for (const VolumeDevice& device : container.volume_devices) {
    out += fmt::format("      {} from {}\n", device.device_path, device.name);
  }
}

void describe_ports(std::string& out, const std::vector<ContainerPort>& ports) {
  std::vector<std::string> inside;
  std::vector<std::string> host;
  for (const ContainerPort& port : ports) {
    inside.push_back(fmt::format("{}/{}", port.container_port, port.protocol));
    host.push_back(fmt::format("{}/{}", port.host_port, port.protocol));
  }
  const char* plural = ports.size() > 1 ? "s" : "";
  out += fmt::format("    Port{}:\t{}\n", plural,
                     inside.empty() ? "<none>" : fmt::format("{}", fmt::join(inside, ", ")));
  out += fmt::format("    Host Port{}:\t{}\n", plural,
                     host.empty() ? "<none>" : fmt::format("{}", fmt::join(host, ", ")));
}

void describe_one(std::string& out, const Container& container, const Pod* pod,
                  const ContainerStatus* status, std::string_view indent) {
  out += fmt::format("{}{}:\n", indent, container.name);
  const bool known = status && !status->container_id.empty();
  if (known) out += fmt::format("    Container ID:\t{}\n", status->container_id);
  out += fmt::format("    Image:\t{}\n", container.image);
  if (status && (known || !status->image_id.empty() || !status->image.empty())) {
    out += fmt::format("    Image ID:\t{}\n", status->image_id);
  }
  describe_ports(out, container.ports);
  describe_command(out, "Command", container.command);
  describe_command(out, "Args", container.args);
  if (status) {
    describe_state(out, "State", status->state);
    if (status->last_state.terminated) describe_state(out, "Last State", status->last_state);
    out += fmt::format("    Ready:\t{}\n    Restart Count:\t{}\n", title_boolean(status->ready),
                       status->restart_count);
  }
  describe_resources(out, container.resources);
  if (container.liveness_probe) {
    out += fmt::format("    Liveness:\t{}\n", probe_text(*container.liveness_probe));
  }
  if (container.readiness_probe) {
    out += fmt::format("    Readiness:\t{}\n", probe_text(*container.readiness_probe));
  }
  if (container.startup_probe) {
    out += fmt::format("    Startup:\t{}\n", probe_text(*container.startup_probe));
  }
  describe_environment(out, container, pod);
  describe_mounts(out, container);
}

}  // namespace

void describe_containers(std::string& out, std::string_view title,
                         const std::vector<Container>& containers, const Pod* pod,
                         const std::vector<ContainerStatus>* statuses, std::string_view indent) {
  out += fmt::format("{}:\n", title);
  for (const Container& container : containers) {
    const ContainerStatus* status = nullptr;
    if (statuses) {
      for (const ContainerStatus& each : *statuses) {
        if (each.name == container.name) status = &each;
      }
    }
    describe_one(out, container, pod, status, indent);
  }
}

void describe_template(std::string& out, const PodTemplateSpec& pod_template) {
  out += "Pod Template:\n";
  describe_labels(out, "  Labels", pod_template.meta.labels);
  if (!pod_template.meta.annotations.empty()) {
    describe_annotations(out, "  Annotations", pod_template.meta.annotations);
  }
  const PodSpec& spec = pod_template.spec;
  if (!spec.service_account_name.empty()) {
    out += fmt::format("  Service Account:\t{}\n", spec.service_account_name);
  }
  if (!spec.init_containers.empty()) {
    describe_containers(out, "  Init Containers", spec.init_containers, nullptr, nullptr, "   ");
  }
  describe_containers(out, "  Containers", spec.containers, nullptr, nullptr, "   ");
  describe_volumes(out, spec.volumes, "  ");
  for (std::size_t i = 0; i < spec.topology_spread_constraints.size(); ++i) {
    const TopologySpreadConstraint& spread = spec.topology_spread_constraints[i];
    if (i == 0) out += "  Topology Spread Constraints:";
    out += fmt::format("\t{}:{} when max skew {} is exceeded\n", spread.topology_key,
                       spread.when_unsatisfiable, spread.max_skew);
  }
  if (!spec.priority_class_name.empty()) {
    out += fmt::format("  Priority Class Name:\t{}\n", spec.priority_class_name);
  }
  describe_labels(out, "  Node-Selectors", spec.node_selector);
  describe_tolerations(out, "  Tolerations", spec.tolerations);
}

std::string describe_pod(const World& world, const Pod& pod) {
  const PodSpec spec = full_spec(pod);
  const PodStatus& status = pod.status;
  std::string out;
  out += fmt::format("Name:\t{}\nNamespace:\t{}\n", pod.meta.name, pod.meta.ns);
  if (spec.priority) out += fmt::format("Priority:\t{}\n", *spec.priority);
  if (!spec.priority_class_name.empty()) {
    out += fmt::format("Priority Class Name:\t{}\n", spec.priority_class_name);
  }
  if (spec.runtime_class_name) {
    out += fmt::format("Runtime Class Name:\t{}\n", *spec.runtime_class_name);
  }
  if (!spec.service_account_name.empty()) {
    out += fmt::format("Service Account:\t{}\n", spec.service_account_name);
  }
  if (pod.node_name.empty()) {
    out += "Node:\t<none>\n";
  } else {
    out += fmt::format("Node:\t{}/{}\n", pod.node_name, status.host_ip);
  }
  if (status.start_time) out += fmt::format("Start Time:\t{}\n", describe_time(status.start_time));
  describe_labels(out, "Labels", pod.meta.labels);
  describe_annotations(out, "Annotations", pod.meta.annotations);
  if (pod.meta.deletion_timestamp && status.phase != "Failed" && status.phase != "Succeeded") {
    out += fmt::format("Status:\tTerminating (lasts {})\n",
                       human_duration(world.now() - pod.meta.deletion_timestamp->whole_seconds()));
    if (pod.meta.deletion_grace_period_seconds) {
      out +=
          fmt::format("Termination Grace Period:\t{}s\n", *pod.meta.deletion_grace_period_seconds);
    }
  } else {
    out += fmt::format("Status:\t{}\n", status.phase);
  }
  if (!status.reason.empty()) out += fmt::format("Reason:\t{}\n", status.reason);
  if (!status.message.empty()) out += fmt::format("Message:\t{}\n", status.message);
  out += fmt::format("IP:\t{}\n", status.pod_ip);
  if (status.pod_ips.empty()) {
    out += "IPs:\t<none>\n";
  } else {
    out += "IPs:\n";
    for (const PodIP& ip : status.pod_ips) out += fmt::format("  IP:\t{}\n", ip.ip);
  }
  if (const OwnerReference* owner = pod.meta.controller()) {
    out += fmt::format("Controlled By:\t{}/{}\n", owner->kind, owner->name);
  }
  if (!status.nominated_node_name.empty()) {
    out += fmt::format("NominatedNodeName:\t{}\n", status.nominated_node_name);
  }
  if (!spec.init_containers.empty()) {
    describe_containers(out, "Init Containers", spec.init_containers, &pod,
                        &status.init_container_statuses, "  ");
  }
  describe_containers(out, "Containers", spec.containers, &pod, &status.container_statuses, "  ");
  if (!spec.readiness_gates.empty()) {
    out += "Readiness Gates:\n  Type\tStatus\n";
    for (const PodReadinessGate& gate : spec.readiness_gates) {
      std::string value = "<none>";
      for (const PodCondition& condition : status.conditions) {
        if (condition.type == gate.condition_type) value = condition.status.str();
      }
      out += fmt::format("  {} \t{} \n", gate.condition_type, value);
    }
  }
  if (!status.conditions.empty()) {
    out += "Conditions:\n  Type\tStatus\n";
    for (const PodCondition& condition : status.conditions) {
      out += fmt::format("  {} \t{} \n", condition.type, condition.status);
    }
  }
  describe_volumes(out, spec.volumes, "");
  out += fmt::format("QoS Class:\t{}\n", status.qos_class);
  describe_labels(out, "Node-Selectors", spec.node_selector);
  describe_tolerations(out, "Tolerations", spec.tolerations);
  return out;
}

}  // namespace sim::kubectl
