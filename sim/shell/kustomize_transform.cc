// The transformers of a kustomization, and the fields of each kind that they change.
// kustomize api/internal/konfig/builtinpluginconsts; api/filters
#include <algorithm>
#include <functional>
#include <iterator>

#include "sim/base/format.h"
#include "sim/shell/kustomize_resources.h"

namespace sim::kustomize {
namespace {

/// A field of some kinds: "spec/template/metadata/labels"; "[]" behind a name goes through a list.
struct FieldSpec {
  std::string_view kinds;  // with commas around each; empty: all kinds
  std::string_view path;
  bool create = true;  // made when it is not there
};

constexpr std::string_view kTemplated =
    ",Deployment,ReplicaSet,DaemonSet,StatefulSet,ReplicationController,";
constexpr FieldSpec kSelectors[] = {
    {",Service,ReplicationController,", "spec/selector"},
    {",Deployment,ReplicaSet,DaemonSet,StatefulSet,", "spec/selector/matchLabels"},
    {",Job,PodDisruptionBudget,", "spec/selector/matchLabels", false},
    {",CronJob,", "spec/jobTemplate/spec/selector/matchLabels", false},
};
constexpr FieldSpec kTemplateLabels[] = {
    {kTemplated, "spec/template/metadata/labels"},
    {",Job,", "spec/template/metadata/labels"},
    {",StatefulSet,", "spec/volumeClaimTemplates[]/metadata/labels"},
    {",CronJob,", "spec/jobTemplate/metadata/labels"},
    {",CronJob,", "spec/jobTemplate/spec/template/metadata/labels"},
};
constexpr FieldSpec kPodTerms[] = {
    {",Deployment,StatefulSet,",
     "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution[]/"
     "podAffinityTerm/labelSelector/matchLabels",
     false},
    {",Deployment,StatefulSet,",
     "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution[]/"
     "labelSelector/matchLabels",
     false},
    {",Deployment,StatefulSet,",
     "spec/template/spec/affinity/podAntiAffinity/"
     "preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels",
     false},
    {",Deployment,StatefulSet,",
     "spec/template/spec/affinity/podAntiAffinity/"
     "requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels",
     false},
    {",Deployment,StatefulSet,",
     "spec/template/spec/topologySpreadConstraints[]/labelSelector/matchLabels", false},
};
constexpr FieldSpec kAnnotations[] = {
    {kTemplated, "spec/template/metadata/annotations"},
    {",Job,", "spec/template/metadata/annotations"},
    {",CronJob,", "spec/jobTemplate/metadata/annotations"},
    {",CronJob,", "spec/jobTemplate/spec/template/metadata/annotations"},
};

bool concerns(const FieldSpec& spec, const std::string& kind) {
  return spec.kinds.empty() || spec.kinds.find("," + kind + ",") != std::string_view::npos;
}

/// Adds the pairs to the map at a path.
void add_pairs(Json& json, std::string_view path, bool create, const Pairs& pairs) {
  if (path.empty()) {
    if (json.is_null()) json = Json::object();
    if (!json.is_object()) return;
    for (const auto& [key, value] : pairs) json[key] = value;
    return;
  }
  const std::size_t slash = path.find('/');
  std::string_view name = path.substr(0, slash);
  const std::string_view rest =
      slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  const bool is_list = name.substr(name.size() - std::min<std::size_t>(2, name.size())) == "[]";
  if (is_list) name.remove_suffix(2);
  const std::string key(name);
  if (json.is_null() && create) json = Json::object();
  if (!json.is_object()) return;
  if (is_list) {
    const auto list = json.find(key);
    if (list == json.end() || !list->is_array()) return;
    for (Json& item : *list) add_pairs(item, rest, create, pairs);
    return;
  }
  if (!json.contains(key) && !create) return;
  add_pairs(json[key], rest, create, pairs);
}

template <std::size_t N>
void add_at(const FieldSpec (&specs)[N], const Pairs& pairs, Resource& resource) {
  for (const FieldSpec& spec : specs) {
    if (concerns(spec, resource.id().kind)) {
      add_pairs(resource.json, spec.path, spec.create, pairs);
    }
  }
}

bool is_tag(std::string_view text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "_.{}-") == std::string_view::npos;
}

struct ImageName {
  std::string name, tag, digest;
};
ImageName split_image(const std::string& image) {
  ImageName parts;
  const std::size_t at = image.find('@');
  std::string rest = image.substr(0, at);
  if (at != std::string::npos) parts.digest = image.substr(at + 1);
  // A colon before the last slash belongs to the registry's port.
  const std::size_t slash = rest.rfind('/');
  const std::size_t colon = rest.find(':', slash == std::string::npos ? 0 : slash);
  parts.name = rest.substr(0, colon);
  if (colon != std::string::npos) parts.tag = rest.substr(colon + 1);
  return parts;
}

std::string changed_image(const std::string& image, const ImageRule& rule) {
  ImageName parts = split_image(image);
  if (parts.name != rule.name || !is_tag(parts.tag)) return image;
  if (!rule.new_name.empty()) parts.name = rule.new_name;
  if (!rule.new_tag.empty()) {
    parts.tag = rule.new_tag;
    parts.digest = rule.digest;
  } else if (!rule.digest.empty()) {
    parts.tag.clear();
    parts.digest = rule.digest;
  } else if (!rule.tag_suffix.empty()) {
    parts.tag += rule.tag_suffix;
    parts.digest.clear();
  }
  if (!parts.tag.empty()) parts.name += ":" + parts.tag;
  if (!parts.digest.empty()) parts.name += "@" + parts.digest;
  return parts.name;
}

/// Containers are found wherever they are: custom resources have them too.
void set_images(Json& json, const ImageRule& rule, int depth) {
  constexpr int kDeepest = 200;
  if (depth > kDeepest) return;
  if (json.is_array()) {
    for (Json& item : json) set_images(item, rule, depth + 1);
  }
  if (!json.is_object()) return;
  for (auto item = json.begin(); item != json.end(); ++item) {
    if ((item.key() == "containers" || item.key() == "initContainers") && item->is_array()) {
      for (Json& container : *item) {
        const std::string image = text_of(container, "image");
        if (!image.empty()) container["image"] = changed_image(image, rule);
      }
    }
    set_images(*item, rule, depth + 1);
  }
}

}  // namespace

std::string set_namespace(const std::string& ns, Resources& resources) {
  for (Resource& resource : resources) {
    const Id id = resource.id();
    if (id.kind == "Namespace" && id.group.empty()) {
      resource.rename(ns);
    } else if (!is_cluster_scoped(id)) {
      resource.remember();
      resource.json["metadata"]["namespace"] = ns;
    }
  }
  for (std::size_t i = 0; i < resources.size(); ++i) {
    for (std::size_t j = i + 1; j < resources.size(); ++j) {
      if (!same(resources[i].id(), resources[j].id())) continue;
      return fmt::format("namespace transformation produces ID conflict: [{} {}]",
                         go_json(resources[i].json), go_json(resources[j].json));
    }
  }
  return "";
}

void add_to_names(const std::string& prefix, const std::string& suffix, Resources& resources) {
  constexpr std::string_view kSkipped[] = {"Namespace", "CustomResourceDefinition", "APIService"};
  for (Resource& resource : resources) {
    const Id id = resource.id();
    if (std::find(std::begin(kSkipped), std::end(kSkipped), id.kind) != std::end(kSkipped)) {
      continue;
    }
    if (!prefix.empty()) resource.prefixes.push_back(prefix);
    if (!suffix.empty()) resource.suffixes.push_back(suffix);
    resource.rename(prefix + id.name + suffix);
  }
}

void add_labels(const LabelRule& rule, Resources& resources) {
  if (rule.pairs.empty()) return;
  for (Resource& resource : resources) {
    add_pairs(resource.json, "metadata/labels", true, rule.pairs);
    if (rule.selectors) {
      add_at(kSelectors, rule.pairs, resource);
      add_at(kPodTerms, rule.pairs, resource);
    }
    if (rule.selectors || rule.templates) add_at(kTemplateLabels, rule.pairs, resource);
  }
}

void add_annotations(const Pairs& annotations, Resources& resources) {
  if (annotations.empty()) return;
  for (Resource& resource : resources) {
    add_pairs(resource.json, "metadata/annotations", true, annotations);
    add_at(kAnnotations, annotations, resource);
  }
}

void set_image(const ImageRule& rule, Resources& resources) {
  for (Resource& resource : resources) set_images(resource.json, rule, 0);
}

std::string set_replicas(const ReplicaRule& rule, Resources& resources) {
  constexpr std::string_view kScaled = ",Deployment,StatefulSet,ReplicaSet,ReplicationController,";
  bool found = false;
  for (Resource& resource : resources) {
    const std::string kind = resource.id().kind;
    if (kScaled.find("," + kind + ",") == std::string_view::npos) continue;
    bool named = resource.id().name == rule.name;
    for (const Id& before : resource.former) named = named || before.name == rule.name;
    if (!named) continue;
    found = true;
    Json& spec = resource.json["spec"];
    if (spec.is_null()) spec = Json::object();
    if (spec.is_object()) spec["replicas"] = rule.count;
  }
  if (found) return "";
  return fmt::format(
      "resource with name {} does not match a config with the following GVK "
      "[Deployment.[noVer].[noGrp] StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] "
      "ReplicationController.[noVer].[noGrp]]",
      rule.name);
}

}  // namespace sim::kustomize
