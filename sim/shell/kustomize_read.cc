// A kustomization file as plain data. The texts of its mistakes are those of Go's encoding/json.
#include <algorithm>
#include <set>

#include "sim/base/format.h"
#include "sim/base/str.h"
#include "sim/model/manifest.h"
#include "sim/shell/kustomize_resources.h"

namespace sim::kustomize {
namespace {

std::string_view json_kind(const Json& json) {
  if (json.is_string()) return "string";
  if (json.is_boolean()) return "bool";
  if (json.is_number()) return "number";
  return json.is_array() ? "array" : "object";
}

/// The fields of one struct of the file. Every field that is asked for is known; done() tells of
/// the others. The first mistake in the order of the keys is the one that is told.
class Fields {
 public:
  Fields(const Json& json, std::string name, std::string path, std::string* error)
      : json_(json), name_(std::move(name)), path_(std::move(path)), error_(error) {}

  std::string text(const char* key) {
    const Json* value = find(key);
    if (!value || !check(value->is_string(), key, *value, "string")) return "";
    return value->get<std::string>();
  }
  bool flag(const char* key) {
    const Json* value = find(key);
    return value && check(value->is_boolean(), key, *value, "bool") && value->get<bool>();
  }
  std::int64_t number(const char* key) {
    const Json* value = find(key);
    if (!value || !check(value->is_number_integer(), key, *value, "int64")) return 0;
    return value->get<std::int64_t>();
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> all;
    const Json* value = find(key);
    if (!value || !check(value->is_array(), key, *value, "[]string")) return all;
    for (const Json& item : *value) {
      if (check(item.is_string(), key, item, "string")) all.push_back(item.get<std::string>());
    }
    return all;
  }
  Pairs pairs(const char* key) {
    Pairs all;
    const Json* value = find(key);
    if (!value || !check(value->is_object(), key, *value, "map[string]string")) return all;
    for (auto item = value->begin(); item != value->end(); ++item) {
      if (check(item->is_string(), key, *item, "string"))
        all[item.key()] = item->get<std::string>();
    }
    return all;
  }
  std::vector<Fields> items(const char* key, const char* type) {
    std::vector<Fields> all;
    const Json* value = find(key);
    if (!value || !check(value->is_array(), key, *value, fmt::format("[]types.{}", type))) {
      return all;
    }
    for (const Json& item : *value) {
      if (check(item.is_object(), key, item, fmt::format("types.{}", type))) {
        all.emplace_back(item, type, below(key), error_);
      }
    }
    return all;
  }
  std::optional<Fields> object(const char* key, const char* type) {
    const Json* value = find(key);
    if (!value || !check(value->is_object(), key, *value, fmt::format("types.{}", type))) {
      return std::nullopt;
    }
    return Fields(*value, type, below(key), error_);
  }
  /// A field that is a list or object of which podsight knows nothing; true when it says something.
  bool any(const char* key) {
    const Json* value = find(key);
    return value && !value->empty();
  }
  const Json& json() const { return json_; }
  void done() {
    for (auto item = json_.begin(); item != json_.end(); ++item) {
      if (!known_.count(item.key())) fail(fmt::format("json: unknown field \"{}\"", item.key()));
    }
  }

 private:
  const Json* find(const char* key) {
    known_.insert(key);
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  std::string below(const char* key) const { return path_.empty() ? key : path_ + "." + key; }
  bool check(bool fits, const char* key, const Json& value, std::string_view wanted) {
    if (!fits) {
      fail(fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                       json_kind(value), name_, below(key), wanted));
    }
    return fits;
  }
  void fail(std::string message) {
    if (error_->empty()) *error_ = std::move(message);
  }

  const Json& json_;
  std::string name_;
  std::string path_;
  std::string* error_;
  std::set<std::string> known_;
};

GeneratorOptions read_options(Fields fields) {
  GeneratorOptions options;
  options.annotations = fields.pairs("annotations");
  options.no_hash = fields.flag("disableNameSuffixHash");
  options.immutable = fields.flag("immutable");
  options.labels = fields.pairs("labels");
  fields.done();
  return options;
}

void read_generators(Fields& file, const char* key, const char* type, bool secret,
                     Kustomization& kustomization) {
  for (Fields& fields : file.items(key, type)) {
    Generator generator;
    generator.secret = secret;
    generator.behavior = fields.text("behavior");
    const std::string env = fields.text("env");
    generator.envs = fields.texts("envs");
    if (!env.empty()) generator.envs.push_back(env);
    generator.files = fields.texts("files");
    generator.literals = fields.texts("literals");
    generator.name = fields.text("name");
    generator.ns = fields.text("namespace");
    if (std::optional<Fields> options = fields.object("options", "GeneratorOptions")) {
      generator.options = read_options(*options);
    }
    if (secret) generator.type = fields.text("type");
    fields.done();
    kustomization.generators.push_back(std::move(generator));
  }
}

std::vector<Patch> read_patches(Fields& file, const char* key) {
  std::vector<Patch> patches;
  for (Fields& fields : file.items(key, "Patch")) {
    Patch patch;
    patch.source = fields.json();
    if (std::optional<Fields> options = fields.object("options", "PatchArgs")) {
      patch.keeps_kind = !options->flag("allowKindChange");
      patch.keeps_name = !options->flag("allowNameChange");
      options->done();
    }
    patch.text = fields.text("patch");
    patch.path = fields.text("path");
    if (std::optional<Fields> target = fields.object("target", "Selector")) {
      Selection& wanted = patch.target.emplace();
      wanted.annotations = target->text("annotationSelector");
      wanted.group = target->text("group");
      wanted.kind = target->text("kind");
      wanted.labels = target->text("labelSelector");
      wanted.name = target->text("name");
      wanted.ns = target->text("namespace");
      wanted.version = target->text("version");
      target->done();
    }
    fields.done();
    patches.push_back(std::move(patch));
  }
  return patches;
}

constexpr const char* kUnmodelled[] = {
    "buildMetadata", "components",   "configurations", "crds",
    "generators",    "helmCharts",   "helmGlobals",    "helmChartInflationGenerator",
    "openapi",       "replacements", "transformers",   "validators",
    "vars"};

Kustomization read_fields(Fields& fields, std::string* unmodelled) {
  Kustomization made;
  fields.text("apiVersion");
  fields.any("metadata");
  for (const char* key : kUnmodelled) {
    if (fields.any(key) && unmodelled->empty()) *unmodelled = key;
  }
  made.resources = fields.texts("resources");
  for (const std::string& base : fields.texts("bases")) made.resources.push_back(base);
  made.annotations = fields.pairs("commonAnnotations");
  const Pairs common = fields.pairs("commonLabels");
  read_generators(fields, "configMapGenerator", "ConfigMapArgs", false, made);
  if (std::optional<Fields> options = fields.object("generatorOptions", "GeneratorOptions")) {
    made.options = read_options(*options);
  }
  for (const char* key : {"images", "imageTags"}) {
    for (Fields& image : fields.items(key, "Image")) {
      ImageRule rule;
      rule.digest = image.text("digest");
      rule.name = image.text("name");
      rule.new_name = image.text("newName");
      rule.new_tag = image.text("newTag");
      rule.tag_suffix = image.text("tagSuffix");
      image.done();
      made.images.push_back(std::move(rule));
    }
  }
  fields.text("kind");
  for (Fields& label : fields.items("labels", "Label")) {
    LabelRule rule;
    if (label.any("fields") && unmodelled->empty()) *unmodelled = "labels.fields";
    rule.selectors = label.flag("includeSelectors");
    rule.templates = label.flag("includeTemplates");
    rule.pairs = label.pairs("pairs");
    label.done();
    made.labels.push_back(std::move(rule));
  }
  if (!common.empty()) made.labels.push_back({common, true, false});
  made.prefix = fields.text("namePrefix");
  made.suffix = fields.text("nameSuffix");
  made.ns = fields.text("namespace");
  made.patches = read_patches(fields, "patches");
  made.json_patches = read_patches(fields, "patchesJson6902");
  made.merge_patches = fields.texts("patchesStrategicMerge");
  for (Fields& replica : fields.items("replicas", "Replica")) {
    ReplicaRule rule;
    rule.count = replica.number("count");
    rule.name = replica.text("name");
    replica.done();
    made.replicas.push_back(std::move(rule));
  }
  read_generators(fields, "secretGenerator", "SecretArgs", true, made);
  if (std::optional<Fields> order = fields.object("sortOptions", "SortOptions")) {
    made.sorted = order->text("order") != "fifo";
    if (order->any("legacySortOptions") && unmodelled->empty()) {
      *unmodelled = "sortOptions.legacySortOptions";
    }
    order->done();
  }
  fields.done();
  return made;
}

std::string deprecations(const Json& json) {
  constexpr std::pair<const char*, const char*> kOld[] = {{"bases", "resources"},
                                                          {"commonLabels", "labels"},
                                                          {"imageTags", "images"},
                                                          {"patchesJson6902", "patches"},
                                                          {"patchesStrategicMerge", "patches"},
                                                          {"vars", "replacements"}};
  std::string text;
  for (const auto& [old, instead] : kOld) {
    if (!json.contains(old)) continue;
    text += fmt::format(
        "# Warning: '{}' is deprecated. Please use '{}' instead. {}Run 'kustomize edit fix' to "
        "update your Kustomization automatically.\n",
        old, instead, std::string_view(old) == "vars" ? "[EXPERIMENTAL] " : "");
  }
  return text;
}

}  // namespace

std::optional<Kustomization> parse_kustomization(const std::string& text, const std::string& name,
                                                 const std::string& directory,
                                                 std::string* warnings, std::string* error) {
  Json json = Json::object();
  try {
    const std::vector<Document> documents = parse_documents_as({.take_apart = false}, text, name);
    if (documents.size() > 1) {
      *error = "invalid Kustomization: podsight reads one document of it";
      return std::nullopt;
    }
    if (!documents.empty() && !documents.front().json.is_null()) json = documents.front().json;
  } catch (const ManifestError& wrong) {
    constexpr std::string_view kYaml = "error converting YAML to JSON: ";
    std::string_view words = wrong.kubectl_words();
    if (words.substr(0, kYaml.size()) == kYaml) words.remove_prefix(kYaml.size());
    *error = fmt::format("invalid Kustomization: {}", words);
    return std::nullopt;
  }
  if (!json.is_object()) {
    *error = fmt::format(
        "invalid Kustomization: json: cannot unmarshal {} into Go value of type "
        "types.Kustomization",
        json_kind(json));
    return std::nullopt;
  }
  std::string wrong;
  std::string unmodelled;
  Fields fields(json, "Kustomization", "", &wrong);
  Kustomization made = read_fields(fields, &unmodelled);
  if (!wrong.empty()) {
    *error = "invalid Kustomization: " + wrong;
    return std::nullopt;
  }
  bool says_something = false;
  for (auto item = json.begin(); item != json.end(); ++item) {
    says_something = says_something || (item.key() != "apiVersion" && item.key() != "kind" &&
                                        item.key() != "metadata");
  }
  if (!says_something) {
    *error = name + " is empty";
    return std::nullopt;
  }
  *warnings += deprecations(json);
  std::string types;
  const std::string kind = text_of(json, "kind");
  const std::string version = text_of(json, "apiVersion");
  if (!kind.empty() && kind != "Kustomization" && kind != "Component") {
    types = "\nkind should be Kustomization or Component";
  }
  const std::string_view wanted =
      kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";
  if (types.empty() && !version.empty() && version != wanted) {
    types = fmt::format("\napiVersion for {} should be {}", kind.empty() ? "Kustomization" : kind,
                        wanted);
  }
  if (!types.empty()) {
    *error = fmt::format("Failed to read kustomization file under {}:{}", directory, types);
    return std::nullopt;
  }
  if (!unmodelled.empty()) {
    *error = fmt::format("podsight does not model \"{}\" of a kustomization", unmodelled);
    return std::nullopt;
  }
  return made;
}

}  // namespace sim::kustomize
