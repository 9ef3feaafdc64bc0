// What survives what, for ordinary manifests: the matrices that follow from Kubernetes' rules, the
// forms of the answer, the rules of --fail-on and what is wrong with a request.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/model/manifest.h"
#include "sim/survive/survive.h"
#include "tests/support/complaint.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

SurviveRequest request_of(const std::string& file) {
  SurviveRequest request;
  request.paths = {source_path("tests/survive/manifests/" + file)};
  return request;
}

/// A file of its own for as long as the test runs.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(::testing::TempDir() + "survive-" + std::to_string(getpid()) + ".yaml") {
    write_file(path_, text);
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string cell_of(const SurvivingPath& path, const Outcome& outcome) {
  std::string text;
  switch (outcome.fate) {
    case Fate::None:
      return "-";
    case Fate::Kept:
      text = outcome.stuck.empty() ? "kept" : "kept!";
      if (outcome.seen_by.size() != outcome.running) {
        text += fmt::format("({}/{})", outcome.seen_by.size(), outcome.running);
      }
      return text;
    case Fate::Lost:
      return path.scratch ? "cache" : "lost";
    case Fate::Unreachable:
      return outcome.until == Until::ZoneReturns     ? "away:zone"
             : outcome.until == Until::NodeIsDeleted ? "away:delete"
                                                     : "away";
  }
  return text;
}

/// One line for each place: "Deployment web/nginx /data: kept lost …".
std::string compact(const Survival& survival) {
  std::string text;
  for (const WorkloadSurvival& workload : survival.workloads) {
    if (!workload.problem.empty()) {
      text += fmt::format("{} {}: {}\n", workload.kind, workload.name, workload.problem);
    }
    for (const ContainerSurvival& container : workload.containers) {
      for (const SurvivingPath& path : container.paths) {
        text +=
            fmt::format("{} {}/{} {}:", workload.kind, workload.name, container.name, path.path);
        if (!path.problem.empty()) text += " " + path.problem;
        for (const Outcome& outcome : path.outcomes) text += " " + cell_of(path, outcome);
        text += "\n";
      }
    }
  }
  return text;
}

struct Fixture {
  const char* file;
  const char* matrix;
};
std::ostream& operator<<(std::ostream& out, const Fixture& fixture) { return out << fixture.file; }

class SurviveFixture : public ::testing::TestWithParam<Fixture> {};

// In order: container crash, pod deleted, rollout, scaled down and up, drain, node crash, reboot,
// zone lost, claim deleted, namespace deleted.
TEST_P(SurviveFixture, HasTheMatrixThatFollowsFromTheRules) {
  EXPECT_EQ(compact(find_survival(request_of(GetParam().file))), GetParam().matrix);
}

INSTANTIATE_TEST_SUITE_P(
    Manifests, SurviveFixture,
    ::testing::Values(
        // A disk of one zone: a pod of another node takes it over, once the old pod is really gone.
        // On a node that is silent it is not: its containers may still write.
        Fixture{"wordpress.yaml",
                "Deployment wordpress-mysql/mysql /var/lib/mysql: "
                "kept kept kept kept kept away:delete kept away:zone lost lost\n"
                "Deployment wordpress-mysql/mysql /: "
                "lost lost lost lost lost lost lost lost - lost\n"
                "Deployment wordpress/wordpress /var/www/html: "
                "kept kept kept kept kept away:delete kept away:zone lost lost\n"
                "Deployment wordpress/wordpress /: "
                "lost lost lost lost lost lost lost lost - lost\n"},
        // Nothing is mounted where the image keeps its data.
        Fixture{"redis-cache.yaml",
                "Deployment redis/redis /data: lost lost lost lost lost lost lost lost - lost\n"
                "Deployment redis/redis /: lost lost lost lost lost lost lost lost - lost\n"},
        // Each ordinal has a disk of its own, which waits for it.
        Fixture{"redis.yaml",
                "StatefulSet redis/redis /data: kept(1/3) kept(1/3) kept(1/3) kept(1/3) kept(1/3) "
                "away:delete kept(1/3) away:zone lost lost\n"
                "StatefulSet redis/redis /: lost lost lost lost lost lost lost lost - lost\n"},
        // An emptyDir outlives its containers and the restart of its machine, memory does not.
        Fixture{"prometheus.yaml",
                "Deployment prometheus/prometheus /prometheus: "
                "kept lost lost lost lost lost kept lost - lost\n"
                "Deployment prometheus/prometheus /tmp: "
                "kept cache cache cache cache cache cache cache - cache\n"},
        Fixture{"uploader.yaml",
                "Deployment uploader/web /srv/uploads: "
                "kept(1/3) lost lost lost lost lost kept(1/3) lost - lost\n"
                "Deployment uploader/web /srv/thumbnails: "
                "kept(1/3) cache cache cache cache cache kept(1/3) cache - cache\n"
                "Deployment uploader/web /var/lib/http: "
                "kept(1/3) cache cache cache cache cache kept(1/3) cache - cache\n"
                "Deployment uploader/web /srv: lost lost lost lost lost lost lost lost - lost\n"
                "Deployment uploader/scanner /: lost lost lost lost lost lost lost lost - lost\n"},
        // A file system of the region: all pods see it, whatever becomes of one. Its access point
        // goes with the claim, and the files stay behind where nothing leads to them.
        Fixture{"shared.yaml",
                "Deployment gallery/nginx /usr/share/nginx/html/media: "
                "kept kept kept kept kept kept kept kept away away\n"
                "Deployment gallery/nginx /usr/share/nginx/html: "
                "lost lost lost lost lost lost lost lost - lost\n"
                "Deployment gallery/nginx /: lost lost lost lost lost lost lost lost - lost\n"},
        // What lies on a node: there for whoever comes back to it, and gone with it.
        Fixture{"node-files.yaml",
                "Deployment store/store /data: "
                "kept kept kept kept away lost kept away:zone away away\n"
                "Deployment store/store /: lost lost lost lost lost lost lost lost - lost\n"
                "DaemonSet agent/agent /var/lib/agent: "
                "kept(1/6) kept(1/6) kept(1/6) - kept(1/6) lost kept(1/6) away:zone - away\n"
                "DaemonSet agent/agent /: "
                "lost lost lost - kept(1/6) lost lost lost - lost\n"}));

/// Folders with a kustomization, as the workshop has them.
class SurviveWorkshop : public ::testing::TestWithParam<Fixture> {};

TEST_P(SurviveWorkshop, HasTheMatrixThatItsChapterTeaches) {
  SurviveRequest request;
  request.paths = {source_path("scenarios/environment/eks-workshop/") + GetParam().file};
  EXPECT_EQ(compact(find_survival(request)), GetParam().matrix);
}

INSTANTIATE_TEST_SUITE_P(
    Chapters, SurviveWorkshop,
    ::testing::Values(
        Fixture{"modules/fundamentals/storage/ebs",
                "Deployment catalog/catalog /tmp: "
                "kept cache cache cache cache cache cache cache - cache\n"
                "StatefulSet catalog-mysql/mysql /var/lib/mysql: "
                "kept lost lost lost lost lost kept lost - lost\n"
                "StatefulSet catalog-mysql/mysql /: "
                "lost lost lost lost lost lost lost lost - lost\n"
                "StatefulSet catalog-mysql-ebs/mysql /var/lib/mysql: "
                "kept kept kept kept kept away:delete kept away:zone lost lost\n"
                "StatefulSet catalog-mysql-ebs/mysql /: "
                "lost lost lost lost lost lost lost lost - lost\n"},
        Fixture{"modules/fundamentals/storage/efs/deployment",
                "Deployment assets/assets /usr/share/nginx/html/assets: "
                "kept kept kept kept kept kept kept kept away away\n"
                "Deployment assets/assets /tmp: "
                "kept(1/2) cache cache cache cache cache cache cache - cache\n"
                "Deployment assets/assets /: lost lost lost lost lost lost lost lost - lost\n"},
        Fixture{"modules/fundamentals/storage/s3/deployment",
                "Deployment assets/assets /mountpoint-s3: "
                "kept kept kept kept kept kept kept kept away away\n"
                "Deployment assets/assets /tmp: "
                "kept(1/2) cache cache cache cache cache cache cache - cache\n"
                "Deployment assets/assets /usr/share/nginx/html/assets: "
                "lost lost lost lost lost lost lost lost - lost\n"
                "Deployment assets/assets /: lost lost lost lost lost lost lost lost - lost\n"}));

const Outcome& outcome_of(const Survival& survival, Trial trial) {
  const SurvivingPath& path = survival.workloads.at(0).containers.at(0).paths.at(0);
  for (std::size_t t = 0; t < survival.trials.size(); ++t) {
    if (survival.trials[t] == trial) return path.outcomes.at(t);
  }
  ADD_FAILURE() << "not tried: " << name_of(trial);
  static const Outcome none;
  return none;
}

// 40 s until the node is not ready, 300 s of toleration, and the new pod's start.
TEST(Survive, APodOfALostNodeIsReplacedAfterFiveMinutesAndFortySeconds) {
  SurviveRequest request = request_of("shared-one.yaml");
  request.events = {"node-crash", "zone-loss"};
  request.why = true;
  const Survival survival = find_survival(request);
  for (const Trial trial : {Trial::NodeCrash, Trial::ZoneLoss}) {
    const Outcome& outcome = outcome_of(survival, trial);
    EXPECT_EQ(outcome.fate, Fate::Kept);
    EXPECT_GE(outcome.gap, minutes(5) + seconds(30));
    EXPECT_LE(outcome.gap, minutes(6));
    EXPECT_EQ(outcome.code, WhyCode::InVolume);
    EXPECT_NE(outcome.meanwhile.find("is off since"), std::string::npos) << outcome.meanwhile;
  }
}

// The old pod holds the disk, the new one waits for it, and neither gives way.
TEST(Survive, ARolloutOverOneDiskHangs) {
  SurviveRequest request = request_of("rolling-block.yaml");
  request.events = {"rollout"};
  const Survival survival = find_survival(request);
  const Outcome& outcome = outcome_of(survival, Trial::Rollout);
  EXPECT_EQ(outcome.fate, Fate::Kept);
  EXPECT_NE(outcome.stuck.find("Multi-Attach error"), std::string::npos) << outcome.stuck;
  EXPECT_TRUE(survival.workloads[0].containers[0].paths[0].is_data);
  request.fail_on = {"stuck:rollout:/var/lib/postgresql/data"};
  EXPECT_EQ(survive(request).objections.size(), 1u);
}

TEST(Survive, TheSameInTheSameBytes) {
  SurviveRequest request = request_of("uploader.yaml");
  request.events = {"pod-delete", "node-crash"};
  request.format = "json";
  EXPECT_EQ(survive(request).text, survive(request).text);
}

TEST(Survive, ATableOfAtMostHundredColumns) {
  SurviveRequest request = request_of("redis-cache.yaml");
  request.events = {"container-crash", "node-reboot"};
  request.why = true;
  const std::string text = survive(request).text;
  EXPECT_EQ(text.substr(0, text.find("      node-reboot")),
            "Deployment app/redis: 1 pod, written in redis-7c87668cc6-t5tnv (node-5, us-west-2b)\n"
            "  redis                     crash  reboot\n"
            "  /data                     LOST   LOST\n"
            "    writable layer\n"
            "      container-crash  LOST (LOST_WITH_CONTAINER)\n"
            "          /data/podsight-redis-redis was in the writable layer of an earlier instance "
            "of container\n"
            "          \"redis\", which ended at 00:00:00.605; the new instance began with the "
            "image alone.\n");
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    EXPECT_LE(std::count_if(line.begin(), line.end(),
                            [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }),
              100)
        << line;
    begin = end + 1;
  }
}

TEST(Survive, OtherFormsSayTheSame) {
  SurviveRequest request = request_of("redis-cache.yaml");
  request.events = {"pod-delete", "drain"};
  request.format = "md";
  EXPECT_NE(survive(request).text.find("| `/data` | writable layer | **LOST** | **LOST** |"),
            std::string::npos);
  request.format = "json";
  const auto json = nlohmann::json::parse(survive(request).text);
  const auto& path = json["workloads"][0]["containers"][0]["paths"][0];
  EXPECT_EQ(path["path"], "/data");
  EXPECT_EQ(path["data"], true);
  EXPECT_EQ(path["outcomes"]["pod-delete"]["verdict"], "lost");
  EXPECT_EQ(path["outcomes"]["pod-delete"]["code"], "LOST_WITH_POD");
  request.format = "junit";
  request.fail_on = {"lost:drain:/data"};
  const std::string junit = survive(request).text;
  EXPECT_NE(junit.find("tests=\"4\" failures=\"1\""), std::string::npos) << junit;
  EXPECT_NE(junit.find("<testcase classname=\"redis\" name=\"/data drain\">\n      <failure"),
            std::string::npos)
      << junit;
}

TEST(Survive, RulesObjectToWhatTheyName) {
  SurviveRequest request = request_of("uploader.yaml");
  request.events = {"pod-delete"};
  // Caches that are declared as such, and the layer as such, alarm nobody.
  request.fail_on = {"lost:*:*"};
  const std::vector<std::string> objections = survive(request).objections;
  ASSERT_EQ(objections.size(), 1u);
  EXPECT_EQ(objections[0].substr(0, objections[0].find("podsight-")),
            "lost:*:*: Deployment app/uploader, web: /srv/uploads (pod-delete): /srv/uploads/");
  request.fail_on = {"unreachable:*:*"};
  EXPECT_TRUE(survive(request).objections.empty());
  request.fail_on = {"lost:pod-delete:/srv"};
  EXPECT_EQ(survive(request).objections.size(), 1u);
}

std::string mistake_of(const SurviveRequest& request) {
  return complaint_of([&] { survive(request); });
}

TEST(Survive, AWrongRequestIsTold) {
  SurviveRequest request = request_of("redis-cache.yaml");
  request.events = {"pod-delete"};
  const std::string hint =
      "\nA rule is VERDICT:EVENT:PATH, for example lost:pod-delete:/var/lib/mysql or "
      "unreachable>5m:node-crash:*";
  const auto with_rule = [&](const char* rule) {
    request.fail_on = {rule};
    return mistake_of(request);
  };
  EXPECT_EQ(with_rule("lost"), "--fail-on \"lost\": it has fewer than three parts" + hint);
  EXPECT_EQ(
      with_rule("lots:pod-delete:/x"),
      "--fail-on \"lots:pod-delete:/x\": \"lots\" is no verdict; did you mean \"lost\"?" + hint);
  EXPECT_EQ(with_rule("lost:pod-deleted:/x"),
            "--fail-on \"lost:pod-deleted:/x\": \"pod-deleted\" is no event; did you mean "
            "\"pod-delete\"?" +
                hint);
  EXPECT_EQ(with_rule("lost>5m:drain:*"),
            "--fail-on \"lost>5m:drain:*\": only \"unreachable\" takes a duration" + hint);
  EXPECT_EQ(with_rule("lost:drain:/data"),
            "--fail-on \"lost:drain:/data\": \"drain\" is none of the events tried" + hint);
  EXPECT_EQ(with_rule("lost:pod-delete:/dato"),
            "--fail-on \"lost:pod-delete:/dato\": no container has the path /dato; did you mean "
            "\"/data\"?" +
                hint);
  request.fail_on.clear();
  request.events = {"zone-lost"};
  EXPECT_EQ(mistake_of(request), "unknown event \"zone-lost\"; did you mean \"zone-loss\"?");
  request.events.clear();
  request.at = "90s";
  EXPECT_EQ(mistake_of(request), "--at is for a scenario: manifests have no moments");
  request.at.clear();
  request.paths = {source_path("tests/survive/manifests/none.yaml")};
  EXPECT_NE(mistake_of(request).find("none.yaml"), std::string::npos);
  request.paths = {source_path("tests")};
  EXPECT_NE(mistake_of(request).find("with -R the folders in it are looked into"),
            std::string::npos);
}

std::string mistake_in(const std::string& manifest) {
  const TemporaryFile file(manifest);
  SurviveRequest request;
  request.paths = {file.path()};
  request.events = {"pod-delete"};
  return mistake_of(request);
}

TEST(Survive, AWrongManifestIsTold) {
  EXPECT_NE(mistake_in("a: 1\n").find(":1:1: this is no manifest"), std::string::npos);
  EXPECT_EQ(mistake_in("---\n{apiVersion: v1, kind: Pod, metadata: 1}"),
            "a Pod has no metadata.name");
  EXPECT_EQ(
      mistake_in("---\n{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: []}"),
      "a manifest is refused:\n"
      "Error from server (BadRequest): Pod in version \"v1\" cannot be handled as a Pod: json: "
      "cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec");
  EXPECT_EQ(mistake_in("---\n{apiVersion: a.example/v1, kind: Foo, metadata: {name: a}}"),
            "there is no workload that makes pods");
  // Parts of the wrong type are the API server's to refuse.
  EXPECT_NE(mistake_in("---\n{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: "
                       "{volumeClaimTemplates: [1, {}], template: {spec: {nodeSelector: {a b: c}, "
                       "containers: [1, {volumeMounts: [1], image: '::'}], volumes: [1, {hostPath: "
                       "x, name: 3, configMap: 1, ephemeral: []}]}}}}"),
            "");
}

// As `kubectl get -o yaml` prints it: with status, uids, owners, and a pod beside its ReplicaSet.
TEST(Survive, WhatAClusterPrintsIsTakenToo) {
  const TemporaryFile file(R"(apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata: {name: web, namespace: default, uid: 4c3c7b9a-0000-4000-8000-000000000001, resourceVersion: "12", creationTimestamp: "2025-01-01T00:00:00Z"}
  spec:
    replicas: 1
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {nodeName: ip-10-0-0-1, schedulerName: default-scheduler, containers: [{name: c, image: "nginx:1.27"}]}
  status: {replicas: 1}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-abcde, namespace: default, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: 4c3c7b9a-0000-4000-8000-000000000001, controller: true}]}
  spec: {nodeName: ip-10-0-0-1, containers: [{name: c, image: "nginx:1.27"}]}
)");
  SurviveRequest request;
  request.paths = {file.path()};
  request.events = {"pod-delete", "namespace-delete"};
  // The namespace "default" cannot be deleted.
  EXPECT_EQ(compact(find_survival(request)),
            "ReplicaSet web/c /usr/share/nginx/html: lost -\n"
            "ReplicaSet web/c /: lost -\n");
}

constexpr const char* kOdd = R"(---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: rwx}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: needs-rwx}
spec:
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec:
      containers: [{name: c, image: "ghcr.io/x/y:1", volumeMounts: [{name: v, mountPath: /v}]}]
      volumes: [{name: v, persistentVolumeClaim: {claimName: rwx}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers: [{name: c, image: restic/restic, volumeMounts: [{name: v, mountPath: /b}]}]
          volumes: [{name: v, persistentVolumeClaim: {claimName: missing}}]
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: default}
spec:
  initContainers:
    - {name: side, image: fluentbit, restartPolicy: Always, volumeMounts: [{name: logs, mountPath: /logs}]}
    - {name: init, image: busybox, command: [sh, -c, "until nslookup db; do sleep 1; done"]}
  nodeSelector: {disktype: ssd, topology.kubernetes.io/zone: eu-central-1b}
  containers:
    - name: c
      image: postgres:16
      resources: {limits: {nvidia.com/gpu: 1}}
      volumeMounts: [{name: logs, mountPath: /logs}, {name: pg, mountPath: /var/lib/postgresql}]
  volumes: [{name: logs, emptyDir: {}}, {name: pg, emptyDir: {}}]
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: sm}
)";

TEST(Survive, WhatManifestsDoNotSayIsAssumedAndTold) {
  const TemporaryFile file(kOdd);
  SurviveRequest request;
  request.paths = {file.path()};
  request.events = {"pod-delete", "namespace-delete"};
  const Survival survival = find_survival(request);
  EXPECT_EQ(compact(survival),
            "Deployment needs-rwx: Pod needs-rwx-7f74cf5db8-dk9xk waits: its claim \"rwx\" has no "
            "volume yet (failed to provision volume with StorageClass \"gp3\": rpc error: code = "
            "InvalidArgument desc = Volume capabilities not supported).\n"
            "Job backup/c /b: kept lost\n"
            "Job backup/c /: lost lost\n"
            "Pod bare/c /logs: lost -\n"
            "Pod bare/c /var/lib/postgresql: lost -\n"
            "Pod bare/c /: lost -\n"
            "Pod bare/side /logs: lost -\n"
            "Pod bare/side /: lost -\n");
  const std::vector<std::string> notes = {
      "CronJob backup is looked at as one Job that has just begun",
      "claim missing is not given: 10Gi of the default class are assumed",
      "beware: the image postgres:16 declares /var/lib/postgresql/data as a VOLUME. Over a mount "
      "at "
      "/var/lib/postgresql the runtime lays a directory of the container's own there, and its "
      "files "
      "go with the container: mount at /var/lib/postgresql/data",
      "claims without a class (missing, rwx) get the default class gp3 (ebs.csi.aws.com: a disk in "
      "one zone)",
      "left out, as podsight does not model it: ServiceMonitor sm",
      "what names no namespace is put into \"app\""};
  EXPECT_EQ(survival.notes, notes);
  // What does not come up is let through by no gate.
  request.fail_on = {"stuck:*:*"};
  const std::vector<std::string> objections = survive(request).objections;
  ASSERT_EQ(objections.size(), 1u);
  EXPECT_EQ(objections[0].substr(0, 32), "Deployment app/needs-rwx: Pod ne");
}

TEST(Survive, AScenarioIsTakenAsItStandsAtAMoment) {
  SurviveRequest request;
  request.paths = {source_path("scenarios/restart.json")};
  request.at = "start";
  request.events = {"container-crash", "pod-delete"};
  EXPECT_EQ(compact(find_survival(request)),
            "Pod duo/writer /out: kept lost\n"
            "Pod duo/writer /usr/share/nginx/html/assets: lost lost\n"
            "Pod duo/writer /: lost lost\n"
            "Pod duo/reader /usr/share/nginx/html/assets: lost lost\n"
            "Pod duo/reader /: lost lost\n");
}

}  // namespace
}  // namespace sim::testing
