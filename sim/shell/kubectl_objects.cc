#include "sim/shell/kubectl_objects.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/model/labels.h"
#include "sim/model/manifest.h"
#include "sim/model/older_versions.h"
#include "sim/shell/field_selector.h"
#include "sim/shell/kubectl_resources.h"
#include "sim/shell/output_form.h"
#include "sim/world/snapshots.h"

namespace sim::kubectl {
namespace {

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return made;
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
  if (error.reason.empty()) return fmt::format("Error from server: {}{}\n", prefix, error.message);
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

std::optional<Resource> find_resource(const World& world, std::string_view word) {
  const ApiResource* found = find_api_resource(word);
  if (!found || (found->kind && !is_served(world, *found->kind))) return std::nullopt;
  return Resource{found->kind, std::string(found->plural), found->namespaced};
}

std::vector<Resource> all_resources() {
  std::vector<Resource> all;
  for (const ApiResource& resource : api_resource_list()) {
    if (!resource.in_all) continue;
    all.push_back({resource.kind, std::string(resource.plural), resource.namespaced});
  }
  return all;
}

std::string namespace_of(const Call& call, const Flags& flags) {
  // -n "" is as if it was not given.
  const std::string ns = flags.get("namespace");
  return ns.empty() ? call.session.ns : ns;
}

namespace {

/// What the API server says of a list that it cannot make.
/// k8s 1.32 cli-runtime/pkg/resource: EnhanceListError
ApiError list_error(const Resource& resource, std::string_view labels, std::string_view fields,
                    std::string_view why) {
  const ApiResource& known = *find_api_resource(resource.plural);
  return {400, "BadRequest",
          fmt::format("Unable to find \"{}\" that match label selector \"{}\", field selector "
                      "\"{}\": {}",
                      go_name(known), labels, fields, why)};
}

/// All objects of a kind that the selectors leave.
void add_selected(const Call& call, const Flags& flags, const Resource& resource,
                  Targets& targets) {
  const bool everywhere = flags.is_on("all-namespaces");
  const std::string ns = resource.namespaced && !everywhere ? namespace_of(call, flags) : "";
  const std::string labels = flags.get("selector");
  const std::string fields = flags.get("field-selector");
  std::string error;
  const std::optional<Selector> selector = parse_selector(labels, &error);
  std::optional<FieldSelector> chosen;
  if (selector) chosen = parse_field_selector(fields, &error);
  if (chosen && resource.kind) {
    const std::string unknown = unsupported_field(*resource.kind, *chosen);
    if (!unknown.empty()) error = "field label not supported: " + unknown;
  }
  if (!error.empty()) {
    targets.missing.push_back(list_error(resource, labels, fields, error));
    return;
  }
  if (!resource.kind) return;
  for (const Id id : call.world.store().list(*resource.kind, ns)) {
    const Ref ref{*resource.kind, id};
    const Object& object = *call.world.store().get(ref);
    if (selector->matches(object.meta.labels) && chosen->matches(object)) {
      targets.refs.push_back(ref);
    }
  }
}

void add_named(const Call& call, const Flags& flags, const Resource& resource,
               const std::string& name, Targets& targets) {
  targets.by_name = true;
  if (resource.namespaced && flags.is_on("all-namespaces")) {
    targets.error = "a resource cannot be retrieved by name across all namespaces";
  }
  const std::string ns = resource.namespaced ? namespace_of(call, flags) : "";
  const Id id = resource.kind ? call.world.store().find(*resource.kind, ns, name) : 0;
  if (id != 0) {
    targets.refs.push_back({*resource.kind, id});
  } else if (resource.kind) {
    targets.missing.push_back(not_found(*resource.kind, name));
    targets.unfound.push_back({*resource.kind, name});
  } else {
    targets.missing.push_back(
        {404, "NotFound",
         fmt::format("{} \"{}\" not found", full_name(*find_api_resource(resource.plural)), name)});
  }
}

/// kubectl's words for a kind that it cannot find.
std::string no_resource(std::string_view word) {
  return fmt::format("the server doesn't have a resource type \"{}\"",
                     word.substr(0, word.find('.')));
}

}  // namespace

Targets find_targets(const Call& call, const Flags& flags, const std::vector<std::string>& words,
                     const TargetOptions& options) {
  Targets targets;
  if (options.only) {
    const Resource resource{options.only, std::string(info(*options.only).plural),
                            info(*options.only).namespaced};
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
  if (flags.has("filename") || flags.has("kustomize")) {
    std::string error;
    if (flags.has("filename") && flags.has("kustomize")) {
      targets.error = "only one of -f or -k can be specified";
      return targets;
    }
    if (!words.empty()) {
      targets.error =
          "when paths, URLs, or stdin is provided as input, you may not specify resource arguments "
          "as "
          "well";
      return targets;
    }
    for (const Manifest& manifest : read_manifests(call, flags, &error)) {
      const TypeName type = type_of(*manifest.json);
      if (!type.known || !is_served(call.world, *type.known)) {
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
  const bool selects =
      !flags.get("selector").empty() || flags.is_on("all") || !flags.get("field-selector").empty();
  if (slashes) {
    std::string first_kind;
    if (selects) {
      targets.error =
          "selectors and the all flag cannot be used when passing resource/name arguments";
      return targets;
    }
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
      const std::optional<Resource> resource = find_resource(call.world, parts[0]);
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
    const std::optional<Resource> resource = find_resource(call.world, word);
    if (!resource) {
      targets.error = no_resource(word);
      return targets;
    }
    resources.push_back(*resource);
  }
  targets.several_kinds = targets.several_kinds || resources.size() > 1;
  if (words.size() > 1) {
    if (selects) {
      targets.error = "name cannot be provided when a selector is specified";
      return targets;
    }
    if (words.front() == "all") {
      targets.error = "you must specify only one resource";
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
  const bool whole = selects || flags.is_on("all") || !options.name_required;
  if (!whole) {
    targets.error = "resource(s) were provided, but no name was specified";
    return targets;
  }
  targets.resources = resources;
  for (const Resource& resource : resources) add_selected(call, flags, resource, targets);
  return targets;
}

namespace {

using NamedFile = std::pair<std::string, Path>;  // as it is shown, and where it is

bool is_manifest_file(std::string_view name) {
  const std::string_view ending = name.substr(std::min(name.size(), name.rfind('.')));
  return ending == ".yaml" || ending == ".yml" || ending == ".json";
}

/// The manifests of a directory, in order; with -R those below it too.
void list_manifests(const FileSystem& files, const std::string& shown, const Path& path,
                    bool recursive, std::vector<NamedFile>& found) {
  constexpr std::size_t kDeepest = 64;
  for (const Str& child : files.list(path).value) {
    Path below = path;
    below.push_back(child);
    const std::string name = fmt::format("{}/{}", shown, child);
    const Io<Stat> stat = files.stat(below);
    if (stat && stat.value.type == FileType::Directory) {
      if (recursive && below.size() < kDeepest) list_manifests(files, name, below, true, found);
    } else if (is_manifest_file(child)) {
      found.emplace_back(name, below);
    }
  }
}

/// The files that one -f names; sets `error` to kubectl's words when there are none.
std::vector<NamedFile> manifest_files(const Call& call, const std::string& name, bool recursive,
                                      std::string* error) {
  if (name.rfind("http://", 0) == 0 || name.rfind("https://", 0) == 0) {
    *error = fmt::format("unable to read URL \"{}\": podsight reaches no network", name);
    return {};
  }
  const Path path = parse_path(name, call.process.cwd);
  const Io<Stat> found = call.session.files.stat(path);
  if (!found) {
    // Of several that are missing, each has its line.
    *error += fmt::format("{}the path \"{}\" does not exist", error->empty() ? "" : "\n", name);
    return {};
  }
  if (found.value.type != FileType::Directory) return {{name, path}};
  std::string shown = name;
  while (shown.size() > 1 && shown.back() == '/') shown.pop_back();
  std::vector<NamedFile> files;
  list_manifests(call.session.files, shown, path, recursive, files);
  if (files.empty()) {
    *error =
        fmt::format("error reading [{}]: recognized file extensions are [.json .yaml .yml]", name);
  }
  return files;
}

}  // namespace

std::vector<Manifest> read_manifests(const Call& call, const Flags& flags, std::string* error) {
  if (flags.has("kustomize")) {
    std::string warnings;
    return read_kustomization(call, flags, &warnings, error);
  }
  std::vector<std::pair<std::string, std::string>> texts;  // name and text
  for (const std::string& names : flags.all("filename")) {
    for (const std::string& name : split(names, ',')) {
      if (name == "-") {
        texts.emplace_back("STDIN", call.input);
        continue;
      }
      for (const auto& [shown, at] : manifest_files(call, name, flags.is_on("recursive"), error)) {
        Io<std::string> text = call.session.files.read(at);
        if (!text) *error = fmt::format("open {}: {}", shown, to_string(text.error));
        texts.emplace_back(shown, std::move(text.value));
      }
    }
  }
  std::vector<Manifest> manifests;
  if (!error->empty()) return manifests;
  for (const auto& [shown, text] : texts) {
    try {
      for (Document& document : parse_documents(text, shown)) {
        bring_to_kept_version(document.json);
        manifests.push_back({std::make_shared<const Json>(std::move(document.json)), shown});
      }
    } catch (const ManifestError& wrong) {
      if (error->empty())
        *error = fmt::format("error parsing {}: {}", shown, wrong.kubectl_words());
    }
  }
  return manifests;
}

std::string printed_name(const Object& object) {
  return fmt::format("{}/{}", printed_kind(object.kind), object.meta.name);
}

std::string text_at(const Json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string printed_name(const Json& object) {
  const std::string version = text_at(object, "apiVersion");
  const std::size_t slash = version.find('/');
  const std::string group = slash == std::string::npos ? "" : "." + version.substr(0, slash);
  const std::string name =
      object.is_object() && object.contains("metadata") ? text_at(object["metadata"], "name") : "";
  return fmt::format("{}{}/{}", lower(text_at(object, "kind")), group,
                     name.empty() ? "<unknown>" : name);
}

bool print_json(Step& step, const Json& object, std::string_view form) {
  std::string error;
  const std::optional<OutputForm> known =
      parse_output_form(form, "", OutputLanguages::Objects, nullptr, &error);
  if (!known || known->kind == OutputForm::Kind::Table) return false;
  print_form(step, *known, object);
  return true;
}

bool print_object(Step& step, const Object& object, std::string_view form) {
  return print_json(step, encode(object), form);
}

}  // namespace sim::kubectl
