// Names that follow what a kustomization does to names: the hash of what a generator made, and the
// fields in which one resource names another.
// kustomize api/hasher; api/internal/konfig/builtinpluginconsts: namereference.go
#include <algorithm>

#include "sim/base/format.h"
#include "sim/shell/kustomize_resources.h"
#include "sim/shell/name_hash.h"

namespace sim::kustomize {
namespace {

std::string hash_of(const Resource& resource) {
  const Json& json = resource.json;
  const bool secret = resource.id().kind == "Secret";
  Json hashed;
  hashed["kind"] = secret ? "Secret" : "ConfigMap";
  hashed["name"] = "";  // kustomize means the name, and looks for it in the wrong place
  hashed["data"] = json.contains("data") ? json["data"] : Json("");
  if (secret) hashed["type"] = text_of(json, "type");
  for (const char* key : {"binaryData", "stringData"}) {
    if (json.contains(key) && secret == (std::string_view(key) == "stringData")) {
      hashed[key] = json[key];
    }
  }
  return name_hash(hashed);
}

/// A field that holds a name of a kind: "spec/volumeName"; "POD" stands for wherever the kind has a
/// pod's spec.
struct Reference {
  std::string_view target;
  std::string_view kinds;  // that have the field, with commas around each; empty: all with a POD
  std::string_view path;
};
constexpr Reference kReferences[] = {
    {"ConfigMap", "", "POD/volumes[]/configMap/name"},
    {"ConfigMap", "", "POD/volumes[]/projected/sources[]/configMap/name"},
    {"ConfigMap", "", "POD/containers[]/env[]/valueFrom/configMapKeyRef/name"},
    {"ConfigMap", "", "POD/initContainers[]/env[]/valueFrom/configMapKeyRef/name"},
    {"ConfigMap", "", "POD/containers[]/envFrom[]/configMapRef/name"},
    {"ConfigMap", "", "POD/initContainers[]/envFrom[]/configMapRef/name"},
    {"Secret", "", "POD/volumes[]/secret/secretName"},
    {"Secret", "", "POD/volumes[]/projected/sources[]/secret/name"},
    {"Secret", "", "POD/containers[]/env[]/valueFrom/secretKeyRef/name"},
    {"Secret", "", "POD/initContainers[]/env[]/valueFrom/secretKeyRef/name"},
    {"Secret", "", "POD/containers[]/envFrom[]/secretRef/name"},
    {"Secret", "", "POD/initContainers[]/envFrom[]/secretRef/name"},
    {"Secret", "", "POD/imagePullSecrets[]/name"},
    {"Secret", ",ServiceAccount,", "imagePullSecrets[]/name"},
    {"Secret", ",ServiceAccount,", "secrets[]/name"},
    {"ServiceAccount", "", "POD/serviceAccountName"},
    {"ServiceAccount", "", "POD/serviceAccount"},
    {"PersistentVolumeClaim", "", "POD/volumes[]/persistentVolumeClaim/claimName"},
    {"PriorityClass", "", "POD/priorityClassName"},
    {"Service", ",StatefulSet,", "spec/serviceName"},
    {"PersistentVolume", ",PersistentVolumeClaim,", "spec/volumeName"},
    {"StorageClass", ",PersistentVolume,PersistentVolumeClaim,", "spec/storageClassName"},
    {"StorageClass", ",StatefulSet,", "spec/volumeClaimTemplates[]/spec/storageClassName"},
    {"Deployment", ",HorizontalPodAutoscaler,", "spec/scaleTargetRef/name"},
    {"ReplicaSet", ",HorizontalPodAutoscaler,", "spec/scaleTargetRef/name"},
    {"StatefulSet", ",HorizontalPodAutoscaler,", "spec/scaleTargetRef/name"},
};

std::string_view pod_path(const std::string& kind) {
  if (kind == "Pod") return "spec";
  if (kind == "CronJob") return "spec/jobTemplate/spec/template/spec";
  constexpr std::string_view kTemplated =
      ",Deployment,ReplicaSet,DaemonSet,StatefulSet,Job,ReplicationController,";
  return kTemplated.find("," + kind + ",") == std::string_view::npos ? "" : "spec/template/spec";
}

/// The resource that a name means, seen from another one.
const Resource* find_target(const Resources& resources, const Resource& from, std::string_view kind,
                            const std::string& name) {
  const Id here = from.id();
  std::vector<const Resource*> found;
  for (const Resource& resource : resources) {
    const Id now = resource.id();
    if (now.kind != kind) continue;
    if (!is_cluster_scoped(now) && !is_cluster_scoped(here) && now.ns != here.ns) continue;
    bool named = now.name == name;
    for (const Id& before : resource.former) named = named || before.name == name;
    if (named) found.push_back(&resource);
  }
  // Of several, the one that went the same way through the kustomizations.
  if (found.size() > 1) {
    const auto alike = std::find_if(found.begin(), found.end(), [&](const Resource* one) {
      return one->prefixes == from.prefixes && one->suffixes == from.suffixes;
    });
    if (alike != found.end()) return *alike;
  }
  return found.empty() ? nullptr : found.front();
}

template <class F>
void at_path(Json& json, std::string_view path, F&& change) {
  if (path.empty()) {
    change(json);
    return;
  }
  const std::size_t slash = path.find('/');
  std::string_view name = path.substr(0, slash);
  const std::string_view rest =
      slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  const bool is_list = name.size() > 2 && name.substr(name.size() - 2) == "[]";
  if (is_list) name.remove_suffix(2);
  if (!json.is_object()) return;
  const auto below = json.find(std::string(name));
  if (below == json.end()) return;
  if (!is_list) {
    at_path(*below, rest, change);
  } else if (below->is_array()) {
    for (Json& item : *below) at_path(item, rest, change);
  }
}

}  // namespace

void add_hashes(Resources& resources) {
  for (Resource& resource : resources) {
    if (!resource.hashed) continue;
    resource.rename(fmt::format("{}-{}", resource.id().name, hash_of(resource)));
  }
}

void fix_references(Resources& resources) {
  for (Resource& resource : resources) {
    const std::string kind = resource.id().kind;
    for (const Reference& reference : kReferences) {
      std::string path(reference.path);
      if (path.compare(0, 4, "POD/") == 0) {
        const std::string_view pod = pod_path(kind);
        if (pod.empty()) continue;
        path = fmt::format("{}/{}", pod, path.substr(4));
      } else if (reference.kinds.find("," + kind + ",") == std::string_view::npos) {
        continue;
      }
      if (reference.path == "spec/scaleTargetRef/name") {
        const Json& json = resource.json;
        const auto target = Json::json_pointer("/spec/scaleTargetRef/kind");
        if (!json.contains(target) || json[target] != reference.target) continue;
      }
      at_path(resource.json, path, [&](Json& name) {
        if (!name.is_string()) return;
        const Resource* target =
            find_target(resources, resource, reference.target, name.get<std::string>());
        if (target) name = target->id().name;
      });
    }
  }
}

}  // namespace sim::kustomize
