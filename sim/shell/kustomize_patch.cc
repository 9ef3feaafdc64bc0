// Patches of a kustomization: strategic merges, which say themselves what they are for, and JSON
// patches, which need a target. kustomize api/internal/builtins: PatchTransformer
#include <algorithm>

#include "sim/base/format.h"
#include "sim/base/regex.h"
#include "sim/model/go_text.h"
#include "sim/model/labels.h"
#include "sim/model/manifest.h"
#include "sim/model/merge.h"
#include "sim/shell/kustomize_resources.h"

namespace sim::kustomize {
namespace {

StringMap map_at(const Json& json, const char* key) {
  StringMap map;
  if (!json.contains("metadata") || !json["metadata"].contains(key)) return map;
  const Json& pairs = json["metadata"][key];
  if (!pairs.is_object()) return map;
  for (auto item = pairs.begin(); item != pairs.end(); ++item) {
    if (item->is_string()) map.set(item.key(), item->get<std::string>());
  }
  return map;
}

/// A selection's patterns match whole words.
class Matcher {
 public:
  explicit Matcher(const Selection& wanted) {
    compile(wanted.group, group_);
    compile(wanted.version, version_);
    compile(wanted.kind, kind_);
    compile(wanted.name, name_);
    compile(wanted.ns, ns_);
    labels_ = parse_selector(wanted.labels, &error_);
    annotations_ = parse_selector(wanted.annotations, &error_);
  }
  const std::string& error() const { return error_; }

  bool matches(const Resource& resource) const {
    const Id now = resource.id();
    const Id first = resource.original_id();
    const auto ns = [](const Id& id) { return id.ns.empty() ? std::string("default") : id.ns; };
    const auto either = [](const std::optional<Regex>& pattern, const std::string& a,
                           const std::string& b) {
      return !pattern || pattern->matches(a) || pattern->matches(b);
    };
    return either(ns_, ns(first), ns(now)) && either(name_, first.name, now.name) &&
           either(group_, now.group, now.group) && either(version_, now.version, now.version) &&
           either(kind_, now.kind, now.kind) && labels_->matches(map_at(resource.json, "labels")) &&
           annotations_->matches(map_at(resource.json, "annotations"));
  }

 private:
  void compile(const std::string& pattern, std::optional<Regex>& into) {
    if (pattern.empty()) return;
    std::string why;
    Regex::Syntax syntax;
    syntax.extended = true;
    into = Regex::compile(fmt::format("^({})$", pattern), syntax, &why);
    if (!into && error_.empty()) {
      const bool open = why.find("Unmatched ( ") != std::string::npos;
      error_ = fmt::format("error parsing regexp: {}: `^(?:{})$`", open ? "missing closing )" : why,
                           pattern);
    }
  }

  std::optional<Regex> group_, version_, kind_, name_, ns_;
  std::optional<Selector> labels_, annotations_;
  std::string error_;
};

/// Puts a strategic merge patch upon a resource; it may delete it.
std::string merge_into(Resource& resource, const Json& patch, bool* deleted) {
  std::optional<Json> merged;
  std::string error;
  if (!merge(resource.json, patch, merge_type_of(resource.id()), &merged, &error)) return error;
  *deleted = !merged;
  if (merged) resource.json = std::move(*merged);
  return "";
}

std::string apply_to_its_own(const Resource& patch, Resources& resources) {
  const Id id = patch.id();
  const auto is_it = [&](const Resource& one) { return same(one.id(), id); };
  auto target = std::find_if(resources.begin(), resources.end(), is_it);
  if (target == resources.end()) {
    target = std::find_if(resources.begin(), resources.end(),
                          [&](const Resource& one) { return one.had(id); });
  }
  if (target == resources.end()) {
    return fmt::format("no matches for Id {0}; failed to find unique target for patch {0}",
                       to_text(id));
  }
  // What the resource is called is not for a patch to say.
  Json wanted = patch.json;
  const Json& meta = target->json["metadata"];
  wanted["metadata"]["name"] = meta["name"];
  wanted["metadata"].erase("namespace");
  bool deleted = false;
  std::string error = merge_into(*target, wanted, &deleted);
  if (error.empty() && deleted) resources.erase(target);
  return error;
}

/// The patches of a text that is a JSON patch; nothing when it is none.
std::optional<Json> parse_json_patch(const std::string& text) {
  try {
    const std::vector<Document> documents = parse_documents_as({.old_booleans = false}, text, "");
    if (documents.size() != 1 || !documents.front().json.is_array()) return std::nullopt;
    for (const Json& operation : documents.front().json) {
      if (!operation.is_object()) return std::nullopt;
    }
    return documents.front().json;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::string apply_json_patch(const Json& operations, Resource& resource) {
  std::string error;
  const std::optional<Json> patched = json_patch(resource.json, operations, &error);
  if (!patched) return error;
  resource.remember();
  resource.json = *patched;
  return "";
}

}  // namespace

std::string apply_merge_patch(const std::string& text, Resources& resources) {
  std::string error;
  const std::optional<Resources> patches = parse_resources(text, "", &error);
  if (!patches) return error;
  for (const Resource& patch : *patches) {
    error = apply_to_its_own(patch, resources);
    if (!error.empty()) return error;
  }
  return "";
}

std::string apply_patch(const Root& root, const Patch& patch, Resources& resources) {
  const std::string config = to_yaml(patch.source);
  const auto badly_configured = [&](std::string_view why) {
    return fmt::format("trouble configuring builtin PatchTransformer with config: `\n{}`: {}",
                       config, why);
  };
  if (patch.path.empty() && patch.text.empty()) {
    return badly_configured(fmt::format("must specify one of patch and path in\n{}", config));
  }
  if (!patch.path.empty() && !patch.text.empty()) {
    return badly_configured(
        fmt::format("patch and path can't be set at the same time\n{}", config));
  }
  std::string text = patch.text;
  std::string source = fmt::format("[patch: {}]", go_quote(patch.text));
  std::string error;
  if (!patch.path.empty()) {
    std::optional<std::string> read = root.read(patch.path, &error);
    if (!read) {
      return badly_configured(
          fmt::format("failed to get the patch file from path({}): {}", patch.path, error));
    }
    text = std::move(*read);
    source = fmt::format("[path: {}]", go_quote(patch.path));
  }
  const std::optional<Json> operations = parse_json_patch(text);
  const std::optional<Resources> merges =
      operations ? std::nullopt : parse_resources(text, patch.path, &error);
  if (!operations && (!merges || merges->empty())) {
    return badly_configured(fmt::format("unable to parse SM or JSON patch from {}", source));
  }
  if (!patch.target) {
    if (operations) {
      return fmt::format("must specify a target for JSON patch {}", source);
    }
    for (const Resource& wanted : *merges) {
      error = apply_to_its_own(wanted, resources);
      if (error.find("no matches for Id ") == 0) {
        return fmt::format("no resource matches strategic merge patch \"{}\": {}",
                           to_text(wanted.id()), error);
      }
      if (!error.empty()) return error;
    }
    return "";
  }
  const Matcher matcher(*patch.target);
  if (!matcher.error().empty()) return matcher.error();
  for (std::size_t i = 0; i < resources.size();) {
    Resource& resource = resources[i];
    bool deleted = false;
    if (matcher.matches(resource)) {
      if (operations) error = apply_json_patch(*operations, resource);
      for (std::size_t k = 0; merges && k < merges->size() && error.empty() && !deleted; ++k) {
        Json wanted = (*merges)[k].json;
        if (patch.keeps_kind) {
          wanted["kind"] = resource.json["kind"];
          wanted["apiVersion"] = resource.json["apiVersion"];
        }
        if (patch.keeps_name) {
          wanted["metadata"]["name"] = resource.json["metadata"]["name"];
          wanted["metadata"].erase("namespace");
        } else {
          resource.remember();
        }
        error = merge_into(resource, wanted, &deleted);
      }
      if (!error.empty()) return error;
    }
    if (deleted) {
      resources.erase(resources.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  return "";
}

}  // namespace sim::kustomize
