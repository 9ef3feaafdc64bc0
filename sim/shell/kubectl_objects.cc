#include "sim/shell/kubectl_objects.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/model/labels.h"
#include "sim/model/manifest.h"
#include "sim/shell/output_format.h"

namespace sim::kubectl {
namespace {

/// Kinds of a real cluster that podsight has none of: asking for them finds nothing, as in an empty
/// one.
struct Empty {
  std::string_view plural, singular, shorts;
  bool namespaced;
};
constexpr std::array<Empty, 24> kEmpty = {{
    {"services", "service", "svc", true},
    {"secrets", "secret", "", true},
    {"endpoints", "endpoints", "ep", true},
    {"endpointslices", "endpointslice", "", true},
    {"persistentvolumeclaims", "persistentvolumeclaim", "pvc", true},
    {"persistentvolumes", "persistentvolume", "pv", false},
    {"storageclasses", "storageclass", "sc", false},
    {"volumeattachments", "volumeattachment", "", false},
    {"csidrivers", "csidriver", "", false},
    {"csinodes", "csinode", "", false},
    {"statefulsets", "statefulset", "sts", true},
    {"daemonsets", "daemonset", "ds", true},
    {"jobs", "job", "", true},
    {"cronjobs", "cronjob", "cj", true},
    {"horizontalpodautoscalers", "horizontalpodautoscaler", "hpa", true},
    {"poddisruptionbudgets", "poddisruptionbudget", "pdb", true},
    {"replicationcontrollers", "replicationcontroller", "rc", true},
    {"ingresses", "ingress", "ing", true},
    {"networkpolicies", "networkpolicy", "netpol", true},
    {"resourcequotas", "resourcequota", "quota", true},
    {"limitranges", "limitrange", "limits", true},
    {"priorityclasses", "priorityclass", "pc", false},
    {"roles", "role", "", true},
    {"rolebindings", "rolebinding", "", true},
}};

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return made;
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

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Whether an object has what --field-selector asks for; sets `error` for a field that is not
/// supported.
bool has_fields(const Object& object, std::string_view selector, std::string* error) {
  if (selector.empty()) return true;
  const Json json = encode(object);
  for (const std::string& term : split(selector, ',')) {
    const bool negated = term.find("!=") != std::string::npos;
    const std::size_t at = negated ? term.find("!=") : term.find('=');
    if (at == std::string::npos) {
      *error = fmt::format("invalid selector: '{}'; can't understand '{}'", selector, term);
      return false;
    }
    const std::string key = term.substr(0, at);
    std::string value = term.substr(at + (negated ? 2 : 1));
    if (!negated && !value.empty() && value[0] == '=') value.erase(0, 1);
    static constexpr std::array<std::string_view, 22> kKnown = {"metadata.name",
                                                                "metadata.namespace",
                                                                "spec.nodeName",
                                                                "spec.restartPolicy",
                                                                "spec.schedulerName",
                                                                "spec.serviceAccountName",
                                                                "status.phase",
                                                                "status.podIP",
                                                                "status.nominatedNodeName",
                                                                "spec.unschedulable",
                                                                "involvedObject.kind",
                                                                "involvedObject.namespace",
                                                                "involvedObject.name",
                                                                "involvedObject.uid",
                                                                "involvedObject.apiVersion",
                                                                "involvedObject.fieldPath",
                                                                "reason",
                                                                "source",
                                                                "type",
                                                                "status.replicas",
                                                                "spec.hostNetwork",
                                                                "reportingComponent"};
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      *error = fmt::format(
          "Unable to find \"{}, Resource={}\" that match label selector \"\", field "
          "selector \"{}\": field label not supported: {}",
          info(object.kind).group.empty() ? fmt::format("/{}", info(object.kind).version)
                                          : std::string(api_version(object.kind)),
          info(object.kind).plural, selector, key);
      return false;
    }
    const Json* found = &json;
    for (const std::string& part : split(key == "source" ? "source.component" : key, '.')) {
      found = found && found->is_object() && found->contains(part) ? &(*found)[part] : nullptr;
    }
    const std::string have =
        !found ? (key == "spec.unschedulable" || key == "spec.hostNetwork" ? "false" : "")
        : found->is_string() ? found->get<std::string>()
                             : found->dump();
    if ((have == value) == negated) return false;
  }
  return true;
}

}  // namespace

Step fail(std::string_view message, int exit) {
  Step step;
  append(step.output, true, fmt::format("error: {}\n", message));
  step.exit = exit;
  return step;
}

std::string server_error(const ApiError& error, std::string_view prefix) {
  // An Invalid status speaks for itself. k8s 1.30 kubectl/pkg/cmd/util: checkErr
  if (error.reason == "Invalid" && prefix.empty()) return error.message + "\n";
  if (error.reason == "Invalid") return fmt::format("{}{}\n", prefix, error.message);
  return fmt::format("Error from server ({}): {}{}\n", error.reason, prefix, error.message);
}

Step fail(const ApiError& error) {
  Step step;
  append(step.output, true, server_error(error));
  step.exit = 1;
  return step;
}

void say(Step& step, std::string_view text) { append(step.output, false, text); }
void warn(Step& step, std::string_view text) { append(step.output, true, text); }

std::optional<Resource> find_resource(std::string_view word) {
  std::string name = lower(word);
  // "deployments.apps", "deployments.v1.apps": the group is not needed to tell them apart.
  name = name.substr(0, name.find('.'));
  for (int k = 0; k < kApiKindCount; ++k) {
    const Kind kind = static_cast<Kind>(k);
    const KindInfo& known = info(kind);
    if (name == known.plural || name == known.singular || is_among(name, known.short_names)) {
      return Resource{kind, std::string(known.plural), known.namespaced};
    }
  }
  for (const Empty& empty : kEmpty) {
    if (name == empty.plural || name == empty.singular || (!name.empty() && name == empty.shorts)) {
      return Resource{std::nullopt, std::string(empty.plural), empty.namespaced};
    }
  }
  return std::nullopt;
}

std::vector<Resource> all_resources() {
  std::vector<Resource> all;
  for (const char* name : {"pods", "deployments", "replicasets"})
    all.push_back(*find_resource(name));
  return all;
}

std::vector<std::string> resource_words() {
  std::vector<std::string> words;
  for (int k = 0; k < kApiKindCount; ++k) {
    const KindInfo& known = info(static_cast<Kind>(k));
    words.emplace_back(known.plural);
    words.emplace_back(known.singular);
  }
  return words;
}

std::string namespace_of(const Call& call, const Flags& flags) {
  return flags.get("namespace", call.session.ns);
}

namespace {

/// All objects of a kind that the selectors leave.
void add_selected(const Call& call, const Flags& flags, const Resource& resource,
                  Targets& targets) {
  if (!resource.kind) return;
  const bool everywhere = flags.is_on("all-namespaces");
  const std::string ns = resource.namespaced && !everywhere ? namespace_of(call, flags) : "";
  std::string error;
  const std::optional<Selector> selector = parse_selector(flags.get("selector"), &error);
  if (!selector) {
    targets.error = error;
    return;
  }
  for (const Id id : call.world.store().list(*resource.kind, ns)) {
    const Ref ref{*resource.kind, id};
    const Object& object = *call.world.store().get(ref);
    if (!selector->matches(object.meta.labels)) continue;
    std::string wrong;
    if (!has_fields(object, flags.get("field-selector"), &wrong)) {
      if (wrong.empty()) continue;
      targets.missing.push_back({400, "BadRequest", wrong});
      return;
    }
    targets.refs.push_back(ref);
  }
}

void add_named(const Call& call, const Flags& flags, const Resource& resource,
               const std::string& name, Targets& targets) {
  targets.by_name = true;
  const std::string ns = resource.namespaced ? namespace_of(call, flags) : "";
  const Id id = resource.kind ? call.world.store().find(*resource.kind, ns, name) : 0;
  if (id != 0) {
    targets.refs.push_back({*resource.kind, id});
  } else if (resource.kind) {
    targets.missing.push_back(not_found(*resource.kind, name));
  } else {
    targets.missing.push_back(
        {404, "NotFound", fmt::format("{} \"{}\" not found", resource.plural, name)});
  }
}

/// kubectl's words for a kind that it cannot find.
std::string no_resource(std::string_view word) {
  return fmt::format("the server doesn't have a resource type \"{}\"", word);
}

}  // namespace

Targets find_targets(const Call& call, const Flags& flags, const std::vector<std::string>& words,
                     const TargetOptions& options) {
  Targets targets;
  if (options.only) {
    const Resource resource{options.only, "", info(*options.only).namespaced};
    for (const std::string& name : words) {
      std::string bare = name;
      if (const std::size_t slash = name.find('/'); slash != std::string::npos) {
        bare = name.substr(slash + 1);
      }
      add_named(call, flags, resource, bare, targets);
    }
    if (words.empty() && (flags.has("selector") || flags.is_on("all"))) {
      add_selected(call, flags, resource, targets);
    }
    return targets;
  }
  if (flags.has("filename")) {
    std::string error;
    for (const Manifest& manifest : read_manifests(call, flags, &error)) {
      const TypeName type = type_of(*manifest.json);
      if (!type.known) {
        error = fmt::format("no matches for kind \"{}\" in version \"{}\"", type.kind,
                            type.api_version);
        break;
      }
      const Json& meta = (*manifest.json)["metadata"];
      Flags own = flags;
      if (meta.contains("namespace") && meta["namespace"].is_string()) {
        own.values["namespace"] = {meta["namespace"].get<std::string>()};
      }
      add_named(call, own, {type.known, "", info(*type.known).namespaced},
                meta.value("name", std::string()), targets);
    }
    targets.error = error;
    return targets;
  }
  if (words.empty()) {
    targets.error =
        "You must provide one or more resources by argument or filename.\nExample resource "
        "specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> "
        "<name>'\n   '<resource>'";
    return targets;
  }
  const bool slashes = words.front().find('/') != std::string::npos;
  if (slashes) {
    std::string first_kind;
    for (const std::string& word : words) {
      const std::vector<std::string> parts = split(word, '/');
      if (parts.size() == 1) {
        targets.error =
            "there is no need to specify a resource type as a separate argument when passing "
            "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead "
            "of "
            "'kubectl get resource resource/<resource_name>'";
        return targets;
      }
      if (parts.size() > 2) {
        targets.error = "arguments in resource/name form may not have more than one slash";
        return targets;
      }
      if (parts[0].empty() || parts[1].empty()) {
        targets.error = "arguments in resource/name form must have a single resource and name";
        return targets;
      }
      const std::optional<Resource> resource = find_resource(parts[0]);
      if (!resource) {
        targets.error = no_resource(parts[0]);
        return targets;
      }
      targets.several_kinds =
          targets.several_kinds || (!first_kind.empty() && first_kind != resource->plural);
      first_kind = resource->plural;
      add_named(call, flags, *resource, parts[1], targets);
    }
    return targets;
  }
  std::vector<Resource> resources;
  for (const std::string& word : split(words.front(), ',')) {
    if (word == "all") {
      const std::vector<Resource> all = all_resources();
      resources.insert(resources.end(), all.begin(), all.end());
      targets.several_kinds = true;
      continue;
    }
    const std::optional<Resource> resource = find_resource(word);
    if (!resource) {
      targets.error = no_resource(word);
      return targets;
    }
    resources.push_back(*resource);
  }
  targets.several_kinds = targets.several_kinds || resources.size() > 1;
  if (words.size() > 1) {
    if (flags.has("selector")) {
      targets.error = "name cannot be provided when a selector is specified";
      return targets;
    }
    for (const Resource& resource : resources) {
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].find('/') != std::string::npos) {
          targets.error =
              "there is no need to specify a resource type as a separate argument when passing "
              "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' "
              "instead "
              "of 'kubectl get resource resource/<resource_name>'";
          return targets;
        }
        add_named(call, flags, resource, words[i], targets);
      }
    }
    return targets;
  }
  const bool whole = flags.has("selector") || flags.is_on("all") || flags.has("field-selector") ||
                     !options.name_required;
  if (!whole) {
    targets.error = "resource(s) were provided, but no name was specified";
    return targets;
  }
  targets.resources = resources;
  for (const Resource& resource : resources) add_selected(call, flags, resource, targets);
  return targets;
}

std::vector<Manifest> read_manifests(const Call& call, const Flags& flags, std::string* error) {
  std::vector<Manifest> manifests;
  for (const std::string& name : flags.all("filename")) {
    std::vector<std::pair<std::string, std::string>> texts;  // name and text
    if (name == "-") {
      texts.emplace_back("STDIN", call.input);
    } else if (name.rfind("http://", 0) == 0 || name.rfind("https://", 0) == 0) {
      *error = fmt::format("unable to read URL \"{}\": podsight reaches no network", name);
      return {};
    } else {
      const Path path = parse_path(name, call.process.cwd);
      const Io<Stat> found = call.session.files.stat(path);
      if (!found) {
        *error = fmt::format("the path \"{}\" does not exist", name);
        return {};
      }
      std::vector<std::pair<std::string, Path>> files = {{name, path}};
      if (found.value.type == FileType::Directory) {
        files.clear();
        for (const Str& child : call.session.files.list(path).value) {
          const std::string_view ending =
              child.view().substr(std::min(child.size(), child.view().rfind('.')));
          if (ending != ".yaml" && ending != ".yml" && ending != ".json") continue;
          Path below = path;
          below.push_back(child);
          files.emplace_back(fmt::format("{}/{}", name, child), below);
        }
        if (files.empty()) {
          *error = fmt::format(
              "error reading [{}]: recognized file extensions are [.json .yaml .yml]", name);
          return {};
        }
      }
      for (const auto& [shown, at] : files) {
        Io<std::string> text = call.session.files.read(at);
        if (!text) {
          *error = fmt::format("open {}: {}", shown, to_string(text.error));
          return {};
        }
        texts.emplace_back(shown, std::move(text.value));
      }
    }
    for (const auto& [shown, text] : texts) {
      try {
        for (Document& document : parse_documents(text, shown)) {
          manifests.push_back({std::make_shared<const Json>(std::move(document.json)), shown});
        }
      } catch (const InputError& wrong) {
        const Diagnostic& first = wrong.diagnostics().front();
        *error = fmt::format("error parsing {}: error converting YAML to JSON: yaml: line {}: {}",
                             shown, first.line, first.message);
        return {};
      }
    }
    if (manifests.empty()) {
      *error = fmt::format("no objects passed to apply");
      return {};
    }
  }
  return manifests;
}

std::string printed_name(const Object& object) {
  return fmt::format("{}/{}", printed_kind(object.kind), object.meta.name);
}

bool print_object(Step& step, const Object& object, std::string_view form) {
  if (form == "name") {
    say(step, printed_name(object) + "\n");
  } else if (form == "json") {
    say(step, to_json_text(encode(object)) + "\n");
  } else if (form == "yaml") {
    say(step, to_yaml(encode(object)));
  } else if (form.substr(0, 9) == "jsonpath=") {
    std::string error;
    const auto text = jsonpath(form.substr(9), encode(object), &error);
    if (!text) {
      step = fail(error);
      return true;
    }
    say(step, *text);
  } else {
    return false;
  }
  return true;
}

}  // namespace sim::kubectl
