// StatefulSets as people meet them: names, order, claims, rolling updates with a partition, going
// back, and what a pod that is lost means.
#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/revision.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class StatefulSetTest : public WorldTest {
 protected:
  /// A StatefulSet `web`; `spec` is further lines of YAML, indented by two.
  void apply(int replicas, const std::string& spec = "") {
    write("web.yaml", fmt::format(R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: web}}
spec:
  replicas: {}
  serviceName: web
{}  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {{name: web, image: "nginx:1.25"}}
)",
                                  replicas, spec));
    type("kubectl apply -f web.yaml");
    EXPECT_EQ(status(), 0);
    settle();
  }
  std::string pods() {
    return type(
        "kubectl get pods --no-headers -o "
        "custom-columns=N:.metadata.name,S:.status.phase,I:.spec.containers[0].image");
  }
  const StatefulSet& web() { return *world().find<StatefulSet>("default", "web"); }
  std::string events() {
    return type(
        "kubectl get events --field-selector involvedObject.kind=StatefulSet "
        "--sort-by=.metadata.creationTimestamp -o custom-columns=M:.message --no-headers");
  }
};

TEST_F(StatefulSetTest, PodsComeOneAfterTheOtherAndKnowWhoTheyAre) {
  apply(3);
  EXPECT_EQ(pods(),
            "web-0   Running   nginx:1.25\nweb-1   Running   nginx:1.25\n"
            "web-2   Running   nginx:1.25\n");
  EXPECT_EQ(events(),
            "create Pod web-0 in StatefulSet web successful\n"
            "create Pod web-1 in StatefulSet web successful\n"
            "create Pod web-2 in StatefulSet web successful\n");
  const Pod& last = *world().find<Pod>("default", "web-2");
  EXPECT_EQ(last.spec->hostname, "web-2");
  EXPECT_EQ(last.spec->subdomain, "web");
  EXPECT_EQ(last.meta.labels.get("apps.kubernetes.io/pod-index"), "2");
  EXPECT_EQ(last.meta.labels.get("statefulset.kubernetes.io/pod-name"), "web-2");
  EXPECT_EQ(last.meta.labels.get("controller-revision-hash"), web().status.update_revision);
  const Pod& first = *world().find<Pod>("default", "web-0");
  EXPECT_LT(*first.meta.creation_timestamp, *last.meta.creation_timestamp);
}

TEST_F(StatefulSetTest, ParallelMakesAllAtOnce) {
  apply(3, "  podManagementPolicy: Parallel\n  ordinals: {start: 4}\n");
  const Pod& first = *world().find<Pod>("default", "web-4");
  const Pod& last = *world().find<Pod>("default", "web-6");
  EXPECT_EQ(*first.meta.creation_timestamp, *last.meta.creation_timestamp);
  EXPECT_EQ(world().find<Pod>("default", "web-0"), nullptr);
}

TEST_F(StatefulSetTest, ScalingDownTakesTheLastFirst) {
  apply(3);
  type("kubectl scale sts web --replicas=1");
  settle();
  EXPECT_EQ(pods(), "web-0   Running   nginx:1.25\n");
  const std::string told = events();
  EXPECT_LT(told.find("delete Pod web-2"), told.find("delete Pod web-1")) << told;
}

TEST_F(StatefulSetTest, AnUpdateGoesFromTheLastToThePartition) {
  apply(3, "  updateStrategy: {rollingUpdate: {partition: 1}}\n");
  type("kubectl set image sts/web web=nginx:latest");
  settle();
  EXPECT_EQ(pods(),
            "web-0   Running   nginx:1.25\nweb-1   Running   nginx:latest\n"
            "web-2   Running   nginx:latest\n");
  EXPECT_NE(web().status.current_revision, web().status.update_revision);
  EXPECT_EQ(web().status.updated_replicas, 2);
  EXPECT_EQ(web().status.current_replicas, 1);
  // A pod below the partition comes back as it was.
  type("kubectl delete pod web-0");
  settle();
  EXPECT_EQ(world().find<Pod>("default", "web-0")->spec->containers.front().image, "nginx:1.25");
}

TEST_F(StatefulSetTest, OnDeleteWaitsForSomebodyToDeleteThePods) {
  apply(2, "  updateStrategy: {type: OnDelete}\n");
  type("kubectl set image sts/web web=nginx:latest");
  settle();
  type("kubectl delete pod web-1");
  settle();
  EXPECT_EQ(pods(), "web-0   Running   nginx:1.25\nweb-1   Running   nginx:latest\n");
}

TEST_F(StatefulSetTest, ATemplateThatComesBackIsTheSameRevisionWithANewNumber) {
  apply(1);
  const Str first = web().status.update_revision;
  type("kubectl set image sts/web web=nginx:latest");
  settle();
  EXPECT_EQ(
      type("kubectl rollout history sts/web"),
      "statefulset.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n");
  EXPECT_EQ(type("kubectl rollout undo sts/web"), "statefulset.apps/web rolled back\n");
  settle();
  EXPECT_EQ(web().status.update_revision, first);
  EXPECT_EQ(world().find<ControllerRevision>("default", first)->revision, 3);
  EXPECT_EQ(type("kubectl rollout undo sts/web --to-revision=9"),
            "error: unable to find specified revision 9 in history\n");
}

TEST_F(StatefulSetTest, ARevisionIsAPatchThatReplacesTheTemplate) {
  apply(1);
  EXPECT_EQ(type(fmt::format("kubectl get controllerrevision {} -o jsonpath='{{.data.spec.template"
                             ".\\$patch}} {{.data.spec.template.spec.containers[0].image}}'",
                             web().status.update_revision)),
            "replace nginx:1.25");
}

// The name that a real cluster gave to the revision of this template.
TEST(RevisionHash, AgreesWithKubernetes) {
  PodTemplateSpec pods;
  pods.meta.labels.set("app", "nginx");
  PodSpec& spec = pods.spec;
  spec.restart_policy = "Always";
  spec.dns_policy = "ClusterFirst";
  spec.scheduler_name = "default-scheduler";
  spec.termination_grace_period_seconds = 10;
  spec.security_context.edit();
  Container container;
  container.name = "nginx";
  container.image = "k8s.gcr.io/nginx-slim:0.8";
  container.image_pull_policy = "IfNotPresent";
  container.termination_message_path = "/dev/termination-log";
  container.termination_message_policy = "File";
  container.ports.emplace_back();
  container.ports.front().container_port = 80;
  container.ports.front().name = "web";
  container.ports.front().protocol = "TCP";
  container.volume_mounts.emplace_back();
  container.volume_mounts.front().name = "www";
  container.volume_mounts.front().mount_path = "/usr/share/nginx/html";
  spec.containers.push_back(std::move(container));
  EXPECT_EQ(revision_hash(revision_of(pods), 0), "6596ffb49b");
}

TEST_F(StatefulSetTest, ClaimsComeWithTheirPodAndStay) {
  apply(2, R"(  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
)");
  EXPECT_EQ(events(),
            "create Claim data-web-0 Pod web-0 in StatefulSet web success\n"
            "create Pod web-0 in StatefulSet web successful\n");
  const auto* claim = world().find<PersistentVolumeClaim>("default", "data-web-0");
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->meta.labels.get("app"), "web");
  EXPECT_TRUE(claim->meta.owner_references.empty());
  type("kubectl delete sts web");
  settle();
  EXPECT_EQ(world().find<Pod>("default", "web-0"), nullptr);
  EXPECT_NE(world().find<PersistentVolumeClaim>("default", "data-web-0"), nullptr);
}

TEST_F(StatefulSetTest, ThePolicyGivesItsClaimsToTheSet) {
  apply(1, R"(  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
)");
  const auto* claim = world().find<PersistentVolumeClaim>("default", "data-web-0");
  ASSERT_NE(claim, nullptr);
  ASSERT_EQ(claim->meta.owner_references.size(), 1u);
  EXPECT_EQ(claim->meta.owner_references.front().kind, "StatefulSet");
  type("kubectl delete sts web");
  settle();
  EXPECT_EQ(world().find<PersistentVolumeClaim>("default", "data-web-0"), nullptr);
}

TEST_F(StatefulSetTest, APodOnALostNodeIsNotReplaced) {
  apply(2);
  const Str node = world().find<Pod>("default", "web-1")->node_name;
  const Uid uid = world().find<Pod>("default", "web-1")->meta.uid;
  type(fmt::format("sim node stop {}", node));
  run_for(minutes(10));
  const Pod* lost = world().find<Pod>("default", "web-1");
  ASSERT_NE(lost, nullptr);
  EXPECT_EQ(lost->meta.uid, uid);
  EXPECT_TRUE(lost->meta.deletion_timestamp);
  type("kubectl delete pod web-1 --force --grace-period=0");
  run_for(seconds(20));
  EXPECT_NE(world().find<Pod>("default", "web-1")->meta.uid, uid);
}

TEST_F(StatefulSetTest, WhatTheServerRefuses) {
  apply(1);
  EXPECT_EQ(type("kubectl patch sts web -p '{\"spec\":{\"serviceName\":\"other\"}}'"),
            "The StatefulSet \"web\" is invalid: spec: Forbidden: updates to statefulset spec for "
            "fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden\n");
  EXPECT_EQ(type("kubectl patch sts web -p '{\"spec\":{\"replicas\":-1}}'"),
            "The StatefulSet \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater "
            "than or equal to 0\n");
  EXPECT_EQ(type("kubectl rollout pause sts/web"),
            "error: statefulsets.apps \"web\" pausing is not supported\n");
}

}  // namespace
}  // namespace sim::testing
