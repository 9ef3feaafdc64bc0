#include "sim/survive/workloads.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "sim/base/format.h"
#include "sim/graph/place_name.h"
#include "sim/graph/sentences.h"
#include "sim/graph/why.h"
#include "sim/model/pod_spec.h"
#include "sim/model/volume_facts.h"
#include "sim/survive/known_images.h"
#include "sim/world/file_view.h"

namespace sim {
namespace {

// More would take minutes, and nobody reads so many tables.
constexpr std::size_t kMostWorkloads = 64;
constexpr std::string_view kCacheAnnotation = "podsight/cache";
constexpr std::string_view kMarker = "written by podsight survive\n";

bool is_of_system(std::string_view ns) {
  return ns.substr(0, 5) == "kube-" || ns == "local-path-storage";
}

std::string joined(const std::vector<Str>& words) {
  std::string text;
  for (const Str& word : words) {
    if (!text.empty()) text += ",";
    // The short names that kubectl prints. k8s 1.30 component-helpers: GetAccessModesAsString
    text += word == "ReadWriteOnce"      ? "RWO"
            : word == "ReadOnlyMany"     ? "ROX"
            : word == "ReadWriteMany"    ? "RWX"
            : word == "ReadWriteOncePod" ? "RWOP"
                                         : word.view();
  }
  return text;
}

/// What holds the files of a volume, in a few words.
std::string holder_of(const World& world, const PlaceName& name, bool ko) {
  const std::string_view kind = name.kind;
  if (kind == "PersistentVolumeClaim" || kind == "ephemeral") {
    const auto* volume = world.find<PersistentVolume>("", name.persistent);
    std::string text = fmt::format("{} {}", ko ? "클레임" : "claim", name.source);
    std::string facts = name.storage_class.str();
    const auto add = [&facts](const std::string& fact) {
      if (!fact.empty()) facts += (facts.empty() ? "" : ", ") + fact;
    };
    add(joined(name.access_modes));
    if (volume) add(volume->spec.reclaim_policy.str());
    if (kind == "ephemeral") add(ko ? "Pod마다 따로" : "one for each pod");
    return facts.empty() ? text : fmt::format("{} ({})", text, facts);
  }
  if (kind == "emptyDir") {
    if (name.memory) {
      return fmt::format("emptyDir {} ({})", name.volume, ko ? "메모리" : "in memory");
    }
    return fmt::format("emptyDir {}", name.volume);
  }
  if (kind == "hostPath") {
    return ko ? fmt::format("노드의 {}", name.source) : fmt::format("{} of the node", name.source);
  }
  return name.source.empty() ? fmt::format("{} {}", kind, name.volume)
                             : fmt::format("{} {}", kind, name.source);
}

bool is_cache_word(std::string_view word) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "tmp", "temp", "cache", "caches", ".cache", "run", "scratch", "shm", "tmpfs"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool has_cache_word(std::string_view text, std::string_view separators) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(separators);
    if (is_cache_word(text.substr(0, end))) return true;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return false;
}

/// The paths that the pod's annotation declares as caches.
std::vector<Path> declared_caches(const Pod& pod) {
  std::vector<Path> paths;
  const Str value = pod.meta.annotations.get(kCacheAnnotation);
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::size_t end = rest.find(',');
    std::string_view word = rest.substr(0, end);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (!word.empty() && word.front() == '/') paths.push_back(parse_path(word));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return paths;
}

/// The pods that an owner controls, itself or through ReplicaSets.
void add_pods(const Store& store, Uid owner, std::vector<Id>& pods) {
  const std::vector<Id> own = store.controlled_by(owner, Kind::Pod);
  pods.insert(pods.end(), own.begin(), own.end());
  for (const Id id : store.controlled_by(owner, Kind::ReplicaSet)) {
    add_pods(store, store.get<ReplicaSet>(id)->meta.uid, pods);
  }
}

/// Marks one pod: which places its containers have, and a file in each.
class Marker {
 public:
  Marker(Simulation& simulation, std::string_view language, Id pod, Subject* subject,
         WorkloadSurvival* workload)
      : simulation_(simulation),
        language_(language),
        ko_(language == "ko"),
        id_(pod),
        pod_(simulation.world().store().share<Pod>(pod)),
        spec_(full_spec(*pod_)),
        caches_(declared_caches(*pod_)),
        subject_(subject),
        workload_(workload) {}

  void mark() {
    const std::size_t sidecars = static_cast<std::size_t>(
        std::count_if(spec_.init_containers.begin(), spec_.init_containers.end(), is_sidecar));
    workload_->containers.reserve(spec_.containers.size() + sidecars);
    for (const Container& container : spec_.containers) add(container);
    for (const Container& container : spec_.init_containers) {
      if (is_sidecar(container)) add(container);
    }
  }

 private:
  static bool is_sidecar(const Container& container) {
    return container.restart_policy == Str("Always");
  }
  const World& world() const { return simulation_.world(); }

  void add(const Container& container) {
    ContainerSurvival found;
    found.name = container.name.str();
    found.image = container.image.str();
    std::vector<bool> in_claim;
    for (const VolumeMount& mount : container.volume_mounts) {
      const Volume* volume = find_volume(spec_, mount.name);
      if (!volume || mount.read_only) continue;
      const VolumeSource& source = volume->volume_source;
      if (source.config_map || source.secret || source.projected || source.downward_api) continue;
      const PlaceName name = name_volume(world(), *pod_, *volume);
      SurvivingPath path;
      path.path = mount.mount_path.str();
      path.holder = holder_of(world(), name, ko_);
      path.scratch = is_declared(path.path) ||
                     (source.empty_dir &&
                      (has_cache_word(path.path, "/") || has_cache_word(mount.name, "-_.")));
      found.paths.push_back(std::move(path));
      in_claim.push_back(static_cast<bool>(source.persistent_volume_claim));
    }
    add_layer(container, &found);
    in_claim.resize(found.paths.size());
    write(container, &found, in_claim);
    workload_->containers.push_back(std::move(found));
  }

  bool is_declared(const std::string& path) const {
    const Path wanted = parse_path(path);
    return std::any_of(caches_.begin(), caches_.end(),
                       [&](const Path& cache) { return is_within(wanted, cache); });
  }

  /// The known data directories of the image that no mount covers, and the layer as such.
  void add_layer(const Container& container, ContainerSurvival* found) {
    const bool read_only = container.security_context &&
                           container.security_context->read_only_root_filesystem.value_or(false);
    const std::string layer = ko_ ? "쓰기 레이어" : "writable layer";
    for (const std::string_view directory : data_directories(container.image)) {
      const VolumeMount* over = mount_over(container, parse_path(directory));
      if (over) {
        for (SurvivingPath& path : found->paths) path.is_data |= path.path == over->mount_path;
      } else if (!read_only) {
        SurvivingPath path;
        path.path = directory;
        path.holder = layer;
        path.is_data = true;
        path.scratch = is_declared(path.path);
        found->paths.push_back(std::move(path));
      }
    }
    if (read_only) return;
    SurvivingPath path;
    path.path = container.working_dir.empty() ? "/" : container.working_dir.str();
    if (mount_over(container, parse_path(path.path))) path.path = "/";
    for (const SurvivingPath& other : found->paths) {
      if (other.path == path.path) path.path = "/";
    }
    if (mount_over(container, {})) return;
    path.holder = layer;
    path.layer = true;
    path.scratch = is_declared(path.path);
    found->paths.push_back(std::move(path));
  }

  void write(const Container& container, ContainerSurvival* found,
             const std::vector<bool>& in_claim) {
    const Id instance = running_instance(world(), id_, container.name);
    if (instance == 0) {
      const std::string problem =
          sentence(why(world(), pod_->meta.uid, container.name, "/"), language_);
      for (SurvivingPath& path : found->paths) path.problem = problem;
      return;
    }
    FileSystem files = file_system_of(world(), instance);
    files.uid = files.gid = 0;
    const std::string name = fmt::format("podsight-{}-{}", subject_->name, container.name);
    std::vector<std::pair<std::size_t, Path>> written;
    for (std::size_t i = 0; i < found->paths.size(); ++i) {
      Path file = parse_path(found->paths[i].path);
      for (std::size_t depth = 1; depth <= file.size(); ++depth) {
        const Path directory(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(depth));
        if (!files.stat(directory)) files.make_directory(directory, 0755, world().now());
      }
      file.emplace_back(name);
      const Io<Landing> landed = files.write(file, kMarker, false, world().now());
      if (landed) {
        written.emplace_back(i, std::move(file));
      } else {
        found->paths[i].problem = to_string(landed.error);
      }
    }
    Plan plan;
    put_back(world(), plan, instance, files, "marked");
    simulation_.carry_out(std::move(plan), {simulation_.command("podsight", "survive"), "survive"});
    const auto row = world().store().share<ContainerInstance>(instance);
    for (auto& [i, file] : written) {
      Mark mark;
      mark.container = workload_->containers.size();
      mark.path = i;
      mark.name = container.name;
      mark.place = route_of(world(), *row, instance, file).place;
      mark.file = std::move(file);
      mark.in_claim = in_claim[i];
      subject_->marks.push_back(std::move(mark));
    }
  }

  Simulation& simulation_;
  std::string_view language_;
  bool ko_;
  Id id_;
  std::shared_ptr<const Pod> pod_;
  PodSpec spec_;
  std::vector<Path> caches_;
  Subject* subject_;
  WorkloadSurvival* workload_;
};

std::size_t running_containers(const World& world, Id id) {
  const Pod& pod = *world.get<Pod>(id);
  if (pod.meta.deletion_timestamp) return 0;
  std::size_t running = 0;
  for (const Container& container : pod.spec->containers) {
    if (awake_instance(world, id, container.name) != 0) ++running;
  }
  return running;
}

}  // namespace

std::vector<Id> pods_of(const World& world, const Subject& subject) {
  const Store& store = world.store();
  std::vector<Id> pods;
  // A pod of its own is known by its name: nobody but a person makes it again.
  if (subject.ref.kind == Kind::Pod) {
    if (const Id id = store.find(Kind::Pod, subject.ns, subject.name)) pods.push_back(id);
    return pods;
  }
  add_pods(store, subject.uid, pods);
  std::sort(pods.begin(), pods.end());
  return pods;
}

std::vector<Subject> mark_workloads(Simulation& simulation, std::string_view language,
                                    Survival* survival) {
  const bool ko = language == "ko";
  std::vector<Subject> subjects;
  for (const Kind kind : {Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet,
                          Kind::Job, Kind::Pod}) {
    for (const auto& [id, row] : simulation.world().store().table(kind)) {
      if (row.meta.controller() || is_of_system(row.meta.ns)) continue;
      Subject subject;
      subject.ref = {kind, id};
      subject.uid = row.meta.uid;
      subject.ns = row.meta.ns;
      subject.name = row.meta.name;
      subjects.push_back(std::move(subject));
    }
  }
  if (subjects.size() > kMostWorkloads) {
    survival->notes.push_back(
        ko ? fmt::format("워크로드 {}개 중 처음 {}개만 봅니다", subjects.size(), kMostWorkloads)
           : fmt::format("of {} workloads only the first {} are looked at", subjects.size(),
                         kMostWorkloads));
    subjects.resize(kMostWorkloads);
  }
  for (Subject& subject : subjects) {
    WorkloadSurvival workload;
    workload.kind = info(subject.ref.kind).name;
    workload.ns = subject.ns.str();
    workload.name = subject.name.str();
    const std::vector<Id> pods = pods_of(simulation.world(), subject);
    workload.pods = pods.size();
    Id chosen = 0;
    std::size_t most = 0;
    for (const Id id : pods) {
      const std::size_t running = running_containers(simulation.world(), id);
      if (running <= most) continue;
      most = running;
      chosen = id;
    }
    if (chosen == 0) {
      if (pods.empty()) {
        workload.problem = ko ? "Pod가 없습니다" : "it has no pods";
      } else {
        const Pod& last = *simulation.world().get<Pod>(pods.back());
        workload.problem = sentence(why(simulation.world(), last.meta.uid, "", "/"), language);
      }
      survival->workloads.push_back(std::move(workload));
      continue;
    }
    const Pod& pod = *simulation.world().get<Pod>(chosen);
    subject.pod = pod.meta.uid;
    subject.pod_name = pod.meta.name;
    subject.node = pod.node_name;
    if (const auto* node = simulation.world().find<Node>("", subject.node)) {
      subject.zone = node->meta.labels.get(kZoneLabel);
    }
    workload.pod = subject.pod_name.str();
    workload.node = subject.node.str();
    workload.zone = subject.zone.str();
    Marker(simulation, language, chosen, &subject, &workload).mark();
    survival->workloads.push_back(std::move(workload));
  }
  return subjects;
}

}  // namespace sim
