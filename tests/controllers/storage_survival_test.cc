// What becomes of a file when something happens to its container, its pod, its claim or its class:
// one pod has a file in each of twelve places, and one table says which of them are still there.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

// The columns of the table.
constexpr std::array<const char*, 12> kPlaces = {
    "IMG",  // a file of the image
    "WL",   // the container's writable layer
    "ED",   // emptyDir
    "EM",   // emptyDir in memory
    "HP",   // hostPath
    "CM",   // a ConfigMap, which is changed just before
    "BD",   // EBS, reclaimed by Delete
    "BR",   // EBS, retained
    "NF",   // EFS, reclaimed by Delete
    "S3",   // a bucket
    "GE",   // generic ephemeral volume on EBS
    "LP",   // local PersistentVolume
};

enum class Owner { Deployment, StatefulSet, Job };

struct Row {
  const char* name;
  Owner owner;
  const char* more;   // of the pod's spec, or of the StatefulSet's
  const char* event;  // what is typed; $POD is the pod
  // Per place: + it is there (in the pod that runs, or, when none does, for the next one),
  // - it is gone, r it is as the changed object has it now, R it lies on a volume that is Released,
  // o it lies where no volume leads.
  const char* cells;
};

constexpr const char* kProbe =
    "livenessProbe: {exec: {command: [sh, -c, 'test ! -e /var/sick']}, periodSeconds: 2, "
    "failureThreshold: 1}";

const Row kTable[] = {
    //                                                        IMG WL ED EM HP CM BD BR NF S3 GE LP
    {"TheProgramEnds", Owner::Deployment, "", "kubectl exec $POD -- kill 1",
     /*                                                      */
     "+ -  +  +  +  r  +  +  +  +  +  +"},
    {"SigKillAsWhenMemoryRunsOut", Owner::Deployment, "", "sim container kill $POD",
     /*                                                      */
     "+ -  +  +  +  r  +  +  +  +  +  +"},
    {"TheLivenessProbeFails", Owner::Deployment, kProbe, "kubectl exec $POD -- touch /var/sick",
     /*                                                      */
     "+ -  +  +  +  r  +  +  +  +  +  +"},
    {"ThePodIsDeleted", Owner::Deployment, "", "kubectl delete pod $POD",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"ThePodIsDeletedByForce", Owner::Deployment, "",
     "kubectl delete pod $POD --force --grace-period=0",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"ADeploymentIsRolledOut", Owner::Deployment, "", "kubectl rollout restart deployment app",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"AStatefulSetIsRolledOut", Owner::StatefulSet, "", "kubectl rollout restart sts app",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"ADeploymentIsScaledToZeroAndUp", Owner::Deployment, "",
     "kubectl scale deployment app --replicas=0; sleep 60; kubectl scale deployment app "
     "--replicas=1",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"AStatefulSetIsScaledToZeroAndUp", Owner::StatefulSet, "",
     "kubectl scale sts app --replicas=0; sleep 60; kubectl scale sts app --replicas=1",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"AStatefulSetThatDeletesWhatItScalesAway", Owner::StatefulSet,
     "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
     "kubectl scale sts app --replicas=0; sleep 60",
     /*                                                      */
     "+ -  -  -  +  +  -  R  o  +  -  +"},
    {"ThePodIsEvicted", Owner::Deployment, "sizeLimit",
     "kubectl exec $POD -- dd if=/dev/zero of=/ed/big bs=1M count=3; sleep 130",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"ADeploymentIsDeletedAndMadeAgain", Owner::Deployment, "",
     "kubectl delete deployment app; sleep 60; kubectl apply -f app.yaml",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"AStatefulSetIsDeletedAndMadeAgain", Owner::StatefulSet, "",
     "kubectl delete sts app; sleep 60; kubectl apply -f app.yaml",
     /*                                                      */
     "+ -  -  -  +  r  +  +  +  +  -  +"},
    {"AStatefulSetIsDeletedWithItsClaims", Owner::StatefulSet,
     "persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}", "kubectl delete sts app",
     /*                                                      */
     "+ -  -  -  +  +  -  R  o  +  -  +"},
    {"AStatefulSetLeavesItsPodAlone", Owner::StatefulSet, "",
     "kubectl delete sts app --cascade=orphan",
     /*                                                      */
     "+ +  +  +  +  r  +  +  +  +  +  +"},
    {"AJobIsDone", Owner::Job, "", "",
     /*                                                      */
     "+ -  -  -  +  +  +  +  +  +  +  +"},
    {"AJobIsDeleted", Owner::Job, "", "kubectl delete job app",
     /*                                                      */
     "+ -  -  -  +  +  +  +  +  +  -  +"},
    {"TheClaimsAreDeletedUnderThePod", Owner::Deployment, "",
     "kubectl delete pvc --all --wait=false",
     /*                                                      */
     "+ +  +  +  +  r  +  +  +  +  +  +"},
    {"TheClaimsAreDeletedAndThenThePod", Owner::Deployment, "",
     "kubectl delete pvc --all --wait=false; kubectl delete deployment app",
     /*                                                      */
     "+ -  -  -  +  +  -  R  o  R  -  R"},
    {"TheClaimsAreDeletedOnceRetained", Owner::Deployment, "",
     "for v in $(kubectl get pv -o name); do kubectl patch $v -p "
     "'{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'; done\n"
     "kubectl delete deployment app; kubectl delete pvc --all",
     /*                                                      */
     "+ -  -  -  +  +  R  R  R  R  R  R"},
    {"TheVolumesAreDeletedUnderThePod", Owner::Deployment, "",
     "kubectl delete pv --all --wait=false; sim container kill $POD",
     /*                                                      */
     "+ -  +  +  +  r  +  +  +  +  +  +"},
    {"TheClassesAreDeleted", Owner::Deployment, "", "kubectl delete sc --all; sleep 10",
     /*                                                      */
     "+ +  +  +  +  r  +  +  +  +  +  +"},
    {"TheClassesAreDeletedAndThenThePod", Owner::Deployment, "",
     "kubectl delete sc --all; kubectl delete pod $POD",
     /*                                                      */
     "+ -  -  -  +  +  +  +  +  +  -  +"},
    {"TheNamespaceIsDeleted", Owner::Deployment, "", "kubectl delete namespace lab",
     /*                                                      */
     "+ -  -  -  +  -  -  R  o  R  -  R"},
};

class StorageSurvival : public StorageTest, public ::testing::WithParamInterface<Row> {
 protected:
  StorageSurvival() {
    for (const char* driver : {"ebs.csi.aws.com", "efs.csi.aws.com", "s3.csi.aws.com"}) {
      install(driver);
    }
    type("kubectl create namespace lab; kubectl config set-context --current --namespace=lab");
    const std::string late = "volumeBindingMode: WaitForFirstConsumer";
    apply(storage_class("bd", "ebs.csi.aws.com", late) +
          storage_class("br", "ebs.csi.aws.com", late + "\nreclaimPolicy: Retain") +
          storage_class("nf", "efs.csi.aws.com",
                        "parameters: {provisioningMode: efs-ap, fileSystemId: fs-1}") +
          volume("s3", "", "1Gi", "ReadWriteMany", "Retain",
                 "csi: {driver: s3.csi.aws.com, volumeHandle: bucket}") +
          volume("lp", "", "1Gi", "ReadWriteOnce", "Retain",
                 "local: {path: /data/lp}\n  nodeAffinity: {required: {nodeSelectorTerms: "
                 "[{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: "
                 "[node-a]}]}]}}") +
          claim("s3", "", "ReadWriteMany", "1Gi", "volumeName: s3") +
          claim("lp", "", "ReadWriteOnce", "1Gi", "volumeName: lp"));
    type("kubectl create configmap cm --from-literal=mark=old");
  }

  static std::string manifest(const Row& row);
  /// The claim of a place, as the row's owner names it.
  static std::string claim_of(const Row& row, const std::string& place) {
    return row.owner == Owner::StatefulSet ? place + "-app-0" : place;
  }
  void remember_contents(const Row& row, const std::string& pod);
  std::string in_pod() {
    return type(
        "kubectl exec $POD -- sh -c 'is() { if [ -e $1 ]; then printf \"+ \"; else printf \"- \"; "
        "fi; }; is /usr/share/nginx/html/assets/gentleman.jpg; for d in var ed em hp; do is "
        "/$d/mark; done; if [ $(cat /cm/mark) = new ]; then printf \"r \"; else printf \"+ \"; fi; "
        "for d in bd br nf s3 ge lp; do is /$d/mark; done'");
  }
  std::string on_volumes();
  char fate(const std::string& place);

  struct Contents {
    std::string place;
    Str volume;
    std::string disk;
  };
  std::vector<Contents> contents_;
};

std::string StorageSurvival::manifest(const Row& row) {
  const bool limited = std::string_view(row.more) == "sizeLimit";
  const std::string more = limited || row.owner == Owner::StatefulSet ? "" : row.more;
  std::string volumes = fmt::format(
      "{{name: ed, emptyDir: {{{}}}}}, {{name: em, emptyDir: {{medium: Memory}}}}, "
      "{{name: hp, hostPath: {{path: /data/hp, type: DirectoryOrCreate}}}}, "
      "{{name: mk, hostPath: {{path: /data/lp, type: DirectoryOrCreate}}}}, "
      "{{name: cm, configMap: {{name: cm}}}}, "
      "{{name: ge, ephemeral: {{volumeClaimTemplate: {{spec: {{accessModes: [ReadWriteOnce], "
      "storageClassName: bd, resources: {{requests: {{storage: 1Gi}}}}}}}}}}}}",
      limited ? "sizeLimit: 1Mi" : "");
  std::string mounts;
  for (const char* name : {"ed", "em", "hp", "mk", "cm", "bd", "br", "nf", "s3", "ge", "lp"}) {
    mounts += fmt::format("{}{{name: {}, mountPath: /{}}}", mounts.empty() ? "" : ", ", name, name);
  }
  std::string claims;     // of their own, or …
  std::string templates;  // … of a StatefulSet
  for (const char* name : {"s3", "lp"}) {
    volumes += fmt::format(", {{name: {0}, persistentVolumeClaim: {{claimName: {0}}}}}", name);
  }
  for (const char* name : {"bd", "br", "nf"}) {
    const char* mode = name[0] == 'n' ? "ReadWriteMany" : "ReadWriteOnce";
    if (row.owner == Owner::StatefulSet) {
      templates += fmt::format(
          "{}{{metadata: {{name: {}}}, spec: {{accessModes: [{}], storageClassName: {}, resources: "
          "{{requests: {{storage: 1Gi}}}}}}}}",
          templates.empty() ? "" : ", ", name, mode, name);
    } else {
      volumes += fmt::format(", {{name: {0}, persistentVolumeClaim: {{claimName: {0}}}}}", name);
      claims += claim(name, name, mode);
    }
  }
  const std::string command =
      row.owner == Owner::Job
          ? "command: [sh, -c, 'for d in var ed em hp bd br nf s3 ge lp; do echo x > /$d/mark; "
            "done'], "
          : "";
  const std::string pod = fmt::format(
      "metadata: {{labels: {{app: app}}}}, spec: {{{} terminationGracePeriodSeconds: 1, "
      "containers: [{{name: c, image: \"{}\", imagePullPolicy: IfNotPresent, {}{}volumeMounts: "
      "[{}]}}], volumes: [{}]}}",
      row.owner == Owner::Job ? "restartPolicy: Never," : "", kAssets, command,
      more.empty() ? "" : more + ", ", mounts, volumes);
  if (row.owner == Owner::Job) {
    return claims + fmt::format(
                        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: app}}\nspec: "
                        "{{template: {{{}}}}}\n",
                        pod);
  }
  const bool set = row.owner == Owner::StatefulSet;
  return claims +
         fmt::format(
             "apiVersion: apps/v1\nkind: {}\nmetadata: {{name: app}}\nspec:\n  replicas: 1\n  "
             "selector: {{matchLabels: {{app: app}}}}\n  {}\n  {}\n  {}\n  template: {{{}}}\n",
             set ? "StatefulSet" : "Deployment", set ? "serviceName: app" : "", set ? row.more : "",
             set ? fmt::format("volumeClaimTemplates: [{}]", templates) : "", pod);
}

void StorageSurvival::remember_contents(const Row& row, const std::string& pod) {
  for (const std::string place : {"bd", "br", "nf", "s3", "ge", "lp"}) {
    const bool own = place == "s3" || place == "lp";
    const std::string name = place == "ge" ? pod + "-ge" : own ? place : claim_of(row, place);
    const auto* claim = world().find<PersistentVolumeClaim>("lab", name);
    ASSERT_NE(claim, nullptr) << name;
    const PersistentVolume* volume = volume_row(claim->spec.volume_name.str());
    ASSERT_NE(volume, nullptr) << name;
    contents_.push_back({place, volume->meta.name, contents_name(volume->spec)});
  }
}

/// What is left of a place when no pod runs.
char StorageSurvival::fate(const std::string& place) {
  const Machine& machine = *world().find<Machine>("", "node-a");
  if (place == "IMG") {
    const auto& images = machine.images;
    return std::find(images.begin(), images.end(), kAssets) != images.end() ? '+' : '-';
  }
  const Path mark = {Str("mark")};
  if (place == "ED" || place == "EM" || place == "WL") {
    for (const auto& [id, row] : world().store().table(Kind::Disk)) {
      const Disk& disk = static_cast<const Disk&>(row);
      if (place != "WL" && disk.sandbox != 0 && disk.tree.find(mark)) return '+';
    }
    return '-';
  }
  if (place == "CM") return world().find<ConfigMap>("lab", "cm") ? '+' : '-';
  if (place == "HP") return machine.host_files.find(parse_path("/data/hp/mark")) ? '+' : '-';
  for (const Contents& each : contents_) {
    std::string upper = each.place;
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper != place) continue;
    const Id id = world().store().find(Kind::Disk, "", each.disk);
    const bool there = place == "LP"
                           ? machine.host_files.find(parse_path("/data/lp/mark")) != nullptr
                           : id != 0 && world().get<Disk>(id)->tree.find(mark) != nullptr;
    if (!there) return '-';
    const PersistentVolume* volume = volume_row(each.volume.str());
    return !volume ? 'o' : volume->status.phase == "Released" ? 'R' : '+';
  }
  return '?';
}

std::string StorageSurvival::on_volumes() {
  std::string cells;
  for (const char* place : kPlaces) cells += fmt::format("{} ", fate(place));
  return cells;
}

TEST_P(StorageSurvival, WhatIsLeft) {
  const Row& row = GetParam();
  write("app.yaml", manifest(row));
  EXPECT_EQ(type("kubectl apply -f app.yaml").find("rror"), std::string::npos);
  const std::string ready = row.owner == Owner::Job ? "complete job/app" : "Ready pod -l app=app";
  const std::string waited = type("kubectl wait --timeout=180s --for=condition=" + ready);
  ASSERT_EQ(status(), 0) << waited << type("kubectl get pods; kubectl get events");
  type("POD=$(kubectl get pods -l app=app -o jsonpath='{.items[0].metadata.name}')");
  remember_contents(row, type("printf %s $POD"));
  if (row.owner != Owner::Job) {
    EXPECT_EQ(type("kubectl exec $POD -- sh -c 'for d in var ed em hp bd br nf s3 ge lp; do echo x "
                   "> /$d/mark; done'"),
              "");
    ASSERT_EQ(in_pod(), "+ + + + + + + + + + + + ");
  }
  type("kubectl patch configmap cm -p '{\"data\":{\"mark\":\"new\"}}'");
  type(row.event);
  run_for(seconds(100));
  type(
      "POD=$(kubectl get pods -l app=app --field-selector=status.phase=Running -o "
      "jsonpath='{.items[-1:].metadata.name}')");
  const bool runs = type("printf %s $POD") != "";
  std::string got = runs ? in_pod() : on_volumes();
  std::string want;
  for (const char* c = row.cells; *c; ++c) {
    if (*c != ' ') want += fmt::format("{} ", *c);
  }
  if (got == want) return;
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    EXPECT_EQ(got.substr(2 * i, 1), want.substr(2 * i, 1)) << kPlaces[i];
  }
  ADD_FAILURE() << (runs ? "in the pod: " : "no pod runs: ") << got << "\n"
                << type("kubectl get pods,pvc; kubectl get pv; kubectl get events | tail -5");
}

INSTANTIATE_TEST_SUITE_P(Table, StorageSurvival, ::testing::ValuesIn(kTable),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sim::testing
