#include "sim/model/defaults.h"

#include <string_view>

namespace sim {
namespace {

template <class T>
void set_if_empty(T& field, const char* value) {
  if (field.empty()) field = value;
}
template <class T, class V>
void set_if_absent(std::optional<T>& field, V value) {
  if (!field) field = value;
}
void set_if_zero(std::int32_t& field, std::int32_t value) {
  if (field == 0) field = value;
}

/// Always for a tag that moves (latest, or none), else IfNotPresent.
const char* pull_policy(std::string_view image) {
  if (image.find('@') != std::string_view::npos) return "IfNotPresent";
  const std::size_t slash = image.rfind('/');
  const std::size_t colon = image.rfind(':');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  return tagged && image.substr(colon + 1) != "latest" ? "IfNotPresent" : "Always";
}

void default_http(HTTPGetAction& action) {
  set_if_empty(action.path, "/");
  set_if_empty(action.scheme, "HTTP");
}

void default_probe(Box<Probe>& box) {
  if (!box) return;
  Probe& probe = box.edit();
  set_if_zero(probe.timeout_seconds, 1);
  set_if_zero(probe.period_seconds, 10);
  set_if_zero(probe.success_threshold, 1);
  set_if_zero(probe.failure_threshold, 3);
  if (probe.probe_handler.http_get) default_http(probe.probe_handler.http_get.edit());
  if (probe.probe_handler.grpc) set_if_absent(probe.probe_handler.grpc.edit().service, Str());
}

void default_handler(Box<LifecycleHandler>& box) {
  if (box && box->http_get) default_http(box.edit().http_get.edit());
}

void default_field_ref(Box<ObjectFieldSelector>& ref) {
  if (ref) set_if_empty(ref.edit().api_version, "v1");
}

void default_container(Container& container) {
  if (container.image_pull_policy.empty())
    container.image_pull_policy = pull_policy(container.image);
  set_if_empty(container.termination_message_path, "/dev/termination-log");
  set_if_empty(container.termination_message_policy, "File");
  for (ContainerPort& port : container.ports) set_if_empty(port.protocol, "TCP");
  default_probe(container.liveness_probe);
  default_probe(container.readiness_probe);
  default_probe(container.startup_probe);
  if (container.lifecycle) {
    Lifecycle& lifecycle = container.lifecycle.edit();
    default_handler(lifecycle.post_start);
    default_handler(lifecycle.pre_stop);
  }
  for (EnvVar& variable : container.env) {
    if (variable.value_from && variable.value_from->field_ref) {
      default_field_ref(variable.value_from.edit().field_ref);
    }
  }
}

void default_items(std::vector<DownwardAPIVolumeFile>& items) {
  for (DownwardAPIVolumeFile& item : items) default_field_ref(item.field_ref);
}

void default_volume(VolumeSource& source) {
  if (source == VolumeSource()) source.empty_dir = EmptyDirVolumeSource();
  if (source.secret) set_if_absent(source.secret.edit().default_mode, 420);
  if (source.config_map) set_if_absent(source.config_map.edit().default_mode, 420);
  if (source.downward_api) {
    set_if_absent(source.downward_api.edit().default_mode, 420);
    default_items(source.downward_api.edit().items);
  }
  if (source.projected) {
    ProjectedVolumeSource& projected = source.projected.edit();
    set_if_absent(projected.default_mode, 420);
    for (VolumeProjection& part : projected.sources) {
      if (part.service_account_token) {
        set_if_absent(part.service_account_token.edit().expiration_seconds, 3600);
      }
      if (part.downward_api) default_items(part.downward_api.edit().items);
    }
  }
  if (source.host_path) set_if_absent(source.host_path.edit().type, Str());
  if (source.iscsi) set_if_empty(source.iscsi.edit().iscsi_interface, "default");
  if (source.rbd) {
    RBDVolumeSource& rbd = source.rbd.edit();
    set_if_empty(rbd.pool, "rbd");
    set_if_empty(rbd.user, "admin");
    set_if_empty(rbd.keyring, "/etc/ceph/keyring");
  }
  if (source.azure_disk) {
    AzureDiskVolumeSource& disk = source.azure_disk.edit();
    set_if_absent(disk.caching_mode, Str("ReadWrite"));
    set_if_absent(disk.kind, Str("Shared"));
    set_if_absent(disk.fs_type, Str("ext4"));
    set_if_absent(disk.read_only, false);
  }
  if (source.scale_io) {
    set_if_empty(source.scale_io.edit().storage_mode, "ThinProvisioned");
    set_if_empty(source.scale_io.edit().fs_type, "xfs");
  }
  if (source.ephemeral && source.ephemeral->volume_claim_template) {
    set_if_absent(source.ephemeral.edit().volume_claim_template.edit().spec.volume_mode,
                  Str("Filesystem"));
  }
}

void default_deployment(Deployment& deployment) {
  DeploymentSpec& spec = deployment.spec;
  set_if_absent(spec.replicas, 1);
  set_if_empty(spec.strategy.type, "RollingUpdate");
  if (spec.strategy.type == "RollingUpdate") {
    RollingUpdateDeployment& rolling = spec.strategy.rolling_update.edit();
    const IntOrString quarter{true, 0, "25%"};
    set_if_absent(rolling.max_surge, quarter);
    set_if_absent(rolling.max_unavailable, quarter);
  }
  set_if_absent(spec.revision_history_limit, 10);
  set_if_absent(spec.progress_deadline_seconds, 600);
  set_template_defaults(spec.pod_template);
}

/// A limit without a request asks for what it limits.
void copy_limits(std::vector<Container>& containers) {
  for (Container& container : containers) {
    for (const auto& [name, amount] : container.resources.limits) {
      if (!container.resources.requests.find(name)) container.resources.requests.set(name, amount);
    }
  }
}

}  // namespace

void set_template_defaults(Box<PodTemplateSpec>& pod_template) {
  set_pod_spec_defaults(pod_template.edit().spec);
}

void set_pod_spec_defaults(PodSpec& spec) {
  set_if_empty(spec.restart_policy, "Always");
  set_if_empty(spec.dns_policy, "ClusterFirst");
  set_if_empty(spec.scheduler_name, "default-scheduler");
  set_if_absent(spec.termination_grace_period_seconds, 30);
  spec.security_context.edit();
  // k8s 1.30 pkg/apis/core/v1/conversion.go: the old name of the field mirrors the new one.
  if (spec.service_account_name.empty()) spec.service_account_name = spec.service_account;
  spec.service_account = spec.service_account_name;
  for (Container& container : spec.containers) default_container(container);
  for (Container& container : spec.init_containers) default_container(container);
  for (Volume& volume : spec.volumes) default_volume(volume.volume_source);
}

void set_pod_only_defaults(PodSpec& spec) {
  copy_limits(spec.containers);
  copy_limits(spec.init_containers);
  set_if_absent(spec.enable_service_links, true);
  if (spec.host_network) {
    for (std::vector<Container>* list : {&spec.containers, &spec.init_containers}) {
      for (Container& container : *list) {
        for (ContainerPort& port : container.ports) {
          set_if_zero(port.host_port, port.container_port);
        }
      }
    }
  }
}

void set_defaults(Object& object) {
  switch (object.kind) {
    case Kind::Pod: {
      auto& pod = static_cast<Pod&>(object);
      PodSpec& spec = pod.spec.edit();
      set_pod_spec_defaults(spec);
      set_pod_only_defaults(spec);
      break;
    }
    case Kind::Deployment:
      default_deployment(static_cast<Deployment&>(object));
      break;
    case Kind::ReplicaSet: {
      auto& set = static_cast<ReplicaSet&>(object);
      set_if_absent(set.spec.replicas, 1);
      set_template_defaults(set.spec.pod_template);
      break;
    }
    case Kind::Namespace:
      object.meta.labels.set("kubernetes.io/metadata.name", object.meta.name);
      break;
    case Kind::Node: {
      auto& node = static_cast<Node&>(object);
      if (node.status.allocatable.empty()) node.status.allocatable = node.status.capacity;
      break;
    }
    default:
      set_storage_defaults(object);
      set_service_defaults(object);
      set_controller_defaults(object);
      break;
  }
}

}  // namespace sim
