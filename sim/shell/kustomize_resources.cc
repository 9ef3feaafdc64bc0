#include "sim/shell/kustomize_resources.h"

#include <algorithm>
#include <iterator>

#include "sim/base/format.h"
#include "sim/model/manifest.h"
#include "sim/shell/kubectl_resources.h"

namespace sim::kustomize {
namespace {

// kustomize api/internal/builtins: SortOrderTransformer, defaultOrderFirst and defaultOrderLast
constexpr std::string_view kFirst[] = {"Namespace",
                                       "ResourceQuota",
                                       "StorageClass",
                                       "CustomResourceDefinition",
                                       "ServiceAccount",
                                       "PodSecurityPolicy",
                                       "Role",
                                       "ClusterRole",
                                       "RoleBinding",
                                       "ClusterRoleBinding",
                                       "ConfigMap",
                                       "Secret",
                                       "Endpoints",
                                       "Service",
                                       "LimitRange",
                                       "PriorityClass",
                                       "PersistentVolume",
                                       "PersistentVolumeClaim",
                                       "Deployment",
                                       "StatefulSet",
                                       "CronJob",
                                       "PodDisruptionBudget"};
constexpr std::string_view kLast[] = {"MutatingWebhookConfiguration",
                                      "ValidatingWebhookConfiguration"};

int rank(const std::string& kind) {
  const auto first = std::find(std::begin(kFirst), std::end(kFirst), kind);
  if (first != std::end(kFirst)) return static_cast<int>(first - std::end(kFirst));
  const auto last = std::find(std::begin(kLast), std::end(kLast), kind);
  return last == std::end(kLast) ? 0 : 1 + static_cast<int>(last - std::begin(kLast));
}

/// What things of one rank are sorted by.
std::string sort_text(const Id& id) {
  const auto or_else = [](const std::string& text, const char* none) {
    return text.empty() ? std::string(none) : text;
  };
  return fmt::format("{}_{}_{}|{}|{}", or_else(id.group, "~G"), or_else(id.version, "~V"),
                     or_else(id.kind, "~K"), or_else(id.ns, "~X"), or_else(id.name, "~N"));
}

/// Go's %v of a map of strings.
std::string go_map(const Json& meta, const char* key) {
  std::string text;
  if (meta.contains(key) && meta[key].is_object()) {
    for (auto item = meta[key].begin(); item != meta[key].end(); ++item) {
      text += fmt::format("{}{}:{}", text.empty() ? "" : " ", item.key(),
                          item->is_string() ? item->get<std::string>() : item->dump());
    }
  }
  return fmt::format("map[{}]", text);
}

/// kustomize kyaml/yaml: ResourceMeta, as Go's %v prints it.
std::string object_text(const Json& json) {
  const Json meta =
      json.contains("metadata") && json["metadata"].is_object() ? json["metadata"] : Json::object();
  return fmt::format("{{{{{} {}}} {{{{{} {}}} {} {}}}}}", text_of(json, "apiVersion"),
                     text_of(json, "kind"), text_of(meta, "name"), text_of(meta, "namespace"),
                     go_map(meta, "labels"), go_map(meta, "annotations"));
}

std::string what_is_missing(const Json& json) {
  if (text_of(json, "kind").empty()) return "missing kind in object " + object_text(json);
  const bool named = json.contains("metadata") && !text_of(json["metadata"], "name").empty();
  return named ? "" : "missing metadata.name in object " + object_text(json);
}

}  // namespace

std::string text_of(const Json& json, std::string_view key) {
  if (!json.is_object()) return "";
  const auto found = json.find(std::string(key));
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_cluster_scoped(const Id& id) {
  for (const kubectl::ApiResource& resource : kubectl::api_resource_list()) {
    if (resource.name == id.kind && resource.group == id.group) return !resource.namespaced;
  }
  return false;
}

std::string to_text(const Id& id) {
  const auto or_else = [](const std::string& text, const char* none) {
    return text.empty() ? std::string(none) : text;
  };
  return fmt::format("{}.{}.{}/{}.{}", or_else(id.kind, "[noKind]"), or_else(id.version, "[noVer]"),
                     or_else(id.group, "[noGrp]"), or_else(id.name, "[noName]"),
                     or_else(id.ns, "[noNs]"));
}

bool same(const Id& a, const Id& b) {
  if (a.group != b.group || a.version != b.version || a.kind != b.kind || a.name != b.name) {
    return false;
  }
  const auto ns = [](const Id& id) {
    if (is_cluster_scoped(id)) return std::string();
    return id.ns.empty() ? std::string("default") : id.ns;
  };
  return ns(a) == ns(b);
}

Id Resource::id() const {
  Id id;
  const std::string version = text_of(json, "apiVersion");
  const std::size_t slash = version.find('/');
  if (slash != std::string::npos) id.group = version.substr(0, slash);
  id.version = slash == std::string::npos ? version : version.substr(slash + 1);
  id.kind = text_of(json, "kind");
  if (json.contains("metadata")) {
    id.name = text_of(json["metadata"], "name");
    id.ns = text_of(json["metadata"], "namespace");
  }
  return id;
}

bool Resource::had(const Id& wanted) const {
  return same(id(), wanted) || std::any_of(former.begin(), former.end(),
                                           [&](const Id& before) { return same(before, wanted); });
}

void Resource::remember() {
  const Id now = id();
  if (former.empty() || former.back() != now) former.push_back(now);
}

void Resource::rename(const std::string& name) {
  remember();
  json["metadata"]["name"] = name;
}

std::optional<Resources> parse_resources(const std::string& text, const std::string& file,
                                         std::string* error) {
  Resources resources;
  try {
    for (Document& document : parse_documents_as({.old_booleans = false}, text, file)) {
      if (!document.json.is_object()) {
        *error = "missing Resource metadata";
        return std::nullopt;
      }
      if (const std::string missing = what_is_missing(document.json); !missing.empty()) {
        *error = missing;
        return std::nullopt;
      }
      Resource made;
      made.json = std::move(document.json);
      resources.push_back(std::move(made));
    }
  } catch (const ManifestError& wrong) {
    constexpr std::string_view kYaml = "error converting YAML to JSON: ";
    std::string_view words = wrong.kubectl_words();
    if (words.substr(0, kYaml.size()) == kYaml) words.remove_prefix(kYaml.size());
    *error = fmt::format("MalformedYAMLError: {} in File: {}", words, file);
    return std::nullopt;
  }
  return resources;
}

void sort_legacy(Resources& resources) {
  std::stable_sort(resources.begin(), resources.end(), [](const Resource& a, const Resource& b) {
    const Id left = a.id();
    const Id right = b.id();
    const int left_rank = rank(left.kind);
    const int right_rank = rank(right.kind);
    if (left_rank != right_rank) return left_rank < right_rank;
    return sort_text(left) < sort_text(right);
  });
}

}  // namespace sim::kustomize
