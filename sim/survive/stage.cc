#include "sim/survive/stage.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/model/labels.h"
#include "sim/model/manifest.h"
#include "sim/survive/classes.h"
#include "sim/survive/known_images.h"
#include "sim/world/drivers.h"
#include "sim/world/node_index.h"

namespace sim {
namespace {

constexpr std::string_view kInitImage = "podsight.invalid/init:1";
constexpr std::string_view kDefaultClass = "gp3";
constexpr std::string_view kDefaultClassAnnotation = "storageclass.kubernetes.io/is-default-class";
constexpr std::size_t kZones = 3;
// A machine of a cloud is back about so long after its reboot began.
constexpr Duration kReboot = seconds(60);
constexpr std::int64_t kMostReplicas = 30;
constexpr std::size_t kMostPlaces = 60;  // nodes or zones that are named

const Json& member(const Json& json, std::string_view key) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(key);
  return found == json.end() ? none : *found;
}
std::string text_of(const Json& json, std::string_view key) {
  const Json& value = member(json, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}
std::string kind_of(const Json& json) { return text_of(json, "kind"); }
std::string name_of(const Json& json) { return text_of(member(json, "metadata"), "name"); }
std::string ns_of(const Json& json) { return text_of(member(json, "metadata"), "namespace"); }

/// The pod spec in a manifest; null: it makes no pods.
Json* pod_spec_of(Json& json) {
  const std::string kind = kind_of(json);
  Json* at = &json;
  std::vector<const char*> way;
  if (kind == "Pod") {
    way = {"spec"};
  } else if (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" ||
             kind == "ReplicaSet" || kind == "Job") {
    way = {"spec", "template", "spec"};
  } else {
    return nullptr;
  }
  for (const char* key : way) {
    if (!at->is_object() || !at->contains(key)) return nullptr;
    at = &(*at)[key];
  }
  return at->is_object() ? at : nullptr;
}

/// Where in the order of application a kind stands: what others need comes first.
int rank_of(const std::string& kind) {
  static const std::vector<std::string> order = {"Namespace",      "PriorityClass",
                                                 "StorageClass",   "PersistentVolume",
                                                 "ConfigMap",      "Secret",
                                                 "ServiceAccount", "PersistentVolumeClaim",
                                                 "Service",        "PodDisruptionBudget"};
  return static_cast<int>(std::find(order.begin(), order.end(), kind) - order.begin());
}

bool wants_many(const Json& spec) {
  for (const Json& mode : member(spec, "accessModes")) {
    if (mode == "ReadWriteMany" || mode == "ReadOnlyMany") return true;
  }
  return false;
}

class StageBuilder {
 public:
  StageBuilder(const std::optional<ClusterFile>& given, std::string_view language)
      : given_(given), ko_(language == "ko") {}

  Stage build(const std::vector<std::shared_ptr<const Json>>& manifests) {
    take(manifests);
    if (given_) {
      for (const auto& manifest : given_->manifests) note_given(*manifest);
    }
    for (Json& object : objects_) note_given(object);
    // By index: claims and classes that are made up on the way join the list.
    for (std::size_t i = 0; i < objects_.size(); ++i) adapt(i);
    make_classes();
    make_accounts_and_namespaces();
    arrange();
    make_cluster_specification();
    tell_what_was_assumed();
    return std::move(stage_);
  }

 private:
  void note(std::string text) {
    if (std::find(stage_.notes.begin(), stage_.notes.end(), text) == stage_.notes.end()) {
      stage_.notes.push_back(std::move(text));
    }
  }
  static std::string list(const std::set<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
  }

  /// Keeps what podsight models, without what an API server would have written into it.
  void take(const std::vector<std::shared_ptr<const Json>>& manifests) {
    std::set<std::string> names;
    for (const auto& manifest : manifests) {
      names.insert(kind_of(*manifest) + "/" + name_of(*manifest));
    }
    for (const auto& manifest : manifests) {
      Json object = *manifest;
      if (!member(object, "metadata").is_object() || sim::name_of(object).empty()) {
        throw InputError(fmt::format("a {} has no metadata.name", kind_of(object)));
      }
      const TypeName type = type_of(object);
      const std::string kind = kind_of(object);
      static const std::set<std::string> kOfTheCluster = {
          "Node",  "CSIDriver", "CSINode",       "VolumeAttachment",  "Event",
          "Lease", "Endpoints", "EndpointSlice", "ControllerRevision"};
      if (!type.known || kind == "HorizontalPodAutoscaler") {
        left_out_.insert(fmt::format("{} {}", kind, name_of(object)));
        continue;
      }
      if (kOfTheCluster.count(kind) != 0) continue;
      if (made_by_another(object, names)) continue;
      clean(object);
      if (kind == "CronJob") {
        note(ko_ ? fmt::format("CronJob {}: 지금 시작된 Job 하나로 봅니다", name_of(object))
                 : fmt::format("CronJob {} is looked at as one Job that has just begun",
                               name_of(object)));
        Json job = {{"apiVersion", "batch/v1"}, {"kind", "Job"}};
        job["metadata"] = object["metadata"];
        job["spec"] = member(member(member(object, "spec"), "jobTemplate"), "spec");
        object = std::move(job);
      }
      if (info(*type.known).namespaced && ns_of(object).empty()) {
        object["metadata"]["namespace"] = kOwnNamespace;
        own_namespace_ = true;
      }
      objects_.push_back(std::move(object));
    }
  }

  /// A pod of a Deployment that is there too, as `kubectl get -o yaml` prints both.
  static bool made_by_another(const Json& object, const std::set<std::string>& names) {
    for (const Json& owner : member(member(object, "metadata"), "ownerReferences")) {
      if (names.count(text_of(owner, "kind") + "/" + text_of(owner, "name")) != 0) return true;
    }
    return false;
  }

  static void clean(Json& object) {
    if (!member(object, "metadata").is_object()) return;
    object.erase("status");
    Json& meta = object["metadata"];
    for (const char* key :
         {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
          "ownerReferences", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers"}) {
      meta.erase(key);
    }
    if (meta.contains("annotations") && meta["annotations"].is_object()) {
      for (const char* key :
           {"pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller",
            "pv.kubernetes.io/provisioned-by", "volume.kubernetes.io/selected-node",
            "kubectl.kubernetes.io/last-applied-configuration",
            "volume.kubernetes.io/storage-provisioner",
            "volume.beta.kubernetes.io/storage-provisioner"}) {
        meta["annotations"].erase(key);
      }
    }
  }

  static std::string key(const std::string& kind, const std::string& ns, const std::string& name) {
    return fmt::format("{}/{}/{}", kind, ns, name);
  }
  bool is_given(const std::string& kind, const std::string& ns, const std::string& name) const {
    return names_.count(key(kind, ns, name)) != 0;
  }
  void note_given(const Json& object) {
    const std::string kind = kind_of(object);
    names_.insert(key(kind, ns_of(object), name_of(object)));
    if (kind == "StorageClass") {
      const Json& annotations = member(member(object, "metadata"), "annotations");
      has_default_ = has_default_ || text_of(annotations, kDefaultClassAnnotation) == "true";
    }
    if (kind == "PersistentVolume") {
      static_classes_.insert(text_of(member(object, "spec"), "storageClassName"));
    }
  }
  void make(Json object) {
    note_given(object);
    objects_.push_back(std::move(object));
  }

  void adapt(std::size_t index) {
    // The list may grow while this one is looked at.
    Json object = std::move(objects_[index]);
    const std::string kind = kind_of(object);
    if (kind == "PersistentVolumeClaim") {
      adapt_claim(object["spec"], name_of(object));
    } else if (kind == "PersistentVolume") {
      adapt_volume(object);
    } else if (kind == "StorageClass") {
      adapt_class(object);
    } else if (Json* spec = pod_spec_of(object)) {
      limit_replicas(object);
      if (kind == "Job") object["spec"].erase("activeDeadlineSeconds");
      std::set<std::string> templates;
      if (kind == "StatefulSet" && member(object["spec"], "volumeClaimTemplates").is_array()) {
        for (Json& claim : object["spec"]["volumeClaimTemplates"]) {
          clean(claim);
          templates.insert(name_of(claim));
          if (claim.is_object()) adapt_claim(claim["spec"], name_of(claim));
        }
      }
      adapt_pod(*spec, ns_of(object), templates);
    }
    objects_[index] = std::move(object);
  }

  /// What becomes of a file does not depend on the hundredth replica.
  void limit_replicas(Json& object) {
    const Json& wanted = member(member(object, "spec"), "replicas");
    if (!wanted.is_number_integer()) return;
    const auto replicas = wanted.get<std::int64_t>();
    if (replicas > kMostReplicas) {
      object["spec"]["replicas"] = kMostReplicas;
      note(ko_ ? fmt::format("{} {}: 복제본 {}개를 {}개로 줄여서 봅니다", kind_of(object),
                             sim::name_of(object), replicas, kMostReplicas)
               : fmt::format("{} {}: {} replicas are played as {}", kind_of(object),
                             sim::name_of(object), replicas, kMostReplicas));
    }
    most_replicas_ = std::clamp<std::int64_t>(replicas, most_replicas_, kMostReplicas);
  }

  void adapt_claim(Json& spec, const std::string& name) {
    if (!spec.is_object()) return;
    const std::string volume = text_of(spec, "volumeName");
    if (!volume.empty() && !is_given("PersistentVolume", "", volume)) {
      spec.erase("volumeName");
      note(ko_ ? fmt::format("클레임 {}: 볼륨 {}이(가) 주어지지 않아 새로 만듭니다", name, volume)
               : fmt::format("claim {} names the volume {}, which is not given: it gets a new one",
                             name, volume));
    }
    if (!member(spec, "storageClassName").is_string()) {
      if (volume.empty() || spec.contains("volumeName") == false) without_class_.insert(name);
      return;
    }
    const std::string storage_class = text_of(spec, "storageClassName");
    if (storage_class.empty() || is_given("StorageClass", "", storage_class) ||
        static_classes_.count(storage_class) != 0) {
      return;
    }
    bool& many = wanted_classes_[storage_class];
    many = many || wants_many(spec);
  }

  void adapt_class(Json& object) {
    const std::string provisioner = text_of(object, "provisioner");
    const std::string driver = stand_in_driver(provisioner, false);
    use_driver(driver);
    if (driver == provisioner) return;
    object["provisioner"] = driver;
    if (provisioner != "kubernetes.io/aws-ebs") stands_in(provisioner, driver);
    object.erase("parameters");
  }

  void adapt_volume(Json& object) {
    if (!member(object, "spec").is_object()) return;
    Json& spec = object["spec"];
    if (member(spec, "claimRef").is_object()) {
      for (const char* key : {"uid", "resourceVersion"}) spec["claimRef"].erase(key);
    }
    read_places(member(member(member(spec, "nodeAffinity"), "required"), "nodeSelectorTerms"));
    if (const std::string path = text_of(member(spec, "local"), "path");
        !path.empty() && path.front() == '/') {
      stage_.host_directories.push_back(path);
    }
    for (const char* known : {"nfs", "hostPath", "local"}) {
      if (spec.contains(known)) {
        if (spec[known].is_object()) spec[known].erase("type");
        return;
      }
    }
    if (member(spec, "csi").is_object()) {
      const std::string driver = text_of(spec["csi"], "driver");
      const std::string stand_in = stand_in_driver(driver, wants_many(spec));
      use_driver(stand_in);
      if (stand_in == driver) return;
      spec["csi"]["driver"] = stand_in;
      stands_in(driver, stand_in);
      return;
    }
    // In-tree types that a CSI driver serves since.
    for (const char* type :
         {"awsElasticBlockStore", "gcePersistentDisk", "azureDisk", "azureFile", "cephfs", "cinder",
          "fc", "flexVolume", "flocker", "glusterfs", "iscsi", "photonPersistentDisk",
          "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"}) {
      if (!spec.contains(type)) continue;
      spec.erase(type);
      const std::string driver = stand_in_driver(type, wants_many(spec));
      use_driver(driver);
      spec["csi"] = {{"driver", driver}, {"volumeHandle", "vol-" + name_of(object)}};
      if (std::string(type) != "awsElasticBlockStore") stands_in(type, driver);
    }
  }

  void use_driver(const std::string& driver) {
    const Driver* known = find_driver(driver);
    if (known && (known->csi || known->handle != HandleShape::None)) {
      drivers_.insert(std::string(known->name));
    }
  }
  void stands_in(const std::string& what, const std::string& driver) {
    note(ko_ ? fmt::format("{}은(는) 모델에 없어 {}로 대신합니다", what, driver)
             : fmt::format("{} is not modelled: {} stands in for it", what, driver));
  }

  void adapt_pod(Json& spec, const std::string& ns, const std::set<std::string>& templates) {
    for (const char* key : {"nodeName", "imagePullSecrets", "runtimeClassName", "schedulerName",
                            "activeDeadlineSeconds", "serviceAccount", "overhead"}) {
      spec.erase(key);
    }
    const std::string priority = text_of(spec, "priorityClassName");
    if (!priority.empty() && priority.rfind("system-", 0) != 0 &&
        !is_given("PriorityClass", "", priority)) {
      spec.erase("priorityClassName");
      spec.erase("priority");
    }
    if (const std::string account = text_of(spec, "serviceAccountName"); !account.empty()) {
      accounts_.insert({ns, account});
    }
    if (member(spec, "nodeSelector").is_object()) {
      for (const auto& [label, value] : spec["nodeSelector"].items()) {
        if (value.is_string()) want_label(label, value.get<std::string>());
      }
    }
    read_places(member(member(member(member(spec, "affinity"), "nodeAffinity"),
                              "requiredDuringSchedulingIgnoredDuringExecution"),
                       "nodeSelectorTerms"));
    std::set<std::string> injected;
    if (member(spec, "volumes").is_array()) {
      for (Json& volume : spec["volumes"]) adapt_pod_volume(volume, ns, templates, &injected);
      drop_named(spec["volumes"], "name", injected);
    }
    be_nobody(spec);
    for (const char* list : {"containers", "initContainers"}) {
      if (!member(spec, list).is_array()) continue;
      for (Json& container : spec[list]) {
        if (!container.is_object()) continue;
        if (member(container, "volumeMounts").is_array()) {
          drop_named(container["volumeMounts"], "name", injected);
        }
        const bool init = std::string(list) == "initContainers" &&
                          text_of(container, "restartPolicy") != "Always";
        be_nobody(container);
        adapt_container(container, init);
      }
    }
  }

  /// As whom a program runs is a matter of programs, and those do not run.
  static void be_nobody(Json& part) {
    if (!member(part, "securityContext").is_object()) return;
    for (const char* key : {"runAsUser", "runAsGroup", "runAsNonRoot"}) {
      part["securityContext"].erase(key);
    }
  }

  static void drop_named(Json& list, const char* by, const std::set<std::string>& names) {
    if (names.empty()) return;
    Json kept = Json::array();
    for (const Json& item : list) {
      if (names.count(text_of(item, by)) == 0) kept.push_back(item);
    }
    list = std::move(kept);
  }

  void adapt_pod_volume(Json& volume, const std::string& ns, const std::set<std::string>& templates,
                        std::set<std::string>* injected) {
    if (!volume.is_object()) return;
    const std::string name = text_of(volume, "name");
    if (name.rfind("kube-api-access-", 0) == 0) {
      injected->insert(name);
      return;
    }
    const auto may_be_missing = [&](Json& source, const char* kind, const char* key) {
      if (source.is_object() && !is_given(kind, ns, text_of(source, key))) {
        source["optional"] = true;
      }
    };
    if (volume.contains("configMap")) may_be_missing(volume["configMap"], "ConfigMap", "name");
    if (volume.contains("secret")) may_be_missing(volume["secret"], "Secret", "secretName");
    if (member(member(volume, "projected"), "sources").is_array()) {
      for (Json& source : volume["projected"]["sources"]) {
        if (!source.is_object()) continue;
        if (source.contains("configMap")) may_be_missing(source["configMap"], "ConfigMap", "name");
        if (source.contains("secret")) may_be_missing(source["secret"], "Secret", "name");
      }
    }
    if (member(volume, "hostPath").is_object()) volume["hostPath"].erase("type");
    if (member(volume, "csi").is_object()) {
      const Driver* driver = find_driver(text_of(volume["csi"], "driver"));
      if (driver && driver->ephemeral) {
        use_driver(std::string(driver->name));
      } else {
        note(ko_ ? fmt::format("인라인 CSI 볼륨 {}({})은 메모리 emptyDir로 대신합니다", name,
                               text_of(volume["csi"], "driver"))
                 : fmt::format("the inline CSI volume {} ({}) is played as an emptyDir in memory",
                               name, text_of(volume["csi"], "driver")));
        volume.erase("csi");
        volume["emptyDir"] = {{"medium", "Memory"}};
      }
    }
    const Json& claim_template = member(member(volume, "ephemeral"), "volumeClaimTemplate");
    if (claim_template.is_object()) {
      adapt_claim(volume["ephemeral"]["volumeClaimTemplate"]["spec"], name);
    }
    const std::string claim = text_of(member(volume, "persistentVolumeClaim"), "claimName");
    if (claim.empty() || templates.count(name) != 0) return;
    if (is_given("PersistentVolumeClaim", ns, claim)) return;
    note(ko_ ? fmt::format("클레임 {}이(가) 주어지지 않아 기본 클래스의 10Gi로 봅니다", claim)
             : fmt::format("claim {} is not given: 10Gi of the default class are assumed", claim));
    Json made = {{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}};
    made["metadata"] = {{"name", claim}, {"namespace", ns}};
    made["spec"] = {{"accessModes", Json::array({"ReadWriteOnce"})},
                    {"resources", {{"requests", {{"storage", "10Gi"}}}}}};
    make(std::move(made));
  }

  void adapt_container(Json& container, bool init) {
    for (const char* key : {"command", "args", "livenessProbe", "readinessProbe", "startupProbe",
                            "lifecycle", "envFrom"}) {
      container.erase(key);
    }
    // What is left may stand in a subPathExpr.
    if (member(container, "env").is_array()) {
      Json kept = Json::array();
      for (const Json& variable : container["env"]) {
        const Json& from = member(variable, "valueFrom");
        if (member(from, "secretKeyRef").is_null() && member(from, "configMapKeyRef").is_null()) {
          kept.push_back(variable);
        }
      }
      container["env"] = std::move(kept);
    }
    for (const char* amounts : {"requests", "limits"}) {
      const Json& wanted = member(member(container, "resources"), amounts);
      if (!wanted.is_object()) continue;
      for (const auto& [name, value] : wanted.items()) {
        const bool device = name.find('/') != std::string::npos;
        if ((device || name.rfind("hugepages-", 0) == 0) && qualified_name_errors(name).empty()) {
          devices_.insert(name);
        }
      }
    }
    if (init) {
      container["image"] = kInitImage;
      container.erase("imagePullPolicy");
      images_.insert(std::string(kInitImage));
    } else if (const std::string image = text_of(container, "image"); !image.empty()) {
      images_.insert(image);
      warn_of_declared_volumes(container, image);
    }
  }

  /// A mount at the parent of a VOLUME does not hold what is written into it.
  void warn_of_declared_volumes(const Json& container, const std::string& image) {
    if (!image_name_error(image).empty()) return;
    for (const std::string_view declared : declared_volumes(image)) {
      const Path wanted = parse_path(declared);
      std::string parent;
      for (const Json& mount : member(container, "volumeMounts")) {
        const std::string at = text_of(mount, "mountPath");
        if (at.empty() || !is_within(wanted, parse_path(at))) continue;
        parent = parse_path(at) == wanted ? std::string() : at;
        if (parent.empty()) break;
      }
      if (parent.empty()) continue;
      note(
          ko_ ? fmt::format("주의: 이미지 {}은(는) {}을(를) VOLUME으로 선언합니다. {}에 마운트해도 "
                            "런타임이 그 위에 컨테이너만의 디렉터리를 덮으므로, 거기에 쓴 파일은 "
                            "컨테이너와 함께 사라집니다. {}에 마운트하세요",
                            image, declared, parent, declared)
              : fmt::format("beware: the image {} declares {} as a VOLUME. Over a mount at {} the "
                            "runtime lays a directory of the container's own there, and its files "
                            "go with the container: mount at {}",
                            image, declared, parent, declared));
    }
  }

  /// Nodes are named, or labelled, as the manifests want them.
  void want_label(const std::string& label, const std::string& value) {
    if (!qualified_name_errors(label).empty() || !label_value_errors(value).empty()) return;
    if (label == kHostnameLabel) {
      if (dns1123_subdomain_errors(value).empty()) hosts_.push_back(value);
    } else if (value.empty()) {
      labels_.emplace(label, value);
    } else if (label == kZoneLabel || label == "failure-domain.beta.kubernetes.io/zone" ||
               label.find("/zone") != std::string::npos) {
      zones_.push_back(value);
    } else if (label != kRegionLabel) {
      labels_.emplace(label, value);
    }
  }
  void read_places(const Json& terms) {
    if (!terms.is_array()) return;
    for (const Json& term : terms) {
      for (const Json& wanted : member(term, "matchExpressions")) {
        const std::string label = text_of(wanted, "key");
        const std::string how = text_of(wanted, "operator");
        if (how == "Exists") want_label(label, "true");
        if (how != "In") continue;
        const bool place = label == kHostnameLabel || label.find("/zone") != std::string::npos;
        for (const Json& value : member(wanted, "values")) {
          if (value.is_string()) want_label(label, value.get<std::string>());
          if (!place) break;
        }
      }
    }
  }

  void make_class(const std::string& name, std::string_view driver, bool is_default) {
    use_driver(std::string(driver));
    Json made = {{"apiVersion", "storage.k8s.io/v1"}, {"kind", "StorageClass"}};
    made["metadata"] = {{"name", name}};
    if (is_default) made["metadata"]["annotations"][std::string(kDefaultClassAnnotation)] = "true";
    made["provisioner"] = driver;
    made["reclaimPolicy"] = "Delete";
    const Driver* known = find_driver(driver);
    const bool anywhere = known && known->topology_key.empty();
    made["volumeBindingMode"] = anywhere ? "Immediate" : "WaitForFirstConsumer";
    if (driver == kSharedDriver) {
      made["parameters"] = {{"provisioningMode", "efs-ap"},
                            {"fileSystemId", "fs-0123456789abcdef0"},
                            {"directoryPerms", "700"}};
    }
    make(std::move(made));
  }

  void make_classes() {
    for (const auto& [name, many] : wanted_classes_) {
      const Guess guess = driver_of_class(name, many);
      make_class(name, guess.driver, false);
      note(ko_ ? fmt::format("StorageClass {}이(가) 주어지지 않아 {}의 클래스로 봅니다"
                             "(reclaimPolicy Delete){}",
                             name, guess.driver, guess.known ? "" : ": 이름으로 짐작한 것입니다")
               : fmt::format("class {} is not given: taken as one of {} (reclaimPolicy Delete){}",
                             name, guess.driver, guess.known ? "" : "; guessed by its name"));
    }
    if (without_class_.empty() || has_default_) return;
    const std::string name(kDefaultClass);
    if (!is_given("StorageClass", "", name)) {
      make_class(name, kBlockDriver, true);
    } else {
      for (Json& object : objects_) {
        if (kind_of(object) == "StorageClass" && sim::name_of(object) == name) {
          Json& annotations = object["metadata"]["annotations"];
          if (!annotations.is_object()) annotations = Json::object();
          annotations[std::string(kDefaultClassAnnotation)] = "true";
        }
      }
    }
    note(ko_ ? fmt::format("클래스를 적지 않은 클레임({})에는 기본 클래스 {}({}, 한 가용 영역의 "
                           "디스크)을 씁니다",
                           list(without_class_), name, kBlockDriver)
             : fmt::format("claims without a class ({}) get the default class {} ({}: a disk in "
                           "one zone)",
                           list(without_class_), name, kBlockDriver));
  }

  void make_accounts_and_namespaces() {
    for (const auto& [ns, name] : accounts_) {
      if (name == "default" || is_given("ServiceAccount", ns, name)) continue;
      Json made = {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}};
      made["metadata"] = {{"name", name}, {"namespace", ns}};
      make(std::move(made));
    }
    std::set<std::string> namespaces;
    for (const Json& object : objects_) namespaces.insert(ns_of(object));
    for (const std::string& ns : namespaces) {
      if (ns.empty() || ns == "default" || ns.rfind("kube-", 0) == 0) continue;
      if (is_given("Namespace", "", ns)) continue;
      Json made = {{"apiVersion", "v1"}, {"kind", "Namespace"}};
      made["metadata"] = {{"name", ns}};
      make(std::move(made));
    }
  }

  void arrange() {
    std::stable_sort(objects_.begin(), objects_.end(), [](const Json& a, const Json& b) {
      return rank_of(kind_of(a)) < rank_of(kind_of(b));
    });
    for (Json& object : objects_) {
      stage_.manifests.push_back(std::make_shared<const Json>(std::move(object)));
    }
  }

  void make_cluster_specification() {
    if (given_) {
      stage_.cluster = given_->cluster;
      stage_.manifests.insert(stage_.manifests.begin(), given_->manifests.begin(),
                              given_->manifests.end());
    } else {
      stage_.cluster.settings.images = default_cluster().cluster.settings.images;
      stage_.cluster.settings.timing.node_start = kReboot;
      make_nodes();
    }
    for (const std::string& driver : drivers_) {
      auto& all = stage_.cluster.drivers;
      if (std::find(all.begin(), all.end(), driver) == all.end()) all.push_back(driver);
    }
    for (const std::string& name : images_) make_image(name);
    for (NodeSpecification& node : stage_.cluster.nodes) {
      for (const std::string& image : images_) {
        if (!image_name_error(image).empty()) continue;
        if (std::find(node.images.begin(), node.images.end(), image) == node.images.end()) {
          node.images.push_back(image);
        }
      }
    }
  }

  void make_nodes() {
    for (const char* zone : {"us-west-2a", "us-west-2b", "us-west-2c"}) {
      if (zones_.size() < kZones) zones_.emplace_back(zone);
    }
    const auto places = [](const std::vector<std::string>& named) {
      std::vector<std::string> once;
      for (const std::string& name : named) {
        if (std::find(once.begin(), once.end(), name) == once.end()) once.push_back(name);
      }
      if (once.size() > kMostPlaces) once.resize(kMostPlaces);
      return once;
    };
    const std::vector<std::string> zones = places(zones_);
    const std::vector<std::string> hosts = places(hosts_);
    // A pod whose node is lost finds another one in the same zone.
    const std::size_t per_zone =
        std::max<std::size_t>(static_cast<std::size_t>(most_replicas_) / zones.size() + 1, 2);
    std::set<std::string> taken(hosts.begin(), hosts.end());
    for (std::size_t i = 0; i < zones.size() * per_zone || i < hosts.size(); ++i) {
      NodeSpecification node;
      const std::string& zone = zones[i % zones.size()];
      node.name = i < hosts.size() ? hosts[i] : fmt::format("node-{}", i + 1);
      while (i >= hosts.size() && taken.count(node.name) != 0) node.name += "x";
      taken.insert(node.name);
      node.labels.set(Str(kZoneLabel), Str(zone));
      node.labels.set(Str(kRegionLabel), Str(zone.substr(0, zone.size() - 1)));
      for (const auto& [label, value] : labels_) node.labels.set(Str(label), Str(value));
      const auto room = [&](const std::string& name, const char* amount) {
        node.capacity.set(Str(name), Quantity::parse(amount).value_or(Quantity()));
      };
      room("cpu", "256");
      room("memory", "2Ti");
      room("ephemeral-storage", "1Ti");
      for (const std::string& device : devices_) {
        room(device, device.rfind("hugepages-", 0) == 0 ? "64Gi" : "64");
      }
      stage_.cluster.nodes.push_back(std::move(node));
    }
  }

  /// The image with the directories that its program keeps data in; it stays up.
  void make_image(const std::string& name) {
    if (!image_name_error(name).empty()) return;
    ImageCatalog& catalog = stage_.cluster.settings.images;
    const std::string normal = normal_image_name(name);
    const Image* known = catalog.find(name);
    Image image;
    if (known) {
      image = *known;
    } else {
      image.name = normal;
      image.id = image_digest(normal);
      image.size = 64 << 20;
      Tree tree;
      for (const char* directory : {"/etc", "/opt", "/root", "/run", "/tmp", "/usr/share",
                                    "/var/cache", "/var/lib", "/var/log", "/var/tmp"}) {
        tree.put(parse_path(directory), make_directory(Time{}, 0755));
      }
      image.layers = std::make_shared<const std::vector<Tree>>(std::vector<Tree>{tree});
    }
    image.process = {};
    image.process.argv = {Str(normal.substr(normal.rfind('/') + 1))};
    image.process.exits = name == kInitImage;
    image.process.sigterm_exit_code = 128 + 15;  // as of a program that does not catch it
    image.entrypoint.clear();
    image.cmd.clear();
    image.pullable = true;
    catalog.images.insert_or_assign(normal, std::move(image));
  }

  void tell_what_was_assumed() {
    if (!left_out_.empty()) {
      note(ko_ ? fmt::format("모델에 없어 뺀 것: {}", list(left_out_))
               : fmt::format("left out, as podsight does not model it: {}", list(left_out_)));
    }
    if (own_namespace_) {
      note(ko_ ? fmt::format("네임스페이스를 적지 않은 것은 \"{}\"에 둡니다", kOwnNamespace)
               : fmt::format("what names no namespace is put into \"{}\"", kOwnNamespace));
    }
  }

  const std::optional<ClusterFile>& given_;
  bool ko_;
  Stage stage_;
  std::vector<Json> objects_;
  std::set<std::string> names_;
  std::set<std::string> left_out_;
  std::set<std::string> static_classes_;  // of volumes that are given
  std::map<std::string, bool> wanted_classes_;
  std::set<std::string> without_class_;
  std::set<std::string> drivers_;
  std::set<std::string> images_;
  std::set<std::string> devices_;
  std::set<std::pair<std::string, std::string>> accounts_;
  std::map<std::string, std::string> labels_;
  std::vector<std::string> hosts_;
  std::vector<std::string> zones_;
  std::int64_t most_replicas_ = 0;
  bool has_default_ = false;
  bool own_namespace_ = false;
};

}  // namespace

Stage set_stage(const std::vector<std::shared_ptr<const Json>>& manifests,
                const std::optional<ClusterFile>& given, std::string_view language) {
  return StageBuilder(given, language).build(manifests);
}

}  // namespace sim
