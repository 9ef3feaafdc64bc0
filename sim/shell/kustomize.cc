#include "sim/shell/kustomize.h"

#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/kustomize_resources.h"

namespace sim::kustomize {
namespace {

constexpr const char* kFileNames[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};
// Directories that build on each other can be many without being deep.
constexpr int kMostDirectories = 1000;
constexpr std::size_t kMostResources = 20000;

bool is_directory(const FileSystem& files, const Path& path) {
  const Io<Stat> found = files.stat(path);
  return found && found.value.type == FileType::Directory;
}

class Builder {
 public:
  Builder(const FileSystem& files, std::string* warnings) : files_(files), warnings_(warnings) {}

  std::optional<Resources> build(const Path& path, std::string* error) {
    std::optional<Kustomization> file = read(path, error);
    if (!file) return std::nullopt;
    sorted_ = file->sorted;
    std::optional<Resources> resources = accumulate(path, *file, {path}, error);
    if (!resources) return std::nullopt;
    add_hashes(*resources);
    fix_references(*resources);
    std::erase_if(*resources, [](const Resource& resource) {
      const auto local =
          Json::json_pointer("/metadata/annotations/config.kubernetes.io~1local-config");
      return resource.json.contains(local) && resource.json[local] == "true";
    });
    if (sorted_) sort_legacy(*resources);
    return resources;
  }

 private:
  std::optional<Kustomization> read(const Path& path, std::string* error) {
    std::vector<std::string> found;
    for (const char* name : kFileNames) {
      Path file = path;
      file.emplace_back(name);
      const Io<Stat> stat = files_.stat(file);
      if (stat && stat.value.type == FileType::File) found.emplace_back(name);
    }
    if (found.empty()) {
      *error = fmt::format(
          "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in "
          "directory '{}'",
          to_string(path));
      return std::nullopt;
    }
    if (found.size() > 1) {
      *error = fmt::format("Found multiple kustomization files under: {}\n", to_string(path));
      return std::nullopt;
    }
    Path file = path;
    file.emplace_back(found.front());
    const Io<std::string> text = files_.read(file);
    if (!text) {
      *error = fmt::format("open {}: {}", to_string(file), to_string(text.error));
      return std::nullopt;
    }
    return parse_kustomization(text.value, found.front(), to_string(path), warnings_, error);
  }

  /// `above`: the directories that are being built, this one among them.
  std::optional<Resources> accumulate(const Path& path, const Kustomization& file,
                                      const std::vector<Path>& above, std::string* error) {
    if (++directories_ > kMostDirectories) {
      *error = fmt::format("podsight builds no more than {} directories", kMostDirectories);
      return std::nullopt;
    }
    const Root root{files_, path};
    Resources resources;
    for (const std::string& name : file.resources) {
      const std::string wrong = add_resource(root, name, above, resources);
      if (!wrong.empty()) {
        *error = "accumulating resources: " + wrong;
        return std::nullopt;
      }
    }
    for (const Generator& generator : file.generators) {
      *error = generate(root, generator, file.options, resources);
      if (!error->empty()) return std::nullopt;
    }
    *error = transform(root, file, resources);
    if (!error->empty()) return std::nullopt;
    return resources;
  }

  /// kustomize api/internal/target: configureBuiltinTransformers has the order
  static std::string transform(const Root& root, const Kustomization& file, Resources& resources) {
    std::string error;
    for (const std::string& patch : file.merge_patches) {
      // A path, or else the patch itself.
      std::optional<std::string> text = root.read(patch, &error);
      if (!text && patch.find('\n') == std::string::npos) return error;
      error = apply_merge_patch(text ? *text : patch, resources);
      if (!error.empty()) return error;
    }
    for (const Patch& patch : file.patches) {
      error = apply_patch(root, patch, resources);
      if (!error.empty()) return error;
    }
    if (!file.ns.empty()) error = set_namespace(file.ns, resources);
    if (!error.empty()) return error;
    if (!file.prefix.empty() || !file.suffix.empty()) {
      add_to_names(file.prefix, file.suffix, resources);
    }
    for (const LabelRule& rule : file.labels) add_labels(rule, resources);
    add_annotations(file.annotations, resources);
    for (const Patch& patch : file.json_patches) {
      error = apply_patch(root, patch, resources);
      if (!error.empty()) return error;
    }
    for (const ReplicaRule& rule : file.replicas) {
      error = set_replicas(rule, resources);
      if (!error.empty()) return error;
    }
    for (const ImageRule& rule : file.images) set_image(rule, resources);
    return "";
  }

  /// First as a file, then as a directory: so are the messages.
  std::string add_resource(const Root& root, const std::string& name,
                           const std::vector<Path>& above, Resources& resources) {
    if (name.find("://") != std::string::npos || name.rfind("github.com/", 0) == 0) {
      return fmt::format("accumulating resources from '{}': podsight reaches no network", name);
    }
    std::string why;
    const std::optional<std::string> text = root.read(name, &why);
    const Path path = parse_path(name, root.path);
    if (text) {
      std::optional<Resources> found = parse_resources(*text, name, &why);
      if (!found) {
        const std::string wrong = fmt::format("accumulating resources from '{}': {}", name, why);
        if (why.rfind("MalformedYAMLError", 0) == 0) return wrong;
        return not_a_directory(wrong, path);
      }
      const std::string clash = append(std::move(*found), resources);
      if (clash.empty()) return "";
      return not_a_directory(fmt::format("merging resources from '{}': {}", name, clash), path);
    }
    const std::string as_file = fmt::format("accumulating resources from '{}': {}", name, why);
    const auto failed = [&](const std::string& as_directory) {
      return fmt::format("accumulation err='{}': {}", as_file, as_directory);
    };
    const Path real = files_.real_path(path);
    if (!is_directory(files_, real)) return not_a_directory(as_file, path);
    for (const Path& visited : above) {
      if (is_within(visited, real)) {
        return failed(fmt::format("cycle detected: candidate root '{}' contains visited root '{}'",
                                  to_string(real), to_string(visited)));
      }
    }
    const std::optional<Kustomization> file = read(real, &why);
    if (!file) {
      return failed(fmt::format("couldn't make target for path '{}': {}", to_string(real), why));
    }
    std::vector<Path> visited = above;
    visited.push_back(real);
    std::optional<Resources> found = accumulate(real, *file, visited, &why);
    if (!found) {
      return failed(fmt::format("recursed accumulation of path '{}': {}", to_string(real), why));
    }
    const std::string clash = append(std::move(*found), resources);
    if (clash.empty()) return "";
    return failed(fmt::format("recursed merging from path '{}': {}", to_string(real), clash));
  }

  std::string not_a_directory(const std::string& as_file, const Path& path) const {
    const std::string shown = to_string(path);
    const bool there = static_cast<bool>(files_.stat(path));
    return fmt::format("accumulation err='{}': must build at directory: {}", as_file,
                       there ? fmt::format("'{}': file is not directory", shown)
                             : fmt::format("not a valid directory: {}", no_such_path(shown, path)));
  }

  static std::string append(Resources found, Resources& resources) {
    for (Resource& resource : found) {
      const Id id = resource.id();
      for (const Resource& other : resources) {
        if (same(other.id(), id)) {
          return fmt::format("may not add resource with an already registered id: {}", to_text(id));
        }
      }
      if (resources.size() >= kMostResources) return "podsight holds no more resources";
      resources.push_back(std::move(resource));
    }
    return "";
  }

  const FileSystem& files_;
  std::string* warnings_;
  int directories_ = 0;
  bool sorted_ = true;
};

}  // namespace

std::string no_such_path(const std::string& shown, const Path& path) {
  return fmt::format("evalsymlink failure on '{}' : lstat {}: no such file or directory", shown,
                     to_string(path));
}

std::optional<std::string> Root::read(const std::string& name, std::string* error) const {
  const Path wanted = parse_path(name, path);
  const std::string shown = to_string(wanted);
  const Path real = files.real_path(wanted);
  const Io<Stat> found = files.stat(real);
  if (!found) {
    *error = no_such_path(shown, wanted);
    return std::nullopt;
  }
  if (found.value.type == FileType::Directory) {
    *error = fmt::format("'{}' must resolve to a file", shown);
    return std::nullopt;
  }
  if (!is_within(real, path)) {
    *error = fmt::format("security; file '{}' is not in or below '{}'", shown, to_string(path));
    return std::nullopt;
  }
  Io<std::string> text = files.read(real);
  if (!text) {
    *error = fmt::format("open {}: {}", shown, to_string(text.error));
    return std::nullopt;
  }
  return std::move(text.value);
}

Build build(const FileSystem& files, const Path& cwd, const std::string& directory) {
  Build result;
  if (directory.find("://") != std::string::npos) {
    result.error = fmt::format("unable to read URL \"{}\": podsight reaches no network", directory);
    return result;
  }
  const Path path = parse_path(directory, cwd);
  if (!files.stat(path)) {
    result.error = fmt::format("must build at directory: not a valid directory: {}",
                               no_such_path(directory, path));
    return result;
  }
  const Path real = files.real_path(path);
  if (!is_directory(files, real)) {
    result.error = fmt::format("must build at directory: '{}': file is not directory", directory);
    return result;
  }
  std::optional<Resources> resources = Builder(files, &result.warnings).build(real, &result.error);
  if (!resources) {
    // kubectl ends the message with a line end of its own only where there is none.
    while (!result.error.empty() && result.error.back() == '\n') result.error.pop_back();
    return result;
  }
  for (Resource& resource : *resources) result.objects.push_back(std::move(resource.json));
  return result;
}

std::string to_text(const std::vector<Json>& objects) {
  std::string text;
  for (const Json& object : objects) {
    if (!text.empty()) text += "---\n";
    text += to_yaml(object);
  }
  return text;
}

}  // namespace sim::kustomize
