// ConfigMaps and Secrets that a kustomization makes from files, literals and env files.
// kustomize api/kv, api/internal/generators
#include <algorithm>

#include "sim/base/base64.h"
#include "sim/base/format.h"
#include "sim/base/utf8.h"
#include "sim/shell/kustomize_resources.h"

namespace sim::kustomize {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

std::string unquoted(const std::string& text) {
  if (text.size() < 2 || text.front() != text.back()) return text;
  return text.front() == '"' || text.front() == '\'' ? text.substr(1, text.size() - 2) : text;
}

std::string load_env(const std::string& text, Values& values) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line[begin] == '#') continue;
    line.remove_prefix(begin);
    const std::size_t equals = line.find('=');
    // A name alone takes its value from the environment, which is empty here.
    values.emplace_back(line.substr(0, equals),
                        equals == std::string_view::npos ? "" : line.substr(equals + 1));
  }
  return "";
}

std::string load_file(const Root& root, const std::string& source, Values& values) {
  std::string key;
  std::string path = source;
  const std::size_t equals = source.find('=');
  if (equals == std::string::npos) {
    key = source.substr(source.rfind('/') == std::string::npos ? 0 : source.rfind('/') + 1);
  } else {
    key = source.substr(0, equals);
    path = source.substr(equals + 1);
    if (path.find('=') != std::string::npos) {
      return "key names or file paths cannot contain '='";
    }
    if (key.empty())
      return fmt::format("missing key name for file path '{}' in source '{}'", path, source);
    if (path.empty())
      return fmt::format("missing file path for key name '{}' in source '{}'", key, source);
  }
  std::string error;
  std::optional<std::string> text = root.read(path, &error);
  if (!text) return error;
  values.emplace_back(key, std::move(*text));
  return "";
}

std::string load(const Root& root, const Generator& generator, Values& values) {
  for (const std::string& env : generator.envs) {
    std::string error;
    const std::optional<std::string> text = root.read(env, &error);
    if (text) error = load_env(*text, values);
    if (!error.empty()) {
      return fmt::format("env source files: [{}]: {}", fmt::join(generator.envs, " "), error);
    }
  }
  for (const std::string& literal : generator.literals) {
    const std::size_t equals = literal.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fmt::format("literal sources [{}]: invalid literal source {}, expected key=value",
                         fmt::join(generator.literals, " "), literal);
    }
    values.emplace_back(literal.substr(0, equals), unquoted(literal.substr(equals + 1)));
  }
  for (const std::string& file : generator.files) {
    const std::string error = load_file(root, file, values);
    if (!error.empty()) {
      return fmt::format("file sources: [{}]: {}", fmt::join(generator.files, " "), error);
    }
  }
  return "";
}

/// Long text goes over several lines. kustomize api/internal/generators: encodeBase64
std::string base64_lines(const std::string& bytes) {
  constexpr std::size_t kLine = 70;
  const std::string text = encode_base64(bytes);
  if (text.size() < kLine) return text;
  std::string lines;
  for (std::size_t i = 0; i < text.size(); i += kLine) lines += text.substr(i, kLine) + "\n";
  return lines;
}

void add_pairs(Json& meta, const char* key, const Pairs& pairs) {
  for (const auto& [name, value] : pairs) meta[key][name] = value;
}

/// Takes over what is known of the resource that is replaced, and when merging its data too.
void take_over(const Resource& old, bool merges, Resource& made) {
  Json& meta = made.json["metadata"];
  const Json& before = old.json["metadata"];
  for (const char* key : {"labels", "annotations"}) {
    if (!before.contains(key)) continue;
    Json all = before[key];
    if (meta.contains(key)) all.update(meta[key]);
    meta[key] = std::move(all);
  }
  meta["name"] = before["name"];
  if (before.contains("namespace")) meta["namespace"] = before["namespace"];
  for (const char* key : {"data", "binaryData"}) {
    if (!merges || !old.json.contains(key)) continue;
    Json all = old.json[key];
    if (made.json.contains(key)) all.update(made.json[key]);
    made.json[key] = std::move(all);
  }
  made.former = old.former;
  made.prefixes = old.prefixes;
  made.suffixes = old.suffixes;
}

}  // namespace

std::string generate(const Root& root, const Generator& generator, const GeneratorOptions& options,
                     Resources& resources) {
  if (generator.name.empty()) {
    return generator.secret ? "a secret must have a name" : "a configmap must have a name";
  }
  Values values;
  if (const std::string error = load(root, generator, values); !error.empty()) {
    return "loading KV pairs: " + error;
  }
  Resource made;
  made.json = {{"apiVersion", "v1"},
               {"kind", generator.secret ? "Secret" : "ConfigMap"},
               {"metadata", {{"name", generator.name}}}};
  Json& meta = made.json["metadata"];
  if (!generator.ns.empty()) meta["namespace"] = generator.ns;
  add_pairs(meta, "labels", options.labels);
  add_pairs(meta, "labels", generator.options.labels);
  add_pairs(meta, "annotations", options.annotations);
  add_pairs(meta, "annotations", generator.options.annotations);
  if (generator.secret) made.json["type"] = generator.type.empty() ? "Opaque" : generator.type;
  if (options.immutable || generator.options.immutable) made.json["immutable"] = true;
  made.hashed = !options.no_hash && !generator.options.no_hash;
  std::vector<std::string> seen;
  for (const auto& [key, value] : values) {
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      return fmt::format("{} {} illegally repeats the key `{}`",
                         generator.secret ? "secret" : "configmap", generator.name, key);
    }
    seen.push_back(key);
    if (generator.secret) {
      made.json["data"][key] = base64_lines(value);
    } else if (find_bad_utf8(value) == std::string::npos) {
      made.json["data"][key] = value;
    } else {
      made.json["binaryData"][key] = base64_lines(value);
    }
  }
  const Id id = made.id();
  const bool takes = generator.behavior == "merge" || generator.behavior == "replace";
  const auto old = std::find_if(resources.begin(), resources.end(),
                                [&](const Resource& one) { return one.had(id); });
  const auto conflict = [&](std::string_view what) {
    // Where Go prints the generator, it prints where it lies in memory.
    return fmt::format(
        "merging from generator &{{0xc000000000 <nil>}}: id "
        "resid.ResId{{Gvk:resid.Gvk{{Group:\"\", "
        "Version:\"v1\", Kind:\"{}\", isClusterScoped:false}}, Name:\"{}\", Namespace:\"{}\"}} {}",
        id.kind, id.name, id.ns, what);
  };
  if (old == resources.end()) {
    if (takes) return conflict("does not exist; cannot merge or replace");
    resources.push_back(std::move(made));
    return "";
  }
  if (!takes) return conflict("exists; behavior must be merge or replace");
  take_over(*old, generator.behavior == "merge", made);
  *old = std::move(made);
  return "";
}

}  // namespace sim::kustomize
