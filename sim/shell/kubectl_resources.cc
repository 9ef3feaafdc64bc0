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
    {"limitranges", "limitrange", "limits", "", "v1", "LimitRange", true, false, {}},
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
    {"csistoragecapacities",
     "csistoragecapacity",
     "",
     "storage.k8s.io",
     "v1",
     "CSIStorageCapacity",
     true,
     false,
     {}},
};

/// Whether `kubectl get all` shows a kind that podsight holds.
bool is_in_all(Kind kind) {
  constexpr Kind kInAll[] = {Kind::Pod,     Kind::ReplicaSet,  Kind::Deployment,
                             Kind::Service, Kind::StatefulSet, Kind::DaemonSet,
                             Kind::Job,     Kind::CronJob,     Kind::HorizontalPodAutoscaler};
  return std::find(std::begin(kInAll), std::end(kInAll), kind) != std::end(kInAll);
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
