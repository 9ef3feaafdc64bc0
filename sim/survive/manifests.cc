#include "sim/survive/manifests.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/model/manifest.h"
#include "sim/scenario/terminal.h"

namespace sim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;

/// The kustomization file of a folder; empty: it has none.
fs::path kustomization_of(const fs::path& folder) {
  for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    std::error_code error;
    if (fs::is_regular_file(folder / name, error)) return folder / name;
  }
  return {};
}

bool is_manifest_file(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

class HandedReader {
 public:
  explicit HandedReader(bool recursive) : recursive_(recursive) {}

  void read(const std::string& path) {
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) {
      read_file_at(path, true);
    } else if (!kustomization_of(path).empty()) {
      kustomize(path);
    } else {
      read_folder(path);
    }
  }

  Handed take(const std::vector<std::string>& paths) {
    if (handed_.scenario && (!handed_.manifests.empty() || paths.size() > 1)) {
      throw InputError("give either one scenario or manifests, not both");
    }
    if (!handed_.scenario && handed_.manifests.empty()) {
      throw InputError(fmt::format("there are no manifests in {}", fmt::join(paths, ", ")));
    }
    return std::move(handed_);
  }

 private:
  void read_file_at(const std::string& path, bool maybe_scenario) {
    const std::string text = read_file(path);
    const std::string name = path == "-" ? "standard input" : path;
    const std::vector<Document> documents = parse_documents(text, name);
    if (maybe_scenario && documents.size() == 1 && documents[0].json.is_object() &&
        documents[0].json.contains("cluster") && documents[0].json.contains("steps")) {
      if (handed_.scenario) throw InputError("give one scenario at a time");
      handed_.scenario = path == "-" ? parse_scenario(text, name) : load_scenario(path);
      return;
    }
    add(documents, name);
  }

  void add(const std::vector<Document>& documents, const std::string& file) {
    for (const Document& document : documents) {
      const Json& json = document.json;
      const auto has = [&](const char* key) {
        return json.is_object() && json.contains(key) && json[key].is_string();
      };
      if (!has("apiVersion") || !has("kind")) {
        throw InputError(std::vector<Diagnostic>{
            {file, document.line, 1, "", "this is no manifest",
             "a Kubernetes object has \"apiVersion\", \"kind\" and \"metadata\""}});
      }
      handed_.manifests.push_back(std::make_shared<const Json>(json));
    }
  }

  void read_folder(const fs::path& folder) {
    std::vector<fs::path> files;
    const auto look_at = [&](const fs::directory_entry& entry) {
      std::error_code error;
      if (entry.is_regular_file(error) && is_manifest_file(entry.path())) {
        files.push_back(entry.path());
      }
      if (files.size() > kMostFiles) {
        throw InputError(fmt::format("{} holds more than {} files", folder.string(), kMostFiles));
      }
    };
    std::error_code error;
    if (recursive_) {
      for (const auto& entry : fs::recursive_directory_iterator(
               folder, fs::directory_options::skip_permission_denied, error)) {
        look_at(entry);
      }
    } else {
      for (const auto& entry : fs::directory_iterator(folder, error)) look_at(entry);
    }
    if (error) throw InputError(fmt::format("{}: {}", folder.string(), error.message()));
    if (files.empty()) {
      throw InputError(
          fmt::format("{} holds no .yaml, .yml or .json files{}", folder.string(),
                      recursive_ ? "" : "; with -R the folders in it are looked into as well"));
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) read_file_at(file.string(), false);
  }

  static bool is_inside(const fs::path& folder, const fs::path& root) {
    const fs::path way = folder.lexically_relative(root);
    return !way.empty() && *way.begin() != "..";
  }

  /// The folder that holds all that a kustomization leads to.
  static void widen(const fs::path& folder, std::set<fs::path>* seen, fs::path* root) {
    if (!seen->insert(folder).second || seen->size() > kMostFiles) return;
    while (!is_inside(folder, *root)) *root = root->parent_path();
    const fs::path file = kustomization_of(folder);
    if (file.empty()) return;
    for (const Document& document : parse_documents(read_file(file.string()), file.string())) {
      for (const char* key : {"resources", "bases", "components"}) {
        if (!document.json.is_object() || !document.json.contains(key)) continue;
        for (const Json& item : document.json[key]) {
          if (!item.is_string()) continue;
          const fs::path next = (folder / item.get<std::string>()).lexically_normal();
          std::error_code error;
          if (fs::is_directory(next, error)) {
            widen(next.filename().empty() ? next.parent_path() : next, seen, root);
          } else if (fs::exists(next, error)) {
            const fs::path parent = next.parent_path();
            while (!is_inside(parent, *root)) *root = root->parent_path();
          }
        }
      }
    }
  }

  /// As `kubectl kustomize` would print it.
  void kustomize(const std::string& path) {
    fs::path folder = fs::absolute(path).lexically_normal();
    if (folder.filename().empty()) folder = folder.parent_path();
    fs::path root = folder;
    std::set<fs::path> seen;
    widen(folder, &seen, &root);
    Simulation nowhere = make_cluster(default_cluster().cluster);
    Terminal terminal(nowhere, root.string());
    std::string inner = folder.lexically_relative(root).string();
    if (inner.find('\'') != std::string::npos) {
      throw InputError(fmt::format("{}: a folder's name cannot hold a quote here", path));
    }
    const Terminal::Result done = terminal.run(fmt::format("kubectl kustomize '{}'", inner));
    if (done.exit != 0) throw InputError(fmt::format("{}: {}", path, done.output));
    add(parse_documents(done.output, path), path);
  }

  bool recursive_;
  Handed handed_;
};

}  // namespace

Handed read_handed(const std::vector<std::string>& paths, bool recursive) {
  HandedReader reader(recursive);
  for (const std::string& path : paths) reader.read(path);
  return reader.take(paths);
}

}  // namespace sim
