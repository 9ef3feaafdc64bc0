// No random series of commands ever shows a file to a pod that no mount leads to, attaches a volume
// of one node to two, or loses a byte that Kubernetes keeps. The oracle is a ledger: what was
// written, in which place, by what the API's objects say alone. PODSIGHT_SERIES=N runs N series.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/model/objects.h"
#include "sim/model/volume_facts.h"
#include "sim/scenario/scenario.h"
#include "sim/world/drivers.h"
#include "sim/world/file_view.h"
#include "tests/support/environment.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

constexpr int kSeries = 60;
constexpr int kCommands = 20;

struct Claimed {
  const char* name;  // of the class and of its claims
  const char* mode;
  const char* of_class;
};
constexpr Claimed kClasses[] = {
    {"disk", "ReadWriteOnce", "provisioner: disk.csi.example.com"},
    {"kept", "ReadWriteOnce", "provisioner: disk.csi.example.com, reclaimPolicy: Retain"},
    {"ebs", "ReadWriteOnce",
     "provisioner: ebs.csi.aws.com, volumeBindingMode: WaitForFirstConsumer"},
    {"efs", "ReadWriteMany",
     "provisioner: efs.csi.aws.com, parameters: {provisioningMode: efs-ap, fileSystemId: fs-1}"},
    {"local", "ReadWriteOnce",
     "provisioner: rancher.io/local-path, volumeBindingMode: WaitForFirstConsumer"},
};

/// The cluster in which every series begins.
const Simulation& beginning() {
  static const Simulation start = [] {
    Simulation made = make_cluster(default_cluster().cluster);
    for (const char* driver :
         {"disk.csi.example.com", "ebs.csi.aws.com", "efs.csi.aws.com", "rancher.io/local-path"}) {
      Plan plan;
      install_driver(made.world(), plan, *find_driver(driver));
      made.carry_out(std::move(plan), {0, "test"});
    }
    Terminal terminal(made, ".");
    for (const Claimed& each : kClasses) {
      terminal.write_file("class.yaml",
                          fmt::format("---\n{{apiVersion: storage.k8s.io/v1, kind: StorageClass, "
                                      "metadata: {{name: {}}}, {}}}\n",
                                      each.name, each.of_class));
      terminal.run("kubectl apply -f class.yaml");
    }
    return made;
  }();
  return start;
}

/// A place where files lie, as the API's objects name it: "layer/<container>", "emptyDir/<pod>",
/// "host/<node>", "volume/<name>".
using Place = std::string;

/// What the ledger knows of a PersistentVolume, which may be gone.
struct KnownVolume {
  PersistentVolumeSpec spec;
  std::string node;  // of a directory on a node
  bool retained = false;
  bool unsure = false;  // somebody deleted the volume itself
  bool there = true;
};

class Series {
 public:
  explicit Series(std::uint64_t seed)
      : seed_(seed),
        simulation_(std::make_unique<Simulation>(beginning())),
        terminal_(std::make_unique<Terminal>(*simulation_, ".")) {}

  void run() {
    // Something to begin with: two claims, two pods.
    for (int i = 0; i < 2; ++i) {
      const std::string name = claim_name();
      const std::string source = fmt::format("persistentVolumeClaim: {{claimName: {}}}", name);
      type(apply(claim_yaml(name)));
      type(apply(fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: p{}}}, spec: {}}}", i,
                             pod_spec(source))));
    }
    type("sim advance 40s");
    for (int i = 0; i < kCommands && !::testing::Test::HasFailure(); ++i) {
      type(next_line());
      check();
    }
    terminal_->run("sim advance 5m");
    check();
  }
  const std::string& said() const { return said_; }
  /// Files that the ledger has of PersistentVolumes: how much there was to lose.
  std::size_t at_stake() const {
    std::size_t files = 0;
    for (const auto& [place, names] : ledger_) {
      if (place.find("volume/") == 0) files += names.size();
    }
    return files;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return draw_below(bound, seed_, "series", 0, n_++); }
  const World& world() const { return simulation_->world(); }

  std::string next_line();
  void type(const std::string& line) {
    said_ += line + "\n";
    carry_out(line);
  }
  void carry_out(const std::string& line);
  std::string apply(const std::string& yaml) {
    terminal_->write_file("x.yaml", "---\n" + yaml + "\n");
    return "kubectl apply -f x.yaml # " + yaml;
  }
  std::string claim_name() { return fmt::format("{}-{}", kClasses[below(5)].name, below(2)); }
  std::string claim_yaml(const std::string& name);
  std::string pod_spec(std::string source = "");
  std::string any(Kind kind, const std::string& otherwise) {
    const std::vector<Id> ids = world().store().list(kind, "");
    if (ids.empty()) return otherwise;
    const Id id = ids[below(ids.size())];
    const Object& object = *world().store().get(Ref{kind, id});
    return object.meta.ns.empty() || object.meta.ns == "default" ? object.meta.name.str()
                                                                 : otherwise;
  }

  /// The place of /v, or none when the objects name none.
  Place place_of(const Pod& pod) const;
  void note_write(const std::string& pod_name, int number);
  void check();
  void check_pods();
  void check_volumes();
  void check_attachments();
  std::set<std::string> names_in(Id instance, const char* directory) const;
  std::set<std::string> kept_of(const KnownVolume& volume) const;

  const std::uint64_t seed_;
  std::uint64_t n_ = 0;
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<Terminal> terminal_;
  std::string said_;
  int written_ = 0;
  std::map<Place, std::set<std::string>> ledger_;
  std::map<std::string, KnownVolume> volumes_;
  std::map<std::string, Place> places_;  // of a pod's /v, by its uid: it stays what it was
};

std::string Series::claim_yaml(const std::string& name) {
  const std::string kind = name.substr(0, name.find('-'));
  const char* mode = kind == "efs" ? "ReadWriteMany" : "ReadWriteOnce";
  return fmt::format(
      "{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: {}}}, spec: {{accessModes: "
      "[{}], storageClassName: {}, resources: {{requests: {{storage: 1Gi}}}}}}}}",
      name, mode, kind);
}

std::string Series::pod_spec(std::string source) {
  if (source.empty()) {
    const std::uint64_t kind = below(8);
    source = kind == 0   ? "emptyDir: {}"
             : kind == 1 ? "hostPath: {path: /srv/shared, type: DirectoryOrCreate}"
                         : fmt::format("persistentVolumeClaim: {{claimName: {}}}", claim_name());
  }
  const std::uint64_t where = below(4);
  const std::string node = where > 1
                               ? ""
                               : fmt::format("nodeSelector: {{kubernetes.io/hostname: node-{}}}, ",
                                             where == 0 ? "a" : "b");
  return fmt::format(
      "{{{}terminationGracePeriodSeconds: 1, containers: [{{name: c, image: nginx, "
      "imagePullPolicy: IfNotPresent, volumeMounts: [{{name: v, mountPath: /v}}]}}], volumes: "
      "[{{name: v, {}}}]}}",
      node, source);
}

std::string Series::next_line() {
  switch (below(22)) {
    case 0:
    case 1:
    case 2:
      return apply(claim_yaml(claim_name()));
    case 3:
      return fmt::format("kubectl delete pvc {} --wait=false", claim_name());
    case 4:
    case 5:
    case 6:
      return apply(fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: p{}}}, spec: {}}}",
                               below(3), pod_spec()));
    case 7:
      return fmt::format("kubectl delete pod {} --wait=false", any(Kind::Pod, "p0"));
    case 8:
      return fmt::format("kubectl delete pod {} --force --grace-period=0", any(Kind::Pod, "p0"));
    case 9:
      return apply(fmt::format(
          "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: d}}, spec: {{replicas: {}, "
          "selector: {{matchLabels: {{app: d}}}}, template: {{metadata: {{labels: {{app: d}}}}, "
          "spec: {}}}}}}}",
          below(3), pod_spec()));
    case 10:
      return below(2) ? fmt::format("kubectl scale deployment d --replicas={}", below(3))
                      : "kubectl rollout restart deployment d";
    case 11: {
      const Claimed& of = kClasses[below(5)];
      return apply(fmt::format(
          "{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: s}}, spec: {{replicas: {}, "
          "serviceName: s, selector: {{matchLabels: {{app: s}}}}, template: {{metadata: {{labels: "
          "{{app: s}}}}, spec: {{terminationGracePeriodSeconds: 1, containers: [{{name: c, image: "
          "nginx, imagePullPolicy: IfNotPresent, volumeMounts: [{{name: v, mountPath: "
          "/v}}]}}]}}}}, "
          "volumeClaimTemplates: [{{metadata: {{name: v}}, spec: {{accessModes: [{}], "
          "storageClassName: {}, resources: {{requests: {{storage: 1Gi}}}}}}}}]}}}}",
          below(3), of.mode, of.name));
    }
    case 12:
      return below(3) ? fmt::format("kubectl scale sts s --replicas={}", below(3))
                      : "kubectl delete sts s --wait=false";
    case 13:
      return fmt::format("sim container kill {}", any(Kind::Pod, "p0"));
    case 14:
      return fmt::format(
          "kubectl patch pv {} -p '{{\"spec\":{{\"persistentVolumeReclaimPolicy\":\"{}\"}}}}'",
          any(Kind::PersistentVolume, "none"), below(2) ? "Retain" : "Delete");
    case 15:
      return below(4) == 0 ? fmt::format("kubectl delete pv {} --wait=false",
                                         any(Kind::PersistentVolume, "none"))
                           : "kubectl delete deployment d --wait=false";
    case 16:
    case 17:
      return fmt::format("sim advance {}s", below(60) + 1);
    default:
      return fmt::format("write {}", any(Kind::Pod, "p0"));
  }
}

/// A line of our own is "write POD": a file of its own in /v and one in /tmp.
void Series::carry_out(const std::string& line) {
  if (line.substr(0, 6) != "write ") {
    if (line.find("kubectl patch pv ") == 0) {
      const std::string name = line.substr(17, line.find(' ', 17) - 17);
      if (terminal_->run(line).exit != 0) return;
      const auto known = volumes_.find(name);
      if (known != volumes_.end() && known->second.there) {
        known->second.retained = line.find("Retain") != std::string::npos;
      }
      return;
    }
    if (line.find("kubectl delete pv ") == 0) {
      const auto known = volumes_.find(line.substr(18, line.find(' ', 18) - 18));
      if (known != volumes_.end()) known->second.unsure = true;
    }
    terminal_->run(line);
    return;
  }
  const std::string pod = line.substr(6);
  const int number = ++written_;
  const auto result =
      terminal_->run(fmt::format("kubectl exec {} -- sh -c 'echo {} > /v/f{}; echo {} > /tmp/f{}'",
                                 pod, number, number, number, number));
  if (result.exit == 0 && result.output.empty()) note_write(pod, number);
}

Place Series::place_of(const Pod& pod) const {
  const auto known = places_.find(to_string(pod.meta.uid));
  if (known != places_.end()) return known->second;
  for (const Volume& volume : pod.spec->volumes) {
    if (volume.name != "v") continue;
    if (volume.volume_source.empty_dir) return "emptyDir/" + to_string(pod.meta.uid);
    if (volume.volume_source.host_path) return "host/" + pod.node_name.str();
    const auto* claim = world().find<PersistentVolumeClaim>(
        "default", sim::claim_name(pod.meta.name, volume).str());
    if (claim && !claim->spec.volume_name.empty()) return "volume/" + claim->spec.volume_name.str();
  }
  return "";
}

void Series::note_write(const std::string& pod_name, int number) {
  const Pod* pod = world().find<Pod>("default", pod_name);
  if (!pod) return;
  const std::string file = fmt::format("f{}", number);
  ledger_[place_of(*pod)].insert(file);
  const Id instance =
      running_instance(world(), world().store().find(Kind::Pod, "default", pod_name), "c");
  if (const auto* row = world().get<ContainerInstance>(instance)) {
    ledger_["layer/" + row->container_id.str()].insert(file);
  }
}

std::set<std::string> Series::names_in(Id instance, const char* directory) const {
  std::set<std::string> names;
  for (const Str& name : file_system_of(world(), instance).list(parse_path(directory)).value) {
    if (name != "lost+found") names.insert(name.str());
  }
  return names;
}

void Series::check_pods() {
  for (const auto& [id, row] : world().store().table(Kind::Pod)) {
    const Pod& pod = static_cast<const Pod&>(row);
    const Id instance = running_instance(world(), id, "c");
    if (instance == 0) continue;
    const Place place = place_of(pod);
    ASSERT_NE(place, "") << pod.meta.name.str() << " runs without its volume";
    places_[to_string(pod.meta.uid)] = place;
    EXPECT_EQ(names_in(instance, "/v"), ledger_[place]) << pod.meta.name.str() << " sees " << place;
    const Str container = world().get<ContainerInstance>(instance)->container_id;
    EXPECT_EQ(names_in(instance, "/tmp"), ledger_["layer/" + container.str()])
        << pod.meta.name.str();
  }
}

std::set<std::string> Series::kept_of(const KnownVolume& volume) const {
  EntryPtr root;
  if (const auto& path = volume.spec.source.host_path) {
    root = world().find<Machine>("", volume.node)->host_files.find(parse_path(path->path));
  } else if (const Id id = contents_of(world(), volume.spec)) {
    root = world().get<Disk>(id)->tree.root();
  }
  std::set<std::string> names;
  if (!root) return names;
  for (const auto& [name, entry] : root->children) {
    if (name != "lost+found") names.insert(name.str());
  }
  return names;
}

void Series::check_volumes() {
  for (auto& [name, known] : volumes_) known.there = false;
  for (const auto& [id, row] : world().store().table(Kind::PersistentVolume)) {
    const PersistentVolume& volume = static_cast<const PersistentVolume&>(row);
    KnownVolume& known = volumes_[volume.meta.name.str()];
    known.there = true;
    known.spec = volume.spec;
    known.retained = volume.spec.reclaim_policy == "Retain";
    known.node = volume.meta.annotations.get("local.path.provisioner/selected-node").str();
  }
  for (const auto& [name, known] : volumes_) {
    const std::set<std::string>& wanted = ledger_["volume/" + name];
    const bool keeps = known.there || known.retained || known.spec.storage_class_name == "efs";
    if (keeps) {
      EXPECT_EQ(kept_of(known), wanted) << name;
      continue;
    }
    if (known.unsure) continue;
    // A volume that is deleted has nobody who could still want it.
    const auto& ref = known.spec.claim_ref;
    const auto* claim = world().find<PersistentVolumeClaim>(ref->ns, ref->name);
    EXPECT_TRUE(!claim || claim->meta.uid != ref->uid) << name << " was deleted under its claim";
  }
}

void Series::check_attachments() {
  std::map<std::string, std::set<std::string>> nodes;
  for (const auto& [id, row] : world().store().table(Kind::VolumeAttachment)) {
    const auto& attachment = static_cast<const VolumeAttachment&>(row);
    if (!attachment.status.attached) continue;
    nodes[attachment.spec.source.persistent_volume_name.value_or(Str()).str()].insert(
        attachment.spec.node_name.str());
  }
  // And as their kubelets have it, whatever the API shows.
  for (const auto& [id, row] : world().store().table(Kind::PodSandbox)) {
    const PodSandbox& sandbox = static_cast<const PodSandbox&>(row);
    for (const MountedVolume& volume : sandbox.volumes) {
      if (volume.device.empty()) continue;
      nodes[volume.volume.str()].insert(world().get<Machine>(sandbox.machine)->meta.name.str());
    }
  }
  for (const auto& [name, on] : nodes) EXPECT_LE(on.size(), 1U) << name;
}

void Series::check() {
  check_pods();
  check_volumes();
  check_attachments();
}

TEST(StorageProperty, NoSeriesOfCommandsShowsSharesOrLosesWhatItShouldNot) {
  const int series = number_from("PODSIGHT_SERIES", kSeries);
  std::size_t at_stake = 0;
  for (int seed = 1; seed <= series; ++seed) {
    Series run(static_cast<std::uint64_t>(seed));
    run.run();
    if (HasFailure()) {
      ADD_FAILURE() << "series " << seed << "\n" << run.said();
      return;
    }
    at_stake += run.at_stake();
  }
  EXPECT_GT(at_stake, static_cast<std::size_t>(series));
}

}  // namespace
}  // namespace sim::testing
