#include "sim/shell/kubectl_resources.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "sim/base/format.h"

namespace sim::kubectl {
namespace {

/// Kinds of a real cluster that podsight has none of: asking for them finds nothing, as in an empty
/// one.
constexpr ApiResource kEmpty[] = {
    {"endpoints", "endpoints", "ep", "", "v1", "Endpoints", true, false, {}},
    {"limitranges", "limitrange", "limits", "", "v1", "LimitRange", true, false, {}},
    {"persistentvolumeclaims",
     "persistentvolumeclaim",
     "pvc",
     "",
     "v1",
     "PersistentVolumeClaim",
     true,
     false,
     {}},
    {"persistentvolumes", "persistentvolume", "pv", "", "v1", "PersistentVolume", false, false, {}},
    {"podtemplates", "podtemplate", "", "", "v1", "PodTemplate", true, false, {}},
    {"replicationcontrollers",
     "replicationcontroller",
     "rc",
     "",
     "v1",
     "ReplicationController",
     true,
     true,
     {}},
    {"resourcequotas", "resourcequota", "quota", "", "v1", "ResourceQuota", true, false, {}},
    {"secrets", "secret", "", "", "v1", "Secret", true, false, {}},
    {"services", "service", "svc", "", "v1", "Service", true, true, {}},
    {"controllerrevisions",
     "controllerrevision",
     "",
     "apps",
     "v1",
     "ControllerRevision",
     true,
     false,
     {}},
    {"daemonsets", "daemonset", "ds", "apps", "v1", "DaemonSet", true, true, {}},
    {"statefulsets", "statefulset", "sts", "apps", "v1", "StatefulSet", true, true, {}},
    {"horizontalpodautoscalers",
     "horizontalpodautoscaler",
     "hpa",
     "autoscaling",
     "v2",
     "HorizontalPodAutoscaler",
     true,
     true,
     {}},
    {"cronjobs", "cronjob", "cj", "batch", "v1", "CronJob", true, true, {}},
    {"jobs", "job", "", "batch", "v1", "Job", true, true, {}},
    {"endpointslices",
     "endpointslice",
     "",
     "discovery.k8s.io",
     "v1",
     "EndpointSlice",
     true,
     false,
     {}},
    {"ingressclasses",
     "ingressclass",
     "",
     "networking.k8s.io",
     "v1",
     "IngressClass",
     false,
     false,
     {}},
    {"ingresses", "ingress", "ing", "networking.k8s.io", "v1", "Ingress", true, false, {}},
    {"networkpolicies",
     "networkpolicy",
     "netpol",
     "networking.k8s.io",
     "v1",
     "NetworkPolicy",
     true,
     false,
     {}},
    {"poddisruptionbudgets",
     "poddisruptionbudget",
     "pdb",
     "policy",
     "v1",
     "PodDisruptionBudget",
     true,
     false,
     {}},
    {"clusterrolebindings",
     "clusterrolebinding",
     "",
     "rbac.authorization.k8s.io",
     "v1",
     "ClusterRoleBinding",
     false,
     false,
     {}},
    {"clusterroles",
     "clusterrole",
     "",
     "rbac.authorization.k8s.io",
     "v1",
     "ClusterRole",
     false,
     false,
     {}},
    {"rolebindings",
     "rolebinding",
     "",
     "rbac.authorization.k8s.io",
     "v1",
     "RoleBinding",
     true,
     false,
     {}},
    {"roles", "role", "", "rbac.authorization.k8s.io", "v1", "Role", true, false, {}},
    {"priorityclasses",
     "priorityclass",
     "pc",
     "scheduling.k8s.io",
     "v1",
     "PriorityClass",
     false,
     false,
     {}},
    {"csidrivers", "csidriver", "", "storage.k8s.io", "v1", "CSIDriver", false, false, {}},
    {"csinodes", "csinode", "", "storage.k8s.io", "v1", "CSINode", false, false, {}},
    {"csistoragecapacities",
     "csistoragecapacity",
     "",
     "storage.k8s.io",
     "v1",
     "CSIStorageCapacity",
     true,
     false,
     {}},
    {"storageclasses",
     "storageclass",
     "sc",
     "storage.k8s.io",
     "v1",
     "StorageClass",
     false,
     false,
     {}},
    {"volumeattachments",
     "volumeattachment",
     "",
     "storage.k8s.io",
     "v1",
     "VolumeAttachment",
     false,
     false,
     {}},
};

/// Whether `kubectl get all` shows a kind that podsight holds.
bool is_in_all(Kind kind) {
  switch (kind) {
    case Kind::Pod:
    case Kind::ReplicaSet:
    case Kind::Deployment:
      return true;
    case Kind::Namespace:
    case Kind::Node:
    case Kind::ConfigMap:
    case Kind::ServiceAccount:
    case Kind::Event:
    case Kind::Lease:
    case Kind::Machine:
    case Kind::PodSandbox:
    case Kind::ContainerInstance:
    case Kind::Disk:
      return false;
  }
  return false;
}

std::vector<ApiResource> make_list() {
  std::vector<ApiResource> all(std::begin(kEmpty), std::end(kEmpty));
  for (int k = 0; k < kApiKindCount; ++k) {
    const Kind kind = static_cast<Kind>(k);
    const KindInfo& known = info(kind);
    all.push_back({known.plural, known.singular, known.short_names, known.group, known.version,
                   known.name, known.namespaced, is_in_all(kind), kind});
  }
  std::sort(all.begin(), all.end(), [](const ApiResource& a, const ApiResource& b) {
    return std::tie(a.group, a.plural) < std::tie(b.group, b.plural);
  });
  return all;
}

bool is_among(std::string_view word, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

const std::vector<ApiResource>& api_resource_list() {
  static const std::vector<ApiResource> all = make_list();
  return all;
}

const ApiResource* find_api_resource(std::string_view word) {
  std::string name(word);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::size_t dot = name.find('.');
  const std::string suffix = dot == std::string::npos ? "" : name.substr(dot + 1);
  name = name.substr(0, dot);
  for (const ApiResource& resource : api_resource_list()) {
    if (name != resource.plural && name != resource.singular &&
        !is_among(name, resource.short_names)) {
      continue;
    }
    // "deployments.apps", "deployments.v1.apps", "pods.v1."
    if (dot == std::string::npos || suffix == resource.group ||
        suffix == fmt::format("{}.{}", resource.version, resource.group)) {
      return &resource;
    }
  }
  return nullptr;
}

std::string full_name(const ApiResource& resource) {
  return resource.group.empty() ? std::string(resource.plural)
                                : fmt::format("{}.{}", resource.plural, resource.group);
}

std::string go_name(const ApiResource& resource) {
  return fmt::format("{}/{}, Resource={}", resource.group, resource.version, resource.plural);
}

}  // namespace sim::kubectl
