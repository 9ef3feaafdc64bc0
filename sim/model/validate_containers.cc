#include <algorithm>
#include <set>

#include "sim/base/format.h"
#include "sim/model/validate_pod.h"

namespace sim {
namespace {

bool has(const std::set<std::string_view>& names, std::string_view name) {
  return names.count(name) != 0;
}

// k8s 1.30 pkg/apis/core/validation: validateContainerPorts
void check_ports(FieldErrors& errors, const FieldPath& path,
                 const std::vector<ContainerPort>& ports) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const ContainerPort& port = ports[i];
    const FieldPath at = path.index(i);
    if (!port.name.empty()) {
      const std::vector<std::string> wrong = port_name_errors(port.name);
      errors.all_invalid(at.child("name"), port.name, wrong);
      if (wrong.empty() && !names.insert(port.name).second) {
        errors.duplicate(at.child("name"), port.name);
      }
    }
    if (port.container_port == 0) {
      errors.required(at.child("containerPort"));
    } else {
      check_port_number(errors, at.child("containerPort"), port.container_port);
    }
    if (port.host_port != 0) check_port_number(errors, at.child("hostPort"), port.host_port);
    if (port.protocol.empty()) {
      errors.required(at.child("protocol"));
    } else if (!is_one_of(port.protocol, {"SCTP", "TCP", "UDP"})) {
      errors.not_supported(at.child("protocol"), port.protocol, {"SCTP", "TCP", "UDP"});
    }
  }
}

/// One host port may be taken once. k8s 1.30 pkg/apis/core/validation: AccumulateUniqueHostPorts
void check_host_ports(FieldErrors& errors, const FieldPath& path, const Container& container,
                      std::set<std::string>& taken) {
  const FieldPath list = path.child("ports");
  for (std::size_t i = 0; i < container.ports.size(); ++i) {
    const ContainerPort& port = container.ports[i];
    if (port.host_port == 0) continue;
    const std::string text = fmt::format("{}/{}/{}", port.protocol, port.host_ip, port.host_port);
    if (taken.insert(text).second) continue;
    const FieldPath at = list.index(i);
    errors.duplicate(at.child("hostPort"), text);
  }
}

// k8s 1.30 pkg/apis/core/validation: validateMountPropagation
void check_propagation(FieldErrors& errors, const FieldPath& path, std::string_view mode,
                       bool privileged) {
  if (!is_one_of(mode, {"Bidirectional", "HostToContainer", "None"})) {
    errors.not_supported(path, mode, {"Bidirectional", "HostToContainer", "None"});
  }
  if (mode == "Bidirectional" && !privileged) {
    errors.forbidden(path,
                     "Bidirectional mount propagation is available only to privileged containers");
  }
}

// Some of these stand at the list rather than at the item, as in the API server.
// k8s 1.30 pkg/apis/core/validation: ValidateVolumeMounts
template <class AnyContainer>
void check_mounts(FieldErrors& errors, const FieldPath& path, const AnyContainer& container,
                  const VolumeNames& volumes) {
  const std::vector<VolumeDevice>& devices = container.volume_devices;
  const bool privileged =
      container.security_context && container.security_context->privileged.value_or(false);
  std::set<std::string_view> mounted;
  for (std::size_t i = 0; i < container.volume_mounts.size(); ++i) {
    const VolumeMount& mount = container.volume_mounts[i];
    const FieldPath at = path.index(i);
    const FieldPath name = at.child("name");
    const FieldPath mount_path = at.child("mountPath");
    if (mount.name.empty()) errors.required(name);
    if (!volumes.has(mount.name)) errors.not_found(name, mount.name);
    if (mount.mount_path.empty()) errors.required(mount_path);
    if (!mounted.insert(mount.mount_path).second) {
      errors.invalid(mount_path, mount.mount_path, "must be unique");
    }
    if (std::any_of(devices.begin(), devices.end(),
                    [&](const VolumeDevice& d) { return d.name == mount.name; })) {
      errors.invalid(name, mount.name, "must not already exist in volumeDevices");
    }
    if (std::any_of(devices.begin(), devices.end(),
                    [&](const VolumeDevice& d) { return d.device_path == mount.mount_path; })) {
      errors.invalid(mount_path, mount.mount_path,
                     "must not already exist as a path in volumeDevices");
    }
    if (!mount.sub_path.empty()) {
      check_descending_path(errors, path.child("subPath"), mount.sub_path);
    }
    if (!mount.sub_path_expr.empty()) {
      if (!mount.sub_path.empty()) {
        errors.invalid(at.child("subPathExpr"), mount.sub_path_expr,
                       "subPathExpr and subPath are mutually exclusive");
      }
      check_descending_path(errors, path.child("subPathExpr"), mount.sub_path_expr);
    }
    if (mount.mount_propagation) {
      check_propagation(errors, path.child("mountPropagation"), *mount.mount_propagation,
                        privileged);
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: ValidateVolumeDevices
template <class AnyContainer>
void check_devices(FieldErrors& errors, const FieldPath& path, const AnyContainer& container,
                   const VolumeNames& volumes) {
  const std::vector<VolumeMount>& mounts = container.volume_mounts;
  std::set<std::string_view> names;
  std::set<std::string_view> paths;
  for (std::size_t i = 0; i < container.volume_devices.size(); ++i) {
    const VolumeDevice& device = container.volume_devices[i];
    const FieldPath at = path.index(i);
    const FieldPath name = at.child("name");
    const FieldPath device_path = at.child("devicePath");
    if (device.name.empty()) errors.required(name);
    if (has(names, device.name)) errors.invalid(name, device.name, "must be unique");
    if (!volumes.has(device.name)) {
      errors.not_found(name, device.name);
    } else if (!volumes.is_claim(device.name)) {
      errors.invalid(name, device.name,
                     "can only use volume source type of PersistentVolumeClaim or Ephemeral for "
                     "block mode");
    }
    if (device.device_path.empty()) errors.required(device_path);
    if (has(paths, device.device_path)) {
      errors.invalid(device_path, device.device_path, "must be unique");
    }
    if (climbs(device.device_path)) {
      errors.invalid(device_path, device.device_path, "can not contain backsteps ('..')");
    } else {
      paths.insert(device.device_path);
    }
    if (std::any_of(mounts.begin(), mounts.end(),
                    [&](const VolumeMount& m) { return m.name == device.name; })) {
      errors.invalid(name, device.name, "must not already exist in volumeMounts");
    }
    if (std::any_of(mounts.begin(), mounts.end(),
                    [&](const VolumeMount& m) { return m.mount_path == device.device_path; })) {
      errors.invalid(device_path, device.device_path,
                     "must not already exist as a path in volumeMounts");
    }
    if (!device.name.empty()) names.insert(device.name);
  }
}

/// What all containers have in common. k8s 1.30 pkg/apis/core/validation: validateContainerCommon
template <class AnyContainer>
void check_common(FieldErrors& errors, const FieldPath& path, const AnyContainer& container,
                  const VolumeNames& volumes) {
  if (container.name.empty()) {
    errors.required(path.child("name"));
  } else {
    check_dns_label(errors, path.child("name"), container.name);
  }
  if (container.image.empty()) errors.required(path.child("image"));
  const Str& policy = container.termination_message_policy;
  if (policy.empty()) {
    errors.required(path.child("terminationMessagePolicy"));
  } else if (!is_one_of(policy, {"File", "FallbackToLogsOnError"})) {
    errors.not_supported(path.child("terminationMessagePolicy"), policy,
                         {"File", "FallbackToLogsOnError"});
  }
  check_ports(errors, path.child("ports"), container.ports);
  check_env(errors, path.child("env"), container.env);
  check_env_from(errors, path.child("envFrom"), container.env_from);
  check_mounts(errors, path.child("volumeMounts"), container, volumes);
  check_devices(errors, path.child("volumeDevices"), container, volumes);
  if (container.image_pull_policy.empty()) {
    errors.required(path.child("imagePullPolicy"));
  } else if (!is_one_of(container.image_pull_policy, {"Always", "IfNotPresent", "Never"})) {
    errors.not_supported(path.child("imagePullPolicy"), container.image_pull_policy,
                         {"Always", "IfNotPresent", "Never"});
  }
  check_resources(errors, path.child("resources"), container.resources);
  if (container.security_context) {
    check_container_security(errors, path.child("securityContext"), *container.security_context);
  }
}

// k8s 1.30 pkg/apis/core/validation: validateContainers
void check_regular(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                   const VolumeNames& volumes, std::int64_t grace) {
  if (spec.containers.empty()) {
    errors.required(path);
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < spec.containers.size(); ++i) {
    const Container& container = spec.containers[i];
    const FieldPath at = path.index(i);
    check_common(errors, at, container, volumes);
    if (!names.insert(container.name).second) errors.duplicate(at.child("name"), container.name);
    if (container.lifecycle) {
      check_lifecycle(errors, at.child("lifecycle"), *container.lifecycle, grace);
    }
    check_probes(errors, at, container, grace);
    if (container.restart_policy) {
      errors.forbidden(at.child("restartPolicy"), "may not be set for non-init containers");
    }
  }
  std::set<std::string> taken;
  for (std::size_t i = 0; i < spec.containers.size(); ++i) {
    check_host_ports(errors, path.index(i), spec.containers[i], taken);
  }
}

// k8s 1.30 pkg/apis/core/validation: validateInitContainers
void check_init(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                const VolumeNames& volumes, std::int64_t grace) {
  constexpr std::string_view kNotHere =
      "may not be set for init containers without restartPolicy=Always";
  std::set<std::string_view> names;
  for (const Container& container : spec.containers) names.insert(container.name);
  for (std::size_t i = 0; i < spec.init_containers.size(); ++i) {
    const Container& container = spec.init_containers[i];
    const FieldPath at = path.index(i);
    check_common(errors, at, container, volumes);
    const bool sidecar = container.restart_policy && *container.restart_policy == "Always";
    if (container.restart_policy && !sidecar) {
      errors.not_supported(at.child("restartPolicy"), *container.restart_policy, {"Always"});
    }
    if (has(names, container.name)) {
      errors.duplicate(at.child("name"), container.name);
    } else if (!container.name.empty()) {
      names.insert(container.name);
    }
    // Init containers run one after the other, so each has the host's ports to itself.
    std::set<std::string> taken;
    check_host_ports(errors, path.index(0), container, taken);
    if (sidecar) {
      if (container.lifecycle) {
        check_lifecycle(errors, at.child("lifecycle"), *container.lifecycle, grace);
      }
      check_probes(errors, at, container, grace);
    } else {
      if (container.lifecycle) errors.forbidden(at.child("lifecycle"), kNotHere);
      if (container.liveness_probe) errors.forbidden(at.child("livenessProbe"), kNotHere);
      if (container.readiness_probe) errors.forbidden(at.child("readinessProbe"), kNotHere);
      if (container.startup_probe) errors.forbidden(at.child("startupProbe"), kNotHere);
    }
  }
}

// k8s 1.30 pkg/apis/core/validation: validateEphemeralContainers
void check_ephemeral(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                     const VolumeNames& volumes) {
  constexpr std::string_view kNotHere = "cannot be set for an Ephemeral Container";
  if (spec.ephemeral_containers.empty()) return;
  std::set<std::string_view> targets;
  for (const Container& container : spec.containers) targets.insert(container.name);
  for (const Container& container : spec.init_containers) targets.insert(container.name);
  std::set<std::string_view> names = targets;
  for (std::size_t i = 0; i < spec.ephemeral_containers.size(); ++i) {
    const EphemeralContainer& ephemeral = spec.ephemeral_containers[i];
    const EphemeralContainerCommon& container = ephemeral.ephemeral_container_common;
    const FieldPath at = path.index(i);
    check_common(errors, at, container, volumes);
    check_image_text(errors, at.child("image"), container.image);
    if (!names.insert(container.name).second) errors.duplicate(at.child("name"), container.name);
    const Str& target = ephemeral.target_container_name;
    if (!target.empty() && !has(targets, target)) {
      errors.not_found(at.child("targetContainerName"), target);
    }
    const auto forbid = [&](std::string_view field, bool set) {
      if (set) errors.forbidden(at.child(field), kNotHere);
    };
    forbid("ports", !container.ports.empty());
    forbid("resources", !(container.resources == ResourceRequirements()));
    forbid("restartPolicy", container.restart_policy.has_value());
    forbid("livenessProbe", container.liveness_probe.has_value());
    forbid("readinessProbe", container.readiness_probe.has_value());
    forbid("startupProbe", container.startup_probe.has_value());
    forbid("lifecycle", container.lifecycle.has_value());
    const FieldPath mounts = at.child("volumeMounts");
    for (std::size_t m = 0; m < container.volume_mounts.size(); ++m) {
      const FieldPath mount = mounts.index(m);
      if (!container.volume_mounts[m].sub_path.empty()) {
        errors.forbidden(mount.child("subPath"), kNotHere);
      }
      if (!container.volume_mounts[m].sub_path_expr.empty()) {
        errors.forbidden(mount.child("subPathExpr"), kNotHere);
      }
    }
  }
}

}  // namespace

// k8s 1.30 pkg/apis/core/validation: validateContainerOnlyForPod
void check_image_text(FieldErrors& errors, const FieldPath& path, std::string_view image) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  if (image.empty()) return;
  if (kBlanks.find(image.front()) != std::string_view::npos ||
      kBlanks.find(image.back()) != std::string_view::npos) {
    errors.invalid(path, image, "must not have leading or trailing whitespace");
  }
}

void check_containers(FieldErrors& errors, const FieldPath& path, const PodSpec& spec,
                      const VolumeNames& volumes) {
  const std::int64_t grace = spec.termination_grace_period_seconds.value_or(0);
  check_regular(errors, path.child("containers"), spec, volumes, grace);
  check_init(errors, path.child("initContainers"), spec, volumes, grace);
  check_ephemeral(errors, path.child("ephemeralContainers"), spec, volumes);
}

}  // namespace sim
