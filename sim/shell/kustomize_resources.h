// What is inside a kustomization while it is built: resources with the names they had, the
// kustomization file itself as plain data, and the steps that change resources. Internal to
// kustomize.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/files/file_system.h"
#include "sim/model/json.h"
#include "sim/model/merge_schema.h"

namespace sim::kustomize {

/// Who a resource is. kustomize kyaml/resid: ResId
struct Id {
  std::string group, version, kind, name, ns;
  friend bool operator==(const Id&, const Id&) = default;
};
/// "Deployment.v1.apps/web.[noNs]"
std::string to_text(const Id& id);
/// The same object: no namespace is "default", and cluster-wide kinds have none.
bool same(const Id& a, const Id& b);
bool is_cluster_scoped(const Id& id);

struct Resource {
  Json json;
  std::vector<Id> former;             // the ids that it had, the first one first
  std::vector<std::string> prefixes;  // that were put before its name, …
  std::vector<std::string> suffixes;  // … and behind it, the innermost first
  bool hashed = false;                // its name gets the hash of its contents

  Id id() const;
  Id original_id() const { return former.empty() ? id() : former.front(); }
  bool had(const Id& wanted) const;  // now or before
  /// Calls it so from now on, and remembers the id that it has now.
  void rename(const std::string& name);
  void remember();
};
using Resources = std::vector<Resource>;

/// The text at a key of an object; empty when there is none.
std::string text_of(const Json& json, std::string_view key);

// The parts of a kustomization file.
struct Selection {
  std::string group, version, kind, name, ns, labels, annotations;
};
struct Patch {
  std::string path;
  std::string text;
  std::optional<Selection> target;
  bool keeps_name = true;  // options.allowNameChange is not set
  bool keeps_kind = true;
  Json source;  // as written, for messages
};
using Pairs = std::map<std::string, std::string>;
struct GeneratorOptions {
  Pairs labels;
  Pairs annotations;
  bool no_hash = false;
  bool immutable = false;
};
struct Generator {
  bool secret = false;
  std::string name, ns, behavior, type;
  std::vector<std::string> files, literals, envs;
  GeneratorOptions options;
};
struct LabelRule {
  Pairs pairs;
  bool selectors = false;
  bool templates = false;
};
struct ImageRule {
  std::string name, new_name, new_tag, tag_suffix, digest;
};
struct ReplicaRule {
  std::string name;
  std::int64_t count = 0;
};
struct Kustomization {
  std::vector<std::string> resources;
  std::vector<std::string> merge_patches;  // patchesStrategicMerge: paths or texts
  std::vector<Patch> patches;
  std::vector<Patch> json_patches;  // patchesJson6902
  std::string ns, prefix, suffix;
  std::vector<LabelRule> labels;
  Pairs annotations;
  std::vector<ImageRule> images;
  std::vector<ReplicaRule> replicas;
  std::vector<Generator> generators;
  GeneratorOptions options;
  bool sorted = true;  // sortOptions.order is not "fifo"
};

/// Reads the text of a kustomization file; nothing, and an error, when it is none.
std::optional<Kustomization> parse_kustomization(const std::string& text, const std::string& name,
                                                 const std::string& directory,
                                                 std::string* warnings, std::string* error);

/// A directory that is built: where relative names start, and what lies outside it.
struct Root {
  const FileSystem& files;
  Path path;

  /// A file in or below the directory; nothing, and kustomize's words, when it cannot be read.
  std::optional<std::string> read(const std::string& name, std::string* error) const;
};
/// "evalsymlink failure on 'X' : lstat X: no such file or directory"
std::string no_such_path(const std::string& shown, const Path& path);

/// The resources of a text; nothing, and an error, when something in it is none.
std::optional<Resources> parse_resources(const std::string& text, const std::string& file,
                                         std::string* error);

// The steps. Each answers kustomize's words when it cannot be done, and else nothing.
std::string generate(const Root& root, const Generator& generator, const GeneratorOptions& options,
                     Resources& resources);
std::string apply_merge_patch(const std::string& text, Resources& resources);
std::string apply_patch(const Root& root, const Patch& patch, Resources& resources);
std::string set_namespace(const std::string& ns, Resources& resources);
void add_to_names(const std::string& prefix, const std::string& suffix, Resources& resources);
void add_labels(const LabelRule& rule, Resources& resources);
void add_annotations(const Pairs& annotations, Resources& resources);
void set_image(const ImageRule& rule, Resources& resources);
std::string set_replicas(const ReplicaRule& rule, Resources& resources);
void add_hashes(Resources& resources);
/// What names another resource by a name that it had names it as it is called now.
void fix_references(Resources& resources);
void sort_legacy(Resources& resources);

/// A strategic merge as kustomize does it: new items of a list come first. False when the two do
/// not fit; the value is gone when `merged` is empty. kustomize kyaml/yaml/merge2, kyaml/yaml/walk
bool merge(const Json& original, const Json& patch, const MergeType& type,
           std::optional<Json>* merged, std::string* error);
/// What is known of a kind's fields; nothing but maps and lists of kinds that podsight has not.
const MergeType& merge_type_of(const Id& id);

}  // namespace sim::kustomize
