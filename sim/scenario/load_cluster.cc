#include "sim/scenario/load_cluster.h"

#include <algorithm>
#include <utility>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/scenario/load_nodes.h"
#include "sim/world/drivers.h"
#include "sim/world/metrics.h"
#include "sim/world/snapshots.h"

namespace sim {
namespace {

constexpr std::int64_t kMaxFileSize = 1LL << 50;

EntryPtr read_entry(const Cursor& value) {
  if (value.is_string()) return make_file(value.string(), Time{});
  if (!value.keys({"size", "content", "symlink", "mode"})) return make_file("", Time{});
  const std::string what = value.exactly_one({"size", "content", "symlink"}, "kind of file");
  if (what == "symlink") return make_symlink(value["symlink"].string(), Time{});
  std::uint16_t mode = 0644;
  if (value["mode"]) {
    const std::string text = value["mode"].string();
    if (text.empty() || text.size() > 4 ||
        text.find_first_not_of("01234567") != std::string::npos) {
      value["mode"].error(fmt::format("\"{}\" is no file mode", text), "for example \"0755\"");
    } else {
      mode = static_cast<std::uint16_t>(std::stoi(text, nullptr, 8));
    }
  }
  if (what == "content") return make_file(value["content"].lines(), Time{}, mode);
  if (what == "size") {
    const std::int64_t size = read_quantity(value["size"]).value();
    if (size > kMaxFileSize) value["size"].error("a file cannot be that large", "at most 1Pi");
    return make_sized_file(
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(size, 0, kMaxFileSize)), Time{}, mode);
  }
  return make_file("", Time{});
}

Tree read_layer(const Cursor& files) {
  Tree tree;
  for (const auto& [name, value] : files.members()) {
    if (name.empty() || name.front() != '/') {
      value.error(fmt::format("\"{}\" is no absolute path", name), "begin it with \"/\"");
      continue;
    }
    const Path path = parse_path(name);
    if (!value.is_array()) {
      tree.put(path, read_entry(value));
      continue;
    }
    // Everybody may write there, whatever user a container runs as.
    tree.put(path, make_directory(Time{}, name == "/tmp" || name == "/var/tmp" ? 01777 : 0755));
    for (const Cursor& child : value.items()) {
      const std::string file = child.string();
      if (file.empty() || file.find('/') != std::string::npos) {
        child.error(fmt::format("\"{}\" is no file name", file), "a name without \"/\"");
        continue;
      }
      Path below = path;
      below.emplace_back(file);
      tree.put(below, make_sized_file(0, Time{}));
    }
  }
  return tree;
}

void read_process(const Cursor& section, Image* image) {
  ImageProcess& process = image->process;
  if (!section.keys({"argv", "http", "exit", "onSigterm", "startDelay"})) return;
  for (const std::string& word : section["argv"].strings()) process.argv.emplace_back(word);
  if (const Cursor http = section["http"];
      http && http.keys({"root", "port", "portFromEnv"}, {"root"})) {
    process.serves_http = true;
    process.http_root = Str(http["root"].string());
    process.http_port = static_cast<std::int32_t>(http["port"].integer(1, 65535, 80));
    process.port_from_env = http["portFromEnv"].boolean(false);
  }
  if (const Cursor exit = section["exit"]) {
    process.exits = true;
    process.exit_code = static_cast<std::int32_t>(exit.integer(0, 255, 0));
  }
  if (const Cursor sigterm = section["onSigterm"]) {
    if (sigterm.is_string()) {
      sigterm.word({"ignore"});
      process.sigterm_exit_code = -1;
    } else {
      process.sigterm_exit_code = static_cast<std::int32_t>(sigterm.integer(0, 255, 0));
    }
  }
  process.start_delay = section["startDelay"].duration({});
}

Image read_image(const std::string& name, const Cursor& section) {
  Image image;
  image.name = normal_image_name(name);
  image.id = image_digest(image.name);
  image.layers = std::make_shared<const std::vector<Tree>>();
  if (!section.keys({"files", "layers", "size", "programs", "process", "entrypoint", "cmd", "env",
                     "workingDir", "user", "pullable", "id"})) {
    return image;
  }
  std::vector<Tree> layers;
  for (const Cursor& layer : section["layers"].items()) {
    if (layer.keys({"files"}, {"files"})) layers.push_back(read_layer(layer["files"]));
  }
  if (section["files"]) layers.push_back(read_layer(section["files"]));
  std::uint64_t bytes = 0;
  for (const Tree& layer : layers) bytes += layer.usage().bytes;
  image.layers = std::make_shared<const std::vector<Tree>>(std::move(layers));
  image.size = section["size"] ? static_cast<std::uint64_t>(std::max<std::int64_t>(
                                     read_quantity(section["size"]).value(), 0))
                               : std::max<std::uint64_t>(bytes, 20 << 20);
  for (const std::string& program : section["programs"].strings()) {
    image.programs.emplace_back(program);
  }
  std::sort(image.programs.begin(), image.programs.end());
  if (section["process"]) read_process(section["process"], &image);
  for (const std::string& word : section["entrypoint"].strings())
    image.entrypoint.emplace_back(word);
  for (const std::string& word : section["cmd"].strings()) image.cmd.emplace_back(word);
  for (const auto& [key, value] : section["env"].members()) {
    image.env.set(Str(key), Str(value.string()));
  }
  image.working_dir = Str(section["workingDir"].string());
  image.user = static_cast<std::uint32_t>(section["user"].integer(0, 65535, 0));
  image.pullable = section["pullable"].boolean(true);
  if (section["id"]) image.id = Str(section["id"].string());
  return image;
}

/// Storage drivers that are installed from the start.
void read_drivers(const Cursor& section, ClusterSpecification* cluster) {
  std::vector<std::string> known;
  for (const Driver& driver : drivers()) {
    if (driver.csi || driver.handle != HandleShape::None) known.emplace_back(driver.name);
  }
  known.emplace_back(kSnapshotController);
  known.emplace_back(kMetricsServer);
  for (const Cursor& item : section.items()) {
    if (item.is_object() && !item.keys({"name", "provisioner"}, {"name"})) continue;
    const Cursor named = item.is_object() ? item["name"] : item;
    const std::string name = named.string();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      named.error(fmt::format("unknown driver \"{}\"", name), hint_for(name, known));
      continue;
    }
    cluster->drivers.push_back(name);
    if (!item.is_object() || !item["provisioner"]) continue;
    cluster->settings.provisioners.set(Str(name), Str(item["provisioner"].string()));
  }
}

/// What would be right in the place of what the API server would refuse: the version of a kind that
/// is known, the kind of a name that is none, the field that is meant.
std::string manifest_hint(const Cursor& manifest, const std::string& wrong) {
  // The fields that lessons use most: a slip is most often in one of them.
  static const std::vector<std::string> fields = {"metadata",
                                                  "name",
                                                  "namespace",
                                                  "labels",
                                                  "annotations",
                                                  "spec",
                                                  "replicas",
                                                  "selector",
                                                  "matchLabels",
                                                  "template",
                                                  "strategy",
                                                  "serviceName",
                                                  "containers",
                                                  "initContainers",
                                                  "image",
                                                  "imagePullPolicy",
                                                  "command",
                                                  "args",
                                                  "env",
                                                  "value",
                                                  "valueFrom",
                                                  "ports",
                                                  "containerPort",
                                                  "resources",
                                                  "requests",
                                                  "limits",
                                                  "volumeMounts",
                                                  "mountPath",
                                                  "subPath",
                                                  "readOnly",
                                                  "volumes",
                                                  "emptyDir",
                                                  "medium",
                                                  "sizeLimit",
                                                  "hostPath",
                                                  "path",
                                                  "configMap",
                                                  "secret",
                                                  "secretName",
                                                  "items",
                                                  "key",
                                                  "data",
                                                  "accessModes",
                                                  "storageClassName",
                                                  "volumeName",
                                                  "storage",
                                                  "claimName",
                                                  "persistentVolumeClaim",
                                                  "provisioner",
                                                  "parameters",
                                                  "reclaimPolicy",
                                                  "volumeBindingMode",
                                                  "nodeSelector",
                                                  "nodeName",
                                                  "restartPolicy",
                                                  "terminationGracePeriodSeconds",
                                                  "tolerations",
                                                  "affinity",
                                                  "minAvailable",
                                                  "maxUnavailable",
                                                  "livenessProbe",
                                                  "readinessProbe",
                                                  "volumeClaimTemplates"};
  if (wrong.rfind("unknown field ", 0) == 0) {
    const std::string field = wrong.substr(wrong.find_last_of(".\"", wrong.size() - 2) + 1);
    const std::string hint = hint_for(field.substr(0, field.size() - 1), fields, " ");
    return hint == " " ? "" : hint;
  }
  const Json& json = manifest.json();
  if (wrong.rfind("no matches for kind", 0) != 0 || !json["kind"].is_string()) return "";
  const auto name = json["kind"].get<std::string>();
  if (const std::optional<Kind> kind = api_kind_named(name)) {
    return fmt::format("\"apiVersion\": \"{}\"", api_version(*kind));
  }
  return hint_for(name, api_kind_names());
}

}  // namespace

void read_sim(const Cursor& section, Settings* settings) {
  if (!section ||
      !section.keys({"kubernetes", "seed", "start", "delays", "journalLimit", "historyBudget"})) {
    return;
  }
  const std::string version = section["kubernetes"].string("1.30");
  if (version != "1.30") {
    section["kubernetes"].error(fmt::format("podsight does not model Kubernetes {}", version),
                                "\"1.30\"");
  }
  settings->seed = static_cast<std::uint64_t>(
      section["seed"].integer(0, INT64_MAX, static_cast<std::int64_t>(settings->seed)));
  if (const Cursor start = section["start"]) {
    const std::string text = start.string();
    const std::optional<Time> time = parse_rfc3339(text);
    if (time) {
      settings->start = *time;
    } else {
      start.error(fmt::format("\"{}\" is no moment", text), "for example \"2025-01-01T00:00:00Z\"");
    }
  }
  for (const auto& [name, value] : section["delays"].members()) {
    const TimingName* known = nullptr;
    for (const TimingName& timing : timing_names()) {
      if (timing.name == name) known = &timing;
    }
    if (!known) {
      std::vector<std::string> all;
      for (const TimingName& timing : timing_names()) all.emplace_back(timing.name);
      value.error(fmt::format("unknown delay \"{}\"", name), hint_for(name, all));
      continue;
    }
    settings->timing.*known->field = value.duration(settings->timing.*known->field);
  }
  settings->journal_limit =
      static_cast<std::uint64_t>(section["journalLimit"].integer(0, INT64_MAX, 0));
  if (const Cursor budget = section["historyBudget"]) {
    const std::int64_t bytes = read_quantity(budget).value();
    settings->history_budget = static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
  }
}

void check_manifest(const Cursor& manifest) {
  if (!manifest) return;
  if (!manifest.is_object()) {
    manifest.error("this is no manifest", "an object with apiVersion, kind and metadata");
    return;
  }
  for (const char* key : {"apiVersion", "kind", "metadata"}) {
    if (!manifest.json().contains(key)) {
      manifest.error(fmt::format("the manifest has no \"{}\"", key),
                     fmt::format("add \"{}\"", key));
      return;
    }
  }
  const Decoded decoded = decode(manifest.json());
  for (const DecodeError& wrong : decoded.errors) {
    Cursor at = manifest;
    std::string_view rest = wrong.pointer;
    // Walk as far as the document goes: the error then points at the nearest thing that is there.
    while (!rest.empty() && rest.front() == '/') {
      const std::size_t end = rest.find('/', 1);
      std::string key(rest.substr(1, end == std::string_view::npos ? end : end - 1));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
      if (at.is_array()) {
        const std::vector<Cursor> items = at.items();
        const auto index = static_cast<std::size_t>(std::atoi(key.c_str()));
        if (index >= items.size()) break;
        at = items[index];
      } else {
        for (std::size_t i = key.find("~1"); i != std::string::npos; i = key.find("~1", i)) {
          key.replace(i, 2, "/");
        }
        const Cursor next = at[key];
        if (!next) break;
        at = next;
      }
    }
    at.error(wrong.message, manifest_hint(manifest, wrong.message));
  }
}

void read_cluster(const Cursor& section, ClusterFile* file) {
  if (!section || !section.keys({"nodes", "nodeGroups", "autoscaler", "images", "registry",
                                 "drivers", "manifests", "loads", "sharedHostFiles"})) {
    return;
  }
  read_nodes(section, &file->cluster);
  ImageCatalog& catalog = file->cluster.settings.images;
  for (const auto& [name, image] : section["images"].members()) {
    Image read = read_image(name, image);
    std::string key = read.name.str();
    catalog.images.insert_or_assign(std::move(key), std::move(read));
  }
  if (const Cursor registry = section["registry"]; registry && registry.keys({"reachable"})) {
    catalog.registry_reachable = registry["reachable"].boolean(true);
  }
  std::vector<std::string> described;
  for (const auto& [name, unused] : section["images"].members()) described.push_back(name);
  for (const char* machines : {"nodes", "nodeGroups"}) {
    for (const Cursor& node : section[machines].items()) {
      for (const Cursor& image : node["images"].items()) {
        if (image.is_string() && !catalog.find(image.string())) {
          image.error(fmt::format("the cluster has no image \"{}\"", image.string()),
                      hint_for(image.string(), described, "describe it under \"images\""));
        }
      }
    }
  }
  read_drivers(section["drivers"], &file->cluster);
  for (const Cursor& load : section["loads"].items()) {
    file->cluster.loads.push_back(read_load(load));
  }
  file->cluster.shared_host_files = section["sharedHostFiles"].boolean(false);
  for (const Cursor& manifest : section["manifests"].items()) {
    check_manifest(manifest);
    file->manifests.push_back(std::make_shared<const Json>(manifest.json()));
  }
}

void read_version(const Cursor& root) {
  // "formatVersion" is what the key was called in the first lessons.
  const Cursor version = root["podsight"] ? root["podsight"] : root["formatVersion"];
  if (!version) {
    root.error("\"podsight\" is missing: the version of the format", "\"podsight\": 1");
    return;
  }
  if (version.json().is_number_integer() && version.json() > 1) {
    version.error(fmt::format("format {} is newer than this podsight", version.json().dump()),
                  "use a newer podsight, or \"podsight\": 1");
    return;
  }
  version.integer(1, 1, 1);
}

ClusterFile parse_cluster(const std::string& text, const std::string& file) {
  const Document document = parse_json(text, file);
  Reader reader(document, file);
  const Cursor root(reader, &document.json, "");
  ClusterFile cluster;
  if (root.keys({"$schema", "podsight", "formatVersion", "sim", "cluster"}, {"cluster"})) {
    read_version(root);
    read_sim(root["sim"], &cluster.cluster.settings);
    read_cluster(root["cluster"], &cluster);
    if (!has_nodes(cluster.cluster) && root["cluster"].is_object()) {
      root["cluster"].error("the cluster has no nodes", "\"nodes\": [{\"name\": \"node-a\"}]");
    }
  }
  reader.finish();
  return cluster;
}

ClusterFile load_cluster(const std::string& path) { return parse_cluster(read_file(path), path); }

}  // namespace sim
